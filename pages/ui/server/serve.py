"""`python -m pages.ui.server.serve`: start the app, and say so when its usual port is taken."""

import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
USUAL_PORT, PORT = 8501, "--server.port"


def in_use(port: int) -> bool:
    """Whether something on this machine already answers on `port`."""
    try:
        socket.create_connection(("localhost", port), timeout=0.5).close()
    except OSError:
        return False
    return True


def main() -> None:
    """Hand over to `streamlit run app.py`, which takes the next free port and prints the address."""
    from streamlit.web import cli

    options = sys.argv[1:]
    if not any(option.startswith(PORT) for option in options) and in_use(USUAL_PORT):
        print(f"Port {USUAL_PORT} is in use: taking the next free one.", flush=True)
    os.chdir(ROOT)
    cli.main(["run", "app.py", *options], prog_name="streamlit")


if __name__ == "__main__":
    main()
