"""Patrols on a record: what each reader gets of one that runs, of one that is back, and after it was all told.

The area that is planned and never reached, and the note of the plan, are words that stand nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store import kept
from tests.store.test_who_sees_what import everything
from tiga.cli import exercise
from tiga.mechanism import affairs, patrols
from tiga.mechanism.asks import Given, fault
from tiga.mechanism.exposure import by_day
from tiga.store import models, queries
from tiga.store.desk import Desk
from tiga.values.moments import Instant
from tiga.web.access import Absent, Door

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

UNREACHED, NOTE, MET = "obsidian-ridge", "note-schist", "basalt-ford"
SIDE = {"mediator", "secretariat", "monitor"}
R1 = {"liaison-1", "liaison-2"} | SIDE
AREAS = f"{UNREACHED} | 60 | 0 | 0 | 900\n{MET} | 60 | 0 | 0 | 900"


class Team:
    """A monitor who does deeds on the record."""

    def __init__(self, desk: Desk) -> None:
        self.stage = exercise.Stage(desk, exercise.DemoEntropy("patrols"))

    def at(self, minutes: int) -> str:
        return Instant(self.stage.now().ms + minutes * 60_000).text()

    def do(self, name: str, sid: str = "", **values: str | tuple[str, ...]) -> str:
        deed, given, draws = affairs.DEEDS[name], Given(values), self.stage.salts()
        assert fault(deed, given) is None
        return self.stage.do(
            "monitor/1", deed.threads(sid, given), lambda s, by, now: deed.do(s, sid, given, by, now, draws)
        ).receipt.sid

    def wait(self, span: str) -> None:
        self.stage.wait(span, "time")

    def out(self) -> str:
        local = {"patrol_from": self.at(0)[:16], "patrol_until": self.at(300)[:16], "patrol_zone": "UTC"}
        sid = self.do("patrol.plan", patrol_areas=AREAS, patrol_people="4", note=NOTE, patrol_joint="no", **local)
        self.do("patrol.leave", sid, left=self.at(0), patrol_joint="yes")
        self.wait("PT2H")
        self.do("patrol.reach", sid, patrol_area=MET, arrived=self.at(-60), left=self.at(-1), patrol_nothing="yes",
                patrol_senses=("by_sight",), patrol_kept="no")  # fmt: skip
        return sid

    def back(self, sid: str) -> None:
        self.do("patrol.return", sid, patrol_back=self.at(0), patrol_safe="yes")


@pytest.fixture(scope="module")
def laid(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "exercise"):
        kept.lay("exercise")
        yield


@pytest.fixture
def team(laid: None) -> Team:
    return Team(kept.desk("exercise"))


def _got(door: Door) -> str:
    """Everything of the door, with the titles of the lists and the pages of the patrols."""
    texts = [everything(door), *(row.title for row in door.affairs("patrol"))]
    for sid in models.AffairRow.objects.using(door.desk.alias).values_list("sid", flat=True):
        try:
            view = door.affair("patrol", sid)
        except Absent:
            continue
        texts.append(repr((view.it.title, view.it.facts, view.it.clocks, [vars(act) for act in view.acts])))
    return "\n".join(texts)


def _who(team: Team, *words: str) -> list[set[str]]:
    """For each word the readers who get it anywhere."""
    texts = {name: _got(door) for name, door in kept.doors(team.stage.desk).items()}
    return [{name for name, text in texts.items() if word in text} for word in words]


def test_who_learns_what_and_when(team: Team) -> None:
    sid = team.out()
    assert _who(team, UNREACHED, NOTE, MET, sid) == [SIDE] * 4
    team.back(sid)
    assert _who(team, UNREACHED, NOTE, MET, sid) == [SIDE, SIDE, R1, R1]
    team.wait("PT6H")
    team.do("patrol.log", sid)
    assert _who(team, UNREACHED, NOTE, MET, sid) == [R1, SIDE, R1, R1]
    assert kept.rebuilt_equals_live(team.stage.desk)


def test_a_return_that_is_overdue_waits_on_the_mediators_side(team: Team) -> None:
    sid = team.out()
    team.wait("PT9H")
    found = {
        name: [row.name for row, _ in door.due() if row.case == sid]
        for name, door in kept.doors(team.stage.desk).items()
    }
    assert found == {name: (["patrol_return"] if name in SIDE else []) for name in kept.READERS}
    team.back(sid)
    assert [row.met_ms is None for row in queries.clocks_of(team.stage.desk, sid)] == [False]


def test_parties_and_mediators_compute_the_same_exposure(team: Team) -> None:
    """From the R1 entries alone, as a party's mirror holds them, the table is that of the whole record."""
    sid = team.out()
    team.back(sid)
    desk, whole = team.stage.desk, team.stage.desk.whole()
    held = [row.idx for row in kept.doors(desk)["liaison-1"].acts(number=500)]
    logs = [affairs.decode(desk.ledger.entry(index).envelope) for index in held]
    told = [hours for log in logs if isinstance(log, patrols.PatrolLogged) for hours in log.hours]
    days = tuple(sorted({row.day for row in told}))
    table = by_day(told, whole.agreement, (MET, UNREACHED), days)
    assert table == by_day(patrols.logged(whole), whole.agreement, (MET, UNREACHED), days)
    assert [[(cell.done_min, cell.planned_min) for cell in cells] for _, cells in table] == [[(59, 60), (0, 0)]]
