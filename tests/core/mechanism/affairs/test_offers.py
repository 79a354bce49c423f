"""What is offered to whom, beyond role and state, and what is left to choose: nobody is led to what must be refused."""

from __future__ import annotations

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs import (
    test_access,
    test_assurances,
    test_confidence,
    test_crossings,
    test_hotline,
    test_notices,
    test_owed,
    test_patrols,
)
from tests.core.mechanism.affairs.deeds import do, facts, refused, whole
from tests.core.mechanism.desk import Desk
from tiga.mechanism import affairs, casedeeds
from tiga.mechanism.asks import Ask, Deed, Given, fault, read_texts, texts_value
from tiga.values.words import catalogue, plain_digits

EVERYBODY = ("liaison1", "liaison2", "mediator1", "monitor", "secretariat")


def offered(desk: Desk, name: str, sid: str) -> list[str]:
    """To whom of EVERYBODY a deed is offered on an object, by role and by whose it is."""
    deed = affairs.DEEDS[name]
    standing = desk.standing(f"{deed.concept}:{sid}")
    people = [(slug, desks.actor(slug, desk.origin)) for slug in EVERYBODY]
    return [
        slug for slug, by in people if by.role in deed.roles and (deed.fits is None or deed.fits(standing, sid, by))
    ]


def left(desk: Desk, slug: str, name: str, ask: str, sid: str = "") -> tuple[str, ...]:
    """What is left to choose."""
    deed = affairs.DEEDS[name]
    (found,) = [one for one in deed.asks if one.name == ask]
    assert found.among is not None
    return found.among(whole(desk), sid, desks.actor(slug, desk.origin))


def test_an_answer_is_asked_of_the_party_asked_alone() -> None:
    desk = test_access.founded()
    assert offered(desk, "access.answer", test_access.asked(desk)) == ["liaison2"]
    assert offered(desk, "access.answer", test_access.asked(desk, party="party-1")) == ["liaison1"]


@pytest.mark.parametrize(("giver", "other"), (("liaison1", "liaison2"), ("liaison2", "liaison1")))
def test_a_notice_is_changed_by_its_giver_and_read_by_the_other(giver: str, other: str) -> None:
    desk = test_notices.founded()
    sid = test_notices.given(desk, desks.PEOPLE[giver][1])
    assert offered(desk, "notice.change", sid) == offered(desk, "notice.withdraw", sid) == [giver]
    assert offered(desk, "notice.acknowledge", sid) == [other]
    do(desk, other, "notice.acknowledge", sid)
    assert offered(desk, "notice.acknowledge", sid) == []


def test_a_call_is_told_of_by_the_end_that_has_not_told() -> None:
    desk = test_hotline.founded()
    sid = test_hotline.logged(desk)
    assert offered(desk, "call.confirm", sid) == ["liaison2"]


def test_a_report_is_handed_in_by_who_owes_it() -> None:
    desk = test_owed.founded()
    assert offered(desk, "owed.hand_in", test_owed.asked(desk, number=1)) == ["liaison1", "liaison2"]
    assert offered(desk, "owed.hand_in", test_owed.asked(desk, "chair", 1)) == ["mediator1"]


def test_what_a_patrol_did_not_reach_is_told_where_something_is_left_to_tell() -> None:
    desk = test_patrols.founded()
    sid = test_patrols.planned(desk)
    do(desk, "monitor", "patrol.cancel", sid, patrol_reason="patrol_weather")
    assert offered(desk, "patrol.log", sid) == ["monitor", "secretariat"]
    desk.wait("P1D")
    do(desk, "monitor", "patrol.log", sid)
    assert offered(desk, "patrol.log", sid) == []


def test_a_half_is_spoken_of_by_the_others() -> None:
    desk = test_confidence.founded()
    sid = test_confidence.begun(desk)
    assert (offered(desk, "step.claim", sid), offered(desk, "step.confirm", sid)) == (["liaison1", "liaison2"], [])
    assert left(desk, "mediator1", "step.lapse", "step_party", sid) == ("party-1",)
    test_confidence.claimed(desk, sid)
    assert offered(desk, "step.lapse", sid) == []
    assert offered(desk, "step.claim", sid) == ["liaison2"]
    assert offered(desk, "step.confirm", sid) == ["liaison2", "monitor"]
    assert left(desk, "liaison2", "step.confirm", "step_party", sid) == ("party-1",)
    assert left(desk, "liaison1", "step.confirm", "step_party", sid) == ()


def test_what_is_on_the_record_is_not_to_be_begun_again() -> None:
    desk = test_confidence.founded()
    assert left(desk, "mediator1", "pair.begin", "pair") == ("posts",)
    test_confidence.begun(desk)
    assert left(desk, "mediator1", "pair.begin", "pair") == ()
    desk = test_crossings.founded()
    before = left(desk, "secretariat", "crossing.list", "crossing_id")
    test_crossings.listed(desk)
    assert set(before) - set(left(desk, "secretariat", "crossing.list", "crossing_id")) == {"gate"}
    desk = test_assurances.founded()
    test_assurances.given(desk)
    assert left(desk, "liaison1", "assurance.give", "assurance_id") == ()
    assert left(desk, "liaison2", "assurance.give", "assurance_id") == ("no-infiltration", "one-sided")
    assert left(desk, "mediator1", "assurance.take-up", "assurance_id") == ("no-infiltration", "one-sided")
    test_assurances.given(desk, "liaison2")
    assert left(desk, "mediator1", "assurance.take-up", "assurance_id") == ("one-sided",)


def test_a_call_is_for_a_test_that_is_owed_between_its_ends() -> None:
    desk = test_hotline.founded()
    test_hotline.logged(desk)
    assert left(desk, "liaison1", "call.log", "call_test") == ()
    test = do(desk, "secretariat", "call.test", caller="party-1", called="centre")
    assert left(desk, "liaison1", "call.log", "call_test") == left(desk, "monitor", "call.log", "call_test") == (test,)
    assert left(desk, "liaison2", "call.log", "call_test") == ()


@pytest.mark.parametrize("digits", ("12", "۱۲", "١٢"))
def test_whole_numbers_are_read_in_every_script(digits: str) -> None:
    deed = Deed("x.y", "x", (), lambda *_: None, (Ask("a", "whole", high=12),))  # type: ignore[arg-type, return-value]
    given = Given({"a": digits})
    assert (fault(deed, given), given.whole("a")) == (None, 12)
    assert plain_digits("۳ of ٣") == "3 of 3"
    assert fault(deed, Given({"a": f"{digits}0"})) is not None


def test_a_time_without_an_offset_is_told_in_utc() -> None:
    one, two = (Given({"a": text}).moment("a") for text in ("2026-01-05T08:00", "2026-01-05T08:00Z"))
    assert one == two


def test_who_restricted_access_is_told_as_a_key_where_it_is_one() -> None:
    desk = test_access.founded()
    sid = test_access.asked(desk)
    do(desk, "liaison2", "access.answer", sid, answer="denied", reason="Not safe today")
    seen = affairs.BY_NAME["access"].sight(whole(desk), sid)
    assert seen is not None
    assert [(fact.kind, fact.value.rsplit("/", 1)[-1]) for fact in seen.facts if fact.code == "who"] == [
        ("key", "liaison2")
    ]
    assert ("who", desks.actor("liaison2").key) in facts(desk, "access", sid)


def test_a_text_in_all_its_languages_is_one_value() -> None:
    texts = {"en": "Two paths", "ur": "دو راستے"}
    assert read_texts(texts_value(texts)) == texts


def test_a_round_is_numbered_once_in_whatever_digits() -> None:
    desk = desks.founded()
    given = {"subject": "The draft", "place": "Exercise City", "talks_mediators": ("mediator-1",)}
    do(desk, "mediator1", "talks.open", talks_round="2", **given)
    assert refused(desk, "mediator1", "talks.open", talks_round="۲", **given) == "talks_round_taken"


def test_a_duty_is_answered_by_whom_it_binds() -> None:
    desk = desks.founded()
    given = {
        "duty": "investigate-own-forces",
        "party": "party-1",
        "duty_ground": "EXERCISE. A finding.",
        "duty_acceptance": "Told",
    }
    sid = do(desk, "mediator1", "duty.start", **given)
    assert offered(desk, "duty.answer", sid) == ["liaison1"]
    assert set(offered(desk, "duty.verify", sid)) <= {"monitor", "mediator1"}


def test_a_hint_of_one_deeds_ask_names_a_deed_and_its_ask() -> None:
    named = [
        code.removeprefix("ask_hint.").rpartition(".") for code in catalogue("en").texts if code.startswith("ask_hint.")
    ]
    told = [(deed, ask) for deed, _, ask in named if deed]
    assert len(told) > 5
    known = {**casedeeds.BY_NAME, **affairs.DEEDS}
    assert [(deed, ask) for deed, ask in told if ask not in {one.name for one in known[deed].asks}] == []
