"""What applied when, how severe an act is, and who is called what."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tiga.agreement.clauses import Agreement, Ground, Instrument, Window
from tiga.agreement.reading import (
    Marked,
    agreement,
    canonical,
    display,
    in_force,
    instrument_at,
    instrument_status,
    order,
    severity,
    window_reading,
)
from tiga.values.moments import BadMoment, Instant
from tiga.values.shapes import BadShape

JOINT = Ground("joint_statement")


def at(text: str) -> Instant:
    return Instant.read(text)


def statuses(text: Agreement, moment: str) -> dict[str, str]:
    return {row.instrument.id: row.status for row in in_force(text, at(moment)) if row.status != "not_in_force"}


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-10-15T17:59+05:00", {}),
        ("2025-10-15T18:00+05:00", {"truce48h": "in_force"}),
        ("2025-10-17T17:59+05:00", {"truce48h": "in_force"}),
        ("2025-10-17T18:00+05:00", {"truce48h": "disputed"}),
        ("2025-10-19T12:00+03:00", {"truce48h": "disputed", "doha": "disputed"}),
        ("2025-10-20T00:00+03:00", {"doha": "in_force"}),
        ("2025-10-30T12:00+03:00", {"doha": "in_force", "istanbul": "disputed"}),
        ("2025-12-05T17:00Z", {"doha": "in_force", "istanbul": "in_force"}),
        ("2026-03-18T18:59Z", {"doha": "disputed", "istanbul": "disputed", "eid-pause-2026": "disputed"}),
        ("2026-03-18T19:15Z", {"doha": "disputed", "istanbul": "disputed", "eid-pause-2026": "disputed"}),
        ("2026-03-18T19:30Z", {"doha": "disputed", "istanbul": "disputed", "eid-pause-2026": "in_force"}),
        ("2026-03-25T00:00Z", {"doha": "disputed", "istanbul": "disputed"}),
    ],
)
def test_in_force(doha: Agreement, moment: str, expected: dict[str, str]) -> None:
    assert statuses(doha, moment) == expected


def test_eid_pause_at_a_quarter_to_midnight(doha: Agreement) -> None:
    row = next(row for row in in_force(doha, at("2026-03-18T19:15Z")) if row.instrument.id == "eid-pause-2026")
    assert [(item.window.by, item.reading, item.why) for item in row.windows] == [
        ("islamabad", "covers", ""),
        ("kabul", "open", "day_open"),
    ]


@pytest.mark.parametrize(
    ("window", "moment", "expected"),
    [
        (Window("agreed", "2025-01-01T00:00Z", "2025-01-02T00:00Z", ground=JOINT), "2025-01-02T00:00Z", "does_not"),
        (Window("agreed", "2025-01-01", zone="+04:30", ground=JOINT), "2024-12-31T19:29Z", "does_not"),
        (Window("agreed", "2025-01-01", zone="+04:30", ground=JOINT), "2024-12-31T19:30Z", "open"),
        (Window("agreed", "2025-01-01", zone="+04:30", ground=JOINT), "2025-01-01T19:30Z", "covers"),
        (Window("agreed", "2025-01-01", "2025-01-05", "UTC", JOINT), "2025-01-05T10:00Z", "open"),
        (Window("agreed", "2025-01-01", "2025-01-05", "UTC", JOINT), "2025-01-06T00:00Z", "does_not"),
        (Window("agreed", "2025-01-01T00:00Z", ground=JOINT), "2099-01-01T00:00Z", "covers"),
    ],
)
def test_windows(window: Window, moment: str, expected: str) -> None:
    assert window_reading(window, at(moment)).reading == expected


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(BadMoment):
        window_reading(Window("agreed", "2025-01-01"), at("2025-01-01T00:00Z"))


@pytest.mark.parametrize(("basis", "status"), [("press", "disputed"), ("joint_statement", "in_force")])
def test_an_extension_from_the_press_never_proves(basis: str, status: str) -> None:
    first = Window("agreed", "2025-01-01T00:00Z", "2025-01-02T00:00Z", ground=Ground("press"))
    more = Window("agreed", "2025-01-02T00:00Z", "2025-01-03T00:00Z", ground=Ground(basis))
    instrument = Instrument("x", {"en": "x"}, (first, more), JOINT)
    assert instrument_status(instrument, at("2025-01-01T12:00Z")).status == "in_force"
    assert instrument_status(instrument, at("2025-01-02T12:00Z")).status == status


def test_claimants_who_disagree_leave_it_disputed() -> None:
    windows = (
        Window("one", "2025-01-01T00:00Z", ground=JOINT),
        Window("two", "2025-01-01T00:00Z", "2025-01-02T00:00Z", ground=JOINT),
    )
    instrument = Instrument("x", {"en": "x"}, windows, JOINT)
    found = [instrument_status(instrument, at(f"2025-01-0{day}T12:00Z")).status for day in (1, 2)]
    assert found == ["in_force", "disputed"]


@pytest.mark.parametrize(
    ("earliest", "latest", "status", "ids"),
    [
        ("2025-10-10T00:00Z", "2025-10-11T00:00Z", "not_in_force", []),
        ("2025-10-15T10:00Z", "2025-10-15T13:00Z", "in_force", ["truce48h"]),
        ("2025-10-17T13:30Z", "2025-10-18T00:00Z", "disputed", ["truce48h"]),
        ("2025-10-10T00:00Z", "2025-12-01T00:00Z", "in_force", ["truce48h", "doha", "istanbul"]),
    ],
)
def test_over_an_interval(doha: Agreement, earliest: str, latest: str, status: str, ids: list[str]) -> None:
    found, instruments = instrument_at(doha, at(earliest), at(latest))
    assert (found, [item.id for item in instruments]) == (status, ids)


@pytest.mark.parametrize(
    ("code", "factors", "expected"),
    [
        ("H1", frozenset(), ("minor", [])),
        ("H1", frozenset({"civilian_harm"}), ("serious", [("civilian_harm", "minor", "serious")])),
        (
            "H3",
            frozenset({"civilian_harm", "self_reported"}),
            ("grave", [("civilian_harm", "grave", "grave"), ("self_reported", "grave", "grave")]),
        ),
        (
            "H1",
            frozenset({"civilian_harm", "monitor_attacked", "unheard_of"}),
            ("grave", [("civilian_harm", "minor", "serious"), ("monitor_attacked", "serious", "grave")]),
        ),
        ("H1", frozenset({"self_reported"}), ("minor", [("self_reported", "minor", "minor")])),
        ("X1", frozenset({"civilian_harm"}), ("", [])),
    ],
)
def test_severity(
    doha: Agreement, code: str, factors: frozenset[str], expected: tuple[str, list[tuple[str, str, str]]]
) -> None:
    found, shifts = severity(doha, code, factors)
    assert (found, [(shift.factor, before, after) for shift, before, after in shifts]) == expected


def test_severity_does_not_depend_on_the_order_of_factors(doha: Agreement) -> None:
    turned = replace(doha, severity_shifts=doha.severity_shifts[::-1])
    factors = frozenset({"civilian_harm", "self_reported"})
    assert [severity(text, "H3", factors)[0] for text in (doha, turned)] == ["grave", "grave"]


def test_severity_of_an_unknown_code_is_refused(doha: Agreement) -> None:
    with pytest.raises(ValueError, match="Z9"):
        severity(doha, "Z9", frozenset())


@pytest.mark.parametrize(
    ("name", "audience", "language", "expected"),
    [
        ("kabul", "neutral", "en", ("Kabul", "en")),
        ("kabul", "own", "en", ("Islamic Emirate of Afghanistan", "en")),
        ("kabul", "un", "ps", ("the de facto authorities in Afghanistan", "en")),
        ("kabul", "nobody", "ur", ("کابل", "ur")),
        ("ankara", "neutral", "tr", ("Ankara", "tr")),
        ("jua", "neutral", "ps", ("Jamaat-ul-Ahrar (JuA)", "en")),
        ("oslo", "neutral", "en", ("oslo", "")),
    ],
)
def test_display(doha: Agreement, name: str, audience: str, language: str, expected: tuple[str, str]) -> None:
    assert display(doha, name, audience, language) == expected


def test_party_order_alternates(doha: Agreement) -> None:
    found = [[party.id for party in order(doha, turn)] for turn in (0, 1, 2)]
    assert found == [["islamabad", "kabul"], ["kabul", "islamabad"], ["islamabad", "kabul"]]


def test_lines_fall_back_to_the_nearest_ancestor() -> None:
    marked = Marked({}, {(): 1, ("clauses",): 10, ("clauses", 2): 14})
    paths = [("clauses", 2, "text", "en"), ("clauses", 3), ("terms", "x")]
    assert [marked.line(path) for path in paths] == [14, 10, 1]


def test_keys_must_be_identifiers(slmm: Agreement) -> None:
    data = canonical(slmm)
    data["terms"]["Not This"] = data["terms"]["local_committee"]
    with pytest.raises(BadShape, match="Not This"):
        agreement(data)
