"""Pages of the affairs lead nobody to what must be refused: titles as typed, choices that are left, offers to whom they fit,
needs said beforehand, limits named, the agreement's words in the reader's language alone."""

from __future__ import annotations

import html
import re

import pytest

from tests.store import kept
from tests.web.people import signed_in
from tests.web.test_affair_pages import SIDS, address, played, send, text
from tiga.agreement import reading
from tiga.cli import acting
from tiga.values.words import SPOKEN, say

__all__ = ["played"]
pytestmark = pytest.mark.django_db(databases=kept.DATABASES)
PLACE = "the team post, monitors and mediators party-1 centre"


def begin(name: str, person: str, language: str = "en") -> str:
    """The form that begins an object."""
    return text(f"/exercise/do/{name}/", person, language)


def chosen(page: str, name: str) -> list[str]:
    """What a field of a form offers to choose."""
    (found,) = re.findall(rf'<select[^>]* name="{name}".*?</select>', page, re.DOTALL)
    return [value for value in re.findall(r'<option value="([^"]*)"', found) if value]


def deeds(person: str, path: str) -> list[str]:
    """The deeds offered on an object's page."""
    return re.findall(r"/do/([a-z._-]+)/", text(path, person))


def test_typed_words_stay_as_typed_and_ids_of_the_machine_do_not() -> None:
    given = {"party": "party-2", "place": PLACE, "purpose": "EXERCISE. To look."}
    sid = send("monitor", "access.request", "", {**given, "opens": "2026-09-01T08:00", "closes": "2026-09-01T16:00"})
    page, listed = text(f"/exercise/affairs/access/{sid}/", "monitor"), text("/exercise/affairs/access/", "monitor")
    assert f"<bdi>{PLACE}</bdi>" in page
    assert f"<bdi>{PLACE}</bdi>" in listed
    agreement = kept.desk("exercise").standing().agreement
    assert agreement is not None
    for language in SPOKEN:
        names = [reading.display(agreement, id, "neutral", language)[0] for id in ("party-1", "party-2")]
        assert f"<bdi>{' → '.join(names)}</bdi>" in text(address("call"), "monitor", language)


def test_what_the_agreement_names_is_told_in_the_readers_language_alone(capsys: pytest.CaptureFixture[str]) -> None:
    agreement = kept.desk("exercise").standing().agreement
    assert agreement is not None
    terms, crossing = (agreement.undertakings.assurance("no-crossing"), agreement.undertakings.crossing("crossing-7"))
    assert terms is not None and crossing is not None
    for language in SPOKEN:
        for page, texts in (
            (text(address("assurance"), "monitor", language), terms.indicator),
            (text(address("crossing"), "monitor", language), crossing.name),
        ):
            assert {tag: tag == language for tag in texts} == {tag: words in page for tag, words in texts.items()}
    assert "no-crossing" not in text(address("assurance"), "monitor")
    door = kept.door(kept.desk("exercise"), "monitor", "", "monitor/1")
    assert acting._thing(door, SIDS["crossing"], "ps") == 0
    assert crossing.name["ps"] in capsys.readouterr().out


def test_a_report_owed_is_titled_by_the_agreements_words() -> None:
    sid = send("secretariat", "owed.expect", "", {"periodic": "fortnightly", "owed_number": "۱"})
    agreement = kept.desk("exercise").standing().agreement
    assert agreement is not None
    texts = agreement.undertakings.text("periodic:fortnightly")
    for language in SPOKEN:
        page = text(f"/exercise/affairs/owed/{sid}/", "liaison-1", language)
        assert texts[language] in page
        assert "fortnightly" not in page
    owing = [person for person in ("liaison-1", "liaison-2", "secretariat")
             if "owed.hand_in" in deeds(person, f"/exercise/affairs/owed/{sid}/")]  # fmt: skip
    assert owing == ["liaison-1", "liaison-2"]


def test_an_answer_is_offered_to_the_party_asked_alone() -> None:
    assert "access.answer" in deeds("liaison-1", address("access"))
    assert "access.answer" not in deeds("liaison-2", address("access"))
    door = kept.door(kept.desk("exercise"), "liaison", "party-2", "liaison/2")
    assert "access.answer" not in [deed.name for deed in door.affair("access", SIDS["access"]).offered]


def test_who_restricted_access_is_no_address() -> None:
    page = text(address("access"), "monitor")
    assert "liaison/1" in page
    assert "tiga.example/exercise/liaison/1" not in page


def test_choices_are_what_is_left() -> None:
    assert "crossing-7" not in chosen(begin("crossing.list", "secretariat"), "crossing_id")
    assert "crossing-1" in chosen(begin("crossing.list", "secretariat"), "crossing_id")
    assert "no-crossing" not in chosen(begin("assurance.give", "liaison-1"), "assurance_id")
    assert "no-crossing" in chosen(begin("assurance.give", "liaison-2"), "assurance_id")
    assert chosen(begin("call.log", "liaison-1"), "call_test") == []
    test = send("secretariat", "call.test", "", {"caller": "party-2", "called": "party-1"})
    assert chosen(begin("call.log", "liaison-1"), "call_test") == [test]


def test_a_pair_that_is_open_is_not_begun_again() -> None:
    send("mediator-1", "pair.begin", "", {"pair": "numbers-and-relief"})
    assert chosen(begin("pair.begin", "mediator-1"), "pair") == ["lists-of-detained"]
    door = kept.door(kept.desk("exercise"), "mediator", "mediator-1", "mediator/1b")
    found = door.deeds.deed("pair.begin")
    assert found is not None
    from tiga.mechanism.asks import Given

    assert getattr(door.deeds.do(found, "", Given({"pair": "numbers-and-relief"})), "code", "") == "pair_open"


@pytest.mark.parametrize("language", SPOKEN)
def test_needs_and_limits_are_said(language: str) -> None:
    assert say("ask_hint.patrol.plan.patrol_people", language) in begin("patrol.plan", "monitor", language)
    assert say("ask_hint.owed.expect.owed_number", language) in begin("owed.expect", "secretariat", language)
    answer = signed_in("monitor", language).post("/exercise/do/patrol.plan/", {"patrol_people": "201"})
    assert say("form.whole", language, low=0, high=200) in html.unescape(answer.content.decode())


def test_a_time_that_cannot_be_read_is_told_as_the_field_takes_it() -> None:
    given = {"party": "party-2", "place": "Post", "purpose": "EXERCISE. To look."}
    window = {"opens": "tomorrow", "closes": "2026-09-01T16:00"}
    answer = signed_in("monitor").post("/exercise/do/access.request/", {**given, **window})
    page = html.unescape(answer.content.decode())
    assert answer.status_code in (409, 422)
    assert say("refusal.ask_moment.remedy") in page
    assert "14:30Z" not in page
