"""`python -m tests.bench`: engine, page, picture, what is pasted, and load in one table. Fails if an aim is missed."""

import sys

from tests.bench import bench_engine, bench_lens, bench_load, bench_page, bench_reader
from tests.bench.table import print_table

PARTS = (bench_engine, bench_page, bench_lens, bench_reader, bench_load)

sys.exit(print_table([figure for part in PARTS for figure in part.figures()]))
