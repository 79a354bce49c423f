"""One row of a sheet as a field report, or all that is wrong with it.

Rules
1. One row is one report. Every fault of a row is named, then the row is set aside whole; no part of it goes in.
2. A time needs a zone. A date alone has the precision `day`; a time whose precision is left open has `minute`.
3. A point needs latitude, longitude and a radius in metres (WGS 84, decimal degrees with a point).
4. Numbers of people are `4` or `4-5`. European, Arabic and extended Arabic digits are read alike in numbers and times.
5. Text is Unicode NFC. Bidirectional embeddings, overrides and isolates, control characters, noncharacters, the byte
   order mark and U+FFFD are refused, because they can change what a reader sees; joiners and direction marks are kept.
6. A cell that looks like a formula is text. One leading apostrophe before `= + - @` is the mark under which a list of
   faults sent it out, and is taken off again.

Not done here: whether a claim is true, who may send it, whether the report is already in the record.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from tiga.drafts import Fault, FieldReport, Harm
from tiga.drafts.coordinates import coordinate
from tiga.drafts.texts import FORBIDDEN, codepoint, unguarded, visible
from tiga.intake.sheets.columns import FIELDS, HARM_FIELDS, ColumnMap
from tiga.values.moments import YEARS, BadMoment, Moment, offset
from tiga.values.names import is_identifier
from tiga.values.places import Place, Point

ACTS_LIMIT = 12
DERIVED_LIMIT = 20
PEOPLE_LIMIT = 1_000_000
"""The largest number of people or things one report may give."""
RADIUS_M_LIMIT = 500_000

_DIGITS = {ord(letter): str(n) for row in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for n, letter in enumerate(row)}
_REPORT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]*\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_SCRIPT = re.compile(r"[A-Z][a-z]{3}\Z")
_COUNT = re.compile(r"[0-9]{1,7}\Z")
_RANGE = re.compile(r"([0-9]{1,7})(?:\s*[-\u2013]\s*([0-9]{1,7}))?\Z")
_PLAIN = (
    *("report_id", "channel", "source", "account", "language", "origin", "party", "reporter", "reference", "sense"),
    *("actor", "actor_words", "first_fire", "count_kind", "weapon", "direction", "deescalation", "trigger"),
    *("reliability", "credibility", "provision", "requested", "limitations"),
)
"""Fields that go into the draft as they stand."""
_OWN_DEFAULT = ("form_version", "stance", "release")
"""Fields for which an empty cell means the draft's own default, which is not empty."""
_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "": False}


@dataclass(slots=True)
class Reading:
    """A row while it is read: its texts by field, the headings they stood under, and the faults found so far."""

    file: str
    row: int
    raw: tuple[str, ...]
    texts: dict[str, str]
    headings: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    bad: set[str] = field(default_factory=set)

    def get(self, name: str) -> str:
        """The text of a field, empty where it is missing or already known to be bad."""
        return "" if name in self.bad else self.texts.get(name, "")

    def digits(self, name: str) -> str:
        return self.get(name).translate(_DIGITS)

    def fault(self, name: str, code: str, **values: str) -> None:
        """Note what is wrong with a field; a bad field is judged once."""
        self.bad.add(name)
        shown = {key: visible(value) for key, value in values.items()}
        column = self.headings.get(name, name)
        self.faults.append(Fault(self.file, self.row, column, f"fault.{code}", shown, self.raw))


def report(reading: Reading, columns: ColumnMap) -> FieldReport | None:
    """The report in a row, or None with `reading.faults` saying why."""
    for name in FIELDS:
        _text(reading, name, columns)
    _choices(reading)
    _identifiers(reading)
    when, where = _when(reading), _where(reading)
    acts, harm = _acts(reading, columns), _harm(reading)
    flags = {name: _flag(reading, name) for name in ("reference_verified", "first_hand", "custodial")}
    count = _count(reading)
    derived = tuple(reading.get("derived_from").split())
    if len(derived) > DERIVED_LIMIT:
        reading.fault("derived_from", "list_too_long", limit=str(DERIVED_LIMIT))
    if reading.faults or when is None or where is None:
        return None
    kept = {name: reading.get(name) for name in _PLAIN}
    kept |= {name: reading.get(name) for name in _OWN_DEFAULT if reading.get(name)}
    return FieldReport(
        when=when,
        where=where,
        acts=acts,
        harm=harm,
        count=count,
        derived_from=derived,
        reference_verified=flags["reference_verified"],
        first_hand=flags["first_hand"],
        custodial=flags["custodial"],
        **kept,
    )


def _text(reading: Reading, name: str, columns: ColumnMap) -> None:
    """Fill a field's default and hold its text to rules 5 and 6 and to its length."""
    text = (
        unguarded(reading.texts.get(name, ""))
        or columns.defaults.get(name, "")
        or (columns.zone if name == "zone" else "")
    )
    reading.texts[name] = text
    if not text:
        if FIELDS[name].required:
            reading.fault(name, "field_missing", field=name)
        return
    found = FORBIDDEN.search(text)
    if found:
        character = f"{codepoint(found[0])} {unicodedata.name(found[0], '')}".strip()
        return reading.fault(name, "character_forbidden", character=character, position=str(found.start() + 1))
    composed = unicodedata.normalize("NFC", text)
    if composed != text:
        pairs = enumerate(zip(text, composed, strict=False), 1)
        at = next((n for n, (left, right) in pairs if left != right), len(composed))
        return reading.fault(name, "text_not_nfc", character=codepoint(text[at - 1]), position=str(at))
    if len(text) > FIELDS[name].limit:
        reading.fault(name, "text_too_long", length=str(len(text)), limit=str(FIELDS[name].limit))


def _choices(reading: Reading) -> None:
    for name, kind in FIELDS.items():
        text = reading.get(name)
        if kind.choices and text and text not in kind.choices:
            known = ", ".join(choice for choice in kind.choices if choice)
            reading.fault(name, "choice_unknown", value=text, choices="")
            # the list of choices is ours and longer than a cell that is repeated, so it goes in uncut
            reading.faults[-1].values["choices"] = known


def _identifiers(reading: Reading) -> None:
    shapes = {
        "report_id": (_REPORT_ID, "report_id_bad"),
        "language": (_LANGUAGE, "language_bad"),
        "script": (_SCRIPT, "script_bad"),
    }
    for name, (shape, code) in shapes.items():
        if reading.get(name) and not shape.match(reading.get(name)):
            reading.fault(name, code, value=reading.get(name))
    for name in ("party", "actor", "first_fire"):
        if reading.get(name) and not is_identifier(reading.get(name)):
            reading.fault(name, "identifier_bad", value=reading.get(name))


def _when(reading: Reading) -> Moment | None:
    """The asserted time; None when any part of it is missing or faulty."""
    start, end = (_local(reading, name) for name in ("asserted_start", "asserted_end"))
    zone = reading.get("zone").translate(_DIGITS)
    if "zone" not in reading.bad and not zone:
        reading.fault("zone", "zone_missing", value=reading.texts.get("asserted_start", ""))
    elif zone:
        try:
            offset(zone)
        except BadMoment:
            reading.fault("zone", "zone_unknown", value=zone)
    precision = reading.get("precision") or ("day" if len(start) == 10 else "minute")
    if reading.bad & {"asserted_start", "asserted_end", "zone", "precision"}:
        return None
    if len(start) == 10 and precision != "day":
        reading.fault("asserted_start", "time_of_day_missing", value=start, precision=precision)
        return None
    try:
        return Moment(start, zone, precision, end)
    except BadMoment:  # each part has been read alone: what is left is their order
        reading.fault("asserted_end", "end_before_start", value=end, start=start)
        return None


def _local(reading: Reading, name: str) -> str:
    """A local time in the form a Moment keeps, empty where there is none or it cannot be read."""
    text = reading.digits(name).replace(" ", "T", 1)
    if not text:
        return ""
    if re.match(r"[0-9]{4}-", text) and not YEARS[0] <= int(text[:4]) <= YEARS[1]:
        reading.fault(name, "date_range", value=text, first=str(YEARS[0]), last=str(YEARS[1]))
        return ""
    try:
        Moment(text, "UTC", "day")
    except BadMoment:
        reading.fault(name, "date_unreadable", value=text)
        return ""
    return text


def _where(reading: Reading) -> Place | None:
    """The place as asserted, with its point if one was given; None when any part of it is faulty."""
    lat = _degrees(reading, "lat", 90, "latitude_out")
    lon = _degrees(reading, "lon", 180, "longitude_out")
    radius = reading.digits("radius_m")
    metres = int(radius) if _COUNT.match(radius) else 0
    if radius and not 0 < metres <= RADIUS_M_LIMIT:
        reading.fault("radius_m", "radius_bad", value=radius, limit=str(RADIUS_M_LIMIT))
    given = {name for name in ("lat", "lon") if reading.texts[name]}
    if len(given) == 1:
        lacking = ({"lat", "lon"} - given).pop()
        reading.fault(lacking, "point_half", field=lacking)
    elif given and not radius and "radius_m" not in reading.bad:
        reading.fault("radius_m", "radius_missing")
    elif radius and not given:
        reading.fault("radius_m", "radius_without_point", value=radius)
    if reading.bad & {"toponym", "script", "lat", "lon", "radius_m", "place_source"}:
        return None
    point = None if lat is None or lon is None else Point(lat, lon)
    script = reading.get("script") or "Latn"
    return Place(reading.get("toponym"), script, point, metres, reading.get("place_source"))


def _degrees(reading: Reading, name: str, most: int, code: str) -> int | None:
    """Decimal degrees as an integer of 1e-7 degrees."""
    text = reading.digits(name)
    return coordinate(text, most, "coordinate_bad", code, lambda why: reading.fault(name, why, value=text))


def _acts(reading: Reading, columns: ColumnMap) -> tuple[str, ...]:
    """Act codes, each once, in the order given; a cell that is an alias as a whole is taken before it is split."""
    text = reading.get("acts")
    words = [text] if text.casefold() in columns.aliases else re.split(r"[\s,;]+", text)
    codes: list[str] = []
    for word in filter(None, words):
        code = columns.aliases.get(word.casefold(), word)
        if code not in columns.acts:
            reading.fault("acts", "act_unknown", value=word)
            return ()
        if code not in codes:
            codes.append(code)
    if len(codes) > ACTS_LIMIT:
        reading.fault("acts", "list_too_long", limit=str(ACTS_LIMIT))
    return tuple(codes)


def _harm(reading: Reading) -> tuple[Harm, ...]:
    """One row of harm for each filled column."""
    as_of = _local(reading, "harm_as_of")
    rows: list[Harm] = []
    for name, (effect, status) in HARM_FIELDS.items():
        text = reading.digits(name)
        match = _RANGE.match(text)
        if not text:
            continue
        low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, -1)
        if not low <= high <= PEOPLE_LIMIT:
            reading.fault(name, "range_bad", value=text)
            continue
        rows.append(Harm(effect, status, low, high, as_of))
    return tuple(rows)


def _count(reading: Reading) -> int:
    text = reading.digits("count")
    if text and (not _COUNT.match(text) or int(text) > PEOPLE_LIMIT):
        reading.fault("count", "number_bad", value=text)
        return 0
    return int(text or 0)


def _flag(reading: Reading, name: str) -> bool:
    text = reading.get(name).casefold()
    if text not in _YES:
        reading.fault(name, "yes_no", value=text)
    return _YES.get(text, False)
