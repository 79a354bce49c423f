"""Fits the table of weights that tiga ships: `python -m benchmarks.fusing.fit VERSION`, from simulated reports alone.

Rules
1. The noise model is the design papers'; seeds and settings stand here (`TUNING`). The generator runs in the environment that
   `./dev bench fusion` makes. No real data, and no geometry of another country, is ever fitted on.
2. What simulation cannot know is set by hand (`PINNED`), in millibits.
3. The table is written beside the code that reads it; the seeds on which it is judged derive from its bytes.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.fusing import reports, sets
from tiga.fusion import comparing, density, fitting, policy
from tiga.fusion.candidates import compared, weighed
from tiga.fusion.columns import MEDIA, MONITOR, PARTY, PUBLIC, SENSOR

TABLES = Path(__file__).resolve().parents[2] / "src" / "tiga" / "fusion" / "tables"
STANDARD = sets.Kind("afpk 2e4", "afpk", 20_000)
OTHERS = (
    *[sets.Kind("few reports", "afpk", 40_000, {"mean_rep": mean}) for mean in (0.25, 0.3, 0.4)],
    sets.Kind("more noise", "afpk", 12_000, {"nz": 1.6}),
    sets.Kind("more incidents", "afpk", 12_000, {"rate_day": 120}),
)  # fmt: skip
TUNING = tuple(zip((*[STANDARD] * 5, *OTHERS), sets.TUNING_SEEDS, strict=True))
PULL = 2.0
GROUPS = {
    "certain": 2_500, "doubt": -500, "floor": -400, "masses": [1_000, 1_000, 800, 500, 300], "shown": -4_000, "stop": -2_500,
    "unscored": -3_100, "veto": -8_000,
}  # fmt: skip
ORIGIN_MB, DENIAL_MB, CONSEQUENCE_MB, TWO_TIMES_MB = 700, 800, 300, -16_000
TEAMS_MB, TEAM_AGAIN_MB, PARTY_AGAIN_MB = 1_000, -1_500, -2_000
"""Two teams of monitors, one team twice, one party twice: the generator lets each tell of an incident once, people do not. Who
gives two times tells of two incidents; a sensor's times are its overpasses, and stay as fitted."""
ALONE_MB = (0, 1_000, -1_500, -6_000, -9_000, -9_000, -9_000)
"""Names, where one claim has no point: the same bones, alike, less alike, unlike. Far more pairs agree in time by chance where
place does not choose them."""
ELSEWHERE_MB = -6_500
"""One names an area in which the other's place does not lie: the generator's areas have no names to tell that by."""


def pin(tables: dict[str, list[int]]) -> None:
    """Set by hand what simulated reports do not hold: denials, origins, names without points, the public, two times."""
    tables["actor"][comparing.ACTOR_DENIAL] = DENIAL_MB
    for band in range(comparing.BANDS):
        tables["act"][comparing.ACT_CONSEQUENCE * comparing.BANDS + band] = CONSEQUENCE_MB
    tables["name"][comparing.NAME_ELSEWHERE :: comparing.NAME_BANDS] = [ELSEWHERE_MB] * (comparing.PRECISIONS + 1)
    tables["name"][comparing.ALONE * comparing.NAME_BANDS :] = ALONE_MB
    classes, relations = comparing.SOURCE_CLASSES, comparing.SOURCE_RELATIONS
    source = tables["source"]
    teams, parties = (one * (classes + 1) * relations for one in (MONITOR, PARTY))
    source[teams], source[teams + comparing.SOURCE_SAME] = TEAMS_MB, TEAM_AGAIN_MB
    source[parties + comparing.SOURCE_SAME] = PARTY_AGAIN_MB
    for one in range(classes):
        for other in range(one, classes):
            like = sorted(MEDIA if at == PUBLIC else at for at in (one, other))
            to, of = (one * classes + other) * relations, (like[0] * classes + like[1]) * relations
            source[to : to + relations] = source[of : of + relations]
            source[to + comparing.SOURCE_ORIGIN] = source[to] + ORIGIN_MB
            if (one, other) != (SENSOR, SENSOR):
                source[to + comparing.SOURCE_TWO_TIMES] = TWO_TIMES_MB
            if not source[to + comparing.SOURCE_COPIED]:
                source[to + comparing.SOURCE_COPIED] = source[
                    (MEDIA * classes + MEDIA) * relations + comparing.SOURCE_COPIED
                ]


def main(version: str) -> None:
    found, same, known = [], [], []
    blank = policy.blank()
    for kind, seed in TUNING:
        made = sets.seeded(kind, seed, print)
        table, truth = sets.load(made.path), sets.load(made.truth)["incident"]
        tree, nodes = reports.tree(table)
        claims = reports.columns(table, nodes)
        background = density.snapshot(claims, len(tree.table))
        rated = density.rated(claims, background)
        pairs = weighed(rated, tree.table, background.bands, blank, 2)
        found.append(compared(rated.rows, rated.signs, pairs.left, pairs.right, tree.table, background.bands))
        same.append(truth[pairs.left] == truth[pairs.right])
        companions = 2_000 * int(same[-1].sum()) // len(claims)
        shift = density.shift_mb(replace(background, companions=companions))
        known.append(np.full(len(pairs), shift / fitting.NATS_TO_MB))
    card = fitting.fit(np.concatenate(found), np.concatenate(same), pull=PULL, known=np.concatenate(known))
    base, tables = card.millibits()
    pin(tables)
    tree = {"format": policy.FORMAT, "version": version, "base": base, "tables": tables, "groups": GROUPS}
    policy.policy(tree)
    text = json.dumps(tree, separators=(",", ":"), sort_keys=True).replace('],"', '],\n"')
    (TABLES / f"{version}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
