"""Why a measure is what it is: data first (`explanation/1`), prose from it.

Rules
1. Every step is a node with its clause, the basis of that clause, the values used, what was counted and what was not and
   why. An assumption or an exception stays a visible node.
2. The nearest step above says what was wanting, the nearest below what would have remained.
3. The document is plain data in canonical form; its SHA-256 stands in the measure's entry. No prose is ever signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiga.agreement import ladder, reading
from tiga.agreement.clauses import Agreement
from tiga.agreement.ladder import Reading, Situation, StepReading
from tiga.mechanism.acts import Refusal
from tiga.mechanism.determinations import Determination, Ruled
from tiga.values.moments import Instant, Span
from tiga.values.names import printed_number
from tiga.values.words import digits, knows, pick, say

if TYPE_CHECKING:
    from tiga.mechanism.measures import Item

Node = dict[str, Any]
FORMS = ("explanation/1", "explanation/2")
"""Shapes of the document. The second adds what was in force since when, exceptions, and what takes the place of what."""


@dataclass(frozen=True, slots=True)
class Reasoned:
    """The way to a step: everything the document needs, before the items have their due instants."""

    head: dict[str, Any]
    nodes: tuple[Node, ...]
    step: int
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a measure beside the ladder: since when the agreement's version is in force on this record, until
    when the measure was deferred, the measure (its step and why) whose place it takes, determinations that count no more."""

    since: Instant
    deferred: tuple[Instant, ...] = ()
    instead: tuple[tuple[str, int, str], ...] = ()
    annulled: tuple[str, ...] = ()


def reason(
    agreement: Agreement, sha256: str, determination: Determination, ruled: Ruled, facts: Situation, at: Instant,
    around: Around | None = None,
) -> Reasoned | Refusal:  # fmt: skip
    """Read the ladder against the facts and write down every step of the way; with `around` as `explanation/2`."""
    readings = ladder.read(agreement.ladder, facts, Span.parse(agreement.decay.value))
    try:
        step = ladder.reached(readings)
    except ladder.Ambiguous as error:
        return Refusal("ladder_ambiguous", values={"steps": str(error)})
    if step is None:
        return Refusal("no_step", values={"severity": ruled.severity})
    nodes = _around(agreement, around) if around else []
    nodes += [_node(agreement, "assumption", "", term=row.term, value=row.value) for row in agreement.assumed]
    nodes.append(
        _node(agreement, "determination", ruled.provision, provision=ruled.provision, act=ruled.code,
              number=printed_number("D", determination.sid), occurred=ruled.occurred.text())
    )  # fmt: skip
    nodes += _severity(agreement, ruled)
    nodes.append(_node(agreement, "decay", agreement.decay.clause, span=agreement.decay.value))
    nodes += [_step(agreement, row) for row in readings]
    nodes.append(_node(agreement, "reached", step.clause, step=step.step))
    final, moved = reading.shifted(agreement, frozenset(ruled.factors), step.step)
    for shift, before, after in moved:
        nodes.append(_node(agreement, "ladder_shift", shift.clause, factor=shift.factor, before=before, after=after))
    chosen = next(row for row in agreement.ladder if row.step == final)
    nodes.append(_above(agreement, readings, step))
    nodes.append(_below(agreement, readings, step))
    head = {
        "v": FORMS[1] if around else FORMS[0],
        "agreement": {"id": agreement.id, "version": agreement.version, "status": agreement.status, "sha256": sha256},
        "determination": determination.sid,
        "case": determination.issued.case,
        "issue": ruled.issue,
        "party": ruled.party,
        "at": at.text(),
    }
    return Reasoned(head, tuple(nodes), final, chosen.measures)


def document(reasoned: Reasoned, agreement: Agreement, items: tuple[Item, ...]) -> dict[str, Any]:
    """The whole explanation as plain data."""
    rows = []
    for item in items:
        rows.append(
            _node(agreement, "measure", item.clause, measure=item.id, executor=item.executor, due=item.due.text())
        )
        if item.amount and reasoned.head["v"] == FORMS[1]:
            rows.append(_node(agreement, "amount", "", amount=item.amount, currency=item.currency))
    result = {"step": reasoned.step, "measures": [item.id for item in items]}
    return reasoned.head | {"nodes": [*reasoned.nodes, *rows], "result": result}


def _around(agreement: Agreement, around: Around) -> list[Node]:
    """The nodes of `Around`: an exception stays visible."""
    nodes = [_node(agreement, "since", "", since=around.since.text())]
    nodes += [_node(agreement, "deferred", "", until=until.text()) for until in around.deferred]
    nodes += [
        _node(agreement, f"instead_{why}", "", number=printed_number("M", sid), step=step)
        for sid, step, why in around.instead
    ]
    return nodes + [_node(agreement, "annulled", "", number=printed_number("D", sid)) for sid in around.annulled]


def _node(agreement: Agreement, code: str, clause_id: str, /, **values: str | int) -> Node:
    clause = agreement.clause(clause_id) if clause_id else None
    node: Node = {"code": code, "values": {name: str(value) for name, value in values.items()}}
    if clause_id:
        node["clause"] = clause_id
    if clause is not None:
        node["basis"] = clause.ground.basis
    return node


def _severity(agreement: Agreement, ruled: Ruled) -> list[Node]:
    act = agreement.act(ruled.code)
    start = act.severity if act else ""
    nodes = [_node(agreement, "severity", ruled.provision, act=ruled.code, severity=start)]
    _, shifts = reading.severity(agreement, ruled.code, frozenset(ruled.factors))
    for shift, before, after in shifts:
        nodes.append(
            _node(agreement, "severity_shift", shift.clause, factor=shift.factor, before=before, after=after)
        )  # fmt: skip
    return nodes


def _step(agreement: Agreement, row: StepReading) -> Node:
    node = _node(agreement, "step", row.step.clause, step=row.step.step)
    node["holds"] = row.holds
    node["groups"] = [[_reading(item) for item in group] for group in row.groups]
    return node


def _reading(item: Reading) -> dict[str, Any]:
    condition = item.condition
    form = condition.form()
    row: dict[str, Any] = {"form": form, "holds": item.holds, "found": item.found, "needed": item.needed}
    if form in ("severity", "count"):
        row["severity"] = condition.severity or condition.count
    if form in ("unmet", "imposed"):
        row["step"] = condition.unmet or condition.imposed
    if item.opened is not None:
        row |= {"within": condition.within, "zone": condition.zone, "opened": item.opened.text()}
        row |= {"counted": list(item.counted), "left_out": [list(pair) for pair in item.left_out]}
    elif item.counted:
        row["counted"] = list(item.counted)
    return row


def _above(agreement: Agreement, readings: tuple[StepReading, ...], step: ladder.Step) -> Node:
    higher = sorted((row for row in readings if row.step.order > step.order), key=lambda row: row.step.order)
    if not higher:
        return _node(agreement, "top", step.clause, step=step.step)
    row = higher[0]

    node = _node(agreement, "above", row.step.clause, step=row.step.step)
    node["wanting"] = [[_reading(item) for item in group if not item.holds] for group in row.groups]
    return node


def _below(agreement: Agreement, readings: tuple[StepReading, ...], step: ladder.Step) -> Node:
    rest = tuple(row for row in readings if row.step is not step)
    try:
        lower = ladder.reached(rest)
    except ladder.Ambiguous:
        lower = None
    held = next(row for row in readings if row.step is step)
    node = _node(agreement, "below", step.clause, step=lower.step if lower else 0)
    node["lifted_by"] = [
        [_reading(item) for item in group] for group in held.groups if all(item.holds for item in group)
    ]
    return node


# ---- prose


@dataclass(frozen=True, slots=True)
class Told:
    """One step of an explanation in words: the sentence, its clause with the basis, and what stands under it."""

    text: str
    cited: str = ""
    details: tuple[str, ...] = ()


def prose(document: dict[str, Any], agreement: Agreement, language: str) -> tuple[Told, ...]:
    """The document in a language, one `Told` for each node, in order."""
    head = document["agreement"]
    first = say("explanation.head", language, version=head["version"], agreement=head["id"], sha=head["sha256"][:16])
    rows = [Told(first)]
    for node in document["nodes"]:
        rows.append(Told(_sentence(node, agreement, language), _cited(node, language), tuple(_details(node, language))))
    return tuple(rows)


def standing_of_steps(document: dict[str, Any], language: str) -> dict[int, tuple[str, str]]:
    """For the steps that matter, `reached`, `above` or `below`, with the reason in words: what a picture shows."""
    nodes = {node["code"]: node for node in document["nodes"] if node["code"] in ("above", "below")}
    held = next((node for node in document["nodes"] if node["code"] == "step" and node["holds"]
                 and int(node["values"]["step"]) == int(_value(document, "reached"))), None)  # fmt: skip
    rows: dict[int, tuple[str, str]] = {}
    if "below" in nodes and int(nodes["below"]["values"]["step"]):
        rows[int(nodes["below"]["values"]["step"])] = ("below", "")
    if "above" in nodes:
        rows[int(nodes["above"]["values"]["step"])] = ("above", _wanting(nodes["above"], language))
    if held is not None:
        ways = [group for group in held["groups"] if all(item["holds"] for item in group)]
        reason = _either([[_condition(item, language, marked=False) for item in group] for group in ways], language)
        read, final = int(held["values"]["step"]), int(document["result"]["step"])
        if read == final:
            rows[final] = ("reached", reason)
        else:  # a factor has moved the step: the picture shows from where to where, and why
            shifts = [node for node in document["nodes"] if node["code"] == "ladder_shift"]
            rows = {read: ("above" if read > final else "below", reason)}
            rows[final] = ("reached", "; ".join(_factor(node, language) for node in shifts))
    return rows


def _factor(node: Node, language: str) -> str:
    factor = node["values"]["factor"]
    return say(f"factor.{factor}", language) if knows(f"factor.{factor}") else str(factor)


def _value(document: dict[str, Any], code: str) -> str:
    return next(str(node["values"]["step"]) for node in document["nodes"] if node["code"] == code)


def _either(ways: list[list[str]], language: str) -> str:
    """Alternatives of which one is enough, each a list of what must hold together."""
    return f" {say('explanation.or', language)} ".join("; ".join(way) for way in ways)


def _wanting(node: Node, language: str) -> str:
    return _either([[_condition(item, language, marked=False) for item in way] for way in node["wanting"]], language)


def _cited(node: Node, language: str) -> str:
    if "clause" not in node:
        return ""
    basis = say(f"basis.{node['basis']}", language) if "basis" in node else ""
    return f"{node['clause']} · {basis}" if basis else str(node["clause"])


def _sentence(node: Node, agreement: Agreement, language: str) -> str:
    code = node["code"]
    if code == "step":
        code = "step_holds" if node["holds"] else "step_fails"
    if code == "below" and node["values"]["step"] == "0":
        code = "below_none"
    values = {name: shown(name, value, agreement, language) for name, value in node["values"].items()}
    return say(f"explanation.{code}", language, **values)


def shown(name: str, value: str, agreement: Agreement, language: str) -> str:
    """A value as a reader sees it: labels from the agreement or the catalogue, instants in UTC, numbers in own digits."""
    if name == "measure":
        kind = agreement.measure(value)
        return pick(kind.label, language)[0] if kind else value
    if name == "executor" and not knows(f"executor.{value}"):
        return reading.display(agreement, value, "neutral", language)[0] or value
    if name == "span":
        return span(value, language)
    if name in ("due", "occurred", "opened", "since", "until"):
        return digits(Instant.parse(value).local("UTC"), language) + " UTC"
    if name in ("step", "before", "after") and value.isdigit():
        return digits(value, language)
    word = f"{'severity' if name in ('before', 'after') else name}.{value}"
    return say(word, language) if knows(word) else value


def _details(node: Node, language: str) -> list[str]:
    rows = []
    for group in node.get("groups", []):
        rows.append("; ".join(_condition(item, language) for item in group))
    if node.get("wanting"):
        rows.append(say("explanation.wanting", language, what=_wanting(node, language)))
    for group in node.get("groups", []):
        for item in group:
            prefix = "D" if item["form"] == "count" else "M"
            if item.get("counted"):
                numbers = ", ".join(_number(prefix, sid) for sid in item["counted"])
                rows.append(say("explanation.counted", language, numbers=numbers))
            rows += [
                say("explanation.left_out", language, number=_number(prefix, sid), why=say(f"left_out.{why}", language))
                for sid, why in item.get("left_out", [])
            ]
    return rows


def _number(prefix: str, sid: str) -> str:
    return printed_number(prefix, sid.split("#")[0])


def _condition(item: dict[str, Any], language: str, *, marked: bool = True) -> str:
    mark = say("explanation.yes" if item["holds"] else "explanation.no", language) + " " if marked else ""
    if item["form"] == "severity":
        text = say("explanation.condition_severity", language, severity=_severity_word(item["severity"], language))
    elif item["form"] == "unmet":
        text = say("explanation.condition_unmet", language, step=item["step"])
    else:
        text = say(
            f"explanation.condition_{item['form']}", language,
            what=_severity_word(item["severity"], language) if item["form"] == "count" else digits(item["step"], language),
            needed=item["needed"], found=item["found"], within=span(item["within"], language),
            opened=digits(Instant.parse(item["opened"]).local(item["zone"]), language), zone=item["zone"],
        )  # fmt: skip
    return f"{mark}{text}"


def span(text: str, language: str) -> str:
    """A span in whole days, or else in whole hours; one with minutes is shown as it is written."""
    whole = Span.parse(text).ms
    for name, unit in (("days", 86_400_000), ("hours", 3_600_000)):
        if whole % unit == 0:
            return say(f"explanation.{name}", language, n=whole // unit)
    return text


def _severity_word(severity: str, language: str) -> str:
    return say(f"severity.{severity}", language) if knows(f"severity.{severity}") else severity
