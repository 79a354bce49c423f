"""From a report to the claims that fusion compares.

Rules
1. A report yields one claim; where it names several places and no point, one claim a place, numbered `#1`, `#2` … in their
   order. Its dead are then not said of any one place and count for none.
   Semicolons of every script and line ends part places. The Arabic comma parts them only where the gazetteer knows each part,
   for it also stands between a place and its area: an area goes with the places before it that lie in it, and where an area
   comes first, nothing is parted. The Latin comma never parts places.
2. A point comes from the report, else from the gazetteer's single clear candidate with the gazetteer's radius, else
   there is none. The name as asserted is kept in every case.
3. Deaths are the sum of the rows `killed`, as a range; no such row means not stated, which is not zero.
4. The fingerprint of a report is a hash of its account's letters and digits: it finds verbatim copies, nothing finer.

Not done here: reading several happenings out of running text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from tiga.drafts import Claim, FieldReport
from tiga.fusion.gazetteer import KNOWN, Gazetted, Gazetteer
from tiga.fusion.names import likeness
from tiga.values.moments import offset
from tiga.values.places import Place, Point, distance_m

CLAIMS_A_REPORT = 20
"""Places of one report that become claims; a longer list stays one claim."""
FINGERPRINT_LETTERS_MIN = 40
"""Accounts with fewer letters are too alike by chance to tell a copy."""
MINUTE_MS = 60_000
_PARTED = re.compile("[;\u061b\uff1b\n]")
"""Semicolons (Latin, Arabic, full-width) and line ends."""
_COMMA = "\u060c"


def claims_of(report_id: str, report: FieldReport, gazetteer: Gazetteer) -> tuple[Claim, ...]:
    """The claims of a report, 1 to CLAIMS_A_REPORT; `report_id` becomes the claim id (with `#n` where there are
    several)."""
    names = _places(report.where.toponym, gazetteer) if report.where.point is None else ()
    if not 1 < len(names) <= CLAIMS_A_REPORT:
        return (_claim(report_id, report, report.where.toponym.strip(), gazetteer, _deaths(report)),)
    return tuple(_claim(f"{report_id}#{number}", report, name, gazetteer, None) for number, name in enumerate(names, 1))


def _places(toponym: str, gazetteer: Gazetteer) -> list[str]:
    """The places that a toponym names, by rule 1."""
    parts = [part.strip() for part in _PARTED.split(toponym) if part.strip()]
    return [name for part in parts for name in _listed(part, gazetteer)]


def _listed(text: str, gazetteer: Gazetteer) -> list[str]:
    """The places of a list with Arabic commas, each with the area named after it; the text itself where it is no list."""
    parts = [part.strip() for part in text.split(_COMMA) if part.strip()]
    if not 1 < len(parts) <= CLAIMS_A_REPORT:
        return [text]
    names: list[str] = []
    places: list[Gazetted] = []
    for part in parts:
        place = gazetteer.clear(part)
        if place is None:
            return [text]
        inside = [at for at, earlier in enumerate(places) if _inside(earlier, place)]
        for at in inside:
            names[at] = f"{names[at]}{_COMMA} {part}"
        if not inside:
            if any(_inside(place, earlier) for earlier in places):
                return [text]
            names.append(part)
            places.append(place)
    return names if len(names) > 1 else [text]


def _inside(place: Gazetted, area: Gazetted) -> bool:
    """Whether a place may be said to lie in another: by what the gazetteer says of it, or by point and radius."""
    named = any(likeness(name, place.admin) >= KNOWN for name in area.names) if place.admin else False
    return named or distance_m(place.point, area.point) <= area.radius_m


def fingerprint(account: str) -> str:
    """16 hex digits of SHA-256 of an account's letters and digits, case and compatibility folded; empty if too
    short."""
    folded = unicodedata.normalize("NFKC", account).casefold()
    letters = "".join(letter for letter in folded if letter.isalnum())
    if len(letters) < FINGERPRINT_LETTERS_MIN:
        return ""
    return hashlib.sha256(letters.encode("utf-8")).hexdigest()[:16]


def _claim(
    claim_id: str, report: FieldReport, toponym: str, gazetteer: Gazetteer, deaths: tuple[int, int] | None
) -> Claim:
    point, radius_m = _located(report.where, toponym, gazetteer)
    area, within = gazetteer.areas(toponym)
    return Claim(
        claim_id=claim_id,
        source=report.source,
        origin=report.origin,
        channel=report.channel,
        party=report.party,
        start_min=report.when.earliest.ms // MINUTE_MS,
        end_min=-(-report.when.latest.ms // MINUTE_MS),
        lat_e7=point.lat_e7 if point else None,
        lon_e7=point.lon_e7 if point else None,
        radius_m=radius_m,
        toponym=toponym,
        acts=report.acts,
        actor=report.actor,
        stance=report.stance,
        deaths_low=deaths[0] if deaths else None,
        deaths_high=deaths[1] if deaths else None,
        fingerprint=fingerprint(report.account),
        start_asserted_min=report.when.start.ms // MINUTE_MS,
        zone_min=offset(report.when.zone),
        area=area,
        within=within,
    )


def _located(place: Place, toponym: str, gazetteer: Gazetteer) -> tuple[Point | None, int]:
    if place.point is not None:
        return place.point, place.radius_m
    known = gazetteer.clear(toponym)
    return (known.point, known.radius_m) if known else (None, 0)


def _deaths(report: FieldReport) -> tuple[int, int] | None:
    rows = [row for row in report.harm if row.effect == "killed"]
    return (sum(row.low for row in rows), sum(row.high for row in rows)) if rows else None
