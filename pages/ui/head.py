"""What the page's head says of this run: whether Keras agrees, and what the learner should be told."""

from __future__ import annotations

import time
from concurrent.futures import Future
from typing import Any

import streamlit as st

from lstm_core.describe import with_keras_numbers, zeroes_wrong_steps
from lstm_core.experiment import Experiment
from lstm_core.keras_check.agreement import Agreement
from lstm_core.keras_check.costs import of_check, steps_within
from lstm_core.keras_check.office import MAX_SECONDS, RETRY_SECONDS
from lstm_core.keras_check.questions import TROUBLES, WorkerFailed
from lstm_core.keras_check.worker import Status, time_limit
from lstm_core.run import Run, front_mask_unseen
from lstm_core.share.link import PINNED, Link
from lstm_core.text import Catalogue
from pages.ui import state
from pages.ui.bring import code as bring_code
from pages.ui.components.header import Badge, Notice, draw_header
from pages.ui.keras import checking
from pages.ui.keras.checking import Asked
from pages.ui.keras.news import TICKET, News, Questions, answer_address, answers
from pages.ui.playground import export_dialog, panels


def draw_head(asked: Asked, run: Run, link: Link, t: Catalogue) -> None:
    """Draw the head.

    The open page is told Keras's answer, and with it the returned tensors where they print otherwise.
    Only where another experiment can be shown by then, with Keras's masks, or what the page awaits besides has come,
    is all of the page drawn again.
    """
    checking.let_go()
    notices = _notices(asked, run, link, t)
    awaited: list[Future[Any]] = st.session_state[checking.AWAITED]
    again: bool = st.session_state[checking.AGAIN]
    drawn, besides = time.monotonic(), bool(awaited) or again
    returned = panels.returned(run, None, t) if asked.waits else {}  # the run's arrays need not be kept for the answer
    owner = checking.me()

    def tell() -> tuple[News, Questions]:
        checking.checks().worker.office.seen(owner)
        now = checking.look(asked.chosen, owner) if asked.waits else asked
        redraw = now.shown != asked.shown or any(question.done() for question in awaited)
        redraw = redraw or (again and time.monotonic() - drawn > RETRY_SECONDS)
        badge = _badge(now, t)
        told = [Notice("error", badge.detail)] if badge.state == "disagrees" else []
        told += _without_masks(now, t)
        came = now.agreement if now.agreement is not asked.agreement else None
        news = {
            "badge": badge._asdict(),
            "notices": [notice._asdict() for notice in told + notices],
            "returned": with_keras_numbers(returned, came, t) if came and not redraw else None,
            "waits": (now.waits or besides) and not redraw,
            "redraw": redraw,
        }
        return news, (*now.pending, *awaited)

    questions = (*asked.pending, *awaited)
    ticket = st.session_state[TICKET] = answers().expect(questions, tell) if asked.waits or besides else None
    news, _ = tell()
    draw_header(t, news, answer_address(ticket) if ticket else None, on_take=export_dialog.ask)
    export_dialog.draw_if_open(run, asked.agreement, t)


def _badge(asked: Asked, t: Catalogue) -> Badge:
    status = checking.checks().worker.status()
    agreement = asked.agreement
    restarting = status if agreement is None and status.reason in TROUBLES else None
    trouble = asked.not_checked or asked.no_masks or restarting
    if trouble is not None:
        return _trouble(asked, trouble, t)
    if agreement is None:
        if status.state == "ready":
            place = checking.place(asked.pending)
            in_line = t("badge.in_line", place=t.ordinal(place))
            return Badge("waiting", t("badge.waiting") if place == 1 else in_line, "")
        return Badge("waiting", t("badge.starting"), t("badge.starting_detail"))
    facts = {
        "version": agreement.keras,
        "tensorflow": agreement.tensorflow,
        "worst": f"{agreement.worst:.0e}" if agreement.worst else "0",
        "where": t(f"badge.where.{agreement.where}"),
        "one_step": f"{agreement.one_step or 0:.0e}",
    }
    verdict = agreement.verdict
    label = "agrees" if verdict == "agrees_stepwise" else verdict
    colour = "agrees" if agreement.agrees else "disagrees"
    detail = t(f"badge.{verdict}_detail", **facts)
    if not asked.shown.is_plain:
        detail += " " + _by_layer(agreement, asked.shown, t)
    return Badge(colour, t(f"badge.{label}", **facts), detail)


def _by_layer(agreement: Agreement, experiment: Experiment, t: Catalogue) -> str:
    """Return how far each layer of a model is from Keras's, each direction by itself."""
    said = []
    for (number, backward), worst, _ in agreement.by_layer:
        name = t("badge.layer", layer=number)
        if experiment.layers[number - 1].bidirectional:
            name += f" {t('stack.backward' if backward else 'stack.forward')}"
        said.append(f"{name} {worst:.0e}" if worst else f"{name} 0")
    return t("badge.by_layer", layers=", ".join(said))


def _trouble(asked: Asked, trouble: WorkerFailed | Status, t: Catalogue) -> Badge:
    """Return what is said where there is no check: Keras is away, or this experiment is too much for it."""
    needs = of_check(asked.chosen)
    facts: dict[str, object] = {"detail": trouble.detail, "seconds": f"{time_limit(needs):.0f}"}
    if trouble.reason == "too_large":
        facts |= {"needs": f"{needs:.0f}", "most": f"{MAX_SECONDS:g}"}
        facts["fits"] = f"{steps_within(MAX_SECONDS, asked.chosen):,}"
    if trouble.reason == "given_up":
        facts["why"] = t(f"badge.why.{trouble.detail}", **facts)
    label = {"too_large": "unchecked", "given_up": "unchecked", "busy": "full"}.get(str(trouble.reason), "unavailable")
    state = "waiting" if trouble.reason == "busy" else "unavailable"
    return Badge(state, t(f"badge.{label}"), t(f"badge.{trouble.reason}", **facts))


def _without_masks(asked: Asked, t: Catalogue) -> list[Notice]:
    """Return that the pictures lack the dropout masks, where they do: they are waited for, or did not come."""
    if asked.shown == asked.chosen:
        return []
    return [Notice("info", t("pictures.no_masks" if asked.no_masks else "pictures.waiting_masks"))]


def _notices(asked: Asked, run: Run, link: Link, t: Catalogue) -> list[Notice]:
    """Return what needs saying above the pictures, whatever Keras says of the numbers."""
    notices = []
    if (refused := state.refused()) is not None and (state.session().page != state.PLAYGROUND or state.embedded()):
        notices.append(Notice("warning", t("notice.kept", reason=t.refusal(refused[1]))))  # else it lies over the page
    notices += [
        Notice("warning", t("notice.replaced", reason=t.refusal(refusal))) for refusal in state.session().notices
    ]
    notices += [Notice("info", t(f"notice.let_go_{name}")) for name in state.session().let_go]
    notices += bring_code.notices(asked.chosen, t)
    if link.left_out:
        labels = {PINNED: "compare.pinned"}
        names = ", ".join(t(labels.get(name, f"fields.{name}.label")) for name in link.left_out)
        notices.append(Notice("warning", t("notice.left_out", names=names)))
    if zeroes_wrong_steps(run):
        notices.append(Notice("info", t("pictures.unroll_bug")))
    if front_mask_unseen(asked.chosen):
        said = "mask_unseen_above" if len(asked.chosen.layers) > 1 else "mask_unseen"
        notices.append(Notice("info", t(f"pictures.{said}", front=asked.chosen.front.title())))
    return notices
