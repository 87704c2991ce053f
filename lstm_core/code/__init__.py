"""Keras source: written for an experiment, and read into one."""
