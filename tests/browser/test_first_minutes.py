"""The first ten minutes, walked in Chromium on a fresh demo: what a newcomer sees and does, in that order.

Words are looked up in the catalogue, so that a better wording breaks nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser import sites
from tests.browser.sites import Site
from tests.browser.walking import press, sign_in
from tiga.record import entries as record_entries
from tiga.record import proofs
from tiga.record.ed25519 import verify
from tiga.record.notes import NoteKey
from tiga.values.moments import ZONES, Instant
from tiga.values.words import LANGUAGES, SPOKEN, digits, say

TABS_MAX = 80
NARROW = {"width": 360, "height": 740}
REPLY = "EXERCISE. Our post fired one warning shot, seal-word-larch."
ACCOUNT = "EXERCISE. Two shots were heard at the invented post."

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sites.served(demo, tmp_path_factory.mktemp("walk") / "site") as running:
        yield running


@pytest.fixture
def tabs(chromium: Browser, site: Site) -> Iterator[Open]:
    """Opens a tab of its own for a person; at the end no tab may have told of an error or reached off the site."""
    told: list[str] = []
    contexts = []

    def tab_for(person: str = "nobody", language: str = "en", **more: object) -> Page:
        context = chromium.new_context(base_url=site.address, locale="en-US", reduced_motion="reduce", **more)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: told.append(f"console: {message.text}") if strange(message) else None)
        tab.on("pageerror", lambda error: told.append(f"script: {error}"))
        tab.on(
            "request",
            lambda asked: None if asked.url.startswith((site.address, "data:", "blob:")) else told.append(asked.url),
        )
        sign_in(tab, person, language)
        return tab

    def strange(message: object) -> bool:
        """An error or warning; but Chromium tells of every answer of 400 and above, and a refusal (409, 422) is no fault."""
        text = str(message.text)  # type: ignore[attr-defined]
        return message.type in ("error", "warning") and not re.search(r"status of (409|422)", text)  # type: ignore[attr-defined]

    yield tab_for
    for context in contexts:
        context.close()
    assert told == []


def instants(where: Locator) -> list[str]:
    """The instants that stand in a part of a page, without repeats, in its order."""
    return list(dict.fromkeys(where.locator("time").evaluate_all("all => all.map(one => one.dateTime)")))


def button(tab: Page | Locator, code: str, language: str = "en") -> Locator:
    return tab.get_by_role("button", name=say(code, language), exact=True)


def refusal(tab: Page) -> list[str]:
    """The lines of a refusal on a page."""
    return [" ".join(line.split()) for line in tab.locator(".notice.refused p").all_inner_texts()]


def drawn(tab: Page) -> None:
    tab.wait_for_selector('.tiga-map[data-drawn="true"]', timeout=10_000)


def test_overview_shows_due_map_record_and_a_guide_that_can_be_put_away(tabs: Open) -> None:
    tab = tabs()
    tab.goto("/")
    assert tab.locator("section.shelf h2").all_inner_texts() == ["EXERCISE", say("page.press_mark")] or (
        tab.locator("section.shelf h2").all_inner_texts() == [say("page.press_mark"), "EXERCISE"]
    )
    for record in ("press", "exercise"):
        tab.goto(f"/{record}/")
        drawn(tab)
        headings = tab.locator("main h2").all_inner_texts()
        wanted = [say(f"overview.{part}") for part in ("due", "incidents", "sitrep")] + [
            say("nav.map"),
            say("nav.record"),
        ]
        assert [heading for heading in wanted if heading not in headings] == []
    assert tab.locator("aside.guide").count() == 1
    press(button(tab, "guide.away"))
    assert tab.locator("aside.guide").count() == 0
    tab.goto("/press/")
    assert tab.locator("aside.guide").count() == 0


def test_agreement_counts_its_gaps_and_shows_both_readouts(tabs: Open) -> None:
    tab = tabs()
    tab.goto("/press/agreement/")
    count = int(re.sub(r"\D", "", tab.locator(".gap-count").inner_text()))
    by = set(tab.locator("blockquote.readout").evaluate_all("all => all.map(one => one.dataset.by)"))
    assert {"islamabad", "kabul", "joint_statement"} - by == set()
    assert tab.locator(".clause.placeholder").count() > 0
    press(tab.get_by_role("link", name=say("overview.see_gaps")))
    assert tab.locator("ol.clauses > li").count() == count


def december(tab: Page) -> str:
    """The address of the grouping that holds the accounts of the night of 5 December 2025 at Chaman and Spin Boldak."""
    tab.goto("/press/incidents/")
    best, address = 0, ""
    for row in tab.locator("tbody tr").all():
        number = int(row.locator("td.number").first.inner_text())
        if "2025-12-05" in row.inner_text() and number > best:
            best, address = number, str(row.locator("a").first.get_attribute("href"))
    return address


def test_december_two_clocks_sixty_minutes_apart(tabs: Open) -> None:
    tab = tabs()
    tab.goto(december(tab))
    drawn(tab)
    assert tab.locator("figure.axis svg").count() == 1
    starts = {instants(report.locator("dl.facts dd").first)[0] for report in tab.locator("article.report").all()}
    evening = sorted(Instant.parse(text).ms for text in starts if text.startswith("2025-12-05T1"))
    wanted = [Instant.parse(f"2025-12-05T{hour}:00:00.000Z").ms for hour in (17, 18)]
    assert [ms for ms in wanted if ms not in evening] == []
    assert wanted[1] - wanted[0] == timedelta(minutes=60) // timedelta(milliseconds=1)
    scripts = set(tab.locator("blockquote.asserted-words").evaluate_all("all => all.map(one => one.lang)"))
    assert {"en", "ur", "ps", "prs"} - scripts == set()
    rows = tab.locator("tr.indeterminate").all_inner_texts()
    assert [say("side.indeterminate") in row for row in rows if "Spin Boldak" in row] == [True] * sum(
        "Spin Boldak" in row for row in rows
    )
    assert any("Spin Boldak" in row for row in rows)


def test_not_the_same_splits_and_undo_restores(tabs: Open) -> None:
    tab = tabs("monitor")
    address = december(tab)
    tab.goto(address)
    before = tab.locator("article.report").count()
    pair = tab.locator("details:has(form.decide)").first
    pair.locator("summary").click()
    press(button(pair, "incident.not_same"))
    assert refusal(tab) != []  # a word without a reason is refused
    tab.goto(address)
    pair = tab.locator("details:has(form.decide)").first
    pair.locator("summary").click()
    pair.locator('input[name="reason"]').fill("Another hour and another place.")
    press(button(pair, "incident.not_same"))
    assert tab.locator(".notice.done").count() == 1
    assert tab.locator("article.report").count() < before
    press(button(tab, "incident.undo").first)
    assert tab.locator(".notice.done").count() == 1
    assert tab.locator("article.report").count() == before
    assert tab.locator("ol.timeline, ul.timeline").last.get_by_text(say("incident.withdrawn")).count() == 1


def reach(tab: Page, id: str) -> None:
    """Press Tab until a field has the focus."""
    for _ in range(TABS_MAX):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.id") == id:
            return
    raise AssertionError(f"{id} cannot be reached with the Tab key")


def choose(tab: Page, id: str, value: str) -> None:
    """Choose an option with the arrow keys alone."""
    reach(tab, id)
    for _ in range(TABS_MAX):
        if tab.input_value(f"#{id}") == value:
            return
        tab.keyboard.press("ArrowDown")
    raise AssertionError(f"{id}: {value} cannot be chosen with the arrow keys")


def complain(tab: Page) -> None:
    """File a complaint with the keyboard alone."""
    tab.goto("/exercise/")
    now = Instant.parse(instants(tab.locator("p.lede"))[0])
    tab.goto("/exercise/complaints/new/")
    zone = timezone(timedelta(minutes=ZONES.get(tab.input_value("#f-zone"), 0)))
    local = datetime.fromtimestamp(now.ms // 60_000 * 60, zone) - timedelta(hours=3)
    choose(tab, "f-provision", "P-01")
    choose(tab, "f-act", "H1")
    reach(tab, "f-start")
    tab.keyboard.type(local.strftime("%m%d%Y"))
    tab.keyboard.press("ArrowRight")
    tab.keyboard.type(local.strftime("%I%M%p"))
    assert tab.input_value("#f-start") == local.strftime("%Y-%m-%dT%H:%M")
    reach(tab, "f-toponym")
    tab.keyboard.type("Exercise Post Walk (invented)")
    reach(tab, "f-account")
    tab.keyboard.type(ACCOUNT)
    for _ in range(TABS_MAX):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.textContent") == say("complaint.file"):
            break
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile(r"/exercise/cases/[^/]{43}/$"))


def receipt_verifies(tab: Page) -> None:
    """The receipt names the entry; its proof leads from the note as shown to the signed head."""
    links = tab.locator(".notice.done a").evaluate_all("all => all.map(one => one.href)")
    index = int(re.sub(r"\D", "", tab.locator(".notice.done p").inner_text().split(".")[0]))
    assert links == [
        urljoin(tab.url, f"/exercise/record/{index}/"),
        urljoin(tab.url, f"/exercise/record/{index}/proof"),
    ]
    got = tab.request.get(links[1])
    assert got.headers["content-disposition"] == f'attachment; filename="EXERCISE-{index:08d}.tlog-proof"'
    other = tab.context.new_page()
    other.goto(links[0])
    note = str(other.locator("pre code").first.text_content()).encode()
    other.goto("/exercise/record/")
    key = NoteKey.parse(str(other.locator("dl.facts code.hash").last.text_content()))
    other.close()
    place, head = proofs.verify(got.body(), note, key, verify)
    assert (place, head.size > index) == (index, True)
    with pytest.raises(record_entries.Refused):
        proofs.verify(got.body(), note.replace(b"EXERCISE", b"exercise", 1) + b" ", key, verify)


def notice(tab: Page) -> list[str]:
    return instants(tab.locator('section[aria-labelledby="h-notice"]'))


def fill_finding(tab: Page) -> None:
    tab.select_option("#finding-f-holding-i1", "established")
    tab.select_option("#finding-f-standard-i1", "balance_of_probabilities")
    attributions = tab.locator("#finding-f-attribution-i1 option").evaluate_all("all => all.map(one => one.value)")
    tab.select_option("#finding-f-attribution-i1", "state_act" if "state_act" in attributions else attributions[1])
    tab.locator('input[name="supports-i1"]').first.check()
    tab.locator('input[name="limitations-i1"][value="single_source"]').check()
    tab.fill("#finding-f-gist-i1", "EXERCISE. Two shots are held established.")
    press(button(tab, "case.adopt"))


def test_a_dispute_from_complaint_to_verified_dossier(tabs: Open, site: Site, tmp_path: Path) -> None:
    one, two = tabs("liaison-1"), tabs("liaison-2")
    first, second = tabs("mediator-1"), tabs("mediator-2")
    complain(one)
    case = one.url
    receipt_verifies(one)
    assert one.locator(".clocks .clock.running").count() >= 1
    two.goto(case)
    assert notice(two) == notice(one)
    assert len(notice(one)) == 2  # served, and replies due
    assert ACCOUNT in two.inner_text("main")
    two.fill("#reply", REPLY)
    press(button(two, "case.seal"))
    assert two.locator(".notice.done").count() == 1
    for other in (one, first, second):
        other.goto(case)
        assert (REPLY in other.content(), other.locator(".sealed-tag").count()) == (False, 1)
    first.fill("#admit-f-reasons", "EXERCISE. The complaint names what it needs to.")
    press(button(first, "case.admit"))
    assert first.locator(".notice.done").count() == 1
    second.fill("#admit-f-reasons", "EXERCISE. Said on a page that is out of date by now.")
    press(button(second, "case.admit"))
    told = refusal(second)
    assert told[-1].startswith(say("acting.remedy")) and len(told[-1]) > len(say("acting.remedy")) + 10
    assert first.locator("#finding-f-holding-i1").count() == 0  # nothing is offered while the reply clock runs
    press(button(first, "clock_move.week"))
    assert refusal(first) == []
    first.goto(case)
    press(button(first, "case.open_replies"))
    one.goto(case)
    assert REPLY in one.content()
    fill_finding(first)
    sign_with_second(first, second, case)
    first.goto(case)
    first.select_option("#det-f-disposition-i1", "violation")
    first.fill("#det-f-reasons", "EXERCISE. What is held is a breach of the provision.")
    press(button(first, "case.determine_sign"))
    sign_with_second(first, second, case)
    first.goto(case)
    press(first.locator('form[action$="/measure/"] button'))
    sign_with_second(first, second, case)
    explained(one, case)
    dossier_verifies(one, case, tmp_path)


def sign_with_second(first: Page, second: Page, case: str) -> None:
    """What the first mediator put down is entered, waits, and is in force with the second's signature."""
    assert (refusal(first), first.locator(".notice.done").count()) == ([], 1)
    assert first.get_by_text(say("case.awaits"), exact=True).count() == 1
    second.goto(case)
    press(button(second, "case.sign"))
    assert (refusal(second), second.locator(".notice.done").count()) == ([], 1)
    assert second.get_by_text(say("case.awaits"), exact=True).count() == 0


def explained(tab: Page, case: str) -> None:
    tab.goto(case)
    press(tab.locator('a[href*="/measures/"]').first)
    assert tab.locator("p.lede .tag").inner_text() == say("measure.again.same")
    assert tab.locator("ol.explanation > li").count() >= 5
    assert tab.locator("figure.axis svg").count() == 1


def dossier_verifies(tab: Page, case: str, folder: Path) -> None:
    """The dossier verifies offline as an exercise; a flipped byte does not."""
    tab.goto(case)
    got = tab.request.get(str(tab.locator('a[href$="/dossier/"]').get_attribute("href")))
    name = re.search(r'filename="(EXERCISE-[^"]+\.zip)"', got.headers["content-disposition"])
    assert name is not None
    whole, harmed = folder / name[1], folder / f"harmed-{name[1]}"
    whole.write_bytes(got.body())
    data = bytearray(got.body())
    data[data.index(b'"gist":"EXERCISE') + 20] ^= 0x01
    harmed.write_bytes(bytes(data))
    codes = [
        sites.tiga("verify", *given).returncode
        for given in ([str(whole), "--exercise"], [str(whole)], [str(harmed), "--exercise"])
    ]
    assert codes[0] == 0
    assert [code == 0 for code in codes[1:]] == [False, False]
    assert codes[2] == 1


MAIN_PAGES = (
    "/", "/sign-in/", "/press/", "/press/incidents/", "/press/map/", "/press/agreement/", "/press/agreement/gaps/",
    "/press/reports/", "/press/record/", "/exercise/", "/exercise/cases/", "/exercise/desk/", "/press/sitrep/",
)  # fmt: skip


@pytest.mark.parametrize("language", SPOKEN)
def test_each_language_on_a_telephone(tabs: Open, language: str) -> None:
    """Direction and digits are the language's, and no page is wider than 360 pixels."""
    tab = tabs("mediator-1", language, viewport=NARROW)
    tab.goto("/exercise/cases/")
    links = tab.locator("main tbody a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    wide = []
    for path in (*MAIN_PAGES, december(tab), links[0]):
        tab.goto(path)
        tab.wait_for_load_state("load")
        assert tab.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
            language, LANGUAGES[language].direction,
        ]  # fmt: skip
        width = tab.evaluate("document.documentElement.scrollWidth")
        if width > NARROW["width"]:
            wide.append(f"{path}: {width} px, {tab.evaluate(WIDEST)}")
    assert wide == []
    tab.goto("/press/record/")
    size = str(tab.locator("dl.facts dd").nth(1).inner_text())
    assert size == digits(str(int(size)), language)  # int() reads the digits of every script
    assert tab.locator(".unreviewed").count() == int(language != "en")


WIDEST = """
(() => {
  const scrolls = '.scroll, .tiga-map, pre';
  const far = [...document.querySelectorAll('body *')].filter((one) => {
    const box = one.getBoundingClientRect();
    return (box.right > innerWidth + 1 || box.left < -1) && !one.closest(scrolls);
  });
  return far.length ? far[far.length - 1].outerHTML.slice(0, 160) : '';
})()
"""
"""What reaches past the edge of the screen and does not stand in something that scrolls."""


def test_situation_report_opens_and_ends_with_what_it_cannot_see(tabs: Open) -> None:
    for language in SPOKEN:
        tab = tabs("nobody", language)
        tab.goto("/press/")
        press(tab.locator('a[href="/press/sitrep/"]'))
        assert tab.locator("main section").last.get_attribute("id") == "sitrep-unseen"
        assert tab.locator("main section h2").last.inner_text() == say("publish.sitrep.section.unseen", language)
        assert tab.locator("td.unseen").count() > 0
