"""A record made by an earlier release is brought up when it is opened; a file that is no record yet is left alone."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connections

from tiga.store import opening

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "press"])


def tables() -> set[str]:
    return set(connections["press"].introspection.table_names())


def test_a_record_of_an_earlier_release_is_brought_up_once():
    call_command("migrate", "store", "0003", database="press", verbosity=0)
    assert "device" not in tables()
    assert [opening.bring_up("press"), opening.bring_up("press")] == [True, False]
    assert "device" in tables()


def test_what_is_no_record_yet_is_left_alone():
    call_command("migrate", "store", "zero", database="press", verbosity=0)
    before = tables()
    assert opening.bring_up("press") is False
    assert tables() == before
    call_command("migrate", "store", database="press", verbosity=0)
