"""The two commands: what they install is pinned, what they start says where it is."""

import importlib.metadata
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.browser import chromium
from tests.browser.harness import WITHOUT_KERAS, free_port, until

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_to_one_version(name):
    lines = (ROOT / name).read_text().splitlines()
    requirements = [line.split(";")[0].strip() for line in lines if line and not line.startswith(("#", "-r"))]
    assert requirements
    assert [line for line in requirements if not re.fullmatch(r"[\w-]+(\[\w+\])?==[\d.]+", line)] == []


def locked(name: str) -> list[Requirement]:
    """What a lock file names, with its markers."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    return [Requirement(line.partition("--hash")[0]) for line in lines]


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_the_lock_names_every_requirement_in_its_version_and_each_of_its_lines_has_a_hash(name):
    text = (ROOT / f"{name}.lock").read_text()
    pins = [Requirement(line) for line in (ROOT / f"{name}.txt").read_text().splitlines() if "==" in line]
    lock = {(canonicalize_name(found.name), str(found.specifier)) for found in locked(f"{name}.lock")}
    assert {(canonicalize_name(pin.name), str(pin.specifier)) for pin in pins} <= lock
    assert all(specifier.startswith("==") for _, specifier in lock)
    entries = re.findall(r"^\S+==.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)
    assert len(entries) == len(locked(f"{name}.lock"))
    assert "://" not in text


def test_the_lock_of_the_tests_has_the_app_as_its_own_lock_has_it():
    app, tests = (set(map(str, locked(f"requirements{kind}.lock"))) for kind in ("", "-dev"))
    assert {line.partition(";")[0] for line in app} <= {line.partition(";")[0] for line in tests}


def test_what_is_installed_is_what_the_lock_says():
    wanted = {
        canonicalize_name(found.name): str(found.specifier).removeprefix("==")
        for found in locked("requirements-dev.lock")
        if found.marker is None or found.marker.evaluate()
    }
    installed = {canonicalize_name(found.name): found.version for found in importlib.metadata.distributions()}
    assert {name: installed.get(name) for name in wanted} == wanted


def test_streamlit_knows_every_setting_and_none_names_another_host():
    from streamlit import config

    known = config.get_config_options(force_reparse=True)
    text = (ROOT / ".streamlit" / "config.toml").read_text()
    unknown = [name for name in dotted_names(tomllib.loads(text)) if name not in known]
    assert unknown == []
    assert "://" not in text


def dotted_names(table: dict, prefix: str = "") -> list[str]:
    names = []
    for key, value in table.items():
        names += dotted_names(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]
    return names


def test_a_port_in_use_is_said_and_the_next_free_one_answers(tmp_path):
    log_path = tmp_path / "log"
    with socket.socket() as taken, log_path.open("wb") as log:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # somebody else has it: the case wanted
            taken.bind(("127.0.0.1", 8501))
            taken.listen()
        process = subprocess.Popen(
            [sys.executable, "-m", "pages.ui.server.serve"],
            cwd=ROOT,
            env=os.environ | {"HOME": str(tmp_path)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            address = wait_for_answer(log_path, process)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
    assert "Port 8501 is in use" in log_path.read_text()
    assert not address.endswith(":8501")


def test_what_changes_in_a_file_shows_when_the_page_is_loaded_again(tmp_path):
    for name in ("app.py", "pages", "lstm_core", "assets", ".streamlit"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, tmp_path / name)
    url, log_path = f"http://localhost:{free_port()}", tmp_path / "log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "pages.ui.server.dev", f"--server.port={url.rpartition(':')[2]}"],
            cwd=tmp_path,
            env=os.environ | WITHOUT_KERAS | {"HOME": str(tmp_path)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        for kind, name, before, after in (
            ("Python", "pages/ui/server/first_html.py", 'BRAND = "LSTM Lens"', 'BRAND = "Python changed"'),
            ("Words", "assets/text/en.toml", "Please turn on JavaScript", "Words changed"),
            ("Script", "assets/page/header.js", 'agrees: "✓"', 'agrees: "Script changed"'),
            ("Style", "assets/page/header.css", "\n.lens-brand {", "\n.lens-brand { quotes: 'Style changed';"),
        ):
            assert until(lambda: ".lens-brand" in all_of_the_page(url), 60), log_path.read_text()
            text = (tmp_path / name).read_text("utf-8")
            assert text.count(before) == 1
            (tmp_path / name).write_text(text.replace(before, after), "utf-8")
            assert until(lambda kind=kind: f"{kind} changed" in all_of_the_page(url), 60), log_path.read_text()
    finally:
        process.terminate()
        process.wait(20)
    assert not answers(url)


def all_of_the_page(url: str) -> str:
    """The page's first HTML and the scripts of its components, one after the other; nothing while no server answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            html, links = answer.read().decode(), answer.headers.get_all("link") or []
        scripts = re.findall(r"</(lens/(?!plotly)[^>]+\.js)>", " ".join(links))
        return html + "".join(urllib.request.urlopen(f"{url}/{path}", timeout=5).read().decode() for path in scripts)
    except OSError:
        return ""


def answers(url: str) -> bool:
    with suppress(OSError):
        urllib.request.urlopen(url, timeout=2).close()
        return True
    return False


def wait_for_answer(log_path: Path, process: subprocess.Popen) -> str:
    """The address that the log gives, once it answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"http://localhost:\d+", log_path.read_text())
        with suppress(OSError):
            if found:
                urllib.request.urlopen(f"{found[0]}/_stcore/health", timeout=2).close()
                return found[0]
        time.sleep(0.05)
    raise AssertionError(f"nothing answered:\n{log_path.read_text()}")


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_no_browser_is_a_failure_only_in_ci(monkeypatch, capsys, ci, code):
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    monkeypatch.setattr(chromium, "install", lambda: None)
    monkeypatch.setattr(chromium, "install_korean_font", lambda: None)
    monkeypatch.setattr(sys, "argv", ["chromium", "--install"])
    assert chromium.main() == code
    assert "CHROMIUM" in capsys.readouterr().err
