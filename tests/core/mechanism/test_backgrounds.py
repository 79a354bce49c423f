"""Backgrounds: who takes one, when it is due, what its entry says and to whom."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tiga.mechanism import affairs, backgrounds
from tiga.mechanism.acts import ROLES, Actor, Decision, Refusal, envelope_of
from tiga.mechanism.backgrounds import DAYS, FIRST, Counted, File, due, take
from tiga.mechanism.standing import Standing
from tiga.record import entries
from tiga.values.moments import Instant

LOG, NOW = "tiga.example/exercise", Instant.parse("2026-01-05T09:00:00.000Z")
SALTS = tuple(bytes([n]) * 16 for n in range(4))
COUNTED = Counted(7, "fusion-2", "5" * 64, "7" * 64, File("a" * 64, 90, 12), File("b" * 64, 40, 3))
VECTOR = Path(__file__).parents[2] / "vectors" / "backgrounds" / "background.take.json"


def standing(*texts: entries.Envelope) -> Standing:
    made = Standing(LOG, affairs=affairs.Affairs())
    for index, envelope in enumerate(texts):
        made.apply(entries.Entry(index, b"", envelope, envelope.sid, (f"{LOG}/registrar",)))
    return made


def code(outcome: object) -> str:
    return outcome.code if isinstance(outcome, Refusal) else ""


def test_the_registrar_and_the_secretariat_take_one_and_nobody_else() -> None:
    taken = {role for role in ROLES if isinstance(take(standing(), COUNTED, Actor("k", role), NOW, SALTS), Decision)}
    assert taken == {"registrar", "secretariat"}


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"weights": "5" * 63}, "background_hash"), ({"gazetteer": "G" * 64}, "background_hash"),
        ({"parties": File("", 1, 1)}, "background_hash"), ({"public": File("x", 1, 1)}, "background_hash"),
        ({"parties": File("a" * 64, 9, 0)}, "background_empty"), ({"size": 0}, "background_empty"),
        ({"public": File("b" * 64, 9, 0)}, ""),
    ],
)  # fmt: skip
def test_what_is_not_named_or_empty_is_refused(changes: dict[str, object], refused: str) -> None:
    one = replace(COUNTED, **changes)  # type: ignore[arg-type]
    assert code(take(standing(), one, Actor("", "registrar"), NOW, SALTS)) == refused


def test_one_of_the_same_entries_is_refused_and_a_later_one_taken() -> None:
    first = take(standing(), COUNTED, Actor("", "registrar"), NOW, SALTS)
    assert isinstance(first, Decision)
    known = standing(first.entries[0].envelope)
    sid = first.entries[0].envelope.sid
    for size, refused in ((6, "background_known"), (7, "background_known"), (8, "")):
        outcome = take(known, replace(COUNTED, size=size), Actor("", "registrar"), NOW, SALTS)
        assert (size, code(outcome)) == (size, refused)
    assert backgrounds.state(known).last is not None
    assert backgrounds.state(known).last.sid == sid  # type: ignore[union-attr]


def test_how_many_reports_the_parties_have_is_told_to_them_alone() -> None:
    done = take(standing(), COUNTED, Actor("", "registrar"), NOW, SALTS)
    assert isinstance(done, Decision)
    (drafted,) = done.entries
    told = {row.level: row.disclosure.value for row in drafted.released if row.disclosure.name != "gazetteer"}
    assert {level: (value["reports"], value["sha256"][0]) for level, value in told.items()} == {
        "R1": (12, "a"), "R0": (3, "b"),
    }  # fmt: skip
    assert sorted(drafted.envelope.body) == ["gazetteer", "size", "version", "weights"]
    assert len(drafted.envelope.sd) == 4


@pytest.mark.parametrize(
    ("counted", "reports", "days", "same", "wanted"),
    [
        (0, FIRST - 1, 0, False, False), (0, FIRST, 0, False, True), (400, 499, 0, True, False), (400, 500, 0, True, True),
        (400, 401, DAYS - 1, True, False), (400, 401, DAYS, True, True), (400, 399, DAYS, True, True),
        (400, 400, DAYS, True, False), (400, 400, 0, False, True),
    ],
)  # fmt: skip
def test_when_one_is_due(counted: int, reports: int, days: int, same: bool, wanted: bool) -> None:
    assert due(counted, reports, NOW, Instant(NOW.ms + days * 86_400_000), same) is wanted


def test_a_shipped_entry_reads_and_writes_the_same_bytes() -> None:
    vector = json.loads(VECTOR.read_text(encoding="utf-8"))
    envelope = entries.parse(vector["text"])
    kind = affairs.decode(envelope)
    assert kind is not None
    assert (envelope.sid, envelope.body) == (vector["sid"], vector["body"])
    assert envelope_of(kind, envelope.log, envelope.at).text() == vector["text"]
