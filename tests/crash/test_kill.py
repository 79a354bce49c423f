"""Kill -9 under load, at random and at each step of a commit: what was acknowledged stays, and no head is contradicted."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.lives import STEPS
from tests.crash.stand import BOTH, KILL, LOG_KEY, TEAR, WRITE, Life, Stand, guard, opened, stored
from tiga.record import proofs
from tiga.store.keys import CHECK

KILLS = 200
SEED = 20_260_105
LATEST_MS = 150
"""How long a life may work before it is killed at random."""
NOTES_OF_A_LIFE = 100_000


def commands() -> Iterator[dict[str, Any]]:
    """200 lives: each step by every way in, at its first and third commit; each write of a commit; the rest at random."""
    for step in STEPS:
        for do in ("enter", "act", "append"):
            for commit in (1, 3):
                yield {"do": do, "count": 4, "die": [step, commit]}
    for nth in range(1, 13):
        yield {"do": "append", "count": 3, "fault": [BOTH, "-wal", nth, KILL]}
    for nth in (1, 2, 5, 9):
        yield {"do": "enter", "count": 3, "fault": [WRITE, "-wal", nth, TEAR]}
    for nth in (1, 2, 3):
        yield {"do": "enter", "count": 4, "fault": [WRITE, "guard", nth, TEAR]}
    while True:
        yield {"do": "load"}


def lived(stand: Stand, folder: Path, number: int, command: dict[str, Any], draw: random.Random) -> Life:
    stand.start({**command, "folder": folder, "first": number * NOTES_OF_A_LIFE})
    if command["do"] == "load":
        stand.until("0", "opened")
        time.sleep(draw.uniform(0, LATEST_MS / 1000))
        stand.kill("0")
    (life,) = stand.end()
    return life


def test_two_hundred_kills_lose_nothing(stand: Stand, record: Path) -> None:
    draw, lives = random.Random(SEED), []
    most = 0
    for number, command in zip(range(KILLS), commands(), strict=False):
        life = lived(stand, record, number, command, draw)
        place = f"life {number}, {command}, seed {SEED}: {stand.errors.read_text()[-2000:]}"
        if stand.faulty or "fault" not in command:
            assert life.status == -9, place
        lives.append(life)
        assert min(life.all("opened"), default=most) >= most, place
        sizes = [opened(checkpoint).size for checkpoint in life.published if checkpoint]
        kept = guard(record)
        assert max(sizes, default=0) <= (kept.size if kept else 0), f"a head left before the guard had it: {place}"
        most = max([most, *sizes, *(index + 1 for index in life.acked)])
    judge(stand, record, lives)


def judge(stand: Stand, folder: Path, lives: list[Life]) -> None:
    """Every acknowledged note at its index with its proof, every published head a beginning of the log, 0 lost."""
    kept, found = guard(folder), stored(folder)
    assert kept is not None
    assert (kept.size <= found.size, kept.root) == (True, found.roots[kept.size])
    acked = [line for life in lives for line in life.acked.values()]
    assert len({line["acked"] for line in acked}) == len({line["sid"] for line in acked}) == len(acked) > KILLS // 2
    lost = [
        line
        for line in acked
        if line["acked"] >= found.size or hashlib.sha256(found.notes[line["acked"]]).hexdigest() != line["sha256"]
    ]
    assert lost == []
    for line in acked:
        index, head = proofs.verify(line["proof"].encode(), found.notes[line["acked"]], LOG_KEY, CHECK())
        assert (index, head.root) == (line["acked"], found.roots[head.size])
    heads = {opened(checkpoint) for life in lives for checkpoint in life.published if checkpoint}
    assert [head for head in heads if head.root != found.roots[head.size]] == []
    (after,) = stand.run({"do": "look", "folder": folder})
    assert (after.status, after.one("audited"), after.one("read")) == (0, found.size, found.size)
    print(f"{len(lives)} kills, {len(acked)} acknowledged, {len(heads)} heads, {found.size} entries, {len(lost)} lost")


@pytest.mark.parametrize("do", ["enter", "act", "append"])
@pytest.mark.parametrize("step", STEPS)
def test_a_record_that_died_in_its_first_commit_goes_on(stand: Stand, record: Path, step: str, do: str) -> None:
    first, again = (
        stand.run({"do": do, "folder": record, "first": number, **more})[0]
        for number, more in ((0, {"die": [step, 1]}), (NOTES_OF_A_LIFE, {}))
    )
    assert (first.status, again.status, len(again.acked)) == (-9, 0, 2)
    found, kept = stored(record), guard(record)
    assert found.size in (2, 4)
    assert kept is not None
    assert (kept.size, kept.root) == (found.size, found.roots[-1])
    held = {hashlib.sha256(note).hexdigest() for note in found.notes}
    assert {line["sha256"] for line in (*first.acked.values(), *again.acked.values())} <= held
