"""A projector of another version: its tables are dropped and made anew from the log when the record is opened."""

from __future__ import annotations

from tests.store import kept
from tiga.store import models, projections


def test_a_record_opened_by_another_projector_is_projected_anew(
    django_db_setup: None, django_db_blocker: object
) -> None:
    with kept.filled(django_db_blocker, "exercise"):
        kept.play(kept.lay("exercise"))
        live = projections.digest_rows("exercise")
        models.Projector.objects.using("exercise").update(version=projections.VERSION - 1)
        models.ActRow.objects.using("exercise").all().delete()
        assert kept.desk("exercise").ledger.size() == models.Projector.objects.using("exercise").get().size
        assert projections.digest_rows("exercise") == live


def test_a_record_opened_by_the_same_projector_is_left_as_it_is(
    django_db_setup: None, django_db_blocker: object
) -> None:
    with kept.filled(django_db_blocker, "exercise"):
        kept.play(kept.lay("exercise"))
        models.ActRow.objects.using("exercise").filter(idx=0).delete()
        live = projections.digest_rows("exercise")
        kept.desk("exercise")
        assert projections.digest_rows("exercise") == live
