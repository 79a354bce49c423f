"""A witness at work: the record's rules, the file that must be durable first, and what is kept as evidence.

Rules
1. Read the state; answer by `record.witness`; make the change durable; only then hand the answer out. Where another
   request was first, the answer is 409 with the size that won.
2. A pack's leaf hashes are preferred to its request: they need no proof from the log. The request is the way where the
   pack begins after the witness's edge.
3. A head of the size that is held and another root, signed by the log, is two histories: the fork proof (F8) is written
   beside the witness's file, once.
4. A clock that lies before the last cosignature by more than SLACK seconds is refused: the time is a part of what is sworn.

Trust: the machine's clock is trusted for the time of a cosignature, and for nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tiga.cli.witness_state import Held, State, WitnessFile
from tiga.record import cosignatures, forks, witness
from tiga.record.checkpoints import Checkpoint, open_checkpoint
from tiga.record.courier import Pack
from tiga.record.ed25519 import SignatureCheck
from tiga.record.notes import NoteKey, Signer
from tiga.record.refusals import Refused
from tiga.record.witness import Answer, Edge, Seen, conflict, origin_hash

SLACK = 300
"""Seconds by which a clock may be set back."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A head to cosign, as it was handed in: a pack, or a request as over HTTP; `checkpoint` is the log's note."""

    checkpoint: bytes
    body: bytes = b""
    pack: Pack | None = None

    @classmethod
    def of_pack(cls, pack: Pack, component: str) -> Asked:
        return cls(pack.checkpoint, pack.requests.get(component, b""), pack)

    @classmethod
    def of_request(cls, body: bytes) -> Asked:
        return cls(witness.parse_request(body).checkpoint, body)


@dataclass
class Witness:
    """A witness's file, the logs it knows by origin, and the signer, once its key is open."""

    file: WitnessFile
    logs: Mapping[str, NoteKey]
    check: SignatureCheck
    signer: Signer
    forks: list[Path] = field(default_factory=list)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer a request; raises Refused, OSError: then nothing may be handed out."""
        state = self._state()
        wanted: list[str] = []

        def seen(origin: str) -> Seen | None:
            wanted.append(origin)
            return state.logs[origin].seen if origin in state.logs else None

        answer = witness.add_checkpoint(body, self.logs, seen, self.signer, _now(state), self.check)
        if not wanted:
            return answer
        held = state.logs.get(wanted[0])
        if answer.status in (409, 422):
            self._keep_fork(held, witness.parse_request(body).checkpoint, self.logs[wanted[0]])
        return self._settled(wanted[0], held, answer)

    def add_by_leaves(self, pack: Pack) -> Answer:
        """Answer a pack by its leaf hashes; raises Refused, also where it begins after the witness's edge."""
        state = self._state()
        held, log = state.logs.get(pack.origin), self.logs.get(pack.origin)
        if log is None:
            raise Refused("record.refused.witness_origin")
        seen, edge = (held.seen, held.edge) if held else (None, None)
        start = edge or Edge()
        leaves = pack.leaves(start.size)
        answer = witness.add_by_leaves(
            pack.checkpoint, log, seen, start, leaves, self.signer, _now(state), self.check
        )  # fmt: skip
        if answer.status in (409, 422):
            self._keep_fork(held, pack.checkpoint, log)
        return self._settled(pack.origin, held, answer)

    def cosign(self, asked: Asked) -> Answer:
        """Answer what was handed in, in the way of rule 2."""
        if asked.pack is None:
            return self.add_checkpoint(asked.body)
        try:
            return self.add_by_leaves(asked.pack)
        except Refused as refusal:
            if refusal.code != "record.courier.begins" or not asked.body:
                raise
            return self.add_checkpoint(asked.body)

    def judged(self, asked: Asked) -> Answer:
        """What `cosign` would answer, without a signature and without a change."""
        return replace(self, file=_Unchanged(self.file), signer=_blank(self.signer.key)).cosign(asked)

    def served(self, hashed: str) -> bytes | None:
        """The checkpoint to show for the log whose origin hashes so."""
        for origin, held in self._state().logs.items():
            if origin_hash(origin) == hashed:
                return witness.served(held.seen, held.line.encode("utf-8"))
        return None

    def _state(self) -> State:
        state = self.file.read()
        if state.note_key != self.signer.key:
            raise Refused("cli.witness.other_key", {"name": state.note_key.name})
        return state

    def _settled(self, origin: str, before: Held | None, answer: Answer) -> Answer:
        """The answer, once what it rests on is durable (rule 1)."""
        if answer.status != 200:
            return answer
        after = _after(before, answer)
        held = self.file.settle(origin, before, after)
        return answer if held == (after or before) else conflict(held.seen.size if held else 0)

    def _keep_fork(self, held: Held | None, note: bytes, log: NoteKey) -> None:
        """Keep the proof of rule 3, where this head is one."""
        try:
            head = open_checkpoint(note, log, self.check)
        except Refused:
            return
        if held is None or head.size != held.seen.size or head.root == held.seen.root:
            return
        bare = cosignatures.merged(note, (), log, (), self.check)
        proof = forks.prove(held.seen.checkpoint, bare, log, head.root, ())
        path = self.file.path.with_name(f"{self.file.path.name}.{origin_hash(log.name)[:8]}-{head.size}.tlog-fork")
        self.file.keep(path, proof)
        if path not in self.forks:
            self.forks.append(path)


class _Unchanged(WitnessFile):
    """The file for looking only: nothing is put into it."""

    def __init__(self, file: WitnessFile) -> None:
        super().__init__(file.path)
        self._file = file

    def read(self) -> State:
        return self._file.read()

    def settle(self, origin: str, before: Held | None, after: Held | None) -> Held | None:
        return after or before


def _blank(key: NoteKey) -> Signer:
    return Signer(key, lambda message: bytes(64))


def _after(before: Held | None, answer: Answer) -> Held | None:
    """What is to be held after an answer 200, None for no change."""
    if answer.seen is not None:
        edge = answer.edge or (before.edge if before else None)
        return Held(answer.seen, answer.body.decode("utf-8"), edge)
    if answer.edge is not None and before is not None:
        return replace(before, edge=answer.edge)
    return None


def _now(state: State) -> int:
    """The time in seconds; raises Refused for a clock that was set back."""
    now, last = int(time.time()), max((held.seconds for held in state.logs.values()), default=1)
    if now < last - SLACK:
        raise Refused("cli.witness.clock", {"seconds": last - now})
    return now


def head_of(asked: Asked, logs: Mapping[str, NoteKey], check: SignatureCheck) -> Checkpoint:
    """The head that a known log signed; raises Refused."""
    origin = asked.checkpoint.partition(b"\n")[0].decode("utf-8", "replace")
    if origin not in logs:
        raise Refused("cli.witness.unknown_log", {"origin": origin})
    return open_checkpoint(asked.checkpoint, logs[origin], check)
