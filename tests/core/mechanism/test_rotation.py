"""A person who has replaced the own key is still one person: seats, reports, assents and origins go over."""

from __future__ import annotations

from dataclasses import replace

from tests.core.mechanism import desk as desks
from tiga.mechanism import charter, mandates, reports
from tiga.mechanism.acts import Actor, Decision, Refusal, drafted
from tiga.mechanism.deciders import adoption, ruling, seating


def _rotated(desk: desks.Desk, slug: str) -> Actor:
    """The same person with another key, as the record goes on."""
    by = desks.actor(slug)
    fresh = charter.Key(desks.signer(f"{by.key}x", 35).key.vkey, by.role, by.component, "device")
    desk.enter(Decision((drafted(charter.KeyRotated(by.key, fresh), desk.origin, desk.now(), by_registrar=True),), {}),
               Actor("", "registrar"))  # fmt: skip
    return Actor(fresh.name, by.role, by.component)


def test_a_monitor_with_a_new_key_brings_new_versions_of_the_own_reports_alone() -> None:
    desk = desks.founded()
    own = desks.file(desk, desks.report("r1", "", channel="monitor"))
    by = _rotated(desk, "monitor")
    for sid, person, code in ((own, by, ""), (own, desks.actor("secretariat"), "not_own_report")):
        outcome = reports.file(
            desk.standing(f"report:{sid}"),
            desks.report("r1", "", channel="monitor"),
            person,
            desk.now(),
            desk.salts(),
            sid,
        )
        assert (outcome.code if isinstance(outcome, Refusal) else "") == code


def test_two_keys_of_one_person_are_one_assent() -> None:
    desk, case = desks.at_stage("adopted")
    finding = desk.whole.cases[case].finding
    by = _rotated(desk, "mediator1")
    standing = desk.standing(*desk.threads_of(case))
    outcome = ruling.sign(standing, finding, by, desk.now())
    assert isinstance(outcome, Refusal) and outcome.code == "signed_already"
    assert standing.agreement is not None
    quorum = standing.agreement.quorum("finding.adopt")
    assert quorum is not None
    one, both = (desks.actor("mediator1").key,), (desks.actor("mediator1").key, by.key)
    assert mandates.count(standing, quorum, one) == mandates.count(standing, quorum, both)
    assert mandates.count(standing, quorum, both).assent_wanting == ("mediator-2",)
    desks.sign(desk, case, finding)
    assert desk.whole.findings[finding].in_force == desk.entries()[-1].envelope.at
    assert desk.whole.findings[finding].signers == (desks.actor("mediator1").key, desks.actor("mediator2").key)


def test_the_seats_and_recusals_of_an_old_key_go_over_and_no_ended_key_is_seated() -> None:
    desk = desks.founded()
    desk.do("mediator1", (), lambda s, by, now: seating.recuse(s, "A tie.", by, now))
    by = _rotated(desk, "mediator1")
    standing = desk.standing()
    assert (standing.seats[by.key], standing.recused[by.key]) == ("mediator-1", "A tie.")
    old = desks.actor("mediator1").key
    assert (old in standing.seats, old in standing.recused) == (False, False)
    outcome = seating.seat(standing, old, "mediator-1", desks.actor("secretariat"), desk.now())
    assert isinstance(outcome, Refusal) and outcome.code == "not_of_component"
    revoked = charter.KeyRevoked(desks.actor("mediator2").key, "Lost.")
    desk.enter(Decision((drafted(revoked, desk.origin, desk.now(), by_registrar=True),), {}), Actor("", "registrar"))
    assert mandates.sitting(desk.standing(), "mediator-2") == 0


def test_reports_by_two_keys_of_one_monitor_have_one_origin() -> None:
    desk, case = desks.at_stage("replied")
    first = desks.file(desk, desks.report("m1", "", channel="monitor"))
    by = _rotated(desk, "monitor")
    second, salts = desks.report("m2", "", channel="monitor"), desk.salts()
    decision = reports.file(desk.standing(), second, by, desk.now(), salts)
    assert isinstance(decision, Decision)
    (sid,) = desk.enter(decision, Actor("", "registrar"))  # the desk signs for the registrar; the author is set below
    standing = desk.standing(*desk.threads_of(case), f"report:{first}", f"report:{sid}")
    standing.reports[sid] = replace(standing.reports[sid], by=by.key)
    incident = standing.incidents[desk.whole.cases[case].opened.incident]
    standing.incidents[incident.sid] = replace(incident, reports=(*incident.reports, first, sid))
    row = desks.held(desk, case, supports=(first, sid), limitations=())
    outcome = adoption.adopt(standing, case, (row,), desks.actor("mediator1"), desk.now())
    assert isinstance(outcome, Refusal) and outcome.code == "single_origin"
    standing.reports[sid] = replace(standing.reports[sid], by=desks.actor("secretariat").key)
    assert isinstance(adoption.adopt(standing, case, (row,), desks.actor("mediator1"), desk.now()), Decision)
