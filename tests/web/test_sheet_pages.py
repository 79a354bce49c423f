"""The page of an evidence sheet and its forms: who reads which words on it, and that what was signed need not be retyped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model

from tests.store import kept, sheeted
from tests.store.sheeted import AGREE, CHECKED, GIST, LIMITS, PLAN, SHARED
from tests.web.people import enrol, signed_in
from tiga.mechanism import affairs
from tiga.store import opening
from tiga.values.words import SPOKEN, say
from tiga.web.readers import DEMO_PEOPLE

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@pytest.fixture(scope="module", params=("proven", "shared"))
def sheet(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object
) -> Iterator[tuple[str, str]]:
    with kept.filled(django_db_blocker, "exercise"):
        sid = sheeted.bring(sheeted.lay(), request.param)
        enrol("exercise")
        opening.forget()
        yield request.param, sid
        get_user_model().objects.all().delete()
        opening.forget()


def _page(path: str, person: str, language: str = "en") -> str:
    """A page's text; empty where it is not there for this person."""
    answer = signed_in(person, language).get(path)
    assert answer.status_code in (200, 404)
    return html.unescape(answer.content.decode()) if answer.status_code == 200 else ""


def _roles(word: str, path: str) -> set[str]:
    """Role and component of everybody who finds a word on a page."""
    found = {person for person in DEMO_PEOPLE if word in _page(path, person)} | (
        {"public"} if word in _page(path, "") else set()
    )
    return {
        " ".join(DEMO_PEOPLE[person]["exercise"][:2]).strip() if person in DEMO_PEOPLE else person for person in found
    }


def test_the_page_says_what_each_reader_may_read(sheet: tuple[str, str]) -> None:
    stage, sid = sheet
    path = f"/exercise/affairs/sheet/{sid}/"
    side = {" ".join(places["exercise"][:2]).strip() for places in DEMO_PEOPLE.values()
            if places["exercise"][0] in ("mediator", "secretariat", "registrar")}  # fmt: skip
    addressed = {"liaison party-2"} if stage == "shared" else set()
    wanted = {
        GIST: side | {"liaison party-1"}, CHECKED: side, AGREE: side, SHARED: side | addressed, LIMITS: side | addressed,
        PLAN: side | addressed if stage == "shared" else set(),
    }  # fmt: skip
    assert {word: _roles(word, path) for word in wanted} == wanted


@pytest.mark.parametrize("language", SPOKEN)
def test_the_form_of_a_deed_tells_what_it_is_about(sheet: tuple[str, str], language: str) -> None:
    _, sid = sheet
    text = _page(f"/exercise/do/sheet.discredit/{sid}/", "secretariat", language)
    assert SHARED in text and say("affairs.told", language) in text and say("fact.sheet_version_gist", language) in text


def test_the_form_to_share_begins_with_what_was_signed(sheet: tuple[str, str]) -> None:
    stage, sid = sheet
    who, path = "secretariat", f"/exercise/do/sheet.share/{sid}/"
    text = _page(path, who)
    form = text[text.index("<form class") :]
    assert SHARED in form and f'value="{LIMITS}"' in form and re.search(r'value="sheet_district"[^>]* selected', form)
    sent = {ask.name: "" for ask in affairs.DEEDS["sheet.share"].asks} | sheeted.VERSION
    answer = signed_in(who).post(path, sent)
    assert answer.status_code == (302 if stage == "proven" else 409)


def test_origins_are_chosen_from_those_there_are(sheet: tuple[str, str]) -> None:
    _, sid = sheet
    text = _page(f"/exercise/do/sheet.corroborate/{sid}/", "mediator-2")
    offered = set(re.findall(r'name="sheet_origins" value="([^"]+)"', text))
    monitor = "tiga.example/exercise/monitor/1"
    assert {"party-1", "party-2", "mediator-1", "mediator-2", monitor} <= offered
    assert not any("liaison" in name for name in offered)
    sent = {"sheet_origins": ["party-1", monitor], "said": "EXERCISE. They agree.", "sheet_alone": "no"}
    refused = signed_in("mediator-2").post(f"/exercise/do/sheet.corroborate/{sid}/", sent)
    assert refused.status_code == 409  # it was verified already: the names were read
    assert say("refusal.sheet_verified.remedy", "en") in html.unescape(refused.content.decode())


def test_readers_of_a_point_are_chosen_among_the_party_addressed(sheet: tuple[str, str]) -> None:
    stage, sid = sheet
    path = f"/exercise/do/sheet.pinpoint/{sid}/"
    text = _page(path, "mediator-2")
    offered = re.findall(r'name="sheet_readers" value="([^"]+)"', text)
    assert offered and all("/liaison/2" in name for name in offered)
    answer = signed_in("mediator-2").post(path, {**sheeted.SPOT, "sheet_readers": offered})
    assert answer.status_code == (302 if stage == "shared" else 409)
