"""Notices: a side tells the other beforehand of an exercise, a flight or other act that is exempt if notified in time.

Rules
1. A notice names its kind (the agreement's), what, where, and from when until when: the local time as it was asserted, with
   zone and precision, from which the instants are derived.
2. It is in time if it was entered no later than the agreement's span before the earliest instant that its beginning may
   mean. A late one is taken too, and marked. The span, the clause and the acts exempted stay as they were when it was given.
3. A change says everything anew and starts the span anew: what was in time may become late by it. What had been given before
   still holds for what happened before the change.
4. The other side acknowledges; after a change, anew. Silence is not consent, and no consent is asked for.
5. Monitors say what they saw: as notified, otherwise, or nothing; of a withdrawn notice too. It is never a verdict.
6. `covers` says which notices in time speak of an act at an instant. It answers from the party's thread `notices:<party>`;
   whether the exemption holds is for a case to decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, cast

from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, drafted
from tiga.mechanism.asks import ASSERTED, UNTIL, Ask, Deed, Fact, Given, Sight
from tiga.record.entries import Entry
from tiga.values.moments import BadMoment, Instant, Moment, Span

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

NAME, PREFIX = "notice", "N"
SEEN = ("as_notified", "otherwise_than_notified", "notified_not_seen")
"""What monitors may say of what was notified."""
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """A notice of a `kind` of the agreement, with the acts it exempts; `needed` is the last instant at which it is in time."""

    ACT: ClassVar[str] = "notice.give"
    RELEASE: ClassVar[str] = "R1"

    party: str
    kind: str
    what: str
    place: str
    when: Moment
    ahead: str
    needed: Instant
    clause: str
    codes: tuple[str, ...] = ()

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"notice:{sid}", f"notices:{self.party}")


@dataclass(frozen=True, slots=True)
class NoticeChanged:
    """All that a notice says, said anew; `needed` is counted anew from the changed beginning."""

    ACT: ClassVar[str] = "notice.change"
    RELEASE: ClassVar[str] = "R1"

    notice: str
    party: str
    what: str
    place: str
    when: Moment
    needed: Instant
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"notice:{self.notice}", f"notices:{self.party}")


@dataclass(frozen=True, slots=True)
class NoticeWithdrawn:
    ACT: ClassVar[str] = "notice.withdraw"
    RELEASE: ClassVar[str] = "R1"

    notice: str
    party: str
    reason: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"notice:{self.notice}", f"notices:{self.party}")


@dataclass(frozen=True, slots=True)
class NoticeAcknowledged:
    """The other side has read it."""

    ACT: ClassVar[str] = "notice.acknowledge"
    RELEASE: ClassVar[str] = "R1"

    notice: str
    party: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"notice:{self.notice}",)


@dataclass(frozen=True, slots=True)
class NoticeObserved:
    """What monitors saw of it: `outcome` is one of SEEN."""

    ACT: ClassVar[str] = "notice.observed"
    RELEASE: ClassVar[str] = "R1"

    notice: str
    at: Instant
    outcome: str
    note: str

    def threads(self, sid: str) -> tuple[str, ...]:
        return (f"notice:{self.notice}",)


@dataclass(frozen=True, slots=True)
class Version:
    """What a notice said from an instant on."""

    at: Instant
    what: str
    place: str
    when: Moment
    needed: Instant
    reason: str = ""

    @property
    def in_time(self) -> bool:
        return self.at <= self.needed


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice with all that it said one after the other; `acknowledged` are (party, when, number of versions then)."""

    sid: str
    index: int
    at: Instant
    given: NoticeGiven
    versions: tuple[Version, ...]
    acknowledged: tuple[tuple[str, Instant, int], ...] = ()
    observed: tuple[tuple[Instant, NoticeObserved], ...] = ()
    withdrawn: tuple[Instant, str] | None = None

    @property
    def state(self) -> str:
        """`notice_withdrawn`, `notice_observed`, `notice_acknowledged` as it stands now, `notice_changed` or `notice_given`."""
        if self.withdrawn is not None:
            return "notice_withdrawn"
        if self.observed:
            return "notice_observed"
        if any(number == len(self.versions) for _, _, number in self.acknowledged):
            return "notice_acknowledged"
        return "notice_changed" if len(self.versions) > 1 else "notice_given"

    def said(self, at: Instant) -> Version | None:
        """What it said at an instant; None before it was given and after it was withdrawn."""
        if self.withdrawn is not None and self.withdrawn[0] <= at:
            return None
        return next((version for version in reversed(self.versions) if version.at <= at), None)


@dataclass(slots=True)
class State:
    notices: dict[str, Notice] = field(default_factory=dict)


def state(standing: Standing) -> State:
    return cast(State, standing.affairs.states[NAME]) if standing.affairs is not None else State()


def covers(standing: Standing, code: str, party: str, at: Instant) -> tuple[str, ...]:
    """The party's notices in time that speak of an act of a code at an instant, as they stood then: sids in log order.

    The standing must hold the thread `notices:<party>`. The bounds are the earliest and latest that the asserted time may
    mean (domain.md e, X-01).
    """
    rows = []
    for sid, notice in state(standing).notices.items():
        said = notice.said(at)
        if said is None or not said.in_time or notice.given.party != party or code not in notice.given.codes:
            continue
        if said.when.earliest <= at <= said.when.latest:
            rows.append(sid)
    return tuple(rows)


# ---- deciders


def give(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A side gives notice; whether it is in time is computed, and a late one is taken."""
    refusal = guards.acting(standing, by, "liaison")
    if refusal:
        return refusal
    noticed = guards.agreement(standing).undertakings.notice(given.text("notice_kind"))
    if noticed is None:
        return Refusal("notice_kind_unknown")
    when = _when(given)
    if isinstance(when, Refusal):
        return when
    kind = NoticeGiven(
        by.component, noticed.id, given.line("notice_what"), given.line("place"), when, noticed.ahead,
        when.earliest.minus(Span.parse(noticed.ahead)), noticed.clause, noticed.codes,
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def change(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The side that gave a notice says all of it anew; the span starts anew."""
    row = state(standing).notices.get(sid)
    refusal = guards.acting(standing, by, "liaison") or _own(row, by)
    if refusal or row is None:
        return refusal or Refusal("notice_unknown")
    when = _when(given)
    if isinstance(when, Refusal):
        return when
    kind = NoticeChanged(
        sid, by.component, given.line("notice_what"), given.line("place"), when,
        when.earliest.minus(Span.parse(row.given.ahead)), given.line("reason"),
    )  # fmt: skip
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def withdraw(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The side that gave a notice takes it back."""
    row = state(standing).notices.get(sid)
    refusal = guards.acting(standing, by, "liaison") or _own(row, by)
    if refusal or row is None:
        return refusal or Refusal("notice_unknown")
    kind = NoticeWithdrawn(sid, by.component, given.line("reason"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def acknowledge(
    standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]
) -> Outcome:
    """The other side says that it has read the notice as it stands."""
    row = state(standing).notices.get(sid)
    refusal = guards.acting(standing, by, "liaison")
    if refusal or row is None:
        return refusal or Refusal("notice_unknown")
    if by.component == row.given.party:
        return Refusal("notice_own", row.given.clause, {"party": by.component})
    if row.withdrawn is not None:
        return Refusal("notice_withdrawn", row.given.clause)
    if any((party, number) == (by.component, len(row.versions)) for party, _, number in row.acknowledged):
        return Refusal("notice_acknowledged", row.given.clause, {"party": by.component})
    return Decision((drafted(NoticeAcknowledged(sid, by.component), standing.log, now),), standing.reads)


def observe(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """A monitor says what was seen of what was notified."""
    row = state(standing).notices.get(sid)
    refusal = guards.acting(standing, by, "monitor")
    if refusal or row is None:
        return refusal or Refusal("notice_unknown")
    at = given.moment("when")
    assert at is not None  # asked for
    refusal = guards.future(at, now)
    if refusal:
        return refusal
    kind = NoticeObserved(sid, at, given.text("notice_seen"), given.line("note"))
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def _when(given: Given) -> Moment | Refusal:
    try:
        return given.asserted()
    except BadMoment:
        return Refusal("asserted_time")


def _own(row: Notice | None, by: Actor) -> Refusal | None:
    """There is such a notice, this party gave it, and it still stands."""
    if row is None:
        return Refusal("notice_unknown")
    if by.component != row.given.party:
        return Refusal("notice_not_yours", row.given.clause, {"party": row.given.party})
    return Refusal("notice_withdrawn", row.given.clause) if row.withdrawn is not None else None


def _mine(standing: Standing, sid: str, by: Actor) -> bool:
    """Whether this actor's party gave the notice."""
    row = state(standing).notices.get(sid)
    return row is not None and by.component == row.given.party


def _unread(standing: Standing, sid: str, by: Actor) -> bool:
    """Whether the other side gave the notice, and this actor's has not acknowledged it as it stands."""
    row = state(standing).notices.get(sid)
    read = row is not None and any(
        (party, number) == (by.component, len(row.versions)) for party, _, number in row.acknowledged
    )
    return row is not None and by.component != row.given.party and not read


# ---- fold


def _gave(own: State, standing: Standing, kind: NoticeGiven, entry: Entry) -> None:
    first = Version(standing.now, kind.what, kind.place, kind.when, kind.needed)
    own.notices[entry.sid] = Notice(entry.sid, entry.index, standing.now, kind, (first,))


def _changed(own: State, standing: Standing, kind: NoticeChanged, entry: Entry) -> None:
    if row := own.notices.get(kind.notice):
        said = Version(standing.now, kind.what, kind.place, kind.when, kind.needed, kind.reason)
        own.notices[kind.notice] = replace(row, versions=(*row.versions, said))


def _withdrew(own: State, standing: Standing, kind: NoticeWithdrawn, entry: Entry) -> None:
    if row := own.notices.get(kind.notice):
        own.notices[kind.notice] = replace(row, withdrawn=(standing.now, kind.reason))


def _acknowledged(own: State, standing: Standing, kind: NoticeAcknowledged, entry: Entry) -> None:
    if row := own.notices.get(kind.notice):
        read = (kind.party, standing.now, len(row.versions))
        own.notices[kind.notice] = replace(row, acknowledged=(*row.acknowledged, read))


def _observed(own: State, standing: Standing, kind: NoticeObserved, entry: Entry) -> None:
    if row := own.notices.get(kind.notice):
        own.notices[kind.notice] = replace(row, observed=(*row.observed, (standing.now, kind)))


# ---- what is seen


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).notices)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A notice as it stands, with all that it said before."""
    row = state(standing).notices.get(sid)
    if row is None:
        return None
    facts = [
        Fact("party", row.given.party, "party"), Fact("notice_kind", f"notices:{row.given.kind}", "undertaking"),
        Fact("clause", row.given.clause, "clause"), Fact("notice_ahead", row.given.ahead, "span"),
        *(Fact("notice_code", code, "act") for code in row.given.codes),
    ]  # fmt: skip
    for number, said in enumerate(row.versions, 1):
        facts += _said(said)
        for party, at, read in row.acknowledged:
            if read == number:
                facts += [Fact("notice_read_by", party, "party"), Fact("notice_read", at.text(), "instant")]
    if row.withdrawn is not None:
        facts += [Fact("notice_withdrawn", row.withdrawn[0].text(), "instant"), Fact("reason", row.withdrawn[1])]
    for _, seen in row.observed:
        facts += [
            Fact("when", seen.at.text(), "instant"), Fact("notice_seen", seen.outcome, "code"), Fact("note", seen.note),
        ]  # fmt: skip
    awaited = row.state in ("notice_given", "notice_changed")
    return Sight(
        sid, NAME, row.index, row.at, row.state, row.versions[-1].what, "R1", tuple(facts), open=awaited
    )  # fmt: skip


def _said(said: Version) -> list[Fact]:
    changed = [Fact("notice_changed", "notice_span_anew", "code"), Fact("reason", said.reason)] if said.reason else []
    when = said.when
    local = f"{when.local} – {when.until} {when.zone}" if when.until else f"{when.local} {when.zone}"
    return [
        *changed,
        Fact("notice_what", said.what),
        Fact("place", said.place),
        Fact("asserted_local", local),
        Fact("asserted_precision", when.precision, "precision"),
        Fact("opens", when.earliest.text(), "instant"),
        Fact("closes", when.latest.text(), "instant"),
        Fact("notice_told", said.at.text(), "instant"),
        Fact("notice_lead", f"PT{max(0, when.earliest.ms - said.at.ms) // HOUR_MS}H", "span"),
        Fact("notice_needed", said.needed.text(), "instant"),
        Fact("notice_in_time", "notice_in_time" if said.in_time else "notice_late", "code"),
    ]


KINDS = (NoticeGiven, NoticeChanged, NoticeWithdrawn, NoticeAcknowledged, NoticeObserved)
FOLDS = {
    NoticeGiven.ACT: _gave, NoticeChanged.ACT: _changed, NoticeWithdrawn.ACT: _withdrew,
    NoticeAcknowledged.ACT: _acknowledged, NoticeObserved.ACT: _observed,
}  # fmt: skip
STANDS = ("notice_given", "notice_changed", "notice_acknowledged", "notice_observed")
_SAYS = (Ask("notice_what"), Ask("place"), ASSERTED[0], UNTIL, *ASSERTED[1:])
DEEDS = (
    Deed("notice.give", NAME, ("liaison",), give, new=True, asks=(Ask("notice_kind", "choice", "notices"), *_SAYS)),
    Deed("notice.acknowledge", NAME, ("liaison",), acknowledge, states=STANDS, fits=_unread),
    Deed("notice.change", NAME, ("liaison",), change, states=STANDS, fits=_mine, asks=(*_SAYS, Ask("reason"))),
    Deed("notice.withdraw", NAME, ("liaison",), withdraw, states=STANDS, fits=_mine, asks=(Ask("reason"),)),
    Deed(
        "notice.observed", NAME, ("monitor",), observe, states=(*STANDS, "notice_withdrawn"),
        asks=(Ask("when", "moment"), Ask("notice_seen", "choice", "|".join(SEEN)), Ask("note")),
    ),
)  # fmt: skip
