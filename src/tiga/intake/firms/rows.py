"""One row of a FIRMS file as a hotspot, or all that is wrong with it.

Rules
1. Every fault of a row is named, then the row is set aside whole.
2. Confidence is read by the sensor: VIIRS says low, nominal, high; MODIS a number of percent. Both are kept as written.
3. Power is megawatts with a point in the file and whole kilowatts here; what a finer number says is lost below a kilowatt.
4. The radius reaches from the pixel's centre to its corner, rounded up to whole metres.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_EVEN, Decimal

from tiga.drafts.cells import Reading
from tiga.drafts.hotspots import Hotspot
from tiga.intake.firms.columns import (
    BY_NAME,
    CARRIES,
    DAYNIGHT,
    HIGH_FROM,
    NOMINAL_FROM,
    RADIUS_M,
    REQUIRED,
    SATELLITES,
    SIDE_KM_MOST,
    TYPES,
    WORDS,
)
from tiga.values.moments import Instant
from tiga.values.places import Point

_TIME = re.compile(r"([0-9]{1,2}):?([0-9]{2})(?::00)?\Z")
_DECIMAL = re.compile(r"-?[0-9]{1,7}(\.[0-9]{1,6})?\Z")
_PERCENT = re.compile(r"[0-9]{1,3}\Z")
_VERSION = re.compile(r"[0-9A-Za-z. _-]{1,20}\Z")


def hotspot(reading: Reading) -> Hotspot | None:
    """The detection in a row, or None with `reading.faults` saying why."""
    version = reading.get("version")  # its `.0` is part of it
    reading.settle(("acq_date",), ("latitude", "longitude"))
    reading.required(REQUIRED)
    at, (lat, lon) = _at(reading), reading.point()
    satellite = BY_NAME.get(reading.get("satellite").casefold(), "")
    if reading.get("satellite") and not satellite:
        reading.fault("satellite", "satellite_unknown", value=reading.get("satellite"), known=", ".join(SATELLITES))
    sensor = CARRIES.get(satellite, "")
    stated = reading.get("instrument").upper()
    if stated and sensor and stated != sensor:
        reading.fault("instrument", "sensor_other", value=reading.get("instrument"), satellite=satellite, sensor=sensor)
    confidence = _confidence(reading, sensor)
    scan_m, track_m = _side(reading, "scan"), _side(reading, "track")
    power = _decimal(reading, "frp")
    kind, day = reading.coded("type", TYPES), _day(reading)
    near = reading.first("bright_ti4", "brightness")
    far = reading.first("bright_ti5", "bright_t31")
    for column in ("bright_ti4", "brightness", "bright_ti5", "bright_t31"):
        _decimal(reading, column)
    if version and not _VERSION.match(version):
        reading.fault("version", "decimal_bad", value=version)
    if reading.faults or at is None or lat is None or lon is None:
        return None
    return Hotspot(
        at, Point(lat, lon), _radius_m(sensor, scan_m, track_m), satellite, sensor, confidence, reading.get("confidence"),
        None if power is None else int((power * 1000).quantize(Decimal(1), ROUND_HALF_EVEN)), scan_m, track_m, kind, day,
        version, _plain(near), _plain(far),
    )  # fmt: skip


def _at(reading: Reading) -> Instant | None:
    """The instant of a detection, to the minute."""
    day, time = reading.day("acq_date"), reading.get("acq_time")
    match = _TIME.match(time if ":" in time else time.zfill(4))
    if time and (match is None or int(match[1]) > 23 or int(match[2]) > 59):
        reading.fault("acq_time", "acq_time_bad", value=time)
    elif day and match is not None and time:
        return Instant.parse(f"{day}T{int(match[1]):02d}:{match[2]}:00.000Z")
    return None


def _confidence(reading: Reading, sensor: str) -> str:
    text = reading.get("confidence")
    word = WORDS.get(text.casefold(), "")
    if word or not text or not sensor:
        return word
    if sensor == "MODIS" and _PERCENT.match(text) and int(text) <= 100:
        percent = int(text)
        return "high" if percent >= HIGH_FROM else "nominal" if percent >= NOMINAL_FROM else "low"
    accepted = "0-100" if sensor == "MODIS" else "low, nominal, high"
    reading.fault("confidence", "choice_unknown", value=text, choices=accepted)
    return ""


def _decimal(reading: Reading, column: str) -> Decimal | None:
    text = reading.get(column)
    if not text:
        return None
    if not _DECIMAL.match(text):
        reading.fault(column, "decimal_bad", value=text)
        return None
    return Decimal(text)


def _side(reading: Reading, column: str) -> int:
    """A side of the pixel: kilometres in the file, metres here; 0 where it is not given."""
    km = _decimal(reading, column)
    if km is not None and not 0 < km <= SIDE_KM_MOST:
        reading.fault(column, "pixel_size_bad", value=reading.get(column), limit=str(SIDE_KM_MOST))
        return 0
    return int((km or Decimal(0)) * 1000)


def _radius_m(sensor: str, scan_m: int, track_m: int) -> int:
    if not scan_m or not track_m:
        return RADIUS_M[sensor]
    square = scan_m * scan_m + track_m * track_m
    root = math.isqrt(square)
    return -(-(root + (root * root < square)) // 2)


def _day(reading: Reading) -> str:
    text = reading.get("daynight").upper()
    if text and text not in DAYNIGHT:
        reading.fault("daynight", "choice_unknown", value=text, choices=", ".join(DAYNIGHT))
    return text


def _plain(text: str) -> str:
    """A decimal in one spelling."""
    return text.rstrip("0").rstrip(".") if "." in text else text
