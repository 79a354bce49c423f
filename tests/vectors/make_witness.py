"""Write the vectors of cosignatures, policies and witnesses anew: `python -m tests.vectors.make_witness` from the
repository's root, `src` on the path.

They are for other languages' verifiers and witnesses. Every byte follows from published seeds; a test compares the file
with what is made here.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.core.record import known
from tests.vectors.make_record import FOLDER
from tiga.record import cosignatures, notes, policy, tree, witness
from tiga.record.checkpoints import Checkpoint
from tiga.record.cosignatures import Cosigned
from tiga.record.notes import COSIGNATURE, MLDSA, NoteKey, Signer
from tiga.record.refusals import Refused
from tiga.record.witness import Seen

NAME = "cosignature.json"
SECONDS = 1_762_155_682
WITNESSES = tuple(
    known.signer(f"{known.ORIGIN}/wit/{slug}", seed, COSIGNATURE) for seed, slug in enumerate("abc", start=4)
)
A, B, C = WITNESSES
QUANTUM = NoteKey.of(f"{known.ORIGIN}/wit/q", MLDSA, bytes(1312))
"""A key of the type that is not verified here; nobody holds its other half."""
WEAK = NoteKey.of(f"{known.ORIGIN}/wit/w", COSIGNATURE, b"\1" + bytes(31))
"""The neutral point: any signature could be made to hold under it."""
LEAVES = [tree.leaf_hash(bytes([number])) for number in range(8)]
OTHER = [*LEAVES[:3], *(tree.leaf_hash(bytes([number, 0])) for number in range(3, 8))]
"""Another history: the same up to its third leaf."""

X1, X2, X3, Y1, Y2, Y3 = (
    known.signer(f"witness.example/{name}", seed, COSIGNATURE).key
    for seed, name in enumerate(("x1", "x2", "x3", "y1", "y2", "y3"), start=20)
)
EXAMPLE = f"""log {known.LOG.key.vkey}

witness X1 {X1.vkey}
witness X2 {X2.vkey}
witness X3 {X3.vkey}
group X-witnesses 2 X1 X2 X3

witness Y1 {Y1.vkey}
witness Y2 {Y2.vkey}
witness Y3 {Y3.vkey}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
"""The example of the specification, with keys."""
PRESENT: tuple[tuple[str, ...], ...] = (
    (),
    ("X1",),
    ("X1", "X2"),
    ("Y2",),
    ("X1", "Y1"),
    ("X1", "X3", "Y2"),
    ("X1", "X2", "X3"),
    ("Y1", "Y2", "Y3"),
    ("X-witnesses", "Y-witnesses", "X-and-Y"),
    ("X1", "X2", "X3", "Y1", "Y2", "Y3"),
)
LOG_LINE = f"log {known.LOG.key.vkey}\n"
A_LINE = f"witness a {A.key.vkey}\n"
B_LINE = f"witness b {B.key.vkey}\n"
FIT: dict[str, bytes] = {
    "nothing but a quorum": b"quorum none\n",
    "spaces, tabs, comments and empty lines": f" \t\n\t# log\n\t log\t {known.LOG.key.vkey} \t\nquorum\tnone\n".encode(),
    "addresses": f"log {known.LOG.key.vkey} https://log.example/\n{A_LINE[:-1]} https://a.example\nquorum a\n".encode(),
    "words of the grammar as names": f"witness all {A.key.vkey}\ngroup 2 1 all\ngroup any any 2\nquorum any\n".encode(),
    "octets that are not UTF-8": b"# \xff\n"
    + A_LINE.replace(" a ", " \udc80 ").encode("utf-8", "surrogateescape")
    + b"quorum \x80\n",
    "a quorum before the last line": f"quorum none\n{LOG_LINE}".encode(),
    "a quorum that is a member of a group": f"{A_LINE}{B_LINE}group g any a b\nquorum a\n".encode(),
    "a key of type 6": f"log {known.LOG.key.vkey}\nwitness q {QUANTUM.vkey}\nquorum q\n".encode(),
    "no logs": f"{A_LINE}quorum a\n".encode(),
}
UNFIT: dict[str, bytes] = {
    "empty": b"",
    "no quorum": LOG_LINE.encode(),
    "a quorum in a comment": b"# quorum none\n",
    "two quorums": b"quorum none\nquorum none\n",
    "cut off": b"quorum none",
    "a carriage return": b"quorum none\r\n",
    "a zero octet": b"# \0\nquorum none\n",
    "the octet 7F": b"# \x7f\nquorum none\n",
    "an unknown word": b"policy v1\nquorum none\n",
    "a word in capitals": b"Quorum none\n",
    "a comment after words": b"quorum none # nobody\n",
    "a quorum without a name": b"quorum\n",
    "a quorum of two": f"{A_LINE}{B_LINE}quorum a b\n".encode(),
    "a quorum that is unknown": f"{A_LINE}quorum b\n".encode(),
    "a quorum that comes later": f"quorum a\n{A_LINE}".encode(),
    "a log without a key": b"log\nquorum none\n",
    "a log with too many words": f"{LOG_LINE[:-1]} u v\nquorum none\n".encode(),
    "a log's key as a witness": f"witness a {known.LOG.key.vkey}\nquorum a\n".encode(),
    "a witness's key as a log": f"log {A.key.vkey}\nquorum none\n".encode(),
    "a key with another id": f"witness a {A.key.vkey.replace(A.key.key_id.hex(), '00000000')}\nquorum a\n".encode(),
    "a key that is no key": b"log example.com\nquorum none\n",
    "a weak key": f"witness a {WEAK.vkey}\nquorum a\n".encode(),
    "a log twice": f"{LOG_LINE}{LOG_LINE}quorum none\n".encode(),
    "a log twice under two names": f"{LOG_LINE}log {known.signer('other.example', 1).key.vkey}\nquorum none\n".encode(),
    "a witness's key twice": f"{A_LINE}{A_LINE.replace(' a ', ' b ')}quorum a\n".encode(),
    "a witness's key under two names": (
        f"{A_LINE}witness b {known.signer('other.example', 4, COSIGNATURE).key.vkey}\nquorum a\n".encode()
    ),
    "a name twice": f"{A_LINE}{B_LINE.replace(' b ', ' a ')}quorum a\n".encode(),
    "a witness and a group of one name": f"{A_LINE}group a any a\nquorum a\n".encode(),
    "a group twice": f"{A_LINE}{B_LINE}group g any a\ngroup g any b\nquorum g\n".encode(),
    "a witness named none": A_LINE.replace(" a ", " none ").encode() + b"quorum none\n",
    "none in a group": f"{A_LINE}group g any a none\nquorum g\n".encode(),
    "a group without members": b"group g all\nquorum none\n",
    "a group with itself": f"{A_LINE}group g any a g\nquorum g\n".encode(),
    "a group of what comes later": f"group g any a\n{A_LINE}quorum g\n".encode(),
    "a member twice": f"{A_LINE}group g any a a\nquorum g\n".encode(),
    "a member of two groups": f"{A_LINE}{B_LINE}group g any a\ngroup h any b a\nquorum h\n".encode(),
    "a group of two groups": f"{A_LINE}group g any a\ngroup h any g\ngroup i any g\nquorum h\n".encode(),
    "none of one": f"{A_LINE}group g 0 a\nquorum g\n".encode(),
    "two of one": f"{A_LINE}group g 2 a\nquorum g\n".encode(),
    "a number with a zero before": f"{A_LINE}group g 01 a\nquorum g\n".encode(),
    "a number with a sign": f"{A_LINE}group g +1 a\nquorum g\n".encode(),
    "a number in other digits": f"{A_LINE}group g ۱ a\nquorum g\n".encode(),
}


def head(leaves: list[bytes], size: int, origin: str = known.ORIGIN) -> Checkpoint:
    """The head of a history's first `size` leaves."""
    return Checkpoint(origin, size, tree.root_of(leaves[:size]))


def signed(leaves: list[bytes], size: int, *signers: Signer) -> bytes:
    """A head signed by the log, and by further signers of notes."""
    return notes.sign_note(head(leaves, size).text(), [known.LOG, *signers])


def path(leaves: list[bytes], m: int, n: int) -> list[bytes]:
    grown = tree.Tree(lambda level, number: b"")
    grown.extend(leaves)
    return grown.consistency(m, n)


def _submissions() -> list[tuple[str, bytes]]:
    """Requests to one witness, one after the other."""
    unknown = notes.sign_note(head(LEAVES, 1, "tiga.example/other").text(), [known.signer("tiga.example/other", 1)])
    forged = signed(LEAVES, 5).replace(b"\n5\n", b"\n6\n")
    empty = notes.sign_note(Checkpoint(known.ORIGIN, 0, LEAVES[0]).text(), [known.LOG])
    lines = notes.sign_note(head(LEAVES, 1).text() + "more\n", [known.LOG])
    foreign = notes.sign_note(head(LEAVES, 1).text(), [known.STRANGER])
    unsigned = (head(LEAVES, 1).text() + "\n").encode()
    ask = witness.request
    return [
        ("not a request", b"old 0\n"),
        ("an old size with a zero before", ask(0, [], signed(LEAVES, 1)).replace(b"old 0", b"old 00")),
        ("64 hashes", ask(0, [LEAVES[0]] * 63, signed(LEAVES, 1)).replace(b"\n", b"\n" + b"A" * 43 + b"=\n", 1)),
        ("a log that is not known", ask(0, [], unknown)),
        ("no signature line", ask(0, [], unsigned)),
        ("a signature by another key alone", ask(0, [], foreign)),
        ("a signature that does not hold", ask(0, [], forged)),
        ("an extension line", ask(0, [], lines)),
        ("an empty tree with another root", ask(0, [], empty)),
        ("an empty tree with a proof", ask(0, [LEAVES[0]], signed(LEAVES, 0))),
        ("an empty tree", ask(0, [], signed(LEAVES, 0))),
        ("the empty tree again", ask(0, [], signed(LEAVES, 0))),
        ("a proof where none is needed", ask(0, [LEAVES[0]], signed(LEAVES, 3))),
        ("the first head", ask(0, [], signed(LEAVES, 3))),
        ("a client that does not know the size", ask(0, [], signed(LEAVES, 5))),
        ("an old size above the new", ask(3, [], signed(LEAVES, 2))),
        ("an older head", ask(2, [], signed(LEAVES, 2))),
        ("the same head again", ask(3, [], signed(LEAVES, 3))),
        ("the same size, another root", ask(3, [], signed([LEAVES[1], *LEAVES], 3))),
        ("the same head with a proof", ask(3, [LEAVES[0]], signed(LEAVES, 3))),
        ("no proof", ask(3, [], signed(LEAVES, 6))),
        ("a proof for another size", ask(3, path(LEAVES, 3, 7), signed(LEAVES, 6))),
        ("a continuation, signed by others too", ask(3, path(LEAVES, 3, 6), signed(LEAVES, 6, known.STRANGER))),
        ("a fork with its own proof", ask(6, path(OTHER, 6, 8), signed(OTHER, 8))),
        ("the last head", ask(6, path(LEAVES, 6, 8), signed(LEAVES, 8))),
    ]


def exchange_vectors() -> list[dict[str, Any]]:
    """Requests to the witness A, one a second, with its answers and the size it then has."""
    rows: list[dict[str, Any]] = []
    state: dict[str, Seen] = {}
    for number, (title, body) in enumerate(_submissions()):
        answer = witness.add_checkpoint(
            body, {known.ORIGIN: known.LOG.key}, state.get, A, SECONDS + number, known.CHECK
        )
        if answer.seen:
            state[answer.seen.origin] = answer.seen
        row = {"title": title, "seconds": SECONDS + number, "request": body.decode(), "status": answer.status}
        row["size_after"] = state[known.ORIGIN].size if state else 0
        rows.append(row | ({"answer": answer.body.decode()} if answer.status in (200, 409) else {}))
    return rows


def cosignature_vectors() -> dict[str, Any]:
    rows = []
    for number, one in enumerate(WITNESSES):
        text, seconds = head(LEAVES, 2 * number).text(), (SECONDS, 1, cosignatures.SECONDS_LIMIT)[number]
        signed_bytes = cosignatures.message(text, seconds)
        rows.append(
            {"text": text, "seconds": seconds, "message_hex": signed_bytes.hex(), "vkey": one.key.vkey}
            | {"line": cosignatures.line(text, one, seconds)}
        )
    lines = [cosignatures.line(head(LEAVES, 3).text(), one, SECONDS + at) for at, one in enumerate((C, A, B, A))]
    keys = [one.key for one in WITNESSES]
    note = signed(LEAVES, 3, known.STRANGER)
    return {
        "keys": {"log": known.LOG.key.vkey}
        | {f"witness, seed byte {seed}": one.key.vkey for seed, one in enumerate(WITNESSES, start=4)},
        "cosignatures": rows,
        "merged": {
            "checkpoint": note.decode(),
            "lines": lines,
            "result": cosignatures.merged(note, lines, known.LOG.key, keys, known.CHECK).decode(),
        },
    }


def policy_vectors() -> dict[str, Any]:
    example, refused = policy.parse(EXAMPLE.encode()), []
    for title, data in UNFIT.items():
        try:
            policy.parse(data)
        except Refused as error:
            place = {"line": error.values["line"]} if "line" in error.values else {}
            refused.append({"title": title, "base64": _base64(data), "code": error.code} | place)
    held = [
        {"present": names, "met": example.quorum.met(names), "lacking": example.quorum.lacking(names)}
        for names in PRESENT
    ]
    accepted = [
        {"title": title, "base64": _base64(data), "sha256": policy.parse(data).sha256} for title, data in FIT.items()
    ]
    return {
        "example": {"text": EXAMPLE, "sha256": example.sha256, "held": held},
        "accepted": accepted,
        "refused": refused,
    }


def made() -> str:
    """The text of the file."""
    vectors = {**cosignature_vectors(), "policies": policy_vectors(), "add_checkpoint": exchange_vectors()}
    return json.dumps(vectors, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def cosigned_note(size: int, *witnesses: Signer) -> bytes:
    """A head of LEAVES with cosignatures, all at SECONDS."""
    lines = [cosignatures.line(head(LEAVES, size).text(), one, SECONDS) for one in witnesses]
    keys = [one.key for one in witnesses]
    return cosignatures.merged(signed(LEAVES, size), lines, known.LOG.key, keys, known.CHECK)


def at_seconds(*witnesses: Signer) -> tuple[Cosigned, ...]:
    return tuple(Cosigned(one.key.name, SECONDS) for one in witnesses)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def main() -> None:
    (FOLDER / NAME).write_text(made(), encoding="utf-8")


if __name__ == "__main__":
    main()
