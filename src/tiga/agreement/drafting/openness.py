"""What is still open in an agreement: what the next round of talks would be about.

Rules
1. Each item that carries a ground is looked at; it is open as `placeholder` or `silent` by its own basis.
2. It is `disputed` when it rests on the press, or on one side's word while no joint statement and no other party says
   the same.
3. A clause is `disputed` too when two parties' readouts differ, whatever it rests on. Whether they differ in meaning is
   for people: the comparison is of the English words.
4. What waits for an item is what its ground names, and what is derived: a deadline, quorum, standard or measure stops
   its act, a clause stops all that cites it.
5. An assurance or a duty that leaves out a party is open as `binds_one`, a pair whose halves are all of one party as
   `one_sided`: each a gap of its own beside the one that its ground may be, since a joint text can be one-sided too.

No side is taken: who said what stands beside the item, never merged into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tiga.agreement.clauses import Agreement, Clause, Ground, Readout, Settled
from tiga.agreement.undertakings import Assurance, Duty, Pair

KINDS = ("placeholder", "disputed", "silent", "binds_one", "one_sided")
_WAITS = {
    "acknowledge": "report.acknowledge", "triage": "case.open", "hotline_reply": "hotline.reply",
    "reply": "finding.adopt", "determine": "determination.issue", "deadlock": "determination.issue",
    "impose": "measure.impose", "appeal_file": "appeal.file", "appeal_decide": "appeal.decide",
    "access": "access.request", "open_case": "case.open", "share_evidence": "evidence.share",
    "hotline_settle": "hotline.reply", "verification": "finding.adopt", "publish": "finding.publish",
    "challenge": "challenge.rule", "evidence_acknowledge": "duty.start", "evidence_plan": "duty.start",
    "evidence_action_report": "duty.start", "evidence_verified": "duty.start", "own_investigation": "duty.start",
}  # fmt: skip
"""The act that waits for a deadline or a standard, by its id."""
_UNDERTAKEN = {
    "duties": ("duty", "duty.start"), "assurances": ("assurance", "assurance.give"),
    "crossings": ("crossing", "crossing.list"), "pairs": ("pair", "pair.begin"), "notices": ("notice", "notice.give"),
    "periodic": ("periodic", "owed.expect"),
}  # fmt: skip
"""What sort of item the lists of the undertakings hold, and the act that waits for one."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An open item: where it stands, its id, what sort of item it is, why it is open (KINDS), and the value per language
    (`und` for one that belongs to no language). `said` is who said what, `settled` how real mechanisms settled it,
    `needed_for` the acts that cannot run on agreed ground without it."""

    path: str
    id: str
    item: str
    kind: str
    value: dict[str, str]
    ground: Ground
    said: tuple[Readout, ...] = ()
    settled: tuple[Settled, ...] = ()
    needed_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Item:
    path: str
    id: str
    item: str
    value: dict[str, str]
    ground: Ground
    clause: str = ""
    waits: tuple[str, ...] = ()
    readouts: tuple[Readout, ...] = ()
    leaves_out: str = ""


def gaps(agreement: Agreement) -> tuple[Gap, ...]:
    """Every placeholder, disputed, silent or one-sided item, in the agreement's order."""
    parties = frozenset(party.id for party in agreement.parties)
    items = tuple(_items(agreement))
    waits: dict[str, list[str]] = {}
    for item in items:
        waits.setdefault(item.clause, []).extend(item.waits)
    for step in agreement.ladder:
        waits.setdefault(step.clause, []).append("measure.impose")
    found = []
    for item in items:
        for kind in filter(None, (_kind(item, parties), item.leaves_out)):
            derived = waits.get(item.id, []) if item.item == "clause" else []
            needed = tuple(dict.fromkeys((*item.ground.needed_for, *item.waits, *derived)))
            head = (item.path, item.id, item.item, kind, item.value, item.ground)
            found.append(Gap(*head, _said(item), item.ground.settled, needed))
    return tuple(found)


def _kind(item: _Item, parties: frozenset[str]) -> str:
    """`placeholder`, `silent`, `disputed`, or empty where the item is agreed."""
    ground = item.ground
    if ground.basis in ("placeholder", "silent"):
        return ground.basis
    own = {readout.by: readout.text.get("en", "") for readout in item.readouts if readout.by in parties}
    if len(set(own.values())) > 1:
        return "disputed"
    joint = any(readout.by == "joint_statement" for readout in item.readouts)
    if ground.basis == "press" or (ground.basis == "party_readout" and not joint and set(own) != parties):
        return "disputed"
    return ""


def _said(item: _Item) -> tuple[Readout, ...]:
    """The readouts beside the item, and its ground where nobody's readout repeats it."""
    ground = item.ground
    speaker = ground.by or ground.basis
    if not ground.citation or any(readout.by == speaker for readout in item.readouts):
        return item.readouts
    return (*item.readouts, Readout(speaker, ground.note, ground.citation))


def _items(agreement: Agreement) -> Iterator[_Item]:
    """Everything that carries a ground, with the acts that wait for it."""
    for name in ("authority", "authoritative_language", "decay"):
        term = getattr(agreement, name)
        waits = ("measure.impose",) if name != "authoritative_language" else ("dispute.wording",)
        yield _Item(name, name, "term", _und(term.value), term.ground, term.clause, waits)
    for number, instrument in enumerate(agreement.instruments):
        path = f"instruments[{number}]"
        yield _Item(path, instrument.id, "instrument", instrument.name, instrument.ground, waits=("case.open",))
        for place, window in enumerate(instrument.windows):
            shown = _und(f"{window.start} / {window.until or '…'}")
            yield _Item(f"{path}.windows[{place}]", instrument.id, "window", shown, window.ground, waits=("case.open",))
    for number, clause in enumerate(agreement.clauses):
        yield _clause(number, clause)
    yield from _numbers(agreement)
    yield from _scene(agreement)
    yield from _course(agreement)
    yield from _undertaken(agreement)
    for name, term in agreement.terms.items():
        yield _Item(f"terms.{name}", name, "term", _und(term.value), term.ground, term.clause)


def _clause(number: int, clause: Clause) -> _Item:
    waits = ("case.open",) if clause.kind == "prohibition" else ()
    row = (f"clauses[{number}]", clause.id, "clause", clause.text, clause.ground, clause.id, waits, clause.readouts)
    return _Item(*row)


def _numbers(agreement: Agreement) -> Iterator[_Item]:
    """Deadlines, standards, quorums, measures and shifts."""
    for number, deadline in enumerate(agreement.deadlines):
        waits = (_WAITS[deadline.id],) if deadline.id in _WAITS else ()
        path, shown = f"deadlines[{number}]", _und(deadline.within)
        yield _Item(path, deadline.id, "deadline", shown, deadline.ground, deadline.clause, waits)
    for number, standard in enumerate(agreement.standards):
        waits = (_WAITS.get(standard.purpose, "determination.issue"),)
        path, shown = f"standards[{number}]", _und(standard.level)
        yield _Item(path, standard.purpose, "standard", shown, standard.ground, standard.clause, waits)
    for number, quorum in enumerate(agreement.quorums):
        shown = _und(", ".join(f"{seats.component} {seats.number}" for seats in quorum.assent))
        path = f"quorums[{number}]"
        yield _Item(path, quorum.act, "quorum", shown, quorum.ground, quorum.clause, (quorum.act,))
    for number, measure in enumerate(agreement.measures):
        path = f"measures[{number}]"
        yield _Item(path, measure.id, "measure", measure.label, measure.ground, measure.clause, ("measure.impose",))
    for name in ("severity_shifts", "ladder_shifts"):
        for number, shift in enumerate(getattr(agreement, name)):
            path, shown = f"{name}[{number}]", _und(f"{shift.by:+d}")
            yield _Item(path, shift.factor, "shift", shown, shift.ground, shift.clause, ("measure.impose",))


def _course(agreement: Agreement) -> Iterator[_Item]:
    """How a deadlock ends, on what an appeal may rest, and how the forum sits."""
    if rule := agreement.deadlock:
        head = ("deadlock", "deadlock", "deadlock", _und(rule.rule), rule.ground, rule.clause)
        yield _Item(*head, ("determination.issue",))
    if appeals := agreement.appeals:
        shown = _und(", ".join(appeals.grounds))
        head = ("appeals", "appeals", "appeals", shown, appeals.ground, appeals.clause)
        yield _Item(*head, ("appeal.file", "appeal.decide"))
    if forum := agreement.undertakings.forum:
        shown = _und(", ".join((forum.every, forum.urgent, forum.agenda_notice)))
        yield _Item("undertakings.forum", "forum", "forum", shown, forum.ground, forum.clause, ("forum",))


def _undertaken(agreement: Agreement) -> Iterator[_Item]:
    """Duties, assurances, crossings, paired steps, notices and periodic reports."""
    parties = {party.id for party in agreement.parties}
    for name, (item, act) in _UNDERTAKEN.items():
        for number, row in enumerate(getattr(agreement.undertakings, name)):
            path = f"undertakings.{name}[{number}]"
            head = (path, row.id, item, _worded(row), row.ground, row.clause, (act,))
            yield _Item(*head, leaves_out=_leaves_out(row, parties))


def _worded(row: Any) -> dict[str, str]:
    """The text of an undertaking per language; a duty's stages, a pair's halves one after the other."""
    if isinstance(row, Duty):
        return _und(", ".join(f"{stage.name} {stage.within}" for stage in row.stages))
    if isinstance(row, Pair):
        tags = [tag for tag in row.halves[0].text if all(tag in half.text for half in row.halves)] if row.halves else []
        return {tag: " / ".join(half.text[tag] for half in row.halves) for tag in tags}
    texts: dict[str, str] = row.indicator if isinstance(row, Assurance) else getattr(row, "name", None) or row.text
    return texts


def _leaves_out(row: Any, parties: set[str]) -> str:
    """`binds_one` or `one_sided` where an undertaking leaves a party out, else empty."""
    if isinstance(row, Pair):
        return "one_sided" if len({half.party for half in row.halves}) == 1 else ""
    if isinstance(row, Assurance | Duty):
        return "binds_one" if row.binds and parties - set(row.binds) else ""
    return ""


def _scene(agreement: Agreement) -> Iterator[_Item]:
    """The line, the areas, the groups, and the states that are no party."""
    if agreement.line is not None:
        shown = _und(f"{agreement.line.dataset}, ±{agreement.line.uncertainty_m} m")
        yield _Item("line", "line", "line", shown, agreement.line.ground, waits=("place.side",))
    cited: dict[str, list[str]] = {}
    for clause in agreement.clauses:
        cited.setdefault(clause.zone, []).append(clause.id)
    for number, area in enumerate(agreement.areas):
        waits = tuple(cited.get(area.id, ()))
        yield _Item(f"areas[{number}]", area.id, "area", area.text, area.ground, waits=waits)
    for number, group in enumerate(agreement.groups):
        names: dict[str, Any] = group.names.get("neutral", {})
        yield _Item(f"groups[{number}]", group.id, "group", names, group.ground, waits=("attribution",))
    for number, state in enumerate(agreement.outsiders):
        names = state.names.get("neutral", {})
        yield _Item(f"outsiders[{number}]", state.id, "outsider", names, state.ground, waits=("case.open",))


def _und(value: str) -> dict[str, str]:
    return {"und": value} if value else {}
