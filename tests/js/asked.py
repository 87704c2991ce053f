"""Node.js, asked from Python: pure functions of assets/ with what Python's own give them."""

from __future__ import annotations

import json
import subprocess
from types import TracebackType
from typing import Any, Self

from lstm_core.assets import ASSETS

ANSWER = """
import { createInterface } from "node:readline"
for await (const line of createInterface({ input: process.stdin })) {
  const [paths, source, argument] = JSON.parse(line)
  const exported = Object.assign({}, ...await Promise.all(paths.map((path) => import(path))))
  delete exported.default
  const asked = new Function(...Object.keys(exported), `return ${source}`)(...Object.values(exported))
  console.log(JSON.stringify(asked(argument)))
}
"""


class Node:
    """A process of Node.js that answers until its `with` block ends."""

    def __init__(self, executable: str) -> None:
        command = [executable, "--input-type=module", "--eval", ANSWER]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def evaluate(self, paths: tuple[str, ...], function: str, argument: object) -> Any:
        """Return what a JavaScript function of one argument does, which may use all that these scripts export."""
        assert self._process.stdin
        assert self._process.stdout
        asked = [[(ASSETS / path).as_uri() for path in paths], function, argument]
        self._process.stdin.write(json.dumps(asked) + "\n")
        answer = self._process.stdout.readline()
        assert answer, "Node.js has ended; what it complained of is above"
        return json.loads(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.communicate()
