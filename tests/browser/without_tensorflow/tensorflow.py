"""Put in front of the real one on PYTHONPATH: a machine without TensorFlow."""

raise ModuleNotFoundError("No module named 'tensorflow'", name="tensorflow")
