"""What a page says of itself in its first HTML, before any script: to who shares its link, searches, or waits."""

from __future__ import annotations

import html
import re
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from streamlit import config

from lstm_core.assets import ASSETS, asset, joined
from lstm_core.text import LANGUAGES, Catalogue, load, pick
from pages.ui.server.component_scripts import serve
from pages.ui.server.plotly_asset import FOREVER, address
from pages.ui.server.still import still_html, stills

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BRAND = "LSTM Lens"
LOCALES = {"en": "en_US", "ko": "ko_KR"}
PICTURE = ASSETS / "page" / "preview.png"
PICTURE_SIZE = (1200, 630)
"""Width and height of `PICTURE`, as those who show a link's preview want it."""
HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
MAX_URL = 2000
"""Characters of an address that is named in `og:url`; some experiments have longer ones."""
OF_THE_FILE = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"if-range", b"range"}
"""Headers by which Streamlit's file would be compressed, cut, or not sent: here it becomes another text first."""

ROOT_TAG = re.compile(r"<html\b[^>]*>")
BODY_TAG = re.compile(r"<body\b[^>]*>")
TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
UNUSED_FONT = re.compile(r"\s*<link\b[^>]*\bas=\"font\"[^>]*>")
AGENTS = re.compile(
    r"\s*<!--(?:(?!-->).)*?agent API(?:(?!-->).)*?-->\s*<link\b[^>]*\brel=\"service-desc\"[^>]*>", re.DOTALL
)
NOSCRIPT = re.compile(r"(<noscript>).*?(</noscript>)", re.DOTALL)


class FirstHtml:
    """Middleware: Streamlit's HTML gets its page's title, description and language; serves the pictures."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
        elif scope["path"] == picture_path():
            await Response(_picture(), headers={"cache-control": FOREVER}, media_type="image/png")(scope, receive, send)
        elif scope["path"] in stills():
            picture = Response(stills()[scope["path"]], headers={"cache-control": FOREVER}, media_type="image/svg+xml")
            await picture(scope, receive, send)
        elif _may_be_a_page(scope["path"]):
            await self._answer_page(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Rewrite the answer if it is the HTML of a page. A HEAD is answered as its GET, less the body."""
        held: list[Message] = []

        async def hold(message: Message) -> None:
            held.append(message)

        kept = [(name, value) for name, value in scope["headers"] if name.lower() not in OF_THE_FILE]
        await self.app({**scope, "method": "GET", "headers": kept, "extensions": {}}, receive, hold)
        start, *parts = held
        body = b"".join(part.get("body", b"") for part in parts)
        headers = MutableHeaders(scope=start)
        if start["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
            body = rewritten(body.decode(), scope).encode()
            for name in ("etag", "last-modified", "accept-ranges"):
                del headers[name]
            headers["content-length"] = str(len(body))
            headers.add_vary_header("Accept-Language")
        await send(start)
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def rewritten(page: str, scope: Scope) -> str:
    """Return Streamlit's HTML with the words of the page that was asked for."""
    t = load(_language(scope))
    page = ROOT_TAG.sub(f'<html lang="{t.language}">', page, count=1)
    page = UNUSED_FONT.sub("", page)  # the theme has system fonts alone
    page = AGENTS.sub("", page)  # closed (`pages/ui/server/security.py`), and so not to be announced
    needs_script = html.escape(t("page.needs_script"))
    page = NOSCRIPT.sub(lambda found: f"{found[1]}<p>{needs_script}</p>{found[2]}", page, count=1)
    if _is_the_first_page(scope):
        page = BODY_TAG.sub(lambda found: found[0] + still_html(t.language), page, count=1)
    head = "\n    ".join(_head(scope, t))
    return TITLE.sub(lambda _: head, page, count=1)


def picture_path() -> str:
    """Return the path of the preview's picture on this host; another picture has another."""
    return address(f"preview-{sha256(_picture()).hexdigest()[:16]}.png")


@cache
def first_script() -> str:
    """Return the path of the script that gives Streamlit's elements our styles, and its words the page's language."""
    words = {language: load(language).section("streamlit") for language in LANGUAGES}
    css = asset("page/scale.css") + asset("page/streamlit.css")
    given, styles = (orjson.dumps(value).decode() for value in (words, css))
    return serve("first", f"const WORDS = {given};\n{joined('page/first.js')}show({styles});\n")


def _head(scope: Scope, t: Catalogue) -> list[str]:
    """Return the tags of the page's head; all that comes from outside is escaped."""
    title, description = _words(_page_name(scope["path"]), t)
    whole_title = f"{title} · {BRAND}" if title else BRAND
    properties = {
        "og:type": "website",
        "og:site_name": BRAND,
        "og:title": whole_title,
        "og:description": description,
        "og:locale": LOCALES[t.language],
    }
    origin = _origin(scope)
    if origin is not None:
        width, height = PICTURE_SIZE
        properties |= {
            "og:image": origin + picture_path(),
            "og:image:type": "image/png",
            "og:image:width": str(width),
            "og:image:height": str(height),
            "og:image:alt": t("page.preview"),
        }
        url = origin + quote(scope["path"]) + _query(scope)
        if len(url) <= MAX_URL:
            properties["og:url"] = url
    return [
        f"<title>{html.escape(whole_title)}</title>",
        f'<meta name="description" content="{html.escape(description)}" />',
        *(f'<meta property="{name}" content="{html.escape(value)}" />' for name, value in properties.items()),
        '<meta name="twitter:card" content="summary_large_image" />',
        f'<script type="module" src="{first_script()}"></script>',
    ]


def _words(name: str, t: Catalogue) -> tuple[str, str]:
    """Return a lesson's title and idea; of every other page no title, and what the app is for."""
    title = t.texts.get(f"lessons.{name}.title")
    return (title, t(f"lessons.{name}.idea")) if title else ("", t("page.description"))


def _page_name(path: str) -> str:
    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"{path.strip('/')}/".removeprefix(f"{base}/").strip("/")


def _is_the_first_page(scope: Scope) -> bool:
    """Whether it is the playground as it opens by itself; in any language."""
    return not _page_name(scope["path"]) and parse_qs(scope["query_string"].decode("latin-1")).keys() <= {"lang"}


def _may_be_a_page(path: str) -> bool:
    """Whether Streamlit may answer with a page: its files have an ending, its own questions a name below `_stcore`.

    What is asked of the app itself stands in a folder of its own.
    """
    last = path.rpartition("/")[2]
    return "/_stcore/" not in path and not path.startswith(address("")) and ("." not in last or last == "index.html")


def _language(scope: Scope) -> str:
    """Return the language that the link names, else the one that the browser names first, as the page itself does."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    return pick(query.get("lang", [None])[-1], Headers(scope=scope).get("accept-language"))


def _origin(scope: Scope) -> str | None:
    """Return `https://host`, as the browser sees it; None for a host that no address can have."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if not HOST.fullmatch(host):
        return None
    forwarded = headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return f"{forwarded if forwarded in ('http', 'https') else scope['scheme']}://{host}"


def _query(scope: Scope) -> str:
    query = scope["query_string"]
    return f"?{quote(query, safe='%&=+,;:/?@!$()*~')}" if query else ""


@cache
def _picture() -> bytes:
    return PICTURE.read_bytes()
