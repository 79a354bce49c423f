"""Patrols: nobody but the mediators' side learns where a team is or will be; afterwards both parties read the same log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs import test_access
from tests.core.mechanism.affairs.deeds import Guard, Told, at, do, refused, sight, whole, written
from tests.core.mechanism.desk import Desk, founded
from tiga.agreement.clauses import Agreement, Deadline
from tiga.agreement.grounds import Ground
from tiga.mechanism import affairs, patrol_log, patrols
from tiga.mechanism.exposure import Hours, exposure
from tiga.mechanism.release import Reader, may_see
from tiga.record import canonical
from tiga.record.entries import TEXT_LIMIT
from tiga.values.moments import Instant, Span
from tiga.values.places import Place, Point

NONE = "x" * 43
POST = "Exercise Post | 60 | -0.1 | -0.03 | 1500"
READERS = {
    "public": Reader(), "liaison1": Reader("liaison", "party-1"), "liaison2": Reader("liaison", "party-2"),
    "monitor": Reader("monitor"), "mediator1": Reader("mediator", "mediator-1"), "secretariat": Reader("secretariat"),
}  # fmt: skip
SIDE = ["monitor", "mediator1", "secretariat"]
PARTIES = ["liaison1", "liaison2", *SIDE]


def local(desk: Desk, minutes: int, zone: str = "UTC") -> str:
    return Instant(desk.now().ms + minutes * 60_000).local(zone).replace(" ", "T")


def _plans(desk: Desk, **more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "patrol_areas": f"belt | 180\nrest-of-territory | 120\n{POST}", "patrol_from": local(desk, 0),
        "patrol_until": local(desk, 480), "patrol_zone": "UTC", "patrol_team": "monitor", "patrol_people": "4",
        "patrol_joint": "yes", "note": "By the north road",
    }  # fmt: skip
    return usual | more


def planned(desk: Desk, slug: str = "monitor", **more: Told) -> str:
    return do(desk, slug, "patrol.plan", **_plans(desk, **more))


def out(desk: Desk, **more: Told) -> str:
    sid = planned(desk, **more)
    do(desk, "monitor", "patrol.leave", sid, left=at(desk), patrol_joint="yes")
    return sid


def _reaches(desk: Desk, **more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "patrol_area": "belt", "arrived": at(desk, -60), "left": at(desk, -1), "patrol_senses": ("by_sight",),
        "patrol_nothing": "yes",
    }  # fmt: skip
    return usual | more


def _refuses(desk: Desk, **more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "patrol_area": "Exercise Post", "when": at(desk), "place": "The gate", "who": "Two soldiers",
        "reason": "Orders from superiors", "patrol_lost": "60",
    }  # fmt: skip
    return usual | more


def _returns(desk: Desk, **more: Told) -> dict[str, Told]:
    return {"patrol_back": at(desk), "patrol_safe": "yes"} | more


def back(desk: Desk, sid: str, **more: Told) -> str:
    return do(desk, "monitor", "patrol.return", sid, **_returns(desk, **more))


def readers(desk: Desk, sid: str) -> list[str]:
    seen = sight(desk, "patrol", sid)
    return [who for who, reader in READERS.items() if may_see(reader, seen.level, seen.side)]


def read(desk: Desk, sid: str, who: str) -> list[tuple[str, str]]:
    """The facts of a patrol as a reader sees them."""
    seen, reader = sight(desk, "patrol", sid), READERS[who]
    assert may_see(reader, seen.level, seen.side)
    return [(fact.code, fact.value) for fact in seen.facts if may_see(reader, fact.level or seen.level, fact.side)]


def open_text(desk: Desk) -> str:
    """The bodies of all entries of patrols that both parties read."""
    rows = [entry.envelope for entry in desk.entries() if entry.envelope.act.startswith("patrol.")]
    return "\n".join(canonical.encode(row.body).decode() for row in rows if affairs.seen_at(row) == ("R1", ""))


def row_of(desk: Desk, sid: str) -> patrol_log.Patrol:
    return patrols.state(whole(desk)).patrols[sid]


def told(desk: Desk, sid: str) -> tuple[Hours, ...]:
    return patrol_log.added(hours for log in row_of(desk, sid).logs for hours in log.hours)


def test_only_the_mediators_side_reads_of_a_patrol_that_runs() -> None:
    desk = founded()
    sid = planned(desk)
    assert (sight(desk, "patrol", sid).state, readers(desk, sid)) == ("patrol_planned", SIDE)
    assert sight(desk, "patrol", sid).title == "2026-01-05 · belt, rest-of-territory, Exercise Post"
    do(desk, "monitor", "patrol.leave", sid, left=at(desk), patrol_joint="yes")
    desk.wait("PT2H")
    do(desk, "monitor", "patrol.reach", sid, **_reaches(desk))
    do(desk, "monitor", "patrol.refuse", sid, **_refuses(desk))
    assert (sight(desk, "patrol", sid).state, readers(desk, sid), open_text(desk)) == ("patrol_out", SIDE, "")


def test_the_log_tells_both_parties_the_same_and_nothing_of_where_nobody_was() -> None:
    desk = founded()
    sid = out(desk)
    desk.wait("PT2H")
    do(desk, "monitor", "patrol.reach", sid, **_reaches(desk))
    do(desk, "monitor", "patrol.refuse", sid, **_refuses(desk))
    back(desk, sid, note="The road is bad")
    assert readers(desk, sid) == PARTIES
    first, second = read(desk, sid, "liaison1"), read(desk, sid, "liaison2")
    assert first == second
    assert [code for code, _ in first] == [
        "opens", "closes", "patrol_zone", "left", "patrol_joint", "patrol_reached", "arrived", "left", "patrol_sense",
        "patrol_nothing", "patrol_halted", "when", "place", "who", "reason", "patrol_lost", "patrol_back", "patrol_safe",
        *("patrol_hours", "patrol_planned", "patrol_done", "patrol_refused") * 2,
    ]  # fmt: skip
    assert first[-8:] == [
        ("patrol_hours", "Exercise Post · 2026-01-05 UTC"), ("patrol_planned", "60"), ("patrol_done", "0"),
        ("patrol_refused", "60"), ("patrol_hours", "belt · 2026-01-05 UTC"), ("patrol_planned", "180"),
        ("patrol_done", "59"), ("patrol_refused", "0"),
    ]  # fmt: skip
    assert sight(desk, "patrol", sid).title == "2026-01-05 · Exercise Post, belt"
    for kept in ("rest-of-territory", "north road", "bad", "/monitor"):
        assert (kept in open_text(desk), kept in str(first)) == (False, False)
    full = read(desk, sid, "mediator1")
    assert [value for code, value in full if code == "patrol_area"] == ["belt", "rest-of-territory", "Exercise Post"]
    assert [value for code, value in full if code == "note"] == ["By the north road", "The road is bad"]


def test_what_was_planned_and_not_reached_is_told_once_the_window_has_ended() -> None:
    desk = founded()
    sid = out(desk)
    back(desk, sid)
    assert (told(desk, sid), sight(desk, "patrol", sid).open) == ((), True)
    assert refused(desk, "secretariat", "patrol.log", sid) == "patrol_told"
    desk.wait("PT10H")
    do(desk, "secretariat", "patrol.log", sid)
    assert [(row.area, row.planned_min, row.done_min) for row in told(desk, sid)] == [
        ("Exercise Post", 60, 0), ("belt", 180, 0), ("rest-of-territory", 120, 0),
    ]  # fmt: skip
    assert (sight(desk, "patrol", sid).open, told(desk, sid)) == (False, patrol_log.hours(row_of(desk, sid)))


def test_a_cancelled_patrol_says_why_and_not_where() -> None:
    desk = founded()
    sid = planned(desk)
    do(desk, "monitor", "patrol.cancel", sid, patrol_reason="patrol_access", note="They closed the gate")
    assert read(desk, sid, "liaison1")[-1] == ("patrol_reason", "patrol_access")
    assert (sight(desk, "patrol", sid).title, sight(desk, "patrol", sid).clocks) == ("2026-01-05", ())
    assert open_text(desk) == f'{{"ended":"cancelled","patrol":"{sid}","reason":"access"}}'
    desk.wait("PT10H")
    do(desk, "secretariat", "patrol.log", sid)
    (day,) = exposure(patrols.logged(whole(desk)), desks.exercise_agreement(), "belt", ("2026-01-05",))
    assert (day.planned_min, day.done_min, day.exposure, day.word) == (180, 0, 0, "not_observed")


def test_nothing_seen_is_a_report_and_a_report_is_named_to_the_mediators_alone() -> None:
    desk = founded()
    sid = out(desk)
    desk.wait("PT3H")
    report = desks.file(desk, desks.report("m1", "", reporter="watch 7", channel="monitor"))
    do(desk, "monitor", "patrol.reach", sid, **_reaches(desk, patrol_nothing="no", patrol_reports=(report,)))
    do(desk, "monitor", "patrol.reach", sid, **_reaches(desk, patrol_area="airspace", arrived=at(desk, -30)))
    back(desk, sid)
    assert [value for code, value in read(desk, sid, "liaison1") if code in ("patrol_nothing", "report")] == [
        "no",
        "yes",
    ]
    assert [value for code, value in read(desk, sid, "secretariat") if code == "report"] == [f"report:{report}"]
    assert (report in open_text(desk)) is False
    assert [(row.area, row.stops, row.nothing) for row in told(desk, sid)] == [("airspace", 1, 1), ("belt", 1, 0)]


def test_a_stop_that_is_kept_back_counts_with_its_minutes_only() -> None:
    desk = founded()
    sid = out(desk)
    desk.wait("PT3H")
    do(desk, "monitor", "patrol.reach", sid, **_reaches(desk, patrol_kept="yes"))
    back(desk, sid)
    codes = [code for code, _ in read(desk, sid, "liaison1")]
    assert [code for code in codes if code in ("patrol_reached", "arrived", "patrol_sense", "patrol_nothing")] == []
    assert [(row.area, row.done_min, row.stops, row.nothing) for row in told(desk, sid)] == [("belt", 59, 1, 0)]
    assert [log.stops for log in row_of(desk, sid).logs] == [()]
    (day,) = exposure(told(desk, sid), None, "belt", ("2026-01-05",))
    assert day.word == "looked"


def test_what_is_written_after_the_return_adds_to_the_log() -> None:
    desk = founded()
    sid = out(desk)
    desk.wait("PT4H")
    arrived, left, after = at(desk, -120), at(desk, -60), at(desk, -30)
    back(desk, sid)
    do(desk, "monitor", "patrol.reach", sid, **_reaches(desk, arrived=arrived, left=left))
    do(desk, "monitor", "patrol.reach", sid, **_reaches(desk, arrived=arrived, left=after))
    do(desk, "monitor", "patrol.refuse", sid, **_refuses(desk, when=left, patrol_lost="10"))
    logs = row_of(desk, sid).logs
    assert [[hours.done_min for hours in log.hours] for log in logs] == [[], [60], [30], [0]]
    assert [(len(log.stops), len(log.refusals)) for log in logs] == [(0, 0), (1, 0), (1, 0), (0, 1)]
    assert [(row.area, row.done_min, row.refused_min) for row in told(desk, sid)] == [
        ("Exercise Post", 0, 10),
        ("belt", 90, 0),
    ]


def _without_grace() -> Agreement:
    """The exercise's agreement, with no more time for a return than was planned."""
    agreement = desks.exercise_agreement()
    return replace(agreement, deadlines=tuple(row for row in agreement.deadlines if row.id != "patrol_return"))


def test_an_overdue_return_is_shown_at_once() -> None:
    desk = founded(agreement=_without_grace())
    sid = out(desk)
    (clock,) = sight(desk, "patrol", sid).clocks
    closes = row_of(desk, sid).plan.closes
    assert (clock.name, clock.due, clock.zone, clock.clause) == ("patrol_return", closes, "UTC", "")
    before = Instant(closes.ms - 1)
    assert (clock.state(before), clock.state(closes)) == ("soon", "overdue")
    desk.wait("PT9H")
    back(desk, sid, patrol_back=closes.text(), patrol_safe="no")
    seen = sight(desk, "patrol", sid)
    assert (seen.state, seen.open) == ("patrol_unsafe", False)
    assert [clock.state(closes) for clock in seen.clocks] == ["late"]  # what was entered late was not known in time
    desk = founded()
    (clock,) = sight(desk, "patrol", planned(desk)).clocks
    assert clock.state(clock.due) == "overdue"


def test_the_agreement_may_give_the_return_more_time() -> None:
    agreement = _without_grace()
    grace = Deadline("patrol_return", "PT2H", "UTC", "M-02", Ground("placeholder"))
    desk = founded(agreement=replace(agreement, deadlines=(*agreement.deadlines, grace)))
    sid = planned(desk)
    (clock,) = sight(desk, "patrol", sid).clocks
    assert (clock.due, clock.clause) == (row_of(desk, sid).plan.closes.plus(Span.parse("PT2H")), "M-02")


def test_minutes_fall_on_the_local_days_of_the_window() -> None:
    desk = founded()  # 08:1x UTC is 12:4x in AFT
    sid = out(desk, patrol_zone="AFT", patrol_from="2026-01-05T13:00", patrol_until="2026-01-06T03:00",
              patrol_areas="belt | 140")  # fmt: skip
    desk.wait("PT14H")
    do(
        desk,
        "monitor",
        "patrol.reach",
        sid,
        **_reaches(desk, arrived="2026-01-05T23:00+04:30", left="2026-01-06T01:30+04:30"),
    )
    do(desk, "monitor", "patrol.refuse", sid,
       **_refuses(desk, patrol_area="belt", when="2026-01-05T23:50+04:30", patrol_lost="20"))  # fmt: skip
    desk.wait("PT3H")
    back(desk, sid)
    assert told(desk, sid) == (
        Hours("belt", "2026-01-05", "AFT", 110, 60, 10, 1, 1), Hours("belt", "2026-01-06", "AFT", 30, 90, 10, 1, 1),
    )  # fmt: skip


def test_an_area_is_the_agreements_or_has_a_point_and_a_radius() -> None:
    desk = founded()
    sid = planned(desk, patrol_areas=f"belt|10; {POST} ;مشقی چوکی | 5 | 0.5 | 1 | 800")
    assert row_of(desk, sid).plan.areas == (
        patrol_log.Planned("belt", 10),
        patrol_log.Planned(
            "Exercise Post", 60, Place("Exercise Post", "Latn", Point(-1_000_000, -300_000), 1500, "plan")
        ),
        patrol_log.Planned("مشقی چوکی", 5, Place("مشقی چوکی", "Arab", Point(5_000_000, 10_000_000), 800, "plan")),
    )


def test_a_long_log_is_told_in_several_entries() -> None:
    desk = founded()
    sid = out(desk)
    desk.wait("PT3H")
    for _ in range(9):
        do(desk, "monitor", "patrol.refuse", sid,
           **_refuses(desk, patrol_lost="0", place="گ" * 400, who="گ" * 400, reason="گ" * 400))  # fmt: skip
    back(desk, sid)
    assert [len(log.refusals) for log in row_of(desk, sid).logs] == [4, 4, 1]
    logs = [entry for entry in desk.entries() if entry.envelope.act == "patrol.log"]
    assert [len(entry.envelope.text().encode()) < TEXT_LIMIT for entry in logs] == [True] * 3
    assert {name for entry in logs for name in entry.signers} == {f"{desk.origin}/registrar"}


def test_a_log_of_the_largest_patrol_can_be_entered() -> None:
    desk = founded()
    areas = "\n".join(f"{'گ' * 78}{n:02} | 900 | 0 | 0 | 10" for n in range(12))
    sid = out(desk, patrol_areas=areas, patrol_until=local(desk, 7 * 1_440))
    desk.wait("P8D")
    back(desk, sid)
    assert [len(log.hours) for log in row_of(desk, sid).logs] == [40, 40, 16]
    assert told(desk, sid) == patrol_log.hours(row_of(desk, sid))


def _plan(desk: Desk, **more: Told) -> str:
    return refused(desk, "monitor", "patrol.plan", **_plans(desk, **more))


def _leave(desk: Desk, sid: str, **more: Told) -> str:
    return refused(desk, "monitor", "patrol.leave", sid, **({"left": at(desk), "patrol_joint": "no"} | more))


def _reach(desk: Desk, sid: str, **more: Told) -> str:
    return refused(desk, "monitor", "patrol.reach", sid, **_reaches(desk, **more))


def _refuse(desk: Desk, sid: str, **more: Told) -> str:
    return refused(desk, "monitor", "patrol.refuse", sid, **_refuses(desk, **more))


def _return(desk: Desk, sid: str, **more: Told) -> str:
    return refused(desk, "monitor", "patrol.return", sid, **_returns(desk, **more))


def _cancel(desk: Desk, sid: str) -> str:
    return refused(desk, "monitor", "patrol.cancel", sid, patrol_reason="patrol_weather")


def _log(desk: Desk, sid: str) -> str:
    return refused(desk, "secretariat", "patrol.log", sid)


def _there(desk: Desk) -> str:
    sid = out(desk)
    desk.wait("PT3H")
    return sid


def _ended(desk: Desk) -> str:
    sid = _there(desk)
    back(desk, sid)
    return sid


def _told_late(desk: Desk) -> str:
    sid = _ended(desk)
    desk.wait("PT10H")
    return _log(desk, sid)


def _report(desk: Desk, sid: str) -> str:
    report = desks.file(desk, desks.report("m1", "", reporter="watch 7", channel="monitor"))
    return _reach(desk, sid, patrol_nothing="no", patrol_reports=(report,))


def _before_the_stop(desk: Desk, minutes: int) -> str:
    sid = _there(desk)
    do(desk, "monitor", "patrol.reach", sid, **_reaches(desk))
    return _return(desk, sid, patrol_back=at(desk, minutes))


def _after_the_return(desk: Desk, minutes: int) -> str:
    sid = _there(desk)
    back(desk, sid, patrol_back=at(desk, -10))
    return _reach(desk, sid, left=at(desk, minutes))


def _of_access(desk: Desk, known: bool) -> str:
    sid = _there(desk)
    return _refuse(desk, sid, patrol_access=test_access.asked(desk) if known else NONE)


def _unknown(deed: Callable[[Desk, str], str]) -> Callable[[Desk], str]:
    return lambda desk: deed(desk, NONE)


GUARDS = (
    Guard("plan", "patrol_minutes", lambda d: _plan(d, patrol_areas="belt | 481"), lambda d: _plan(d, patrol_areas="belt | 480")),
    Guard("window", "patrol_time", lambda d: _plan(d, patrol_zone="XYZ"), lambda d: _plan(d, patrol_zone="+00:00")),
    Guard(
        "window", "patrol_backwards", lambda d: _plan(d, patrol_until=local(d, 0)),
        lambda d: _plan(d, patrol_until=local(d, 480)),
    ),
    Guard(
        "window", "patrol_backwards", lambda d: _plan(d, patrol_until=local(d, -60)),
        lambda d: _plan(d, patrol_until=local(d, 480)),
    ),
    Guard(
        "window", "patrol_past", lambda d: _plan(d, patrol_from=local(d, -480), patrol_until=local(d, -1)),
        lambda d: _plan(d, patrol_from=local(d, -480), patrol_until=local(d, 480)),
    ),
    Guard(
        "window", "patrol_window", lambda d: _plan(d, patrol_until=local(d, 7 * 1_440 + 1)),
        lambda d: _plan(d, patrol_until=local(d, 7 * 1_440)),
    ),
    Guard(
        "areas", "ask_long", lambda d: _plan(d, patrol_areas=";".join(f"p{n} | 1 | 0 | 0 | 9" for n in range(13))),
        lambda d: _plan(d, patrol_areas=";".join(f"p{n} | 1 | 0 | 0 | 9" for n in range(12))),
    ),
    Guard("areas", "patrol_area_line", lambda d: _plan(d, patrol_areas="belt"), lambda d: _plan(d, patrol_areas="belt | 9")),
    Guard(
        "areas", "patrol_area_unknown", lambda d: _plan(d, patrol_areas="Mill | 9"),
        lambda d: _plan(d, patrol_areas="Mill | 9 | 0 | 0 | 100"),
    ),
    Guard(
        "areas", "patrol_area_twice", lambda d: _plan(d, patrol_areas="belt | 9; belt | 9"),
        lambda d: _plan(d, patrol_areas="belt | 18"),
    ),
    Guard("team", "patrol_key", lambda d: _plan(d, patrol_team="nobody"), lambda d: _plan(d, patrol_team="monitor, secretariat")),
    Guard(
        "team", "patrol_team", lambda d: _plan(d, patrol_team="", patrol_people=""), lambda d: _plan(d, patrol_team=""),
    ),
    Guard("leave", "patrol_unknown", _unknown(_leave), lambda d: _leave(d, planned(d))),
    Guard("reach", "patrol_unknown", _unknown(_reach), lambda d: _reach(d, _there(d))),
    Guard("refuse", "patrol_unknown", _unknown(_refuse), lambda d: _refuse(d, _there(d))),
    Guard("come_back", "patrol_unknown", _unknown(_return), lambda d: _return(d, out(d))),
    Guard("cancel", "patrol_unknown", _unknown(_cancel), lambda d: _cancel(d, planned(d))),
    Guard("tell", "patrol_unknown", _unknown(_log), _told_late),
    Guard("_waits", "patrol_unknown", _unknown(_cancel), lambda d: _cancel(d, planned(d))),
    Guard("_began", "patrol_unknown", _unknown(_reach), lambda d: _reach(d, _there(d))),
    Guard(
        "reach", "stop_backwards", lambda d: _reach(d, _there(d), arrived=at(d), left=at(d)),
        lambda d: _reach(d, _there(d)),
    ),
    Guard("reach", "patrol_seen", lambda d: _reach(d, _there(d), patrol_nothing="no"), lambda d: _reach(d, _there(d))),
    Guard(
        "reach", "report_unknown", lambda d: _reach(d, _there(d), patrol_nothing="no", patrol_reports=(NONE,)),
        lambda d: _report(d, _there(d)),
    ),
    Guard("refuse", "patrol_lost_more", lambda d: _refuse(d, _there(d), patrol_lost="61"), lambda d: _refuse(d, _there(d))),
    Guard("refuse", "access_unknown", lambda d: _of_access(d, False), lambda d: _of_access(d, True)),
    Guard("come_back", "patrol_ended", lambda d: _return(d, _ended(d)), lambda d: _return(d, out(d))),
    Guard("tell", "patrol_runs", lambda d: _log(d, out(d)), _told_late),
    Guard("tell", "patrol_told", lambda d: _log(d, _ended(d)), _told_late),
    Guard("_waits", "patrol_left", lambda d: _cancel(d, out(d)), lambda d: _cancel(d, planned(d))),
    Guard("_began", "patrol_not_left", lambda d: _return(d, planned(d)), lambda d: _return(d, out(d))),
    Guard("_after", "patrol_before", lambda d: _before_the_stop(d, -30), lambda d: _before_the_stop(d, -2)),
    Guard("_within", "patrol_ended", lambda d: _after_the_return(d, -5), lambda d: _after_the_return(d, -12)),
    Guard(
        "_known", "patrol_area_unknown", lambda d: _reach(d, _there(d), patrol_area="Mill"),
        lambda d: _reach(d, _there(d), patrol_area="Exercise Post"),
    ),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_modules_stands_in_the_table() -> None:
    assert written("patrols") | written("patrol_plans") == {(guard.place, guard.code) for guard in GUARDS}
    assert written("patrol_log") | written("patrol_sight") | written("exposure") == set()


def test_what_is_told_must_have_happened_after_the_departure() -> None:
    desk = founded()
    sid = _there(desk)
    assert _reach(desk, sid, arrived=at(desk, -600)) == "patrol_before"
    assert _refuse(desk, sid, when=at(desk, 10)) == "not_yet"
    assert _leave(desk, planned(desk), left=at(desk, -10)) == "patrol_before"


@pytest.mark.parametrize("slug", ("liaison1", "liaison2", "mediator1", "analyst"))
def test_teams_and_secretariat_alone_enter_patrols(slug: str) -> None:
    desk = founded()
    assert refused(desk, slug, "patrol.plan", **_plans(desk)) == "role"
    assert refused(desk, slug, "patrol.log", planned(desk)) == "role"


def test_an_agreement_without_areas_still_has_patrols() -> None:
    agreement: Agreement = replace(desks.exercise_agreement(), areas=())
    desk = founded(agreement=agreement)
    assert _plan(desk) == "patrol_area_unknown"
    assert _plan(desk, patrol_areas=POST) == ""
