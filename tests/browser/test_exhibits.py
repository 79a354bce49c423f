"""A file goes into the house and out of it, in Chromium: over a line that is cut, without scripts, by keyboard, in every
language, and nobody but its depositor gets its own data.
"""

from __future__ import annotations

import io
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser import sites
from tests.browser.sites import Site
from tests.browser.test_accessibility import axe, violations
from tests.browser.walking import press, sign_in
from tiga.values.words import SPOKEN, say

MARK = "Camera Ultramarine"
PIECES_CUT = 2


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sites.served(demo, tmp_path_factory.mktemp("exhibits") / "site") as running:
        yield running


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture of some 900 kB that names a camera: four pieces."""
    path = tmp_path_factory.mktemp("scene") / "ridge.jpg"
    noise = Image.effect_noise((1300, 900), 90).convert("RGB")
    marks = Image.Exif()
    marks[0x0110] = MARK
    noise.save(path, "JPEG", exif=marks, quality=90)
    assert 3 * 256 * 1024 < path.stat().st_size < 10 * 1024 * 1024
    return path


def context_of(chromium: Browser, site: Site, person: str, language: str = "en", **more: object) -> BrowserContext:
    made = chromium.new_context(base_url=site.address, locale="en-US", reduced_motion="reduce", **more)
    tab = made.new_page()
    sign_in(tab, person, language)
    tab.close()
    return made


def open_case(tab: Page) -> str:
    """The address of a case on which files may be deposited."""
    tab.goto("/exercise/cases/")
    links = [str(one.get_attribute("href")) for one in tab.locator("main tbody a").all()]
    for link in dict.fromkeys(links):  # nothing is evaluated: without scripts that may wait for ever
        tab.goto(link)
        if tab.locator("#file").count():
            return str(link)
    raise AssertionError("no case of the demo is open")


def exhibit(tab: Page, name: str) -> str:
    """The address of the page of a deposited file."""
    row = tab.locator("#h-evidence ~ ul > li").filter(has_text=name).last
    return str(row.locator('a[href*="/affairs/exhibit/"]').first.get_attribute("href"))


def taken(tab: Page, address: str) -> bytes:
    """The file that the page of an exhibit hands out: what its form asks for, as the browser would send it. A download is not
    waited for, since that wait has no end."""
    tab.goto(address)
    form = tab.locator('form[action*="/evidence/"]').first
    assert form.locator("button").is_enabled()
    fields = {
        str(one.get_attribute("name")): str(one.get_attribute("value")) for one in form.locator("input[name]").all()
    }
    where = urllib.parse.urljoin(tab.url, str(form.get_attribute("action")))
    answer = tab.request.post(where, form=fields, headers={"Referer": tab.url}, timeout=60_000)
    assert (answer.status, answer.headers["content-disposition"].partition(";")[0]) == (200, "attachment")
    return answer.body()


def test_a_file_sent_over_a_cut_line_arrives_whole_and_leaves_without_its_data(
    chromium: Browser, site: Site, scene: Path
) -> None:
    own = context_of(chromium, site, "liaison-1")
    tab = own.new_page()
    open_case(tab)
    left = [PIECES_CUT]
    sent: list[int] = []

    def line(route: Route) -> None:
        if route.request.method == "PATCH":
            sent.append(int(route.request.headers["upload-offset"]))
            if len(sent) in (2, 4) and left[0]:
                left[0] -= 1
                route.abort("connectionreset")
                return
        route.continue_()

    tab.route("**/uploads/**", line)
    tab.set_input_files("#file", str(scene))
    tab.fill("#note", "EXERCISE. Over a bad line.")
    tab.locator("form[data-upload] button").click()
    tab.wait_for_selector(".notice.done", timeout=60_000)
    assert left == [0]
    assert sent[1] == sent[2]  # what was cut is sent again, and nothing before it
    assert sorted(set(sent)) == list(range(0, scene.stat().st_size, 256 * 1024))
    address = exhibit(tab, scene.name)
    assert taken(tab, address) == scene.read_bytes()
    other = context_of(chromium, site, "liaison-2")
    made = taken(other.new_page(), address)
    with Image.open(io.BytesIO(made)) as shown:
        assert (shown.size, dict(shown.getexif()), MARK.encode() in made) == ((1300, 900), {}, False)
    for context in (own, other):
        context.close()


def test_without_scripts_the_form_sends_its_file_as_every_form_does(chromium: Browser, site: Site, scene: Path) -> None:
    context = context_of(chromium, site, "monitor", java_script_enabled=False)
    tab = context.new_page()
    open_case(tab)
    tab.set_input_files("#file", {"name": "plain.jpg", "mimeType": "image/jpeg", "buffer": scene.read_bytes()})
    press(tab.locator("form[data-upload] button"))
    assert tab.locator(".notice.done").count() == 1
    assert taken(tab, exhibit(tab, "plain.jpg")) == scene.read_bytes()
    context.close()


@pytest.mark.parametrize("language", SPOKEN)
def test_verdicts_are_told_with_what_they_do_not_prove_and_can_be_read_by_everybody(
    chromium: Browser, site: Site, scene: Path, language: str
) -> None:
    context = context_of(chromium, site, "mediator-1", language, bypass_csp=True)
    tab = context.new_page()
    case = open_case(tab)
    tab.set_input_files("#file", {"name": f"{language}.jpg", "mimeType": "image/jpeg", "buffer": scene.read_bytes()})
    tab.locator("form[data-upload] button").click()
    tab.wait_for_selector(".notice.done", timeout=60_000)
    address = exhibit(tab, f"{language}.jpg")
    summary = tab.locator("#h-evidence ~ ul > li").filter(has_text=f"{language}.jpg").locator("summary").first
    summary.focus()
    tab.keyboard.press("Enter")
    headings = tab.locator("#h-evidence ~ ul details[open] th").all_inner_texts()
    assert headings == [say(f"exhibit.{name}", language) for name in ("says", "not", "outcome")]
    tab.goto(address)
    rows = tab.locator("section[aria-labelledby='h-says'] tbody tr")
    assert rows.count() > 4
    assert [row for row in rows.all() if len(row.locator("td").nth(1).inner_text()) < 10] == []
    direction = tab.locator("html").get_attribute("dir")
    assert direction == ("ltr" if language == "en" else "rtl")
    found = [row for path in (address, case) for row in violations(tab, path, axe())]
    wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert (found, wide) == ([], 0)
