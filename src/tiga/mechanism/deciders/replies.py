"""Deciding on replies: sealed until both have replied or the clock has ended, then opened together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism import reports
from tiga.mechanism.acts import Actor, Decision, Drafted, Outcome, Refusal, Released, drafted, sealed
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


def may_reply(standing: Standing, case_sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What a reply asks: a party that was served and has not replied to what was served last."""
    case = standing.cases.get(case_sid)
    if case is None:
        return Refusal("case_unknown", values={"case": case_sid})
    if by.role != "liaison" or by.component not in (case.notice.to if case.notice else case.parties):
        return Refusal("not_party", values={"party": by.component or by.role})
    if case.closed:
        return Refusal("case_closed", values={"reason": case.closed})
    if case.notice is None:
        return Refusal("no_notice")
    if any((row.party, row.draft) == (by.component, case.turn) for row in case.replies):
        return Refusal("replied", clock_clause(standing, "reply"), {"party": by.component})
    return None


def reply(
    standing: Standing, case_sid: str, text: str, language: str, by: Actor, now: Instant, salts: reports.Salts
) -> Outcome:
    """Lodge a party's reply; sealed until both have replied or the clock has ended, open at once when late."""
    if refusal := may_reply(standing, case_sid, by, now):
        return refusal
    case = standing.cases[case_sid]
    turn = case.turn
    lodged = tuple(row for row in case.replies if row.draft == turn)
    if not text.strip() or len(text) > TEXT_LIMIT:
        return Refusal("text_length", values={"limit": str(TEXT_LIMIT)})
    if language not in LANGUAGES:
        return Refusal("language_unknown", values={"known": ", ".join(LANGUAGES)})
    value = {"text": text, "language": language, "party": by.component}
    values = (Released(Disclosure(salts[0], "reply", value), "R2", by.component),)
    sealing = drafted(ReplySealed(case_sid, by.component, sealed(values, salts[2:]), turn), standing.log, now, values)
    rows = [sealing]
    replied = {row.party for row in lodged} | {by.component}
    if not case.replies_open and case.notice and replied >= set(case.notice.to):
        rows += _opening(standing, case, (*(row.sid for row in lodged), sealing.sid), (), now)
    return Decision(tuple(rows), standing.reads)


def may_open(standing: Standing, case_sid: str, by: Actor, now: Instant) -> Refusal | None:
    """What opening asks: that replies are awaited, and that their clock has ended."""
    case = standing.cases.get(case_sid)
    if case is None:
        return Refusal("case_unknown", values={"case": case_sid})
    if by.role not in ("mediator", "secretariat", "registrar"):
        return Refusal("role", values={"role": by.role, "needed": "mediator"})
    due = case.reply_due
    if case.notice is None or due is None or case.replies_open:
        return Refusal("replies_open")
    if now < due:
        return Refusal("reply_clock", clock_clause(standing, "reply"), {"due": due.text()})
    return None


def open_replies(standing: Standing, case_sid: str, by: Actor, now: Instant) -> Outcome:
    """Open what has been lodged once the clock has ended; who was silent is said, and means nothing more."""
    if refusal := may_open(standing, case_sid, by, now):
        return refusal
    case = standing.cases[case_sid]
    lodged = tuple(row for row in case.replies if row.draft == case.turn)
    served = case.notice.to if case.notice else ()
    silent = tuple(party for party in served if party not in {row.party for row in lodged})
    return Decision(_opening(standing, case, tuple(row.sid for row in lodged), silent, now), standing.reads)


def _opening(
    standing: Standing, case: Case, lodged: tuple[str, ...], silent: tuple[str, ...], now: Instant
) -> tuple[Drafted, ...]:
    """The replies to what was served last are opened; with those to a draft finding what the complaint met with and was
    still sealed when the draft was served."""
    kinds = [RepliesOpened(case.sid, lodged, silent, case.turn)]
    if case.turn and case.replies_opened is None and case.notice is not None:
        earlier = {row.party: row.sid for row in case.replies if not row.draft}
        missing = tuple(party for party in case.notice.to if party not in earlier)
        kinds.append(RepliesOpened(case.sid, tuple(earlier.values()), missing))
    return tuple(drafted(kind, standing.log, now, by_registrar=True) for kind in kinds)
