"""Ed25519 (RFC 8032): verification, the rules that make every verifier's verdict the same, and plain signing.

Rules
1. Ed25519 is ambiguous at its edges: common libraries disagree on 165 of the 914 vectors of C2SP CCTV. A party could
   craft a signature that only one side's tool accepts. So, before any arithmetic:
   a. the public key A and the point R must be canonical encodings (y < p, and no negative zero);
   b. neither may be one of the points of small order;
   c. S must be less than the group's order L.
2. The equation is the one without the cofactor, [S]B - [k]A, re-encoded and compared byte for byte with R.
3. A key is enrolled only if it is `sound_key`: canonical, not of small order, torsion-free.
4. `guarded` puts rule 1 before a faster library's check; then it and `verify` agree.

5. `sign` gives the bytes of RFC 8032, as every library does. It is not constant-time: whoever can measure it closely
   learns of the seed. It serves only where no library is, on the holder's own machine; nothing on a server calls it.

Not done here: drawing seeds, keeping them.
Trust: this module is trusted. Whoever can change it can make a forged signature pass.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TypeAlias

SignatureCheck: TypeAlias = Callable[[bytes, bytes, bytes], bool]
"""(public key of 32 bytes, signature of 64 bytes, message) -> whether it holds; never raises on bad bytes."""

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_D2 = 2 * _D % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point: TypeAlias = tuple[int, int, int, int]
_ZERO: _Point = (0, 1, 1, 0)

_SMALL = frozenset(
    bytes.fromhex(text)
    for text in (
        "00" * 32,
        "00" * 31 + "80",
        "01" + "00" * 31,
        "01" + "00" * 30 + "80",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ec" + "ff" * 30 + "7f",
        "ec" + "ff" * 31,
    )
)
"""Encodings with y < p of the eight points of small order, the two with a negative zero among them."""


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature holds under rules 1 and 2; about 1.5 ms (RFC 8032 section 5.1.7)."""
    if not _admissible(public, signature):
        return False
    key = _decoded(public)
    if key is None:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    s = int.from_bytes(signature[32:], "little")
    minus_key = (_P - key[0], key[1], 1, _P - key[3])
    return _encoded(_twice_multiplied(s, _base_row(), k, _row(minus_key))) == signature[:32]


def guarded(check: SignatureCheck) -> SignatureCheck:
    """A library's check behind rule 1, so that its verdicts are those of `verify`."""

    def checked(public: bytes, signature: bytes, message: bytes) -> bool:
        return _admissible(public, signature) and check(public, signature, message)

    return checked


@lru_cache(maxsize=1024)
def sound_key(public: bytes) -> bool:
    """Whether a public key may be enrolled: 32 bytes, canonical, on the curve, not of small order, torsion-free."""
    if len(public) != 32 or not _fit(public):
        return False
    point = _decoded(public)
    if point is None:
        return False
    x, y, z, _ = _twice_multiplied(_L, _row(point), 0, _row(_ZERO))
    return x == 0 and y == z


def public_of(seed: bytes) -> bytes:
    """The public key of a seed of 32 bytes (RFC 8032 section 5.1.5)."""
    return _encoded(_multiplied(_clamped(hashlib.sha512(_whole(seed)).digest()[:32])))


def sign(seed: bytes, message: bytes) -> bytes:
    """The signature of 64 bytes by a seed of 32 bytes, see rule 5 (RFC 8032 section 5.1.6)."""
    digest = hashlib.sha512(_whole(seed)).digest()
    secret, public = _clamped(digest[:32]), public_of(seed)
    r = int.from_bytes(hashlib.sha512(digest[32:] + message).digest(), "little") % _L
    point = _encoded(_multiplied(r))
    k = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little") % _L
    return point + ((r + k * secret) % _L).to_bytes(32, "little")


def x25519_public_of(private: bytes) -> bytes:
    """The X25519 public key of 32 private bytes: this curve in Montgomery's form, u = (1 + y) / (1 - y) (RFC 7748)."""
    _, y, z, _ = _multiplied(_clamped(_whole(private)))
    return ((z + y) * pow(z - y, -1, _P) % _P).to_bytes(32, "little")


def _whole(seed: bytes) -> bytes:
    if len(seed) != 32:
        raise ValueError("a seed has 32 bytes")
    return seed


def _clamped(data: bytes) -> int:
    return int.from_bytes(data, "little") & ((1 << 254) - 8) | 1 << 254


def _multiplied(scalar: int) -> _Point:
    """[scalar]B, doubling and adding for every bit."""
    base = _decoded((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    assert base is not None
    total = _ZERO
    for bit in range(254, -1, -1):
        total = _doubled(total)
        more = _added(total, base)
        total = more if scalar >> bit & 1 else total
    return total


def _admissible(public: bytes, signature: bytes) -> bool:
    return (
        len(public) == 32
        and len(signature) == 64
        and int.from_bytes(signature[32:], "little") < _L
        and _fit(public)
        and _fit(signature[:32])
    )


def _fit(encoding: bytes) -> bool:
    return encoding not in _SMALL and int.from_bytes(encoding, "little") & ((1 << 255) - 1) < _P


def _decoded(encoding: bytes) -> _Point | None:
    y = int.from_bytes(encoding, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _ROOT % _P
        if v * x * x % _P != u:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def _encoded(point: _Point) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _added(one: _Point, two: _Point) -> _Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % _P
    b = (one[1] + one[0]) * (two[1] + two[0]) % _P
    c = one[3] * two[3] % _P * _D2 % _P
    d = 2 * one[2] * two[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _doubled(point: _Point) -> _Point:
    x, y, z, _ = point
    a, b = x * x % _P, y * y % _P
    h = a + b
    e = h - (x + y) * (x + y) % _P
    g = a - b
    f = 2 * z * z % _P + g
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _row(point: _Point) -> tuple[_Point, ...]:
    row = [_ZERO]
    for _ in range(15):
        row.append(_added(row[-1], point))
    return tuple(row)


@cache
def _base_row() -> tuple[_Point, ...]:
    base = _decoded((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    assert base is not None
    return _row(base)


def _twice_multiplied(s: int, row_s: tuple[_Point, ...], k: int, row_k: tuple[_Point, ...]) -> _Point:
    """[s]S + [k]K in windows of four bits; `row_…` hold the multiples 0 to 15."""
    total = _ZERO
    for shift in range(252, -1, -4):
        total = _doubled(_doubled(_doubled(_doubled(total))))
        total = _added(_added(total, row_s[s >> shift & 15]), row_k[k >> shift & 15])
    return total
