"""Scripts of assets/ are joined as their imports say, each in a scope of its own, or refused."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lstm_core import assets

Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes scripts, by name and text, into a folder that stands for assets/."""
    caches = (assets.asset, assets.module, assets.joined)
    monkeypatch.setattr(assets, "ASSETS", tmp_path)
    for one in caches:
        one.cache_clear()

    def written(**scripts: str) -> None:
        for name, text in scripts.items():
            (tmp_path / f"{name}.js").write_text(text, encoding="utf-8")

    yield written
    for one in caches:
        one.cache_clear()


SHOW = "export default function show() {\n  return null;\n}\n"


def test_a_script_stands_after_all_that_it_imports_and_only_once(write: Write) -> None:
    write(
        show=f'import {{ left }} from "./left.js";\nimport {{ right }} from "./right.js";\n{SHOW}',
        left='import { base } from "./base.js";\nexport const left = base + 1;\n',
        right='import { base } from "./base.js";\nexport const right = base + 2;\n',
        base="export const base = 1;\n",
    )
    code, constants = assets.scoped("show.js")
    assert list(constants) == ["base.js", "left.js", "right.js", "show.js"]
    assert re.findall(r"^const module\d+ = .*// (.+)$", code, re.MULTILINE) == list(constants)


def test_the_joined_script_has_no_import_left_and_one_export(write: Write) -> None:
    write(
        show=f'import "./side.js";\nimport {{\n  a,\n  b,\n}} from "./two.js";\n{SHOW}',
        side="void 0;\n",
        two="export const a = 1;\nexport class b {}\n",
    )
    js = assets.joined("show.js")
    assert js.endswith(assets.SHOWN)
    assert len(re.findall(r"^(?:import|export)\b", js, re.MULTILINE)) == 1


def test_equal_names_in_two_scripts_are_two_things(write: Write) -> None:
    write(
        show='import { told } from "./other.js";\nconst own = "mine";\n'
        "export default function show() {\n  return [own, told()];\n}\n",
        other='const own = "other";\nexport function told() {\n  return own;\n}\n',
    )
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js here")
    script = assets.joined("show.js") + "console.log(JSON.stringify(show()));"
    command = [node, "--input-type=module", "--eval", script]
    assert json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout) == ["mine", "other"]


ONE = "export const a = 1;\n"
REFUSED = {
    "a circle": (
        {"show": 'import { a } from "./a.js";\n' + SHOW, "a": 'import "./show.js";\n' + ONE},
        r"import each other: show\.js -> a\.js -> show\.js",
    ),
    "not exported": (
        {"show": 'import { b } from "./a.js";\n' + SHOW, "a": ONE},
        r"assets/show\.js imports b, which assets/a\.js does not export",
    ),
    "no default": ({"show": ONE}, "no default export"),
    "renamed": ({"show": 'import { a as b } from "./a.js";\n' + SHOW, "a": ONE}, "import { a as b }"),
    "all of it": ({"show": 'import * as a from "./a.js";\n' + SHOW, "a": ONE}, r"import \* as a"),
    "a package": ({"show": 'import { a } from "a";\n' + SHOW}, 'from "a"'),
    "a list": ({"show": "const a = 1;\nexport { a };\n" + SHOW}, "export { a }"),
    "a variable": ({"show": "export let a = 1;\n" + SHOW}, "export let a"),
}


@pytest.mark.parametrize(("scripts", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_joined_is_refused_with_its_place(write: Write, scripts: dict[str, str], reason: str) -> None:
    write(**scripts)
    with pytest.raises(ValueError, match=reason):
        assets.joined("show.js")


def modules() -> list[str]:
    """Every module of assets/."""
    found = (path.relative_to(assets.ASSETS).as_posix() for path in assets.ASSETS.rglob("*.js"))
    return sorted(path for path in found if not path.startswith(("vendor/", "handout/")))


def test_whatever_a_script_exports_another_one_or_a_test_imports() -> None:
    tests = [path for kind in ("js", "py") for path in Path(__file__).parents[1].rglob(f"*.{kind}")]
    asked = set(re.findall(r"\w+", "".join(path.read_text("utf-8") for path in tests)))
    read = {path: assets.module(path) for path in modules()}
    imported = {(path, name) for one in read.values() for path, names in one.imports.items() for name in names}
    exported = {(path, name) for path, one in read.items() for name in one.exports if name != assets.DEFAULT}
    assert [(path, name) for path, name in sorted(exported - imported) if name not in asked] == []
