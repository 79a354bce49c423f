"""The charter and the key state: who may sign from which index on, and which acts need several hands (F10).

Rules
1. Entry 0, `charter.adopt`, enrols the first keys. Where it lists keys of the role `root`, every one of them has signed it.
2. The key state at index i follows from the entries before i, in log order; no clock has a say. A key may sign from the
   entry that enrols it up to the entry that ends it, both included. No name is enrolled twice.
3. Five acts change it, and each needs the signatures that the charter's rule for it asks for; without a rule it is refused.
   `key.enrol` is signed by the new key as well; `key.rotate` by the old key and the new one, which takes over role and
   component, whatever rules there are; `key.revoke` may say from which index on the key is suspect; `rule.set` needs the
   rule for `rule.set`, the old rule for that act and the new one; `witness.set` names a component's witness.
4. A rule is written in the grammar of C2SP tlog-policy: groups and one quorum, whose members are `role:component`. A key
   counts for its own role and component alone, and two keys of one component count once.
5. `entry.suppress` and `value.erase` change no key; they too need the hands of their rule, wherever they are read.
6. What a suspect key signed stays on the record and is named, so that it can be confirmed again.

Source: record.md section 9; TUF 1.0.33 section 5.3 for the old and the new threshold.
Not done here: who is who behind a key, and what a key may do in the mechanism.
Trust: the charter is trusted by those who signed it. Whoever can write entry 0 decides whose signatures count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tiga.record.ed25519 import sound_key
from tiga.record.entries import Envelope
from tiga.record.notes import COSIGNATURE, ED25519, NoteKey, decode64
from tiga.record.policy import Quorum, parse_groups
from tiga.record.refusals import Refused

ADOPT, ENROL, ROTATE, REVOKE, RULE, WITNESS = (
    "charter.adopt", "key.enrol", "key.rotate", "key.revoke", "rule.set", "witness.set",
)  # fmt: skip
KEY_ACTS = frozenset((ADOPT, ENROL, ROTATE, REVOKE, RULE, WITNESS))
"""Acts that make the key state: every dossier holds all of them up to its checkpoint's size."""
RULED = frozenset(("entry.suppress", "value.erase"))
"""Acts that change no key, and yet need the hands that the charter's rule for them asks for."""
KEYS_LIMIT = 1_000
"""Keys that one record ever enrols."""
ROOT = "root"
SEAL_BYTES = 32


@dataclass(frozen=True, slots=True)
class Holder:
    """An enrolled key: role, component and custody as enrolled; `seal` is an X25519 key for what is encrypted to its holder.

    It signs from index `since` up to index `until` (None: to this day), and is suspect from `suspect_from` on.
    """

    key: NoteKey
    role: str
    component: str
    custody: str
    seal: str = ""
    since: int = 0
    until: int | None = None
    suspect_from: int | None = None
    successor: str = ""

    def signs_at(self, index: int) -> bool:
        return self.since <= index and (self.until is None or index <= self.until)

    @property
    def token(self) -> str:
        """What the key counts as in a rule."""
        return f"{self.role}:{self.component}"


@dataclass(frozen=True, slots=True)
class KeyState:
    """Holders by key name (those whose time is over among them), rules by act, witness keys by component."""

    holders: Mapping[str, Holder]
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    witnesses: Mapping[str, NoteKey] = field(default_factory=dict)
    absent_hours: int = 0

    def keys_at(self, index: int) -> dict[str, NoteKey]:
        """The keys that may sign the entry at an index, by name."""
        return {name: holder.key for name, holder in self.holders.items() if holder.signs_at(index)}

    def keys(self) -> dict[str, NoteKey]:
        """Every key ever enrolled, by name: for reading entries that were admitted in their time."""
        return {name: holder.key for name, holder in self.holders.items()}

    def quorum(self, act: str) -> Quorum:
        """What an act needs; raises Refused where the charter has no rule for it."""
        if act not in self.rules:
            raise Refused("record.refused.no_rule", {"name": act})
        return parse_groups(self.rules[act], is_token)

    def tokens(self, index: int, signers: Iterable[str]) -> tuple[str, ...]:
        """What the signers of the entry at an index count as."""
        held = (self.holders[name] for name in signers if name in self.holders)
        return tuple(dict.fromkeys(holder.token for holder in held if holder.signs_at(index)))

    def needs(self, act: str, index: int, signers: Iterable[str]) -> None:
        """Raise Refused unless these signers of the entry at an index are those that the rule for an act asks for."""
        _met(self.quorum(act), act, self.tokens(index, signers))

    def suspect(self, index: int, signers: Iterable[str]) -> tuple[str, ...]:
        """Names among the signers of the entry at an index whose keys were suspect by then."""
        rows = [self.holders[name] for name in signers if name in self.holders]
        return tuple(row.key.name for row in rows if row.suspect_from is not None and index >= row.suspect_from)


_COMPONENT = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")
_TOKEN = re.compile(r"[a-z][a-z0-9_-]{0,39}:(?:[a-z][a-z0-9_-]{0,39})?\Z")


def is_token(text: str) -> bool:
    """Whether a text can be a member of a rule: `role:component`, the component may be empty."""
    return bool(_TOKEN.match(text))


def keys_for(state: KeyState | None, index: int, envelope: Envelope) -> dict[str, NoteKey]:
    """The keys by which the entry at an index may be signed: those of the state, and those that the entry itself brings."""
    keys = state.keys_at(index) if state is not None else {}
    if envelope.act == ADOPT and state is None:
        return {holder.key.name: holder.key for holder in _listed(envelope.body, 0)}
    if envelope.act in (ENROL, ROTATE):
        key = _holder(envelope.body.get("key"), index).key
        keys.setdefault(key.name, key)
    return keys


def folded(state: KeyState | None, index: int, envelope: Envelope, signers: Iterable[str]) -> KeyState:
    """The key state after an entry of KEY_ACTS whose signatures hold; raises Refused where rule 1 or 3 is not met."""
    given, body = tuple(signers), envelope.body
    if envelope.act == ADOPT:
        if state is not None or index:
            raise Refused("record.refused.charter_act", {"act": envelope.act, "expected": f"{ADOPT} (0)"})
        return _founded(body, given)
    if state is None:
        raise Refused("record.refused.charter_act", {"act": envelope.act, "expected": ADOPT})
    if envelope.act in (ENROL, ROTATE) and _holder(body.get("key"), index).key.name == envelope.log:
        raise Refused("record.refused.enrolled", {"name": envelope.log})  # that name is the log's own key's
    if envelope.act == ROTATE:
        return _rotated(state, index, body, given)
    state.needs(envelope.act, index, given)
    if envelope.act == ENROL:
        return _enrolled(state, index, body, given)
    if envelope.act == REVOKE:
        return _revoked(state, index, body)
    if envelope.act == RULE:
        return _ruled(state, index, body, given)
    return _distinct(replace(state, witnesses={**state.witnesses, **dict([_witness(body)])}))


def last_of_batch(acts: Iterable[str]) -> None:
    """Raise Refused where an act on keys is followed by others of its batch: they were judged by the state before it."""
    if any(act in KEY_ACTS for act in list(acts)[:-1]):
        raise Refused("record.refused.key_batch")


def _founded(body: Mapping[str, Any], signers: tuple[str, ...]) -> KeyState:
    holders = _listed(body, 0)
    unsigned = sorted({row.key.name for row in holders if row.role == ROOT} - set(signers))
    if unsigned:
        raise Refused("record.refused.charter_unsigned", {"name": unsigned[0]})
    rules = {}
    for row in _rows(body, "rules"):
        if not isinstance(row.get("act"), str):
            raise Refused("record.refused.charter_keys")
        rules[row["act"]] = _need(row)
    hours = body.get("absent_hours", 0)
    if type(hours) is not int or hours < 0:
        raise Refused("record.refused.charter_keys")
    witnesses = dict(_witness(row) for row in _rows(body, "witnesses"))
    return _distinct(KeyState({row.key.name: row for row in holders}, rules, witnesses, hours))


def _enrolled(state: KeyState, index: int, body: Mapping[str, Any], signers: tuple[str, ...]) -> KeyState:
    holder = _holder(body.get("key"), index)
    _new(state, holder, signers)
    return _distinct(replace(state, holders={**state.holders, holder.key.name: holder}))


def _rotated(state: KeyState, index: int, body: Mapping[str, Any], signers: tuple[str, ...]) -> KeyState:
    holder, old = _holder(body.get("key"), index), _known(state, index, body.get("old"))
    if (holder.role, holder.component) != (old.role, old.component):
        raise Refused("record.refused.rotated_role", {"name": holder.key.name})
    if old.key.name not in signers:
        raise Refused("record.refused.not_own", {"name": old.key.name})
    _new(state, holder, signers)
    ended = replace(old, until=index, successor=holder.key.name)
    return _distinct(replace(state, holders={**state.holders, old.key.name: ended, holder.key.name: holder}))


def _distinct(state: KeyState) -> KeyState:
    """The state, where no witness has another component's key or name, or a holder's: one key is one pair of eyes."""
    keys = [*state.witnesses.values(), *(row.key for row in state.holders.values())]
    for place, key in enumerate(state.witnesses.values()):
        if any(key.name == other.name or key.public == other.public for other in keys[place + 1 :]):
            raise Refused("record.refused.enrolled", {"name": key.name})
    return state


def _revoked(state: KeyState, index: int, body: Mapping[str, Any]) -> KeyState:
    holder, suspect = _known(state, index, body.get("key")), body.get("suspect_from")
    if suspect is not None and (type(suspect) is not int or not 0 <= suspect <= index):
        raise Refused("record.refused.member_form", {"name": "suspect_from"})
    ended = replace(holder, until=index, suspect_from=suspect)
    return replace(state, holders={**state.holders, holder.key.name: ended})


def _ruled(state: KeyState, index: int, body: Mapping[str, Any], signers: tuple[str, ...]) -> KeyState:
    act, need = body.get("act"), _need(body)
    if not isinstance(act, str):
        raise Refused("record.refused.member_form", {"name": "act"})
    if act in state.rules:
        state.needs(act, index, signers)
    _met(parse_groups(need, is_token), act, state.tokens(index, signers))
    return replace(state, rules={**state.rules, act: need})


def _met(quorum: Quorum, act: str, tokens: tuple[str, ...]) -> None:
    if not quorum.met(tokens):
        raise Refused("record.refused.hands", {"name": act, "lacking": ", ".join(quorum.lacking(tokens))})


def _new(state: KeyState, holder: Holder, signers: tuple[str, ...]) -> None:
    if holder.key.name in state.holders or len(state.holders) >= KEYS_LIMIT:
        raise Refused("record.refused.enrolled", {"name": holder.key.name})
    if any(holder.key.public == row.key.public for row in state.holders.values()):
        raise Refused("record.refused.enrolled", {"name": holder.key.name})
    if holder.key.name not in signers:
        raise Refused("record.refused.not_own", {"name": holder.key.name})


def _known(state: KeyState, index: int, name: object) -> Holder:
    holder = state.holders.get(name) if isinstance(name, str) else None
    if holder is None or not holder.signs_at(index):
        raise Refused("record.refused.not_enrolled", {"name": str(name)[:80]})
    return holder


def _rows(body: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = body.get(name, [])
    if not isinstance(rows, list) or len(rows) > KEYS_LIMIT or not all(isinstance(row, dict) for row in rows):
        raise Refused("record.refused.charter_keys")
    return rows


def _listed(body: Mapping[str, Any], index: int) -> list[Holder]:
    holders = [_holder(row, index) for row in _rows(body, "keys")]
    distinct = {row.key.name for row in holders}, {row.key.public for row in holders}
    if not holders or any(len(names) != len(holders) for names in distinct):
        raise Refused("record.refused.charter_keys")
    return holders


def _holder(row: object, index: int) -> Holder:
    """A key as an act lists it; raises Refused unless it is well-formed and sound."""
    members = ("vkey", "role", "component", "custody")
    if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in members):
        raise Refused("record.refused.charter_keys")
    key, seal = NoteKey.parse(row["vkey"]), row.get("seal", "")
    if key.algorithm != ED25519 or not sound_key(key.public):
        raise Refused("record.refused.weak_key", {"name": key.name})
    if not isinstance(seal, str) or (seal and len(decode64(seal)) != SEAL_BYTES):
        raise Refused("record.refused.charter_keys")
    return Holder(key, row["role"], row["component"], row["custody"], seal, index)


def _witness(row: Mapping[str, Any]) -> tuple[str, NoteKey]:
    component, vkey = row.get("component"), row.get("vkey")
    if not isinstance(component, str) or not _COMPONENT.match(component) or not isinstance(vkey, str):
        raise Refused("record.refused.charter_keys")
    key = NoteKey.parse(vkey)
    if key.algorithm != COSIGNATURE or not sound_key(key.public):
        raise Refused("record.refused.weak_key", {"name": key.name})
    return component, key


def _need(row: Mapping[str, Any]) -> tuple[str, ...]:
    lines = row.get("need")
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise Refused("record.refused.charter_keys")
    need = tuple(lines)
    parse_groups(need, is_token)
    return need
