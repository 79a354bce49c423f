"""Write the vectors of tiles, courier packs, fork proofs and head codes: `python -m tests.vectors.make_tiles` from the
repository's root, `src` on the path.

They are for other languages. Entry i of every log here is the text `entry i` and a newline; from the place on where a
log differs from the others, `entry i of` and the log's mark. Every byte follows from published seeds; a test compares
the files with what is made here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tests.core.record import known
from tiga.record import cosignatures, courier, forks, headcodes, notes, tiles, tree, witness
from tiga.record.checkpoints import Checkpoint
from tiga.record.forks import ForkProof
from tiga.record.notes import NoteKey, Signer
from tiga.record.refusals import Refused
from tiga.record.tiles import ENTRIES, REDACTED, Row, TileName

FOLDER = Path(__file__).parent / "record"
WITNESS = known.signer("witness.example/w1", 4, notes.COSIGNATURE)
SECONDS = 1_762_156_800
ELSEWHERE = known.signer("tiga.example/other", 1)
FORGER = Signer(NoteKey.of(known.ORIGIN, notes.ED25519, known.LOG.key.public), known.signer(known.ORIGIN, 8).sign)

PATHS = ["tile/0/000", "tile/0/999", "tile/0/x001/000", "tile/0/x001/x234/067", "tile/1/005.p/17", "tile/63/000"]
PATHS += ["tile/entries/000.p/1", "tile/entries/x001/234", "tile/entries-redacted/000.p/255"]
PATHS_REFUSED = [
    "",
    "tile/0/0",
    "tile/0/000/",
    "/tile/0/000",
    "tile/00/000",
    "tile/64/000",
    "tile/-1/000",
    "tile/0/x000/001",
]
PATHS_REFUSED += [
    "tile/0/001/000",
    "tile/0/x001",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/01",
    "tile/0/000.p",
]
PATHS_REFUSED += [
    "tile/data/000",
    "tile/entries/000.p/1\n",
    "tile/0/٠٠٠",
    "tile/0/x001/x1/000",
    "tile/entries_redacted/000",
]


class Log:
    """A log of `size` entries that shares its first `shared` ones with every log of another mark."""

    def __init__(self, size: int, shared: int | None = None, mark: str = "b") -> None:
        same = size if shared is None else shared
        texts = [f"entry {n}\n" if n < same else f"entry {n} of {mark}\n" for n in range(size)]
        self.size = size
        self.entries = [text.encode() for text in texts]
        self.hashes = [tree.leaf_hash(entry) for entry in self.entries]
        self.stored: dict[tuple[int, int], bytes] = {}
        self.tree = tree.Tree(self.load)
        self.stored.update(((level, n), data) for level, n, data in self.tree.extend(self.hashes))

    def load(self, level: int, n: int) -> bytes:
        return self.stored[level, n]

    def leaves(self, start: int, stop: int) -> list[bytes]:
        return self.hashes[start:stop]

    def head(self, size: int | None = None) -> Checkpoint:
        size = self.size if size is None else size
        return Checkpoint(known.ORIGIN, size, self.tree.root(size))

    def checkpoint(self, size: int | None = None, *cosigners: Signer) -> bytes:
        """Signed by the log, then by witnesses."""
        text = self.head(size).text()
        lines = [notes.signature_line(text, known.LOG), *(cosignatures.line(text, one, SECONDS) for one in cosigners)]
        return f"{text}\n{''.join(lines)}".encode()

    def data(self, name: TileName, size: int | None = None) -> bytes:
        """A tile's or bundle's bytes; in a redacted bundle every second entry is withheld, every sixth suppressed."""
        size = self.size if size is None else size
        if not name.is_bundle:
            return tiles.data(name, size, self.load, self.leaves)
        places = tiles.span(name, size)
        if name.level == ENTRIES:
            return tiles.bundle([self.entries[place] for place in places])
        return tiles.redacted([self.row(place) for place in places])

    def row(self, place: int) -> Row:
        withheld = place % 2 == 1
        return Row(self.hashes[place], None if withheld else self.entries[place], place % 6 == 5)

    def named(self, level: tiles.Level, size: int, start: int) -> dict[str, bytes]:
        return {name.path: self.data(name, size) for name in tiles.row(level, size, start)}


@cache
def log(size: int, shared: int | None = None, mark: str = "b") -> Log:
    return Log(size, shared, mark)


def pack(size: int, start: int, kind: tiles.Level | None = None, requests: dict[str, bytes] | None = None) -> bytes:
    """A courier pack of the common log, with bundles of a kind or without."""
    made = log(size)
    bundles = made.named(kind, size, start) if kind else None
    return courier.compose(made.checkpoint(), start, made.named(0, size, start), bundles, requests)


def request(old: int, size: int) -> bytes:
    """The request to a witness that has seen the first `old` entries."""
    made = log(size)
    return witness.request(old, made.tree.consistency(old), made.checkpoint())


def tiles_vectors() -> dict[str, Any]:
    accepted = [(path, tiles.parse_path(path)) for path in PATHS]
    few = log(3)
    rows = [few.row(0), few.row(1), Row(few.hashes[2], None, True)]
    plain, shortened = tiles.bundle(few.entries), tiles.redacted(rows)
    wrong = [(plain, 2), (plain, 4), (plain[:-1], 3), (plain + b"\0", 3), (b"", 1)]
    wrong_redacted = [(shortened, 2), (shortened[:-1], 3), (shortened + b"\0", 3), (b"\x03" + shortened[1:], 3)]
    return {
        "paths": [{"path": path, "level": one.level, "n": one.n, "width": one.width} for path, one in accepted],
        "paths_refused": PATHS_REFUSED,
        "logs": [_log_vector(size) for size in (1, 3, 256, 257, 600)],
        "large_log": _log_vector(65_537, lambda name: not name.is_bundle and (name.level != 0 or name.width < 256)),
        "lacking": [
            {"size": size, "start": start, "paths": [name.path for name in tiles.names(size, start)]}
            for size, start in ((600, 300), (600, 512), (600, 600), (512, 511), (70_000, 69_900))
        ],
        "bundle": {"entries_hex": [entry.hex() for entry in few.entries], "bundle_hex": plain.hex()},
        "redacted": {"rows": [_row_vector(row) for row in rows], "bundle_hex": shortened.hex()},
        "bundles_refused": [{"bundle_hex": data.hex(), "count": count} for data, count in wrong],
        "redacted_refused": [{"bundle_hex": data.hex(), "count": count} for data, count in wrong_redacted],
    }


def _log_vector(size: int, chosen: Any = lambda name: True) -> dict[str, Any]:
    made = log(size)
    files = {name.path: hashlib.sha256(made.data(name)).hexdigest() for name in tiles.names(size) if chosen(name)}
    return {"size": size, "root_hex": made.tree.root().hex(), "sha256": files}


def _row_vector(row: Row) -> dict[str, Any]:
    note = None if row.note is None else row.note.hex()
    return {"leaf_hex": row.leaf.hex(), "note_hex": note, "suppressed": row.suppressed}


def fork(m: int, n: int, shared: int, *cosigners: Signer) -> bytes:
    """The fork proof of a log that signed m entries of one history and n of another."""
    one, two = log(m, shared, "a"), log(n, shared, "b")
    made = forks.prove_from_tree(
        one.checkpoint(None, *cosigners), two.checkpoint(None, *cosigners), two.tree, known.LOG.key, known.CHECK
    )
    assert made is not None
    return made


def forks_refused() -> list[tuple[str, bytes]]:
    """Files that prove nothing, and why."""
    good = forks.parse(fork(3, 7, 2))
    honest, other = log(7), log(7, 2, "b")
    true_root, path = honest.tree.root(3), tuple(honest.tree.consistency(3))
    text = log(3, 2, "a").head().text()
    elsewhere = text.replace(known.ORIGIN, "tiga.example/other")
    changed = [
        ("both heads are of one history", ForkProof(true_root, path, honest.checkpoint(3), honest.checkpoint())),
        ("the same head twice", ForkProof(true_root, (), honest.checkpoint(3), honest.checkpoint(3))),
        ("equal sizes and a hash", ForkProof(other.tree.root(), path[:1], honest.checkpoint(), other.checkpoint())),
        ("another root than the hashes lead to", replace(good, prefix_root=true_root[::-1])),
        ("the smaller head's own root", replace(good, prefix_root=log(3, 2, "a").tree.root())),
        ("the larger head first", replace(good, m_checkpoint=good.n_checkpoint, n_checkpoint=good.m_checkpoint)),
        ("another log's head", replace(good, m_checkpoint=notes.sign_note(elsewhere, [ELSEWHERE]))),
        ("another log's head, signed by this one", replace(good, m_checkpoint=notes.sign_note(elsewhere, [known.LOG]))),
        ("signed in the log's name by another", replace(good, m_checkpoint=notes.sign_note(text, [FORGER]))),
        ("not signed by the log", replace(good, m_checkpoint=notes.sign_note(text, [known.STRANGER]))),
        ("a hash too few", replace(good, path=good.path[:-1])),
        ("a hash too many", replace(good, path=(*good.path, bytes(32)))),
        ("a hash of 31 bytes", replace(good, path=(good.path[0][:31], *good.path[1:]))),
        ("64 hashes", replace(good, path=(bytes(32),) * 64)),
    ]
    plain = good.encode()
    return [(why, proof.encode()) for why, proof in changed] + [
        ("no root", plain.replace(b"prefix ", b"", 1)),
        ("another version", plain.replace(b"@v1", b"@v2", 1)),
        ("a newline more between", plain.replace(b"\n\ntiga", b"\n\n\ntiga", 1)),
        ("a newline less between", plain.replace(good.m_checkpoint + b"\n", good.m_checkpoint)),
        ("a newline more at the end", plain + b"\n"),
        ("cut off", plain[:-1]),
        ("one checkpoint only", plain[: -len(good.n_checkpoint) - 1]),
    ]


def fork_vectors() -> dict[str, Any]:
    proved, refused = [], []
    for m, n, shared in ((1, 2, 0), (3, 7, 2), (4, 8, 1), (5, 5, 4), (8, 8, 0), (255, 257, 254), (256, 300, 17)):
        data = fork(m, n, shared, WITNESS) if (m, n) == (4, 8) else fork(m, n, shared)
        found = forks.check(data, known.LOG.key, known.CHECK)
        roots = {"prefix_root_hex": found.prefix_root.hex(), "signed_root_hex": found.signed_root.hex()}
        proved.append(
            {"m": found.m, "n": found.n, "shared": shared, "origin": found.origin, "fork": data.decode()} | roots
        )
    for why, data in forks_refused():
        try:
            forks.check(data, known.LOG.key, known.CHECK)
        except Refused as refusal:
            refused.append({"why": why, "code": refusal.code, "fork": data.decode()})
    return {"log_vkey": known.LOG.key.vkey, "proved": proved, "refused": refused}


def headcode_vectors() -> dict[str, Any]:
    rows = []
    for size in (0, 1, 600, 65_537):
        text = log(size).head().text()
        code = headcodes.head_code(text)
        heard = [code.lower(), code.replace("-", " "), code.replace("-", "").replace("0", "o").replace("1", "l")]
        heard.append(code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
        rows.append({"checkpoint_text": text, "code": code, "heard": heard})
    code = rows[2]["code"]
    refused = ["", "600", code[:-1], code.replace("600", "0600"), code.replace("600", "-"), code[:-1] + "U", code + "!"]
    return {"codes": rows, "refused": refused}


def courier_vectors() -> dict[str, Any]:
    asked = {"qa": request(1, 3)}
    small = [(3, 0, None, None), (3, 1, ENTRIES, asked), (3, 2, REDACTED, None), (0, 0, None, None), (3, 3, None, None)]
    large = [(256, 0, None), (257, 256, ENTRIES), (600, 300, REDACTED), (65_537, 65_000, None)]
    whole = []
    for size, start, kind, requests in small:
        data = pack(size, start, kind, requests)
        row = {"size": size, "reader_has": start, "pack_base64": base64.b64encode(data).decode()}
        whole.append(row | {"leaves_hex": [leaf.hex() for leaf in courier.read(data).leaves(start)]})
    hashed = [(size, start, kind, pack(size, start, kind)) for size, start, kind in large]
    return {
        "packs": whole,
        "large_packs": [
            {"size": size, "reader_has": start, "bundles": kind, "index_start": courier.read(data).start}
            | {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for size, start, kind, data in hashed
        ],
        "answers": [
            {"slug": "qa", "status": status, "name": courier.answer_name("qa", status)} for status in (200, 409)
        ],
    }


MAKERS = {
    "tiles.json": tiles_vectors,
    "fork.json": fork_vectors,
    "headcode.json": headcode_vectors,
    "courier.json": courier_vectors,
}


def made() -> dict[str, str]:
    """The text of each file of vectors."""
    return {name: spelled(make()) for name, make in MAKERS.items()}


def spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    for name, text in made().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
