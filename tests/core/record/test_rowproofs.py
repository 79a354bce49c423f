"""The file in which a row's proof travels: one spelling, and nothing but the very row at its very place passes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tiga.record import canonical, rowproofs, rowroots
from tiga.record.container import pack, unpack
from tiga.record.refusals import Refused
from tiga.record.rowproofs import DOSSIER, PATH, ROW, RowProof

ROWS = [rowroots.row_bytes({"n": n, "word": "ټکی"}) for n in range(5)]
ROOT, COUNT = rowroots.root(ROWS)
PROOF = RowProof("s" * 43, 3, rowroots.row_proof(ROWS, 3), ROWS[3], b"not looked at here")


def refused(data: bytes) -> str:
    with pytest.raises(Refused) as error:
        rowproofs.parse(data)
    return error.value.code.removeprefix("record.refused.")


def test_a_proof_is_read_as_it_was_written_and_leads_to_its_root() -> None:
    assert rowproofs.parse(PROOF.encode()) == PROOF
    assert sorted(unpack(PROOF.encode())) == ["dossier.zip", "path.json", "row.json"]
    rowproofs.check(PROOF, COUNT, ROOT)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (replace(PROOF, row=ROWS[2]), "row_root"),
        (replace(PROOF, row=ROWS[3].replace(b'"n":3', b'"n":4')), "row_root"),
        (replace(PROOF, index=2), "row_root"),
        (replace(PROOF, index=5), "row_index"),
        (replace(PROOF, index=-1), "row_index"),
        (replace(PROOF, path=PROOF.path[:-1]), "row_root"),
        (replace(PROOF, path=(*PROOF.path, b"x" * 32)), "row_root"),
        (replace(PROOF, path=(b"short", *PROOF.path[1:])), "row_root"),
    ],
)
def test_another_row_place_or_path_does_not_pass(changed: RowProof, code: str) -> None:
    with pytest.raises(Refused) as error:
        rowproofs.check(changed, COUNT, ROOT)
    assert error.value.code == f"record.refused.{code}"


def test_another_root_or_number_of_rows_does_not_pass() -> None:
    for count, root in ((COUNT, bytes(32)), (COUNT - 1, ROOT), (COUNT + 4, ROOT)):
        with pytest.raises(Refused) as error:
            rowproofs.check(PROOF, count, root)
        assert error.value.code == "record.refused.row_root"


def _with(**changed: object) -> bytes:
    told = {"format": "tiga-row/1", "index": 3, "path": [], "table": "s"} | changed
    told = {name: value for name, value in told.items() if value is not None}
    return pack({ROW: ROWS[3], PATH: canonical.encode(told, 99_999), DOSSIER: b""})


@pytest.mark.parametrize(
    "data",
    [
        _with(format="tiga-row/2"), _with(index="3"), _with(index=True), _with(path="x"), _with(path=[1]), _with(table=7),
        _with(table="s" * 65), _with(more="x"), _with(index=None), _with(path=["x"] * 64),
        pack({ROW: ROWS[3], PATH: b"[]", DOSSIER: b""}),
    ],
)  # fmt: skip
def test_a_malformed_path_is_refused(data: bytes) -> None:
    assert refused(data) == "row_path"


def test_what_is_no_proof_is_refused_by_name() -> None:
    members = unpack(PROOF.encode())
    assert refused(pack(members | {"more": b""})) == "row_members"
    assert refused(pack({ROW: ROWS[3]})) == "row_members"
    assert refused(_with(path=["AA"])) == "base64"
    assert refused(b"no container") == "container"
    with pytest.raises(Refused) as error:
        rowproofs.parse(pack(members | {ROW: ROWS[3] + b" "}))
    assert error.value.code.startswith("record.canonical.")


@pytest.mark.parametrize("at", range(0, len(PROOF.encode()), 7))
def test_a_flipped_byte_does_not_pass(at: int) -> None:
    data = bytearray(PROOF.encode())
    data[at] ^= 1
    with pytest.raises(Refused):
        rowproofs.parse(bytes(data))
