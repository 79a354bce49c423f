"""One row of an ACLED file as a report, and as an event where it tells of fighting, or all that is wrong with it.

Rules
1. One row is one event. Every fault of a row is named, then the row is set aside whole; no part of it goes in.
2. The report's account is the row itself, `column: value` for every filled cell but `timestamp` and `data_id` (`columns`).
3. The date is a local day in the zone that the importer states for the country; `time_precision` widens it to a window.
4. A point has the radius of its `geo_precision`. Without a precision it has none, and stands in the account alone.
5. `fatalities` is one number of dead of any status, without a range: ACLED gives the most careful of what its sources say.
6. Actors are the dataset's words, and nobody's act: `actor`, `party` and `acts` stay empty.
7. An `Event` is made of fighting, remote violence and violence against civilians alone. Protests, riots and strategic
   developments are reports and no happening that a ladder could be tried on.
8. `source` is a list parted by `;`: the first is the origin, the whole the reference.
9. `limitations` gives in the dataset's own terms what is less than sure, and with a dash what is not given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from tiga.drafts import TEXT_LIMIT, FieldReport, Harm
from tiga.drafts.cells import PASSAGE_LIMIT, PEOPLE_LIMIT, WORD_LIMIT, Reading, cut
from tiga.drafts.events import Event, Toll
from tiga.intake.acled.columns import (
    AGAINST_CIVILIANS,
    CIVILIANS,
    DATES,
    DEGREES,
    FIGHTING,
    GEO_PRECISIONS,
    INTER,
    INTER_WORDS,
    KNOWN,
    MEANS,
    MONTHS,
    RADIUS_M,
    REQUIRED,
    SOLE,
    STATE,
    STATE_NAMES,
    TIME_PRECISIONS,
    TURNED,
    UNTOLD,
    WINDOW_DAYS,
)
from tiga.values.moments import Moment
from tiga.values.places import Place, Point

SOURCE = "ACLED"
PREFIX = "acled-"
STAMP_LIMIT = 10**11
"""Unix seconds of a last change."""

_ID = re.compile(r"[A-Za-z0-9]{1,40}\Z")
_STAMP = re.compile(r"[0-9]{1,11}\Z")
_WORDED = re.compile(r"([0-9]{1,2})[ -]([A-Za-z]{3,9})[ -]([0-9]{4})\Z")
_PAIR = re.compile(r"([1-8])([0-8])\Z")
_ORDER = {name: at for at, name in enumerate(KNOWN)}
_NAMED = {name[:length]: at for at, name in enumerate(MONTHS, 1) for length in (3, len(name))}


def ident(reading: Reading) -> str:
    """The report's id, empty where the row's own cannot be read."""
    text = reading.get("event_id_cnty")
    return f"{PREFIX}{text.upper()}" if _ID.match(text) else ""


def changed(reading: Reading) -> int:
    """When the producer last changed the row, Unix seconds; 0 where it does not say."""
    return int(reading.get("timestamp") or 0)


def event(reading: Reading, zones: Mapping[str, str]) -> tuple[Event | None, FieldReport] | None:
    """What a row tells, or None with `reading.faults` saying why.

    `zones` has the zone of each country by its name in lower case, under the empty name that of all others.
    """
    _settle(reading)
    reading.required(REQUIRED)
    if reading.get("event_id_cnty") and not ident(reading):
        reading.fault("event_id_cnty", "report_id_bad", value=reading.get("event_id_cnty"))
    if reading.get("timestamp") and not _STAMP.match(reading.get("timestamp")):
        reading.fault("timestamp", "number_bad", value=reading.get("timestamp"))
    when, where, dead = _when(reading, zones), _where(reading), reading.number("fatalities", PEOPLE_LIMIT)
    told = {column: text for column, text in reading.texts.items() if column not in UNTOLD}
    account = Reading(reading.file, reading.row, (), told).account(_ORDER)
    if len(account) > TEXT_LIMIT:
        reading.fault("", "text_too_long", length=str(len(account)), limit=str(TEXT_LIMIT))
    if reading.faults or when is None or where is None:
        return None
    return _event(reading, when, where, dead), _report(reading, when, where, dead, account)


def _settle(reading: Reading) -> None:
    """Give each value one spelling: dates in words, codes of actors as numbers or words."""
    reading.settle(DATES, DEGREES)
    if match := _WORDED.match(reading.get("event_date")):
        month = _NAMED.get(match[2].casefold(), 0)
        reading.texts["event_date"] = f"{match[3]}-{month:02d}-{int(match[1]):02d}"
    for column in ("inter1", "inter2"):
        text = reading.get(column)
        if text == "0":
            reading.texts[column] = ""
        elif text:
            word = INTER.get(text) or INTER_WORDS.get(text.casefold(), "")
            if not word:
                reading.fault(column, "choice_unknown", value=text, choices=", ".join(INTER.values()))
            reading.texts[column] = word or text
    if match := _PAIR.match(reading.get("interaction")):
        first, second = INTER[match[1]], INTER.get(match[2], "")
        words = f"{first}-{second}" if second else SOLE.format(actor=first)
        reading.texts["interaction"] = TURNED.get(match[0], words)


def _when(reading: Reading, zones: Mapping[str, str]) -> Moment | None:
    zone, given = reading.zone(zones), reading.day("event_date")
    precision = reading.coded("time_precision", TIME_PRECISIONS)
    if not zone or not given:
        return None
    day, days = date.fromisoformat(given), timedelta(days=WINDOW_DAYS.get(precision, 0))
    if not days or not date(1900, 2, 1) < day < date(2100, 11, 1):
        return Moment(given, zone, "day")
    return Moment((day - days).isoformat(), zone, "day", (day + days).isoformat())


def _where(reading: Reading) -> Place | None:
    lat, lon = reading.point()
    precision = reading.coded("geo_precision", GEO_PRECISIONS)
    if reading.faults:
        return None
    named = reading.first("location", "admin3", "admin2", "admin1", "country")
    radius_m = RADIUS_M.get(precision, 0)
    point = Point(lat, lon) if lat is not None and lon is not None and radius_m else None
    source = f"{SOURCE} geo_precision {precision}" if precision else SOURCE
    return Place(cut(named, WORD_LIMIT), "Latn", point, radius_m if point else 0, source)


def _event(reading: Reading, when: Moment, where: Place, dead: int) -> Event | None:
    """The row as an event; None where it tells of no fighting and of no violence against civilians."""
    kind = reading.get("event_type").casefold()
    if kind not in FIGHTING and kind != AGAINST_CIVILIANS:
        return None
    sides = [(reading.get("actor1"), reading.get("inter1")), (reading.get("actor2"), reading.get("inter2"))]
    against = kind == AGAINST_CIVILIANS or any(inter == CIVILIANS for _, inter in sides)
    if against and sides[0][1] == CIVILIANS:  # the side that is said to have done it comes first
        sides.reverse()
    state_a, state_b = (inter == STATE or name.startswith(STATE_NAMES) for name, inter in sides)
    violence = "one_sided" if against else "state" if state_a or state_b else "non_state"
    means = reading.get("sub_event_type")
    words = (reading.get("notes"), MEANS.get(means.casefold(), means))
    toll = Toll(dead, dead, dead, split=False)
    return Event(
        ident(reading), when, where, violence, sides[0][0], sides[1][0], state_a, state_b, toll,
        " ".join(filter(None, words)),
    )  # fmt: skip


def _report(reading: Reading, when: Moment, where: Place, dead: int, account: str) -> FieldReport:
    sources = [name for part in reading.get("source").split(";") if (name := part.strip())]
    actors = "; ".join(f"{c}: {reading.get(c)}" for c in ("actor1", "actor2") if reading.get(c))
    return FieldReport(
        report_id=ident(reading), channel="dataset", source=SOURCE, when=when, where=where, acts=(), account=account,
        language="en", origin=cut(sources[0] if sources else "", WORD_LIMIT),
        reference=cut("; ".join(sources), PASSAGE_LIMIT), actor_words=cut(actors, PASSAGE_LIMIT),
        harm=(Harm("killed", "unknown", dead, dead),), limitations=_limitations(reading),
    )  # fmt: skip


def _limitations(reading: Reading) -> str:
    """What is less than sure, in the dataset's own terms: no prose, so that another wording makes no new version."""
    codes = ("time_precision", "geo_precision")
    said = [f"{c} {reading.get(c)}" for c in codes if reading.get(c) not in ("", "1")]
    said += [f"{c} –" for c in codes if not reading.get(c)]
    said += reading.characters
    return cut("; ".join(said), PASSAGE_LIMIT)
