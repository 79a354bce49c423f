"""What suggested incidents rest on, on their page: the table, the background, and the secretariat's button. All is invented."""

from __future__ import annotations

import html
import re

import pytest

from tests.store import kept
from tests.stories.scene import Scene
from tests.web.people import page, signed_in
from tiga.fusion.gazetteer import Gazetted, Gazetteer
from tiga.store import backgrounds as counting
from tiga.values.places import Point
from tiga.values.words import SPOKEN, say

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

PATH = "/exercise/incidents/"
PLACE = {"monitor": "R1", "liaison-1": "R1", "mediator-1": "R1", "secretariat": "R1", "analyst": "R0", "": "R0"}


def shown(person: str, language: str = "en") -> str:
    """The section of the page that says what suggestions rest on, without marks of direction."""
    told = (
        html.unescape(page(PATH, person, language)).partition('aria-labelledby="h-again"')[2].partition("</section>")[0]
    )
    return bare(told)


def bare(text: str) -> str:
    return re.sub("[\u2066-\u2069]", "", text)


def counted(scene: Scene) -> int:
    """Three reports for the parties and one for all, counted by the secretariat; the entry's index."""
    for level in ("R1", "R1", "R1", "R0"):
        scene.report(release=level)
    answer = signed_in("secretariat").post(f"{PATH}count/")
    assert (answer.status_code, answer["location"]) == (302, PATH)
    return scene.desk.ledger.size() - 1


def test_before_the_first_background_the_page_says_so(scene: Scene) -> None:
    scene.report()
    assert say("incidents.background_own", "en") in shown("monitor")
    assert "fusion-3" in shown("")


@pytest.mark.parametrize("language", SPOKEN)
def test_each_audience_is_told_how_many_of_its_own_reports_were_counted(scene: Scene, language: str) -> None:
    index = counted(scene)
    for person, audience in PLACE.items():
        told = shown(person, language)
        numbers = {
            level: bare(say("incidents.background_reports", language, n=n)) for level, n in (("R1", 4), ("R0", 1))
        }
        assert (person, [level for level, text in numbers.items() if text in told]) == (person, [audience])
        assert f"/exercise/record/{index}/" in told


def test_a_background_of_another_gazetteer_is_told_to_be_out_of_force(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = counted(scene)
    assert say("incidents.background_other", "en") not in shown("monitor")
    place = Gazetted("larch", ("Exercise Post Larch",), Point(-1_000_000, 0), 900, "")
    monkeypatch.setattr(scene.desk, "gazetteer", Gazetteer((place,)))
    told = shown("monitor")
    assert (say("incidents.background_other", "en") in told, f"/exercise/record/{index}/" in told) == (True, True)


def test_the_secretariat_alone_counts(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    counted(scene)
    taken: list[object] = []
    whole = counting.take
    monkeypatch.setattr(counting, "take", lambda *given: taken.append(given) or whole(*given))
    size = scene.desk.ledger.size()
    for person in PLACE:
        assert (person, f"{PATH}count/" in shown(person)) == (person, person == "secretariat")
        if person != "secretariat":
            assert signed_in(person).post(f"{PATH}count/").status_code == 409
    assert scene.desk.ledger.size() == size
    again = signed_in("secretariat").post(f"{PATH}count/")
    assert (again.status_code, scene.desk.ledger.size(), len(taken)) == (302, size + 1, 1)  # nobody else made it count


def test_nothing_to_count_is_refused_with_its_remedy(scene: Scene) -> None:
    answer = signed_in("secretariat").post(f"{PATH}count/")
    assert answer.status_code == 409
    assert say("refusal.background_empty.remedy", "en") in html.unescape(answer.content.decode())
    assert signed_in("secretariat").get(f"{PATH}count/").status_code == 405
