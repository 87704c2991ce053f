"""`python -m tests.bench`: all that is measured, a table a part as it ends. Fails if an aim is missed.

`python -m tests.bench page load` measures these parts alone.
"""

import sys
from types import ModuleType

from tests.bench import bench_bounded, bench_engine, bench_lens, bench_load, bench_page, bench_reader, bench_sizes
from tests.bench.table import print_table

PARTS: dict[str, ModuleType] = {
    "engine": bench_engine,
    "page": bench_page,
    "lens": bench_lens,
    "sizes": bench_sizes,
    "reader": bench_reader,
    "load": bench_load,
    "bounded": bench_bounded,
}

unknown = [name for name in sys.argv[1:] if name not in PARTS]
if unknown:
    sys.exit(f"There is no part {', '.join(unknown)}; there are {', '.join(PARTS)}.")
sys.exit(max(print_table(PARTS[name].figures()) for name in sys.argv[1:] or PARTS))
