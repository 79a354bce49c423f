"""`verify.html` in Chromium, opened from a file: verdicts, what the reader brings, languages, keyboard, a narrow screen, axe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import axe_core_python
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.browser import sites
from tests.core.record import forgeries
from tests.core.record.forgeries import BOTH_COSIGN, LOG, MEDIATOR, MONITOR, ORIGIN, OWN, WITNESSES, Made, act, log_of
from tiga.publish import tools
from tiga.record.container import pack
from tiga.values.words import LANGUAGES, catalogue, say

NPM = sites.ROOT / "build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
RUN = "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations']})"
OUTSIDE = """() => [...document.querySelectorAll("main *:not(thead, thead *)")].filter((one) => {
  const box = one.getBoundingClientRect();
  return one.checkVisibility() && (box.right > 361 || box.left < -1);
}).map((one) => one.outerHTML.slice(0, 120))"""
"""What stands outside of a screen of 360 pixels."""
VERDICT_MS_MAX = 60_000
ISOLATES = dict.fromkeys(map(ord, "\u2068\u2069"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page and what is checked on it."""
    made = tmp_path_factory.mktemp("verify")
    (made / "verify.html").write_bytes(tools.verify_html())
    (made / "good.zip").write_bytes(pack(Made().members()))
    (made / "bad.zip").write_bytes(pack(forgeries.FORGERIES["wrong signature"][1]()))
    (made / "exercise.zip").write_bytes(pack(forgeries.exercise()))
    (made / "markup.zip").write_bytes(pack(log_of(act("report.file", {"a": MARKUP}, MONITOR))))
    (made / "policy").write_text(BOTH_COSIGN)
    (made / "key").write_text(f"# the depositary's copy\n\nlog {LOG.key.vkey} https://log.example/\n")
    return made


MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture
def tab(chromium: Browser, folder: Path) -> Iterator[Page]:
    """The page under its own content policy; it may not say, ask or break anything."""
    context = chromium.new_context(locale="en-US", reduced_motion="reduce")
    page = context.new_page()
    told: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        told.append(f"{message.type}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: told.append(request.url))
    page.goto((folder / "verify.html").as_uri())
    yield page
    context.close()
    assert told == [(folder / "verify.html").as_uri()]


def check(tab: Page, file: Path | None, log_key: str = "", **more: str) -> tuple[str, str]:
    """Choose a file and check it; the kind of the verdict and its code."""
    if file is not None:
        tab.set_input_files("#dossier", str(file))
    tab.fill("#log-key", log_key)
    tab.locator("button.main").click()
    tab.wait_for_selector("#verdict .verdict", timeout=VERDICT_MS_MAX)
    verdict = tab.locator("#verdict .verdict")
    return str(verdict.get_attribute("class")).split()[-1], str(verdict.get_attribute("data-code"))


def fact(tab: Page, name: str) -> str:
    return tab.locator(f'[data-fact="{name}"]').inner_text()


def test_a_good_dossier_holds_under_the_key_given_and_is_told(tab: Page, folder: Path) -> None:
    assert check(tab, folder / "good.zip", LOG.key.vkey) == ("holds", "")
    assert say("verify_page.holds") in tab.locator("#verdict").inner_text()
    assert say("verify_page.measures") in tab.locator("#verdict").inner_text()
    names = ("file", "origin", "case", "size", "entries_here")
    assert [fact(tab, name) for name in names] == ["good.zip", ORIGIN, "c-417", "6", "6"]
    rows = tab.locator('[data-table="entries"] tbody tr.above')
    assert rows.count() == 6
    cells = [cell.replace("\n", " ") for cell in rows.nth(4).locator("td").all_inner_texts()]
    assert cells == [
        "4",
        "evidence.deposit",
        "2025-11-03T07:41:22.318Z",
        "mediator, b, custody own: mediator/1 monitor, a, custody own: monitor/2",
        "a 2025-11-03T07:30:00Z b 2025-11-03T07:31:00Z",
        "released: 1, commitments: 4",
    ]
    files = tab.locator('[data-table="files"] tbody tr')
    assert [files.nth(i).locator("td").last.inner_text() for i in range(files.count())] == ["1", "4"]


def test_without_a_key_the_page_says_that_whose_it_is_was_not_shown(tab: Page, folder: Path) -> None:
    assert check(tab, folder / "good.zip") == ("unproven", "")
    assert say("verify_page.unproven") in tab.locator("#verdict").inner_text()
    assert LOG.key.vkey in fact(tab, "log_key")


def test_a_forged_dossier_is_refused_with_its_reason_and_place(tab: Page, folder: Path) -> None:
    assert check(tab, folder / "bad.zip", LOG.key.vkey) == ("refused", "record.refused.signature")
    text = tab.locator("#verdict").inner_text()
    assert say("record.refused.signature", name=MONITOR.key.name).translate(ISOLATES) in text
    assert "entries/00000003.note" in text
    assert say("verify_page.steps.entries") in text
    assert tab.locator("#result").inner_text() == ""


def test_a_new_choice_clears_the_verdict(tab: Page, folder: Path) -> None:
    check(tab, folder / "good.zip")
    tab.set_input_files("#dossier", str(folder / "bad.zip"))
    assert (tab.locator("#verdict").inner_text(), tab.locator("#result").inner_text()) == ("", "")


def test_an_exercise_is_refused_in_red_unless_it_is_asked_for(tab: Page, folder: Path) -> None:
    band = tab.locator(".band")
    assert check(tab, folder / "exercise.zip") == ("refused", "record.refused.exercise")
    assert band.inner_text() == say("verify_page.exercise_band")
    assert say("verify_page.exercise_hint") in tab.locator("#verdict").inner_text()
    tab.check("#exercise")
    assert check(tab, None) == ("unproven", "")
    assert band.inner_text() == say("verify_page.exercise_band")
    assert band.evaluate("one => getComputedStyle(one).backgroundColor") == "rgb(140, 29, 24)"
    assert check(tab, folder / "good.zip") == ("refused", "record.refused.not_exercise")
    assert band.count() == 0


def test_the_reader_brings_a_policy_an_own_witness_and_a_key_in_a_file(tab: Page, folder: Path) -> None:
    tab.set_input_files("#log-key-file", str(folder / "key"))
    tab.set_input_files("#policy", str(folder / "policy"))
    tab.fill("#own", WITNESSES[0].key.vkey)
    assert check(tab, folder / "good.zip") == ("holds", "")
    assert fact(tab, "policy_sha256") == forgeries.dossier.sha256_hex((folder / "policy").read_bytes())
    assert say("verify_page.holds_policy") in tab.locator("#verdict").inner_text()
    tab.fill("#own", OWN.key.vkey)
    assert check(tab, folder / "good.zip") == ("refused", "record.refused.own_witness")


@pytest.mark.parametrize(("field", "typed"), [("log-key", "x"), ("own", "name+00000000+AQ==")])
def test_what_cannot_be_used_is_told_at_its_field(tab: Page, folder: Path, field: str, typed: str) -> None:
    tab.set_input_files("#dossier", str(folder / "good.zip"))
    tab.fill(f"#{field}", typed)
    tab.locator("button.main").click()
    tab.wait_for_selector(f"#{field}[aria-invalid=true]")
    assert say("verify_page.unusable") in tab.locator(f"#{field}-fault").inner_text()
    assert tab.evaluate("document.activeElement.id") == field
    assert tab.locator("#verdict").inner_text() == ""


def test_a_missing_file_and_a_bad_policy_are_told_at_their_fields(tab: Page, folder: Path) -> None:
    tab.set_input_files("#policy", {"name": "p", "mimeType": "text/plain", "buffer": b"quorum x\n"})
    tab.locator("button.main").click()
    tab.wait_for_selector("#policy[aria-invalid=true]")
    assert tab.locator("#dossier-fault").inner_text() == say("verify_page.no_file")
    said = say("record.refused.policy_unknown", line=1, name="x").translate(ISOLATES)
    assert said in tab.locator("#policy-fault").inner_text()


def test_a_file_dropped_on_the_page_is_taken(tab: Page, folder: Path) -> None:
    data = list((folder / "good.zip").read_bytes())
    tab.evaluate(
        """bytes => {
          const carried = new DataTransfer();
          carried.items.add(new File([new Uint8Array(bytes)], "dropped.zip"));
          document.querySelector("h1").dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true}));
        }""",
        data,
    )
    assert check(tab, None, LOG.key.vkey) == ("holds", "")
    assert fact(tab, "file") == "dropped.zip"


def test_what_a_dossier_says_is_never_markup(tab: Page, folder: Path) -> None:
    assert check(tab, folder / "markup.zip", LOG.key.vkey) == ("holds", "")
    tab.locator("#result details summary").nth(1).click()
    assert MARKUP in tab.locator("#result details pre").nth(1).inner_text()
    assert tab.locator("#result img, #result script").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_its_direction_and_its_words(tab: Page, folder: Path, language: str) -> None:
    check(tab, folder / "good.zip", LOG.key.vkey)
    tab.locator(f'#languages button[lang="{language}"]').click()
    html = tab.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == (language, LANGUAGES[language].direction)
    own = catalogue(language).texts
    assert tab.locator("h1").inner_text() == own["verify_page.title"]
    assert own["verify_page.holds"] in tab.locator("#verdict").inner_text()
    assert tab.locator('#languages button[aria-pressed="true"]').get_attribute("lang") == language
    assert tab.locator("#unreviewed").is_visible() == (not catalogue(language).reviewed)
    size = "6".translate(str.maketrans("0123456789", LANGUAGES[language].digits))
    assert fact(tab, "size") == size
    check(tab, folder / "bad.zip")
    code = "record.refused.signature"
    said = own.get(code, catalogue("en").texts[code]).partition("{")[0]
    assert said in tab.locator("#verdict").inner_text()
    english = tab.locator('#verdict p[lang="en"][dir="ltr"]').count()
    assert english == (0 if code in own else 1)


def test_the_page_begins_in_the_readers_language(chromium: Browser, folder: Path) -> None:
    for locale, language in (("ur-PK", "ur"), ("fa-AF", "prs"), ("tr", "tr"), ("de-DE", "en")):
        context = chromium.new_context(locale=locale)
        page = context.new_page()
        page.goto((folder / "verify.html").as_uri())
        assert page.locator("html").get_attribute("lang") == language
        context.close()


def test_all_of_it_works_from_the_keyboard(tab: Page, folder: Path) -> None:
    tab.set_input_files("#dossier", str(folder / "good.zip"))
    order = []
    for _ in range(13):
        tab.keyboard.press("Tab")
        order.append(tab.evaluate("document.activeElement.id || document.activeElement.lang || 'check'"))
    fields = ["dossier", "log-key", "log-key-file", "policy", "own", "exercise"]
    assert order == [*LANGUAGES, *fields, "check"]
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#verdict .verdict")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.tagName") == "SUMMARY"
    tab.keyboard.press("Enter")
    assert tab.locator("#result details[open]").count() == 1
    assert tab.locator("#verdict").get_attribute("aria-live") == "assertive"


@pytest.mark.parametrize("language", ["en", "ur"])
def test_nothing_runs_over_a_narrow_screen(tab: Page, folder: Path, language: str) -> None:
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.locator(f'#languages button[lang="{language}"]').click()
    check(tab, folder / "good.zip", LOG.key.vkey)
    for one in tab.locator("#result details").all():
        one.evaluate("one => { one.open = true }")
    assert tab.evaluate("document.documentElement.scrollWidth") == 360
    assert tab.evaluate(OUTSIDE) == []


def test_print_shows_the_verdict_and_not_the_form(tab: Page, folder: Path) -> None:
    check(tab, folder / "good.zip", LOG.key.vkey)
    tab.emulate_media(media="print")
    assert [tab.locator(one).is_visible() for one in ("form", "nav", "#verdict", "#result")] == [
        False,
        False,
        True,
        True,
    ]


def test_a_large_dossier_leaves_the_page_alive(tab: Page, tmp_path: Path) -> None:
    """200 entries with two signatures each: the page counts its own ticks while it works, and shows how far it is."""
    notes = [act("report.file", {"number": number}, MONITOR, MEDIATOR) for number in range(200)]
    (tmp_path / "large.zip").write_bytes(pack(log_of(*notes)))
    tab.evaluate(
        """() => {
          window.longest = 0; window.values = new Set(); let last = performance.now();
          setInterval(() => {
            const now = performance.now();
            window.longest = Math.max(window.longest, now - last); last = now;
            if (!document.getElementById("working").hidden) window.values.add(document.getElementById("progress").value);
          }, 10);
        }"""
    )
    assert check(tab, tmp_path / "large.zip", LOG.key.vkey) == ("holds", "")
    longest, shown = tab.evaluate("[window.longest, window.values.size]")
    assert longest < 1_500
    assert shown > 3
    assert tab.locator('[data-table="entries"] tbody tr.above').count() == 201


def axe() -> str:
    """The axe script that set-up fetched, else that of the Python package."""
    return (NPM if NPM.exists() else Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_violation(chromium: Browser, folder: Path, language: str) -> None:
    context = chromium.new_context(locale="en-US", reduced_motion="reduce", bypass_csp=True)
    page, found = context.new_page(), []
    page.goto((folder / "verify.html").as_uri())
    page.evaluate(axe())
    page.locator(f'#languages button[lang="{language}"]').click()

    def look(state: str) -> None:
        rows = page.evaluate(RUN)["violations"]
        found.extend(f"{state}: {row['id']} x{len(row['nodes'])} {row['nodes'][0]['html'][:200]}" for row in rows)

    look("before")
    page.locator("button.main").click()
    page.wait_for_selector("#dossier[aria-invalid=true]")
    look("a fault")
    for name in ("good.zip", "bad.zip", "exercise.zip"):
        check(page, folder / name, LOG.key.vkey if name == "good.zip" else "")
        look(name)
    page.check("#exercise")
    check(page, folder / "exercise.zip")
    look("an exercise")
    context.close()
    assert found == [], "\n" + "\n".join(found)


def test_a_changed_script_does_not_run(chromium: Browser, folder: Path, tmp_path: Path) -> None:
    """The content policy names the script by its hash: what a careless hand changes stays dead, and the notice stays."""
    changed = tools.verify_html().replace(b"const SLICE_MS = 30;", b"const SLICE_MS = 31;")
    assert changed != tools.verify_html()
    (tmp_path / "changed.html").write_bytes(changed)
    context = chromium.new_context()
    page = context.new_page()
    page.goto((tmp_path / "changed.html").as_uri())
    assert page.locator("#idle").is_visible()
    assert page.locator("#idle").inner_text() == say("verify_page.old_browser")
    assert page.evaluate("typeof tigaVerify") == "undefined"
    context.close()
