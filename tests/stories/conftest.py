"""What several stories tell from: the press record as imported, once for each module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stories import telling
from tiga.store.desk import Desk


@pytest.fixture(scope="module")
def imported(django_db_setup: None, django_db_blocker: object) -> Iterator[Desk]:
    with telling.pressed(django_db_blocker) as found:
        yield found
