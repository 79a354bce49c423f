"""Talks: rounds between the sides with mediators, and the drafts that are exchanged in them (as they stand: `exchange`).

Rules
1. The mediators' side opens a round, and closes it with its outcome. `agreed` needs a draft in which something is agreed and
   nothing is bracketed or reserved; what is deferred stays for later.
2. A party or a mediator tables a draft: its own text for each clause, on the agreement version in force, named by hash.
   Drafts of a round have numbers, in the order in which they came.
3. A side changes its own text and status, never the other's. It may take over the text that another stands by, to the byte.
   `agreed` is what one side says; whether the clause is agreed follows from what both said last.
4. Drafts and texts are known to both parties and the mediators (R1), never to the public: a draft is a step, no promise.
5. Nothing is adopted here. `exchange.adopted_text` gives the next version; `agreement.adopt` takes it in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, cast

from tiga.agreement.clauses import KINDS as CLAUSE_KINDS
from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import Ask, Deed, Fact, Given, Sight
from tiga.mechanism.exchange import STATUSES, Draft, Told, standing_of
from tiga.record import canonical
from tiga.record.entries import Entry
from tiga.values.moments import Instant
from tiga.values.words import LANGUAGES

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "talks", "D"
ROUNDS = "talks-rounds"
"""The thread of all openings, by which a number is given once."""
OUTCOMES = ("adjourned", "broken_down", "agreed")
SPEAKERS = ("liaison", "mediator")
CLAUSES_LIMIT = 60
"""Clauses of one draft as it is tabled."""
BYTES_LIMIT = 40_000
"""Bytes of one side's text of a clause in all languages together: it goes into one entry."""
_ID = re.compile(r"[A-Z][A-Z0-9]{0,3}-[0-9]{1,4}\Z")


@dataclass(frozen=True, slots=True)
class TalksOpened:
    ACT: ClassVar[str] = "talks.open"
    RELEASE: ClassVar[str] = "R1"

    round: int
    subject: str
    place: str
    mediators: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{sid}", ROUNDS)


@dataclass(frozen=True, slots=True)
class DraftTabled:
    """A draft by a component; `sides` must agree, `base` is the SHA-256 of the agreement version it starts from."""

    ACT: ClassVar[str] = "draft.table"
    RELEASE: ClassVar[str] = "R1"

    talks: str
    component: str
    title: str
    base: str
    sides: tuple[str, ...]
    clauses: tuple[Told, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.talks}",)


@dataclass(frozen=True, slots=True)
class DraftAnswered:
    """A component's own status and text for one clause of a draft; `taken` names whose text it took over."""

    ACT: ClassVar[str] = "draft.respond"
    RELEASE: ClassVar[str] = "R1"

    talks: str
    draft: str
    component: str
    told: Told
    taken: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.talks}",)


@dataclass(frozen=True, slots=True)
class TalksClosed:
    ACT: ClassVar[str] = "talks.close"
    RELEASE: ClassVar[str] = "R1"

    talks: str
    outcome: str
    note: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.talks}",)


@dataclass(frozen=True, slots=True)
class Round:
    """A round of talks with its drafts."""

    sid: str
    index: int
    at: Instant
    opened: TalksOpened
    drafts: tuple[Draft, ...] = ()
    closed: TalksClosed | None = None
    closed_at: Instant | None = None

    @property
    def state(self) -> str:
        """`talks_open`, or the outcome."""
        return "talks_open" if self.closed is None else f"talks_{self.closed.outcome}"

    def draft(self, number: int) -> Draft | None:
        return self.drafts[number - 1] if 0 < number <= len(self.drafts) else None


@dataclass(slots=True)
class State:
    rounds: dict[str, Round] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


# ---- deciders


def open_(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Open a round of talks: its number, subject, place and mediators."""
    refusal = guards.acting(standing, by, *guards.SIDE)
    if refusal:
        return refusal
    known = {row.id for row in guards.agreement(standing).mediators}
    named = given.many("talks_mediators")
    strange = [name for name in named if name not in known]
    if strange or not named:
        return Refusal("talks_mediator", values={"component": strange[0] if strange else "-"})
    number = given.whole("talks_round")
    if any(row.opened.round == number for row in state(standing).rounds.values()):
        return Refusal("talks_round_taken", values={"number": str(number)})
    entry = TalksOpened(
        number, given.line("subject"), given.line("place"), tuple(sorted(named))
    )  # fmt: skip
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def table(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Table a draft on the agreement version in force: the component's own text for each clause."""
    row = state(standing).rounds.get(sid)
    refusal = guards.acting(standing, by, *SPEAKERS) or _running(row) or _language(given)
    if refusal:
        return refusal
    found = read(given.text("draft_clauses"), given.text("language"))
    if isinstance(found, Refusal):
        return found
    strange = [told.clause for told in found if guards.agreement(standing).clause(told.clause) and told.kind]
    if strange:
        return Refusal("draft_kind", values={"clause": strange[0]})
    entry = DraftTabled(
        sid, by.component, given.line("title"), standing.agreement_sha256, guards.parties(standing), found
    )  # fmt: skip
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def respond(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Say one's own status and text for a clause of a draft; what is left out stays as one said it before."""
    row = state(standing).rounds.get(sid)
    refusal = guards.acting(standing, by, *SPEAKERS) or _running(row)
    if refusal or row is None:
        return refusal or Refusal("talks_unknown")
    draft, clause = row.draft(given.whole("draft_number")), given.line("draft_clause")
    if draft is None:
        return Refusal("draft_unknown", values={"number": given.text("draft_number")})
    status, taken = given.text("draft_status").removeprefix("draft_"), given.text("draft_take")
    if status not in STATUSES:
        return Refusal("draft_status", values={"known": ", ".join(STATUSES)})
    if clause not in draft.clauses and _ID.match(clause) is None:
        return Refusal("draft_clause", values={"clause": clause})
    text = _own_text(draft, clause, taken, given, by)
    if isinstance(text, Refusal):
        return text
    if not text and status != "deferred":
        return Refusal("draft_text", values={"clause": clause})
    if len(canonical.encode(text)) > BYTES_LIMIT:
        return Refusal("draft_long", values={"limit": str(BYTES_LIMIT)})
    told = Told(clause, status, text)
    if draft.last(clause, by.component) == told:
        return Refusal("draft_same", values={"clause": clause})
    return Decision(
        (drafted(DraftAnswered(sid, draft.sid, by.component, told, taken), standing.log, now),), standing.reads
    )


def close(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Close a round with its outcome."""
    row = state(standing).rounds.get(sid)
    refusal = guards.acting(standing, by, *guards.SIDE) or _running(row)
    if refusal or row is None:
        return refusal or Refusal("talks_unknown")
    outcome = given.text("talks_outcome").removeprefix("talks_")
    if outcome not in OUTCOMES:
        return Refusal("talks_outcome", values={"known": ", ".join(OUTCOMES)})
    if outcome == "agreed" and not any(_settled(draft) for draft in row.drafts):
        return Refusal("talks_not_agreed")
    return Decision((drafted(TalksClosed(sid, outcome, given.line("note")), standing.log, now),), standing.reads)


def read(text: str, language: str) -> tuple[Told, ...] | Refusal:
    """The clauses of a draft as it is typed: a line `[P-01]` before each clause's text, in brackets with it a status where it
    is not `bracketed`, and for a new clause its kind: `[N-01 obligation]`, `[P-02 reserved]`."""
    found: list[tuple[Told, list[str]]] = []
    for number, line in enumerate((one.strip() for one in text.splitlines()), 1):
        head = _head(line)
        if head is not None:
            found.append((head, []))
        elif line and (not found or line.startswith("[")):
            return Refusal("draft_form", values={"line": str(number)})
        elif line:
            found[-1][1].append(line)
    names = [head.clause for head, _ in found]
    if not names or len(names) > CLAUSES_LIMIT or len(set(names)) < len(names):
        return Refusal("draft_clauses", values={"limit": str(CLAUSES_LIMIT)})
    empty = [head.clause for head, words in found if not words and head.status != "deferred"]
    if empty:
        return Refusal("draft_text", values={"clause": empty[0]})
    return tuple(
        replace(head, text={language: " ".join(" ".join(words).split())} if words else {}) for head, words in found
    )


def _head(line: str) -> Told | None:
    """The clause that a line in brackets begins, without its text; None for any other line."""
    name, *more = line[1:-1].split(" ") if line.startswith("[") and line.endswith("]") else [""]
    statuses, kinds = [word for word in more if word in STATUSES], [word for word in more if word in CLAUSE_KINDS]
    if _ID.match(name) is None or len(statuses) > 1 or len(kinds) > 1 or len(statuses) + len(kinds) != len(more):
        return None
    return Told(name, statuses[0] if statuses else "bracketed", {}, kinds[0] if kinds else "")


def _own_text(draft: Draft, clause: str, taken: str, given: Given, by: Actor) -> dict[str, str] | Refusal:
    """The text that the component stands by now: what it took over or had before, with what it wrote put in."""
    source = draft.last(clause, taken or by.component)
    if taken and (source is None or not source.text):
        return Refusal("draft_nothing", values={"component": taken, "clause": clause})
    text, own = dict(source.text) if source is not None else {}, given.line("draft_text")
    if own and (refusal := _language(given)):
        return refusal
    return text | ({given.text("language"): own} if own else {})


def _settled(draft: Draft) -> bool:
    """Something is agreed, and nothing bracketed or reserved."""
    found = {row.status for row in standing_of(draft)}
    return "agreed" in found and found <= {"agreed", "deferred"}


def _running(row: Round | None) -> Refusal | None:
    if row is None:
        return Refusal("talks_unknown")
    return Refusal("talks_closed") if row.closed is not None else None


def _language(given: Given) -> Refusal | None:
    known = given.text("language") in LANGUAGES
    return None if known else Refusal("language_unknown", values={"known": ", ".join(LANGUAGES)})


# ---- fold


def _opened(own: State, standing: Standing, kind: TalksOpened, entry: Entry) -> None:
    own.rounds[entry.sid] = Round(entry.sid, entry.index, standing.now, kind)


def _tabled(own: State, standing: Standing, kind: DraftTabled, entry: Entry) -> None:
    if row := own.rounds.get(kind.talks):
        words = tuple((kind.component, told) for told in kind.clauses)
        number = len(row.drafts) + 1
        draft = Draft(entry.sid, number, kind.title, kind.component, kind.base, kind.sides, words)
        own.rounds[kind.talks] = replace(row, drafts=(*row.drafts, draft))


def _answered(own: State, standing: Standing, kind: DraftAnswered, entry: Entry) -> None:
    if row := own.rounds.get(kind.talks):
        drafts = tuple(
            replace(one, words=(*one.words, (kind.component, kind.told))) if one.sid == kind.draft else one
            for one in row.drafts
        )
        own.rounds[kind.talks] = replace(row, drafts=drafts)


def _closed(own: State, standing: Standing, kind: TalksClosed, entry: Entry) -> None:
    if row := own.rounds.get(kind.talks):
        own.rounds[kind.talks] = replace(row, closed=kind, closed_at=standing.now)


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).rounds)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A round as it stands: its drafts, clause by clause, with each side's own text."""
    row = state(standing).rounds.get(sid)
    if row is None:
        return None
    turn = row.at.ms // 86_400_000
    facts = [Fact("talks_round", str(row.opened.round), "number"), Fact("place", row.opened.place)]
    facts += [Fact("talks_mediator", name, "party") for name in row.opened.mediators]
    for draft in row.drafts:
        facts += _draft(draft, turn + draft.number)
    if row.closed is not None and row.closed_at is not None:
        facts.append(Fact("talks_closed", row.closed_at.text(), "instant"))
        facts += [Fact("note", row.closed.note)] if row.closed.note else []
    return Sight(
        sid, NAME, row.index, row.at, row.state, row.opened.subject, "R1", tuple(facts), open=row.closed is None
    )


def _draft(draft: Draft, turn: int) -> list[Fact]:
    facts = [
        Fact("draft_number", str(draft.number), "number"), Fact("title", draft.title), Fact("draft_by", draft.by, "party"),
        Fact("draft_base", draft.base),
    ]  # fmt: skip
    for row in standing_of(draft, turn):
        facts += [Fact("draft_clause", row.clause, "clause"), Fact("draft_status", f"draft_{row.status}", "code")]
        for name, told in row.texts:
            facts += [Fact("draft_text_of", name, "party"), Fact("draft_said", f"draft_{told.status}", "code")]
            facts += [Fact("draft_text", text) for _, text in sorted(told.text.items())]
    return facts


KINDS = (TalksOpened, DraftTabled, DraftAnswered, TalksClosed)
FOLDS = {
    TalksOpened.ACT: _opened, DraftTabled.ACT: _tabled, DraftAnswered.ACT: _answered, TalksClosed.ACT: _closed,
}  # fmt: skip
OPEN = ("talks_open",)
CHOICES = "|".join(f"draft_{status}" for status in STATUSES)
DEEDS = (
    Deed(
        "talks.open", NAME, guards.SIDE, open_, new=True, reads=(ROUNDS,),
        asks=(Ask("talks_round", "whole", high=1000), Ask("subject"), Ask("place"),
              Ask("talks_mediators", "many", "mediators")),
    ),
    Deed(
        "draft.table", NAME, SPEAKERS, table, states=OPEN,
        asks=(Ask("title"), Ask("language", "choice", "languages"), Ask("draft_clauses", "text")),
    ),
    Deed(
        "draft.respond", NAME, SPEAKERS, respond, states=OPEN,
        asks=(Ask("draft_number", "whole", high=1000), Ask("draft_clause"), Ask("draft_status", "choice", CHOICES),
              Ask("draft_take", "choice", "components", required=False),
              Ask("language", "choice", "languages", required=False), Ask("draft_text", "text", required=False)),
    ),
    Deed(
        "talks.close", NAME, guards.SIDE, close, states=OPEN,
        asks=(Ask("talks_outcome", "choice", "|".join(f"talks_{name}" for name in OUTCOMES)), Ask("note", required=False)),
    ),
)  # fmt: skip
