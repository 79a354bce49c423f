"""Write the record's vectors anew: `python -m tests.vectors.make_record` from the repository's root, `src` on the path.

They are for other languages' verifiers. Every byte follows from published seeds; a test compares the files with what
is made here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.core.record import known
from tiga.record import canonical, checkpoints, entries, notes, tree
from tiga.record.canonical import NotCanonical

FOLDER = Path(__file__).parent / "record"

VALUES: list[Any] = [
    {"b": 1, "a": [True, False, -1], "a-b": "x", "a_b": {}, "a0": []},
    {"text": "سرحدی چوکی پر مارٹر حملہ", "zwnj": "می\u200cخواهم"},
    {"escapes": '\b\t\n\f\r"\\/\x01\x7f\u2028', "emoji": "😀"},
    {"largest": 2**53 - 1, "least": -(2**53 - 1)},
]
REFUSED = [
    '{"b":1,"a":2}',
    '{"a":1,"a":2}',
    '{"a": 1}',
    '{"a":1.0}',
    '{"a":1e3}',
    '{"a":-0}',
    '{"a":null}',
    '{"a":9007199254740992}',
    '{"A":1}',
    '{"é":1}',
    '{"a":"\\u0041"}',
    '{"a":"\\/"}',
    '{"a":"\\ud800"}',
    '{"a":NaN}',
    "[[[[[[[[[1]]]]]]]]]",
    '{"a":1}\n',
    "",
]


def canonical_vectors() -> dict[str, Any]:
    rows = [{"value": value, "utf8_hex": canonical.encode(value).hex()} for value in VALUES]
    refused = []
    for text in REFUSED:
        try:
            canonical.decode(text.encode())
        except NotCanonical as error:
            refused.append({"json": text, "code": error.code})
    return {"accepted": rows, "refused": refused}


def sid_vectors() -> dict[str, Any]:
    disclosed = [
        {"salt_hex": one.salt.hex(), "name": one.name, "value": one.value, "encoded": one.encoded, "digest": one.digest}
        for one in (known.RELEASED, known.WITHHELD)
    ]
    texts = [known.report(number=number).text() for number in range(2)]
    return {"texts": [{"text": text, "sid": entries.sid_of(text)} for text in texts], "disclosures": disclosed}


def leaf_vectors() -> dict[str, Any]:
    signers = (known.LOG, known.MONITOR, known.MEDIATOR)
    seeds = {"log": 1, "monitor": 2, "mediator": 3}
    keys = [
        {"seed_byte": seed, "vkey": one.key.vkey, "role": role}
        for (role, seed), one in zip(seeds.items(), signers, strict=True)
    ]
    book = known.book()
    rows = [
        {"note": one.note.decode(), "sid": one.sid, "leaf_hex": tree.leaf_hash(one.note).hex()}
        for one in map(book.entry, range(book.head().size))
    ]
    return {"keys": keys, "entries": rows, "root_hex": book.head().root.hex()}


def proof_vectors() -> dict[str, Any]:
    book = known.book(others=6)
    rows = [
        {"index": index, "leaf_hex": tree.leaf_hash(book.entry(index).note).hex(), "proof": book.proof(index).decode()}
        for index in range(book.head().size)
    ]
    leaves = [tree.leaf_hash(bytes([number])) for number in range(8)]
    grown = tree.Tree(lambda level, n: b"")
    grown.extend(leaves)
    consistency = [
        {"m": m, "n": n, "root_m_hex": tree.root_of(leaves[:m]).hex(), "root_n_hex": tree.root_of(leaves[:n]).hex()}
        | {"path_hex": [step.hex() for step in grown.consistency(m, n)]}
        for n in range(9)
        for m in range(n + 1)
    ]
    return {"log_vkey": known.LOG.key.vkey, "inclusion": rows, "consistency": consistency}


def checkpoint_vectors() -> dict[str, Any]:
    rows = []
    for size in (0, 1, 3, 1_000_000):
        head = checkpoints.Checkpoint(known.ORIGIN, size, tree.leaf_hash(b"root") if size else tree.EMPTY)
        note = notes.sign_note(head.text(), [known.LOG]).decode()
        rows.append({"origin": head.origin, "size": size, "root_hex": head.root.hex(), "note": note})
    return {"log_vkey": known.LOG.key.vkey, "checkpoints": rows}


MAKERS = {
    "canonical.json": canonical_vectors,
    "sid.json": sid_vectors,
    "leaf.json": leaf_vectors,
    "proof.json": proof_vectors,
    "checkpoint.json": checkpoint_vectors,
}


def made() -> dict[str, str]:
    """The text of each file of vectors."""
    return {
        name: json.dumps(make(), ensure_ascii=False, indent=1, sort_keys=True) + "\n" for name, make in MAKERS.items()
    }


def main() -> None:
    for name, text in made().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
