"""Assurances: each binds both parties or shows that it does not; not observable is never not met."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, Told, do, facts, refused, sight, written
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Assurance, Undertakings
from tiga.mechanism import assurances
from tiga.mechanism.release import Reader, may_see
from tiga.mechanism.standing import Standing
from tiga.values.moments import Instant

NONE = "x" * 43
PLACEHOLDER = Ground("placeholder")
BOTH = Assurance(
    "no-infiltration", "O-04", ("party-1", "party-2"), {"en": "Groups seen crossing", "ur": "فرضی"},
    {"en": "Patrols on foot"}, {"en": "Two paths"}, {"en": "Four in the month before"}, "P7D", "2026-01-05", "+05:00",
    PLACEHOLDER,
)  # fmt: skip
ONE = replace(BOTH, id="one-sided", binds=("party-2",), until="2026-01-12")
OTHER = {"party-1": "party-2", "party-2": "party-1"}


def agreement(*rows: Assurance) -> Agreement:
    return replace(desks.exercise_agreement(), undertakings=Undertakings(assurances=rows or (BOTH, ONE)))


def founded(*rows: Assurance) -> Desk:
    return desks.founded(agreement=agreement(*rows))


def given(desk: Desk, slug: str = "liaison1", name: str = "no-infiltration") -> str:
    return do(desk, slug, "assurance.give", assurance_id=name)


def _says(**more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "assurance_period": "1", "assurance_outcome": "assurance_met", "assurance_hours": "30",
        "assurance_refused_hours": "2", "assurance_count": "0", "method": "Patrols on foot",
    }  # fmt: skip
    return usual | more


def observed(desk: Desk, sid: str, **more: Told) -> str:
    return do(desk, "monitor", "assurance.observe", sid, **_says(**more))


def states(desk: Desk, sid: str) -> list[tuple[str, str]]:
    """(period, state) of each period listed."""
    rows = [value for code, value in facts(desk, "assurance", sid) if code in ("assurance_period", "assurance_state")]
    return list(zip(rows[::2], rows[1::2], strict=True))


def of(desk: Desk, sid: str, *codes: str) -> list[str]:
    return [value for code, value in facts(desk, "assurance", sid) if code in codes]


@pytest.mark.parametrize("slug", ["liaison1", "liaison2"])
def test_an_assurance_binds_both_parties_alike(slug: str) -> None:
    desk = founded()
    party = desks.PEOPLE[slug][1]
    sid = given(desk, slug)
    seen = sight(desk, "assurance", sid)
    assert (seen.state, seen.title, seen.level, seen.open) == ("assurance_given", "no-infiltration", "R1", True)
    assert of(desk, sid, "party", "assurance_binds", "assurance_bound", "assurance_unbound") == [
        party, "assurance_both", "party-1", "party-2",
    ]  # fmt: skip
    assert of(desk, sid, "assurance_indicator", "assurance_access", "assurance_baseline") == [
        "en Groups seen crossing\nur فرضی", "en Two paths", "en Four in the month before",
    ]  # fmt: skip


@pytest.mark.parametrize("bound", ["party-1", "party-2"])
def test_an_assurance_that_binds_one_party_shows_it_and_whom_it_leaves_out(bound: str) -> None:
    desk = founded(replace(ONE, binds=(bound,)))
    sid = do(desk, "mediator1", "assurance.take-up", assurance_id="one-sided", party=bound)
    assert of(desk, sid, "assurance_way", "assurance_binds", "assurance_bound", "assurance_unbound") == [
        "assurance_way_taken_up", "assurance_one", bound, OTHER[bound],
    ]  # fmt: skip
    slug = "liaison1" if OTHER[bound] == "party-1" else "liaison2"
    assert refused(desk, slug, "assurance.give", assurance_id="one-sided") == "not_bound"


def test_periods_are_told_one_by_one_and_what_nobody_could_see_is_not_a_breach() -> None:
    desk = founded()
    sid = given(desk)
    observed(desk, sid, assurance_outcome="assurance_not_met", assurance_count="3")
    desk.wait("P14D")
    observed(desk, sid, assurance_period="3", assurance_outcome="assurance_not_observable", assurance_hours="0",
             assurance_refused_hours="168", assurance_count="", reason="The path was closed to the team")  # fmt: skip
    assert states(desk, sid) == [
        ("1", "assurance_not_met"), ("2", "assurance_awaited"), ("3", "assurance_not_observable"),
    ]  # fmt: skip
    assert of(desk, sid, "assurance_hours", "assurance_refused_hours") == ["30", "2", "0", "168"]
    assert of(desk, sid, "assurance_count") == ["3"]
    assert of(desk, sid, "reason") == ["The path was closed to the team"]
    assert of(desk, sid, "assurance_early") == ["yes", "yes"]
    assert desk.whole.cases == {} and desk.whole.determinations == {}


def test_a_second_word_on_a_period_stands_beside_the_first() -> None:
    desk = founded()
    sid = given(desk)
    observed(desk, sid)
    assert states(desk, sid) == [("1", "assurance_met")]
    observed(desk, sid, assurance_count="4")
    assert states(desk, sid) == [("1", "assurance_met")]
    observed(desk, sid, assurance_outcome="assurance_not_met", assurance_count="4", method="A drone")
    assert states(desk, sid) == [("1", "assurance_differ")]
    assert of(desk, sid, "assurance_count") == ["0", "4", "4"]
    assert of(desk, sid, "assurance_outcome") == ["assurance_met", "assurance_met", "assurance_not_met"]
    assert of(desk, sid, "method")[1:] == ["Patrols on foot", "Patrols on foot", "A drone"]
    assert of(desk, sid, "assurance_by") == [desks.actor("monitor").key] * 3


def test_the_clock_is_that_of_what_is_still_to_be_observed_and_the_mechanisms_own() -> None:
    desk = founded()
    sid = given(desk)
    (clock,) = sight(desk, "assurance", sid).clocks
    assert (clock.name, clock.whose, clock.clause, clock.zone) == ("assurance", "team", "O-04", "+05:00")
    assert (clock.started, clock.due.local("+05:00")) == (sight(desk, "assurance", sid).at, "2026-01-12 00:00")
    assert (clock.state(Instant(clock.due.ms - 1)), clock.state(clock.due)) == ("soon", "overdue")
    observed(desk, sid)
    (clock,) = sight(desk, "assurance", sid).clocks
    assert clock.started.local("+05:00") == "2026-01-12 00:00"
    desk.wait("P14D")
    observed(desk, sid, assurance_period="3")
    (clock,) = sight(desk, "assurance", sid).clocks
    assert clock.started.local("+05:00") == "2026-01-12 00:00"
    observed(desk, sid, assurance_period="2")
    assert of(desk, sid, "assurance_current") == ["3"]
    (clock,) = sight(desk, "assurance", sid).clocks
    assert clock.started.local("+05:00") == "2026-01-26 00:00"


def test_no_clock_runs_for_a_period_that_had_ended_when_the_assurance_was_given() -> None:
    desk = founded()
    desk.wait("P22D")
    sid = given(desk)
    seen = sight(desk, "assurance", sid)
    (clock,) = seen.clocks
    assert (clock.started, clock.due.local("+05:00")) == (seen.at, "2026-02-02 00:00")
    assert clock.state(desk.now()) != "overdue"
    assert states(desk, sid) == [(str(number), "assurance_before") for number in (1, 2, 3)] + [
        ("4", "assurance_awaited")
    ]
    observed(desk, sid, assurance_period="2")
    assert dict(states(desk, sid))["2"] == "assurance_met"


def test_what_is_awaited_at_a_later_instant_follows_from_the_same_entries() -> None:
    desk = founded()
    sid = given(desk)
    observed(desk, sid)
    row = assurances.state(affairs_of(desk)).assurances[sid]
    later = Instant.read("2026-01-27T00:00+05:00")
    assert [one.number for one in assurances.awaited(BOTH, row, later)] == [2, 3, 4]
    assert [one.state for one in assurances.table(BOTH, row, later)] == ["met", "awaited", "awaited", "awaited"]


def affairs_of(desk: Desk) -> Standing:
    return desk.standing(*(f"assurance:{entry.sid}" for entry in desk.entries()))


def test_a_term_that_is_over_and_observed_awaits_nothing() -> None:
    desk = founded()
    sid = given(desk, "liaison2", "one-sided")
    desk.wait("P30D")
    observed(desk, sid)
    assert (sight(desk, "assurance", sid).state, sight(desk, "assurance", sid).open) == ("assurance_watched", True)
    observed(desk, sid, assurance_period="2")
    seen = sight(desk, "assurance", sid)
    assert (seen.state, seen.open, seen.clocks) == ("assurance_ended", False, ())
    assert of(desk, sid, "assurance_early", "assurance_current") == []


def test_the_terms_are_those_of_the_version_under_which_it_was_given() -> None:
    desk = founded()
    sid = given(desk)
    before = sight(desk, "assurance", sid)
    desk.agreements["0" * 64] = agreement(replace(BOTH, binds=("party-1",), period="P1D"))
    assert sight(desk, "assurance", sid) == before
    del desk.agreements[desk.whole.agreement_sha256]
    assert assurances.sight(desk.standing(f"assurance:{sid}"), sid) is None


@pytest.mark.parametrize(
    ("role", "component", "sees"),
    [("liaison", "party-1", True), ("liaison", "party-2", True), ("monitor", "", True), ("mediator", "mediator-1", True),
     ("public", "", False), ("analyst", "", False)],
)  # fmt: skip
def test_both_parties_read_the_same_and_the_public_nothing(role: str, component: str, sees: bool) -> None:
    desk = founded()
    sid = given(desk, "liaison2")
    seen, reader = sight(desk, "assurance", sid), Reader(role, component)
    assert {may_see(reader, fact.level or seen.level, fact.side or seen.side) for fact in seen.facts} == {sees}


@pytest.mark.parametrize(
    ("slug", "name"),
    [("monitor", "assurance.give"), ("liaison1", "assurance.take-up"), ("mediator1", "assurance.observe")],
)
def test_everybody_acts_in_their_own_place(slug: str, name: str) -> None:
    desk = founded()
    sid = given(desk) if name == "assurance.observe" else ""
    more = _says() if sid else {"assurance_id": "no-infiltration"}
    assert (
        refused(desk, slug, name, sid, **more | ({"party": "party-1"} if name == "assurance.take-up" else {})) == "role"
    )


def _gave(desk: Desk, slug: str = "liaison1", name: str = "no-infiltration") -> str:
    return refused(desk, slug, "assurance.give", assurance_id=name)


def _observes(desk: Desk, **more: Told) -> str:
    return refused(desk, "monitor", "assurance.observe", given(desk), **_says(**more))


def _twice(desk: Desk) -> str:
    given(desk)
    return refused(desk, "secretariat", "assurance.take-up", assurance_id="no-infiltration", party="party-1")


def _other_side(desk: Desk) -> str:
    given(desk)
    return refused(desk, "secretariat", "assurance.take-up", assurance_id="no-infiltration", party="party-2")


UNSEEN: dict[str, Told] = {
    "assurance_outcome": "assurance_not_observable", "assurance_hours": "0", "assurance_count": "",
}  # fmt: skip
GUARDS = (
    Guard("_begin", "assurance_unknown", lambda d: _gave(d, name="none"), lambda d: _gave(d)),
    Guard("_begin", "not_bound", lambda d: _gave(d, name="one-sided"), lambda d: _gave(d, "liaison2", "one-sided")),
    Guard("_begin", "assurance_exists", _twice, _other_side),
    Guard(
        "observe", "assurance_absent", lambda d: refused(d, "monitor", "assurance.observe", NONE, **_says()),
        lambda d: _observes(d),
    ),
    Guard("observe", "assurance_period", lambda d: _observes(d, assurance_period="2"), lambda d: _observes(d)),
    Guard("_looked", "reason_missing", lambda d: _observes(d, **UNSEEN), lambda d: _observes(d, **UNSEEN, reason="Snow")),
    Guard(
        "_looked", "assurance_unseen", lambda d: _observes(d, assurance_hours="0"),
        lambda d: _observes(d, **UNSEEN, reason="Snow"),
    ),
    Guard("_looked", "assurance_uncounted", lambda d: _observes(d, assurance_count=""), lambda d: _observes(d)),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    # What the form refuses before it: the decider keeps it for other callers.
    assert written("assurances") - {("_looked", "assurance_outcome")} == {(guard.place, guard.code) for guard in GUARDS}
