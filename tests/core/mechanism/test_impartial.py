"""Impartiality: under a symmetric text what came of disputes exchanges byte for byte; under any other each difference has
its clause; a bias planted in a rule, a clock, an order or in access is found by name.

200 disputes in the normal run; `./dev test --long` plays 5,000.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.test_invariants import LONG
from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.cli import agreements, impartiality
from tiga.mechanism import (
    affairs,
    aftermath,
    cases,
    deadlines,
    effects,
    hotline,
    impartial,
    mandates,
    measures,
    rehearsal,
    release,
    reports,
    scripts,
    standing,
)
from tiga.mechanism.acts import Decision, Refusal
from tiga.mechanism.deciders import clockwork, complaints, imposing, replies, ruling, triage
from tiga.mechanism.rehearsal import Act
from tiga.mechanism.trial import Trial
from tiga.values.moments import Instant

DISPUTES = 5_000 if LONG else 200
SHARES = {"exercise": 70, "course": 50, "doha-istanbul-2025": 50, "slmm-2002": 30}
"""Of 200 disputes, how many are played under which agreement."""
SEED = "impartial"


@cache
def agreement(name: str) -> Agreement:
    made: dict[str, Callable[[], Agreement]] = {
        "exercise": desks.exercise_agreement,
        "course": courses.agreement,
        "symmetric": symmetric,
    }
    return made[name]() if name in made else agreements.agreement(name, "en")


def symmetric() -> Agreement:
    """The agreement with every rule, without what binds one side alone; both parties keep one zone and no bank."""
    text = courses.agreement()
    under = text.undertakings
    return replace(
        text,
        parties=tuple(replace(party, zone="UTC", bank="") for party in text.parties),
        clauses=tuple(clause for clause in text.clauses if len(clause.binds) != 1),
        undertakings=replace(
            under,
            assurances=tuple(row for row in under.assurances if len(row.binds) == 2),
            pairs=tuple(row for row in under.pairs if row.id == "lists-of-detained"),
        ),
    )


@cache
def trial(name: str) -> Trial:
    text = impartial.rehearsed(agreement(name))
    return Trial(text, impartiality.crew(text))


@cache
def dispute(number: int) -> tuple[Act, ...]:
    """The acts of a dispute under the symmetric agreement, written by the code as it is."""
    text = impartial.rehearsed(agreement("symmetric"))
    return scripts.write(rehearsal.text(text), impartiality.crew(text), SEED, number).acts


def full() -> tuple[Act, ...]:
    """A dispute that goes all the way: violation, dissent, measure, appeal, discredited report, a call, a challenge."""
    rows: tuple[tuple[str, str, str, dict[str, str | tuple[str, ...]]], ...] = (
        ("liaison-2", "case.complain", "", {"code": "H2", "local": "2026-01-05T07:00", "provision": "P-01",
                                            "respondent": ONE, "level": "R1"}),
        ("mediator-1", "case.admit", "@0.2", {"standard": "reasonable_suspicion"}),
        ("liaison-1", "reply.seal", "@0.2", {}),
        ("liaison-2", "reply.seal", "@0.2", {}),
        ("mediator-1", "finding.adopt", "@0.2", {
            "holding": "established", "standard": "clear_and_convincing", "attribution": "organ", "supports": ("@0.0",),
            "limitations": ("single_source",)}),
        ("mediator-2", "signature.add", "@4.0", {}),
        ("liaison-2", "finding.dissent", "@4.0", {}),
        ("mediator-1", "determination.issue", "@0.2", {"disposition": "violation", "others": "violation"}),
        ("mediator-2", "signature.add", "@7.0", {}),
        ("mediator-1", "measure.impose", "@0.2", {"issue": "i1"}),
        ("mediator-2", "signature.add", "@9.0", {}),
        ("liaison-2", "appeal.file", "@0.2", {"ground": "procedure", "text": "EXERCISE.", "language": "en"}),
        ("secretariat", "report.discredit", "@0.0", {}),
        ("liaison-1", "call.log", "", {
            "caller": ONE, "called": TWO, "asserted_local": "2026-01-05T08:02", "asserted_zone": "UTC",
            "asserted_precision": "minute", "call_answered": "yes"}),
        ("liaison-2", "call.confirm", "@13.0", {
            "call_answered": "yes", "asserted_local": "2026-01-05T08:02", "asserted_zone": "UTC",
            "asserted_precision": "minute"}),
        ("liaison-1", "panel.challenge", "", {"member": "key:mediator-1", "reason": "EXERCISE."}),
    )  # fmt: skip
    first = Instant.parse("2026-01-05T08:00:00.000Z").ms
    return tuple(
        Act(number, who, deed, Instant(first + number * 60_000), on, given)
        for number, (who, deed, on, given) in enumerate(rows)
    )


# ---- the text


def test_a_symmetric_text_exchanged_is_itself() -> None:
    assert impartial.exchanged(symmetric()) == symmetric()
    assert impartial.exchanged(agreement("slmm-2002")) == agreement("slmm-2002")
    assert impartial.asymmetries(symmetric()) == ()


@pytest.mark.parametrize("name", [*SHARES, "symmetric"])
def test_exchanged_twice_is_the_text_again(name: str) -> None:
    text = agreement(name)
    assert impartial.exchanged(impartial.exchanged(text)) == text


def test_the_asymmetries_of_a_text_are_its_items_with_both_sides() -> None:
    found = impartial.asymmetries(agreement("doha-istanbul-2025"))
    assert [(one.item, one.clause) for one in found] == [
        ("parties.zone", ""),
        ("parties.bank", ""),
        ("instruments.eid-pause-2026", ""),
        ("clauses.P-03", "P-03"),
        ("clauses.P-06", "P-06"),
        ("undertakings.assurances.no-attack-from-soil", "O-04"),
        ("undertakings.pairs.numbers-and-relief", "O-03"),
    ]
    assert found[3].members == (("binds", ["kabul"], ["islamabad"]),)
    assert found[3].text == agreement("doha-istanbul-2025").clause("P-03").text  # type: ignore[union-attr]


def test_nobodys_words_are_put_into_anothers_mouth() -> None:
    text = agreement("doha-istanbul-2025")
    turned = impartial.exchanged(text)
    assert [row.readouts for row in turned.clauses] == [row.readouts for row in text.clauses]
    assert [row.ground for row in turned.clauses] == [row.ground for row in text.clauses]


def test_only_two_parties_can_be_exchanged() -> None:
    text = symmetric()
    third = replace(text, parties=(*text.parties, replace(text.parties[0], id="party-3")))
    with pytest.raises(ValueError, match="two parties can be exchanged, not 3"):
        impartial.rehearsed(third)


@pytest.mark.parametrize("change", ["reply", "quorum", "assent", "pair", "duty", "report", "forum", "step"])
def test_a_one_sided_change_of_any_rule_is_listed(change: str) -> None:
    """A rule that names a party is found by its item, wherever it stands."""
    text = symmetric()
    under, quorum = text.undertakings, text.quorums[0]
    pair = under.pairs[0]
    one = tuple(replace(seats, number=2) if seats.component == "party-1" else seats for seats in quorum.seated)
    changed = {
        "reply": (
            replace(text, clauses=(replace(text.clauses[0], binds=("party-2",)), *text.clauses[1:])),
            "clauses.P-01",
        ),
        "quorum": (replace(text, quorums=(replace(quorum, seated=one), *text.quorums[1:])), f"quorums.{quorum.act}"),
        "assent": (
            replace(text, deadlock=replace(text.deadlock, assent=quorum.seated[:1])),  # type: ignore[type-var]
            "deadlock",
        ),
        "pair": (
            replace(text, undertakings=replace(under, pairs=(replace(pair, first="party-1"),))),
            f"undertakings.pairs.{pair.id}",
        ),
        "duty": (
            replace(text, undertakings=replace(under, duties=(replace(under.duties[0], binds=("party-1",)),))),
            f"undertakings.duties.{under.duties[0].id}",
        ),
        "report": (
            replace(text, undertakings=replace(under, periodic=(replace(under.periodic[0], owed_by=("party-1",)),))),
            f"undertakings.periodic.{under.periodic[0].id}",
        ),
        "forum": (
            replace(text, undertakings=replace(under, forum=replace(under.forum, present=("party-2",)))),  # type: ignore[type-var]
            "undertakings.forum",
        ),
        "step": (
            replace(text, measures=(replace(text.measures[0], beneficiary="party-1"), *text.measures[1:])),
            f"measures.{text.measures[0].id}",
        ),
    }
    found, item = changed[change]
    assert [one.item for one in impartial.asymmetries(found)] == [item]
    assert impartial.exchange(found).way == (found,)


# ---- disputes


def test_the_same_seed_gives_the_same_dispute() -> None:
    text = rehearsal.text(impartial.rehearsed(symmetric()))
    crew = impartiality.crew(text.agreement)
    once, again = (scripts.write(text, crew, SEED, 3) for _ in range(2))
    assert once == again
    assert impartial.written(rehearsal.play(text, crew, once.acts)) == impartial.written(once.outcome)


def test_a_dispute_mirrored_twice_is_itself() -> None:
    for number in range(5):
        acts = dispute(number)
        assert tuple(rehearsal.mirrored(rehearsal.mirrored(act)) for act in acts) == acts


def test_under_a_symmetric_text_outcomes_exchange_byte_for_byte() -> None:
    text = rehearsal.text(impartial.rehearsed(symmetric()))
    crew = impartiality.crew(text.agreement)
    for number in range(10):
        one = rehearsal.play(text, crew, dispute(number))
        other = rehearsal.play(text, crew, tuple(map(rehearsal.mirrored, dispute(number))))
        assert impartial.written(impartial.mirror(one)) == impartial.written(other)
        assert impartial.compare(one, other) == ()


@pytest.mark.parametrize("name", list(SHARES))
def test_every_difference_of_generated_disputes_traces_to_an_item_of_the_text(name: str) -> None:
    tried, traced = trial(name), Counter[str]()
    for number in range(DISPUTES * SHARES[name] // 200):
        verdict = tried.dispute(SEED, number)
        assert verdict.unlisted == (), (name, number)
        traced.update(row.item for row in verdict.differences)
    listed = {one.item for one in impartial.asymmetries(tried.known.agreement)}
    assert set(traced) - listed == set()
    if name != "slmm-2002":
        assert traced["clauses.P-03"] > 0
        assert traced["clauses.P-06"] > 0
    else:
        assert traced == Counter()


def test_a_dispute_that_goes_all_the_way_is_refused_nothing() -> None:
    text = rehearsal.text(impartial.rehearsed(symmetric()))
    outcome = rehearsal.play(text, trial("symmetric").crew, full())
    assert [name for name, rows in outcome["acts"].items() if "refusal" in rows] == []
    assert trial("symmetric").again(full()) == ()


def test_generated_disputes_reach_deep() -> None:
    """They would prove little if nothing happened in them."""
    acts, text = Counter[str](), rehearsal.text(impartial.rehearsed(symmetric()))
    for number in range(100):
        outcome = rehearsal.play(text, trial("symmetric").crew, dispute(number))
        acts.update(name.split()[-1] for rows in outcome["acts"].values() for name in rows if name != "refusal")
    wanted = ("measure.impose", "compliance.verify", "clock.overdue", "reply.open", "case.close", "assurance.give")
    assert [name for name in wanted if acts[name] == 0] == []


# ---- planted biases


Patch = pytest.MonkeyPatch
ONE, TWO = "party-1", "party-2"


def _reply_clock(patch: Patch) -> None:
    add = deadlines._Clocks.add

    def biased(self, name, whose, *rest, **more):  # type: ignore[no-untyped-def]
        add(self, name, whose, *rest, **more)
        if (name, whose) == ("reply", TWO) and self.rows:
            self.rows[-1] = replace(self.rows[-1], due=Instant(self.rows[-1].due.ms - 60_000))

    patch.setattr(deadlines._Clocks, "add", biased)


def _clock(name: str) -> Callable[[Patch], None]:
    def plant(patch: Patch) -> None:
        add = deadlines._Clocks.add

        def biased(self, own, whose, *rest, **more):  # type: ignore[no-untyped-def]
            add(self, own, whose, *rest, **more)
            if (own, whose) == (name, TWO) and self.rows:
                self.rows[-1] = replace(self.rows[-1], due=Instant(self.rows[-1].due.ms - 86_400_000))

        patch.setattr(deadlines._Clocks, "add", biased)

    return plant


def _notice_later(patch: Patch) -> None:
    """Notice of what party-2 complains of is served a minute later."""
    complain = complaints.complain

    def biased(s, complaint, by, now):  # type: ignore[no-untyped-def]
        outcome = complain(s, complaint, by, now)
        if isinstance(outcome, Refusal) or by.component != TWO:
            return outcome
        *rows, last = outcome.entries
        later = replace(last, envelope=replace(last.envelope, at=Instant(now.ms + 60_000)))
        return replace(outcome, entries=(*rows, later))

    patch.setattr(complaints, "complain", biased)


def _notice_one(patch: Patch) -> None:
    """Party-1 alone is told, where party-2 complains."""
    complain = complaints.complain

    def served(s, complaint, by, now):  # type: ignore[no-untyped-def]
        outcome = complain(s, complaint, by, now)
        if isinstance(outcome, Refusal) or by.component != TWO:
            return outcome
        rows = [
            replace(one, envelope=replace(one.envelope, body=one.envelope.body | {"to": [ONE]}))
            if one.envelope.act == "notice.serve"
            else one
            for one in outcome.entries
        ]
        return replace(outcome, entries=tuple(rows))

    patch.setattr(complaints, "complain", served)


def _ladder(patch: Patch) -> None:
    """One violation too many is counted against party-1."""
    situation = measures.situation

    def biased(s, determination, ruled, at, known=None):  # type: ignore[no-untyped-def]
        facts = situation(s, determination, ruled, at, known)
        if ruled.party != ONE:
            return facts
        return replace(facts, past=(*facts.past, measures.Past("x#i1", ruled.occurred, ruled.severity)))

    patch.setattr(measures, "situation", biased)


def _severity(patch: Patch) -> None:
    rule_on = ruling.rule_on

    def biased(s, case, held, disposition):  # type: ignore[no-untyped-def]
        row = rule_on(s, case, held, disposition)
        if isinstance(row, Refusal) or not row.severity or row.party != TWO:
            return row
        return replace(row, severity=s.agreement.severities[0])

    patch.setattr(ruling, "rule_on", biased)


def _may_see(patch: Patch) -> None:
    """The officer of party-2 sees what is the panel's own."""
    may_see = release.may_see
    patch.setattr(
        release,
        "may_see",
        lambda reader, level, party="": (
            may_see(reader, level, party) or (level == "R3" and reader.role == "liaison" and reader.component == TWO)
        ),
    )


def _reply_early(patch: Patch) -> None:
    sees = release.may_see_reply
    patch.setattr(
        release, "may_see_reply", lambda reader, case, party: reader.component == ONE or sees(reader, case, party)
    )


def _released_wide(patch: Patch) -> None:
    """A report that party-1 files for itself and the mediators is released to both."""
    released = reports.released

    def biased(report, salts):  # type: ignore[no-untyped-def]
        rows = released(report, salts)
        return tuple(replace(row, level="R1") for row in rows) if report.party == ONE else rows

    patch.setattr(reports, "released", biased)


def _overdue(patch: Patch) -> None:
    overdue = clockwork.overdue
    patch.setattr(
        clockwork,
        "overdue",
        lambda s, concept, sid, clock, now: (
            Refusal("overdue_already") if clock.whose == ONE else overdue(s, concept, sid, clock, now)
        ),
    )


def _stays(patch: Patch) -> None:
    stay = effects.stay

    def biased(s, sid, reason):  # type: ignore[no-untyped-def]
        if sid in s.measures and s.measures[sid].imposed.party == ONE:
            return
        stay(s, sid, reason)

    patch.setattr(effects, "stay", biased)


def _flags(patch: Patch) -> None:
    """What rests on a discredited report is not flagged in cases that party-2 brought."""
    doubt = effects.doubt

    def biased(s, report, touched, ruled, why):  # type: ignore[no-untyped-def]
        doubt(s, report, tuple(sid for sid in touched if s.cases[sid].opened.complainant != TWO), ruled, why)

    patch.setattr(effects, "doubt", biased)


def _sitting(patch: Patch) -> None:
    """An empty seat of party-2 counts as taken."""
    sitting = mandates.sitting
    patch.setattr(mandates, "sitting", lambda s, component: max(sitting(s, component), int(component == TWO)))


def _excused(patch: Patch) -> None:
    """Party-1 is passed over after one notice fewer."""
    count = mandates.count

    def biased(s, quorum, signers):  # type: ignore[no-untyped-def]
        noticed = s.panel_notices
        if noticed.get(ONE):
            s.panel_notices = noticed | {ONE: noticed[ONE] + 1}
        made = count(s, quorum, signers)
        s.panel_notices = noticed
        return made

    patch.setattr(mandates, "count", biased)


def _forgotten(act: str, of: str) -> Callable[[Patch], None]:
    """Entries of an act by one side change nothing."""

    def plant(patch: Patch) -> None:
        rows = standing._FOLDS if act in standing._FOLDS else affairs._FOLDS
        held = rows[act]
        fold = held if callable(held) else held[1]

        def biased(*given):  # type: ignore[no-untyped-def]
            entry = given[-1]
            if f"liaison-{of[-1]}" not in "".join(entry.signers):
                fold(*given)

        patch.setitem(rows, act, biased if callable(held) else (held[0], biased))

    return plant


def _refused(deed: str, code: str, of: str) -> Callable[[Patch], None]:
    """A deed is refused to one side."""

    def plant(patch: Patch) -> None:
        do = rehearsal.DEEDS[deed].do

        def biased(s, sid, given, by, now, draws):  # type: ignore[no-untyped-def]
            return Refusal(code) if by.component == of else do(s, sid, given, by, now, draws)

        patch.setitem(rehearsal.DEEDS, deed, replace(rehearsal.DEEDS[deed], do=biased))

    return plant


def _late(patch: Patch) -> None:
    """A late reply of party-1 is not marked late."""
    fold = standing._FOLDS["reply.seal"]

    def biased(s, kind, entry):  # type: ignore[no-untyped-def]
        fold(s, kind, entry)
        case = s.cases.get(kind.case)
        if case and kind.party == ONE:
            s._case(kind.case, replies=(*case.replies[:-1], replace(case.replies[-1], late=False)))

    patch.setitem(standing._FOLDS, "reply.seal", biased)


def _opened_alone(patch: Patch) -> None:
    """Replies are opened as soon as party-2 has replied."""
    reply = replies.reply

    def biased(s, case_sid, text, language, by, now, salts):  # type: ignore[no-untyped-def]
        outcome = reply(s, case_sid, text, language, by, now, salts)
        if isinstance(outcome, Decision) and by.component == TWO and len(outcome.entries) == 1:
            kind = cases.RepliesOpened(case_sid, (outcome.sid,))
            opened = replies.drafted(kind, s.log, now, by_registrar=True)
            return replace(outcome, entries=(*outcome.entries, opened))
        return outcome

    patch.setattr(replies, "reply", biased)


def _admitted(patch: Patch) -> None:
    """More is asked of what party-1 complains of."""
    admit = triage.admit

    def biased(s, case_sid, standard, reasons, by, now):  # type: ignore[no-untyped-def]
        case = s.cases.get(case_sid)
        if case and case.opened.complainant == ONE and standard != s.agreement.standard_order[0]:
            return Refusal("standard_low")
        return admit(s, case_sid, standard, reasons, by, now)

    patch.setattr(triage, "admit", biased)


def _measure_due(patch: Patch) -> None:
    compute = imposing.compute

    def biased(s, determination, ruled, at, known=None):  # type: ignore[no-untyped-def]
        made = compute(s, determination, ruled, at, known)
        if isinstance(made, Refusal) or ruled.party != ONE:
            return made
        return replace(made, items=tuple(replace(row, due=Instant(row.due.ms - 60_000)) for row in made.items))

    patch.setattr(imposing, "compute", biased)


def _tally(patch: Patch) -> None:
    """Calls that party-1 makes are counted twice."""
    tally = hotline.tally
    patch.setattr(
        hotline,
        "tally",
        lambda s: tuple(replace(row, answered=row.answered * 2) if row.caller == ONE else row for row in tally(s)),
    )


BIASES: dict[str, tuple[Callable[[Patch], None], str]] = {
    "the reply clock of one side is a minute shorter": (_reply_clock, "cases.clocks.reply party-2.due"),
    "the appeal window of one side is a day shorter": (_clock("appeal_file"), "cases.clocks.appeal_file party-2.due"),
    "notice of one side's complaints is served later": (_notice_later, "acts.case.complain.notice.serve.at"),
    "notice of one side's complaints is served on one party": (_notice_one, "acts.case.complain.notice.serve.body.to"),
    "the ladder counts one more against one side": (_ladder, "explanations.nodes.groups.found"),
    "the severity of one side's violations is lowered": (
        _severity,
        "acts.determination.issue.determination.issue.body.ruled.severity",
    ),
    "one liaison officer sees the panel's papers": (_may_see, "seen.liaison-2.entry"),
    "one liaison officer sees replies before they are opened": (_reply_early, "seen.liaison-1.reply"),
    "one side's reports are released to more": (_released_wide, "acts.case.complain.report.file.released.level"),
    "overdue is noted for one side only": (_overdue, "acts.clock.run.clock.overdue"),
    "measures against one side are not stayed": (_stays, "stands.measures.stays"),
    "one side's cases are not flagged": (_flags, "stands.cases.flags"),
    "one side's empty seat counts as taken": (_sitting, "cases.stayed"),
    "one side is excused after fewer notices": (_excused, "cases.stayed"),
    "one side's dissents are dropped": (_forgotten("finding.dissent", TWO), "stands.cases.dissents"),
    "one side's proposals to settle are dropped": (
        _forgotten("settlement.propose", ONE),
        "stands.cases.course.proposals",
    ),
    "one side's word on a crossing is dropped": (_forgotten("crossing.announce", ONE), "affairs.crossing.facts"),
    "one side's assurances are not taken": (
        _refused("assurance.give", "assurance_exists", TWO),
        "acts.assurance.give.refusal",
    ),
    "one side may not challenge a member": (
        _refused("panel.challenge", "role", ONE),
        "acts.panel.challenge.panel.challenge",
    ),
    "one side's appeals are refused": (_refused("appeal.file", "appeal_late", TWO), "acts.appeal.file.refusal"),
    "one side's late replies are not marked": (_late, "stands.cases.replies.late"),
    "replies are opened when one side has replied": (_opened_alone, "acts.reply.seal.reply.open"),
    "more is asked of one side's complaints": (_admitted, "acts.case.admit.refusal"),
    "one side's measures are due sooner": (_measure_due, "acts.measure.impose.measure.impose.body.items.due"),
    "one side's calls are counted twice": (_tally, "tallies.calls_tallied.answered"),
}
TRIED = 200


@pytest.mark.parametrize("name", list(BIASES))
def test_a_planted_bias_is_found_by_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, wanted = BIASES[name]
    for number in range(-1, TRIED):
        acts = dispute(number) if number >= 0 else full()  # written without the bias
        with monkeypatch.context() as patch:
            plant(patch)
            found = {row.name for row in trial("symmetric").again(acts) if not row.item}
        if wanted in found:
            return
    raise AssertionError(f"{wanted} was not found in {TRIED} disputes")


def test_an_order_that_does_not_alternate_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert impartial.leading(symmetric()) == ()
    monkeypatch.setattr(reading, "order", lambda text, turn: text.parties)
    assert {row.name for row in impartial.leading(symmetric())} == {"order"}
    assert len(impartial.leading(symmetric())) == impartial.TURNS


def test_the_shortest_dispute_that_shows_a_bias_needs_each_of_its_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    acts = next(
        dispute(number) for number in range(TRIED)
        if [act for act in dispute(number) if act.deed == "case.complain"]
    )  # fmt: skip
    _reply_clock(monkeypatch)
    short = trial("symmetric").shortest(acts, "cases.clocks.reply party-2.due")
    assert [act.deed for act in short] == ["case.complain"]


def test_aftermath_keeps_every_member_of_the_fold() -> None:
    """What is added to the standing must be compared too, or be named here as no part of what came of a dispute."""
    left = {"log", "agreements", "reads", "now", "scope", "title", "agreement", "agreement_sha256", "keys", "revoked",
            "heirs", "batch", "absences", "opened", "matches", "affairs", "agreement_since"}  # fmt: skip
    assert set(standing.Standing.__dataclass_fields__) - set(aftermath.FOLDED) == left
