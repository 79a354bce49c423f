"""A scene of the exercise at the pages: founded once a module, with a seated panel and everybody of the demo enrolled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stories.scene import Scene, founded
from tests.web.people import enrol
from tiga.store import opening

__all__ = ["founded"]


@pytest.fixture
def scene(founded: Scene) -> Iterator[Scene]:
    """What a test tells in it is rolled back."""
    opening.forget()
    enrol("exercise")
    yield Scene(opening.desk("exercise"), founded.entropy)
    opening.forget()
