"""How a model learns: losses, backpropagation through time, optimizers, and the loop that Keras's `fit` is."""
