"""Keras source -> Experiment: read with `ast`, never run."""

from lstm_core.code.parse.parts import Note
from lstm_core.code.parse.reading import Reading, read_code
from lstm_core.code.parse.source import MAX_CHARACTERS, lines_of

__all__ = ["MAX_CHARACTERS", "Note", "Reading", "lines_of", "read_code"]
