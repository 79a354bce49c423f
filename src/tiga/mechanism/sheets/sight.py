"""What is seen of an evidence sheet, and its clocks.

Rules
1. Until a sheet is shared it is seen by its submitter and the mediators' side alone: no title, count or clock of it reaches
   anybody else. Once shared, both parties see that there is one, how it was proven and what was answered; not what it says.
2. Origins, and signatures still incomplete, are R3. The readers of a precise point, and a point not yet given, are for the
   party addressed. A link to a report that is not open to both parties is R3.
3. The clock of a stage is met by its own act or a later one; a mark ends the waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism.asks import Fact, Sight
from tiga.mechanism.deadlines import Clock
from tiga.mechanism.sheets import folding
from tiga.mechanism.sheets.folding import Sheet
from tiga.mechanism.sheets.proving import reach
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

CLOSED = ("sheet_confirmed", "sheet_withdrawn", "sheet_discredited")


def objects(standing: Standing) -> tuple[str, ...]:
    """The sids of all sheets, in log order."""
    return tuple(folding.state(standing).sheets)


def sight(standing: Standing, sid: str) -> Sight | None:
    """A sheet as it stands, or None."""
    row = folding.state(standing).sheets.get(sid)
    if row is None:
        return None
    level, side = reach(row)
    facts = (*_submitted(row), *_proven(row), *_answered(row), *_points(row), *_marks(row))
    title = f"{row.submitted.submitter} → {row.submitted.about}"
    return Sight(
        sid, "sheet", row.index, row.at, row.state, title, level, facts, side, row.state not in CLOSED, clocks(row)
    )


def clocks(row: Sheet) -> tuple[Clock, ...]:
    """The stages of the duty to act, in the order of the agreement."""
    if row.shared is None:
        return ()
    acted = row.acted[0].at if row.acted else None
    planned = _first(row.plans[0] if row.plans else None, acted)
    met = {
        "acknowledge": _first(row.acknowledged, planned),
        "plan": planned,
        "action_report": acted,
        "verified": row.confirmed[0].at if row.confirmed else None,
    }
    party = row.shared.kind.party
    return tuple(
        Clock(
            f"evidence_{due.name}", "mediators" if due.name == "verified" else party, row.shared.at, due.due, due.zone,
            due.clause, met[due.name], lapsed=row.marked and met[due.name] is None,
        )
        for due in row.shared.kind.stages
    )  # fmt: skip


def _first(*instants: Instant | None) -> Instant | None:
    return min((one for one in instants if one is not None), default=None)


def _submitted(row: Sheet) -> list[Fact]:
    said = row.submitted
    sources = (
        ("sheet_custodial", said.custodial), ("sheet_interested", said.interested), ("sheet_first_hand", said.first_hand),
        ("sheet_second_hand", not said.first_hand),
    )  # fmt: skip
    return [
        Fact("sheet_submitter", said.submitter, "component"), Fact("sheet_about", said.about, "party"),
        *(Fact("sheet_kind_of_source", code, "code") for code, holds in sources if holds),
    ]  # fmt: skip


def _proven(row: Sheet) -> list[Fact]:
    facts = [Fact("sheet_result", f"sheet_{check.result}", "code") for check in row.checks]
    if kind := row.corroborated:
        facts += [Fact("sheet_origins", name, "key" if "/" in name else "component", "R3") for name in kind.origins]
        facts.append(Fact("sheet_origin_count", str(kind.count), "number"))
        facts += [Fact("limits", f"sheet_{limit}", "code") for limit in kind.limits]
    if version := row.version:
        level = "" if version.complete else "R3"
        facts.append(Fact("standard", version.kind.standard, "standard", level))
        facts += [Fact("signed", name, "key", level) for name in version.signers]
        facts += [Fact("sheet_verified_at", version.complete.text(), "instant")] if version.complete else []
    return facts


def _answered(row: Sheet) -> list[Fact]:
    if row.shared is None:
        return []
    facts = [
        Fact("sheet_shared_at", row.shared.at.text(), "instant"),
        *([Fact("sheet_acknowledged_at", row.acknowledged.text(), "instant")] if row.acknowledged else []),
        *(Fact("sheet_planned_at", at.text(), "instant") for at in row.plans),
    ]
    for step in row.acted:
        kind = step.kind
        facts += [
            Fact("sheet_reported_at", step.at.text(), "instant"), Fact("sheet_claim", "sheet_claimed", "code"),
            Fact("said", kind.said),
        ]  # fmt: skip
        if kind.counted:
            facts += [
                Fact("sheet_counted", kind.counted), Fact("sheet_figure", f"{kind.low}–{kind.high}"),
                Fact("sheet_source", kind.source),
            ]  # fmt: skip
    for seen in row.confirmed:
        facts += [
            Fact("sheet_outcome", f"sheet_{seen.kind.outcome}", "code"), Fact("basis", f"sheet_{seen.kind.basis}", "code"),
            Fact("observed", seen.kind.said),
        ]  # fmt: skip
        facts += [Fact("sheet_visit", f"access:{seen.kind.visit}", "object")] if seen.kind.visit else []
    return facts


def _points(row: Sheet) -> list[Fact]:
    party, facts = row.submitted.about, []
    for pin in (pin for pin in row.pins if pin.given or pin is row.pins[-1]):
        stage = "sheet_point_given" if pin.given else ("sheet_point_signed" if pin.complete else "sheet_point_asked")
        level, side = ("", "") if pin.given else ("R2", party)
        facts.append(Fact("sheet_precise", stage, "code", level, side))
        facts += [Fact("sheet_readers", name, "key", "R2", party) for name in pin.kind.readers]
        if pin.undertaken:
            metres, clause = str(pin.undertaken.distance_m), pin.undertaken.clause
            facts += [
                Fact("undertaking", "sheet_no_target", "code", level, side),
                Fact("sheet_no_target_m", metres, "number", level, side),
                *([Fact("clause", clause, "clause", level, side)] if clause else []),
            ]  # fmt: skip
        if pin.given:
            facts.append(Fact("sheet_no_target_until", pin.given.kind.until.text(), "instant"))
    return facts


def _marks(row: Sheet) -> list[Fact]:
    facts = []
    for flag in row.flags:
        level = flag.release if flag.release != "R1" else ""
        facts += [
            Fact("report", f"report:{flag.report}", "object", level), Fact("act", flag.code, "act", level),
            Fact("sheet_near", "sheet_case_may_open", "code", level),
        ]  # fmt: skip
    if row.withdrawn:
        facts.append(Fact("sheet_withdrawn_at", row.withdrawn.text(), "instant"))
    if kind := row.discredited:
        facts.append(Fact("sheet_ground", f"sheet_{kind.ground}", "code"))
        facts += [Fact("sheet_dependents", "\n".join(kind.dependents), "list", "R3")] if kind.dependents else []
    return facts
