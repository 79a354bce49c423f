"""The report's page and the command: who is offered to grade, what each reader gets of grades, what is read of them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.store import filed, kept
from tests.stories import telling
from tests.stories.telling import EVERYBODY, Tale, account
from tiga.cli import acting
from tiga.cli import incidents as command
from tiga.drafts import FieldReport
from tiga.mechanism import grades
from tiga.store import opening, sealing
from tiga.store.desk import Done
from tiga.values.words import SPOKEN, say
from tiga.web import knowing
from tiga.web.models import Membership
from tiga.web.readers import DEMO_PEOPLE

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

SIDES = ("liaison-1", "liaison-2", "mediator-1", "mediator-2", "secretariat", "monitor")
GRADERS = ("mediator-1", "mediator-2", "secretariat", "monitor")
WORD, SECRET = "EXERCISE. marble: their number was right before.", "EXERCISE. obsidian: we know the post."
As = Callable[..., Client]


def _media(name: str, **more: object) -> FieldReport:
    plain = {
        "channel": "media",
        "source": f"{name} (invented)",
        "origin": f"{name} (invented)",
        "reporter": "",
        "release": "R0",
    }
    return account(name, "2026-01-04T12:00", ("H1",), **plain | more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Story:
    """An incident of a press report and a monitor's sealed one; a party's own report by itself."""

    tale: Tale
    incident: str
    press: str
    sealed: str
    party: str


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    with telling.told(django_db_blocker) as tale:
        press = tale.file("secretariat", _media("Gazette", reliability="C", credibility="3"))
        sealed = tale.file("monitor", account("seen", "2026-01-04T12:10", ("H1",), release="R1"))
        party = tale.file(
            "liaison-1", account("word", "2026-01-09T03:00", ("H1",), "party-1", reliability="A", credibility="1")
        )
        yield Story(tale, tale.group(press, sealed), press, sealed, party)


@pytest.fixture(scope="module")
def press(django_db_setup: None, django_db_blocker: object, story: Story) -> Iterator[tuple[str, str]]:
    """A press claim and a monitor's sealed report on a record of press claims, where filings wait for their batch."""
    with kept.filled(django_db_blocker, "press"):
        desk, clock = kept.lay("press"), filed.Clock(kept.STARTS["press"].ms)
        claim = filed.file(desk, filed.drawn("claim", "A claim (invented).", "media", "R0"), clock(), "secretariat/1")
        assert isinstance(claim, Done)
        sealed = filed.sealed(desk, filed.drawn("seen", "Invented.", release="R1"), clock())
        yield claim.receipt.sid, sealed.sid


@pytest.fixture
def tale(story: Story) -> Tale:
    kept.desk("exercise")
    return story.tale


@pytest.fixture
def read_as(story: Story) -> Iterator[As]:
    """Gives a client signed in as one of the demo's people, in a language; `public` is not signed in."""
    opening.forget()
    for person, places in DEMO_PEOPLE.items():
        user = get_user_model().objects.create(username=person)
        for record, (role, component, own) in places.items():
            slug = "mediator/1" if person == "mediator-1" else own
            key = f"tiga.example/{record}/{slug}" if slug else ""
            Membership.objects.create(user=user, record=record, role=role, component=component, key=key)

    def client_for(person: str, language: str = "en") -> Client:
        made = Client()
        if person not in ("public", ""):
            assert made.post("/sign-in/demo/", {"person": person}).status_code == 302
        made.cookies["tiga_language"] = language
        return made

    yield client_for
    opening.forget()


def page(client: Client, path: str, status: int = 200, record: str = "exercise") -> str:
    answer = client.get(f"/{record}/{path}")
    assert answer.status_code == status, path
    return plain(html.unescape(answer.content.decode()))


def plain(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


def part(text: str) -> str:
    """The part of the report's page that tells of grades."""
    return text.partition('<section aria-labelledby="h-grades">')[2].partition("</section>")[0]


def enter(tale: Tale, who: str, report: str, letter: str = "B", digit: str = "2", reason: str = WORD) -> str:
    door = tale.door(who)
    door.entropy = tale.stage.entropy
    with tale.desk.drawing(tale.stage.entropy):
        result = door.grading.enter(report, letter, digit, reason)
    assert isinstance(result, Done), result
    return result.receipt.sid


def send(client: Client, sid: str, record: str = "exercise", **given: str) -> tuple[int, str]:
    answer = client.post(f"/{record}/reports/{sid}/grade/", given, follow=True)
    return answer.status_code, plain(html.unescape(answer.content.decode()))


# ---- the page


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("person", EVERYBODY)
def test_the_form_is_offered_to_who_may_grade_with_every_word_of_the_scale(
    story: Story, read_as: As, person: str, language: str
) -> None:
    text = part(page(read_as(person, language), f"reports/{story.press}/"))
    may = person in GRADERS and person != "secretariat"  # the secretariat filed it
    scale = [*(f"reliability.{one}" for one in grades.LETTERS), *(f"credibility.{one}" for one in grades.DIGITS)]
    assert [code for code in scale if say(code, language) in text] == (scale if may else [])
    assert text.count('type="radio"') == (len(scale) + 2 if may else 0)
    assert text.count("<fieldset") == text.count("<legend>") == (2 if may else 0)
    labels = re.findall(r'<label for="([^"]+)"', text)
    ids = re.findall(r'<input[^>]* id="([^"]+)"', text) if may else []
    assert sorted(labels) == sorted(ids)
    assert (say("grades.heading", language) in text) is True


@pytest.mark.parametrize("language", ["ur", "ps"])
def test_the_page_reads_from_right_to_left(story: Story, read_as: As, language: str) -> None:
    text = page(read_as("monitor", language), f"reports/{story.press}/")
    assert f'<html lang="{language}" dir="rtl"' in text
    assert f"<bdi>A</bdi> – {say('reliability.A', language)}" in text
    raw = html.unescape(read_as("monitor", language).get(f"/exercise/reports/{story.press}/").content.decode())
    assert raw.count("\u2068C3\u2069") == 1  # one run from left to right, letter first


def test_nobody_is_offered_to_grade_a_report_of_their_own(story: Story, read_as: As) -> None:
    offered = {
        (who, name) for who in GRADERS for name in ("press", "sealed", "party")
        if 'type="radio"' in page(read_as(who), f"reports/{getattr(story, name)}/")
    }  # fmt: skip
    everything = {(who, name) for who in GRADERS for name in ("press", "sealed", "party")}
    assert everything - offered == {("secretariat", "press"), ("monitor", "sealed")}


def test_a_grade_goes_in_by_the_form_is_listed_and_is_taken_back(story: Story, read_as: As) -> None:
    client = read_as("monitor")
    status, told = send(client, story.press, reliability="B", credibility="", reason=WORD)
    assert (status, part(told).count(WORD), "<s>" in part(told)) == (200, 1, False)
    assert "B–" in re.sub(r"<[^>]+>", "", part(told))
    (sid,) = re.findall(r'name="grade" value="([^"]+)"', part(told))
    other = part(page(read_as("mediator-2"), f"reports/{story.press}/"))
    assert (other.count(WORD), other.count('name="grade"')) == (1, 0)
    again = client.post(f"/exercise/reports/{story.press}/grade/withdraw/", {"grade": sid}, follow=True)
    text = part(plain(html.unescape(again.content.decode())))
    assert again.status_code == 200
    assert (text.count("<s>"), text.count(say("grade_state.withdrawn")), text.count('name="grade"')) == (1, 1, 0)
    assert re.sub(r"<[^>]+>", "", text.partition("<s>")[2].partition("</s>")[0]) == f"B– · monitor/1 · {WORD}"


def test_a_later_grade_replaces_the_one_before_it_and_both_are_shown(story: Story, read_as: As) -> None:
    client = read_as("monitor")
    send(client, story.press, reliability="B", credibility="2", reason=WORD)
    _, told = send(client, story.press, reliability="D", credibility="4", reason=WORD)
    text = part(told)
    assert (text.count(WORD), text.count("<s>"), text.count(say("grade_state.replaced"))) == (2, 1, 1)


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"reliability": "", "credibility": "", "reason": "R."}, 409, "refusal.grade_empty.text"),
        ({"reliability": "B", "credibility": "2", "reason": " "}, 422, "form.required"),
        ({"reliability": "G", "credibility": "2", "reason": "R."}, 422, "form.choice"),
        ({"reliability": "B", "credibility": "2", "reason": "x" * 401}, 422, "form.too_long"),
        ({"credibility": "6", "reason": ""}, 422, "form.required"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(
    story: Story, read_as: As, given: dict[str, str], status: int, said: str
) -> None:
    before = story.tale.desk.ledger.size()
    got, text = send(read_as("monitor"), story.press, **given)
    assert (got, story.tale.desk.ledger.size()) == (status, before)
    assert say(said) in text
    if given.get("reliability") == "B":
        assert 'value="B" checked' in text


@pytest.mark.parametrize("person", ["liaison-1", "analyst", "public"])
def test_who_may_not_grade_is_refused_by_the_mechanism(story: Story, read_as: As, person: str) -> None:
    status, text = send(read_as(person), story.press, reliability="B", credibility="2", reason="R.")
    codes = {
        "liaison-1": "refusal.role.text",
        "analyst": "refusal.not_signed_in.text",
        "public": "refusal.not_signed_in.text",
    }
    roles = {"needed": say("role.monitor"), "role": say("role.liaison")} if person == "liaison-1" else {}
    assert status == 409
    assert plain(say(codes[person], "en", **roles)) in text


def test_a_grade_of_what_may_not_be_seen_is_a_page_that_is_not_there(story: Story, read_as: As) -> None:
    hidden = story.tale.file("secretariat", account("hidden", "2026-01-06T01:00", ("H1",), release="R3"))
    client = read_as("monitor")
    given = {"reliability": "B", "credibility": "2", "reason": "R."}
    found = {sid: send(client, sid, **given) for sid in (hidden, "x" * 43)}
    assert [status for status, _ in found.values()] == [404, 404]
    taken = [client.post(f"/exercise/reports/{sid}/grade/withdraw/", {"grade": sid}).status_code for sid in found]
    assert taken == [404, 404]


# ---- a record of press claims, where time is real


def test_a_press_claim_is_graded_too_and_the_public_gets_nothing_of_it(press: tuple[str, str], read_as: As) -> None:
    claim, _ = press
    status, told = send(read_as("monitor"), claim, "press", reliability="D", credibility="4", reason=WORD)
    assert (status, part(told).count(WORD)) == (200, 1)
    texts = {who: page(read_as(who), f"reports/{claim}/", record="press") for who in (*SIDES, "analyst", "public")}
    assert {who for who, text in texts.items() if WORD in text} == {*GRADERS}
    assert {who for who, text in texts.items() if 'type="radio"' in text} == {*GRADERS} - {"secretariat"}


def test_a_grade_of_a_sealed_report_waits_for_its_batch(
    press: tuple[str, str], read_as: As, capsys: pytest.CaptureFixture[str]
) -> None:
    _, sealed = press
    client = read_as("mediator-2")
    assert say("grades.sealed") in page(client, f"reports/{sealed}/", record="press")
    status, told = send(client, sealed, "press", reliability="", credibility="2", reason=SECRET)
    assert (status, say("filing_page.title") in told, say("filing_page.waits") in told) == (200, True, True)
    door = kept.door(kept.desk("press"), "monitor", "", "monitor/1")
    given = [f"report={press[0]}", "reliability=B", "reason=R."]
    assert acting._do(door, acting._known()["report.grade"], given, "en") == 0
    capsys.readouterr()
    door = kept.door(kept.desk("press"), "mediator", "doha", "mediator/2")
    assert acting._do(door, acting._known()["report.grade"], [f"report={sealed}", *given[1:]], "en") == 0
    out = capsys.readouterr().out
    (row,) = [row for row in sealing.waiting(door.desk) if row[0] in out]
    assert plain(say("cli.act.waits", "en", filing=row[0], due=row[1].text())) == out.strip()


# ---- who sees what


def test_what_a_party_and_the_public_get_of_grades(story: Story, read_as: As) -> None:
    """An open report's grade is the parties' too; a sealed report's is the mediators' side's, word, author and count."""
    enter(story.tale, "mediator-2", story.press, "E", "5", WORD)
    enter(story.tale, "mediator-2", story.sealed, "E", "5", SECRET)
    found: dict[str, set[str]] = {"open": set(), "sealed": set(), "none": set()}
    for who in EVERYBODY:
        client = read_as(who)
        texts = [page(client, f"reports/{story.press}/"), page(client, "record/")]
        if who in SIDES:
            texts += [page(client, f"incidents/{story.incident}/"), page(client, f"reports/{story.sealed}/")]
            found["none"] |= {who} if say("grades.none") in part(texts[-1]) else set()
        found["open"] |= {who} if any(WORD in text for text in texts) else set()
        found["sealed"] |= {who} if any(SECRET in text for text in texts) else set()
    assert found == {
        "open": set(SIDES), "sealed": {"mediator-1", "mediator-2", "secretariat"},
        "none": {"liaison-1", "liaison-2", "monitor"},
    }  # fmt: skip


def test_a_grade_that_is_hidden_changes_nothing_for_whoever_may_not_see_it(story: Story, tale: Tale) -> None:
    def told() -> dict[str, object]:
        doors = {who: tale.door(who) for who in SIDES}
        return {
            who: knowing.known(door, next(row for row in door.happenings() if row.id == story.incident), "en")
            for who, door in doors.items()
        }

    before = told()
    enter(tale, "mediator-2", story.sealed, "E", "5", SECRET)
    after = told()
    assert {who for who in SIDES if after[who] != before[who]} == {"mediator-1", "mediator-2", "secretariat"}


def test_the_public_is_told_the_filers_word_alone(story: Story, read_as: As) -> None:
    enter(story.tale, "monitor", story.press)
    text = part(page(read_as("public"), f"reports/{story.press}/"))
    assert ("Graded C3 by secretariat/1" in text, WORD in text, say("grades.filer_word") in text) == (True, False, True)
    liaison = part(page(read_as("liaison-2"), f"reports/{story.party}/"))
    assert (say("grades.party_word") in liaison, "Graded A1" in liaison) == (True, True)


def test_the_incident_leads_to_the_grades_of_its_reports(story: Story, read_as: As) -> None:
    links = {
        who: page(read_as(who), f"incidents/{story.incident}/").count(f"/reports/{story.press}/#h-grades")
        for who in ("liaison-1", "monitor", "secretariat")
    }
    assert links == {"liaison-1": 1, "monitor": 1, "secretariat": 1}


# ---- what is read of them


def known(tale: Tale, sid: str, who: str = "secretariat") -> knowing.Known:
    door = tale.door(who)
    (found,) = [row for row in door.happenings() if row.id == sid]
    told = knowing.known(door, found, "en")
    assert told is not None
    return told


def judged(tale: Tale, sid: str, who: str = "secretariat") -> set[tuple[str, str, str]]:
    """Report, letter and digit of what is read of grades."""
    door = tale.door(who)
    (found,) = [row for row in door.happenings() if row.id == sid]
    rows = knowing.setting(door.agreement, found, door.grading.counting(found.reports)).judgements
    names = {view.sid: name for view in found.reports for name in ("press", "sealed")
             if view.report.report_id == {"press": "Gazette", "sealed": "seen"}[name]}  # fmt: skip
    return {(names[row.claim_id.partition("#")[0]], row.reliability, row.credibility) for row in rows}


def test_the_acts_are_read_after_the_filers_word_and_letter_and_digit_apart(story: Story, tale: Tale) -> None:
    assert judged(tale, story.incident) == {("press", "C", "3")}
    first = enter(tale, "monitor", story.press, "E", "")
    assert judged(tale, story.incident) == {("press", "E", "3")}
    enter(tale, "mediator-1", story.press, "", "1")
    assert judged(tale, story.incident) == {("press", "E", "1")}
    tale.door("monitor").grading.withdraw(story.press, first)
    assert judged(tale, story.incident) == {("press", "C", "1")}
    enter(tale, "mediator-1", story.press, "F", "6")
    assert judged(tale, story.incident) == set()
    enter(tale, "mediator-1", story.sealed, "B", "")
    assert judged(tale, story.incident) == {("sealed", "B", "")}


def test_what_cannot_be_judged_weighs_nothing(story: Story, tale: Tale) -> None:
    plainly = [(bar.name, bar.value) for row in known(tale, story.incident).answers for bar in row.bars]
    enter(tale, "monitor", story.press, "F", "6")
    left = known(tale, story.incident)
    neutral = replace(left, grades=())
    enter(tale, "mediator-1", story.press, "B", "3")  # a usual source of no particular credibility: the table's middle
    assert replace(known(tale, story.incident), grades=()).answers == neutral.answers
    assert plainly != []


def test_a_bad_grade_lowers_what_is_read_and_a_withdrawn_one_does_not(story: Story, tale: Tale) -> None:
    def happened() -> int:
        return known(tale, story.incident).answers[0].bars[0].value

    before = happened()
    sid = enter(tale, "monitor", story.press, "E", "5")
    assert happened() < before
    tale.door("monitor").grading.withdraw(story.press, sid)
    assert happened() == before


def test_grades_are_listed_with_author_date_and_reason(story: Story, tale: Tale) -> None:
    enter(tale, "monitor", story.press, "B", "2")
    taken = enter(tale, "mediator-1", story.press, "E", "5", "EXERCISE. Gone.")
    tale.door("mediator-1").grading.withdraw(story.press, taken)
    enter(tale, "mediator-2", story.press, "A", "", "EXERCISE. First.")
    enter(tale, "mediator-2", story.press, "D", "", "EXERCISE. Then.")
    rows = [plain(row).partition(": ")[2] for row in known(tale, story.incident).grades]
    assert rows == [
        "Graded C3 by secretariat/1 on 2026-01-05",
        f"Graded B2 by monitor/1 on 2026-01-05. Reason: {WORD}",
        "Graded D– by mediator/2 on 2026-01-05. Reason: EXERCISE. Then.",
    ]


# ---- the command


def run(tale: Tale, who: str, deed: str, *given: str) -> int:
    return acting._do(tale.door(who), acting._known()[deed], list(given), "en")


def test_the_command_grades_and_takes_back(story: Story, tale: Tale, capsys: pytest.CaptureFixture[str]) -> None:
    given = (f"report={story.press}", "reliability=D", "credibility=4", f"reason={WORD}")
    assert run(tale, "monitor", "report.grade", *given) == 0
    sid = capsys.readouterr().out.split()[-1]
    assert [row.sid for row in tale.door("liaison-1").grading.of(kept.reports(tale.desk))] == [sid]
    door = tale.door("monitor")
    (found,) = [row for row in door.happenings() if row.id == story.incident]
    assert command.show(door, found.number, "en", False) == 0
    assert "Graded D4 by monitor/1" in " ".join(capsys.readouterr().out.split())
    assert run(tale, "monitor", "grade.withdraw", f"report={story.press}", f"grade={sid}") == 0
    assert [row.state for row in tale.door("liaison-1").grading.of(kept.reports(tale.desk))] == ["withdrawn"]


@pytest.mark.parametrize(
    ("who", "given", "code"),
    [
        ("liaison-1", ("reliability=B", "reason=R."), "refusal.role.text"),
        ("secretariat", ("reliability=B", "reason=R."), "refusal.own_report.text"),
        ("monitor", ("reason=R.",), "refusal.grade_empty.text"),
    ],
)
def test_the_command_names_what_is_refused(
    story: Story, tale: Tale, capsys: pytest.CaptureFixture[str], who: str, given: tuple[str, ...], code: str
) -> None:
    assert run(tale, who, "report.grade", f"report={story.press}", *given) == 1
    words = say(code, "en", needed="monitor", role="liaison") if "role" in code else say(code)
    assert plain(words) == capsys.readouterr().err.splitlines()[0]


def test_rows_follow_from_the_log(story: Story, tale: Tale) -> None:
    enter(tale, "monitor", story.press)
    sid = enter(tale, "mediator-1", story.sealed, reason=SECRET)
    tale.door("mediator-1").grading.withdraw(story.sealed, sid)
    assert kept.rebuilt_equals_live(tale.desk)
