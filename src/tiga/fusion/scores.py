"""The reasons for and against holding two claims to be about one happening, each with its weight.

Rules
1. A match is a sum of reasons: a code of the catalogue, whole millibits and the values that fill its words. They are what the
   batch adds up, from the same comparison (`comparing`) and the same table (`policy`), so whoever reads the rows has read
   the whole decision.
2. What weighs nothing because it is not known has no row; a relation that weighs nothing has one.
3. `Weighing.match(i, j)` equals `match(j, i)`; left is the lower claim id.

Not done here: whether a claim is true, and which claims are worth comparing (candidates).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tiga.drafts import Claim, Match, Weight
from tiga.fusion import comparing, density, reckoning
from tiga.fusion.columns import Columns, Kinds, Reader, kinds_by_letter
from tiga.fusion.comparing import KINDS_OF_EVIDENCE, NAME_BANDS, SOURCE_RELATIONS
from tiga.fusion.density import Snapshot, shift_mb
from tiga.fusion.policy import Policy, shipped

HALF_HOUR_MIN, SLACK_MIN = 30, 10
"""PKT and AFT lie half an hour apart."""
UTC_MIN = (270, 300)
"""What a local time of AFT or PKT is off when it was taken for UTC."""
NAMES = ("", "same", "like", "somewhat", "unlike", "unlike", "elsewhere")
ACTS = ("", "same", "family", "family", "family", "consequence", "different", "different")
ACTORS = ("", "same", "opposed", "party", "different", "denial")
MANY = 3
"""Dead from which the same number is no coincidence."""
NEAR_RATIOS, APART_RATIOS, SOME_AND_NONE = 3, 5, 8


@dataclass(frozen=True, slots=True)
class Weighing:
    """Rated claims with what is needed to say why: the claims themselves in the same order, tree, background and table."""

    claims: Sequence[Claim]
    columns: Columns
    tree: Kinds
    background: Snapshot
    policy: Policy

    def match(self, i: int, j: int) -> Match:
        """All reasons about the claims at two places, and their sum."""
        if self.claims[j].claim_id < self.claims[i].claim_id:
            i, j = j, i
        found = np.empty(len(KINDS_OF_EVIDENCE), dtype=np.int32)
        rows, signs = self.columns.rows, self.columns.signs
        comparing.compare(rows, i, rows, j, signs[i], signs[j], self.tree.table, self.background.bands, found)
        steps = dict(zip(KINDS_OF_EVIDENCE, found.tolist(), strict=True))
        a, b = self.claims[i], self.claims[j]
        weight = {kind: self.policy.weight(kind, step) for kind, step in steps.items()}
        weights = (
            Weight("match.base", self.policy.base + shift_mb(self.background), {}),
            *_place(a, b, steps, weight, self._rate(i, j)),
            _time(a, b, weight["time"] + weight["lag"]),
            *((Weight("match.both", weight["both"], {}),) if steps["both"] >= 0 else ()),
            *_act(a, b, steps["act"], weight["act"]),
            *_actor(a, b, steps["actor"], weight["actor"]),
            *_harm(a, b, steps["harm"], weight["harm"]),
            _source(a, b, steps["source"] % SOURCE_RELATIONS, weight["source"]),
        )
        return Match(a.claim_id, b.claim_id, weights, sum(one.millibits for one in weights))

    def _rate(self, i: int, j: int) -> int:
        """Square kilometres to one unrelated report in the window, around both."""
        rows = self.columns.rows
        rate = comparing.rate_mb(rows, i, rows, j, comparing.variance(rows, i, rows, j))
        return max(1, round(float(2.0 ** (-rate / 1_000))))


def weigh(a: Claim, b: Claim, policy: Policy | None = None, background: Snapshot | None = None) -> Match:
    """All reasons about two claims; without a background, as if there were no other reports."""
    tree = kinds_by_letter((a, b))
    columns = Reader(tree).read((a, b))
    there = background or density.snapshot(columns, len(tree.table))
    return Weighing((a, b), density.rated(columns, there), tree, there, policy or shipped()).match(0, 1)


def distance_m(a: Claim, b: Claim) -> float | None:
    """Metres between the points of two claims, or None where either has none."""
    if a.lat_e7 is None or a.lon_e7 is None or b.lat_e7 is None or b.lon_e7 is None:
        return None
    return reckoning.metres(a.lat_e7, a.lon_e7, b.lat_e7, b.lon_e7)


def gap_min(a: Claim, b: Claim) -> int:
    """Minutes between the stated intervals of two claims; negative where they overlap."""
    return max(a.start_min, b.start_min) - min(a.end_min, b.end_min)


def _place(a: Claim, b: Claim, steps: dict[str, int], weight: dict[str, int], area: int) -> tuple[Weight, ...]:
    band = NAMES[steps["name"] % NAME_BANDS]
    alone = "alone_" if steps["space"] < 0 and band != "elsewhere" else ""
    names = {"left": a.toponym, "right": b.toponym}
    named = (Weight(f"match.name.{alone}{band}", weight["name"], names),) if band else ()
    apart = distance_m(a, b)
    if apart is None:
        return named or (Weight("match.place.unknown", 0, {}),)
    reach = a.radius_m + b.radius_m
    code = "within" if apart <= reach else "near" if apart <= 2 * reach + 3_000 else "far"
    return (
        Weight(f"match.place.{code}", weight["space"] + weight["distance"], {"km": _km(apart), "reach": _km(reach)}),
        Weight("match.rate", weight["rate"], {"area": str(area)}),
        *named,
    )


def _time(a: Claim, b: Claim, millibits: int) -> Weight:
    gap, started = gap_min(a, b), abs(a.start_asserted_min - b.start_asserted_min)
    code = "overlap" if gap <= 0 else "apart"
    if gap > 0 and max(a.end_min - a.start_min, b.end_min - b.start_min) <= comparing.CLOCKS_SPAN_MIN:
        if abs(started - HALF_HOUR_MIN) <= SLACK_MIN:
            code = "zone_half_hour"
        elif any(abs(started - offset) <= SLACK_MIN for offset in UTC_MIN):
            code = "zone_utc"
    return Weight(f"match.time.{code}", millibits, {"minutes": str(started), "gap": str(max(gap, 0))})


def _act(a: Claim, b: Claim, step: int, millibits: int) -> tuple[Weight, ...]:
    code = ACTS[step // comparing.BANDS]
    values = {"left": " ".join(a.acts), "right": " ".join(b.acts)}
    return (Weight(f"match.act.{code}", millibits, values),) if code else ()


def _actor(a: Claim, b: Claim, step: int, millibits: int) -> tuple[Weight, ...]:
    code = ACTORS[step]
    if code == "denial":
        return (Weight("match.actor.denial", millibits, {"source": (a if a.stance == "denies" else b).source}),)
    return (Weight(f"match.actor.{code}", millibits, {"left": a.actor, "right": b.actor}),) if code else ()


def _harm(a: Claim, b: Claim, step: int, millibits: int) -> tuple[Weight, ...]:
    if step == 0 or a.deaths_low is None or a.deaths_high is None or b.deaths_low is None or b.deaths_high is None:
        return ()
    ratio, more = (step - 1) % comparing.HARM_RATIOS, max(a.deaths_low, b.deaths_low)
    if ratio == 0:
        code = "same_many" if more >= MANY else "same_few"
    elif ratio == SOME_AND_NONE:
        code = "far" if more >= MANY else "apart"
    else:
        code = "near" if ratio <= NEAR_RATIOS else "apart" if ratio <= APART_RATIOS else "far"
    values = {"left": _range(a.deaths_low, a.deaths_high), "right": _range(b.deaths_low, b.deaths_high)}
    return (Weight(f"match.harm.{code}", millibits, values),)


def _source(a: Claim, b: Claim, relation: int, millibits: int) -> Weight:
    dataset, one = a.channel == "dataset", a.source == b.source
    code = {
        comparing.SOURCE_OTHER: "two_datasets" if dataset and b.channel == "dataset" else "separate",
        comparing.SOURCE_SAME: "same_dataset" if dataset else "same_outlet",
        comparing.SOURCE_TWO_TIMES: "two_times",
        comparing.SOURCE_COPIED: "resent" if one else "copied",
        comparing.SOURCE_ORIGIN: "same_origin",
    }[relation]
    return Weight(
        f"match.source.{code}", millibits, {"left": a.source, "right": b.source, "origin": a.origin or a.source}
    )


def _km(metres: float) -> str:
    tenths = math.floor(metres / 100.0 + 0.5)
    return f"{tenths // 10}.{tenths % 10}"


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"
