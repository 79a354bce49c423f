"""Simulated claims and what crowd-kit makes of them, in the interpreter of the peers. Nothing of ours is imported here.

    python simulate.py FOLDER_OF_THE_NOISE_MODEL OUT.json SEED [SEED …]

Rules
1. The noise model is used as it is. "Copy-heavy": one agency or press claim an incident is published again, unchanged, by
   up to ten press outlets. Claims without an actor, and those of satellites, are left out.
2. A peer sees each outlet's first claim on an incident; "collapsed" gives it the claims without the copies, as known.
3. A share is never less than one in a million, and shares add up to one.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from crowdkit.aggregation import MACE, DawidSkene

REPORTS, ACTORS, UNSAID, SATELLITE, PRESS = 30_000, 6, 6, 6, 4
AGENCY_OR_PRESS = (3, 4)
FIRST_PRESS_SOURCE, PRESS_SOURCES = 14, 24
AGAIN, AGAIN_MAX = 0.25, 10
FIELDS = (
    "inc cls src lat lon acc t0 t1 typ perp dead name derived g_perp rid g_typ".split()  # noqa: SIM905
)


def simulated(model, seed: int, copy_heavy: bool) -> pd.DataFrame:
    table = model.make("afpk", REPORTS, seed=seed)
    if copy_heavy:
        dice = np.random.default_rng(seed)
        press = table[table.cls.isin(AGENCY_OR_PRESS) & (table.perp != UNSAID)]
        chosen = press.groupby("inc").sample(1, random_state=seed)
        times = (dice.geometric(AGAIN, len(chosen)) - 1).clip(max=AGAIN_MAX)
        again = chosen.loc[chosen.index.repeat(times)].copy()
        again["derived"] = again.rid
        again["src"] = FIRST_PRESS_SOURCE - 6 + dice.integers(0, PRESS_SOURCES, len(again))
        again["cls"] = PRESS
        table = pd.concat([table, again], ignore_index=True)
    return table[(table.perp != UNSAID) & (table.cls != SATELLITE)].reset_index(drop=True)


def measures(shares: pd.DataFrame, truth: pd.Series) -> dict[str, float]:
    """Right at all, log-loss, share of incidents on which 95 % or more is claimed, and how often that is right."""
    own = truth.loc[shares.index].to_numpy()
    values = shares.to_numpy()
    values = values / values.sum(1, keepdims=True)
    sure, hit = values.max(1) >= 0.95, values.argmax(1) == own
    loss = -np.log(np.clip(values[np.arange(len(own)), own], 1e-6, 1)).mean()
    claimed = float(sure.mean()) if len(sure) else 0.0
    return {"right": float(hit.mean()), "loss": float(loss), "claimed": claimed, "claimed_right": _mean(hit[sure])}


def _mean(hits: np.ndarray) -> float:
    return float(hits.mean()) if len(hits) else 1.0


def peers(table: pd.DataFrame, contradictory: list[int]) -> dict[str, dict[str, float]]:
    truth = table.groupby("inc").g_perp.first()
    every, known = table.drop_duplicates(["inc", "src"]), table[table.derived < 0].drop_duplicates(["inc", "src"])
    counted = pd.crosstab(every.inc, every.perp).reindex(columns=range(ACTORS), fill_value=0)
    found = {
        "majority": _full(counted.div(counted.sum(1), axis=0)),
        "Dawid-Skene": _full(DawidSkene(n_iter=50).fit_predict_proba(_told(every))),
        "Dawid-Skene, copies collapsed": _full(DawidSkene(n_iter=50).fit_predict_proba(_told(known))),
        "MACE": _full(MACE(n_iter=10, n_restarts=2, random_state=0).fit_predict_proba(_told(every))),
    }
    rows = {name: measures(shares, truth) for name, shares in found.items()}
    alone = found["Dawid-Skene"].loc[[inc for inc in contradictory if inc in found["Dawid-Skene"].index]]
    return rows | {"Dawid-Skene, only the parties": measures(alone, truth)}


def contradicting(table: pd.DataFrame) -> list[int]:
    """Incidents of which the two parties alone speak, and name different actors."""
    by = table.groupby("inc")
    both = by.cls.agg(lambda own: set(own) == {1, 2}) & (by.perp.nunique() > 1)
    return [int(inc) for inc in both.index[both]]


def _told(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"task": table.inc.values, "worker": table.src.values, "label": table.perp.values})


def _full(shares: pd.DataFrame) -> pd.DataFrame:
    return shares.reindex(columns=range(ACTORS), fill_value=1e-6).clip(lower=1e-6)


def main(folder: str, out: str, *seeds: str) -> None:
    warnings.filterwarnings("ignore")
    sys.path.insert(0, folder)
    import gen

    found = []
    for seed in map(int, seeds):
        for copy_heavy in (False, True):
            table = simulated(gen, seed, copy_heavy)
            alone = contradicting(table)
            rows = json.loads(table[FIELDS].to_json(orient="values"))
            told = peers(table, alone) if seed != int(seeds[0]) else {}
            one = {"seed": seed, "copy_heavy": copy_heavy, "rows": rows, "alone": alone, "peers": told}
            found.append(one | {"acts": [[leaf, middle, root] for leaf, middle, root in gen.TAX]})
    Path(out).write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
