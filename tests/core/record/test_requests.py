"""Signed requests: one spelling, one path, one record, and no longer than the window."""

from __future__ import annotations

import hashlib

import pytest

from tiga.record import ed25519, requests
from tiga.record.notes import COSIGNATURE, ED25519, NoteKey, Signer, encode64
from tiga.record.refusals import Refused

ORIGIN = "tiga.example/doha-2025"
NAME = f"{ORIGIN}/liaison/4"
SEED = bytes([2]) * 32
KEY = NoteKey.of(NAME, ED25519, ed25519.public_of(SEED))
SIGNER = Signer(KEY, lambda message: ed25519.sign(SEED, message))
PATH, NOW = "/exercise/tlog/tile/entries/000.p/3?x=1", 1_780_272_000


def opened(header: str, path: str = PATH, now: int = NOW, origin: str = ORIGIN, key: NoteKey = KEY) -> str:
    return requests.opened(header, origin, path, now, {key.name: key}, ed25519.verify)


def refusal(*words: object, **named: object) -> str:
    with pytest.raises(Refused) as refused:
        opened(*words, **named)  # type: ignore[arg-type]
    return refused.value.code


def test_the_bytes_that_are_signed() -> None:
    assert requests.signed(ORIGIN, PATH, NOW) == f"tiga/read@v1\n{ORIGIN}\n{PATH}\n{NOW}\n".encode()
    header = requests.header(SIGNER, ORIGIN, PATH, NOW)
    assert header == f"Tiga {NAME} {NOW} {encode64(ed25519.sign(SEED, requests.signed(ORIGIN, PATH, NOW)))}"
    assert hashlib.sha256(header.encode()).hexdigest() == KNOWN


KNOWN = "e2dc8f6c9ab800ca8db270d4fbd52d81b65cec0c6e9419015638c25f5c35ebb5"
"""SHA-256 of the header of these inputs: Ed25519 has one signature for them."""


def test_a_request_opens_for_its_path_record_and_time_alone() -> None:
    header = requests.header(SIGNER, ORIGIN, PATH, NOW)
    assert opened(header) == NAME
    assert [opened(header, now=NOW + shift) for shift in (-300, 300)] == [NAME, NAME]
    assert {refusal(header, now=NOW + shift) for shift in (-301, 301)} == {"record.request.time"}
    assert refusal(header, path=PATH + "0") == "record.request.signature"
    assert refusal(header, origin="tiga.example/doha-2026") == "record.request.signature"


def test_a_key_that_may_not_sign_opens_nothing() -> None:
    header = requests.header(SIGNER, ORIGIN, PATH, NOW)
    assert refusal(header, key=NoteKey.of(NAME + "x", ED25519, KEY.public)) == "record.request.key"
    assert refusal(header, key=NoteKey.of(NAME, COSIGNATURE, KEY.public)) == "record.request.key"
    other = NoteKey.of(NAME, ED25519, ed25519.public_of(bytes([3]) * 32))
    assert refusal(header, key=other) == "record.request.signature"


def test_every_flipped_bit_of_a_header_is_refused() -> None:
    header = requests.header(SIGNER, ORIGIN, PATH, NOW).encode("ascii")
    scheme = len("Tiga")
    for place in range(scheme, len(header)):
        flipped = bytearray(header)
        flipped[place] ^= 1
        assert refusal(flipped.decode("latin-1")).startswith("record.request."), place


@pytest.mark.parametrize(
    "header",
    ["", "Tiga", "Bearer x 1 AAAA", f"Tiga {NAME} {NOW}", f"Tiga  {NAME} {NOW} AA==", f"Tiga {NAME} 0{NOW} AA==",
     f"Tiga {NAME} -1 AA==", f"Tiga {NAME} ²{NOW} AA==", f"Tiga {NAME} {NOW} AA==", f"Tiga {NAME} {NOW} é",
     f"Tiga a+b {NOW} " + "A" * 88],
)  # fmt: skip
def test_what_is_not_spelled_so_is_no_request(header: str) -> None:
    assert refusal(header) == "record.request.form"


@pytest.mark.parametrize("path", ["", "x", "/a b", "/é", "/\n", "/" + "a" * 2_048])
def test_a_path_that_cannot_be_asked_for_is_not_signed(path: str) -> None:
    with pytest.raises(Refused) as refused:
        requests.signed(ORIGIN, path, NOW)
    assert refused.value.code == "record.request.path"
