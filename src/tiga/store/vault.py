"""The vault: disclosed values with their release level, and public documents by SHA-256.

Rules
1. What is confidential stands here and only here; the entry holds its digest.
2. A value is written once; a document's bytes are checked against their name whenever they are read.
3. This version keeps values in a plain table. Encryption, release to recipients and erasure come with the next one; the
   table's shape (one row a disclosure) is already theirs.

Trust: the vault is trusted with confidentiality. Whoever can read the database can read every value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from tiga.mechanism.acts import Released
from tiga.record.disclosures import Disclosure, parse
from tiga.store.models import Blob, Disclosed, Document


def keep(alias: str, sid: str, released: Iterable[Released]) -> None:
    """Store disclosures of an entry; one that is there already is left as it is."""
    rows = [
        Disclosed(
            digest=item.disclosure.digest, sid=sid, name=item.disclosure.name, encoded=item.disclosure.encoded,
            level=item.level, party=item.party,
        )
        for item in released
    ]  # fmt: skip
    Disclosed.objects.using(alias).bulk_create(rows, ignore_conflicts=True)


def values(alias: str, sids: Iterable[str], name: str) -> dict[str, tuple[str, str, object]]:
    """(level, party, value) of the disclosures called `name`, per sid."""
    rows = Disclosed.objects.using(alias).filter(sid__in=list(sids), name=name)
    return {row.sid: (row.level, row.party, parse(row.encoded).value) for row in rows}


def disclosures(alias: str, sid: str) -> tuple[tuple[str, str, Disclosure], ...]:
    """(level, party, disclosure) of everything an entry discloses."""
    rows = Disclosed.objects.using(alias).filter(sid=sid).order_by("digest")
    return tuple((row.level, row.party, parse(row.encoded)) for row in rows)


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


def keep_blob(alias: str, data: bytes) -> bool:
    """Store evidence bytes under their SHA-256; False where they were there already."""
    sha256 = hashlib.sha256(data).hexdigest()
    _, new = Blob.objects.using(alias).get_or_create(sha256=sha256, defaults={"data": data})
    return new


def drop_blob(alias: str, sha256: str) -> None:
    """Take back bytes whose deposit was refused: nothing on the record speaks of them."""
    Blob.objects.using(alias).filter(sha256=sha256).delete()


def blob(alias: str, sha256: str) -> bytes:
    """Evidence bytes; raises LookupError where they are absent and ValueError where they are not what their name says."""
    row = Blob.objects.using(alias).filter(sha256=sha256).first()
    if row is None:
        raise LookupError(sha256)
    data = bytes(row.data)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"the file {sha256} has other bytes than its name says")
    return data
