"""Every text of the moving picture has room: none is cut off, none stands on another, none leaves its box."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lstm_core.assets import ASSETS, asset, lens_parts
from lstm_core.experiment import Experiment
from lstm_core.figures.lens import payload
from lstm_core.lessons.registry import lesson_named
from lstm_core.run import row_labels, run_experiment
from lstm_core.text import load
from tests.browser.harness import DESKTOP, PHONE
from tests.browser.helpers import show_answer
from tests.browser.modules import define

Open = Callable[..., Page]
Problems = list[str]

WIDTHS = {1440: 1080, 1280: 920, 390: 364}
"""The window's width, and the picture's in it."""
COLUMN = 540
"""The picture's width where two stand side by side."""

# Every text that is seen, line by line: where it is cut off, what it stands on, which box it leaves. A letter's ink is
# lower than its line. What is scrolled out of sight is no problem.
PROBLEMS = """(picture) => {
  const seen = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const inked = ({ left, right, top, bottom }) => {
    const less = 0.22 * (bottom - top)
    return { left: left + 0.5, right: right - 0.5, top: top + less, bottom: bottom - less }
  }
  const apart = (one, other) =>
    one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top
  const inside = (one, other, slack) => one.left >= other.left - slack && one.right <= other.right + slack
    && one.top >= other.top - slack && one.bottom <= other.bottom + slack
  const walker = document.createTreeWalker(picture, NodeFilter.SHOW_TEXT)
  const owners = new Set()
  while (walker.nextNode()) {
    const owner = walker.currentNode.parentElement.closest('text') ?? walker.currentNode.parentElement
    if (walker.currentNode.data.trim() && !owner.closest('.lens-live, .lens-cell-panel, option')) owners.add(owner)
  }
  const boxesOf = (owner) => {
    if (owner.tagName === 'text') return [owner.getBoundingClientRect()]
    const range = document.createRange()
    range.selectNodeContents(owner)
    return [...range.getClientRects()].filter(({ width }) => width)
  }
  const problems = []
  const texts = []
  for (const owner of owners) {
    if (!seen(owner)) continue
    for (const box of boxesOf(owner).map(inked)) {
      let shown = true
      for (let at = owner.parentElement; at && at !== picture.parentElement; at = at.parentElement) {
        if (at !== picture && (at.tagName === 'g' || getComputedStyle(at).overflow === 'visible')) continue
        const window = at.getBoundingClientRect()
        if (apart(box, window)) shown = false
        else if (shown && !inside(box, window, 1)) problems.push(`cut: ${owner.textContent}`)
      }
      if (shown) texts.push({ owner, box })
    }
  }
  for (const [k, { owner, box }] of texts.entries()) for (const other of texts.slice(k + 1)) {
    if (owner === other.owner || apart(box, other.box)) continue
    problems.push(`${owner.textContent} on ${other.owner.textContent}`)
  }
  const boxed = [['.strip-number, .input-number', (text) => text.previousElementSibling],
    ['.output text', (text) => text.parentElement.querySelector('rect')],
    ['[data-kind=gate] text, [data-kind=box] text, .lens-cell-pill-name',
      (text) => text.parentElement.querySelector('.lens-cell-shape')]]
  for (const [selector, boxOf] of boxed) for (const text of picture.querySelectorAll(selector)) {
    const [box, room] = [inked(text.getBoundingClientRect()), boxOf(text).getBoundingClientRect()]
    if (seen(text) && !inside(box, room, 0)) problems.push(`${text.textContent} leaves its box`)
  }
  for (const text of picture.querySelectorAll('.lens-sentence, .lens-heading h3')) {
    const { minHeight, lineHeight } = getComputedStyle(text)
    const room = Math.max(parseFloat(minHeight) || 0, parseFloat(lineHeight))
    if (text.firstChild && text.clientHeight > room + 1) problems.push(`pushes: ${text.textContent}`)
  }
  return problems
}"""

SHOW = """async ([picture, width]) => {
  const root = document.querySelector('.lens-picture')
  root.parentElement.style.width = `${width}px`
  const bytes = new TextEncoder().encode(JSON.stringify({ picture }))
  window.end = window.default({ data: bytes, parentElement: root.parentElement })
  const view = views.get(root)
  await view.show({ picture })
  view.turn('boxes')
  return [view.P.steps, view.P.units]
}"""
CHOOSE = "([step, unit]) => views.get(document.querySelector('.lens-picture')).choose({ step, unit })"
TURN = "(view) => views.get(document.querySelector('.lens-picture')).turn(view)"


@pytest.fixture
def picture(new_browser_page: Open) -> Callable[..., Problems]:
    """Draws a picture by itself and looks at its first, middle and last step, as river and boxes; then at the loop."""
    page = new_browser_page(viewport=(1440, 1400))
    theme = tomllib.loads((ASSETS.parent / ".streamlit/config.toml").read_text("utf-8"))["theme"]
    light = theme["light"]
    parts = lens_parts()
    page.set_content(
        f"<!doctype html><style>:root {{ --st-font: {theme['font']}; --st-code-font: {theme['codeFont']};"
        f" --st-text-color: {light['textColor']}; --st-background-color: {light['backgroundColor']} }}"
        f" body {{ font-size: 15px; margin: 20px }}\n{asset('page/scale.css')}{parts.css}</style>"
        f"<div>{parts.html}</div>"
    )
    define(page, "components/lens/lens.js", "components/shared/view.js")

    def look(experiment: Experiment, language: str, width: int) -> Problems:
        drawn = payload(run_experiment(experiment), load(language), row=0, labels=row_labels(experiment, 0))
        steps, units = page.evaluate(SHOW, [json.loads(json.dumps(drawn)), width])
        drawn_picture = page.locator(".lens-picture")
        found: Problems = []
        for view in ("river", "boxes"):
            page.evaluate(TURN, view)
            for step in sorted({1, (steps + 1) // 2, steps}):
                page.evaluate(CHOOSE, [step, units if step == steps else 1])
                found += [f"{view}, step {step}: {problem}" for problem in drawn_picture.evaluate(PROBLEMS)]
        page.evaluate(TURN, "loop")
        return found + [f"loop: {problem}" for problem in drawn_picture.evaluate(PROBLEMS)]

    return look


NOISE: dict[str, Any] = {"preset": "noise"}
EXPERIMENTS = {
    **{
        f"T={steps}, U={units}": Experiment(
            **NOISE, timesteps=steps, units=units, features=4 if units == 4 else 1, return_sequences=units < 16
        )
        for steps in (1, 2, 6, 100, 1000)
        for units in (1, 4, 16, 64)
    },
    "first page": Experiment(),
    "words, one unit": Experiment(units=1, features=1),
    "long words": Experiment(sentence="internationalization 인공지능모델을 antidisestablishmentarianism a 학습합니다"),
    "the longest shapes": Experiment(
        **NOISE, timesteps=1000, batch=4, units=64, features=16, return_sequences=True, return_state=True
    ),
    "backwards": Experiment(**NOISE, timesteps=1000, units=1, features=1, go_backwards=True, return_state=True),
    "backwards, short": Experiment(go_backwards=True, return_sequences=True, stateful=True),
    "masked": Experiment(**NOISE, timesteps=100, units=1, mask="1, 3-40, 100", return_sequences=True),
    "zeros for masked": Experiment(mask="2, 3, 6", zero_output_for_mask=True, return_sequences=True, units=1),
    "kept": Experiment(**NOISE, units=1, features=1, stateful=True, calls=3, return_state=True),
    "reset": Experiment(**NOISE, timesteps=100, stateful=True, calls=3, reset_before=(3,), go_backwards=True),
    "given": Experiment(units=1, initial_state=True, initial_h=-2.53719, initial_c=-41.23),
    "unbounded": Experiment(
        **NOISE,
        timesteps=30,
        units=1,
        features=1,
        activation="linear",
        recurrent_activation="relu",
        return_sequences=True,
    ),
    "large numbers": Experiment(preset="typed", typed="100000; -3; -5000.25; 20000; 0.5", activation="relu", units=1),
    "tiny numbers": Experiment(preset="typed", typed="0.00002 0; 0 0.0000003; 0 0", use_bias=False, units=1),
    "hard sigmoid": Experiment(activation="hard_sigmoid", recurrent_activation="hard_sigmoid", units=16, features=16),
    "not a number": Experiment(preset="typed", typed="3e38; 3e38; -3e38", activation="linear", units=1),
    **{
        f"{name}, {what}": Experiment(**cell, **changes)
        for name, cell in {
            "GRU": {"cell": "GRU"},
            "GRU, reset before": {"cell": "GRU", "reset_after": False},
            "SimpleRNN": {"cell": "SimpleRNN"},
        }.items()
        for what, changes in {
            "first page": {"return_state": True},
            "long": NOISE | {"timesteps": 1000, "units": 64, "features": 16, "batch": 4, "go_backwards": True},
            "one unit": {"units": 1, "features": 1, "initial_state": True, "initial_h": -2.53719, "use_bias": False},
            "masked": {"mask": "2, 6", "units": 16, "stateful": True, "calls": 2},
            "large numbers": {"preset": "typed", "typed": "100000; -3; -5000.25; 0.5", "activation": "relu"},
            "hard sigmoid": {"activation": "hard_sigmoid", "recurrent_activation": "hard_sigmoid"},
        }.items()
    },
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_no_text_is_cut_or_overprinted(picture: Callable[..., Problems], name: str) -> None:
    experiment = EXPERIMENTS[name]
    found = {
        f"{language}, {width}": problems
        for language in ("en", "ko")
        for width in (*WIDTHS.values(), COLUMN)
        if (problems := picture(experiment, language, width))
    }
    assert found == {}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
@pytest.mark.parametrize("lesson", ["cell", "returns"])
def test_no_text_of_a_lessons_pictures_is_cut_or_overprinted(
    open_lesson: Open, lesson: str, viewport: tuple[int, int], language: str
) -> None:
    page = open_lesson(f"{lesson}?lang={language}", viewport=viewport)
    if lesson == "returns":
        show_answer(page, language)
        expect(page.locator(".lens-picture[data-step]")).to_have_count(4)
    page.locator(".lens-picture[data-step]").first.wait_for()
    pictures = page.locator(".lens-picture").all()
    assert [problem for picture in pictures for problem in picture.evaluate(PROBLEMS)] == []


def test_a_phone_says_of_h_what_the_lesson_says(open_lesson: Open) -> None:
    page = open_lesson("returns?lang=en", viewport=PHONE)
    show_answer(page)
    expect(page.locator(".lens-picture[data-step]")).to_have_count(4)
    h = run_experiment(lesson_named("returns").base).trace["h"][-1, 0, 0]
    shown = page.locator(".lens-picture").first.locator(".step").last.locator(".strip-number").last
    written = shown.text_content() or ""
    assert len(written) >= len("0.077")
    assert float(written) == pytest.approx(h, abs=0.0005)
