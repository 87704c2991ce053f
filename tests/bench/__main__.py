"""`python -m tests.bench`: all that is measured, in one table. Fails if an aim is missed."""

import sys

from tests.bench import bench_bounded, bench_engine, bench_lens, bench_load, bench_page, bench_reader, bench_sizes
from tests.bench.table import print_table

PARTS = (bench_engine, bench_page, bench_lens, bench_sizes, bench_reader, bench_load, bench_bounded)

sys.exit(print_table([figure for part in PARTS for figure in part.figures()]))
