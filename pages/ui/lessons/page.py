"""What every lesson's page is made of: its words, its questions, its scripts, its end. A page composes these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_core.code.statements import Say
from lstm_core.experiment import Experiment
from lstm_core.layers.trace import DropoutMasks, of_first_layer
from lstm_core.lessons.lesson import Lesson, Question, Script, comments, words
from lstm_core.lessons.registry import LESSONS, lesson_named, neighbours
from lstm_core.run import Run, run_experiment
from lstm_core.share.page_link import encode_page
from lstm_core.text import Catalogue
from pages.ui import address, head, state
from pages.ui.components.component import page_component
from pages.ui.keras import checking
from pages.ui.keras.checking import Asked

_title = page_component("lesson")

SUMMARY = ("first", "second", "third")


@dataclass(frozen=True, eq=False)
class LessonPage:
    """A lesson as it stands in a session: the app's words and its own, what was asked of Keras, and its run."""

    lesson: Lesson
    t: Catalogue
    words: Catalogue
    head: DeltaGenerator
    asked: Asked
    run: Run


def open_lesson(name: str) -> LessonPage:
    """Begin a lesson's page: read the session, run its experiment, draw the title."""
    lesson = lesson_named(name)
    t = address.open_session(name, lesson.base)
    address.follow(t)
    title = t(f"lessons.{name}.title")
    st.set_page_config(page_title=f"{title} · LSTM Lens")
    head = st.container()
    asked = checking.ask(state.experiment(), masks_wait=checking.MASKS_WAIT)
    run = run_experiment(asked.shown, asked.masks)
    number = LESSONS.index(lesson) + 1
    said = {"number": t("lessons.number", number=number, count=len(LESSONS)), "idea": t(f"lessons.{name}.idea")}
    _title({"page": name, "title": title, **said}, key="lesson")
    return LessonPage(lesson, t, words(name, t.language), head, asked, run)


def say(page: LessonPage, block: str, place: str = "", /, **facts: object) -> None:
    """Draw a block of the lesson's prose, `text.<block>`; facts are numbers and shapes, never what a user typed.

    A block that a page says more than once needs a name for each `place`.
    """
    with st.container(key=f"prose_{block}{place}"):
        st.markdown(page.words(f"text.{block}", **facts))


def scripts(page: LessonPage, make: Callable[[Experiment, Say], tuple[Script, ...]]) -> tuple[Script, ...]:
    """Return the scripts that a lesson makes of the page's experiment, with comments in the page's language."""
    return make(state.experiment(), comments(page.lesson.name, page.t.language))


def await_masks(experiment: Experiment, calls: int | None = None) -> tuple[DropoutMasks, ...] | None:
    """Return Keras's dropout masks of an experiment's calls, or of so many calls of its layer; None until they come.

    The page is then drawn with them.
    """
    asked = checking.checks().masks(experiment, checking.me(), calls)
    masks = checking.answer(asked, checking.MASKS_WAIT)[0]
    if masks is None:
        checking.awaited(asked)
        return None
    return of_first_layer(masks)


def heading(page: LessonPage, block: str) -> None:
    """Draw the heading `headings.<block>` of a part of the lesson."""
    st.subheader(page.words(f"headings.{block}"), anchor=False)


def predict(page: LessonPage, question: Question) -> DeltaGenerator | None:
    """Ask a question; return the place to show its answer in once it is answered, or asked for without, before None.

    From then on the right choice is marked, named and explained, whatever was chosen.
    """
    t, answer_key = page.t, f"answer_{page.lesson.name}_{question.name}"
    open_key = f"open_{page.lesson.name}_{question.name}"
    choice = _chosen(answer_key, question)
    opened = choice is not None or bool(st.session_state.get(open_key))
    with st.container(border=True, key=f"predict_{question.name}"):
        st.caption(t("lessons.predict"))
        st.radio(
            page.words(f"questions.{question.name}.ask", **question.facts),
            question.choices,
            index=None,
            format_func=partial(_choice, page.words, question),
            captions=[t("lessons.marked") if question.is_right(name) else "" for name in question.choices]
            if opened
            else None,
            key=answer_key,
        )
        if opened:
            draw = st.info if choice is None else st.success if question.is_right(choice) else st.warning
            draw(feedback(t, page.words, question, choice))
        else:
            st.button(t("lessons.show"), key=f"{open_key}_button", on_click=_open, args=(open_key,))
    place = st.container()  # always there: what follows keeps its place in Streamlit's tree
    return place if opened else None


def _chosen(key: str, question: Question) -> str | None:
    """Return what was chosen, and show it: the browser knows it by its label, which has changed with the language."""
    state, kept = st.session_state, f"kept_{key}"
    told: str | None = state.get(key)
    choice: str | None = told if told is None or told in question.choices else state.get(kept)
    state[key] = state[kept] = choice
    return choice


def feedback(t: Catalogue, words: Catalogue, question: Question, choice: str | None) -> str:
    """Return what is said of a choice, or of none: why it is wrong, if it is, and which one is right and why."""

    def reason(name: str) -> str:
        return words(f"questions.{question.name}.reasons.{name}", **question.facts)

    if choice == question.answer:
        return f"**{t('lessons.right')}** {reason(choice)}"
    answer = f"**{t('lessons.answer', choice=_choice(words, question, question.answer))}**"
    wrong = [f"**{t('lessons.wrong')}** {reason(choice)}"] if choice is not None else []
    return "\n\n".join([*wrong, f"{answer}  \n{reason(question.answer)}"])


def close_lesson(page: LessonPage) -> None:
    """End a lesson's page: its summary, the way on, and the head, which says whether Keras agrees."""
    t, chosen = page.t, state.experiment()
    st.subheader(t("lessons.summary"), anchor=False)
    with st.container(key="prose_summary"):
        st.markdown("\n".join(f"{n}. {page.words(f'summary.{line}')}" for n, line in enumerate(SUMMARY, start=1)))
    link = address.close_session()
    pages = st.session_state.pages
    language = address.language_parameter()
    playground = dict(encode_page(chosen).parameters) | language
    with st.container(key="further"):
        st.page_link(pages[state.PLAYGROUND], label=t("lessons.further"), query_params=playground)
    with st.container(horizontal=True, horizontal_alignment="distribute", key="way_on"):
        for key, other in zip(("previous", "next"), neighbours(page.lesson), strict=True):
            if other is not None:
                label = t(f"lessons.{key}", title=t(f"lessons.{other.name}.title"))
                st.page_link(pages[other.name], label=label, query_params=language)
    with page.head:
        head.draw_head(page.asked, page.run, link, t)


def _open(key: str) -> None:
    st.session_state[key] = True


def _choice(words: Catalogue, question: Question, name: str) -> str:
    return words(f"questions.{question.name}.choices.{name}", **question.facts)
