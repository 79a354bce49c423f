"""Signed untruths: a determination that does not follow from its case and finding, and acts that a press record bars.

Each forgery is entered past the decider, signed by the keys that may sign: only computing again can find it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import Desk, actor, at_stage, founded
from tests.vectors import make_entries
from tiga.mechanism import course, determinations, measures
from tiga.mechanism.acts import Decision, Drafted, Kind, drafted
from tiga.mechanism.deciders import ruling
from tiga.mechanism.determinations import Ruled
from tiga.mechanism.explanation import FORMS
from tiga.mechanism.recompute import recompute
from tiga.mechanism.standing import BARRED, KINDS, REGISTRY, Standing
from tiga.values.moments import Instant


def outcomes(desk: Desk) -> list[tuple[str, str]]:
    return [(row.outcome, row.detail) for row in recompute(desk.origin, desk.entries(), desk.agreements)]


def enter(desk: Desk, kind: Kind, slug: str = "mediator1") -> str:
    """Sign and enter an act without asking any decider."""
    return desk.enter(Decision((drafted(kind, desk.origin, desk.now()),), {}), actor(slug, desk.origin))[0]


def determined(desk: Desk, case: str, **changes: Any) -> str:
    """A determination of a violation with members that its finding does not bear out, brought into force."""
    found = desk.whole.cases[case]
    (held,), (question,) = desk.whole.findings[found.finding].adopted.held, found.opened.issues
    honest = Ruled("i1", question.party, question.provision, question.code, "violation", found.opened.occurred,
                   "minor", held.factors)  # fmt: skip
    kind = determinations.DeterminationIssued(
        case, found.finding, (replace(honest, **changes),), "EXERCISE. Reasons.", desk.whole.agreement_sha256
    )
    sid = enter(desk, kind)
    desks.sign(desk, case, sid)
    return sid


def imposed(desk: Desk, case: str, determination: str, form: str = FORMS[-1]) -> str:
    """The measure that the ladder gives for a determination, whatever that says."""
    row = desk.whole.determinations[determination]
    (ruled,) = row.issued.ruled
    at = desk.now()
    computed = measures.compute(desk.whole, row, ruled, at, form=form or FORMS[0])
    assert isinstance(computed, measures.Computed)
    kind = measures.MeasureImposed(
        case,
        determination,
        "i1",
        ruled.party,
        computed.step,
        computed.items,
        computed.sha256,
        row.issued.agreement,
        form,
    )
    return enter(desk, kind)


@pytest.mark.parametrize("form", ["", *FORMS])
def test_a_measure_is_computed_again_in_the_form_that_it_was_explained_in(form: str) -> None:
    """One that names no form was entered before there was a second."""
    desk, case = at_stage("found")
    imposed(desk, case, determined(desk, case), form)
    (row,) = recompute(desk.origin, desk.entries(), desk.agreements)
    assert (row.outcome, json.loads(row.explanation)["v"]) == ("same", form or FORMS[0])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ("same", "")),
        ({"severity": "serious"}, ("differs", "severity")),
        ({"severity": "grave"}, ("differs", "severity")),
        ({"party": "party-1"}, ("differs", "party")),
        ({"provision": "P-05"}, ("differs", "provision")),
        ({"code": "H2"}, ("differs", "code")),
        ({"occurred": Instant.parse("2026-01-01T00:00:00.000Z")}, ("differs", "occurred")),
        ({"factors": ("civilian_harm",)}, ("differs", "factors")),
        ({"factors": ("self_reported",)}, ("differs", "factors")),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else None,
)
def test_a_determination_that_says_more_than_its_finding_is_found(
    changes: dict[str, Any], told: tuple[str, str]
) -> None:
    desk, case = at_stage("found")
    imposed(desk, case, determined(desk, case, **changes))
    assert outcomes(desk) == [told]


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({}, ("same", "")),
        ({"holding": "not_established"}, ("differs", "not_held")),
        ({"holding": "not_attributed"}, ("differs", "not_held")),
        ({"attribution": "not_attributed"}, ("differs", "not_held")),
        ({"attribution": "not_established"}, ("differs", "not_held")),
        ({"standard": "reasonable_suspicion"}, ("differs", "standard_low")),
    ],
    ids=lambda value: ",".join(value.values()) if isinstance(value, dict) else None,
)
def test_a_violation_that_the_finding_does_not_hold_is_found(held: dict[str, Any], told: tuple[str, str]) -> None:
    desk, case = at_stage("replied")
    desks.sign(desk, case, desks.adopt(desk, case, **held))
    imposed(desk, case, determined(desk, case))
    assert outcomes(desk) == [told]


def test_a_violation_on_a_discredited_report_is_found() -> None:
    desk, case = at_stage("found")
    sid = determined(desk, case)
    desks.discredit(desk, desk.whole.cases[case].opened.report)
    imposed(desk, case, sid)
    assert outcomes(desk) == [("differs", "support_discredited")]


def test_a_determination_on_another_cases_finding_is_found() -> None:
    desk, other = at_stage("found")
    desk, case = at_stage("found", desk, local="2026-01-05T07:00")
    found = desk.whole.cases[case]
    (question,) = found.opened.issues
    ruled = Ruled("i1", question.party, question.provision, question.code, "violation", found.opened.occurred, "minor")
    kind = determinations.DeterminationIssued(
        case, desk.whole.cases[other].finding, (ruled,), "EXERCISE.", desk.whole.agreement_sha256
    )
    sid = enter(desk, kind)
    desks.sign(desk, case, sid)
    imposed(desk, case, sid)
    assert outcomes(desk) == [("differs", "finding")]


def test_a_measure_of_one_case_on_the_determination_of_another_is_found() -> None:
    """Also where that other case has got to no finding: computing again never stops half way."""
    desk, bare = at_stage("complained")
    desk, case = at_stage("determined", desk, local="2026-01-05T07:00")
    (sid,) = desk.whole.determinations
    imposed(desk, case, sid)
    issued = desk.whole.determinations[sid].issued
    stray = enter(desk, replace(issued, case=bare))
    desk.do("mediator2", desk.threads_of(bare), lambda s, by, now: ruling.sign(s, stray, by, now))
    imposed(desk, case, stray)
    assert outcomes(desk) == [("same", ""), ("differs", "case")]


def test_a_measure_in_no_known_shape_is_named_and_the_rest_is_computed() -> None:
    desk, case = at_stage("imposed")
    kind = desk.whole.measures[desk.whole.cases[case].measures[0]].imposed
    one = drafted(kind, desk.origin, desk.now())
    broken = replace(one, envelope=replace(one.envelope, body=one.envelope.body | {"step": "three"}))
    desk.enter(Decision((broken,), {}), actor("mediator1"))
    assert outcomes(desk) == [("same", ""), ("differs", "shape")]


# ---- a press record


def chain() -> list[Drafted]:
    """Every act of whole cases, as it stands on an exercise."""
    rows = []
    for entry in make_entries.told():
        kind = REGISTRY.decode(entry.envelope)
        if kind is not None and kind.ACT in BARRED:
            rows.append(Drafted(entry.envelope, kind.threads(entry.sid)))
    return rows


def test_what_a_press_record_bars() -> None:
    free = (
        "charter", "agreement", "clock", "panel", "report", "match", "incident", "time", "key", "rule", "witness",
        "value", "entry", "pouch",
    )  # fmt: skip
    own = {kind.ACT for kind in course.KINDS}
    assert {act for act in KINDS if act.split(".")[0] in free} - own == set(KINDS) - BARRED


def test_the_acts_of_a_case_count_for_nothing_on_a_press_record_and_each_is_named() -> None:
    press = founded("press")
    rows = chain()
    assert {row.envelope.act for row in rows} == BARRED
    before = Standing.of(press.origin, press.entries(), press.agreements, {})
    for row in rows:
        moved = replace(row, envelope=replace(row.envelope, log=press.origin, at=press.now()))
        press.enter(Decision((moved,), {}), actor("mediator1", press.origin))
    after = Standing.of(press.origin, press.entries(), press.agreements, {})
    assert outcomes(press) == [("differs", "press_record")] * len(rows)
    assert after.now == press.entries()[-1].envelope.at
    after.now = before.now
    assert after == before == replace(press.whole, now=before.now, reads={})
