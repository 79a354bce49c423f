"""Datasets: many rows of one source, entered as one act with a root over them (record.rowroots).

Rules
1. An entry says whose rows they are, of which kind, how many, their root, and the instants of the first and the last. It says
   nothing of what they mean: a row is what its source tells, never a finding, and weighs against nobody.
2. The file as it came and the table of canonical rows are never named by their bare hash: their SHA-256, length and media type
   are disclosures (`blob`, `table`) at the entry's own level. The bytes lie in the vault, or with whoever may keep them.
3. The same rows of the same source are entered once: the root tells. A later telling of the same window supersedes the
   earlier one, which stays on the record; a superseded one is superseded once.
4. A row is proven by its path to the root and by the proof of this entry; nobody needs the other rows for that.
5. It is entered where the bytes come in (`tiga import`, the page for it), so it is offered on no other page.

Not done here: reading files, keeping bytes, and what a row may corroborate. Rows of events are reports besides, each with an
entry of its own; only what comes in bulk and is nobody's assertion (a sensor's detections) comes by this act alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Registry, Released, drafted, sealed
from tiga.mechanism.asks import Ask, Deed, Fact, Given, Sight
from tiga.record.disclosures import Disclosure
from tiga.record.entries import Entry
from tiga.record.rowroots import ROWS_LIMIT, check_row, row_proof
from tiga.record.rowroots import root as rows_root
from tiga.values.moments import Instant
from tiga.values.shapes import BadShape

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

__all__ = ["NAME", "Described", "Held", "check_row", "entered", "given", "of_source", "row_proof", "rows_root", "state"]

NAME, PREFIX = "dataset", "Q"
WHO = guards.TEAM
ROWS_OF = ("hotspots", "events")
"""Kinds of rows."""
LEVELS = ("R0", "R1", "R3")
"""Levels at which a dataset may be entered: public, both parties, the mediators' side."""
BYTES_LIMIT = 4 * 1024 * 1024 * 1024
MEDIA, TABLE_MEDIA = "text/csv", "application/jsonl"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class DatasetEntered:
    """`root` is 64 hexadecimal digits; `first` and `last` are the earliest and the latest instant of a row."""

    ACT: ClassVar[str] = "dataset.enter"
    RELEASE: ClassVar[str] = "R1"

    source: str
    kind: str
    rows: int
    root: str
    first: Instant
    last: Instant
    release: str
    sd: tuple[str, ...]
    supersedes: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        own = (f"{NAME}:{sid}",)
        return (*own, f"{NAME}:{self.supersedes}") if self.supersedes else own


_REGISTRY = Registry({DatasetEntered.ACT: DatasetEntered})


@dataclass(frozen=True, slots=True)
class Held:
    """A dataset on the record, and the one that took its place."""

    sid: str
    index: int
    at: Instant
    entered: DatasetEntered
    superseded_by: str = ""

    @property
    def state(self) -> str:
        return "dataset_superseded" if self.superseded_by else "dataset_stands"


@dataclass(slots=True)
class State:
    datasets: dict[str, Held] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


def of_source(standing: Standing, source: str) -> tuple[Held, ...]:
    """The datasets of a source that nothing supersedes, in log order."""
    return tuple(
        row for row in state(standing).datasets.values() if row.entered.source == source and not row.superseded_by
    )


def entered(entries: Iterable[Entry], sid: str) -> tuple[Entry, DatasetEntered] | None:
    """A dataset's entry among verified entries, and what it says; None where its statement is not among them, is another act
    or does not have its shape."""
    entry = next((row for row in entries if row.sid == sid and row.envelope.act == DatasetEntered.ACT), None)
    try:
        kind = _REGISTRY.decode(entry.envelope) if entry is not None else None
    except BadShape:
        return None
    good = isinstance(kind, DatasetEntered) and _SHA256.match(kind.root)
    return (entry, cast(DatasetEntered, kind)) if entry is not None and good else None


# ---- what is given


@dataclass(frozen=True, slots=True)
class Described:
    """A dataset as it is handed in: the file and the table by SHA-256 and length in bytes, the rest as in the entry."""

    source: str
    kind: str
    sha256: str
    length: int
    table_sha256: str
    table_length: int
    rows: int
    root: str
    first: Instant
    last: Instant
    release: str = "R1"
    supersedes: str = ""


def given(one: Described) -> Given:
    """What a deed is given for a dataset."""
    return Given({
        "dataset_source": one.source, "dataset_kind": one.kind, "dataset_sha": one.sha256, "dataset_bytes": str(one.length),
        "dataset_table_sha": one.table_sha256, "dataset_table_bytes": str(one.table_length), "dataset_rows": str(one.rows),
        "dataset_root": one.root, "dataset_first": one.first.text(), "dataset_last": one.last.text(),
        "dataset_release": one.release, "dataset_supersedes": one.supersedes,
    })  # fmt: skip


# ---- decider


def enter(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Enter a dataset; its thread is the object's, and that of the one it supersedes."""
    refusal = guards.acting(standing, by, *WHO)
    if refusal:
        return refusal
    for name in ("dataset_sha", "dataset_table_sha", "dataset_root"):
        if not _SHA256.match(given.line(name)):
            return Refusal("dataset_hash", values={"ask": name})
    first, last = given.moment("dataset_first"), given.moment("dataset_last")
    assert first is not None and last is not None  # asked for
    if last < first:
        return Refusal("dataset_backwards", values={"first": first.text(), "last": last.text()})
    rows, source, release = given.whole("dataset_rows"), given.line("dataset_source"), given.text("dataset_release")
    if not rows:
        return Refusal("dataset_empty")
    if release not in LEVELS:
        return Refusal("release_unknown", values={"release": release})
    kind = DatasetEntered(
        source, given.text("dataset_kind"), rows, given.line("dataset_root"), first, last, release, (),
        given.text("dataset_supersedes"),
    )  # fmt: skip
    refusal = guards.future(last, now) or _known(standing, kind) or _follows(standing, kind)
    if refusal:
        return refusal
    values = _released(given, release, draws)
    kind = replace(kind, sd=sealed(values, draws[3:]))
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def _known(standing: Standing, kind: DatasetEntered) -> Refusal | None:
    """The same rows of the same source are entered once."""
    same = next(
        (row for row in state(standing).datasets.values()
         if (row.entered.source, row.entered.root) == (kind.source, kind.root)), None,
    )  # fmt: skip
    return Refusal("dataset_known", values={"dataset": same.sid}) if same is not None else None


def _follows(standing: Standing, kind: DatasetEntered) -> Refusal | None:
    """What is superseded is of the same source and kind, of a window that overlaps, and still stands."""
    if not kind.supersedes:
        return None
    before = state(standing).datasets.get(kind.supersedes)
    if before is None:
        return Refusal("dataset_unknown", values={"dataset": kind.supersedes})
    if before.superseded_by:
        return Refusal("dataset_superseded", values={"dataset": before.sid, "by": before.superseded_by})
    old = before.entered
    if old.release != kind.release:  # the one shown at a wider level would tell of the other
        return Refusal("dataset_level", values={"release": old.release})
    apart = kind.last < old.first or old.last < kind.first
    if (old.source, old.kind) != (kind.source, kind.kind) or apart:
        return Refusal(
            "dataset_other", values={"source": old.source, "first": old.first.text(), "last": old.last.text()}
        )
    return None


def _released(given: Given, release: str, draws: tuple[bytes, ...]) -> tuple[Released, ...]:
    def file(name: str, media: str) -> dict[str, Any]:
        return {"sha256": given.line(f"{name}_sha"), "len": given.whole(f"{name}_bytes"), "mt": media}

    return (
        Released(Disclosure(draws[0], "blob", file("dataset", MEDIA)), release),
        Released(Disclosure(draws[1], "table", file("dataset_table", TABLE_MEDIA)), release),
    )


# ---- fold


def _entered(own: State, standing: Standing, kind: DatasetEntered, entry: Entry) -> None:
    own.datasets[entry.sid] = Held(entry.sid, entry.index, standing.now, kind)
    if before := own.datasets.get(kind.supersedes):
        own.datasets[before.sid] = replace(before, superseded_by=before.superseded_by or entry.sid)


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).datasets)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A dataset as it stands, at the level at which it was entered; nothing is awaited of it."""
    row = state(standing).datasets.get(sid)
    if row is None:
        return None
    said = row.entered
    facts = [
        Fact("dataset_source", said.source), Fact("dataset_kind", said.kind, "code"),
        Fact("dataset_rows", str(said.rows), "number"), Fact("dataset_first", said.first.text(), "instant"),
        Fact("dataset_last", said.last.text(), "instant"), Fact("dataset_root", said.root),
    ]  # fmt: skip
    for code, other in (("dataset_supersedes", said.supersedes), ("dataset_superseded_by", row.superseded_by)):
        facts += [Fact(code, f"{NAME}:{other}", "object")] if other else []
    title = f"{said.source} · {said.first.text()[:10]} – {said.last.text()[:10]}"
    return Sight(sid, NAME, row.index, row.at, row.state, title, said.release, tuple(facts), open=False)


def _nobody(standing: Standing, sid: str, by: Actor) -> bool:
    """A form cannot bring the bytes: the deed is done where they come in."""
    return False


KINDS = (DatasetEntered,)
FOLDS: Mapping[str, Any] = {DatasetEntered.ACT: _entered}
DEEDS = (
    Deed(
        "dataset.enter", NAME, WHO, enter, new=True, reads=(f"{NAME}:*", f"{NAME}:{{dataset_supersedes}}"), fits=_nobody,
        asks=(
            Ask("dataset_source"), Ask("dataset_kind", "choice", "|".join(ROWS_OF)), Ask("dataset_sha"),
            Ask("dataset_bytes", "whole", high=BYTES_LIMIT), Ask("dataset_table_sha"),
            Ask("dataset_table_bytes", "whole", high=BYTES_LIMIT), Ask("dataset_rows", "whole", high=ROWS_LIMIT),
            Ask("dataset_root"), Ask("dataset_first", "moment"), Ask("dataset_last", "moment"),
            Ask("dataset_release", "choice", "levels"), Ask("dataset_supersedes", "object", NAME, required=False),
        ),
    ),
)  # fmt: skip
