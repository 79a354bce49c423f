"""Entry kinds: what was ever shipped still reads and writes the same bytes, and a retired shape is lifted."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import Desk
from tests.vectors import make_entries
from tiga.mechanism.acts import Registry, envelope_of
from tiga.mechanism.standing import KINDS, REGISTRY, Standing
from tiga.record import entries
from tiga.record.entries import Entry, Envelope
from tiga.values.moments import Instant
from tiga.values.shapes import BadShape

FILES = sorted(make_entries.FOLDER.glob("*.json"))
AT = Instant.parse("2026-01-05T08:00:00.000Z")


def test_every_kind_has_a_vector() -> None:
    assert {path.name for path in FILES} >= {make_entries.file_name(act) for act in KINDS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_entry_reads_and_writes_the_same_bytes(path: Path) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))
    envelope = entries.parse(vector["text"])
    assert (envelope.sid, envelope.body) == (vector["sid"], vector["body"])
    kind = REGISTRY.decode(envelope)
    assert kind is not None
    if envelope.act == kind.ACT:  # a lifted one is written in its newest shape only
        assert envelope_of(kind, envelope.log, envelope.at).text() == vector["text"]


@dataclass(frozen=True, slots=True)
class NoteMade:
    """The third shape of an act invented for this test: `text` became `words`, then got a `language`."""

    ACT: ClassVar[str] = "note.make/3"
    RELEASE: ClassVar[str] = "R1"

    words: str
    language: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"note:{sid}",)


def _second(body: dict[str, Any]) -> dict[str, Any]:
    return {"words": body["text"]}


def _third(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"language": "und"}


NOTES = Registry(
    {"note.make/3": NoteMade}, {"note.make": ("note.make/2", _second), "note.make/2": ("note.make/3", _third)}
)


@pytest.mark.parametrize(
    ("act", "body", "lifted"),
    [
        ("note.make", {"text": "seen"}, NoteMade("seen", "und")),
        ("note.make/2", {"words": "seen"}, NoteMade("seen", "und")),
        ("note.make/3", {"words": "seen", "language": "ps"}, NoteMade("seen", "ps")),
    ],
)
def test_every_shape_of_an_act_is_lifted_to_the_newest_and_its_bytes_stay(
    act: str, body: dict[str, Any], lifted: NoteMade
) -> None:
    envelope = Envelope("tiga.example/x", act, AT, dict(body))
    text, sid = envelope.text(), envelope.sid
    assert NOTES.decode(envelope) == lifted
    assert (envelope.text(), envelope.sid, envelope.body) == (text, sid, body)
    assert entries.parse(text) == envelope


def test_an_act_of_a_later_version_is_left_alone() -> None:
    envelope = Envelope("tiga.example/x", "note.make/4", AT, {"anything": True})
    assert NOTES.decode(envelope) is None
    assert REGISTRY.decode(envelope) is None


@pytest.mark.parametrize(
    "envelope",
    [
        Envelope("tiga.example/x", "note.make/3", AT, {"words": "seen"}),
        Envelope("tiga.example/x", "note.make/3", AT, {"words": "seen", "language": "ps", "more": 1}),
        Envelope("tiga.example/x", "note.make/3", AT, {"words": 7, "language": "ps"}),
        Envelope("tiga.example/x", "note.make/3", AT, {"words": "seen", "language": "ps"}, case="c-1"),
    ],
)
def test_a_known_act_in_another_shape_is_refused_by_name(envelope: Envelope) -> None:
    with pytest.raises(BadShape):
        NOTES.decode(envelope)


@pytest.mark.parametrize("body", [{"member": 7}, {"member": "a", "component": "b", "more": "c"}])
def test_an_entry_in_a_wrong_shape_changes_nothing_but_the_time(body: dict[str, Any]) -> None:
    desk = desks.founded()
    before = desks.founded().whole
    later = Instant(desk.whole.now.ms + 1)
    envelope = Envelope(desk.origin, "panel.seat", later, body)
    registrar = (f"{desk.origin}/registrar",)
    assert desk.whole.apply(Entry(99, b"", envelope, envelope.sid, registrar)) is None
    before.now = later
    assert desk.whole == before


def test_the_instant_of_an_entry_without_the_registrar_is_a_claim() -> None:
    desk, before = desks.founded(), desks.founded().whole
    envelope = Envelope(desk.origin, "panel.notify", Instant(desk.whole.now.ms + 1), {"component": "party-1"})
    for signers in ((), (f"{desk.origin}/mediator1",), ("tiga.example/other/registrar",)):
        assert desk.whole.apply(Entry(99, b"", envelope, envelope.sid, signers)) is not None
    assert desk.whole.now == before.now
    assert desk.whole.panel_noticed == {"party-1": before.now}


@pytest.mark.parametrize("told", courses.STORIES)
def test_what_is_not_loaded_is_not_touched(told: Callable[[], Desk]) -> None:
    """Entries about objects that were not loaded fold without an error and make nothing."""
    story = told()
    standing = Standing(story.origin, story.agreements)
    for entry in story.entries():
        if entry.envelope.act not in ("case.open", "incident.open", "report.file", "finding.adopt", "measure.impose"):
            standing.apply(entry)
    assert (standing.cases, standing.incidents, standing.reports, standing.findings, standing.measures) == ({},) * 5
