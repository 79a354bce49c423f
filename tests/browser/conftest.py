"""What browser tests share: the demo, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import sites


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder, the same for all workers."""
    base = tmp_path_factory.getbasetemp()
    return sites.demo_folder(base.parent if base.name.startswith("popen-") else base)
