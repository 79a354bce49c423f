"""Writes agreements/schema.json and the member tables of docs/agreement-format.md from the dataclasses of the format.

Run it after a change of `tiga.agreement.clauses` or of a description below: `python agreements/make_schema.py`. With
`--check` it writes nothing and ends with 1 where a file is out of date.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import typing
from pathlib import Path
from types import UnionType
from typing import Any

from tiga.agreement import clauses, ladder, undertakings

HERE = Path(__file__).resolve().parent
DOCS = HERE.parent / "docs" / "agreement-format.md"
BEGIN, END = "<!-- members: written by agreements/make_schema.py -->", "<!-- end of members -->"
NAMES: dict[type, str] = {ladder.Group: "Conditions"}
"""Classes that would share a name."""
KNOWN: dict[str, tuple[str, ...]] = {
    "Agreement.format": (clauses.FORMAT,),
    "Agreement.status": clauses.STATUSES,
    "Ground.basis": clauses.BASES,
    "Clause.kind": clauses.KINDS,
    "Party.bank": ("left", "right"),
    "MeasureType.executor": clauses.EXECUTORS,
    "Agreement.reply_to": clauses.REPLY_TO,
    "Deadlock.rule": clauses.DEADLOCK_RULES,
    "Appeals.grounds": clauses.APPEAL_GROUNDS,
    "Duty.on": undertakings.STARTS,
    "Duty.discharged_by": undertakings.CONFIRMERS,
    "Forum.decides": undertakings.DECIDES,
}
"""The members that take one of a few values; for a list, each of its items does."""
SPAN = "A span: PT24H, P7D, P1DT12H."
DAY = "A day, such as 2025-11-10; it opens at midnight in the zone."
MEMBERS: dict[str, dict[str, str]] = {
    "Agreement": {
        "format": "The version of this format.",
        "id": "Name of the agreement.",
        "version": "Name of this version, for people; machines cite the hash of the whole.",
        "status": "illustrative, draft, in_force, or exercise (made by the software only).",
        "title": "Title.",
        "note": "What a reader must know before anything else.",
        "authority": "What a ruling does: none, advisory or binding.",
        "authoritative_language": "The language version that prevails; empty if the ground declares it open.",
        "parties": "The bound sides, two or more.",
        "mediators": "The facilitating states or bodies.",
        "instruments": "Texts in force over time; several may overlap.",
        "clauses": "The provisions, in own words.",
        "acts": "The act tree: families, and acts with their severity.",
        "severities": "The scale of severities, least first.",
        "deadlines": "The clocks.",
        "standard_order": "Levels of proof, weakest first.",
        "standards": "Which level each step needs.",
        "attributions": "How an act may be linked to a party.",
        "quorums": "Who is seated and whose assent is needed, for each act.",
        "measures": "What may follow a violation.",
        "ladder": "Which measures follow when; the highest step that holds applies.",
        "decay": "The span after which a violation stops counting.",
        "line": "The reference line, for monitoring only.",
        "groups": "Armed groups that the sides have named.",
        "areas": "Zones of the agreement.",
        "severity_shifts": "Factors that move the severity of an act.",
        "ladder_shifts": "Factors that move the step of the ladder.",
        "terms": "Further single values by name.",
        "exercise": "How the clauses are rehearsed between invented parties.",
        "derived_from": "In an exercise: the hash of the real version. Written by the software.",
        "assumed": "In an exercise: what was assumed. Written by the software.",
        "levels": "Where a dispute is dealt with, lowest first; local, sector, central, political where left out.",
        "reply_to": "What the parties' replies answer: the complaint, or the draft finding as well.",
        "deadlock": "What happens when no determination is reached in time, or it is voted down.",
        "appeals": "On which grounds a party may appeal.",
        "outsiders": "States that are not party: what is said about them is kept, and is outside the mandate.",
        "undertakings": "What the sides undertake besides keeping the peace, and how their forum sits.",
        "matching": "The annex of weights, by which reports are grouped into incidents; the shipped table where left out.",
    },
    "Matching": {
        "version": "Name of this table.",
        "base": "What any pair weighs before evidence, in millibits (1000 doubles the odds).",
        "tables": "Millibits for each step or relation, for each kind of evidence (docs/fusion.md).",
        "groups": "How groups grow.",
        "ground": "Where it comes from.",
    },
    "Growth": {
        "certain": "Mean weight from which a join counts as certain.",
        "doubt": "The weight of a pair across that keeps a join from being certain.",
        "floor": "Weight from which two reports are looked at together.",
        "masses": "Permille that a report of each class of radius counts.",
        "shown": "Weight from which a pair that was not joined is shown.",
        "stop": "Mean weight down to which groups are joined.",
        "unscored": "What a pair counts that was never weighed.",
        "veto": "Weight of one pair that keeps two groups apart.",
    },
    "Settled": {
        "mechanism": "The real mechanism.",
        "how": "How it settled the point.",
        "citation": "Where that is told.",
    },
    "Ground": {
        "basis": "joint_statement, party_readout (then by), press, placeholder (invented) or silent (nobody said).",
        "by": "Whose readout or statement it is.",
        "citation": "Where it is told.",
        "note": "What is open about it.",
        "settled": "How real mechanisms settled the same point.",
        "needed_for": "What cannot run on agreed ground without it, such as measure.impose. Free words.",
    },
    "Party": {
        "id": "Name in signed entries; a place rather than a state, where states are disputed.",
        "zone": "The zone in which its clocks are shown.",
        "names": "Names for each audience: neutral always; own, un or others where known.",
        "bank": "Its bank of the reference line, following the direction of the points: left or right.",
    },
    "Mediator": {
        "id": "Name in signed entries.",
        "zone": "The zone in which its clocks are shown.",
        "names": "Names for each audience: neutral always.",
    },
    "Group": {
        "id": "Name in reports.",
        "names": "Names for each audience: neutral always.",
        "aliases": "The names that the sides use; for matching, never shown as ours.",
        "ground": "Where it comes from.",
    },
    "Window": {
        "by": "Who says so: a party, a mediator, or agreed.",
        "start": "A time with its offset, or a date alone (then zone); a date leaves the whole day open.",
        "until": "The same; left out where no end was named.",
        "zone": "The zone of a date: UTC, PKT, AFT, TRT, AST, IRST, IST or +04:30.",
        "ground": "Where it comes from; an extension known from the press alone proves nothing.",
        "fixes": "A name for an end that hangs on the moon or on an event, until a signed act fixes the date.",
    },
    "Instrument": {
        "id": "Name of the instrument.",
        "name": "Name for people.",
        "windows": "When it applied, as told by each; an empty list for a text that never came into force.",
        "ground": "Where it comes from.",
        "term": "What it says in a sentence.",
    },
    "Readout": {
        "by": "joint_statement, a party or a mediator.",
        "text": "What they said that the clause says, in own words.",
        "citation": "Where that is told.",
        "date": "The day it was said.",
    },
    "Clause": {
        "id": "Number of the clause.",
        "kind": "principle, prohibition, exemption, obligation or procedure.",
        "text": "The provision.",
        "ground": "Where it comes from.",
        "binds": "Whom it binds: parties and mediators. A clause for one party needs its mirror with the same codes.",
        "codes": "The acts it speaks of.",
        "instruments": "The instruments that hold it; none named means all.",
        "readouts": "What each side says that it says, side by side.",
        "zone": "The area in which it applies.",
        "within": SPAN + " For what must be done in time.",
        "clock_zone": "The zone of that clock.",
        "distance_m": "Metres from the line; never finer than its uncertainty.",
    },
    "Act": {
        "code": "Code in reports.",
        "label": "Name for people.",
        "parent": "Code of its family; families have none.",
        "severity": "Severity before any factor; none for exempt acts and families.",
    },
    "Area": {
        "id": "Name of the area.",
        "text": "What it covers.",
        "ground": "Where it comes from.",
        "within_m": "Metres each side of the line; never finer than its uncertainty.",
        "members": "Places named.",
    },
    "Deadline": {
        "id": "acknowledge, triage, hotline_reply, hotline_settle, reply, verification, publish, determine, deadlock, "
        "impose, challenge, appeal_file, appeal_decide, access; others are free.",
        "within": SPAN,
        "zone": "The zone in which the clock is told.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from.",
    },
    "Standard": {
        "purpose": "open_case, share_evidence, violation_ and a severity, or an attribution.",
        "level": "A level of standard_order.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from.",
    },
    "Seats": {"component": "A party or mediator.", "number": "How many of it, 1 or more."},
    "Quorum": {
        "act": "finding.adopt, determination.issue and measure.impose always, appeal.decide with appeals; others are "
        "free.",
        "seated": "Who must be seated and given the vote.",
        "assent": "Whose assent is needed.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from.",
        "notices_if_absent": "After how many notices the others may proceed without an absent component; 0: never.",
    },
    "Shift": {
        "factor": "Name of the factor.",
        "by": "Steps up, or down where negative.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from.",
    },
    "MeasureType": {
        "id": "Name of the measure.",
        "label": "Name for people.",
        "executor": "accused_party, both_parties or mediators.",
        "acceptance": "What counts as done: something that can be checked.",
        "within": SPAN + " By when it is done.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from.",
        "beneficiary": "For whom.",
        "expiry": SPAN + " How long it lasts.",
        "amount": "A decimal number in quotes; left out where it is to be agreed.",
        "currency": "The currency of the amount.",
        "reversible": "Whether it can be undone.",
    },
    "Term": {
        "value": "The value; empty where it is open.",
        "ground": "Where it comes from.",
        "clause": "The clause it belongs to.",
    },
    "Line": {
        "points": "[latitude, longitude] in ten-millionths of a degree, WGS 84; the direction gives left and right.",
        "uncertainty_m": "Metres each way, 5000 or more; inside, the side is indeterminate.",
        "dataset": "Where the points come from.",
        "ground": "Who agreed to it.",
    },
    "Assumption": {"term": "The term assumed, such as authority.", "value": "Its value.", "why": "Why."},
    "Stand": {
        "id": "The real party or mediator.",
        "becomes": "The invented one.",
        "names": "Its names.",
        "zone": "The zone of its clocks.",
    },
    "Deadlock": {
        "rule": "joint_ruling (those under assent rule together), level_up (the next of levels takes it), or none.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from; if a party's assent is asked, the note says why.",
        "assent": "For joint_ruling: whose assent makes the ruling; mediators, or the note says why not.",
    },
    "Appeals": {
        "grounds": "new_evidence, procedure, standard, proportionality: those that are admitted.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from.",
        "other_panel": "Whether nobody decides an appeal who signed what is appealed.",
    },
    "Undertakings": {
        "duties": "Duties in stages, run whenever they are started.",
        "assurances": "Guarantees that can be observed, period by period.",
        "crossings": "Crossings whose status the sides announce and monitors observe.",
        "pairs": "Confidence-building steps in two halves.",
        "notices": "Acts that are exempt if they were notified in time.",
        "periodic": "Reports owed from time to time.",
        "forum": "How the joint forum sits.",
    },
    "Duty": {
        "id": "Name in entries.",
        "clause": "The clause it belongs to.",
        "on": "What starts it: shared_evidence, finding, request or agreement.",
        "stages": "Its stages, each with a longer span than the one before.",
        "zone": "The zone in which its clocks are told.",
        "ground": "Where it comes from.",
        "binds": "The parties bound; none named means those whom its clause binds.",
        "discharged_by": "Who confirms it: team (whoever goes and looks) or mediators.",
        "acceptance": "What must be so for the duty to be done, part by part; it names no place.",
    },
    "Stage": {
        "name": "Name of the stage, such as acknowledge, plan, action_report or verified.",
        "within": SPAN + " From the start of the duty.",
    },
    "Assurance": {
        "id": "Name in entries.",
        "clause": "The clause it belongs to.",
        "binds": "The parties bound. If it is not every party, gaps shows that it binds one.",
        "indicator": "What is observed.",
        "method": "How it is observed.",
        "access": "What access that needs.",
        "baseline": "Against what it is held.",
        "period": SPAN + " Each period is met, not met or not observable.",
        "start": DAY + " The first period opens.",
        "zone": "The zone of its periods.",
        "ground": "Where it comes from.",
        "until": DAY + " The last period ends; left out where no end was named.",
    },
    "Crossing": {
        "id": "Name in entries.",
        "name": "Name for people.",
        "flows": "Kinds of traffic whose status is told apart: people, trade, relief; others are free.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from.",
    },
    "Pair": {
        "id": "Name in entries.",
        "clause": "The clause it belongs to.",
        "halves": "Two halves, one of each party. If both are of one party, gaps shows it as one_sided.",
        "zone": "The zone of its clocks.",
        "ground": "Where it comes from.",
        "first": "The party that begins; left out where either may.",
    },
    "Half": {
        "party": "Whose half it is.",
        "text": "What is done: something that the other side or a team can confirm.",
        "within": SPAN + " From the other half's confirmation, or from the start.",
    },
    "Noticed": {
        "id": "Name in entries.",
        "text": "What kind of act is notified.",
        "ahead": SPAN + " How long before it begins.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from.",
        "codes": "The acts that a notice in time exempts; none for a notice that exempts nothing.",
    },
    "Periodic": {
        "id": "Name in entries.",
        "text": "What the report says.",
        "owed_by": "The parties and mediators who owe one each.",
        "every": SPAN + " How often.",
        "start": DAY + " The first period opens.",
        "zone": "The zone of its periods.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from.",
        "before_session": SPAN + " How long before each session one is owed; left out where none is.",
    },
    "Forum": {
        "every": SPAN + " The longest time between ordinary sessions.",
        "urgent": SPAN + " In which an urgent session is held after it is asked for.",
        "agenda_notice": SPAN + " How long before a session its agenda is served.",
        "zone": "The zone of its clocks.",
        "clause": "The clause it belongs to.",
        "ground": "Where it comes from.",
        "present": "The parties and mediators without whom no session is opened.",
        "decides": "consensus; where that fails the deadlock rule applies.",
        "urgent_notice": "The span for serving the agenda of an urgent session; where empty, items are served until it begins.",
    },
    "Exercise": {
        "stands": "Who stands in for whom: every party and mediator.",
        "assumptions": "What is taken for settled.",
        "line": "An invented line, far from anything real.",
    },
    "Step": {
        "step": "Number of the step, from 1.",
        "when": "Alternatives: the step holds when one of them holds.",
        "measures": "The measures it brings.",
        "clause": "The clause it belongs to.",
        "rank": "Rank among steps that hold together; the step's number where left out.",
        "suspensive": "Whether an appeal stays it.",
    },
    "Conditions": {"all": "Conditions that must hold together."},
    "Condition": {
        "severity": "Form 1: the violation in hand has this severity.",
        "count": "Form 2: violations of this severity, this one included, with at_least, within and zone.",
        "at_least": "From which number on.",
        "within": "Whole days, such as P30D; the window opens at midnight.",
        "zone": "The zone of that midnight.",
        "unmet": "Form 3: a measure of this step or higher is overdue or lapsed unmet.",
        "imposed": "Form 4: earlier measures of this step or higher, with at_least, within and zone.",
    },
}


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an agreement file."""
    found: dict[str, type] = {}
    _collect(clauses.Agreement, found)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:tiga:agreement:1",
        "title": "tiga agreement",
        "$ref": "#/$defs/Agreement",
        "$defs": {name: _object(name, cls) for name, cls in sorted(found.items())},
    }


def _collect(hint: Any, found: dict[str, type]) -> None:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type) and _name(hint) not in found:
        found[_name(hint)] = hint
        for inner in typing.get_type_hints(hint).values():
            _collect(inner, found)
    for inner in typing.get_args(hint):
        _collect(inner, found)


def _name(cls: type) -> str:
    return NAMES.get(cls, cls.__name__)


def _object(name: str, cls: type) -> dict[str, Any]:
    hints, members = typing.get_type_hints(cls), {}
    for item in dataclasses.fields(cls):
        members[item.name] = _type(hints[item.name]) | {"description": MEMBERS[name][item.name]}
        if known := KNOWN.get(f"{name}.{item.name}"):
            members[item.name].get("items", members[item.name])["enum"] = list(known)
    needed = [item.name for item in dataclasses.fields(cls) if _required(item)]
    return {"type": "object", "properties": members, "required": needed, "additionalProperties": False}


def _required(item: dataclasses.Field[Any]) -> bool:
    return item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING


def _type(hint: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return {"$ref": f"#/$defs/{_name(hint)}"}
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return {"type": "array", "items": _type(args[0])}
    if origin is dict:
        keys = {"pattern": "^[a-z][a-z0-9_-]{0,39}$"}
        return {"type": "object", "propertyNames": keys, "additionalProperties": _type(args[1])}
    if origin in (UnionType, typing.Union):
        return _type(next(arg for arg in args if arg is not type(None)))
    return {"type": {str: "string", int: "integer", bool: "boolean"}[hint]}


def tables() -> str:
    """The member tables as Markdown, one per object, the agreement first."""
    found: dict[str, type] = {}
    _collect(clauses.Agreement, found)
    rows = []
    for name, cls in found.items():
        rows += [f"\n### {name}\n", "| member | needed | what it says |", "|---|---|---|"]
        for item in dataclasses.fields(cls):
            rows.append(f"| `{item.name}` | {'yes' if _required(item) else ''} | {MEMBERS[name][item.name]} |")
    return "\n".join(rows) + "\n"


def made() -> dict[Path, str]:
    """Each file that this script writes, with its text."""
    docs = DOCS.read_text(encoding="utf-8")
    head, rest = docs.split(BEGIN)
    tail = rest.split(END)[1]
    text = json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"
    return {HERE / "schema.json": text, DOCS: f"{head}{BEGIN}\n{tables()}\n{END}{tail}"}


def main(arguments: list[str]) -> int:
    stale = [path for path, text in made().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if "--check" in arguments:
            print(f"{path.name} is out of date: run python agreements/make_schema.py")
        else:
            path.write_text(made()[path], encoding="utf-8")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
