"""A record with one evidence sheet, brought to a stage through the door. The planted words stand nowhere else."""

from __future__ import annotations

from dataclasses import replace

from tests.store import kept
from tiga.agreement.clauses import Agreement, Quorum, Seats, Term
from tiga.agreement.grounds import Ground
from tiga.cli import exercise
from tiga.mechanism import affairs
from tiga.mechanism.asks import Given
from tiga.store import founding, opening, projections
from tiga.store.desk import Desk, Done

GIST, SHARED, PLAN, POINT = "gist-garnet", "shared-beryl", "plan-opal", 12_345_678
CHECKED, METHOD, AGREE, LIMITS = "checked-topaz", "method-onyx", "agree-jasper", "limits-agate"
SPOT = {"sheet_point": "1.2345678, 2.0", "sheet_radius": "50"}
VERSION = {"sheet_gist": SHARED, "place": "Exercise District", "sheet_place_kind": "sheet_district",
           "limits": LIMITS}  # fmt: skip
STAGES = ("submitted", "proven", "shared", "pointed")


def agreement() -> Agreement:
    made, ground = kept.agreement(), Ground("placeholder")
    seats = tuple(Seats(mediator.id, 1) for mediator in made.mediators)
    quorums = tuple(row for row in made.quorums if not row.act.startswith("evidence."))
    terms = {name: Term(value, ground, "O-05") for name, value in (("no_target_m", "2000"), ("no_target_for", "P30D"))}
    return replace(
        made, quorums=(*quorums, Quorum("evidence.share", (), seats, "M-05", ground)), terms=made.terms | terms
    )


def do(found: Desk, who: str, name: str, sid: str = "", **given: str) -> str:
    role, component, slug = kept.READERS.get(who, ("mediator", "mediator-1", "mediator/1"))
    result = kept.door(found, role, component, slug).deeds.do(affairs.DEEDS[name], sid, Given(given))
    assert isinstance(result, Done), result
    return sid or result.receipts[0].sid


def bring(found: Desk, stage: str) -> str:
    sid = do(
        found, "liaison-1", "sheet.submit", sheet_about="party-2", sheet_gist=GIST, place="Exercise Post",
        sheet_first_hand="yes",
    )  # fmt: skip
    steps = (
        ("proven", "first", "sheet.authenticate",
         {"sheet_checked": CHECKED, "method": METHOD, "sheet_result": "sheet_authentic"}),
        ("proven", "first", "sheet.corroborate", {"sheet_origins": "party-1, monitor/1", "said": AGREE}),
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
            do(found, who, name, sid, **given)
    return sid


def lay() -> Desk:
    """Found the record, with both mediators seated."""
    projections.create("exercise")
    found = kept.desk("exercise")
    founding.lay(
        found, agreement(), "exercise", "Exercise", opening.demo_keys("exercise"), kept.STARTS["exercise"],
        opening.demo_founding("exercise"),
    )  # fmt: skip
    told = exercise.Stage(found, exercise.DemoEntropy("sheets"))
    for slug, component in (("mediator/1", "mediator-1"), ("mediator/2", "mediator-2")):
        key = told.who(slug).key
        told.do("secretariat/1", (), lambda s, by, now, k=key, c=component: (
            exercise.seating.seat(s, k, c, by, now)))  # fmt: skip
    return found
