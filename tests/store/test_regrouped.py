"""Groupings made again offline: every reader's own, from one file; and what gives itself away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.store import kept
from tests.store.test_backgrounds import REGISTRAR, filed, salted, taken
from tiga.fusion.gazetteer import Gazetteer
from tiga.fusion.gazetteer import read as read_places
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import grouping, marking
from tiga.mechanism.incidents import report_of
from tiga.publish import groupings
from tiga.publish.groupings import Proven, Regrouped
from tiga.record.verify import Verified, verify_dossier
from tiga.store import backgrounds, fusing, queries
from tiga.store.desk import Desk, Done
from tiga.store.keys import CHECK
from tiga.values.moments import Moment
from tiga.values.places import Place
from tiga.web.access import Door

FAR_APART = ("Torkham; Spin Boldak", "Angoor Adda; Torkham")
pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@pytest.fixture(scope="module")
def press(django_db_setup: None, django_db_blocker: object) -> Iterator[Desk]:
    with kept.filled(django_db_blocker, "press", "exercise"):
        kept.receive(kept.lay("press"), "press-reports.csv", kept.sample("press-reports.csv"))
        kept.play(kept.lay("exercise"))
        yield kept.desk("press")


def carried(door: Door) -> Verified:
    """What a reader carries away, verified with nothing but the log's key."""
    data = door.takeout.groupings({})
    return verify_dossier(data, CHECK(), door.desk.log_key, door.scope == "exercise")


def again(found: Verified) -> Regrouped:
    audience = groupings.audience_of(found.disclosed)
    places = read_places(kept.sample("gazetteer.csv"))
    return groupings.regrouped(
        Proven(found.entries, found.disclosed, found.agreements, found.evidence, audience, places)
    )


def stirred(desk: Desk) -> None:
    """A background, reports after it, a decision, one taken back, an incident as suggested and one that people changed."""
    taken(desk)
    views, by, now = kept.reports(desk), kept.actor(desk, "monitor/1"), desk.now(kept.LATER)
    for number in range(3):
        filed(desk, views[number].report, number)
    rows = [row[2] for row in queries.groups(desk) if len(row[2]) > 1 and not any("#" in one for one in row[2])]
    for left, right, same in ((*rows[0][:2], False), (rows[1][0], rows[2][0], True)):
        done = desk.act(("matches",), lambda s, left=left, right=right, same=same: (
            marking.decide_match(s, left, right, same, "Looked at.", by, now)), by)  # fmt: skip
        assert not isinstance(done, Refusal)
    desk.act(("matches",), lambda s: marking.withdraw_match(s, done.receipt.sid, by, now), by)  # type: ignore[union-attr]
    secretariat = kept.actor(desk, "secretariat/1")
    singles = [row[2][0] for row in queries.groups(desk) if len(row[2]) == 1 and "#" not in row[2][0]]
    for sids in (rows[3], (*rows[4], singles[0])):
        done = desk.act(tuple(f"report:{sid}" for sid in sids), lambda s, sids=sids: grouping.open_incident(
            s, tuple(sids), now, now, ("H1",), secretariat, now), secretariat)  # fmt: skip
        assert not isinstance(done, Refusal)


def test_from_its_file_each_reader_makes_the_groupings_it_was_shown(press: Desk) -> None:
    stirred(press)
    for role, component in (("public", ""), ("liaison", "party-1"), ("monitor", ""), ("secretariat", "")):
        door = kept.door(press, role, component)
        found = again(carried(door))
        assert (role, found.code) == (role, door.suggesting.code)
        assert [row.same for row in found.backgrounds] == [True]
        assert (found.wanting, found.version, found.annexed) == (0, "fusion-3", True)


def test_every_file_of_it_is_named_by_a_released_value(press: Desk) -> None:
    taken(press)
    for role, component in (("public", ""), ("liaison", "party-1")):
        found = carried(kept.door(press, role, component))
        named = {
            row.value["sha256"] for rows in found.disclosed.values() for row in rows
            if isinstance(row.value, dict) and "sha256" in row.value
        }  # fmt: skip
        assert (role, set(found.evidence) - named) == (role, set())
        assert len(found.evidence) == 2


def test_adopted_incidents_are_told_from_what_was_suggested(press: Desk) -> None:
    stirred(press)
    found = again(carried(kept.door(press, "liaison", "party-1")))
    plain, changed = found.incidents
    assert (plain.as_suggested, changed.as_suggested) == (True, False)
    assert (len(changed.added), changed.left_out, changed.wanting) == (1, (), ())


def test_each_background_is_counted_with_the_gazetteer_of_its_day(press: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gazetteer loses a place, and a second background is taken: both follow from the file, the first with the gazetteer
    that the host no longer has; without that gazetteer it is said to be wanting, not to be wrong."""
    filed(press, kept.reports(press)[0].report, 0, where=Place("Spin Boldak", "Latn"))
    taken(press)
    before = press.gazetteer.digest()
    fewer = Gazetteer(tuple(place for place in press.gazetteer.places if "Spin Boldak" not in place.names))
    assert len(fewer.places) < len(press.gazetteer.places)
    monkeypatch.setattr(press, "gazetteer", fewer)
    fusing.fuse(press.alias, fewer, press.standing().agreement)
    assert isinstance(backgrounds.take(press, REGISTRAR, press.now(kept.LATER), salted(20)), Done)
    door = kept.door(press, "liaison", "party-1")
    shown = carried(door)
    found = again(shown)
    assert {before, fewer.digest()} <= set(shown.evidence)
    assert [(row.same, row.file) for row in found.backgrounds] == [(True, True), (True, True)]
    assert len({sha for sha in shown.evidence if sha not in (before, fewer.digest())}) == 2
    assert found.code == door.suggesting.code
    bare = Proven(
        shown.entries, shown.disclosed, shown.agreements,
        {sha: data for sha, data in shown.evidence.items() if sha != fewer.digest()}, "R1", press.gazetteer,
    )  # fmt: skip
    assert groupings.regrouped(bare).backgrounds[1].file is (bare.shipped.digest() == fewer.digest())
    other = Proven(
        bare.entries, bare.disclosed, bare.agreements, bare.files, "R1", read_places(kept.sample("gazetteer.csv"))
    )
    assert [row.file for row in groupings.regrouped(other).backgrounds] == [True, False]


def test_a_part_of_a_report_that_was_adopted_is_as_suggested(press: Desk) -> None:
    """Of two reports that name two places far apart, one is adopted in part and one whole."""
    told = kept.reports(press)[0].report
    parted = [
        filed(
            press,
            told,
            number,
            where=Place(where, "Latn"),
            when=Moment(f"2026-0{2 + number}-01T12:00", "UTC", "minute"),
        )
        for number, where in enumerate(FAR_APART)
    ]
    by, now = kept.actor(press, "secretariat/1"), press.now(kept.LATER)
    groups = [row[2] for row in queries.groups(press)]
    first, other = (next(group for group in groups if f"{sid}#1" in group) for sid in parted)
    assert [f"{sid}#2" in group for sid, group in zip(parted, (first, other), strict=True)] == [False, False]
    for group, whole in ((first, False), (other, True)):
        sids = tuple({report_of(one) for one in group})
        named = () if whole else tuple(one for one in group if "#" in one)
        done = press.act(tuple(f"report:{sid}" for sid in sids), lambda s, sids=sids, named=named: grouping.open_incident(
            s, sids, now, now, ("H1",), by, now, named, press.gazetteer.digest()), by)  # fmt: skip
        assert not isinstance(done, Refusal)
    found = again(carried(kept.door(press, "liaison", "party-1")))
    assert [row.as_suggested for row in found.incidents] == [True, False]
    assert found.incidents[1].added == (parted[1],)


def test_the_parties_reports_stay_theirs_and_the_public_makes_its_own_again(press: Desk) -> None:
    view = next(view for view in kept.reports(press) if view.report.where.point is not None)
    hidden = [filed(press, view.report, number, release="R1", channel="sensor") for number in range(3)]
    taken(press)
    public, party = kept.door(press), kept.door(press, "liaison", "party-2")
    mine, theirs = again(carried(public)), again(carried(party))
    assert (mine.code, theirs.code) == (public.suggesting.code, party.suggesting.code)
    assert theirs.reports - mine.reports == len(hidden)
    assert [row.same for row in theirs.backgrounds] == [True]
    data = public.takeout.groupings({})
    assert [sid for sid in hidden if sid.encode() in data] == []
    names = {row.name for rows in carried(public).disclosed.values() for row in rows}
    assert "background" not in names


def test_a_background_that_does_not_follow_gives_itself_away(press: Desk) -> None:
    """The host counts without some of the reports: the file verifies, the recount does not."""
    whole = fusing.compared

    def fewer(alias: str, gazetteer: object, audience: str) -> object:
        rows = whole(alias, gazetteer, audience)  # type: ignore[arg-type]
        return dict(sorted(rows.items())[10:])

    fusing.compared = fewer  # type: ignore[assignment]
    try:
        taken(press)
    finally:
        fusing.compared = whole
    (row,) = again(carried(kept.door(press, "secretariat"))).backgrounds
    assert (row.same, row.wanting, row.file) == (False, 0, True)


def test_withheld_words_are_counted_as_wanting(press: Desk) -> None:
    taken(press)
    found = carried(kept.door(press, "secretariat"))
    gone = sorted(index for index, rows in found.disclosed.items() if rows[0].name == "report")[:4]
    less = replace(found, disclosed={index: rows for index, rows in found.disclosed.items() if index not in gone})
    told = again(less)
    assert (told.wanting, told.backgrounds[0].wanting, told.backgrounds[0].same) == (4, 4, False)


def test_the_exercise_with_sealed_reports_is_made_again_too(press: Desk) -> None:
    desk = kept.desk("exercise")
    backgrounds.take(desk, backgrounds.REGISTRAR, desk.now(kept.LATER), salted(3))
    for role, component in (("liaison", "party-1"), ("mediator", "mediator-1"), ("public", "")):
        door = kept.door(desk, role, component)
        found = again(carried(door))
        assert (role, found.code) == (role, door.suggesting.code)
    assert kept.rebuilt_equals_live(desk)
