"""Two reports weighed against each other: on the page and in the command, for those who may read both, and in their words."""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.store import kept
from tiga.cli import incidents as command
from tiga.fusion import explain
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import marking
from tiga.store import opening
from tiga.store.desk import Desk
from tiga.values.words import say

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@pytest.fixture(scope="module")
def taken_in(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "press", "exercise"):
        kept.receive(kept.lay("press"), "press-reports.csv", kept.sample("press-reports.csv"))
        desk = kept.lay("exercise")
        kept.receive(desk, "exercise-reports.csv", kept.sample("exercise-reports.csv"))
        yield


@pytest.fixture
def press(taken_in: None) -> Iterator[Desk]:
    opening.forget()
    yield kept.desk("press")
    opening.forget()


def page(path: str, language: str = "en", status: int = 200) -> str:
    client = Client()
    client.cookies["tiga_language"] = language
    answer = client.get(path)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def both(desk: Desk) -> tuple[str, str, str]:
    """Two claims of one happening, and one of another."""
    rows = kept.door(desk).happenings()
    home = next(row for row in rows if len(row.claims) > 1)
    other = next(row for row in rows if row.id != home.id)
    return home.claims[0].claim_id, home.claims[1].claim_id, other.claims[0].claim_id


def printed(desk: Desk, capsys: pytest.CaptureFixture[str], *words: str, language: str = "en") -> tuple[int, str, str]:
    """Exit code and what is printed by `tiga incident why`, for the public."""
    code = command.why(kept.door(desk), words[0], words[1] if len(words) > 1 else "", language)
    out, err = capsys.readouterr()
    return code, " ".join(out.split()), " ".join(err.split())


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_the_page_tells_every_reason_of_any_two_reports(press: Desk, language: str) -> None:
    one, two, three = both(press)
    for left, right, heading in ((one, two, "compare.together"), (one, three, "compare.apart")):
        told = page(f"/press/matches/?left={left}&right={right}".replace("#", "~"), language)
        pair, _ = kept.door(press).compared(left, right) or pytest.fail("nothing compared")
        plain = told.translate(str.maketrans("", "", "\u2066\u2067\u2068\u2069"))
        assert say(heading, language) in told
        assert told.count('class="weight ') == len(pair.match.weights) > 3
        for one_weight in pair.match.weights:
            words = explain.in_words(one_weight.code, one_weight.values, language)
            assert words.translate(str.maketrans("", "", "\u2066\u2067\u2068\u2069")) in plain


def test_what_is_not_there_and_one_report_twice_are_said(press: Desk) -> None:
    one, _, _ = both(press)
    name = one.replace("#", "~")
    assert say("compare.same") in page(f"/press/matches/?left={name}&right={name}")
    assert say("compare.absent") in page(f"/press/matches/?left={name}&right={'A' * 43}", status=422)
    assert say("compare.absent") in page(f"/press/matches/?left={name}&right=<script>", status=422)
    assert b"<script>alert" not in Client().get(f"/press/matches/?left={name}&right=<script>alert").content
    assert 'class="weight ' not in page("/press/matches/")


def test_a_report_kept_for_the_parties_is_compared_for_them_alone(taken_in: None) -> None:
    opening.forget()
    desk = kept.desk("exercise")
    rows = kept.door(desk, "secretariat").happenings()
    kept_back = [view.sid for row in rows for view in row.reports if view.level == "R1"][:2]
    assert len(kept_back) == 2
    left, right = kept_back
    told = page(f"/exercise/matches/?left={left}&right={right}", status=422)
    assert say("compare.absent") in told
    assert [sid for sid in kept_back if f'"{sid}"' in told.replace(f'value="{sid}" list', "")] == []
    assert kept.door(desk, "secretariat").compared(left, right) is not None


def test_the_incident_page_tells_the_best_other_incident(press: Desk) -> None:
    door = kept.door(press)
    found = [(row, rival) for row in door.happenings() if (rival := door.why(row)[1]) is not None]
    assert len(found) > 3
    for row, rival in found[:4]:
        told = page(f"/press/incidents/{row.url_id}/")
        assert [line for line in explain.why_not(rival) if line not in told] == []
        assert door.happening(rival.group_id).number in told.partition(say("incident.why_not"))[2]


def test_a_persons_word_is_told_as_what_keeps_apart(press: Desk) -> None:
    one, two, _ = both(press)
    by, now = kept.actor(press, "monitor/1"), press.now(kept.LATER)
    done = press.act(("matches",), lambda s: marking.decide_match(s, one, two, False, "Two places.", by, now), by)
    assert not isinstance(done, Refusal)
    pair, homes = kept.door(press).compared(one, two) or pytest.fail("nothing compared")
    assert (pair.inside, homes[0].id == homes[1].id) == (False, False)
    _, rival = kept.door(press).why(homes[0])
    assert rival is not None
    assert "Two places." in page(f"/press/matches/?left={one}&right={two}".replace("#", "~"))


def test_the_command_tells_what_the_page_tells(press: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, three = both(press)
    code, out, _ = printed(press, capsys, one, two)
    assert code == 0
    assert out.startswith(say("compare.together"))
    pair, _ = kept.door(press).compared(one, two) or pytest.fail("nothing compared")
    lines = [
        " ".join(line.split()).translate(str.maketrans("", "", "\u2068\u2069")) for line in explain.why(pair.match)
    ]
    assert [line for line in lines if line not in out] == []
    assert printed(press, capsys, one, three)[1].startswith(say("compare.apart"))
    code, out, _ = printed(press, capsys, one)
    assert (code, out.count(say("incident.why_not"))) == (0, 1)
    assert printed(press, capsys, one, "nothing")[0] == 2
    assert printed(press, capsys, one, one)[::2] == (2, say("compare.same"))
    assert printed(press, capsys, one, two, language="ps")[1].startswith(say("compare.together", "ps"))
