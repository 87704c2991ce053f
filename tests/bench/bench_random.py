"""`make random`: keys and clicks at random from many seeds, two browsers at once, so that both cores are busy.

Each seed opens the playground and plays for a minute. Counted are blank pages, errors that no script of the page
caught, and exceptions in the server's log. Fails if there is one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import sync_playwright

from tests.bench.table import at_most, print_table
from tests.browser import chance, chromium
from tests.browser.harness import Traffic, launch, new_page, running_server

SEEDS, SECONDS, AT_ONCE = 20, 60.0, 2
WATCH = """setInterval(() => {
  const root = document.getElementById('root');
  if (root?.childElementCount) window.lived = true;
  else if (window.lived) sessionStorage.setItem('blank', 'yes');
}, 50)"""
"""Notes that the page has been blank for a moment, though it came back by itself."""
BLANK = """() => sessionStorage.getItem('blank') !== null || !document.getElementById('root').childElementCount"""


def played(seeds: list[int], seconds: float) -> list[tuple[int, int, int, list[str]]]:
    """Play from each seed, on a server of its own; return the seed, the turns, blank pages, and what was complained."""
    found = []
    with (
        sync_playwright() as playwright,
        launch(playwright, str(chromium.find())) as browser,
        running_server() as server,
    ):
        for seed in seeds:
            traffic, before = Traffic(), chance.server_errors(server)
            page = new_page(browser, traffic=traffic)
            page.add_init_script(WATCH)
            page.goto(f"{server.url}/?lang=en")
            page.wait_for_function(chance.WHOLE, timeout=60_000)
            turns = 0
            try:
                turns = chance.play(page, chance.both, seed=seed, seconds=seconds)
            except PlaywrightError as error:
                traffic.complaints.append(f"not whole: {error.message}")
            blank = int(page.evaluate(BLANK))
            logged = [": ".join(error) for error in sorted(chance.server_errors(server) - before)]
            found.append((seed, turns, blank, traffic.complaints + logged))
            print(f"seed {seed}: {turns} turns, {blank} blank, {traffic.complaints + logged}", flush=True)
            page.context.close()
    return found


def main() -> int:
    """Play from all seeds, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    shares = [list(range(1 + k, asked.seeds + 1, AT_ONCE)) for k in range(AT_ONCE)]
    with multiprocessing.get_context("spawn").Pool(AT_ONCE) as pool:
        found = [line for lines in pool.starmap(played, [(s, asked.seconds) for s in shares]) for line in lines]
    what = f"{asked.seeds} seeds of {asked.seconds:.0f} s, keys and clicks at random, {AT_ONCE} browsers at once"
    complaints = sum(len(complaints) for *_, complaints in found)
    turns, blank = (sum(line[k] for line in found) for k in (1, 2))
    return print_table(
        [
            at_most(f"{what}: turns", turns, None, unit=""),
            at_most("blank pages", blank, 0, unit=""),
            at_most("errors that nothing caught, in page and server", complaints, 0, unit=""),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
