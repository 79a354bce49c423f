"""Rows on sets with known truth: how well incidents are found, how fast, and beside whom.

Rules
1. "Best peer" is the best of those that ran on the very set in this run, by the same measure.
2. A peer's own number stands in the row's column `peer`; what is quoted from elsewhere says "quoted". Speed and memory
   stand beside peers on the sets where a bar is set for them.
3. What ours cannot do yet is a missed bar: nothing found, or endless seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from benchmarks import Row
from benchmarks.fusing import contest, sets
from benchmarks.fusing.contest import TITLES, Run
from benchmarks.fusing.metrics import Quality
from benchmarks.fusing.sets import Kind, Set

F1_BARS: Mapping[str, str] = {sets.SMALL.name: ".86", sets.SYRIA.name: ".76", sets.NOISY.name: ".79"}
ABOVE_BARS: Mapping[str, str] = {sets.SMALL.name: ".25", sets.SYRIA.name: ".20"}
CUBED_BARS: Mapping[str, str] = {sets.SMALL.name: ".89", sets.SPARSE.name: ".92"}
SECONDS_BARS: Mapping[str, str] = {sets.MIDDLE.name: "1.5", sets.LARGE.name: "8"}
STRETCH: Mapping[str, str] = {sets.LARGE.name: "; stretch: 4"}
MEGABYTES_BARS: Mapping[str, str] = {sets.LARGE.name: "1200"}
TIMES_SPLINK = Decimal(3)
MELTT: Mapping[str, tuple[str, str, str]] = {
    sets.SMALL.name: (".579", ".693", "38"), sets.MIDDLE.name: (".569", ".687", "1640"),
}  # fmt: skip
"""F1, B-cubed and seconds of MELTT 0.4.3 in R (43 datasets, 0 days, 15 km) as the design papers measured them on the same
noise model with another seed and on another run of a like machine; quoted, never run here."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A set, ours on it, and the peers that ended, each with its quality."""

    set: Set
    ours: tuple[Run, Quality]
    peers: Mapping[str, tuple[Run, Quality]]


def outcome(kind: Kind, policy: bytes, progress: Callable[[str], None]) -> Outcome:
    """Run everything on one set."""
    one = sets.simulated(kind, policy, progress)
    run = contest.ours("fuse", one)
    own = run, contest.quality(one, run)
    progress(f"{one.name}: ours {run.seconds:.2f} s, {run.peak_mb:.0f} MB, F1 {own[1].f1:.3f}")
    ran = contest.all_peers(one, contest.METHODS[kind.name], progress)
    return Outcome(one, own, {method: (run, contest.quality(one, run)) for method, run in ran.items()})


def rows(found: Outcome) -> list[Row]:
    """All rows of one set."""
    return [*_found(found), *_speed(found)]


def share(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")


def _found(found: Outcome) -> list[Row]:
    name = found.set.name
    own = found.ours[1]
    f1, cubed = share(own.f1), share(own.cubed)
    what = f"{name} ({found.set.reports} reports)"
    told = [Row(f"seed of {name}, from the policy's SHA-256", Decimal(found.set.seed), "seed")]
    told.append(Row(f"pairwise F1, {what}", f1, "F1", bar=_bar(F1_BARS, name)))
    told.append(Row(f"pairwise precision, {name}", share(own.precision), "share"))
    told.append(Row(f"pairwise recall, {name}", share(own.recall), "share"))
    best = max(found.peers, key=lambda method: found.peers[method][1].f1)
    above = f1 - share(found.peers[best][1].f1)
    told.append(Row(f"F1 above the best peer ({TITLES[best]}), {name}", above, "F1", bar=_bar(ABOVE_BARS, name)))
    told.append(Row(f"B-cubed F, {name}", cubed, "F", bar=_bar(CUBED_BARS, name)))
    for method, (_, quality) in sorted(found.peers.items()):
        told.append(Row(f"F1, {name}; {TITLES[method]}", f1, "F1", share(quality.f1)))
        told.append(Row(f"B-cubed F, {name}; {TITLES[method]}", cubed, "F", share(quality.cubed)))
    if name in MELTT:
        told.append(Row(f"F1, {name}; MELTT, quoted", f1, "F1", Decimal(MELTT[name][0])))
        told.append(Row(f"B-cubed F, {name}; MELTT, quoted", cubed, "F", Decimal(MELTT[name][1])))
    return told


def _speed(found: Outcome) -> list[Row]:
    name = found.set.name
    own = found.ours[0]
    seconds, megabytes = Decimal(f"{own.seconds:.3f}"), Decimal(round(own.peak_mb))
    stretch = STRETCH.get(name, "")
    told = [
        Row(f"seconds, {name}{stretch}", seconds, "s", bar=_bar(SECONDS_BARS, name), at_least=False),
        Row(f"peak memory, {name}", megabytes, "MB", bar=_bar(MEGABYTES_BARS, name), at_least=False),
    ]
    told.append(Row(f"CPU seconds, {name}", Decimal(f"{own.cpu_seconds:.3f}"), "s"))
    if name not in SECONDS_BARS:
        return told
    rate = Decimal(round(found.set.reports / own.seconds))
    for method, (run, _) in sorted(found.peers.items()):
        bar = TIMES_SPLINK if method == "splink_told" else None
        theirs = Decimal(round(run.peak_mb))
        told.append(Row(f"reports a second, {name}; {TITLES[method]}", rate, "1/s", _rate(found.set, run), bar))
        told.append(Row(f"peak memory, {name}; {TITLES[method]}", megabytes, "MB", theirs, None, False))
    if name in MELTT:
        quoted = Decimal(round(found.set.reports / float(MELTT[name][2])))
        told.append(Row(f"reports a second, {name}; MELTT, quoted", rate, "1/s", quoted))
    return told


def _rate(one: Set, run: Run) -> Decimal:
    return Decimal(max(1, round(one.reports / max(run.seconds, 1e-9))))


def _bar(bars: Mapping[str, str], name: str) -> Decimal | None:
    return Decimal(bars[name]) if name in bars else None
