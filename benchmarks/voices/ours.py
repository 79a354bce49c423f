"""Our posteriors on the simulated claims, measured as the peers are.

Rules
1. An outlet counts with its first claim on an incident, as for the peers. Copies are `known` (left out, every outlet its
   own named origin) or `detected` (nothing named: `copies_of` has to find them by their particulars).
2. The share is the one given out, with `unknown` in it and never the truth: nothing is scaled up to flatter.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from tiga.drafts import Claim
from tiga.fusion.learning import Adjudicated
from tiga.fusion.odds import Table
from tiga.fusion.posteriors import Posteriors, reckoned
from tiga.fusion.voices import Setting, voices
from tiga.fusion.wording import settled_act

PARTIES = ("party-a", "party-b")
ACTORS = (*PARTIES, "group-1", "group-2", "group-3", "group-4")
CHANNELS = ("monitor", "liaison", "liaison", "media", "media", "dataset")
SPEAKERS = {1: "party-a", 2: "party-b"}
CLASSES = {3: "agency", 4: "press"}
SURE_PPM, LOSS_SHARE_MIN = 950_000, 1e-6

Row = Sequence[Any]
Tree = Sequence[Sequence[str]]
"""The acts of the noise model: leaf, what is above it, and what is above that."""


def incidents(rows: Iterable[Row], known: bool) -> tuple[dict[int, list[Claim]], dict[int, str], Setting]:
    """Claims by incident, the actor of each in truth, and the setting; `known` as in rule 1."""
    claims: dict[int, list[Claim]] = defaultdict(list)
    truth: dict[int, str] = {}
    classes: dict[str, str] = {}
    seen: set[tuple[int, int]] = set()
    for number, row in enumerate(rows):
        incident, source_class, source, derived = row[0], row[1], row[2], row[12]
        if (known and derived >= 0) or (incident, source) in seen:
            continue
        seen.add((incident, source))
        name = f"s{source_class}-{source}"
        if source_class in CLASSES:
            classes[name] = CLASSES[source_class]
        truth[incident] = ACTORS[row[13]]
        claims[incident].append(_claim(f"r{number:06d}", row, name, known))
    return claims, truth, Setting(PARTIES, ACTORS[2:], classes)


def _claim(claim_id: str, row: Row, source: str, known: bool) -> Claim:
    _, source_class, _, lat, lon, accuracy, start, end, kind, actor, dead, place, _, _, _, _ = row
    return Claim(
        claim_id=claim_id,
        source=source,
        origin=source if known else "",
        channel=CHANNELS[source_class],
        party=SPEAKERS.get(source_class, ""),
        start_min=round(start * 60),
        end_min=round(end * 60),
        lat_e7=round(lat * 1e7),
        lon_e7=round(lon * 1e7),
        radius_m=round(accuracy * 1000),
        toponym=place,
        acts=(f"T{kind}",),
        actor=ACTORS[actor],
        stance="asserts",
        deaths_low=None if dead is None else round(dead),
        deaths_high=None if dead is None else round(dead),
        fingerprint="",
    )


def answered(claims: dict[int, list[Claim]], setting: Setting, table: Table) -> dict[int, Posteriors]:
    return {incident: reckoned(voices(own, setting, table), setting, table) for incident, own in claims.items()}


def adjudicated(claims: dict[int, list[Claim]], truth: dict[int, str], setting: Setting) -> list[Adjudicated]:
    return [Adjudicated(voices(own, setting), truth[incident]) for incident, own in claims.items()]


def measures(answers: dict[int, Posteriors], truth: dict[int, str]) -> dict[str, float]:
    """Right at all, log-loss, share of incidents on which 95 % or more is claimed, and how often that is right."""
    right = claimed = claimed_right = 0
    loss = 0.0
    for incident, answer in answers.items():
        best, own = answer.attributed[0], truth[incident]
        share = next((one.ppm for one in answer.attributed if one.name == own), 0)
        right += best.name == own
        loss -= math.log(max(LOSS_SHARE_MIN, share / 1e6))
        if best.ppm >= SURE_PPM:
            claimed, claimed_right = claimed + 1, claimed_right + (best.name == own)
    count = max(1, len(answers))
    sure_right = claimed_right / claimed if claimed else 1.0
    return {"right": right / count, "loss": loss / count, "claimed": claimed / count, "claimed_right": sure_right}


def acts_right(rows: Sequence[Row], tree: Tree, table: Table) -> dict[str, float]:
    """How often a node of the tree under which 95 % or more is claimed holds the true act; how often the act settled is the
    true one or above it, and how often it is as narrow as can be."""
    parents = {leaf: middle for leaf, middle, _ in tree} | {middle: root for _, middle, root in tree}
    parents |= {root: "" for _, _, root in tree}
    names = [leaf for leaf, _, _ in tree]
    names += [*sorted({middle for _, middle, _ in tree}), *sorted({root for _, _, root in tree})]
    true = {row[0]: tree[row[15]] for row in rows}
    claims, _, setting = incidents(rows, known=True)
    named = {
        incident: [replace(claim, acts=(names[int(claim.acts[0][1:])],)) for claim in own]
        for incident, own in claims.items()
    }
    sure = sure_right = settled_right = leaves = 0
    for incident, answer in answered(named, replace(setting, parents=parents), table).items():
        path, settled = (*true[incident], ""), settled_act(answer, table)
        nodes = [act.code for act in answer.acts if act.code and act.below_ppm >= SURE_PPM]
        sure, sure_right = sure + len(nodes), sure_right + sum(code in path for code in nodes)
        settled_right, leaves = settled_right + (settled in path), leaves + (settled == path[0])
    count = max(1, len(named))
    return {"sure_right": sure_right / max(1, sure), "settled": settled_right / count, "leaf": leaves / count}
