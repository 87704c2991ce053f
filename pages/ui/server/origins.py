"""Which other site's request this server refuses: a browser says in `Origin` whose page asks.

Streamlit would look up this machine's outward address on the internet first, and hold everybody up while it waits.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from streamlit import config

if TYPE_CHECKING:
    from starlette.types import Scope

ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[\da-f:.]+\]|[^\[\]:/?#@\s]+)(?::(?P<port>\d{1,5}))?", re.IGNORECASE
)
USUAL_PORT = {"http": "80", "https": "443"}
READING = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing: browsers ask so for a link on any page, and let no page read the answer."""


def ask_nobody() -> None:
    """Let Streamlit look up no address of this machine: wherever it still would, there is none."""
    with suppress(ImportError):  # another version
        from streamlit import net_util

        net_util.get_external_ip = lambda: None


def is_foreign(scope: Scope) -> bool:
    """Whether another site's page asks for a connection, or for a change. Programs that name no origin do not."""
    if scope["type"] == "http" and scope["method"] in READING:
        return False
    headers = Headers(scope=scope)
    origins, hosts = headers.getlist("origin"), headers.getlist("host")
    if not origins or not config.get_option("server.enableCORS"):
        return False
    origin = ORIGIN.fullmatch(origins[0])
    if len(origins) > 1 or origin is None:
        return True
    own = len(hosts) == 1 and _without_usual_port(hosts[0], origin["scheme"]) == _address(origin)
    return not own and not _is_configured(origin)


def as_browser_says(scope: Scope) -> None:
    """Write `Host` as `Origin` has it: some proxies add the usual port, and Streamlit compares both as texts."""
    headers = MutableHeaders(scope=scope)
    origin = ORIGIN.fullmatch(headers.get("origin", ""))
    if origin is not None and _without_usual_port(headers.get("host", ""), origin["scheme"]) == _address(origin):
        headers["host"] = headers["origin"].partition("://")[2]


def _address(origin: re.Match[str]) -> str:
    """Host and port of an origin, in lower case, without the port that its scheme has anyhow."""
    return _without_usual_port(origin[0].partition("://")[2], origin["scheme"])


def _without_usual_port(host: str, scheme: str) -> str:
    return host.lower().removesuffix(f":{USUAL_PORT[scheme.lower()]}")


def _is_configured(origin: re.Match[str]) -> bool:
    """Whether Streamlit's options name this origin: `server.corsAllowedOrigins`, or the address that browsers use."""
    allowed = {given.strip().lower().rstrip("/") for given in config.get_option("server.corsAllowedOrigins")}
    address = (config.get_option("browser.serverAddress") or "").lower()
    if address == "localhost":  # ours (`.streamlit/config.toml`): it names no server that others would reach
        address = ""
    host = origin["host"].lower()
    return origin[0].lower() in allowed or host in allowed or host == address
