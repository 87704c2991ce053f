"""Trace -> plain Plotly dicts: colours and sizes in `theme`, words in `text`, the picture `time_figure`."""
