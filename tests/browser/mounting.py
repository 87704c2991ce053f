"""A component of ours in the page of the app, by itself, for tests of what it does with its data and with the page."""

from typing import Any

from playwright.sync_api import Page

from lstm_core.assets import Parts, asset

MOUNT = """async ({source, html, css, data}) => {
  const {default: show} = await import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})))
  document.head.append(Object.assign(document.createElement('style'), {textContent: css}))
  const parentElement = Object.assign(document.createElement('div'), {innerHTML: html})
  document.querySelector('.lens-picture').parentElement.prepend(parentElement)
  window.told = []
  window.showAgain = (text) => {
    show({data: new TextEncoder().encode(text), parentElement, setTriggerValue: (...told) => window.told.push(told)})
  }
  window.showAgain(data)
}"""


def mount(page: Page, parts: Parts, data: str) -> None:
    """Draw a component above the moving picture, where the theme's variables reach it."""
    css = asset("page/scale.css") + parts.css
    page.evaluate(MOUNT, {"source": parts.js, "html": parts.html, "css": css, "data": data})


def show(page: Page, data: str) -> None:
    """Give the component other data."""
    page.evaluate("(data) => showAgain(data)", data)


def told(page: Page) -> list[Any]:
    """What the component has told the server: names with values, in turn."""
    return list(page.evaluate("told"))
