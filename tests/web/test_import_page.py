"""A sheet comes in by its page: tried first, with nothing entered, then the very bytes that were tried, at one's word."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.store import kept
from tests.web.people import enrol
from tiga.store import maps, models, opening, pending
from tiga.values.moments import Instant
from tiga.values.words import SPOKEN, say

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

PAGE = "/press/reports/import/"
TREE = {
    "name": "log", "columns": {"No.": "report_id", "When": "asserted_start", "Where": "toponym", "Text": "account"},
    "defaults": {"channel": "media", "source": "EXERCISE log", "language": "en"}, "zone": "UTC",
}  # fmt: skip
LOG = b"No.,When,Where,Text\nlog-1,2026-01-04,Exercise Post,EXERCISE. Shots.\nlog-2,not a day,Exercise Post,EXERCISE.\n"


@pytest.fixture(scope="module", autouse=True)
def laid(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    with kept.filled(django_db_blocker, "press"):
        kept.lay("press")
        yield


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    opening.forget()
    enrol("press")
    yield
    opening.forget()


def reader(person: str = "secretariat", language: str = "en") -> Client:
    client = Client()
    assert client.post("/sign-in/demo/", {"person": person}).status_code == 302
    client.cookies["tiga_language"] = language
    return client


def sheet(data: bytes, name: str = "log.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def saved() -> None:
    desk = kept.desk("press")
    maps.save(desk, "district log", TREE, kept.actor(desk, "secretariat/1"), kept.LATER)
    opening.forget()


def token(page: str) -> str:
    found = re.findall(r'name="token" value="([0-9a-f]+)"', page)
    return found[0] if found else ""


def entries() -> int:
    size = kept.desk("press").ledger.size()
    opening.forget()
    return size


def test_a_sheet_is_tried_and_then_entered_as_it_was_tried() -> None:
    saved()
    client, before = reader(), entries()
    tried = client.post(PAGE, {"sheet": sheet(LOG), "map": "district log", "step": "try"}).content.decode()
    assert say("import.would", accepted=1, revised=0, unchanged=0, faults=1) in tried
    assert (entries(), models.Upload.objects.using("press").count(), tried.count('class="set-aside"')) == (before, 0, 1)
    row = models.Pending.objects.using("press").get()
    assert (b"log-1" in bytes(row.data), row.sender.endswith("secretariat/1")) == (False, True)
    done = client.post(PAGE, {"token": token(tried), "step": "enter"}).content.decode()
    assert say("import.counts", accepted=1, revised=0, unchanged=0, faults=1) in done
    assert (entries(), models.Pending.objects.using("press").count()) == (before + 1, 0)
    again = client.post(PAGE, {"sheet": sheet(LOG), "map": "district log", "step": "try"}).content.decode()
    assert (say("import.repeated") in again, token(again)) == (True, "")


def test_what_waits_is_its_senders_alone_and_is_taken_once() -> None:
    saved()
    client = reader()
    tried = client.post(PAGE, {"sheet": sheet(LOG), "map": "district log", "step": "try"}).content.decode()
    other = reader("monitor").post(PAGE, {"token": token(tried), "step": "enter"})
    assert (other.status_code, say("import.no_longer_waits") in other.content.decode()) == (422, True)
    assert client.post(PAGE, {"token": token(tried), "step": "enter"}).status_code == 200
    assert client.post(PAGE, {"token": token(tried), "step": "enter"}).status_code == 422
    assert client.post(PAGE, {"token": "", "step": "enter"}).status_code == 422


def test_what_waits_goes_after_a_day_and_no_sender_has_more_than_the_limit() -> None:
    desk = kept.desk("press")
    by, now = kept.actor(desk, "secretariat/1"), kept.LATER
    tokens = [
        pending.keep(
            desk, pending.Sheet(f"{n}.csv", b"x%d" % n), by, Instant(now.ms + n), lambda size, n=n: bytes([n]) * size
        )  # type: ignore[misc]
        for n in range(pending.SHEETS_LIMIT + 2)
    ]
    assert models.Pending.objects.using("press").count() == pending.SHEETS_LIMIT
    assert [pending.take(desk, one, by, now) for one in tokens[:2]] == [None, None]
    assert pending.take(desk, tokens[-1], by, now) == pending.Sheet("6.csv", b"x6")
    assert pending.take(desk, tokens[-2], by, Instant(now.ms + 2 * pending.DAY_MS)) is None
    assert models.Pending.objects.using("press").count() == 0


def test_a_map_that_is_gone_or_no_longer_fits_is_said_at_its_field_and_nothing_is_read() -> None:
    client = reader()
    gone = client.post(PAGE, {"sheet": sheet(LOG), "map": "no such", "step": "try"})
    assert (gone.status_code, say("import.map_gone") in gone.content.decode()) == (422, True)
    models.SavedMap.objects.using("press").create(
        name="old", tree=TREE | {"act_aliases": {"x": "Z99"}}, sender="x", at_ms=0
    )
    unfit = client.post(PAGE, {"sheet": sheet(LOG), "map": "old", "step": "try"})
    assert (unfit.status_code, say("import.map_unfit") in unfit.content.decode()) == (422, True)


@pytest.mark.parametrize("language", SPOKEN)
def test_the_page_speaks_the_readers_language_and_its_fields_have_labels(language: str) -> None:
    saved()
    page = html.unescape(reader(language=language).get(PAGE).content.decode())
    assert [say(f"import.{code}", language) in page for code in ("try", "map", "own_columns", "sheet")] == [True] * 4
    assert [page.count(f'for="{field}"') for field in ("sheet", "map")] == [1, 1]
    assert re.findall(r'<button name="step" value="(\w+)"', page) == ["try"]


def test_a_name_of_a_map_and_their_number_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = kept.desk("press")
    by = kept.actor(desk, "secretariat/1")
    with pytest.raises(maps.NotKept):
        maps.save(desk, "<b>", TREE, by, kept.LATER)
    monkeypatch.setattr(maps, "MAPS_LIMIT", 1)
    maps.save(desk, "a", TREE, by, kept.LATER)
    maps.save(desk, "a", TREE | {"zone": "PKT"}, by, kept.LATER)
    with pytest.raises(maps.NotKept):
        maps.save(desk, "b", TREE, by, kept.LATER)
    assert [(row.name, row.tree["zone"]) for row in maps.kept(desk)] == [("a", "PKT")]
    assert (maps.named(desk, "a") or {})["zone"] == "PKT"


# ---- maps that are brought along, kept, seen and deleted

MAPS = f"{PAGE}maps/"
OTHER = TREE | {"columns": {"Nr": "report_id", "Wann": "asserted_start", "Wo": "toponym", "Text": "account"}}
FOREIGN = b"Nr,Wann,Wo,Text\nlog-9,2026-01-05,Exercise Post,EXERCISE. Shots.\n"


def file_of(tree: object) -> SimpleUploadedFile:
    return SimpleUploadedFile("map.json", json.dumps(tree).encode())


def names() -> list[str]:
    return [row.name for row in maps.kept(kept.desk("press"))]


def test_a_map_of_ones_own_is_used_for_its_sheet_and_kept_nowhere() -> None:
    client, before = reader("monitor"), entries()
    tried = client.post(PAGE, {"sheet": sheet(FOREIGN), "map_file": file_of(OTHER), "step": "try"}).content.decode()
    assert (say("import.would", accepted=1, revised=0, unchanged=0, faults=0) in tried, entries()) == (True, before)
    row = models.Pending.objects.using("press").get()
    assert (b"toponym" in bytes(row.data), row.map) == (False, pending.MAPPED)
    done = client.post(PAGE, {"token": token(tried), "step": "enter"}).content.decode()
    assert say("import.counts", accepted=1, revised=0, unchanged=0, faults=0) in done
    assert (entries(), names()) == (before + 1, [])


def test_what_was_tried_is_entered_by_the_map_it_was_tried_by_whatever_became_of_that() -> None:
    saved()
    client = reader("monitor")
    tried = client.post(PAGE, {"sheet": sheet(LOG), "map": "district log", "step": "try"}).content.decode()
    assert reader().post(MAPS, {"name": "district log"}).status_code == 302
    done = client.post(PAGE, {"token": token(tried), "step": "enter"}).content.decode()
    assert say("import.counts", accepted=1, revised=0, unchanged=0, faults=1) in done
    assert names() == []


def test_the_secretariat_keeps_a_map_with_or_without_a_sheet_and_is_told_of_a_replaced_one() -> None:
    client = reader()
    alone = client.post(PAGE, {"map_file": file_of(TREE), "keep_as": "district log", "step": "try"})
    assert (alone.status_code, names()) == (200, ["district log"])
    assert say("import.map_kept", name="district log") in alone.content.decode()
    sent = {"sheet": sheet(FOREIGN), "map_file": file_of(OTHER), "keep_as": "district log", "step": "try"}
    page = client.post(PAGE, sent).content.decode()
    assert say("import.map_replaced", name="district log") in page
    assert say("import.would", accepted=1, revised=0, unchanged=0, faults=0) in page
    assert maps.named(kept.desk("press"), "district log") == OTHER


FAULTS = [
    ({"map_file": b"{"}, "map_no_json"),
    ({"map_file": b"\xff"}, "map_no_json"),
    ({"map_file": b"[" * 100_000}, "map_no_json"),
    ({"map_file": b"[]"}, "map_bad"),
    ({"map_file": b'{"name": "x", "columns": {"No.": "colour"}}'}, "map_bad"),
    ({"map_file": b" " * (maps.BYTES_LIMIT + 1)}, "map_large"),
    ({"map_file": b"{}", "map": "district log"}, "map_both"),
    ({"keep_as": "district log"}, "map_lacking"),
]


@pytest.mark.parametrize(("given", "code"), FAULTS)
def test_a_map_that_cannot_be_used_is_said_at_its_field_and_nothing_is_read(
    given: dict[str, object], code: str
) -> None:
    saved()
    before = entries()
    data = given.get("map_file")
    more = {"map_file": SimpleUploadedFile("m.json", data)} if isinstance(data, bytes) else {}
    answer = reader().post(PAGE, {"sheet": sheet(LOG)} | given | more)
    page = html.unescape(answer.content.decode())
    assert (answer.status_code, say(f"import.{code}") in page, page.count('id="map-file-fault"')) == (422, True, 1)
    assert (entries(), names()) == (before, ["district log"])


def test_a_name_that_cannot_be_kept_is_said_at_its_field() -> None:
    answer = reader().post(PAGE, {"map_file": file_of(TREE), "keep_as": "<b>"})
    assert (answer.status_code, answer.content.decode().count('id="keep-as-fault"'), names()) == (422, 1, [])


WHO = {
    # person: (the page of maps, a map as a file, keeps one, deletes one)
    "secretariat": (200, 200, 200, 302),
    "monitor": (200, 200, 404, 404),
    "mediator-1": (200, 200, 404, 404),
    "liaison-1": (404, 404, 404, 404),  # without a key on a press record: nothing is sent, nothing asked
}


@pytest.mark.parametrize("person", WHO)
def test_who_sees_keeps_and_deletes_maps(person: str) -> None:
    saved()
    client = reader(person)
    answer = client.get(MAPS)
    keeping = client.post(PAGE, {"map_file": file_of(TREE), "keep_as": "mine"}).status_code
    assert (names() == ["district log", "mine"]) == (keeping == 200)
    file = client.get(f"{MAPS}district%20log.json")
    codes = (answer.status_code, file.status_code, keeping, client.post(MAPS, {"name": "district log"}).status_code)
    assert codes == WHO[person]
    assert ("district log" in names()) == (codes[3] == 404)
    if codes[0] == 200:
        page = answer.content.decode()
        assert ("secretariat/1" in page, page.count("grave-button")) == ((True, 1) if codes[3] == 302 else (False, 0))
        assert json.loads(file.content) == TREE


def test_what_is_no_saved_map_is_neither_given_out_nor_deleted() -> None:
    client = reader()
    assert [client.get(f"{MAPS}none.json").status_code, client.post(MAPS, {"name": "none"}).status_code] == [404, 404]


@pytest.mark.parametrize("language", SPOKEN)
def test_a_saved_map_is_shown_whole_in_the_readers_language(language: str) -> None:
    saved()
    page = html.unescape(reader(language=language).get(MAPS).content.decode())
    assert re.findall(r'<html lang="(\w+)" dir="(\w+)">', page) == [(language, "ltr" if language == "en" else "rtl")]
    shown = re.findall(r'<td><bdi>(.*?)</bdi></td><td><code dir="ltr">(\w+)</code></td>', page)
    assert dict(shown) == TREE["columns"]
    assert re.findall(r'<li><code dir="ltr">(\w+)</code>: <bdi>(.*?)</bdi>', page) == list(TREE["defaults"].items())
    assert say("import.map_delete", language, name="district log") in page
    form = html.unescape(reader(language=language).get(PAGE).content.decode())
    assert [form.count(f'for="{name}"') for name in ("sheet", "map", "map-file", "keep-as")] == [1, 1, 1, 1]
