"""Whose act it was, from claims of biased and copying sources, beside truth discovery (crowd-kit). About a minute.

The noise model is that of the shared folder (TIGA_SHARED), unchanged; the truth is known. "Copy-heavy": one press or agency
item an incident is published again by up to ten outlets. The table was learnt on seed 41 and is frozen in the code; seeds 42
to 44 judge, taken together. What each side is given is said in `benchmarks.voices`.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks import PEER_PYTHON, Row
from benchmarks.naming.pairs import SHARED
from benchmarks.voices import ours
from tiga.fusion.learning import TooFew, learn
from tiga.fusion.odds import TABLE_1

PEERS: list[str] = ["crowd-kit==1.4.2", "numpy", "pandas", "scipy"]
MODEL = SHARED / "prototypes" / "fusion"
TUNING_SEED, SEEDS = 41, (42, 43, 44)
SURE_RIGHT, LOSS_KNOWN, LOSS_DETECTED = Decimal("0.99"), Decimal("0.15"), Decimal("0.20")
ADJUDICATED = 150

Told = dict[str, Any]


def rows(progress: Callable[[str], None]) -> list[Row]:
    if not (MODEL / "gen.py").exists():
        raise SystemExit(f"no noise model at {MODEL}; set TIGA_SHARED to the folder that holds prototypes and data")
    progress("simulating, and what crowd-kit makes of it")
    told = _simulated()
    judged = [one for one in told if one["seed"] in SEEDS]
    found: list[Row] = []
    for copy_heavy in (False, True):
        setting = "copy-heavy" if copy_heavy else "normal"
        of = [one for one in judged if one["copy_heavy"] == copy_heavy]
        for known, bar in ((True, LOSS_KNOWN), (False, LOSS_DETECTED)):
            progress(f"{setting}, copies {'known' if known else 'detected'}")
            found += _ours(f"{setting}, copies {'known' if known else 'detected'}", of, known, bar)
        found += _peers(setting, of)
    return [
        *found,
        *_alone([one for one in judged if not one["copy_heavy"]]),
        *_acts(judged),
        *_learnt(told),
        _speed(judged),
    ]


def _simulated() -> list[Told]:
    script = Path(__file__).parent / "voices" / "simulate.py"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "told.json"
        seeds = [str(seed) for seed in (TUNING_SEED, *SEEDS)]
        subprocess.run([str(PEER_PYTHON), str(script), str(MODEL), str(out), *seeds], check=True, capture_output=True)
        found: list[Told] = json.loads(out.read_text())
    return found


def _ours(name: str, told: Sequence[Told], known: bool, bar: Decimal) -> list[Row]:
    answers, truth = {}, {}
    for at, one in enumerate(told):
        claims, own, setting = ours.incidents(one["rows"], known)
        for incident, answer in ours.answered(claims, setting, TABLE_1).items():
            answers[at * 10**7 + incident], truth[at * 10**7 + incident] = answer, own[incident]
    said = ours.measures(answers, truth)
    return [
        Row(f"{name}: right where 95 % is claimed", _share(said["claimed_right"]), "share", bar=SURE_RIGHT),
        Row(f"{name}: log-loss", _share(said["loss"]), "nats", bar=bar, at_least=False),
        Row(f"{name}: right at all", _share(said["right"]), "share"),
        Row(f"{name}: 95 % is claimed for", _share(said["claimed"]), "share"),
    ]


def _peers(setting: str, told: Sequence[Told]) -> list[Row]:
    """What the peers reach, as the mean over the seeds: their numbers stand in the column `ours`, for none is ours."""
    found = []
    for name in ("majority", "Dawid-Skene", "Dawid-Skene, copies collapsed", "MACE"):
        for measure, unit, words in (
            ("claimed_right", "share", "right where 95 % is claimed"),
            ("loss", "nats", "log-loss"),
        ):
            mean = sum(one["peers"][name][measure] for one in told) / len(told)
            found.append(Row(f"  peer {name}, {setting}: {words}", _share(mean), unit))
    return found


def _alone(told: Sequence[Told]) -> list[Row]:
    """Incidents of which the two parties alone speak, and name different actors."""
    claimed = incidents = 0
    peer = 0.0
    for one in told:
        claims, _, setting = ours.incidents(one["rows"], known=True)
        alone = {incident: claims[incident] for incident in one["alone"] if incident in claims}
        answers = ours.answered(alone, setting, TABLE_1).values()
        claimed += sum(answer.attributed[0].ppm >= ours.SURE_PPM for answer in answers)
        incidents += len(alone)
        peer += one["peers"]["Dawid-Skene, only the parties"]["claimed"] * len(alone)
    return [
        Row(
            f"only the parties, contradictory ({incidents}): 95 % claimed",
            Decimal(claimed),
            "claims",
            bar=Decimal(0),
            at_least=False,
        ),
        Row("  peer Dawid-Skene: 95 % claimed", Decimal(round(peer)), "claims"),
    ]


def _acts(told: Sequence[Told]) -> list[Row]:
    """What it was, over the noise model's tree of acts; without a peer, for none keeps a share on an inner node."""
    said = [ours.acts_right(one["rows"], one["acts"], TABLE_1) for one in told if not one["copy_heavy"]]
    mean = {name: sum(one[name] for one in said) / len(said) for name in said[0]}
    return [
        Row("act: right where 95 % is claimed", _share(mean["sure_right"]), "share", bar=SURE_RIGHT),
        Row("act: the act settled is true or above the true one", _share(mean["settled"]), "share"),
        Row("act: the act settled is the true one", _share(mean["leaf"]), "share"),
    ]


def _learnt(told: Sequence[Told]) -> list[Row]:
    """A table learnt from as few adjudicated incidents as are accepted."""
    first = next(one for one in told if one["seed"] == TUNING_SEED and not one["copy_heavy"])
    claims, truth, setting = ours.incidents(first["rows"], known=True)
    few = {incident: claims[incident] for incident in sorted(claims)[:ADJUDICATED]}
    table = learn(ours.adjudicated(few, truth, setting), ours.PARTIES, "benchmark")
    assert not isinstance(table, TooFew)
    other = next(one for one in told if one["seed"] == SEEDS[0] and not one["copy_heavy"])
    claims, truth, setting = ours.incidents(other["rows"], known=True)
    said = ours.measures(ours.answered(claims, setting, table), truth)
    return [
        Row(
            f"learnt from {ADJUDICATED} incidents: right where 95 % is claimed", _share(said["claimed_right"]), "share"
        ),
        Row(f"learnt from {ADJUDICATED} incidents: log-loss", _share(said["loss"]), "nats"),
    ]


def _speed(told: Sequence[Told]) -> Row:
    claims, _, setting = ours.incidents(told[0]["rows"], known=False)
    start = time.process_time()
    ours.answered(claims, setting, TABLE_1)
    return Row("incidents answered", Decimal(round(len(claims) / (time.process_time() - start))), "1/s")


def _share(number: float) -> Decimal:
    return Decimal(f"{number:.3f}")
