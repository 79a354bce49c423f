"""The page of a case whose course is long: it opens for everybody in each language after every deed, and tells what it should."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils.html import escape

from tests.store import kept
from tests.stories.scene import Scene
from tests.web.people import case_page, signed_in
from tiga.values.moments import Span
from tiga.values.names import printed_number
from tiga.values.words import say
from tiga.web.readers import DEMO_PEOPLE

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

BOTH = ("mediator/1", "mediator/2")
OTHERS = ("mediator/1b", "mediator/2b")


def _looker(case: str) -> Callable[[str], None]:
    """What opens the page as everybody, in two languages; who does not see the case gets no page."""
    clients = {
        (person, language): signed_in(person, language) for person in ("", *DEMO_PEOPLE) for language in ("en", "ur")
    }

    def check_opens(after: str) -> None:
        for who, client in clients.items():
            assert client.get(f"/exercise/cases/{case}/").status_code in (200, 404), (after, who)

    return check_opens


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
    check_opens = _looker(case)
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
        check_opens(name)
    scene.admit(case)
    scene.deed("monitor/1", "verification.plan", case, seeks="EXERCISE. Shells.", limits="")
    check_opens("verification.plan")
    scene.deed(
        "mediator/1",
        "finding.draft",
        case,
        holding="established",
        standard="balance_of_probabilities",
        gist="EXERCISE.",
    )
    check_opens("finding.draft")
    scene.until(scene.now().plus(Span.parse("P1D")))
    scene.deed("mediator/1", "case.escalate", case, reason="EXERCISE.")
    check_opens("case.escalate")
    scene.deed("liaison/2", "settlement.propose", case, terms="EXERCISE. We both go back.")
    check_opens("settled")
    scene.deed("mediator/1", "case.reopen", case, ground="new_evidence", report=scene.report(), reason="EXERCISE.")
    check_opens("case.reopen")


def test_the_page_opens_after_every_deed_after_the_finding(scene: Scene) -> None:
    case = scene.complain("liaison/1")
    check_opens = _looker(case)
    scene.admit(case)
    scene.both_answer(case)
    scene.find(case)
    scene.deed("secretariat/1", "finding.publish", case)
    check_opens("finding.publish")
    scene.determine(case, signers=("mediator/1",))
    scene.deed("mediator/2", "vote.cast", case, position="against", reason="EXERCISE.")
    check_opens("vote.cast")
    scene.until(scene.due(case, "determine"))
    scene.run_clock()
    check_opens("clock.overdue")
    scene.deed("mediator/1", "deadlock.declare", case)
    check_opens("deadlock.declare")


def test_the_page_opens_after_every_deed_after_the_determination(scene: Scene) -> None:
    case, _ = _ruled(scene)
    check_opens = _looker(case)
    scene.put(case, "measure.defer", issue="i1", until=_later(scene, "P1D"), reason="EXERCISE.")
    check_opens("measure.defer")
    scene.until(scene.now().plus(Span.parse("P2D")))
    scene.impose(case)
    scene.deed("liaison/2", "appeal.file", case, ground="procedure", text="EXERCISE. Unheard.", language="en")
    check_opens("appeal.file")
    scene.put(case, "appeal.decide", outcome="upheld", reason="EXERCISE.")
    check_opens("appeal.decide")
    scene.deed("mediator/1", "case.reopen", case, ground="procedure", reason="EXERCISE.")
    check_opens("case.reopen")


WORDS = "EXERCISE. We were not heard on the second day."


def test_the_words_of_an_appeal_are_read_by_both_parties_and_by_those_who_decide(scene: Scene) -> None:
    case, _ = _ruled(scene)
    scene.deed("liaison/2", "appeal.file", case, ground="procedure", text=WORDS, language="en")
    readers = {person for person in DEMO_PEOPLE if escape(WORDS) in case_page(person, case)}
    assert readers == {"liaison-1", "liaison-2", "mediator-1", "mediator-2", "monitor", "secretariat"}
    assert escape(WORDS) not in case_page("", case)


def test_an_appeal_varied_without_a_ruling_names_the_field(scene: Scene) -> None:
    case, _ = _ruled(scene)
    scene.deed("liaison/2", "appeal.file", case, ground="procedure", text=WORDS, language="en")
    answer = signed_in("mediator-2").post(
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
        page = case_page(person, case)
        assert f'<bdi class="id">{support[:12]}</bdi>' not in page
        (item,) = re.findall(rf"<dt>{say('form.supports', 'en')}</dt><dd>(.*?)</dd>", page)
        assert number in item and f"/exercise/reports/{support}/" in item


def _form(person: str, name: str, sid: str = "", language: str = "en") -> str:
    answer = signed_in(person, language).get(f"/exercise/do/{name}/{sid}/" if sid else f"/exercise/do/{name}/")
    assert answer.status_code == 200
    return answer.content.decode()


def _options(page: str, name: str) -> dict[str, str]:
    (field,) = re.findall(rf'<select id="deed-f-{name}".*?</select>', page)
    return {value: label for value, label in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', field) if value}


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_the_clocks_that_may_be_extended_are_a_choice_in_words(scene: Scene, language: str) -> None:
    case = scene.complain("liaison/1")
    options = _options(_form("mediator-2", "clock.extend", case, language), "clock")
    assert set(options) == {"reply:party-1", "reply:party-2", "triage:mediators"}
    assert all(say(f"clock.{value.partition(':')[0]}", language) in label for value, label in options.items())
    assert not any("party-" in label or "mediators" in label for label in options.values() if language != "en")


def test_a_clock_chosen_on_the_form_is_extended_for_its_own_side_alone(scene: Scene) -> None:
    case = scene.complain("liaison/1")
    due = scene.now().plus(Span.parse("P9D"))
    given = {"clock": "reply:party-2", "due": due.text()[:16], "reason": "EXERCISE. Snow."}
    assert signed_in("mediator-2").post(f"/exercise/do/clock.extend/{case}/", given).status_code == 302
    assert [(row[0], row[1]) for row in scene.case(case).course.extended] == [("reply", "party-2")]
    assert scene.due(case, "reply", "party-2") > scene.due(case, "reply", "party-1")


def test_the_other_side_agrees_to_proposed_terms_with_one_button(scene: Scene) -> None:
    case, terms = scene.complain("liaison/1"), "EXERCISE. “Both” go back & stay < 2 km."
    scene.deed("liaison/1", "settlement.propose", case, terms=terms)
    button = f'<input type="hidden" name="terms" value="{escape(terms)}"><button>{say("course.agree", "en")}</button>'
    assert button in _form("liaison-2", "settlement.propose", case)
    assert button not in _form("liaison-1", "settlement.propose", case)
    answer = signed_in("liaison-2").post(f"/exercise/do/settlement.propose/{case}/", {"terms": terms})
    assert (answer.status_code, scene.case(case).closed) == (302, "settled_locally")


# ---- what is offered is not refused whatever is given


def test_before_a_finding_nothing_is_offered_that_needs_one(scene: Scene) -> None:
    case = scene.complain("liaison/1")
    scene.admit(case)
    assert _offered(scene, "mediator/2", case).isdisjoint(
        ("finding.publish", "finding.confirm", "case.resume", "case.reopen", "case.escalate")
    )
    assert "finding.publish" not in _offered(scene, "secretariat/1", case)
    page = case_page("mediator-2", case)
    assert "h-adopt" not in page and f"/cases/{case}/open-replies/" not in page
    scene.until(scene.due(case, "reply"))
    assert f"/cases/{case}/open-replies/" in case_page("mediator-2", case)
    scene.open_replies(case)
    assert "h-adopt" in case_page("mediator-2", case)
    scene.find(case, limitations=("single_source", "no_reply"))
    assert "finding.publish" in _offered(scene, "secretariat/1", case)
    assert "finding.confirm" not in _offered(scene, "mediator/2", case)
    scene.deed("secretariat/1", "finding.publish", case)
    assert "finding.publish" not in _offered(scene, "secretariat/1", case)


def test_an_appeal_is_offered_while_its_clock_runs_and_a_release_where_a_measure_is_stayed(scene: Scene) -> None:
    case, measure = _ruled(scene, measured=True)
    assert "appeal.file" in _offered(scene, "liaison/2", case)
    assert "measure.release" not in _offered(scene, "mediator/2", case)
    asked = scene.standing(case).measures[measure].imposed.items
    expected = {
        "liaison-1": [row.id for row in asked if row.executor in ("party-1", "both_parties")],
        "liaison-2": [row.id for row in asked if row.executor in ("party-2", "both_parties")],
        "mediator-2": [row.id for row in asked if row.executor != "party-2"],
    }
    assert len(expected["liaison-2"]) == len(expected["mediator-2"]) == 1
    shown = {person: re.findall(r'name="item" value="([^"]+)"', case_page(person, case)) for person in expected}
    assert shown == expected
    scene.until(
        scene.due(case, "appeal_file", "party-2"), 24 * 60
    )  # the measure, too, can no longer be appealed against
    assert "appeal.file" not in _offered(scene, "liaison/2", case)


def test_a_party_that_has_replied_is_asked_again_for_a_draft_alone(scene: Scene) -> None:
    case = scene.complain("liaison/1")
    scene.admit(case)
    form = f'action="/exercise/cases/{case}/reply/"'
    scene.answer(case, "liaison/2")
    assert form not in case_page("liaison-2", case)
    scene.deed(
        "mediator/1",
        "finding.draft",
        case,
        holding="established",
        standard="balance_of_probabilities",
        gist="EXERCISE.",
    )
    assert form in case_page("liaison-2", case)


def test_a_suspended_case_offers_the_panel_what_it_may_do_alone(scene: Scene) -> None:
    case = scene.complain("liaison/1")
    scene.deed("mediator/1", "case.suspend", case, reason="EXERCISE.")
    assert _offered(scene, "mediator/2", case) == {"case.resume", "clock.extend"}
    assert _offered(scene, "mediator/1b", case) == set()


def test_a_case_is_not_joined_with_itself(scene: Scene) -> None:
    case, other = scene.complain("liaison/1"), scene.complain("liaison/2")
    assert set(_options(_form("mediator-2", "case.join", case), "other")) == {other}


def test_the_panel_page_offers_a_ruling_where_a_challenge_waits_and_no_date_where_none_is_open(scene: Scene) -> None:
    address = [f"/exercise/do/{name}/" for name in ("panel.challenge", "challenge.rule", "date.fix")]

    def offered(person: str) -> list[bool]:
        page = signed_in(person).get("/exercise/panel/").content.decode()
        return [f'href="{one}"' in page for one in address]

    assert (offered("mediator-2"), offered("liaison-1")) == ([True, False, False], [True, False, False])
    scene.deed("liaison/1", "panel.challenge", member=scene.who("mediator/1").key, reason="EXERCISE.")
    assert (offered("mediator-2"), offered("liaison-1")) == ([True, True, False], [True, False, False])


def test_a_deadlock_is_offered_when_its_clock_has_ended_and_a_deferral_where_a_violation_is_ruled(scene: Scene) -> None:
    case = scene.complain("liaison/1")
    scene.admit(case)
    scene.both_answer(case)
    scene.find(case)
    assert "deadlock.declare" not in _offered(scene, "secretariat/1", case)
    scene.until(scene.due(case, "determine"))
    assert "deadlock.declare" in _offered(scene, "secretariat/1", case)
    scene.determine(case, "no_violation")
    assert "measure.defer" not in _offered(scene, "mediator/2", case)
    other, _ = _ruled(scene)
    assert "measure.defer" in _offered(scene, "mediator/2", other)
