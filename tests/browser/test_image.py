"""What the Dockerfile copies is the whole app, and it runs where nothing but /tmp can be written."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import ROOT, Server, wait_complete
from tests.browser.helpers import expect_agreement, expected, flip, returned

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", "")
PORT = re.findall(r"^EXPOSE (\d+)", DOCKERFILE, re.MULTILINE)
Open = Callable[..., Page]


def command(instruction: str) -> list[str]:
    """The words of the Dockerfile's CMD or HEALTHCHECK."""
    (words,) = re.findall(rf"^{instruction} (?:.* CMD )?(\[.*\])$", DOCKERFILE, re.MULTILINE)
    return json.loads(words)


@pytest.fixture
def image(tmp_path: Path) -> Iterator[Path]:
    """A folder with what the Dockerfile copies. Nobody can write to it, nor make anything beside it."""
    app = tmp_path / "app"
    app.mkdir()
    for copied in re.findall(r"^COPY (.*)", DOCKERFILE, re.MULTILINE):
        *sources, target = copied.split()
        for name in sources:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, app / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, app / target)
    writable = [tmp_path, *tmp_path.rglob("*")]
    for path in writable:
        path.chmod(path.stat().st_mode & ~0o222)
    yield app
    for path in writable:
        path.chmod(path.stat().st_mode | 0o200)


@pytest.mark.skipif(not shutil.which("setpriv"), reason="takes root's right to write anywhere away with setpriv")
def test_the_image_runs_on_a_read_only_file_system(image: Path, new_browser_page: Open) -> None:
    as_anybody = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run([*as_anybody, "touch", image / "written"], check=True, capture_output=True)
    server = Server(image / "app.py", cwd=image, env={"HOME": str(image.parent)}, run_by=as_anybody)
    try:
        server.wait_healthy()
        page = new_browser_page()
        page.goto(f"{server.url}/?units=3")
        wait_complete(page)
        flip(page, "return_sequences")
        assert returned(page) == expected(units=3, return_sequences=True)
        expect_agreement(page)
        page.goto(f"{server.url}/cell")
        expect(page.locator(".lens-lesson h2")).to_be_visible()
        health = [
            sys.executable if word == "python" else word.replace(PORT[0], str(server.port))
            for word in command("HEALTHCHECK")
        ]
        assert subprocess.run(health, check=False, capture_output=True).returncode == 0
        assert "Traceback" not in server.log
        page.context.close()
    finally:
        server.stop()
    assert subprocess.run(health, check=False, capture_output=True).returncode == 1
    assert list(image.rglob("__pycache__")) == []


@pytest.mark.parametrize("path", ["compose.yaml", ".deploy/kubernetes.yaml", ".deploy/haproxy.cfg"])
def test_what_deploys_the_image_expects_it_on_that_port(path: str) -> None:
    said = re.findall(r"(?:containerPort: |app:|expose: \[\")(\d+)", (ROOT / path).read_text("utf-8"))
    assert set(said) == {PORT[0]}


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("compose.yaml", ("cap_drop: [ALL]", "no-new-privileges:true", "read_only: true", "pids:", "nofile:", "size=")),
        (
            ".deploy/kubernetes.yaml",
            ("capabilities: {drop: [ALL]}", "runAsNonRoot: true", "egress: []", "sizeLimit:", "tls:", "runAsGroup:"),
        ),
    ],
)
def test_what_runs_the_image_gives_it_no_more_than_it_needs(path: str, needed: tuple[str, ...]) -> None:
    said = (ROOT / path).read_text("utf-8")
    containers = said.count("image:")
    once = {"tls:", "egress: []", "runAsGroup:", "runAsNonRoot: true", "sizeLimit:"}
    assert {word: said.count(word) for word in needed} == {word: 1 if word in once else containers for word in needed}


def test_the_image_starts_the_app_on_the_port_that_it_names() -> None:
    assert command("CMD") == ["streamlit", "run", "app.py", f"--server.port={PORT[0]}"]
    assert f"localhost:{PORT[0]}/_stcore/health" in command("HEALTHCHECK")[-1]
    assert re.search(r"^USER (?!0|root)\w+", DOCKERFILE, re.MULTILINE)
