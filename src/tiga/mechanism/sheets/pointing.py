"""A precise point: both mediators sign, the readers are named, the party undertakes not to strike; then it is given.

Rules
1. Before a point is given three things stand on the record, in any order: the signatures of the quorum
   `evidence.pinpoint` (else of every mediator) under this very point and these readers, and the addressed party's own
   undertaking. The distance and the span are the agreement's terms `no_target_m` and `no_target_for`, fixed when
   the point is put.
2. A point not yet given gives way to the next that is put; its signatures and undertaking do not pass on. Readers are keys
   of the addressed party. The record tells who was named; it cannot see who else is shown the point.
3. A report of an act among the agreement's `strike_codes`, near the point and within the span, may be linked to the sheet
   by the secretariat. The link opens no case and says nothing of who struck: a case is opened by a complaint, or by the
   mediators on their own motion.
4. Places of reports and points are disclosures, which no fold can read: who links gives both, the point is compared with
   the one that was signed, and the entry commits to both at R3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tiga.drafts import OPEN_TO_BOTH
from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.asks import Given
from tiga.mechanism.sheets import folding
from tiga.mechanism.sheets.entries import PointAsked, PointGiven, PointUndertaken, StrikeFlagged
from tiga.mechanism.sheets.folding import PINPOINT, Sheet
from tiga.mechanism.sheets.proving import assent, digest, found, keys_named, point
from tiga.record.disclosures import Disclosure
from tiga.values.moments import BadMoment, Instant, Span
from tiga.values.places import Point, distance_m

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with its radius in metres."""

    point: Point
    radius_m: int

    @property
    def value(self) -> dict[str, Any]:
        return {"lat_e7": self.point.lat_e7, "lon_e7": self.point.lon_e7, "radius_m": self.radius_m}


@dataclass(frozen=True, slots=True)
class Untouched:
    """What the agreement says of points given: nothing is struck within so many metres, for so long."""

    distance_m: int
    lasts: str
    clause: str


def near(a: Point, radius_a_m: int, b: Point, radius_b_m: int, within_m: int) -> bool:
    """Whether two points, each anywhere within its radius, may lie within so many metres of each other."""
    return distance_m(a, b) <= within_m + radius_a_m + radius_b_m


def untouched(standing: Standing) -> Untouched | None:
    """The terms `no_target_m` and `no_target_for`, or None where one is missing or cannot be read."""
    terms = guards.agreement(standing).terms
    metres, span = terms.get("no_target_m"), terms.get("no_target_for")
    if metres is None or span is None or not (metres.value.isascii() and metres.value.isdigit()):
        return None
    try:
        Span.parse(span.value)
    except BadMoment:
        return None
    return Untouched(int(metres.value), span.value, metres.clause)


def strike_codes(standing: Standing) -> tuple[str, ...]:
    """The act codes of strikes: the agreement's term `strike_codes`, none where it is silent."""
    term = standing.agreement.terms.get("strike_codes") if standing.agreement else None
    return tuple(code for part in (term.value if term else "").split(",") if (code := part.strip()))


def strike_opens(standing: Standing, report: str, when: Instant) -> tuple[tuple[str, str], ...]:
    """(sheet, point) that a report of a strike at an instant concerns by its act and its hour; the place is for people."""
    filed = standing.reports.get(report)
    if filed is None or not set(filed.filed.acts) & set(strike_codes(standing)):
        return ()
    return tuple(
        (row.sid, pin.sid)
        for row in folding.state(standing).sheets.values() for pin in row.pins
        if pin.given is not None and pin.given.at <= when <= pin.given.kind.until
    )  # fmt: skip


# ---- deciders


def pinpoint(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Put a precise point and its readers before the mediators, with the first signature."""
    row = _shared(standing, sid, by, "mediator")
    if isinstance(row, Refusal):
        return row
    refusal = assent(standing, PINPOINT, row, by)
    if refusal:
        return refusal
    terms = untouched(standing)
    if terms is None:
        return Refusal("sheet_no_term")
    readers = keys_named(standing, given.many("sheet_readers"))
    for name in readers or ("-",):
        key = standing.keys.get(name)
        if key is None or key.component != row.submitted.about or name in standing.revoked:
            return Refusal("sheet_reader", values={"member": name, "party": row.submitted.about})
    spot = _spot(given, "sheet_point", "sheet_radius")
    if isinstance(spot, Refusal):
        return spot
    values = (Released(Disclosure(draws[0], "point", spot.value), "R3"),)
    kind = PointAsked(
        sid, readers, terms.distance_m, terms.lasts, terms.clause, digest(sid, spot.value), sealed(values, draws[1:])
    )
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def undertake(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """The addressed party undertakes to strike nothing near the point, as far and as long as the agreement says."""
    row = _shared(standing, sid, by, "liaison")
    if isinstance(row, Refusal):
        return row
    if by.component != row.submitted.about:
        return Refusal("sheet_not_addressed", values={"party": row.submitted.about})
    if not row.pins or row.pins[-1].undertaken is not None:
        return Refusal("sheet_no_point")
    if not given.yes("sheet_no_target"):
        return Refusal("sheet_not_undertaken")
    pin, party = row.pins[-1], row.submitted.about
    kind = PointUndertaken(sid, pin.sid, pin.kind.distance_m, pin.kind.lasts, pin.kind.clause, "R2", party)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def give(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Give the point that was signed to the party addressed, for the readers named."""
    row = _shared(standing, sid, by, "mediator")
    if isinstance(row, Refusal):
        return row
    pin = row.pins[-1] if row.pins else None
    if pin is None or pin.given is not None:
        return Refusal("sheet_no_point")
    if pin.complete is None:
        return Refusal("sheet_point_unsigned")
    if pin.undertaken is None:
        return Refusal("sheet_not_undertaken")
    spot = _spot(given, "sheet_point", "sheet_radius")
    if isinstance(spot, Refusal):
        return spot
    if digest(sid, spot.value) != pin.kind.text:
        return Refusal("sheet_other_text")
    party, until = row.submitted.about, now.plus(Span.parse(pin.kind.lasts))
    values = (Released(Disclosure(draws[0], "point", spot.value), "R2", party),)
    kind = PointGiven(sid, pin.sid, pin.kind.readers, until, "R2", party, sealed(values, draws[1:]))
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def flag(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: tuple[bytes, ...]) -> Outcome:
    """Link a report of a strike to the point near which it is said to have been."""
    row = _shared(standing, sid, by, "secretariat", "registrar")
    if isinstance(row, Refusal):
        return row
    report, when = given.text("report"), given.moment("when")
    assert when is not None  # asked for
    code = _strike_of(standing, report)
    if isinstance(code, Refusal):
        return code
    refusal = guards.future(when, now)
    if refusal:
        return refusal
    spot = _spot(given, "sheet_point", "sheet_radius")
    if isinstance(spot, Refusal):
        return spot
    strike = _spot(given, "sheet_strike", "sheet_strike_radius")
    if isinstance(strike, Refusal):
        return strike
    concerned = strike_opens(standing, report, when)
    pins = [pin for pin in row.pins if (sid, pin.sid) in concerned and pin.kind.text == digest(sid, spot.value)]
    if not pins:
        return Refusal("sheet_not_that_point")
    asked = pins[0].kind
    if not near(spot.point, spot.radius_m, strike.point, strike.radius_m, asked.distance_m):
        return Refusal("sheet_not_near", asked.clause, {"limit": str(asked.distance_m)})
    if any(one.report == report and one.of == pins[0].sid for one in row.flags):
        return Refusal("sheet_flagged", values={"report": report})
    values = (Released(Disclosure(draws[0], "places", {"point": spot.value, "strike": strike.value}), "R3"),)
    level = "R1" if standing.reports[report].filed.release in OPEN_TO_BOTH else "R3"
    kind = StrikeFlagged(sid, pins[0].sid, report, code, when, level, sealed(values, draws[1:]))
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def _strike_of(standing: Standing, sid: str) -> str | Refusal:
    """The code by which a report speaks of a strike, or why it does not."""
    report, codes = standing.reports.get(sid), strike_codes(standing)
    if report is None:
        return Refusal("report_unknown", values={"report": sid})
    if report.discredited:
        return Refusal("support_discredited", values={"report": sid})
    code = next((one for one in report.filed.acts if one in codes), "")
    return code or Refusal("sheet_no_strike", values={"codes": ", ".join(codes) or "-"})


def _shared(standing: Standing, sid: str, by: Actor, *roles: str) -> Sheet | Refusal:
    row = found(standing, sid, by, *roles)
    return row if isinstance(row, Refusal) or row.shared is not None else Refusal("sheet_not_shared")


def _spot(given: Given, name: str, radius: str) -> Spot | Refusal:
    """A point as given under two asks."""
    spot, radius_m = point(given.text(name)), given.whole(radius)
    if isinstance(spot, Refusal):
        return spot
    return Spot(spot, radius_m) if radius_m else Refusal("sheet_point_unread")
