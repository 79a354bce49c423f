"""What of a sheet is offered to whom: what is offered can be done with the right words, and what is not offered cannot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs import sheeting
from tests.core.mechanism.affairs.deeds import Told, facts, refused, sight
from tests.core.mechanism.affairs.sheeting import (
    SPOT,
    VERSION,
    checks,
    founded,
    origins,
    pins,
    seeing,
    submits,
    verifies,
)
from tests.core.mechanism.desk import Desk
from tiga.mechanism import affairs
from tiga.mechanism.sheets import DEEDS, LISTS

WHO = ("liaison1", "liaison2", "monitor", "mediator1", "mediator2", "secretariat")
STAGES: tuple[Callable[[Desk], str], ...] = (
    sheeting.submitted, lambda desk: sheeting.submitted(desk, "secretariat"), sheeting.authenticated, sheeting.corroborated,
    sheeting.verified, sheeting.shared, sheeting.acted, sheeting.confirmed,
    lambda desk: sheeting.pinpointed(desk, signed=False, undertaken=False), sheeting.pinpointed, sheeting.pointed,
)  # fmt: skip
GIVEN: dict[str, dict[str, Told]] = {
    "sheet.authenticate": checks(), "sheet.corroborate": origins(), "sheet.verify": verifies(), "sheet.share": VERSION,
    "sheet.plan": {"sheet_plan": "x"}, "sheet.act": {"said": "x"}, "sheet.confirm": seeing(), "sheet.pinpoint": pins(),
    "sheet.undertake": {"sheet_no_target": "yes"}, "sheet.point": SPOT, "sheet.withdraw": {"reason": "x"},
    "sheet.discredit": {"sheet_ground": "sheet_altered", "reason": "x"},
}  # fmt: skip


def _offered(desk: Desk, sid: str, slug: str) -> set[str]:
    standing, by = desk.standing(f"sheet:{sid}"), desks.actor(slug, desk.origin)
    state = sight(desk, "sheet", sid).state
    return {
        deed.name for deed in DEEDS
        if not deed.new and by.role in deed.roles and state in deed.states
        and (deed.fits is None or deed.fits(standing, sid, by))
    }  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_offered_can_be_done_and_what_is_not_cannot(stage: Callable[[Desk], str]) -> None:
    names = [deed.name for deed in DEEDS if not deed.new and deed.name != "sheet.flag"]
    for slug in WHO:
        desk = founded()
        sid = stage(desk)
        offered = _offered(desk, sid, slug)
        for name in names:
            desk = founded()
            code = refused(desk, slug, name, stage(desk), **GIVEN.get(name, {}))
            assert (name in offered) == (code == ""), (slug, name, code)


def test_the_sharing_side_is_offered_no_answer_and_the_receiving_side_no_withdrawal() -> None:
    desk = founded()
    sid = sheeting.shared(desk)
    assert _offered(desk, sid, "liaison1") == {"sheet.withdraw"}
    assert _offered(desk, sid, "liaison2") == {"sheet.acknowledge", "sheet.plan", "sheet.act"}


def test_a_link_is_offered_once_a_point_was_given() -> None:
    told = []
    for stage in (sheeting.shared, sheeting.pointed):
        desk = founded()
        sid = stage(desk)
        told.append("sheet.flag" in _offered(desk, sid, "secretariat"))
    assert told == [False, True]


def test_to_submit_is_offered_to_who_is_not_needed_for_the_quorum() -> None:
    desk, deed = founded(), affairs.DEEDS["sheet.submit"]
    assert deed.fits is not None
    told = {slug: deed.fits(desk.standing(), "", desks.actor(slug, desk.origin)) for slug in WHO if slug != "monitor"}
    done = {slug: refused(founded(), slug, "sheet.submit", **submits(slug)) == "" for slug in told}
    assert told == done


@pytest.mark.parametrize("name", ["sheet.authenticate", "sheet.corroborate"])
def test_a_check_of_the_material_is_not_a_monitors(name: str) -> None:
    assert "monitor" not in affairs.DEEDS[name].roles
    desk = founded()
    assert refused(desk, "monitor", name, sheeting.authenticated(desk), **GIVEN[name]) == "role"


def test_origins_are_offered_by_name_and_taken_as_chosen() -> None:
    desk = founded()
    sid = sheeting.authenticated(desk)
    offered = LISTS["origins"](desk.standing(f"sheet:{sid}"), sid)
    assert offered == ("party-1", "party-2", "mediator-1", "mediator-2", desks.actor("monitor", desk.origin).key)
    assert (
        refused(desk, "mediator1", "sheet.corroborate", sid, said="x", sheet_alone="no", sheet_origins=offered[1:])
        == ""
    )
    assert [value for code, value in facts(desk, "sheet", sid) if code == "sheet_origins"] == list(offered[1:])


def test_who_submitted_a_custodial_source_is_not_offered_as_an_origin() -> None:
    desk = founded()
    sid = sheeting.authenticated(desk, sheet_custodial="yes")
    assert "party-1" not in LISTS["origins"](desk.standing(f"sheet:{sid}"), sid)


def test_readers_offered_are_keys_of_the_party_addressed() -> None:
    desk = founded()
    sid = sheeting.shared(desk)
    offered = LISTS["readers"](desk.standing(f"sheet:{sid}"), sid)
    assert offered == (desks.actor("liaison2", desk.origin).key,)
    assert refused(desk, "mediator1", "sheet.pinpoint", sid, **SPOT, sheet_readers=offered) == ""
    assert [LISTS[name](desk.standing(), "x" * 43) for name in ("origins", "readers")] == [(), ()]
