"""A pinned experiment A beside the one on screen, B: what differs, in words, pictures, tensors and code."""

from __future__ import annotations

import streamlit as st

from lstm_core import compare
from lstm_core.code import codegen
from lstm_core.describe_layer import whose
from lstm_core.experiment import Experiment
from lstm_core.fields import field_parts
from lstm_core.figures.comparison import comparison_figure
from lstm_core.figures.text import FigureText
from lstm_core.layers.arguments import CELL_NAMES, FLAGS, LayerArguments
from lstm_core.layers.model_weights import Opened
from lstm_core.layers.spec import symbol_of
from lstm_core.model import layer_code, rows
from lstm_core.run import Run, row_labels
from lstm_core.tasks.registry import TASKS
from lstm_core.tasks.trained import learned_by
from lstm_core.text import Catalogue
from pages.ui import state
from pages.ui.components.charts import draw_charts, part_of
from pages.ui.components.component import page_component
from pages.ui.keras import checking
from pages.ui.once import run_of
from pages.ui.playground import panels
from pages.ui.playground.pictures import shown_row

_compare = page_component("compare")
_diff = page_component("diff")

BUTTON = "compare_button"
PIN = "pin"
QUANTITY = "compare_quantity"
"""Session key: what is compared number by number."""
CHARTS = "compare_charts"
"""Session key of the figure."""
MAX_VALUE = 60


def draw_button(t: Catalogue) -> None:
    """Draw the menu that pins the experiment on screen as A, and flips one flag or takes another cell if chosen."""
    st.menu_button(
        t("compare.button"),
        (PIN, *FLAGS, *(cell for cell in CELL_NAMES if cell != state.layer().cell)),
        format_func=lambda choice: _choice(choice, t),
        on_click=_pin,
        key=BUTTON,
    )


def _choice(choice: str, t: Catalogue) -> str:
    if choice in FLAGS:
        return t("compare.flip", flag=f"`{choice}`")
    if choice == PIN:
        return t("compare.pin")
    units, parameters = _equal(choice)
    own = f"{sum(row.parameters for row in rows(state.experiment())):,}"
    return t("compare.equal", cell=choice, units=units, parameters=f"{parameters:,}", own=own)


def _equal(cell: str) -> compare.EqualUnits:
    return compare.units_for_equal_parameters(state.experiment(), cell, state.opened().layer)


def pinned_run(t: Catalogue) -> Run | None:
    """Return the run of A, if one is pinned and all that it needs of Keras is there."""
    a = state.pinned()
    if a is None:
        return None
    opened = _nearest(a)
    if not a.draws_dropout:
        return run_of(a, opened=opened)
    asked = checking.checks().masks(a, checking.me())
    masks = checking.answer(asked, checking.MASKS_WAIT)[0]
    if masks is None:
        checking.awaited(asked)
        st.caption(t("compare.waiting_masks"))
        return None
    return run_of(a, masks, opened)


def _nearest(a: Experiment) -> Opened:
    """Return the layer of A that is compared with the opened one: the one in its place, or the last."""
    shown = state.opened()
    return shown if shown in a.places else Opened(min(shown.layer, len(a.layers)))


def draw_head(a: Run, b: Run, t: Catalogue) -> None:
    """Draw what differs between A and B in tables, and what can be done with both."""
    with st.container(border=True, key="card_compare"):
        with st.container(horizontal=True, vertical_alignment="center", key="compare_head"):
            st.subheader(t("compare.title"), width="stretch")
            st.button(t("compare.swap"), on_click=_swap, key="compare_swap")
            st.button(t("compare.back"), on_click=_back, key="compare_back")
            st.button(t("compare.end"), on_click=state.pin, args=(None,), key="compare_end")
        arguments = compare.differing_arguments(a.experiment, b.experiment)
        same = compare.same_inside(a, b)
        inside = "inside_same" if len(b.experiment.places) == 1 else "inside_all_same"
        _compare(
            {
                "nothing": "" if arguments else t("compare.nothing"),
                "argument": t("compare.argument"),
                "arguments": [[_name(d.name, t), *_values(d, t)] for d in arguments],
                "numbers": _numbers(a, b, t) if arguments else [],
                "inNumbers": t("compare.in_numbers"),
                "returned": t("compare.returned"),
                "apart": t("compare.apart"),
                "tensors": [_tensor(tensor, t) for tensor in compare.returned_tensors(a, b)],
                "inside": t(f"compare.{inside}") if arguments and same else "",
            },
            key="compare_table",
        )


def draw_details(a: Run, b: Run, t: Catalogue, *, row: int) -> None:
    """Draw a quantity of A, of B and its difference, the code as a diff, and what A returns."""
    left, right = st.columns([13, 11], gap="small")
    with left, st.container(border=True, key="card_compare_charts"):
        _draw_quantity(a, b, t, row)
    with right:
        with st.container(border=True, key="card_diff"):
            st.subheader(t("compare.code"))
            if diff := _code_diff(a.experiment, b.experiment, t):
                _diff({"diff": diff, "label": t("compare.code")}, key="compare_diff")
            else:
                fits = codegen.fits_page(a.experiment) and codegen.fits_page(b.experiment)
                st.caption(t("compare.code_same" if fits else "compare.code_long"))
        with st.container(border=True, key="card_returned_a"):
            st.subheader(t("compare.a_returns"))
            panels.draw_tensors(a, None, t, key="returned_a")


def _draw_quantity(a: Run, b: Run, t: Catalogue, row: int) -> None:
    steps = a.trace.steps, b.trace.steps
    if steps[0] != steps[1]:
        st.caption(t("compare.other_steps", a=steps[0], b=steps[1]))
        return
    if a.opened != b.opened:
        st.caption(t("compare.other_layer", a=_opened(a, t), b=_opened(b, t)))
    quantities = compare.compared(a, b)
    if st.session_state.get(QUANTITY) not in quantities:  # another cell may have no such quantity
        st.session_state.pop(QUANTITY, None)
    quantity = st.segmented_control(
        t("compare.quantity"),
        quantities,
        default=quantities[0],
        required=True,
        format_func=symbol_of,
        key=QUANTITY,
    )
    labels = row_labels(b.experiment, row)
    labels = labels if row_labels(a.experiment, compare.row_of(a, row)) == labels else None
    text, part = FigureText(**t.section("figure")), part_of(CHARTS)
    figure = comparison_figure(a, b, quantity, row=row, text=text, labels=labels, part=part)
    token = f"{t.language}-{row}-{quantity}-{b.opened.suffix}-{hash((a.experiment, b.experiment)):x}"
    draw_charts(figure, token=token, key=CHARTS)


def _opened(run: Run, t: Catalogue) -> str:
    layers, place = run.experiment.layers, run.opened
    return whose(layers, place, t, direction=layers[place.layer - 1].bidirectional)


def _code_diff(a: Experiment, b: Experiment, t: Catalogue) -> str:
    """Return the diff of the essential code; of the exact one where only that tells both apart, unless it is long."""
    comments = t.section("code.comments").__getitem__
    diff = compare.code_diff(codegen.essential(a, comments), codegen.essential(b, comments))
    if diff or not (codegen.fits_page(a) and codegen.fits_page(b)):
        return diff
    return compare.code_diff(codegen.exact(a, comments), codegen.exact(b, comments))


def _name(field: str, t: Catalogue) -> str:
    """Return a field's label, and of which layer it is where that is not the first."""
    bare, number = field_parts(field)
    layer = t("returned.whose.layer", layer=number)
    if bare == "layers":
        return layer
    label = t(f"fields.{bare}.label")
    return label if number == 1 else f"{label} · {layer}"


def _numbers(a: Run, b: Run, t: Catalogue) -> list[list[str]]:
    """Return what differs in a few numbers; of h nothing where A and B do not have as many steps and units."""
    found = compare.in_numbers(a, b, row=shown_row(b.experiment))
    apart = abs(found.parameters[1] - found.parameters[0])
    one, other = found.norms
    rows = [
        [t("compare.parameters"), *(f"{count:,}" for count in found.parameters), f"{apart:,}"],
        [t("compare.norm"), f"{one:.4g}", f"{other:.4g}", f"{abs(other - one):.3g}"],
    ]
    if found.apart is not None:
        rows.append([t("compare.h_apart"), "", "", f"{found.apart:.3g}"])
    return rows


def _values(argument: compare.Argument, t: Catalogue) -> list[str]:
    def said(value: object) -> str:
        if argument.name.startswith("layers."):
            return layer_code(value) if isinstance(value, LayerArguments) else t("compare.absent")
        if argument.name == "preset":
            return t(f"tasks.{value}.name" if value in TASKS else f"presets.{value}")
        if argument.name in ("edits", "held") and isinstance(value, tuple):
            return t(f"compare.{argument.name}", count=len(value))
        if value is None or (argument.name == "given_weights" and not value):
            return t("compare.from_seed")
        if argument.name == "given_weights":
            learned = learned_by(str(value))
            return t("examples.trained", task=t(f"tasks.{learned}.name")) if learned else t("bring.weights.from_file")
        if isinstance(value, str) and len(value) > MAX_VALUE:
            return value[:MAX_VALUE] + "…"
        return value if isinstance(value, str) else repr(value)

    return [said(argument.a), said(argument.b)]


def _tensor(tensor: compare.Tensor, t: Catalogue) -> list[str]:
    if tensor.a is None or tensor.b is None:
        apart = t("compare.only_b" if tensor.a is None else "compare.only_a")
    elif tensor.apart is None:
        apart = t("compare.other_shape")
    else:
        apart = f"{tensor.apart:.3g}" if tensor.apart else t("compare.same")
    return [tensor.name, *("" if shape is None else str(shape) for shape in (tensor.a, tensor.b)), apart]


def _pin() -> None:
    state.pin(state.experiment())
    choice = st.session_state.get(BUTTON, PIN)
    if choice in FLAGS:
        state.change(choice, **{state.field_of(choice): not getattr(state.layer(), choice)})
    elif choice != PIN:
        changes = {state.field_of("cell"): choice, state.field_of("units"): _equal(choice).units}
        state.change("units", **changes)


def _swap() -> None:
    a, b = state.pinned(), state.experiment()
    if a is not None:
        state.replace(a)
        state.pin(b)


def _back() -> None:
    if (a := state.pinned()) is not None:
        state.replace(a)
