"""How much memory a long release needs: 200,000 invented events of 30 columns, read by pieces, beside a tenth of them.

Each reading runs in a process of its own, for a peak is of a process. What is compared is ours with ours: the peak for ten
times the rows, to the peak for the rows alone. A reader that holds a file would need ten times as much.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from benchmarks import Row

PEERS: list[str] = []
ROWS, FEW = 200_000, 20_000
HEADING = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,"
    "actor2,assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,"
    "longitude,geo_precision,source,source_scale,notes,fatalities,tags,timestamp"
)
NOTES = "EXERCISE. " + "What was invented is told at some length. " * 8

READ = """
import resource, sys
from tiga.drafts.datasets import Row, Seen
from tiga.intake import acled

def pieces(path):
    with open(path, "rb") as file:
        while piece := file.read(1 << 16):
            yield piece

seen, good = Seen(), 0
for item in acled.stream("f.csv", pieces(sys.argv[1]), {"": "UTC"}):
    if isinstance(item, Row):
        seen.add(item)
        good += item.report is not None
assert seen.clashes() == {}
print(good, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def write(path: Path, rows: int) -> None:
    """A release of that many invented events."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADING + "\n")
        for n in range(rows):
            file.write(
                f"EXE{n},2026-01-{n % 28 + 1:02},2026,1,Political violence,Battles,Armed clash,Party-1 Guard,,Rebel group,"
                f"Party-2 Guard,,Rebel group,Rebel group-Rebel group,,999,Exercise,Party-1,Province,District,,Post {n % 900},"
                f"0.{n % 10_000:04},0.{n % 7_000:04},2,Exercise Agency; Exercise Radio,National,{NOTES}{n},{n % 5},,"
                f"{1_767_700_000 + n}\n"
            )


def measured(path: Path) -> tuple[int, Decimal, Decimal]:
    """Good rows, peak MB and seconds of one reading."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    good, kilobytes = map(int, done.stdout.split())
    return good, Decimal(kilobytes) / 1024, Decimal(f"{time.perf_counter() - start:.1f}")


def rows(progress: Callable[[str], None]) -> list[Row]:
    progress("about a minute; everything is invented")
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for number in (FEW, ROWS):
            path = Path(folder) / f"{number}.csv"
            write(path, number)
            megabytes = Decimal(path.stat().st_size) / 1024 / 1024
            progress(f"{number} rows, {megabytes:.0f} MB")
            good, peak, seconds = measured(path)
            assert good == number
            found[number] = (peak, seconds)
    few, many = found[FEW], found[ROWS]
    return [
        Row(f"peak memory of {ROWS} rows beside {FEW}", round(many[0]), "MB", round(few[0]), Decimal(2), False),
        Row(f"rows a second, of {ROWS}", round(ROWS / many[1]), "1/s"),
    ]
