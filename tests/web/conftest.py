"""A scene of the exercise at the pages: founded once a module, with a seated panel and everybody of the demo enrolled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.stories import scene as scenes
from tests.stories.scene import Scene
from tests.web.people import enrol
from tiga.store import opening


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: object) -> Iterator[Scene]:
    with scenes.told(django_db_blocker) as scene:
        yield scene


@pytest.fixture
def scene(founded: Scene) -> Iterator[Scene]:
    """What a test tells in it is rolled back."""
    opening.forget()
    enrol("exercise")
    yield Scene(opening.desk("exercise"), founded.entropy)
    opening.forget()
