"""What a review with fresh eyes broke: each attempt again, and what answers it now."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store import kept
from tiga.cli import exercise
from tiga.mechanism import charter, custody, reports
from tiga.mechanism.acts import Refusal
from tiga.record.notes import add_lines, sign_note
from tiga.record.refusals import Refused
from tiga.store import byfile, circulating, models, receiving, sealing, vault
from tiga.store.desk import Desk, Done, Waits
from tiga.store.keys import demo_keyring
from tiga.values.moments import Instant, Moment
from tiga.values.places import Place
from tiga.web.access import Absent, Door

pytestmark = pytest.mark.django_db(transaction=True, databases=kept.DATABASES)
BOTH = ("mediator/1", "mediator/2")


@pytest.fixture
def desk(django_db_blocker: object) -> Iterator[Desk]:
    with kept.filled(django_db_blocker, "press", "exercise"):
        yield kept.lay("exercise")


def door(desk: Desk, slug: str) -> Door:
    key = desk.standing().keys[f"{desk.origin}/{slug}"]
    found = kept.door(desk, key.role, key.component, slug)
    found.clock = lambda: kept.LATER
    return found


def draft(number: str, **more: object):  # type: ignore[no-untyped-def]
    from tiga.drafts import FieldReport

    return FieldReport(**{
        "report_id": number, "channel": "monitor", "source": "Team (invented)",
        "when": Moment("2026-01-05T09:00", "UTC", "minute"),
        "where": Place("Invented"), "acts": (), "account": "EXERCISE. Invented.", "language": "en", "release": "R3", **more,
    })  # type: ignore[arg-type]  # fmt: skip


def sealed(desk: Desk) -> str:
    stage = exercise.Stage(desk, exercise.DemoEntropy("review"))
    salts = stage.salts()
    return stage.do("monitor/1", (), lambda s, by, now: reports.file(s, draft("r"), by, now, salts)).receipt.sid


def signed(desk: Desk, text: str, *slugs: str) -> bytes:
    signers = [demo_keyring((f"{desk.origin}/{slug}",)).signer(f"{desk.origin}/{slug}") for slug in slugs]
    return add_lines(sign_note(text, signers[:1]), signers[1:])


def test_no_answer_tells_which_sealed_entry_is_real(desk: Desk) -> None:
    """A party without the hands gets one answer for a real entry and for a cover, and cannot even draw the text."""
    real = sealed(desk)
    covers = [row.sid for row in desk.ledger.entries() if row.envelope.act == "report.seal" and row.sid != real]
    answers = set()
    for sid in (real, covers[0]):
        for digest in desk.ledger.entry(desk.ledger.index_of(sid) or 0).envelope.sd:
            kind = custody.ValueErased(sid, (digest,), "x")
            assert door(desk, "liaison/2").custody.circulate(kind) == Refusal(
                "role", values={"role": "liaison", "needed": "mediator"}
            )
            from tiga.mechanism.acts import envelope_of

            text = envelope_of(kind, desk.origin, desk.time()).text()
            with pytest.raises(Refused) as refused:
                byfile.submit(desk, signed(desk, text, "liaison/2"), kept.LATER)
            answers.add((refused.value.code, str(refused.value.values)))
    assert len(answers) == 1


def test_an_erasure_on_its_way_and_entered_is_not_the_parties_to_see(desk: Desk) -> None:
    sid = sealed(desk)
    digest = next(item.digest for _, _, item in vault.disclosures(desk.alias, sid) if item.name == "report")
    drawn = door(desk, "mediator/1").custody.circulate(custody.ValueErased(sid, (digest,), "Gul Khan asked."))
    assert isinstance(drawn, circulating.Text)
    for slug in ("liaison/1", "liaison/2", "monitor/1"):
        assert door(desk, slug).custody.circulars() == []
        with pytest.raises(Absent):
            door(desk, slug).custody.circular(drawn.sid)
    done = byfile.submit(desk, signed(desk, drawn.text, *BOTH), kept.LATER)
    assert isinstance(done, Done)
    for slug, sees in (("liaison/1", False), ("monitor/1", False), ("mediator/1", True)):
        reader = door(desk, slug)
        assert [row.idx for row in reader.acts(number=500) if row.act == "value.erase"] == (
            [done.receipt.index] if sees else []
        )
        assert bool(reader.custody.erased(sid)) == sees


def test_one_witness_is_one_pair_of_eyes(desk: Desk) -> None:
    state = desk.ledger.state
    assert state is not None
    for component, vkey in (("party-2", state.witnesses["party-1"].vkey), ("Party 2", state.witnesses["party-1"].vkey)):
        from tiga.mechanism.acts import envelope_of

        text = envelope_of(charter.WitnessSet(component, vkey), desk.origin, desk.time()).text()
        with pytest.raises(Refused):
            byfile.submit(desk, signed(desk, text, *BOTH), kept.LATER)
    assert set(door(desk, "mediator/1").custody.policies()) == {"witnessed", "mutual"}


def test_texts_survive_what_circulates(desk: Desk) -> None:
    """A text that can be no entry is not drawn; a key that ends takes its signatures along, and no page."""
    hostile = charter.KeyEnrolled(charter.Key("evil", "x", "", "y"))
    assert door(desk, "liaison/1").custody.circulate(hostile) == Refusal("form_unreadable")
    bidi = charter.KeyRevoked(f"{desk.origin}/monitor/1", "a\u202eb")
    assert door(desk, "liaison/1").custody.circulate(bidi) == Refusal("form_unreadable")
    revoke = charter.KeyRevoked(f"{desk.origin}/liaison/2", "Lost.")
    drawn = door(desk, "liaison/1").custody.circulate(revoke)
    other = door(desk, "liaison/1").custody.circulate(charter.KeyRevoked(f"{desk.origin}/monitor/1", "Lost."))
    assert isinstance(drawn, circulating.Text) and isinstance(other, circulating.Text)
    assert not isinstance(circulating.sign(desk, other.sid, kept.actor(desk, "liaison/2")), Refusal)
    assert isinstance(byfile.submit(desk, signed(desk, drawn.text, *BOTH), kept.LATER), Done)
    rows = {row.sid: row for row in door(desk, "mediator/1").custody.circulars()}
    assert (rows[other.sid].signers, rows[other.sid].lacking) == ((), ("mediator:mediator-1", "mediator:mediator-2"))


def test_what_everything_rests_on_is_never_suppressed(desk: Desk) -> None:
    from tiga.mechanism.acts import envelope_of

    for index in range(desk.ledger.size()):
        text = envelope_of(custody.EntrySuppressed((index,), "x"), desk.origin, desk.time()).text()
        result = byfile.submit(desk, signed(desk, text, *BOTH), kept.LATER)
        assert isinstance(result, Refusal), index


@pytest.mark.parametrize("index", [-1, 2**63, 2**70, 10_000])
def test_an_index_that_cannot_be_is_absent(desk: Desk, index: int) -> None:
    with pytest.raises(Absent):
        door(desk, "mediator/1").entry(index)


def test_a_mended_sealed_report_is_a_new_version_and_makes_no_batch_come_early(django_db_blocker: object) -> None:
    with kept.filled(django_db_blocker, "press"):
        desk = kept.lay("press")
        by, now, entropy = kept.actor(desk, "secretariat/1"), kept.LATER, exercise.DemoEntropy("mend")

        def send(account: str) -> receiving.Intake:
            rows = [(2, draft("P1", channel="public", account=account))]
            return receiving.receive(desk, "form", account.encode(), rows, (), by, now, entropy)

        first = send("One.")
        assert isinstance(first.waits[0], Waits)
        size = desk.ledger.size()
        again = send("Two.")
        assert ([fault.values["refusal"] for fault in again.faults], desk.ledger.size()) == (["still_waiting"], size)
        assert list(sealing.enter(desk, first.waits[0].due)) == [first.waits[0].filing]
        third = send("Three.")
        assert third.revised == 1
        sealing.enter(desk, Instant(third.waits[0].due.ms))
        views = kept.reports(desk)
        assert sorted((view.report.account, bool(view.revised_by)) for view in views) == [
            ("One.", True),
            ("Three.", False),
        ]


def test_the_hour_of_a_batch_does_not_tell_when_its_first_filing_came(django_db_blocker: object) -> None:
    with kept.filled(django_db_blocker, "press"):
        desk = kept.lay("press")
        by, entropy = kept.actor(desk, "secretariat/1"), exercise.DemoEntropy("hour")
        dues = set()
        for minute in (1, 5, 14):
            now = Instant.parse(f"2026-06-01T07:{minute:02d}:21.000Z")
            rows = [(2, draft(f"H{minute}", channel="public"))]
            dues.add(receiving.receive(desk, "form", b"%d" % minute, rows, (), by, now, entropy).waits[0].due.text())
        assert dues == {"2026-06-01T07:15:00.000Z"}


def test_a_filing_is_taken_in_once(desk: Desk) -> None:
    assert models.Received.objects.using("exercise").count() == 0
    sealed(desk)
    (row,) = models.Received.objects.using("exercise").all()
    assert sealing.known(desk, row.key.removeprefix("filing:"))
