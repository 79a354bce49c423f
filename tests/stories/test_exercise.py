"""One whole dispute, from a complaint to a verified measure, told by the exercise and read as each side reads it.

Invented from end to end: places in the open ocean, Party 1 and Party 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.store import kept
from tiga.agreement import reading
from tiga.cli import exercise
from tiga.cli.main import main
from tiga.mechanism.recompute import recompute
from tiga.record import canonical, ed25519
from tiga.record.container import pack, unpack
from tiga.record.dossier import INDEX, Index, parse_index, sha256_hex
from tiga.record.refusals import Refused
from tiga.record.verify import Verified, verify_dossier
from tiga.store import queries
from tiga.store.desk import Desk
from tiga.store.keys import CHECK
from tiga.web.access import Absent
from tiga.web.sights import CaseView

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

SIDES = ("liaison-1", "liaison-2", "mediator", "secretariat", "monitor")
EVERYBODY = ("public", "analyst", *SIDES)


@dataclass(frozen=True)
class Told:
    cases: dict[str, str]
    refusals: list[tuple[str, str]]


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: object) -> Iterator[Told]:
    with kept.filled(django_db_blocker, "exercise"):
        stage = exercise.Stage(kept.lay("exercise"), exercise.DemoEntropy("exercise"))
        cases = exercise.play(stage, lambda letter: None)
        yield Told(cases, [(slug, refusal.code) for slug, refusal in stage.refusals])


@pytest.fixture
def desk(told: Told) -> Desk:
    return kept.desk("exercise")


def view(desk: Desk, who: str, sid: str) -> CaseView | None:
    try:
        return kept.doors(desk)[who].case(sid)
    except Absent:
        return None


def test_the_story_was_refused_where_the_rules_say_so(told: Told) -> None:
    assert told.refusals == [("mediator/1", "reply_clock"), ("mediator/2", "quorum_lost")]


def test_case_a_goes_from_a_complaint_to_a_verified_measure(desk: Desk, told: Told) -> None:
    acts = [row.act for row in queries.acts_of(desk, told.cases["a"])]
    items = ["compliance.report", "compliance.verify"] * 2
    assert acts == [
        "case.open", "notice.serve", "case.admit", "reply.seal", "evidence.deposit", "reply.seal", "reply.open",
        "finding.adopt", "signature.add",
        "determination.issue", "signature.add", "case.manifest", "measure.impose", "signature.add", "case.manifest",
        *items, "case.close", "case.manifest",
    ]  # fmt: skip


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_closed_case_is_the_same_for_every_reader(desk: Desk, told: Told, who: str) -> None:
    found = view(desk, who, told.cases["a"])
    assert found is not None
    (measure,) = found.measures
    told_of = (found.state, found.case.closed, found.determination.issued.ruled[0].disposition, measure.imposed.step,
               measure.complied)  # fmt: skip
    assert told_of == ("closed", "complied", "violation", 1, True)
    assert (found.complaint is not None) == (who in SIDES)
    assert [reply.readable for reply in found.replies] == [who in SIDES] * 2


@pytest.mark.parametrize(("who", "sees"), [(who, who in SIDES) for who in EVERYBODY])
def test_the_complaint_that_has_just_been_notified_is_between_the_parties(
    desk: Desk, told: Told, who: str, sees: bool
) -> None:
    found = view(desk, who, told.cases["c"])
    assert (found is not None) == sees
    if found is not None:
        assert found.state == "notified"
        assert [(clock.name, clock.whose) for clock in found.clocks if clock.met is None and clock.name == "reply"] == [
            ("reply", "party-1"), ("reply", "party-2"),
        ]  # fmt: skip


def test_both_liaison_officers_are_told_at_one_instant(desk: Desk, told: Told) -> None:
    for sid in told.cases.values():
        notices = [getattr(view(desk, who, sid), "case").notice for who in ("liaison-1", "liaison-2")]  # noqa: B009
        assert notices[0] == notices[1]
        assert notices[0].to == ("party-1", "party-2")


def test_case_b_counts_the_precedent_of_case_a_and_is_no_heavier_for_it(desk: Desk, told: Told) -> None:
    rows = {row.sid: row for row in recompute(desk.origin, desk.ledger.entries(), desk.agreements())}
    whole = desk.whole()
    measures = {letter: whole.cases[sid].measures[0] for letter, sid in told.cases.items() if whole.cases[sid].measures}
    assert {letter: (rows[sid].outcome, rows[sid].precedents) for letter, sid in measures.items()} == {
        "a": ("same", 0), "b": ("same", 1),
    }  # fmt: skip
    assert {letter: whole.measures[sid].imposed.step for letter, sid in measures.items()} == {"a": 1, "b": 2}


def test_scenario_12_a_recusal_an_alternate_and_on(desk: Desk, told: Told) -> None:
    """Recusal, quorum lost, the finding refused; an alternate of the same component is seated; the case goes on."""
    whole, recused = desk.whole(), f"{desk.origin}/mediator/1"
    assert whole.recused == {recused: "EXERCISE. A family tie to a witness."}
    case = whole.cases[told.cases["b"]]
    for sid in (case.finding, case.determination, *case.measures):
        found = whole.signable(sid)
        assert found is not None
        assert found[2] == (f"{desk.origin}/mediator/2", f"{desk.origin}/mediator/1b")
        assert found[3] is not None
    first = whole.cases[told.cases["a"]]
    assert recused in whole.findings[first.finding].signers
    assert whole.findings[first.finding].in_force is not None


def test_rebuilt_equals_live_after_the_story(desk: Desk, told: Told) -> None:
    assert kept.rebuilt_equals_live(desk)


# ---- the dossier, from its bytes alone


def dossier(desk: Desk, told: Told, who: str, letter: str = "b") -> bytes:
    return kept.doors(desk)[who].takeout.case(told.cases[letter], {"en": "EXERCISE."})


def outcomes(verified: Verified) -> dict[bool, tuple[str, int]]:
    """(outcome, precedents) of the measure of the dossier's own case (True) and of the other case's (False)."""
    agreements = {sha: reading.agreement(canonical.decode(data)) for sha, data in verified.agreements.items()}
    case_of = {entry.sid: entry.envelope.case for entry in verified.entries}
    rows = recompute(verified.origin, verified.entries, agreements)
    return {case_of[row.sid] == verified.case: (row.outcome, row.precedents) for row in rows}


@pytest.mark.parametrize("who", SIDES)
@pytest.mark.parametrize(("letter", "precedents"), [("a", 0), ("b", 1)])
def test_a_dossier_verifies_and_recomputes_for_whoever_holds_it(
    desk: Desk, told: Told, who: str, letter: str, precedents: int
) -> None:
    """The own case's measure comes out the same; the other case's, here for what it counts, is named as missing."""
    data = dossier(desk, told, who, letter)
    verified = verify_dossier(data, CHECK(), desk.log_key, exercise=True)
    assert (verified.origin, verified.case, verified.keys_from_dossier) == (desk.origin, told.cases[letter], False)
    assert outcomes(verified) == {True: ("same", precedents), False: ("missing", 0)}


def test_the_pure_check_gives_the_same_verdict(desk: Desk, told: Told) -> None:
    data = dossier(desk, told, "monitor")
    assert verify_dossier(data, ed25519.verify, desk.log_key, exercise=True) == verify_dossier(
        data, CHECK(), desk.log_key, exercise=True
    )


def test_an_exercise_never_passes_for_a_live_case(desk: Desk, told: Told) -> None:
    with pytest.raises(Refused) as error:
        verify_dossier(dossier(desk, told, "monitor"), CHECK(), desk.log_key)
    assert error.value.code == "record.refused.exercise"


def _relisted(members: dict[str, bytes]) -> bytes:
    """Packed again with an index that lists the members as they are: what a careful forger would do."""
    index = parse_index(members[INDEX])
    files = {name: sha256_hex(data) for name, data in members.items() if name != INDEX}
    return pack(members | {INDEX: Index(index.origin, index.size, index.case, index.exercise, files).encode()})


def test_every_flipped_byte_of_the_container_is_refused(desk: Desk, told: Told) -> None:
    data = dossier(desk, told, "liaison-1")
    passed = []
    for at in range(0, len(data), max(1, len(data) // 150)):
        flipped = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        try:
            verify_dossier(flipped, CHECK(), desk.log_key, exercise=True)
            passed.append(at)
        except Refused:
            continue
    assert passed == []


def test_a_flipped_byte_in_any_member_is_refused_even_where_the_index_is_made_to_agree(desk: Desk, told: Told) -> None:
    members = unpack(dossier(desk, told, "liaison-1"))
    passed = []
    for name, data in members.items():
        if name == INDEX or name.startswith("VERIFY."):
            continue
        at = len(data) // 2
        changed = members | {name: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]}
        try:
            verify_dossier(_relisted(changed), CHECK(), desk.log_key, exercise=True)
            passed.append(name)
        except Refused:
            continue
    assert passed == []


def test_a_dossier_without_its_finding_verifies_and_confirms_nothing(desk: Desk, told: Told) -> None:
    """The manifest gives away what was left out; with the manifests gone too, the recomputation names what is missing."""
    members = unpack(dossier(desk, told, "monitor", "a"))

    def without(*acts: bytes) -> bytes:
        gone = {name.split("/")[1].split(".")[0] for name, data in members.items() if any(act in data for act in acts)}
        return _relisted(
            {name: data for name, data in members.items() if name.split("/")[-1].split(".")[0] not in gone}
        )

    with pytest.raises(Refused) as refused:
        verify_dossier(without(b'{"act":"finding.adopt"'), CHECK(), desk.log_key, exercise=True)
    assert refused.value.code == "record.refused.omitted"
    bare = without(b'{"act":"finding.adopt"', b'{"act":"case.manifest"')
    verified = verify_dossier(bare, CHECK(), desk.log_key, exercise=True)
    assert verified.manifest is None
    assert outcomes(verified) == {True: ("missing", 0), False: ("missing", 0)}


@pytest.mark.parametrize(("who", "made"), [(who, who in SIDES) for who in EVERYBODY])
@pytest.mark.parametrize("letter", ["a", "b"])
def test_a_dossier_is_for_those_who_may_read_its_entries(
    desk: Desk, told: Told, who: str, made: bool, letter: str
) -> None:
    """Admission is open to both parties, the public reads a decided case on its page: an entry's own text is not for it."""
    if not made:
        with pytest.raises(Absent) as error:
            dossier(desk, told, who, letter)
        assert str(error.value) == told.cases[letter]
        return
    verified = verify_dossier(dossier(desk, told, who, letter), CHECK(), desk.log_key, exercise=True)
    words = "".join(str(value.value) for rows in verified.disclosed.values() for value in rows)
    notes = b"".join(entry.note for entry in verified.entries)
    assert (b"Fragments were found" in notes, "Two members of a patrol died" in words) == (letter == "b", letter == "b")


def test_a_dossier_that_names_another_case_confirms_nothing(desk: Desk, told: Told, tmp_path: Path) -> None:
    """Nobody signs what the index says of the case: with the charter named in its place, what is missing stays missing."""
    members = unpack(dossier(desk, told, "monitor", "a"))
    gone = {
        name.split("/")[1].split(".")[0] for name, data in members.items() if data.startswith(b'{"act":"finding.adopt"')
    }
    members = {name: data for name, data in members.items() if name.split("/")[-1].split(".")[0] not in gone}
    index = parse_index(members[INDEX])
    first = verify_dossier(dossier(desk, told, "monitor", "a"), CHECK(), desk.log_key, exercise=True).entries[0]
    for case in (first.sid, ""):
        members[INDEX] = replace(index, case=case).encode()
        path = tmp_path / "d.zip"
        path.write_bytes(_relisted(members))
        assert main(["verify", str(path), "--exercise"]) == 1
