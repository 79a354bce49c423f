"""Evidence sheets told as stories: each side submits once, a leak is looked for, a point is given, a strike is linked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs import sheeting
from tests.core.mechanism.affairs.deeds import Told, at, do, refused, sight, whole
from tests.core.mechanism.affairs.sheeting import (
    GIST,
    PLACE,
    PLAN,
    SPOT,
    VERSION,
    acted,
    agreement,
    authenticated,
    checks,
    confirmed,
    corroborated,
    discloses,
    entries_seen,
    flags,
    founded,
    origins,
    pinpointed,
    pins,
    pointed,
    seeing,
    seen,
    shared,
    struck,
    submits,
    submitted,
    verified,
    verifies,
    visited,
)
from tiga.mechanism.sheets import folding, pointing, proving, telling
from tiga.values import words
from tiga.values.moments import Span
from tiga.values.places import Point

OUTSIDE = ("monitor", "analyst", "public", "liaison2")
INSIDE = ("liaison1", "mediator1", "mediator2", "secretariat")


def test_one_side_submits_and_the_other_acts_step_by_step() -> None:
    desk = founded()
    sid = submitted(desk)
    states = [sight(desk, "sheet", sid).state]
    for slug, deed, given in (
        ("mediator1", "sheet.authenticate", checks()),
        ("mediator1", "sheet.corroborate", origins()),
        ("mediator1", "sheet.verify", verifies()),
        ("mediator2", "sheet.sign", {}),
        ("mediator1", "sheet.share", VERSION),
        ("liaison2", "sheet.acknowledge", {}),
        ("liaison2", "sheet.plan", {"sheet_plan": PLAN}),
        ("liaison2", "sheet.act", {"said": "We say that we searched it"}),
        ("monitor", "sheet.confirm", seeing("sheet_partly")),
        ("liaison2", "sheet.act", {"said": "We say that we searched the rest"}),
        ("mediator1", "sheet.confirm", seeing()),
    ):
        do(desk, slug, deed, sid, **given)
        states.append(sight(desk, "sheet", sid).state)
    assert states == [
        "sheet_submitted", "sheet_authenticated", "sheet_corroborated", "sheet_signing", "sheet_verified", "sheet_shared",
        "sheet_acknowledged", "sheet_planned", "sheet_acted", "sheet_partly", "sheet_acted", "sheet_confirmed",
    ]  # fmt: skip
    assert sight(desk, "sheet", sid).open is False
    addressed = seen(desk, sid, "liaison2")
    assert addressed is not None and (addressed["said"], addressed["sheet_outcome"], addressed["sheet_claim"]) == (
        ["We say that we searched it", "We say that we searched the rest"], ["sheet_partly", "sheet_met"],
        ["sheet_claimed", "sheet_claimed"],
    )  # fmt: skip
    assert whole(desk).cases == {} and whole(desk).determinations == {}


def test_the_other_side_submits_in_the_same_way() -> None:
    desk = founded()
    sid = shared(desk, "liaison2")
    assert seen(desk, sid, "liaison1") == {
        "state": ["sheet_shared"], "title": ["party-2 → party-1"], "sheet_submitter": ["party-2"],
        "sheet_about": ["party-1"], "sheet_kind_of_source": ["sheet_first_hand"], "sheet_result": ["sheet_authentic"],
        "sheet_origin_count": ["3"], "standard": ["reasonable_grounds_to_believe"],
        "signed": [desks.actor("mediator1").key, desks.actor("mediator2").key],
        "sheet_verified_at": [at(desk, -2)], "sheet_shared_at": [at(desk, -1)],
    }  # fmt: skip
    assert refused(desk, "liaison2", "sheet.acknowledge", sid) == "sheet_not_addressed"
    assert refused(desk, "liaison1", "sheet.acknowledge", sid) == ""


def test_the_secretariat_submits_for_the_mechanism() -> None:
    desk = founded()
    sid = submitted(desk, "secretariat")
    assert [slug for slug in (*INSIDE, *OUTSIDE) if seen(desk, sid, slug) is not None] == [
        "mediator1", "mediator2", "secretariat",
    ]  # fmt: skip
    assert refused(desk, "secretariat", "sheet.authenticate", sid, **checks()) == "sheet_own"
    sid = shared(desk, "secretariat")
    assert [slug for slug in (*INSIDE, *OUTSIDE) if seen(desk, sid, slug) is not None] == [
        *INSIDE, "monitor", "liaison2",
    ]  # fmt: skip


@pytest.mark.parametrize("stage", (submitted, authenticated, corroborated, verified))
def test_before_it_is_shared_a_sheet_is_nowhere_for_the_other_side(stage: object) -> None:
    desk = founded()
    sid = stage(desk)  # type: ignore[operator]
    assert [slug for slug in OUTSIDE if seen(desk, sid, slug) is not None] == []
    assert [slug for slug in OUTSIDE if entries_seen(desk, sid, slug)] == []
    assert [slug for slug in INSIDE if seen(desk, sid, slug) is None] == []
    assert entries_seen(desk, sid, "liaison1") == ["sheet.submit"]
    for one in (sid, "x" * 43):  # a sheet that is there and one that is not give one answer
        assert refused(desk, "liaison2", "sheet.acknowledge", one) == "sheet_unknown"
        assert refused(desk, "liaison2", "sheet.withdraw", one, reason="Why") == "sheet_unknown"


def test_what_a_sheet_says_stands_in_no_entry_at_any_time() -> None:
    desk = founded()
    sid = acted(desk)
    do(desk, "liaison2", "sheet.plan", sid, sheet_plan=PLAN)
    texts = [entry.envelope.text() for entry in desk.book.thread(f"sheet:{sid}")]
    words = (GIST, PLACE, PLAN, "Three pictures", "Hours and shadows", "They agree on the place", "Seen once")
    assert [word for word in words for text in texts if word in text] == []


def test_what_is_disclosed_goes_to_whom_it_is_for() -> None:
    desk = founded()
    told = [discloses(desk, "liaison1", "sheet.submit", **submits())]
    sid = submitted(desk)
    told.append(discloses(desk, "mediator1", "sheet.authenticate", sid, **checks()))
    sid = corroborated(desk)
    told.append(discloses(desk, "mediator1", "sheet.verify", sid, **verifies()))
    sid = verified(desk)
    told.append(discloses(desk, "mediator1", "sheet.share", sid, **VERSION))
    told.append(discloses(desk, "liaison1", "sheet.withdraw", sid, reason="A name was wrong"))
    sid = shared(desk)
    told.append(discloses(desk, "liaison2", "sheet.plan", sid, sheet_plan=PLAN))
    told.append(discloses(desk, "mediator1", "sheet.discredit", sid, sheet_ground="sheet_altered", reason="Edited"))
    assert [(one.disclosure.name, one.level, one.party) for (one,) in told] == [
        ("sheet", "R2", "party-1"), ("check", "R3", ""), ("sheet", "R3", ""), ("sheet", "R2", "party-2"),
        ("reason", "R2", "party-1"), ("plan", "R2", "party-2"), ("reason", "R1", ""),
    ]  # fmt: skip


def test_a_shared_point_is_coarse_and_what_is_shared_is_what_was_signed() -> None:
    desk = founded()
    point = {"sheet_point": "-0.1234567, -0.07", "sheet_radius": "5000"}
    sid = verified(desk, **point)
    (released,) = discloses(desk, "mediator1", "sheet.share", sid, **VERSION, **point)
    assert released.disclosure.value == {
        "gist": GIST, "place": PLACE, "kind": "district", "limits": "Seen once", "lat_e7": -1_250_000,
        "lon_e7": -750_000, "radius_m": 5000,
    }  # fmt: skip
    assert refused(desk, "mediator1", "sheet.share", sid, **VERSION) == "sheet_other_text"
    assert refused(desk, "mediator1", "sheet.share", sid, **VERSION, **point) == ""


def test_a_custodial_source_alone_is_not_enough_whatever_is_said() -> None:
    desk = founded()
    sid = authenticated(desk, sheet_custodial="yes")
    alone = [refused(desk, "mediator1", "sheet.corroborate", sid, **origins(names, "yes"))
             for names in ("party-1", "liaison1", "party-1, liaison1")]  # fmt: skip
    assert alone == ["sheet_custodial_alone"] * 3
    assert refused(desk, "mediator1", "sheet.corroborate", sid, **origins("party-1, monitor")) == "sheet_single_origin"
    do(desk, "mediator1", "sheet.corroborate", sid, **origins("party-1, monitor", "yes"))
    read = seen(desk, sid, "mediator1")
    assert read is not None
    assert (read["limits"], read["sheet_origin_count"]) == (["sheet_single_source"], ["1"])


def test_a_new_check_begins_the_signatures_anew() -> None:
    desk = founded()
    sid = corroborated(desk)
    do(desk, "mediator1", "sheet.verify", sid, **verifies())
    do(desk, "mediator1", "sheet.authenticate", sid, **checks("sheet_undecided"))
    assert refused(desk, "mediator2", "sheet.sign", sid) == "nothing_to_sign"
    assert sight(desk, "sheet", sid).state == "sheet_submitted"


def test_signatures_are_the_mediators_own_until_complete() -> None:
    desk = founded()
    sid = corroborated(desk)
    do(desk, "mediator1", "sheet.verify", sid, **verifies())
    told = {slug: seen(desk, sid, slug) for slug in ("liaison1", "mediator2")}
    assert {slug: (row or {}).get("signed") for slug, row in told.items()} == {
        "liaison1": None, "mediator2": [desks.actor("mediator1").key],
    }  # fmt: skip


def test_the_clocks_are_the_deadlines_of_the_agreement_where_it_has_no_duty() -> None:
    desk = founded()
    sid = shared(desk)
    made = agreement()
    rows = sight(desk, "sheet", sid).clocks
    assert [(row.name, row.whose, row.due) for row in rows] == [
        (name, whose, rows[0].started.plus(Span.parse(deadline.within)))
        for name, whose in (("evidence_acknowledge", "party-2"), ("evidence_plan", "party-2"),
                            ("evidence_action_report", "party-2"), ("evidence_verified", "mediators"))
        if (deadline := made.deadline(name))
    ]  # fmt: skip
    desk.wait("P4D")
    do(desk, "liaison2", "sheet.plan", sid, sheet_plan=PLAN)
    now = desk.now()
    states = [row.state(now) for row in sight(desk, "sheet", sid).clocks]
    assert states == ["late", "late", "running", "running"]
    do(desk, "liaison1", "sheet.withdraw", sid, reason="A name was wrong")
    states = [row.state(now) for row in sight(desk, "sheet", sid).clocks]
    assert states == ["late", "late", "lapsed", "lapsed"]


def test_the_clocks_are_the_stages_of_a_duty_where_there_is_one() -> None:
    desk = founded(agreement(duties=(sheeting.DUTY,)))
    sid = acted(desk)
    rows = sight(desk, "sheet", sid).clocks
    assert [(row.name, row.zone, row.clause, row.state(row.due)) for row in rows] == [
        ("evidence_acknowledge", "+04:30", "O-05", "met"), ("evidence_action_report", "+04:30", "O-05", "met"),
    ]  # fmt: skip
    assert refused(desk, "monitor", "sheet.confirm", sid, **seeing()) == "role"
    assert refused(desk, "mediator1", "sheet.confirm", sid, **seeing()) == ""


def test_a_duty_that_binds_the_other_side_alone_is_not_this_one() -> None:
    desk = founded(agreement(duties=(replace(sheeting.DUTY, binds=("party-1",)),)))
    assert len(sight(desk, "sheet", shared(desk)).clocks) == 4
    assert len(sight(desk, "sheet", shared(desk, "liaison2")).clocks) == 2


def test_figures_are_ranges_and_every_version_stays() -> None:
    desk = founded()
    figure = {"sheet_counted": "persons moved", "sheet_low": "70", "sheet_high": "209", "sheet_source": "an office"}
    sid = acted(desk, **figure)
    do(desk, "liaison2", "sheet.act", sid, said="We say more", **(figure | {"sheet_low": "200"}))
    read = seen(desk, sid, "liaison1")
    assert read is not None and (read["sheet_figure"], read["sheet_source"]) == (
        ["70–209", "200–209"],
        ["an office"] * 2,
    )


def test_what_a_team_saw_names_the_visit() -> None:
    desk = founded()
    visit = visited(desk)
    sid = acted(desk)
    do(
        desk,
        "monitor",
        "sheet.confirm",
        sid,
        **seeing("sheet_not_met", sheet_basis="sheet_team_access", sheet_visit=visit),
    )
    read = seen(desk, sid, "liaison2")
    assert read is not None
    assert (read["state"], read["sheet_visit"]) == (["sheet_not_met"], [f"access:{visit}"])


def test_a_precise_point_waits_for_both_mediators_and_the_undertaking() -> None:
    desk = founded()
    sid = pinpointed(desk, signed=False, undertaken=False)
    assert refused(desk, "mediator1", "sheet.point", sid, **SPOT) == "sheet_point_unsigned"
    asked = [(seen(desk, sid, slug) or {}).get("sheet_precise") for slug in ("liaison1", "liaison2", "monitor")]
    assert asked == [None, ["sheet_point_asked"], None]
    do(desk, "mediator2", "sheet.sign", sid)
    assert refused(desk, "mediator1", "sheet.point", sid, **SPOT) == "sheet_not_undertaken"
    do(desk, "liaison2", "sheet.undertake", sid, sheet_no_target="yes")
    wrong = SPOT | {"sheet_point": "-0.2, -0.03"}
    assert refused(desk, "mediator1", "sheet.point", sid, **wrong) == "sheet_other_text"
    (released,) = discloses(desk, "mediator1", "sheet.point", sid, **SPOT)
    assert (released.level, released.party, released.disclosure.value) == (
        "R2", "party-2", {"lat_e7": -1_000_000, "lon_e7": -300_000, "radius_m": 50},
    )  # fmt: skip
    do(desk, "mediator1", "sheet.point", sid, **SPOT)
    read, other = seen(desk, sid, "liaison2"), seen(desk, sid, "liaison1")
    assert read is not None and other is not None
    assert [row["sheet_precise"] for row in (read, other)] == [["sheet_point_given"]] * 2
    assert [row.get("sheet_readers") for row in (read, other)] == [[desks.actor("liaison2").key], None]
    assert (read["undertaking"], read["sheet_no_target_m"]) == (["sheet_no_target"], ["2000"])
    assert entries_seen(desk, sid, "liaison1") == ["sheet.submit", "sheet.share"]
    assert entries_seen(desk, sid, "liaison2") == ["sheet.share", "sheet.undertake", "sheet.point"]


def test_a_point_not_given_gives_way_to_the_next() -> None:
    desk = founded()
    sid = pinpointed(desk)
    do(desk, "mediator2", "sheet.pinpoint", sid, **pins(sheet_point="-0.3, -0.4"))
    assert refused(desk, "mediator1", "sheet.point", sid, **SPOT) == "sheet_point_unsigned"
    read = seen(desk, sid, "mediator1")
    assert read is not None and read["sheet_precise"] == ["sheet_point_asked"]


def test_a_later_strike_nearby_is_linked_and_opens_nothing() -> None:
    desk = founded()
    sid = pointed(desk)
    report = struck(desk)
    do(desk, "secretariat", "sheet.flag", sid, **flags(desk, report))
    for slug in ("liaison1", "liaison2"):
        read = seen(desk, sid, slug)
        assert read is not None and (read["report"], read["act"], read["sheet_near"]) == (
            [f"report:{report}"], ["A1"], ["sheet_case_may_open"],
        )  # fmt: skip
    assert whole(desk).cases == {}


def test_a_link_to_a_report_of_one_side_is_the_mediators_own() -> None:
    desk = founded()
    sid = pointed(desk)
    do(desk, "secretariat", "sheet.flag", sid, **flags(desk, struck(desk, release="R2")))
    told = {slug: "report" in (seen(desk, sid, slug) or {}) for slug in ("liaison1", "liaison2", "mediator1")}
    assert told == {"liaison1": False, "liaison2": False, "mediator1": True}


def test_which_points_a_strike_concerns_follows_from_its_act_and_hour() -> None:
    desk = founded()
    sid = pointed(desk)
    report, fire = struck(desk), struck(desk, ("H1",))
    standing = whole(desk)
    (pin,) = standing.affairs.states["sheet"].sheets[sid].pins  # type: ignore[union-attr]
    until = pin.given.kind.until
    asked = [pointing.strike_opens(standing, one, when) for one, when in (
        (report, pin.given.at), (report, until), (report, type(until)(until.ms + 1)),
        (report, type(until)(pin.given.at.ms - 1)), (fire, until), ("x" * 43, until),
    )]  # fmt: skip
    assert asked == [((sid, pin.sid),), ((sid, pin.sid),), (), (), (), ()]


def test_near_widens_by_both_radii() -> None:
    a, b = Point(0, 0), Point(100_000, 0)  # 1112 m
    near = pointing.near
    assert [near(a, 0, b, 0, 1111), near(a, 0, b, 0, 1112), near(a, 300, b, 312, 500)] == [False, True, True]


@pytest.mark.parametrize("without", ("no_target_m", "no_target_for"))
def test_without_terms_there_is_no_precise_point(without: str) -> None:
    desk = founded(agreement(without=(without,)))
    assert refused(desk, "mediator1", "sheet.pinpoint", shared(desk), **pins()) == "sheet_no_term"


def test_a_withdrawn_sheet_is_kept_and_a_discredited_one_names_what_rested_on_it() -> None:
    desk = founded()
    sid = submitted(desk)
    do(desk, "liaison1", "sheet.withdraw", sid, reason="A name was wrong")
    it = sight(desk, "sheet", sid)
    assert (it.state, it.open, it.level, it.side) == ("sheet_withdrawn", False, "R2", "party-1")
    assert refused(desk, "mediator1", "sheet.authenticate", sid, **checks()) == "sheet_marked"
    sid = confirmed(desk)
    do(desk, "mediator1", "sheet.discredit", sid, sheet_ground="sheet_predates_event", reason="Seen years before")
    thread = {entry.envelope.act: entry.sid for entry in desk.book.thread(f"sheet:{sid}")}
    read, other = seen(desk, sid, "mediator2"), seen(desk, sid, "liaison2")
    assert read is not None and other is not None
    resting = "\n".join(thread[act] for act in ("sheet.verify", "sheet.share", "sheet.confirm"))
    assert (read["sheet_ground"], read["sheet_dependents"]) == (["sheet_predates_event"], [resting])
    assert (other["state"], "sheet_dependents" in other) == (["sheet_discredited"], False)


def test_every_code_that_a_sheet_shows_has_a_word() -> None:
    desk = founded()
    told: set[tuple[str, str]] = set()
    sid = authenticated(desk, sheet_custodial="yes", sheet_interested="yes", sheet_first_hand="no")
    do(desk, "mediator1", "sheet.corroborate", sid, **origins("monitor", "yes"))
    seen_by_team = acted(desk)
    do(desk, "monitor", "sheet.confirm", seen_by_team, **seeing("sheet_not_met", sheet_basis="sheet_team_access",
                                                               sheet_visit=visited(desk)))  # fmt: skip
    flagged = pointed(desk)
    do(desk, "secretariat", "sheet.flag", flagged, **flags(desk, struck(desk)))
    do(desk, "mediator1", "sheet.discredit", flagged, sheet_ground="sheet_other_ground", reason="Why")
    figure = {"sheet_counted": "persons", "sheet_low": "1", "sheet_high": "2", "sheet_source": "an office"}
    withdrawn = acted(desk, **figure)
    do(desk, "liaison1", "sheet.withdraw", withdrawn, reason="Why")
    for one in (sid, seen_by_team, flagged, withdrawn, confirmed(desk), pinpointed(desk)):
        it = sight(desk, "sheet", one)
        told |= {("choice", it.state), *(("clock", clock.name) for clock in it.clocks)}
        told |= {("fact", fact.code) for fact in it.facts}
        told |= {("choice", fact.value) for fact in it.facts if fact.kind == "code"}
    assert sorted(f"{section}.{code}" for section, code in told if not words.knows(f"{section}.{code}")) == []


@pytest.mark.parametrize("text", ["-0.1, -0.03", "0, 0", "1.2345678, 2", "-89.9999999, 179.9999999", "34, -70.5"])
def test_a_point_is_written_as_it_is_read(text: str) -> None:
    read = proving.point(text)
    assert isinstance(read, Point)
    assert telling._point({"lat_e7": read.lat_e7, "lon_e7": read.lon_e7}) == text


def test_a_shared_point_begins_the_form_with_a_point_that_is_coarsened_to_itself() -> None:
    desk = founded()
    point: dict[str, Told] = {"sheet_point": "-0.1234, 12.3456789", "sheet_radius": "6000"}
    (version,) = discloses(desk, "mediator1", "sheet.verify", corroborated(desk), **verifies(**point))
    sid = verified(desk, **point)
    row = desk.standing(f"sheet:{sid}")
    signed = [telling.Told(folding.state(row).sheets[sid].version.sid, "sheet.verify", version.disclosure.value)]  # type: ignore[union-attr]
    starts = telling.starts(row, sid, "sheet.share", signed)
    assert refused(desk, "secretariat", "sheet.share", sid, **starts) == ""


def test_values_of_a_version_that_was_put_again_are_not_shown() -> None:
    desk = founded()
    sid = corroborated(desk)
    do(desk, "mediator1", "sheet.verify", sid, **verifies(sheet_gist="First words"))
    standing = desk.standing(f"sheet:{sid}")
    first = folding.state(standing).sheets[sid].version
    assert first is not None
    values = [telling.Told(first.sid, "sheet.verify", {"gist": "First words"})]
    assert [fact.value for fact in telling.told(standing, sid, values)] == ["First words"]
    do(desk, "mediator1", "sheet.verify", sid, **verifies())
    assert telling.told(desk.standing(f"sheet:{sid}"), sid, values) == ()
    assert telling.told(standing, "x" * 43, values) == ()
