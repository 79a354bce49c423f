"""axe-core on one page of each kind, in English and Urdu: no violation of WCAG 2 A or AA."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import axe_core_python
import pytest
from playwright.sync_api import Browser, Page

from tests.browser import affairs, sites
from tests.browser.sites import Site
from tests.browser.walking import press, sign_in

NPM = sites.ROOT / "build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
RUN = "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations']})"
PAGES = (
    "/", "/sign-in/", "/press/", "/press/incidents/", "/press/map/", "/press/reports/", "/press/agreement/",
    "/press/agreement/gaps/", "/press/record/", "/press/record/5/", "/exercise/", "/exercise/desk/", "/exercise/panel/",
    "/press/sitrep/", "/exercise/agreement/agenda/", "/press/reports/import/",
    "/press/reports/import/maps/",
)  # fmt: skip
FIRST_OF = {
    "/press/incidents/": "main tbody a", "/press/reports/": 'main tbody a[href*="/reports/"]', "/exercise/cases/": "main tbody a",
}  # fmt: skip
"""Lists, and where on them stands the address of a page of one object."""


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sites.served(demo, tmp_path_factory.mktemp("axe") / "site") as running:
        yield running


def axe() -> str:
    """The axe script that set-up fetched, else that of the Python package."""
    return (NPM if NPM.exists() else Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(tab: Page, path: str, script: str) -> list[str]:
    """What axe finds on a page: rule, how often, and the first place."""
    tab.goto(path)
    if tab.locator(".tiga-map").count():
        tab.wait_for_selector('.tiga-map[data-drawn="true"]', timeout=10_000)
    tab.evaluate(script)
    found = tab.evaluate(RUN)["violations"]
    return [f"{path}: {row['id']} x{len(row['nodes'])} {row['nodes'][0]['html'][:200]}" for row in found]


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_violation(chromium: Browser, site: Site, language: str) -> None:
    context = chromium.new_context(base_url=site.address, locale="en-US", reduced_motion="reduce", bypass_csp=True)
    tab, script = context.new_page(), axe()
    sign_in(tab, "mediator-1", language)
    paths = list(PAGES)
    for listed, where in FIRST_OF.items():
        tab.goto(listed)
        paths.append(str(tab.locator(where).first.get_attribute("href")))
    tab.goto(paths[-1])
    paths += tab.locator('a[href*="/measures/"]').evaluate_all(
        "all => all.slice(0, 1).map(one => one.getAttribute('href'))"
    )
    found = [row for path in paths for row in violations(tab, path, script)]
    context.close()
    assert found == [], "\n" + "\n".join(found)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_violation_on_the_pages_of_the_affairs(chromium: Browser, demo: Path, tmp_path: Path, language: str) -> None:
    """Lists with their tables, sessions, talks, communiqués; a form of a deed, empty and with its faults; the desk. No page
    is wider than the window."""
    with sites.served(demo, tmp_path / "site") as running:
        paths = [*affairs.pages(affairs.play(running)), "/exercise/desk/", "/exercise/do/talks.open/"]
        context = chromium.new_context(
            base_url=running.address, locale="en-US", reduced_motion="reduce", bypass_csp=True
        )
        tab, script = context.new_page(), axe()
        sign_in(tab, "mediator-1", language)
        found = []
        for path in paths:
            found += violations(tab, path, script)
            if tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append(f"{path}: wider than the window")
        press(tab.locator("main form.form button"))
        assert tab.locator('section.notice.fault a[href^="#deed-"]').count() == 4
        tab.evaluate(script)
        found += [row["id"] for row in tab.evaluate(RUN)["violations"]]
        context.close()
    assert found == [], "\n" + "\n".join(found)


def test_the_check_finds_what_is_wrong(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.address, bypass_csp=True)
    tab = context.new_page()
    tab.goto("/")
    tab.evaluate("document.querySelector('main').append(document.createElement('img'))")
    tab.evaluate(axe())
    found = [row["id"] for row in tab.evaluate(RUN)["violations"]]
    context.close()
    assert found == ["image-alt"]


def test_a_form_with_faults_has_no_violation(chromium: Browser, site: Site) -> None:
    """The complaint form as it comes back empty, with every fault at its field."""
    context = chromium.new_context(base_url=site.address, locale="en-US", bypass_csp=True)
    tab = context.new_page()
    sign_in(tab, "liaison-1")
    found = violations(tab, "/exercise/complaints/new/", axe())
    press(tab.locator("main form.form button"))
    assert tab.locator('[aria-invalid="true"]').count() >= 5
    tab.evaluate(axe())
    found += [row["id"] for row in tab.evaluate(RUN)["violations"]]
    context.close()
    assert found == []
