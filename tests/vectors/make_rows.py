"""Write the vector of rows under one root: `python -m tests.vectors.make_rows` from the repository's root, `src` on the path.

The rows are invented detections; their spelling, their root and their paths are what another verifier must find.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tiga.drafts.hotspots import Hotspot, merged
from tiga.record import rowroots
from tiga.values.moments import Instant
from tiga.values.places import Point

FILE = Path(__file__).parent / "record" / "rows.json"
START = Instant.parse("2026-01-05T04:32:00.000Z")
SATELLITES = ("suomi-npp", "noaa-20", "noaa-21", "terra")


def detections() -> tuple[Hotspot, ...]:
    """Seven detections, sorted."""
    rows = (
        Hotspot(
            Instant(START.ms + n * 60_000), Point(1_250_000 + n * 5_000, -5_000_000), 250, SATELLITES[n % 4],
            "MODIS" if n % 4 == 3 else "VIIRS", "nominal", "64" if n % 4 == 3 else "n", 8_400 + n if n else None,
        )
        for n in range(7)
    )  # fmt: skip
    return merged(rows)[0]


def vector() -> dict[str, Any]:
    """Rows as text, the root in hexadecimal, and the path of each row."""
    rows = [one.row() for one in detections()]
    root, _ = rowroots.root(rows)
    paths = [[step.hex() for step in rowroots.row_proof(rows, index)] for index in range(len(rows))]
    return {
        "rows": [row.decode("utf-8") for row in rows],
        "root": root.hex(),
        "proofs": [{"index": index, "path": path} for index, path in enumerate(paths)],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vector(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
