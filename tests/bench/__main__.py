"""`python -m tests.bench`: the engine, then the page. Fails if a target is missed."""

import sys

from tests.bench import bench_engine, bench_page

sys.exit(max([bench_engine.main(), bench_page.main()]))
