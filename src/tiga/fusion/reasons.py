"""Why claims are together and why others are not with them: the pairs worth showing, with all their reasons.

Rules
1. Shown are pairs inside a group, pairs across two groups that came near the line (the table's `shown`), pairs that one
   source tells apart, and pairs that a person decided on.
2. Why not elsewhere is said of the other group that agrees best, by the very sum that groups are joined by, with what kept the
   two apart.
3. Reasons are made when somebody asks (`around`), from the claims, the background and the table that the groups were made
   with; they are kept nowhere.

Not done here: words (`explain`), and who may see a pair.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiga.drafts import Claim, Decision, Match
from tiga.fusion import density
from tiga.fusion.candidates import weighed
from tiga.fusion.columns import LEVEL, Kinds, Reader
from tiga.fusion.density import Snapshot, shift_mb
from tiga.fusion.partition import UNIT
from tiga.fusion.policy import Policy
from tiga.fusion.scores import Weighing

BARS = ("person", "veto", "chain", "stop", "order")
"""What keeps two groups apart: a person's word; one pair at the table's `veto`; no pair above its `floor`; an agreement not
above its `stop`; or that other claims were joined first."""


@dataclass(frozen=True, slots=True)
class Rival:
    """The other group that agrees best with some claims. `agreement` is S/(M·N)^0.75 over all pairs across in millibits, as
    `partition` has it, though something else may keep the two apart (`bar`); `weighed` pairs across were worth weighing,
    `unscored` were not; `strongest` is the heaviest of them. `line` is the number of the table that `bar` speaks of, else 0."""

    group_id: str
    agreement: int
    bar: str
    line: int
    weighed: int
    unscored: int
    strongest: Match


@dataclass(frozen=True, slots=True)
class Reasons:
    """The pairs that touch some claims, strongest first, and the best other group, or None where nothing comes near."""

    matches: tuple[Match, ...]
    rival: Rival | None


def around(
    claims: Sequence[Claim], wanted: Collection[str], home: Mapping[str, str], words: Sequence[Decision], tree: Kinds,
    policy: Policy, background: Snapshot, asked: Collection[tuple[str, str]] = (),
) -> Reasons:  # fmt: skip
    """Why the wanted claims are where they are. `claims` are these and all that may lie near them, `home` the group of each by
    id, `words` people's decisions, `asked` pairs of ids to show whatever they weigh."""
    read = Reader(tree).read(claims)
    order = np.argsort(read.keys, kind="stable")
    columns = density.rated(read.take(order), background)
    weighing = Weighing([claims[at] for at in order.tolist()], columns, tree, background, policy)
    found = weighed(columns, tree.table, background.bands, policy, 1, shift_mb(background))
    ours = np.array([claim.claim_id in wanted for claim in weighing.claims], dtype=bool)
    touching = ours[found.left] | ours[found.right]
    columns_of = (found.left[touching].tolist(), found.right[touching].tolist(), found.weight[touching].tolist())
    pairs = {(i, j): weight for i, j, weight in zip(*columns_of, strict=True)}
    place = {claim.claim_id: at for at, claim in enumerate(weighing.claims)}
    spoken = [pair for pair in (*((word.left, word.right) for word in words), *asked) if set(pair) & set(wanted)]
    decided = [(place[a], place[b]) for a, b in spoken if a in place and b in place]
    label = [home.get(claim.claim_id, claim.claim_id) for claim in weighing.claims]
    rows = shown(weighing, pairs, decided, label)
    apart = {(place[w.left], place[w.right]) for w in words if not w.same and w.left in place and w.right in place}
    return Reasons(
        tuple(sorted(rows, key=lambda match: (-match.millibits, match.left, match.right))),
        _rival(weighing, pairs, label, ours, apart),
    )


def _rival(
    weighing: Weighing, pairs: Mapping[tuple[int, int], int], label: Sequence[str], ours: NDArray[np.bool_],
    apart: Collection[tuple[int, int]],
) -> Rival | None:  # fmt: skip
    """The best other group: of equals the one with the lowest id."""
    own = np.flatnonzero(ours).tolist()
    inside = {label[at] for at in own}
    near = {label[i] for i, j in pairs} | {label[j] for i, j in pairs}
    members: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(label):
        if name in near and name not in inside:
            members[name].append(at)
    found = [_against(weighing, pairs, own, name, group, apart) for name, group in members.items()]
    return min(found, key=lambda rival: (-rival.agreement, rival.group_id), default=None)


def _against(
    weighing: Weighing, pairs: Mapping[tuple[int, int], int], own: Sequence[int], name: str, group: Sequence[int],
    apart: Collection[tuple[int, int]],
) -> Rival:  # fmt: skip
    """How some claims and a group agree, and what keeps them apart."""
    table, levels = weighing.policy, weighing.columns.rows[:, LEVEL]
    across = [(min(i, j), max(i, j)) for i in own for j in group]
    weights = {pair: pairs[pair] for pair in across if pair in pairs}
    mass = [table.masses[level] for level in levels.tolist()]
    total = sum(weights.get((i, j), table.unscored) * mass[i] * mass[j] for i, j in across)
    both = math.sqrt(sum(mass[at] for at in own) * sum(mass[at] for at in group))
    agreement = round(total / (both * math.sqrt(both)) / UNIT)
    heaviest = min(weights, key=lambda pair: (-weights[pair], pair))
    bar = (
        "person" if {*across, *((j, i) for i, j in across)} & set(apart)
        else "veto" if min(weights.values()) <= table.veto
        else "chain" if weights[heaviest] <= table.floor
        else "stop" if agreement <= table.stop
        else "order"
    )  # fmt: skip
    line = {"veto": table.veto, "chain": table.floor, "stop": table.stop}.get(bar, 0)
    return Rival(name, agreement, bar, line, len(weights), len(across) - len(weights), weighing.match(*heaviest))


def shown(
    weighing: Weighing, pairs: Iterable[tuple[int, int]], decided: Iterable[tuple[int, int]], label: Sequence[object]
) -> tuple[Match, ...]:
    """Those of these pairs of places that are worth showing, by the ids of their claims; `label` tells each claim's group."""
    spoken = {(min(pair), max(pair)) for pair in decided}
    rows = []
    for i, j in {(min(pair), max(pair)) for pair in pairs} | spoken:
        match = weighing.match(i, j)
        near = match.millibits >= weighing.policy.shown or two_times(match)
        if label[i] == label[j] or near or (i, j) in spoken:
            rows.append(match)
    return tuple(sorted(rows, key=lambda match: (match.left, match.right)))


def two_times(match: Match) -> bool:
    """Whether one source tells the two apart by their times."""
    return any(weight.code == "match.source.two_times" for weight in match.weights)
