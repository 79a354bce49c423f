"""What a benchmark's row says of its bar."""

from __future__ import annotations

from decimal import Decimal

import pytest

from benchmarks import Row
from benchmarks.run import cells


@pytest.mark.parametrize(
    ("peer", "bar", "at_least", "ratio", "met"),
    [
        ("2", "5", True, "5.000", True),
        ("2", "5.001", True, "5.000", False),
        ("2", "5", False, "5.000", True),
        ("2", "4.999", False, "5.000", False),
        (None, "10", True, None, True),
        (None, "10.1", True, None, False),
        (None, "9.9", False, None, False),
        ("0", "1", True, None, False),
        ("0", "1", False, None, False),
        ("2", None, True, "5.000", None),
        (None, None, True, None, None),
    ],
)
def test_a_bar_is_for_the_ratio_or_without_a_peer_for_ours(
    peer: str | None, bar: str | None, at_least: bool, ratio: str | None, met: bool | None
) -> None:
    row = Row("what", Decimal(10), "s", peer and Decimal(peer), bar and Decimal(bar), at_least)  # type: ignore[arg-type]
    assert row.met is met
    assert cells(row)["ratio"] == ratio
