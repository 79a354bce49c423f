"""Communiqués: joint when all that sat approve the very version, else the mediators' own and titled so; checked by bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism.affairs import sittings
from tests.core.mechanism.affairs.deeds import Guard, Told, do, facts, refused, sight, whole, written
from tests.core.mechanism.affairs.sittings import called, founded, opened
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement
from tiga.mechanism import affairs, communiques, minutes
from tiga.mechanism.communiques import Match
from tiga.values import words

NONE = "x" * 43
TEXT = "EXERCISE. The components met.\n\nThey meet again."
JOINT, OWN = {"communique_of": "communique_joint"}, {"communique_of": "communique_of_mediators"}


def drafted(desk: Desk, slug: str = "mediator1", members: str = "liaison1 liaison2", **more: Told) -> str:
    usual: dict[str, Told] = {
        "communique_session": opened(desk, members), "title": "After the session", "language": "en", "communique_text": TEXT,
    }  # fmt: skip
    return do(desk, slug, "communique.draft", **(usual | more))


def approved(desk: Desk, *slugs: str, version: str = "1", sid: str = "") -> str:
    sid = sid or drafted(desk)
    for slug in slugs:
        do(desk, slug, "communique.approve", sid, communique_version=version)
    return sid


def values(desk: Desk, sid: str, code: str) -> list[str]:
    return [value for name, value in facts(desk, "communique", sid) if name == code]


def test_a_joint_communique_is_approved_by_all_that_sat_and_says_so_in_its_text() -> None:
    desk = founded()
    sid = approved(desk, "liaison1")
    assert (sight(desk, "communique", sid).state, sight(desk, "communique", sid).level) == ("communique_drafted", "R1")
    assert refused(desk, "mediator1", "communique.issue", sid, **JOINT) == "communique_unapproved"
    approved(desk, "liaison2", sid=sid)
    assert sight(desk, "communique", sid).state == "communique_approved"
    do(desk, "mediator1", "communique.issue", sid, **JOINT)
    seen = sight(desk, "communique", sid)
    assert (seen.state, seen.level, seen.open) == ("communique_joint", "R0", False)
    assert values(desk, sid, "communique_text") == ["Joint communiqué\nEXERCISE. The components met.\nThey meet again."]
    public = {fact.code for fact in seen.facts if (fact.level or seen.level) == "R0"}
    assert public == {"communique_issued", "communique_of", "language", "communique_text"}
    entry = desk.entries()[-1]
    assert affairs.seen_at(entry.envelope) == ("R0", "")


def test_an_amended_draft_needs_approvals_anew_and_who_approves_names_the_version() -> None:
    desk = founded()
    sid = approved(desk, "liaison1", "liaison2")
    do(desk, "liaison2", "communique.amend", sid, language="ur", communique_text="مشق۔ اجزا ملے۔")
    assert values(desk, sid, "communique_approved_by") == []
    assert refused(desk, "liaison1", "communique.approve", sid, communique_version="1") == "communique_moved"
    approved(desk, "liaison1", "liaison2", version="2", sid=sid)
    do(desk, "liaison1", "communique.object", sid, communique_version="2", reason="A word is missing")
    assert values(desk, sid, "communique_approved_by") == ["party-2"]
    assert values(desk, sid, "communique_objected_by") == ["party-1"]


def test_what_a_side_holds_back_is_issued_by_the_mediators_under_their_name() -> None:
    desk = founded()
    sid = approved(desk, "liaison1")
    assert refused(desk, "mediator1", "communique.issue", sid, **OWN) == "communique_mediators"
    approved(desk, "mediator2", sid=sid)
    do(desk, "mediator1", "communique.issue", sid, **OWN)
    assert sight(desk, "communique", sid).state == "communique_of_mediators"
    assert values(desk, sid, "communique_of") == ["mediator-1", "mediator-2"]
    assert values(desk, sid, "communique_text")[0].split("\n")[0] == "Communiqué of the mediators"


def test_a_published_text_is_held_against_what_was_issued() -> None:
    """Scenario g.13: somebody publishes first; the bytes say whether it is what was issued, and whose."""
    desk = founded()
    sid = approved(desk, "liaison1", "mediator2")
    body = "EXERCISE. The components met.\nThey meet again."
    assert communiques.matches(body, whole(desk)) is None
    do(desk, "mediator1", "communique.issue", sid, **OWN)
    standing = whole(desk)
    issued = communiques.state(standing).communiques[sid].issued
    assert issued is not None
    text = communiques.published(issued, "en").decode()
    assert communiques.matches(text, standing) == Match(sid, "of_mediators", "en", "bytes")
    assert communiques.matches(text.replace("\n", "\r\n  "), standing) == Match(sid, "of_mediators", "en", "spacing")
    assert communiques.matches(body, standing) == Match(sid, "of_mediators", "en", "untitled")
    assert communiques.matches(f"Joint communiqué\n{body}", standing) is None
    assert communiques.matches(text.replace("again", "soon"), standing) is None


def test_the_minutes_tell_of_what_was_issued() -> None:
    desk = founded()
    sid = approved(desk, "liaison1", "liaison2")
    do(desk, "mediator1", "communique.issue", sid, **JOINT)
    session = communiques.state(whole(desk)).communiques[sid].drafted.session
    made = minutes.minutes(desk.standing(f"session:{session}"), session)
    assert made == minutes.minutes(whole(desk), session)
    told = minutes.told(made[-1:], sittings.agreement(), "en")[0].replace("\u2068", "").replace("\u2069", "")
    assert told.split(": ", 1)[1] == "A communiqué was issued (joint): After the session"


def test_every_fact_has_its_word() -> None:
    desk = founded(_authoritative("en"))
    sid = approved(desk, "liaison1", "mediator2")
    do(desk, "liaison2", "communique.object", sid, communique_version="1", reason="A word is missing")
    do(desk, "mediator1", "communique.issue", sid, **OWN)
    seen = sight(desk, "communique", sid)
    wanted = {f"fact.{fact.code}" for fact in seen.facts} | {f"choice.{seen.state}"}
    assert sorted(code for code in wanted if not words.knows(code)) == []
    assert values(desk, sid, "communique_settles") == ["English"]


# ---- guards


def _authoritative(language: str) -> Agreement:
    base = sittings.agreement()
    return replace(base, authoritative_language=replace(base.authoritative_language, value=language))


def _draft(desk: Desk, slug: str = "mediator1", session: str = "", **more: str) -> str:
    usual = {
        "communique_session": session or opened(desk),
        "title": "A title",
        "language": "en",
        "communique_text": TEXT,
    }
    return refused(desk, slug, "communique.draft", **(usual | more))


def _amend(desk: Desk, text: str, language: str = "en") -> str:
    sid = drafted(desk)
    for tag in ("ur", "ps"):
        do(desk, "mediator1", "communique.amend", sid, language=tag, communique_text="م" * 7_900)
    return refused(desk, "mediator1", "communique.amend", sid, language=language, communique_text=text)


def _approve(desk: Desk, version: str = "1", *, again: bool = False) -> str:
    sid = approved(desk, *(("liaison1",) if again else ()))
    return refused(desk, "liaison1", "communique.approve", sid, communique_version=version)


def _issue(desk: Desk, of: dict[str, str], *slugs: str) -> str:
    return refused(desk, "mediator1", "communique.issue", approved(desk, *slugs), **of)


def _issued(desk: Desk) -> str:
    sid = approved(desk, "liaison1", "liaison2")
    do(desk, "mediator1", "communique.issue", sid, **JOINT)
    return refused(desk, "liaison1", "communique.approve", sid, communique_version="1")


def _not_there(desk: Desk) -> str:
    sid = drafted(founded_ := founded(present=("party-1",)), members="liaison1")
    return refused(founded_, "liaison2", "communique.approve", sid, communique_version="1")


GUARDS = (
    Guard("draft", "session_unknown", lambda d: _draft(d, session=NONE), _draft),
    Guard("draft", "session_unopened", lambda d: _draft(d, session=called(d)), _draft),
    Guard(
        "draft", "session_not_there",
        lambda d: _draft(e := founded(present=("party-1",)), "liaison2", opened(e, "liaison1")),
        lambda d: _draft(d, "liaison2"),
    ),
    Guard("amend", "communique_same", lambda d: _amend(d, TEXT), lambda d: _amend(d, "Other words")),
    Guard("amend", "communique_long", lambda d: _amend(d, "م" * 7_900, "ar"), lambda d: _amend(d, "م" * 100, "ar")),
    Guard("approve", "communique_approved", lambda d: _approve(d, again=True), _approve),
    Guard(
        "issue", "communique_language", lambda d: _issue(founded(_authoritative("ps")), JOINT, "liaison1", "liaison2"),
        lambda d: _issue(founded(_authoritative("en")), JOINT, "liaison1", "liaison2"),
    ),
    Guard(
        "issue", "communique_unapproved", lambda d: _issue(d, JOINT, "liaison1"),
        lambda d: _issue(d, JOINT, "liaison1", "liaison2"),
    ),
    Guard(
        "issue", "communique_is_joint", lambda d: _issue(d, OWN, "liaison1", "liaison2", "mediator2"),
        lambda d: _issue(d, JOINT, "liaison1", "liaison2", "mediator2"),
    ),
    Guard(
        "issue", "communique_mediators", lambda d: _issue(d, OWN), lambda d: _issue(d, OWN, "mediator2"),
    ),
    Guard("_words", "text_length", lambda d: _draft(d, communique_text=" \n"), _draft),
    Guard("_words", "language_unknown", lambda d: _draft(d, language="xx"), _draft),
    Guard(
        "_waits", "communique_unknown",
        lambda d: refused(d, "liaison1", "communique.approve", NONE, communique_version="1"), _approve,
    ),
    Guard("_waits", "communique_issued", _issued, _approve),
    Guard("_waits", "session_not_there", _not_there, _approve),
    Guard("_version", "communique_moved", lambda d: _approve(d, "2"), _approve),
)  # fmt: skip
BEHIND = {(place, "communique_unknown") for place in ("amend", "approve", "object_", "issue")}
"""What `_waits` refuses before."""


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    assert written("communiques") - BEHIND == {(guard.place, guard.code) for guard in GUARDS}


def test_who_is_no_mediator_does_not_issue() -> None:
    desk = founded()
    assert refused(desk, "liaison1", "communique.issue", approved(desk), **JOINT) == "role"
