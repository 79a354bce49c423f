"""Ed25519: one verdict, whatever library gives it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.core.record import known
from tiga.record import ed25519

UNSAFE = {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"}
UNSOUND = {"low_order_A", "non_canonical_A", "low_order_component_A"}


def _cctv() -> list[tuple[bytes, bytes, bytes, set[str]]]:
    rows = json.loads(known.shared("C2SP-CCTV", "ed25519", "ed25519vectors.json").read_bytes())
    return [
        (bytes.fromhex(row["key"]), bytes.fromhex(row["sig"]), row["msg"].encode(), set(row["flags"] or ()))
        for row in rows
    ]


def test_rfc_8032_section_7_1() -> None:
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert ed25519.verify(public, signature, b"\x72") is True
    assert ed25519.verify(public, signature, b"\x73") is False
    assert ed25519.sound_key(public) is True


def test_every_flipped_bit_of_a_signature_or_key_fails() -> None:
    message = b"text\n"
    public, signature = known.LOG.key.public, known.LOG.sign(message)
    assert ed25519.verify(public, signature, message) is True
    held = []
    for bit in range(96 * 8):
        data = bytearray(public + signature)
        data[bit // 8] ^= 1 << bit % 8
        if ed25519.verify(bytes(data[:32]), bytes(data[32:]), message):
            held.append(bit)
    assert held == []


def test_s_beyond_the_order_and_wrong_lengths_fail() -> None:
    message = b"text\n"
    public, signature = known.LOG.key.public, known.LOG.sign(message)
    order = 2**252 + 27742317777372353535851937790883648493
    larger = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert ed25519.verify(public, signature[:32] + larger, message) is False
    assert ed25519.verify(public, signature[:-1], message) is False
    assert ed25519.verify(public[:-1], signature, message) is False
    assert ed25519.sound_key(public[:-1]) is False


def test_cctv_the_pure_check_and_the_guarded_library_agree_on_all() -> None:
    rows = _cctv()
    verdicts = [ed25519.verify(key, signature, message) for key, signature, message, _ in rows]
    assert len(rows) == 914
    assert verdicts == [known.CHECK(key, signature, message) for key, signature, message, _ in rows]
    assert verdicts == [not flags & UNSAFE for *_, flags in rows]
    assert [ed25519.sound_key(key) for key, *_ in rows] == [not flags & UNSOUND for *_, flags in rows]


def test_cctv_without_the_rules_the_library_differs() -> None:
    rows = _cctv()
    plain = [known.plain_check(key, signature, message) for key, signature, message, _ in rows]
    assert plain != [ed25519.verify(key, signature, message) for key, signature, message, _ in rows]


def test_wycheproof() -> None:
    groups: list[dict[str, Any]] = json.loads(
        known.shared("wycheproof", "testvectors_v1", "ed25519_test.json").read_bytes()
    )["testGroups"]
    rows = [
        (bytes.fromhex(group["publicKey"]["pk"]), bytes.fromhex(row["sig"]), bytes.fromhex(row["msg"]), row["result"])
        for group in groups
        for row in group["tests"]
    ]
    assert len(rows) == 151
    for check in (ed25519.verify, known.CHECK):
        assert [check(key, sig, msg) for key, sig, msg, _ in rows] == [result == "valid" for *_, result in rows]


@pytest.mark.parametrize("seed", range(1, 7))
def test_ordinary_keys_are_sound(seed: int) -> None:
    assert ed25519.sound_key(known.signer("k", seed).key.public) is True
