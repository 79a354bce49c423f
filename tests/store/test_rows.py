"""Rows written one after another and rows gathered and written in bulk are the same rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from tests.store import kept
from tiga.store import models, projections
from tiga.store.models import ActRow, ClockRow, DecisionRow
from tiga.store.rows import Direct, Gathered, Rows

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)


@pytest.fixture(scope="module", autouse=True)
def tables(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "press"):
        yield


def act(idx: int, about: str, level: str) -> dict[str, object]:
    return {"idx": idx, "sid": f"s{idx}", "at_ms": idx, "act": "a.b", "by": "k", "case": "", "about": about,
            "level": level, "party": ""}  # fmt: skip


def decision(sid: str) -> dict[str, object]:
    return {"sid": sid, "idx": 1, "at_ms": 1, "by": "k", "left": "a", "right": "b", "same": True, "reason": "r",
            "withdrawn": False, "refused": False}  # fmt: skip


def clock(case: str, name: str) -> ClockRow:
    return ClockRow(key=f"{case}:{name}", case=case, name=name, whose="w", started_ms=1, due_ms=2, zone="UTC", clause="c",
                    met_ms=None, lapsed=False, right=False, noted=False, concept="case")  # fmt: skip


def written(rows: Rows) -> dict[str, list[tuple[object, ...]]]:
    """Rows put, put again otherwise, changed by key and by another field, and replaced; then what the tables hold."""
    for model in models.PROJECTED:
        model.objects.using("press").all().delete()  # type: ignore[attr-defined]
    rows.put(ActRow, "idx", **act(1, "p", "R3"))
    rows.put(ActRow, "idx", **act(2, "p", "R3"))
    rows.put(ActRow, "idx", **act(3, "q", "R3"))
    rows.put(ActRow, "idx", **act(4, "p", "R3"))
    rows.put(ActRow, "idx", **act(4, "q", "R2"))  # written anew, it is about something else
    rows.change(ActRow, "about", "p", level="R1")
    rows.change(ActRow, "about", "nothing", level="R0")
    rows.change(DecisionRow, "sid", "never made", withdrawn=True)
    rows.put(DecisionRow, "sid", **decision("one"))
    rows.put(DecisionRow, "sid", **decision("two"))
    rows.change(DecisionRow, "sid", "two", withdrawn=True)
    rows.replace(ClockRow, "case", "c", [clock("c", "triage"), clock("c", "reply")])
    rows.replace(ClockRow, "case", "d", [clock("d", "reply")])
    rows.replace(ClockRow, "case", "c", [clock("c", "determine")])
    rows.flush()
    return projections.digest_rows("press")


def test_both_ways_leave_the_same_rows() -> None:
    direct, gathered = written(Direct("press")), written(Gathered("press", {ActRow: "about"}))
    assert gathered == direct
    acts = ActRow.objects.using("press").order_by("idx").values_list("idx", "level")
    assert list(acts) == [(1, "R1"), (2, "R1"), (3, "R3"), (4, "R2")]
    decisions = DecisionRow.objects.using("press").order_by("sid").values_list("sid", "withdrawn")
    assert list(decisions) == [("one", False), ("two", True)]
    assert sorted(ClockRow.objects.using("press").values_list("key", flat=True)) == ["c:determine", "d:reply"]


def test_nothing_is_written_before_the_flush() -> None:
    ActRow.objects.using("press").all().delete()
    rows = Gathered("press", {ActRow: "about"})
    rows.put(ActRow, "idx", **act(1, "p", "R3"))
    assert ActRow.objects.using("press").count() == 0
    rows.flush()
    assert ActRow.objects.using("press").count() == 1


def test_every_field_by_which_projections_are_asked_has_its_index() -> None:
    wanted = {
        (model._meta.db_table, field.column)
        for model in models.PROJECTED
        for field in model._meta.local_fields
        if field.db_index and not field.unique
    }
    with connections["press"].cursor() as cursor:
        found = {
            (model._meta.db_table, row["columns"][0])
            for model in models.PROJECTED
            for row in connections["press"].introspection.get_constraints(cursor, model._meta.db_table).values()
            if row["index"] and not row["unique"] and len(row["columns"]) == 1
        }
    assert ("clock_row", "case") in wanted
    assert found == wanted
