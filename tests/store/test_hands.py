"""Two people at one instant: whoever says the same thing is on the record too, and nobody is told so who is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store import kept
from tiga.cli import exercise as exercise_story
from tiga.drafts import evidence_item
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import depositing, marking
from tiga.record.book import Stale, Submission
from tiga.record.entries import Envelope
from tiga.record.notes import sign_note
from tiga.store import models, vault
from tiga.store.desk import ClockBack, Desk, Done
from tiga.values.moments import Instant
from tiga.web.access import Door

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

LATER = kept.LATER
SLUGS = ("monitor/1", "mediator/1")


@pytest.fixture(scope="module")
def laid(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "press", "exercise"):
        kept.lay("press")
        yield


@pytest.fixture
def desk(laid: None) -> Desk:
    return kept.desk("press")


def say(door: Door, reason: str = "One sound, two posts.") -> Done | Refusal:
    return door.act(("matches",), lambda s: marking.decide_match(s, "a", "b", True, reason, door.actor, door.now))  # type: ignore[arg-type]


def doors(desk: Desk) -> tuple[Door, Door]:
    """Two people who have loaded their pages at one instant; for the second, time goes on at the next try."""
    ticks = iter(range(1, 100))
    one, other = (kept.door(desk, slug.split("/")[0], "", slug) for slug in SLUGS)
    other.clock = lambda: Instant(LATER.ms + next(ticks))
    assert one.now == other.now == LATER
    return one, other


def test_the_same_statement_by_two_people_at_one_instant_is_entered_for_both(desk: Desk) -> None:
    size = desk.ledger.size()
    done = [say(door) for door in doors(desk)]
    assert [isinstance(row, Done) for row in done] == [True, True]
    entries = list(desk.ledger.entries(size))
    assert [(entry.sid, entry.signers) for entry in entries] == [
        (row.receipt.sid, (f"{desk.origin}/{slug}", f"{desk.origin}/registrar"))  # type: ignore[union-attr]
        for row, slug in zip(done, SLUGS, strict=True)
    ]
    assert [entry.envelope.at.ms - LATER.ms for entry in entries] == [0, 1]
    assert entries[0].envelope.body == entries[1].envelope.body
    assert desk.ledger.audit() == size + 2


def test_where_time_stands_still_the_second_is_told_to_try_again(desk: Desk) -> None:
    one, other = doors(desk)
    other.clock = lambda: LATER
    size = desk.ledger.size()
    assert isinstance(say(one), Done)
    assert say(other) == Refusal("busy")
    assert desk.ledger.size() == size + 1


def test_the_same_person_saying_it_twice_has_said_it_once(desk: Desk) -> None:
    one, _ = doors(desk)
    size = desk.ledger.size()
    assert say(one) == say(one)
    assert desk.ledger.size() == size + 1


def test_a_page_loaded_before_others_acted_is_entered_at_the_records_new_time(desk: Desk) -> None:
    one, other = doors(desk)
    one.now = Instant(LATER.ms + 5_000)
    assert isinstance(say(one), Done)
    done = say(other, "Another reason.")
    assert isinstance(done, Done)
    assert desk.ledger.entry(done.receipt.index).envelope.at == Instant(LATER.ms + 5_000)


@pytest.mark.parametrize("reason", ["x" * 60_000, "a \ud800 b"], ids=["too-long", "no-text"])
def test_what_the_record_cannot_hold_is_refused_in_words(desk: Desk, reason: str) -> None:
    one, _ = doors(desk)
    head = desk.ledger.head()
    assert say(one, reason) == Refusal("unsignable")
    assert desk.ledger.head() == head


def test_the_ledger_takes_a_known_statement_from_its_own_signers_alone(desk: Desk) -> None:
    text = Envelope(desk.origin, "test.note", LATER).text()
    registrar, monitor, mediator = (f"{desk.origin}/{slug}" for slug in ("registrar", *SLUGS))

    def by(*names: str) -> list[Submission]:
        return [Submission(sign_note(text, [desk.keyring.signer(name) for name in names]), ("t",))]

    first = desk.ledger.enter(by(monitor, registrar), {})
    assert desk.ledger.enter(by(monitor, registrar), {}) == first
    assert desk.ledger.enter(by(registrar), {}) == first
    size = desk.ledger.size()
    for names in ((mediator,), (mediator, registrar), (mediator, monitor, registrar)):
        with pytest.raises(Stale):
            desk.ledger.enter(by(*names), {})
    assert desk.ledger.size() == size


# ---- bytes and the act that brings them


@pytest.fixture
def exercise(laid: None) -> Iterator[tuple[Desk, str]]:
    kept.empty("exercise")
    found = kept.lay("exercise")
    stage = exercise_story.Stage(found, exercise_story.DemoEntropy("hands"))
    yield found, exercise_story.complain(stage, exercise_story.Plot(
        "liaison/1", "party-1", "party-2", "P-01", "H1", "2026-01-04T10:00", "UTC", "Exercise Post (invented)",
        exercise_story.Point(0, 0), "EXERCISE. Invented."))  # fmt: skip


def deposit(desk: Desk, case: str, data: bytes, number: int, *, at: Instant | None = None) -> Done | Refusal:
    by, now, item = kept.actor(desk, "monitor/1"), at or desk.now(LATER), evidence_item("note.txt", data)
    salts = tuple(bytes([number, n]) * 8 for n in range(6))
    return desk.deposit((f"case:{case}",), data, lambda s: depositing.deposit(s, case, item, by, now, salts), by)


def test_deposited_bytes_are_kept_and_a_refused_deposit_takes_nothing_of_anothers(exercise: tuple[Desk, str]) -> None:
    desk, case = exercise
    data = b"EXERCISE. A note."
    sha256 = evidence_item("note.txt", data).sha256
    assert deposit(desk, "x" * 43, data, 1) == Refusal("case_unknown", values={"case": "x" * 43})
    with pytest.raises(LookupError):
        vault.blob("exercise", sha256)
    assert isinstance(deposit(desk, case, data, 2), Done)
    assert deposit(desk, "x" * 43, data, 3) == Refusal("case_unknown", values={"case": "x" * 43})
    assert vault.blob("exercise", sha256) == data


def test_a_deposit_that_could_not_be_entered_leaves_no_bytes_behind(exercise: tuple[Desk, str]) -> None:
    desk, case = exercise
    data = b"EXERCISE. Too early."
    with pytest.raises(ClockBack):
        deposit(desk, case, data, 4, at=Instant(0))
    with pytest.raises(LookupError):
        vault.blob("exercise", evidence_item("note.txt", data).sha256)
    assert desk.ledger.audit() == desk.ledger.size()


def test_bytes_changed_in_the_vault_are_never_handed_out(exercise: tuple[Desk, str]) -> None:
    desk, case = exercise
    data = b"EXERCISE. A picture."
    assert isinstance(deposit(desk, case, data, 5), Done)
    models.Blob.objects.using("exercise").update(data=b"EXERCISE. Another.")
    with pytest.raises(vault.Unreadable, match="was changed"):
        vault.blob("exercise", evidence_item("note.txt", data).sha256)
