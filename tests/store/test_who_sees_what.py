"""Who sees what, with data present that could leak: every list, object, count, grouping, dossier and entry of a door.

The planted values are words that stand nowhere else; each is looked for in everything that a reader can get.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.core.mechanism.desk import report
from tests.store import kept
from tiga.cli import exercise
from tiga.mechanism import reports
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import adoption, grouping, imposing, marking, ruling, seating, triage
from tiga.mechanism.findings import Held
from tiga.mechanism.release import Reader, may_see, reach
from tiga.record.container import unpack
from tiga.store import models, queries, vault
from tiga.store.desk import Desk
from tiga.values.places import Point
from tiga.web.access import Absent, Door

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

MIGHT_READ = {
    "R0": {"public", "analyst", "liaison-1", "liaison-2", "mediator", "secretariat", "monitor"},
    "R1": {"liaison-1", "liaison-2", "mediator", "secretariat", "monitor"},
    "R2 party-1": {"liaison-1", "mediator", "secretariat"},
    "R2 party-2": {"liaison-2", "mediator", "secretariat"},
    "R2": {"mediator", "secretariat"},
    "R3": {"mediator", "secretariat"},
    "R4": {"secretariat"},
    "R5": set(),
    "R9": set(),
}
"""Level (with the party addressed) to the readers that may see it: written out by hand, not computed."""

PLANTED = {
    "R0": "quartz", "R1": "basalt", "R2 party-1": "gneiss", "R2 party-2": "schist", "R3": "obsidian", "R4": "pumice",
    "R5": "feldspar",
}  # fmt: skip
DISSENT = "dissent-jasper"
REPORTER, SEALED, OPENED, DRAFT = "reporter-marl", "sealed-flint", "opened-chert", "draft-slate"


@pytest.mark.parametrize("level", sorted(MIGHT_READ))
def test_levels_and_readers(level: str) -> None:
    name, _, party = level.partition(" ")
    found = {who for who, (role, component, _) in kept.READERS.items() if may_see(Reader(role, component), name, party)}
    assert found == MIGHT_READ[level]


@pytest.mark.parametrize("level", sorted(MIGHT_READ))
def test_what_is_asked_of_the_store_is_what_may_be_seen(level: str) -> None:
    """`reach` is `may_see` as a list: a reader whose party is addressed gets R2, nobody gets more than may be seen."""
    name, _, party = level.partition(" ")
    asked = set()
    for who, (role, component, _) in kept.READERS.items():
        found = reach(Reader(role, component))
        if name in found.levels or (name == "R2" and bool(party) and found.party == party):
            asked.add(who)
    assert asked == MIGHT_READ[level]


@pytest.mark.parametrize("role", ["", "admin", "Public", "witness"])
def test_an_unknown_role_sees_nothing(role: str) -> None:
    assert [level for level in MIGHT_READ if may_see(Reader(role, ""), level.partition(" ")[0])] == []


def _file(stage: exercise.Stage, level: str) -> str:
    name, _, party = level.partition(" ")
    drawn = report(
        f"planted-{level}", party, local="2026-01-04T12:00", channel="monitor", release=name, reporter=REPORTER,
        account=f"EXERCISE. {PLANTED[level]}.",
    )  # fmt: skip
    salts = stage.salts()
    return stage.do("monitor/1", (), lambda s, by, now: reports.file(s, drawn, by, now, salts)).receipt.sid


def _complain(stage: exercise.Stage, local: str) -> str:
    return exercise.complain(stage, exercise.Plot(
        "liaison/1", "party-1", "party-2", "P-01", "H1", local, "UTC", "Exercise Post (invented)",
        exercise.Point(0, 0), "EXERCISE. Invented."))  # fmt: skip


def _held(stage: exercise.Stage, case: str, gist: str) -> Held:
    support = stage.desk.standing((f"case:{case}",)).cases[case].opened.report
    return Held(
        "i1", "established", "balance_of_probabilities", gist, "organ", (support,), limitations=("single_source",)
    )


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: object) -> Iterator[dict[str, str]]:
    """One report at each level, all about one place and hour, and a case at each of six places on its way."""
    with kept.filled(django_db_blocker, "exercise"):
        desk = kept.lay("exercise")
        told = exercise.Stage(desk, exercise.DemoEntropy("leaks"))
        for slug, component in (("liaison/1", "party-1"), ("liaison/2", "party-2"), ("mediator/1", "mediator-1"),
                                ("mediator/2", "mediator-2")):  # fmt: skip
            member = told.who(slug).key
            told.do("secretariat/1", (), lambda s, by, now, m=member, c=component: seating.seat(s, m, c, by, now))
        sids = {f"report {level}": _file(told, level) for level in PLANTED}
        for name in ("sealed", "opened", "draft", "found", "issued", "determined"):
            sids[name] = _complain(told, f"2026-01-04T{10 + len(sids)}:00")
        _bring(told, sids)
        yield sids


def _bring(told: exercise.Stage, sids: dict[str, str]) -> None:
    def on(case: str) -> tuple[str, ...]:
        return exercise.threads(told, case)

    for name in ("sealed", "opened", "draft", "found", "issued", "determined"):
        case = sids[name]
        exercise.reply(told, case, "liaison/2", f"EXERCISE. {SEALED if name == 'sealed' else OPENED}.")
        if name == "sealed":
            continue
        exercise.reply(told, case, "liaison/1", "EXERCISE. A reply.")
        if name == "opened":
            continue
        told.do(
            "mediator/1", on(case), lambda s, by, now, c=case: triage.admit(s, c, "reasonable_suspicion", "r", by, now)
        )
        gist = f"EXERCISE. {DRAFT}." if name == "draft" else "EXERCISE. A gist."
        row = _held(told, case, gist)
        finding = told.do("mediator/1", on(case), lambda s, by, now, c=case, r=row: adoption.adopt(s, c, (r,), by, now))
        if name == "draft":
            continue
        exercise.sign(told, case, "mediator/2", finding.receipt.sid)
        if name == "found":
            continue
        reasons = f"EXERCISE. {DRAFT}." if name == "issued" else "EXERCISE. Reasons."
        issued = told.do("mediator/1", on(case), lambda s, by, now, c=case, t=reasons: (
            ruling.issue(s, c, {"i1": "violation"}, t, by, now)))  # fmt: skip
        if name == "determined":
            exercise.sign(told, case, "mediator/2", issued.receipt.sid)
            told.do("mediator/1", on(case), lambda s, by, now, c=case: imposing.impose(s, c, "i1", by, now))


@pytest.fixture
def desk(stage: dict[str, str]) -> Desk:
    return kept.desk("exercise")


def everything(door: Door) -> str:
    """All that a reader can get through a door, as one text: lists, objects, entries with disclosures, dossiers."""
    texts = [
        repr(door.reports()),
        repr(door.happenings()),
        repr(door.words()),
        repr([vars(row) for row in door.cases()]),
    ]
    texts += [repr(row.standing) for row in door.happenings()]
    texts += [repr(door.why(row)) for row in door.happenings()]
    texts += [repr([(vars(row), number) for row, number in door.due()]), repr([vars(row) for row in door.set_aside()])]
    for index in range(door.desk.ledger.size()):
        try:
            row, entry, proof, disclosures = door.entry(index)
        except Absent:
            continue
        texts += [repr(vars(row)), entry.note.decode("utf-8"), proof.decode("utf-8"), repr(disclosures)]
    for sid in [row.sid for row in models.CaseRow.objects.using(door.desk.alias).all()]:
        for ask in (lambda sid=sid: repr(door.case(sid)), lambda sid=sid: _unpacked(door.takeout.case(sid, {}))):
            try:
                texts.append(ask())
            except Absent:
                continue
    return "\n".join(texts)


def _unpacked(data: bytes) -> str:
    return "\n".join(f"{name}\n{member.decode('utf-8')}" for name, member in unpack(data).items())


def test_each_reader_gets_the_planted_values_of_the_own_levels_alone(desk: Desk) -> None:
    found = {
        name: {level for level, word in PLANTED.items() if word in everything(door)}
        for name, door in kept.doors(desk).items()
    }
    assert found == {name: {level for level in PLANTED if name in MIGHT_READ[level]} for name in kept.READERS}


def test_the_values_are_there_to_leak(desk: Desk) -> None:
    held = b"".join(bytes(row.data) for row in models.Disclosed.objects.using("exercise").all())
    values = repr([disclosure.value for sid in models.Entry.objects.using("exercise").values_list("sid", flat=True)
                   for _, _, disclosure in vault.disclosures("exercise", sid)])  # fmt: skip
    assert [
        word for word in (*PLANTED.values(), REPORTER, SEALED, OPENED) if word.encode() in held or held == b""
    ] == []
    assert [word for word in (*PLANTED.values(), REPORTER, SEALED, OPENED) if word not in values] == []


@pytest.mark.parametrize(
    ("word", "readers"),
    [
        (REPORTER, {"secretariat"}),
        (SEALED, {"liaison-2"}),
        (OPENED, MIGHT_READ["R1"]),
        (DRAFT, {"mediator", "secretariat"}),
    ],
)
def test_who_gets_a_name_a_reply_and_a_draft(desk: Desk, word: str, readers: set[str]) -> None:
    assert {name for name, door in kept.doors(desk).items() if word in everything(door)} == readers


def test_the_log_itself_holds_no_confidential_value(desk: Desk) -> None:
    """Notes, leaves and tiles may be mirrored by anybody who is let to: what they hold are digests."""
    raw = b"".join(bytes(row.note) for row in models.Entry.objects.using("exercise").all())
    raw += b"".join(bytes(row.data) for row in models.Tile.objects.using("exercise").all())
    assert [word for word in (*PLANTED.values(), REPORTER, SEALED, OPENED) if word.encode() in raw] == []


def test_entries_without_a_reader_are_the_publics(desk: Desk) -> None:
    acts = {name: {row.act for row in door.acts(number=500)} for name, door in kept.doors(desk).items()}
    assert acts["public"] == acts["analyst"] == {"charter.adopt", "agreement.adopt", "report.seal"}
    assert acts["liaison-1"] == acts["liaison-2"] == acts["monitor"]
    assert {"finding.adopt", "determination.issue"} <= acts["liaison-1"]
    assert "measure.impose" not in acts["liaison-1"]
    assert acts["mediator"] - acts["liaison-1"] == {"measure.impose"}


@pytest.mark.parametrize(
    ("name", "finding", "determination", "measure"),
    [
        ("draft", {"mediator", "secretariat"}, set(), set()),
        ("found", MIGHT_READ["R1"], set(), set()),
        ("issued", MIGHT_READ["R1"], {"mediator", "secretariat"}, set()),
        ("determined", MIGHT_READ["R0"], MIGHT_READ["R0"], {"mediator", "secretariat"}),
    ],
)
def test_papers_are_the_panels_until_they_are_in_force(
    desk: Desk, stage: dict[str, str], name: str, finding: set[str], determination: set[str], measure: set[str]
) -> None:
    seen: dict[str, set[str]] = {"finding": set(), "determination": set(), "measures": set()}
    for who, door in kept.doors(desk).items():
        try:
            view = door.case(stage[name])
        except Absent:
            continue
        for part, readers in seen.items():
            if getattr(view, part):
                readers.add(who)
    assert seen == {"finding": finding, "determination": determination, "measures": measure}


def test_a_case_is_public_with_its_determination_alone(desk: Desk, stage: dict[str, str]) -> None:
    names = ("sealed", "opened", "draft", "found", "issued", "determined")
    seen = {}
    for who, door in kept.doors(desk).items():
        seen[who] = [name for name in names if _there(lambda name=name, door=door: door.case(stage[name]))]
        assert {row.sid for row in door.cases()} == {stage[name] for name in seen[who]}
    public = ["determined"]
    assert seen == {who: list(names) if who in MIGHT_READ["R1"] else public for who in kept.READERS}


def _there(ask: object) -> bool:
    try:
        ask()  # type: ignore[operator]
    except Absent:
        return False
    return True


def test_what_may_not_be_seen_answers_like_what_is_not_there(desk: Desk, stage: dict[str, str]) -> None:
    door = kept.door(desk)
    for ask in (door.case, door.report, door.index_of, door.happening, lambda sid: door.takeout.case(sid, {})):
        told = []
        for sid in (stage["draft"], "x" * 43):
            with pytest.raises(Absent) as error:
                ask(sid)
            told.append((type(error.value), str(error.value).replace(sid, "")))
        assert told[0] == told[1]
    hidden = desk.ledger.index_of(stage["draft"])
    assert hidden is not None
    for index in (hidden, 10_000):
        with pytest.raises(Absent):
            door.entry(index)
        with pytest.raises(Absent):
            door.proof(index)


def test_counts_are_of_what_the_reader_sees(desk: Desk) -> None:
    complaints = 6
    found = {name: (len(door.reports()), len(door.cases()), len({row.case for row, _ in door.due()}))
             for name, door in kept.doors(desk).items()}  # fmt: skip
    assert found == {
        "public": (1, 1, 0), "analyst": (1, 1, 0),
        "liaison-1": (3 + complaints, 6, 5), "liaison-2": (3 + complaints, 6, 5), "monitor": (2 + complaints, 6, 5),
        "mediator": (5 + complaints, 6, 5), "secretariat": (6 + complaints, 6, 5),
    }  # fmt: skip


def test_a_grouping_is_made_for_each_audience_from_what_it_may_see(desk: Desk, stage: dict[str, str]) -> None:
    """Reports of R0 and R1 about one place and hour are grouped, with three complaints of that day; the public's grouping knows
    of none of these; those above R1 are never compared at all."""
    compared = {claim for row in queries.groups(desk) for claim in row[2]}
    assert compared & {stage[f"report {level}"] for level in PLANTED} == {stage["report R0"], stage["report R1"]}
    together = {
        name: [
            len(row.reports) for row in door.happenings() if stage["report R0"] in {view.sid for view in row.reports}
        ]
        for name, door in kept.doors(desk).items()
    }
    assert together == {name: [2 + 3] if name in MIGHT_READ["R1"] else [1] for name in kept.READERS}
    pairs = {
        name: [pair for row in door.happenings() for pair in door.why(row)[0]]
        for name, door in kept.doors(desk).items()
    }
    assert pairs["public"] == pairs["analyst"] == []
    hidden = {stage[f"report {level}"] for level in PLANTED} - {stage["report R0"]}
    assert [row.id for row in kept.door(desk, "analyst").happenings() if row.id in hidden] == []


def test_an_incident_with_a_hidden_report_is_not_the_publics(desk: Desk, stage: dict[str, str]) -> None:
    by, now = kept.actor(desk, "secretariat/1"), desk.now(kept.LATER)
    both = (stage["report R0"], stage["report R3"])
    done = desk.act(tuple(f"report:{sid}" for sid in both), lambda s: (
        grouping.open_incident(s, both, now, now, ("H1",), by, now)), by)  # fmt: skip
    assert not isinstance(done, Refusal)
    seen = {name: sorted(len(row.reports) for row in door.happenings() if row.id == done.receipt.sid)
            for name, door in kept.doors(desk).items()}  # fmt: skip
    assert seen == {
        "public": [], "analyst": [], "liaison-1": [1], "liaison-2": [1], "monitor": [1],
        "mediator": [2], "secretariat": [2],
    }  # fmt: skip


def test_reports_out_of_reach_displace_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Earlier reports that a reader may not see take no place in the list, however short it is."""
    stage = exercise.Stage(desk, exercise.DemoEntropy("hidden"))
    for number in range(12):
        drawn = report(f"hidden-{number}", "", local="2020-03-01T00:00", channel="monitor", release="R5")
        salts = stage.salts()
        stage.do("monitor/1", (), lambda s, by, now, d=drawn, t=salts: reports.file(s, d, by, now, t))
    before = {name: [view.sid for view in door.reports()] for name, door in kept.doors(desk).items()}
    assert len(before["secretariat"]) == 12
    monkeypatch.setattr(queries, "LIST_LIMIT", 12)
    assert {name: [view.sid for view in door.reports()] for name, door in kept.doors(desk).items()} == before
    monkeypatch.setattr(queries, "LIST_LIMIT", 1)
    assert [view.level for view in kept.door(desk).reports()] == ["R0"]


def test_a_dissent_is_the_panels_until_its_finding_is_in_force(desk: Desk, stage: dict[str, str]) -> None:
    """The finding waits for its second signature: its very sid, which the dissent names, is nobody else's yet."""
    case = stage["draft"]
    by, now = kept.actor(desk, "mediator/2"), desk.now(kept.LATER)
    threads = queries.case_threads(desk, case)
    finding = desk.standing(threads).cases[case].finding
    done = desk.act(threads, lambda s: adoption.dissent(s, finding, f"EXERCISE. {DISSENT}.", by, now), by)
    assert not isinstance(done, Refusal)

    def readers() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {"entry": set(), "text": set(), "finding": set()}
        for name, door in kept.doors(desk).items():
            text = everything(door)
            found["entry"] |= {name} if _there(lambda door=door: door.entry(done.receipt.index)) else set()
            found["text"] |= {name} if DISSENT in text else set()
            found["finding"] |= {name} if f'"{finding}"' in text else set()
        return found

    assert readers() == dict.fromkeys(("entry", "text", "finding"), MIGHT_READ["R3"])
    exercise.sign(exercise.Stage(desk, exercise.DemoEntropy("dissent")), case, "mediator/2", finding)
    assert readers() == dict.fromkeys(("entry", "text", "finding"), MIGHT_READ["R1"])
    assert kept.rebuilt_equals_live(desk)


def test_the_public_gets_a_cell_and_those_of_r1_the_point(desk: Desk) -> None:
    """A public report of a monitor: its exact place is a value of its own; the media's place is public already."""
    told = exercise.Stage(desk, exercise.DemoEntropy("cells"))
    exact, cell = Point(-1_234_567, -3_456_789), Point(-1_250_000, -3_250_000)
    sids = {}
    for channel in ("monitor", "media"):
        place = replace(report().where, point=exact, radius_m=200)
        drawn = report(f"cell-{channel}", "", channel=channel, release="R0", where=place)
        salts = told.salts()
        sids[channel] = told.do(
            "secretariat/1", (), lambda s, by, now, d=drawn, t=salts: reports.file(s, d, by, now, t)
        ).receipt.sid
    seen, pointed = {}, {}
    for name, door in kept.doors(desk).items():
        views = {channel: door.report(sid).report.where for channel, sid in sids.items()}
        seen[name] = {channel: (where.point, where.radius_m) for channel, where in views.items()}
        _, _, _, values = door.entry(door.index_of(sids["monitor"]))
        pointed[name] = str(exact.lat_e7) in repr(values)
    assert seen == {name: {"monitor": (cell, reports.CELL_M), "media": (exact, 200)} for name in kept.READERS}
    assert pointed == {name: name in MIGHT_READ["R1"] for name in kept.READERS}


def test_a_decision_on_a_hidden_report_is_not_shown(desk: Desk, stage: dict[str, str]) -> None:
    by, now = kept.actor(desk, "monitor/1"), desk.now(kept.LATER)
    desk.act(("matches",), lambda s: marking.decide_match(
        s, stage["report R0"], stage["report R3"], True, "r", by, now), by)  # fmt: skip
    assert {name: len(door.words()) for name, door in kept.doors(desk).items()} == {
        name: int(name in MIGHT_READ["R3"]) for name in kept.READERS
    }


def test_a_dossier_holds_what_is_open_to_both_parties_and_its_reader(desk: Desk, stage: dict[str, str]) -> None:
    held = {}
    for name, door in kept.doors(desk).items():
        if name not in MIGHT_READ["R1"]:
            with pytest.raises(Absent):
                door.takeout.case(stage["determined"], {})
            continue
        members = unpack(door.takeout.case(stage["determined"], {}))
        acts = [json.loads(data.split(b"\n", 1)[0])["act"] for file, data in members.items() if file.endswith(".note")]
        held[name] = (acts.count("measure.impose"), sum(file.startswith("disclosures/") for file in members))
        drafts = [entry for entry in acts if entry == "determination.issue"]
        assert len(drafts) == 1
    assert {name: number for name, (number, _) in held.items()} == dict.fromkeys(sorted(MIGHT_READ["R1"]), 0)
    assert {name: number for name, (_, number) in held.items()} == dict.fromkeys(sorted(MIGHT_READ["R1"]), 3)


@pytest.mark.parametrize("name", ["draft", "found", "issued"])
def test_there_is_no_dossier_before_a_determination_is_in_force(desk: Desk, stage: dict[str, str], name: str) -> None:
    made = {
        who for who, door in kept.doors(desk).items() if _there(lambda door=door: door.takeout.case(stage[name], {}))
    }
    assert made == set()


def test_who_has_no_key_does_nothing(desk: Desk) -> None:
    door, head = kept.door(desk), desk.ledger.head()
    outcome = door.act(
        (), lambda s: marking.decide_match(s, "a", "b", True, "r", kept.actor(desk, "monitor/1"), door.now)
    )
    assert outcome == Refusal("not_signed_in")
    assert desk.ledger.head() == head
    assert door.uploads() == door.set_aside() == []


def test_replaced_readers_are_not_mixed_up(desk: Desk, stage: dict[str, str]) -> None:
    """A liaison officer of a party that is none of this record's sees what is open to both parties, and no more."""
    stranger = kept.door(desk, "liaison", "party-3")
    assert [view.level for view in stranger.reports() if view.level not in ("R0", "R1")] == []
    (reply,) = stranger.case(stage["sealed"]).replies
    assert replace(reply, sid="", at=kept.LATER) == replace(reply, sid="", at=kept.LATER, text="", readable=False)
