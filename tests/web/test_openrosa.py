"""An OpenRosa server as phones know it, and nobody but an enrolled phone: the table that ODK Central was measured to give,
with its hole closed; and who sees what came in.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from tests.core.intake.odk_samples import xml
from tests.store import kept
from tests.web.people import enrol
from tiga.intake import odk
from tiga.mechanism.release import Reader
from tiga.store import devices, opening, submissions
from tiga.store.desk import Desk
from tiga.store.guard import Stopped
from tiga.values.words import say
from tiga.web.openrosa import phones as views
from tiga.web.openrosa.rates import Rates

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

NS = "{http://openrosa.org/xforms/xformsList}"
PHOTO, OTHER_PHOTO = b"\xff\xd8\xff one", b"\xff\xd8\xff two"
MONITOR = "tiga.example/exercise/monitor/1"
READERS = ("nobody", "analyst", "liaison-1", "liaison-2", "mediator-1", "monitor", "secretariat")


@pytest.fixture(scope="module")
def laid(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "press", "exercise"):
        kept.lay("press")
        kept.lay("exercise")
        yield


@pytest.fixture
def desk(laid: None) -> Iterator[Desk]:
    opening.forget()
    views.RATES._left.clear()
    enrol("press", "exercise")
    yield opening.desk("exercise")
    opening.forget()


@pytest.fixture
def token(desk: Desk) -> str:
    return devices.enrol(desk, MONITOR, "North 1", kept.LATER, desk.entropy)[0]


def as_person(person: str) -> Client:
    client = Client()
    if person != "nobody":
        assert client.post("/sign-in/demo/", {"person": person}).status_code == 302
    return client


def basic(token: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(f"phone:{token}".encode()).decode()}


def post(token: str, data: bytes, *files: tuple[str, bytes], **more: str) -> HttpResponse:
    """A submission as a phone sends it, token in the path; a browser's forgery check would refuse it."""
    parts = {odk.FILE_NAME: SimpleUploadedFile("submission.xml", data, "text/xml")}
    parts |= {name: SimpleUploadedFile(name, content, "image/jpeg") for name, content in files}
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/exercise/openrosa/d/{token}/submission", parts, **more)  # type: ignore[arg-type]


def message(answer: HttpResponse) -> tuple[int, str]:
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "{http://openrosa.org/http/response}OpenRosaResponse"
    return answer.status_code, root[0].text or ""


def files() -> list[tuple[str, int, bytes]]:
    rows = {file.number: file for view in submissions.views("exercise") for file in view.files}.values()
    return [(file.name, file.n, submissions.file_bytes("exercise", file)) for file in rows]


# ---- the table that ODK Central was measured to give (peers-and-formats.md)


def test_head_says_what_a_phone_may_send(token: str) -> None:
    answer = Client().head(f"/exercise/openrosa/d/{token}/submission")
    assert (answer.status_code, answer["X-OpenRosa-Version"]) == (204, "1.0")
    assert int(answer["X-OpenRosa-Accept-Content-Length"]) == views.REQUEST_BYTES
    assert "GMT" in answer["Date"]


def test_the_first_time_and_the_same_again(token: str) -> None:
    told = [message(post(token, xml())), message(post(token, xml()))]
    assert told == [(201, say("openrosa.is_new")), (201, say("openrosa.is_again"))]
    assert len(submissions.views("exercise")) == 1


def test_the_same_with_a_photograph_that_was_lacking(token: str) -> None:
    assert [post(token, xml()).status_code, post(token, xml(), ("1.jpg", PHOTO)).status_code] == [201, 201]
    assert files() == [("1.jpg", 1, PHOTO)]


def test_another_text_under_the_same_id(token: str) -> None:
    told = [post(token, xml()).status_code, *message(post(token, xml(account="Another.")))]
    assert told == [201, 409, say("openrosa.is_other")]
    assert [view.state for view in submissions.views("exercise")] == ["kept", "conflict"]


def test_an_edit_is_a_second_version_and_the_old_text_is_out_of_date(token: str) -> None:
    edit = xml("uuid:2", "uuid:1", account="Four shots.")
    told = [post(token, xml()).status_code, post(token, edit).status_code, *message(post(token, xml()))]
    assert told == [201, 201, 409, say("openrosa.is_outdated")]
    rows = submissions.views("exercise")
    assert (len(rows), {row.root for row in rows}, [row.state for row in rows]) == (2, {rows[0].root}, ["kept", "kept"])


def test_a_replaced_photograph_is_kept_beside_the_first_and_both_are_shown(token: str) -> None:
    post(token, xml(), ("1.jpg", PHOTO))
    assert post(token, xml(), ("1.jpg", OTHER_PHOTO)).status_code == 201
    assert files() == [("1.jpg", 1, PHOTO), ("1.jpg", 2, OTHER_PHOTO)]
    client = as_person("monitor")
    page = client.get("/exercise/submissions/").content.decode()
    links = re.findall(r'href="(/exercise/submissions/[0-9a-f]{64}/[0-9a-f]{64})"', page)
    answers = [client.get(link) for link in links]
    assert [answer.content for answer in answers] == [PHOTO, OTHER_PHOTO]
    assert {(answer["Content-Type"], answer["Content-Disposition"][:10]) for answer in answers} == {
        ("application/octet-stream", "attachment")
    }
    assert page.count(say("submissions.other_bytes")) == 1


def test_a_submission_may_come_in_several_requests(token: str) -> None:
    data = xml(photo="a.jpg", photo_2="b.jpg")
    assert [post(token, data, (name, name.encode())).status_code for name in ("a.jpg", "b.jpg")] == [201, 201]
    assert sorted(files()) == [("a.jpg", 1, b"a.jpg"), ("b.jpg", 1, b"b.jpg")]


# ---- the form


def test_the_list_names_one_form_with_the_digest_of_its_bytes(desk: Desk, token: str) -> None:
    answer = Client().get("/exercise/openrosa/formList", **basic(token))
    (row,) = ElementTree.fromstring(answer.content)
    told = {child.tag.removeprefix(NS): child.text or "" for child in row}
    form = Client().get(told["downloadUrl"], **basic(token))
    assert (answer["X-OpenRosa-Version"], answer["Content-Type"], form.status_code) == (
        "1.0",
        "text/xml; charset=utf-8",
        200,
    )
    assert (told["formID"], told["hash"]) == (odk.FORM_ID, f"md5:{hashlib.md5(form.content).hexdigest()}")
    assert told["version"].startswith(desk.standing().agreement_sha256[:12])
    assert f'version="{told["version"]}"'.encode() in form.content
    assert told["name"].startswith("EXERCISE")


def test_addresses_with_a_token_lead_to_addresses_with_the_token(token: str) -> None:
    answer = Client().get(f"/exercise/openrosa/d/{token}/formList")
    (address,) = re.findall(r"<downloadUrl>(.*?)</downloadUrl>", answer.content.decode())
    assert f"/d/{token}/forms/" in address
    assert Client().get(address).status_code == 200


def test_the_manifest_is_empty_and_other_forms_are_not_there(token: str) -> None:
    client, start = Client(), f"/exercise/openrosa/d/{token}"
    root = ElementTree.fromstring(client.get(f"{start}/manifest/{odk.FORM_ID}").content)
    assert (root.tag, len(root)) == ("{http://openrosa.org/xforms/xformsManifest}manifest", 0)
    assert [client.get(f"{start}/{path}").status_code for path in ("manifest/other", "forms/other.xml")] == [404, 404]


# ---- who may send


ADDRESSES = ("formList", f"manifest/{odk.FORM_ID}", f"forms/{odk.FORM_ID}.xml", "submission")


@pytest.mark.parametrize("path", ADDRESSES)
def test_without_a_token_that_holds_there_is_nothing(desk: Desk, token: str, path: str) -> None:
    number = devices.phones(desk)[0].number
    signed_in = as_person("secretariat")
    asked = [
        Client().get(f"/exercise/openrosa/{path}"), signed_in.get(f"/exercise/openrosa/{path}"),
        Client().get(f"/exercise/openrosa/{path}", **basic(token[:-1] + "_")),
        Client().get(f"/exercise/openrosa/d/{'A' * 43}/{path}"), Client().get(f"/press/openrosa/d/{token}/{path}"),
        Client().get(f"/exercise/openrosa/{path}", HTTP_AUTHORIZATION="Basic %%%"),
        Client().get(f"/exercise/openrosa/{path}", HTTP_AUTHORIZATION=f"Bearer {token}"),
    ]  # fmt: skip
    assert devices.revoke(desk, number, kept.LATER)
    asked.append(Client().get(f"/exercise/openrosa/{path}", **basic(token)))
    assert {(answer.status_code, answer["WWW-Authenticate"].partition(" ")[0]) for answer in asked} == {(401, "Basic")}
    assert {answer.content for answer in asked} == {asked[0].content}
    assert Client().get(f"/nowhere/openrosa/{path}", **basic(token)).status_code == 404


def test_a_token_opens_no_page_and_makes_no_session(desk: Desk, token: str) -> None:
    client = Client()
    assert client.get(f"/exercise/openrosa/d/{token}/formList").status_code == 200
    assert (len(client.cookies), client.get("/exercise/submissions/", **basic(token)).status_code) == (0, 404)
    assert client.get("/exercise/reports/new/", **basic(token)).status_code == 404


def test_a_phone_gets_other_methods_refused(token: str) -> None:
    start = f"/exercise/openrosa/d/{token}"
    assert [Client().get(f"{start}/submission").status_code, Client().post(f"{start}/formList").status_code] == [
        405,
        405,
    ]


# ---- what cannot be taken in


def test_what_cannot_be_read_is_400_and_a_strange_form_404(token: str) -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa">]><data id="tiga-report"><x>&a;</x></data>'
    told = [post(token, data).status_code for data in (b"", b"<data", bomb, b"<data/>")]
    told.append(Client().post(f"/exercise/openrosa/d/{token}/submission", {}).status_code)
    told.append(post(token, xml().replace(b"tiga-report", b"other")).status_code)
    assert told == [400, 400, 400, 400, 400, 404]
    assert submissions.views("exercise") == []


def test_faulty_answers_are_kept_and_shown_with_what_is_wrong(token: str) -> None:
    assert post(token, xml(photo="", zone="CET")).status_code == 201
    page = as_person("secretariat").post("/exercise/submissions/").content.decode()
    assert escape(say("fault.choice_unknown", value="CET")) in page
    assert say("submissions.taken", filed=0, faulty=1, waiting=0) in page
    (view,) = submissions.views("exercise")
    assert (view.state, view.xml) == ("faulty", xml(photo="", zone="CET"))


def test_too_much_is_413_and_too_often_429(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "REQUEST_BYTES", 2_000)
    assert post(token, xml(), ("1.jpg", b"x" * 2_000)).status_code == 413
    monkeypatch.setattr(views, "REQUEST_BYTES", 10**6)
    monkeypatch.setattr(views.evidence, "LENGTH_LIMIT", 10)
    assert post(token, xml(), ("1.jpg", b"x" * 11)).status_code == 413
    monkeypatch.setattr(views, "RATES", Rates(burst=2, per_second=0))
    told = [post(token, xml()) for _ in range(3)]
    assert [answer.status_code for answer in told] == [201, 201, 429]
    assert told[2]["Retry-After"] == "60"


def test_a_bucket_fills_by_the_second() -> None:
    rates = Rates(burst=2, per_second=1)
    assert [rates.allowed("a", 0.0), rates.allowed("a", 0.0), rates.allowed("a", 0.5), rates.allowed("a", 1.6)] == [
        True, True, False, True,
    ]  # fmt: skip
    assert rates.allowed("b", 0.0) is True


def test_a_stopped_record_says_so_and_keeps_nothing(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> str:
        raise Stopped("full", alias="exercise")

    monkeypatch.setattr(submissions, "keep", stopped)
    assert message(post(token, xml())) == (503, say("openrosa.stopped"))


# ---- pages: who sees what


def sent_by_two(desk: Desk) -> tuple[str, str]:
    """A submission of the monitor's, one of another key's; their numbers."""
    for instance, key in (("uuid:own", MONITOR), ("uuid:strange", "tiga.example/exercise/monitor/9")):
        data = xml(instance, toponym=f"Place of {instance}", photo="", account=f"Account of {instance}")
        envelope = odk.opened(data)
        assert isinstance(envelope, odk.Envelope)
        submissions.keep(desk.alias, envelope, data, [("secret.jpg", PHOTO)], "d", key, kept.LATER)
    numbers = {view.envelope.instance: view.number for view in submissions.views(desk.alias)}
    return numbers["uuid:own"], numbers["uuid:strange"]


@pytest.mark.parametrize("reader", READERS)
def test_who_sees_submissions_and_phones(desk: Desk, token: str, reader: str) -> None:
    own, strange = sent_by_two(desk)
    client = as_person(reader)
    sees = {"monitor": (True, False), "secretariat": (True, True)}.get(reader, (False, False))
    pages = [client.get(f"/exercise/{path}/") for path in ("submissions", "phones")]
    assert {page.status_code for page in pages} == {200 if any(sees) else 404}
    text = pages[0].content.decode()
    assert ("Account of uuid:own" in text, "Account of uuid:strange" in text) == sees
    assert ("North 1" in pages[1].content.decode(), token in pages[1].content.decode()) == (any(sees), False)
    for number, seen in ((own, sees[0]), (strange, sees[1])):
        (file,) = submissions.views(desk.alias, numbers=(number,))[0].files
        answers = [client.get(f"/exercise/submissions/{number}/{rest}") for rest in ("text", file.number)]
        assert {answer.status_code for answer in answers} == {200 if seen else 404}
    others = ("", "reports/", "incidents/", "record/", "desk/", "sitrep/")
    assert [path for path in others if b"uuid:own" in client.get(f"/exercise/{path}").content] == []


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader != "secretariat"])
def test_nobody_but_the_secretariat_enrols_a_phone_or_makes_reports(desk: Desk, token: str, reader: str) -> None:
    client = as_person(reader)
    _, strange = sent_by_two(desk)
    wanted = [
        client.post("/exercise/phones/", {"key": MONITOR, "label": "x"}), client.post("/exercise/submissions/"),
        client.post(f"/exercise/submissions/{strange}/", {"as": "take"}),
        client.post("/exercise/phones/", {"do": "revoke", "phone": "0" * 32}),
    ]  # fmt: skip
    assert {answer.status_code for answer in wanted} == {404}
    assert len(devices.phones(desk)) == 1


def test_a_token_is_shown_once_and_serves(desk: Desk) -> None:
    client = as_person("secretariat")
    answer = client.post("/exercise/phones/", {"key": MONITOR, "label": "South 2"})
    (token,) = re.findall(r'<code dir="ltr">([A-Za-z0-9_-]{43})</code>', answer.content.decode())
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert post(token, xml()).status_code == 201
    assert token not in client.get("/exercise/phones/").content.decode()
    number = devices.phones(desk)[0].number
    assert as_person("monitor").post("/exercise/phones/", {"do": "revoke", "phone": number}).status_code == 302
    assert post(token, xml()).status_code == 401


def test_a_phone_is_enrolled_for_a_monitors_key_alone_and_needs_a_name(desk: Desk) -> None:
    client = as_person("secretariat")
    keys = ("tiga.example/exercise/mediator/1b", "tiga.example/exercise/registrar", "nobody")
    assert {client.post("/exercise/phones/", {"key": key, "label": "x"}).status_code for key in keys} == {404}
    assert client.post("/exercise/phones/", {"key": MONITOR, "label": " "}).status_code == 422
    assert devices.phones(desk) == []


def test_a_conflict_is_shown_and_settled_by_its_sender(desk: Desk, token: str) -> None:
    for number, text in (("1", "One."), ("2", "Two."), ("3", "Three.")):
        assert (
            post(token, xml(f"uuid:{number}", "uuid:1" if number != "1" else "", photo="", account=text)).status_code
            == 201
        )
    client = as_person("monitor")
    page = client.get("/exercise/submissions/").content.decode()
    (clash,) = submissions.views("exercise", states=("conflict",))
    assert [text in page for text in ("One.", "Two.", "Three.", say("sent_reason.parallel"))] == [True] * 4
    for _ in range(3):
        assert as_person("secretariat").post("/exercise/submissions/").status_code == 200
    accounts = [view.report.account for view in kept.reports(desk) if not view.revised_by]
    assert accounts == ["Two."]
    assert client.post(f"/exercise/submissions/{clash.number}/", {"as": "take"}).status_code == 302
    as_person("secretariat").post("/exercise/submissions/")
    rows = kept.reports(desk)
    assert ([view.report.account for view in rows if not view.revised_by], len(rows)) == (["Three."], 3)


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_the_pages_speak_every_language(desk: Desk, token: str, language: str) -> None:
    post(token, xml(zone="CET", photo=""), ("x.jpg", b"x"))
    client = as_person("secretariat")
    client.post("/language/", {"language": language, "next": "/"})
    client.post("/exercise/submissions/")
    page = client.get("/exercise/submissions/").content.decode()
    words = ("submissions.title", "sent_state.faulty", "submissions.unexpected", "odk.zone", "submissions.faults")
    assert [word for word in words if escape(say(word, language)) not in page] == []
    assert say("phones.enrol", language) in client.get("/exercise/phones/").content.decode()


def test_a_list_costs_the_same_at_one_and_at_thirty(desk: Desk, token: str) -> None:
    client, costs = as_person("secretariat"), []
    client.get("/exercise/submissions/")  # what is read once a process
    for first, last in ((0, 1), (1, 30)):
        for number in range(first, last):
            post(token, xml(f"uuid:{number}"), ("1.jpg", PHOTO + bytes([number])))
        with CaptureQueriesContext(connections["exercise"]) as queries:
            assert client.get("/exercise/submissions/").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_door_denies_by_default(desk: Desk) -> None:
    from tiga.web.access import Absent, Door

    sent_by_two(desk)
    door = Door(desk, Reader("monitor"), None, kept.LATER)
    for asked in (door.inbox.chains, door.inbox.phones, door.inbox.keys):
        with pytest.raises(Absent):
            asked()
