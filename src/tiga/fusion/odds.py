"""The table by which the posteriors are reckoned: what a word of each class of source is worth, as one versioned value.

Rules
1. Every number that moves a posterior stands here, as an integer: log-odds in millibits (1000 = one bit, odds doubled),
   shares in permille or in millionths. Who holds the claims and this table can recompute all.
2. A table is never changed: another one gets another version. What it says is policy of the mechanism, not a fact.
3. No party has a number of its own. What counts is how a speaker stands to what is said: it owns up, it names the other
   party, it names somebody else; or it is no party.

Not done here: learning a table (`learning`). TABLE_1 was learnt for attribution on one simulated data set and set by hand
for the rest (docs/fusion.md says how far to trust it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

CLASSES = ("monitor", "sensor", "dataset", "agency", "press", "public", "party")
"""Classes of sources. An origin whose claims come under several counts under the first of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All numbers of the posteriors.

    `happened`: by class and saying (`asserts`, `denies`; of a party `admits`, `accuses`, `denies`). `detail` is added for
    a time and place narrower than the two limits. `acts`: what naming an act is worth for it, by class; an inner node
    above it gets `act_above_permille` of that, another act of its family `act_family_permille`; `act_inner` is the
    prior of an inner node. `attribution`: by class and what is said (`names`; of a party `own`, `rival`, `other`) the
    worth for the actor named (`same`), for the speaker (`own`), for other parties (`rival`); anybody else is at 0.
    `prior_actor`: before anything is said, for a `party`, a `group`, `unknown`.
    Within a class the strongest word counts whole, the next `again_permille` of its worth, the next that of that, and so
    on; `origin_max` and `class_max` bound what an origin and a class can add or take. `reliability` scales an origin's
    worth by the Admiralty letter entered, `credibility` adds to `happened` by the digit entered. `words` are the standards
    of proof with the millionths from which a posterior reads as one; what fewer than `independent_min` origins say reads as
    no more than `alone_max_word`. `contradictory_max_ppm` bounds what may be said of anybody where only parties speak and
    contradict each other.
    """

    version: str
    channel_class: Mapping[str, str]
    prior_happened: int
    happened: Mapping[str, int]
    detail: int
    detail_time_max_min: int
    detail_radius_max_m: int
    acts: Mapping[str, int]
    act_above_permille: int
    act_family_permille: int
    act_inner: int
    attribution: Mapping[str, Mapping[str, int]]
    prior_actor: Mapping[str, int]
    again_permille: int
    origin_max: int
    class_max: int
    reliability: Mapping[str, int]
    credibility: Mapping[str, int]
    words: tuple[tuple[str, int], ...]
    alone_max_word: str
    independent_min: int
    contradictory_max_ppm: int

    def as_json(self) -> dict[str, object]:
        """Plain data for the record: field names to integers, text, lists and objects, keys sorted."""
        return {
            item.name: _plain(getattr(self, item.name)) for item in sorted(fields(self), key=lambda item: item.name)
        }


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(value[key]) for key in sorted(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


TABLE_1 = Table(
    version="corroboration-1",
    channel_class=MappingProxyType(
        {
            "monitor": "monitor",
            "liaison": "party",
            "public": "public",
            "sensor": "sensor",
            "dataset": "dataset",
            "media": "press",
        }
    ),
    prior_happened=-500,
    happened=MappingProxyType(
        {
            "monitor.asserts": 6_000,
            "monitor.denies": -3_000,
            "sensor.asserts": 1_500,
            "dataset.asserts": 2_500,
            "agency.asserts": 2_500,
            "press.asserts": 1_500,
            "public.asserts": 1_000,
            "party.accuses": 700,
            "party.admits": 4_500,
        }
    ),
    detail=300,
    detail_time_max_min=120,
    detail_radius_max_m=5_000,
    acts=MappingProxyType(
        {
            "monitor": 4_500,
            "sensor": 500,
            "dataset": 3_000,
            "agency": 2_700,
            "press": 2_200,
            "public": 1_500,
            "party": 2_500,
        }
    ),
    act_above_permille=600,
    act_family_permille=250,
    act_inner=-600,
    attribution=MappingProxyType(
        {
            "monitor.names": MappingProxyType({"same": 7_300}),
            "dataset.names": MappingProxyType({"same": 6_600}),
            "agency.names": MappingProxyType({"same": 5_900}),
            "press.names": MappingProxyType({"same": 5_200}),
            "public.names": MappingProxyType({"same": 2_300}),
            "party.own": MappingProxyType({"same": 3_700, "rival": -200}),
            "party.rival": MappingProxyType({"same": 2_000, "own": 1_700}),
            "party.other": MappingProxyType({"same": 5_300, "own": -1_300, "rival": 300}),
        }
    ),
    prior_actor=MappingProxyType({"party": 950, "group": 0, "unknown": -3_000}),
    again_permille=700,
    origin_max=8_000,
    class_max=12_000,
    reliability=MappingProxyType({"A": 1_100, "B": 1_000, "C": 850, "D": 500, "E": 150, "F": 1_000}),
    credibility=MappingProxyType({"1": 1_500, "2": 700, "3": 0, "4": -1_000, "5": -3_000, "6": 0}),
    words=(
        ("insufficient", 0),
        ("reasonable_suspicion", 200_000),
        ("reasonable_grounds_to_believe", 400_000),
        ("balance_of_probabilities", 500_001),
        ("clear_and_convincing", 850_000),
    ),
    alone_max_word="reasonable_suspicion",
    independent_min=2,
    contradictory_max_ppm=900_000,
)
"""The first table: attribution as `learn` gave it on seed 41 of the noise model, to a tenth of a bit; the rest by hand."""
