"""Pages without a browser: who gets what at which address, what a hostile request gets, what a page costs.

The exercise is played once and the press sheet taken in once; each test stands on them and is rolled back.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from tests.browser import reading
from tests.core.mechanism.desk import report
from tests.store import kept
from tests.web.people import enrol
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import complaints
from tiga.store import opening
from tiga.store.desk import Desk
from tiga.values.places import Point, coarsened
from tiga.values.words import say
from tiga.web.desks import bringing

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

ADDRESSES_MAX = 1_000
SID = re.compile(r"[A-Za-z0-9_-]{43}")
As = Callable[..., Client]


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: object) -> Iterator[dict[str, str]]:
    """Both records; the sids of the exercise's cases by letter."""
    with kept.filled(django_db_blocker, "press", "exercise"):
        kept.receive(kept.lay("press"), "press-reports.csv", kept.sample("press-reports.csv"))
        desk = kept.lay("exercise")
        kept.receive(desk, "exercise-reports.csv", kept.sample("exercise-reports.csv"))
        yield kept.play(desk)


@pytest.fixture
def read_as(played: dict[str, str]) -> Iterator[As]:
    """Gives a client signed in as one of the demo's people; `nobody` is not signed in."""
    opening.forget()
    enrol("press", "exercise")

    def client_for(person: str, **more: object) -> Client:
        client = Client(**more)
        if person != "nobody":
            assert client.post("/sign-in/demo/", {"person": person}).status_code == 302
        return client

    yield client_for
    opening.forget()


# ---- the agreement


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
@pytest.mark.parametrize("record", ["press", "exercise"])
def test_the_agreement_shows_what_the_sides_undertake(read_as: As, record: str, language: str) -> None:
    client = read_as("nobody")
    client.post("/language/", {"language": language, "next": "/"})
    page, gaps = (client.get(f"/{record}/agreement/{more}").content.decode() for more in ("", "gaps/"))
    text = opening.desk(record).agreements().popitem()[1]
    held = text.undertakings
    rows = [*held.duties, *held.assurances, *held.crossings, *held.pairs, *held.notices, *held.periodic]
    assert [row.id for row in rows if f"<bdi>{row.id}</bdi>" not in page] == []
    shown = [row.indicator for row in held.assurances] + [row.name for row in held.crossings]
    shown += [half.text for row in held.pairs for half in row.halves] + [row.text for row in held.notices]
    assert [row["en"] for row in shown if escape(row[language]) not in page] == []
    mark = f'<span class="tag unverified">{say("agreement_page.binds_one", language)}</span>'
    assert (page.count(mark), gaps.count(say("agreement.gap.binds_one", language))) == (1, 1)
    course = ("joint_ruling", "consensus", "new_evidence", "shared_evidence", "local")
    assert [name for name in course if say(f"agreement_value.{name}", language) not in page] == []


def test_the_panel_names_every_quorum_of_the_agreement(read_as: As) -> None:
    page = read_as("secretariat").get("/exercise/panel/").content.decode()
    acts = [quorum.act for quorum in opening.desk("exercise").agreements().popitem()[1].quorums]
    assert [act for act in acts if say(f"agreement.needs.{act.replace('.', '_')}") not in page] == []


# ---- sign-in, language, redirects, forgery


def test_one_click_sign_in_is_there_in_a_demo_alone(read_as: As, settings: object) -> None:
    client = read_as("nobody")
    settings.DEMO = False  # type: ignore[attr-defined]
    assert client.post("/sign-in/demo/", {"person": "mediator-1"}).status_code == 404
    assert b'name="person"' not in client.get("/sign-in/").content
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("person", ["", "root", "secretariat ", "admin"])
def test_nobody_else_signs_in_with_one_click(read_as: As, person: str) -> None:
    assert read_as("nobody").post("/sign-in/demo/", {"person": person}).status_code == 404


def test_a_password_that_is_not_set_opens_nothing(read_as: As) -> None:
    client = read_as("nobody")
    for password in ("", "secretariat", "!"):
        status = client.post("/sign-in/", {"name": "secretariat", "password": password}).status_code
        assert status == (200 if password == "" else 403)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("sent", "kept_tag", "shown"),
    [
        ("ur", "ur", "ur"),
        ("ps", "ps", "ps"),
        ("en", "en", "en"),
        ("xx", None, "en"),
        ("", None, "en"),
        ("../en", None, "en"),
    ],
)
def test_language_is_kept_in_a_cookie(read_as: As, sent: str, kept_tag: str | None, shown: str) -> None:
    client = read_as("nobody")
    answer = client.post("/language/", {"language": sent, "next": "/press/"})
    cookie = answer.cookies.get("tiga_language")
    assert (answer["Location"], cookie.value if cookie else None) == ("/press/", kept_tag)
    assert f'<html lang="{shown}"' in client.get("/press/").content.decode()


@pytest.mark.parametrize(
    ("header", "shown"),
    [("ps-AF,en;q=0.5", "ps"), ("fr, ur;q=0.4", "ur"), ("fr", "en"), ("", "en"), ("x" * 9000, "en")],
)
def test_language_follows_the_browser_where_nothing_is_chosen(read_as: As, header: str, shown: str) -> None:
    answer = read_as("nobody").get("/", headers={"accept-language": header})
    assert answer["Content-Language"] == shown


@pytest.mark.parametrize(
    "next_",
    [
        "//evil.example",
        "https://evil.example/",
        "http:evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\n//e.example",
    ],
)
def test_nobody_is_sent_off_the_site(read_as: As, next_: str) -> None:
    client = read_as("nobody")
    sent = [
        client.post("/language/", {"language": "en", "next": next_}),
        client.post("/guide/", {"next": next_}),
        client.post("/sign-in/demo/", {"person": "analyst", "next": next_}),
    ]
    assert [answer["Location"] for answer in sent] == ["/", "/", "/"]


def test_every_act_needs_the_pages_own_token(read_as: As, played: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    user = get_user_model().objects.get(username="mediator-1")
    client.force_login(user)
    case = f"/exercise/cases/{played['c']}/"
    acts = [
        "reply",
        "admit",
        "open-replies",
        "finding",
        "determination",
        "measure",
        "sign",
        "close",
        "comply",
        "verify",
    ]
    paths = [*(f"{case}{act}/" for act in acts), "/exercise/clock/", "/exercise/panel/seat/", "/exercise/panel/recuse/",
             "/exercise/reports/new/", "/exercise/reports/import/", "/exercise/matches/decide/", "/language/", "/guide/",
             "/sign-in/", "/sign-in/demo/", "/sign-out/"]  # fmt: skip
    before = kept.desk("exercise").ledger.size()
    assert {path: client.post(path).status_code for path in paths} == dict.fromkeys(paths, 403)
    assert kept.desk("exercise").ledger.size() == before


def test_what_changes_something_is_no_link(read_as: As, played: dict[str, str]) -> None:
    client = read_as("mediator-1")
    paths = [f"/exercise/cases/{played['c']}/{act}/" for act in ("admit", "finding", "sign", "close")]
    paths += ["/exercise/clock/", "/exercise/matches/decide/", "/language/", "/guide/", "/sign-out/", "/sign-in/demo/"]
    assert {client.get(path).status_code for path in paths} == {405}


def test_every_answer_carries_the_policy(read_as: As) -> None:
    for path in ("/", "/press/", "/press/sitrep/", "/press/record/checkpoint", "/nothing/", "/press/sitrep.pdf"):
        answer = read_as("nobody").get(path)
        policy = answer["Content-Security-Policy"]
        assert ("default-src 'none'" in policy, "frame-ancestors 'none'" in policy, "unsafe-eval" in policy) == (
            True,
            True,
            False,
        )
        assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")


# ---- uploads


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, data in members.items():
            box.writestr(name, data)
    return out.getvalue()


BOMB = {"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": b"0" * 60_000_000}
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>'
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "zip bomb": ("reports.xlsx", lambda: _zip(BOMB)),
    "zip that is no workbook": ("reports.xlsx", lambda: _zip({"a.txt": b"a"})),
    "entities": (
        "reports.xlsx",
        lambda: _zip({"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": ENTITIES}),
    ),
    "half a zip": ("reports.xlsx", lambda: _zip({"a.txt": b"a" * 999})[:40]),
    "a page as a sheet": ("reports.csv", lambda: b"<!doctype html><script>alert(1)</script>"),
    "null bytes": ("reports.csv", lambda: b"report_id,channel\n\x00\x00,\x00"),
    "not UTF-8": ("reports.csv", lambda: b"report_id,channel\n\xff\xfe\xfa,x"),
    "empty": ("reports.csv", lambda: b""),
    "one endless line": ("reports.csv", lambda: b"a" * 3_000_000),
    "very many columns": ("reports.csv", lambda: b"a," * 100_000),
    "a name that climbs": ("../../etc/passwd", lambda: b"x"),
}


@pytest.mark.parametrize("what", sorted(HOSTILE))
def test_a_hostile_file_is_set_aside_with_a_named_fault(read_as: As, what: str) -> None:
    name, make = HOSTILE[what]
    client, before = read_as("secretariat"), kept.desk("press").ledger.size()
    opening.forget()
    answer = client.post("/press/reports/import/", {"sheet": SimpleUploadedFile(name, make())})
    page = answer.content.decode()
    assert (answer.status_code, kept.desk("press").ledger.size()) in ((200, before), (422, before))
    assert page.count("set-aside") + page.count('class="fault"') >= 1
    assert ("<script>alert" in page, "root:" in page) == (False, False)


def test_a_file_above_the_limit_is_refused_before_it_is_read(read_as: As) -> None:
    data = SimpleUploadedFile("reports.csv", b"a" * (bringing.FILE_BYTES_LIMIT + 1))
    answer = read_as("secretariat").post("/press/reports/import/", {"sheet": data})
    assert (answer.status_code, say("form.file_large") in answer.content.decode()) == (422, True)


def test_a_form_of_very_many_fields_is_refused(read_as: As, played: dict[str, str]) -> None:
    many = {f"f{n}": "x" for n in range(500)}
    answer = read_as("mediator-1").post(f"/exercise/cases/{played['c']}/admit/", many)
    assert answer.status_code == 400


@pytest.mark.parametrize("text", ["a\u202eb", "a\u2066b", "\x00", "x" * 20_000])
def test_text_that_cannot_be_signed_is_a_fault_at_its_field(read_as: As, played: dict[str, str], text: str) -> None:
    client, before = read_as("liaison-2"), kept.desk("exercise").ledger.size()
    opening.forget()
    answer = client.post(f"/exercise/cases/{played['c']}/reply/", {"text": text})
    assert (answer.status_code, kept.desk("exercise").ledger.size()) == (422, before)


# ---- who gets what


def addresses(client: Client, start: str) -> dict[str, int]:
    """Every address of a record that a reader is led to, with its answer."""
    found: dict[str, int] = {}
    queue = [start]
    while queue:
        path = queue.pop()
        if path in found or len(found) > ADDRESSES_MAX:
            continue
        answer = client.get(path)
        found[path] = answer.status_code
        if answer.get("Content-Type", "").startswith("text/html"):
            links = (urlsplit(urljoin(path, link)) for link in reading.read(answer.content.decode()).links)
            queue += [
                link.path + (f"?{link.query}" if link.query else "") for link in links if link.path.startswith(start)
            ]
    return found


@pytest.fixture(scope="module")
def led() -> dict[str, dict[str, int]]:
    """Where each reader is led, found when first asked for: the records are the same in every test."""
    return {}


@pytest.mark.parametrize(
    ("reader", "other"),
    [("nobody", "mediator-1"), ("analyst", "mediator-1"), ("nobody", "liaison-1"), ("liaison-1", "liaison-2"),
     ("liaison-2", "liaison-1"), ("monitor", "secretariat"), ("liaison-1", "mediator-1")],
)  # fmt: skip
def test_an_address_from_another_readers_page_leads_nowhere(
    read_as: As, led: dict[str, dict[str, int]], reader: str, other: str
) -> None:
    """What one reader is led to and another is not: for the other it is not there, be it a page, a proof or a dossier."""
    for person in (reader, other):
        if person not in led:
            led[person] = addresses(read_as(person), "/exercise/")
    own, theirs = led[reader], led[other]
    assert set(own.values()) | set(theirs.values()) == {200}
    client = read_as(reader)
    public = {sid for path in own for sid in re.findall(r"/reports/([^/]{43})/", path)}  # lead to their own groupings
    objects = [
        path for path in theirs
        if path not in own and (SID.search(path) or re.search(r"/record/\d+/", path))
        and not any(f"/incidents/{sid}/" in path or f"/matches/?left={sid}" in path for sid in public)
    ]  # fmt: skip
    assert {path: client.get(path).status_code for path in objects} == dict.fromkeys(objects, 404)
    assert len(objects) > 0 or reader in ("liaison-1", "monitor") or other == "liaison-1"


def test_what_is_not_there_and_what_may_not_be_seen_give_the_same_page(read_as: As, played: dict[str, str]) -> None:
    client = read_as("nobody")
    hidden = kept.desk("exercise").ledger.index_of(played["c"])
    opening.forget()
    for there, nowhere in (
        (f"/exercise/cases/{played['c']}/", f"/exercise/cases/{'x' * 43}/"),
        (f"/exercise/cases/{played['c']}/dossier/", f"/exercise/cases/{'x' * 43}/dossier/"),
        (f"/exercise/record/{hidden}/", "/exercise/record/99999/"),
        (f"/exercise/record/{hidden}/proof", "/exercise/record/99999/proof"),
    ):
        first, second = client.get(there), client.get(nowhere)
        assert (first.status_code, second.status_code) == (404, 404)
        assert _plain(first.content, there) == _plain(second.content, nowhere)


def _plain(page: bytes, path: str) -> str:
    """A page without its own address and its form tokens."""
    text = page.decode().replace(path, "PATH")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_acts_on_what_may_not_be_seen_are_not_there(read_as: As, played: dict[str, str]) -> None:
    """Roles that may not act, and readers without a key, get no act through; nothing is entered."""
    before = kept.desk("exercise").ledger.size()
    opening.forget()
    acts = ("admit", "open-replies", "finding", "determination", "measure", "sign", "close", "verify")
    for person in ("nobody", "analyst"):
        client = read_as(person)
        assert {client.post(f"/exercise/cases/{played['c']}/{act}/").status_code for act in acts} == {404}
        assert {client.post(path).status_code for path in ("/exercise/clock/", "/exercise/matches/decide/")} == {404}
    for person in ("liaison-1", "monitor"):
        client = read_as(person)
        assert {client.post(f"/exercise/cases/{played['c']}/{act}/").status_code for act in acts} - {
            404,
            409,
            422,
        } == set()
    assert kept.desk("exercise").ledger.size() == before


def features(client: Client, path: str) -> list[dict[str, float]]:
    """The points that a map page hands to its script."""
    text = re.search(
        r'<script id="[a-z-]+" type="application/json">(.*?)</script>', client.get(path).content.decode(), re.S
    )
    assert text is not None
    return list(json.loads(text[1])["points"])


@pytest.mark.parametrize("path", ["/press/", "/press/map/", "/exercise/", "/exercise/map/"])
def test_public_maps_show_coarse_points_alone(read_as: As, path: str) -> None:
    points = [Point(round(row["lat"] * 10**7), round(row["lon"] * 10**7)) for row in features(read_as("nobody"), path)]
    assert [coarsened(point) for point in points] == points
    assert len(points) > 0
    exact = [
        Point(round(row["lat"] * 10**7), round(row["lon"] * 10**7)) for row in features(read_as("mediator-1"), path)
    ]
    assert [coarsened(point) for point in exact] != exact


def rows(client: Client, path: str) -> int:
    """Rows of the last table of a page."""
    page = client.get(path).content.decode()
    return page[page.rindex("<tbody>") :].count("<tr")


def test_pages_count_what_the_reader_sees(read_as: As) -> None:
    counted = {
        person: tuple(rows(read_as(person), f"/exercise/{page}/") for page in ("reports", "cases"))
        for person in ("nobody", "analyst", "liaison-1", "liaison-2", "monitor", "mediator-1", "secretariat")
    }
    doors = kept.doors(kept.desk("exercise"))
    opening.forget()
    names = {"nobody": "public", "mediator-1": "mediator"}
    assert counted == {
        person: (len(doors[names.get(person, person)].reports()), len(doors[names.get(person, person)].cases()))
        for person in counted
    }
    assert counted["nobody"] < counted["liaison-1"]


# ---- the language of an account

PASHTO = "EXERCISE. د ټوپک ډزې د کلي خواته واورېدل شوې، او وروسته بیا غلي شو."
FORM = {
    "report_id": "f-1", "channel": "media", "source": "EXERCISE outlet", "start": "2026-01-14T05:10", "zone": "PKT",
    "precision": "minute", "toponym": "Exercise Post", "stance": "asserts", "account": PASHTO,
}  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "tag", "turned", "code"),
    [("", "ps-x-detected", "rtl", "recognised"), ("ps", "ps", "rtl", "stated"), ("en", "en", "ltr", "other")],
)
def test_an_account_runs_as_its_language_does_and_its_page_says_how_that_is_known(
    read_as: As, stated: str, tag: str, turned: str, code: str
) -> None:
    client = read_as("secretariat")
    blank = client.get("/exercise/reports/new/").content.decode()
    assert re.findall(r'<select id="f-language".*?</select>', blank, re.S)[0].count(" selected") == 0
    assert client.post("/exercise/reports/new/", FORM | {"language": stated}).status_code == 302
    (view,) = [view for view in kept.reports(kept.desk("exercise")) if view.report.account == PASHTO]
    page = html.unescape(client.get(f"/exercise/reports/{view.sid}/").content.decode())
    assert page.count(f'<blockquote class="asserted-words" lang="{tag}" dir="{turned}">') == 1
    assert page.count('<html lang="en" dir="ltr">') == 1
    assert say(f"account_language.{code}", name="پښتو") in page


def test_an_account_in_no_language_that_can_be_told_finds_its_own_direction(read_as: As) -> None:
    client = read_as("secretariat")
    client.post("/exercise/reports/new/", FORM | {"account": "چمن 12:30"})
    (view,) = [view for view in kept.reports(kept.desk("exercise")) if view.report.account == "چمن 12:30"]
    page = client.get(f"/exercise/reports/{view.sid}/").content.decode()
    assert page.count('<blockquote class="asserted-words" lang="und" dir="auto">') == 1
    assert say("account_language.untold") in page


# ---- what a page costs


def _complaints(desk: Desk, first: int, last: int) -> None:
    draw = kept.exercise.DemoEntropy("pages")
    by = kept.actor(desk, "liaison/1")
    for n in range(first, last):
        now, salts = desk.now(kept.LATER), tuple(draw(16) for _ in range(6))
        drawn = report(f"p{n}", local=f"2026-01-{1 + n % 4:02}T{n % 24:02}:40")
        complaint = complaints.Complaint(drawn, "P-01", "party-2", salts)
        done = desk.act((), lambda s, complaint=complaint, now=now: complaints.complain(s, complaint, by, now), by)
        assert not isinstance(done, Refusal)


@pytest.mark.parametrize("page", ["", "incidents/", "reports/", "cases/", "map/", "record/", "desk/", "sitrep/"])
@pytest.mark.parametrize("person", ["nobody", "secretariat"])
def test_a_list_costs_the_same_at_one_item_and_at_thirty(read_as: As, page: str, person: str) -> None:
    kept.empty("exercise")
    desk = kept.lay("exercise")
    client, costs = read_as(person), []
    for first, last in ((0, 1), (1, 30)):
        _complaints(desk, first, last)
        client.get(f"/exercise/{page}")  # what is read once and kept is not a page's cost
        with (
            CaptureQueriesContext(connections["exercise"]) as on_record,
            CaptureQueriesContext(connections["default"]) as on_site,
        ):
            assert client.get(f"/exercise/{page}").status_code == 200
        costs.append((len(on_record), len(on_site)))
    assert costs[0] == costs[1]
