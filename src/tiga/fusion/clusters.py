"""From weighed pairs to suggested incidents: constrained average-link agglomeration.

Rules
1. Groups are joined best first by S/(n·m)^0.75, S the sum over all pairs across the two groups (a pair that was never
   compared counts `link_unscored`), down to `link_stop`; ties go to the lowest claim ids (fusion.md 4.6).
2. A pair of `link_veto` or less keeps its two groups apart, however well the others agree. Claims that are kept apart
   from another are left out of a first round, so that what nobody contests gathers first and then decides between them.
3. A person's decision outranks every weight: `same` joins first, `not the same` keeps apart for ever.
4. Decisions that contradict each other (a chain of `same` between two claims decided not the same) are all refused and
   shown. They are never resolved by order, time or number.
5. The result is a function of the set of claims, the set of decisions and the policy; the order in which they come
   plays no part, and integers decide everything.

Links, never merges: a claim is never altered, and a group is a suggestion until an act adopts it. Not done here:
incremental runs (each run is whole), and telling one incident's parts from its whole.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tiga.drafts import Claim, Decision, Grouping, Match
from tiga.fusion.candidates import candidates
from tiga.fusion.policy import POLICY_1, Policy
from tiga.fusion.scores import weigh

DECISIONS_LIMIT = 100_000
"""Decisions in one run."""
_ROOT_SCALE = 10**6
_KEY_SCALE = 10**6


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

    `considered` holds the pairs inside groups, those rejected near the line (at least `shown_min`), and those kept
    apart because one source gives two times. `conflicts` are
    contradictory decisions, `unheard` decisions that name a claim not present, or one claim twice.
    """

    groups: tuple[Grouping, ...]
    considered: tuple[Match, ...]
    conflicts: tuple[Conflict, ...]
    unheard: tuple[Decision, ...]
    policy_version: str


def group(claims: Sequence[Claim], decisions: Sequence[Decision] = (), policy: Policy = POLICY_1) -> Result:
    """Group claims into suggested incidents; raises ClaimTwice, TooManyDecisions, TooManyClaims."""
    ordered = sorted(claims, key=lambda claim: claim.claim_id)
    for one, other in pairwise(ordered):
        if one.claim_id == other.claim_id:
            raise ClaimTwice(f"claim {one.claim_id} is given twice; hand in each claim once")
    if len(decisions) > DECISIONS_LIMIT:
        raise TooManyDecisions(f"{len(decisions)} decisions; one run takes {DECISIONS_LIMIT}")
    known = {claim.claim_id: at for at, claim in enumerate(ordered)}
    heard, unheard = _heard(decisions, known)
    standing, conflicts = _without_contradictions(heard)
    pairs = set(candidates(ordered, policy)) | {_positions(decision, known) for decision in standing}
    matches = {pair: weigh(ordered[pair[0]], ordered[pair[1]], policy) for pair in sorted(pairs)}
    together = [_positions(decision, known) for decision in standing if decision.same]
    apart = [_positions(decision, known) for decision in standing if not decision.same]
    members = _agglomerate(
        len(ordered), {pair: match.millibits for pair, match in matches.items()}, together, apart, policy
    )
    groups = _groupings(ordered, members, matches)
    inside = {(match.left, match.right) for grouping in groups for match in grouping.matches}
    considered = tuple(
        match
        for match in matches.values()
        if match.millibits >= policy.shown_min or (match.left, match.right) in inside or _two_times(match)
    )
    return Result(groups, considered, conflicts, unheard, policy.version)


def _two_times(match: Match) -> bool:
    return any(weight.code == "match.source.two_times" for weight in match.weights)


def _groupings(
    claims: Sequence[Claim], members: list[list[int]], matches: dict[tuple[int, int], Match]
) -> tuple[Grouping, ...]:
    """Groups named by their earliest-starting claim (ties: lowest id), sorted by that name."""
    home = {at: number for number, group_members in enumerate(members) for at in group_members}
    inner: dict[int, list[Match]] = defaultdict(list)
    for (i, j), match in matches.items():
        if home[i] == home[j]:
            inner[home[i]].append(match)
    groups = []
    for number, group_members in enumerate(members):
        first = min(group_members, key=lambda at: (claims[at].start_min, claims[at].claim_id))
        ids = tuple(sorted(claims[at].claim_id for at in group_members))
        groups.append(Grouping(claims[first].claim_id, ids, tuple(inner[number])))
    return tuple(sorted(groups, key=lambda grouping: grouping.group_id))


# ---- decisions


def _heard(decisions: Iterable[Decision], known: dict[str, int]) -> tuple[list[Decision], tuple[Decision, ...]]:
    """Decisions with left < right, each once and sorted; and those about claims that are not here."""
    turned = {
        decision if decision.left <= decision.right else Decision(decision.right, decision.left, decision.same)
        for decision in decisions
    }
    in_order = sorted(turned, key=lambda decision: (decision.left, decision.right, decision.same))
    usable = [d for d in in_order if d.left in known and d.right in known and d.left != d.right]
    return usable, tuple(d for d in in_order if d not in set(usable))


def _positions(decision: Decision, known: dict[str, int]) -> tuple[int, int]:
    i, j = known[decision.left], known[decision.right]
    return (i, j) if i < j else (j, i)


def _without_contradictions(decisions: list[Decision]) -> tuple[list[Decision], tuple[Conflict, ...]]:
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


# ---- agglomeration


class _Field:
    """The groups as they grow: members, the sum and number of scored pairs between neighbours, and what is kept
    apart."""

    __slots__ = ("barred", "members", "policy", "sums")

    def __init__(self, count: int, weights: dict[tuple[int, int], int], policy: Policy) -> None:
        self.policy = policy
        self.members: dict[int, list[int]] = {at: [at] for at in range(count)}
        self.sums: dict[int, dict[int, tuple[int, int]]] = {at: {} for at in range(count)}
        self.barred: dict[int, set[int]] = defaultdict(set)
        for (i, j), millibits in weights.items():
            self.sums[i][j] = self.sums[j][i] = (millibits, 1)
            if millibits <= policy.link_veto:
                self.bar(i, j)

    def bar(self, i: int, j: int) -> None:
        self.barred[i].add(j)
        self.barred[j].add(i)

    def key(self, i: int, j: int) -> int:
        """S/(n·m)^0.75 in millionths of a millibit, by integer roots."""
        total, scored = self.sums[i][j]
        pairs = len(self.members[i]) * len(self.members[j])
        total += (pairs - scored) * self.policy.link_unscored
        root = math.isqrt(math.isqrt(pairs**3 * _ROOT_SCALE**4))
        return total * _KEY_SCALE * _ROOT_SCALE // root

    def join(self, i: int, j: int) -> None:
        """Take group j into group i."""
        self.members[i] += self.members.pop(j)
        mine, theirs = self.sums[i], self.sums.pop(j)
        for other, (total, scored) in theirs.items():
            del self.sums[other][j]
            if other != i:
                own_total, own_scored = mine.get(other, (0, 0))
                mine[other] = self.sums[other][i] = (own_total + total, own_scored + scored)
        for other in self.barred.pop(j, set()):
            self.barred[other].discard(j)
            self.bar(i, other)


def _agglomerate(
    count: int,
    weights: dict[tuple[int, int], int],
    together: list[tuple[int, int]],
    apart: list[tuple[int, int]],
    policy: Policy,
) -> list[list[int]]:
    """Members of each group, sorted; positions follow the claims sorted by id, so ties go to the lowest id."""
    # A person's word outranks a veto: vetoes between claims that are held together are dropped before they can spread.
    root = _united(count, together)
    own = {pair: value for pair, value in weights.items() if root[pair[0]] != root[pair[1]] or value > policy.link_veto}
    field = _Field(count, own, policy)
    for at in range(count):
        if root[at] != at:
            field.join(root[at], at)
    for i, j in apart:
        field.bar(root[i], root[j])
    contested = {at for at in field.barred if field.barred[at]}
    _join_best(field, contested)
    _join_best(field, set())
    return sorted(sorted(members) for members in field.members.values())


def _join_best(field: _Field, left_out: set[int]) -> None:
    """Join the two groups that agree best, again and again, leaving out some claims."""
    stop = field.policy.link_stop * _KEY_SCALE
    heap: list[tuple[int, int, int]] = []
    for i in field.sums:
        for j in field.sums[i]:
            if i < j and i not in left_out and j not in left_out and j not in field.barred[i]:
                key = field.key(i, j)
                if key > stop:
                    heap.append((-key, i, j))
    heapq.heapify(heap)
    while heap:
        negative, i, j = heapq.heappop(heap)
        if i not in field.sums or j not in field.sums[i] or j in field.barred[i] or field.key(i, j) != -negative:
            continue
        field.join(i, j)
        for other in field.sums[i]:
            if other not in field.barred[i] and other not in left_out:
                key = field.key(i, other)
                if key > stop:
                    heapq.heappush(heap, (-key, min(i, other), max(i, other)))


def _united(count: int, together: list[tuple[int, int]]) -> list[int]:
    """For each position the lowest position it is held together with."""
    root = list(range(count))

    def top(at: int) -> int:
        while root[at] != at:
            at = root[at]
        return at

    for i, j in together:
        low, high = sorted((top(i), top(j)))
        root[high] = low
    return [top(at) for at in range(count)]
