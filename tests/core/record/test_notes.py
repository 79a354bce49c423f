"""Signed notes and checkpoints against the C2SP texts, and what is refused of them."""

from __future__ import annotations

import pytest

from tests.core.record import known
from tiga.record import checkpoints, ed25519, notes
from tiga.record.checkpoints import Checkpoint
from tiga.record.notes import NoteKey, Signer
from tiga.record.refusals import Refused

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1E"
    "RYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
TESSERA = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"


def _code(note: bytes, keys: list[NoteKey], strict: bool = False) -> str:
    opened = notes.open_strict if strict else notes.open_note
    with pytest.raises(Refused) as caught:
        opened(note, keys, known.CHECK)
    return caught.value.code


def test_the_example_of_the_specification() -> None:
    key = NoteKey.parse(VKEY)
    assert (key.name, key.key_id.hex(), key.algorithm, key.vkey) == ("example.com/foo", "530d903a", 1, VKEY)
    opened = notes.open_note(NOTE, [key], ed25519.verify)
    assert (opened.text, opened.signed_by) == ("This is an example message.\n", ("example.com/foo",))


def test_the_known_keys_of_the_design() -> None:
    assert known.LOG.key.vkey == "tiga.example/doha-2025+b1ace074+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
    assert (
        known.MONITOR.key.vkey == "tiga.example/doha-2025/mon/7+54594b4c+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU"
    )


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "example.com/foo",
        VKEY.replace("530d903a", "530d903b"),
        VKEY.replace("530d903a", "530D903A"),
        VKEY + "\n",
        VKEY[:-1] + "l",
        VKEY.replace("example.com/foo", "example.com/ foo"),
        VKEY.replace("example.com/foo", ""),
        VKEY + "AAAA",
        "a+00000000+",
        "\ud800+00000000+AQ==",
    ],
)
def test_a_malformed_vkey_is_refused(vkey: str) -> None:
    with pytest.raises(Refused) as caught:
        NoteKey.parse(vkey)
    assert caught.value.code == "record.refused.vkey"


def test_lines_are_sorted_by_name_and_key_id() -> None:
    two = notes.sign_note("text\n", [known.MONITOR, known.MEDIATOR])
    assert two == notes.sign_note("text\n", [known.MEDIATOR, known.MONITOR])
    opened = notes.open_strict(two, [known.MONITOR.key, known.MEDIATOR.key], known.CHECK)
    assert opened.signed_by == (known.MEDIATOR.key.name, known.MONITOR.key.name)


def test_an_unknown_line_is_ignored_on_a_checkpoint_and_refused_on_an_entry() -> None:
    note = notes.sign_note("text\n", [known.MONITOR, known.STRANGER])
    assert notes.open_note(note, [known.MONITOR.key], known.CHECK).signed_by == (known.MONITOR.key.name,)
    assert _code(note, [known.MONITOR.key], strict=True) == "record.refused.unknown_key"
    assert _code(note, [known.LOG.key]) == "record.refused.unsigned"


def test_a_bad_signature_of_a_known_key_refuses_both() -> None:
    bad = Signer(known.MONITOR.key, known.STRANGER.sign)
    note = notes.sign_note("text\n", [known.MEDIATOR, bad])
    keys = [known.MONITOR.key, known.MEDIATOR.key]
    assert _code(note, keys) == "record.refused.signature"
    assert _code(note, keys, strict=True) == "record.refused.signature"


def test_a_key_of_another_type_is_an_unknown_key() -> None:
    witness = known.signer("tiga.example/wit/a", 4, algorithm=4)
    note = notes.sign_note("text\n", [witness, known.LOG])
    assert notes.open_note(note, [witness.key, known.LOG.key], known.CHECK).signed_by == (known.ORIGIN,)
    assert _code(note, [witness.key, known.LOG.key], strict=True) == "record.refused.unknown_key"


LINE = notes.signature_line("text\n", known.LOG)
OTHER = notes.signature_line("text\n", known.MONITOR)
TEXT = "text\n\n"


@pytest.mark.parametrize(
    ("note", "code"),
    [
        (TEXT, "record.refused.unsigned"),
        ("text\n" + LINE, "record.refused.note"),
        (TEXT + LINE[:-1], "record.refused.note"),
        (TEXT + LINE.replace("\n", "\r\n"), "record.refused.note"),
        (TEXT + OTHER + LINE, "record.refused.line_order"),
        (TEXT + LINE + LINE, "record.refused.line_order"),
        (TEXT + LINE.replace("\u2014", "-"), "record.refused.line"),
        (TEXT + LINE.replace("\u2014 ", "\u2014"), "record.refused.line"),
        (TEXT + f"\u2014 {known.ORIGIN} AAAA\n", "record.refused.line"),
        (TEXT + LINE[:-2] + "\n", "record.refused.base64"),
        (TEXT + LINE.replace(" s", " t"), "record.refused.unknown_key"),
        (TEXT + f"\u2014 a {notes.encode64(bytes(68))}\n" * 33, "record.refused.lines"),
        ("x" * notes.NOTE_LIMIT + "\n\n" + LINE, "record.refused.note_long"),
        ("text\t\n\n" + LINE, "record.refused.note"),
    ],
)
def test_a_malformed_note_is_refused(note: str, code: str) -> None:
    assert _code(note.encode(), [known.LOG.key, known.MONITOR.key], strict=True) == code


def test_bytes_that_are_not_utf8_are_refused() -> None:
    assert _code(b"\xff\n\n" + LINE.encode(), [known.LOG.key]) == "record.refused.note"


@pytest.mark.parametrize("text", ["", "text", "a\tb\n"])
def test_a_text_that_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(Refused) as caught:
        notes.sign_note(text, [known.LOG])
    assert caught.value.code == "record.refused.note"


@pytest.mark.parametrize("text", ["AB==", "AA=", "AA", "A A=", "AA==\n", "é", "-_=="])
def test_base64_is_strict(text: str) -> None:
    with pytest.raises(Refused) as caught:
        notes.decode64(text)
    assert caught.value.code == "record.refused.base64"


def test_a_checkpoint_is_read_as_it_is_written() -> None:
    head = Checkpoint(known.ORIGIN, 3, bytes(range(32)))
    assert head.text() == "tiga.example/doha-2025\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert checkpoints.parse(head.text()) == head
    assert checkpoints.open_checkpoint(notes.sign_note(head.text(), [known.LOG]), known.LOG.key, known.CHECK) == head


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("\n3\n", "\n03\n", "record.refused.number"),
        ("\n3\n", "\n+3\n", "record.refused.number"),
        ("\n3\n", "\n٣\n", "record.refused.number"),
        ("\n3\n", "\n9007199254740992\n", "record.refused.number"),
        ("h8=\n", "h8=\nmore\n", "record.refused.checkpoint"),
        ("h8=\n", "h8=", "record.refused.checkpoint"),
        ("h8=\n", "h9=\n", "record.refused.base64"),
        ("Hh8=\n", "\n", "record.refused.checkpoint"),
        ("tiga.example", "{tiga.example", "record.refused.checkpoint"),
    ],
)
def test_a_malformed_checkpoint_is_refused(old: str, new: str, code: str) -> None:
    text = Checkpoint(known.ORIGIN, 3, bytes(range(32))).text()
    with pytest.raises(Refused) as caught:
        checkpoints.parse(text.replace(old, new))
    assert caught.value.code == code


def test_a_checkpoint_of_another_origin_is_refused() -> None:
    note = notes.sign_note(Checkpoint("tiga.example/other", 0, bytes(32)).text(), [known.LOG])
    with pytest.raises(Refused) as caught:
        checkpoints.open_checkpoint(note, known.LOG.key, known.CHECK)
    assert caught.value.code == "record.refused.origin"


def test_the_checkpoints_of_a_tessera_log_are_accepted() -> None:
    folder = known.shared("tessera", "testdata", "log")
    key = NoteKey.parse(TESSERA)
    sizes = [
        checkpoints.open_checkpoint((folder / f"checkpoint.{n}").read_bytes(), key, ed25519.verify).size
        for n in range(16)
    ]
    assert sizes == list(range(16))
