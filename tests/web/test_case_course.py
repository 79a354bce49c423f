"""The page of a case whose course is long: it opens for everybody in each language after every deed, and tells what it should."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils.html import escape

from tests.store import kept
from tests.stories import scene as scenes
from tests.stories.scene import Scene
from tiga.mechanism.deciders import imposing
from tiga.store import opening
from tiga.values.moments import Span
from tiga.values.names import printed_number
from tiga.values.words import say
from tiga.web.models import Membership
from tiga.web.readers import DEMO_PEOPLE

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

BOTH = ("mediator/1", "mediator/2")
OTHERS = ("mediator/1b", "mediator/2b")


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: object) -> Iterator[Scene]:
    with kept.filled(django_db_blocker, "exercise"):
        scene = scenes.lay(scenes.agreement())
        scene.seat(*scenes.PANEL)
        yield scene


@pytest.fixture
def scene(founded: Scene) -> Iterator[Scene]:
    """A scene with a seated panel; what a test tells in it is rolled back."""
    opening.forget()
    for person, places in DEMO_PEOPLE.items():
        user = get_user_model().objects.create(username=person)
        role, component, slug = places["exercise"] if "exercise" in places else ("public", "", "")
        key = f"{founded.desk.origin}/{slug}" if slug else ""
        Membership.objects.create(user=user, record="exercise", role=role, component=component, key=key)
    yield Scene(opening.desk("exercise"), founded.entropy)
    opening.forget()


def _client(person: str, language: str = "en") -> Client:
    client = Client()
    if person:
        assert client.post("/sign-in/demo/", {"person": person}).status_code == 302
    client.post("/language/", {"language": language, "next": "/"})
    return client


def _page(person: str, case: str, language: str = "en") -> str:
    answer = _client(person, language).get(f"/exercise/cases/{case}/")
    assert answer.status_code == 200, (person, language)
    return answer.content.decode()


def _looked_at(case: str) -> Callable[[str], None]:
    """What opens the page as everybody, in two languages; who does not see the case gets no page."""
    clients = {
        (person, language): _client(person, language) for person in ("", *DEMO_PEOPLE) for language in ("en", "ur")
    }

    def look(after: str) -> None:
        for who, client in clients.items():
            assert client.get(f"/exercise/cases/{case}/").status_code in (200, 404), (after, who)

    return look


def _ruled(scene: Scene, *, measured: bool = False) -> tuple[str, str]:
    case = scene.complain("liaison/1")
    scene.admit(case)
    scene.both_answer(case)
    scene.find(case)
    scene.determine(case)
    return case, scene.impose(case) if measured else ""


def _later(scene: Scene, span: str = "P9D") -> str:
    return scene.now().plus(Span.parse(span)).text()


def _offered(scene: Scene, slug: str, case: str) -> set[str]:
    return {deed.name for deed in scene.door(slug).case(case).offered}


def test_the_page_opens_after_every_deed_before_the_finding(scene: Scene) -> None:
    case, other = scene.complain("liaison/1"), scene.complain("liaison/2")
    look = _looked_at(case)
    deeds: list[tuple[str, str, dict[str, str]]] = [
        ("mediator/1", "clock.extend", {"clock": "triage", "due": _later(scene), "reason": "EXERCISE."}),
        ("mediator/1", "clock.extend", {"clock": "reply", "due": _later(scene), "reason": "EXERCISE."}),
        ("mediator/1", "case.suspend", {"reason": "EXERCISE."}),
        ("mediator/1", "case.resume", {"reason": "EXERCISE."}),
        ("mediator/1", "case.join", {"other": other, "how": "together", "reason": "EXERCISE."}),
        ("liaison/1", "settlement.propose", {"terms": "EXERCISE. We both go back."}),
        ("liaison/1", "panel.challenge", {"member": scene.who("mediator/2").key, "reason": "EXERCISE."}),
    ]
    for slug, name, given in deeds:
        scene.deed(slug, name, "" if name == "panel.challenge" else case, **given)
        look(name)
    scene.admit(case)
    scene.deed("monitor/1", "verification.plan", case, seeks="EXERCISE. Shells.", limits="")
    look("verification.plan")
    scene.deed(
        "mediator/1", "finding.draft", case, holding="established", standard="balance_of_probabilities", gist="EXERCISE."
    )
    look("finding.draft")
    scene.until(scene.now().plus(Span.parse("P1D")))
    scene.deed("mediator/1", "case.escalate", case, reason="EXERCISE.")
    look("case.escalate")
    scene.deed("liaison/2", "settlement.propose", case, terms="EXERCISE. We both go back.")
    look("settled")
    scene.deed("mediator/1", "case.reopen", case, ground="new_evidence", report=scene.report(), reason="EXERCISE.")
    look("case.reopen")


def test_the_page_opens_after_every_deed_after_the_finding(scene: Scene) -> None:
    case = scene.complain("liaison/1")
    look = _looked_at(case)
    scene.admit(case)
    scene.both_answer(case)
    scene.find(case)
    scene.deed("secretariat/1", "finding.publish", case)
    look("finding.publish")
    scene.determine(case, signers=("mediator/1",))
    scene.deed("mediator/2", "vote.cast", case, position="against", reason="EXERCISE.")
    look("vote.cast")
    scene.until(scene.due(case, "determine"))
    scene.run_clock()
    look("clock.overdue")
    scene.deed("mediator/1", "deadlock.declare", case)
    look("deadlock.declare")


def test_the_page_opens_after_every_deed_after_the_determination(scene: Scene) -> None:
    case, _ = _ruled(scene)
    look = _looked_at(case)
    scene.put(case, "measure.defer", issue="i1", until=_later(scene, "P1D"), reason="EXERCISE.")
    look("measure.defer")
    scene.until(scene.now().plus(Span.parse("P2D")))
    scene.impose(case)
    scene.deed("liaison/2", "appeal.file", case, ground="procedure", text="EXERCISE. Unheard.", language="en")
    look("appeal.file")
    scene.put(case, "appeal.decide", outcome="upheld", reason="EXERCISE.")
    look("appeal.decide")
    scene.deed("mediator/1", "case.reopen", case, ground="procedure", reason="EXERCISE.")
    look("case.reopen")


WORDS = "EXERCISE. We were not heard on the second day."


def test_the_words_of_an_appeal_are_read_by_both_parties_and_by_those_who_decide(scene: Scene) -> None:
    case, _ = _ruled(scene)
    scene.deed("liaison/2", "appeal.file", case, ground="procedure", text=WORDS, language="en")
    readers = {person for person in DEMO_PEOPLE if escape(WORDS) in _page(person, case)}
    assert readers == {"liaison-1", "liaison-2", "mediator-1", "mediator-2", "monitor", "secretariat"}
    assert escape(WORDS) not in _page("", case)


def test_an_appeal_varied_without_a_ruling_names_the_field(scene: Scene) -> None:
    case, _ = _ruled(scene)
    scene.deed("liaison/2", "appeal.file", case, ground="procedure", text=WORDS, language="en")
    answer = _client("mediator-2").post(
        f"/exercise/do/appeal.decide/{case}/", {"outcome": "varied", "reason": "EXERCISE."}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert say("refusal.ask_missing.text", "en", ask=say("ask.disposition", "en")) in page
    assert f'<a href="#deed-f-disposition">{say("ask.disposition", "en")}</a>: {say("form.required", "en")}' in page


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_a_second_reply_is_told_what_a_liaison_officer_can_do(language: str) -> None:
    remedy, dissent = say("refusal.replied.remedy", language), {"en": "dissent", "ur": "اختلافی", "ps": "مخالف"}
    assert dissent[language] not in remedy
    assert {"en": "appealed", "ur": "اپیل", "ps": "استیناف"}[language] in remedy


def test_the_reports_a_finding_rests_on_are_told_by_number(scene: Scene) -> None:
    case, _ = _ruled(scene)
    support = scene.case(case).opened.report
    number = printed_number("R", support)
    for person in ("liaison-1", "mediator-2"):
        page = _page(person, case)
        assert f"<bdi class=\"id\">{support[:12]}</bdi>" not in page
        (item,) = re.findall(rf"<dt>{say('form.supports', 'en')}</dt><dd>(.*?)</dd>", page)
        assert number in item and f"/exercise/reports/{support}/" in item
