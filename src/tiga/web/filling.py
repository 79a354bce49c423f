"""From what a door shows to the input of `publish`: pages and commands fill papers here, and nowhere else.

Rules
1. Everything comes through the door: a paper holds what its reader may see.
2. Coverage comes from what patrol logs told (`mechanism.exposure`), as far as the reader may see patrols, and from nothing
   else. A day without it, or below the agreement's least share, is "nobody looked", in grey: silence is not calm.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from tiga.agreement import drafting, reading
from tiga.agreement.clauses import Agreement, Mediator, Party
from tiga.drafts import CHANNELS
from tiga.mechanism import exposure
from tiga.mechanism.exposure import Hours
from tiga.publish import agenda as agendas
from tiga.publish import dossiers as papers
from tiga.publish import maps, plots, tools, verifier
from tiga.publish.sitrep import CaseLine, Coverage, Deaths, IncidentLine, ObligationLine, SituationReport, SourceLine
from tiga.record.dossier import TOOLS, verify_text
from tiga.values import names, places
from tiga.values.moments import Instant
from tiga.values.places import ReferenceLine
from tiga.values.words import LANGUAGES, SPOKEN, catalogue, knows, say
from tiga.web.access import Door
from tiga.web.sights import Happening

STATIC = Path(__file__).resolve().parent / "static"
FONTS = STATIC / "vendor" / "fonts"
BASEMAP = STATIC / "vendor" / "basemap.json"
METHOD = "fusion policy 1"
DAY_MS = 86_400_000
PERIOD_DAYS_MAX = 420
"""Days that a situation report looks back."""
AREAS_MAX = 12
DAYS = 14
"""Days of the coverage's picture: the last two weeks."""


@cache
def band(line: ReferenceLine | None) -> tuple[maps.Ring, ...]:
    """The band around a line as rings of (lon, lat)."""
    return maps.band_ring(line) if line is not None else ()


def bounds(points: list[dict[str, Any]], line: ReferenceLine | None) -> list[list[float]]:
    """South-west and north-east of what a map shows: the points, or the line where there are none."""
    lats = [row["lat"] for row in points] or [point.lat for point in (line.points if line else ())] or [-1.0, 1.0]
    lons = [row["lon"] for row in points] or [point.lon for point in (line.points if line else ())] or [-1.0, 1.0]
    return [[min(lats) - 0.3, min(lons) - 0.3], [max(lats) + 0.3, max(lons) + 0.3]]


@cache
def _base() -> tuple[tuple[maps.Ring, ...], tuple[maps.Ring, ...]]:
    """Land rings and the few country lines of the base map that set-up makes; nothing where it has not run."""
    if not BASEMAP.exists():
        return (), ()
    land: list[maps.Ring] = []
    lines: list[maps.Ring] = []
    for feature in json.loads(BASEMAP.read_text(encoding="utf-8"))["features"]:
        shape = feature["geometry"]
        parts = shape["coordinates"] if shape["type"].startswith("Multi") else [shape["coordinates"]]
        if feature["properties"]["kind"] == "land":
            land += [tuple((lon, lat) for lon, lat in ring) for polygon in parts for ring in polygon]
        else:
            lines += [tuple((lon, lat) for lon, lat in row) for row in parts]
    return tuple(land), tuple(lines)


def picture(door: Door, happenings: list[Happening], language: str) -> maps.MapPicture | None:
    """The map of a record as a picture; None where there is neither a point nor a line."""
    line = door.agreement.reference_line()
    exercise = door.scope == "exercise"
    points = []
    for happening in happenings:
        view = next((item for item in happening.reports if item.report.where.point is not None), None)
        if view is None or view.report.where.point is None:
            continue
        where = view.report.where
        point, radius, placed = view.report.where.point, where.radius_m, where
        kind = "indeterminate" if line is not None and places.bank(placed, line) == "indeterminate" else "incident"
        points.append(maps.MapPoint(point.lat, point.lon, radius, happening.number, kind))
    if not points and line is None:
        return None
    south_west, north_east = bounds([{"lat": p.lat, "lon": p.lon} for p in points], line)
    box = maps.Bounds(south_west[1], south_west[0], north_east[1], north_east[0])
    land, lines = ((), ()) if exercise else _base()
    return maps.MapPicture(
        say("map.title", language), box, land, lines, band(line), say("map.band", language), tuple(points),
        say("map.note", language), exercise, language,
    )  # fmt: skip


def situation(door: Door, language: str) -> SituationReport:
    """The situation report of everything on the record up to now."""
    happenings, agreement = door.happenings(), door.agreement
    since = Instant(door.now.ms - PERIOD_DAYS_MAX * DAY_MS)
    start = min((row.earliest for row in happenings if row.latest >= since), default=since)
    inside = [row for row in happenings if row.latest >= start]
    head, kind = door.head(), "exercise" if door.scope == "exercise" else "press"
    told = door.telling.looked()
    days = exposure.calendar(door.now, DAYS, told[0].zone if told else "UTC")
    zones = [party.zone for party in reading.order(agreement, door.now.ms // DAY_MS)]
    audience = "public" if door.reader.role in ("public", "analyst") else "parties"
    return SituationReport(
        kind=kind, audience=audience, title=agreement.title, start=start, end=door.now,
        cut_off=door.now, clocks=(zones[0], zones[1] if len(zones) > 1 else "UTC"), origin=door.desk.origin,
        size=head.size, root=head.root.hex(), agreement=agreement.title, agreement_hash=door.roster.agreement_sha256,
        method_version=METHOD, names=_sides(agreement) | _bodies(),
        coverage=_coverage(agreement, door, start, told, days), incidents=tuple(_incident(agreement, row) for row in inside),
        obligations=_obligations(door), sources=_sources(door, audience), cases=_cases(door) if kind == "exercise" else (),
        days=days, blind_spots=(_spoken(f"sitrep.{_blind(door, told)}"),), map=picture(door, inside, language),
    )  # fmt: skip


def _sides(agreement: Agreement) -> dict[str, dict[str, str]]:
    """The neutral name of each party and mediator."""
    holders: tuple[Party | Mediator, ...] = (*agreement.parties, *agreement.mediators)
    return {holder.id: holder.names["neutral"] for holder in holders}


def _bodies() -> dict[str, dict[str, str]]:
    """The names of those who are bound but are no party: the mediators, the secretariat, both sides together."""
    codes = [code for code in catalogue("en").texts if code.startswith("executor.")]
    return {code.removeprefix("executor."): _spoken(code) for code in codes}


def _spoken(code: str) -> dict[str, str]:
    return {tag: say(code, tag) for tag in SPOKEN if tag == "en" or code in catalogue(tag).texts}


def _blind(door: Door, told: tuple[Hours, ...]) -> str:
    """The word for what the coverage cannot see: only what logs told, no log, or none that is open to this reader."""
    if told:
        return "blind_spot_patrols"
    return "blind_spot_coverage" if door.scope == "press" or door.telling.sees_patrols() else "blind_spot_hidden"


def _coverage(
    agreement: Agreement, door: Door, since: Instant, told: tuple[Hours, ...], days: tuple[str, ...]
) -> tuple[Coverage, ...]:
    """How long somebody looked in every area of the agreement, from what patrol logs told of the period's days; and what
    patrols reported on each of `days`, its last."""
    minutes = max(0, door.now.ms - since.ms) // 60_000
    period = exposure.calendar(door.now, minutes // 1_440 + 1, told[0].zone if told else "UTC")
    texts = {area.id: area.text for area in agreement.areas}
    areas = dict.fromkeys((*texts, *(row.area for row in told)))
    rows = []
    for area in list(areas)[:AREAS_MAX]:
        looked = sum(day.done_min for day in exposure.exposure(told, agreement, area, period))
        rows.append(Coverage(
            texts.get(area, {"en": area}), looked // 60, max(0, minutes - looked) // 60,
            tuple(_reported(told, day) for day in exposure.exposure(told, agreement, area, days)), 0 < looked < 60,
        ))  # fmt: skip
    return tuple(rows) or (Coverage(_spoken("sitrep.whole_theatre"), 0, minutes // 60, (None,) * len(days)),)


def _reported(told: tuple[Hours, ...], day: exposure.Day) -> int | None:
    """Stops of patrols on a day that reported something; None where nobody looked, or too little for an observation."""
    if day.word in ("not_observed", "nobody_looked"):
        return None
    return sum(row.stops - row.nothing for row in told if (row.area, row.day) == (day.area, day.day))


def _incident(agreement: Agreement, happening: Happening) -> IncidentLine:
    line, standing = agreement.reference_line(), happening.standing
    located = next((view.report.where for view in happening.reports if view.report.where.point is not None), None)
    side = ""
    if located is not None and line is not None:
        bank = places.bank(located, line)
        side = next((party.id for party in agreement.parties if party.bank == bank), "indeterminate")
    several = happening.several
    deaths = tuple(
        Deaths(
            view.speaker, sum(row.low for row in killed), sum(row.high for row in killed), several=view.sid in several
        )
        for view in happening.reports
        if (killed := [row for row in view.report.harm if row.effect == "killed"])
    )[:12]
    bars = tuple(
        plots.ReportBar(
            f"{number}. \u2068{view.speaker}\u2069", view.report.when.earliest, view.report.when.start, view.report.when.end,
            view.report.when.latest, view.report.stance,
        )
        for number, view in enumerate(happening.reports[:16], 1)
    )  # fmt: skip
    complaints = [view for view in happening.reports if view.report.channel == "liaison"]
    others = len({view.sid for view in happening.reports}) - len(complaints)
    return IncidentLine(
        happening.number, happening.earliest, happening.latest, happening.reports[0].report.where.toponym, side, others,
        len(standing.publishers), len(standing.origins), deaths, "cased" if happening.adopted else "open",
        bars if len(bars) > 1 else (),
    )  # fmt: skip


def _obligations(door: Door) -> tuple[ObligationLine, ...]:
    rows = [
        ObligationLine(clause.id, clause.text, clause.binds, None, "no_clock")
        for clause in door.agreement.clauses
        if clause.kind == "obligation"
    ]
    for row, number in door.due():
        state = "overdue" if row.due_ms <= door.now.ms else "running"
        what = {tag: f"{number}: {say('clock.' + row.name.split('.')[0], tag)}" for tag in SPOKEN}
        rows.append(ObligationLine(row.clause, what, (row.whose,), Instant(row.due_ms), state))
    return tuple(rows)


def _sources(door: Door, audience: str) -> tuple[SourceLine, ...]:
    rows = []
    for channel in CHANNELS:
        found = [view.report for view in door.reports() if view.report.channel == channel]
        if found and not (audience == "public" and channel == "liaison"):
            origins = {report.origin or f"={report.report_id}" for report in found}
            rows.append(SourceLine(channel, len(found), len({report.source for report in found}), len(origins)))
    return tuple(rows)


def _cases(door: Door) -> tuple[CaseLine, ...]:
    rows = []
    for row in door.cases():
        clause = door.agreement.clause(row.issues[0][1])
        text = clause.text if clause else {"en": row.issues[0][1]}
        age = max(0, door.now.ms - row.at_ms) // DAY_MS
        rows.append(CaseLine(names.printed_number("C", row.sid), text, row.state, age))
    return tuple(rows)


def agenda(door: Door) -> agendas.Agenda:
    """The open items of the agreement in force as an agenda."""
    text = door.agreement
    return agendas.Agenda(
        "exercise" if door.scope == "exercise" else "press", text.title, door.roster.agreement_sha256,
        text.status in ("illustrative", "exercise"), tuple(_item(text, gap) for gap in drafting.gaps(text)),
    )  # fmt: skip


def _item(text: Agreement, gap: drafting.Gap) -> agendas.AgendaItem:
    said = tuple(agendas.Saying(_names(text, row.by), row.text, row.citation) for row in gap.said)
    settled = tuple(agendas.Example(row.mechanism, row.how, row.citation) for row in gap.settled)
    waits = tuple(
        _spoken(code) if knows(code := f"agreement.needs.{act.replace('.', '_')}") else {"en": act}
        for act in gap.needed_for
    )
    status = gap.kind if gap.kind in agendas.STATUSES else "disputed"
    title = {tag: value for tag, value in gap.value.items() if value} or {"en": gap.id}
    return agendas.AgendaItem(gap.id, _language_marked(title), status, gap.ground.note, said, settled, waits)


def _language_marked(texts: dict[str, str]) -> dict[str, str]:
    """A value that belongs to no language (`und`) is shown as it is."""
    return {"en" if tag == "und" else tag: text for tag, text in texts.items()}


def _names(text: Agreement, id: str) -> dict[str, str]:
    if id in (sides := _sides(text)):
        return sides[id]
    code = f"said_by.{id}"
    return {tag: say(code, tag) for tag in SPOKEN} if code in catalogue("en").texts else {"en": id}


def dossier(door: Door, sid: str, *, files: bool = False) -> bytes:
    """The dossier of a case, with the way to verify it in every language that is there; `files`: those deposited too."""
    return door.takeout.case(sid, _texts(door), {name: tool(name) for name in TOOLS}, files=files)


def groupings(door: Door) -> bytes:
    """What a reader's groupings are made from, with the way to verify it in every language that is there."""
    return door.takeout.groupings(_texts(door), {name: tool(name) for name in TOOLS})


def _texts(door: Door) -> dict[str, str]:
    exercise = door.scope == "exercise"
    code = "record.howto.exercise" if exercise else "record.howto.live"
    return {tag: verify_text(exercise, tag) for tag in LANGUAGES if code in catalogue(tag).texts}


@cache
def tool(name: str) -> bytes:
    """A verifier as one file, by its name."""
    return verifier.verify_py() if name == "verify.py" else tools.verify_html()


def file_name(door: Door, name: str) -> str:
    """The name of a file that leaves the house: an exercise's says so."""
    return f"EXERCISE-{name}" if door.scope == "exercise" else name


def dossier_name(door: Door, sid: str) -> str:
    return papers.file_name(door.desk.origin, names.printed_number("C", sid), door.scope == "exercise")
