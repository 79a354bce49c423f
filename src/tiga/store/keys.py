"""Private keys in the server's custody, and the fast signature check.

Rules
1. A keyring maps key names to Ed25519 seeds of 32 bytes; it is read from `keys/` (files 0600) or, for a demo alone, drawn
   from a published seed, which production refuses.
2. Nothing here makes entropy: new seeds are handed in.

Trust: the keyring is trusted for what it signs. Whoever can read it can sign as any person whose key is in the server's
custody; the custody of each key is on the record.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tiga.record import ed25519
from tiga.record.notes import ED25519, NoteKey, Signer

DEMO_SEED = b"tiga demo: this seed is published and protects nothing"


class KeyMissing(LookupError):
    """No private half of a key is in the server's custody."""


def _fast(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


CHECK = cache(lambda: ed25519.guarded(_fast))
"""The signature check of the server: OpenSSL behind the same pre-checks as the pure one."""


class Keyring:
    """Seeds by key name."""

    def __init__(self, seeds: Mapping[str, bytes]) -> None:
        self._keys = {name: Ed25519PrivateKey.from_private_bytes(seed) for name, seed in seeds.items()}
        self._signers: dict[tuple[str, int], Signer] = {}

    def signer(self, name: str, algorithm: int = ED25519) -> Signer:
        """The signer of a key name, by default for notes (a witness cosigns with type 0x04); raises KeyMissing."""
        if (name, algorithm) not in self._signers:
            if name not in self._keys:
                raise KeyMissing(name)
            key = self._keys[name]
            public = key.public_key().public_bytes_raw()
            self._signers[name, algorithm] = Signer(NoteKey.of(name, algorithm, public), key.sign)
        return self._signers[name, algorithm]

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._keys))


def demo_seed(name: str) -> bytes:
    """The published seed of a demo key."""
    return hashlib.sha256(DEMO_SEED + b"\n" + name.encode("utf-8")).digest()


def demo_keyring(names: tuple[str, ...]) -> Keyring:
    return Keyring({name: demo_seed(name) for name in names})


def write(folder: Path, seeds: Mapping[str, bytes]) -> None:
    """Write seeds to `folder`, one file a key, readable by the owner alone; an existing file is never replaced."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, seed in seeds.items():
        path = folder / (hashlib.sha256(name.encode("utf-8")).hexdigest()[:24] + ".key")
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{name}\n{seed.hex()}\n")


def read(folder: Path) -> Keyring:
    """Read all keys of a folder; raises KeyMissing for a file that others may read."""
    seeds = {}
    for path in sorted(folder.glob("*.key")):
        if path.stat().st_mode & 0o077:
            raise KeyMissing(f"{path.name} may be read by others: chmod 600")
        name, seed = path.read_text(encoding="utf-8").split("\n")[:2]
        seeds[name] = bytes.fromhex(seed)
    return Keyring(seeds)
