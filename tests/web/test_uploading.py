"""Files that arrive in pieces: a line that is cut at every place, strangers, limits, a day, and the deposit at the end."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.test.client import FakePayload

from tests.store import kept
from tests.web.people import enrol, signed_in
from tests.web.test_exhibit_pages import open_case, picture
from tiga.mechanism.evidence import LENGTH_LIMIT
from tiga.store import arriving, models, opening, vault
from tiga.store.desk import Desk
from tiga.values.moments import Instant
from tiga.web import readers

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
HERE = "/exercise/uploads/"
PIECE = 600


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


def begin(who: Client, length: int, name: str = "ridge.jpg", path: str = HERE) -> tuple[int, str]:
    named = base64.b64encode(name.encode()).decode()
    headers = {"HTTP_UPLOAD_LENGTH": str(length), "HTTP_UPLOAD_METADATA": f"filename {named}"}
    answer = who.post(path, **TUS, **headers)
    return answer.status_code, answer.headers.get("Location", "")


def patch(who: Client, path: str, at: int, data: bytes) -> tuple[int, str]:
    answer = who.patch(path, data, content_type="application/offset+octet-stream", **TUS, HTTP_UPLOAD_OFFSET=str(at))
    return answer.status_code, answer.headers.get("Upload-Offset", "")


def offset(who: Client, path: str) -> tuple[int, str, str]:
    answer = who.head(path, **TUS)
    return answer.status_code, answer.headers.get("Upload-Offset", ""), answer.headers.get("Upload-Length", "")


class Cut(FakePayload):
    """A body whose line is cut after some bytes."""

    def __init__(self, data: bytes, after: int) -> None:
        super().__init__(data)
        self.left = after

    def read(self, size: int | None = None) -> bytes:
        if not self.left:
            raise OSError("connection reset by peer")
        part = super().read(min(size or self.left, self.left))
        self.left -= len(part)
        return part


def cut(who: Client, path: str, at: int, data: bytes, after: int) -> None:
    """A PATCH whose line is cut after some of its bytes; nobody reads the answer."""
    who.generic(
        "PATCH", path, b"", content_type="application/offset+octet-stream", **TUS, HTTP_UPLOAD_OFFSET=str(at),
        **{"wsgi.input": Cut(data, after), "CONTENT_LENGTH": str(len(data)),
           "CONTENT_TYPE": "application/offset+octet-stream"},
    )  # fmt: skip


def test_a_line_cut_at_every_boundary_and_within_every_piece_loses_nothing(desk: Desk) -> None:
    """Before, within and after each piece the line is cut; the sender asks where it stands and goes on from there."""
    who, data, case = signed_in("liaison-1"), picture(), open_case(desk)
    assert len(data) > 3 * PIECE
    _, path = begin(who, len(data))
    at = cuts = 0
    while at < len(data):
        for after in (0, 1, PIECE // 2):
            cut(who, path, at, data[at : at + PIECE], after)
            status, told, length = offset(who, path)
            assert (status, told, length) == (200, str(min(at + after, len(data))), str(len(data)))
            at, cuts = int(told), cuts + 1
        if at < len(data):
            assert patch(who, path, at, data[at : at + PIECE]) == (204, str(min(at + PIECE, len(data))))
            cut(
                who, path, at, data[at : at + PIECE], PIECE
            )  # sent again after the answer was lost: refused by its place
            at = int(offset(who, path)[1])
    assert cuts > 6
    answer = who.post(f"/exercise/cases/{case}/evidence/", {"upload": path.rsplit("/", 1)[1], "note": "EXERCISE."})
    assert answer.status_code == 302
    row = kept.doors(desk)["liaison-1"].case(case).evidence[-1]
    assert (row.name, vault.blob("exercise", row.sha256)) == ("ridge.jpg", data)
    assert (models.Arriving.objects.using("exercise").count(), models.Piece.objects.using("exercise").count()) == (0, 0)
    assert offset(who, path)[0] == 404


def test_what_was_acknowledged_is_there_after_the_server_begins_anew(desk: Desk) -> None:
    who = signed_in("liaison-1")
    _, path = begin(who, 1000)
    assert patch(who, path, 0, b"a" * 400) == (204, "400")
    opening.forget()
    assert offset(signed_in("liaison-1"), path) == (200, "400", "1000")


def test_a_file_that_has_not_arrived_is_not_deposited(desk: Desk) -> None:
    who, case, size = signed_in("liaison-1"), open_case(desk), desk.ledger.size()
    _, path = begin(who, 1000)
    patch(who, path, 0, b"a" * 999)
    for number in (path.rsplit("/", 1)[1], "0" * 32, "../x"):
        assert who.post(f"/exercise/cases/{case}/evidence/", {"upload": number}).status_code == 422
    assert desk.ledger.size() == size


def test_somebody_elses_file_is_not_there(desk: Desk) -> None:
    _, path = begin(signed_in("liaison-1"), 4)
    found = {}
    for person in ("liaison-2", "mediator-1", "secretariat", "analyst", "nobody"):
        who = signed_in(person)
        found[person] = [offset(who, path)[0], patch(who, path, 0, b"evil")[0], who.delete(path, **TUS).status_code]
    assert found == {person: [404, 404, 404] for person in found}
    number, case = path.rsplit("/", 1)[1], open_case(desk)
    patch(signed_in("liaison-1"), path, 0, b"good")
    assert signed_in("liaison-2").post(f"/exercise/cases/{case}/evidence/", {"upload": number}).status_code == 422


def test_who_could_deposit_nothing_begins_nothing(desk: Desk) -> None:
    found = {
        person: begin(signed_in(person), 4)[0] for person in ("liaison-1", "monitor", "mediator-1", "analyst", "nobody")
    }
    assert found == {"liaison-1": 201, "monitor": 201, "mediator-1": 201, "analyst": 404, "nobody": 404}


@pytest.mark.parametrize("length", [LENGTH_LIMIT + 1, 0])
def test_a_length_that_is_not_taken_is_refused_before_a_byte_comes(desk: Desk, length: int) -> None:
    assert begin(signed_in("liaison-1"), length)[0] == 413


def test_more_than_was_announced_is_refused(desk: Desk) -> None:
    who = signed_in("liaison-1")
    _, path = begin(who, 10)
    assert patch(who, path, 0, b"a" * 11) == (413, "")
    assert patch(who, path, 0, b"a" * 10) == (204, "10")
    assert patch(who, path, 10, b"a") == (413, "")


def test_a_sender_has_so_many_files_on_their_way_and_no_more(desk: Desk) -> None:
    who = signed_in("liaison-1")
    paths = [begin(who, 4) for _ in range(arriving.OPEN_MAX)]
    assert ({status for status, _ in paths}, begin(who, 4)[0], begin(signed_in("liaison-2"), 4)[0]) == ({201}, 429, 201)
    assert who.delete(paths[0][1], **TUS).status_code == 204
    assert begin(who, 4)[0] == 201


def test_a_sender_has_so_many_bytes_on_their_way_and_no_more(desk: Desk) -> None:
    who = signed_in("liaison-1")
    assert [begin(who, LENGTH_LIMIT)[0] for _ in range(4)] == [201, 201, 201, 429]


def test_pieces_are_encrypted_and_forgotten_after_a_day(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    who = signed_in("liaison-1")
    _, path = begin(who, 100)
    patch(who, path, 0, b"basalt-EXERCISE")
    (piece,) = models.Piece.objects.using("exercise").all()
    assert b"basalt" not in bytes(piece.data)
    monkeypatch.setattr(readers, "wall", lambda: Instant(kept.LATER.ms + arriving.KEPT_MS))
    assert offset(who, path)[0] == 404
    assert arriving.expire("exercise", readers.wall()) == 1
    assert models.Piece.objects.using("exercise").count() == 0
    with pytest.raises(LookupError):
        vault.reveal("exercise", f"piece {path.rsplit('/', 1)[1]} 0", bytes(piece.data))


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("post", {"HTTP_UPLOAD_LENGTH": "4"}, 412), ("post", TUS, 400), ("post", {**TUS, "HTTP_UPLOAD_LENGTH": "x"}, 400),
        ("post", {**TUS, "HTTP_UPLOAD_LENGTH": "-1"}, 400), ("options", {}, 204), ("get", TUS, 405),
    ],
)  # fmt: skip
def test_what_a_client_of_tus_is_answered(desk: Desk, method: str, headers: dict[str, str], status: int) -> None:
    answer = getattr(signed_in("liaison-1"), method)(HERE, **headers)
    assert answer.status_code == status
    if method == "options":
        names = ("Tus-Version", "Tus-Extension", "Tus-Max-Size")
        assert [answer.headers[name] for name in names] == [
            "1.0.0",
            "creation,expiration,termination",
            str(LENGTH_LIMIT),
        ]


def test_a_piece_needs_its_type_and_its_place(desk: Desk) -> None:
    who = signed_in("liaison-1")
    _, path = begin(who, 10)
    wrong = who.patch(path, b"a", content_type="text/plain", **TUS, HTTP_UPLOAD_OFFSET="0")
    none = who.patch(path, b"a", content_type="application/offset+octet-stream", **TUS)
    assert (wrong.status_code, none.status_code, patch(who, path, 1, b"a")[0]) == (415, 400, 409)


def test_the_pages_own_token_is_asked_for(desk: Desk) -> None:
    who = Client(enforce_csrf_checks=True)
    who.cookies = signed_in("liaison-1").cookies
    assert begin(who, 4)[0] == 403
    _, path = begin(signed_in("liaison-1"), 4)
    assert patch(who, path, 0, b"evil")[0] == 403


@pytest.mark.parametrize("metadata", ["", "filename", "filename ====", "other dGV4dA==", "filename /w==", "x" * 5000])
def test_a_name_that_cannot_be_read_is_left_out(desk: Desk, metadata: str) -> None:
    who, case = signed_in("liaison-1"), open_case(desk)
    answer = who.post(HERE, **TUS, HTTP_UPLOAD_LENGTH="4", HTTP_UPLOAD_METADATA=metadata)
    assert answer.status_code == 201
    patch(who, answer.headers["Location"], 0, b"text")
    who.post(f"/exercise/cases/{case}/evidence/", {"upload": answer.headers["Location"].rsplit("/", 1)[1]})
    assert kept.doors(desk)["liaison-1"].case(case).evidence[-1].name == "file"


def test_a_file_with_the_form_still_goes_without_any_of_this(desk: Desk) -> None:
    case, file = open_case(desk), io.BytesIO(b"EXERCISE. Plain.")
    file.name = "plain.txt"
    answer = signed_in("liaison-1").post(f"/exercise/cases/{case}/evidence/", {"file": file})
    assert answer.status_code == 302
    assert kept.doors(desk)["liaison-1"].case(case).evidence[-1].name == "plain.txt"
