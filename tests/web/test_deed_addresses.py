"""Every deed of the affairs has an address: its name, underscores and all."""

from __future__ import annotations

import pytest
from django.urls import resolve, reverse

from tiga.mechanism import affairs
from tiga.mechanism.asks import Deed


@pytest.mark.parametrize("deed", affairs.DEEDS.values(), ids=lambda deed: deed.name)
def test_a_deed_has_an_address(deed: Deed) -> None:
    given = {"record": "exercise", "name": deed.name} | ({} if deed.new else {"sid": "x" * 43})
    assert resolve(reverse("begin" if deed.new else "deed", kwargs=given)).kwargs == given
