"""What phones sent: every submission, every version of it and every file, kept before anything is made of it.

Rules
1. A submission is durable, with all files that came along, when `keep` returns. Nothing that came is replaced or dropped.
2. The same submission again changes nothing and adds the files that were lacking. The same file name with other bytes is a
   second version beside the first.
3. An edit names the submission that it was made from, its base. It takes the base's place if it comes from the same key
   and is the first to do so. Otherwise it is a conflict and waits for a person: `parallel` (the base has been edited before),
   `stranger` (another key's), `other` (another text under an id that is taken). Before its base has come, it is an `orphan`.
4. The sender is told `OTHER` of another text under the same id, `OUTDATED` of a text that an edit has replaced, and keeps
   what it has; what came is kept here all the same.
5. Bytes, sender and time of arrival are encrypted. Ids and file names stand as digests: a stolen copy of the record does
   not tell who sent when. Pages that list submissions decrypt them.

Trust: as for waiting filings (`sealing`): whoever holds the host's keys can read what came, and from whom.
Not done here: reading answers (`uptake`), deciding who may see them (`web.inbox`).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tiga.intake import odk
from tiga.store import vault
from tiga.store.disk import durable
from tiga.store.models import Received, Sent, SentFile
from tiga.store.statements import Statements
from tiga.values.moments import Instant

NEW, AGAIN, OTHER, OUTDATED, FULL = "new", "again", "other", "outdated", "full"
"""What became of a submission at the door."""
KEPT, FILED, FAULTY, REFUSED, ORPHAN, CONFLICT, LEFT = (
    "kept",
    "filed",
    "faulty",
    "refused",
    "orphan",
    "conflict",
    "left",
)
"""States of a submission. The first four have their place among the versions, the others do not."""
PLACED = (KEPT, FILED, FAULTY, REFUSED)
FILES_MAX = 60
"""Versions of files of one submission."""
OTHERS_MAX = 20
"""Other texts kept under one id, and orphans that name one base."""
CHAIN_MAX = 100
"""Submissions that find their place when one that they waited for has come."""
ROWS_MAX = 50_000
"""Submissions looked through for one list."""
NAME_LIMIT = 120


@dataclass(frozen=True, slots=True)
class File:
    """A file of a submission, its n-th version from 1; `expected` where an answer names it."""

    number: str
    name: str
    n: int
    sha256: str
    length: int
    at: Instant
    expected: bool


@dataclass(frozen=True, slots=True)
class View:
    """A submission as kept, with what became of it. `sid` is its report's sid, or the filing's while that waits."""

    number: str
    state: str
    root: str
    base: str
    instance: str
    envelope: odk.Envelope
    xml: bytes = field(repr=False)
    at: Instant
    device: str
    key: str
    reason: str
    files: tuple[File, ...]
    told: dict[str, Any]
    sid: str = ""

    @property
    def lacking(self) -> tuple[str, ...]:
        """Files that answers name and that have not come."""
        there = {file.name for file in self.files}
        return tuple(name for name in self.envelope.files if name not in there)


def keep(
    alias: str,
    envelope: odk.Envelope,
    xml: bytes,
    files: Sequence[tuple[str, bytes]],
    device: str,
    key: str,
    at: Instant,
) -> str:
    """Keep a submission and its files; returns NEW, AGAIN, OTHER, OUTDATED, or FULL, with which nothing was kept."""
    instance = digest("instance", envelope.instance)
    number = digest("text", envelope.instance, hashlib.sha256(xml).hexdigest())
    plain = {"xml": base64.b64encode(xml).decode("ascii"), "at": at.ms, "device": device, "key": key}
    summed = [(name[:NAME_LIMIT], hashlib.sha256(data).hexdigest(), data) for name, data in files]
    brought = {sha256: data for _, sha256, data in summed}
    named = [(name, sha256, len(data)) for name, sha256, data in summed]
    rows = {
        digest("file", envelope.instance, name, sha256): {"name": name, "len": length, "at": at.ms, "device": device}
        for name, sha256, length in named
    }
    hidden = vault.conceal_all(alias, {
        _name(number): json.dumps(plain).encode("ascii"),
        **{_name(one): json.dumps(row).encode("utf-8") for one, row in rows.items()}, **brought,
    })  # fmt: skip
    with durable(alias):  # the write lock: two phones that send at once come one after the other
        first = _first(alias, instance)
        fresh = _fresh(alias, envelope.instance, instance, named)
        if fresh is None:
            return FULL
        if first is None:
            _place(alias, envelope, Sent(number=number, instance=instance, data=hidden[_name(number)], told=b""), key)
        elif first != number and not _another(alias, instance, number, hidden[_name(number)]):
            return FULL
        for one, called, n, sha256 in fresh:
            Statements(alias).execute(_KEEP_BLOB, (sha256, hidden[sha256]))
            Statements(alias).execute(_KEEP_FILE, (one, instance, called, n, sha256, hidden[_name(one)]))
        if first is None:
            return NEW
        if first != number:
            return OTHER
        return OUTDATED if _successors(alias, instance).exists() else AGAIN


# Plain SQL where every submission passes: making statements takes the ORM longer than the database takes to do them.
_FIRST = "SELECT number FROM sent WHERE instance = %s AND reason <> 'other'"
_WAITING = "SELECT number FROM sent WHERE base = %s AND state = 'orphan'"
_HAD = "SELECT name, sha256 FROM sent_file WHERE instance = %s"
_KEEP = (
    "INSERT INTO sent (number, instance, base, root, reason, state, data, told) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)
_KEEP_BLOB = "INSERT INTO blob (sha256, data) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_KEEP_FILE = "INSERT INTO sent_file (number, instance, name, n, sha256, data) VALUES (%s, %s, %s, %s, %s, %s)"


def _first(alias: str, instance: str) -> str | None:
    """The number of the text that came first under an id."""
    rows = Statements(alias).rows(_FIRST, (instance,))
    return str(rows[0][0]) if rows else None


def _place(alias: str, envelope: odk.Envelope, row: Sent, key: str) -> None:
    """Put a new submission among the versions, or mark why it has no place; orphans that waited for it find theirs."""
    row.reason, row.root, row.state = "", row.instance, KEPT
    row.base = digest("instance", envelope.deprecated) if envelope.deprecated else ""
    if row.base:
        _stand(alias, row, key)
    placed = (row.number, row.instance, row.base, row.root, row.reason, row.state, row.data, row.told)
    Statements(alias).execute(_KEEP, placed)
    waiting = [row.instance] if row.state != ORPHAN else []
    for _ in range(CHAIN_MAX):
        if not waiting:
            return
        numbers = [one for (one,) in Statements(alias).rows(_WAITING, (waiting.pop(),))][:OTHERS_MAX]
        orphans = list(Sent.objects.using(alias).filter(number__in=numbers)) if numbers else []
        for orphan, plain in sorted(_opened(alias, orphans), key=lambda pair: (pair[1]["at"], pair[0].number)):
            _stand(alias, orphan, plain["key"])
            orphan.save(update_fields=["state", "root", "reason"], using=alias)
            waiting.append(orphan.instance)


def _stand(alias: str, row: Sent, key: str) -> None:
    """Find an edit's state: among the versions, a conflict and why, or an orphan."""
    base = Sent.objects.using(alias).filter(instance=row.base).exclude(reason="other").first()
    if base is None or base.state == ORPHAN:
        row.root, row.state = row.base, ORPHAN
        return
    owner = next((plain["key"] for _, plain in _opened(alias, [base])), "")  # an erased base is nobody's
    taken = base.state not in PLACED or _successors(alias, row.base).exists()
    row.root, row.reason = base.root, "stranger" if owner != key else "parallel" if taken else ""
    row.state = CONFLICT if row.reason else KEPT


def _successors(alias: str, instance: str) -> Any:
    return Sent.objects.using(alias).filter(base=instance, state__in=PLACED)


def _another(alias: str, instance: str, number: str, data: bytes) -> bool:
    """Keep another text under an id that is taken; False where there are too many."""
    first = Sent.objects.using(alias).filter(instance=instance).exclude(reason="other").get()
    others = Sent.objects.using(alias).filter(instance=instance, reason="other")
    if others.filter(number=number).exists():
        return True
    if others.count() >= OTHERS_MAX:
        return False
    Sent.objects.using(alias).create(
        number=number, instance=instance, base="", root=first.root, reason="other", state=CONFLICT, data=data,
        told=b"",
    )  # fmt: skip
    return True


def _fresh(
    alias: str, id: str, instance: str, named: Sequence[tuple[str, str, int]]
) -> list[tuple[str, str, int, str]] | None:
    """(number, name's digest, version, SHA-256) of the files that are not there yet; None where there are too many."""
    there = [(called, sha256) for called, sha256 in Statements(alias).rows(_HAD, (instance,))] if named else []
    rows = []
    for name, sha256, _ in named:
        called = digest("name", id, name)
        if (called, sha256) not in there:
            n = 1 + sum(1 for one, _ in there if one == called)
            there.append((called, sha256))
            rows.append((digest("file", id, name, sha256), called, n, sha256))
    return rows if len(there) <= FILES_MAX else None


# ---- reading


def views(
    alias: str, *, states: Sequence[str] = (), key: str = "", numbers: Iterable[str] = (), roots: Iterable[str] = (),
    newest: int = ROWS_MAX,
) -> list[View]:  # fmt: skip
    """Submissions in the order in which they came: of some states, of one key, numbered, of some roots; of more than
    `newest`, the newest. Whatever was erased is not there."""
    wanted = {"state__in": list(states), "number__in": list(numbers), "root__in": list(roots)}
    found = Sent.objects.using(alias).filter(**{name: values for name, values in wanted.items() if values})
    opened = [(row, plain) for row, plain in _opened(alias, list(found[:ROWS_MAX])) if not key or plain["key"] == key]
    opened = sorted(opened, key=lambda pair: (pair[1]["at"], pair[0].number))[-newest:]
    files = _files(alias, {row.instance for row, _ in opened})
    told = vault.reveal_all(alias, {_name(row.number): bytes(row.told) for row, _ in opened if bytes(row.told)})
    sids = dict(
        Received.objects.using(alias).filter(key__in=[row.number for row, _ in opened]).values_list("key", "sid")
    )
    made = []
    for row, plain in opened:
        xml = base64.b64decode(plain["xml"])
        envelope = odk.opened(xml)
        assert isinstance(envelope, odk.Envelope)  # it was one at the door
        own = tuple(
            replace(file, expected=file.name in envelope.files) for file in files.get(row.instance, ())
        )  # fmt: skip
        made.append(View(
            row.number, row.state, row.root, row.base, row.instance, envelope, xml, Instant(plain["at"]), plain["device"],
            plain["key"], row.reason, own, json.loads(told.get(_name(row.number), b"{}")), sids.get(row.number, ""),
        ))  # fmt: skip
    return made


def _opened(alias: str, rows: Sequence[Sent]) -> list[tuple[Sent, dict[str, Any]]]:
    plain = vault.reveal_all(alias, {_name(row.number): bytes(row.data) for row in rows})
    return [(row, json.loads(plain[_name(row.number)])) for row in rows if _name(row.number) in plain]


def _files(alias: str, instances: Iterable[str]) -> dict[str, tuple[File, ...]]:
    """Files per instance, by name and version."""
    rows = list(SentFile.objects.using(alias).filter(instance__in=list(instances)))
    plain = vault.reveal_all(alias, {_name(row.number): bytes(row.data) for row in rows})
    found: dict[str, list[File]] = {}
    for row in rows:
        said = json.loads(plain.get(_name(row.number), b'{"name": "", "len": 0, "at": 0}'))
        file = File(row.number, said["name"], row.n, row.sha256, said["len"], Instant(said["at"]), False)
        found.setdefault(row.instance, []).append(file)
    return {one: tuple(sorted(files, key=lambda file: (file.name, file.n))) for one, files in found.items()}


def file_bytes(alias: str, file: File) -> bytes:
    """The bytes of a file; raises LookupError where they were erased, Unreadable where they are not what was kept."""
    return vault.blob(alias, file.sha256)


# ---- settling


def settle(alias: str, number: str, take: bool, by: str, at: Instant) -> bool:
    """A person's word on a conflict or an orphan: it takes its place after the newest version, or is left; False where there
    is nothing to settle."""
    with durable(alias):
        row = Sent.objects.using(alias).filter(number=number, state__in=(CONFLICT, ORPHAN)).first()
        if row is None:
            return False
        mark(alias, number, KEPT if take else LEFT, {"settled": by, "settled_at": at.ms})
        return True


def mark(alias: str, number: str, state: str, told: dict[str, Any] | None = None) -> None:
    """Say what became of a submission; what was told of it before stays told."""
    row = Sent.objects.using(alias).get(number=number)
    held = json.loads(vault.reveal(alias, _name(number), bytes(row.told))) if bytes(row.told) else {}
    row.told = vault.conceal(alias, _name(number), json.dumps(held | (told or {})).encode("ascii"))
    row.state = state
    row.save(update_fields=["state", "told"], using=alias)


def filed(alias: str, number: str, sid: str) -> None:
    """Say that a submission became a report: `sid` is the report's, or the filing's until its batch is entered."""
    Received.objects.using(alias).create(key=number, row_digest="", sid=sid)


def digest(kind: str, *parts: str) -> str:
    """The digest of an id or a name, so that it can be found again and not read."""
    return hashlib.sha256("\n".join(("odk", kind, *parts)).encode("utf-8")).hexdigest()


def _name(number: str) -> str:
    return f"sent:{number}"


# ---- erasing


def forget(alias: str, sids: Iterable[str]) -> None:
    """Erase the submissions that became these reports, with their files, and what of theirs became no report.

    Keys go first, as everywhere in the vault. A file that something else speaks of as well stays for that.
    """
    numbers = Received.objects.using(alias).filter(sid__in=list(sids)).values_list("key", flat=True)
    whole = Sent.objects.using(alias).filter(number__in=list(numbers)).exclude(data=b"")
    rest = Sent.objects.using(alias).filter(root__in={row.root for row in whole}).exclude(state=FILED).exclude(data=b"")
    rows = [*whole, *rest]
    if not rows:
        return
    gone, left = {row.number for row in rows}, Sent.objects.using(alias).exclude(data=b"")
    instances = {row.instance for row in rows} - set(left.exclude(number__in=gone).values_list("instance", flat=True))
    files = list(SentFile.objects.using(alias).filter(instance__in=instances))
    others = SentFile.objects.using(alias).exclude(instance__in=instances).exclude(data=b"")
    blobs = {row.sha256 for row in files} - set(others.values_list("sha256", flat=True)) - vault.cited(alias)
    names = [_name(number) for number in (*gone, *(row.number for row in files))]
    vault.keys(alias).destroy([*names, *blobs])
    with durable(alias):
        for sha256 in blobs:
            vault.drop_blob(alias, sha256)
        SentFile.objects.using(alias).filter(number__in=[row.number for row in files]).update(data=b"")
        Sent.objects.using(alias).filter(number__in=gone).update(data=b"", told=b"")
