"""Talks and drafts: agreed only where both say so of the same bytes; only what is agreed goes into the next version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, Told, do, facts, refused, sight, whole, written
from tests.core.mechanism.desk import Desk
from tiga.agreement import drafting, reading
from tiga.mechanism import charter, exchange, talks
from tiga.mechanism.exchange import Draft
from tiga.mechanism.exchange import Told as Word
from tiga.record import canonical
from tiga.values import words

NONE = "x" * 43
CLAUSES = "[P-01]\nEXERCISE. No fire\nacross the line.\n[N-01 obligation]\nEXERCISE. A line of talk."
AGREEMENT = desks.exercise_agreement()


def founded() -> Desk:
    return desks.founded()


def opened(desk: Desk) -> str:
    return do(
        desk, "mediator1", "talks.open",
        talks_round="2", subject="The draft", place="Exercise City", talks_mediators=("mediator-1", "mediator-2"),
    )  # fmt: skip


def tabled(desk: Desk, slug: str = "liaison1", sid: str = "", clauses: str = CLAUSES) -> str:
    sid = sid or opened(desk)
    do(desk, slug, "draft.table", sid, title="A first draft", language="en", draft_clauses=clauses)
    return sid


def says(desk: Desk, slug: str, sid: str, clause: str, status: str, **more: Told) -> None:
    given: dict[str, Told] = {"draft_number": "1", "draft_clause": clause, "draft_status": f"draft_{status}"}
    do(desk, slug, "draft.respond", sid, **(given | more))


def draft(desk: Desk, sid: str, number: int = 1) -> Draft:
    found = talks.state(whole(desk)).rounds[sid].draft(number)
    assert found is not None
    return found


def problems(data: object) -> list[str]:
    return [f"{row.path} {row.code}" for row in drafting.check(reading.Marked(data, {}))]


def stands(desk: Desk, sid: str) -> dict[str, str]:
    return {row.clause: row.status for row in exchange.standing_of(draft(desk, sid))}


def settled(desk: Desk, clause: str = "P-01") -> str:
    """A draft of party-1 on which both sides agree in one clause."""
    sid = tabled(desk)
    says(desk, "liaison1", sid, clause, "agreed")
    says(desk, "liaison2", sid, clause, "agreed", draft_take="party-1")
    return sid


def test_a_clause_is_agreed_only_when_both_say_so_of_the_same_bytes() -> None:
    desk = founded()
    sid = tabled(desk)
    says(desk, "liaison1", sid, "P-01", "agreed")
    assert stands(desk, sid) == {"P-01": "bracketed", "N-01": "bracketed"}
    says(desk, "liaison2", sid, "P-01", "agreed", language="en", draft_text="EXERCISE. No fire across the line")
    assert stands(desk, sid)["P-01"] == "bracketed"  # a full stop is wanting
    says(desk, "liaison2", sid, "P-01", "bracketed", draft_take="party-1")
    assert stands(desk, sid)["P-01"] == "bracketed"  # the same words, and not said to be agreed
    says(desk, "liaison2", sid, "P-01", "agreed")
    assert stands(desk, sid)["P-01"] == "agreed"
    says(desk, "liaison1", sid, "P-01", "agreed", language="ur", draft_text="مشق۔ کوئی فائر نہیں۔")
    assert stands(desk, sid)["P-01"] == "bracketed"  # one side has a language more


def test_reserved_deferred_and_silent() -> None:
    desk = founded()
    sid = tabled(desk)
    says(desk, "liaison2", sid, "P-01", "reserved", language="en", draft_text="EXERCISE. Later.")
    says(desk, "liaison2", sid, "N-01", "deferred")
    assert stands(desk, sid) == {"P-01": "reserved", "N-01": "bracketed"}
    says(desk, "liaison1", sid, "N-01", "deferred")
    assert stands(desk, sid) == {"P-01": "reserved", "N-01": "deferred"}


def test_a_mediators_text_stands_beside_the_sides_and_decides_nothing() -> None:
    desk = founded()
    sid = tabled(desk, "mediator1")
    says(desk, "mediator1", sid, "P-01", "agreed")
    says(desk, "liaison1", sid, "P-01", "agreed", draft_take="mediator-1")
    assert stands(desk, sid)["P-01"] == "bracketed"
    says(desk, "liaison2", sid, "P-01", "agreed", draft_take="mediator-1")
    assert stands(desk, sid)["P-01"] == "agreed"


def test_a_round_shows_each_sides_own_text_in_turn_and_closes_with_its_outcome() -> None:
    desk = founded()
    sid = settled(desk)
    says(desk, "liaison2", sid, "N-01", "deferred")
    says(desk, "liaison1", sid, "N-01", "deferred")
    firsts = [row.texts[0][0] for row in exchange.standing_of(draft(desk, sid))]
    assert firsts == ["party-1", "party-2"]
    assert [row.texts[0][0] for row in exchange.standing_of(draft(desk, sid), 1)] == ["party-2", "party-1"]
    told = facts(desk, "talks", sid)
    assert [value for code, value in told if code == "draft_status"] == ["draft_agreed", "draft_deferred"]
    assert [value for code, value in told if code == "draft_base"] == [desk.whole.agreement_sha256]
    do(desk, "mediator1", "talks.close", sid, talks_outcome="talks_agreed", note="Done")
    seen = sight(desk, "talks", sid)
    assert (seen.state, seen.open, seen.level) == ("talks_agreed", False, "R1")
    wanted = {f"fact.{fact.code}" for fact in seen.facts} | {f"choice.{seen.state}"}
    wanted |= {f"choice.{fact.value}" for fact in seen.facts if fact.kind == "code"}
    assert sorted(code for code in wanted if not words.knows(code)) == []


def test_the_difference_of_two_drafts_goes_clause_by_clause() -> None:
    desk = founded()
    sid = tabled(desk)
    tabled(desk, "liaison2", sid, "[P-01]\nEXERCISE. No fire across the line.\n[P-02]\nEXERCISE. No target.")
    first, second = draft(desk, sid), draft(desk, sid, 2)
    assert exchange.difference(first, first) == ()
    rows = exchange.difference(first, second)
    assert [(row.clause, row.before is None, row.after is None) for row in rows] == [
        ("P-01", False, False), ("P-02", True, False), ("N-01", False, True),
    ]  # fmt: skip
    assert rows[0].components == ("party-2", "party-1")  # each said it in one of the drafts alone


def test_only_what_is_agreed_goes_into_the_next_version() -> None:
    desk = founded()
    sid = settled(desk)
    says(desk, "liaison2", sid, "N-01", "bracketed", language="en", draft_text="EXERCISE. Other words.")
    made = exchange.adopted_text(AGREEMENT, draft(desk, sid), "2026-05", canonical.encode)
    text = {"en": "EXERCISE. No fire across the line."}
    following = reading.agreement(made.data)
    assert [(change.path, change.after) for change in made.changes if change.after is not None] == [
        ("version", "2026-05"), ("clauses.P-01.text.en", text["en"]),
    ]  # fmt: skip
    assert {change.path.rpartition(".")[0] for change in made.changes} == {"", "clauses.P-01.text"}
    assert made.changes == drafting.diff(AGREEMENT, following)
    assert (made.clauses, following.clause("N-01")) == (("P-01",), None)
    assert made.sha256 == reading.digest(following, canonical.encode)
    assert made.length == len(canonical.encode(made.data))
    assert problems(made.data) == problems(reading.canonical(AGREEMENT))


def test_an_agreed_new_clause_is_added_and_the_version_can_be_adopted() -> None:
    desk = founded()
    sid = settled(desk, "N-01")
    made = exchange.adopted_text(AGREEMENT, draft(desk, sid), "2026-05", canonical.encode)
    following = reading.agreement(made.data)
    clause = following.clause("N-01")
    assert clause is not None
    assert (clause.kind, clause.binds, clause.ground.basis) == ("obligation", ("party-1", "party-2"), "placeholder")
    assert [change.path for change in made.changes] == ["version", "clauses.N-01"]
    desk.agreements[made.sha256] = following
    desk.do(
        "registrar", (),
        lambda s, by, now: charter.adopt_agreement(s, following.id, following.version, made.sha256, made.length, now),
    )  # fmt: skip
    assert whole(desk).agreement == following


def test_outside_an_exercise_an_agreed_clause_is_grounded_in_the_draft() -> None:
    real = replace(AGREEMENT, id="invented", status="draft")
    sides = tuple(party.id for party in real.parties)
    base = reading.digest(real, canonical.encode)
    word = Word("P-01", "agreed", {"en": "Invented words."})
    made = exchange.adopted_text(
        real, Draft(NONE, 1, "Invented", sides[0], base, sides, tuple((side, word) for side in sides)), "next",
        canonical.encode,
    )  # fmt: skip
    clause = reading.agreement(made.data).clause("P-01")
    assert clause is not None
    assert (clause.ground.basis, clause.ground.citation) == ("joint_statement", f"draft {NONE}")
    assert problems(made.data) == problems(reading.canonical(real))


@pytest.mark.parametrize(
    ("version", "change", "message"),
    [
        ("2026-05", {"base": "0" * 64}, "the draft starts from another version: table it anew on the version in force"),
        ("2026-04", {}, "'2026-04' is not a new version: name one that differs from '2026-04'"),
        ("2026-05", {"words": ()}, "no clause of the draft is agreed: nothing would be adopted"),
    ],
)
def test_nothing_is_adopted_from_another_version_under_an_old_name_or_without_agreement(
    version: str, change: dict[str, object], message: str
) -> None:
    desk = founded()
    drawn = replace(draft(desk, settled(desk)), **change)  # type: ignore[arg-type]
    with pytest.raises(ValueError) as caught:
        exchange.adopted_text(AGREEMENT, drawn, version, canonical.encode)
    assert str(caught.value) == message


def test_a_draft_is_read_clause_by_clause() -> None:
    assert talks.read("[P-01 reserved]\n a  b\nc\n\n[P-02 deferred]\n[N-1 principle agreed]\nd", "en") == (
        Word("P-01", "reserved", {"en": "a b c"}), Word("P-02", "deferred", {}), Word("N-1", "agreed", {"en": "d"}, "principle"),
    )  # fmt: skip


# ---- guards


def _again_opened(desk: Desk, number: str) -> str:
    given: dict[str, Told] = {"subject": "The draft", "place": "Exercise City", "talks_mediators": ("mediator-1",)}
    opened(desk)
    return refused(desk, "secretariat", "talks.open", talks_round=number, **given)


def _open(desk: Desk, mediators: str = "mediator-1") -> str:
    given = {"talks_round": "1", "subject": "The draft", "place": "Exercise City", "talks_mediators": mediators}
    return refused(desk, "mediator1", "talks.open", **given)


def _table(desk: Desk, clauses: str = CLAUSES, language: str = "en", sid: str = "") -> str:
    given = {"title": "A draft", "language": language, "draft_clauses": clauses}
    return refused(desk, "liaison1", "draft.table", sid or opened(desk), **given)


def _answer(desk: Desk, **more: str) -> str:
    given = {
        "draft_number": "1", "draft_clause": "P-01", "draft_status": "draft_bracketed", "language": "en",
        "draft_text": "EXERCISE. Own words.",
    }  # fmt: skip
    return refused(desk, "liaison2", "draft.respond", tabled(desk), **(given | more))


def _again(desk: Desk) -> str:
    sid = settled(desk)
    given = {"draft_number": "1", "draft_clause": "P-01", "draft_status": "draft_agreed"}
    return refused(desk, "liaison2", "draft.respond", sid, **given)


def _long(desk: Desk) -> str:
    sid, given = tabled(desk), {"draft_number": "1", "draft_clause": "P-01", "draft_status": "draft_bracketed"}
    for language in ("ur", "ps"):
        do(desk, "liaison2", "draft.respond", sid, language=language, draft_text="م" * 7_900, **given)
    return refused(desk, "liaison2", "draft.respond", sid, language="ar", draft_text="م" * 7_900, **given)


def _close(desk: Desk, outcome: str = "talks_agreed", *, whole: bool = False) -> str:
    sid = settled(desk)
    if whole:
        for slug in ("liaison1", "liaison2"):
            says(desk, slug, sid, "N-01", "deferred")
    return refused(desk, "mediator1", "talks.close", sid, talks_outcome=outcome)


def _closed(desk: Desk) -> str:
    sid = opened(desk)
    do(desk, "mediator1", "talks.close", sid, talks_outcome="talks_adjourned")
    return _table(desk, sid=sid)


MANY = "\n".join(f"[N-{n}]\nx" for n in range(1, 62))
GUARDS = (
    Guard("open_", "talks_mediator", lambda d: _open(d, "party-1"), _open),
    Guard("open_", "talks_round_taken", lambda d: _again_opened(d, "2"), lambda d: _again_opened(d, "1")),
    Guard("table", "draft_kind", lambda d: _table(d, "[P-01 obligation]\nx"), _table),
    Guard("respond", "draft_unknown", lambda d: _answer(d, draft_number="2"), _answer),
    Guard("respond", "draft_clause", lambda d: _answer(d, draft_clause="first"), _answer),
    Guard(
        "respond", "draft_text", lambda d: _answer(d, draft_text=""),
        lambda d: _answer(d, draft_text="", draft_take="party-1"),
    ),
    Guard("respond", "draft_long", _long, _answer),
    Guard("respond", "draft_same", _again, _answer),
    Guard("close", "talks_not_agreed", _close, lambda d: _close(d, whole=True)),
    Guard("read", "draft_form", lambda d: _table(d, "No fire.\n[P-01]\nx"), _table),
    Guard("read", "draft_clauses", lambda d: _table(d, MANY), _table),
    Guard("read", "draft_text", lambda d: _table(d, "[P-01]\n[P-02]\nx"), _table),
    Guard(
        "_own_text", "draft_nothing", lambda d: _answer(d, draft_take="mediator-1"),
        lambda d: _answer(d, draft_take="party-1"),
    ),
    Guard("_running", "talks_unknown", lambda d: _table(d, sid=NONE), _table),
    Guard("_running", "talks_closed", _closed, _table),
    Guard("_language", "language_unknown", lambda d: _table(d, language="xx"), _table),
)  # fmt: skip
BEHIND = {
    ("respond", "talks_unknown"), ("close", "talks_unknown"), ("respond", "draft_status"), ("close", "talks_outcome"),
}  # fmt: skip
"""What `_running` or the form refuses before: the decider keeps it for other callers."""


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    assert written("talks") - BEHIND == {(guard.place, guard.code) for guard in GUARDS}
