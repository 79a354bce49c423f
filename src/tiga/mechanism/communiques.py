"""Communiqués: drafted after a session, approved by the components that sat, issued jointly or by the mediators.

Rules
1. A draft has one text per language. A text added or changed makes a new version, and a version needs approvals anew; who
   approves names the version by its number.
2. It is issued as joint when every component that sat has approved the version. Else the mediators may issue it, when each
   mediator of the agreement has approved; it is then titled as the mediators' own. What all approved is issued as joint.
3. The title is the first line of the text that is issued, in each language, so that the bytes say whose it is.
4. Where the agreement has an authoritative language, nothing is issued without a text in it.
5. Drafts are known to both parties and the mediators; what is issued is public. `matches` tells what was issued from what
   only says so, by the bytes of the text.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, cast

from tiga.mechanism import guards, sessions
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import TEXT_LIMIT, Ask, Deed, Fact, Given, Sight
from tiga.mechanism.session_sight import said
from tiga.record import canonical
from tiga.record.entries import Entry
from tiga.values.moments import Instant
from tiga.values.words import LANGUAGES, say

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "communique", "K"
JOINT, OF_MEDIATORS = "joint", "of_mediators"
BYTES_LIMIT = 40_000
"""Bytes of all languages together: they are issued in one entry."""
SPEAKERS = ("liaison", "mediator")
ANYBODY = ("liaison", *guards.SIDE)
Texts = dict[str, tuple[str, ...]]
"""Paragraphs per language."""


@dataclass(frozen=True, slots=True)
class CommuniqueDrafted:
    """`sat` are the components that sat in the session, whose approval makes it joint."""

    ACT: ClassVar[str] = "communique.draft"
    RELEASE: ClassVar[str] = "R1"

    session: str
    title: str
    sat: tuple[str, ...]
    language: str
    text: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{sid}", f"session:{self.session}")


@dataclass(frozen=True, slots=True)
class CommuniqueAmended:
    """The text of one language, added or changed."""

    ACT: ClassVar[str] = "communique.amend"
    RELEASE: ClassVar[str] = "R1"

    communique: str
    language: str
    text: tuple[str, ...]

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.communique}",)


@dataclass(frozen=True, slots=True)
class CommuniqueApproved:
    """A component approves a version; `sha256` is of the canonical bytes of its title and texts."""

    ACT: ClassVar[str] = "communique.approve"
    RELEASE: ClassVar[str] = "R1"

    communique: str
    component: str
    version: int
    sha256: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.communique}",)


@dataclass(frozen=True, slots=True)
class CommuniqueObjected:
    ACT: ClassVar[str] = "communique.object"
    RELEASE: ClassVar[str] = "R1"

    communique: str
    component: str
    version: int
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.communique}",)


@dataclass(frozen=True, slots=True)
class CommuniqueIssued:
    """What is public: whose (`of`), by which components, the texts with their titles, and the language that settles."""

    ACT: ClassVar[str] = "communique.issue"
    RELEASE: ClassVar[str] = "R0"

    communique: str
    session: str
    of: str
    by: tuple[str, ...]
    texts: dict[str, tuple[str, ...]]
    authoritative: str = ""

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"{NAME}:{self.communique}", f"session:{self.session}")


@dataclass(frozen=True, slots=True)
class Communique:
    """A communiqué: its texts as they stand, the version, who approved or objected to which."""

    sid: str
    index: int
    at: Instant
    drafted: CommuniqueDrafted
    texts: Texts
    version: int = 1
    voiced: tuple[CommuniqueApproved | CommuniqueObjected, ...] = ()
    issued: CommuniqueIssued | None = None
    issued_at: Instant | None = None

    @property
    def state(self) -> str:
        """`communique_drafted`, `communique_approved` where all that sat approved, or as it was issued."""
        if self.issued is not None:
            return f"communique_{self.issued.of}"
        return "communique_drafted" if self.wanting(self.drafted.sat) else "communique_approved"

    @property
    def sha256(self) -> str:
        """SHA-256 of the canonical bytes of title and texts: what an approval is of."""
        return hashlib.sha256(_encoded(self.drafted.title, self.texts)).hexdigest()

    @property
    def approved(self) -> tuple[str, ...]:
        """Components that stand by this version: their last word on it is an approval."""
        words = (kind for kind in self.voiced if kind.version == self.version)
        last = {kind.component: isinstance(kind, CommuniqueApproved) for kind in words}
        return tuple(component for component, yes in last.items() if yes)

    def wanting(self, components: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in components if name not in self.approved)


@dataclass(slots=True)
class State:
    communiques: dict[str, Communique] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


def _encoded(title: str, texts: Texts) -> bytes:
    return canonical.encode({"title": title, "texts": {language: list(lines) for language, lines in texts.items()}})


# ---- deciders


def draft(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Draft a communiqué of a session that was opened, in one language."""
    refusal = guards.acting(standing, by, *ANYBODY) or _words(given)
    if refusal:
        return refusal
    session = sessions.state(standing).sessions.get(given.text("communique_session"))
    if session is None:
        return Refusal("session_unknown")
    if session.opened is None:
        return Refusal("session_unopened")
    if by.role == "liaison" and by.component not in session.present:
        return Refusal("session_not_there", values={"component": by.component})
    entry = CommuniqueDrafted(
        session.sid, given.line("title"), session.present, given.text("language"), given.lines("communique_text")
    )  # fmt: skip
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def amend(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Change the text of a language, or add one; approvals are asked for anew."""
    row = state(standing).communiques.get(sid)
    refusal = guards.acting(standing, by, *ANYBODY) or _waits(row, by) or _words(given)
    if refusal or row is None:
        return refusal or Refusal("communique_unknown")
    language, text = given.text("language"), given.lines("communique_text")
    if row.texts.get(language) == text:
        return Refusal("communique_same")
    if len(_encoded(row.drafted.title, row.texts | {language: text})) > BYTES_LIMIT:
        return Refusal("communique_long", values={"limit": str(BYTES_LIMIT)})
    return Decision((drafted(CommuniqueAmended(sid, language, text), standing.log, now),), standing.reads)


def approve(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A component approves the version that it has read."""
    row = state(standing).communiques.get(sid)
    refusal = guards.acting(standing, by, *SPEAKERS) or _waits(row, by) or _version(row, given)
    if refusal or row is None:
        return refusal or Refusal("communique_unknown")
    if by.component in row.approved:
        return Refusal("communique_approved", values={"component": by.component})
    entry = CommuniqueApproved(sid, by.component, row.version, row.sha256)
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def object_(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A component objects to a version and says why; an approval of it that it gave before no longer counts."""
    row = state(standing).communiques.get(sid)
    refusal = guards.acting(standing, by, *SPEAKERS) or _waits(row, by) or _version(row, given)
    if refusal or row is None:
        return refusal or Refusal("communique_unknown")
    entry = CommuniqueObjected(sid, by.component, row.version, given.line("reason"))
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def issue(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Issue the version as it stands, as joint or as the mediators' own; the issuer's own approval goes with it."""
    row = state(standing).communiques.get(sid)
    refusal = guards.acting(standing, by, "mediator") or _waits(row, by)
    if refusal or row is None:
        return refusal or Refusal("communique_unknown")
    own, of = guards.agreement(standing), given.text("communique_of").removeprefix("communique_")
    language = own.authoritative_language.value
    if language and language not in row.texts:
        return Refusal("communique_language", own.authoritative_language.clause, {"language": language})
    missing = tuple(name for name in row.wanting(row.drafted.sat) if name != by.component)
    if of == JOINT and missing:
        return Refusal("communique_unapproved", values={"components": ", ".join(missing)})
    if of != JOINT and not missing:
        return Refusal("communique_is_joint")
    mediators = tuple(state.id for state in own.mediators)
    wanting = tuple(name for name in row.wanting(mediators) if name != by.component)
    if of != JOINT and wanting:
        return Refusal("communique_mediators", values={"components": ", ".join(wanting)})
    texts = {tag: (title(of, tag), *lines) for tag, lines in row.texts.items()}
    signers = row.drafted.sat if of == JOINT else mediators
    entry = CommuniqueIssued(sid, row.drafted.session, of, signers, texts, language)
    return Decision((drafted(entry, standing.log, now),), standing.reads)


def _words(given: Given) -> Refusal | None:
    if not given.lines("communique_text"):
        return Refusal("text_length", values={"limit": str(TEXT_LIMIT)})
    if given.text("language") not in LANGUAGES:
        return Refusal("language_unknown", values={"known": ", ".join(LANGUAGES)})
    return None


def _waits(row: Communique | None, by: Actor) -> Refusal | None:
    """The draft is there and not issued; a party's officer has a say where the party sat."""
    if row is None:
        return Refusal("communique_unknown")
    if row.issued is not None:
        return Refusal("communique_issued")
    if by.role == "liaison" and by.component not in row.drafted.sat:
        return Refusal("session_not_there", values={"component": by.component})
    return None


def _version(row: Communique | None, given: Given) -> Refusal | None:
    if row is not None and given.whole("communique_version") != row.version:
        return Refusal("communique_moved", values={"version": str(row.version)})
    return None


# ---- what was issued


@dataclass(frozen=True, slots=True)
class Match:
    """An issued text that a published one is: `how` is `bytes` (the same bytes), `spacing` (the same words, other white
    space) or `untitled` (the same words without the title that says whose it is)."""

    communique: str
    of: str
    language: str
    how: str


def title(of: str, language: str) -> str:
    """The title of a communiqué, in a language."""
    return say(f"communique.{of}", language)


def published(issued: CommuniqueIssued, language: str) -> bytes:
    """The bytes that are handed out of an issued communiqué in one of its languages: UTF-8, one paragraph a line."""
    return "\n".join(issued.texts[language]).encode("utf-8")


def matches(text: str, standing: Standing) -> Match | None:
    """Whether a published text is one that was issued, or None; of several the nearest, then the first (domain.md g.13)."""
    data, words, found = text.encode("utf-8"), text.split(), []
    for row in state(standing).communiques.values():
        for language, lines in (row.issued.texts if row.issued is not None else {}).items():
            assert row.issued is not None  # it has texts
            checks = (
                published(row.issued, language) == data, " ".join(lines).split() == words,
                " ".join(lines[1:]).split() == words,
            )  # fmt: skip
            if any(checks):
                found.append((checks.index(True), row.sid, row.issued.of, language))
    if not found:
        return None
    rank, sid, of, language = min(found, key=lambda one: one[0])
    return Match(sid, of, language, ("bytes", "spacing", "untitled")[rank])


# ---- fold


def _drafted(own: State, standing: Standing, kind: CommuniqueDrafted, entry: Entry) -> None:
    texts = {kind.language: kind.text}
    own.communiques[entry.sid] = Communique(entry.sid, entry.index, standing.now, kind, texts)


def _amended(own: State, standing: Standing, kind: CommuniqueAmended, entry: Entry) -> None:
    if row := own.communiques.get(kind.communique):
        texts = row.texts | {kind.language: kind.text}
        own.communiques[kind.communique] = replace(row, texts=texts, version=row.version + 1)


def _voiced(own: State, standing: Standing, kind: CommuniqueApproved | CommuniqueObjected, entry: Entry) -> None:
    if row := own.communiques.get(kind.communique):
        own.communiques[kind.communique] = replace(row, voiced=(*row.voiced, kind))


def _issued(own: State, standing: Standing, kind: CommuniqueIssued, entry: Entry) -> None:
    if row := own.communiques.get(kind.communique):
        own.communiques[kind.communique] = replace(row, issued=kind, issued_at=standing.now)


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).communiques)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A communiqué as it stands; what led to it stays with the parties and mediators when it is public."""
    row = state(standing).communiques.get(sid)
    if row is None:
        return None
    turn = row.at.ms // 86_400_000
    facts = [
        Fact("communique_session", f"session:{row.drafted.session}", "object", "R1"),
        Fact("communique_version", str(row.version), "number", "R1"),
    ]  # fmt: skip
    for name in sessions.alternating(standing, row.approved, turn):
        facts.append(Fact("communique_approved_by", name, "party", "R1"))
    for kind in (own for own in row.voiced if isinstance(own, CommuniqueObjected)):
        facts += [
            Fact("communique_objected_by", kind.component, "party", "R1"),
            Fact("communique_objected_to", str(kind.version), "number", "R1"), Fact("reason", kind.reason, "words", "R1"),
        ]  # fmt: skip
    if row.issued is not None and row.issued_at is not None:
        facts.append(Fact("communique_issued", row.issued_at.text(), "instant"))
        names = sessions.alternating(standing, row.issued.by, turn)
        facts += [Fact("communique_of", name, "party") for name in names]
    shown = row.issued.texts if row.issued is not None else row.texts
    for language, lines in shown.items():
        facts += [Fact("language", LANGUAGES[language].own_name), said("communique_text", lines)]
    if row.issued is not None and row.issued.authoritative:
        settles = row.issued.authoritative
        facts.append(Fact("communique_settles", LANGUAGES[settles].own_name if settles in LANGUAGES else settles))
    return Sight(
        sid, NAME, row.index, row.at, row.state, row.drafted.title, "R0" if row.issued else "R1", tuple(facts),
        open=row.issued is None,
    )  # fmt: skip


KINDS = (CommuniqueDrafted, CommuniqueAmended, CommuniqueApproved, CommuniqueObjected, CommuniqueIssued)
FOLDS = {
    CommuniqueDrafted.ACT: _drafted, CommuniqueAmended.ACT: _amended, CommuniqueApproved.ACT: _voiced,
    CommuniqueObjected.ACT: _voiced, CommuniqueIssued.ACT: _issued,
}  # fmt: skip
OPEN = ("communique_drafted", "communique_approved")
LANGUAGE, TEXT = Ask("language", "choice", "languages"), Ask("communique_text", "text")
VERSION = Ask("communique_version", "whole", high=1000)
DEEDS = (
    Deed(
        "communique.draft", NAME, ANYBODY, draft, new=True, reads=("session:{communique_session}",),
        asks=(Ask("communique_session", "object", "session"), Ask("title"), LANGUAGE, TEXT),
    ),
    Deed("communique.amend", NAME, ANYBODY, amend, states=OPEN, asks=(LANGUAGE, TEXT)),
    Deed("communique.approve", NAME, SPEAKERS, approve, states=OPEN, asks=(VERSION,)),
    Deed("communique.object", NAME, SPEAKERS, object_, states=OPEN, asks=(VERSION, Ask("reason"))),
    Deed(
        "communique.issue", NAME, ("mediator",), issue, states=OPEN,
        asks=(Ask("communique_of", "choice", "communique_joint|communique_of_mediators"),),
    ),
)  # fmt: skip
