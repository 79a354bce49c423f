"""From claims to suggested incidents, with the reasons, and with what people decided.

Rules
1. The background is taken of the claims, unless a published one is handed in; pairs are weighed and groups grown as `engine`
   says. The result is a function of the set of claims, the set of decisions, the background and the table.
2. A person's decision outranks every weight: `same` joins first, `not the same` keeps apart for ever.
3. Decisions that contradict each other (a chain of `same` between two claims decided not the same) are all refused and
   shown. They are never resolved by order, time or number.
4. A group is named by its earliest-starting claim.

Links, never merges: a claim is never altered, and a group is a suggestion until an act adopts it. Not done here: claims that
arrive one at a time (`arriving`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tiga.drafts import Claim, Decision, Grouping, Match
from tiga.fusion import engine, reasons
from tiga.fusion.columns import Kinds, Reader, kinds_by_letter
from tiga.fusion.density import Snapshot
from tiga.fusion.policy import Policy, shipped
from tiga.fusion.scores import Weighing

CLAIMS_LIMIT = 2_000_000
"""Claims in one run."""
DECISIONS_LIMIT = 100_000
"""Decisions in one run."""


class TooManyClaims(ValueError):
    """More claims than one run takes; the message says how many are taken."""


class ClaimTwice(ValueError):
    """Two claims with one id; the message names it."""


class TooManyDecisions(ValueError):
    """More decisions than one run takes."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A contradiction among decisions: two claims decided not the same, and the decisions `same` that chain them."""

    apart: Decision
    chain: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run suggests: every claim in exactly one group, the pairs it looked at, and decisions it could not follow.

    `considered` are the pairs worth showing (`reasons`), `conflicts` contradictory decisions, `unheard` decisions that name a
    claim not present, or one claim twice.
    """

    groups: tuple[Grouping, ...]
    considered: tuple[Match, ...]
    conflicts: tuple[Conflict, ...]
    unheard: tuple[Decision, ...]
    policy_version: str


def group(
    claims: Sequence[Claim], decisions: Sequence[Decision] = (), policy: Policy | None = None,
    tree: Kinds | None = None, background: Snapshot | None = None,
) -> Result:  # fmt: skip
    """Group claims into suggested incidents; raises ClaimTwice, TooManyDecisions, TooManyClaims.

    `tree` is the agreement's act tree; without it, families are the first letters of codes.
    """
    table = policy or shipped()
    ordered = sorted(claims, key=lambda claim: claim.claim_id)
    for one, other in pairwise(ordered):
        if one.claim_id == other.claim_id:
            raise ClaimTwice(f"claim {one.claim_id} is given twice; hand in each claim once")
    if len(ordered) > CLAIMS_LIMIT:
        raise TooManyClaims(f"{len(ordered)} claims; one run takes {CLAIMS_LIMIT}: split them by month or region")
    if len(decisions) > DECISIONS_LIMIT:
        raise TooManyDecisions(f"{len(decisions)} decisions; one run takes {DECISIONS_LIMIT}")
    known = {claim.claim_id: at for at, claim in enumerate(ordered)}
    heard, unheard = usable(decisions, known)
    standing, conflicts = without_contradictions(heard)
    if not ordered:
        return Result((), (), conflicts, unheard, table.version)
    kinds = tree or kinds_by_letter(ordered)
    fused = _fused(ordered, known, standing, table, kinds, background)
    in_keys = [ordered[at] for at in fused.order.tolist()]
    weighing = Weighing(in_keys, fused.claims, kinds, fused.background, table)
    groups, considered = _told(weighing, fused, {frozenset((d.left, d.right)) for d in standing})
    return Result(groups, considered, conflicts, unheard, table.version)


def own_background(claims: Sequence[Claim], tree: Kinds, policy: Policy) -> Snapshot:
    """The background of these claims themselves."""
    return engine.fuse(Reader(tree).read(claims), tree, policy).background


def _fused(
    claims: Sequence[Claim], known: dict[str, int], standing: Sequence[Decision], policy: Policy, tree: Kinds,
    background: Snapshot | None,
) -> engine.Fused:  # fmt: skip
    """The whole way for claims, each `known` by its place, holding to decisions that do not contradict each other."""
    together, apart = (places([d for d in standing if d.same is same], known) for same in (True, False))
    return engine.fuse(Reader(tree).read(claims), tree, policy, background, together, apart)


def grouped(
    claims: Sequence[Claim], decisions: Sequence[Decision], policy: Policy, tree: Kinds, background: Snapshot | None
) -> list[tuple[str, ...]]:
    """The groups alone, each as sorted claim ids, without reasons."""
    if not claims:
        return []
    known = {claim.claim_id: at for at, claim in enumerate(claims)}
    standing, _ = without_contradictions(usable(decisions, known)[0])
    fused = _fused(claims, known, standing, policy, tree, background)
    members: dict[int, list[str]] = defaultdict(list)
    for claim, home in zip(claims, fused.labels().tolist(), strict=True):
        members[home].append(claim.claim_id)
    return [tuple(sorted(group)) for group in members.values()]


def _told(
    weighing: Weighing, fused: engine.Fused, decided: set[frozenset[str]]
) -> tuple[tuple[Grouping, ...], tuple[Match, ...]]:
    """The groups, and the pairs that are worth showing."""
    claims, label = weighing.claims, fused.label
    members: dict[int, list[Claim]] = defaultdict(list)
    for claim, home in zip(claims, label.tolist(), strict=True):
        members[home].append(claim)
    place = {claim.claim_id: at for at, claim in enumerate(claims)}
    pairs = zip(fused.pairs.left.tolist(), fused.pairs.right.tolist(), strict=True)
    considered = reasons.shown(weighing, pairs, [(place[a], place[b]) for a, b in map(sorted, decided)], label.tolist())
    inner: dict[int, list[Match]] = defaultdict(list)
    for match in considered:
        if (home := int(label[place[match.left]])) == label[place[match.right]]:
            inner[home].append(match)
    groups = [
        Grouping(named(group), tuple(sorted(claim.claim_id for claim in group)), tuple(inner[home]))
        for home, group in members.items()
    ]
    return tuple(sorted(groups, key=lambda grouping: grouping.group_id)), considered


def named(group: Iterable[Claim]) -> str:
    """The name of a group: the id of its earliest-starting claim, of equals the lowest."""
    return min(group, key=lambda claim: (claim.start_min, claim.claim_id)).claim_id


# ---- decisions


def usable(decisions: Iterable[Decision], known: dict[str, int]) -> tuple[list[Decision], tuple[Decision, ...]]:
    """Decisions with left < right, each once and sorted; and those about claims that are not here."""
    turned = {
        decision if decision.left <= decision.right else Decision(decision.right, decision.left, decision.same)
        for decision in decisions
    }
    in_order = sorted(turned, key=lambda decision: (decision.left, decision.right, decision.same))
    usable = [d for d in in_order if d.left in known and d.right in known and d.left != d.right]
    return usable, tuple(d for d in in_order if d not in set(usable))


def places(decisions: Iterable[Decision], known: dict[str, int]) -> NDArray[np.int32]:
    """The pairs of places that decisions speak of."""
    rows = [(known[decision.left], known[decision.right]) for decision in decisions]
    return np.array(rows, dtype=np.int32).reshape(-1, 2)


def without_contradictions(decisions: list[Decision]) -> tuple[list[Decision], tuple[Conflict, ...]]:
    """The decisions that can all hold, and each contradiction with its chain; all its members are refused."""
    links: dict[str, set[str]] = defaultdict(set)
    for decision in decisions:
        if decision.same:
            links[decision.left].add(decision.right)
            links[decision.right].add(decision.left)
    conflicts = []
    for decision in decisions:
        if not decision.same:
            chain = _chain(decision.left, decision.right, links)
            if chain:
                conflicts.append(
                    Conflict(decision, tuple(d for d in decisions if d.same and (d.left, d.right) in chain))
                )
    refused = {conflict.apart for conflict in conflicts} | {d for conflict in conflicts for d in conflict.chain}
    return [decision for decision in decisions if decision not in refused], tuple(conflicts)


def _chain(start: str, end: str, links: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Links that connect two claims: those within reach of `start`, without branches that lead nowhere; empty if
    none do."""
    reached, waiting = {start}, [start]
    while waiting:
        for other in links[waiting.pop()]:
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    if end not in reached:
        return set()
    left = {claim: links[claim] & reached for claim in reached}
    ends = [claim for claim in reached if len(left[claim]) == 1 and claim not in (start, end)]
    while ends:
        claim = ends.pop()
        (other,) = left.pop(claim)
        left[other] = left[other] - {claim}
        if len(left[other]) == 1 and other not in (start, end):
            ends.append(other)
    return {(min(a, b), max(a, b)) for a, others in left.items() for b in others}
