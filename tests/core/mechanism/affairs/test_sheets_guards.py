"""Every refusal of the rooms of evidence sheets, from both sides: refused, and accepted once the remedy is followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs import sheeting
from tests.core.mechanism.affairs.deeds import Guard, Told, do, refused, written
from tests.core.mechanism.affairs.sheeting import (
    SPOT,
    VERSION,
    acted,
    agreement,
    authenticated,
    checks,
    confirmed,
    corroborated,
    flags,
    founded,
    origins,
    pinpointed,
    pins,
    pointed,
    seeing,
    shared,
    struck,
    submits,
    submitted,
    verified,
    verifies,
    visited,
)
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement, Seats
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import seating
from tiga.mechanism.sheets.proving import point
from tiga.values.places import Point

NONE = "x" * 43
Code = Callable[[Desk], str]


def _after(stage: Callable[[Desk], str], slug: str, name: str, **given: Told) -> Code:
    """A deed on a sheet brought to a stage: the code of its refusal, empty where it was entered."""
    return lambda desk: refused(desk, slug, name, stage(desk), **given)


def _done(stage: Callable[[Desk], str], slug: str, name: str, **given: Told) -> Callable[[Desk], str]:
    """A stage with one deed more."""

    def stepped(desk: Desk) -> str:
        sid = stage(desk)
        do(desk, slug, name, sid, **given)
        return sid

    return stepped


def _elsewhere(made: Agreement, told: Code, seated: tuple[str, ...] = desks.PANEL) -> Code:
    """The same on a desk with another agreement or panel."""
    return lambda _: told(founded(made, seated))


def _recused(desk: Desk) -> str:
    sid = corroborated(desk)
    desk.do("mediator1", (), lambda s, by, now: seating.recuse(s, "A family tie.", by, now))
    return sid


def _flag(codes: tuple[str, ...] = ("A1",), **more: Told) -> Code:
    def told(desk: Desk) -> str:
        sid = pointed(desk)
        return refused(desk, "secretariat", "sheet.flag", sid, **flags(desk, struck(desk, codes), **more))

    return told


def _flagged(desk: Desk) -> str:
    sid, report = pointed(desk), struck(desk)
    do(desk, "secretariat", "sheet.flag", sid, **flags(desk, report))
    return refused(desk, "secretariat", "sheet.flag", sid, **flags(desk, report))


def _discredited(desk: Desk) -> str:
    sid, report = pointed(desk), struck(desk)
    desks.discredit(desk, report)
    return refused(desk, "secretariat", "sheet.flag", sid, **flags(desk, report))


def _seen_by_team(desk: Desk) -> str:
    visit, sid = visited(desk), acted(desk)
    return refused(
        desk, "monitor", "sheet.confirm", sid, **seeing(sheet_basis="sheet_team_access", sheet_visit=visit)
    )  # fmt: skip


def _no_clocks() -> Agreement:
    made = agreement()
    return replace(made, deadlines=tuple(row for row in made.deadlines if not row.id.startswith("evidence_")))


def _version(**more: Told) -> Code:
    return _after(corroborated, "mediator1", "sheet.verify", **verifies(**more))


SUBMIT = lambda desk: refused(desk, "liaison1", "sheet.submit", **submits())  # noqa: E731
VERIFY = _version()
SHARE = _after(verified, "mediator1", "sheet.share", **VERSION)
CHECK = _after(submitted, "mediator1", "sheet.authenticate", **checks())
CORROBORATE = _after(authenticated, "mediator1", "sheet.corroborate", **origins())
ANSWER = _after(shared, "liaison2", "sheet.acknowledge")
PIN = _after(shared, "mediator1", "sheet.pinpoint", **pins())
GIVE = _after(pinpointed, "mediator1", "sheet.point", **SPOT)
UNDERTAKE = _after(lambda d: pinpointed(d, undertaken=False), "liaison2", "sheet.undertake", sheet_no_target="yes")
CONFIRM = _after(acted, "monitor", "sheet.confirm", **seeing())
ONE = agreement((Seats("mediator-2", 1),))
DUTY = agreement(duties=(sheeting.DUTY,))
SIGNING = _done(corroborated, "mediator1", "sheet.verify", **verifies())

GUARDS = (
    Guard("found", "sheet_unknown", lambda d: refused(d, "liaison2", "sheet.acknowledge", submitted(d)), ANSWER),
    Guard("found", "sheet_marked", _after(
        _done(submitted, "liaison1", "sheet.withdraw", reason="Why"), "mediator1", "sheet.authenticate", **checks(),
    ), CHECK),
    Guard("point", "sheet_point_unread", _version(sheet_point="34 N 70 E", sheet_radius="5000"),
          _version(sheet_point="-0.1, -0.2", sheet_radius="5000")),
    Guard("assent", "no_quorum_rule", _elsewhere(agreement(None), VERIFY), VERIFY),
    Guard("assent", "not_signatory", _elsewhere(ONE, VERIFY),
          _elsewhere(ONE, _after(corroborated, "mediator2", "sheet.verify", **verifies()))),
    Guard("assent", "not_seated", _after(corroborated, "mediator1b", "sheet.verify", **verifies()), VERIFY),
    Guard("assent", "recused", _after(_recused, "mediator1", "sheet.verify", **verifies()), VERIFY),
    Guard("assent", "quorum_lost", _elsewhere(agreement(), VERIFY, ("mediator1",)), VERIFY),
    Guard("own_quorum", "sheet_own_quorum", lambda d: refused(d, "mediator1", "sheet.submit", **submits("mediator1")),
          lambda d: refused(d, "secretariat", "sheet.submit", **submits("secretariat"))),
    Guard("own_quorum", "sheet_own_quorum", lambda d: refused(d, "mediator1", "sheet.submit", **submits("mediator1")),
          lambda d: refused(founded(ONE), "mediator1", "sheet.submit", **submits("mediator1"))),
    Guard("releasable", "sheet_place_fine", _version(sheet_point="-0.1, -0.2", sheet_radius="4999"),
          _version(sheet_point="-0.1, -0.2", sheet_radius="5000")),
    Guard("releasable", "sheet_place_fine", _version(place="Exercise Post 0.1234, 0.5678"), _version(place="Post No. 12")),
    Guard("releasable", "sheet_place_fine", _version(sheet_gist="At 12° and 14°"), _version(sheet_gist="1,000 men")),
    Guard("submit", "sheet_no_party", lambda d: refused(d, "liaison1", "sheet.submit", **submits(sheet_about="x")), SUBMIT),
    Guard("submit", "sheet_own_ground",
          lambda d: refused(d, "liaison1", "sheet.submit", **submits(sheet_about="party-1")), SUBMIT),
    Guard("corroborate", "sheet_unchecked", _after(submitted, "mediator1", "sheet.corroborate", **origins()), CORROBORATE),
    Guard("corroborate", "sheet_not_authentic",
          _after(lambda d: authenticated(d, result="sheet_undecided"), "mediator1", "sheet.corroborate", **origins()),
          CORROBORATE),
    Guard("corroborate", "sheet_origin", _after(authenticated, "mediator1", "sheet.corroborate", **origins("nobody")),
          CORROBORATE),
    Guard("corroborate", "sheet_custodial_alone",
          _after(lambda d: authenticated(d, sheet_custodial="yes"), "mediator1", "sheet.corroborate",
                 **origins("party-1", "yes")),
          _after(lambda d: authenticated(d, sheet_custodial="yes"), "mediator1", "sheet.corroborate", **origins())),
    Guard("corroborate", "sheet_single_origin",
          _after(authenticated, "mediator1", "sheet.corroborate", **origins("party-1, liaison1")),
          _after(authenticated, "mediator1", "sheet.corroborate", **origins("party-1", "yes"))),
    Guard("verify", "sheet_verified", _after(verified, "mediator1", "sheet.verify", **verifies()), VERIFY),
    Guard("verify", "sheet_unproven", _after(authenticated, "mediator1", "sheet.verify", **verifies()), VERIFY),
    Guard("verify", "standard_low", _version(standard="reasonable_suspicion"),
          _version(standard="clear_and_convincing")),
    Guard("awaits", "nothing_to_sign", _after(corroborated, "mediator2", "sheet.sign"),
          _after(SIGNING, "mediator2", "sheet.sign")),
    Guard("awaits", "signed_already", _after(SIGNING, "mediator1", "sheet.sign"),
          _after(SIGNING, "mediator2", "sheet.sign")),
    Guard("withdraw", "sheet_not_yours", _after(submitted, "secretariat", "sheet.withdraw", reason="Why"),
          _after(submitted, "liaison1", "sheet.withdraw", reason="Why")),
    Guard("_to_prove", "sheet_own",
          _after(lambda d: submitted(d, "secretariat"), "secretariat", "sheet.authenticate", **checks()),
          _after(lambda d: submitted(d, "secretariat"), "mediator1", "sheet.authenticate", **checks())),
    Guard("_to_prove", "sheet_verified", _after(verified, "mediator1", "sheet.authenticate", **checks()), CHECK),
    Guard("share", "sheet_shared", _after(shared, "mediator1", "sheet.share", **VERSION), SHARE),
    Guard("share", "sheet_unverified", _after(SIGNING, "mediator1", "sheet.share", **VERSION), SHARE),
    Guard("share", "sheet_other_text", _after(verified, "mediator1", "sheet.share", **(VERSION | {"place": "Else"})), SHARE),
    Guard("share", "no_clock", _elsewhere(_no_clocks(), SHARE), SHARE),
    Guard("acknowledge", "sheet_acknowledged",
          _after(_done(shared, "liaison2", "sheet.acknowledge"), "liaison2", "sheet.acknowledge"), ANSWER),
    Guard("act", "sheet_figure", _after(shared, "liaison2", "sheet.act", said="So", sheet_low="3"),
          _after(shared, "liaison2", "sheet.act", said="So")),
    Guard("act", "sheet_range",
          _after(shared, "liaison2", "sheet.act", said="So", sheet_low="3", sheet_counted="men", sheet_source="us"),
          _after(shared, "liaison2", "sheet.act", said="So", sheet_low="3", sheet_high="3", sheet_counted="men",
                 sheet_source="us")),
    Guard("confirm", "sheet_not_acted", _after(shared, "monitor", "sheet.confirm", **seeing()), CONFIRM),
    Guard("confirm", "sheet_done", _after(confirmed, "monitor", "sheet.confirm", **seeing()), CONFIRM),
    Guard("confirm", "role", _elsewhere(DUTY, CONFIRM),
          _elsewhere(DUTY, _after(acted, "mediator1", "sheet.confirm", **seeing()))),
    Guard("confirm", "sheet_visit_unmade",
          _after(acted, "monitor", "sheet.confirm", **seeing(sheet_basis="sheet_team_access")), _seen_by_team),
    Guard("_addressed", "sheet_not_shared", _after(verified, "liaison1", "sheet.acknowledge"), ANSWER),
    Guard("_addressed", "sheet_not_addressed", _after(shared, "liaison1", "sheet.acknowledge"), ANSWER),
    Guard("_addressed", "sheet_done", _after(confirmed, "liaison2", "sheet.acknowledge"), ANSWER),
    Guard("pinpoint", "sheet_no_term", _elsewhere(agreement(without=("no_target_m",)), PIN), PIN),
    Guard("pinpoint", "sheet_reader", _after(shared, "mediator1", "sheet.pinpoint", **pins(sheet_readers="liaison1")), PIN),
    Guard("pinpoint", "sheet_reader", _after(shared, "mediator1", "sheet.pinpoint", **pins(sheet_readers=",")), PIN),
    Guard("undertake", "sheet_not_addressed",
          _after(lambda d: pinpointed(d, undertaken=False), "liaison1", "sheet.undertake", sheet_no_target="yes"),
          UNDERTAKE),
    Guard("undertake", "sheet_no_point", _after(shared, "liaison2", "sheet.undertake", sheet_no_target="yes"), UNDERTAKE),
    Guard("undertake", "sheet_not_undertaken",
          _after(lambda d: pinpointed(d, undertaken=False), "liaison2", "sheet.undertake", sheet_no_target="no"),
          UNDERTAKE),
    Guard("give", "sheet_no_point", _after(pointed, "mediator1", "sheet.point", **SPOT), GIVE),
    Guard("give", "sheet_point_unsigned",
          _after(lambda d: pinpointed(d, signed=False), "mediator1", "sheet.point", **SPOT), GIVE),
    Guard("give", "sheet_not_undertaken",
          _after(lambda d: pinpointed(d, undertaken=False), "mediator1", "sheet.point", **SPOT), GIVE),
    Guard("give", "sheet_other_text",
          _after(pinpointed, "mediator1", "sheet.point", **(SPOT | {"sheet_radius": "51"})), GIVE),
    Guard("flag", "sheet_not_that_point", _flag(sheet_radius="51"), _flag()),
    Guard("flag", "sheet_not_that_point", _flag(when="2026-01-04T00:00Z"), _flag()),
    Guard("flag", "sheet_not_near", _flag(sheet_strike="-0.2, -0.03"), _flag()),
    Guard("flag", "sheet_flagged", _flagged, _flag()),
    Guard("_strike_of", "report_unknown",
          lambda d: refused(d, "secretariat", "sheet.flag", pointed(d), **flags(d, NONE)), _flag()),
    Guard("_strike_of", "support_discredited", _discredited, _flag()),
    Guard("_strike_of", "sheet_no_strike", _flag(("H1",)), _flag(("H2",))),
    Guard("_shared", "sheet_not_shared", _after(verified, "mediator1", "sheet.pinpoint", **pins()), PIN),
    Guard("_spot", "sheet_point_unread", _after(shared, "mediator1", "sheet.pinpoint", **pins(sheet_radius="0")), PIN),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_rooms_stands_in_the_table() -> None:
    rooms = written("proving") | written("sharing") | written("pointing")
    assert rooms == {(guard.place, guard.code) for guard in GUARDS}


@pytest.mark.parametrize("name", ("-0.1, 0.2", " 0 , -0.0000001 ", "۱.۵, 2"))
def test_a_point_is_read_to_seven_decimals(name: str) -> None:
    read = {
        "-0.1, 0.2": Point(-1_000_000, 2_000_000),
        " 0 , -0.0000001 ": Point(0, -1),
        "۱.۵, 2": Point(15_000_000, 20_000_000),
    }
    assert point(name) == read[name]


@pytest.mark.parametrize("name", ("", "1", "1,2,3", "91, 0", "0, 181", "1.12345678, 2", "nan, 1"))
def test_what_is_no_point_is_refused(name: str) -> None:
    assert point(name) == Refusal("sheet_point_unread")
