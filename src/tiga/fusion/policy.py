"""The table of weights by which reports are matched, as one versioned value that can be entered on the record.

Rules
1. Every number that decides a match stands here, as an integer: weights in millibits (1000 = one bit, odds doubled),
   lengths in metres, times in minutes, shares in permille. Who holds the claims and this table can recompute all.
2. A table is never changed: another one gets another version. A record of a grouping names the version it used.
3. A missing value weighs nothing (fusion.md 7.1); the table has no weight for absence.

Not done here: fitting. POLICY_1 was set by hand on one simulated data set (docs/fusion.md says which and how far to
trust it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All weights and parameters of a run.

    Space: a stated radius counts as 1.5 standard deviations; `place_floor_m` is added for the extent of an incident;
    `place_astray_permille` of places are wholly wrong, spread over `place_astray_km2`. `place_background_km2` is
    the area in which, over `time_window_min`, one report of something else is expected. The bits of density are
    scaled by `place_scale_permille` (kinds of evidence overlap) and clamped. Time: likewise, with `time_play_min`
    for the extent and two confusions of zone. Clusters: `link_stop` is the mean weight under which nothing is
    joined, `link_unscored` what a pair weighs that was never compared, `link_veto` the weight of a single pair that
    keeps two groups apart.
    """

    version: str
    base: int
    place_floor_m: int
    place_astray_permille: int
    place_astray_km2: int
    place_background_km2: int
    place_scale_permille: int
    place_min: int
    place_max: int
    time_play_min: int
    time_window_min: int
    time_scale_permille: int
    time_min: int
    time_max: int
    time_gap_max_min: int
    time_zone_width_max_min: int
    time_zone_slack_min: int
    time_two_times_min: int
    reach_sigma_permille: int
    reach_max_m: int
    reach_min_m: int
    name_likeness_min: int
    link_stop: int
    link_unscored: int
    link_veto: int
    shown_min: int
    weights: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Plain data for the record: field names to integers or text, weights by code, keys sorted."""
        plain: dict[str, object] = {
            item.name: getattr(self, item.name) for item in sorted(fields(self), key=lambda item: item.name)
        }
        plain["weights"] = {code: self.weights[code] for code in sorted(self.weights)}
        return plain


POLICY_1 = Policy(
    version="fusion-1",
    base=-900,
    place_floor_m=1_000,
    place_astray_permille=35,
    place_astray_km2=70_000,
    place_background_km2=400,
    place_scale_permille=600,
    place_min=-9_000,
    place_max=4_000,
    time_play_min=60,
    time_window_min=11_520,
    time_scale_permille=800,
    time_min=-5_000,
    time_max=4_000,
    time_gap_max_min=1_800,
    time_zone_width_max_min=120,
    time_zone_slack_min=10,
    time_two_times_min=180,
    reach_sigma_permille=3_000,
    reach_max_m=260_000,
    reach_min_m=20_000,
    name_likeness_min=850,
    link_stop=-800,
    link_unscored=-2_160,
    link_veto=-9_000,
    shown_min=-4_000,
    weights=MappingProxyType(
        {
            "match.act.same": 1_600,
            "match.act.family": 800,
            "match.act.consequence": 300,
            "match.act.different": -2_600,
            "match.actor.same": 1_000,
            "match.actor.opposed": -300,
            "match.actor.party": -400,
            "match.actor.different": -1_300,
            "match.actor.denial": 800,
            "match.harm.same_many": 2_200,
            "match.harm.same_few": 600,
            "match.harm.near": 0,
            "match.harm.apart": -300,
            "match.harm.far": -1_500,
            "match.name.same": 1_000,
            "match.name.like": 700,
            "match.name.somewhat": 100,
            "match.name.unlike": -500,
            "match.name.alone_same": 3_000,
            "match.name.alone_like": 2_000,
            "match.name.alone_somewhat": -500,
            "match.name.alone_unlike": -4_000,
            "match.source.copied": 4_000,
            "match.source.resent": 4_000,
            "match.source.same_origin": 700,
            "match.source.same_outlet": -1_000,
            "match.source.same_dataset": -3_600,
            "match.source.two_datasets": 600,
            "match.source.two_times": -16_000,
        }
    ),
)
"""The first table: set by hand, not fitted."""
