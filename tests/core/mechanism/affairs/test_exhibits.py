"""Exhibits: who may have a file in which form, what of its verdicts is told to whom, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, do, facts, refused, sight, whole, written
from tests.core.mechanism.affairs.exhibiting import (
    EARLIER,
    FOUND,
    LEVELS,
    POINT,
    REASON,
    SERIAL,
    deposited,
    derived,
    examined,
    handed,
    look,
    may_have,
    threads,
    told,
)
from tests.core.mechanism.desk import Desk, actor, founded
from tests.vectors import make_exhibits
from tiga.drafts.examinations import Examination, Verdict
from tiga.evidence import derivatives
from tiga.mechanism import affairs, exhibits
from tiga.mechanism.acts import Decision, Refusal, envelope_of
from tiga.mechanism.exhibits import deciding
from tiga.mechanism.release import Reader
from tiga.record import entries
from tiga.values import words

NONE = "x" * 43
SIDE = ("mediator1", "mediator2", "secretariat")
NOBODY = dict.fromkeys(("liaison1", "liaison2", "mediator1", "mediator2", "monitor", "secretariat", "analyst"), "")


# ---- who may have what


def test_nobody_but_its_depositor_has_a_file_that_was_not_examined() -> None:
    desk = founded()
    case, file = deposited(desk)
    assert may_have(desk, case, file) == NOBODY | {"liaison1": "original"}


def test_everybody_else_who_may_see_a_file_has_its_derivative() -> None:
    desk = founded()
    case, file = examined(desk)
    assert may_have(desk, case, file) == NOBODY | {"liaison1": "original"}
    derived(desk, case, file)
    others = dict.fromkeys(("liaison2", *SIDE, "monitor"), "derivative")
    assert may_have(desk, case, file) == NOBODY | {"liaison1": "original"} | others


def test_without_a_derivative_the_mediators_side_has_the_file_and_others_nothing() -> None:
    desk = founded()
    case, file = examined(desk)
    derived(desk, case, file, "fault.derivative_no_decoder")
    assert may_have(desk, case, file) == NOBODY | {"liaison1": "original"} | dict.fromkeys(SIDE, "original")


def test_a_person_gets_back_what_that_person_deposited_and_no_colleague_does() -> None:
    desk = founded()
    case, file = examined(desk, "mediator1")
    derived(desk, case, file)
    found = may_have(desk, case, file)
    assert (found["mediator1"], found["mediator2"], found["liaison1"]) == ("original", "derivative", "derivative")


def test_a_named_examiner_has_the_file_until_dismissed() -> None:
    desk = founded()
    case, file = examined(desk)
    derived(desk, case, file)
    key = actor("monitor").key
    do(desk, "mediator1", "exhibit.appoint", file, examiner=key, reason=REASON)
    assert may_have(desk, case, file)["monitor"] == "original"
    do(desk, "mediator2", "exhibit.dismiss", file, examiner=key, reason=REASON)
    assert may_have(desk, case, file)["monitor"] == "derivative"


def test_an_examiner_of_one_file_is_none_of_another() -> None:
    desk = founded()
    case, file = examined(desk)
    do(desk, "mediator1", "exhibit.appoint", file, examiner=actor("monitor").key, reason=REASON)
    other_case, other = deposited(desk, "liaison1", case)
    look(desk, other_case, other, actor("liaison1").key)
    assert may_have(desk, case, other)["monitor"] == ""


def test_a_release_takes_the_derivative_made_before_it_out_of_reach() -> None:
    desk = founded()
    case, file = examined(desk)
    derived(desk, case, file)
    do(desk, "mediator1", "exhibit.release", file, keeps=(), boxes="10 10 20 20", consent="", reason=REASON)
    assert may_have(desk, case, file) == NOBODY | {"liaison1": "original"}
    derived(desk, case, file)
    assert may_have(desk, case, file)["liaison2"] == "derivative"
    row = exhibits.state(desk.standing(f"exhibit:{file}")).exhibits[file]
    assert (row.current.kind.keeps, row.current.kind.boxes) == ((), ("10 10 20 20",))  # type: ignore[union-attr]


def test_a_file_that_a_reader_may_not_see_is_had_in_no_form() -> None:
    desk = founded()
    case, file = examined(desk)
    derived(desk, case, file)
    standing = desk.standing(*threads(case, file))
    by = actor("liaison1")
    assert exhibits.may_have(standing, Reader("liaison", "party-1"), by.key, file, (("R3", ""),)) == ""
    assert exhibits.may_have(standing, Reader("public"), "", file, LEVELS) == ""


# ---- what is told to whom


def _values(outcome: object) -> dict[str, tuple[str, str, str]]:
    """By name: (level, party, the value as text) of what the first entry discloses."""
    assert isinstance(outcome, Decision)
    rows = outcome.entries[0].released
    return {row.disclosure.name: (row.level, row.party, json.dumps(row.disclosure.value)) for row in rows}


@pytest.mark.parametrize(
    ("slug", "level"), [("liaison1", ("R2", "party-1")), ("monitor", ("RT", "")), ("mediator1", ("R3", ""))]
)
def test_time_place_and_device_are_told_to_the_depositor_and_the_mediators_side(
    slug: str, level: tuple[str, str]
) -> None:
    desk = founded()
    case, file = deposited(desk, slug)
    standing = desk.standing(*threads(case, file))
    found = _values(exhibits.examine(standing, case, file, actor(slug).key, FOUND, LEVELS, desk.now(), desk.salts()))
    assert {name: row[:2] for name, row in found.items()} == {
        "examination": ("R1", ""), "particulars": level, "likeness": ("R3", ""),
    }  # fmt: skip
    marks = (POINT, SERIAL, EARLIER)
    assert [[mark in found[name][2] for mark in marks] for name in ("examination", "particulars", "likeness")] == [
        [False, False, False], [True, True, False], [False, False, True],
    ]  # fmt: skip


def test_a_verdict_of_an_unknown_code_is_told_to_no_party() -> None:
    new = Verdict("evidence.of_a_later_version", "silent", {"name": "EXERCISE"})
    assert exhibits.parted((new,)) == ((), (new,), ())


def test_every_verdict_that_is_told_openly_names_neither_time_nor_place_nor_person() -> None:
    texts = words.catalogue("en").texts
    slots = {code: words.slots(texts[code]) for code in deciding._OPEN}  # a code without a text fails here
    telling = {"at", "local", "source", "point", "serial", "device", "signer", "issuer", "software", "title", "claimed"}
    assert {code for code, used in slots.items() if used & telling} == set()


def test_no_entry_names_the_file_its_place_or_what_it_resembles() -> None:
    notes = b"".join(entry.note for entry in told().entries())
    marks = (POINT, SERIAL, EARLIER, "post.jpg", "a" * 64, "d" * 64, "P-1")
    assert [mark for mark in marks if mark.encode() in notes] == []


def test_values_that_cannot_be_signed_are_shown_as_codes() -> None:
    desk = founded()
    case, file = deposited(desk)
    odd = Examination("x", "a" * 64, 1, "image/jpeg", (
        Verdict("evidence.type_differs", "against", {"media_type": "a\u202eb\nc", "ending": "jpg"}),))  # fmt: skip
    standing = desk.standing(*threads(case, file))
    found = _values(exhibits.examine(standing, case, file, "", odd, LEVELS, desk.now(), desk.salts()))
    value = json.loads(found["examination"][2])["verdicts"][0]["values"]["media_type"]
    assert value == "aU+202Eb c"


def test_more_verdicts_than_fit_are_cut_and_it_says_so() -> None:
    desk = founded()
    case, file = deposited(desk)
    many = tuple(Verdict("evidence.active_content", "against", {"found": "x" * 3_000}) for _ in range(40))
    standing = desk.standing(*threads(case, file))
    long = Examination("x", "a" * 64, 1, "application/pdf", many)
    found = _values(exhibits.examine(standing, case, file, "", long, LEVELS, desk.now(), desk.salts()))
    value = json.loads(found["examination"][2])
    assert (value["cut"], len(value["verdicts"])) == (True, 12)


def test_who_may_know_that_files_resemble_each_other() -> None:
    readers = {name: Reader(name, part) for name, part in (("liaison", "party-2"), ("mediator", "m"), ("public", ""))}
    seen = {name: exhibits.may_know_likeness(reader, LEVELS) for name, reader in readers.items()}
    assert seen == {"liaison": True, "mediator": True, "public": False}
    assert not exhibits.may_know_likeness(readers["liaison"], (("R2", "party-1"),))


# ---- the log


def test_a_line_of_the_log_is_for_the_mediators_side_and_the_party_that_deposited() -> None:
    desk = founded()
    case, file = examined(desk)
    derived(desk, case, file)
    handed(desk, case, file, "liaison2", "derivative")
    last = desk.entries()[-1]
    assert affairs.seen_at(last.envelope) == ("R2", "party-1")
    (line,) = exhibits.state(desk.standing(f"exhibit:{file}")).handed[file]
    assert (line.kind.key, line.kind.form, line.kind.through) == (actor("liaison2").key, "derivative", "file")


def test_a_line_about_a_file_of_the_mechanism_is_for_the_mediators_side() -> None:
    desk = founded()
    case, file = examined(desk, "monitor")
    derived(desk, case, file)
    handed(desk, case, file, "liaison2", "derivative")
    assert affairs.seen_at(desk.entries()[-1].envelope) == ("R3", "")


def test_threads_suffice_and_the_whole_log_gives_the_same() -> None:
    desk = told()
    (file,) = exhibits.objects(whole(desk))
    assert exhibits.state(whole(desk)).exhibits[file] == exhibits.state(desk.standing(f"exhibit:{file}")).exhibits[file]
    assert sight(desk, "exhibit", file).state == "exhibit_underivable"
    assert [value for code, value in facts(desk, "exhibit", file) if code == "exhibit_keeps"] == ["keep_time"]


# ---- what is refused


def _code(result: tuple[str, ...] | Refusal) -> str:
    return result.code if isinstance(result, Refusal) else ""


def _fresh(slug: str = "liaison1") -> tuple[Desk, str, str]:
    desk = founded()
    return desk, *examined(desk, slug)


def _look(desk: Desk, named: str = "", twice: bool = False) -> str:
    case, file = deposited(desk)
    if twice:
        look(desk, case, file, "")
    return _code(look(desk, case, named or file, ""))


def _derive(desk: Desk, named: str = "", twice: bool = False) -> str:
    case, file = examined(desk)
    if twice:
        derived(desk, case, file)
    return _code(derived(desk, case, named or file))


def _hand(form: str) -> Callable[[Desk], str]:
    def run(desk: Desk) -> str:
        case, file = examined(desk)
        derived(desk, case, file)
        return _code(handed(desk, case, file, "liaison2", form))

    return run


def _name(name: str, who: str = "monitor", *, first: bool = False, at: str = "") -> Callable[[Desk], str]:
    def run(desk: Desk) -> str:
        _, file = examined(desk)
        if first:
            do(desk, "mediator1", "exhibit.appoint", file, examiner=actor(who).key, reason=REASON)
        return refused(desk, "mediator1", name, at or file, examiner=actor(who).key, reason=REASON)

    return run


def _release(at: str = "", **given: str | tuple[str, ...]) -> Callable[[Desk], str]:
    def run(desk: Desk) -> str:
        _, file = examined(desk)
        return refused(desk, "mediator1", "exhibit.release", at or file, reason=REASON, **given)

    return run


KEPT = {"keeps": ("keep_place",)}
GUARDS = (
    Guard("examine", "exhibit_unknown", lambda d: _look(d, NONE), _look),
    Guard("examine", "exhibit_examined", lambda d: _look(d, twice=True), _look),
    Guard("derive", "exhibit_unknown", lambda d: _derive(d, NONE), _derive),
    Guard("derive", "exhibit_derived", lambda d: _derive(d, twice=True), _derive),
    Guard("hand", "exhibit_denied", _hand("original"), _hand("derivative")),
    Guard("appoint", "exhibit_unknown", _name("exhibit.appoint", at=NONE), _name("exhibit.appoint")),
    Guard("appoint", "exhibit_examiner", _name("exhibit.appoint", "liaison2"), _name("exhibit.appoint")),
    Guard("appoint", "exhibit_appointed", _name("exhibit.appoint", first=True), _name("exhibit.appoint")),
    Guard("dismiss", "exhibit_unknown", _name("exhibit.dismiss", at=NONE), _name("exhibit.dismiss", first=True)),
    Guard("dismiss", "exhibit_not_appointed", _name("exhibit.dismiss"), _name("exhibit.dismiss", first=True)),
    Guard("release", "exhibit_unknown", _release(NONE), _release()),
    Guard("release", "exhibit_consent", _release(**KEPT), _release(**KEPT, consent="P-1")),
    Guard("release", "exhibit_boxes", _release(boxes="4 4 4 9"), _release(boxes="4 4 5 9")),
)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    assert written("deciding") == {(guard.place, guard.code) for guard in GUARDS}


@pytest.mark.parametrize("boxes", ["1 2 3", "a b c d", "-1 0 2 2", "0 0 9 200000", "0 0 1 1\n" * 201])
def test_boxes_that_are_none_are_refused(boxes: str) -> None:
    assert _release(boxes=boxes)(founded()) == "exhibit_boxes"


@pytest.mark.parametrize("name", ["exhibit.appoint", "exhibit.dismiss", "exhibit.release"])
def test_mediators_alone_decide_on_exhibits(name: str) -> None:
    desk, _, file = _fresh()
    given = {"reason": REASON} | ({} if name == "exhibit.release" else {"examiner": actor("monitor").key})
    codes = {slug: refused(desk, slug, name, file, **given) for slug in ("liaison1", "monitor", "secretariat")}
    assert codes == dict.fromkeys(("liaison1", "monitor", "secretariat"), "role")


def test_what_a_release_lets_through_is_what_the_evidence_room_can_keep() -> None:
    assert set(exhibits.KEEPS) == set(derivatives.KEEPS)
    assert desks.ORIGIN  # the desk's people carry keys of it


# ---- bytes for ever


@pytest.mark.parametrize("path", sorted(make_exhibits.FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_shipped_entry_reads_and_writes_the_same_bytes(path: object) -> None:
    vector = json.loads(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    envelope = entries.parse(vector["text"])
    kind = affairs.REGISTRY.decode(envelope)
    assert kind is not None
    assert (envelope.sid, envelope.body) == (vector["sid"], vector["body"])
    assert envelope_of(kind, envelope.log, envelope.at).text() == vector["text"]


def test_every_kind_of_exhibits_has_a_vector() -> None:
    assert {path.stem for path in make_exhibits.FOLDER.glob("*.json")} == {kind.ACT for kind in exhibits.KINDS}
