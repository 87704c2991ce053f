"""The tab for a table: pasted or uploaded CSV, how it is read, and what becomes of it."""

from __future__ import annotations

import zlib

import streamlit as st

from lstm_core.refusal import Refusal
from lstm_core.sequences import table as tables
from lstm_core.sequences.numbers import as_typed
from lstm_core.sequences.table import Comma, Table
from lstm_core.text import Catalogue
from pages.ui.bring import use
from pages.ui.components.header import Notice
from pages.ui.components.previews import draw_preview

KEY = "bring_csv"
HEADERS = {"auto": None, "names": True, "numbers": False}
COMMAS: tuple[Comma, ...] = ("decimal", "separator")
TEXT_HEIGHT = 150
SAMPLE = ((8.1, 0.82), (7.4, 0.85), (9.6, 0.78), (13.2, 0.64), (16.8, 0.51), (17.5, 0.48), (14.3, 0.6), (10.9, 0.73))
"""An example to fill in: a day, every three hours: its temperature in degrees Celsius and its relative humidity."""


def draw(t: Catalogue) -> None:
    """Draw the tab: what is given, how to read it, how it was read; a refusal beside it."""
    st.caption(t("bring.csv.help"))
    given = st.text_area(t("bring.csv.text"), placeholder=t("bring.csv.example"), height=TEXT_HEIGHT, key=f"{KEY}_text")
    if not given:
        st.button(t("bring.csv.sample"), on_click=_fill_in, args=(t,), key=f"{KEY}_sample")
    file = st.file_uploader(t("bring.csv.file"), type=["csv", "tsv", "txt"], key=f"{KEY}_file")
    try:
        text = tables.decode(file.getvalue()) if file else given
        if not text.strip() and not file:
            return
        table = _read(text, t)
        if table is not None:
            _draw_table(table, t)
    except Refusal as refusal:
        use.draw_refusal(refusal, t, key=KEY)


def _fill_in(t: Catalogue) -> None:
    rows = (f"{temperature},{humidity}" for temperature, humidity in SAMPLE)
    st.session_state[f"{KEY}_text"] = "\n".join((t("bring.csv.sample_names"), *rows))


def _read(text: str, t: Catalogue) -> Table | None:
    """Return the table; None while a comma that can be read in two ways waits for an answer."""
    header = HEADERS[st.session_state.get(f"{KEY}_header", "auto")]
    try:
        return tables.read_table(text, header=header)
    except Refusal as refusal:
        if refusal.code != "csv_comma":
            raise
        use.draw_refusal(refusal, t, key=f"{KEY}_comma")
        comma = st.segmented_control(
            t("bring.csv.comma"),
            COMMAS,
            format_func=lambda answer: t(f"bring.csv.commas.{answer}"),
            key=f"{KEY}_comma_{zlib.crc32(text.encode())}",  # another text is another question
        )
        return tables.read_table(text, header=header, comma=comma) if comma else None


def _draw_table(table: Table, t: Catalogue) -> None:
    columns = list(range(table.columns))
    left, middle, right = st.columns(3)
    with left:
        st.selectbox(
            t("bring.csv.header"), HEADERS, format_func=lambda kind: t(f"bring.csv.headers.{kind}"), key=f"{KEY}_header"
        )
    with middle:
        batch_column = st.selectbox(
            t("bring.csv.batch"),
            [None, *columns],
            format_func=lambda column: t("bring.csv.batch_none") if column is None else table.name(column),
            key=f"{KEY}_batch_{table.columns}",
        )
    with right:
        chosen = st.multiselect(
            t("bring.csv.columns"),
            [column for column in columns if column != batch_column],
            format_func=table.name,
            placeholder=t("bring.csv.columns_all"),
            key=f"{KEY}_columns_{table.columns}_{batch_column}",
        )
    features = sorted(chosen) or [column for column in columns if column != batch_column]
    data = tables.to_sequence(table, columns=features, batch_column=batch_column)
    use.draw_notes([Notice("info", f"{_how_read(table, t)} {use.shape(data, t)}")], key=f"{KEY}_read")
    names = [table.header[column] or table.name(column) for column in features] if table.header else None
    draw_preview(data, t, key=f"{KEY}_preview", names=names)
    use.draw_use(t, name="typed", key=KEY, preset="typed", typed=as_typed(data), mask="")


def _how_read(table: Table, t: Catalogue) -> str:
    separator = "single" if table.separator is None else tables.SEPARATORS[table.separator]
    return " ".join(
        (
            t(f"bring.csv.separators.{separator}"),
            t("bring.csv.has_names" if table.header else "bring.csv.no_names"),
            t("bring.csv.size", rows=len(table.rows), columns=table.columns),
        )
    )
