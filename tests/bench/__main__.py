"""`python -m tests.bench`: the engine, then the page. Fails if a target is missed."""

import sys

from tests.bench import bench_engine, bench_page

reached = [bench_engine.main(), bench_page.main()]
sys.exit(0 if all(reached) else 1)
