"""Policies (C2SP tlog-policy): which logs, which witnesses, and how many of them are enough.

Rules
1. A policy is a file of lines, words apart by spaces and tabs, `#` at a line's beginning makes a comment:
   `log <vkey> [<url>]`, `witness <name> <vkey> [<url>]`, `group <name> all|any|<k> <name>…`, one `quorum <name>`.
2. A group is met by k of its members; `all` is all of them, `any` is one. A name is defined on a line above its use,
   once, and is a member of one group at most. `quorum none` asks for nobody.
3. Octets from 0x80 are opaque, never compared by Unicode; 0x09, 0x0A, 0x20 to 0x7E are all that is allowed below. Every
   line ends with a newline: a file that was cut off is refused.
4. A log's key is of type 0x01 or 0x06, a witness's of 0x04 or 0x06. Keys of 0x06 are read and never count: a quorum
   that needs them is not met in this version. No public key is given twice, and each is sound.
5. `parse_groups` reads groups and a quorum alone; whether another name is a member is asked of the caller. The rules of
   the charter are written so, with `role:component` for witnesses.
6. A checkpoint meets a policy when one of its logs signed it under its own origin and the quorum has cosigned. Whoever
   verifies requires his own witness besides, whatever the policy says: then no fork can be shown to him.
7. Evaluation is the same on every machine. `lacking` names what is needed and would be enough: a member where there is
   no choice, a group where there is one.

Not done here: opening files, asking witnesses, times of cosignatures.
Trust: a policy is trusted by whoever hands it in. Whoever can change it decides whose word is enough; its SHA-256 is
kept so that two sides can compare.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tiga.record import checkpoints, cosignatures
from tiga.record.checkpoints import Checkpoint
from tiga.record.cosignatures import Cosigned
from tiga.record.ed25519 import SignatureCheck, guarded, sound_key
from tiga.record.notes import COSIGNATURE, ED25519, MLDSA, NoteKey, open_note, taken_apart
from tiga.record.refusals import Refused

POLICY_LIMIT = 1 << 16
"""Bytes of a policy; characters of the lines of `parse_groups`."""
LOGS_LIMIT = 32
WITNESSES_LIMIT = 64
GROUPS_LIMIT = 64
NONE = "none"
"""The quorum that asks for nobody."""

_LIMITS = {"log": LOGS_LIMIT, "witness": WITNESSES_LIMIT, "group": GROUPS_LIMIT}
_FORMS = {
    "log": "log VKEY [URL]",
    "witness": "witness NAME VKEY [URL]",
    "group": "group NAME all|any|K NAME…",
    "quorum": "quorum NAME",
}
_TYPES = {"log": (ED25519, MLDSA), "witness": (COSIGNATURE, MLDSA)}
_THRESHOLD = re.compile(r"[1-9][0-9]{0,4}\Z")


@dataclass(frozen=True, slots=True)
class Group:
    """A group: met when `threshold` of its `members` are present or met."""

    name: str
    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quorum:
    """What is enough: the member or group `name`, or NONE; `groups` in the order of their definition."""

    name: str
    groups: tuple[Group, ...] = ()

    def met(self, present: Iterable[str]) -> bool:
        """Whether these members are enough; names that are no members do not count."""
        return self.name == NONE or self.name in self._reached(present)

    def lacking(self, present: Iterable[str]) -> tuple[str, ...]:
        """What would have to come, shortest and in the policy's order: each of it is needed, all of it is enough."""
        reached, groups = self._reached(present), {group.name: group for group in self.groups}

        def wanting(name: str) -> tuple[str, ...]:
            """The same for one member or group."""
            if name in reached:
                return ()
            if name not in groups:
                return (name,)
            out = [member for member in groups[name].members if member not in reached]
            free = len(groups[name].members) - groups[name].threshold  # members that may stay away
            if free:
                return (name,)
            return tuple(one for member in out for one in wanting(member))

        return () if self.name == NONE else wanting(self.name)

    def _reached(self, present: Iterable[str]) -> set[str]:
        reached = set(present) - {group.name for group in self.groups}
        for group in self.groups:  # members are defined before their group, so one pass is enough
            if sum(member in reached for member in group.members) >= group.threshold:
                reached.add(group.name)
        return reached


@dataclass(frozen=True, slots=True)
class Log:
    """A log of a policy: its key bears the origin as its name."""

    key: NoteKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness of a policy: `name` has a meaning inside the policy only."""

    name: str
    key: NoteKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as read; `sha256` is that of the file's bytes, in hex."""

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    quorum: Quorum
    sha256: str


@dataclass(frozen=True, slots=True)
class Met:
    """A checkpoint that meets a policy: the log's key, its head, and every cosignature by a witness that is known."""

    log: NoteKey
    head: Checkpoint
    cosigned: tuple[Cosigned, ...]


@dataclass(slots=True)
class _Sheet:
    """What the lines read so far have defined."""

    members: Callable[[str], bool] = lambda name: False
    logs: list[Log] = field(default_factory=list)
    witnesses: dict[str, Witness] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    placed: set[str] = field(default_factory=set)
    quorum: str = ""

    def knows(self, name: str) -> bool:
        return name != NONE and (name in self.witnesses or name in self.groups or self.members(name))


def parse(data: bytes) -> Policy:
    """Read a policy file; raises Refused, which names the line."""
    if len(data) > POLICY_LIMIT:
        raise Refused("record.refused.policy_long", {"limit": POLICY_LIMIT})
    if data and not data.endswith(b"\n"):
        raise Refused("record.refused.policy_newline")
    rows = data.decode("utf-8", "surrogateescape").split("\n")[:-1]
    sheet = _read(rows, _Sheet(), tuple(_FORMS))
    digest = hashlib.sha256(data).hexdigest()
    return Policy(tuple(sheet.logs), tuple(sheet.witnesses.values()), _quorum(sheet), digest)


def parse_groups(lines: Sequence[str], members: Callable[[str], bool]) -> Quorum:
    """Read `group` lines and one `quorum` line; `members` says of a name whether it is a member; raises Refused."""
    if sum(len(line) + 1 for line in lines) > POLICY_LIMIT:
        raise Refused("record.refused.policy_long", {"limit": POLICY_LIMIT})
    return _quorum(_read(lines, _Sheet(members), ("group", "quorum")))


def written(log: NoteKey, witnesses: Sequence[tuple[str, NoteKey]], groups: Sequence[str], quorum: str) -> bytes:
    """A policy file on one log; `groups` are whole lines, `group NAME k|any|all M…`; raises Refused."""
    keys = [f"log {log.vkey}", *(f"witness {name} {key.vkey}" for name, key in witnesses)]
    lines = [f"# Whose word a checkpoint of {log.name} needs (C2SP tlog-policy)", *keys, *groups, f"quorum {quorum}"]
    try:
        data = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise Refused("record.refused.policy_written") from error
    made = parse(data)
    said = (made.logs, made.witnesses, len(made.quorum.groups), made.quorum.name)
    if said != ((Log(log),), tuple(Witness(*one) for one in witnesses), len(groups), quorum):
        raise Refused("record.refused.policy_written")
    return data


def check(checkpoint: bytes, policy: Policy, check: SignatureCheck, own: NoteKey | None = None) -> Met:
    """Verify a checkpoint against a policy and, where one is given, for one's own witness (rule 6); raises Refused."""
    check = guarded(check)
    key, head = _log(checkpoint, policy, check)
    witnesses = [witness.key for witness in policy.witnesses]
    found = cosignatures.attested(checkpoint, [*witnesses, own] if own else witnesses, check)
    if own is not None and own not in found:
        raise Refused("record.refused.own_witness", {"name": own.name})
    present = [witness.name for witness in policy.witnesses if witness.key in found]
    if not policy.quorum.met(present):
        names = ", ".join(map(_shown, policy.quorum.lacking(present)))
        raise Refused("record.refused.quorum", {"lacking": names})
    return Met(key, head, tuple(Cosigned(one.name, seconds) for one, seconds in found.items()))


def _log(checkpoint: bytes, policy: Policy, check: SignatureCheck) -> tuple[NoteKey, Checkpoint]:
    text, lines = taken_apart(checkpoint)
    origin = checkpoints.parse(text).origin
    keys = [log.key for log in policy.logs if log.key.name == origin and log.key.algorithm == ED25519]
    if not keys:
        raise Refused("record.refused.policy_log", {"origin": origin})
    open_note(checkpoint, keys, check)  # a bad line of any of them refuses the checkpoint
    signed = {(line.name, line.key_id) for line in lines}
    key = next(one for one in keys if (one.name, one.key_id) in signed)
    return key, checkpoints.open_checkpoint(checkpoint, key, check)


def _read(rows: Sequence[str], sheet: _Sheet, keywords: Sequence[str]) -> _Sheet:
    for number, row in enumerate(rows, 1):
        if any((c < " " and c != "\t") or c == "\x7f" for c in row):
            raise Refused("record.refused.policy_character", {"line": number})
        words = re.split(r"[ \t]+", row.strip(" \t"))
        if not words[0] or words[0].startswith("#"):
            continue
        keyword = words[0]
        if keyword not in keywords:
            raise Refused("record.refused.policy_keyword", {"line": number, "word": _shown(keyword)})
        least, most = {"log": (2, 3), "witness": (3, 4), "group": (4, len(words)), "quorum": (2, 2)}[keyword]
        if not least <= len(words) <= most:
            raise Refused("record.refused.policy_form", {"line": number, "form": _FORMS[keyword]})
        _LINES[keyword](sheet, number, words[1:])
    return sheet


def _log_line(sheet: _Sheet, number: int, words: Sequence[str]) -> None:
    _room("log", number, len(sheet.logs))
    key = _key("log", number, words[0], [log.key for log in sheet.logs])
    sheet.logs.append(Log(key, *words[1:]))


def _witness_line(sheet: _Sheet, number: int, words: Sequence[str]) -> None:
    _room("witness", number, len(sheet.witnesses))
    name = _new_name(sheet, number, words[0])
    key = _key("witness", number, words[1], [witness.key for witness in sheet.witnesses.values()])
    sheet.witnesses[name] = Witness(name, key, *words[2:])


def _group_line(sheet: _Sheet, number: int, words: Sequence[str]) -> None:
    _room("group", number, len(sheet.groups))
    name, threshold, members = _new_name(sheet, number, words[0]), words[1], words[2:]
    for member in members:
        if not sheet.knows(member):
            raise Refused("record.refused.policy_unknown", {"line": number, "name": _shown(member)})
        if member in sheet.placed:
            raise Refused("record.refused.policy_placed", {"line": number, "name": _shown(member)})
        sheet.placed.add(member)
    count = {"all": len(members), "any": 1}.get(threshold) or (int(threshold) if _THRESHOLD.match(threshold) else 0)
    if not 1 <= count <= len(members):
        raise Refused(
            "record.refused.policy_threshold", {"line": number, "text": _shown(threshold), "count": len(members)}
        )
    sheet.groups[name] = Group(name, count, tuple(members))


def _quorum_line(sheet: _Sheet, number: int, words: Sequence[str]) -> None:
    if sheet.quorum:
        raise Refused("record.refused.policy_quorum_twice", {"line": number})
    if words[0] != NONE and not sheet.knows(words[0]):
        raise Refused("record.refused.policy_unknown", {"line": number, "name": _shown(words[0])})
    sheet.quorum = words[0]


_LINES: dict[str, Callable[[_Sheet, int, Sequence[str]], None]] = {
    "log": _log_line,
    "witness": _witness_line,
    "group": _group_line,
    "quorum": _quorum_line,
}


def _quorum(sheet: _Sheet) -> Quorum:
    if not sheet.quorum:
        raise Refused("record.refused.policy_quorum")
    return Quorum(sheet.quorum, tuple(sheet.groups.values()))


def _room(keyword: str, number: int, count: int) -> None:
    if count >= _LIMITS[keyword]:
        raise Refused("record.refused.policy_many", {"line": number, "keyword": keyword, "limit": _LIMITS[keyword]})


def _new_name(sheet: _Sheet, number: int, name: str) -> str:
    if name == NONE or sheet.knows(name):
        raise Refused("record.refused.policy_name", {"line": number, "name": _shown(name)})
    return name


def _key(keyword: str, number: int, vkey: str, others: Sequence[NoteKey]) -> NoteKey:
    try:
        key = NoteKey.parse(vkey)
    except Refused as error:
        raise Refused("record.refused.policy_key", {"line": number, "vkey": _shown(vkey)}) from error
    if key.algorithm not in _TYPES[keyword]:
        raise Refused("record.refused.policy_type", {"line": number, "keyword": keyword, "type": key.algorithm})
    if key.algorithm != MLDSA and not sound_key(key.public):
        raise Refused("record.refused.policy_weak", {"line": number, "name": key.name})
    if any(key.public == one.public or (key.name, key.key_id) == (one.name, one.key_id) for one in others):
        raise Refused("record.refused.policy_twice", {"line": number, "keyword": keyword, "name": key.name})
    return key


def _shown(text: str) -> str:
    """A word of a policy, short, with octets that are no UTF-8 written out."""
    return text[:60].encode("utf-8", "backslashreplace").decode("utf-8")
