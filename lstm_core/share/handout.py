"""Run -> handout: one HTML file with the moving picture, the charts, the tensors and the code, that needs no server."""

from __future__ import annotations

import html
import json
import tomllib
from functools import cache
from string import Template
from typing import Any, NamedTuple

from lstm_core.assets import (
    ASSETS,
    SHOWN,
    Parts,
    asset,
    charts_parts,
    lens_parts,
    page_parts,
    returned_parts,
    stack_parts,
)
from lstm_core.code.codegen import essential, exact
from lstm_core.code.listing import code_box, folds
from lstm_core.describe import returned_panel
from lstm_core.figures.lens import payload
from lstm_core.figures.stack import stack
from lstm_core.figures.stacked import stacked
from lstm_core.figures.text import FigureText
from lstm_core.figures.time_figure import time_figure
from lstm_core.keras_check.agreement import Agreement
from lstm_core.run import Run, row_labels
from lstm_core.share import exports
from lstm_core.text import Catalogue

MAX_TITLE = 200
"""Characters of a title; what is beyond is cut off."""

_STREAMLITS = {
    "textColor": "--st-text-color",
    "backgroundColor": "--st-background-color",
    "secondaryBackgroundColor": "--st-secondary-background-color",
    "primaryColor": "--st-primary-color",
    "linkColor": "--st-link-color",
    "borderColor": "--st-border-color",
    "codeBackgroundColor": "--st-code-background-color",
    "font": "--st-font",
    "codeFont": "--st-code-font",
}
"""Settings of the page's theme, and the variables by which Streamlit hands them to the components."""


class Component(NamedTuple):
    """A component as it stands in the handout: its name there, its parts, its data."""

    name: str
    parts: Parts
    data: dict[str, Any]


def handout(
    run: Run, t: Catalogue, *, title: str, row: int, opens_at: int | None = None, agreement: Agreement | None = None
) -> str:
    """Return the handout of batch row `row`, from 0; the picture opens at a step, from 1, or at the last one.

    The picture is that of the opened layer; of a model its layers stand above it.

    It fetches nothing and writes nothing anywhere, and works from a file and in a sandboxed frame with scripts.
    """
    experiment = run.experiment
    labels = row_labels(experiment, row)
    say = t.section("code.comments").__getitem__
    text = FigureText(**t.section("figure"))
    figure = time_figure(run.trace, row=row, outputs=run.outputs_in_model, text=text, labels=labels)
    whole = exact(experiment, say)
    code = page_parts("code")
    returned = returned_panel(run, agreement, t)
    if returned["note"] == t("returned.pending"):
        returned["note"] = t("take.handout.unchecked")  # no answer comes to a handout
    shown = (
        *_stack(run, t, row=row, labels=labels),
        Component("lens", lens_parts(), {"picture": payload(run, t, row=row, labels=labels, opens_at=opens_at)}),
        Component("charts", charts_parts(), {"figure": figure, "token": "handout", "plotly": None}),
        Component("returned", returned_parts(), returned),
        Component("essential", code, code_box(essential(experiment, say), t, label=t("code.title"))),
        Component("exact", code, code_box(whole, t, label=t("code.title"), folded=folds(whole))),
    )
    batch = experiment.shape[0]
    rows = [t("take.handout.row", row=row + 1, batch=batch)] if batch > 1 else []
    checked = [t("take.handout.checked", version=agreement.keras)] if agreement and agreement.agrees else []
    words = {
        "language": t.language,
        "title": title.strip()[:MAX_TITLE] or t(f"take.handout.untitled.{exports.subject(experiment)}"),
        "made": " · ".join([t("take.handout.made"), *checked, *rows]),
        "returned_title": t("returned.title"),
        "code_title": t("code.title"),
        "exact_title": t("code.exact_help"),
    }
    return Template(asset("handout/handout.html")).substitute(
        {name: html.escape(word) for name, word in words.items()},
        styles="\n".join(
            [
                _theme(),
                asset("page/scale.css"),
                *dict.fromkeys(one.parts.css for one in shown),
                asset("handout/handout.css"),
            ]
        ),
        plotly=asset("vendor/plotly-cartesian.min.js"),
        scripts="\n".join(map(_script, shown)),
        **{"stack": ""} | {one.name: _placed(one) for one in shown},
    )


def _stack(run: Run, t: Catalogue, *, row: int, labels: tuple[str, ...] | None) -> tuple[Component, ...]:
    """Return the picture of a model's layers; none of a layer by itself."""
    if run.experiment.is_plain:
        return ()
    layers, head, front = stacked(run, row=row)
    opened = run.opened.layer - 1, int(run.opened.backward)
    data = stack(layers, t, head=head, front=front, labels=labels, opened=opened, opens=False)
    return (Component("stack", stack_parts(), {"picture": data}),)


def _placed(shown: Component) -> str:
    """Return a component's HTML for its place; a stack, which is not always there, brings its place along."""
    return f'<div id="stack">{shown.parts.html}</div>\n' if shown.name == "stack" else shown.parts.html


def _script(shown: Component) -> str:
    """Return a component's data and its script, which shows them; nothing in the data can end its element."""
    data = json.dumps(shown.data, ensure_ascii=False).replace("<", "\\u003c")
    script = shown.parts.js.removesuffix(SHOWN)
    return (
        f'<script type="application/json" id="{shown.name}-data">{data}</script>\n'
        f'<script type="module">\n{script}\n{asset("handout/show.js").replace("NAME", shown.name)}</script>'
    )


@cache
def _theme() -> str:
    """Return the page's colours and fonts as the variables that the components read, light and dark."""
    theme = tomllib.loads((ASSETS.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]

    def variables(settings: dict[str, Any]) -> str:
        return " ".join(f"{_STREAMLITS[name]}: {value};" for name, value in settings.items() if name in _STREAMLITS)

    return (
        f":root {{ color-scheme: light dark; {variables(theme)} {variables(theme['light'])} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {variables(theme['dark'])} }} }}"
    )
