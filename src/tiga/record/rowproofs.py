"""The proof of one row as a file: the row, its path to the root of its table, and a dossier with the entry that holds the root.

Rules
1. A container (`container`) with three members and no others: `row.json`, the row's canonical bytes; `path.json`, canonical:
   the format, the statement that entered the table, the row's index and the path; `dossier.zip`, a dossier as any other,
   which any verifier takes.
2. One spelling: packing again gives the same bytes.
3. What is checked, in this order: the dossier (`verify`, by the caller); that it holds the statement; that the row leads to the
   root that the statement's entry gives, at this index and of that many rows.

Not done here: what a row means, which act enters tables and where its body holds root and number of rows (`mechanism`).
Trust: a proof is not trusted. Whoever can change it can make it fail, and cannot make another row pass. A path holds hashes of
other rows without salt: who guesses one of those rows can see that it is right.
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.record import canonical, rowroots
from tiga.record.canonical import JSON, NotCanonical
from tiga.record.container import pack, unpack
from tiga.record.notes import decode64, encode64
from tiga.record.proofs import PATH_LIMIT
from tiga.record.refusals import Refused

FORMAT = "tiga-row/1"
ROW, PATH, DOSSIER = "row.json", "path.json", "dossier.zip"
PATH_BYTES_LIMIT = 16_384
SID_LIMIT = 64


@dataclass(frozen=True, slots=True)
class RowProof:
    """A row's canonical bytes, its index in the table of the statement `table` (a sid), the path, sibling first, and the
    dossier's bytes."""

    table: str
    index: int
    path: tuple[bytes, ...]
    row: bytes
    dossier: bytes

    def encode(self) -> bytes:
        """The bytes of the file."""
        told: JSON = {
            "format": FORMAT, "index": self.index, "path": [encode64(step) for step in self.path], "table": self.table,
        }  # fmt: skip
        return pack({ROW: self.row, PATH: canonical.encode(told, PATH_BYTES_LIMIT), DOSSIER: self.dossier})


def parse(data: bytes) -> RowProof:
    """Read a proof's file; raises Refused unless it is spelled exactly as `RowProof.encode` spells it."""
    members = unpack(data)
    if set(members) != {ROW, PATH, DOSSIER}:
        raise Refused("record.refused.row_members", {"names": f"{DOSSIER}, {PATH}, {ROW}"})
    try:
        told = canonical.decode(members[PATH], PATH_BYTES_LIMIT)
        canonical.decode(members[ROW], rowroots.ROW_BYTES_LIMIT)
    except NotCanonical as error:
        raise error.refusal from error
    if not isinstance(told, dict) or set(told) != {"format", "index", "path", "table"} or told["format"] != FORMAT:
        raise Refused("record.refused.row_path")
    index, path, table = told["index"], told["path"], told["table"]
    good = isinstance(path, list) and len(path) <= PATH_LIMIT and isinstance(table, str) and len(table) <= SID_LIMIT
    if not good or type(index) is not int or not all(isinstance(step, str) for step in path):
        raise Refused("record.refused.row_path")
    return RowProof(table, index, tuple(decode64(step) for step in path), members[ROW], members[DOSSIER])


def check(proof: RowProof, rows: int, root: bytes) -> None:
    """Raise Refused unless the row is at its index among `rows` rows under this root."""
    if not 0 <= proof.index < rows:
        raise Refused("record.refused.row_index", {"number": proof.index + 1, "rows": rows})
    if not rowroots.check_row(proof.row, proof.index, rows, proof.path, root):
        raise Refused("record.refused.row_root", {"number": proof.index + 1, "rows": rows})
