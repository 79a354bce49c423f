"""A filing sealed on the sender's machine: the host carries it, and with all that the host has nobody reads it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from tests.store import kept
from tiga.cli import exercise, sealing
from tiga.mechanism import custody
from tiga.mechanism.acts import Actor, Refusal
from tiga.record import ed25519, sealed
from tiga.store import models, opening, vault
from tiga.store.desk import Desk, Done
from tiga.store.keys import CHECK, demo_keyring
from tiga.web.access import Absent, Door

pytestmark = pytest.mark.django_db(transaction=True, databases=kept.DATABASES)
PLANTED = "EXERCISE. The planted words: quartz-basalt-gneiss."
SENDER, NAMED, OTHER = "liaison/1", "mediator/2", "liaison/2"


@pytest.fixture
def desk(django_db_blocker: object) -> Iterator[Desk]:
    with kept.filled(django_db_blocker, "exercise"):
        yield kept.lay("exercise")


def door(desk: Desk, slug: str) -> Door:
    key = desk.standing().keys[f"{desk.origin}/{slug}"]
    return kept.door(desk, key.role, key.component, slug)


def pouch(desk: Desk, content: bytes = PLANTED.encode()) -> bytes:
    """What `tiga seal` makes on the sender's machine."""
    state = desk.ledger.state
    assert state is not None
    from tiga.record.notes import decode64

    to = [decode64(state.holders[f"{desk.origin}/{slug}"].seal) for slug in (SENDER, NAMED)]
    signer = demo_keyring((f"{desk.origin}/{SENDER}",)).signer(f"{desk.origin}/{SENDER}")
    return sealed.seal(sealed.Filing(content, "words.txt"), signer, to, b"\7" * 32, sealing.ciphers())


def hand_in(desk: Desk, data: bytes, *to: str, by: str = SENDER) -> object:
    import hashlib

    stage = exercise.Stage(desk, exercise.DemoEntropy("pouch"))
    actor: Actor = kept.actor(desk, by)
    blob: dict[str, str | int] = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "len": len(data),
        "mt": "application/octet-stream",
    }
    names = tuple(f"{desk.origin}/{slug}" for slug in to)
    salts = tuple(stage.entropy(16) for _ in range(custody.SEALED_DIGESTS))
    reader = door(desk, by)
    return reader.custody.hand_in(data, lambda s: custody.pouch(s, names, blob, actor, reader.now, salts))


def test_a_named_recipient_opens_it_and_nobody_else_even_finds_it(desk: Desk) -> None:
    data = pouch(desk)
    assert isinstance(hand_in(desk, data, SENDER, NAMED), Done)
    found = {
        slug: [row.sid for row in door(desk, slug).custody.pouches()]
        for slug in (SENDER, NAMED, OTHER, "secretariat/1")
    }
    (sid,) = found[NAMED]
    assert found == {SENDER: [sid], NAMED: [sid], OTHER: [], "secretariat/1": []}
    assert door(desk, NAMED).custody.pouch(sid) == data
    for slug in (OTHER, "secretariat/1"):
        with pytest.raises(Absent):
            door(desk, slug).custody.pouch(sid)
    private = opening.demo_seal_private(f"{desk.origin}/{NAMED}")
    public = ed25519.x25519_public_of(private)
    opened = sealed.unseal(data, public, sealing.ciphers(private), CHECK())
    assert (opened.filing.content, opened.sender.name) == (PLANTED.encode(), f"{desk.origin}/{SENDER}")


def test_the_host_has_everything_but_the_words(desk: Desk, tmp_path: Path) -> None:
    """All tables, the vault's keys and what they open: the planted words are in none of it."""
    hand_in(desk, pouch(desk), SENDER, NAMED)
    copy = tmp_path / "copy.sqlite3"
    connections["exercise"].ensure_connection()
    with sqlite3.connect(copy) as target:
        connections["exercise"].connection.backup(target)
    held = copy.read_bytes()
    for row in models.Disclosed.objects.using("exercise").all():
        held += vault.reveal("exercise", row.digest, bytes(row.data))
    for blob in models.Blob.objects.using("exercise").all():
        held += vault.blob("exercise", blob.sha256)
    needles = (b"quartz", b"basalt", b"gneiss", b"words.txt")
    assert [needle for needle in needles if needle in held] == []
    assert len(models.Blob.objects.using("exercise").all()) == 1


def test_on_the_log_it_looks_like_any_sealed_filing(desk: Desk) -> None:
    before = desk.ledger.size()
    hand_in(desk, pouch(desk), SENDER, NAMED)
    rows = [row for row in desk.ledger.entries(before) if row.envelope.act == "report.seal"]
    shapes = {
        (row.envelope.act, len(row.envelope.sd), row.envelope.at, row.signers, str(row.envelope.body)) for row in rows
    }
    assert (len(rows), len(shapes)) == (8, 1)


@pytest.mark.parametrize(
    ("to", "code"), [((), "no_seal_key"), (("monitor/1",), "no_seal_key"), (("nobody/9",), "no_seal_key")]
)
def test_it_is_handed_in_only_for_those_who_could_open_it(desk: Desk, to: tuple[str, ...], code: str) -> None:
    size = desk.ledger.size()
    result = hand_in(desk, pouch(desk), *to)
    assert isinstance(result, Refusal)
    assert (result.code, desk.ledger.size(), models.Blob.objects.using("exercise").count()) == (code, size, 0)
