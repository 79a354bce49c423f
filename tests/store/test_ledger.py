"""The ledger: all or nothing, once, never forked, and never opened over a log that is not the one it signed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import ConnectionHandler, transaction

from tests.store import kept
from tiga.record import proofs
from tiga.record.book import Receipt, Stale, Submission
from tiga.record.checkpoints import Checkpoint
from tiga.record.entries import Envelope
from tiga.record.notes import sign_note
from tiga.record.refusals import Refused
from tiga.record.tree import root_of
from tiga.store import models
from tiga.store.keys import CHECK, demo_keyring
from tiga.store.ledger import Broken, Ledger
from tiga.values.moments import Instant
from tiga.web import settings as real

ORIGIN = "tiga.example/press"
RING = demo_keyring((ORIGIN, f"{ORIGIN}/registrar", f"{ORIGIN}/stranger"))
KEYS = {f"{ORIGIN}/registrar": RING.signer(f"{ORIGIN}/registrar").key}

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


def opened() -> Ledger:
    return Ledger("press", ORIGIN, RING.signer(ORIGIN), KEYS)


def submission(number: int, *threads: str, by: str = "registrar", origin: str = ORIGIN) -> Submission:
    text = Envelope(origin, "test.note", Instant(number)).text()
    return Submission(sign_note(text, [RING.signer(f"{ORIGIN}/{by}")]), threads or ("t",))


def enter(ledger: Ledger, *numbers: int, after: dict[str, int] | None = None) -> tuple[Receipt, ...]:
    return ledger.enter([submission(number) for number in numbers], after or {})


def test_what_was_acknowledged_is_on_the_disk(tmp_path: Path) -> None:
    """The real settings: a commit is flushed before it is acknowledged, and one writer at a time decides."""
    kept_by = real._sqlite(tmp_path / "record.sqlite3")
    assert real.DATABASES["default"]["OPTIONS"] == kept_by["OPTIONS"]
    connection = ConnectionHandler({"default": kept_by})["default"]
    try:
        with connection.cursor() as cursor:
            rows = [
                cursor.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
    finally:
        connection.close()
    assert rows == ["wal", 2, 1]
    assert kept_by["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_the_root_is_that_of_the_leaves_in_order() -> None:
    ledger = opened()
    enter(ledger, 1, 2)
    enter(ledger, 3)
    leaves = [bytes(row.leaf) for row in models.Entry.objects.using("press").order_by("idx")]
    assert (ledger.head().size, ledger.head().root) == (3, root_of(leaves))
    assert ledger.audit() == 3


def test_a_receipt_shows_where_the_entry_stands() -> None:
    ledger = opened()
    for receipt in (*enter(ledger, 1, 2, 3), *enter(ledger, 4)):
        note = ledger.entry(receipt.index).note
        index, head = proofs.verify(receipt.proof, note, RING.signer(ORIGIN).key, CHECK())
        assert (index, head.origin) == (receipt.index, ORIGIN)
    with pytest.raises(Refused):
        proofs.verify(receipt.proof, ledger.entry(0).note, RING.signer(ORIGIN).key, CHECK())


def test_the_same_statement_is_entered_once() -> None:
    ledger = opened()
    first = enter(ledger, 1)
    head = ledger.head()
    assert enter(ledger, 1, after={"t": -1}) == first
    assert ledger.head() == head
    both = enter(ledger, 1, 2)
    assert [receipt.index for receipt in both] == [0, 1]


@pytest.mark.parametrize(("after", "entered"), [({"t": 0}, 2), ({"t": -1}, 1), ({"u": -1}, 2), ({"u": 0}, 1), ({}, 2)])
def test_a_thread_that_moved_since_it_was_read_refuses_the_act(after: dict[str, int], entered: int) -> None:
    ledger = opened()
    enter(ledger, 1)
    with suppress(Stale):
        enter(ledger, 2, after=after)
    assert ledger.size() == entered


@pytest.mark.parametrize("bad", [submission(2, by="stranger"), submission(2, origin="tiga.example/other")])
def test_one_bad_submission_keeps_all_of_them_out(bad: Submission) -> None:
    ledger = opened()
    with pytest.raises(Refused):
        ledger.enter([submission(1), bad], {})
    assert (ledger.size(), models.Entry.objects.using("press").count()) == (0, 0)


def test_what_fails_in_between_leaves_nothing_behind() -> None:
    ledger = opened()
    enter(ledger, 1)
    head = ledger.head()

    def between(entries: object) -> None:
        raise LookupError("a projection failed")

    with pytest.raises(LookupError):
        ledger.enter([submission(2)], {}, between)
    assert (ledger.head(), models.Entry.objects.using("press").count()) == (head, 1)
    assert [receipt.index for receipt in enter(ledger, 3)] == [1]
    assert opened().audit() == 2


def _changed_note() -> None:
    models.Entry.objects.using("press").filter(idx=1).update(note=submission(9).note)


def _changed_leaf() -> None:
    models.Entry.objects.using("press").filter(idx=1).update(leaf=b"\x00" * 32)


def _missing_entry() -> None:
    models.Entry.objects.using("press").filter(idx=2).delete()


def _missing_middle() -> None:
    models.Entry.objects.using("press").filter(idx=1).delete()


def _other_head(size: int, origin: str, signer: str) -> None:
    leaves = [bytes(row.leaf) for row in models.Entry.objects.using("press").order_by("idx")]
    text = Checkpoint(origin, size, root_of(leaves[:size])).text()
    models.Head.objects.using("press").update(size=size, checkpoint=sign_note(text, [RING.signer(signer)]))


@pytest.mark.parametrize(
    "harm",
    [_changed_leaf, _missing_entry, _missing_middle, lambda: models.Head.objects.using("press").update(size=2),
     lambda: models.Head.objects.using("press").update(size=4)],
    ids=["leaf", "last", "middle", "shorter-head", "longer-head"],
)  # fmt: skip
def test_a_log_that_is_not_the_signed_one_is_never_opened(harm: Callable[[], object]) -> None:
    enter(opened(), 1, 2, 3)
    harm()
    with pytest.raises(Broken):
        opened()


def test_a_head_by_another_key_is_never_opened() -> None:
    enter(opened(), 1, 2, 3)
    _other_head(3, ORIGIN, f"{ORIGIN}/registrar")
    with pytest.raises(Refused):
        opened()


def test_a_changed_note_under_its_old_leaf_is_found() -> None:
    ledger = opened()
    enter(ledger, 1, 2, 3)
    _changed_note()
    with pytest.raises(Broken):
        ledger.audit()
    found = opened().entry(1)
    with pytest.raises(Refused):
        proofs.verify(opened().proof(1), found.note, RING.signer(ORIGIN).key, CHECK())


def test_two_sequencers_follow_each_other() -> None:
    one, other = opened(), opened()
    assert [enter(ledger, number)[0].index for number, ledger in enumerate((one, other, other, one, other))] == list(
        range(5)
    )
    assert one.head() == other.head() == opened().head()
    assert opened().audit() == 5


def test_a_step_that_was_taken_back_is_not_built_upon() -> None:
    """One sequencer's step is rolled back from outside while another takes as many: the first must see that."""
    one, other = opened(), opened()
    enter(one, 1)
    try:
        with transaction.atomic(using="press"):
            enter(one, 2)
            raise LookupError("the caller's own step failed")
    except LookupError:
        pass
    enter(other, 3)
    enter(one, 4)
    assert opened().audit() == 3
    assert one.head() == other.head() == opened().head()
