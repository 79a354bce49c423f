"""Go's verifier, built once by each worker in a folder of its own, so that no two write one file."""

from __future__ import annotations

import pytest

from tests.independent import go


@pytest.fixture(scope="session")
def verify(tmp_path_factory: pytest.TempPathFactory) -> go.Verify:
    return go.built(tmp_path_factory.mktemp("go"))
