"""Tables of access and of crossings: every month and party has a place, words stand beside words, nothing is ranked."""

from __future__ import annotations

import pytest

from tests.core.mechanism.affairs import test_access, test_crossings
from tests.core.mechanism.affairs.deeds import do, whole
from tests.core.mechanism.affairs.test_crossings import announced, listed, observed
from tiga.mechanism import crossing_rows, restrictions
from tiga.mechanism.restrictions import Place

SIDES = (("party-1", "party-2"), ("party-2", "party-1"))


@pytest.mark.parametrize("order", SIDES)
def test_every_month_and_party_has_a_place_in_the_order_handed_in(order: tuple[str, str]) -> None:
    desk = test_access.founded()
    sid = test_access.asked(desk)
    do(desk, "liaison2", "access.answer", sid, answer="denied", reason="Not safe today")
    desk.wait("P62D")
    test_access.asked(desk, party="party-1")
    told = restrictions.table(whole(desk), order)
    assert [month for month, _ in told] == ["2026-01", "2026-02", "2026-03"]
    assert [tuple(place.party for place in places) for _, places in told] == [order] * 3
    places = {(month, place.party): place for month, row in told for place in row}
    assert places["2026-01", "party-2"] == Place("party-2", 1, 0, (("F1", 1),))
    assert places["2026-02", "party-2"] == Place("party-2", 0, 0, (("F1", 0),))
    assert places["2026-03", "party-1"] == Place("party-1", 1, 0, (("F1", 0),))


def test_where_nothing_was_asked_there_is_no_table() -> None:
    assert restrictions.table(whole(test_access.founded()), SIDES[0]) == ()


@pytest.mark.parametrize("order", SIDES)
def test_words_on_a_flow_stand_side_by_side(order: tuple[str, str]) -> None:
    desk = test_crossings.founded()
    sid = listed(desk)
    announced(desk, sid)
    announced(desk, sid, "liaison2", crossing_status="crossing_open", crossing_flows=("people",))
    desk.wait("PT2H")
    observed(desk, sid, crossing_local="2026-01-05T13:30")
    people, trade, relief = crossing_rows.rows(whole(desk), sid, order)
    assert [(side, word.status if word else "") for side, word in people.words] == [
        (side, {"party-1": "closed", "party-2": "open"}[side]) for side in order
    ]
    assert (people.apart, people.otherwise, people.step) == (True, ("party-2",), True)
    assert (trade.seen, trade.apart, trade.step) == (None, False, True)
    assert (relief.words, relief.seen, relief.step) == (tuple((side, None) for side in order), None, False)
