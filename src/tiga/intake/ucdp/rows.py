"""One row of a UCDP file as an event and a report, or all that is wrong with it.

Rules
1. One row is one event. Every fault of a row is named, then the row is set aside whole; no part of it goes in.
2. The report's account is the row itself, `column: value` for every filled cell: nothing accepted is lost, also of columns
   not known here. Spellings of one value (`7.0`, `50.450`, `2026-01-05 00:00:00.000`) become one, so that they make no new
   version.
3. Dates are whole local days from `date_start` to `date_end`, in the zone that the importer states for the country; the
   dataset names none.
4. A point is kept with the radius of its `where_prec`; where that says line, region, country or sea, the point stays in
   the account only (`columns`).
5. The dead: `deaths_a`, `deaths_b`, `deaths_civilians` and `deaths_unknown` are rows of their own. `low` and `high` are the
   total's: each row's lower end allows for all of `best - low`, and `high - best` is of unknown status.
6. Actors are the dataset's words, and nobody's act: `actor`, `party` and `acts` stay empty.
7. The origin is who UCDP says told the outlet, else the outlet, else the article; the reference is the article.
8. A character that can change what a reader sees stands as its code, and the text becomes NFC: the producer cannot be asked
   to mend a cell. `limitations` names them, and gives in the dataset's own terms every code that is less than sure, a
   `low best high` that is out of order, and with a dash what is not given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tiga.drafts import TEXT_LIMIT, FieldReport, Harm
from tiga.drafts.cells import PASSAGE_LIMIT, PEOPLE_LIMIT, WORD_LIMIT, Reading, cut
from tiga.drafts.events import Event, Toll
from tiga.intake.ucdp.columns import (
    CLARITIES,
    DATE_PRECISIONS,
    DATES,
    DEGREES,
    KNOWN,
    PARTS,
    PLACE_PRECISIONS,
    RADIUS_M,
    REQUIRED,
    STATE_NAME,
    VIOLENCE,
)
from tiga.values.moments import Moment
from tiga.values.places import Place, Point

SOURCE = "UCDP"
PREFIX = "ucdp-"

_ORDER = {name: at for at, name in enumerate(KNOWN)}
_ID = re.compile(r"[0-9]{1,12}\Z")
_BOOLEAN = {"true": "1", "false": "0"}


def ident(reading: Reading) -> str:
    """The report's id, empty where the row's own cannot be read."""
    text = reading.get("id")
    return f"{PREFIX}{int(text)}" if _ID.match(text) else ""


def event(reading: Reading, zones: Mapping[str, str]) -> tuple[Event, FieldReport] | None:
    """The event in a row and the report of it, or None with `reading.faults` saying why.

    `zones` has the zone of each country by its name in lower case, under the empty name that of all others.
    """
    _settle(reading)
    reading.required(REQUIRED)
    number = reading.number("id", 10**12)
    violence = VIOLENCE.get(reading.coded("type_of_violence", tuple(VIOLENCE)), "")
    for column, choices in (("date_prec", DATE_PRECISIONS), ("event_clarity", CLARITIES)):
        reading.coded(column, choices)
    when, where, toll = _when(reading, zones), _where(reading), _toll(reading)
    account = reading.account(_ORDER)
    if len(account) > TEXT_LIMIT:
        reading.fault("", "text_too_long", length=str(len(account)), limit=str(TEXT_LIMIT))
    if reading.faults or when is None or where is None:
        return None
    found = Event(
        f"{PREFIX}{number}", when, where, violence, reading.get("side_a"), reading.get("side_b"),
        violence == "state" or _state(reading, "gwnoa", "side_a"), _state(reading, "gwnob", "side_b"), toll,
        " ".join(filter(None, (reading.get(c) for c in ("source_headline", "source_article", "where_description")))),
    )  # fmt: skip
    return found, _report(reading, found, account)


def _settle(reading: Reading) -> None:
    """Give each value one spelling, also those of the flag that is written as a word."""
    reading.settle(DATES, DEGREES)
    if "active_year" in reading.texts:
        reading.texts["active_year"] = _BOOLEAN.get(reading.get("active_year").casefold(), reading.get("active_year"))


def _state(reading: Reading, number: str, name: str) -> bool:
    return bool(reading.get(number)) or reading.get(name).startswith(STATE_NAME)


def _when(reading: Reading, zones: Mapping[str, str]) -> Moment | None:
    zone = reading.zone(zones)
    start, end = (reading.day(column) for column in ("date_start", "date_end"))
    if not zone or not start or end is None:
        return None
    if end and end < start:
        reading.fault("date_end", "end_before_start", value=end, start=start)
        return None
    return Moment(start, zone, "day", end if end != start else "")


def _where(reading: Reading) -> Place | None:
    lat, lon = reading.point()
    precision = reading.coded("where_prec", PLACE_PRECISIONS)
    if reading.get("latitude") and reading.get("longitude") and not reading.get("where_prec"):
        reading.fault("where_prec", "field_missing", field="where_prec")
    if reading.faults:
        return None
    named = reading.first("where_coordinates", "adm_2", "adm_1", "country")
    radius_m = RADIUS_M.get(precision, 0)
    point = Point(lat, lon) if lat is not None and lon is not None and radius_m else None
    source = f"{SOURCE} where_prec {precision}" if precision else SOURCE
    return Place(cut(named, WORD_LIMIT), "Latn", point, radius_m if point else 0, source)


def _toll(reading: Reading) -> Toll:
    """The dead. A `low` or `high` that is not given is taken as `best`."""
    best = reading.number("best", PEOPLE_LIMIT)
    low, high = (reading.number(c, PEOPLE_LIMIT) if reading.get(c) else best for c in ("low", "high"))
    a, b, civilians, unknown = (reading.number(column, PEOPLE_LIMIT) for column in PARTS)
    split = any(reading.get(column) for column in PARTS)
    if split and not reading.faults and a + b + civilians + unknown != best:
        reading.fault("best", "deaths_disagree", sum=str(a + b + civilians + unknown), best=str(best))
    least, most = min(low, best, high), max(low, best, high)
    return Toll(least, best, most, a, b, civilians, unknown, split, not low <= best <= high)


def _report(reading: Reading, found: Event, account: str) -> FieldReport:
    article = reading.get("source_article")
    origin = reading.get("source_original") or reading.get("source_office") or article
    actors = "; ".join(f"{c}: {reading.get(c)}" for c in ("side_a", "side_b") if reading.get(c))
    return FieldReport(
        report_id=found.event_id,
        channel="dataset",
        source=SOURCE,
        when=found.when,
        where=found.where,
        acts=(),
        account=account,
        language="en",
        origin=cut(origin, WORD_LIMIT),
        reference=cut(article, PASSAGE_LIMIT),
        actor_words=cut(actors, PASSAGE_LIMIT),
        harm=_harm(found),
        limitations=_limitations(reading, found),
    )


def _harm(found: Event) -> tuple[Harm, ...]:
    """The dead by status; with no dead at all, one row of nobody, for that is said too."""
    toll = found.toll
    if not toll.split:
        return (Harm("killed", "unknown", toll.low, toll.high),)
    less, more = toll.best - toll.low, toll.high - toll.best
    status_a, status_b = ("security" if state else "armed_group" for state in (found.state_a, found.state_b))
    parts = ((status_a, toll.side_a), (status_b, toll.side_b), ("civilian", toll.civilians))
    rows = [Harm("killed", status, max(0, dead - less), dead) for status, dead in parts if dead]
    if toll.unknown or more or not rows:
        rows.append(Harm("killed", "unknown", max(0, toll.unknown - less), toll.unknown + more))
    return tuple(rows)


def _limitations(reading: Reading, found: Event) -> str:
    """What is less than sure, in the dataset's own terms: no prose, so that another wording makes no new version."""
    sure = {"date_prec": "1", "where_prec": "1", "event_clarity": "1", "code_status": "Clear"}
    said = [f"{c} {reading.get(c)}" for c, best in sure.items() if reading.get(c) not in ("", best)]
    if found.toll.reordered:
        said.append(" ".join(f"{column} {reading.get(column)}" for column in ("low", "best", "high")))
    said += [f"{column} –" for column in ("date_prec", "date_end", "low", "high") if not reading.get(column)]
    said += reading.characters
    return cut("; ".join(said), PASSAGE_LIMIT)
