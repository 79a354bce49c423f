"""Signing without a library: the bytes of RFC 8032, as OpenSSL gives them, and public keys of both forms of the curve."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tiga.record import ed25519

RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_rfc_8032_section_7_1(seed: str, public: str, message: str, signature: str) -> None:
    assert ed25519.public_of(bytes.fromhex(seed)).hex() == public
    assert ed25519.sign(bytes.fromhex(seed), bytes.fromhex(message)).hex() == signature


def test_the_library_gives_the_same_bytes() -> None:
    seeds = [hashlib.sha256(bytes([number])).digest() for number in range(40)]
    keys = [Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds]
    assert [ed25519.public_of(seed) for seed in seeds] == [key.public_key().public_bytes_raw() for key in keys]
    messages = [seed * number for number, seed in enumerate(seeds)]
    ours = [ed25519.sign(seed, message) for seed, message in zip(seeds, messages, strict=True)]
    assert ours == [key.sign(message) for key, message in zip(keys, messages, strict=True)]


def test_x25519_of_rfc_7748_and_of_the_library() -> None:
    nine = b"\x09" + bytes(31)
    assert ed25519.x25519_public_of(nine).hex() == "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
    seeds = [hashlib.sha256(bytes([number, 1])).digest() for number in range(40)]
    keys = [X25519PrivateKey.from_private_bytes(seed) for seed in seeds]
    assert [ed25519.x25519_public_of(seed) for seed in seeds] == [key.public_key().public_bytes_raw() for key in keys]


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_seed_has_32_bytes(length: int) -> None:
    for refuses in (ed25519.public_of, ed25519.x25519_public_of, lambda seed: ed25519.sign(seed, b"")):
        with pytest.raises(ValueError, match="32 bytes"):
            refuses(bytes(length))
