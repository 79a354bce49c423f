"""Answers of a submission become a field report, or faults with names.

Rules
1. Every fault of a submission is named; with one, no part of it becomes a report. The sender's bytes are kept by others.
2. Answers are judged again here, whatever the phone let pass: an older form, or another program, may have sent them.
3. The time of day is what the sender read off a clock, in the zone that was asked for; the phone's own zone is not used.
4. A point's radius is the sender's, widened to what the phone says of its own accuracy.
5. What was seen, heard or recorded by the sender is first-hand. What was told has an origin, which independence is counted
   by. A monitor's report goes to the mediators' side until it is released.
6. Text is composed (NFC) on the sender's behalf; characters that can change what a reader sees are refused.

Not done here: files, edits, whether a claim is true.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from tiga.drafts import TEXT_LIMIT, Fault, FieldReport, Harm
from tiga.drafts.coordinates import degrees, is_degrees, script
from tiga.drafts.texts import FORBIDDEN, codepoint, tidy, visible
from tiga.intake.odk.envelope import Envelope
from tiga.intake.odk.questions import (
    ACTS_LIMIT,
    BY_NAME,
    CHOICES,
    HARM_ROWS_LIMIT,
    LINE_LIMIT,
    PASSAGE_LIMIT,
    PEOPLE_LIMIT,
    RADIUS_M_LIMIT,
)  # fmt: skip
from tiga.intake.odk.xlsform import Form
from tiga.values.moments import YEARS, BadMoment, Moment
from tiga.values.places import BadPlace, Place, Point
from tiga.values.words import LANGUAGES, plain_digits

FIRST_HAND = ("seen", "heard", "recorded")
RELEASE = "R3"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_TIME = re.compile(r"([0-9]{2}:[0-9]{2})(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?\Z")
_COUNT = re.compile(r"[0-9]{1,7}\Z")
_METRES = re.compile(r"[0-9]{1,7}(\.[0-9]{1,15})?\Z")
_LIMITS = {"account": TEXT_LIMIT, "limitations": PASSAGE_LIMIT, "actor_words": PASSAGE_LIMIT}


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission read: its report, or None and what was wrong; the sender's word on consent and on whose use."""

    envelope: Envelope
    report: FieldReport | None
    faults: tuple[Fault, ...]
    consent: str = ""
    uses: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    envelope: Envelope
    form: Form
    row: dict[str, str]
    faults: list[Fault] = field(default_factory=list)

    def get(self, name: str) -> str:
        return tidy(self.row.get(name, ""))

    def fault(self, name: str, code: str, **values: str) -> None:
        shown = {key: visible(value) for key, value in values.items()}
        self.faults.append(Fault(self.envelope.instance, 0, name, f"fault.{code}", shown))

    def needed(self, name: str) -> str:
        text = self.get(name)
        if not text:
            self.fault(name, "field_missing", field=name)
        return text

    def one_of(self, name: str, choices: tuple[str, ...] | frozenset[str], *, needed: bool = True) -> str:
        text = self.needed(name) if needed else self.get(name)
        if text and text not in choices:
            self.fault(name, "choice_unknown", value=text, choices="")
            self.faults[-1].values["choices"] = ", ".join(sorted(choices))
            return ""
        return text

    def text(self, name: str, *, needed: bool = False) -> str:
        """A text in NFC, on one line but for the account and limitations; what is forbidden or too long is a fault."""
        text = unicodedata.normalize("NFC", self.needed(name) if needed else self.get(name))
        limit = _LIMITS.get(name, LINE_LIMIT)
        if found := FORBIDDEN.search(text):
            character = f"{codepoint(found[0])} {unicodedata.name(found[0], '')}".strip()
            self.fault(name, "character_forbidden", character=character, position=str(found.start() + 1))
        elif len(text) > limit:
            self.fault(name, "text_too_long", length=str(len(text)), limit=str(limit))
        return text if name in ("account", "limitations") else " ".join(text.split())

    def whole(self, name: str, *, needed: bool = False) -> int:
        text = plain_digits(self.needed(name) if needed else self.get(name))
        if text and not (_COUNT.match(text) and int(text) <= PEOPLE_LIMIT):
            self.fault(name, "number_bad", value=text)
            return 0
        return int(text or 0)


def submission(envelope: Envelope, form: Form, reporter: str) -> Submission:
    """Read a submission's answers; `reporter` is the name of the key that the sending phone was enrolled for."""
    reading = _Reading(envelope, form, envelope.answers)
    when, where = _when(reading), _where(reading)
    acts, harm = _acts(reading), _harm(reading)
    sense = reading.one_of("sense", CHOICES["sense"])
    told = sense == "told"
    count = reading.whole("count")
    consent = reading.one_of("consent", CHOICES["consent"])
    uses = tuple(reading.get("uses").split()) if consent == "given" else ()
    if unknown := next((name for name in uses if name not in CHOICES["uses"]), ""):
        reading.fault("uses", "choice_unknown", value=unknown, choices=", ".join(CHOICES["uses"]))
    values: dict[str, Any] = {
        "account": reading.text("account", needed=True), "source": reading.text("source", needed=True),
        "origin": reading.text("origin", needed=told) if told else "", "limitations": reading.text("limitations"),
        "actor_words": reading.text("actor_words"), "language": reading.one_of("language", frozenset(LANGUAGES), needed=False),
        "stance": reading.one_of("stance", CHOICES["stance"]),
        "count_kind": reading.one_of("count_kind", CHOICES["count_kind"]) if count else "",
    }  # fmt: skip
    actor = reading.one_of("actor", form.actors)
    custodial = told and reading.one_of("custodial", CHOICES["yes_no"]) == "yes"
    if reading.faults or when is None or where is None:
        return Submission(envelope, None, tuple(reading.faults), consent, uses)
    report = FieldReport(
        report_id=envelope.instance[:80], channel="monitor", when=when, where=where, acts=acts, harm=harm, sense=sense,
        count=count, actor="" if actor == "not_stated" else actor, custodial=custodial, reporter=reporter,
        first_hand=sense in FIRST_HAND, form_version=envelope.version or "1", release=RELEASE, **values,
    )  # fmt: skip
    return Submission(envelope, report, (), consent, uses)


def _when(reading: _Reading) -> Moment | None:
    """The asserted time; None where any part of it is missing or faulty."""
    before = len(reading.faults)
    precision = reading.one_of("precision", CHOICES["precision"])
    zone = reading.one_of("zone", reading.form.zones)
    start = _local(reading, "date", "time", precision, needed=True)
    until = _local(reading, "until_date", "until_time", precision) if reading.get("until_date") else ""
    if len(reading.faults) > before:
        return None
    try:
        return Moment(start, zone, precision, until)
    except BadMoment:  # each part has been read alone: what is left is their order
        reading.fault("until_date", "end_before_start", value=until, start=start)
        return None


def _local(reading: _Reading, day: str, hour: str, precision: str, *, needed: bool = False) -> str:
    """A local time as a Moment keeps it: a date alone where the precision is the day."""
    date = plain_digits(reading.needed(day) if needed else reading.get(day))
    if date and (not _DATE.match(date) or not YEARS[0] <= int(date[:4]) <= YEARS[1]):
        reading.fault(day, "date_unreadable", value=date)
        return ""
    try:
        Moment(date or "2000-01-01", "UTC", "day")
    except BadMoment:
        reading.fault(day, "date_unreadable", value=date)
        return ""
    if precision == "day" or not date:
        return date
    time = plain_digits(reading.needed(hour))
    match = _TIME.match(time)
    if time and (not match or not _is_time(match[1])):
        reading.fault(hour, "date_unreadable", value=time)
    return f"{date}T{match[1]}" if match else ""


def _is_time(text: str) -> bool:
    return int(text[:2]) < 24 and int(text[3:]) < 60


def _where(reading: _Reading) -> Place | None:
    before = len(reading.faults)
    toponym = reading.text("toponym", needed=True)
    known = reading.one_of("place", CHOICES["place"])
    point, metres = None, 0
    if known in ("here", "map"):
        name = "here" if known == "here" else "spot"
        point, accuracy = _point(reading, name)
        radius = plain_digits(reading.needed("radius"))
        if radius and not (_COUNT.match(radius) and 0 < int(radius) <= RADIUS_M_LIMIT):
            reading.fault("radius", "radius_bad", value=radius, limit=str(RADIUS_M_LIMIT))
        elif radius:
            metres = max(int(radius), min(accuracy, RADIUS_M_LIMIT))
    if len(reading.faults) > before:
        return None
    return Place(toponym, script(toponym), point, metres, f"odk:{known}" if point else "")


def _point(reading: _Reading, name: str) -> tuple[Point | None, int]:
    """The point of an answer (`latitude longitude altitude accuracy`), and the accuracy in whole metres."""
    parts = plain_digits(reading.needed(name)).split()
    if not parts:
        return None, 0
    if len(parts) < 2 or not all(is_degrees(part) for part in parts[:2]):
        reading.fault(name, "coordinate_bad", value=" ".join(parts))
        return None, 0
    try:
        point = Point(degrees(parts[0]), degrees(parts[1]))
    except BadPlace:
        reading.fault(name, "coordinate_bad", value=" ".join(parts))
        return None, 0
    return point, math.ceil(float(parts[3])) if len(parts) > 3 and _METRES.match(parts[3]) else 0


def _acts(reading: _Reading) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(reading.get("acts").split()))
    if unknown := next((code for code in codes if code not in reading.form.acts), ""):
        reading.fault("acts", "act_unknown", value=unknown)
    if len(codes) > ACTS_LIMIT:
        reading.fault("acts", "list_too_long", limit=str(ACTS_LIMIT))
    return codes


def _harm(reading: _Reading) -> tuple[Harm, ...]:
    """One row of harm for each row of the answer, where the sender says that there was any."""
    if reading.one_of("harmed", CHOICES["yes_no"]) != "yes":
        return ()
    if len(reading.envelope.harm) > HARM_ROWS_LIMIT:
        reading.fault("harmed", "list_too_long", limit=str(HARM_ROWS_LIMIT))
        return ()
    rows = []
    for row in reading.envelope.harm:
        part = _Reading(reading.envelope, reading.form, row, reading.faults)
        low, high = part.whole("low", needed=True), part.whole("high", needed=True)
        if high < low:
            part.fault("high", "range_bad", value=f"{low}-{high}")
        rows.append(Harm(part.one_of("effect", CHOICES["effect"]), part.one_of("status", CHOICES["status"]), low, high))
    return tuple(rows)


def question(name: str) -> str:
    """The word of a question's label (`odk.…`); empty for what is no question of the form."""
    return f"odk.{BY_NAME[name].word}" if name in BY_NAME else ""
