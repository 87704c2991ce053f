"""Scripts of assets/ in a page of their own, for tests that draw with them."""

from typing import Any

from playwright.sync_api import Page

from lstm_core.assets import scoped


def define(page: Page, *paths: str) -> None:
    """Give the page's window all that these scripts of assets/ export, by name."""
    code, constants = scoped(*paths)
    exported = ", ".join(constants[path] for path in paths)
    page.add_script_tag(content=f"{{\n{code}\nObject.assign(window, {exported});\n}}")


def exported(page: Page, path: str, name: str) -> Any:
    """What a script of assets/ exports by this name, where that is data."""
    code, constants = scoped(path)
    return page.evaluate(f"() => {{\n{code}\nreturn {constants[path]}.{name};\n}}")
