"""Pages about what a finding is bound to: what each reader is told once its basis changed, and what nobody is told who may not
know of a sealed version. Everything told here is invented.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.html import escape

from tests.core.mechanism import desk as desks
from tests.store import kept
from tests.stories.scene import Scene
from tests.web.people import case_page, signed_in
from tiga.mechanism import reports
from tiga.mechanism.deciders import grouping
from tiga.values.moments import Span
from tiga.values.names import printed_number
from tiga.values.words import digits, say

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


def measured(scene: Scene) -> tuple[str, str]:
    """A case with a measure in force whose finding is bound to two reports; and the second, a monitor's, which came sealed."""
    case = scene.complain("liaison/1")
    other = scene.report()
    scene.link(case, other)
    scene.admit(case)
    scene.both_answer(case)
    scene.find(case)
    scene.determine(case)
    scene.impose(case)
    return case, other


def unlink(scene: Scene, case: str, report: str) -> None:
    incident = scene.case(case).opened.incident
    scene.do(
        "secretariat/1", (f"incident:{incident}", f"report:{report}"),
        lambda s, by, now: grouping.unlink(s, incident, report, "EXERCISE.", by, now),
    )  # fmt: skip


def seal(scene: Scene, report: str) -> str:
    """A later version of a monitor's report that the mediators' side alone may read."""
    drawn = desks.report(f"later-{scene.entropy.count}", "", channel="monitor", release="R3")
    salts = scene.salts()
    return scene.do(
        "monitor/1", (f"report:{report}",), lambda s, by, now: reports.file(s, drawn, by, now, salts, report)
    ).receipt.sid


def _get(client: Client, path: str) -> str:
    answer = client.get(f"/exercise/{path}")
    assert answer.status_code == 200, path
    return answer.content.decode()


def _told(page: str) -> str:
    """What a case's page says of the finding; the token of its form is another each time."""
    section = page.partition('id="h-finding"')[2].partition("</section>")[0]
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", section)


def _says(page: str, code: str, language: str = "en") -> bool:
    return escape(say(code, language)) in page


PEOPLE = {"mediator-1": True, "liaison-2": True, "secretariat": True, "": False}
"""Who reads R1, and who does not."""


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_page_says_that_the_basis_changed_and_that_the_finding_stands(scene: Scene, language: str) -> None:
    case, other = measured(scene)
    pages = [case_page(person, case, language) for person in PEOPLE]
    assert [_says(page, "binding.changed", language) for page in pages] == [False] * 4
    unlink(scene, case, other)
    day = digits(scene.desk.time().text()[:10], language)
    index = scene.desk.ledger.size() - 1
    for person, named in PEOPLE.items():
        page = case_page(person, case, language)
        about = [_says(page, f"binding.{code}", language) for code in ("changed", "changed_about", "changed_public")]
        assert about == [True, named, not named], person
        assert (day in page, _says(page, "binding.rests_about", language)) == (True, True), person
        told = (_says(page, "binding_change.unlinked", language), f"/exercise/record/{index}/" in page)
        assert told == (named, named), person
        assert (printed_number("R", other) in page) is named, person


def test_a_page_without_any_change_says_on_how_many_reports_the_finding_was_made(scene: Scene) -> None:
    case, _ = measured(scene)
    told = escape(say("binding.bound", "en", n=2))
    assert [told in case_page(person, case) for person in PEOPLE] == [True, True, True, False]


@pytest.mark.parametrize("person", ["mediator-1", "liaison-1", "liaison-2", "monitor", ""])
def test_a_sealed_version_is_told_by_its_day_alone_to_who_may_not_read_it(scene: Scene, person: str) -> None:
    case, other = measured(scene)
    before = case_page(person, case)
    later = seal(scene, other)
    index, at = scene.desk.ledger.index_of(later), scene.desk.time()
    may = person == "mediator-1"
    shown = [_get(signed_in(person), path) for path in (f"cases/{case}/", "cases/", *(["measures/"] if person else []))]
    assert [_says(page, "binding.changed") for page in shown] == [may] * len(shown), "not on the day of the batch"
    assert may or _told(shown[0]) == _told(before)
    scene.until(scene.now().plus(Span.parse("P1D")))
    page = case_page(person, case)
    assert (_says(page, "binding.changed"), _says(_get(signed_in(person), "cases/"), "binding.changed")) == (True, True)
    assert (later in page, printed_number("R", later) in page, f"/exercise/record/{index}/" in page) == (may, may, may)
    assert (at.local("UTC") in _told(page)) is may
    assert _says(page, "binding.day") is (not may and person != "")
    earlier = signed_in(person).get(f"/exercise/reports/{other}/")
    if person:
        assert (earlier.status_code, later in earlier.content.decode()) == (200, may)


def test_the_panel_owes_a_word_and_the_flag_goes_along_the_chain(scene: Scene) -> None:
    case, other = measured(scene)
    number, link = printed_number("C", case), f"/exercise/cases/{case}/"
    measure = scene.case(case).measures[0]
    unlink(scene, case, other)
    desks_of = {person: _get(signed_in(person), "desk/") for person in ("mediator-1", "secretariat", "liaison-1")}
    assert {person: _says(page, "desk.rebased") for person, page in desks_of.items()} == {
        "mediator-1": True, "secretariat": True, "liaison-1": False,
    }  # fmt: skip
    assert number in desks_of["mediator-1"].partition('id="h-rebased"')[2].partition("</section>")[0]
    for person in ("mediator-1", "liaison-2"):
        client = signed_in(person)
        assert _says(_get(client, "measures/"), "binding.changed")
        assert _says(_get(client, f"measures/{measure}/"), "binding.rests_about")
        assert (link in _get(client, "cases/"), _says(_get(client, "cases/"), "binding.changed")) == (True, True)
    scene.put(case, "finding.confirm", reason="EXERCISE. The complaint bears it.")
    page = case_page("mediator-1", case)
    told = [_says(page, f"binding.{code}") for code in ("changed", "confirmed", "confirmed_about", "rests_about")]
    assert (told, "EXERCISE. The complaint bears it." in page) == ([False, True, True, False], True)
    assert _says(_get(signed_in("mediator-1"), "desk/"), "desk.rebased") is False
    assert (scene.standing(case).measures[measure].stays, scene.standing(case).measures[measure].ended) == ((), None)


def test_a_measure_that_counted_a_case_whose_basis_changed_says_so(scene: Scene) -> None:
    first, other = measured(scene)
    second, _ = measured(scene)
    third, _ = measured(scene)
    counted = scene.standing(third).measures[scene.case(third).measures[0]].counted
    assert scene.case(first).determination in counted
    unlink(scene, first, other)
    pages = {case: case_page("liaison-1", case) for case in (first, second, third)}
    assert [_says(page, "binding.counts") for page in pages.values()] == [False, False, True]
    assert [_says(page, "binding.rests_about") for page in pages.values()] == [True, False, False]


def test_who_may_not_see_the_case_is_told_of_a_published_finding_all_the_same(scene: Scene) -> None:
    case = scene.complain("liaison/1")
    other = scene.report()
    scene.link(case, other)
    scene.admit(case)
    scene.both_answer(case)
    scene.find(case)
    scene.deed("secretariat/1", "finding.publish", case)
    path, text = f"record/{scene.desk.ledger.size() - 1}/", scene.standing(case).findings[scene.case(case).finding]
    pages = [_get(signed_in(""), path), _checked(text.adopted.held[0].gist)]
    assert [_says(page, "binding.changed_public") for page in pages] == [False, False]
    unlink(scene, case, other)
    day = scene.desk.time().text()[:10]
    pages = [_get(signed_in(""), path), _checked(text.adopted.held[0].gist)]
    assert [(_says(page, "binding.changed_public"), day in page) for page in pages] == [(True, True)] * 2
    assert signed_in("").get(f"/exercise/cases/{case}/").status_code == 404
    assert printed_number("R", other) not in "".join(pages)


def _checked(text: str) -> str:
    return signed_in("").post("/exercise/affairs/communique/check/", {"text": text}).content.decode()


def test_a_case_that_opened_again_says_why_nothing_is_awaited_by_a_clock(scene: Scene) -> None:
    case, other = measured(scene)
    assert _says(case_page("mediator-1", case), "stage_why.compliance")
    unlink(scene, case, other)
    page = case_page("mediator-1", case)
    assert (_says(page, "stage_why.rebased"), _says(page, "stage_why.compliance")) == (True, False)


def test_what_changed_back_owes_nothing_and_stays_told(scene: Scene) -> None:
    case, other = measured(scene)
    unlink(scene, case, other)
    scene.link(case, other)
    page = case_page("liaison-1", case)
    told = [_says(page, f"binding.{code}") for code in ("restored", "restored_about", "changed_about")]
    assert told == [True, True, False]
    assert [_says(page, f"binding_change.{code}") for code in ("linked", "unlinked", "revised")] == [True, True, False]
    assert _says(_get(signed_in("mediator-1"), "desk/"), "desk.rebased") is False
