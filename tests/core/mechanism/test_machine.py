"""The case machine, model-checked: what holds in every state that acts, refusals and clocks can lead to.

Each world of `worlds` is explored once, and everything is asked of it at once. What it comes to stands in
`docs/case-machine.json`, from which `make_mechanism` makes the diagram and the tables of docs/acts.md: they say what was found.
"""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from tests.core.mechanism import make_mechanism, worlds
from tests.core.mechanism.machine import Shape, World
from tiga.mechanism import casedeeds, cases
from tiga.mechanism.standing import Standing

EARLY = {"outside_mandate", "inadmissible", "withdrawn", "settled"}
ROLES = {
    "case.admit": {"mediator"}, "case.close": {"mediator"}, "reply.seal": {"liaison"},
    "reply.open": {"mediator", "secretariat", "registrar"}, "finding.adopt": {"mediator"},
    "finding.dissent": {"liaison", "mediator"}, "determination.issue": {"mediator"}, "measure.impose": {"mediator"},
    "signature.add": {"mediator"}, "compliance.report": {"liaison", "mediator", "secretariat"},
    "compliance.verify": {"mediator"}, "report.discredit": {"mediator", "secretariat"},
    "panel.recuse": {"mediator"}, "panel.seat": {"mediator", "secretariat", "registrar"},
    "clock.overdue": {"registrar"}, "wait": {"secretariat"},
}  # fmt: skip
"""Who may do the older acts, and the clock run's; for the deeds it stands with them."""


@pytest.mark.parametrize("name", sorted(worlds.WORLDS))
def test_a_world_keeps_its_laws(name: str) -> None:
    world = worlds.world(name)
    assert trapped(world) == []
    for shape, standing in world.first.items():
        law_of_force(world, shape, standing)
        if shape.state == "closed":
            law_of_closing(standing, world.case)
    law_of_roles(world)
    law_of_sides(world)
    assert make_mechanism.kept()[name] == make_mechanism.found(world)


def trapped(world: World) -> list[list[str]]:
    """How to get into states that do not lead to `closed`; each has then no way out that leads anywhere."""
    back: dict[Shape, set[Shape]] = defaultdict(set)
    for at, steps in world.steps.items():
        for step in steps:
            back[step.to].add(at)
    found = {shape for shape in world.first if shape.state == "closed"}
    queue = list(found)
    while queue:
        for before in back[queue.pop()] - found:
            found.add(before)
            queue.append(before)
    return [world.way(shape) for shape in world.first if shape not in found]


def law_of_force(world: World, shape: Shape, standing: Standing) -> None:
    """No measure in force without a determination in force that holds its violation, no determination without a finding in
    force, no finding without a reply offered; one live measure for an issue."""
    live = [row for row in standing.measures.values() if row.in_force is not None and row.ended is None]
    for row in live:
        ruling = standing.determinations[row.imposed.determination]
        held = {one.disposition for one in ruling.ruled if one.issue == row.imposed.issue}
        assert (ruling.in_force is not None, held) == (True, {"violation"}), world.way(shape)
    for ruling in standing.determinations.values():
        assert standing.findings[ruling.issued.finding].in_force is not None, world.way(shape)
    for finding in standing.findings.values():
        assert finding.answered is not None, world.way(shape)
    issues = Counter((row.imposed.case, row.imposed.issue) for row in live)
    assert max(issues.values(), default=1) == 1, world.way(shape)


def law_of_closing(standing: Standing, sid: str) -> None:
    """A closing says what was reached: nothing found, a ruling, or measures complied with."""
    case = standing.cases[sid]
    finding, ruling = standing.findings.get(case.finding), standing.determinations.get(case.determination)
    live = [standing.measures[one] for one in case.measures if standing.measures[one].ended is None]
    ruled = {row.disposition for row in ruling.ruled} if ruling and ruling.in_force else set()
    assert case.closed_at is not None
    if case.closed in EARLY | {"settled_locally"} and finding is None:
        assert ruled == set()
    elif case.closed == "complied":
        stood = [row.complied and (row.stayed is None or row.stayed > case.closed_at) for row in live]
        assert stood == [True] * len(live) != []
    elif case.closed == "annulled":
        assert ruling is not None and (ruling.ended is not None, ruled) == (True, set())
    elif case.closed == "settled":
        assert standing.agreement is not None and (ruling, standing.agreement.authority.value == "binding") == (
            None,
            False,
        )
    elif ruled:
        assert ruled == {case.closed} and case.closed != "violation"
    else:
        assert finding is not None and finding.in_force is not None
        assert {row.holding for row in finding.adopted.held} == {case.closed} == {"not_established"}


def law_of_roles(world: World) -> None:
    """Each act came from those alone to whom it is offered."""
    offered: dict[str, set[str]] = defaultdict(set, {act: set(roles) for act, roles in ROLES.items()})
    for deed in casedeeds.DEEDS:
        offered[deed.act] |= set(deed.roles)
    offered["finding.publish"] |= {"registrar"}
    done: dict[str, set[str]] = defaultdict(set)
    for steps in world.steps.values():
        for step in steps:
            done[step.act].add(step.role)
    assert {act: roles - offered[act] for act, roles in done.items() if roles - offered[act]} == {}


def law_of_sides(world: World) -> None:
    """A suspended case goes on by being resumed; a stayed one by an alternate being seated. Neither is a state of its own."""
    for at, steps in world.steps.items():
        if "suspended" in at.sides:
            assert {step.to.sides for step in steps if step.act == "case.resume"} == {
                tuple(s for s in at.sides if s != "suspended")
            }
        if "stayed" in at.sides:
            ways = {step.to.sides for step in steps if step.act == "panel.seat"}
            assert ways == {()} or "mediator1b" in str(at.facts), world.way(at)


def test_picture_and_page_are_made_of_what_was_found() -> None:
    rows = make_mechanism.kept()
    assert sorted(rows) == sorted(worlds.WORLDS)
    assert make_mechanism.FOUND.read_text(encoding="utf-8") == make_mechanism.written(rows)
    assert make_mechanism.PICTURE.read_text(encoding="utf-8") == make_mechanism.drawn(rows)
    assert make_mechanism.PAGE.read_text(encoding="utf-8") == make_mechanism.page(rows)


def test_every_state_of_a_case_is_reached_but_the_one_that_needs_no_step() -> None:
    """`preliminary` is a case without notice; a complaint serves notice in the same step."""
    reached = {row[n] for world in make_mechanism.kept().values() for row in world["edges"] for n in (0, 3)}
    assert reached == {*casedeeds.WORKING, "closed", "suspended"}
    assert "preliminary" not in reached and cases.CLOSINGS != ()
