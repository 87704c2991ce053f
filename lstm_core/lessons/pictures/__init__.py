"""The pictures of the lessons, as plain data that the browser draws."""
