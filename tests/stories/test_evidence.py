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
from tiga.store import examining, exhibiting, vault
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


def derived(desk: Desk, name: str) -> bytes:
    """The derivative of a sample as a party gets it: made in the child, with nothing kept."""
    made = examining.derivative(sample(name), "image/jpeg", frozenset(), (), name)
    assert isinstance(made, bytes)
    return made


def test_each_reader_of_the_case_gets_what_is_due_to_them(desk: Desk, played: dict[str, str]) -> None:
    """One side deposited the first picture, the other the second, a monitor the paper: each has its own back as it came."""
    exhibiting.catch_up(desk, kept.LATER)
    pictures = [derived(desk, name) for name in PICTURES[:2]]
    own, paper = [sample(name) for name in PICTURES[:2]], sample(PICTURES[2])
    for who, wanted in (
        ("liaison-1", [own[0], pictures[1], None]), ("liaison-2", [pictures[0], own[1], None]),
        ("mediator", [*pictures, paper]), ("secretariat", [*pictures, paper]), ("monitor", [*pictures, paper]),
    ):  # fmt: skip
        door = kept.doors(desk)[who]
        rows = door.case(played["b"]).evidence
        assert [(row.name, row.media_type) for row in rows] == list(zip(PICTURES, KINDS, strict=True))
        handed = [door.file(played["b"], row.sid) for row in rows]
        assert [None if isinstance(row, Refusal) else row.data for row in handed] == wanted, who


def test_the_public_gets_no_file_even_where_the_case_is_public(desk: Desk, played: dict[str, str]) -> None:
    sid = kept.doors(desk)["mediator"].case(played["b"]).evidence[0].sid
    public = kept.doors(desk)["public"]
    assert public.case(played["b"]).evidence == ()
    with pytest.raises(Absent):
        public.file(played["b"], sid)


def test_the_dossier_holds_the_files_in_the_form_that_its_reader_may_have(desk: Desk, played: dict[str, str]) -> None:
    exhibiting.catch_up(desk, kept.LATER)
    door = kept.doors(desk)["liaison-2"]
    wanted = (derived(desk, PICTURES[0]), sample(PICTURES[1]))
    members = unpack(door.takeout.case(played["b"], {}, files=True))
    held = {name: data for name, data in members.items() if name.startswith("evidence/")}
    assert held == {f"evidence/{hashlib.sha256(data).hexdigest()}": data for data in wanted}


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
