"""Notices: in time or late is computed, a change starts the span anew, and what covers an act is asked at an instant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, Told, at, do, facts, refused, sight, whole, written
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Noticed, Undertakings
from tiga.mechanism import notices
from tiga.mechanism.release import Reader, may_see
from tiga.values.moments import Instant, Span

NONE = "x" * 43
GROUND = Ground("placeholder")
LIAISON = {"party-1": "liaison1", "party-2": "liaison2"}
BOTH = pytest.mark.parametrize(("one", "two"), (("party-1", "party-2"), ("party-2", "party-1")))


def agreed() -> Agreement:
    rows = (
        Noticed("exercise", {"en": "EXERCISE. An exercise."}, "PT24H", "X-01", GROUND, ("X1",)),
        Noticed("convoy", {"en": "EXERCISE. A convoy."}, "PT2H", "X-01", GROUND),
    )
    return replace(desks.exercise_agreement(), undertakings=Undertakings(notices=rows))


def founded() -> Desk:
    return desks.founded(agreement=agreed())


def says(desk: Desk, start: str = "PT30H", hours: int = 4, **more: Told) -> dict[str, Told]:
    """What a notice says of something that begins a span from the desk's next act, by the clock of UTC+05:00."""
    begins = desk.now().plus(Span.parse(start))
    ends = begins.plus(Span.parse(f"PT{hours}H"))
    local: dict[str, Told] = {
        "asserted_local": begins.local("PKT").replace(" ", "T"), "asserted_until": ends.local("PKT").replace(" ", "T"),
        "asserted_zone": "PKT", "asserted_precision": "minute",
        "notice_what": "EXERCISE. Firing on the range", "place": "Exercise Post",
    }  # fmt: skip
    return local | more


def given(desk: Desk, party: str = "party-1", start: str = "PT30H", kind: str = "exercise", **more: Told) -> str:
    return do(desk, LIAISON[party], "notice.give", notice_kind=kind, **says(desk, start, **more))


def marks(desk: Desk, sid: str) -> list[str]:
    return [value for code, value in facts(desk, "notice", sid) if code == "notice_in_time"]


def after(desk: Desk, span: str) -> Instant:
    return desk.now().plus(Span.parse(span))


@BOTH
def test_a_notice_in_time_is_given_acknowledged_and_observed(one: str, two: str) -> None:
    desk = founded()
    sid = given(desk, one)
    seen = sight(desk, "notice", sid)
    assert (seen.state, seen.open, marks(desk, sid)) == ("notice_given", True, ["notice_in_time"])
    do(desk, LIAISON[two], "notice.acknowledge", sid)
    assert (sight(desk, "notice", sid).state, sight(desk, "notice", sid).open) == ("notice_acknowledged", False)
    desk.wait("PT31H")
    do(desk, "monitor", "notice.observed", sid, when=at(desk, -5), notice_seen="as_notified", note="EXERCISE. Heard.")
    assert sight(desk, "notice", sid).state == "notice_observed"
    told = facts(desk, "notice", sid)
    assert [value for code, value in told if code in ("party", "notice_read_by")] == [one, two]
    assert [value for code, value in told if code == "notice_seen"] == ["as_notified"]
    assert desk.whole.cases == {}


def test_what_was_asserted_stands_beside_the_instants() -> None:
    desk = founded()
    sid = do(
        desk, "liaison1", "notice.give", notice_kind="exercise", notice_what="EXERCISE. A flight", place="Exercise Post",
        asserted_local="2026-01-07T10:00", asserted_until="2026-01-07T12:00", asserted_zone="AFT",
        asserted_precision="about",
    )  # fmt: skip
    told = dict(facts(desk, "notice", sid))
    assert told["asserted_local"] == "2026-01-07T10:00 – 2026-01-07T12:00 AFT"
    assert told["asserted_precision"] == "about"
    assert (told["opens"], told["closes"]) == ("2026-01-07T05:00:00.000Z", "2026-01-07T08:00:00.000Z")
    assert told["notice_needed"] == "2026-01-06T05:00:00.000Z"
    assert told["notice_lead"] == "PT44H"


@pytest.mark.parametrize(
    ("start", "precision", "mark"),
    (
        ("PT24H", "minute", "notice_in_time"), ("PT23H59M", "minute", "notice_late"), ("PT24H", "about", "notice_late"),
        ("PT24H30M", "about", "notice_in_time"),
    ),
)  # fmt: skip
def test_in_time_is_counted_from_the_earliest_that_the_beginning_may_mean(
    start: str, precision: str, mark: str
) -> None:
    desk = founded()
    assert marks(desk, given(desk, "party-1", start, asserted_precision=precision)) == [mark]


@BOTH
def test_a_late_notice_is_taken_and_marked_and_covers_nothing(one: str, two: str) -> None:
    desk = founded()
    sid = given(desk, one, "PT3H")
    assert marks(desk, sid) == ["notice_late"]
    assert notices.covers(whole(desk), "X1", one, after(desk, "PT4H")) == ()
    convoy = given(desk, one, "PT3H", "convoy")
    assert marks(desk, convoy) == ["notice_in_time"]
    assert notices.covers(whole(desk), "X1", one, after(desk, "PT4H")) == ()


@BOTH
def test_a_notice_in_time_covers_its_own_partys_act_within_its_window(one: str, two: str) -> None:
    desk = founded()
    sid, inside = given(desk, one), after(desk, "PT31H")
    standing = desk.standing(f"notices:{one}")
    assert notices.covers(standing, "X1", one, inside) == (sid,)
    assert notices.covers(standing, "H1", one, inside) == ()
    assert notices.covers(whole(desk), "X1", two, inside) == ()
    assert notices.covers(standing, "X1", one, after(desk, "PT29H")) == ()
    assert notices.covers(standing, "X1", one, after(desk, "PT35H")) == ()


def test_a_change_starts_the_span_anew_and_holds_from_then_on() -> None:
    desk = founded()
    sid = given(desk)
    inside = after(desk, "PT31H")
    do(desk, "liaison2", "notice.acknowledge", sid)
    desk.wait("PT31H")
    before = desk.now()
    do(desk, "liaison1", "notice.change", sid, reason="EXERCISE. It goes on longer.", **says(desk, "PT0S", 8))
    seen = sight(desk, "notice", sid)
    assert (seen.state, seen.open, marks(desk, sid)) == ("notice_changed", True, ["notice_in_time", "notice_late"])
    assert [value for code, value in facts(desk, "notice", sid) if code == "notice_changed"] == ["notice_span_anew"]
    standing = desk.standing("notices:party-1")
    assert inside.ms < before.ms
    assert notices.covers(standing, "X1", "party-1", inside) == (sid,)
    assert notices.covers(standing, "X1", "party-1", after(desk, "PT1H")) == ()
    do(desk, "liaison2", "notice.acknowledge", sid)
    assert sight(desk, "notice", sid).state == "notice_acknowledged"


def test_a_withdrawn_notice_covers_nothing_from_then_on_and_may_be_observed() -> None:
    desk = founded()
    sid = given(desk)
    desk.wait("PT31H")
    earlier = desk.now()
    do(desk, "liaison1", "notice.withdraw", sid, reason="EXERCISE. Weather.")
    seen = sight(desk, "notice", sid)
    assert (seen.state, seen.open) == ("notice_withdrawn", False)
    standing = desk.standing("notices:party-1")
    assert notices.covers(standing, "X1", "party-1", Instant(earlier.ms - 1)) == (sid,)
    assert notices.covers(standing, "X1", "party-1", earlier) == ()
    do(desk, "monitor", "notice.observed", sid, when=at(desk), notice_seen="otherwise_than_notified", note="EXERCISE.")
    assert [v for code, v in facts(desk, "notice", sid) if code == "notice_seen"] == ["otherwise_than_notified"]


def test_a_day_without_a_time_is_a_whole_local_day() -> None:
    desk = founded()
    sid = given(desk, asserted_local="2026-01-08", asserted_until="2026-01-08", asserted_precision="day")
    told = dict(facts(desk, "notice", sid))
    assert (told["opens"], told["closes"]) == ("2026-01-07T19:00:00.000Z", "2026-01-08T19:00:00.000Z")


def test_both_sides_read_a_notice_and_the_public_does_not() -> None:
    desk = founded()
    seen = sight(desk, "notice", given(desk))
    readers = (Reader("liaison", "party-1"), Reader("liaison", "party-2"), Reader("monitor"), Reader())
    assert [may_see(reader, seen.level, seen.side) for reader in readers] == [True, True, True, False]


def test_an_entry_of_something_unknown_changes_nothing() -> None:
    desk = founded()
    sid = given(desk)
    before, standing, entry = sight(desk, "notice", sid), whole(desk), desk.entries()[-1]
    own, when = notices.state(standing), notices.state(standing).notices[sid].given.when
    for kind in (
        notices.NoticeChanged(NONE, "party-1", "x", "y", when, desk.now(), "z"),
        notices.NoticeWithdrawn(NONE, "party-1", "x"),
        notices.NoticeAcknowledged(NONE, "party-2"),
        notices.NoticeObserved(NONE, desk.now(), "as_notified", "x"),
    ):
        notices.FOLDS[kind.ACT](own, standing, kind, entry)  # type: ignore[operator]
    assert notices.sight(standing, sid) == before


# ---- guards


def _give(desk: Desk, kind: str = "exercise", **more: Told) -> str:
    return refused(desk, "liaison1", "notice.give", notice_kind=kind, **says(desk, **more))


def _change(desk: Desk, sid: str, slug: str = "liaison1", **more: Told) -> str:
    return refused(desk, slug, "notice.change", sid, reason="EXERCISE. Later.", **says(desk, **more))


def _withdraw(desk: Desk, sid: str, slug: str = "liaison1") -> str:
    return refused(desk, slug, "notice.withdraw", sid, reason="EXERCISE. Weather.")


def _read(desk: Desk, sid: str, slug: str = "liaison2") -> str:
    return refused(desk, slug, "notice.acknowledge", sid)


def _observe(desk: Desk, sid: str) -> str:
    return refused(desk, "monitor", "notice.observed", sid, when=at(desk), notice_seen="as_notified", note="EXERCISE.")


def _withdrawn(desk: Desk) -> str:
    sid = given(desk)
    assert _withdraw(desk, sid) == ""
    return sid


def _acknowledged(desk: Desk) -> str:
    sid = given(desk)
    assert _read(desk, sid) == ""
    return sid


def _changed(desk: Desk) -> str:
    sid = _acknowledged(desk)
    assert _change(desk, sid) == ""
    return sid


GUARDS = (
    Guard("give", "notice_kind_unknown", lambda d: _give(d, "none"), lambda d: _give(d)),
    Guard("change", "notice_unknown", lambda d: _change(d, NONE), lambda d: _change(d, given(d))),
    Guard("withdraw", "notice_unknown", lambda d: _withdraw(d, NONE), lambda d: _withdraw(d, given(d))),
    Guard("acknowledge", "notice_unknown", lambda d: _read(d, NONE), lambda d: _read(d, given(d))),
    Guard("acknowledge", "notice_own", lambda d: _read(d, given(d), "liaison1"), lambda d: _read(d, given(d))),
    Guard("acknowledge", "notice_withdrawn", lambda d: _read(d, _withdrawn(d)), lambda d: _read(d, given(d))),
    Guard("acknowledge", "notice_acknowledged", lambda d: _read(d, _acknowledged(d)), lambda d: _read(d, _changed(d))),
    Guard("observe", "notice_unknown", lambda d: _observe(d, NONE), lambda d: _observe(d, given(d))),
    Guard("_when", "asserted_time", lambda d: _give(d, asserted_zone="nowhere"), lambda d: _give(d)),
    Guard("_own", "notice_unknown", lambda d: _withdraw(d, NONE), lambda d: _withdraw(d, given(d))),
    Guard("_own", "notice_not_yours", lambda d: _change(d, given(d), "liaison2"), lambda d: _change(d, given(d))),
    Guard("_own", "notice_withdrawn", lambda d: _change(d, _withdrawn(d)), lambda d: _give(d)),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    assert written("notices") == {(guard.place, guard.code) for guard in GUARDS}


@pytest.mark.parametrize(
    ("wrong", "code"),
    (
        ({"asserted_local": "soon"}, "asserted_time"),
        ({"asserted_until": "2020-01-01T00:00"}, "asserted_time"),
        ({"asserted_precision": "roughly"}, "asserted_time"),
        ({"asserted_until": ""}, "ask_missing"),
    ),
)
def test_a_time_that_makes_no_sense_is_refused_in_a_change_too(wrong: dict[str, Told], code: str) -> None:
    desk = founded()
    sid = given(desk)
    assert (_give(desk, **wrong), _change(desk, sid, **wrong)) == (code, code)


@pytest.mark.parametrize(
    ("deed", "wrong"),
    (
        ("notice.give", "monitor"), ("notice.change", "secretariat"), ("notice.withdraw", "mediator1"),
        ("notice.acknowledge", "secretariat"), ("notice.observed", "liaison2"),
    ),
)  # fmt: skip
def test_a_deed_is_nobody_elses(deed: str, wrong: str) -> None:
    desk = founded()
    more: dict[str, dict[str, Told]] = {
        "notice.give": {"notice_kind": "exercise", **says(desk)}, "notice.change": {"reason": "x", **says(desk)},
        "notice.withdraw": {"reason": "x"}, "notice.acknowledge": {},
        "notice.observed": {"when": at(desk), "notice_seen": "as_notified", "note": "x"},
    }  # fmt: skip
    assert refused(desk, wrong, deed, NONE, **more[deed]) == "role"


def test_what_is_seen_lies_not_in_the_future() -> None:
    desk = founded()
    sid = given(desk)
    late: dict[str, Told] = {"when": at(desk, 60), "notice_seen": "as_notified", "note": "EXERCISE."}
    assert refused(desk, "monitor", "notice.observed", sid, **late) == "not_yet"
