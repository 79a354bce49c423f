"""Deposited files on the pages: who gets which bytes, what may not leak, the disclosure log, recycled media, cut lines.

The file planted here names a point, a serial number and a camera that stand nowhere else; each is looked for in everything
that a reader gets.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test.utils import CaptureQueriesContext
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from tests.store import kept
from tests.web.people import enrol, signed_in
from tiga.drafts.examinations import Trust
from tiga.mechanism import exhibits
from tiga.record.container import unpack
from tiga.store import examining, exhibiting, opening, projections, queries
from tiga.store.desk import Desk
from tiga.store.guard import Stopped
from tiga.values.words import SPOKEN, catalogue, say

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

SERIAL, MODEL, POINT = "SERIAL-7Q-EXERCISE", "Camera Ultramarine", ("12.34568", "98.76543")
MARKS = (SERIAL, MODEL, *POINT)
NAME = "ridge.jpg"
PEOPLE = ("liaison-1", "liaison-2", "mediator-1", "mediator-2", "monitor", "secretariat", "analyst", "nobody")


def picture(seed: int = 3) -> bytes:
    """A JPEG whose data name a point, a camera and its serial number."""
    scene = Image.new("RGB", (96, 72))
    scene.putdata([((x * seed) % 256, (y * 5 + x) % 256, (x * y) % 256) for y in range(72) for x in range(96)])
    marks = Image.Exif()
    marks[0x0110], marks[0x010F] = MODEL, "Exercise Optics"
    inner = marks.get_ifd(0x8769)
    inner[0xA431], inner[0x9003] = SERIAL, "2026:01:02 10:00:00"
    place = marks.get_ifd(0x8825)
    place[1], place[2] = "N", (IFDRational(12), IFDRational(0), IFDRational(12444408, 10000) / 1)
    place[3], place[4] = "E", (IFDRational(98), IFDRational(0), IFDRational(27555552, 10000) / 1)
    out = io.BytesIO()
    scene.save(out, "JPEG", exif=marks, quality=90)
    return out.getvalue()


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: object) -> Iterator[dict[str, str]]:
    with kept.filled(django_db_blocker, "exercise"):
        cases = kept.play(kept.lay("exercise"))
        enrol("exercise")
        opening.forget()
        yield cases
        get_user_model().objects.all().delete()
        opening.forget()


@pytest.fixture
def desk(played: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with kept.on_site("exercise", monkeypatch) as found:
        yield found


def open_case(desk: Desk) -> str:
    """A case on which files may still be deposited."""
    return next(row.sid for row in queries.cases(desk) if not row.closed)


def deposit(desk: Desk, case: str, data: bytes, person: str = "liaison-1", name: str = NAME, **more: str) -> str:
    """Deposit a file with the form; returns its sid."""
    before = {row.sid for row in kept.doors(desk)["mediator"].case(case).evidence}
    sent = {"file": SimpleUploadedFile(name, data), "note": "EXERCISE.", **more}
    assert signed_in(person).post(f"/exercise/cases/{case}/evidence/", sent).status_code == 302
    (made,) = {row.sid for row in kept.doors(desk)["mediator"].case(case).evidence} - before
    return made


def get(case: str, sid: str, person: str) -> tuple[int, bytes]:
    answer = signed_in(person).post(f"/exercise/cases/{case}/evidence/{sid}")
    return answer.status_code, b"".join(answer.streaming_content) if answer.streaming else answer.content


def log(desk: Desk, sid: str) -> list[tuple[str, str, str]]:
    """(who, form, through) of every line of a file's log."""
    rows = exhibits.state(desk.standing((f"exhibit:{sid}",))).handed.get(sid, ())
    return [("/".join(row.kind.key.split("/")[-2:]), row.kind.form, row.kind.through) for row in rows]


# ---- who gets which bytes


def test_the_depositor_gets_the_file_back_and_the_other_side_a_derivative(desk: Desk) -> None:
    case, data = open_case(desk), picture()
    sid = deposit(desk, case, data)
    assert get(case, sid, "liaison-1") == (200, data)
    for person in ("liaison-2", "mediator-1", "monitor", "secretariat"):
        status, made = get(case, sid, person)
        assert status == 200 and made != data
        assert [mark for mark in (*MARKS, "Exif", "GPS") if mark.encode() in made] == []
        with Image.open(io.BytesIO(made)) as shown:
            assert (shown.size, dict(shown.getexif())) == ((96, 72), {})
    assert [get(case, sid, person)[0] for person in ("nobody", "analyst")] == [404, 404]


def test_a_file_leaves_as_a_download_alone(desk: Desk) -> None:
    case = open_case(desk)
    sid = deposit(desk, case, b"<script>alert(1)</script>", name="page.html")
    answer = signed_in("liaison-1").post(f"/exercise/cases/{case}/evidence/{sid}")
    kinds = ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control")
    assert [answer.headers[name] for name in kinds] == [
        "application/octet-stream", "nosniff", "sandbox; default-src 'none'", "no-store",
    ]  # fmt: skip
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    for method in ("get", "head", "put"):
        assert getattr(signed_in("liaison-1"), method)(f"/exercise/cases/{case}/evidence/{sid}").status_code == 405


def test_what_has_no_derivative_goes_to_the_mediators_side_alone(desk: Desk) -> None:
    case, data = open_case(desk), b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
    sid = deposit(desk, case, data, name="paper.pdf")
    found = {person: get(case, sid, person)[0] for person in PEOPLE}
    assert found == {
        "liaison-1": 200, "liaison-2": 409, "mediator-1": 200, "mediator-2": 200, "monitor": 409, "secretariat": 200,
        "analyst": 404, "nobody": 404,
    }  # fmt: skip
    page = signed_in("liaison-2").get(f"/exercise/affairs/exhibit/{sid}/").content.decode()
    why = [say(f"fault.derivative_no_decoder{part}", "en", media_type="application/pdf") for part in ("", "_remedy")]
    assert [text for text in (say("exhibit.have_none", "en"), *why) if text not in html.unescape(page)] == []


def test_an_appointed_examiner_gets_the_file_and_a_release_changes_the_derivative(desk: Desk) -> None:
    case, data = open_case(desk), picture()
    sid = deposit(desk, case, data)
    key = "tiga.example/exercise/monitor/1"
    answer = signed_in("mediator-1").post(
        f"/exercise/do/exhibit.appoint/{sid}/", {"examiner": key, "reason": "EXERCISE."}
    )
    assert answer.status_code == 302
    assert get(case, sid, "monitor") == (200, data)
    released = signed_in("mediator-1").post(
        f"/exercise/do/exhibit.release/{sid}/",
        {"keeps": ["keep_device"], "boxes": "0 0 48 72", "consent": "P-77", "reason": "EXERCISE."},
    )
    assert released.status_code == 302
    _, made = get(case, sid, "liaison-2")
    assert [mark.encode() in made for mark in (MODEL, SERIAL)] == [True, False]
    with Image.open(io.BytesIO(made)) as shown:
        assert max(max(shown.getpixel((x, 36))) for x in range(4, 40)) < 16
    assert "P-77" not in signed_in("liaison-2").get(f"/exercise/affairs/exhibit/{sid}/").content.decode()


# ---- what may not leak


def addresses(desk: Desk, case: str, sid: str) -> list[str]:
    """Every page that could speak of a file: the case, the exhibit, lists, the record and each of its entries."""
    fixed = [
        f"cases/{case}/",
        f"affairs/exhibit/{sid}/",
        "affairs/exhibit/",
        "affairs/",
        "record/",
        "cases/",
        "",
        "desk/",
    ]
    return [f"/exercise/{path}" for path in fixed] + [
        f"/exercise/record/{index}/" for index in range(desk.ledger.size() - 12, desk.ledger.size())
    ]


def test_no_page_tells_the_other_side_the_place_device_or_serial_of_a_file(desk: Desk) -> None:
    case = open_case(desk)
    sid = deposit(desk, case, picture())
    get(case, sid, "liaison-2")
    told: dict[str, set[str]] = {}
    for person in PEOPLE:
        pages = [signed_in(person).get(path).content.decode() for path in addresses(desk, case, sid)]
        told[person] = {mark for mark in MARKS for page in pages if mark in page}
    side = set(MARKS)
    assert told == {
        "liaison-1": side, "liaison-2": set(), "mediator-1": side, "mediator-2": side, "monitor": set(),
        "secretariat": side, "analyst": set(), "nobody": set(),
    }  # fmt: skip


def test_a_dossier_holds_for_the_other_side_what_a_download_would_give(desk: Desk, played: dict[str, str]) -> None:
    case = played["b"]
    exhibiting.catch_up(desk, kept.LATER)
    path = f"/exercise/cases/{case}/dossier/"
    assert [name for name in unpack(signed_in("liaison-2").get(path).content) if name.startswith("evidence/")] == []
    answer = signed_in("liaison-2").post(path)
    held = [data for name, data in unpack(answer.content).items() if name.startswith("evidence/")]
    rows = kept.doors(desk)["liaison-2"].case(case).evidence
    assert (len(held), [row.form for row in rows]) == (2, ["derivative", "original", ""])
    assert [line for row in rows for line in log(desk, row.sid)] == [
        ("liaison/2", "derivative", "dossier"), ("liaison/2", "original", "dossier"),
    ]  # fmt: skip


def test_counts_are_of_what_a_reader_may_see(desk: Desk) -> None:
    case = open_case(desk)
    deposit(desk, case, picture())
    pages = {person: signed_in(person).get("/exercise/affairs/exhibit/").content.decode() for person in PEOPLE}
    counts = {
        person: len(set(re.findall(r"/affairs/exhibit/([A-Za-z0-9_-]{43})/", page))) for person, page in pages.items()
    }
    assert counts == dict.fromkeys(PEOPLE, 1) | {"analyst": 0, "nobody": 0}


# ---- the disclosure log


def test_each_download_leaves_exactly_one_line(desk: Desk) -> None:
    case = open_case(desk)
    sid = deposit(desk, case, picture())
    assert log(desk, sid) == []
    for person in ("liaison-1", "liaison-2", "liaison-2", "mediator-1"):
        get(case, sid, person)
    get(case, sid, "nobody")
    assert log(desk, sid) == [
        ("liaison/1", "original", "file"), ("liaison/2", "derivative", "file"), ("liaison/2", "derivative", "file"),
        ("mediator/1b", "derivative", "file"),
    ]  # fmt: skip


def test_a_party_sees_the_log_of_its_own_file_alone(desk: Desk) -> None:
    case = open_case(desk)
    own = deposit(desk, case, picture())
    other = deposit(desk, case, picture(7), "monitor", "other.jpg")
    for sid in (own, other):
        get(case, sid, "mediator-1")
    shown = {
        person: [kept_lines(person, sid) for sid in (own, other)]
        for person in ("liaison-1", "liaison-2", "mediator-2", "monitor")
    }
    assert shown == {"liaison-1": [1, 0], "liaison-2": [0, 0], "mediator-2": [1, 1], "monitor": [0, 0]}


def kept_lines(person: str, sid: str) -> int:
    """Lines of the log on an exhibit's page, the entries among its acts counted too."""
    page = signed_in(person).get(f"/exercise/affairs/exhibit/{sid}/").content.decode()
    rows = page.count(say("exhibit_through.file", "en") + "</td>")
    assert page.count(say("act.exhibit.hand", "en")) == rows
    return rows


def test_nothing_is_handed_out_where_the_line_cannot_be_entered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = open_case(desk)
    sid = deposit(desk, case, picture())
    monkeypatch.setattr(desk.ledger, "enter", stopped)
    status, data = get(case, sid, "liaison-1")
    assert (status, data.startswith(picture()[:4]), log(desk, sid)) == (409, False, [])


def stopped(*given: object) -> NoReturn:
    """A ledger that takes nothing: what a full disk looks like to the desk."""
    raise Stopped("full", alias="exercise")


# ---- verdicts


@pytest.mark.parametrize("language", SPOKEN)
def test_each_verdict_stands_with_what_it_does_not_prove(desk: Desk, language: str) -> None:
    case = open_case(desk)
    sid = deposit(desk, case, picture())
    view = next(row for row in kept.doors(desk)["liaison-1"].case(case).evidence if row.sid == sid)
    assert len(view.verdicts) > 4
    for path in (f"/exercise/affairs/exhibit/{sid}/", f"/exercise/cases/{case}/"):
        page = html.unescape(signed_in("liaison-1", language).get(path).content.decode())
        said = [say(f"{row.code}{part}", language, **row.values) for row in view.verdicts for part in ("", ".not")]
        assert [text for text in said if text not in page] == []
        assert say("exhibit.about", language) in page


def test_a_claimed_time_is_compared_with_what_the_file_says(desk: Desk) -> None:
    case = open_case(desk)
    agrees = deposit(desk, case, picture(), taken="2026-01-02T10:00", zone="UTC")
    differs = deposit(desk, case, picture(9), taken="2025-06-02T10:00", zone="UTC")
    views = {row.sid: row for row in kept.doors(desk)["liaison-1"].case(case).evidence}
    codes = [{row.code for row in views[sid].verdicts} for sid in (agrees, differs)]
    assert ["evidence.time_agrees_if_zone" in one for one in codes] == [True, False]
    assert ["evidence.time_differs_everywhere" in one for one in codes] == [False, True]


def test_a_time_that_is_none_is_a_fault_and_nothing_is_deposited(desk: Desk) -> None:
    case, size = open_case(desk), desk.ledger.size()
    sent = {"file": SimpleUploadedFile(NAME, picture()), "taken": "yesterday", "zone": "UTC"}
    assert signed_in("liaison-1").post(f"/exercise/cases/{case}/evidence/", sent).status_code == 422
    assert desk.ledger.size() == size


def test_likeness_is_told_to_the_mediators_side_and_leads_to_the_existing_deed(desk: Desk) -> None:
    case, data = open_case(desk), picture()
    first = deposit(desk, case, data)
    again = deposit(desk, case, data, "liaison-2", "again.jpg")
    path = f"/exercise/affairs/exhibit/{again}/"
    heard = {
        person: signed_in(person).get(path).content.decode() for person in ("liaison-1", "liaison-2", "mediator-1")
    }
    button = say("exhibit.discredit", "en")
    assert {person: button in page for person, page in heard.items()} == {
        "liaison-1": False, "liaison-2": False, "mediator-1": True,
    }  # fmt: skip
    assert all(first in page for page in heard.values())  # both sides may see both files
    alike = say("exhibit.likeness", "en")
    assert {person: alike in page for person, page in heard.items()} == {
        "liaison-1": False, "liaison-2": False, "mediator-1": True,
    }  # fmt: skip
    report = kept.doors(desk)["mediator"].case(case).complaint
    ground = unquote(html.unescape(re.findall(r'[?]ground=([^"#]*)#ground"', heard["mediator-1"])[0]))
    answer = signed_in("mediator-1").get(f"/exercise/reports/{report.sid}/", {"ground": ground})
    assert f'value="{html.escape(ground)}"' in answer.content.decode()
    done = signed_in("mediator-1").post(f"/exercise/reports/{report.sid}/discredit/", {"ground": ground})
    assert done.status_code == 302
    assert kept.doors(desk)["mediator"].report(report.sid).discredited == ground


# ---- the record


def test_a_file_that_brings_the_child_down_is_deposited_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "WALL_S", 0)
    monkeypatch.setattr(exhibiting.examining.sys, "executable", "/does/not/exist")
    case = open_case(desk)
    sid = deposit(desk, case, picture())
    view = next(row for row in kept.doors(desk)["liaison-1"].case(case).evidence if row.sid == sid)
    assert (view.verdicts[0].code, view.verdicts[0].outcome) == ("evidence.child_start", "broken")
    assert get(case, sid, "liaison-1") == (200, picture())


def test_rows_made_anew_from_the_log_equal_the_live_ones(desk: Desk) -> None:
    case = open_case(desk)
    for number, person in enumerate(("liaison-1", "liaison-2", "monitor")):
        sid = deposit(desk, case, picture(number + 3), person, f"{number}.jpg")
        get(case, sid, "mediator-1")
    live = projections.digest_rows("exercise")
    assert len(live["fingerprint_row"]) == 3
    desk.rebuild()
    assert projections.digest_rows("exercise") == live


def test_the_routine_takes_up_files_that_were_not_examined_and_only_once(desk: Desk, played: dict[str, str]) -> None:
    assert len(queries.unexamined(desk, 100)) == 4
    assert exhibiting.catch_up(desk, kept.LATER) == 4
    size = desk.ledger.size()
    assert (exhibiting.catch_up(desk, kept.LATER), desk.ledger.size()) == (0, size)
    recycled = next(row for row in kept.doors(desk)["mediator"].case(played["b"]).evidence if "recycled" in row.name)
    assert recycled.resembles != ()


def test_a_case_costs_the_same_with_one_file_and_with_several(desk: Desk) -> None:
    case, person = open_case(desk), signed_in("mediator-1")
    costs = []
    for number in range(4):
        deposit(desk, case, picture(number + 3), name=f"{number}.jpg")
        person.get(f"/exercise/cases/{case}/")
        with CaptureQueriesContext(connections["exercise"]) as asked:
            person.get(f"/exercise/cases/{case}/")
        costs.append(len(asked))
    assert costs[1:] == [costs[1]] * 3


def test_a_file_whose_turn_does_not_come_is_left_to_the_next_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exhibiting, "TURN_S", 0.01)
    case = open_case(desk)
    for _ in range(exhibiting.CHILDREN_MAX):
        assert exhibiting._turns.acquire(timeout=5)
    try:
        sid = deposit(desk, case, picture())
        assert (get(case, sid, "liaison-1"), get(case, sid, "liaison-2")[0]) == ((200, picture()), 409)
    finally:
        for _ in range(exhibiting.CHILDREN_MAX):
            exhibiting._turns.release()
    assert (case, sid) in queries.unexamined(desk, 100)
    assert get(case, sid, "liaison-2")[0] == 200  # it is made when it is asked for
    assert (case, sid) not in queries.unexamined(desk, 100)


def test_every_text_of_exhibits_is_there_in_every_language() -> None:
    wanted = {code for code in catalogue("en").texts if code.startswith(("exhibit", "upload."))}
    assert [wanted - set(catalogue(tag).texts) for tag in SPOKEN] == [set(), set(), set()]


def test_whose_signatures_count_lies_beside_the_record(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exhibiting.trust("exercise") == Trust()
    for folder, name in (
        ("credentials", "a.pem"),
        ("timestamps", "b.pem"),
        ("timestamps", "c.txt"),
        ("chains", "d.pem"),
    ):
        (tmp_path / "trust" / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "trust" / folder / name).write_text(f"EXERCISE {name}")
    (tmp_path / "trust" / "chains" / "e.pem").write_bytes(b"x" * (exhibiting.TRUST_BYTES_LIMIT + 1))
    monkeypatch.setitem(settings.RECORDS["exercise"], "folder", str(tmp_path))
    assert exhibiting.trust("exercise") == Trust(("EXERCISE a.pem",), ("EXERCISE b.pem",), ("EXERCISE d.pem",))


def test_a_release_that_comes_between_takes_back_the_derivative_that_was_due(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A derivative is read, a mediator covers more of it, and the line is not entered any more: nothing leaves."""
    case = open_case(desk)
    sid = deposit(desk, case, picture())
    before = exhibiting._made

    def between(standing: object, file: str) -> str:
        monkeypatch.setattr(exhibiting, "_made", before)
        made = before(standing, file)  # type: ignore[arg-type]
        given = {"keeps": [], "boxes": "0 0 96 72", "consent": "", "reason": "EXERCISE."}
        assert signed_in("mediator-1").post(f"/exercise/do/exhibit.release/{sid}/", given).status_code == 302
        return made

    monkeypatch.setattr(exhibiting, "_made", between)
    assert (get(case, sid, "liaison-2")[0], log(desk, sid)) == (409, [])
    assert get(case, sid, "liaison-2")[0] == 200
