"""A component's script, its page and its styles are fetched once; Streamlit's own messages only say where they are."""

from __future__ import annotations

import gzip
import re

from pages.ui.component_scripts import ComponentScripts, loader


def test_the_loader_names_where_all_parts_are() -> None:
    js = "export default () => 1;" + "// long\n" * 1000
    sent = loader("thing", html="<p>a</p>", css=".a {}", js=js)
    assert len(sent) < 600
    path = re.search(r'"(/lens/thing-\w+\.js)"', sent)[1]
    app = ComponentScripts(None)
    served = app._response(path, {})
    assert served.body.decode() == f'{js}\nexport const html = "<p>a</p>";\nexport const css = ".a {{}}";\n'
    packed = app._response(path, {"accept-encoding": "gzip, br"})
    assert gzip.decompress(packed.body) == served.body
    assert "immutable" in packed.headers["cache-control"]


def test_another_script_has_another_address() -> None:
    assert loader("thing", html="", css="", js="a") != loader("thing", html="", css="", js="b")
