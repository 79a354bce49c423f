"""What a sheet says, as facts, from the values that its reader may have; and what a form begins with.

Rules
1. Nothing is released here: values come from the door, each already asked of `release` for this reader.
2. Once the version is shared, the shared words stand for the signed ones: they are the same by their digest.
3. Words that were overtaken (a version that was put again, an earlier origin) stay with their entries.
4. A form that must repeat what was signed begins with it; the decider compares all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tiga.mechanism.asks import Fact
from tiga.mechanism.sheets import folding
from tiga.mechanism.sheets.entries import (
    PointAsked,
    PointGiven,
    SheetAuthenticated,
    SheetCorroborated,
    SheetDiscredited,
    SheetPlanned,
    SheetShared,
    SheetSubmitted,
    SheetVerified,
    SheetWithdrawn,
    StrikeFlagged,
)
from tiga.mechanism.sheets.folding import Sheet

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing


class Told(NamedTuple):
    """A value that a reader may have: the sid and act of its entry, and what was disclosed."""

    sid: str
    act: str
    value: Any


def told(standing: Standing, sid: str, values: Iterable[Told]) -> tuple[Fact, ...]:
    """The facts that these values make, in the order of their entries."""
    row, given = folding.state(standing).sheets.get(sid), tuple(values)
    if row is None:
        return ()
    acts = {value.act for value in given}
    return tuple(
        fact
        for value in given
        if not _overtaken(row, value, acts)
        for fact in (_FACTS[value.act](value.value) if value.act in _FACTS else ())
    )


def starts(standing: Standing, sid: str, deed: str, values: Iterable[Told]) -> Mapping[str, str]:
    """What the form of a deed begins with, by ask: the version or the point that was signed, where this reader may have it."""
    row = folding.state(standing).sheets.get(sid)
    by_sid = {value.sid: value.value for value in values}
    if row is None:
        return {}
    if deed == "sheet.share" and row.version is not None and isinstance(signed := by_sid.get(row.version.sid), dict):
        return _version_asks(signed)
    pins = [pin for pin in row.pins if deed == "sheet.point" or (deed == "sheet.flag" and pin.given is not None)]
    if pins and isinstance(spot := by_sid.get(pins[-1].sid), dict):
        return _spot_asks(spot)
    return {}


def _version_asks(value: Mapping[str, Any]) -> dict[str, str]:
    asks = {
        "sheet_gist": str(value.get("gist", "")), "place": str(value.get("place", "")),
        "sheet_place_kind": f"sheet_{value.get('kind', '')}", "limits": str(value.get("limits", "")),
    }  # fmt: skip
    return asks | _spot_asks(value)


def _spot_asks(value: Mapping[str, Any]) -> dict[str, str]:
    return {"sheet_point": _point(value), "sheet_radius": str(value["radius_m"])} if "radius_m" in value else {}


def _overtaken(row: Sheet, value: Told, acts: set[str]) -> bool:
    """Whether newer words stand for these."""
    match value.act:
        case SheetVerified.ACT:
            return SheetShared.ACT in acts or row.version is None or row.version.sid != value.sid
        case PointAsked.ACT:
            pin = next((pin for pin in row.pins if pin.sid == value.sid), None)
            return pin is None or pin.given is not None or pin is not row.pins[-1]
    return False


def _words(*names: tuple[str, str]) -> Callable[[Any], list[Fact]]:
    """Facts of a value's members, by (member, the fact's code); what is empty is left out."""
    return lambda value: [
        Fact(code, text) for name, code in names if isinstance(value, dict) and (text := str(value.get(name, "")))
    ]


def _line(code: str) -> Callable[[Any], list[Fact]]:
    """One fact of a value that is words alone."""
    return lambda value: [Fact(code, value)] if isinstance(value, str) and value else []


def _version(value: Any) -> list[Fact]:
    """The version to be signed or that was shared."""
    facts = _words(("gist", "sheet_version_gist"), ("place", "sheet_version_place"))(value)
    if isinstance(value, dict) and value.get("kind"):
        facts.append(Fact("sheet_version_kind", f"sheet_{value['kind']}", "code"))
    facts += _words(("limits", "sheet_version_limits"))(value)
    return facts + _spot("sheet_version_point", "sheet_version_radius")(value)


def _spot(code: str, radius: str) -> Callable[[Any], list[Fact]]:
    """A point with its radius."""
    return lambda value: (
        [Fact(code, _point(value)), Fact(radius, str(value["radius_m"]), "number")]
        if isinstance(value, dict) and "radius_m" in value
        else []
    )


def _places(value: Any) -> list[Fact]:
    """The point and the strike that a link compares."""
    return _spot("sheet_strike", "sheet_strike_radius")(value.get("strike")) if isinstance(value, dict) else []


def _point(value: Mapping[str, Any]) -> str:
    return f"{_degrees(int(value['lat_e7']))}, {_degrees(int(value['lon_e7']))}"


def _degrees(e7: int) -> str:
    """Degrees with as many decimals as they have, written as they are read (`proving.point`)."""
    whole, part = divmod(abs(e7), 10_000_000)
    decimals = f"{part:07d}".rstrip("0")
    return f"{'-' if e7 < 0 else ''}{whole}{'.' if decimals else ''}{decimals}"


_FACTS: Mapping[str, Callable[[Any], list[Fact]]] = {
    SheetSubmitted.ACT: _words(
        ("gist", "sheet_said_gist"), ("place", "sheet_said_place"), ("limits", "sheet_said_limits")
    ),
    SheetAuthenticated.ACT: _words(("checked", "sheet_checked"), ("method", "method")),
    SheetCorroborated.ACT: _line("sheet_agree"),
    SheetVerified.ACT: _version,
    SheetShared.ACT: _version,
    SheetPlanned.ACT: _line("sheet_plan"),
    PointAsked.ACT: _spot("sheet_spot", "sheet_spot_radius"),
    PointGiven.ACT: _spot("sheet_spot", "sheet_spot_radius"),
    StrikeFlagged.ACT: _places,
    SheetWithdrawn.ACT: _line("reason"),
    SheetDiscredited.ACT: _line("reason"),
}
