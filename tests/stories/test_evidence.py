"""Files deposited in the exercise: seen by those of R1, kept byte for byte, packed into the dossier, and nothing more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from tests.store import kept
from tiga import shipped
from tiga.drafts import evidence_item
from tiga.mechanism.acts import Refusal
from tiga.mechanism.deciders import depositing
from tiga.record.container import unpack
from tiga.store import vault
from tiga.store.desk import Desk
from tiga.web.access import Absent

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

PICTURES = ["stonebridge.jpg", "stonebridge-recycled.jpg", "register-extract.pdf"]
KINDS = ["image/jpeg", "image/jpeg", "application/pdf"]


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: object) -> Iterator[dict[str, str]]:
    with kept.filled(django_db_blocker, "exercise"):
        yield kept.play(kept.lay("exercise"))


@pytest.fixture
def desk(played: dict[str, str]) -> Desk:
    return kept.desk("exercise")


def sample(name: str) -> bytes:
    return (shipped.folder("samples") / "evidence" / name).read_bytes()


def test_each_reader_of_the_case_gets_the_very_bytes(desk: Desk, played: dict[str, str]) -> None:
    for who in ("liaison-1", "liaison-2", "mediator", "monitor", "secretariat"):
        door = kept.doors(desk)[who]
        rows = door.case(played["b"]).evidence
        assert [(row.name, row.media_type) for row in rows] == list(zip(PICTURES, KINDS, strict=True))
        assert [door.file(played["b"], row.sid)[1] for row in rows] == [sample(name) for name in PICTURES]


def test_the_public_gets_no_file_even_where_the_case_is_public(desk: Desk, played: dict[str, str]) -> None:
    sid = kept.doors(desk)["mediator"].case(played["b"]).evidence[0].sid
    public = kept.doors(desk)["public"]
    assert public.case(played["b"]).evidence == ()
    with pytest.raises(Absent):
        public.file(played["b"], sid)


def test_the_dossier_holds_the_files_by_their_hash(desk: Desk, played: dict[str, str]) -> None:
    members = unpack(kept.doors(desk)["liaison-2"].dossier(played["b"], {}))
    held = {name: data for name, data in members.items() if name.startswith("evidence/")}
    assert held == {f"evidence/{hashlib.sha256(sample(name)).hexdigest()}": sample(name) for name in PICTURES}


def test_no_entry_names_a_file_or_its_hash(desk: Desk) -> None:
    notes = b"".join(entry.note for entry in desk.ledger.entries())
    traces = [name.encode() for name in PICTURES] + [
        hashlib.sha256(sample(name)).hexdigest().encode() for name in PICTURES
    ]
    assert [trace for trace in traces if trace in notes] == []


def test_bytes_of_a_refused_deposit_are_not_kept(desk: Desk, played: dict[str, str]) -> None:
    item = evidence_item("x.bin", b"\x00 never deposited")
    by, now, salts = kept.actor(desk, "monitor/1"), desk.now(kept.LATER), tuple(bytes([n]) * 16 for n in range(6))
    result = desk.deposit(
        (f"case:{played['a']}",), item.data, lambda s: depositing.deposit(s, played["a"], item, by, now, salts), by
    )
    assert isinstance(result, Refusal) and result.code == "case_closed"
    with pytest.raises(LookupError):
        vault.blob(desk.alias, item.sha256)


@pytest.mark.parametrize(
    ("name", "data", "plain", "kind"),
    [
        ("../../etc/passwd", b"root", "passwd", "text/plain"),
        ("photo.png", b"\xff\xd8\xff\xe0", "photo.png", "image/jpeg"),
        ("a\u202egpj.exe", b"MZ\x00\x01", "agpj.exe", "application/octet-stream"),
        ("page.html", b"<script>alert(1)</script>", "page.html", "text/plain"),
        ("", b"\xff\xfe", "file", "application/octet-stream"),
    ],
)
def test_a_file_is_known_by_its_content_and_a_harmless_name(name: str, data: bytes, plain: str, kind: str) -> None:
    item = evidence_item(name, data)
    assert (item.name, item.media_type, item.sha256) == (plain, kind, hashlib.sha256(data).hexdigest())
