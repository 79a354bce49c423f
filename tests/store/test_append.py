"""`Ledger.append`: one admitted note a transaction, with all of a commit but admission, threads and projections."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connections

from tiga.record.checkpoints import open_checkpoint
from tiga.record.entries import Envelope, admit, leaf_of
from tiga.record.notes import sign_note
from tiga.record.tree import root_of
from tiga.store.keys import CHECK, demo_keyring
from tiga.store.ledger import Broken, Ledger
from tiga.values.moments import Instant

ORIGIN = "tiga.example/press"
RING = demo_keyring((ORIGIN, f"{ORIGIN}/registrar"))
KEYS = {name: RING.signer(name).key for name in RING.names()}

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "press"])


def opened() -> Ledger:
    return Ledger("press", ORIGIN, RING.signer(ORIGIN), KEYS)


def admitted(number: int) -> tuple[bytes, str, bytes]:
    note = sign_note(Envelope(ORIGIN, "bench.note", Instant(number)).text(), [RING.signer(f"{ORIGIN}/registrar")])
    _, sid, _ = admit(note, ORIGIN, KEYS, CHECK())
    return note, sid, leaf_of(note)


def test_the_log_over_a_full_tile_has_the_root_that_the_definition_gives() -> None:
    ledger, rows = opened(), [admitted(number) for number in range(260)]
    assert [ledger.append([row]) for row in rows] == list(range(260))
    head = ledger.head()
    assert (head.size, head.root) == (260, root_of([leaf for _, _, leaf in rows]))
    assert open_checkpoint(head.checkpoint, KEYS[ORIGIN], CHECK()).root == head.root
    assert ledger.audit() == 260
    again = opened()
    assert (again.head(), again.entry(255).note) == (head, rows[255][0])


def test_two_ledgers_on_one_log_follow_each_other() -> None:
    one, other = opened(), opened()
    assert [ledger.append([admitted(number)]) for number, ledger in enumerate((one, other, one, other))] == [0, 1, 2, 3]
    assert one.audit() == 4


@pytest.mark.parametrize("part", ["note", "leaf"])
def test_a_note_and_a_leaf_that_do_not_belong_together_change_nothing(part: str) -> None:
    ledger, (note, sid, leaf) = opened(), admitted(0)
    ledger.append([(note, sid, leaf)])
    head, (other, sid2, leaf2) = ledger.head(), admitted(1)
    wrong = (note, sid2, leaf2) if part == "note" else (other, sid2, leaf_of(b"another"))
    with pytest.raises(Broken):
        ledger.append([wrong])
    assert (ledger.head(), ledger.audit()) == (head, 1)
    assert ledger.append([(other, sid2, leaf2)]) == 1


def test_the_same_statement_twice_is_refused_as_djangos_own_error() -> None:
    ledger, row = opened(), admitted(0)
    ledger.append([row])
    with pytest.raises(IntegrityError):
        ledger.append([row])
    assert (ledger.size(), ledger.audit()) == (1, 1)


@pytest.mark.parametrize("column", ["note", "leaf"])
def test_what_was_stored_otherwise_is_never_signed_for(column: str) -> None:
    """A disk that stores another byte, played by a trigger: the append fails and the head stays."""
    ledger = opened()
    ledger.append([admitted(0)])
    head = ledger.head()
    with connections["press"].cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER flip AFTER INSERT ON entry BEGIN "
            f"UPDATE entry SET {column} = x'00' WHERE idx = NEW.idx; END"
        )
    try:
        with pytest.raises(Broken):
            ledger.append([admitted(1)])
    finally:
        with connections["press"].cursor() as cursor:
            cursor.execute("DROP TRIGGER flip")
    assert ledger.head() == head


def test_a_head_that_another_epoch_took_over_is_not_moved() -> None:
    ledger = opened()
    ledger.append([admitted(0)])
    with connections["press"].cursor() as cursor:
        cursor.execute("CREATE TRIGGER taken AFTER INSERT ON entry BEGIN UPDATE head SET epoch = epoch + 1; END")
    try:
        with pytest.raises(Broken):
            ledger.append([admitted(1)])
    finally:
        with connections["press"].cursor() as cursor:
            cursor.execute("DROP TRIGGER taken")
    assert (ledger.size(), ledger.audit()) == (1, 1)
