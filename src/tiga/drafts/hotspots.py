"""Detections of heat by a satellite, as sensors' files give them: what one is, its one spelling, and which rows are the same.

Rules
1. A `Hotspot` is a pixel that was hot at an instant. It is no fire, no shot and no strike, and nobody's: what was hot, and
   why, it does not say.
2. Instants are UTC, points the pixel's centre in 1e-7 degrees; the radius reaches from the centre to the pixel's corner.
3. `confidence` is one of CONFIDENCES, which compares sensors roughly; the sensor's own word or number stands beside it.
4. `row` is a detection's only spelling (tiga-JSON); its members are texts and integers, and what is not given is left out.
5. Two rows are the same detection where satellite, instant and point are equal: snapshots of one feed overlap. Of their
   tellings the better processed holds, then the fuller, then the larger in bytes, so that their order changes nothing.

Not done here: reading files, saying what a detection corroborates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tiga.record import canonical
from tiga.record.canonical import JSON
from tiga.values.moments import Instant
from tiga.values.places import Point

CONFIDENCES = ("low", "nominal", "high", "")
SENSORS = ("VIIRS", "MODIS")
PROCESSED = ("URT", "RT", "NRT", "")
"""Endings of a version from the rawest to the one that was processed last (a science product has none)."""
ROW_BYTES_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Hotspot:
    """One detection. `scan_m` and `track_m` are the pixel's sides in metres (0 where not given), `frp_kw` fire radiative
    power in kilowatts or None, `kind` the producer's type (0 vegetation, 1 volcano, 2 other static source on land,
    3 offshore; empty where not given), `day` is D or N or empty, `bright` and `bright_far` kelvin as written."""

    at: Instant
    point: Point
    radius_m: int
    satellite: str
    sensor: str
    confidence: str
    confidence_told: str
    frp_kw: int | None = None
    scan_m: int = 0
    track_m: int = 0
    kind: str = ""
    day: str = ""
    version: str = ""
    bright: str = ""
    bright_far: str = ""

    @property
    def key(self) -> tuple[int, str, int, int]:
        """What makes it this detection, in the order in which rows stand: instant, satellite, point."""
        return self.at.ms, self.satellite, self.point.lat_e7, self.point.lon_e7

    def plain(self) -> dict[str, JSON]:
        """The detection as tiga-JSON."""
        texts = {
            "satellite": self.satellite, "sensor": self.sensor, "confidence": self.confidence,
            "confidence_told": self.confidence_told, "type": self.kind, "daynight": self.day, "version": self.version,
            "bright": self.bright, "bright_far": self.bright_far,
        }  # fmt: skip
        whole = {"scan_m": self.scan_m, "track_m": self.track_m}
        found: dict[str, JSON] = {
            "at": self.at.text(), "lat_e7": self.point.lat_e7, "lon_e7": self.point.lon_e7, "radius_m": self.radius_m,
            **{name: text for name, text in texts.items() if text}, **{name: n for name, n in whole.items() if n},
        }  # fmt: skip
        return found if self.frp_kw is None else {**found, "frp_kw": self.frp_kw}

    def row(self) -> bytes:
        """The detection's canonical bytes: a leaf of a dataset's root."""
        return canonical.encode(self.plain(), ROW_BYTES_LIMIT)


def merged(rows: Iterable[Hotspot]) -> tuple[tuple[Hotspot, ...], int]:
    """Each detection once, by instant, satellite and point; and how many rows told one that another row tells too."""
    kept: dict[tuple[int, str, int, int], Hotspot] = {}
    same = 0
    for row in rows:
        before = kept.get(row.key)
        same += before is not None
        if before is None or _better(row) > _better(before):
            kept[row.key] = row
    return tuple(kept[key] for key in sorted(kept)), same


def _better(row: Hotspot) -> tuple[int, int, bytes]:
    ending = next(at for at, word in enumerate(PROCESSED) if row.version.upper().endswith(word))
    stated = ending if row.version else -1
    return stated, len(row.plain()), row.row()
