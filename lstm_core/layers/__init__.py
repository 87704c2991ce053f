"""The recurrent layers in NumPy: one step as on paper, the loop over steps, weights, and what a layer returns."""
