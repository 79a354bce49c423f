"""The form as a monitor meets it: ODK's own web engine shows it in Chromium, takes a position and a photograph, refuses what
the form refuses, and what it makes is sent to the server and becomes a report.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser import sites, test_accessibility
from tests.browser.sites import Client, Site
from tests.browser.walking import PAGE_MS_MAX, sign_in
from tests.core.intake.odk_samples import xml

ENGINE = sites.ROOT / "build" / "odk" / "node_modules"
FILES = {
    "vue.js": ENGINE / "vue" / "dist" / "vue.esm-browser.prod.js",
    **{path.name: path for path in (ENGINE / "@getodk" / "web-forms" / "dist").glob("*.js")},
}
HOST = """<!doctype html><html><meta charset="utf-8"><div id="form"></div>
<script type="importmap">{"imports": {"vue": "/odk-engine/vue.js"}}</script>
<script type="module">
import {createApp, h} from "vue";
import {OdkWebForm, webFormsPlugin} from "/odk-engine/index.js";
const server = "/exercise/openrosa/d/TOKEN";
const list = new DOMParser().parseFromString(await (await fetch(server + "/formList")).text(), "text/xml");
const formXml = await (await fetch(new URL(list.querySelector("downloadUrl").textContent).pathname)).text();
const send = async (made) => {
  const parts = made.data[0];
  const answer = await fetch(server + "/submission", {method: "POST", body: parts, credentials: "omit"});
  const xml = await parts.get("xml_submission_file").text();
  window.sent = {status: answer.status, engine: made.status, names: [...parts.keys()], xml};
};
const fetchFormAttachment = async () => { throw new Error("the form has no files"); };
createApp({render: () => h(OdkWebForm, {formXml, fetchFormAttachment, onSubmit: send})}).use(webFormsPlugin).mount("#form");
</script></html>"""
MONITOR = "tiga.example/exercise/monitor/1"


@pytest.fixture(scope="module")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with sites.served(demo, tmp_path_factory.mktemp("odk") / "site") as running:
        yield running


def secretariat(site: Site) -> Client:
    client = Client(site.address)
    client.sign_in("secretariat")
    return client


def enrolled(client: Client) -> str:
    """A new phone's token."""
    page = client.post("/exercise/phones/", [("key", MONITOR), ("label", "Web engine")]).text
    (token,) = re.findall(r'<code dir="ltr">([A-Za-z0-9_-]{43})</code>', page)
    return str(token)


def photo(path: Path) -> bytes:
    """A photograph of about 200 kB, of noise."""
    noise = Image.effect_noise((480, 480), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    path.write_bytes(out.getvalue())
    return out.getvalue()


def shown(chromium: Browser, site: Site, token: str) -> Page:
    """The form, shown by the engine at an address of the site itself."""
    assert FILES["vue.js"].exists(), "ODK's web engine is not here: run ./dev test once"

    def engine(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name in FILES:
            route.fulfill(path=FILES[name], content_type="text/javascript")
        else:
            route.fulfill(body=HOST.replace("TOKEN", token), content_type="text/html")

    context = chromium.new_context(
        base_url=site.address, locale="en-US", timezone_id="Asia/Karachi", permissions=["geolocation"],
        geolocation={"latitude": 0.1234567, "longitude": -0.25, "accuracy": 60}, viewport={"width": 900, "height": 1400},
    )  # fmt: skip
    tab = context.new_page()
    tab.set_default_timeout(20_000)
    tab.route(
        lambda url: not url.startswith(site.address), lambda route: route.abort()
    )  # tiles of a map of the world's
    tab.route("**/odk-engine/**", engine)
    tab.goto("/odk-engine/")
    question(tab, "How exact is the time?").wait_for()
    return tab


def question(tab: Page, label: str) -> Locator:
    return tab.locator(".question-container").filter(has_text=label).first


def check(tab: Page, label: str, answer: str) -> None:
    question(tab, label).get_by_text(answer, exact=True).click()


def choose(tab: Page, label: str, answer: str) -> None:
    question(tab, label).locator("[role=combobox]").click()
    tab.get_by_role("option", name=answer, exact=True).click()


def write(tab: Page, label: str, answer: str) -> None:
    box = question(tab, label).locator("input, textarea").first
    box.click()
    box.press_sequentially(answer)
    box.press("Tab")
    tab.keyboard.press("Escape")


def day_of_last_month(tab: Page, label: str) -> None:
    question(tab, label).locator("input").click()
    tab.get_by_label("Previous Month").first.click()
    tab.locator(".p-datepicker-day:not(.p-disabled)", has_text="12").first.click()
    tab.keyboard.press("Escape")


def fill(tab: Page, file: Path) -> None:
    """Every question that must be answered, with a position and a photograph."""
    day_of_last_month(tab, "Date (local)")
    check(tab, "How exact is the time?", "to the minute")
    write(tab, "Time of day (local)", "10:30 am")
    choose(tab, "Zone of this time", "UTC")
    write(tab, "Place, as it is called", "Stonebridge")
    check(tab, "Do you know the point?", "Yes: here, where I stand")
    tab.get_by_role("button", name="Get location").click()
    tab.get_by_role("button", name="Save location").click()
    write(tab, "Within how many metres", "50")
    check(tab, "Acts spoken of", "H1 · Small-arms fire across the line")
    check(tab, "Is it said that it happened", "It happened")
    check(tab, "How is it known?", "Heard")
    choose(tab, "Who is said to have acted?", "Nobody is named")
    choose(tab, "Language of the account", "English")
    write(tab, "What happened, and how is it known?", "Three shots were heard.")
    check(tab, "People harmed", "No")
    write(tab, "Your team or post", "Team North")
    tab.set_input_files("input[type=file]", str(file))
    check(tab, "Can a person be recognised", "Nobody can be recognised or found")


def test_the_engine_fills_in_the_form_and_the_report_is_there(chromium: Browser, site: Site, tmp_path: Path) -> None:
    client = secretariat(site)
    tab = shown(chromium, site, enrolled(client))
    data = photo(tmp_path / "photo.jpg")
    fill(tab, tmp_path / "photo.jpg")
    tab.get_by_role("button", name="Send").click()
    tab.wait_for_function("() => window.sent !== undefined")
    sent = tab.evaluate("() => window.sent")
    assert (sent["engine"], sent["status"], sent["names"][0]) == ("ready", 201, "xml_submission_file")
    assert len(sent["names"]) == 2
    answers = {row.tag.rpartition("}")[2]: row.text for row in ElementTree.fromstring(sent["xml"]).iter()}
    assert [float(part) for part in str(answers["here"]).split()][:2] == [0.1234567, -0.25]
    assert str(answers["time"])[:5] == "10:30"
    page = client.post("/exercise/submissions/", []).text  # or `tiga routine` has been faster
    sha256 = hashlib.sha256(data).hexdigest()
    assert page.count(sha256) == 1
    (link,) = re.findall(r'href="(/exercise/submissions/[0-9a-f]{64}/[0-9a-f]{64})"', page)
    assert client.get(link).body == data
    (report,) = re.findall(r'href="(/exercise/reports/[A-Za-z0-9_-]{43}/)"', page)
    text = client.get(report).text
    assert [word for word in ("Stonebridge", "Three shots were heard.", f"sha256:{sha256}") if word not in text] == []
    tab.context.close()


def test_what_the_form_refuses_is_not_sent(chromium: Browser, site: Site) -> None:
    tab = shown(chromium, site, enrolled(secretariat(site)))
    tab.get_by_role("button", name="Send").click()
    tab.get_by_text("This is needed.").first.wait_for()
    check(tab, "Do you know the point?", "Yes: elsewhere, on the map")
    write(tab, "Within how many metres", "0")
    question(tab, "Within how many metres").get_by_text("Give a whole number of metres from 1 to 500000.").wait_for()
    assert tab.evaluate("() => window.sent === undefined") is True
    tab.context.close()


@pytest.mark.parametrize(("own_name", "words"), [
    ("اردو", ("کب", "تاریخ (مقامی)")), ("پښتو", ("کله", "نېټه (ځايي)")), ("دری", ("چه وقت", "تاریخ (محلی)")),
    ("Türkçe", ("Ne zaman", "Tarih (yerel)")), ("العربية", ("متى", "التاريخ (المحلي)")),
])  # fmt: skip
def test_the_form_speaks_each_language(chromium: Browser, site: Site, own_name: str, words: tuple[str, ...]) -> None:
    tab = shown(chromium, site, enrolled(secretariat(site)))
    tab.locator("[aria-label='change language']:visible").first.click()
    tab.get_by_role("option", name=re.compile(own_name)).first.click()
    for word in words:
        expect(tab.get_by_text(word, exact=True).first).to_be_visible(timeout=PAGE_MS_MAX)
    tab.context.close()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_pages_are_accessible(chromium: Browser, site: Site, language: str) -> None:
    """With versions side by side, files, faults and a conflict on the page."""
    token, context = enrolled(secretariat(site)), chromium.new_context(base_url=site.address, bypass_csp=True)
    for number, base, zone in (("1", "", "CET"), ("2", "uuid:a1", "UTC"), ("3", "uuid:a1", "UTC")):
        data = xml(f"uuid:a{number}", base, zone=zone, photo="x.jpg")
        answer = context.request.post(f"/exercise/openrosa/d/{token}/submission", multipart={
            "xml_submission_file": {"name": "s.xml", "mimeType": "text/xml", "buffer": data},
            "x.jpg": {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": number.encode()},
        })  # fmt: skip
        assert answer.status in (201, 409)
    tab, script = context.new_page(), test_accessibility.axe()
    sign_in(tab, "secretariat", language)
    paths = ("/exercise/submissions/", "/exercise/phones/")
    assert [test_accessibility.violations(tab, path, script) for path in paths] == [[], []]
    context.close()


def test_the_settings_of_a_phone_are_json_with_its_address(site: Site) -> None:
    client = secretariat(site)
    page = client.post("/exercise/phones/", [("key", MONITOR), ("label", "Settings")]).text
    (told,) = re.findall(r"<pre[^>]*><code>(\{.*?\})</code>", page, re.DOTALL)
    general = json.loads(told.replace("&quot;", '"'))["general"]
    answer = client.get(f"{general['server_url']}/formList")
    assert (answer.status, general["image_size"]) == (200, "original_image_size")
