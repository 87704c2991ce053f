"""LSTM layers computed in NumPy, with every gate and state kept, beside the same layers in real Keras."""
