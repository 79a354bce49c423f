"""The course of a case on the desk in memory: an agreement that has every rule, deeds on cases, stages beyond the straight
way. Everything told here is invented.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Told
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement, Appeals, Deadline, Deadlock, Ground, Quorum, Seats, Window
from tiga.mechanism import casedeeds, cases, deadlines
from tiga.mechanism.acts import Refusal
from tiga.mechanism.asks import Given, fault
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.deciders import adoption, clockwork, grouping, replies, triage
from tiga.mechanism.deciders import ruling as rulings
from tiga.mechanism.determinations import Determination
from tiga.mechanism.measures import Measure
from tiga.mechanism.recompute import recompute
from tiga.mechanism.standing import ALWAYS, Standing
from tiga.record.entries import Entry
from tiga.values.moments import Instant, Span

GROUND = Ground("placeholder")
BOTH = (Seats("mediator-1", 1), Seats("mediator-2", 1))
SIGNED = ("appeal.decide", "measure.defer", "challenge.rule", "opinion.give", "finding.confirm")
DRAFT = {"holding": "established", "standard": "balance_of_probabilities", "gist": "EXERCISE. Firing is held."}


@cache
def agreement() -> Agreement:
    """The exercise's agreement with a rule for everything that a case may meet."""
    plain = desks.exercise_agreement()
    known = {row.act for row in plain.quorums}
    clocks = {row.id for row in plain.deadlines}
    quorums = tuple(Quorum(act, BOTH, BOTH, "M-05", GROUND) for act in SIGNED if act not in known)
    spans = (("publish", "P3D", "M-06"), ("verification", "P14D", "M-11"))
    deadlines = tuple(Deadline(id, span, "UTC", clause, GROUND) for id, span, clause in spans if id not in clocks)
    return replace(
        plain,
        quorums=(*plain.quorums, *quorums),
        deadlines=(*plain.deadlines, *deadlines),
        deadlock=Deadlock("joint_ruling", "M-07", GROUND, BOTH),
        appeals=Appeals(("new_evidence", "procedure", "standard", "proportionality"), "M-10", GROUND),
    )


def founded(**changes: object) -> Desk:
    """A desk with that agreement, some of it changed."""
    return desks.founded(agreement=replace(agreement(), **changes) if changes else agreement())  # type: ignore[arg-type]


def at_stage(stage: str, desk: Desk | None = None) -> tuple[Desk, str]:
    return desks.at_stage(stage, desk or founded())


def try_(desk: Desk, slug: str, name: str, case: str = "", /, **given: Told) -> tuple[str, ...] | Refusal:
    """A deed on a case, or on the record: the sids entered, or the refusal."""
    deed, values = casedeeds.BY_NAME[name], Given(given)
    assert set(given) <= {ask.name for ask in deed.asks}, (name, given)
    refusal = fault(deed, values)
    if refusal is not None:
        return refusal
    draws, wanted = desk.salts(), desk.widened(deed.threads(case, values))
    return desk.try_(slug, wanted, lambda s, by, now: deed.do(s, case, values, by, now, draws))


def do(desk: Desk, slug: str, name: str, case: str = "", /, **given: Told) -> str:
    """A deed that must be entered; returns the first sid."""
    result = try_(desk, slug, name, case, **given)
    assert not isinstance(result, Refusal), (slug, name, result)
    return result[0]


def refused(desk: Desk, slug: str, name: str, case: str = "", /, **given: Told) -> str:
    """The code of a deed's refusal; empty where it was entered."""
    result = try_(desk, slug, name, case, **given)
    return result.code if isinstance(result, Refusal) else ""


def both(desk: Desk, case: str, name: str, **given: Told) -> str:
    """A paper put by one mediator and signed by the other."""
    sid = do(desk, "mediator1", name, case, **given)
    desks.sign(desk, case, sid)
    return sid


def check_alike(desk: Desk) -> None:
    """What a party's thread and the roster alone say of its determinations and measures is what the whole log says; and
    each measure in force is computed again, from the whole log and from its case's threads."""
    for party in ("party-1", "party-2"):
        assert _against(desk.standing(f"party:{party}"), party) == _against(desk.whole, party)
    forced = {sid for sid, row in desk.whole.measures.items() if row.in_force is not None}
    rows = recompute(desk.origin, desk.entries(), desk.agreements)
    assert [row.outcome for row in rows if row.sid in forced] == ["same"] * len(forced)
    for case in desk.whole.cases:
        own = {sid for sid in forced if desk.whole.measures[sid].imposed.case == case}
        rows = recompute(desk.origin, loaded(desk, case), desk.agreements)
        assert [row.outcome for row in rows if row.sid in own] == ["same"] * len(own)
        assert desk.standing(*desk.threads_of(case)).cases[case] == desk.whole.cases[case]


def _against(standing: Standing, party: str) -> tuple[object, ...]:
    """Determinations and measures of a party, by sid."""
    ruled = {
        sid: row for sid, row in standing.determinations.items() if party in {one.party for one in row.issued.ruled}
    }
    return ruled, {sid: row for sid, row in standing.measures.items() if row.imposed.party == party}


def loaded(desk: Desk, case: str) -> list[Entry]:
    """The entries that are loaded for an act on a case, in log order."""
    rows = {row.index: row for name in (*ALWAYS, *desk.threads_of(case)) for row in desk.book.thread(name)}
    return [rows[index] for index in sorted(rows)]


def minors(number: int, desk: Desk | None = None) -> tuple[Desk, list[str]]:
    """A desk with so many cases of minor violations by one party, an hour apart, each with its measure in force: the third
    counts the two before it."""
    desk, found = desk or founded(), []
    for hour in range(number):
        found.append(desks.at_stage("in_force", desk, local=f"2026-01-04T{10 + hour}:00")[1])
    return desk, found


def grave(stage: str, desk: Desk | None = None, local: str = "2026-01-04T22:40") -> tuple[Desk, str]:
    """A desk with a case of a grave violation at a stage: its measure is of step 3, which an appeal suspends."""
    return desks.at_stage(stage, desk or founded(), local=local, codes=("A1",), provision="P-05")


def renewed(desk: Desk, case: str) -> str:
    """The case is opened again and a new finding is put, on another report."""
    other = further(desk, case)
    do(desk, "mediator1", "case.reopen", case, ground="procedure", reason="R.")
    held = replace(desks.held(desk, case, standard="clear_and_convincing"), supports=(other,))
    return desk.do("mediator1", desk.threads_of(case), lambda s, by, now: adoption.adopt(s, case, (held,), by, now))


def measure(desk: Desk, case: str, number: int = -1) -> Measure:
    """A measure of a case, the last one where no other is named."""
    return desk.whole.measures[desk.whole.cases[case].measures[number]]


def ruling(desk: Desk, case: str) -> Determination:
    """The determination of a case."""
    return desk.whole.determinations[desk.whole.cases[case].determination]


def state(desk: Desk, case: str) -> str:
    return cases.state(desk.whole, desk.whole.cases[case])


def till(desk: Desk, at: Instant) -> None:
    """Let time pass so that the desk's next act is at an instant."""
    desk.wait(f"PT{(at.ms - desk.now().ms) // 60_000 - 1}M")
    assert desk.now() == at


def closed(desk: Desk, case: str, reason: str) -> str:
    """The code of the refusal to close a case; empty where it was closed."""
    return desk.refused(
        "mediator1", desk.threads_of(case), lambda s, by, now: triage.close(s, case, reason, "", by, now)
    )


def clock(desk: Desk, case: str, name: str, whose: str = "") -> Clock:
    """A clock of a case, by its name and by whose turn it is."""
    rows = deadlines.clocks(desk.whole, desk.whole.cases[case])
    return next(row for row in rows if row.name == name and whose in ("", row.whose))


def issued(desk: Desk, case: str, disposition: str = "violation", slug: str = "mediator1") -> str:
    """The code of the refusal to put a determination; empty where it was put."""
    return desk.refused(
        slug, desk.threads_of(case), lambda s, by, now: rulings.issue(s, case, {"i1": disposition}, "R.", by, now)
    )


def seal(desk: Desk, case: str, slug: str) -> str:
    """The code of the refusal of a party's reply; empty where it was taken."""
    salts = desk.salts()
    return desk.refused(
        slug, desk.threads_of(case), lambda s, by, now: replies.reply(s, case, "EXERCISE.", "en", by, now, salts)
    )


def drafting() -> tuple[Desk, str]:
    """An admitted case under an agreement where parties reply to the draft finding."""
    return at_stage("admitted", founded(reply_to="draft"))


def adopted(desk: Desk, case: str) -> str:
    """The code of the refusal to put a finding; empty where it was put."""
    rows = (desks.held(desk, case),)
    return desk.refused("mediator1", desk.threads_of(case), lambda s, by, now: adoption.adopt(s, case, rows, by, now))


def moonlit() -> Desk:
    """A desk whose one instrument ends on a day that hangs on the moon."""
    (plain,) = agreement().instruments
    window = Window("agreed", "2020-01-01T00:00+00:00", ground=GROUND, fixes="eid")
    return founded(instruments=(replace(plain, windows=(window,)),))


def _disputed() -> Desk:
    """A case that goes up a level, and one that is deadlocked, appealed and opened again."""
    desk, first = at_stage("complained", moonlit())
    end = {"what": "eid", "until": "2026-06-01T00:00+05:00", "zone": "+05:00"}
    do(desk, "secretariat", "date.fix", "", **end, reason="The moon was seen.")
    do(desk, "liaison1", "settlement.propose", first, terms="Both posts move back.")
    later = desk.now().plus(Span.parse("P9D")).text()
    do(desk, "mediator1", "clock.extend", first, clock="reply:party-1", due=later, reason="Snow.")
    desk.wait("P2D")
    ran = clock(desk, first, "triage")
    desk.do("registrar", desk.threads_of(first), lambda s, by, now: clockwork.overdue(s, "case", first, ran, now))
    do(desk, "mediator1", "case.escalate", first, reason="The hotline was silent.")
    do(desk, "mediator1", "case.suspend", first, reason="Fire near the post.")
    do(desk, "mediator1", "case.resume", first, reason="It is quiet.")
    _, second = at_stage("admitted", desk)
    do(desk, "mediator1", "case.join", first, other=second, how="together", reason="One night.")
    do(desk, "monitor", "verification.plan", second, seeks="Shells.", limits="By day.")
    do(desk, "mediator1", "finding.draft", second, **DRAFT)
    assert (seal(desk, second, "liaison1"), seal(desk, second, "liaison2"), adopted(desk, second)) == ("", "", "")
    desks.sign(desk, second, desk.whole.cases[second].finding)
    do(desk, "secretariat", "finding.publish", second)
    assert issued(desk, second) == ""
    do(desk, "mediator2", "vote.cast", second, position="against", reason="R.")
    do(desk, "secretariat", "deadlock.declare", second)
    assert issued(desk, second) == ""
    desks.sign(desk, second, desk.whole.cases[second].determination)
    both(desk, second, "measure.defer", issue="i1", until=desk.now().plus(Span.parse("P1D")).text(), reason="Talks.")
    filed = {"ground": "procedure", "text": "EXERCISE. We were not heard.", "language": "en"}
    do(desk, "liaison2", "appeal.file", second, **filed)
    both(desk, second, "appeal.decide", outcome="varied", disposition="no_violation", reason="R.")
    do(desk, "mediator1", "case.reopen", second, ground="procedure", reason="R.")
    do(desk, "mediator1", "finding.draft", second, **DRAFT)
    assert (seal(desk, second, "liaison1"), seal(desk, second, "liaison2"), adopted(desk, second)) == ("", "", "")
    _challenged(desk)
    return desk


def _challenged(desk: Desk) -> None:
    """A challenge, put aside by the others."""
    desks.seat(desk, "mediator1b")
    sid = do(desk, "liaison2", "panel.challenge", "", member=f"{desk.origin}/mediator1", reason="A post in the army.")
    put = do(desk, "mediator2", "challenge.rule", "", challenge=sid, upheld="no", reason="It was long ago.")
    desk.do("mediator1b", (), lambda s, by, now: rulings.sign(s, put, by, now))


def further(desk: Desk, case: str) -> str:
    """A monitor's report that is linked to the case's incident."""
    sid = desks.file(desk, desks.report(f"more-{desk.drawn}", "", channel="monitor"))
    threads, incident = (*desk.threads_of(case), f"report:{sid}"), desk.whole.cases[case].opened.incident
    desk.do("secretariat", threads, lambda s, by, now: grouping.link(s, incident, sid, "R.", by, now))
    return sid


def _doubted() -> Desk:
    """Four violations, of which the first is annulled, and a fifth whose finding loses a support."""
    desk, found = minors(4)
    do(desk, "liaison2", "appeal.file", found[0], ground="standard", text="EXERCISE. It was not so.", language="en")
    both(desk, found[0], "appeal.decide", outcome="annulled", reason="It was not held at that standard.")
    both(desk, found[3], "measure.release", measure=measure(desk, found[3]).sid, reason="The step is the same.")
    _, last = at_stage("replied", desk)
    own = desk.whole.cases[last].opened.report
    desks.sign(desk, last, desks.adopt(desk, last, supports=(own, further(desk, last))))
    desks.sign(desk, last, desks.issue(desk, last))
    desks.discredit(desk, own)
    both(desk, last, "finding.confirm", reason="The other report bears it.")
    return desk


def _advised() -> Desk:
    """Where the authority is advisory, an opinion."""
    desk, case = at_stage("found", founded(authority=replace(agreement().authority, value="advisory")))
    both(desk, case, "opinion.give", view="facts_fall_under", reason="Both posts are named in the text.")
    return desk


def _corrected() -> Desk:
    """A published finding that lost its support."""
    desk, found = at_stage("found")
    do(desk, "secretariat", "finding.publish", found)
    desks.discredit(desk, desk.whole.cases[found].opened.report)
    return desk


STORIES = (desks.story, _disputed, _doubted, _advised, _corrected)
"""Desks on which every kind of entry has been entered at least once: the straight way, then the course beyond it."""
