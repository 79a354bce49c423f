"""Paired steps, notices and calls on their pages: forms made from the deeds, facts in the reader's words, rows that follow
from the log."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.store import kept
from tests.web.people import enrol, signed_in
from tiga.agreement.clauses import Agreement
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Half, Noticed, Pair, Undertakings
from tiga.cli import acting
from tiga.mechanism.asks import Given
from tiga.store import founding, opening, projections
from tiga.store.desk import Done
from tiga.values.moments import PRECISIONS, ZONES
from tiga.values.words import SPOKEN, say

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

GROUND = Ground("placeholder")
TEXT = {"en": "EXERCISE. Leave one post.", "ur": "EXERCISE. ایک چوکی خالی کریں۔", "ps": "EXERCISE. یوه پوسته خوشې کړئ."}
KIND = {"en": "EXERCISE. A drill.", "ur": "EXERCISE. ایک مشق۔", "ps": "EXERCISE. یو تمرین."}
LOCAL = {"asserted_local": "2026-07-01T10:00", "asserted_zone": "AFT", "asserted_precision": "about"}


def agreed() -> Agreement:
    plain = kept.agreement()
    halves = tuple(Half(party.id, TEXT, "P2D") for party in plain.parties)
    owed = Undertakings(
        pairs=(Pair("posts", "M-02", halves, "UTC", GROUND, halves[0].party),),
        notices=(Noticed("drill", KIND, "PT24H", "X-01", GROUND, ("X1",)),),
    )
    return replace(plain, undertakings=owed)


@pytest.fixture(scope="module", autouse=True)
def laid(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "exercise"):
        projections.create("exercise")
        keys, rules = opening.demo_keys("exercise"), opening.demo_founding("exercise")
        founding.lay(kept.desk("exercise"), agreed(), "exercise", "Exercise", keys, kept.STARTS["exercise"], rules)
        yield


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    opening.forget()
    enrol("exercise")
    yield
    opening.forget()


def page(address: str, person: str, language: str = "en") -> str:
    answer = signed_in(person, language).get(address)
    assert answer.status_code == 200, (address, person)
    return html.unescape(answer.content.decode())


def done(person: str, deed: str, sid: str = "", **given: str) -> str:
    """A deed by its form; the address of its object."""
    answer = signed_in(person).post(f"/exercise/do/{deed}/{sid + '/' if sid else ''}", given)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def chosen(text: str, name: str) -> list[str]:
    """The values that a field offers."""
    (field,) = re.findall(rf'<select[^>]*name="{name}".*?</select>', text, re.DOTALL)
    return [value for value in re.findall(r'<option value="([^"]*)"', field) if value]


def test_forms_offer_zones_precisions_and_the_ends_of_a_call() -> None:
    give, log = (page(f"/exercise/do/{deed}/", "liaison-1") for deed in ("notice.give", "call.log"))
    assert chosen(give, "asserted_zone") == list(ZONES)
    assert chosen(give, "asserted_precision") == list(PRECISIONS)
    assert chosen(give, "notice_kind") == ["drill"]
    assert chosen(log, "caller") == chosen(log, "called") == ["party-1", "party-2", "centre"]


@pytest.mark.parametrize(("one", "two"), (("liaison-1", "liaison-2"), ("liaison-2", "liaison-1")))
def test_a_notice_is_read_by_both_sides_alike_in_their_words(one: str, two: str) -> None:
    given = {"notice_kind": "drill", "notice_what": "EXERCISE. Firing", "place": "Exercise Post"}
    address = done(one, "notice.give", **given, **LOCAL, asserted_until="2026-07-01T12:00")
    for person in (one, two, "monitor", "secretariat"):
        for language in SPOKEN:
            told = page(address, person, language)
            shown = [KIND[language], say("precision.about", language), say("choice.notice_in_time", language)]
            assert [text for text in shown if text not in told] == []
    assert signed_in().get(address).status_code == 404
    assert kept.rebuilt_equals_live(kept.desk("exercise"))


def test_a_paired_step_is_told_in_the_agreements_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    address = done("mediator-1", "pair.begin", pair="posts")
    sid = address.rstrip("/").rpartition("/")[2]
    done("liaison-1", "step.claim", sid, note="EXERCISE. Empty since noon.")
    done("liaison-2", "step.confirm", sid, step_party="party-1")
    for language in SPOKEN:
        assert page(address, "liaison-2", language).count(TEXT[language]) == 3  # as the title, and for each half
    door = kept.door(kept.desk("exercise"), "liaison", "party-2", "liaison/2")
    assert acting._thing(door, sid, "ur") == 0
    assert capsys.readouterr().out.count(TEXT["ur"]) == 3
    assert kept.rebuilt_equals_live(kept.desk("exercise"))


def test_a_call_between_the_sides_and_the_centre_has_its_words() -> None:
    desk = kept.desk("exercise")
    door = kept.door(desk, "monitor", "", "monitor/1")
    deed = door.deeds.deed("call.log")
    assert deed is not None
    given = {
        "caller": "centre",
        "called": "party-1",
        "call_answered": "no",
        **LOCAL,
        "asserted_local": "2025-01-01T10:00",
    }
    result = door.deeds.do(deed, "", Given(given))
    assert isinstance(result, Done)
    for language in SPOKEN:
        told = page(f"/exercise/affairs/call/{result.receipt.sid}/", "liaison-2", language)
        assert say("executor.centre", language) in told
        assert say("choice.call_unanswered", language) in told
    assert kept.rebuilt_equals_live(kept.desk("exercise"))
