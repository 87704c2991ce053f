"""The fixture of every test that asks Node.js."""

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.js.asked import Node


@pytest.fixture(scope="package")
def node() -> Iterator[Node]:
    """One Node.js for all of these tests. Without any: a failure where CI is set, else a skip."""
    executable = shutil.which("node")
    if executable is None and os.environ.get("CI"):
        pytest.fail("no Node.js here")
    if executable is None:
        pytest.skip("no Node.js here")
    with Node(executable) as asked:
        yield asked
