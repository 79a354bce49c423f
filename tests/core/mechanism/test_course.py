"""The course of a case beyond the straight way: levels, settlement, joining, drafts, publication, deadlock,
opinions and challenges. After each story the threads alone say what the whole log says (`courses.check_alike`).
"""

from __future__ import annotations

from dataclasses import replace

from tests.core.mechanism import courses
from tests.core.mechanism import desk as desks
from tests.core.mechanism.courses import (
    DRAFT,
    adopted,
    at_stage,
    both,
    check_alike,
    clock,
    closed,
    do,
    drafting,
    founded,
    issued,
    refused,
    seal,
    state,
    till,
)  # fmt: skip
from tests.core.mechanism.desk import Desk, actor
from tiga.agreement.clauses import Deadlock
from tiga.mechanism import cases, deadlines, release
from tiga.mechanism.acts import Decision, drafted
from tiga.mechanism.asks import Given
from tiga.mechanism.deciders import proceedings, replies, ruling, seating
from tiga.mechanism.determinations import DeterminationIssued, Ruled
from tiga.mechanism.release import Reader
from tiga.values.moments import Instant, Span

ADVISORY = replace(courses.agreement().authority, value="advisory")
NO_POWER = replace(courses.agreement().authority, value="none")


# ---- levels, settlement, joining


def test_a_dispute_goes_up_one_level_at_a_time_and_only_when_the_level_was_tried() -> None:
    desk, case = at_stage("admitted")
    assert refused(desk, "mediator1", "case.escalate", case, reason="R.") == "level_untried"
    went = []
    for _ in range(3):
        desk.wait("PT6H")
        do(desk, "mediator1", "case.escalate", case, reason="R.")
        went.append(desk.whole.cases[case].level)
        wanted = "level_last" if went[-1] == "political" else "level_untried"
        assert refused(desk, "mediator1", "case.escalate", case, reason="R.") == wanted
    assert went == ["sector", "central", "political"]
    check_alike(desk)


def test_a_settlement_needs_the_same_terms_from_both_and_closes_the_case() -> None:
    desk, case = at_stage("admitted")
    do(desk, "liaison1", "settlement.propose", case, terms="Both posts move back.")
    do(desk, "liaison2", "settlement.propose", case, terms="One post moves back.")
    assert state(desk, case) == "reply"
    do(desk, "liaison2", "settlement.propose", case, terms="Both  posts move back.")
    assert (desk.whole.cases[case].closed, state(desk, case)) == ("settled_locally", "closed")
    assert (desk.whole.findings, desk.whole.determinations, desk.whole.measures) == ({}, {}, {})
    assert refused(desk, "liaison1", "settlement.propose", case, terms="More.") == "case_closed"
    check_alike(desk)


def test_cases_are_joined_and_parted_and_keep_their_issues_and_measures() -> None:
    desk, (first, second) = courses.minors(2)
    before = {case: replace(desk.whole.cases[case]) for case in (first, second)}
    measures = dict(desk.whole.measures)
    do(desk, "mediator1", "case.join", first, other=second, how="together", reason="One night.")
    assert [desk.whole.cases[case].course.joined for case in (first, second)] == [(second,), (first,)]
    check_alike(desk)
    do(desk, "mediator1", "case.join", second, other=first, how="apart", reason="Two matters.")
    assert {case: desk.whole.cases[case] for case in (first, second)} == before
    assert desk.whole.measures == measures
    check_alike(desk)


def test_a_question_that_has_its_case_gets_no_second_one() -> None:
    desk, case = at_stage("complained")
    incident = desk.whole.cases[case].opened.incident
    asked = {"incident": incident, "provision": "P-01"}
    assert refused(desk, "secretariat", "case.raise", "", **asked, party="party-2") == "case_exists"
    other = do(desk, "secretariat", "case.raise", "", **asked, party="party-1")
    assert desk.whole.cases[other].parties == ("party-1",)
    assert refused(desk, "secretariat", "case.raise", "", **asked, party="party-1") == "case_exists"


def test_a_suspended_case_waits_and_goes_on() -> None:
    desk, case = at_stage("replied")
    do(desk, "mediator1", "case.suspend", case, reason="Fire near the post.")
    assert refused(desk, "mediator1", "finding.draft", case, **DRAFT) == "case_suspended"
    do(desk, "mediator2", "case.resume", case, reason="It is quiet.")
    desks.adopt(desk, case)
    check_alike(desk)


# ---- the draft finding


def test_where_parties_reply_to_a_draft_the_finding_waits_for_it_and_the_replies_open_together() -> None:
    desk, case = drafting()
    assert adopted(desk, case) == "draft_missing"
    sid = do(desk, "mediator1", "finding.draft", case, **DRAFT)
    draft = desk.whole.cases[case].course.draft
    assert draft is not None and draft.served.to == ("party-1", "party-2")
    assert {
        row.started for row in deadlines.clocks(desk.whole, desk.whole.cases[case]) if row.due == draft.served.reply_due
    } == {draft.at}
    assert refused(desk, "mediator1", "finding.draft", case, **DRAFT) == "draft_waits"
    assert (state(desk, case), adopted(desk, case)) == ("reply", "reply_clock")
    assert seal(desk, case, "liaison1") == ""
    assert _visible(desk, case) == [False]
    assert seal(desk, case, "liaison2") == ""
    assert _visible(desk, case) == [True, True]
    assert [(row.draft, row.late) for row in desk.whole.cases[case].replies] == [(sid, False), (sid, False)]
    assert (state(desk, case), adopted(desk, case)) == ("drafting", "")
    desks.sign(desk, case, desk.whole.cases[case].finding)
    desks.sign(desk, case, desks.issue(desk, case))
    desks.sign(desk, case, desks.impose(desk, case))
    check_alike(desk)


def _visible(desk: Desk, case: str) -> list[bool]:
    """Which replies a mediator may read, in their order."""
    found = desk.whole.cases[case]
    reader = Reader("mediator", "mediator-1")
    return [release.may_see_reply(reader, found, row.party, row.draft) for row in found.replies]


def test_replies_to_a_draft_stay_sealed_though_those_to_the_complaint_are_open() -> None:
    desk, case = at_stage("replied", founded(reply_to="draft"))
    do(desk, "mediator1", "finding.draft", case, **DRAFT)
    assert seal(desk, case, "liaison1") == ""
    assert _visible(desk, case) == [True, True, False]
    assert seal(desk, case, "liaison2") == ""
    assert _visible(desk, case) == [True, True, True, True]


def test_what_was_still_sealed_when_a_draft_was_served_opens_with_the_replies_to_it() -> None:
    desk, case = drafting()
    assert seal(desk, case, "liaison1") == ""
    do(desk, "mediator1", "finding.draft", case, **DRAFT)
    assert (seal(desk, case, "liaison2"), seal(desk, case, "liaison1")) == ("", "")
    bodies = [row.envelope.body for row in desk.entries() if row.envelope.act == "reply.open"]
    first, second, third = desk.whole.cases[case].replies
    assert [second.draft, third.draft] == [desk.whole.cases[case].turn] * 2
    assert bodies == [
        {"draft": third.draft, "replies": [second.sid, third.sid]}, {"replies": [first.sid], "silent": ["party-2"]},
    ]  # fmt: skip
    assert _visible(desk, case) == [True, True, True]


def test_silence_on_a_draft_is_said_and_a_late_reply_is_taken_and_marked() -> None:
    desk, case = drafting()
    assert seal(desk, case, "liaison1") == ""
    sid = do(desk, "mediator1", "finding.draft", case, **DRAFT)
    desk.wait("P7D")
    assert adopted(desk, case) == "replies_sealed"
    desk.do("registrar", desk.threads_of(case), lambda s, by, now: replies.open_replies(s, case, by, now))
    opened = next(row.envelope.body for row in desk.entries() if row.envelope.act == "reply.open")
    assert opened == {"draft": sid, "silent": ["party-1", "party-2"]}
    assert seal(desk, case, "liaison1") == ""
    last = desk.whole.cases[case].replies[-1]
    assert (last.draft, last.late, _visible(desk, case)[-1]) == (sid, True, True)
    assert [clock(desk, case, "reply", "party-2").state(desk.now()), adopted(desk, case)] == ["lapsed", ""]
    assert desk.whole.findings[desk.whole.cases[case].finding].adopted.held[0].limitations == ("single_source",)


# ---- publication


def published(desk: Desk, case: str, slug: str) -> str:
    draws = desk.salts()
    return desk.refused(
        slug, desk.threads_of(case), lambda s, by, now: proceedings.publish(s, case, Given({}), by, now, draws)
    )


def test_publication_starts_with_the_finding_and_the_registrar_publishes_at_its_end() -> None:
    desk, case = at_stage("found")
    force = desk.whole.findings[desk.whole.cases[case].finding].in_force
    assert force is not None
    due = force.plus(Span.parse("P3D"))
    assert (clock(desk, case, "publish").started, clock(desk, case, "publish").due) == (force, due)
    later = Instant(due.ms + 86_400_000).text()
    held = {"clock": "publish", "due": later, "reason": "For balance."}
    assert refused(desk, "mediator1", "clock.extend", case, **held) == "clock_unknown"
    till(desk, Instant(due.ms - 180_000))
    assert published(desk, case, "registrar") == "publish_clock"
    till(desk, due)
    assert published(desk, case, "registrar") == ""
    last = desk.entries()[-1]
    assert (last.signers, last.envelope.body["due"]) == ((f"{desk.origin}/registrar",), due.text())
    assert [row["gist"] for row in last.envelope.body["gists"]] == ["EXERCISE. Firing is held."]
    assert published(desk, case, "secretariat") == "published_already"
    check_alike(desk)


# ---- deadlock


def test_a_deadlock_comes_by_the_clock() -> None:
    desk, case = at_stage("issued")
    assert refused(desk, "secretariat", "deadlock.declare", case) == "no_deadlock"
    till(desk, clock(desk, case, "determine").due)
    do(desk, "secretariat", "deadlock.declare", case)
    assert (desk.entries()[-1].envelope.body["why"], state(desk, case)) == ("clock", "deadlocked")
    assert issued(desk, case) == ""
    desks.sign(desk, case, desk.whole.cases[case].determination)
    assert (courses.ruling(desk, case).issued.rule, state(desk, case)) == ("joint_ruling", "determined")
    desks.sign(desk, case, desks.impose(desk, case))
    check_alike(desk)


def test_a_deadlock_comes_by_votes_that_leave_no_assent() -> None:
    desk, case = at_stage("issued")
    do(desk, "mediator2", "vote.cast", case, position="abstain", reason="R.")
    assert refused(desk, "secretariat", "deadlock.declare", case) == "no_deadlock"
    desk, case = at_stage("issued")
    desks.seat(desk, "mediator1b")
    do(desk, "mediator2", "vote.cast", case, position="against", reason="R.")
    do(desk, "secretariat", "deadlock.declare", case)
    assert desk.entries()[-1].envelope.body["why"] == "votes"


def test_a_component_with_another_member_is_not_voted_down_by_one() -> None:
    desk, case = at_stage("found")
    desks.seat(desk, "mediator1b")
    desks.issue(desk, case, slug="mediator2")
    do(desk, "mediator1", "vote.cast", case, position="against", reason="R.")
    assert refused(desk, "secretariat", "deadlock.declare", case) == "no_deadlock"
    do(desk, "mediator1b", "vote.cast", case, position="against", reason="R.")
    do(desk, "secretariat", "deadlock.declare", case)
    check_alike(desk)


def test_under_a_joint_ruling_a_partys_absent_component_blocks_nothing() -> None:
    desk, case = at_stage("found")
    desk.do("liaison2", (), lambda s, by, now: seating.recuse(s, "Called back.", by, now))
    assert (issued(desk, case), cases.stayed(desk.whole, desk.whole.cases[case])) == ("quorum_lost", True)
    till(desk, clock(desk, case, "determine").due)
    do(desk, "mediator1", "deadlock.declare", case)
    assert issued(desk, case) == ""
    desks.sign(desk, case, desk.whole.cases[case].determination)
    assert courses.ruling(desk, case).in_force == desk.whole.now
    check_alike(desk)


def test_without_a_rule_there_is_no_deadlock_and_one_level_up_lets_another_determination_be_put() -> None:
    level_up = Deadlock("level_up", "M-07", courses.GROUND)
    desk, case = at_stage("issued", founded(deadlock=level_up))
    put = desk.whole.cases[case].determination
    do(desk, "mediator2", "vote.cast", case, position="against", reason="R.")
    do(desk, "secretariat", "deadlock.declare", case)
    do(desk, "mediator1", "case.escalate", case, reason="It is deadlocked.")
    assert (desk.whole.cases[case].level, desk.whole.deadlocks) == ("sector", {})
    assert issued(desk, case, "no_violation") == ""
    new = desk.whole.cases[case].determination
    assert (new != put, desk.whole.determinations[new].issued.rule) == (True, "")
    desks.sign(desk, case, new)
    check_alike(desk)
    desk, case = at_stage("found", founded(deadlock=Deadlock("none", "M-07", courses.GROUND)))
    till(desk, clock(desk, case, "determine").due)
    assert refused(desk, "secretariat", "deadlock.declare", case) == "no_deadlock_rule"


def forge(desk: Desk, case: str, slug: str = "mediator1") -> str:
    """A determination that names a joint ruling, entered past the decider."""
    found = desk.whole.cases[case]
    (held,), (question,) = desk.whole.findings[found.finding].adopted.held, found.opened.issues
    row = Ruled("i1", question.party, question.provision, question.code, "violation", found.opened.occurred, "minor",
                held.factors)  # fmt: skip
    kind = DeterminationIssued(case, found.finding, (row,), "R.", desk.whole.agreement_sha256, "joint_ruling")
    return desk.enter(Decision((drafted(kind, desk.origin, desk.now()),), {}), actor(slug))[0]


def test_a_joint_ruling_without_a_deadlock_never_takes_force() -> None:
    """Nor is it counted against the party in another case, whose threads do not hold this one."""
    desk, case = at_stage("found")
    desk.do("liaison2", (), lambda s, by, now: seating.recuse(s, "Called back.", by, now))
    sid = forge(desk, case)
    kind = ruling.SignatureAdded(case, sid, ("party-2",))
    desk.enter(Decision((drafted(kind, desk.origin, desk.now()),), {}), actor("mediator2"))
    assert desk.whole.determinations[sid].signers == (actor("mediator1").key, actor("mediator2").key)
    assert desk.whole.determinations[sid].in_force is None
    assert desk.standing("party:party-2").determinations[sid].in_force is None
    assert closed(desk, case, "complied") == "not_complied"
    check_alike(desk)


def test_a_deadlock_that_is_over_makes_no_joint_ruling() -> None:
    desk, case = at_stage("found")
    desk.do("liaison2", (), lambda s, by, now: seating.recuse(s, "Called back.", by, now))
    till(desk, clock(desk, case, "determine").due)
    do(desk, "mediator1", "deadlock.declare", case)
    do(desk, "mediator1", "case.escalate", case, reason="R.")
    sid = forge(desk, case)
    kind = ruling.SignatureAdded(case, sid, ("party-2",))
    desk.enter(Decision((drafted(kind, desk.origin, desk.now()),), {}), actor("mediator2"))
    assert desk.whole.determinations[sid].in_force is None
    check_alike(desk)


def test_a_new_finding_ends_a_deadlock_on_the_earlier_one() -> None:
    desk, case = at_stage("found")
    till(desk, clock(desk, case, "determine").due)
    do(desk, "mediator1", "deadlock.declare", case)
    do(desk, "mediator1", "case.reopen", case, ground="procedure", reason="R.")
    desks.sign(desk, case, desks.adopt(desk, case))
    assert (desk.whole.deadlocks, state(desk, case)) == ({}, "adopted")
    assert issued(desk, case) == ""
    assert courses.ruling(desk, case).issued.rule == ""
    check_alike(desk)


# ---- opinion and challenge


def test_an_opinion_is_given_under_advisory_authority_alone_and_closes_as_settled() -> None:
    for authority, code in ((courses.agreement().authority, "no_opinion"), (NO_POWER, "no_opinion")):
        desk, case = at_stage("found", founded(authority=authority))
        assert refused(desk, "mediator1", "opinion.give", case, view="facts_fall_under", reason="R.") == code
    desk, case = at_stage("found", founded(authority=ADVISORY))
    both(desk, case, "opinion.give", view="facts_fall_under", reason="R.")
    assert (desk.whole.determinations, issued(desk, case)) == ({}, "advisory_only")
    assert (clock(desk, case, "determine").lapsed, closed(desk, case, "settled")) == (True, "")
    check_alike(desk)


def test_a_new_finding_lets_a_new_opinion_be_given() -> None:
    desk, case = at_stage("found", founded(authority=ADVISORY))
    both(desk, case, "opinion.give", view="cannot_say", reason="R.")
    do(desk, "mediator1", "case.reopen", case, ground="procedure", reason="R.")
    desks.sign(desk, case, desks.adopt(desk, case))
    assert desk.whole.cases[case].course.opinion == ""
    both(desk, case, "opinion.give", view="facts_fall_under", reason="R.")


def test_nobody_rules_on_oneself_and_an_upheld_challenge_recuses() -> None:
    desk, case = at_stage("adopted")
    desks.seat(desk, "mediator1b")
    member = actor("mediator1").key
    sid = do(desk, "liaison2", "panel.challenge", "", member=member, reason="A post in the army.")
    assert refused(desk, "mediator1", "challenge.rule", "", challenge=sid, upheld="yes", reason="R.") == "own_challenge"
    put = do(desk, "mediator2", "challenge.rule", "", challenge=sid, upheld="yes", reason="R.")
    assert _signed(desk, put, "mediator1") == "own_challenge"
    assert _signed(desk, put, "mediator1b") == ""
    assert desk.whole.recused == {member: "challenge"} == desk.standing().recused
    desks.sign(desk, case, desk.whole.cases[case].finding)
    finding = desk.whole.findings[desk.whole.cases[case].finding]
    assert (finding.signers, finding.in_force) == ((member, actor("mediator2").key), desk.whole.now)
    assert cases.stayed(desk.whole, desk.whole.cases[case]) is False
    check_alike(desk)


def test_where_the_challenged_was_the_only_one_the_case_is_stayed() -> None:
    desk, case = at_stage("adopted")
    member = actor("mediator1b").key
    desks.seat(desk, "mediator1b")
    sid = do(desk, "mediator2", "panel.challenge", "", member=actor("mediator1").key, reason="R.")
    put = do(desk, "mediator2", "challenge.rule", "", challenge=sid, upheld="yes", reason="R.")
    assert _signed(desk, put, "mediator1b") == ""
    assert cases.stayed(desk.whole, desk.whole.cases[case]) is False
    desk.do("mediator1b", (), lambda s, by, now: seating.recuse(s, "A tie.", by, now))
    assert cases.stayed(desk.whole, desk.whole.cases[case]) is True
    assert (member in desk.whole.recused, _signed(desk, desk.whole.cases[case].finding, "mediator2", case)) == (
        True, "quorum_lost",
    )  # fmt: skip


def test_a_rejected_challenge_leaves_the_member_seated() -> None:
    desk, _ = at_stage("complained")
    desks.seat(desk, "mediator1b")
    sid = do(desk, "liaison2", "panel.challenge", "", member=actor("mediator1").key, reason="R.")
    put = do(desk, "mediator2", "challenge.rule", "", challenge=sid, upheld="no", reason="R.")
    assert (_signed(desk, put, "mediator1b"), desk.whole.recused) == ("", {})


def _signed(desk: Desk, sid: str, slug: str, case: str = "") -> str:
    threads = desk.threads_of(case) if case else ()
    return desk.refused(slug, threads, lambda s, by, now: ruling.sign(s, sid, by, now))
