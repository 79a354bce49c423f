"""Manifests held against the entries: whether the secretariat's list of a case leaves out what belongs to it.

Rules
1. An entry belongs to a case when its own act says so (`threads`); nobody's index is asked.
2. A manifest lists what both parties may see, below its size: drafts and sealed entries are not in it.
3. What is withheld from whoever checks cannot be found missing: nothing found is no proof that nothing is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tiga.agreement.clauses import Agreement
from tiga.drafts import OPEN_TO_BOTH
from tiga.mechanism import custody
from tiga.mechanism.standing import Standing
from tiga.mechanism.summary import level
from tiga.record.entries import Entry


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An entry that belongs to a case and is not in its manifest, by index."""

    manifest: int
    case: str
    index: int


def left_out(
    log: str, entries: Iterable[Entry], agreements: Mapping[str, Agreement]
) -> tuple[int, tuple[LeftOut, ...]]:
    """How many manifests there are among `entries` (ascending by index), and what they leave out."""
    standing, count = Standing(log, agreements), 0
    threads: dict[str, list[Entry]] = {}
    rows: list[LeftOut] = []
    for entry in entries:
        kind = standing.apply(entry)
        for name in kind.threads(entry.sid) if kind is not None else ():
            threads.setdefault(name, []).append(entry)
        if isinstance(kind, custody.CaseManifest):
            count += 1
            listed = set(kind.entries)
            rows += [
                LeftOut(entry.index, kind.case, own.index)
                for own in threads.get(f"case:{kind.case}", ())
                if own.index < kind.size and own.index not in listed and _is_listed(standing, own)
            ]
    return count, tuple(rows)


def of_case(log: str, entries: Iterable[Entry], agreements: Mapping[str, Agreement], case: str) -> tuple[int, ...]:
    """Indices of a case's entries that both parties may see, as far as they are among `entries`."""
    standing, own = Standing(log, agreements), []
    for entry in entries:
        kind = standing.apply(entry)
        if kind is not None and f"case:{case}" in kind.threads(entry.sid):
            own.append(entry)
    return tuple(entry.index for entry in own if _is_listed(standing, entry))


def _is_listed(standing: Standing, entry: Entry) -> bool:
    return entry.envelope.act != custody.ReportSealed.ACT and level(standing, entry) in OPEN_TO_BOTH
