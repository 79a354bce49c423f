"""Words for ids: proquints as published, the same on every machine, and different where ids differ."""

from __future__ import annotations

import pytest

from tiga.record import sidwords
from tiga.record.refusals import Refused
from tiga.values.names import base64url

SID = "jopa5TEMFXCMTj8eQQw4VFC9atIjsNqMZyAmfrhzcNU"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", ("lusab", "babad")),
        ("63.84.220.193", ("gutih", "tugad")),
        ("140.98.193.141", ("mudof", "sakat")),
        ("64.255.6.200", ("haguz", "biram")),
        ("147.67.119.2", ("natag", "lisaf")),
        ("216.35.68.215", ("tobog", "higil")),
    ],
)
def test_the_published_examples(address: str, expected: tuple[str, str]) -> None:
    digest = bytes(map(int, address.split("."))) + bytes(28)
    assert sidwords.spelled(digest) == expected + ("babab",) * 6


def test_the_words_of_the_documented_statement() -> None:
    words = ("mupap", "joroj", "gahas", "dijub", "mudav", "gusiv", "hahas", "godih")
    assert sidwords.words(SID) == words
    assert sidwords.line(words) == "mupap-joroj  gahas-dijub  mudav-gusiv  hahas-godih"


def test_each_of_the_first_128_bits_changes_one_word_and_no_other_bit_any() -> None:
    plain = bytes(32)
    changed = []
    for bit in range(256):
        digest = bytearray(plain)
        digest[bit // 8] ^= 0x80 >> bit % 8
        pairs = zip(sidwords.words(base64url(bytes(digest))), sidwords.words(base64url(plain)), strict=True)
        changed.append([place for place, (one, two) in enumerate(pairs) if one != two])
    assert changed == [[bit // 16] for bit in range(128)] + [[]] * 128


def test_every_pattern_of_16_bits_has_its_own_word() -> None:
    words = {sidwords.spelled(number.to_bytes(2, "big") + bytes(14))[0] for number in range(1 << 16)}
    assert (len(words), {len(word) for word in words}) == (1 << 16, {5})


@pytest.mark.parametrize("text", ["", SID[:-1], SID + "A", SID[:-1] + "B", SID[:-1] + "\n", "a b"])
def test_what_is_no_id_has_no_words(text: str) -> None:
    with pytest.raises(Refused) as caught:
        sidwords.words(text)
    assert caught.value.code == "record.words.sid"


def test_a_short_digest_has_no_words() -> None:
    with pytest.raises(Refused):
        sidwords.spelled(bytes(15))
