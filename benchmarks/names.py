"""Place names across spellings and scripts, beside what is usually done: Jaro-Winkler on the name as it stands, and
after anyascii or unidecode. Half a minute. Needs the gazetteer of the shared folder (TIGA_SHARED).

Recall at one false pair in a hundred, on real spellings of real places; the half of the places on which ours was tuned
is not in the rows "unseen half". Times are CPU microseconds of one process, the least of five
runs.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from decimal import Decimal

from anyascii import anyascii
from rapidfuzz.distance import JaroWinkler

from benchmarks import PEER_PYTHON, Row
from benchmarks.naming.pairs import ACROSS, FILE, LATIN, Pair, drawn, halves, places, recall, recall_of
from tiga.fusion import names, sounds

PEERS: list[str] = ["unidecode==1.4.0"]
ACROSS_BAR, LATIN_BAR, SIGNATURE_BAR = Decimal("0.85"), Decimal("0.78"), Decimal("0.80")
SKELETON_US, LIKENESS_US = Decimal(5), Decimal(3)
RUNS = 5
_UNIDECODE = "import json,sys,unidecode;print(json.dumps([unidecode.unidecode(n) for n in json.load(sys.stdin)]))"


def rows(progress: Callable[[str], None]) -> list[Row]:
    if not FILE.exists():
        raise SystemExit(f"no gazetteer at {FILE}; set TIGA_SHARED to the folder that holds data/gazetteer")
    everything = places()
    pairs, unseen = drawn(everything), drawn(halves(everything)[1])
    progress(f"{len(everything)} places, {len(pairs)} pairs")
    peer = _peers(pairs, progress)
    ours, half = recall(pairs, names.likeness), recall(unseen, names.likeness)
    coarse = recall(pairs, _by_signature)
    found = []
    for kind, bar in ((ACROSS, ACROSS_BAR), (LATIN, LATIN_BAR)):
        found.append(Row(f"likeness, {kind}: recall, all places", _share(ours[kind]), "share", bar=bar))
        found.append(Row(f"likeness, {kind}: recall, unseen half", _share(half[kind]), "share", bar=bar))
        found += [
            Row(f"  beside {name}, {kind}", _share(ours[kind]), "share", _share(peer[name][kind])) for name in peer
        ]
    return [
        *found,
        Row(f"64-bit signature, {ACROSS}: recall", _share(coarse[ACROSS]), "share", bar=SIGNATURE_BAR),
        Row(f"64-bit signature, {LATIN}: recall", _share(coarse[LATIN]), "share"),
        *_times(pairs),
    ]


def _by_signature(left: str, right: str) -> int:
    return names.signed_alike(names.signature(left), names.signature(right))


def _peers(pairs: Sequence[Pair], progress: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Recall of Jaro-Winkler on names as three ways of writing them in Latin letters leave them."""
    flat = [name for pair in pairs for name in (pair.left, pair.right)]
    asked = subprocess.run(
        [str(PEER_PYTHON), "-c", _UNIDECODE], input=json.dumps(flat), capture_output=True, text=True, check=True
    )
    ways = {"raw": flat, "anyascii": [anyascii(name) for name in flat], "unidecode": json.loads(asked.stdout)}
    found = {}
    for name, written in ways.items():
        progress(f"{name} + Jaro-Winkler")
        lower = [text.lower() for text in written]
        scores = [JaroWinkler.similarity(a, b) for a, b in zip(lower[::2], lower[1::2], strict=True)]
        found[f"{name} + Jaro-Winkler"] = recall_of(pairs, scores)
    return found


def _times(pairs: Sequence[Pair]) -> list[Row]:
    """Microseconds a name, of all names with repetitions and of distinct ones, and a pair once its names are heard."""
    flat = [name for pair in pairs for name in (pair.left, pair.right)]
    distinct = sorted(set(flat))
    heard = _least(lambda: [names.skeleton(name) for name in flat]) / len(flat)
    alone = _least(lambda: [names.skeleton(name) for name in distinct]) / len(distinct)
    liked = _least(lambda: [names.likeness(pair.left, pair.right) for pair in pairs], flat) / len(pairs)
    signed = _least(lambda: [names.signature(name) for name in distinct], flat) / len(distinct)
    return [
        Row("skeleton, as names come", _micro(heard), "us/name", bar=SKELETON_US, at_least=False),
        Row("skeleton, distinct names", _micro(alone), "us/name"),
        Row("likeness of heard names", _micro(liked), "us/pair", bar=LIKENESS_US, at_least=False),
        Row("signature of heard names", _micro(signed), "us/name"),
    ]


def _least(act: Callable[[], object], heard: Sequence[str] = ()) -> float:
    """CPU seconds of the quickest of RUNS, each with nothing remembered but the sounds of the names `heard`."""
    spent = []
    for _ in range(RUNS):
        for kept in (sounds.heard, sounds.heard_word, names.signature, names.likeness_ordered):
            kept.cache_clear()
        for name in heard:
            sounds.heard(name)
        start = time.process_time()
        act()
        spent.append(time.process_time() - start)
    return min(spent)


def _share(number: float) -> Decimal:
    return Decimal(f"{number:.3f}")


def _micro(seconds: float) -> Decimal:
    return Decimal(f"{seconds * 1e6:.2f}")
