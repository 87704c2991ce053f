"""The museum: each exhibit fails with the message that belongs to it, and its mended code runs."""

import pytest

from lstm_core.keras_check.tasks import show_script
from lstm_core.lessons import mistakes
from lstm_core.lessons.lesson import words

SAYS = {
    "ndim": "expected ndim=3, found ndim=2",
    "two_values": "too many values to unpack (expected 2)",
    "one_state": "list index out of range",
    "stateful": "the batch size must be static",
    "other_batch": "Received batch size: 2",
    "batch_input_shape": "Unrecognized keyword arguments passed to LSTM: {'batch_input_shape': (1, 3, 1)}",
    "time_major": "Unrecognized keyword arguments passed to LSTM: {'time_major': True}",
    "reset_states": "has no attribute 'reset_states'",
    "use_cudnn": "cuDNN is not supported",
    "bidirectional": "list index out of range",
}


@pytest.mark.parametrize("name", SAYS)
def test_keras_raises_the_message_and_the_mended_code_runs(name: str) -> None:
    broken, mended = mistakes.exhibit_named(name).scripts()
    failed = show_script(broken.source)
    assert failed.error is not None
    assert SAYS[name] in failed.error
    assert "\x1b" not in failed.error
    assert "/" not in failed.error  # no path of the machine
    shown = show_script(mended.source)
    assert shown.error is None
    assert shown.printed.strip()


def test_every_exhibit_and_every_change_has_its_words() -> None:
    assert set(SAYS) == {exhibit.name for exhibit in mistakes.EXHIBITS}
    for language in ("en", "ko"):
        catalogue = words("mistakes", language)
        for exhibit in mistakes.EXHIBITS:
            assert catalogue(f"exhibits.{exhibit.name}.title")
        assert {key.split(".")[1] for key in catalogue.texts if key.startswith("versions.")} == set(mistakes.VERSIONS)
