"""`python -m tests.browser.chromium [--install]`: the Chromium that the browser tests drive.

Looked for in this order: the program that CHROMIUM names, one on the PATH, Chrome in its usual place on
a Mac, playwright's own. With `--install`, a missing one is installed: Debian's package as root, else
playwright's own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


class InstallError(Exception):
    """Chromium could not be installed; the message holds what the installer printed last."""


def in_ci() -> bool:
    """Whether `CI` is set, where a missing browser is a failure and not a skip."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def find() -> str | None:
    """Path of a Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    return str(MAC) if MAC.exists() else playwrights_own()


def playwrights_own() -> str | None:
    """Path of the Chromium that `playwright install` put into its cache, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Install Chromium: Debian's package as root, else playwright's own. Raises InstallError."""
    if is_debian_root():
        apt_get("update")
        apt_get("install", "chromium")
    else:
        run(sys.executable, "-m", "playwright", "install", "chromium")


def install_korean_font() -> None:
    """Give Debian a font with Korean letters. Failing that, they are boxes, and the tests still run."""
    if not is_debian_root() or knows_korean():
        return
    try:
        apt_get("update")
        apt_get("install", "fonts-noto-cjk")
    except InstallError as error:
        print(f"No Korean font: screenshots in Korean will show boxes.\n{error}", file=sys.stderr)


def is_debian_root() -> bool:
    """Whether Debian's packages can be installed here."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def knows_korean() -> bool:
    """Whether fontconfig lists a font with Korean letters."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=ko"], capture_output=True, check=False).stdout.strip())


def apt_get(command: str, *packages: str) -> None:
    """Run apt-get without questions. Raises InstallError."""
    run("apt-get", command, "-qq", "-y", "--no-install-recommends", *packages)


def run(*command: str) -> None:
    """Run an installer in silence. Raises InstallError with its last lines."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last_lines = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise InstallError(f"{' '.join(command)} failed:\n{last_lines}")


def main() -> int:
    """Print where Chromium is. Without any, exit with 1, but after `--install` only where `CI` is set."""
    asked_to_install = "--install" in sys.argv[1:]
    try:
        if asked_to_install and find() is None:
            print("Installing Chromium for the browser tests ...", flush=True)
            install()
        if asked_to_install:
            install_korean_font()
    except InstallError as error:
        print(error, file=sys.stderr)
    path = find()
    if path:
        print(f"Chromium: {path}")
        return 0
    print("No Chromium: the browser tests cannot run. Install one, or name it in CHROMIUM.", file=sys.stderr)
    return 1 if in_ci() or not asked_to_install else 0


if __name__ == "__main__":
    sys.exit(main())
