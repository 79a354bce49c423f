"""An adopted incident is changed and changed back on its page; and of a report that tells of several happenings, an incident
holds what was adopted and nothing else. Everything told here is invented.
"""

from __future__ import annotations

import html
import re

import pytest

from tests.store import kept
from tests.stories.scene import Scene
from tests.stories.telling import dead
from tests.web.people import page, signed_in
from tiga.cli import incidents as command
from tiga.fusion.gazetteer import Gazetted, Gazetteer
from tiga.mechanism.deciders import marking
from tiga.values.places import Place, Point
from tiga.values.words import SPOKEN, say
from tiga.web.sights import Happening

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

TEAM = ("secretariat", "monitor", "mediator-1")
OTHERS = ("", "liaison-1", "analyst")
TWO = "Exercise Post Larch; Exercise Ford Rowan"
FORMS = ("incident.link", "incident.unlink")


def happenings(scene: Scene, who: str = "secretariat/1") -> list[Happening]:
    return scene.door(who).happenings()


def home(scene: Scene, claim: str) -> Happening:
    """The happening that holds a claim."""
    (found,) = [row for row in happenings(scene) if claim in {one.claim_id for one in row.claims}]
    return found


def send(name: str, person: str = "secretariat", status: int = 302, **given: str) -> str:
    """Send the form of a deed; the page that it leads to, or the refusal."""
    browser = signed_in(person)
    answer = browser.post(f"/exercise/do/{name}/", given)
    assert answer.status_code == status, (name, person, answer.status_code)
    return html.unescape((browser.get(answer["location"]) if status == 302 else answer).content.decode())


def adopt(scene: Scene, claim: str) -> Happening:
    """Adopt on its page the happening that is suggested for a claim."""
    before = home(scene, claim)
    assert not before.adopted
    answer = signed_in("secretariat").post(f"/exercise/incidents/{before.url_id}/adopt/")
    assert answer.status_code == 302, answer.content.decode()
    after = home(scene, claim)
    assert after.adopted
    return after


def test_a_report_is_put_in_and_taken_out_and_the_finding_says_so(scene: Scene) -> None:
    case = scene.complain("liaison/1")
    incident = scene.case(case).opened.incident
    scene.admit(case)
    scene.both_answer(case)
    scene.find(case)
    other = scene.report()
    told = send("incident.link", incident=incident, report=other, reason="EXERCISE. One sound.")
    assert (other in told, "notice done" in told) == (True, True)
    assert home(scene, other).id == incident
    assert say("binding.changed", "en") in page(f"/exercise/cases/{case}/", "mediator-1")
    send("incident.unlink", "monitor", incident=incident, report=other, reason="EXERCISE. Two sounds.")
    assert home(scene, other).id != incident
    assert say("binding.restored", "en") in page(f"/exercise/cases/{case}/", "mediator-1")
    assert kept.rebuilt_equals_live(scene.desk)


def test_the_page_of_an_incident_offers_it_to_those_who_look(scene: Scene) -> None:
    kept_in, near = scene.report(), scene.report(local="2026-01-04T22:43")
    incident = scene.incident(kept_in)
    for person in (*TEAM, *OTHERS):
        told = html.unescape(
            page(f"/exercise/incidents/{incident}/", person, status=404 if person in ("", "analyst") else 200)
        )
        links = set(re.findall(r'href="(/exercise/do/incident\.(?:un)?link/\?[^"]*)"', told))
        wanted = {
            f"/exercise/do/incident.unlink/?incident={incident}&report={kept_in}",
            f"/exercise/do/incident.link/?incident={incident}",
            f"/exercise/do/incident.link/?incident={incident}&report={near}",
        }
        assert (person, links) == (person, wanted if person in TEAM else set())
        for link in wanted:
            page(link, person, status=200 if person in TEAM else 404)


@pytest.mark.parametrize("language", SPOKEN)
def test_the_form_comes_filled_in_and_says_what_follows(scene: Scene, language: str) -> None:
    report = scene.report()
    incident = scene.incident(report)
    for name in FORMS:
        told = html.unescape(page(f"/exercise/do/{name}/?incident={incident}&report={report}", "monitor", language))
        chosen = set(re.findall(r'<option value="([^"]+)"[^>]* selected', told))
        assert {incident, report} <= chosen
        assert say(f"ask_hint.{name}.reason", language) in told
        assert told.count(say(f"deed.{name}", language)) >= 2


def test_what_cannot_be_is_refused_with_its_remedy(scene: Scene) -> None:
    report, sealed = scene.report(), scene.report("liaison/1", release="R2")
    incident = scene.incident(report)
    size = scene.door("secretariat/1").head().size
    for name, given, code in (
        ("incident.link", {"report": report}, "link_unchanged"), ("incident.unlink", {"report": report}, "last_report"),
    ):  # fmt: skip
        told = send(name, incident=incident, reason="EXERCISE.", status=409, **given)
        assert say(f"refusal.{code}.remedy", "en") in told
    assert say("form.required", "en") in send("incident.link", incident=incident, report=report, reason="", status=422)
    given = {"incident": incident, "report": sealed, "reason": "EXERCISE."}
    send("incident.link", "monitor", status=422, **given)  # not offered to it
    assert scene.no("monitor/1", "incident.link", **given) == "report_unknown"
    # who may read it is refused as well: an entry for both parties would tell of it all the same
    for person in ("secretariat", "mediator-1"):
        told = send("incident.link", person, status=409, **given)
        assert say("refusal.report_closed.remedy", "en") in told
    for person in OTHERS:
        send("incident.link", person, incident=incident, report=report, reason="EXERCISE.", status=404)
    assert scene.door("secretariat/1").head().size == size


def test_a_report_of_two_happenings_is_adopted_in_two_parts(scene: Scene) -> None:
    both = scene.report(where=Place(TWO, "Latn"))
    alone = scene.report(where=Place("Exercise Post Larch", "Latn"))
    one, two = f"{both}#1", f"{both}#2"
    scene.do(
        "monitor/1", ("matches",),
        lambda s, by, now: marking.decide_match(s, *sorted((one, alone)), True, "EXERCISE. One place.", by, now),
    )  # fmt: skip
    first = adopt(scene, one)
    assert {claim.claim_id for claim in first.claims} == {one, alone}
    rest = home(scene, two)
    assert (rest.adopted, [claim.claim_id for claim in rest.claims]) == (False, [two])
    second = adopt(scene, two)
    assert (second.id != first.id, [claim.claim_id for claim in second.claims]) == (True, [two])
    assert [row.adopted for row in happenings(scene)] == [True, True]
    of_report = page(f"/exercise/reports/{both}/", "liaison-1")
    assert [f"/exercise/incidents/{found.id}/" in of_report for found in (first, second)] == [True, True]
    for found, place in ((first, "Larch"), (second, "Rowan")):
        told = page(f"/exercise/incidents/{found.id}/", "liaison-1")
        assert (place in told, both in told) == (True, True)
    assert kept.rebuilt_equals_live(scene.desk)


def test_claims_that_a_new_gazetteer_numbers_otherwise_leave_the_incident_its_report(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Arabic comma parts known places alone: with another gazetteer the report tells of one place, and has one claim."""
    known = Gazetteer(tuple(
        Gazetted(name, (name,), Point(-1_000_000, at * 9_000_000), 900, "") for at, name in enumerate(TWO.split("; "))
    ))  # fmt: skip
    monkeypatch.setattr(scene.desk, "gazetteer", known)
    both = scene.report(where=Place(TWO.replace(";", "\u060c"), "Latn"))
    first = adopt(scene, f"{both}#1")
    assert len(first.claims) == 1
    monkeypatch.setattr(scene.desk, "gazetteer", Gazetteer(()))
    held = next(row for row in happenings(scene) if row.id == first.id)
    assert [claim.claim_id for claim in held.claims] == [both]


@pytest.mark.parametrize("language", SPOKEN)
def test_the_dead_of_several_places_are_said_of_no_one_of_them(
    scene: Scene, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    both = scene.report(where=Place(TWO, "Latn"), harm=dead(2, 3), release="R0")
    alone = scene.report(harm=dead(7), local="2026-02-01T12:00", release="R0")
    marked = say("incident.several_places", language)
    for sid, told in ((both, True), (alone, False)):
        found = next(row for row in happenings(scene) if sid in {view.sid for view in row.reports})
        shown = html.unescape(page(f"/exercise/incidents/{found.url_id}/", "liaison-1", language))
        command.show(scene.door("liaison/1"), found.id, language, False)
        assert [marked in text for text in (shown, capsys.readouterr().out)] == [told, told]
    assert marked in html.unescape(page("/exercise/sitrep/", "liaison-1", language))


def test_a_part_that_is_taken_is_not_adopted_twice(scene: Scene) -> None:
    both = scene.report(where=Place(TWO, "Latn"))
    suggested = home(scene, f"{both}#1")
    adopt(scene, f"{both}#1")
    again = signed_in("secretariat").post(f"/exercise/incidents/{suggested.url_id}/adopt/")
    assert again.status_code == 409
    other = adopt(scene, f"{both}#2")
    send("incident.link", incident=other.id, report=both, reason="EXERCISE. All of it.")
    held = next(row for row in happenings(scene) if row.id == other.id)
    assert {claim.claim_id for claim in held.claims} == {f"{both}#1", f"{both}#2"}
    send("incident.link", incident=other.id, report=both, reason="EXERCISE.", status=409)


def test_what_was_put_in_by_hand_is_not_adopted_again(scene: Scene) -> None:
    """The report's own thread tells that it was put into an incident, and not what that incident is: adopting reads both."""
    one, put, near = scene.report(), scene.report(local="2026-02-01T12:00"), scene.report(local="2026-02-01T12:02")
    incident = scene.incident(one)
    send("incident.link", incident=incident, report=put, reason="EXERCISE. One.")
    left, right = sorted((put, near))
    scene.do(
        "monitor/1", ("matches",),
        lambda s, by, now: marking.decide_match(s, left, right, True, "EXERCISE. One.", by, now),
    )  # fmt: skip
    suggested = next(row for row in happenings(scene) if not row.adopted and near in {view.sid for view in row.reports})
    assert put in {view.sid for view in suggested.reports}
    answer = signed_in("secretariat").post(f"/exercise/incidents/{suggested.url_id}/adopt/")
    assert answer.status_code == 409
    assert say("refusal.report_taken.remedy", "en") in html.unescape(answer.content.decode())
