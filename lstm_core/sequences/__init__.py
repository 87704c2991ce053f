"""Sequences: numbers, words, tables and drawings -> float32 (batch, timesteps, features)."""
