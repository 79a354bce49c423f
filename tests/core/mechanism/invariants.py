"""What must hold after any dispute: the invariants of the domain (b.6) and those of the house, one named check each.

Rules
1. A check goes through the log entry by entry where it speaks of instants, and looks at the end where it does not.
2. 7 (the side of a place inside the band) needs no dispute; it stands in `test_invariants`.
3. 6 is asked here of who may see what an entry is; what pages show of it is asked in `tests/store`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.core.mechanism import clockruns, courses
from tests.core.mechanism.desk import Desk
from tiga.mechanism import access as accesses
from tiga.mechanism import (
    affairs,
    binding,
    cases,
    course,
    deadlines,
    determinations,
    findings,
    measures,
    release,
    reports,
)
from tiga.mechanism.acts import Kind
from tiga.mechanism.cases import NoticeServed, RepliesOpened
from tiga.mechanism.recompute import rederive
from tiga.mechanism.release import Reader
from tiga.mechanism.standing import BARRED, Standing
from tiga.record.entries import Entry
from tiga.values.moments import Instant

PARTIES = ("party-1", "party-2")
RULES_ON = ("determination.issue", "signature.add", "appeal.decide", "finding.adopt")
"""Acts that may bring a ruling into force, or end one."""


def told(desk: Desk) -> Iterator[tuple[Entry, Kind, Standing]]:
    """Each entry with its kind and the standing before it, which it is then applied to."""
    standing = Standing(desk.origin, desk.agreements, affairs=affairs.Affairs())
    for entry in desk.entries():
        kind = affairs.decode(entry.envelope)
        assert kind is not None, entry.envelope.act
        yield entry, kind, standing
        standing.apply(entry)


def check_order(desk: Desk) -> None:
    """1: a measure after a determination in force, that after a finding in force, that after a reply was offered."""
    for _, kind, before in told(desk):
        if isinstance(kind, findings.FindingAdopted):
            assert cases.answered(before, before.cases[kind.case]) is not None
        if isinstance(kind, determinations.DeterminationIssued):
            assert before.findings[kind.finding].in_force is not None
        if isinstance(kind, measures.MeasureImposed):
            held = before.determinations[kind.determination]
            assert held.in_force is not None
            assert "violation" in {row.disposition for row in held.ruled if row.issue == kind.issue}


def violations(standing: Standing) -> Counter[str]:
    """What stands against each party, as the ladder would count it now."""
    rulings = (held.ruled_at(standing.now) for held in standing.determinations.values())
    return Counter(row.party for ruled in rulings for row in ruled if row.disposition == "violation")


def check_counts(desk: Desk) -> None:
    """2: no report, and nothing but a ruling that takes force or ends, moves a party's count."""
    last: tuple[str, Counter[str]] = ("", Counter())
    for entry, _, before in told(desk):
        counts = violations(before)
        assert counts == last[1] or last[0] in RULES_ON, last[0]
        last = (entry.envelope.act, counts)


def check_again(desk: Desk) -> None:
    """3: folded twice the same; each measure computed again, byte for byte, from the whole log and from its threads; and
    each determination follows from its finding."""
    whole = Standing.of(desk.origin, desk.entries(), desk.agreements, {}, affairs=affairs.Affairs())
    assert whole == desk.whole
    courses.check_alike(desk)
    assert {row.outcome for row in rederive(desk.origin, desk.entries(), desk.agreements)} <= {"same"}


def check_doubt(desk: Desk) -> None:
    """4: what is discredited marks in the same entry what rests on it: case, determination, measures, other cases' steps."""
    for entry, kind, standing in told(desk):
        if not isinstance(kind, reports.ReportDiscredited):
            continue
        resting = {
            sid for sid, row in standing.determinations.items()
            if row.ended is None and kind.report in standing.findings[row.issued.finding].supports
        }  # fmt: skip
        live = {sid for sid, row in standing.measures.items() if row.ended is None}
        standing.apply(entry)
        for sid in resting:
            case = standing.cases[standing.determinations[sid].issued.case]
            assert (kind.report in case.flags, case.closed) == (True, ""), "flagged and open"
        for sid in live:
            measure = standing.measures[sid]
            wanted = {f"discredited:{kind.report}"} if measure.imposed.determination in resting else set()
            wanted |= {f"precedent:{other}" for other in resting & set(measure.counted)}
            assert wanted <= set(measure.stays), (wanted, measure.stays)


def check_notices(desk: Desk) -> None:
    """5: what is served on the parties is served on both, by one entry."""
    for _, kind, _ in told(desk):
        if isinstance(kind, NoticeServed | course.DraftServed):
            assert kind.to == PARTIES
        if isinstance(kind, RepliesOpened):
            assert len(kind.silent) + len(kind.replies) == len(PARTIES)


def check_release(desk: Desk) -> None:
    """6: what is for one party is never for the other; a sealed reply is for its party alone; who is not R1 sees no case
    before a determination is in force."""
    one, other = (Reader("liaison", party) for party in PARTIES)
    for entry in desk.entries():
        level, party = affairs.seen_at(entry.envelope)
        if level == "R2":
            assert release.may_see(one, level, party) is not release.may_see(other, level, party)
    for case in desk.whole.cases.values():
        for reply in case.replies:
            sealed = case.opened_to(reply.draft) is None
            seen = [release.may_see_reply(reader, case, reply.party, reply.draft) for reader in (one, other)]
            assert seen == [not sealed or party == reply.party for party in PARTIES]
        ruling = desk.whole.determinations.get(case.determination)
        ruled = ruling is not None and ruling.in_force is not None
        assert release.may_see_case(Reader(), desk.whole, case) is ruled


def check_netting(desk: Desk) -> None:
    """8: a measure is against the party of its own issue, and counts rulings and measures against that party alone."""
    for measure in desk.whole.measures.values():
        issue = desk.whole.cases[measure.imposed.case].issue(measure.imposed.issue)
        assert issue is not None and measure.imposed.party == issue.party
        for sid in measure.counted:
            if sid in desk.whole.measures:
                assert desk.whole.measures[sid].imposed.party == issue.party
            else:
                assert issue.party in {row.party for row in desk.whole.determinations[sid].issued.ruled}


OF_CASES = ("reports", "incidents", "cases", "findings", "determinations", "measures", "papers")


def check_affairs(desk: Desk) -> None:
    """9: an answer that is no grant leaves a restriction with its facts at the same instant; no affair moves a case."""
    denied: list[tuple[str, Instant]] = []
    for entry, kind, standing in told(desk):
        if entry.envelope.act in BARRED or entry.envelope.act not in affairs.REGISTRY.kinds:
            continue
        if isinstance(kind, accesses.AccessAnswered) and kind.answer != "granted":
            denied.append((kind.request, entry.envelope.at))
        before = {name: dict(getattr(standing, name)) for name in OF_CASES}
        standing.apply(entry)
        assert {name: getattr(standing, name) for name in OF_CASES} == before
    rows = desk.whole.affairs.states["access"].requests if desk.whole.affairs else {}
    restricted = {(sid, at) for sid, row in rows.items() for _, at, _ in row.restrictions}
    assert set(denied) <= restricted


def check_clocks(desk: Desk) -> None:
    """10: an overdue clock is entered once, with its exact due instant, never before; a run leaves none over, and a second
    run enters nothing."""
    seen: set[tuple[Any, ...]] = set()
    for entry, kind, before in told(desk):
        if isinstance(kind, course.ClockOverdue):
            row = (kind.of, kind.name, kind.whose, kind.due)
            assert row not in seen and entry.envelope.at >= kind.due
            assert entry.signers == (f"{desk.origin}/registrar",)
            assert (kind.concept, *row) in {
                (concept, sid, clock.name, clock.whose, clock.due) for concept, sid, clock in clockruns.clocks(before)
            }
            seen.add(row)
    clockruns.run(desk)
    while clockruns.run(desk):  # what a run enters takes time, in which more may run out
        pass
    left = [
        (sid, clock.name) for _, sid, clock in clockruns.clocks(desk.whole)
        if clock.state(desk.whole.now) == "overdue" and (sid, clock.name, clock.whose, clock.due) not in desk.whole.over
    ]  # fmt: skip
    assert (clockruns.run(desk), left) == (0, [])


def check_force(desk: Desk) -> None:
    """What is in force stays so since the same instant, with all the assent it asked for; a measure in force has a
    determination in force that holds a violation; an issue has one live measure; nobody signs twice."""
    since: dict[str, Instant] = {}
    for _, _, standing in told(desk):
        since = _forced(standing, since)
    for sid in since:
        found = desk.whole.signable(sid)
        assert found is not None
        people = [desk.whole.heir(name) for name in found[2]]
        assert len(people) == len(set(people))
        assert {desk.whole.keys[name].component for name in found[2]} >= {"mediator-1", "mediator-2"}


def _forced(standing: Standing, since: dict[str, Instant]) -> dict[str, Instant]:
    sids = (*standing.findings, *standing.determinations, *standing.measures, *standing.papers)
    now = {sid: found[3] for sid in sids if (found := standing.signable(sid)) and found[3] is not None}
    assert {sid: now.get(sid) for sid in since} == since
    live = [row for row in standing.measures.values() if row.in_force is not None and row.ended is None]
    for row in live:
        held = standing.determinations[row.imposed.determination]
        assert held.in_force is not None and held.in_force <= row.at
        assert "violation" in {ruled.disposition for ruled in held.ruled if ruled.issue == row.imposed.issue}
    issues = Counter((row.imposed.case, row.imposed.issue) for row in live)
    assert max(issues.values(), default=1) == 1
    return now


def check_part(desk: Desk) -> None:
    """From a case's threads alone, the same case in the same state with the same clocks and papers; and each object of the
    affairs from its own thread."""
    for sid, case in desk.whole.cases.items():
        part = desk.standing(*desk.threads_of(sid))
        assert part.cases[sid] == case
        assert _of(part, sid) == _of(desk.whole, sid)
        if desk.whole.affairs is not None:
            assert _bound(part, sid) == _bound(desk.whole, sid)
    for concept in affairs.CONCEPTS:
        for sid in concept.objects(desk.whole):
            assert concept.sight(desk.standing(f"{concept.NAME}:{sid}"), sid) == concept.sight(desk.whole, sid)


def _of(standing: Standing, sid: str) -> tuple[object, ...]:
    case = standing.cases[sid]
    tables = (standing.findings, standing.determinations, standing.measures, standing.papers)
    own = [{key: row for key, row in table.items() if standing.signable(key)[1] == sid} for table in tables]  # type: ignore[index, attr-defined]
    return own, cases.state(standing, case), cases.stayed(standing, case), deadlines.clocks(standing, case)


def _bound(standing: Standing, sid: str) -> dict[str, binding.Binding | None]:
    """What the findings of a case are bound to, and what changed since."""
    own = (key for key, row in standing.findings.items() if row.adopted.case == sid)
    return {key: binding.of(standing, key) for key in own}


def check_binding(desk: Desk) -> None:
    """A finding that is put names the reports of its incident; whenever they are others than those that it is bound to, that
    is told, with an entry for each step; and no change of them changes a paper."""
    for entry, kind, standing in told(desk):
        before = (dict(standing.findings), dict(standing.determinations), dict(standing.measures))
        standing.apply(entry)
        if isinstance(kind, findings.FindingAdopted):
            assert kind.claims == binding.claims(standing, kind.incident) != ()
        if entry.envelope.act in ("incident.link", "incident.unlink", "report.file"):
            assert (standing.findings, standing.determinations, standing.measures) == before
        for case in standing.cases:
            if (found := binding.held(standing, case)) is not None:
                row, bound = found
                same = binding.claims(standing, row.adopted.incident) == bound.claims
                assert (bound.state == "changed", bool(same or bound.moved)) == (not same, True)


CHECKS = (
    check_binding, check_order, check_counts, check_again, check_doubt, check_notices, check_release, check_netting,
    check_affairs, check_force, check_part, check_clocks,
)  # fmt: skip
"""In this order; the last one runs the clock."""
