"""The vault: disclosed values with their release level, evidence, and public documents by SHA-256.

Rules
1. What is confidential stands here; the entry holds its digest. Two tables besides hold words in clear: the projection of
   reports, which pages read, and rows of sheets that were set aside for their sender.
2. Each value and each file is encrypted (AES-256-GCM) under a random key of its own. These keys, wrapped by the vault's
   key, lie in another database under `keys/`: a copy of the record alone, an old backup included, reads no value.
3. Written once: a value, or a file under its SHA-256, is never replaced.
4. Erasing deletes the bytes here and the key there (`secure_delete`); the digest in the entry stays, and all proofs hold.
5. The vault draws its own keys and nonces. They never reach an entry, so two demo runs still give the same root.

Trust: the vault is trusted with confidentiality. Whoever can read both databases and the vault's key can read every value
but those that were encrypted on the sender's own machine.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connections

from tiga.mechanism.acts import Released
from tiga.record.disclosures import Disclosure, parse
from tiga.store.models import Blob, Disclosed, Document, ReleaseRow

FILES = ("blob", "pouch", "table", "background", "background_public", "gazetteer")
"""Names of values that speak of a file by its SHA-256."""
NONCE = 12
KEY = 32


class Unreadable(Exception):
    """A value or file is there and can't be read: its key is missing, or its bytes were changed."""


class Keys:
    """Wrapped keys by name, in a database of their own; `path` empty: in memory, for tests."""

    def __init__(self, path: str, master: bytes) -> None:
        self._master = AESGCM(master)
        self._lock = threading.Lock()
        if path:
            Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._base = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._base.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
            "CREATE TABLE IF NOT EXISTS wrapped (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;"
        )
        if path:
            os.chmod(path, 0o600)

    def fresh(self, names: Iterable[str]) -> dict[str, bytes]:
        """New keys, durable before anything is encrypted with them; a name that has one keeps it."""
        made = {name: os.urandom(KEY) for name in names}
        rows = []
        for name, key in made.items():
            nonce = os.urandom(NONCE)
            rows.append((name, nonce + self._master.encrypt(nonce, key, name.encode())))
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            new = self._base.executemany("INSERT OR IGNORE INTO wrapped (name, data) VALUES (?, ?)", rows).rowcount
            self._base.execute("COMMIT")
        return made if new == len(made) else self.read(made)

    def read(self, names: Iterable[str]) -> dict[str, bytes]:
        """The keys that are there, by name; raises Unreadable for one that the vault's key does not open."""
        wanted = list(names)
        found: dict[str, bytes] = {}
        with self._lock:
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                marks = ", ".join("?" * len(part))
                found.update(self._base.execute(f"SELECT name, data FROM wrapped WHERE name IN ({marks})", part))
        try:
            return {
                name: self._master.decrypt(data[:NONCE], data[NONCE:], name.encode()) for name, data in found.items()
            }
        except InvalidTag as error:
            raise Unreadable("the vault's key is another one than these values were kept with") from error

    def destroy(self, names: Iterable[str]) -> None:
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("DELETE FROM wrapped WHERE name = ?", [(name,) for name in names])
            self._base.execute("COMMIT")
            self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _encrypted(key: bytes, name: str, data: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, name.encode())


def _decrypted(key: bytes, name: str, data: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(data[:NONCE], data[NONCE:], name.encode())
    except InvalidTag as error:
        raise Unreadable(f"{name} was changed where it is kept") from error


def keys(alias: str) -> Keys:
    """The keys of a record's vault."""
    return _keys(settings.RECORDS[alias]["folder"], settings.RECORDS[alias]["origin"])


@cache
def _keys(folder: str, origin: str) -> Keys:
    path = os.path.join(folder, "keys", "vault.sqlite3") if folder else ""
    return Keys(path, _master(folder, origin))


def _master(folder: str, origin: str) -> bytes:
    """The vault's own key: `keys/vault.secret`, or for a demo one that is published."""
    from tiga.store.opening import DEMO_ORIGIN

    if origin.startswith(DEMO_ORIGIN):
        return hashlib.sha256(f"tiga demo vault {origin}".encode()).digest()
    path = Path(folder) / "keys" / "vault.secret"
    if path.stat().st_mode & 0o077:
        raise Unreadable("vault.secret may be read by others: chmod 600")
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def conceal(alias: str, name: str, data: bytes) -> bytes:
    """Bytes under a key of their own; `name` tells keys apart."""
    return _encrypted(keys(alias).fresh([name])[name], name, data)


def conceal_all(alias: str, items: Mapping[str, bytes]) -> dict[str, bytes]:
    """Several pieces, each under a key of its own, all keys made durable with one flush."""
    held = keys(alias).fresh(items)
    return {name: _encrypted(held[name], name, data) for name, data in items.items()}


def reveal_all(alias: str, items: Mapping[str, bytes]) -> dict[str, bytes]:
    """What was concealed, by name, without what was erased; raises Unreadable."""
    held = keys(alias).read(items)
    return {name: _decrypted(held[name], name, data) for name, data in items.items() if data and name in held}


def forget(alias: str, name: str) -> None:
    """Destroy the key of what was concealed."""
    keys(alias).destroy([name])


def reveal(alias: str, name: str, data: bytes) -> bytes:
    """What was concealed; raises Unreadable, and LookupError where the key was destroyed."""
    return _decrypted(keys(alias).read([name])[name], name, data)


def keep_all(alias: str, entries: Iterable[tuple[str, Iterable[Released]]]) -> None:
    """Store the disclosures of entries by sid, with one flush; one that is there already is left as it is."""
    items = [(sid, item) for sid, released in entries for item in released]
    if not items:
        return
    held = keys(alias).fresh(item.disclosure.digest for _, item in items)
    rows = [
        Disclosed(
            digest=(digest := item.disclosure.digest), sid=sid, name=item.disclosure.name, level=item.level,
            party=item.party, data=_encrypted(held[digest], digest, item.disclosure.encoded.encode("ascii")),
        )
        for sid, item in items
    ]  # fmt: skip
    Disclosed.objects.using(alias).bulk_create(rows, ignore_conflicts=True)


Kept = tuple[str, tuple[tuple[str, str], ...], Disclosure]
"""The sid of a value's entry, the (level, party) of everybody it may go to, and the value."""


def _opened(alias: str, rows: Iterable[Disclosed]) -> list[Kept]:
    """Rows decrypted, erased ones left out, each with all its levels."""
    live = [row for row in rows if bytes(row.data)]
    held = keys(alias).read(row.digest for row in live)
    more: dict[str, list[tuple[str, str]]] = {}
    for digest, level, party in (
        ReleaseRow.objects.using(alias).filter(digest__in=list(held)).values_list("digest", "level", "party")
    ):
        more.setdefault(digest, []).append((level, party))
    return [
        (
            row.sid, ((row.level, row.party), *more.get(row.digest, ())),
            parse(_decrypted(held[row.digest], row.digest, bytes(row.data)).decode("ascii")),
        )
        for row in live
        if row.digest in held
    ]  # fmt: skip


def values(alias: str, sids: Iterable[str], name: str) -> dict[str, tuple[tuple[tuple[str, str], ...], object]]:
    """(levels, value) of the disclosures called `name`, per sid."""
    rows = Disclosed.objects.using(alias).filter(sid__in=list(sids), name=name)
    return {sid: (levels, item.value) for sid, levels, item in _opened(alias, rows)}


def disclosures(alias: str, sid: str) -> tuple[Kept, ...]:
    """Everything an entry discloses."""
    return tuple(_opened(alias, Disclosed.objects.using(alias).filter(sid=sid).order_by("digest")))


def disclosures_of(alias: str, sids: Iterable[str]) -> dict[str, tuple[Kept, ...]]:
    """Everything that these entries disclose, by sid."""
    found: dict[str, tuple[Kept, ...]] = {}
    for kept in _opened(alias, Disclosed.objects.using(alias).filter(sid__in=list(sids)).order_by("digest")):
        found[kept[0]] = (*found.get(kept[0], ()), kept)
    return found


def levels(alias: str, sid: str) -> dict[str, str]:
    """The level at which each value of an entry was filed, by digest; what is erased is not there."""
    rows = Disclosed.objects.using(alias).filter(sid=sid)
    return {row.digest: row.level for row in rows if bytes(row.data)}


def erased(alias: str, sid: str) -> tuple[tuple[str, str, str, str], ...]:
    """(name, digest, level, party) of what an entry disclosed once and does no more."""
    rows = Disclosed.objects.using(alias).filter(sid=sid).order_by("digest")
    return tuple((row.name, row.digest, row.level, row.party) for row in rows if not bytes(row.data))


def still_there(alias: str, digests: Iterable[str]) -> list[str]:
    """Which of these values have not been erased."""
    rows = Disclosed.objects.using(alias).filter(digest__in=list(digests))
    return [row.digest for row in rows if bytes(row.data)]


def examined(alias: str) -> tuple[int, int]:
    """How many values are kept, and how many of them cannot be read."""
    rows = [row for row in Disclosed.objects.using(alias).all() if bytes(row.data)]
    bad = 0
    for row in rows:
        try:
            reveal(alias, row.digest, bytes(row.data))
        except (Unreadable, LookupError):
            bad += 1
    return len(rows), bad


def lock(alias: str, digests: Iterable[str]) -> None:
    """Destroy the keys of values for good, and the files that they alone speak of; `erase` deletes their bytes.

    Files go first: once its key is destroyed a value can't say any more which one it was.
    """
    wanted = list(digests)
    rows = list(Disclosed.objects.using(alias).filter(digest__in=wanted))
    named = {str(item.value["sha256"]) for _, _, item in _opened(alias, rows) if item.name in FILES}
    others = Disclosed.objects.using(alias).filter(name__in=FILES).exclude(digest__in=wanted)
    files = named - {str(item.value["sha256"]) for _, _, item in _opened(alias, others if named else ())}
    Blob.objects.using(alias).filter(sha256__in=files).delete()
    keys(alias).destroy([*wanted, *files])


def cited(alias: str) -> set[str]:
    """The files, by SHA-256, that values on the record speak of."""
    rows = Disclosed.objects.using(alias).filter(name__in=FILES)
    return {str(item.value["sha256"]) for _, _, item in _opened(alias, rows)}


def erase(alias: str, digests: Iterable[str]) -> None:
    """Delete the bytes of values whose keys are destroyed."""
    Disclosed.objects.using(alias).filter(digest__in=list(digests)).update(data=b"")


def scrub(alias: str) -> None:
    """Leave nothing of what was deleted in the write-ahead log; in the pages `secure_delete` has seen to it."""
    if connections[alias].vendor == "sqlite" and not connections[alias].in_atomic_block:
        connections[alias].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def keep_document(alias: str, data: bytes) -> str:
    """Store public bytes; returns their SHA-256."""
    sha256 = hashlib.sha256(data).hexdigest()
    Document.objects.using(alias).get_or_create(sha256=sha256, defaults={"data": data})
    return sha256


def documents(alias: str) -> dict[str, bytes]:
    """All public documents by SHA-256; raises ValueError for bytes that do not have their name."""
    found = {row.sha256: bytes(row.data) for row in Document.objects.using(alias).all()}
    for sha256, data in found.items():
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError(f"the document {sha256} has other bytes than its name says")
    return found


def sha256(data: bytes) -> str:
    """The name under which bytes are kept."""
    return hashlib.sha256(data).hexdigest()


def keep_blob(alias: str, data: bytes) -> bool:
    """Store evidence bytes under their SHA-256; False where they were there already."""
    sha256 = hashlib.sha256(data).hexdigest()
    if Blob.objects.using(alias).filter(sha256=sha256).exists():
        return False
    Blob.objects.using(alias).create(sha256=sha256, data=conceal(alias, sha256, data))
    return True


def drop_blob(alias: str, sha256: str) -> None:
    """Take back bytes whose deposit was refused: nothing on the record speaks of them."""
    Blob.objects.using(alias).filter(sha256=sha256).delete()


def blob(alias: str, sha256: str) -> bytes:
    """Evidence bytes; raises LookupError where they are absent and Unreadable where they are not what was kept."""
    row = Blob.objects.using(alias).filter(sha256=sha256).first()
    if row is None:
        raise LookupError(sha256)
    data = reveal(alias, sha256, bytes(row.data))
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Unreadable(f"the file {sha256} has other bytes than its name says")
    return data
