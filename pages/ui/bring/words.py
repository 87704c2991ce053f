"""The tab for a sentence: each of its words, and the vector that it becomes."""

from __future__ import annotations

import numpy as np
import streamlit as st

from lstm_core.fields import FIELDS
from lstm_core.refusal import Refusal
from lstm_core.sequences.words import word_vectors, words_of
from lstm_core.text import Catalogue
from pages.ui import state
from pages.ui.bring import use
from pages.ui.components.grids import draw_grid
from pages.ui.components.header import Notice

KEY = "bring_words"
MAX_WORDS = 12
"""Words whose vectors are shown."""


def draw(t: Catalogue) -> None:
    """Draw the tab: the sentence, how its vectors are drawn, and the vectors."""
    experiment = state.experiment()
    st.caption(t("fields.sentence.help"))
    longest = FIELDS["sentence"].metadata["longest"]
    sentence = st.text_input(t("fields.sentence.label"), experiment.sentence, max_chars=longest, key=f"{KEY}_sentence")
    left, right = st.columns(2)
    bounds = FIELDS["features"].metadata
    with left:
        features = st.slider(
            t("fields.features.label"), bounds["low"], bounds["high"], experiment.features, key=f"{KEY}_features"
        )
    bounds = FIELDS["data_seed"].metadata
    with right:
        seed = st.number_input(
            t("fields.data_seed.label"), bounds["low"], bounds["high"], experiment.data_seed, key=f"{KEY}_seed"
        )
    try:
        words = words_of(sentence)
    except Refusal as refusal:
        use.draw_refusal(refusal, t, key=KEY)
        return
    _draw_vectors(words, features, seed, t)
    use.draw_use(
        t,
        name="sentence",
        key=KEY,
        preset="words",
        sentence=sentence,
        features=features,
        data_seed=seed,
        batch=1,
        mask="",
    )


def _draw_vectors(words: tuple[str, ...], features: int, seed: int, t: Catalogue) -> None:
    vectors = word_vectors(words, features=features, seed=seed)
    shown = list(vectors)[:MAX_WORDS]
    values = np.array([vectors[word] for word in shown])
    steps = {word: [str(step) for step, other in enumerate(words, start=1) if other == word] for word in shown}
    draw_grid(
        values,
        of="x",
        rows=[t("bring.words.row", word=word, steps=", ".join(steps[word])) for word in shown],
        columns=[f"x{feature + 1}" for feature in range(features)],
        caption=t("bring.words.vectors"),
        key=f"{KEY}_vectors",
    )
    shape = (1, len(words), features)
    said = t("bring.shape", shape=str(shape), batch=1, timesteps=len(words), features=features)
    if len(vectors) > len(shown):
        said = t("bring.words.more", count=len(vectors) - len(shown)) + " " + said
    use.draw_notes([Notice("info", said)], key=f"{KEY}_read")
