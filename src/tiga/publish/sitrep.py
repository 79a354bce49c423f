"""The situation report: what was seen or told in a period, where somebody looked, and what this cannot see.

Rules
1. Who looked, and for how long, comes before any count; where nobody looked the cell is grey and says so.
2. A number of reports never stands alone: reports → publishers → independent origins.
3. Deaths are a range for each source, never averaged and never added up.
4. Each time is given in both named clocks; a place is a side or "indeterminate".
5. No row, order or colour ranks the parties; no share of compliance is computed. Incidents stand in order of time.
6. Raw counts of complaints are for the parties (R1): a report for the public that holds one is refused, not trimmed.
7. The press record has no cases; a report of it that holds one is refused.
8. The last page says what this cannot see.

Input is what the reader may see: nothing is withheld here. Texts are a text per language; instants are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tiga.publish import maps, paper, plots, typesetting
from tiga.publish.paper import BadPaper, Block, Cell, Facts, Figure, Line, Paper, Section, Table
from tiga.values.moments import Instant
from tiga.values.words import digits, left_to_right, pick, say

Texts = dict[str, str]
AUDIENCES = ("public", "parties")
INCIDENT_STATES = ("open", "logged_only", "not_ceasefire_matter", "cased")
OBLIGATION_STATES = ("running", "due", "overdue", "met", "not_started", "no_clock")
CASE_STATES = (
    "preliminary",
    "notified",
    "verification",
    "drafting",
    "reply",
    "adopted",
    "deliberation",
    "deadlocked",
    "determined",
    "measures",
    "appeal",
    "compliance",
    "closed",
    "stayed",
    "suspended",
    "escalated",
    "settled_locally",
)
CHANNELS = ("monitor", "liaison", "public", "sensor", "dataset", "media")
BLIND_SPOTS = ("sample", "silence", "claims", "actors", "places", "translation")
"""What every report says that it cannot see; `SituationReport.blind_spots` adds to it."""
CLOCK_FIGURES_MAX = 6
"""Incidents that get a picture of their own: the first in order of time with reports to compare."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """An area, whole hours somebody looked and did not, and day by day how often patrols reported something (None: nobody
    looked that day). `under_hour`: somebody looked, for less than an hour in all."""

    area: Texts
    hours_observed: int
    hours_not_observed: int
    days: tuple[int | None, ...] = ()
    under_hour: bool = False


@dataclass(frozen=True, slots=True)
class Deaths:
    """What one source says about deaths, `low` to `high`, and as of what date; `several` where it says so of several places
    together."""

    source: str
    low: int
    high: int
    as_of: str = ""
    several: bool = False


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident. `side` is a party's id, `indeterminate`, or empty where no point was given; `complaints` is None
    where the count is not for this reader, and is never among `reports`."""

    number: str
    earliest: Instant
    latest: Instant
    toponym: str
    side: str
    reports: int
    publishers: int
    origins: int
    deaths: tuple[Deaths, ...]
    state: str
    bars: tuple[plots.ReportBar, ...] = ()
    complaints: int | None = None


@dataclass(frozen=True, slots=True)
class ObligationLine:
    """Something due: the clause, the words, whom it binds (ids), when, and OBLIGATION_STATES."""

    clause: str
    what: Texts
    bound: tuple[str, ...]
    due: Instant | None
    state: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case of an exercise: its number, its question, its state (CASE_STATES) and its age in days."""

    number: str
    question: Texts
    state: str
    age_days: int


@dataclass(frozen=True, slots=True)
class Change:
    """What is different from the last report, a revised count above all."""

    at: Instant
    what: Texts


@dataclass(frozen=True, slots=True)
class SourceLine:
    """How many reports came through a channel, by how many publishers, from how many independent origins."""

    channel: str
    reports: int
    publishers: int
    origins: int


@dataclass(frozen=True, slots=True)
class SituationReport:
    """All that a report holds. `kind` is `exercise` or `press`; `names` a name per party id; `clocks` two named
    zones.
    """

    kind: str
    audience: str
    title: Texts
    start: Instant
    end: Instant
    cut_off: Instant
    clocks: tuple[str, str]
    origin: str
    size: int
    root: str
    agreement: Texts
    agreement_hash: str
    method_version: str
    names: dict[str, Texts]
    coverage: tuple[Coverage, ...]
    incidents: tuple[IncidentLine, ...]
    obligations: tuple[ObligationLine, ...]
    sources: tuple[SourceLine, ...]
    days: tuple[str, ...] = ()
    cases: tuple[CaseLine, ...] = ()
    changes: tuple[Change, ...] = ()
    blind_spots: tuple[Texts, ...] = ()
    map: maps.MapPicture | None = None

    def __post_init__(self) -> None:
        _one_of("audience", self.audience, AUDIENCES)
        if self.kind == "press" and self.cases:
            raise BadPaper("cases: the press record has none; hand in cases for an exercise only")
        if self.map is not None and self.map.exercise != (self.kind == "exercise"):
            raise BadPaper("map: its exercise marking differs from the report's; draw it from the same record")
        for line in self.incidents:
            _one_of(f"incident {line.number}: state", line.state, INCIDENT_STATES)
            if line.side not in ("", "indeterminate", *self.names):
                raise BadPaper(
                    f"incident {line.number}: {line.side!r} is neither a party with a name nor indeterminate"
                )
        for duty in self.obligations:
            _one_of(f"obligation {duty.clause}: state", duty.state, OBLIGATION_STATES)
        for case in self.cases:
            _one_of(f"case {case.number}: state", case.state, CASE_STATES)
        for source in self.sources:
            _one_of("source: channel", source.channel, CHANNELS)
        if self.audience == "public":
            _refuse_complaints(self)


def _one_of(what: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise BadPaper(f"{what}: {value!r} is not known; use one of {', '.join(known)}")


def _refuse_complaints(report: SituationReport) -> None:
    """Raw complaint counts are R1 (domain.md d): whoever fills a public report must leave them out."""
    for line in report.incidents:
        if line.complaints is not None:
            raise BadPaper(f"incident {line.number}: a count of complaints is not for the public; leave it None")
    if any(source.channel == "liaison" for source in report.sources):
        raise BadPaper("sources: the channel liaison counts complaints, which is not for the public; leave it out")


def html(report: SituationReport, language: str) -> str:
    """The report as one self-contained HTML file."""
    return paper.html(composed(report, language))


def pdf(report: SituationReport, language: str, fonts_dir: str) -> bytes:
    """The report as A4 PDF; the same report gives the same bytes. Raises `typesetting.NoFont` where a font is
    missing.
    """
    return typesetting.pdf(composed(report, language), fonts_dir)


def composed(report: SituationReport, language: str) -> Paper:
    """The report as a paper in one language."""
    sections = [
        ("coverage", _coverage(report, language)),
        ("map", _map(report, language)),
        ("incidents", _incidents(report, language)),
        ("times", _times(report, language)),
        ("obligations", _obligations(report, language)),
        ("cases", _cases(report, language)),
        ("changes", _changes(report, language)),
        ("sources", _sources(report, language)),
        ("method", _method(report, language)),
        ("unseen", _unseen(report, language)),
    ]
    subject = pick(report.title, language)[0]
    return Paper(
        title=f"{say('publish.sitrep.title', language)}: {subject}",
        kind=report.kind,
        language=language,
        lede=say("publish.sitrep.coverage.note", language),
        facts=_facts(report, language),
        sections=tuple(
            Section(
                f"sitrep-{code}", say(f"publish.sitrep.section.{code}", language), blocks, new_page=code == "unseen"
            )
            for code, blocks in sections
            if blocks
        ),
        foot=f"{say('publish.sitrep.record_head', language, origin=report.origin, n=report.size)} · {report.root}",
    )


def _facts(report: SituationReport, language: str) -> Facts:
    a, b = report.clocks
    return Facts(
        (
            (say("publish.sitrep.period", language), _span(report.start, report.end, a, language)),
            ("", _span(report.start, report.end, b, language)),
            (say("publish.sitrep.cut_off", language), _both(report.cut_off, report, language, " / ")),
            (
                say("publish.sitrep.record", language),
                say("publish.sitrep.record_head", language, origin=report.origin, n=report.size),
            ),
            (say("publish.sitrep.root", language), report.root),
            (say("publish.sitrep.agreement", language), paper.isolated(report.agreement, language)),
            (say("publish.agenda.hash", language), report.agreement_hash),
            (say("publish.sitrep.audience", language), say(f"publish.sitrep.audience_{report.audience}", language)),
        )
    )


def _at(instant: Instant, zone: str, language: str) -> str:
    return left_to_right(f"{digits(instant.local(zone), language)} {zone}", language)


def _both(instant: Instant, report: SituationReport, language: str, between: str = "\n") -> str:
    return between.join(_at(instant, zone, language) for zone in report.clocks)


def _span(first: Instant, last: Instant, zone: str, language: str) -> str:
    if first == last:
        return _at(first, zone, language)
    start, end = (left_to_right(digits(at.local(zone), language), language) for at in (first, last))
    return say("publish.sitrep.incidents.interval", language, start=start, end=end, zone=zone)


def _number(value: int, language: str) -> Cell:
    return Cell(digits(value, language), "number")


def _words(codes: str, language: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(say(f"publish.sitrep.{codes}.{column}", language) for column in columns)


def _note(code: str, language: str) -> Line:
    return Line(say(f"publish.sitrep.{code}", language), "quiet")


def _nothing(language: str) -> Line:
    return Line(say("publish.no_rows", language), "quiet")


def _coverage(report: SituationReport, language: str) -> tuple[Block, ...]:
    rows = []
    for line in report.coverage:
        name, tag = pick(line.area, language)
        nobody = Cell(say("publish.sitrep.coverage.nobody", language), "unseen")
        short = Cell(say("publish.sitrep.coverage.under_hour", language)) if line.under_hour else nobody
        seen = _number(line.hours_observed, language) if line.hours_observed else short
        rows.append((Cell(name, "", "" if tag == language else tag), seen, _number(line.hours_not_observed, language)))
    if not rows:
        return (_nothing(language),)
    blocks: list[Block] = [
        Table(_words("coverage", language, ("area", "observed", "not_observed")), tuple(rows), (3, 2, 2))
    ]
    areas = tuple(
        plots.AreaDays(paper.isolated(line.area, language), line.days) for line in report.coverage if line.days
    )
    if report.days and areas:
        heading = say("publish.sitrep.coverage.picture", language)
        blocks.append(Figure(plots.activity(heading, report.days, areas, language, "sitrep-activity"), heading))
    return tuple(blocks)


def _map(report: SituationReport, language: str) -> tuple[Block, ...]:
    if report.map is None:
        return ()
    heading = say("publish.sitrep.map.title", language)
    drawn = replace(
        report.map,
        title=heading,
        line_label=say("publish.map.band", language),
        note="",
        language=language,
        key="sitrep-map",
    )
    return (Figure(maps.svg(drawn), heading),)


def _in_order(report: SituationReport) -> list[IncidentLine]:
    return sorted(report.incidents, key=lambda line: (line.earliest, line.latest, line.number))


def _incidents(report: SituationReport, language: str) -> tuple[Block, ...]:
    if not report.incidents:
        return (_nothing(language),)
    rows = tuple(_incident(line, report, language) for line in _in_order(report))
    columns = ("number", "when", "place", "counts", "deaths", "status")
    table = Table(_words("incidents", language, columns), rows, (12, 15, 12, 11, 13, 8))
    return _note("incidents.note", language), table


def _incident(line: IncidentLine, report: SituationReport, language: str) -> tuple[Cell, ...]:
    when = "\n".join(_span(line.earliest, line.latest, zone, language) for zone in report.clocks)
    if line.side in report.names:
        side = say("publish.sitrep.incidents.side_of", language, party=pick(report.names[line.side], language)[0])
    else:
        side = say(f"publish.sitrep.incidents.side_{'indeterminate' if line.side else 'unknown'}", language)
    counts = say(
        "publish.sitrep.incidents.counted",
        language,
        reports=line.reports,
        publishers=line.publishers,
        origins=line.origins,
    )
    if line.complaints is not None:
        counts += "\n" + say("publish.sitrep.incidents.complaints", language, n=line.complaints)
    deaths = "\n".join(_deaths(one, language) for one in line.deaths)
    return (
        Cell(line.number),
        Cell(when),
        Cell(f"\u2068{line.toponym}\u2069\n{side}"),
        Cell(counts),
        Cell(deaths or say("publish.sitrep.incidents.deaths_none", language)),
        Cell(say(f"publish.sitrep.incident_state.{line.state}", language)),
    )


def _deaths(one: Deaths, language: str) -> str:
    form = "deaths_one" if one.low == one.high else "deaths_range"
    text = say(f"publish.sitrep.incidents.{form}", language, source=one.source, low=one.low, high=one.high)
    if one.as_of:
        text = say("publish.sitrep.incidents.as_of", language, deaths=text, date=digits(one.as_of, language))
    return f"{text} ({say('incident.several_places', language)})" if one.several else text


def _times(report: SituationReport, language: str) -> tuple[Block, ...]:
    compared = [line for line in _in_order(report) if len(line.bars) > 1][:CLOCK_FIGURES_MAX]
    return tuple(
        Figure(plots.two_clocks(line.number, line.bars, report.clocks, language, f"sitrep-clocks-{place}"), line.number)
        for place, line in enumerate(compared, start=1)
    )


def _obligations(report: SituationReport, language: str) -> tuple[Block, ...]:
    if not report.obligations:
        return (_nothing(language),)
    rows = []
    far = Instant(2**62)
    for line in sorted(report.obligations, key=lambda line: (line.due or far, line.clause)):
        what, tag = pick(line.what, language)
        bound = ", ".join(pick(report.names.get(party, {"en": party}), language)[0] for party in line.bound)
        due = _both(line.due, report, language) if line.due else say("publish.sitrep.obligations.no_deadline", language)
        state = say(f"publish.sitrep.obligation_state.{line.state}", language)
        rows.append(
            (Cell(line.clause), Cell(what, "", "" if tag == language else tag), Cell(bound), Cell(due), Cell(state))
        )
    head = _words("obligations", language, ("clause", "what", "bound", "due", "state"))
    return _note("obligations.note", language), Table(head, tuple(rows), (6, 17, 11, 13, 9))


def _cases(report: SituationReport, language: str) -> tuple[Block, ...]:
    if report.kind == "press":
        return (_note("cases.none_in_press", language),)
    if not report.cases:
        return (_nothing(language),)
    rows = []
    for case in report.cases:
        question, tag = pick(case.question, language)
        state = say(f"publish.sitrep.case_state.{case.state}", language)
        shown = Cell(question, "", "" if tag == language else tag)
        rows.append((Cell(case.number), shown, Cell(state), _number(case.age_days, language)))
    head = _words("cases", language, ("number", "issue", "state", "age"))
    return _note("cases.note", language), Table(head, tuple(rows), (8, 20, 10, 6))


def _changes(report: SituationReport, language: str) -> tuple[Block, ...]:
    if not report.changes:
        return (_nothing(language),)
    rows = []
    for change in sorted(report.changes, key=lambda change: change.at):
        what, tag = pick(change.what, language)
        rows.append((Cell(_both(change.at, report, language)), Cell(what, "", "" if tag == language else tag)))
    return (Table(_words("changes", language, ("when", "what")), tuple(rows), (1, 3)),)


def _sources(report: SituationReport, language: str) -> tuple[Block, ...]:
    if not report.sources:
        return (_nothing(language),)
    rows = tuple(
        (
            Cell(say(f"publish.sitrep.channel.{line.channel}", language)),
            _number(line.reports, language),
            _number(line.publishers, language),
            _number(line.origins, language),
        )
        for line in sorted(report.sources, key=lambda line: CHANNELS.index(line.channel))
    )
    head = _words("sources", language, ("channel", "reports", "publishers", "origins"))
    return _note("sources.note", language), Table(head, rows, (2, 1, 1, 1))


def _method(report: SituationReport, language: str) -> tuple[Block, ...]:
    return (
        Facts(((say("publish.sitrep.method.version", language), f"\u2068{report.method_version}\u2069"),)),
        Line(say("publish.sitrep.method.recompute", language)),
        Line(say("publish.sitrep.method.order", language)),
    )


def _unseen(report: SituationReport, language: str) -> tuple[Block, ...]:
    always = tuple(Line(say(f"publish.sitrep.unseen.{code}", language)) for code in BLIND_SPOTS)
    return always + tuple(Line(pick(text, language)[0]) for text in report.blind_spots)
