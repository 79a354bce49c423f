"""Sessions: served notice, who is there, sealed positions, consensus and deadlock, packs, minutes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs import sittings
from tests.core.mechanism.affairs.deeds import Guard, at, do, facts, refused, sight, whole, written
from tests.core.mechanism.affairs.sittings import WORDS, called, founded, lodged, opened, put, row, served, timed
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Deadlock, Seats
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Undertakings
from tiga.mechanism import affairs, minutes, packs, release, sessions
from tiga.mechanism.acts import Decision
from tiga.mechanism.asks import Given
from tiga.mechanism.release import Reader
from tiga.values import words
from tiga.values.moments import Span

NONE = "x" * 43
ITEM = {"session_item": "1"}


def values(desk: Desk, sid: str, code: str) -> list[str]:
    return [value for name, value in facts(desk, "session", sid) if name == code]


def test_a_session_from_its_call_to_a_decision_by_consensus() -> None:
    desk = founded()
    sid = called(desk)
    served(desk, sid, session_cases=(case := desks.complain(desk),))
    assert (sight(desk, "session", sid).state, values(desk, sid, "agenda_object")) == (
        "session_called",
        [f"case:{case}"],
    )
    desk.wait("P5D")
    do(desk, "mediator1", "session.open", sid, session_members="liaison1, liaison2")
    assert sorted(values(desk, sid, "session_present")) == ["party-1", "party-2"]
    assert sorted(values(desk, sid, "session_missing")) == ["mediator-1", "mediator-2"]
    do(desk, "liaison1", "session.statement", sid, **(ITEM | WORDS))
    assert values(desk, sid, "statement_of") == ["party-1"]
    put(desk, sid)
    do(desk, "liaison1", "decision.assent", sid, session_proposal="1")
    assert refused(desk, "mediator1", "session.decide", sid, session_proposal="1") == "assent_wanting"
    do(desk, "liaison2", "decision.assent", sid, session_proposal="1")
    do(desk, "mediator1", "session.decide", sid, session_proposal="1")
    assert (values(desk, sid, "agenda_state"), values(desk, sid, "agenda_decided")) == (["agenda_decided"], ["1"])
    do(desk, "mediator1", "session.close", sid)
    assert (sight(desk, "session", sid).state, sight(desk, "session", sid).open) == ("session_closed", False)


def test_words_put_anew_need_every_assent_anew() -> None:
    desk = founded()
    sid = opened(desk)
    put(desk, sid)
    for slug in ("liaison1", "liaison2", "mediator1"):
        do(desk, slug, "decision.assent", sid, session_proposal="1")
    put(desk, sid, "liaison1", session_text="EXERCISE. Other words.")
    assert refused(desk, "mediator1", "session.decide", sid, session_proposal="1") == "proposal_replaced"
    item = row(desk, sid).items[0]
    assert item.last is not None
    assert row(desk, sid).unassented(item.last) == ("mediator-1", "party-1", "party-2")


def test_an_absent_component_is_named_and_a_session_without_it_is_not_held() -> None:
    desk = founded()
    sid = called(desk)
    desk.wait("P5D")
    before = desk.book.head().size
    assert refused(desk, "mediator1", "session.open", sid, session_members="liaison1 mediator1") == "session_absent"
    assert desk.book.head().size == before
    do(desk, "mediator1", "session.close", sid, note="One component did not come")
    assert (sight(desk, "session", sid).state, sight(desk, "session", sid).clocks) == ("session_not_held", ())


def test_a_late_item_is_taken_up_when_every_component_that_sits_agrees() -> None:
    desk = founded()
    sid = opened(desk, late=1)
    late = {"session_item": "2"}
    assert [item.late for item in row(desk, sid).items] == [False, True]
    assert values(desk, sid, "agenda_state") == ["agenda_late"]
    assert refused(desk, "liaison1", "session.statement", sid, **(late | WORDS)) == "agenda_late"
    for slug in ("liaison1", "liaison2", "mediator1"):
        do(desk, slug, "item.admit", sid, **late)
    assert values(desk, sid, "agenda_state") == ["agenda_admitted"]
    assert refused(desk, "liaison1", "session.statement", sid, **(late | WORDS)) == ""


@pytest.mark.parametrize(("notice", "before"), [("", "PT0S"), ("PT1H", "PT1H"), ("PT30H", "PT0S")])
def test_items_of_an_urgent_session_are_served_up_to_its_begin_or_the_agreed_span_before(
    notice: str, before: str
) -> None:
    desk = founded(urgent_notice=notice)
    for slug in ("liaison1", "liaison2", "mediator1"):
        sid = called(desk, slug, session_kind="session_urgent", session_begins=at(desk, 1440))
        served(desk, sid)
        own = row(desk, sid)
        assert (own.items[0].late, own.called.serve_until) == (False, own.called.begins.minus(Span.parse(before)))
        (clock,) = sight(desk, "session", sid).clocks
        assert (clock.name, clock.due, clock.met) == ("urgent_session", clock.started.plus(Span.parse("PT48H")), None)


def test_the_next_ordinary_session_is_a_clock_of_the_one_before() -> None:
    desk = founded()
    first = opened(desk)
    (clock,) = sight(desk, "session", first).clocks
    assert (clock.name, clock.clause, clock.met) == ("next_session", "M-12", None)
    assert clock.due == clock.started.plus(Span.parse("P14D"))
    second = called(desk)
    assert values(desk, second, "session_after") == [f"session:{first}"]
    (clock,) = sight(desk, "session", first).clocks
    assert clock.met is None
    desk.wait("P5D")
    do(desk, "mediator1", "session.open", second, session_members=sittings.MEMBERS)
    (clock,) = sight(desk, "session", first).clocks
    assert (clock.met, clock.state(clock.due)) == (row(desk, second).opened_at, "met")


READERS = {
    "own": Reader("liaison", "party-1"), "other": Reader("liaison", "party-2"), "mediator": Reader("mediator", "mediator-1"),
    "monitor": Reader("monitor"), "secretariat": Reader("secretariat"), "public": Reader("public"),
}  # fmt: skip


def readers(desk: Desk, sid: str, position: str) -> set[str]:
    """Who may read the words of a position of party-1."""
    is_open = sessions.positions_open(desk.standing(f"session:{sid}"), sid, position)
    return {name for name, reader in READERS.items() if release.may_see_position(reader, "party-1", is_open)}


def test_a_position_is_read_by_nobody_else_until_all_are_opened_at_once() -> None:
    desk = founded()
    sid = opened(desk)
    first = lodged(desk, sid, "liaison1", "EXERCISE. basalt")
    lodged(desk, sid, "mediator1")
    assert readers(desk, sid, first) == {"own"}
    assert values(desk, sid, "position_state") == ["position_sealed"] * 2
    lodged(desk, sid, "liaison2")
    assert readers(desk, sid, first) == {"own", "other", "mediator", "monitor", "secretariat"}
    assert values(desk, sid, "position_state") == ["position_opened"] * 3
    assert [entry.envelope.text() for entry in desk.entries() if "basalt" in entry.envelope.text()] == []


def test_the_words_of_a_position_go_into_a_value_for_its_component_alone() -> None:
    desk = founded()
    sid = opened(desk)
    given = Given({"session_item": "1", "language": "en", "session_text": "EXERCISE. basalt\n\nMore."})
    deed = affairs.DEEDS["position.seal"]
    standing = desk.standing(f"session:{sid}")
    outcome = deed.do(standing, sid, given, desks.actor("liaison1"), desk.now(), desk.salts())
    assert isinstance(outcome, Decision)
    (value,) = outcome.entries[0].released
    assert (value.level, value.party, value.disclosure.name) == ("R2", "party-1", "position")
    assert value.disclosure.value == {"component": "party-1", "language": "en", "text": ["EXERCISE. basalt", "More."]}
    assert value.disclosure.digest in outcome.entries[0].envelope.sd


@pytest.mark.parametrize("ending", ["session.close", "decision.deadlock", "position.open"])
def test_nothing_stays_sealed_when_an_item_ends_and_no_position_is_taken_after_that(ending: str) -> None:
    desk = founded()
    sid = opened(desk)
    lodged(desk, sid, "liaison1")
    timed(desk, sid)
    asks = {"session.close": {}, "decision.deadlock": ITEM | {"reason": "No words found"}, "position.open": ITEM}[
        ending
    ]
    do(desk, "mediator1", ending, sid, **asks)
    item = row(desk, sid).items[0]
    assert [position.late for position in item.positions] == [False]
    assert item.opened is not None
    over = {"session.close": "session_over", "decision.deadlock": "agenda_closed", "position.open": "positions_open"}
    for deed, asks in (("position.seal", SAY), ("position.none", ITEM)):
        assert refused(desk, "liaison2", deed, sid, **asks) == over[ending]


def test_no_chair_opens_one_sides_position_while_another_is_awaited() -> None:
    for first, other in (("party-1", "party-2"), ("party-2", "party-1")):
        desk = founded()
        sid = opened(desk)
        mine, theirs = (f"liaison{name[-1]}" for name in (first, other))
        position = lodged(desk, sid, mine)
        for chair in ("mediator1", "mediator2", "secretariat"):
            assert refused(desk, chair, "position.open", sid, **ITEM) == "positions_awaited"
        assert row(desk, sid).awaited(row(desk, sid).items[0]) == tuple(sorted(("mediator-1", other)))
        is_open = sessions.positions_open(desk.standing(f"session:{sid}"), sid, position)
        assert [name for name, one in READERS.items() if release.may_see_position(one, first, is_open)] == (
            ["own"] if first == "party-1" else ["other"]
        )
        do(desk, "mediator1", "position.none", sid, **ITEM)
        assert row(desk, sid).items[0].opened is None
        do(desk, theirs, "position.none", sid, **ITEM)
        item = row(desk, sid).items[0]
        assert (item.opened is not None, item.declined) == (True, ("mediator-1", other))
        assert refused(desk, theirs, "position.seal", sid, **SAY) == "positions_open"
        code = [line.code for line in minutes.minutes(desk.standing(f"session:{sid}"), sid)]
        assert code[-4:] == ["position", "position_none", "position_none", "positions_silent"]


def test_a_told_end_holds_for_every_side_and_is_in_the_minutes() -> None:
    desk = founded()
    sid = opened(desk)
    timed(desk, sid, wait="")
    lodged(desk, sid, "liaison1")
    assert refused(desk, "mediator1", "position.open", sid, **ITEM) == "positions_awaited"
    desk.wait("PT2H")
    for slug in ("liaison2", "mediator1"):
        assert refused(desk, slug, "position.seal", sid, **SAY) == "positions_over"
    do(desk, "mediator1", "position.open", sid, **ITEM)
    assert row(desk, sid).items[0].opened is not None
    made = minutes.minutes(desk.standing(f"session:{sid}"), sid)
    assert [line.code for line in made][-3:] == ["positions_until", "position", "positions_silent"]


def test_minutes_do_not_call_a_position_sealed_that_came_when_the_others_were_open() -> None:
    desk = founded()
    sid = opened(desk)
    for slug in ("liaison1", "liaison2", "mediator1"):
        lodged(desk, sid, slug)
    loaded = desk.standing(f"session:{sid}")
    own = sessions.state(loaded).sessions[sid]
    item = own.items[0]
    late = (*item.positions[:-1], replace(item.positions[-1], late=True))  # as a record made before the rule holds it
    sessions.state(loaded).sessions[sid] = replace(own, items=(replace(item, positions=late),))
    made = minutes.minutes(loaded, sid)
    assert [line.code for line in made if line.code.startswith("position")] == [
        "position",
        "position",
        "position_late",
        "positions",
    ]
    told = minutes.told(made, sittings.agreement(), "en")
    assert [line.endswith("it was not under seal.") for line in told if " late, after " in line] == [True]


def test_an_item_served_late_waits_until_it_has_been_taken_up() -> None:
    desk = founded()
    sid = called(desk)
    desk.wait("P4D")
    served(desk, sid)
    assert values(desk, sid, "agenda_state") == ["agenda_late"]


def test_a_deadlock_names_the_agreements_rule() -> None:
    rule = Deadlock("joint_ruling", "M-07", Ground("placeholder"), (Seats("mediator-1", 1), Seats("mediator-2", 1)))
    for given, told in ((None, ["deadlock_none"]), (rule, ["deadlock_joint_ruling"])):
        desk = founded(replace(sittings.agreement(), deadlock=given))
        sid = opened(desk)
        do(desk, "mediator1", "decision.deadlock", sid, session_item="1", reason="No words found")
        assert values(desk, sid, "deadlock_rule") == told
        assert values(desk, sid, "deadlock_assent") == ([] if given is None else ["mediator-1", "mediator-2"])
        due = [] if given is None else [row(desk, sid).log[-1][0].plus(Span.parse("PT72H")).text()]
        assert values(desk, sid, "due") == due


def test_a_pack_holds_what_its_party_may_see_and_does_not_tell_of_more() -> None:
    desk = founded()
    sid, case = called(desk), desks.complain(desk)
    served(desk, sid, session_cases=(case,))
    asks = {
        "party": "party-2",
        "place": "Exercise Post",
        "purpose": "Look",
        "opens": at(desk, 60),
        "closes": at(desk, 600),
    }
    access = do(desk, "monitor", "access.request", **asks)
    do(desk, "liaison2", "agenda.attach", sid, session_item="1", session_object=f"access:{access}")
    standing = desk.standing(f"session:{sid}")
    threads = packs.threads(standing, sid)
    assert threads == (f"case:{case}", f"access:{access}")
    loaded = desk.standing(f"session:{sid}", *threads)
    given = (packs.Packed(1, f"case:{case}", "R1"), packs.Packed(1, f"access:{access}", "R1"))
    assert packs.pack(loaded, sid, "party-1") == packs.pack(loaded, sid, "party-2") == given
    assert packs.pack(standing, sid, "party-1") == ()  # nothing of it is loaded
    # One attached for party-2 alone, as an object at R2 is.
    own = sessions.state(loaded).sessions[sid]
    attached = replace(own.items[0].attached[0], release="R2", to="party-2")
    sessions.state(loaded).sessions[sid] = replace(own, items=(replace(own.items[0], attached=(attached,)),))
    assert packs.pack(loaded, sid, "party-1") == given[:1]
    assert packs.pack(loaded, sid, "party-2") == given
    seen = affairs.BY_NAME["session"].sight(loaded, sid)
    assert seen is not None
    assert [(fact.level, fact.side) for fact in seen.facts if fact.value == f"access:{access}"] == [("R2", "party-2")]
    assert [line.code for line in minutes.minutes(loaded, sid)] == ["called", "item", "attached", "attached"]


def test_what_is_attached_for_one_party_is_an_entry_for_that_party() -> None:
    kind = sessions.ObjectAttached(NONE, 1, f"access:{NONE}", "R2", "party-2")
    envelope = affairs.REGISTRY.decode
    from tiga.mechanism.acts import envelope_of

    drawn = envelope_of(kind, desks.ORIGIN, desks.START)
    assert (affairs.seen_at(drawn), envelope(drawn)) == (("R2", "party-2"), kind)


def test_minutes_are_made_from_the_entries_in_order_and_told_in_each_language() -> None:
    desk = founded()
    sid = opened(desk, late=1)
    do(desk, "liaison1", "session.statement", sid, **WORDS)
    do(desk, "liaison2", "session.statement", sid, **(ITEM | WORDS))
    lodged(desk, sid, "liaison1")
    timed(desk, sid)
    do(desk, "mediator1", "position.open", sid, **ITEM)
    put(desk, sid, "secretariat")
    put(desk, sid, "liaison2")
    for slug in ("liaison1", "liaison2", "mediator1"):
        do(desk, slug, "decision.assent", sid, session_proposal="2")
        do(desk, slug, "item.admit", sid, session_item="2")
    do(desk, "mediator1", "session.decide", sid, session_proposal="2")
    do(desk, "mediator1", "decision.deadlock", sid, session_item="2", reason="No words found")
    do(desk, "mediator1", "session.close", sid, note="Done")
    made = minutes.minutes(desk.standing(f"session:{sid}"), sid)
    assert made == minutes.minutes(whole(desk), sid)
    assert [line.code for line in made] == [
        "called", "item", "item_late", "opened", "present", "present", "present", "absent", "statement", "statement_on",
        "position", "positions_until", "positions_silent", "put", "put_by",
        "assent", "admitted", "assent", "admitted", "assent", "admitted", "decided", "deadlock", "closed_note",
    ]  # fmt: skip
    plain = [
        line.replace("\u2068", "").replace("\u2069", "") for line in minutes.told(made, sittings.agreement(), "en")
    ]
    assert plain[8] == "2026-01-10 08:12 UTC: Party 1 said: EXERCISE. Invented words."
    assert plain[21] == "2026-01-10 10:26 UTC: Item 1 was decided by consensus, in words 2: EXERCISE. Invented words."
    for language in words.SPOKEN:
        told = minutes.told(made, sittings.agreement(), language)
        assert len(told) == len(made)
        assert [line for line in told if "{" in line] == []


def test_neither_side_is_first_in_every_session() -> None:
    firsts = set()
    for days in (5, 6):
        desk = founded()
        sid = called(desk, session_begins=at(desk, days * 1440))
        desk.wait(f"P{days}D")
        do(desk, "mediator1", "session.open", sid, session_members=sittings.MEMBERS)
        firsts.add(values(desk, sid, "session_present")[0])
    assert firsts == {"party-1", "party-2"}


def test_every_fact_of_the_three_concepts_has_its_word() -> None:
    desk = founded()
    sid = opened(desk, late=1)
    lodged(desk, sid, "liaison1")
    do(desk, "liaison2", "position.none", sid, **ITEM)
    timed(desk, sid)
    do(desk, "liaison1", "session.statement", sid, **WORDS)
    put(desk, sid)
    do(desk, "liaison1", "decision.assent", sid, session_proposal="1")
    do(desk, "mediator1", "decision.deadlock", sid, session_item="1", reason="No words found")
    do(desk, "mediator1", "session.close", sid, note="Done")
    seen = sight(desk, "session", sid)
    wanted = {f"fact.{fact.code}" for fact in seen.facts} | {f"clock.{clock.name}" for clock in seen.clocks}
    wanted |= {f"choice.{fact.value}" for fact in seen.facts if fact.kind == "code"} | {f"choice.{seen.state}"}
    assert sorted(code for code in wanted if not words.knows(code)) == []


# ---- guards


def _call(desk: Desk, slug: str = "mediator1", **more: str) -> str:
    usual = {"session_kind": "session_ordinary", "subject": "The post", "session_begins": at(desk, 7200)}
    return refused(desk, slug, "session.call", **(usual | more))


def _on(name: str, slug: str = "mediator1", *, sat: bool = True, late: int = 0, **given: str):  # type: ignore[no-untyped-def]
    """A deed on a session that is open, or only called."""

    def tried(desk: Desk) -> str:
        sid = opened(desk, late=late) if sat else called(desk)
        return refused(desk, slug, name, sid, **given)

    return tried


def _twice(name: str, slug: str, **given: str):  # type: ignore[no-untyped-def]
    def tried(desk: Desk) -> str:
        sid = opened(desk, late=1)
        put(desk, sid)
        do(desk, slug, name, sid, **given)
        return refused(desk, slug, name, sid, **given)

    return tried


def _put(name: str, slug: str, assents: tuple[str, ...] = (), **given: str):  # type: ignore[no-untyped-def]
    def tried(desk: Desk) -> str:
        sid = opened(desk)
        put(desk, sid)
        for own in assents:
            do(desk, own, "decision.assent", sid, session_proposal="1")
        return refused(desk, slug, name, sid, **given)

    return tried


def _closed(name: str, slug: str, **given: str):  # type: ignore[no-untyped-def]
    def tried(desk: Desk) -> str:
        sid = opened(desk)
        do(desk, "mediator1", "session.close", sid)
        return refused(desk, slug, name, sid, **given)

    return tried


def _dead(desk: Desk) -> str:
    sid = opened(desk)
    do(desk, "mediator1", "decision.deadlock", sid, session_item="1", reason="No words found")
    return refused(desk, "mediator1", "decision.put", sid, **(ITEM | WORDS))


def _opens(desk: Desk, members: str = sittings.MEMBERS, wait: str = "P5D") -> str:
    sid = called(desk)
    if wait:
        desk.wait(wait)
    return refused(desk, "mediator1", "session.open", sid, session_members=members)


def _attach(
    desk: Desk, slug: str = "mediator1", *, late: bool = False, item: str = "1", name: str = "", again: bool = False
) -> str:
    sid, case = called(desk), desks.complain(desk)
    served(desk, sid)
    if late:
        desk.wait("P4D")
    given = {"session_item": item, "session_object": name or f"case:{case}"}
    if again:
        do(desk, slug, "agenda.attach", sid, **given)
    return refused(desk, slug, "agenda.attach", sid, **given)


def _replaced(desk: Desk, number: str) -> str:
    sid = opened(desk)
    put(desk, sid)
    put(desk, sid)
    return refused(desk, "liaison1", "decision.assent", sid, session_proposal=number)


def _positions(
    desk: Desk, slug: str = "mediator1", deed: str = "position.open", *, told: bool = True, wait: str = "PT2H",
    twice: bool = False, **given: str,
) -> str:  # fmt: skip
    """A deed on an item with a position of party-1, and an instant told until which others are taken."""
    sid = opened(desk)
    lodged(desk, sid, "liaison1")
    if told:
        timed(desk, sid, wait=wait)
    if twice:
        do(desk, "mediator1", "position.open", sid, **ITEM)
    return refused(desk, slug, deed, sid, **(ITEM | given))


def _until(desk: Desk, minutes: int = 60, *, told: bool = False, opened: bool = False) -> str:
    """The chair tells until when positions are taken, by itself or once more."""
    later = {"positions_until": at(desk, 10 * 1440 if minutes > 0 else -1)}
    return _positions(desk, deed="position.until", told=told, wait="PT2H" if opened else "", twice=opened, **later)


def _other_rule(desk: Desk) -> str:
    return _put("session.decide", "mediator1", ALL, session_proposal="1")(founded(decides="majority"))


SAY = ITEM | WORDS
ALL = ("liaison1", "liaison2", "mediator1")
RULED = _put("session.decide", "mediator1", ALL, session_proposal="1")
SAID = _on("session.statement", "liaison1", **SAY)
LODGED = _on("position.seal", "liaison1", **SAY)
NO_FORUM = replace(desks.exercise_agreement(), undertakings=Undertakings())
GUARDS = (
    Guard("call", "forum_none", lambda d: _call(founded(NO_FORUM)), _call),
    Guard(
        "call", "session_ordinary", lambda d: _call(d, "liaison1"),
        lambda d: _call(d, "liaison1", session_kind="session_urgent", session_begins=at(d, 60)),
    ),
    Guard("call", "session_past", lambda d: _call(d, session_begins=at(d, -5)), _call),
    Guard(
        "call", "session_not_urgent", lambda d: _call(d, session_kind="session_urgent"),
        lambda d: _call(d, session_kind="session_urgent", session_begins=at(d, 60)),
    ),
    Guard(
        "serve", "case_unknown", _on("agenda.serve", title="A matter", session_cases=NONE),
        _on("agenda.serve", title="A matter"),
    ),
    Guard("attach", "agenda_unknown", lambda d: _attach(d, item="9"), _attach),
    Guard("attach", "agenda_attach_late", lambda d: _attach(d, late=True), _attach),
    Guard("attach", "agenda_object", lambda d: _attach(d, name=f"access:{NONE}"), _attach),
    Guard("attach", "agenda_attached", lambda d: _attach(d, again=True), _attach),
    Guard("open_session", "session_opened", _on("session.open", session_members=sittings.MEMBERS), _opens),
    Guard("open_session", "session_early", lambda d: _opens(d, wait=""), _opens),
    Guard("open_session", "session_member", lambda d: _opens(d, "liaison1 monitor"), _opens),
    Guard("open_session", "session_absent", lambda d: _opens(d, "liaison1 mediator1"), _opens),
    Guard(
        "admit", "agenda_unknown", _on("item.admit", "liaison1", late=1, session_item="9"),
        _on("item.admit", "liaison1", late=1, session_item="2"),
    ),
    Guard(
        "admit", "agenda_in_time", _on("item.admit", "liaison1", late=1, session_item="1"),
        _on("item.admit", "liaison1", late=1, session_item="2"),
    ),
    Guard(
        "admit", "agenda_admitted", _twice("item.admit", "liaison1", session_item="2"),
        _on("item.admit", "liaison1", late=1, session_item="2"),
    ),
    Guard("_lodging", "position_lodged", _twice("position.seal", "liaison1", **SAY), LODGED),
    Guard(
        "_lodging", "position_lodged", _twice("position.none", "liaison1", **ITEM),
        _on("position.none", "liaison1", **ITEM),
    ),
    Guard(
        "_lodging", "positions_open", lambda d: _positions(d, "liaison2", "position.seal", twice=True, **SAY),
        lambda d: _positions(d, "liaison2", "position.seal", told=False, **SAY),
    ),
    Guard(
        "_lodging", "positions_over", lambda d: _positions(d, "liaison2", "position.seal", **SAY),
        lambda d: _positions(d, "liaison2", "position.seal", wait="", **SAY),
    ),
    Guard("positions_until", "positions_open", lambda d: _until(d, told=True, opened=True), _until),
    Guard("positions_until", "positions_told", lambda d: _until(d, told=True), _until),
    Guard("positions_until", "positions_past", lambda d: _until(d, -1), _until),
    Guard("open_positions", "positions_awaited", lambda d: _positions(d, wait=""), _positions),
    Guard("open_positions", "positions_awaited", lambda d: _positions(d, told=False), _positions),
    Guard(
        "open_positions", "agenda_unknown", _on("position.open", session_item="9"), _positions,
    ),
    Guard("open_positions", "positions_open", lambda d: _positions(d, twice=True), _positions),
    Guard("open_positions", "positions_none", _on("position.open", **ITEM), _positions),
    Guard(
        "assent", "assented", _twice("decision.assent", "liaison1", session_proposal="1"),
        _put("decision.assent", "liaison1", session_proposal="1"),
    ),
    Guard("decide", "forum_rule", _other_rule, RULED),
    Guard("decide", "assent_wanting", _put("session.decide", "mediator1", ALL[:2], session_proposal="1"), RULED),
    Guard(
        "deadlock", "all_assented", _put("decision.deadlock", "mediator1", ALL, reason="No words found", **ITEM),
        _put("decision.deadlock", "mediator1", ALL[:2], reason="No words found", **ITEM),
    ),
    Guard(
        "close", "reason_missing", _on("session.close", sat=False), _on("session.close", sat=False, note="Nobody came"),
    ),
    Guard("_going", "session_unknown", lambda d: refused(d, "mediator1", "session.close", NONE), _on("session.close")),
    Guard("_going", "session_over", _closed("session.statement", "liaison1", **SAY), SAID),
    Guard("_sitting", "session_unopened", _on("session.statement", "liaison1", sat=False, **SAY), SAID),
    Guard("_sits", "session_not_there", _on("session.statement", "mediator2", **SAY), SAID),
    Guard("_words", "text_length", _on("session.statement", "liaison1", **(SAY | {"session_text": " \n "})), SAID),
    Guard("_words", "language_unknown", _on("session.statement", "liaison1", **(SAY | {"language": "xx"})), SAID),
    Guard("_taken_up", "agenda_unknown", _on("session.statement", "liaison1", **(SAY | {"session_item": "9"})), SAID),
    Guard(
        "_taken_up", "agenda_late", _on("session.statement", "liaison1", late=1, **(SAY | {"session_item": "2"})), SAID,
    ),
    Guard("_open_item", "agenda_closed", _dead, _on("decision.put", **SAY)),
    Guard(
        "_stands", "proposal_unknown", _put("decision.assent", "liaison1", session_proposal="9"),
        _put("decision.assent", "liaison1", session_proposal="1"),
    ),
    Guard("_stands", "proposal_replaced", lambda d: _replaced(d, "1"), lambda d: _replaced(d, "2")),
)  # fmt: skip
BEHIND = {
    (place, code)
    for place, code in (
        ("open_session", "forum_none"), ("decide", "forum_none"), ("attach", "session_unknown"), ("admit", "session_unknown"),
        ("position", "session_unknown"), ("no_position", "session_unknown"), ("positions_until", "session_unknown"),
        ("open_positions", "session_unknown"), ("assent", "session_unknown"),
        ("deadlock", "session_unknown"), ("close", "session_unknown"),
    )
}  # fmt: skip
"""What `_going` refuses before, or an agreement adopted in between that has no forum any more."""


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    assert written("forum") - BEHIND == {(guard.place, guard.code) for guard in GUARDS}
