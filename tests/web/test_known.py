"""What is known of an incident, and how surely: on the page, in the command, and never from what a reader may not see."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from django.test import Client

from tests.store import kept
from tests.stories import telling
from tests.stories.telling import EVERYBODY, Tale, account, dead
from tests.web.people import enrol
from tiga.cli import incidents as command
from tiga.drafts import FieldReport
from tiga.mechanism.deciders import grouping
from tiga.store import opening
from tiga.values.words import SPOKEN, say
from tiga.web import knowing
from tiga.web.knowing import Known

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

WIRE = "Wire Service (invented)"
TEXT = "EXERCISE. Shots were heard near the invented post for an hour, said people who were not named."
OTHER = "EXERCISE. Across the invented valley a bridge was closed all of the night because of shooting near it."
SIDES = ("party-1", "party-2")


def _media(name: str, **more: object) -> FieldReport:
    plain = {"channel": "media", "source": f"{name} (invented)", "origin": "", "reporter": "", "release": "R0"}
    return account(name, "2026-01-04T12:00", ("H1",), **plain | more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Story:
    tale: Tale
    many: str
    parties: str
    hidden: str
    before: dict[str, Known | None]


def _many(tale: Tale) -> str:
    """Six reports by six publishers, three origins: a wire that three quote, one text under two mastheads, the monitors."""
    drawn = (
        _media("Gazette", account=TEXT), _media("Herald", account=TEXT), _media("Courier", origin=WIRE, account=OTHER),
        _media("Post", origin=WIRE, actor="party-1", harm=dead(2, 5)), _media("Mirror", origin=WIRE, harm=dead(1)),
        account("seen", "2026-01-04T12:10", ("H1",), release="R0", actor="party-1", reliability="B", credibility="2"),
    )  # fmt: skip
    return tale.group(*(tale.file("monitor", one) for one in drawn))


def _parties(tale: Tale) -> str:
    pairs = zip(SIDES, reversed(SIDES), strict=True)
    drawn = [
        account(f"word of {one}", "2026-01-09T03:00", ("H1",), one, actor=other, reliability="A", credibility="1")
        for one, other in pairs
    ]
    return tale.group(*(tale.file(f"liaison-{number}", one) for number, one in enumerate(drawn, 1)))


def _seen(tale: Tale, sid: str, language: str = "en") -> dict[str, Known | None]:
    """What each reader is told of an incident; nothing where there is none for that reader."""
    found = {}
    for who in EVERYBODY:
        door = tale.door(who)
        rows = [row for row in door.happenings() if row.id == sid]
        found[who] = knowing.known(door, rows[0], language) if rows else None
    return found


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: object) -> Iterator[Story]:
    """A report that party 2 alone and the mediators' side may see is linked last: it names the other party."""
    with telling.told(django_db_blocker) as tale:
        many, parties = _many(tale), _parties(tale)
        open_one = tale.file("monitor", account("open", "2026-01-06T01:00", ("H1",)))
        hidden = tale.group(open_one, tale.file("monitor", account("again", "2026-01-06T01:20", ("H1",), source="B")))
        before = _seen(tale, hidden)
        secret = account("closed", "2026-01-06T01:10", ("A1",), "party-2", actor="party-1", release="R2")
        late = tale.file("liaison-2", secret)
        tale.act(
            "secretariat", (f"incident:{hidden}", f"report:{late}"),
            lambda s, by, now: grouping.link(s, hidden, late, "EXERCISE. The same.", by, now),
        )  # fmt: skip
        yield Story(tale, many, parties, hidden, before)


@pytest.fixture
def tale(story: Story) -> Tale:
    kept.desk("exercise")
    return story.tale


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    opening.forget()
    enrol("exercise")
    yield
    opening.forget()


def _page(sid: str, person: str, language: str = "en") -> str:
    made = Client()
    if person:
        assert made.post("/sign-in/demo/", {"person": person}).status_code == 302
    made.cookies["tiga_language"] = language
    answer = made.get(f"/exercise/incidents/{sid}/")
    assert answer.status_code == 200, (sid, person)
    text = html.unescape(answer.content.decode())
    _, _, rest = text.partition('<section class="known"')
    return rest.partition('<section aria-labelledby="h-not"')[0]


def plain(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


def test_reports_publishers_and_origins_are_counted_apart(story: Story, tale: Tale) -> None:
    known = _seen(tale, story.many)["secretariat"]
    assert known is not None
    assert (known.chain, known.contradictory) == ((6, 6, 3, 3), False)
    (copy,) = (plain(row) for row in known.copies)
    assert (copy.count("Gazette"), copy.count("Herald"), copy.partition(": ")[2]) == (1, 1, "the same text")
    assert [(row.name, row.source_class, row.reports) for row in known.heard] == [
        ("Gazette (invented)", "Press", 2), ("Team Centre (invented)", "Monitors", 1), (WIRE, "Press", 3),
    ]  # fmt: skip


def test_three_answers_and_the_numbers_behind_them(story: Story, tale: Tale) -> None:
    known = _seen(tale, story.many)["secretariat"]
    assert known is not None
    assert [(row.question, len(row.rows), bool(row.bars)) for row in known.answers] == [
        ("happened", 1, True), ("what", 1, True), ("who", 1, True),
    ]  # fmt: skip
    assert plain(known.answers[2].rows[0]) == (
        "By the reports, if it happened, that it was the act of Party 1 reads as: clear and convincing"
    )
    names = [bar.name for bar in known.answers[2].bars]
    assert (sorted(names[:2]), names[-1]) == (["Party 1", "Party 2"], say("known.unknown"))
    assert all(1 <= bar.value <= 99 for row in known.answers for bar in row.bars)


def test_what_hangs_on_one_origin_is_said(story: Story, tale: Tale) -> None:
    known = _seen(tale, story.many)["secretariat"]
    assert known is not None
    assert [row.name for row in known.decisive] == ["Team Centre (invented)", WIRE]
    assert len(known.without) == 3


def test_a_grade_has_its_author_and_a_partys_own_is_none(story: Story, tale: Tale) -> None:
    many, parties = (_seen(tale, sid)["secretariat"] for sid in (story.many, story.parties))
    assert many is not None and parties is not None
    (grade,) = many.grades
    assert "Graded B2 by monitor/1" in plain(grade)
    assert (parties.grades, parties.unsupported) == ((), "")


def test_only_the_parties_contradictory_is_a_state_of_its_own(story: Story, tale: Tale) -> None:
    told = [_seen(tale, story.parties)[who] for who in ("liaison-1", "liaison-2", "secretariat")]
    for known in told:
        assert known is not None
        assert (known.contradictory, known.answers[2].bars) == (True, ())
        assert [plain(row) for row in known.answers[2].rows] == [say("posterior.only_parties")]
    assert _seen(tale, story.parties)["public"] is None


def test_what_a_reader_may_not_see_changes_nothing_for_that_reader(story: Story, tale: Tale) -> None:
    after = _seen(tale, story.hidden)
    same = {who for who in EVERYBODY if after[who] == story.before[who]}
    assert same == {"liaison-1", "monitor", "public", "analyst"}
    assert (after["public"], after["analyst"]) == (None, None)
    assert all(after[who] is not None for who in ("liaison-1", "monitor"))


def test_the_public_is_told_of_what_is_public_as_the_others_are(story: Story, tale: Tale) -> None:
    found = _seen(tale, story.many)
    assert found["public"] is not None
    rest = {who: replace(known, grades=()) for who, known in found.items() if known is not None}
    assert [who for who in EVERYBODY if rest.get(who) != rest["public"]] == []


def test_who_graded_is_told_to_those_who_may_know_who_filed(story: Story, tale: Tale) -> None:
    found = _seen(tale, story.many)
    told = {who: [plain(row).partition("Graded ")[2] for row in known.grades] for who, known in found.items() if known}
    openly = {who for who, rows in told.items() if rows == ["B2 by monitor/1 on 2026-01-05"]}
    sealed = {who for who, rows in told.items() if rows == [f"B2 by {say('known.filer_sealed')} on 2026-01-05"]}
    assert (openly, sealed) == ({"mediator-1", "mediator-2", "secretariat"}, set(EVERYBODY) - openly)


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("person", ["", "liaison-1", "liaison-2", "monitor"])
def test_the_page_has_the_answers_and_what_they_do_not_say(story: Story, person: str, language: str) -> None:
    kept.desk("exercise")
    told = _page(story.many, person, language)
    said = [
        say(f"known.{code}", language) for code in ("heading", "about", "happened", "what", "who", *command.NOT_SAID)
    ]
    assert [text for text in said if told.count(text) < 1] == []
    assert told.count("<meter") == sum(len(row.bars) for row in _seen(story.tale, story.many)["public"].answers)  # type: ignore[union-attr]
    assert told.count("<details") == 5


@pytest.mark.parametrize("person", ["liaison-1", "liaison-2"])
def test_the_page_of_contradicting_parties_names_the_state(story: Story, person: str) -> None:
    kept.desk("exercise")
    told = _page(story.parties, person)
    assert (told.count(say("known.contradictory")), told.count(say("known.withheld"))) == (1, 0)


def test_nothing_is_read_where_no_report_stands(story: Story, tale: Tale) -> None:
    door = tale.door("secretariat")
    (found,) = [row for row in door.happenings() if row.id == story.many]
    gone = replace(found, reports=tuple(replace(view, withdrawn="EXERCISE. Taken back.") for view in found.reports))
    assert (knowing.read(door, gone), knowing.known(door, gone, "en")) == (None, None)
    assert gone.standing.reports == 6


def test_nobody_is_named_on_a_record_of_press_claims(story: Story, tale: Tale) -> None:
    door = tale.door("secretariat")
    (found,) = [row for row in door.happenings() if row.id == story.many]
    door.__dict__["roster"] = replace(door.roster, scope="press")
    known = knowing.known(door, found, "en")
    assert known is not None
    assert (known.answers[2].rows, known.answers[2].bars) == ((say("known.withheld"),), ())
    assert [row for left in known.without for row in left.rows if "the act of" in row] == []


@pytest.mark.parametrize("language", SPOKEN)
def test_the_command_prints_what_the_page_tells(
    story: Story, tale: Tale, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    door = tale.door("monitor")
    (found,) = [row for row in door.happenings() if row.id == story.many]
    assert [command.show(door, name, language, True) for name in (found.number, found.id)] == [0, 0]
    out = " ".join(capsys.readouterr().out.split())
    known = knowing.known(door, found, language)
    assert known is not None
    rows = [row for answer in known.answers for row in answer.rows]
    told = [" ".join(command.plain(row, language).split()) for row in rows]
    assert [row for row in told if out.count(row) < 2] == []
    assert command._list(door, language) == 0
    assert capsys.readouterr().out.count(story.many) == 1


def test_the_command_knows_no_more_than_its_reader(
    story: Story, tale: Tale, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.show(tale.door("public"), story.parties, "en", False) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count(story.parties)) == ("", 1)
