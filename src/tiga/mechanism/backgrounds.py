"""Backgrounds: how many reports there usually are, taken once and entered, so that any party makes the same groupings.

Rules
1. A background is taken of the reports that stand below an entry's index (`size`): one of those open to both parties, one of
   those that are public. It is fixed until the next one is taken: were every report to change it, every report would change
   every weight.
2. The entry names the table of weights and the gazetteer by their hashes. The counts are two files; the SHA-256, the length
   and the number of reports of each are a disclosure at R1 and one at R0: a public count of all would tell how many reports
   the parties alone may see, and where.
3. It is the registrar's, entered without anybody's help when it is `due`: at FIRST reports, when their number has grown by a
   quarter, after DAYS days with another number, and when the table or the gazetteer is another. The secretariat may take one
   at any time.
4. It says nothing of any report, and weighs for or against nobody: a grouping is a suggestion until an act adopts it. No
   finding, ruling or measure reads it, and `recompute` does not load this module.

Source: fusion.md section 4.4. Not done here: counting (`fusion.density`), keeping the file (`store.fusing`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.record.disclosures import Disclosure
from tiga.record.entries import Entry
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME = "background"
VALUES = {"R1": "background", "R0": "background_public"}
"""Names of the disclosures that speak of the files, by level."""
PLACES = "gazetteer"
"""Name of the disclosure that speaks of the gazetteer's canonical file; whoever hands on a dossier adds it."""
AUDIENCES = {"R1": ("R0", "R1"), "R0": ("R0",)}
"""The levels of the reports that are counted and grouped for each audience; reports above are never compared."""
MEDIA = "application/json"
WHO = ("registrar", "secretariat")
FIRST = 200
"""Reports from which a background is taken; of fewer it tells little, and each grouping takes their own."""
GROWTH_PERMILLE = 1_250
DAYS = 30
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class BackgroundTaken:
    """`size` is the number of entries looked at; `weights` and `gazetteer` are SHA-256 in hexadecimal, `version` the table's
    name."""

    ACT: ClassVar[str] = "background.take"
    RELEASE: ClassVar[str] = "R0"

    size: int
    version: str
    weights: str
    gazetteer: str
    sd: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return ("matches",)


@dataclass(frozen=True, slots=True)
class Background:
    """A background on the record."""

    sid: str
    index: int
    at: Instant
    taken: BackgroundTaken


@dataclass(slots=True)
class State:
    last: Background | None = None


def state(standing: Standing) -> State:
    """The background entered last, where the thread `matches` is loaded."""
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


@dataclass(frozen=True, slots=True)
class File:
    """A file of counts: its SHA-256 and length in bytes, and the number of reports counted."""

    sha256: str
    length: int
    reports: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted, as it is handed in: of the reports open to both parties, and of the public ones; the rest as in the
    entry."""

    size: int
    version: str
    weights: str
    gazetteer: str
    parties: File
    public: File


def due(counted: int, reports: int, taken: Instant, now: Instant, same: bool) -> bool:
    """Whether the registrar takes a background: `counted` reports entered the last one (0: there is none), `reports` are there
    now; `same` while table and gazetteer are those of the last."""
    if not counted:
        return reports >= FIRST
    grown = reports * 1_000 >= counted * GROWTH_PERMILLE
    return grown or not same or (reports != counted and now.ms - taken.ms >= DAYS * 86_400_000)


def take(standing: Standing, one: Counted, by: Actor, now: Instant, salts: tuple[bytes, ...]) -> Outcome:
    """Enter a background; `salts` are four draws of 16 bytes, the last a decoy's. The thread `matches` is loaded."""
    if by.role not in WHO:
        return Refusal("role", values={"role": by.role, "needed": "secretariat"})
    files = {"R1": one.parties, "R0": one.public}
    if not all(_SHA256.match(row) for row in (one.weights, one.gazetteer, *(file.sha256 for file in files.values()))):
        return Refusal("background_hash")
    if one.parties.reports < 1 or one.size < 1:
        return Refusal("background_empty")
    last = state(standing).last
    if last is not None and one.size <= last.taken.size:
        return Refusal("background_known", values={"background": last.sid})
    said = [
        (VALUES[level], {"sha256": file.sha256, "len": file.length, "mt": MEDIA, "reports": file.reports}, level)
        for level, file in files.items()
    ]
    said.append((PLACES, {"sha256": one.gazetteer, "mt": "text/csv"}, "R0"))
    values = tuple(
        Released(Disclosure(salt, name, value), level) for salt, (name, value, level) in zip(salts, said, strict=False)
    )
    kind = BackgroundTaken(one.size, one.version, one.weights, one.gazetteer, sealed(values, salts[3:]))
    return Decision((drafted(kind, standing.log, now, values, by_registrar=True),), standing.reads)


def _taken(own: State, standing: Standing, kind: BackgroundTaken, entry: Entry) -> None:
    own.last = Background(entry.sid, entry.index, standing.now, kind)


KINDS = (BackgroundTaken,)
FOLDS: Mapping[str, Any] = {BackgroundTaken.ACT: _taken}
