"""Sealed filings: opened by whom they name, by nobody else, whole or not at all, and passed on by nobody unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from tests.core.record import known
from tiga.cli.sealing import ciphers
from tiga.record import ed25519, notes, sealed
from tiga.record.refusals import Refused
from tiga.record.sealed import Ciphers, Filing, Frame

PLANTED = b"the witness lives in the third house beyond the mill"
FILING = Filing(PLANTED, "گواہی.txt", "text/plain", "c-417", "to be read by two")
SENDER = known.MONITOR
KEY = bytes(range(32))


def private(number: int) -> bytes:
    return hashlib.sha256(b"seal %d" % number).digest()


def public(number: int) -> bytes:
    return ed25519.x25519_public_of(private(number))


def opened(data: bytes, number: int) -> sealed.Unsealed:
    return sealed.unseal(data, public(number), ciphers(private(number)), known.CHECK)


def made(filing: Filing = FILING, to: Sequence[int] = (1, 2)) -> bytes:
    return sealed.seal(filing, SENDER, [public(number) for number in to], KEY, ciphers())


def code(data: bytes, number: int = 1) -> str:
    """How a file is refused; empty when it is opened."""
    try:
        opened(data, number)
    except Refused as refusal:
        return refusal.code
    return ""


def plain_of(data: bytes) -> bytes:
    """What lies in a file, as a recipient sees it who looks himself."""
    frame = sealed.parse(data)
    plain = ciphers().decrypt(KEY, frame.head, frame.body)
    assert plain is not None
    return plain


def around(plain: bytes, to: Sequence[int], committed: bytes = KEY) -> bytes:
    """A file made by hand around a plain text, as a recipient could make it; `committed` is the key it commits to."""
    ids = sorted(to, key=lambda number: sealed.key_id(public(number)))
    commitment = hashlib.sha256(b"tiga/sealed@v1 key\n" + committed).digest()
    empty = Frame(commitment, tuple((sealed.key_id(public(number)), b"") for number in ids), b"")
    slots = [ciphers().wrap(public(number), empty.info, KEY) for number in ids]
    head = Frame(commitment, tuple((one, slot) for (one, _), slot in zip(empty.slots, slots, strict=True)), b"").head
    return head + ciphers().encrypt(KEY, head, plain)


def test_every_recipient_opens_the_same() -> None:
    data = made(to=(1, 2, 3))
    first = opened(data, 1)
    assert (first.filing, first.sender) == (FILING, SENDER.key)
    assert sorted(first.recipients) == sorted(public(number) for number in (1, 2, 3))
    assert [opened(data, number) for number in (2, 3)] == [first, first]


def test_who_is_not_named_opens_nothing() -> None:
    data = made()
    assert code(data, 3) == "record.sealed.not_named"
    with pytest.raises(Refused) as caught:  # he takes the place of one who is
        sealed.unseal(data, public(1), ciphers(private(3)), known.CHECK)
    assert caught.value.code == "record.sealed.broken"


def test_the_file_shows_nothing_of_what_it_holds() -> None:
    data = made()
    statement = opened(data, 1).statement
    named = [FILING.name.encode(), FILING.case.encode(), FILING.note.encode(), SENDER.key.name.encode(), b"text/plain"]
    hidden = [PLANTED, PLANTED[:8], *named, hashlib.sha256(PLANTED).hexdigest().encode(), statement[:40]]
    assert all(text in plain_of(data) for text in hidden)  # so that the next line can fail
    assert [text for text in hidden if text in data] == []
    publics = [public(1), public(2), SENDER.key.public]
    assert [one for one in publics if one in data] == []


def test_a_sealed_file_is_another_each_time_and_as_long() -> None:
    one, two = made(), made()
    assert (len(one), one == two) == (len(two), False)


def test_every_flipped_byte_is_refused() -> None:
    data = made()
    held = []
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        if not code(bytes(changed)):
            held.append(place)
    assert (len(data), held) == (15 + 1 + 32 + 2 * 88 + 4096 + 16, [])


def test_shorter_and_longer_files_are_refused() -> None:
    data = made()
    cuts = [data[:length] for length in (0, 1, 14, 15, 16, 47, 48, 200, 4096, len(data) - 1)]
    assert [code(cut) for cut in [*cuts, data + b"\0", b"\0" + data, data * 2]] == ["record.sealed.form"] * 13


def test_what_is_forwarded_is_seen() -> None:
    """A recipient seals what he got, signature and all, to somebody whom its sender did not name."""
    data = made(to=(1, 2))
    plain = plain_of(data)
    assert code(around(plain, (1, 2))) == ""  # the same recipients: the same filing
    for to in ((3,), (1, 3), (1, 2, 3), (1,)):
        assert [code(around(plain, to), number) for number in to] == ["record.sealed.forwarded"] * len(to)


def test_a_statement_by_another_hand_is_refused() -> None:
    data = made()
    plain, statement = plain_of(data), opened(data, 1).statement
    text, _ = notes.taken_apart(statement)
    stranger = known.signer(SENDER.key.name, 9)  # the same name, another key
    forged = notes.sign_note(text, [stranger])
    length = len(forged).to_bytes(4, "big")
    swapped = (length + forged + PLANTED).ljust(len(plain), b"\0")
    assert code(around(swapped, (1, 2))) == "record.refused.unknown_key"
    later = (len(statement).to_bytes(4, "big") + statement + PLANTED[::-1]).ljust(len(plain), b"\0")
    assert code(around(later, (1, 2))) == "record.sealed.form"


def test_one_plain_text_has_one_form() -> None:
    plain = plain_of(made())
    assert code(around(plain, (1, 2))) == ""
    assert code(around(plain[:-1] + b"\1", (1, 2))) == "record.sealed.form"  # the padding speaks
    assert code(around(plain + bytes(len(plain)), (1, 2))) == "record.sealed.form"  # more of it than needed
    assert code(around(b"\xff" * 4 + plain[4:], (1, 2))) == "record.sealed.form"
    assert code(around(bytes(4096), (1, 2))) == "record.refused.note"


def test_a_key_that_was_not_committed_to_opens_nothing() -> None:
    """Else a body could be made that reads in two ways under two keys, one for each recipient."""
    plain = plain_of(made())
    assert code(around(plain, (1, 2), committed=KEY[::-1])) == "record.sealed.broken"


def test_a_slot_belongs_to_its_file() -> None:
    one, two = sealed.parse(made(to=(1,))), sealed.parse(made(to=(1, 2)))
    moved = Frame(two.commitment, tuple(sorted({**dict(two.slots), **dict(one.slots)}.items())), two.body)
    assert code(moved.head + moved.body) == "record.sealed.broken"


def test_slots_stand_in_one_order_and_none_twice() -> None:
    frame = sealed.parse(made())
    for slots in (frame.slots[::-1], frame.slots[:1] * 2):
        other = Frame(frame.commitment, slots, frame.body)
        with pytest.raises(Refused) as caught:
            sealed.parse(other.head + other.body)
        assert caught.value.code == "record.sealed.form"


def test_lengths_say_little() -> None:
    sizes = {size: len(made(Filing(bytes(size), "a"), (1,))) - 152 for size in (0, 1, 2900, 6000, 100_000)}
    assert sizes == {0: 4096, 1: 4096, 2900: 4096, 6000: 8192, 100_000: 131_072}
    assert [sealed.padded_length(n) for n in (1, 4096, 4097, 8192, 8193)] == [4096, 4096, 8192, 8192, 16384]


def test_the_largest_filing_and_one_byte_more() -> None:
    most = Filing(bytes(sealed.CONTENT_LIMIT), "a")
    data = made(most, (1,))
    assert (len(data) <= sealed.SEALED_LIMIT, opened(data, 1).filing == most) == (True, True)
    with pytest.raises(Refused) as caught:
        Filing(bytes(sealed.CONTENT_LIMIT + 1), "a")
    assert caught.value.code == "record.sealed.long"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        ".profile",
        "../up",
        "a/b",
        "a\\b",
        "c:x",
        "a\nb",
        "a\x00",
        "a\u202eb",
        "a\u2066b",
        "ب" * 101,
        "a" * 201,
    ],
)
def test_a_name_that_could_do_harm_is_refused(name: str) -> None:
    with pytest.raises(Refused) as caught:
        Filing(b"", name)
    assert (caught.value.code, caught.value.values) == ("record.sealed.member", {"name": "name"})


def test_such_a_name_is_refused_in_a_signed_statement_too() -> None:
    data = made(Filing(PLANTED, "abc"), (1,))
    text = notes.text_of(opened(data, 1).statement).replace('"name":"abc"', '"name":"../"')
    statement = notes.sign_note(text, [SENDER])
    plain = (len(statement).to_bytes(4, "big") + statement + PLANTED).ljust(4096, b"\0")
    assert code(around(plain, (1,))) == "record.sealed.member"


@pytest.mark.parametrize("to", [(), (1, 1), range(33)])
def test_recipients_are_one_to_32_different(to: Sequence[int]) -> None:
    with pytest.raises(Refused) as caught:
        made(to=to)
    assert caught.value.code == "record.sealed.recipients"


def test_a_seal_key_of_small_order_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        sealed.seal(FILING, SENDER, [bytes(32)], KEY, ciphers())
    assert caught.value.code == "cli.seal.weak_key"


def test_the_layout_is_what_the_document_says() -> None:
    """With ciphers that hide nothing, so that every byte can be looked at."""
    bare = Ciphers(
        wrap=lambda seal_key, info, key: key + hashlib.sha256(seal_key + info).digest() + bytes(16),
        unwrap=lambda info, slot: slot[:32],
        encrypt=lambda key, head, plain: plain + hashlib.sha256(head).digest()[:16],
        decrypt=lambda key, head, body: body[:-16],
    )
    data = sealed.seal(FILING, SENDER, [public(1), public(2)], KEY, bare)
    ids = sorted(hashlib.sha256(public(number)).digest()[:8] for number in (1, 2))
    commitment = hashlib.sha256(b"tiga/sealed@v1 key\n" + KEY).digest()
    assert data[:48] == b"tiga/sealed@v1\n\x02" + commitment
    assert [data[48:56], data[136:144]] == ids
    length = int.from_bytes(data[224:228], "big")
    assert data[228 : 228 + length].startswith(b'tiga/filing@v1\n{"case":"c-417","from":"' + SENDER.key.vkey.encode())
    assert data[228 + length :][: len(PLANTED) + 1] == PLANTED + b"\0"
    assert sealed.unseal(data, public(2), bare, known.CHECK) == opened(made(), 2)
    assert hashlib.sha256(data).hexdigest() == "f8e6211090f9a8b978713075ed2ffdb8f1731eb1b8d6917dca39f38a7433a743"
