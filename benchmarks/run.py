"""Runs one benchmark: `python -m benchmarks.run NAME`; `--peers NAME` prints what it wants installed, as JSON.

Rules
1. The machine is measured in the same run (hashes, durable writes, load), for a ratio travels and a rate does not.
2. Every row is printed and written, met or not. A missed bar is exit code 1.
3. Numbers are written as decimal text, never as binary fractions.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from benchmarks import Row

OUT = Path(__file__).resolve().parent.parent / "build" / "bench"
CALIBRATION_SECONDS = 0.5
COLUMNS = ("what", "ours", "peer", "unit", "ratio", "bar", "met")


def rate(act: object, seconds: float = CALIBRATION_SECONDS) -> Decimal:
    """How often a second a function can be called, measured for `seconds`."""
    assert callable(act)
    count, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        act()
        count += 1
    return Decimal(round(count / spent))


def calibration(folder: Path) -> list[Row]:
    """What this machine does now: SHA-256 of 1 KiB a second, durable 4 KiB writes a second, load before the run."""
    block = bytes(1024)
    load = Decimal(f"{os.getloadavg()[0]:.2f}")
    with tempfile.NamedTemporaryFile(dir=folder) as file:

        def write() -> None:
            file.write(block * 4)
            file.flush()
            os.fsync(file.fileno())

        writes = rate(write)
    return [
        Row("machine: SHA-256 of 1 KiB", rate(lambda: hashlib.sha256(block).digest()), "1/s"),
        Row("machine: durable 4 KiB writes", writes, "1/s"),
        Row("machine: load average before the run", load, "processes"),
    ]


def cells(row: Row) -> dict[str, object]:
    """A row as it is written: numbers as text, what is absent as null."""
    numbers = {"ours": row.ours, "peer": row.peer, "ratio": row.ratio, "bar": row.bar}
    shown = {name: None if number is None else format(number, "f") for name, number in numbers.items()}
    return {"what": row.what, **shown, "unit": row.unit, "at_least": row.at_least, "met": row.met}


def table(rows: list[Row]) -> str:
    """The rows as aligned columns."""
    marks = {None: "", True: "yes", False: "NO"}
    lines = [COLUMNS]
    for row in rows:
        cell = cells(row)
        bar = "" if row.bar is None else f"{'>=' if row.at_least else '<='} {cell['bar']}"
        shown = {**cell, "bar": bar, "met": marks[row.met]}
        lines.append(tuple("" if shown[name] is None else str(shown[name]) for name in COLUMNS))
    widths = [max(len(line[n]) for line in lines) for n in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def main(arguments: list[str]) -> int:
    module = importlib.import_module(f"benchmarks.{arguments[-1]}")
    if arguments[0] == "--peers":
        print(json.dumps(module.PEERS))
        return 0
    name, start = arguments[0], time.perf_counter()
    OUT.mkdir(parents=True, exist_ok=True)
    rows = calibration(OUT)
    rows += module.rows(lambda text: print(f"  {time.perf_counter() - start:6.1f} s  {text}", flush=True))
    print(f"\n{table(rows)}")
    seconds = f"{time.perf_counter() - start:.1f}"
    result = {"name": name, "seconds": seconds, "rows": [cells(row) for row in rows]}
    (OUT / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
    print(f"\nWritten: {OUT / name}.json ({seconds} s)")
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
