"""Each guard from both sides: refused with its code, and accepted once its remedy is followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.desk import Desk, actor, at_stage, complain, file, founded, held, report
from tiga.agreement import clauses as agreed
from tiga.agreement.clauses import Agreement, Seats
from tiga.agreement.ladder import Condition, Group
from tiga.drafts import evidence_item
from tiga.mechanism import (
    cases,
    charter,
    custody,
    evidence,
    mandates,
    measures,
    reports,
)
from tiga.mechanism.acts import Decision, Outcome, Refusal, drafted
from tiga.mechanism.deciders import (
    adoption,
    complaints,
    depositing,
    grouping,
    imposing,
    marking,
    replies,
    ruling,
    seating,
    triage,
)
from tiga.mechanism.standing import Standing
from tiga.values.moments import Instant

AGREEMENT = desks.exercise_agreement()
NONE = "x" * 43


@dataclass(frozen=True)
class Guard:
    """A guard: where it stands, its code, the stage it is met at, what meets it, and the same with the remedy followed.

    `wrong` and `mended` give the code of the refusal, empty where the act was entered.
    """

    place: str
    code: str
    stage: str
    wrong: Callable[[Desk, str], str]
    mended: Callable[[Desk, str], str]


def ask(desk: Desk, case: str, slug: str, verb: Callable[..., Outcome], *given: object) -> str:
    threads = desk.threads_of(case) if case else ()
    return desk.refused(slug, threads, lambda s, by, now: verb(s, *given, by, now))


def asked(slug: str, verb: Callable[..., Outcome], *given: object) -> Callable[[Desk, str], str]:
    """An act on the case of the desk; `CASE` among the values stands for its sid."""
    return lambda desk, case: ask(desk, case, slug, verb, *(case if value == "CASE" else value for value in given))


def plain(slug: str, verb: Callable[..., Outcome], *given: object) -> Callable[[Desk, str], str]:
    """An act that needs the roster alone."""
    return lambda desk, case: ask(desk, "", slug, verb, *given)


def then(first: Callable[[Desk, str], object], second: Callable[[Desk, str], str]) -> Callable[[Desk, str], str]:
    def both(desk: Desk, case: str) -> str:
        first(desk, case)
        return second(desk, case)

    return both


def key(slug: str) -> str:
    return actor(slug).key


def elsewhere(
    change: Callable[[Agreement], Agreement], stage: str, verb: Callable[[Desk, str], str]
) -> Callable[[Desk, str], str]:
    """The same act on another desk, whose agreement is changed, brought to a stage."""

    def run(_desk: Desk, _case: str) -> str:
        desk, case = at_stage(stage, founded(agreement=change(AGREEMENT)))
        return verb(desk, case)

    return run


def forgotten(verb: Callable[[Desk, str], str]) -> Callable[[Desk, str], str]:
    """The act on a desk that has lost the agreement's bytes."""

    def run(desk: Desk, case: str) -> str:
        kept = dict(desk.agreements)
        desk.agreements.clear()
        try:
            return verb(desk, case)
        finally:
            desk.agreements.update(kept)

    return run


def filed(
    slug: str = "monitor", revises: Callable[[Desk], str] = lambda desk: "", **changes: object
) -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        own = slug.startswith("liaison")
        usual = {"party": desks.PEOPLE[slug][1] if own else "", "channel": "liaison" if own else "monitor"}
        drawn, earlier, salts = report("new", **(usual | changes)), revises(desk), desk.salts()
        threads = (f"report:{earlier}",) if earlier else ()
        return desk.refused(slug, threads, lambda s, by, now: reports.file(s, drawn, by, now, salts, earlier))

    return run


def outside(verb: Callable[[Desk, str], str]) -> Callable[[Desk, str], str]:
    """The act under an agreement that names a state that is not party."""
    far = agreed.Group("far-state", {"neutral": {"en": "Far State (invented)"}})
    return elsewhere(lambda text: replace(text, outsiders=(far,)), "complained", verb)


def complained(
    slug: str = "liaison1", provision: str = "P-01", respondent: str = "party-2", codes: tuple[str, ...] = ("H1",),
    local: str = "2026-01-05T07:00",
) -> Callable[[Desk, str], str]:  # fmt: skip
    def run(desk: Desk, case: str) -> str:
        drawn = complaints.Complaint(
            report("new", desks.PEOPLE[slug][1], codes, local), provision, respondent, desk.salts()
        )
        return desk.refused(slug, (), lambda s, by, now: complaints.complain(s, drawn, by, now))

    return run


def replied(
    slug: str = "liaison1", text: str = "EXERCISE.", named: str = "CASE", language: str = "en"
) -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        sid, salts = case if named == "CASE" else named, desk.salts()
        return desk.refused(
            slug, desk.threads_of(case), lambda s, by, now: replies.reply(s, sid, text, language, by, now, salts)
        )

    return run


def adopted(slug: str = "mediator1", *extra: object, **changes: object) -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        return ask(desk, case, slug, adoption.adopt, case, (held(desk, case, **changes), *extra))

    return run


def issued(
    disposition: str = "violation", reasons: str = "EXERCISE.", issue: str = "i1", slug: str = "mediator1"
) -> Callable[[Desk, str], str]:
    return asked(slug, ruling.issue, "CASE", {issue: disposition}, reasons)


def signed(slug: str, which: str) -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        found = getattr(desk.whole.cases[case], which)
        return ask(desk, case, slug, ruling.sign, found[0] if isinstance(found, tuple) else found)

    return run


def imposed(slug: str = "mediator1", issue: str = "i1") -> Callable[[Desk, str], str]:
    return asked(slug, imposing.impose, "CASE", issue)


def complied(
    slug: str = "liaison2", item: str = "corrective_action", text: str = "EXERCISE.", sid: str = ""
) -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        return ask(desk, case, slug, imposing.report_compliance, sid or desk.whole.cases[case].measures[0], item, text)

    return run


def verified(
    item: str = "corrective_action", text: str = "EXERCISE.", slug: str = "mediator1", sid: str = ""
) -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        measure = sid or desk.whole.cases[case].measures[0]
        return ask(desk, case, slug, imposing.verify_compliance, measure, item, True, text)

    return run


def closed(reason: str = "settled", slug: str = "mediator1") -> Callable[[Desk, str], str]:
    return asked(slug, triage.close, "CASE", reason, "")


def recused(desk: Desk, case: str, slug: str = "mediator1") -> str:
    return desk.refused(slug, (), lambda s, by, now: seating.recuse(s, "A tie.", by, now))


def deposited(slug: str = "monitor", named: str = "CASE", data: bytes = b"EXERCISE") -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        item, salts = evidence_item("note.txt", data), desk.salts()
        sid = case if named == "CASE" else named
        threads = desk.threads_of(case) if case else ()
        return desk.refused(slug, threads, lambda s, by, now: depositing.deposit(s, sid, item, by, now, salts))

    return run


def waited(span: str) -> Callable[[Desk, str], str]:
    return lambda desk, case: desk.wait(span) or ""


def discredited(desk: Desk, case: str) -> str:
    return desks.discredit(desk, desk.whole.cases[case].opened.report)


def to_stage(stage: str, verb: Callable[[Desk, str], str]) -> Callable[[Desk, str], str]:
    """The act on a fresh desk that stands at another stage."""
    return lambda desk, case: verb(*at_stage(stage))


def _direct(slug: str, change: Callable[[Standing], None] = lambda s: None) -> Callable[[Desk, str], str]:
    """`mandates.may_sign` asked by itself."""

    def run(desk: Desk, case: str) -> str:
        standing = desk.standing()
        change(standing)
        refusal = mandates.may_sign(standing, "finding.adopt", actor(slug))
        return refusal.code if refusal else ""

    return run


def _computed(change: Callable[[Agreement], Agreement], code: str = "") -> Callable[[Desk, str], str]:
    """`imposing.impose` under a changed agreement."""
    return elsewhere(change, "determined", imposed())


def _without_notice(desk: Desk, case: str) -> Standing:
    """A standing of the case alone in which the notice has not been served."""
    standing = desk.standing(*desk.threads_of(case))
    standing.cases[case] = replace(standing.cases[case], notice=None)
    return standing


def _unnoticed_reply(desk: Desk, case: str) -> str:
    outcome = replies.reply(_without_notice(desk, case), case, "x", "en", actor("liaison1"), desk.now(), desk.salts())
    return outcome.code if isinstance(outcome, Refusal) else ""


def _unnoticed_finding(desk: Desk, case: str) -> str:
    rows = (held(desk, case),)
    outcome = adoption.adopt(_without_notice(desk, case), case, rows, actor("mediator1"), desk.now())
    return outcome.code if isinstance(outcome, Refusal) else ""


def gone(desk: Desk, case: str) -> str:
    """The only member of party-2 steps back."""
    return recused(desk, case, "liaison2")


def noticed(desk: Desk, case: str) -> str:
    return ask(desk, "", "secretariat", seating.notify, "party-2")


ELEMENTS = ("The post lies there.", "They were told.", "They could have.", "They did not within a day.")


def _rested(desk: Desk, case: str, slugs: tuple[str, ...], limitations: tuple[str, ...] = ()) -> str:
    """A finding on the complaint's report and one more of each of these people, all linked to the incident."""
    opened, sids = desk.whole.cases[case].opened, [desk.whole.cases[case].opened.report]
    for number, slug in enumerate(slugs):
        own = slug.startswith("liaison")
        drawn = report(f"more-{number}", desks.PEOPLE[slug][1] if own else "", channel="liaison" if own else "monitor")
        sids.append(file(desk, drawn, slug))
        threads = (*desk.threads_of(case), f"report:{sids[-1]}")
        desk.do("secretariat", threads, lambda s, by, now: grouping.link(s, opened.incident, sids[-1], "One.", by, now))
    return adopted(supports=tuple(sids), limitations=limitations)(desk, case)


def _founded(origin: str, scope: str) -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        outcome = charter.found(origin, "Invented", scope, (), desks.START)
        return outcome.code if isinstance(outcome, Refusal) else ""

    return run


def _adopting(name: str, scope: str = "exercise") -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        if scope != "exercise":
            desk = founded(scope)
        return desk.refused(
            "registrar", (), lambda s, by, now: charter.adopt_agreement(s, name, "2", "ab" * 32, 9, now)
        )

    return run


def _advanced(slug: str = "secretariat", ms: int = 1, scope: str = "exercise") -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        if scope != "exercise":
            desk = founded(scope)
        return ask(desk, "", slug, charter.advance, Instant(desk.now().ms + ms), "EXERCISE.")

    return run


def _two_reports(desk: Desk) -> tuple[str, str]:
    known = [sid for sid, row in desk.whole.reports.items() if row.filed.channel == "monitor"]
    while len(known) < 2:
        known.append(file(desk, report(f"m{len(known)}", "", channel="monitor")))
    return known[0], known[1]


def _opened(
    slug: str = "secretariat", pick: Callable[[str, str, Desk, str], tuple[str, ...]] = lambda a, b, d, c: (a,)
) -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        first, second = _two_reports(desk)
        chosen, at = pick(first, second, desk, case), report().when
        return desk.refused(
            slug,
            tuple(f"report:{sid}" for sid in chosen) + desk.threads_of(case),
            lambda s, by, now: grouping.open_incident(s, chosen, at.earliest, at.latest, ("H1",), by, now),
        )

    return run


def _changed(
    verb: Callable[..., Outcome], slug: str = "secretariat", reason: str = "Looked at again.", own: bool = False,
    incident: str = "", unknown: bool = False,
) -> Callable[[Desk, str], str]:  # fmt: skip
    """Link or unlink: `own` the complaint's report, else another one."""

    def run(desk: Desk, case: str) -> str:
        opened = desk.whole.cases[case].opened
        sid = opened.report if own else NONE if unknown else _two_reports(desk)[0]
        threads = (*desk.threads_of(case), f"report:{sid}")
        return desk.refused(
            slug, threads, lambda s, by, now: verb(s, incident or opened.incident, sid, reason, by, now)
        )

    return run


def _released(
    slug: str = "mediator1", of: str = "", level: str = "R2", party: str = "party-2", held: str = "R1", named: int = 1
) -> Callable[[Desk, str], str]:
    """Release the first `named` values of the complaint's report, which are held at a level."""

    def run(desk: Desk, case: str) -> str:
        report_sid = desk.whole.cases[case].opened.report
        digests = desk.entries()[desk.whole.reports[report_sid].index].envelope.sd[:named]
        given, threads = (of or report_sid, dict.fromkeys(digests, held), digests), (f"report:{report_sid}",)
        return desk.refused(slug, threads, lambda s, by, now: custody.release(s, *given, level, party, by, now))

    return run


def _released_another(desk: Desk, case: str) -> str:
    report_sid = desk.whole.cases[case].opened.report
    threads = (f"report:{report_sid}",)
    return desk.refused(
        "mediator1", threads, lambda s, by, now: custody.release(s, report_sid, {}, (NONE,), "R1", "", by, now)
    )


def _listed(named: str = "CASE", number: int = 3) -> Callable[[Desk, str], str]:
    def run(desk: Desk, case: str) -> str:
        sid, drawn, size = case if named == "CASE" else named, (*desk.salts(), *desk.salts()), desk.book.head().size
        return desk.refused(
            "registrar", desk.threads_of(case),
            lambda s, by, now: custody.manifest(s, sid, size, tuple(range(number)), (1, 2), drawn, now),
        )  # fmt: skip

    return run


def _pouched(
    slug: str = "liaison1", length: int = 9, to: tuple[str, ...] = ("monitor/2",)
) -> Callable[[Desk, str], str]:
    """Hand in a filing for the holders of keys named; `monitor/2` alone has one to encrypt to."""

    def run(desk: Desk, case: str) -> str:
        vkey, seal = (
            desks.signer(f"{desk.origin}/monitor/2", 32).key.vkey,
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        )
        enrolled = charter.KeyEnrolled(charter.Key(vkey, "monitor", "", "device", seal))
        if enrolled.key.name not in desk.whole.keys:
            desk.enter(
                Decision((drafted(enrolled, desk.origin, desk.now(), by_registrar=True),), {}), actor("registrar")
            )
        names, salts = tuple(f"{desk.origin}/{one}" for one in to), desk.salts()
        blob: dict[str, str | int] = {"sha256": "ab" * 32, "len": length, "mt": "application/octet-stream"}
        return desk.refused(slug, (), lambda s, by, now: custody.pouch(s, names, blob, by, now, salts))

    return run


def _stayed_away(component: str = "party-1", index: int = 3) -> Callable[[Desk, str], str]:
    return lambda desk, case: desk.refused(
        "registrar", (), lambda s, by, now: custody.absent(s, component, index, 72, now)
    )


def _ladder(agreement: Agreement, ambiguous: bool) -> Agreement:
    first, *rest = agreement.ladder
    if ambiguous:
        twin = replace(rest[0], rank=first.order, when=(Group((Condition(severity="minor"),)),))
        return replace(agreement, ladder=(first, twin, *rest[1:]))
    return replace(agreement, ladder=tuple(rest[1:]))


def _one_assent(agreement: Agreement) -> Agreement:
    rows = tuple(replace(quorum, assent=(Seats("mediator-2", 1),)) for quorum in agreement.quorums)
    return replace(agreement, quorums=rows)


def _no_finding_rule(agreement: Agreement) -> Agreement:
    return replace(agreement, quorums=tuple(row for row in agreement.quorums if row.act != "finding.adopt"))


def _advisory(agreement: Agreement) -> Agreement:
    return replace(agreement, authority=replace(agreement.authority, value="advisory"))


def _on_press(verb: Callable[[Desk, str], str]) -> Callable[[Desk, str], str]:
    return lambda desk, case: verb(founded("press"), "")


GUARDS = (
    Guard(
        "replies.may_reply", "case_closed", "complained", then(closed(), replied()), to_stage("complained", replied())
    ),
    Guard(
        "adoption.dissent",
        "recused",
        "adopted",
        then(recused, lambda d, c: _dissented(d, c, "mediator1")),
        lambda d, c: _dissented(d, c, "mediator2"),
    ),
    Guard(
        "charter.found",
        "origin_scope",
        "",
        _founded("tiga.example/live", "exercise"),
        _founded("tiga.example/exercise", "exercise"),
    ),
    Guard("charter.adopt_agreement", "exercise_agreement", "", _adopting("real"), _adopting("real-exercise")),
    Guard("charter.adopt_agreement", "exercise_stays", "", _adopting("x-exercise", "live"), _adopting("x", "live")),
    Guard("charter.advance", "clock_not_exercise", "", _advanced(scope="live"), _advanced()),
    Guard("charter.advance", "role", "", _advanced("liaison1"), _advanced("mediator1")),
    Guard("charter.advance", "clock_backwards", "", _advanced(ms=0), _advanced(ms=1)),
    Guard(
        "seating.seat",
        "role",
        "",
        plain("liaison1", seating.seat, key("mediator1b"), "mediator-1"),
        plain("secretariat", seating.seat, key("mediator1b"), "mediator-1"),
    ),
    Guard(
        "seating.seat",
        "not_of_component",
        "",
        plain("secretariat", seating.seat, key("mediator1b"), "mediator-2"),
        plain("secretariat", seating.seat, key("mediator1b"), "mediator-1"),
    ),
    Guard(
        "seating.seat",
        "already_seated",
        "",
        plain("secretariat", seating.seat, key("mediator1"), "mediator-1"),
        plain("secretariat", seating.seat, key("mediator1b"), "mediator-1"),
    ),
    Guard(
        "seating.recuse",
        "not_seated",
        "",
        plain("monitor", seating.recuse, "A tie."),
        plain("mediator1", seating.recuse, "A tie."),
    ),
    Guard("seating.recuse", "already_recused", "", then(recused, recused), lambda d, c: recused(d, c, "mediator2")),
    Guard(
        "seating.recuse",
        "reason_missing",
        "",
        plain("mediator1", seating.recuse, " "),
        plain("mediator1", seating.recuse, "A tie."),
    ),
    Guard(
        "seating.notify",
        "role",
        "",
        then(gone, plain("liaison1", seating.notify, "party-2")),
        noticed,
    ),
    Guard("seating.notify", "component_sits", "", noticed, then(gone, noticed)),
    Guard(
        "seating.notify",
        "notice_too_soon",
        "",
        then(gone, then(noticed, noticed)),
        then(waited("P1D"), noticed),
    ),
    Guard(
        "mandates.may_sign", "no_quorum_rule", "replied", elsewhere(_no_finding_rule, "replied", adopted()), adopted()
    ),
    Guard(
        "mandates.may_sign",
        "not_signatory",
        "replied",
        elsewhere(_one_assent, "replied", adopted("mediator1")),
        elsewhere(_one_assent, "replied", adopted("mediator2")),
    ),
    Guard(
        "mandates.may_sign",
        "not_seated",
        "",
        _direct("mediator1b"),
        then(lambda d, c: desks.seat(d, "mediator1b"), _direct("mediator1b")),
    ),
    Guard(
        "mandates.may_sign",
        "recused",
        "",
        then(recused, _direct("mediator1")),
        then(lambda d, c: desks.seat(d, "mediator1b"), _direct("mediator1b")),
    ),
    Guard(
        "mandates.may_sign",
        "quorum_lost",
        "replied",
        then(recused, adopted("mediator2")),
        then(lambda d, c: desks.seat(d, "mediator1b"), adopted("mediator2")),
    ),
    Guard("reports.file", "role", "", filed("analyst"), filed("monitor")),
    Guard("reports.file", "other_party", "", filed("liaison2", party="party-1"), filed("liaison2", party="party-2")),
    Guard("reports.file", "channel_not_yours", "", filed("liaison1", channel="monitor"), filed("liaison1")),
    Guard("reports.file", "release_unknown", "", filed(release="R9"), filed(release="R3")),
    Guard(
        "reports.file",
        "outsider_public",
        "",
        outside(filed("secretariat", channel="media", release="R0", actor="far-state")),
        outside(filed("secretariat", channel="media", actor="far-state")),
    ),
    Guard("reports.file", "act_unknown", "", filed(acts=("Z9",)), filed(acts=("H2",))),
    Guard(
        "reports.file", "report_unknown", "", filed(revises=lambda d: NONE), filed(revises=lambda d: _two_reports(d)[0])
    ),
    Guard(
        "reports.file",
        "not_own_report",
        "",
        filed("liaison1", revises=lambda d: _two_reports(d)[0]),
        filed("monitor", revises=lambda d: _two_reports(d)[0]),
    ),
    Guard(
        "marking.discredit",
        "role",
        "complained",
        lambda d, c: ask(d, c, "monitor", marking.discredit, d.whole.cases[c].opened.report, "g"),
        lambda d, c: ask(d, c, "mediator1", marking.discredit, d.whole.cases[c].opened.report, "g"),
    ),
    Guard(
        "marking.discredit",
        "report_unknown",
        "complained",
        asked("mediator1", marking.discredit, NONE, "g"),
        lambda d, c: ask(d, c, "mediator1", marking.discredit, d.whole.cases[c].opened.report, "g"),
    ),
    Guard(
        "marking.discredit",
        "reason_missing",
        "complained",
        lambda d, c: ask(d, c, "mediator1", marking.discredit, d.whole.cases[c].opened.report, ""),
        lambda d, c: ask(d, c, "mediator1", marking.discredit, d.whole.cases[c].opened.report, "g"),
    ),
    Guard(
        "marking.decide_match",
        "role",
        "",
        plain("liaison1", marking.decide_match, "a", "b", True, "r"),
        plain("monitor", marking.decide_match, "a", "b", True, "r"),
    ),
    Guard(
        "marking.decide_match",
        "same_report",
        "",
        plain("monitor", marking.decide_match, "a", "a", True, "r"),
        plain("monitor", marking.decide_match, "a", "b", True, "r"),
    ),
    Guard(
        "marking.decide_match",
        "reason_missing",
        "",
        plain("monitor", marking.decide_match, "a", "b", True, " "),
        plain("monitor", marking.decide_match, "a", "b", False, "r"),
    ),
    Guard(
        "marking.withdraw_match",
        "role",
        "",
        plain("liaison1", marking.withdraw_match, NONE),
        lambda d, c: _withdrawn(d),
    ),
    Guard(
        "marking.withdraw_match",
        "decision_unknown",
        "",
        plain("monitor", marking.withdraw_match, NONE),
        lambda d, c: _withdrawn(d),
    ),
    Guard("grouping.open_incident", "role", "complained", _opened("analyst"), _opened()),
    Guard("grouping.open_incident", "reports_missing", "complained", _opened(pick=lambda a, b, d, c: ()), _opened()),
    Guard(
        "grouping.open_incident", "report_unknown", "complained", _opened(pick=lambda a, b, d, c: (NONE,)), _opened()
    ),
    Guard(
        "grouping.open_incident",
        "report_taken",
        "complained",
        _opened(pick=lambda a, b, d, c: (d.whole.cases[c].opened.report,)),
        _opened(),
    ),
    Guard("grouping._change", "role", "complained", _changed(grouping.link, "liaison1"), _changed(grouping.link)),
    Guard(
        "grouping._change",
        "incident_unknown",
        "complained",
        _changed(grouping.link, incident=NONE),
        _changed(grouping.link),
    ),
    Guard(
        "grouping._change",
        "reason_missing",
        "complained",
        _changed(grouping.link, reason=""),
        _changed(grouping.link),
    ),
    Guard("grouping._change", "link_unchanged", "complained", _changed(grouping.unlink), _changed(grouping.link)),
    Guard(
        "grouping._change",
        "report_unknown",
        "complained",
        _changed(grouping.link, unknown=True),
        _changed(grouping.link),
    ),
    Guard(
        "grouping._change",
        "last_report",
        "complained",
        _changed(grouping.unlink, own=True),
        then(_changed(grouping.link), _changed(grouping.unlink, own=True)),
    ),
    Guard("complaints.complain", "press_record", "", _on_press(complained()), complained()),
    Guard("complaints.complain", "no_agreement", "", forgotten(complained()), complained()),
    Guard("complaints.complain", "role", "", lambda d, c: _complaint_by(d, "mediator1"), complained()),
    Guard("complaints.complain", "future", "", complained(local="2026-02-01T00:00"), complained()),
    Guard("complaints._provision", "provision_unknown", "", complained(provision="O-01"), complained(provision="P-01")),
    Guard(
        "complaints._provision",
        "not_bound",
        "",
        complained(provision="P-03", respondent="party-1", codes=("I4",)),
        complained(provision="P-03", respondent="party-2", codes=("I4",)),
    ),
    Guard(
        "complaints._provision",
        "against_oneself",
        "",
        complained(respondent="party-1"),
        complained(respondent="party-2"),
    ),
    Guard(
        "complaints._provision",
        "act_not_in_provision",
        "",
        complained(codes=("A1",)),
        complained(codes=("A1",), provision="P-05"),
    ),
    Guard("replies.may_reply", "case_unknown", "complained", replied(named=NONE), replied()),
    Guard("replies.may_reply", "not_party", "complained", replied("mediator1"), replied("liaison2")),
    Guard("replies.may_reply", "no_notice", "complained", _unnoticed_reply, replied()),
    Guard("replies.may_reply", "replied", "complained", then(replied(), replied()), replied("liaison2")),
    Guard("replies.reply", "language_unknown", "complained", replied(language="xx"), replied(language="ps")),
    Guard("replies.reply", "text_length", "complained", replied(text="x" * 8001), replied(text="x" * 8000)),
    Guard(
        "replies.may_open",
        "case_unknown",
        "complained",
        asked("mediator1", replies.open_replies, NONE),
        then(waited("P7D"), asked("mediator1", replies.open_replies, "CASE")),
    ),
    Guard(
        "replies.may_open",
        "role",
        "complained",
        asked("liaison1", replies.open_replies, "CASE"),
        then(waited("P7D"), asked("secretariat", replies.open_replies, "CASE")),
    ),
    Guard(
        "replies.may_open",
        "replies_open",
        "replied",
        asked("mediator1", replies.open_replies, "CASE"),
        to_stage("complained", then(waited("P7D"), asked("mediator1", replies.open_replies, "CASE"))),
    ),
    Guard(
        "replies.may_open",
        "reply_clock",
        "complained",
        asked("mediator1", replies.open_replies, "CASE"),
        then(waited("P7D"), asked("mediator1", replies.open_replies, "CASE")),
    ),
    Guard(
        "triage.admit",
        "no_agreement",
        "complained",
        forgotten(asked("mediator1", triage.admit, "CASE", "reasonable_suspicion", "r")),
        asked("mediator1", triage.admit, "CASE", "reasonable_suspicion", "r"),
    ),
    Guard(
        "triage.admit",
        "already_admitted",
        "admitted",
        asked("mediator1", triage.admit, "CASE", "reasonable_suspicion", "r"),
        to_stage("complained", asked("mediator1", triage.admit, "CASE", "reasonable_suspicion", "r")),
    ),
    Guard(
        "triage.admit",
        "standard_low",
        "complained",
        asked("mediator1", triage.admit, "CASE", "insufficient", "r"),
        asked("mediator1", triage.admit, "CASE", "reasonable_suspicion", "r"),
    ),
    Guard(
        "triage.admit",
        "reason_missing",
        "complained",
        asked("mediator1", triage.admit, "CASE", "reasonable_suspicion", ""),
        asked("mediator1", triage.admit, "CASE", "clear_and_convincing", "r"),
    ),
    Guard("triage.close", "closing_unknown", "complained", closed("tired"), closed("withdrawn")),
    Guard(
        "depositing.deposit", "press_record", "", _on_press(deposited(named=NONE)), to_stage("complained", deposited())
    ),
    Guard("depositing.deposit", "case_unknown", "complained", deposited(named=NONE), deposited()),
    Guard(
        "depositing.deposit",
        "case_closed",
        "complained",
        then(closed(), deposited()),
        to_stage("complained", deposited()),
    ),
    Guard("depositing.deposit", "role", "complained", deposited("analyst"), deposited("liaison2")),
    Guard(
        "depositing.deposit",
        "evidence_length",
        "complained",
        deposited(data=b""),
        deposited(data=b"x" * evidence.LENGTH_LIMIT),
    ),
    Guard(
        "triage._may_close",
        "measures_pending",
        "determined",
        closed("settled"),
        to_stage("verified", closed("complied")),
    ),
    Guard(
        "triage._may_close", "measures_pending", "in_force", closed("settled"), to_stage("verified", closed("complied"))
    ),
    Guard("triage._may_close", "closing_stage", "complained", closed("no_violation"), closed("settled")),
    Guard(
        "triage._may_close", "not_complied", "in_force", closed("complied"), to_stage("verified", closed("complied"))
    ),
    Guard(
        "cases.working",
        "press_record",
        "",
        _on_press(lambda d, c: ask(d, "", "mediator1", triage.close, NONE, "settled", "")),
        to_stage("complained", closed()),
    ),
    Guard(
        "cases.working", "case_unknown", "complained", asked("mediator1", triage.close, NONE, "settled", ""), closed()
    ),
    Guard("cases.working", "case_closed", "complained", then(closed(), closed()), to_stage("complained", closed())),
    Guard("cases.working", "role", "complained", closed(slug="secretariat"), closed()),
    Guard(
        "cases.working",
        "not_seated",
        "complained",
        closed(slug="mediator1b"),
        then(lambda d, c: desks.seat(d, "mediator1b"), closed(slug="mediator1b")),
    ),
    Guard("cases.working", "recused", "complained", then(recused, closed()), closed(slug="mediator2")),
    Guard("adoption.may_adopt", "no_agreement", "replied", forgotten(adopted()), adopted()),
    Guard("adoption.adopt", "issues_unmatched", "replied", adopted(issue="i2"), adopted(issue="i1")),
    Guard("adoption._ready", "no_notice", "replied", _unnoticed_finding, adopted()),
    Guard("adoption._ready", "not_admitted", "complained", adopted(), to_stage("replied", adopted())),
    Guard(
        "adoption._ready",
        "reply_clock",
        "admitted",
        adopted(),
        then(replied("liaison1"), then(replied("liaison2"), adopted())),
    ),
    Guard(
        "adoption._ready",
        "replies_sealed",
        "admitted",
        then(waited("P7D"), adopted()),
        then(asked("mediator1", replies.open_replies, "CASE"), adopted()),
    ),
    Guard(
        "adoption._ready", "finding_exists", "adopted", adopted("mediator2"), to_stage("replied", adopted("mediator2"))
    ),
    Guard(
        "adoption._held",
        "holding_unknown",
        "replied",
        adopted(standard="certain"),
        adopted(standard="clear_and_convincing"),
    ),
    Guard("adoption._held", "gist_missing", "replied", adopted(gist=" "), adopted(gist="EXERCISE.")),
    Guard(
        "adoption._held",
        "limitation_unknown",
        "replied",
        adopted(limitations=("rain",)),
        adopted(limitations=("single_source", "no_reply")),
    ),
    Guard(
        "adoption._held",
        "attribution_unknown",
        "replied",
        adopted(attribution="guilt"),
        adopted(attribution="supported"),
    ),
    Guard(
        "adoption._held",
        "support_missing",
        "replied",
        adopted(supports=()),
        adopted(supports=(), holding="not_established"),
    ),
    Guard("adoption._held", "report_unknown", "replied", adopted(supports=(NONE,)), adopted()),
    Guard(
        "adoption._held",
        "support_discredited",
        "replied",
        then(discredited, adopted()),
        adopted(holding="not_established", supports=()),
    ),
    Guard("adoption._held", "factor_unknown", "replied", adopted(factors=("rain",)), adopted(factors=("repeat",))),
    Guard(
        "adoption._held", "single_origin", "replied", adopted(limitations=()), lambda d, c: _rested(d, c, ("monitor",))
    ),
    Guard(
        "adoption._held",
        "elements_missing",
        "replied",
        adopted(attribution="failed_to_prevent", standard="clear_and_convincing", elements=ELEMENTS[:3]),
        adopted(attribution="failed_to_prevent", standard="clear_and_convincing", elements=ELEMENTS),
    ),
    Guard(
        "adoption._held",
        "standard_low",
        "replied",
        adopted(attribution="failed_to_prevent", elements=ELEMENTS),
        adopted(attribution="failed_to_prevent", elements=ELEMENTS, standard="clear_and_convincing"),
    ),
    Guard(
        "adoption.dissent",
        "finding_unknown",
        "adopted",
        asked("liaison2", adoption.dissent, NONE, "t"),
        lambda d, c: _dissented(d, c),
    ),
    Guard(
        "adoption.dissent",
        "not_seated",
        "adopted",
        lambda d, c: _dissented(d, c, "monitor"),
        lambda d, c: _dissented(d, c),
    ),
    Guard(
        "adoption.dissent",
        "reason_missing",
        "adopted",
        lambda d, c: _dissented(d, c, text=""),
        lambda d, c: _dissented(d, c),
    ),
    Guard("ruling.issue", "no_agreement", "found", forgotten(issued()), issued()),
    Guard("ruling.issue", "advisory_only", "found", elsewhere(_advisory, "found", issued()), issued()),
    Guard("ruling.issue", "no_finding", "adopted", issued(), then(signed("mediator2", "finding"), issued())),
    Guard(
        "ruling.issue",
        "determination_exists",
        "issued",
        issued(slug="mediator2"),
        to_stage("found", issued(slug="mediator2")),
    ),
    Guard("ruling.issue", "issues_unmatched", "found", issued(issue="i9"), issued()),
    Guard("ruling.issue", "reason_missing", "found", issued(reasons=""), issued()),
    Guard("determinations.rule_on", "disposition_unknown", "found", issued("guilty"), issued("violation")),
    Guard("determinations.rule_on", "not_held", "found", issued("not_established"), issued("no_violation")),
    Guard(
        "determinations.rule_on", "support_discredited", "found", then(discredited, issued()), issued("no_violation")
    ),
    Guard(
        "determinations.rule_on",
        "standard_low",
        "replied",
        lambda d, c: _low_violation(d, c, "reasonable_suspicion"),
        to_stage("replied", lambda d, c: _low_violation(d, c, "balance_of_probabilities")),
    ),
    Guard(
        "ruling.sign",
        "nothing_to_sign",
        "adopted",
        asked("mediator2", ruling.sign, NONE),
        signed("mediator2", "finding"),
    ),
    Guard(
        "ruling.sign",
        "in_force_already",
        "found",
        signed("mediator2", "finding"),
        to_stage("adopted", signed("mediator2", "finding")),
    ),
    Guard(
        "ruling.sign",
        "signed_already",
        "adopted",
        signed("mediator1", "finding"),
        signed("mediator2", "finding"),
    ),
    Guard(
        "ruling.sign",
        "support_discredited",
        "adopted",
        then(discredited, signed("mediator2", "finding")),
        to_stage("adopted", signed("mediator2", "finding")),
    ),
    Guard("measures.compute", "no_agreement", "determined", lambda d, c: _compute_without_agreement(d, c), imposed()),
    Guard("measures.asked", "measure_unknown", "determined", _computed(lambda a: replace(a, measures=())), imposed()),
    Guard(
        "imposing.impose",
        "no_determination",
        "issued",
        imposed(),
        then(signed("mediator2", "determination"), imposed()),
    ),
    Guard("imposing.impose", "no_violation", "determined", imposed(issue="i2"), imposed()),
    Guard(
        "imposing.impose",
        "measure_exists",
        "imposed",
        imposed("mediator2"),
        to_stage("determined", imposed("mediator2")),
    ),
    Guard(
        "imposing.impose",
        "support_discredited",
        "determined",
        then(discredited, imposed()),
        to_stage("determined", imposed()),
    ),
    Guard(
        "imposing.may_report",
        "measure_not_in_force",
        "imposed",
        complied(),
        then(signed("mediator2", "measures"), complied()),
    ),
    Guard("imposing.may_report", "item_unknown", "in_force", complied(item="fine"), complied()),
    Guard("imposing.may_report", "not_executor", "in_force", complied("liaison1"), complied("liaison2")),
    Guard("imposing.may_report", "verified_already", "verified", complied(), to_stage("reported", complied())),
    Guard("imposing.report_compliance", "text_length", "in_force", complied(text=""), complied()),
    Guard("imposing.may_verify", "measure_not_in_force", "imposed", verified(), to_stage("reported", verified())),
    Guard("imposing.may_verify", "not_reported", "in_force", verified(), then(complied(), verified())),
    Guard("imposing.may_verify", "verified_already", "verified", verified(), to_stage("reported", verified())),
    Guard("imposing.verify_compliance", "reason_missing", "reported", verified(text=""), verified()),
    Guard("custody.release", "role", "complained", _released("liaison1"), _released("secretariat")),
    Guard("custody.release", "report_unknown", "complained", _released(of=NONE), _released()),
    Guard("custody.release", "release_unknown", "complained", _released(level="R0", party=""), _released()),
    Guard("custody.release", "release_unknown", "complained", _released(level="R3", party=""), _released()),
    Guard("custody.release", "release_unknown", "complained", _released(party="party-3"), _released(party="party-1")),
    Guard("custody.release", "release_unknown", "complained", _released(level="R1"), _released(level="R1", party="")),
    Guard("custody.release", "value_unreleasable", "complained", _released(held="R4"), _released(held="R3")),
    Guard("custody.release", "value_unreleasable", "complained", _released(held="R5"), _released(held="R2")),
    Guard("custody.release", "value_unreleasable", "complained", _released(named=0), _released(named=2)),
    Guard("custody.release", "value_unreleasable", "complained", _released_another, _released()),
    Guard("custody.manifest", "case_unknown", "complained", _listed(NONE), _listed()),
    Guard(
        "custody.manifest",
        "manifest_long",
        "complained",
        _listed(number=custody.LISTED_LIMIT + 1),
        _listed(number=custody.LISTED_LIMIT),
    ),
    Guard("custody.pouch", "role", "", _pouched("secretariat"), _pouched("monitor")),
    Guard("custody.pouch", "no_seal_key", "", _pouched(to=()), _pouched()),
    Guard("custody.pouch", "no_seal_key", "", _pouched(to=("monitor/2", "monitor")), _pouched("mediator1")),
    Guard("custody.pouch", "no_seal_key", "", _pouched(to=("nobody",)), _pouched()),
    Guard("custody.pouch", "evidence_length", "", _pouched(length=0), _pouched(length=1)),
    Guard(
        "custody.pouch",
        "evidence_length",
        "",
        _pouched(length=custody.POUCH_LIMIT + 1),
        _pouched(length=custody.POUCH_LIMIT),
    ),
    Guard("custody.absent", "absence_known", "", then(_stayed_away(), _stayed_away()), _stayed_away(index=4)),
    Guard("custody.absent", "absence_known", "", then(_stayed_away(), _stayed_away()), _stayed_away("party-2")),
    Guard("explanation.reason", "no_step", "determined", _computed(lambda a: _ladder(a, False)), imposed()),
    Guard("explanation.reason", "ladder_ambiguous", "determined", _computed(lambda a: _ladder(a, True)), imposed()),
)

UNREACHABLE = {
    # What `working` has refused before; they stand for the type checker.
    ("triage.close", "case_unknown"), ("imposing.impose", "case_unknown"),
    # With two parties both are always on a case; an agreement between three will reach it.
    ("depositing.deposit", "not_party"),
    # The door's own, tested with the door.
    ("access.act", "not_signed_in"),
}  # fmt: skip


def _withdrawn(desk: Desk) -> str:
    sid = desk.do("monitor", ("matches",), lambda s, by, now: marking.decide_match(s, "a", "b", True, "r", by, now))
    return desk.refused("monitor", ("matches",), lambda s, by, now: marking.withdraw_match(s, sid, by, now))


def _complaint_by(desk: Desk, slug: str) -> str:
    drawn = complaints.Complaint(report("new"), "P-01", "party-2", desk.salts())
    return desk.refused(slug, (), lambda s, by, now: complaints.complain(s, drawn, by, now))


def _dissented(desk: Desk, case: str, slug: str = "liaison2", text: str = "We differ.") -> str:
    return ask(desk, case, slug, adoption.dissent, desk.whole.cases[case].finding, text)


def _low_violation(desk: Desk, case: str, standard: str) -> str:
    desks.adopt(desk, case, standard=standard)
    signed("mediator2", "finding")(desk, case)
    return issued()(desk, case)


def _compute_without_agreement(desk: Desk, case: str) -> str:
    standing = desk.standing(*desk.threads_of(case))
    determination = standing.determinations[standing.cases[case].determination]
    standing.agreement = None
    computed = measures.compute(standing, determination, determination.issued.ruled[0], desk.now())
    return computed.code if isinstance(computed, Refusal) else ""


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    desk, case = at_stage(guard.stage) if guard.stage else (founded(), "")
    before = desk.book.head().size
    assert guard.wrong(desk, case) == guard.code
    assert guard.mended(desk, case) == ""
    assert desk.book.head().size >= before


def test_a_refused_act_leaves_the_record_as_it_was() -> None:
    desk, case = at_stage("admitted")
    before = (desk.book.head(), desk.standing(*desk.threads_of(case)))
    assert adopted()(desk, case) == "reply_clock"
    assert (desk.book.head(), desk.standing(*desk.threads_of(case))) == before


@pytest.mark.parametrize(("notices", "code"), [(0, "quorum_lost"), (1, "quorum_lost"), (2, "")])
def test_an_absent_party_is_passed_over_after_the_notices_that_the_agreement_names(notices: int, code: str) -> None:
    desk = founded(seated=("liaison1", "mediator1", "mediator2"))
    desk, case = at_stage("replied", desk)
    for _ in range(notices):
        assert noticed(desk, case) == ""
        desk.wait("P1D")
    assert adopted()(desk, case) == code


def test_notices_never_pass_over_a_mediator() -> None:
    desk, case = at_stage("replied")
    recused(desk, case)
    for _ in range(3):
        assert ask(desk, "", "secretariat", seating.notify, "mediator-1") == ""
        desk.wait("P1D")
    assert adopted("mediator2")(desk, case) == "quorum_lost"


def test_a_signature_given_before_a_recusal_stays_valid() -> None:
    desk, case = at_stage("adopted")
    recused(desk, case)
    assert signed("mediator2", "finding")(desk, case) == "quorum_lost"
    desks.seat(desk, "mediator1b")
    assert signed("mediator2", "finding")(desk, case) == ""
    finding = desk.whole.findings[desk.whole.cases[case].finding]
    assert finding.signers == (key("mediator1"), key("mediator2"))
    assert finding.in_force == desk.entries()[-1].envelope.at


def test_two_members_of_one_component_are_one_assent() -> None:
    desk, case = at_stage("adopted")
    desks.seat(desk, "mediator1b")
    assert signed("mediator1b", "finding")(desk, case) == ""
    assert desk.whole.findings[desk.whole.cases[case].finding].in_force is None


def test_a_complaint_outside_every_instrument_is_registered_and_closed_in_one_step() -> None:
    desk = founded()
    case = complain(desk, local="2019-12-31T12:00")
    found = desk.whole.cases[case]
    assert (found.opened.in_force, found.opened.instrument, found.closed) == ("not_in_force", "", "outside_mandate")
    assert len({entry.envelope.at for entry in desk.entries()[-5:]}) == 1


def test_support_that_left_the_incident_is_still_known_as_discredited() -> None:
    desk, case = at_stage("found")
    opened = desk.whole.cases[case].opened
    assert _changed(grouping.link)(desk, case) == ""
    assert _changed(grouping.unlink, own=True)(desk, case) == ""
    desks.discredit(desk, opened.report)
    without = tuple(name for name in desk.threads_of(case) if name != f"report:{opened.report}")
    code = desk.refused(
        "mediator1", without, lambda s, by, now: ruling.issue(s, case, {"i1": "violation"}, "R.", by, now)
    )
    assert (code, issued()(desk, case)) == ("support_discredited", "support_discredited")


@pytest.mark.parametrize(
    ("others", "limitations", "code"),
    [
        ((), (), "single_origin"),
        ((), ("single_source",), ""),
        (("liaison1",), (), "single_origin"),
        (("liaison2",), (), ""),
        (("monitor",), (), ""),
        (("monitor", "monitor"), ("single_source",), ""),
    ],
)
def test_a_party_is_one_origin_however_many_reports_it_files(
    others: tuple[str, ...], limitations: tuple[str, ...], code: str
) -> None:
    assert _rested(*at_stage("replied"), others, limitations) == code


def test_two_reports_of_one_monitor_are_one_origin() -> None:
    desk, case = at_stage("replied")
    incident = desk.whole.cases[case].opened.incident
    sids = _two_reports(desk)
    for sid in sids:
        threads = (*desk.threads_of(case), f"report:{sid}")
        assert ask_on(desk, threads, grouping.link, incident, sid) == ""
    assert adopted(supports=sids, limitations=())(desk, case) == "single_origin"
    assert adopted(supports=sids)(desk, case) == ""


def ask_on(desk: Desk, threads: tuple[str, ...], verb: Callable[..., Outcome], *given: object) -> str:
    return desk.refused("secretariat", threads, lambda s, by, now: verb(s, *given, "Looked at.", by, now))


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ((), "elements_missing"),
        (ELEMENTS[:3], "elements_missing"),
        ((*ELEMENTS, "More."), "elements_missing"),
        ((*ELEMENTS[:3], " "), "elements_missing"),
        (ELEMENTS, ""),
    ],
)
def test_failing_to_prevent_takes_four_elements_in_words(elements: tuple[str, ...], code: str) -> None:
    desk, case = at_stage("replied")
    given = adopted(attribution="failed_to_prevent", standard="clear_and_convincing", elements=elements)
    assert given(desk, case) == code


@pytest.mark.parametrize(
    ("attribution", "code"), [("not_attributed", "not_held"), ("not_established", "not_held"), ("organ", "")]
)
def test_a_violation_needs_a_link_to_the_party(attribution: str, code: str) -> None:
    desk, case = at_stage("replied")
    desks.sign(desk, case, desks.adopt(desk, case, attribution=attribution))
    assert issued()(desk, case) == code


@pytest.mark.parametrize(
    ("slug", "channel", "release", "code"),
    [
        ("liaison1", "liaison", "R1", ""),
        ("liaison1", "liaison", "R2", ""),
        ("liaison1", "liaison", "R0", "channel_not_yours"),
        ("liaison1", "liaison", "R3", "channel_not_yours"),
        ("liaison1", "liaison", "R4", "channel_not_yours"),
        ("liaison1", "monitor", "R1", "channel_not_yours"),
        ("liaison1", "media", "R0", "channel_not_yours"),
        ("monitor", "liaison", "R1", "channel_not_yours"),
        ("mediator1", "liaison", "R1", "channel_not_yours"),
        ("secretariat", "liaison", "R1", ""),
        ("monitor", "monitor", "R0", ""),
    ],
)
def test_nobody_files_under_anothers_name(slug: str, channel: str, release: str, code: str) -> None:
    assert filed(slug, channel=channel, release=release)(founded(), "") == code


def _ended(disposition: str) -> Callable[[Desk, str], object]:
    """A determination in force of this disposition, on a finding that holds the like."""
    holding = "established" if disposition in ("violation", "no_violation") else disposition

    def run(desk: Desk, case: str) -> None:
        desks.sign(desk, case, desks.adopt(desk, case, holding=holding))
        desks.sign(desk, case, desks.issue(desk, case, disposition))

    return run


def _found(holding: str) -> Callable[[Desk, str], object]:
    return lambda desk, case: desks.sign(desk, case, desks.adopt(desk, case, holding=holding))


def _nothing(desk: Desk, case: str) -> None:
    """The case stays where the stage has brought it."""


EARLY = {"outside_mandate", "inadmissible", "withdrawn", "settled"}


@pytest.mark.parametrize(
    ("stage", "way", "reasons"),
    [
        ("complained", _nothing, EARLY),
        ("replied", _nothing, EARLY),
        ("adopted", _nothing, set()),
        ("found", _nothing, set()),
        ("replied", _found("not_established"), {"not_established"}),
        ("replied", _found("not_attributed"), set()),
        ("issued", _nothing, set()),
        ("replied", _ended("no_violation"), {"no_violation"}),
        ("replied", _ended("not_established"), {"not_established"}),
        ("replied", _ended("not_attributed"), {"not_attributed"}),
        ("replied", _ended("outside_mandate"), {"outside_mandate"}),
        ("replied", _ended("violation"), set()),
        ("imposed", _nothing, set()),
        ("in_force", _nothing, set()),
        ("reported", _nothing, set()),
        ("verified", _nothing, {"complied"}),
    ],
)
def test_a_case_closes_with_what_has_been_reached_and_nothing_else(
    stage: str, way: Callable[[Desk, str], object], reasons: set[str]
) -> None:
    desk, case = at_stage(stage)
    way(desk, case)
    standing, now = desk.standing(*desk.threads_of(case)), desk.now()
    by = actor("mediator1")
    outcomes = {reason: triage.close(standing, case, reason, "", by, now) for reason in cases.CLOSINGS}
    assert {reason for reason, outcome in outcomes.items() if not isinstance(outcome, Refusal)} == reasons


def test_where_rulings_are_advisory_a_finding_may_end_in_a_settlement() -> None:
    assert elsewhere(_advisory, "found", closed("settled"))(founded(), "") == ""
    assert to_stage("found", closed("settled"))(founded(), "") == "closing_stage"


def test_notices_are_forgotten_when_the_component_is_seated() -> None:
    desk = founded(seated=("liaison1", "mediator1", "mediator2"))
    for _ in range(2):
        assert noticed(desk, "") == ""
        desk.wait("P1D")
    assert _direct("mediator1")(desk, "") == ""
    desks.seat(desk, "liaison2")
    assert gone(desk, "") == ""
    assert _direct("mediator1")(desk, "") == "quorum_lost"
    assert noticed(desk, "") == ""
    desk.wait("P1D")
    assert noticed(desk, "") == ""
    assert _direct("mediator1")(desk, "") == ""
