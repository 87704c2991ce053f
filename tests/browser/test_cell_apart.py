"""The inside of the cell in a place of its own: the two components find each other, whichever is there first."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from lstm_core.assets import Parts, cell_place_parts, lens_parts
from lstm_core.experiment import Experiment
from lstm_core.figures.lens import payload
from lstm_core.run import run_experiment
from lstm_core.text import load

Open = Callable[..., Page]

MOUNT = """async ({name, js, html, css, data}) => {
  const {default: show} = await import(URL.createObjectURL(new Blob([js], {type: 'text/javascript'})))
  document.head.append(Object.assign(document.createElement('style'), {textContent: css}))
  const parentElement = Object.assign(document.createElement('div'), {id: name, innerHTML: html})
  parentElement.style.width = '100%'
  document.querySelector('.st-key-lens').parentElement.prepend(parentElement)
  window.mounted = {...window.mounted, [name]: (text) => show({data: new TextEncoder().encode(text), parentElement})}
  window.ends = {...window.ends, [name]: window.mounted[name](data)}
}"""
LEAVE = "(name) => { document.getElementById(name).remove(); ends[name]() }"


def mount(page: Page, name: str, parts: Parts, data: dict[str, object]) -> None:
    page.evaluate(MOUNT, {"name": name, **parts._asdict(), "data": json.dumps(data)})


def mount_layer(page: Page, *, apart: str | None = "other") -> None:
    picture = payload(run_experiment(Experiment(units=2)), load("en"), row=0)
    mount(page, "layer", lens_parts(), {"picture": picture, "apart": apart})
    expect(page.locator("#layer .lens-picture[data-step]")).to_be_attached()


def mount_place(page: Page, name: str = "place") -> None:
    mount(page, name, cell_place_parts(), {"of": "other"})


@pytest.mark.parametrize("order", [(mount_layer, mount_place), (mount_place, mount_layer)], ids=["layer", "place"])
def test_the_cell_comes_to_its_place_whichever_of_both_is_there_first(
    open_page: Open, order: tuple[Callable[[Page], None], ...]
) -> None:
    page = open_page()
    for mounts in order:
        mounts(page)
    expect(page.locator("#place .lens-cell-diagram")).to_be_visible()
    expect(page.locator("#place h3")).to_have_text("Inside the cell · step 6 · unit 1")
    expect(page.locator("#place .lens-sentence")).to_contain_text("At step 6 the forget gate of unit 1")
    assert page.locator("#layer").locator(".lens-cell-inside, .lens-sentence").count() == 0


def test_one_picture_drives_both_and_keys_work_in_both(open_page: Open) -> None:
    page = open_page()
    mount_layer(page)
    mount_place(page)
    page.locator("#layer .step[data-step='3']").click()
    expect(page.locator("#place h3")).to_contain_text("step 3")
    page.locator("#place [data-node=f]").press("ArrowRight")
    expect(page.locator("#place h3")).to_contain_text("step 4")
    expect(page.locator("#layer .lens-picture")).to_have_attribute("data-step", "4")
    page.locator("#place [data-node=f]").click()
    expect(page.locator("#place .lens-cell-what")).to_contain_text("Forget gate")


def test_a_place_that_is_mounted_again_gets_the_cell_and_without_one_it_is_under_the_layer(open_page: Open) -> None:
    page = open_page()
    mount_layer(page)
    mount_place(page)
    page.evaluate(LEAVE, "place")
    mount_place(page, "again")
    expect(page.locator("#again .lens-cell-diagram")).to_be_visible()
    page.evaluate("(text) => mounted.layer(text)", json.dumps({"picture": layer_again(), "apart": None}))
    expect(page.locator("#layer .lens-cell-diagram")).to_be_visible()
    expect(page.locator("#again > *").locator("*")).to_have_count(0)


def layer_again() -> dict[str, object]:
    return payload(run_experiment(Experiment(units=3)), load("en"), row=0)


def test_a_layer_that_leaves_takes_its_cell_along(open_page: Open) -> None:
    page = open_page()
    mount_layer(page)
    mount_place(page)
    page.evaluate(LEAVE, "layer")
    expect(page.locator("#place .lens-cell-place")).to_be_attached()
    expect(page.locator("#place .lens-cell-place > *")).to_have_count(0)


def test_a_cell_apart_is_under_its_layer_in_the_saved_file_and_stays_where_it_is(
    open_page: Open, tmp_path: Path
) -> None:
    page = open_page()
    mount_layer(page)
    mount_place(page)
    with page.expect_download() as saving:
        page.locator("#layer .lens-save").click()
    saving.value.save_as(tmp_path / "picture.svg")
    texts = [text.text for text in ElementTree.parse(tmp_path / "picture.svg").getroot().iter() if text.text]
    assert "Inside the cell · step 6 · unit 1" in texts
    assert "f forget" in texts
    expect(page.locator("#place .lens-cell-diagram")).to_be_visible()
    expect(page.locator("#layer .lens-cell-inside")).to_have_count(0)
