"""Deciding on replies: sealed until both have replied or the clock has ended, then opened together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import reports
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.cases import (
    TEXT_LIMIT,
    Case,
    RepliesOpened,
    ReplySealed,
    clock_clause,
)
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant
from tiga.values.words import LANGUAGES

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


def reply(
    standing: Standing, case_sid: str, text: str, language: str, by: Actor, now: Instant, salts: reports.Salts
) -> Outcome:
    """Lodge a party's reply; sealed until both have replied or the clock has ended, open at once when late."""
    case = standing.cases.get(case_sid)
    if case is None:
        return Refusal("case_unknown", values={"case": case_sid})
    if by.role != "liaison" or by.component not in (case.notice.to if case.notice else case.parties):
        return Refusal("not_party", values={"party": by.component or by.role})
    if case.closed:
        return Refusal("case_closed", values={"reason": case.closed})
    if case.notice is None:
        return Refusal("no_notice")
    draft = case.course.draft
    turn = draft.sid if draft is not None and draft.replies_opened is None else ""
    lodged = tuple(row for row in case.replies if row.draft == turn)
    if any(row.party == by.component for row in lodged):
        return Refusal("replied", clock_clause(standing, "reply"), {"party": by.component})
    if not text.strip() or len(text) > TEXT_LIMIT:
        return Refusal("text_length", values={"limit": str(TEXT_LIMIT)})
    if language not in LANGUAGES:
        return Refusal("language_unknown", values={"known": ", ".join(LANGUAGES)})
    value = {"text": text, "language": language, "party": by.component}
    values = (Released(Disclosure(salts[0], "reply", value), "R2", by.component),)
    sealing = drafted(ReplySealed(case_sid, by.component, sealed(values, salts[2:]), turn), standing.log, now, values)
    rows = [sealing]
    replied = {row.party for row in lodged} | {by.component}
    if (turn or case.replies_opened is None) and replied >= set(case.notice.to):
        opened = RepliesOpened(case_sid, (*(row.sid for row in lodged), sealing.sid), (), turn)
        rows.append(drafted(opened, standing.log, now, by_registrar=True))
    return Decision(tuple(rows), standing.reads)


def open_replies(standing: Standing, case_sid: str, by: Actor, now: Instant) -> Outcome:
    """Open what has been lodged once the clock has ended; who was silent is said, and means nothing more."""
    case = standing.cases.get(case_sid)
    if case is None:
        return Refusal("case_unknown", values={"case": case_sid})
    if by.role not in ("mediator", "secretariat", "registrar"):
        return Refusal("role", values={"role": by.role, "needed": "mediator"})
    draft = case.course.draft
    turn = draft.sid if draft is not None and draft.replies_opened is None else ""
    due = max(draft.served.reply_due, *later(case)) if draft is not None and turn else case.reply_due
    if case.notice is None or due is None or (not turn and case.replies_opened is not None):
        return Refusal("replies_open")
    if now < due:
        return Refusal("reply_clock", clock_clause(standing, "reply"), {"due": due.text()})
    lodged = tuple(row for row in case.replies if row.draft == turn)
    silent = tuple(party for party in case.notice.to if party not in {row.party for row in lodged})
    kind = RepliesOpened(case.sid, tuple(row.sid for row in lodged), silent, turn)
    return Decision((drafted(kind, standing.log, now, by_registrar=True),), standing.reads)


def later(case: Case) -> tuple[Instant, ...]:
    """The instants to which the clock of replies was extended, and one before all time."""
    return (Instant(0), *(due for name, _, due in case.course.extended if name == "reply"))
