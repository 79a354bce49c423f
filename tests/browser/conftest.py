"""What browser tests share: the demo, made once, and one Chromium for each worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import sites


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's folder, the same for all workers."""
    base = tmp_path_factory.getbasetemp()
    return sites.demo_folder(base.parent if base.name.startswith("popen-") else base)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=sites.chromium_path(), args=list(sites.FLAGS))
        yield browser
        browser.close()
