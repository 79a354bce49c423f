"""A stand for all tests of this folder, with the faults of a disk where there is a compiler."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.stand import HERE, Stand


def _built(folder: Path) -> Path | None:
    """`faults.c` as a library to preload; None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    library = folder / "faults.so"
    subprocess.run(
        [compiler, "-O1", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, HERE / "faults.c", "-ldl"], check=True
    )
    return library


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("stand")
    found = Stand(folder, _built(folder))
    yield found
    found.close()


@pytest.fixture
def record(stand: Stand, tmp_path: Path) -> Path:
    """The folder of a new record."""
    return stand.record(tmp_path / "record")


@pytest.fixture
def faulty(stand: Stand) -> Stand:
    """The stand, where its disk can fail."""
    if not stand.faulty:
        pytest.skip("no C compiler: the disk cannot be made to fail")
    return stand
