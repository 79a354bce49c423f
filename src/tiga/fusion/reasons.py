"""Why claims are together and why others are not with them: the pairs worth showing, with all their reasons.

Rules
1. Shown are pairs inside a group, pairs across two groups that came near the line (the table's `shown`), pairs that one
   source tells apart, and pairs that a person decided on.
2. Reasons are made when somebody asks (`around`), from the claims, the background and the table that the groups were made
   with; they are kept nowhere.

Not done here: words (`explain`), and who may see a pair.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from tiga.drafts import Claim, Match
from tiga.fusion import density
from tiga.fusion.candidates import weighed
from tiga.fusion.columns import Kinds, Reader
from tiga.fusion.density import Snapshot, shift_mb
from tiga.fusion.policy import Policy
from tiga.fusion.scores import Weighing

Pair = tuple[str, str]


def around(
    claims: Sequence[Claim], wanted: Collection[str], home: Mapping[str, str], decided: Iterable[Pair], tree: Kinds,
    policy: Policy, background: Snapshot,
) -> tuple[Match, ...]:  # fmt: skip
    """The pairs that touch a wanted claim, strongest first. `claims` are the wanted ones and all that may lie near them, `home`
    the group of each by id, `decided` pairs of ids that people spoke on."""
    read = Reader(tree).read(claims)
    order = np.argsort(read.keys, kind="stable")
    columns = density.rated(read.take(order), background)
    weighing = Weighing([claims[at] for at in order.tolist()], columns, tree, background, policy)
    found = weighed(columns, tree.table, background.bands, policy, 1, shift_mb(background))
    asked = np.array([claim.claim_id in wanted for claim in weighing.claims], dtype=bool)
    touching = asked[found.left] | asked[found.right]
    place = {claim.claim_id: at for at, claim in enumerate(weighing.claims)}
    pairs = {(i, j) for i, j in zip(found.left[touching].tolist(), found.right[touching].tolist(), strict=True)}
    spoken = {(place[a], place[b]) for a, b in decided if a in place and b in place and {a, b} & set(wanted)}
    label = [home.get(claim.claim_id, claim.claim_id) for claim in weighing.claims]
    rows = shown(weighing, pairs, spoken, label)
    return tuple(sorted(rows, key=lambda match: (-match.millibits, match.left, match.right)))


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
