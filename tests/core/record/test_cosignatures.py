"""Cosignatures against the C2SP text, what is refused of them, and that merging has one result."""

from __future__ import annotations

import base64
import json
from itertools import permutations

import pytest

from tests.core.record import known
from tests.vectors import make_witness as vectors
from tests.vectors.make_witness import SECONDS, A, B, C, cosigned_note
from tiga.record import checkpoints, cosignatures, ed25519, notes
from tiga.record.cosignatures import Cosigned
from tiga.record.notes import COSIGNATURE, NoteKey, Signer
from tiga.record.refusals import Refused

HEAD = vectors.head(vectors.LEAVES, 3).text()
NOTE = vectors.signed(vectors.LEAVES, 3)
KEYS = [A.key, B.key, C.key]
EXAMPLE_LINE = (
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe"
    "+mbIUBkBIfZ+qnA=="
)


def _with(*lines: str, note: bytes = NOTE) -> bytes:
    return note + "".join(lines).encode()


def _line(signer: Signer, seconds: int = SECONDS, text: str = HEAD) -> str:
    return cosignatures.line(text, signer, seconds)


def _raw(key: NoteKey, signature: bytes) -> str:
    return notes.SignatureLine(key.name, key.key_id, signature).text()


def _code(note: bytes, keys: list[NoteKey]) -> str:
    with pytest.raises(Refused) as caught:
        cosignatures.cosigned(note, keys, known.CHECK)
    return caught.value.code


def test_the_example_of_the_specification() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert cosignatures.message(text, 1_679_315_147) == (b"cosignature/v1\ntime 1679315147\n" + text.encode())
    line = notes.parse_line(EXAMPLE_LINE)
    assert (line.name, line.key_id.hex(), len(line.signature)) == ("witness.example.com/w1", "8d66cf3f", 72)
    assert int.from_bytes(line.signature[:8], "big") == 1_679_315_147
    assert line.text() == EXAMPLE_LINE + "\n"


def test_the_vectors_are_what_we_make() -> None:
    assert (vectors.FOLDER / vectors.NAME).read_text(encoding="utf-8") == vectors.made()


def test_the_vectors_hold_without_our_code() -> None:
    rows = json.loads((vectors.FOLDER / vectors.NAME).read_text(encoding="utf-8"))["cosignatures"]
    assert len(rows) == 3
    for row in rows:
        dash, name, coded = row["line"][:-1].split(" ")
        data, public = base64.b64decode(coded), base64.b64decode(row["vkey"].split("+", 2)[2])[1:]
        message = b"cosignature/v1\ntime %d\n%s" % (row["seconds"], row["text"].encode())
        assert (dash, name, data[:4].hex()) == ("\u2014", *row["vkey"].split("+")[:2])
        assert (data[4:12], message.hex()) == (row["seconds"].to_bytes(8, "big"), row["message_hex"])
        assert known.plain_check(public, data[12:], message) is True


def test_a_cosignature_holds_and_says_when() -> None:
    note = _with(_line(B, 7), _line(A, cosignatures.SECONDS_LIMIT))
    assert cosignatures.cosigned(note, KEYS, ed25519.verify) == (
        Cosigned(A.key.name, cosignatures.SECONDS_LIMIT),
        Cosigned(B.key.name, 7),
    )
    assert cosignatures.attested(note, [B.key], known.CHECK) == {B.key: 7}


@pytest.mark.parametrize(
    ("signer", "seconds", "text", "code"),
    [
        (known.LOG, SECONDS, HEAD, "record.refused.cosignature_key"),
        (A, 0, HEAD, "record.refused.cosignature_time"),
        (A, -1, HEAD, "record.refused.cosignature_time"),
        (A, 2**63, HEAD, "record.refused.cosignature_time"),
        (A, SECONDS, HEAD + "more\n", "record.refused.checkpoint"),
        (A, SECONDS, "text\n", "record.refused.checkpoint"),
        (A, SECONDS, known.report().text(), "record.refused.checkpoint"),
    ],
)
def test_nothing_else_is_cosigned(signer: Signer, seconds: int, text: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        cosignatures.line(text, signer, seconds)
    assert caught.value.code == code


def test_lines_of_unknown_keys_are_ignored() -> None:
    other = known.signer(A.key.name, 30, COSIGNATURE)
    namesake = known.signer("tiga.example/x", 4, COSIGNATURE)
    note = _with(_line(other), _line(namesake), _raw(vectors.QUANTUM, bytes(2428)), _line(C))
    assert cosignatures.cosigned(note, [A.key, C.key, vectors.QUANTUM], known.CHECK) == (Cosigned(C.key.name, SECONDS),)
    assert cosignatures.cosigned(NOTE, KEYS, known.CHECK) == ()


def test_what_a_known_witness_did_not_sign_so_is_refused() -> None:
    signature = notes.parse_line(_line(A)[:-1]).signature
    later = (SECONDS + 1).to_bytes(8, "big") + signature[8:]
    never = bytes(8) + A.sign(cosignatures.message(HEAD, 0))
    past = (2**63).to_bytes(8, "big") + A.sign(cosignatures.message(HEAD, 2**63))
    undated = A.sign(HEAD.encode())
    zero = b"0" + str(SECONDS).encode()
    leading = SECONDS.to_bytes(8, "big") + A.sign(b"cosignature/v1\ntime " + zero + b"\n" + HEAD.encode())
    refused, time = "record.refused.signature", "record.refused.cosignature_time"
    cases = [(later, refused), (never, time), (past, time), (undated, refused), (leading, refused)]
    cases += [(signature[:-1], refused), (signature + b"\0", refused)]
    assert [_code(_with(_raw(A.key, one)), KEYS) for one, _ in cases] == [code for _, code in cases]
    elsewhere = _line(A, text=vectors.head(vectors.LEAVES, 4).text())
    assert _code(_with(elsewhere), KEYS) == refused
    assert _code(_with(_raw(A.key, notes.parse_line(_line(B)[:-1]).signature)), KEYS) == refused
    assert _code(_with(_line(B), _line(A), _line(A)), KEYS) == "record.refused.cosignature_twice"
    assert _code(_with(_line(A, 1), _line(A, 2)), KEYS) == "record.refused.cosignature_twice"


@pytest.mark.parametrize(("algorithm", "length"), [(1, 31), (4, 31), (4, 33), (6, 32), (6, 1311)])
def test_a_key_has_the_length_of_its_type(algorithm: int, length: int) -> None:
    with pytest.raises(Refused) as caught:
        NoteKey.of("witness.example", algorithm, bytes(length))
    assert caught.value.code == "record.refused.vkey"
    assert NoteKey.parse(vectors.QUANTUM.vkey) == vectors.QUANTUM


def test_only_checkpoints_are_looked_at() -> None:
    note = notes.sign_note("text\n", [known.LOG])
    assert _code(note, KEYS) == "record.refused.checkpoint"
    assert _code(b"text", KEYS) == "record.refused.note"


def test_a_key_signs_as_a_log_or_as_a_witness_never_both() -> None:
    note = notes.sign_note(HEAD, [known.LOG, Signer(A.key, A.sign)])
    assert _code(note, KEYS) == "record.refused.signature"
    as_log = NoteKey.of(A.key.name, notes.ED25519, A.key.public)
    with pytest.raises(Refused) as caught:
        notes.open_note(_with(_line(A), note=b""), [as_log], known.CHECK)
    assert caught.value.code == "record.refused.note"
    with pytest.raises(Refused) as caught:
        notes.open_note((HEAD + "\n" + _line(A)).encode(), [as_log], known.CHECK)
    assert caught.value.code == "record.refused.unsigned"


def test_the_log_stands_first_and_witnesses_ascend() -> None:
    lines = [_line(B), _line(C), _line(A)]
    whole = cosignatures.merged(NOTE, lines, known.LOG.key, KEYS, known.CHECK)
    names = [line.name for line in notes.taken_apart(whole)[1]]
    assert names == [known.ORIGIN, A.key.name, B.key.name, C.key.name]
    assert whole == cosigned_note(3, A, B, C) == _with(_line(A), _line(B), _line(C))
    head = checkpoints.open_checkpoint(whole, known.LOG.key, known.CHECK)
    assert head == vectors.head(vectors.LEAVES, 3)
    assert cosignatures.cosigned(whole, KEYS, known.CHECK) == vectors.at_seconds(A, B, C)


def test_merging_has_one_result_whatever_the_order_and_the_steps() -> None:
    lines = (_line(A), _line(B, 5), _line(B, 9), _line(B, 7))
    expected = _with(_line(A), _line(B, 9))
    assert {cosignatures.merged(NOTE, order, known.LOG.key, KEYS, known.CHECK) for order in permutations(lines)} == {
        expected
    }
    for order in permutations(lines):
        note = NOTE
        for line in order:
            note = cosignatures.merged(note, [line], known.LOG.key, KEYS, known.CHECK)
        assert note == expected
    assert cosignatures.merged(expected, [], known.LOG.key, KEYS, known.CHECK) == expected
    assert cosignatures.merged(expected, [], known.LOG.key, [], known.CHECK) == NOTE


def test_what_cannot_be_verified_falls_away_and_what_fails_is_refused() -> None:
    stranger = notes.signature_line(HEAD, known.STRANGER)
    quantum = _raw(vectors.QUANTUM, bytes(2428))
    note = _with(stranger, quantum)
    assert cosignatures.merged(note, [_line(C), stranger], known.LOG.key, [A.key], known.CHECK) == NOTE
    for lines, keys, code in (
        ([_line(A, text=vectors.head(vectors.LEAVES, 4).text())], KEYS, "record.refused.signature"),
        ([_line(A)[:-1]], KEYS, "record.refused.line"),
        (["\n"], KEYS, "record.refused.line"),
        ([_line(A) + _line(B)], KEYS, "record.refused.base64"),
    ):
        with pytest.raises(Refused) as caught:
            cosignatures.merged(note, lines, known.LOG.key, keys, known.CHECK)
        assert caught.value.code == code
    with pytest.raises(Refused) as caught:
        cosignatures.merged(note, [], known.MONITOR.key, KEYS, known.CHECK)
    assert caught.value.code == "record.refused.unsigned"


def test_a_checkpoint_has_room_for_31_witnesses() -> None:
    crowd = [known.signer(f"witness.example/{number:02d}", 100 + number, COSIGNATURE) for number in range(32)]
    lines = [_line(one) for one in crowd]
    keys = [one.key for one in crowd]
    full = cosignatures.merged(NOTE, lines[:31], known.LOG.key, keys, known.CHECK)
    assert len(cosignatures.cosigned(full, keys, known.CHECK)) == 31
    with pytest.raises(Refused) as caught:
        cosignatures.merged(full, lines[31:], known.LOG.key, keys, known.CHECK)
    assert (caught.value.code, caught.value.values) == ("record.refused.lines", {"count": 33, "limit": 32})


def test_an_answer_is_one_or_more_lines() -> None:
    body = (_line(A) + _line(B)).encode()
    assert cosignatures.parse_response(body) == (_line(A), _line(B))
    assert "".join(cosignatures.parse_response(body)).encode() == body


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "record.refused.cosignature_lines"),
        (_line(A)[:-1].encode(), "record.refused.cosignature_lines"),
        (b"\xff\n", "record.refused.cosignature_lines"),
        (b"x" * notes.NOTE_LIMIT + b"\n", "record.refused.cosignature_lines"),
        (b"\n", "record.refused.line"),
        (b"\n" + _line(A).encode(), "record.refused.line"),
        (_line(A).encode() + b"\n", "record.refused.line"),
        (_line(A).replace("\n", "\r\n").encode(), "record.refused.base64"),
        (_line(A).replace("\u2014", "-").encode(), "record.refused.line"),
        (_line(A).encode() * 33, "record.refused.lines"),
    ],
)
def test_another_answer_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Refused) as caught:
        cosignatures.parse_response(body)
    assert caught.value.code == code


def test_every_flipped_bit_of_a_cosignature_is_refused_or_makes_it_count_no_more() -> None:
    note = cosigned_note(3, A, B)
    start, outcomes = note.index(_line(A).encode()), set()
    for bit in range(start * 8, (start + len(_line(A).encode())) * 8):
        changed = bytearray(note)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            outcomes.add(cosignatures.cosigned(bytes(changed), KEYS, known.CHECK))
        except Refused:
            continue
    assert outcomes == {vectors.at_seconds(B)}
