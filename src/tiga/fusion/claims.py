"""From a report to the claims that fusion compares.

Rules
1. A report yields one claim; where it names several places separated by semicolons and no point, one claim a place,
   numbered `#1`, `#2` … in their order. Its dead are then not said of any one place and count for none.
2. A point comes from the report, else from the gazetteer's single clear candidate with the gazetteer's radius, else
   there is none. The name as asserted is kept in every case.
3. Deaths are the sum of the rows `killed`, as a range; no such row means not stated, which is not zero.
4. The fingerprint of a report is a hash of its account's letters and digits: it finds verbatim copies, nothing finer.

Not done here: reading several happenings out of running text.
"""

from __future__ import annotations

import hashlib
import unicodedata

from tiga.drafts import Claim, FieldReport
from tiga.fusion.gazetteer import Gazetteer
from tiga.values.moments import offset
from tiga.values.places import Place, Point

CLAIMS_A_REPORT = 20
"""Places of one report that become claims; a longer list stays one claim."""
FINGERPRINT_LETTERS_MIN = 40
"""Accounts with fewer letters are too alike by chance to tell a copy."""
MINUTE_MS = 60_000


def claims_of(report_id: str, report: FieldReport, gazetteer: Gazetteer) -> tuple[Claim, ...]:
    """The claims of a report, 1 to CLAIMS_A_REPORT; `report_id` becomes the claim id (with `#n` where there are
    several)."""
    names = [name.strip() for name in report.where.toponym.replace("؛", ";").split(";") if name.strip()]
    if report.where.point is not None or not 1 < len(names) <= CLAIMS_A_REPORT:
        return (_claim(report_id, report, report.where.toponym.strip(), gazetteer, _deaths(report)),)
    return tuple(_claim(f"{report_id}#{number}", report, name, gazetteer, None) for number, name in enumerate(names, 1))


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
