"""`python -m tests.browser.proxy --install`: the HAProxy that the tests put in front of replicas, and those replicas.

HAProxy is Debian's package. It runs with the very `.deploy/haproxy.cfg`, and learns of the replicas from a name server.
"""

import os
import re
import secrets
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.browser.chromium import InstallError, apt_get, in_ci, is_debian_root
from tests.browser.harness import ROOT, WITHOUT_KERAS, Server, free_port, until

CONFIG = ROOT / ".deploy" / "haproxy.cfg"
ADDRESSES = ("127.0.0.1", "127.0.0.2")  # of this machine; one port on each, as a service's replicas have
NAME = "app.test"
MISSING = "no HAProxy here: run `python -m tests.browser.proxy --install`"


def find() -> str | None:
    """Path of HAProxy, or None."""
    return shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")


class NameServer(socketserver.BaseRequestHandler):
    """Answers every question for a name's IPv4 addresses with `ADDRESSES` (RFC 1035), and every other with none."""

    def handle(self) -> None:
        question, socket = self.request
        end = question.index(b"\0", 12) + 5  # the name, its type and its class
        wants_ipv4 = question[end - 4 : end] == b"\0\x01\0\x01"
        addresses = ADDRESSES if wants_ipv4 else ()
        head = question[:2] + b"\x81\x80" + b"\0\x01" + len(addresses).to_bytes(2) + b"\0\0\0\0"
        records = b"".join(
            b"\xc0\x0c\0\x01\0\x01\0\0\0\x01\0\x04" + bytes(map(int, address.split("."))) for address in addresses
        )
        socket.sendto(head + question[12:end] + records, self.client_address)


class Passed(NamedTuple):
    """A request that HAProxy passed on: `cookie` is "VN" where a valid one chose the replica, "NI" where none came."""

    replica: str
    status: str
    cookie: str
    path: str


class Proxied:
    """HAProxy at `url`, and its replicas by their addresses."""

    def __init__(self, url: str, log: Path, replicas: dict[str, Server]) -> None:
        self.url = url
        self.replicas = replicas
        self._log = log

    @property
    def passed(self) -> list[Passed]:
        """All requests that are done, in order."""
        line = re.compile(r"\S+ (127\.0\.0\.\d) (\d+) ..(..) GET (\S+)")
        return [Passed(*found.groups()) for found in map(line.match, self._log.read_text().splitlines()) if found]

    def sockets(self, count: int, seconds: float = 10) -> list[Passed]:
        """The websockets that are closed, once there are `count` of them."""

        def closed() -> list[Passed]:
            return [done for done in self.passed if done.path.endswith("/_stcore/stream")]

        until(lambda: len(closed()) >= count, seconds)
        return closed()

    @property
    def up(self) -> bool:
        """Whether HAProxy has found all replicas, which it says on its own."""
        return len(set(re.findall(r"Server replicas/(\S+) .*is UP", self._log.read_text()))) >= len(ADDRESSES)


@contextmanager
def proxied(executable: str) -> Iterator[Proxied]:
    """Two replicas without Keras behind HAProxy, all ended on leaving."""
    with ExitStack() as left, tempfile.TemporaryDirectory(prefix="lens-proxy-") as folder:
        secret = {"STREAMLIT_SERVER_COOKIE_SECRET": secrets.token_hex()}
        names = left.enter_context(socketserver.UDPServer(("127.0.0.1", 0), NameServer))
        threading.Thread(target=names.serve_forever, daemon=True).start()
        left.callback(names.shutdown)
        port = free_port()
        replicas = {at: Server(address=at, port=port, env={**WITHOUT_KERAS, **secret}) for at in ADDRESSES}
        for replica in replicas.values():
            left.callback(replica.stop)
        for replica in replicas.values():
            replica.wait_healthy()
        bind = f"127.0.0.1:{free_port()}"
        env = {"LENS_BIND": bind, "LENS_APP": f"{NAME}:{port}", "LENS_DNS": f"127.0.0.1:{names.server_address[1]}"}
        log = Path(folder) / "log"
        with log.open("wb") as written:
            process = subprocess.Popen(
                [executable, "-f", CONFIG],
                env={**os.environ, "LENS_PROXY_SECRET": secrets.token_hex(), **env},
                stdout=written,
                stderr=subprocess.STDOUT,
            )
        left.callback(process.wait, 10)
        left.callback(process.terminate)
        here = Proxied(f"http://{bind}", log, replicas)
        until(lambda: here.up, 20)
        yield here


def main() -> int:
    """Install HAProxy where it is missing; exit with 1 where `CI` is set and there is none."""
    if find() is None and is_debian_root():
        with suppress(InstallError):
            apt_get("update")
            apt_get("install", "haproxy")
    if find() is None:
        print(MISSING, file=sys.stderr)
    return int(find() is None and in_ci())


if __name__ == "__main__":
    sys.exit(main())
