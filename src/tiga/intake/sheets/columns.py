"""Column maps: which column of a sheet feeds which field of a field report.

Rules
1. A map is plain data (JSON) with a name; what a column means is never guessed from its contents.
2. Headings are compared without regard to case or outer spaces. A heading the map does not name is a fault.
3. No map shipped here has a zone: a time without a zone is refused. A map written for one sender may state that
   sender's zone, and then says so in its own text.
4. Act aliases turn a sender's words into act codes; which codes exist is the agreement's to say and is handed in.

Not done here: reading cells (`grid`), judging them (`rows`), fetching maps from files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tiga.drafts import CHANNELS, HARMS, RELEASES, SENSES, STANCES, STATUSES, TEXT_LIMIT
from tiga.values.moments import PRECISIONS, BadMoment, offset

WORD_LIMIT = 300
"""Characters of a name, an id or a reference."""
PASSAGE_LIMIT = 1_000
"""Characters of a short passage."""
COLUMNS_LIMIT = 120
ALIASES_LIMIT = 500

COUNT_KINDS = ("shot", "burst", "explosion", "impact", "aircraft", "person")
DIRECTIONS = ("in", "out", "undetermined")
RELIABILITIES = ("A", "B", "C", "D", "E", "F")
CREDIBILITIES = ("1", "2", "3", "4", "5", "6")


class BadColumnMap(ValueError):
    """A map that cannot be used; the message names the entry and says what would be accepted."""


@dataclass(frozen=True, slots=True)
class Field:
    """One flat field of a report: its longest text, whether a report needs it, and the words it may hold."""

    name: str
    limit: int = WORD_LIMIT
    required: bool = False
    choices: tuple[str, ...] = ()


HARM_FIELDS = {f"{effect}_{status}": (effect, status) for effect in HARMS for status in STATUSES}
"""`killed_civilian` and so on: one column for each effect and status, `4` or `4-5`."""

_FIELDS = (
    Field("report_id", 80, required=True),
    Field("form_version"),
    Field("channel", required=True, choices=CHANNELS),
    Field("source", required=True),
    Field("origin"),
    Field("party"),
    Field("reporter"),
    Field("reference", PASSAGE_LIMIT),
    Field("reference_verified"),
    Field("first_hand"),
    Field("derived_from", PASSAGE_LIMIT),
    Field("language", 35),
    Field("asserted_start", 40, required=True),
    Field("asserted_end", 40),
    Field("zone", 40),
    Field("precision", choices=tuple(PRECISIONS)),
    Field("toponym", required=True),
    Field("script", 4),
    Field("lat", 40),
    Field("lon", 40),
    Field("radius_m", 40),
    Field("place_source"),
    Field("acts"),
    Field("stance", choices=STANCES),
    Field("sense", choices=SENSES),
    Field("actor"),
    Field("actor_words", PASSAGE_LIMIT),
    Field("first_fire"),
    Field("count", 40),
    Field("count_kind", choices=COUNT_KINDS),
    Field("weapon"),
    Field("direction", choices=DIRECTIONS),
    Field("account", TEXT_LIMIT, required=True),
    *(Field(name, 40) for name in HARM_FIELDS),
    Field("harm_as_of", 40),
    Field("custodial"),
    Field("deescalation", PASSAGE_LIMIT),
    Field("trigger", PASSAGE_LIMIT),
    Field("reliability", choices=RELIABILITIES),
    Field("credibility", choices=CREDIBILITIES),
    Field("provision"),
    Field("requested", PASSAGE_LIMIT),
    Field("release", choices=RELEASES),
    Field("limitations", PASSAGE_LIMIT),
)
FIELDS: dict[str, Field] = {field.name: field for field in _FIELDS}
"""Every flat field a column may feed, in the order in which the built-in map writes them (domain.md c.2)."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A named map: heading (lower case) to field, defaults for empty cells, aliases (lower case) to act codes, the
    known act codes, and the zone of a sender who states one (empty: each row must name its own)."""

    name: str
    feeds: dict[str, str]
    defaults: dict[str, str]
    aliases: dict[str, str]
    acts: frozenset[str]
    zone: str = ""


def field_report(acts: frozenset[str]) -> ColumnMap:
    """The built-in map `field-report`: every field under its own name, no defaults, no aliases, no zone."""
    return ColumnMap("field-report", {name: name for name in FIELDS}, {}, {}, acts)


def column_map(tree: Mapping[str, object], acts: frozenset[str]) -> ColumnMap:
    """Read a map from plain data with `name`, `columns` and perhaps `defaults`, `act_aliases`, `zone`; raises
    BadColumnMap.

    `acts` are the codes that the agreement knows. `columns` and `defaults` are objects of texts.
    """
    extra = sorted(set(tree) - {"name", "columns", "defaults", "act_aliases", "zone"})
    if extra:
        raise BadColumnMap(f"{extra[0]!r} is no part of a column map; use name, columns, defaults, act_aliases, zone")
    name, zone = tree.get("name"), tree.get("zone", "")
    if not isinstance(name, str) or not name:
        raise BadColumnMap("a column map needs a name: give it one, such as 'field-report'")
    if not isinstance(zone, str):
        raise BadColumnMap(f"zone: {zone!r} is not a text; write PKT, AFT or an offset, or leave it out")
    if zone:
        try:
            offset(zone)
        except BadMoment as error:
            raise BadColumnMap(f"zone: {error}") from error
    columns = _texts(tree, "columns", COLUMNS_LIMIT)
    aliases = _texts(tree, "act_aliases", ALIASES_LIMIT)
    defaults = _texts(tree, "defaults", COLUMNS_LIMIT)
    for part, fields in (("columns", list(columns.values())), ("defaults", list(defaults))):
        for field in fields:
            if field not in FIELDS:
                raise BadColumnMap(f"{part}: {field!r} is not a field of a report; write one of {', '.join(FIELDS)}")
    if len(set(columns.values())) != len(columns):
        raise BadColumnMap("columns: two columns feed the same field; let one of them go")
    for alias, code in aliases.items():
        if code not in acts:
            raise BadColumnMap(f"act_aliases: {alias!r} stands for {code!r}, which the agreement does not know")
    if not columns:
        raise BadColumnMap("columns: the map names no column; add at least one")
    return ColumnMap(name, _lowered(columns), defaults, _lowered(aliases), acts, zone)


def _texts(tree: Mapping[str, object], part: str, limit: int) -> dict[str, str]:
    """The object under `part` as a dictionary of texts, empty where it is left out."""
    found = tree.get(part, {})
    if not isinstance(found, Mapping):
        raise BadColumnMap(f'{part}: {found!r} is not an object; write {{"column": "field"}}')
    if len(found) > limit:
        raise BadColumnMap(f"{part}: more than {limit} entries; split the map")
    texts: dict[str, str] = {}
    for key, value in found.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise BadColumnMap(f"{part}: {key!r} must name a text, not {value!r}")
        texts[key] = value
    return texts


def _lowered(texts: dict[str, str]) -> dict[str, str]:
    lowered = {heading(key): value for key, value in texts.items()}
    if len(lowered) != len(texts):
        raise BadColumnMap("two names differ only in case or outer spaces; let one of them go")
    return lowered


def heading(text: str) -> str:
    """A heading or alias as it is compared: without outer spaces, in lower case."""
    return text.strip().casefold()
