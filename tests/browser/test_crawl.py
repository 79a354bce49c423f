"""The crawler: every reader follows every link and sends every form, and nothing breaks, leaks or speaks the wrong tongue.

Rules
1. Each reader follows every link of the site, save on the press record where another reader sees the very same pages.
   The language turns from reader to reader, so that each address is read in each language by somebody; pages of each
   kind are read by every reader in every language.
2. Each form is sent empty and filled, on a copy of the demo that is thrown away. An offered form may be refused; it may
   not lead nowhere or break.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import reading, sites
from tests.browser.reading import Form, Page
from tests.browser.sites import Answer, Client, Site
from tiga import shipped
from tiga.values.words import LANGUAGES, SPOKEN, missing, say

PAGES_MAX = 4000
OF_A_KIND = 2
"""Pages of one kind that every reader reads in every language."""
FORMS_OF_A_KIND = 2
SID = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9_-]{43}(?:~[0-9]{1,3})?")
TWINS = ("liaison-1", "liaison-2", "mediator-2")
PAPER_MARKS = ("agenda", "sitrep")
HANDED = (
    ("/exercise/cases/SID/evidence/SID", "application/octet-stream"), ("/exercise/cases/SID/dossier/", "application/zip"),
)  # fmt: skip
"""Forms that hand out a file, for that enters a line of the disclosure log."""
POLICY = "default-src 'none'"


def kind_of(path: str) -> str:
    """An address with what names one object taken out."""
    return re.sub(r"\d+", "N", SID.sub("SID", path))


@pytest.fixture(params=sites.READERS)
def person(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def site(demo: Path, tmp_path: Path) -> Iterator[Site]:
    with sites.served(demo, tmp_path / "site") as running:
        yield running


@pytest.mark.parametrize("language", SPOKEN)
def test_no_word_is_missing(language: str) -> None:
    assert missing(language) == []


def test_every_link_and_every_form(site: Site, person: str) -> None:
    client = Client(site.address)
    client.sign_in(person)
    forms = check_links(client, person)
    check_forms(client, person, forms)


def check_links(client: Client, person: str) -> list[tuple[str, Form]]:
    """Follow every link in every language; returns the forms that stand on the pages, a few of each kind."""
    turn = sites.READERS.index(person)
    faults: list[str] = []
    samples: dict[str, list[str]] = {}
    forms: dict[str, list[tuple[str, Form]]] = {}
    seen, queue = {"/"}, ["/", "/sign-in/"]
    queued: dict[str, int] = {}
    client.speak(SPOKEN[turn % 3])
    while queue and len(seen) < PAGES_MAX:
        path = queue.pop(0)
        answer = client.get(path)
        samples.setdefault(kind_of(path), []).append(path)
        found, links = _look(path, answer, SPOKEN[turn % 3])
        faults += found
        for form in reading.read(answer.text).forms if answer.kind == "text/html" else ():
            forms.setdefault(f"{kind_of(path)} {kind_of(form.action)}", []).append((path, form))
        fresh = [link for link in dict.fromkeys(links) if link not in seen]
        seen.update(fresh)
        queue += [link for link in fresh if _followed(person, link, queued)]
    assert len(seen) < PAGES_MAX
    for language in (SPOKEN[(turn + 1) % 3], SPOKEN[(turn + 2) % 3]):
        client.speak(language)
        for path in [path for paths in samples.values() for path in paths[:OF_A_KIND]]:
            faults += _look(path, client.get(path), language)[0]
    assert faults == [], told(faults)
    assert len(samples) >= 20
    rows = [row for kind, several in forms.items() if not _everywhere(kind) for row in several[:FORMS_OF_A_KIND]]
    return sorted(rows, key=lambda row: (row[1].action in ("/sign-in/demo/", "/sign-out/"), row[1].action))


def _everywhere(kind: str) -> bool:
    """Whether a form is one of the masthead's, which stand on every page: on the first page they are sent, elsewhere not."""
    path, _, action = kind.partition(" ")
    return action in ("/language/", "/sign-out/") and path != "/"


def told(faults: list[str]) -> str:
    """Faults by kind of page, one example each, with how often."""
    kinds: dict[str, list[str]] = {}
    for fault in faults:
        path, _, what = fault.partition(" ")
        kinds.setdefault(f"{kind_of(path)} {what}", []).append(path)
    return "\n" + "\n".join(f"{kind}   ({len(paths)} times, as at {paths[0]})" for kind, paths in sorted(kinds.items()))


def _followed(person: str, link: str, queued: dict[str, int]) -> bool:
    """Whether a reader goes to a link: to every one, but readers with a twin on the press record (liaison officers read
    it as the analyst does, one mediator as the other) go to some pages of each kind there."""
    kind = kind_of(link)
    queued[kind] = queued.get(kind, 0) + 1
    return not (person in TWINS and link.startswith("/press/") and queued[kind] > 2 * OF_A_KIND)


def _look(path: str, answer: Answer, language: str) -> tuple[list[str], list[str]]:
    """Faults of one answer, and the links of this site that it holds."""
    told = [] if answer.status == 200 else [f"{path}: {answer.status}"]
    told += _file_faults(path, answer)
    if answer.kind != "text/html":
        return told, []
    page = reading.read(answer.text)
    told += [f"{path} [{language}]: {fault}" for fault in page_faults(path, page, answer, language)]
    links = []
    for link in (*page.links, *page.assets):
        whole = urllib.parse.urlsplit(urllib.parse.urljoin(answer.url, link))
        if whole.fragment and whole.path == urllib.parse.urlsplit(answer.url).path and whole.fragment not in page.ids:
            told.append(f"{path}: no #{whole.fragment}")
        if f"{whole.scheme}://{whole.netloc}" == _host(answer.url):
            links.append(whole.path + (f"?{whole.query}" if whole.query else ""))
        else:
            told.append(f"{path}: leads off the site, {link}")
    return told, [link for link in links if not link.startswith("/sign-in/?")]


def _host(url: str) -> str:
    whole = urllib.parse.urlsplit(url)
    return f"{whole.scheme}://{whole.netloc}"


def _file_faults(path: str, answer: Answer) -> list[str]:
    """A file of the exercise says so in its name, and a policy stands on every answer."""
    told = []
    named = answer.headers.get("content-disposition", "")
    if path.startswith("/exercise/") and named and not named.startswith('attachment; filename="EXERCISE-'):
        told.append(f"{path}: not marked as an exercise, {named}")
    if not path.startswith("/static/") and POLICY not in answer.headers.get("content-security-policy", ""):
        told.append(f"{path}: no content policy")
    return told


def page_faults(path: str, page: Page, answer: Answer, language: str) -> list[str]:
    told = []
    if (page.language, page.direction) != (language, LANGUAGES[language].direction):
        told.append(f"lang={page.language} dir={page.direction}")
    if page.h1 != 1:
        told.append(f"{page.h1} first headings")
    if twice := sorted({id for id in page.ids if page.ids.count(id) > 1}):
        told.append(f"ids given twice: {twice[:3]}")
    text = " ".join(page.text)
    if path.startswith("/exercise/") and "EXERCISE" not in text:
        told.append("no EXERCISE mark")
    if path.startswith("/press/") and say("page.press_mark", language) not in text and not _paper(path):
        told.append("no press mark")
    if path.startswith("/press/") and "EXERCISE" in text:
        told.append("EXERCISE on the press record")
    if language != "en" and page.stray:
        told.append(f"stray: {' '.join(dict.fromkeys(page.stray))[:160]}")
    return told


def _paper(path: str) -> bool:
    return path.split("?")[0].rstrip("/").rsplit("/", 1)[-1] in PAPER_MARKS


def check_forms(client: Client, person: str, forms: list[tuple[str, Form]]) -> None:
    """Send every form empty, then filled; a form without fields to fill is sent once."""
    turn = sites.READERS.index(person)
    faults: list[str] = []
    for fill in (False, True):
        client.sign_in(person)  # the last forms of a round sign in as others, and out
        language = SPOKEN[(turn + fill) % 3]
        client.speak(language)
        for where, form in forms:
            if fill and not form.fields:
                continue
            for values in _answers(where, form, fill):
                if form.method == "get":
                    answer = client.get(f"{form.action or where.partition('?')[0]}?{urllib.parse.urlencode(values)}")
                else:
                    answer = client.post(form.action or where, values, _file(form, fill))
                faults += _form_faults(where, form, fill, answer, language)
                if form.action == "/language/":
                    client.speak(language)
    assert faults == [], told(faults)


def _answers(where: str, form: Form, fill: bool) -> Iterator[list[tuple[str, str]]]:
    """What to send, once for each button."""
    mark = "EXERCISE" if where.startswith("/exercise/") else "آزمائش"
    typed = [
        (name, _typed(name, kind, options, mark) if fill else "")
        for name, kind, options in form.fields
        if kind != "file"
    ]
    typed = [row for row in typed if row[1] or not fill]
    checked = {name for name, kind, _ in form.fields if kind == "checkbox"}
    once: dict[str, str] = {}
    values = [row for row in typed if row[0] not in checked or (fill and once.setdefault(row[0], row[1]) is row[1])]
    for name, value in form.buttons or [("", "")]:
        yield [*form.fixed, *values, *([(name, value)] if name else [])]


FILLED = {
    "datetime-local": "2026-01-04T22:40", "lat": "1.25", "lon": "-3.5", "radius_m": "1500", "killed_low": "0",
    "killed_high": "1", "until": "", "password": "",
}  # fmt: skip


def _typed(name: str, kind: str, options: list[str], mark: str) -> str:
    if kind == "select":
        return next((value for value in options if value), "")
    if kind == "checkbox":
        return options[0]
    return FILLED.get(name, FILLED.get(kind, f"{mark} 17"))


def _file(form: Form, fill: bool) -> tuple[str, str, bytes] | None:
    name = next((name for name, kind, _ in form.fields if kind == "file"), None)
    if name is None or not fill:
        return None
    data = (shipped.folder("samples") / "exercise-faulty.csv").read_bytes()
    return name, "faulty.csv", data.replace(b"EXERCISE", "آزمائش".encode())


def _form_faults(where: str, form: Form, fill: bool, answer: Answer, language: str) -> list[str]:
    """An offered form is entered, asked again or refused with its reason; a wrong password is 403."""
    tag = f"{kind_of(where)} → {kind_of(form.action)} {'filled' if fill else 'empty'}"
    good = (
        (200, 409, 422, 403) if form.action in ("", "/sign-in/") and where.startswith("/sign-in/") else (200, 409, 422)
    )
    if answer.status not in good:
        return [f"{tag}: {answer.status}"]
    if answer.kind != "text/html":
        handed = (kind_of(form.action), answer.kind) in HANDED and answer.status == 200
        return _file_faults(form.action, answer) if handed else [f"{tag}: {answer.kind}"]
    if form.action == "/language/":
        return []
    path = urllib.parse.urlsplit(answer.url).path
    return [f"{tag}: {fault}" for fault in page_faults(path, reading.read(answer.text), answer, language)]
