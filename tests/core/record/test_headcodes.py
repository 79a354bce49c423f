"""Head codes: what is heard is forgiven, what is wrong is not."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vectors.make_tiles import WITNESS, log
from tiga.record import headcodes
from tiga.record.checkpoints import Checkpoint
from tiga.record.headcodes import HeadCode
from tiga.record.refusals import Refused

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RFC4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
TEXT = log(600).head().text()
CODE = "600 GKES-NPN5-M2X6-SA73-C1FY-1XNQ-MA2X-4J3A"


def _independent(text: str) -> str:
    coded = base64.b32encode(hashlib.sha256(text.encode()).digest()[:20]).decode()
    letters = coded.translate(str.maketrans(RFC4648, CROCKFORD))
    return f"{text.splitlines()[1]} " + "-".join(letters[at : at + 4] for at in range(0, 32, 4))


@pytest.mark.parametrize("size", [0, 1, 2, 255, 600, 65_537])
def test_a_code_is_size_and_160_bits_of_the_text(size: int) -> None:
    text = log(size).head().text()
    assert headcodes.head_code(text) == _independent(text)
    digest = hashlib.sha256(text.encode()).digest()[:20]
    assert headcodes.parse(headcodes.head_code(text)) == HeadCode(size, digest)


def test_a_known_code() -> None:
    assert headcodes.head_code(TEXT) == CODE
    assert headcodes.parse(CODE).text == CODE


@pytest.mark.parametrize(
    "heard",
    [
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        CODE.replace(" ", "-"),
        f"  {CODE} \n",
        CODE.replace("1", "I"),
        CODE.replace("1", "l"),
        CODE.replace("0", "O"),
        CODE.replace("0", "o").replace("1", "i").lower(),
        CODE.replace("-", "\u2011").replace(" ", "\xa0"),
        CODE.replace("-", " \u2013 "),
        f"\u2068{CODE}\u2069",
        CODE.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
        CODE.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
    ],
)
def test_what_a_telephone_does_is_forgiven(heard: str) -> None:
    assert headcodes.parse(heard).text == CODE
    assert (headcodes.same(CODE, heard), headcodes.same(heard, CODE)) == (True, True)


@given(st.integers(0, 2**53 - 1), st.binary(min_size=20, max_size=20), st.randoms(use_true_random=False))
def test_a_code_is_read_through_any_noise(size: int, digest: bytes, chance: object) -> None:
    number, _, code = HeadCode(size, digest).text.partition(" ")
    noisy = f"{number} "
    for letter in code.replace("-", ""):
        heard = {"0": "0Oo", "1": "1IiLl"}.get(letter, letter + letter.lower())
        noisy += chance.choice(heard) + chance.choice(["", "", " ", "-", "\u2014"])  # type: ignore[attr-defined]
    assert headcodes.parse(noisy) == HeadCode(size, digest)


def test_every_other_character_makes_another_code() -> None:
    found = []
    for place, letter in enumerate(CODE):
        if letter in " -":
            continue
        others = "123456789" if place == 0 else "0123456789" if place < 3 else CROCKFORD
        for other in others.replace(letter, ""):
            found.append(headcodes.same(CODE, CODE[:place] + other + CODE[place + 1 :]))
    assert found == [False] * (8 + 9 + 9 + 32 * 31)


def test_a_character_too_few_or_too_many_is_a_slip() -> None:
    found = []
    for place in range(4, len(CODE)):
        for changed in (CODE[:place] + CODE[place + 1 :], CODE[:place] + "7" + CODE[place:]):
            if changed.count("-") == CODE.count("-") or len(changed) > len(CODE):
                with pytest.raises(Refused) as caught:
                    headcodes.parse(changed)
                found.append(caught.value.code)
    assert found == ["record.headcode.form"] * (32 + len(CODE) - 4)


def test_another_head_has_another_code() -> None:
    head = log(600).head()
    others = [
        Checkpoint(head.origin, 601, head.root),
        Checkpoint(f"{head.origin}/exercise", 600, head.root),
        Checkpoint(head.origin, 600, head.root[::-1]),
    ]
    assert [headcodes.same(CODE, headcodes.head_code(one.text())) for one in others] == [False] * 3


@pytest.mark.parametrize(
    "code",
    [
        "",
        "600",
        CODE[4:],
        CODE[:-1],
        CODE.replace("G", "U", 1),
        CODE.replace("G", "é", 1),
        CODE + "!",
        CODE.replace(" ", ""),
        " 6 0 0  " + CODE[4:],
        CODE + " " * 200,
        CODE.replace("G", "\u0131", 1),
    ],
)
def test_what_is_no_code_is_refused(code: str) -> None:
    for call in (lambda: headcodes.parse(code), lambda: headcodes.same(CODE, code), lambda: headcodes.same(code, CODE)):
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == "record.headcode.form"
        assert str(caught.value) != ""


@pytest.mark.parametrize("size", ["0600", "9999999999999999", "12345678901234567", "6,00", "6A", "+6"])
def test_a_size_that_no_log_has_is_refused(size: str) -> None:
    with pytest.raises(Refused) as caught:
        headcodes.parse(CODE.replace("600", size))
    assert caught.value.code == "record.refused.number"


@pytest.mark.parametrize("text", ["", TEXT[:-1], TEXT + "more\n", log(600).checkpoint().decode(), "a\n1\nAA==\n"])
def test_only_a_checkpoints_text_has_a_code(text: str) -> None:
    with pytest.raises(Refused) as caught:
        headcodes.head_code(text)
    assert caught.value.code == "record.refused.checkpoint"


def test_signatures_have_no_part_in_a_code() -> None:
    signed = log(600).checkpoint(None, WITNESS).decode()
    assert headcodes.head_code(signed.partition("\n\n")[0] + "\n") == CODE
