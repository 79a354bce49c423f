"""Evidence sheets through the door: what each reader gets of a sheet unshared, shared, and with a precise point given.

The planted values are words that stand nowhere else; each is looked for in everything that a reader can get.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.store import kept, sheeted
from tests.store.sheeted import AGREE, CHECKED, GIST, LIMITS, METHOD, PLAN, POINT, SHARED, STAGES
from tiga.cli import acting
from tiga.mechanism import affairs
from tiga.mechanism.acts import Actor
from tiga.mechanism.asks import Given
from tiga.mechanism.release import Reader
from tiga.store.desk import Done
from tiga.values.shapes import to_plain
from tiga.web.access import Absent, Door

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

SEES = {
    "submitted": {"liaison-1", "mediator", "secretariat"},
    "proven": {"liaison-1", "mediator", "secretariat"},
    "shared": {"liaison-1", "liaison-2", "mediator", "secretariat", "monitor"},
    "pointed": {"liaison-1", "liaison-2", "mediator", "secretariat", "monitor"},
}
"""Who sees at each stage that there is a sheet: written out by hand, not computed."""
READS = {
    GIST: {"liaison-1", "mediator", "secretariat"}, SHARED: {"liaison-2", "mediator", "secretariat"},
    PLAN: {"liaison-2", "mediator", "secretariat"}, str(POINT): {"liaison-2", "mediator", "secretariat"},
}  # fmt: skip
"""Who reads in the end what was planted."""
SIDE = {"mediator", "secretariat"}
SAYS = {
    "submitted": {GIST: {"liaison-1"} | SIDE},
    "proven": {GIST: {"liaison-1"} | SIDE, **dict.fromkeys((CHECKED, METHOD, AGREE, SHARED, LIMITS), SIDE)},
    "shared": {
        GIST: {"liaison-1"} | SIDE, **dict.fromkeys((CHECKED, METHOD, AGREE), SIDE),
        **dict.fromkeys((SHARED, LIMITS, PLAN), {"liaison-2"} | SIDE),
    },
    "pointed": {
        GIST: {"liaison-1"} | SIDE, **dict.fromkeys((CHECKED, METHOD, AGREE), SIDE),
        **dict.fromkeys((SHARED, LIMITS, PLAN, "1.2345678, 2"), {"liaison-2"} | SIDE),
    },
}  # fmt: skip
"""Who reads which words on the sheet itself, at each stage: written out by hand."""
WORDS = (GIST, CHECKED, METHOD, AGREE, SHARED, LIMITS, PLAN, "1.2345678, 2")


@pytest.fixture(scope="module", params=STAGES)
def brought(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object
) -> Iterator[tuple[str, str]]:
    """A record with one sheet at a stage: (the stage, the sheet's sid)."""
    with kept.filled(django_db_blocker, "exercise"):
        found = sheeted.lay()
        yield request.param, sheeted.bring(found, request.param)


def _everything(door: Door, sid: str) -> str:
    """All that a reader can get of sheets: the list, the sheet, the clocks, the entries with the values released."""
    rows = [[row.sid, row.title, row.state] for row in door.affairs("sheet")]
    told: list[object] = [rows, [[row.case, number] for row, number in door.due() if row.case == sid]]
    try:
        view = door.affair("sheet", sid)
        told += [to_plain(fact) for fact in view.it.facts] + [row.idx for row in view.acts]
    except Absent:
        pass
    for index in range(door.desk.ledger.size()):
        try:
            _, entry, note, values = door.entry(index)
        except Absent:
            continue
        told += [entry.note.decode(), note.decode(), [value.value for value in values]]
    return json.dumps(told)


def test_a_sheet_is_seen_by_those_who_may(brought: tuple[str, str]) -> None:
    stage, sid = brought
    told = {who: _everything(door, sid) for who, door in kept.doors(kept.desk("exercise")).items()}
    assert {who for who, text in told.items() if sid in text} == SEES[stage]
    seen = {word: {who for who, text in told.items() if word in text} for word in READS}
    if stage == "pointed":
        assert seen == READS
    else:
        assert {word: readers - READS[word] for word, readers in seen.items() if readers - READS[word]} == {}
        assert seen[str(POINT)] == set()


def test_the_rows_made_anew_are_the_rows_that_are_there(brought: tuple[str, str]) -> None:
    assert kept.rebuilt_equals_live(kept.desk("exercise"))


def _on_the_sheet(door: Door, sid: str) -> str:
    """The facts of a sheet as its page shows them; empty where there is none for this reader."""
    try:
        view = door.affair("sheet", sid)
    except Absent:
        return ""
    assert set(view.told) <= set(view.it.facts)
    return json.dumps([fact.value for fact in view.it.facts])


def test_a_sheet_says_what_it_says_to_those_who_may_read_it(brought: tuple[str, str]) -> None:
    stage, sid = brought
    told = {who: _on_the_sheet(door, sid) for who, door in kept.doors(kept.desk("exercise")).items()}
    seen = {word: {who for who, text in told.items() if word in text} for word in WORDS}
    assert {word: readers for word, readers in seen.items() if readers} == SAYS[stage]


def test_words_that_stand_for_each_other_are_shown_once(brought: tuple[str, str]) -> None:
    _, sid = brought
    for who, door in kept.doors(kept.desk("exercise")).items():
        text = _on_the_sheet(door, sid)
        assert {word: text.count(word) for word in WORDS if text.count(word) > 1} == {}, who


def test_a_point_is_read_by_the_readers_named_and_by_no_other_officer_of_the_party(brought: tuple[str, str]) -> None:
    stage, sid = brought
    found = kept.desk("exercise")
    actor = Actor("tiga.example/exercise/liaison/2x", "liaison", "party-2")
    other = Door(found, Reader("liaison", "party-2"), actor, found.now(kept.LATER))
    everything = _everything(other, sid)
    assert (SHARED in everything) == (stage in ("shared", "pointed"))
    assert (str(POINT) in everything, "1.2345678" in everything) == (False, False)


def test_what_was_signed_is_shared_without_being_written_again(brought: tuple[str, str]) -> None:
    stage, sid = brought
    door = kept.doors(kept.desk("exercise"))["secretariat"]
    starts = door.deeds.starts(affairs.DEEDS["sheet.share"], sid)
    if stage == "submitted":
        assert starts == {}
        return
    assert {name: value for name, value in starts.items() if value} == sheeted.VERSION
    if stage == "proven":
        assert isinstance(door.deeds.do(affairs.DEEDS["sheet.share"], sid, Given(starts)), Done)


def test_the_command_shares_what_was_signed(brought: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    stage, sid = brought
    door = kept.doors(kept.desk("exercise"))["secretariat"]
    if stage == "proven":
        assert acting._do(door, affairs.DEEDS["sheet.share"], [sid], "en") == 0, capsys.readouterr()


@pytest.mark.parametrize("who", ["liaison-1", "liaison-2", "monitor"])
def test_a_form_begins_with_nothing_that_its_reader_may_not_read(brought: tuple[str, str], who: str) -> None:
    _, sid = brought
    door = kept.doors(kept.desk("exercise"))[who]
    for name in ("sheet.share", "sheet.point"):
        try:
            starts = door.deeds.starts(affairs.DEEDS[name], sid)
        except Absent:
            continue
        assert starts == {}


def test_an_answer_is_offered_to_the_side_addressed_alone(brought: tuple[str, str]) -> None:
    stage, sid = brought
    doors = kept.doors(kept.desk("exercise"))
    offered = {}
    for who in SEES[stage]:
        offered[who] = {deed.name for deed in doors[who].affair("sheet", sid).offered}
    answers = {who for who, names in offered.items() if names & {"sheet.acknowledge", "sheet.plan", "sheet.act"}}
    assert answers == ({"liaison-2"} if stage in ("shared", "pointed") else set())
    assert {who for who, names in offered.items() if "sheet.withdraw" in names} == {"liaison-1"}
