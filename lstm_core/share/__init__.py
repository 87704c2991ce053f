"""What leaves the app: links, files, a handout, a QR code; and weights that come in as a file."""
