"""Floor 4: what outside bytes become before anyone has acted on them.

Rules
1. A draft is not an act: nothing here is signed, entered or counted. Intake and fusion make drafts, the mechanism takes
   them.
2. A draft keeps what was asserted, in its own words, spelling, script and zone.
3. The number of dead is a range for each source; it is never averaged.
4. What is faulty becomes a `Fault` that names file, row, field, reason and remedy; it is never dropped.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from tiga.values.moments import Moment
from tiga.values.places import Place

CHANNELS = ("monitor", "liaison", "public", "sensor", "dataset", "media")
SENSES = ("", "seen", "heard", "recorded", "inferred", "told")
STANCES = ("asserts", "denies")
HARMS = ("killed", "injured", "missing", "detained")
STATUSES = ("civilian", "security", "armed_group", "unknown")
RELEASES = ("R0", "R1", "R2", "R3", "R4", "R5")
OPEN_TO_BOTH = ("R0", "R1")
"""The levels of what is open to both parties."""
TEXT_LIMIT = 8_000
"""Characters of a report's account."""


@dataclass(frozen=True, slots=True)
class Harm:
    """One row of harm as one source gives it: `low` to `high` persons (equal where one number was given)."""

    effect: str
    status: str
    low: int
    high: int
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class FieldReport:
    """A report as it came in (domain.md c.2); the defaults are what an empty cell means.

    `report_id` is the sender's own id; `origin` names who first said it and is what independence is counted by;
    `source` is the outlet, office or team that passed it on; `reference` says where it can be looked up and
    `reference_verified` whether anyone did. `stance` is `denies` where the report says that something did not happen.
    `actor` and `first_fire` are ids of the agreement (party or group) or empty; `actor_words` keeps the wording.
    """

    report_id: str
    channel: str
    source: str
    when: Moment
    where: Place
    acts: tuple[str, ...]
    account: str
    language: str
    origin: str = ""
    party: str = ""
    form_version: str = "1"
    reporter: str = ""
    reference: str = ""
    reference_verified: bool = False
    first_hand: bool = False
    derived_from: tuple[str, ...] = ()
    stance: str = "asserts"
    sense: str = ""
    actor: str = ""
    actor_words: str = ""
    first_fire: str = ""
    count: int = 0
    count_kind: str = ""
    weapon: str = ""
    direction: str = ""
    harm: tuple[Harm, ...] = ()
    custodial: bool = False
    deescalation: str = ""
    trigger: str = ""
    reliability: str = ""
    credibility: str = ""
    provision: str = ""
    requested: str = ""
    release: str = "R1"
    limitations: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong with a piece of input, and what to do about it. `code` is a word of the catalogue (`fault.…`),
    `values` fill its slots; `row` counts from 1 with the header as row 1; `raw` is the row as it came."""

    file: str
    row: int
    column: str
    code: str
    values: dict[str, str]
    raw: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """A file as deposited: its name as given, media type by content, length, SHA-256 and the bytes themselves."""

    name: str
    media_type: str
    sha256: str
    data: bytes = field(repr=False)
    note: str = ""


_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)
NAME_LIMIT = 120


def evidence_item(name: str, data: bytes, note: str = "") -> EvidenceItem:
    """A file as an item: media type by its first bytes (never its extension), a name without folders or controls."""
    kind = next((media_type for magic, media_type in _MAGIC if data.startswith(magic)), "")
    if not kind:
        try:
            kind = "text/plain" if data and "\x00" not in data.decode("utf-8") else "application/octet-stream"
        except UnicodeDecodeError:
            kind = "application/octet-stream"
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    plain = "".join(letter for letter in last if letter.isalnum() or letter in "._- ()")[:NAME_LIMIT].strip()
    return EvidenceItem(plain or "file", kind, hashlib.sha256(data).hexdigest(), data, note)


@dataclass(frozen=True, slots=True)
class Claim:
    """One assertion about one happening, as fusion compares it; a report yields 1..n claims.

    `claim_id` is the sid of the report (with `#n` where it yields more than one). Times are Unix minutes UTC (an interval),
    the point is in 1e-7 degrees with a radius in metres or None, deaths a range or None. `area` is the gazetteer's id of the
    place where that is a whole area (a district, a province), `within` that of the area in which the place lies; empty where
    unknown.
    """

    claim_id: str
    source: str
    origin: str
    channel: str
    party: str
    start_min: int
    end_min: int
    lat_e7: int | None
    lon_e7: int | None
    radius_m: int
    toponym: str
    acts: tuple[str, ...]
    actor: str
    stance: str
    deaths_low: int | None
    deaths_high: int | None
    fingerprint: str
    start_asserted_min: int = 0
    zone_min: int = 0
    area: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on two reports: `same` or not; it outranks every weight and survives re-running."""

    left: str
    right: str
    same: bool


@dataclass(frozen=True, slots=True)
class Weight:
    """One reason for or against a match: a code of the catalogue (`match.…`), values for its slots, integer millibits."""

    code: str
    millibits: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """All reasons about one pair of claims (`left` < `right`) and their sum in millibits."""

    left: str
    right: str
    weights: tuple[Weight, ...]
    millibits: int


@dataclass(frozen=True, slots=True)
class Grouping:
    """Claims that fusion holds to be about one incident: ids in ascending order, the earliest-starting claim's id as the
    group's id, and the matches inside it. It is a suggestion until an act adopts it."""

    group_id: str
    claims: tuple[str, ...]
    matches: tuple[Match, ...]


Side = Literal["left", "right", "indeterminate"]
