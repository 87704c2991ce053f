"""README's tree is the tree: what it names is there, and every room is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"(?P<indent> {4,})(?P<names>\S+(?: \S+)*?)(?: {2,}(?P<said>.*))?")
FILE = re.compile(r"\b[a-z_/]+\.(?:py|js|toml)\b|\b[a-z_]+/")


def tree() -> dict[Path, str]:
    """What the tree names, and what is said of it."""
    section = (ROOT / "README.md").read_text("utf-8").partition("## Where things are\n\n")[2].partition("\n\n")[0]
    named: dict[Path, str] = {}
    folders = [ROOT]
    for line in map(LINE.fullmatch, section.splitlines()):
        assert line is not None
        del folders[(len(line["indent"]) - 4) // 2 + 1 :]
        paths = [folders[-1] / name for name in line["names"].split()]
        named |= dict.fromkeys(paths, line["said"] or "")
        folders.append(paths[0])
    return named


def rooms() -> set[Path]:
    """The folders in which things have their rooms, without what tools leave there."""
    parents = [ROOT / folder for folder in ("lstm_core", "pages/ui", "assets", "tests")]
    return {room for parent in parents for room in parent.iterdir() if room.is_dir() and "__" not in room.name}


def test_everything_that_readmes_tree_names_is_there() -> None:
    assert len(tree()) > 40
    assert [str(path) for path in tree() if not path.exists()] == []


def test_every_file_that_is_said_to_be_in_a_room_is_there() -> None:
    missing = [
        (path.name, name)
        for path, said in tree().items()
        for name in FILE.findall(said)
        if not (path / name).exists() and not (ROOT / name).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("folder", ["lstm_core", "pages/ui"])
def test_every_file_at_the_top_of_a_package_is_in_readmes_tree(folder: str) -> None:
    files = {path for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py"}
    assert files - set(tree()) == set()


def test_every_room_is_in_readmes_tree() -> None:
    assert len(rooms()) > 20
    assert rooms() - set(tree()) == set()
