"""Acts that circulate as files, on a record in files: keys, rules, suppression and erasure, and what is left of the bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store import filed, kept
from tiga.drafts import evidence_item
from tiga.mechanism import charter, custody, mandates
from tiga.mechanism.acts import Kind, Refusal
from tiga.mechanism.deciders import depositing, marking, seating
from tiga.record.charter import KEY_ACTS
from tiga.record.entries import Entry, leaf_of
from tiga.record.proofs import verify as verify_proof
from tiga.record.refusals import Refused
from tiga.record.verify import Verified, verify_dossier
from tiga.store import byfile, models, vault
from tiga.store.desk import Desk, Done
from tiga.store.keys import CHECK
from tiga.values.moments import Instant
from tiga.web.access import Absent

BOTH = ("mediator/1", "mediator/2")
"""Who changes keys, suppresses and erases on the press record: a mediator of each component."""
NEW = ("new/1", "new/2", "new/3")


@pytest.fixture
def blocker(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


@pytest.fixture
def desk(blocker: None, tmp_path: Path) -> Iterator[Desk]:
    with filed.laid(tmp_path / "press") as found:
        yield found


@pytest.fixture
def clock() -> filed.Clock:
    return filed.Clock()


def submit(desk: Desk, kind: Kind, clock: filed.Clock, *slugs: str) -> Entry:
    """An act by file that must be entered; returns its entry."""
    done = byfile.submit(desk, filed.by_file(desk, kind, clock(), *slugs), clock())
    assert isinstance(done, Done), done
    return desk.ledger.entry(done.receipt.index)


def refused(desk: Desk, kind: Kind, clock: filed.Clock, *slugs: str) -> str:
    """The code of an act by file that must be refused, with nothing entered, not even its stamp."""
    head = desk.ledger.head()
    try:
        result = byfile.submit(desk, filed.by_file(desk, kind, clock(), *slugs), clock())
    except Refused as error:
        assert str(error) != ""
        assert desk.ledger.head() == head
        return error.code
    assert isinstance(result, Refusal), result
    assert desk.ledger.head() == head
    return result.code


def name(desk: Desk, slug: str) -> str:
    return f"{desk.origin}/{slug}"


def say(desk: Desk, slug: str, now: Instant) -> Done | Refusal:
    """Something that a monitor or mediator may do at once."""
    by = filed.actor(desk, slug)
    result = desk.act(
        ("matches",), lambda s: marking.decide_match(s, "a", f"b{now.ms}", True, "One sound.", by, now), by
    )
    assert isinstance(result, Done | Refusal)
    return result


# ---- acts on keys


def test_each_act_on_keys_comes_in_after_a_stamp_of_the_records_time(desk: Desk, clock: filed.Clock) -> None:
    acts: list[tuple[Kind, tuple[str, ...]]] = [
        (charter.KeyEnrolled(filed.key(desk, "new/1", "monitor")), (*BOTH, "new/1")),
        (charter.KeyRotated(name(desk, "new/1"), filed.key(desk, "new/2", "monitor")), ("new/1", "new/2")),
        (charter.KeyRevoked(name(desk, "new/2"), "Lost.", 3), BOTH),
        (charter.RuleSet("key.enrol", ("quorum mediator:ankara",)), BOTH),
        (charter.WitnessSet("doha", desk.ledger.state.witnesses["doha"].vkey), BOTH),  # type: ignore[union-attr]
    ]
    for kind, signers in acts:
        size = desk.ledger.size()
        claimed = clock()
        done = byfile.submit(desk, filed.by_file(desk, kind, claimed, *signers), wall := Instant(clock.ms + 7_200_000))
        assert isinstance(done, Done)
        stamp, act = desk.ledger.entry(size), desk.ledger.entry(size + 1)
        assert (stamp.envelope.act, stamp.envelope.body) == ("time.stamp", {"about": kind.ACT})
        assert (stamp.signers, stamp.envelope.at) == ((desk.registrar,), wall)
        assert (act.envelope.act, act.envelope.at, act.index) == (kind.ACT, claimed, done.receipt.index)
        assert set(act.signers) == {name(desk, slug) for slug in signers}
        assert desk.time() == wall
        clock.ms = wall.ms
    assert desk.ledger.size() == 2 + 2 * len(acts)
    assert desk.ledger.audit() == desk.ledger.size()
    assert kept.rebuilt_equals_live(desk)
    state = desk.ledger.state
    assert filed.again(desk).ledger.state == state


def test_a_text_that_says_an_old_instant_moves_no_clock(desk: Desk, clock: filed.Clock) -> None:
    wall = clock()
    kind = charter.KeyRevoked(name(desk, "monitor/2"), "Lost.")
    done = byfile.submit(desk, filed.by_file(desk, kind, Instant(0), *BOTH), wall)
    assert isinstance(done, Done)
    assert desk.time() == desk.standing().now == wall


@pytest.mark.parametrize(
    ("signers", "code"),
    [
        (("mediator/1", "new/1"), "record.refused.hands"),
        (("mediator/1", "secretariat/1", "registrar", "new/1"), "record.refused.hands"),
        (BOTH, "record.refused.not_own"),
        ((*BOTH, "new/1", "new/2"), "record.refused.unknown_key"),
    ],
)
def test_without_the_charters_hands_nothing_is_entered(
    desk: Desk, clock: filed.Clock, signers: tuple[str, ...], code: str
) -> None:
    kind = charter.KeyEnrolled(filed.key(desk, "new/1", "monitor"))
    assert refused(desk, kind, clock, *signers) == code
    assert submit(desk, kind, clock, *BOTH, "new/1").envelope.act == "key.enrol"


def test_what_is_no_act_by_file_is_refused_in_words(desk: Desk, clock: filed.Clock) -> None:
    for kind in (mandates.PanelSeated(name(desk, "mediator/1"), "ankara"), charter.TimeStamped("x")):
        assert refused(desk, kind, clock, "registrar", "mediator/1") == "not_by_file"


def test_the_same_file_twice_is_one_act(desk: Desk, clock: filed.Clock) -> None:
    note = filed.by_file(desk, charter.KeyRevoked(name(desk, "monitor/2"), "Lost."), clock(), *BOTH)
    first = byfile.submit(desk, note, clock())
    size = desk.ledger.size()
    second = byfile.submit(desk, note, clock())
    assert isinstance(first, Done) and isinstance(second, Done)
    assert (second.receipt.index, desk.ledger.size()) == (first.receipt.index, size)


def test_a_seat_follows_its_key(desk: Desk, clock: filed.Clock) -> None:
    by, member = filed.actor(desk, "secretariat/1"), name(desk, "mediator/1")
    now = clock()
    assert isinstance(desk.act((), lambda s: seating.seat(s, member, "ankara", by, now), by), Done)
    fresh = filed.key(desk, "new/1", "mediator", "ankara")
    submit(desk, charter.KeyRotated(member, fresh), clock, "mediator/1", "new/1")
    standing = desk.standing()
    assert standing.seats == {fresh.name: "ankara"}
    assert mandates.sitting(standing, "ankara") == 1
    assert isinstance(say(desk, "new/1", clock()), Done)
    submit(desk, charter.KeyRevoked(fresh.name, "Lost."), clock, "mediator/2", "new/1")
    assert desk.standing().seats == {}
    now = clock()
    for gone in (member, fresh.name):  # whose key has ended has no seat to come back to
        again = desk.act((), lambda s, gone=gone: seating.seat(s, gone, "ankara", by, now), by)
        assert isinstance(again, Refusal) and again.code == "not_of_component"


def test_an_ended_key_does_nothing_more_and_what_it_signed_stays(desk: Desk, clock: filed.Clock) -> None:
    done = say(desk, "monitor/2", clock())
    assert isinstance(done, Done)
    submit(desk, charter.KeyRevoked(name(desk, "monitor/2"), "Lost.", done.receipt.index), clock, *BOTH)
    size = desk.ledger.size()
    with pytest.raises(Refused) as caught:
        say(desk, "monitor/2", clock())
    assert (caught.value.code, desk.ledger.size()) == ("record.refused.unknown_key", size)
    told = kept.door(desk, "monitor", "", "monitor/2").act(("matches",), lambda s: marking.decide_match(
        s, "a", "b", True, "r", filed.actor(desk, "monitor/2"), clock()))  # fmt: skip
    assert isinstance(told, Refusal) and told.code == "key_ended"
    entry = filed.again(desk).ledger.entry(done.receipt.index)
    assert name(desk, "monitor/2") in entry.signers
    state = desk.ledger.state
    assert state is not None and state.suspect(entry.index, entry.signers) == (name(desk, "monitor/2"),)
    assert isinstance(say(desk, "monitor/3", clock()), Done)


def test_the_registrars_key_is_replaced_and_the_record_goes_on(desk: Desk, clock: filed.Clock) -> None:
    old = desk.registrar
    submit(desk, charter.KeyRotated(old, filed.key(desk, "new/3", "registrar")), clock, "registrar", "new/3")
    assert desk.registrar == name(desk, "new/3")
    now = clock()
    done = say(desk, "monitor/1", now)
    assert isinstance(done, Done)
    assert set(desk.ledger.entry(done.receipt.index).signers) == {name(desk, "monitor/1"), name(desk, "new/3")}
    assert (desk.time(), filed.again(desk).registrar) == (now, name(desk, "new/3"))
    assert kept.rebuilt_equals_live(desk)


def test_a_registrars_key_is_revoked_once_another_is_there(desk: Desk, clock: filed.Clock) -> None:
    submit(desk, charter.KeyEnrolled(filed.key(desk, "new/3", "registrar")), clock, *BOTH, "new/3")
    submit(desk, charter.KeyRevoked(name(desk, "registrar"), "Stolen."), clock, *BOTH)
    assert desk.registrar == name(desk, "new/3")
    assert isinstance(say(desk, "monitor/1", clock()), Done)
    submit(desk, charter.KeyRevoked(name(desk, "new/3"), "Stolen."), clock, *BOTH)
    size = desk.ledger.size()
    with pytest.raises(Refused):
        say(desk, "monitor/1", clock())
    assert desk.ledger.size() == size


# ---- another process at the same record


def test_another_process_follows_the_keys(desk: Desk, clock: filed.Clock) -> None:
    other = filed.again(desk)
    submit(desk, charter.KeyEnrolled(filed.key(desk, "new/1", "monitor")), clock, *BOTH, "new/1")
    done = say(desk, "new/1", clock())
    assert isinstance(done, Done)
    assert other.ledger.entry(done.receipt.index).signers == desk.ledger.entry(done.receipt.index).signers
    submit(desk, charter.KeyRevoked(name(desk, "monitor/2"), "Lost."), clock, *BOTH)
    with pytest.raises(Refused):
        say(other, "monitor/2", clock())
    assert isinstance(say(other, "new/1", clock()), Done)


def test_another_process_follows_the_registrars_key(desk: Desk, clock: filed.Clock) -> None:
    other = filed.again(desk)
    rotated = charter.KeyRotated(desk.registrar, filed.key(desk, "new/3", "registrar"))
    submit(desk, rotated, clock, "registrar", "new/3")
    assert isinstance(say(other, "monitor/1", clock()), Done)
    assert other.registrar == desk.registrar


def test_another_process_follows_the_rules(desk: Desk, clock: filed.Clock) -> None:
    other = filed.again(desk)
    by_root = charter.RuleSet("entry.suppress", ("group g all mediator:ankara mediator:doha secretariat:", "quorum g"))
    submit(desk, by_root, clock, *BOTH, "secretariat/1")
    done = say(desk, "monitor/1", clock())
    assert isinstance(done, Done)
    kind = custody.EntrySuppressed((done.receipt.index,), "A name.")
    assert refused(other, kind, clock, *BOTH) == "record.refused.hands"
    assert submit(other, kind, clock, *BOTH, "secretariat/1").envelope.act == "entry.suppress"


# ---- suppression


WORD = "suppressed-agate"


@pytest.fixture
def told(desk: Desk, clock: filed.Clock) -> tuple[Desk, int]:
    """A record with an entry whose own bytes hold a word that must go, and others before and after it."""
    say(desk, "monitor/1", clock())
    by, now = filed.actor(desk, "monitor/1"), clock()
    done = desk.act(("matches",), lambda s: marking.decide_match(s, "a", "b", True, f"It was {WORD}.", by, now), by)
    assert isinstance(done, Done)
    filed.sealed(desk, filed.drawn("r1", "EXERCISE. Something else."), clock())
    say(desk, "monitor/1", clock())
    return desk, done.receipt.index


def test_a_suppressed_entry_leaves_its_hash_and_nothing_of_its_words(
    told: tuple[Desk, int], clock: filed.Clock, tmp_path: Path
) -> None:
    desk, index = told
    assert filed.holding(tmp_path, WORD.encode()) != []  # it is there to be found
    leaf, proof = leaf_of(desk.ledger.entry(index).note), desk.ledger.proof(index)
    before = {entry.index: (entry.note, desk.ledger.proof(entry.index)) for entry in desk.ledger.entries()}
    act = submit(desk, custody.EntrySuppressed((index,), "A name stood in it."), clock, *BOTH)
    assert filed.holding(tmp_path, WORD.encode()) == []
    assert desk.ledger.leaves(index, index + 1) == [(leaf, None)]
    assert desk.ledger.audit() == desk.ledger.size()
    with pytest.raises(IndexError):
        desk.ledger.entry(index)
    for at, (note, _) in before.items():
        if at != index:
            assert desk.ledger.entry(at).note == note
            assert verify_proof(desk.ledger.proof(at), note, desk.log_key, CHECK())[0] == at
    note = before[index][0]  # whoever kept it can still show where it stood
    assert verify_proof(proof, note, desk.log_key, CHECK())[0] == index
    assert verify_proof(desk.ledger.proof(index), note, desk.log_key, CHECK())[0] == index
    assert kept.rebuilt_equals_live(desk)
    assert [row.index for row in desk.ledger.entries()] == [at for at in range(act.index + 1) if at != index]
    again = filed.again(desk)
    assert (again.ledger.audit(), again.ledger.head()) == (desk.ledger.size(), desk.ledger.head())
    assert isinstance(say(again, "monitor/1", clock()), Done)


def test_pages_answer_that_a_suppressed_entry_is_absent(told: tuple[Desk, int], clock: filed.Clock) -> None:
    desk, index = told
    sid = desk.ledger.entry(index).sid
    secretariat = kept.door(desk, "secretariat", "", "secretariat/1")
    assert secretariat.entry(index)[1].sid == sid
    submit(desk, custody.EntrySuppressed((index,), "A name stood in it."), clock, *BOTH)
    for door in (kept.door(desk), kept.door(desk, "secretariat", "", "secretariat/1")):
        for ask in (lambda door=door: door.entry(index), lambda door=door: door.proof(index),
                    lambda door=door: door.index_of(sid)):  # fmt: skip
            with pytest.raises(Absent):
                ask()
        assert index not in {row.idx for row in door.acts(number=500)}
        assert WORD not in repr(door.words())


def test_a_suppressed_report_is_gone_from_the_rows(desk: Desk, clock: filed.Clock, tmp_path: Path) -> None:
    """Also its value in the vault: what nobody can reach any more is not kept in the clear."""
    receipt = filed.sealed(desk, filed.drawn("r1", f"EXERCISE. {WORD}."), clock())
    submit(desk, custody.EntrySuppressed((receipt.index,), "A name."), clock, *BOTH)
    assert [row.sid for row in kept.reports(desk)] == []
    assert filed.holding(tmp_path, WORD.encode()) == []
    assert kept.rebuilt_equals_live(desk)


def test_acts_on_keys_and_suppressions_are_never_suppressed(told: tuple[Desk, int], clock: filed.Clock) -> None:
    desk, index = told
    revoked = submit(desk, charter.KeyRevoked(name(desk, "monitor/2"), "Lost."), clock, *BOTH)
    suppressed = submit(desk, custody.EntrySuppressed((index,), "A name."), clock, *BOTH)
    for at in (revoked.index, suppressed.index):
        assert refused(desk, custody.EntrySuppressed((at,), "g"), clock, *BOTH) == "suppress_keys"
        assert refused(desk, custody.EntrySuppressed((index + 2, at), "g"), clock, *BOTH) == "suppress_keys"
    assert desk.ledger.entry(0).envelope.act in KEY_ACTS
    for at in ((), (0,), (-1,), (desk.ledger.size(),), (10**9,)):
        assert refused(desk, custody.EntrySuppressed(at, "g"), clock, *BOTH) == "index_unknown"
    assert refused(desk, custody.EntrySuppressed((index,), "g"), clock, "mediator/1") == "record.refused.hands"
    assert submit(desk, custody.EntrySuppressed((index + 1, index + 2), "g"), clock, *BOTH).index


def test_a_suppressed_statement_that_is_sent_again_does_not_come_back(
    told: tuple[Desk, int], clock: filed.Clock, tmp_path: Path
) -> None:
    from tiga.record.book import Stale, Submission

    desk, index = told
    note = desk.ledger.entry(index).note
    submit(desk, custody.EntrySuppressed((index,), "A name."), clock, *BOTH)
    size = desk.ledger.size()
    with pytest.raises((Refused, Stale)):
        desk.ledger.enter([Submission(note, ("matches",))], {})
    assert desk.ledger.size() == size
    assert filed.holding(tmp_path, WORD.encode()) == []


# ---- erasure


ERASED, OTHER, ITEM = "erased-garnet", "kept-topaz", b"EXERCISE. erased-zircon, a file."


def digest_of(desk: Desk, sid: str, name: str) -> str:
    return next(value.digest for _, _, value in vault.disclosures(desk.alias, sid) if value.name == name)


def erase(desk: Desk, clock: filed.Clock, sid: str, *digests: str) -> Entry:
    return submit(desk, custody.ValueErased(sid, digests, "A person asked for it."), clock, *BOTH)


@pytest.fixture
def held(desk: Desk, clock: filed.Clock) -> tuple[Desk, str, str]:
    """Two reports of monitors, both sealed, one of which says what is to be erased."""
    first = filed.sealed(desk, filed.drawn("r1", f"EXERCISE. {ERASED}.", reporter=f"Reporter {ERASED}"), clock())
    second = filed.sealed(desk, filed.drawn("r2", f"EXERCISE. {OTHER}."), clock())
    return desk, first.sid, second.sid


def test_what_is_erased_is_nowhere_any_more_and_the_rest_stays(
    held: tuple[Desk, str, str], clock: filed.Clock, tmp_path: Path
) -> None:
    desk, sid, other = held
    assert filed.holding(tmp_path, ERASED.encode()) != []
    rows = [digest_of(desk, sid, name) for name in ("report", "reporter")]
    encrypted = [bytes(row.data) for row in models.Disclosed.objects.using(desk.alias).filter(digest__in=rows)]
    keys = vault.keys(desk.alias).read(rows)
    wrapped = [bytes(data) for (data,) in vault.keys(desk.alias)._base.execute(
        "SELECT data FROM wrapped WHERE name IN (?, ?)", rows)]  # fmt: skip
    assert (len(encrypted), len(keys), len(wrapped)) == (2, 2, 2)
    note = desk.ledger.entry(desk.ledger.index_of(sid)).note  # type: ignore[arg-type]
    erase(desk, clock, sid, *rows)
    assert filed.holding(tmp_path, ERASED.encode()) == []
    assert filed.holding(tmp_path, *encrypted, *wrapped, *keys.values()) == []
    assert vault.keys(desk.alias).read(rows) == {}
    assert {row[0]: row[1] for row in vault.erased(desk.alias, sid)} == {"report": rows[0], "reporter": rows[1]}
    assert [value.name for _, _, value in vault.disclosures(desk.alias, sid)] == ["filing"]
    assert [row.sid for row in kept.reports(desk)] == [other]
    index = desk.ledger.index_of(sid)
    assert index is not None
    assert desk.ledger.entry(index).note == note
    assert set(rows) <= set(desk.ledger.entry(index).envelope.sd)
    assert verify_proof(desk.ledger.proof(index), note, desk.log_key, CHECK())[0] == index
    assert kept.rebuilt_equals_live(desk)
    assert OTHER in repr(kept.reports(filed.again(desk)))


def test_who_filed_it_is_erased_as_well_where_the_filing_is_named(
    held: tuple[Desk, str, str], clock: filed.Clock
) -> None:
    desk, sid, other = held
    digests = [value.digest for _, _, value in vault.disclosures(desk.alias, sid)]
    erase(desk, clock, sid, *digests)
    assert vault.disclosures(desk.alias, sid) == ()
    assert set(desk.whole().reports) == {other}
    assert kept.rebuilt_equals_live(desk)
    filed.sealed(desk, filed.drawn("r3", "EXERCISE. A third."), clock())  # and the sender's chain goes on
    assert kept.rebuilt_equals_live(desk)


def test_only_values_that_are_there_are_erased_and_only_by_the_charters_hands(
    held: tuple[Desk, str, str], clock: filed.Clock
) -> None:
    desk, sid, other = held
    digest = digest_of(desk, sid, "report")
    for of, digests in ((other, (digest,)), (sid, ("x" * 43,)), ("x" * 43, (digest,))):
        assert refused(desk, custody.ValueErased(of, digests, "g"), clock, *BOTH) == "value_unknown"
    assert refused(desk, custody.ValueErased(sid, (digest,), "g"), clock, "mediator/1") == "record.refused.hands"
    erase(desk, clock, sid, digest)
    assert refused(desk, custody.ValueErased(sid, (digest,), "g"), clock, *BOTH) == "value_unknown"


@pytest.mark.parametrize("after", ["act", "keys"])
def test_an_erasure_that_was_cut_off_is_finished_when_the_record_is_opened(
    held: tuple[Desk, str, str], clock: filed.Clock, tmp_path: Path, after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, sid, _ = held
    digest, reporter = digest_of(desk, sid, "report"), digest_of(desk, sid, "reporter")

    class Cut(BaseException):
        """The process ends here."""

    def cut(*args: object, **more: object) -> None:
        raise Cut

    with monkeypatch.context() as patch, pytest.raises(Cut):
        patch.setattr(*((Desk, "keep_up", cut) if after == "act" else (Desk, "rebuild", cut)))
        erase(desk, clock, sid, digest, reporter)
    again = filed.again(desk)
    assert filed.holding(tmp_path, ERASED.encode()) == []
    assert vault.keys(desk.alias).read([digest, reporter]) == {}
    assert kept.rebuilt_equals_live(again)


# ---- erasure of a file, and dossiers


@pytest.fixture
def played(blocker: None, tmp_path: Path) -> Iterator[tuple[Desk, dict[str, str]]]:
    with filed.opened(tmp_path / "exercise", "exercise") as found:
        filed.lay(found, "exercise")
        yield found, kept.play(found)


SIDES = ("mediator/1", "mediator/2")


def verified(desk: Desk, data: bytes) -> Verified:
    return verify_dossier(data, CHECK(), desk.log_key, exercise=True)


def test_a_dossier_made_before_an_erasure_verifies_and_a_new_one_withholds(
    played: tuple[Desk, dict[str, str]], clock: filed.Clock, tmp_path: Path
) -> None:
    desk, cases = played
    case = cases["a"]
    door = kept.door(desk, "liaison", "party-1", "liaison/1")
    before = door.takeout.case(case, {})
    shown = verified(desk, before)
    report = desk.standing((f"case:{case}",)).cases[case].opened.report
    index, digest = desk.ledger.index_of(report), digest_of(desk, report, "report")
    assert index is not None and digest in {value.digest for value in shown.disclosed[index]}
    words = b"Small-arms fire reported for ten minutes towards Exercise Post Alpha"
    assert filed.holding(tmp_path, words) != []
    erase(desk, clock, report, digest)
    assert filed.holding(tmp_path, words) == []
    assert verified(desk, before) == shown
    after = verified(desk, kept.door(desk, "liaison", "party-1", "liaison/1").takeout.case(case, {}))
    assert digest not in {value.digest for rows in after.disclosed.values() for value in rows}
    assert digest in next(entry for entry in after.entries if entry.index == index).envelope.sd
    assert after.manifest == shown.manifest
    assert kept.rebuilt_equals_live(desk)


def test_a_dossier_after_a_suppression_still_shows_all_that_its_manifest_lists(
    played: tuple[Desk, dict[str, str]], clock: filed.Clock
) -> None:
    desk, cases = played
    case, door = cases["b"], kept.door(desk, "liaison", "party-1", "liaison/1")
    before = verified(desk, door.takeout.case(case, {}))
    deposited = [entry.index for entry in before.entries if entry.envelope.act == "evidence.deposit"]
    sealed = [value.value for value in before.disclosed.get(before.manifest or 0, ()) if value.name == "sealed"]
    assert len(deposited) == 3 and before.manifest is not None and sealed == []
    mediators = verified(desk, kept.door(desk, "mediator", "mediator-1").takeout.case(case, {}))
    (hidden,) = [value.value for value in mediators.disclosed[mediators.manifest or 0] if value.name == "sealed"]
    for index in (deposited[0], hidden):
        submit(desk, custody.EntrySuppressed((index,), "A name."), clock, *SIDES)
        for role, component in (("liaison", "party-1"), ("mediator", "mediator-1")):
            after = verified(desk, kept.door(desk, role, component).takeout.case(case, {}))
            assert after.manifest is not None and after.manifest > before.manifest
            assert index not in {entry.index for entry in after.entries}
            assert "entry.suppress" in {entry.envelope.act for entry in after.entries}
    assert kept.rebuilt_equals_live(desk)


def test_an_erased_file_is_gone_and_the_same_file_on_another_case_stays(
    played: tuple[Desk, dict[str, str]], clock: filed.Clock, tmp_path: Path
) -> None:
    desk, cases = played
    item, by = evidence_item("note.txt", ITEM), filed.actor(desk, "monitor/1")
    sids = []
    for case in (cases["b"], cases["c"]):
        now, salts = desk.now(kept.LATER), tuple(desk.entropy(16) for _ in range(6))
        done = desk.deposit(
            (f"case:{case}",), ITEM, lambda s, c=case, n=now, t=salts: depositing.deposit(s, c, item, by, n, t), by
        )
        assert isinstance(done, Done)
        sids.append(done.receipt.sid)
    assert vault.blob(desk.alias, item.sha256) == ITEM
    erase(desk, clock, sids[0], digest_of(desk, sids[0], "blob"))
    assert vault.blob(desk.alias, item.sha256) == ITEM  # the other case's own
    assert [row.sha256 for row in kept.door(desk, "liaison", "party-1").case(cases["c"]).evidence] == [item.sha256]
    assert item.sha256 not in {row.sha256 for row in kept.door(desk, "liaison", "party-1").case(cases["b"]).evidence}
    erase(desk, clock, sids[1], digest_of(desk, sids[1], "blob"))
    with pytest.raises(LookupError):
        vault.blob(desk.alias, item.sha256)
    assert vault.keys(desk.alias).read([item.sha256]) == {}
    assert filed.holding(tmp_path, ITEM, item.sha256.encode()) == []
    assert kept.door(desk, "liaison", "party-1").takeout.case(cases["b"], {})
    assert kept.rebuilt_equals_live(desk)
