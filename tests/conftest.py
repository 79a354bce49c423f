"""What all tests share: a Chromium for each module that needs one.

It ends with its module: while one is open an event loop runs in the thread, which Django's database would refuse.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import sites


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=sites.chromium_path(), args=list(sites.FLAGS))
        yield browser
        browser.close()
