"""Evidence sheets through the door: what each reader gets of a sheet unshared, shared, and with a precise point given.

The planted values are words that stand nowhere else; each is looked for in everything that a reader can get.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.store import kept
from tiga.agreement.clauses import Agreement, Quorum, Seats, Term
from tiga.agreement.grounds import Ground
from tiga.cli import exercise
from tiga.mechanism import affairs
from tiga.mechanism.asks import Given
from tiga.store import founding, opening, projections
from tiga.store.desk import Desk, Done
from tiga.values.shapes import to_plain
from tiga.web.access import Absent, Door

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

GIST, SHARED, PLAN, POINT = "gist-garnet", "shared-beryl", "plan-opal", 12_345_678
SPOT = {"sheet_point": "1.2345678, 2.0", "sheet_radius": "50"}
VERSION = {"sheet_gist": SHARED, "place": "Exercise District", "sheet_place_kind": "sheet_district"}
STAGES = ("submitted", "proven", "shared", "pointed")
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


def _agreement() -> Agreement:
    made, ground = kept.agreement(), Ground("placeholder")
    seats = tuple(Seats(mediator.id, 1) for mediator in made.mediators)
    quorums = tuple(row for row in made.quorums if not row.act.startswith("evidence."))
    terms = {name: Term(value, ground, "O-05") for name, value in (("no_target_m", "2000"), ("no_target_for", "P30D"))}
    return replace(
        made, quorums=(*quorums, Quorum("evidence.share", (), seats, "M-05", ground)), terms=made.terms | terms
    )


def _do(found: Desk, who: str, name: str, sid: str = "", **given: str) -> str:
    role, component, slug = kept.READERS.get(who, ("mediator", "mediator-1", "mediator/1"))
    result = kept.door(found, role, component, slug).do(affairs.DEEDS[name], sid, Given(given))
    assert isinstance(result, Done), result
    return sid or result.receipts[0].sid


def _bring(found: Desk, stage: str) -> str:
    sid = _do(
        found, "liaison-1", "sheet.submit", sheet_about="party-2", sheet_gist=GIST, place="Exercise Post",
        sheet_first_hand="yes",
    )  # fmt: skip
    steps = (
        ("proven", "first", "sheet.authenticate",
         {"sheet_checked": "Pictures", "method": "Shadows", "sheet_result": "sheet_authentic"}),
        ("proven", "first", "sheet.corroborate", {"sheet_origins": "party-1, monitor/1", "said": "They agree"}),
        ("proven", "first", "sheet.verify", {"standard": "clear_and_convincing"} | VERSION),
        ("proven", "mediator", "sheet.sign", {}),
        ("shared", "first", "sheet.share", VERSION),
        ("shared", "liaison-2", "sheet.plan", {"sheet_plan": PLAN}),
        ("pointed", "first", "sheet.pinpoint", SPOT | {"sheet_readers": "liaison/2"}),
        ("pointed", "mediator", "sheet.sign", {}),
        ("pointed", "liaison-2", "sheet.undertake", {"sheet_no_target": "yes"}),
        ("pointed", "mediator", "sheet.point", SPOT),
    )  # fmt: skip
    for at, who, name, given in steps:
        if STAGES.index(at) <= STAGES.index(stage):
            _do(found, who, name, sid, **given)
    return sid


@pytest.fixture(scope="module", params=STAGES)
def brought(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: object
) -> Iterator[tuple[str, str]]:
    """A record with one sheet at a stage: (the stage, the sheet's sid)."""
    with kept.filled(django_db_blocker, "exercise"):
        projections.create("exercise")
        found = kept.desk("exercise")
        founding.lay(
            found, _agreement(), "exercise", "Exercise", opening.demo_keys("exercise"), kept.STARTS["exercise"],
            opening.demo_founding("exercise"),
        )  # fmt: skip
        told = exercise.Stage(found, exercise.DemoEntropy("sheets"))
        for slug, component in (("mediator/1", "mediator-1"), ("mediator/2", "mediator-2")):
            key = told.who(slug).key
            told.do("secretariat/1", (), lambda s, by, now, k=key, c=component: (
                exercise.seating.seat(s, k, c, by, now)))  # fmt: skip
        yield request.param, _bring(found, request.param)


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
