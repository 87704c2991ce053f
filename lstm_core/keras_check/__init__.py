"""The engine against Keras, in a process of its own: what is asked, whose turn it is, and how far apart they are."""
