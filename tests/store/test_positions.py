"""A sealed position in a session, through the doors of a site: who reads its words before and after it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.store import kept
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Forum
from tiga.mechanism import affairs
from tiga.mechanism.asks import Given
from tiga.store import founding, opening, projections
from tiga.store.desk import Desk, Done
from tiga.web.access import Absent, Door

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

WORDS = "EXERCISE. position-gabbro"


@pytest.fixture(scope="module")
def laid(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """A record whose agreement has rules for the forum."""
    with kept.filled(django_db_blocker, "exercise"):
        projections.create("exercise")
        base = kept.agreement()
        present = tuple(party.id for party in base.parties)
        rules = Forum("P14D", "PT48H", "PT0S", "UTC", "M-12", Ground("placeholder"), present)
        ruled = replace(base, undertakings=replace(base.undertakings, forum=rules))
        found = kept.desk("exercise")
        founding.lay(
            found, ruled, "exercise", "Exercise", opening.demo_keys("exercise"), kept.STARTS["exercise"],
            opening.demo_founding("exercise"),
        )  # fmt: skip
        yield


@pytest.fixture
def desk(laid: None) -> Desk:
    return kept.desk("exercise")


def _door(desk: Desk, name: str) -> Door:
    return kept.door(desk, *kept.READERS[name])


def _do(desk: Desk, name: str, deed: str, sid: str = "", **given: str) -> Done:
    result = _door(desk, name).deeds.do(affairs.DEEDS[deed], sid, Given(given))
    assert isinstance(result, Done), result
    return result


def _reads(desk: Desk, index: int) -> set[str]:
    """Who gets the words with the entry."""
    found = set()
    for name in kept.READERS:
        try:
            _, _, _, disclosures = _door(desk, name).entry(index)
        except Absent:
            continue
        found |= {name} if WORDS in repr(disclosures) else set()
    return found


def test_the_words_of_a_position_reach_nobody_before_they_are_opened_and_then_both_sides(desk: Desk) -> None:
    now = desk.now(kept.STARTS["exercise"])
    begins = type(now)(now.ms + 150_000).text()
    call = _do(desk, "mediator", "session.call", session_kind="session_ordinary", subject="The post",
               session_begins=begins, session_online="no")  # fmt: skip
    sid = call.receipt.sid
    _do(desk, "mediator", "agenda.serve", sid, title="Fire at Exercise Post")
    _do(desk, "secretariat", "agenda.serve", sid, title="Another matter")
    _do(desk, "mediator", "session.open", sid, session_members="liaison/1 liaison/2")
    asked = {"session_item": "1", "language": "en"}
    index = _do(desk, "liaison-1", "position.seal", sid, session_text=WORDS, **asked).receipt.index
    assert _reads(desk, index) == {"liaison-1"}
    _do(desk, "liaison-2", "position.seal", sid, session_text="EXERCISE. Another.", **asked)
    assert _reads(desk, index) == {"liaison-1", "liaison-2", "mediator", "secretariat", "monitor"}
    assert kept.rebuilt_equals_live(desk)
