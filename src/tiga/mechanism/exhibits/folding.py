"""The exhibit as its entries make it, their fold, and who may have a file in which form.

Rules
1. `may_have` alone decides, and denies what it does not allow: the file as it came goes to the examiners named for it and to
   its depositor; everybody else who may see the file gets the derivative that follows the present release.
2. Where no derivative can be made, the mediators' side has the file as it came, and all others the verdicts alone.
3. A release counts from its own entry on: a derivative made under an earlier one is not handed out any more.
4. A party is its component, whoever its officer is; everybody else is one person, however many keys.
5. Lines of the log stand with the exhibit, examined or not; the fold is total.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple, cast

from tiga.mechanism import release
from tiga.mechanism.exhibits.entries import (
    NAME,
    ExhibitAppointed,
    ExhibitDerived,
    ExhibitExamined,
    ExhibitHanded,
    ExhibitReleased,
)
from tiga.mechanism.release import Reader
from tiga.record.entries import Entry
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.evidence import Evidence
    from tiga.mechanism.standing import Standing

Levels = Iterable[tuple[str, str]]
"""The (level, party) to which a file's `blob` was released."""
HANDED_MAX = 10_000
"""Lines of the log that are held with an exhibit: the newest."""


class Made(NamedTuple):
    """A derivative, or the fault for which there is none: its entry's sid and instant, and what was entered."""

    sid: str
    at: Instant
    kind: ExhibitDerived


class Handed(NamedTuple):
    """A line of the disclosure log: its entry's place in the log and instant, and what was entered."""

    place: int
    at: Instant
    kind: ExhibitHanded


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A deposited file that was examined, and what has become of it."""

    sid: str
    index: int
    at: Instant
    entry: str
    examined: ExhibitExamined
    made: tuple[Made, ...] = ()
    released: tuple[tuple[str, Instant, ExhibitReleased], ...] = ()
    examiners: tuple[str, ...] = ()

    @property
    def policy(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """(sid of the release in force or empty, what it keeps, what is covered)."""
        if not self.released:
            return "", (), ()
        sid, _, kind = self.released[-1]
        return sid, kind.keeps, kind.boxes

    @property
    def current(self) -> Made | None:
        """What was made under the present release, a derivative or a fault; None where nothing was made yet."""
        return next((row for row in reversed(self.made) if row.kind.of == self.policy[0]), None)

    @property
    def state(self) -> str:
        """`exhibit_derived`, `exhibit_underivable`, or `exhibit_examined` while nothing follows the present release."""
        if self.current is None:
            return "exhibit_examined"
        return "exhibit_underivable" if self.current.kind.fault else "exhibit_derived"


@dataclass(slots=True)
class State:
    exhibits: dict[str, Exhibit] = field(default_factory=dict)
    handed: dict[str, tuple[Handed, ...]] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


def deposit_of(standing: Standing, file: str) -> tuple[str, Evidence] | None:
    """(case, deposit) of a file among the cases of the standing; None where none of them has it."""
    rows = ((case.sid, row) for case in standing.cases.values() for row in case.evidence)
    return next(((case, row) for case, row in rows if row.sid == file), None)


# ---- who may have what


def may_have(standing: Standing, reader: Reader, key: str, file: str, levels: Levels) -> str:
    """`original`, `derivative`, or empty: in which form a reader, who signs with `key`, may have a file.

    The standing holds the thread `exhibit:<file>` and that of the file's case; `levels` are those of the file's `blob`.
    """
    if not release.may_see_any(reader, levels):
        return ""
    row = state(standing).exhibits.get(file)
    if _owns(standing, reader, key, file) or (row is not None and _examines(standing, key, row)):
        return "original"
    if row is None or row.current is None:
        return ""
    if not row.current.kind.fault:
        return "derivative"
    return "original" if release.may_see(reader, "R3") else ""


def may_wait(standing: Standing, reader: Reader, file: str, levels: Levels) -> bool:
    """Whether a reader who has a file in no form may have one once something was made of it."""
    row = state(standing).exhibits.get(file)
    return release.may_see_any(reader, levels) and (row is None or row.current is None)


def _owns(standing: Standing, reader: Reader, key: str, file: str) -> bool:
    """Whether the reader deposited the file: the party's own officers, or the very person."""
    row, found = state(standing).exhibits.get(file), deposit_of(standing, file)
    by = row.examined.by if row is not None else found[1].by if found is not None else ""
    if reader.role == "liaison":
        return bool(by) and reader.component == by
    return row is not None and _same(standing, key, row.examined.owner)


def _examines(standing: Standing, key: str, row: Exhibit) -> bool:
    return any(_same(standing, key, name) for name in row.examiners)


def _same(standing: Standing, key: str, other: str) -> bool:
    """Whether two keys are one person's, whose present key counts still."""
    now = standing.heir(key) if key else ""
    return bool(now) and now not in standing.revoked and now == standing.heir(other)


def may_know_likeness(reader: Reader, levels: Levels) -> bool:
    """Whether a reader may know that a file resembles an earlier one: the mediators' side, and who may see the earlier one."""
    return release.may_see(reader, "R3") or release.may_see_any(reader, levels)


# ---- fold


def _examined(own: State, standing: Standing, kind: ExhibitExamined, entry: Entry) -> None:
    own.exhibits.setdefault(kind.file, Exhibit(kind.file, entry.index, standing.now, entry.sid, kind))


def _derived(own: State, standing: Standing, kind: ExhibitDerived, entry: Entry) -> None:
    if row := own.exhibits.get(kind.file):
        made = Made(entry.sid, standing.now, kind)
        own.exhibits[kind.file] = replace(row, made=(*row.made, made))


def _released(own: State, standing: Standing, kind: ExhibitReleased, entry: Entry) -> None:
    if row := own.exhibits.get(kind.file):
        released = (entry.sid, standing.now, kind)
        own.exhibits[kind.file] = replace(row, released=(*row.released, released))


def _appointed(own: State, standing: Standing, kind: ExhibitAppointed, entry: Entry) -> None:
    if row := own.exhibits.get(kind.file):
        rest = tuple(key for key in row.examiners if standing.heir(key) != standing.heir(kind.key))
        own.exhibits[kind.file] = replace(row, examiners=rest if kind.ended else (*rest, kind.key))


def _handed(own: State, standing: Standing, kind: ExhibitHanded, entry: Entry) -> None:
    line = Handed(entry.index, standing.now, kind)
    own.handed[kind.file] = (*own.handed.get(kind.file, ())[-HANDED_MAX + 1 :], line)


FOLDS = {
    ExhibitExamined.ACT: _examined, ExhibitDerived.ACT: _derived, ExhibitReleased.ACT: _released,
    ExhibitAppointed.ACT: _appointed, ExhibitHanded.ACT: _handed,
}  # fmt: skip
