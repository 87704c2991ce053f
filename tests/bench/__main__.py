"""`python -m tests.bench`: the engine, the page, the moving picture. Fails if a target is missed."""

import sys

from tests.bench import bench_engine, bench_lens, bench_page

sys.exit(max([bench_engine.main(), bench_page.main(), bench_lens.main()]))
