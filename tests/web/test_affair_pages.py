"""Pages of the affairs beyond their facts: tables, sessions, talks, communiqués, what is due, whose turn it is on a case. Who
sees what is asked with planted words; a page costs the same queries at few and at many objects."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.db import connections
from django.test.utils import CaptureQueriesContext

from tests.store import kept
from tests.web import affairs_played
from tests.web.affairs_played import DRAFTED, ISSUED, SEALED, TEAM
from tests.web.people import enrol, signed_in
from tiga.cli import acting
from tiga.mechanism import communiques, matching
from tiga.store import opening, queries
from tiga.values.words import SPOKEN, say
from tiga.web.readers import DEMO_PEOPLE

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)
SIDS: dict[str, str] = {}
CASES: dict[str, str] = {}
EVERYBODY = ("", *DEMO_PEOPLE)
TABLES = ("access", "assurance", "crossing", "call", "patrol")


@pytest.fixture(scope="module", autouse=True)
def played(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "exercise"):
        CASES.update(kept.play(kept.lay("exercise")))
        opening.forget()
        enrol("exercise")
        SIDS.update(affairs_played.play(send))
        yield
        get_user_model().objects.all().delete()
        opening.forget()


def send(person: str, deed: str, sid: str, given: dict[str, str | list[str]]) -> str:
    path = "/exercise/clock/" if deed == "clock" else f"/exercise/do/{deed}/{sid + '/' if sid else ''}"
    answer = signed_in(person).post(path, given)
    assert answer.status_code == 302, (deed, html.unescape(answer.content.decode()))
    found = re.search(r"/affairs/[a-z]+/([A-Za-z0-9_-]{43})/", answer["Location"])
    return found.group(1) if found else sid


def address(concept: str, more: str = "") -> str:
    return f"/exercise/affairs/{concept}/{SIDS[concept]}/{more}"


def text(path: str, person: str, language: str = "en", status: int = 200) -> str:
    answer = signed_in(person, language).get(path)
    assert answer.status_code == status, (path, person, answer.status_code)
    return html.unescape(answer.content.decode())


def where(words: str, path: str) -> list[str]:
    """Who finds the words on a page, of those who may open it."""
    answers = {person: signed_in(person).get(path) for person in EVERYBODY}
    assert {answer.status_code for answer in answers.values()} <= {200, 404}
    return [person for person, answer in answers.items() if words in html.unescape(answer.content.decode())]


INSIDE = ["liaison-1", "liaison-2", "mediator-1", "mediator-2", "monitor", "secretariat"]


def test_nobody_breaks_a_page() -> None:
    paths = [f"/exercise/affairs/{name}/" for name in (*SIDS, "duty", "owed", "pair", "notice", "sheet")]
    paths += [address(name) for name in SIDS] + [address("communique", "paper/"), "/exercise/affairs/communique/check/"]
    paths += [f"/exercise/cases/{sid}/" for sid in CASES.values()] + [
        "/exercise/desk/",
        address("talks", "adopted/1.json"),
    ]
    codes = {signed_in(person, language).get(path).status_code
             for path in paths for person, language in zip(EVERYBODY, SPOKEN * 3, strict=False)}  # fmt: skip
    assert codes == {200, 404}


def test_who_reads_what_a_session_and_a_patrol_keep() -> None:
    assert where(SEALED, address("session")) == ["liaison-1"]
    assert where("EXERCISE. A statement.", address("session")) == INSIDE
    assert where(DRAFTED, address("talks")) == INSIDE
    assert where(TEAM, address("patrol")) == ["mediator-1", "mediator-2", "monitor", "secretariat"]
    assert [person for name in TABLES for person in where(TEAM, f"/exercise/affairs/{name}/")] == []


def test_labels_stay_in_the_readers_language() -> None:
    for language in SPOKEN:
        label = say("session_page.said", language)
        assert text(address("session"), "liaison-1", language).count(label) == 1


def test_a_pack_is_its_partys_own() -> None:
    heads = {person: re.findall(r"<article class=\"card\"><h3><bdi[^>]*>([^<]*)", text(address("session"), person))
             for person in INSIDE}  # fmt: skip
    packs = {person: sorted(name for name in names if name.startswith("Party")) for person, names in heads.items()}
    assert packs == {
        "liaison-1": ["Party 1"], "liaison-2": ["Party 2"], "mediator-1": ["Party 1", "Party 2"],
        "mediator-2": ["Party 1", "Party 2"], "monitor": [], "secretariat": ["Party 1", "Party 2"],
    }  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_there_for_both_sides_alike_and_not_for_the_public(name: str) -> None:
    path = f"/exercise/affairs/{name}/"
    for language in SPOKEN:
        title = say(f"grid.{name}.title", language)
        assert [person for person in EVERYBODY if title in text(path, person, language)] == INSIDE
    one, two = (re.search(r'<table class="grid">.*?</table>', text(path, person), re.DOTALL) for person in INSIDE[:2])
    assert one is not None and two is not None and one.group(0) == two.group(0)


def test_days_on_which_nobody_looked_say_so() -> None:
    told = text("/exercise/affairs/patrol/", "liaison-1")
    assert (told.count('<td class="hatched"'), told.count("looked, nothing seen · 50%")) == (28 * 4 - 1, 1)


def test_the_situation_report_tells_what_patrols_looked_at() -> None:
    for person in ("liaison-1", "liaison-2", "mediator-1", "secretariat"):
        page = text("/exercise/sitrep/", person)
        row = re.search(r"<tr>(?:(?!</tr>).)*reference line(?:(?!</tr>).)*</tr>", page, re.S)
        assert row and re.findall(r"<td[^>]*>(?:<[^>]+>)*([0-9]+|nobody looked)<", row[0])[0] == "1", (person, row)
        assert say("sitrep.blind_spot_patrols", "en") in page
        assert "No patrol log" not in page
    public = text("/exercise/sitrep/", "")
    assert say("sitrep.blind_spot_hidden", "en") in public
    assert say("sitrep.blind_spot_coverage", "en") not in public


def test_forms_of_the_forum_offer_who_may_sit_and_what_the_reader_may_see() -> None:
    given = {"session_kind": "session_ordinary", "subject": "EXERCISE. Next", "session_online": "no"}
    sid = send(
        "mediator-1", "session.call", "", {**given, "session_begins": "2026-09-10T08:00", "place": "Exercise Hall"}
    )
    form = text(f"/exercise/do/session.open/{sid}/", "mediator-1")
    for key in affairs_played.MEMBERS:
        assert f'value="{key}"' in form
    assert 'value="monitor/1"' not in form
    assert "liaison/2 · Party 2" in form
    named = re.findall(
        r'<option value="([a-z]+:[A-Za-z0-9_-]{43})"', text(f"/exercise/do/agenda.attach/{sid}/", "liaison-2")
    )
    assert {f"access:{SIDS['access']}", f"crossing:{SIDS['crossing']}"} <= set(named)


TORN = re.compile(r"[0-9۰-۹]{4}-[0-9۰-۹]{2}-[0-9۰-۹]{2} [0-9۰-۹]{2}:[0-9۰-۹]{2}")


@pytest.mark.parametrize("language", ["ur", "ps"])
def test_a_time_on_a_page_that_runs_from_the_right_is_one_run_from_the_left(language: str) -> None:
    for path in (address("session"), "/exercise/sitrep/", f"/exercise/cases/{next(iter(CASES.values()))}/"):
        page = re.sub(r"<(head|svg)\b.*?</\1>", "", text(path, "mediator-1", language), flags=re.S)
        whole = re.sub(r'<time [^>]*dir="ltr">[^<]*</time>|<bdi class="run" dir="ltr">[^<]*</bdi>', "", page)
        assert len(TORN.findall(page)) > 3
        assert TORN.findall(whole) == [], path
    lines = re.search(r'<ol class="minutes">(.*?)</ol>', text(address("session"), "mediator-1", language), re.S)
    assert lines
    assert re.findall(r"<li>(?!<bdi|\u2068)", lines[1]) == []
    assert "<li><bdi>" not in lines[1]


def test_what_would_be_adopted_has_its_hash() -> None:
    path = address("talks", "adopted/1.json")
    answer = signed_in("liaison-2").get(path, {"version": "next-1"})
    sha256 = hashlib.sha256(answer.content).hexdigest()
    assert answer["Content-Disposition"] == f'attachment; filename="EXERCISE-agreement-{sha256[:12]}.json"'
    assert json.loads(answer.content)["version"] == "next-1"
    assert text(f"{address('talks')}?version=next-1", "liaison-1").count(sha256) == 1
    assert [signed_in(person).get(path).status_code for person in ("", "analyst")] == [404, 404]
    assert signed_in("liaison-1").get(address("talks", "adopted/2.json")).status_code == 404


def test_a_text_is_compared_with_the_findings_that_were_signed() -> None:
    """What is signed and not yet published is known to both sides and the mechanism; to the public it matches nothing."""
    findings = queries.all_cases(kept.desk("exercise")).findings.values()
    finding = next(row for row in findings if row.in_force is not None)
    words = matching.text_of(finding).decode()
    for person in EVERYBODY:
        for language in ("en", "ur", "ps"):
            told = html.unescape(
                signed_in(person, language)
                .post("/exercise/affairs/communique/check/", {"text": words})
                .content.decode()
            )
            known = "finding" if person in INSIDE else "none"
            assert say(f"communique_check.{known}", language) in told, (person, language)


@pytest.mark.parametrize("person", EVERYBODY)
def test_anybody_compares_a_published_text(person: str) -> None:
    def answer(words: str) -> int:
        told = html.unescape(
            signed_in(person).post("/exercise/affairs/communique/check/", {"text": words}).content.decode()
        )
        hows = ("bytes", "spacing", "untitled", "none")
        return next((n for n, how in enumerate(hows) if say(f"communique_check.{how}", "en") in told), -1)

    title = communiques.title(communiques.JOINT, "en")
    words = (f"{title}\n{ISSUED}", f"{title} {ISSUED}", ISSUED, f"{ISSUED} More.", "")
    assert [answer(one) for one in words] == [0, 1, 2, 3, -1]


def test_an_issued_text_is_printed_with_its_hash() -> None:
    title = communiques.title(communiques.JOINT, "en")
    sha256 = hashlib.sha256(f"{title}\n{ISSUED}".encode()).hexdigest()
    assert [text(address("communique", "paper/"), "", language).count(sha256) for language in SPOKEN] == [1, 1, 1]


def test_a_case_says_whose_turn_it_is() -> None:
    for language in SPOKEN:
        for sid in CASES.values():
            told = text(f"/exercise/cases/{sid}/", "liaison-1", language)
            assert told.count(say("turn.title", language)) == 1


def test_the_desk_lists_what_is_due_from_everybody_once() -> None:
    rows = [re.findall(r'<tr><td><time datetime="([^"]*)', text("/exercise/desk/", person)) for person in INSIDE[:2]]
    assert rows[0] == rows[1] == sorted(rows[0])
    assert rows[0] != []


def test_the_command_line_prints_the_same_table(capsys: pytest.CaptureFixture[str]) -> None:
    door = kept.door(kept.desk("exercise"), "liaison", "party-1", "liaison/1")
    assert (acting._list(door, "call", "en"), acting._thing(door, SIDS["session"], "en")) == (0, 0)
    told = capsys.readouterr().out
    assert [line for line in told.splitlines() if line.startswith("Party 1 to Party 2 |")] == [
        "Party 1 to Party 2 | 0 | 0 | 0 | 1 | 0 | 0"
    ]
    assert told.count("The session was opened.") == 1


def _queries(path: str) -> int:
    reader = signed_in("liaison-2")
    reader.get(path)
    with CaptureQueriesContext(connections["exercise"]) as found:
        assert reader.get(path).status_code == 200
    return len(found)


def test_a_list_costs_the_same_queries_at_many_objects() -> None:
    paths = ["/exercise/affairs/call/", "/exercise/affairs/crossing/", address("talks"), "/exercise/desk/"]
    before = [_queries(path) for path in paths]
    for number in range(29):
        given = {"caller": "party-1", "called": "party-2", "call_answered": "yes"}
        send("liaison-1", "call.log", "", {**given, **affairs_played.SPAN})
        draft = {"title": f"EXERCISE. {number}", "language": "en", "draft_clauses": f"[P-01]\nEXERCISE. {number}."}
        send("liaison-1", "draft.table", SIDS["talks"], draft)
        if number < 6:
            send("secretariat", "crossing.list", "", {"crossing_id": f"crossing-{number + 1}"})
    assert [_queries(path) for path in paths] == before


COMPLAINT = {
    "provision": "P-05", "act": "A1", "start": "2026-01-05T01:00", "zone": "PKT", "precision": "minute",
    "toponym": "An invented post", "language": "en", "account": "EXERCISE. Nothing of this happened.",
}  # fmt: skip


def test_a_complaint_names_several_provisions_and_asks_questions_of_fact() -> None:
    path = "/exercise/complaints/new/"
    lacking = signed_in("liaison-1").post(path, COMPLAINT | {"further": ["P-02"]})
    assert lacking.status_code == 409  # no act of it was named
    strange = signed_in("liaison-1").post(path, COMPLAINT | {"questions": ["who_is_right"]})
    assert strange.status_code == 422
    more = {"further": ["P-02", "P-05"], "further_acts": ["C1", "A1"], "questions": ["occurred"]}
    answer = signed_in("liaison-1").post(path, COMPLAINT | more)
    sid = re.search(r"/cases/([A-Za-z0-9_-]{43})/", answer["Location"])[1]  # type: ignore[index]
    opened = queries.all_cases(kept.desk("exercise")).cases[sid].opened
    assert [(row.provision, row.code, row.question) for row in opened.issues] == [
        ("P-05", "A1", ""), ("P-02", "C1", ""), ("P-05", "A1", "occurred"),
    ]  # fmt: skip
