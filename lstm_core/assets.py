"""What the pictures and panels are drawn with in a browser: their HTML, styles and scripts, from assets/.

The scripts are ES modules. A page gets those of a component as one: the entry and all that it imports, each in a scope
of its own. Nothing is compiled for it, so a browser shows the lines as they stand in assets/.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

ASSETS = Path(__file__).parents[1] / "assets"

# Each begins with the line's end before it, for which a whole bundle is searched in a millisecond
IMPORT = re.compile(r'\nimport (?:\{\s*(\w+(?:,\s*\w+)*),?\s*\} from )?"(\.[^"]+)";(?=\n)')
EXPORT = re.compile(r"\nexport (default )?((?:async )?function|const|class) (\w+)")
LEFT_OVER = re.compile(r"\n((?:import|export)\b.*)")
DEFAULT = "default"


class Parts(NamedTuple):
    """A component: its HTML, its styles, and its script, a module whose default export shows data."""

    html: str
    css: str
    js: str


class Module(NamedTuple):
    """A script: the names it imports by the path it has them from, its code without that, and what it exports.

    `exports` gives the name in the code for each exported one.
    """

    imports: dict[str, tuple[str, ...]]
    code: str
    exports: dict[str, str]


@cache
def asset(path: str) -> str:
    """Return a file of assets/ as text."""
    return (ASSETS / path).read_text(encoding="utf-8")


def parts(path: str, css: tuple[str, ...] | None = None) -> Parts:
    """Return the component of assets/ with this path: its HTML, its script with all that it imports, and its styles.

    The styles are the files `css`, by default the one with the component's path.
    """
    styles = (f"{path}.css",) if css is None else css
    return Parts(asset(f"{path}.html"), "\n".join(map(asset, styles)), joined(f"{path}.js"))


def page_parts(name: str) -> Parts:
    """Return the component of assets/page with this name."""
    return parts(f"page/{name}")


def charts_parts() -> Parts:
    """Return the charts: one figure of every value."""
    return parts("components/charts/charts")


def lens_parts() -> Parts:
    """Return the moving picture: the unrolled layer and the inside of its cell."""
    return parts("components/lens/lens", ("components/lens/lens.css", "components/lens/cell.css"))


def cell_place_parts() -> Parts:
    """Return the place for the inside of a cell that stands apart from its layer."""
    return parts("components/lens/cell_place")


def stack_parts() -> Parts:
    """Return the grid of layers on top of each other."""
    return parts("components/stack/stack")


def returned_parts() -> Parts:
    """Return the panel of the returned tensors."""
    return parts("page/returned", ("page/returned.css", "components/shared/changed.css"))


SHOWN = "export default show;\n"
"""How a joined script ends; without this line it is one for an HTML file, with `show` as its constant."""


@cache
def joined(entry: str) -> str:
    """Return a script and all that it imports as one module, which exports the entry's default.

    Raises:
        ValueError: the entry has no default export, or its imports cannot be joined (`scoped`).
    """
    code, constants = scoped(entry)
    if DEFAULT not in module(entry).exports:
        raise ValueError(f"assets/{entry} has no default export")
    return f"{code}const show = {constants[entry]}.{DEFAULT};\n{SHOWN}"


def scoped(*entries: str) -> tuple[str, dict[str, str]]:
    """Return scripts and all that they import, each as a constant of its exports, and these constants' names by path.

    Raises:
        ValueError: a script imports itself by way of others, or what is not exported, or in a form not read here.
    """
    order: dict[str, Module] = {}
    for entry in entries:
        _visit(entry, order, ())
    constants = {path: f"module{number}" for number, path in enumerate(order)}
    return "".join(_constant(path, read, constants) for path, read in order.items()), constants


@cache
def module(path: str) -> Module:
    """Read a script of assets/: `import {a, b} from "./c.js";`, `export const`, `export default function` and so on.

    Raises:
        ValueError: an import or export has another form.
    """
    imports: dict[str, tuple[str, ...]] = {}

    def imported(found: re.Match[str]) -> str:
        names, source = found.groups()
        source = posixpath.normpath(posixpath.join(posixpath.dirname(path), source))
        imports[source] = (*imports.get(source, ()), *re.findall(r"\w+", names or ""))
        return ""

    code = IMPORT.sub(imported, f"\n{asset(path)}")
    exports = {DEFAULT if default else name: name for default, _, name in EXPORT.findall(code)}
    code = EXPORT.sub(r"\n\2 \3", code)
    if left_over := LEFT_OVER.search(code):
        raise ValueError(f"assets/{path}: not an import or export that can be joined: {left_over[1]}")
    return Module(imports, code, exports)


def _visit(path: str, order: dict[str, Module], on_the_way: tuple[str, ...]) -> None:
    """Put a script into the order, after all that it imports."""
    if path in on_the_way:
        raise ValueError(f"These import each other: {' -> '.join([*on_the_way, path])}")
    if path in order:
        return
    read = module(path)
    for source, names in read.imports.items():
        _visit(source, order, (*on_the_way, path))
        if unknown := [name for name in names if name not in order[source].exports]:
            raise ValueError(f"assets/{path} imports {', '.join(unknown)}, which assets/{source} does not export")
    order[path] = read


def _constant(path: str, read: Module, constants: dict[str, str]) -> str:
    """Return a script as a constant of what it exports; inside it are the names that it imports, and its own."""
    imports = [f"const {{ {', '.join(names)} }} = {constants[source]};" for source, names in read.imports.items()]
    exports = [name if name == exported else f"{exported}: {name}" for exported, name in read.exports.items()]
    head = f"const {constants[path]} = (() => {{ // {path}"
    return "\n".join([head, *imports, read.code.strip("\n"), f"return {{ {', '.join(exports)} }};", "})();", ""])
