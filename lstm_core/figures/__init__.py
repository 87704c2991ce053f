"""Trace -> plain Plotly dicts: colours and sizes in `theme`, words in `text`, the one figure in `time_figure`."""
