"""Checkpoints (C2SP tlog-checkpoint, F5): the log's signed word on its size and root.

Rules
1. The text is exactly three lines: origin, size in decimal without leading zeros, root in strict base64. No extensions.
2. The log's key bears the origin as its name and signs by type 0x01; further lines are cosignatures, ignored here.

Not done here: deciding that two checkpoints agree (`proofs.check_consistency`).
Trust: the log's key is trusted not to sign two histories. Whoever holds it can do so; witnesses, which come later,
would show it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tiga.record.ed25519 import SignatureCheck
from tiga.record.notes import NoteKey, decode64, encode64, is_key_name, open_note
from tiga.record.refusals import Refused

SIZE_LIMIT = 2**53 - 1
"""Entries of one log."""

_SIZE = re.compile(r"(?:0|[1-9][0-9]{0,15})\Z")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree's head: `size` in entries, `root` 32 bytes."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n"


def number(text: str) -> int:
    """A decimal of ASCII digits without leading zeros, at most SIZE_LIMIT; raises Refused."""
    if not _SIZE.match(text) or int(text) > SIZE_LIMIT:
        raise Refused("record.refused.number", {"text": text[:40]})
    return int(text)


def parse(text: str) -> Checkpoint:
    """Read a checkpoint's text; raises Refused unless it is spelled exactly as `Checkpoint.text` spells it."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not is_key_name(lines[0]):
        raise Refused("record.refused.checkpoint")
    root = decode64(lines[2])
    if len(root) != 32:
        raise Refused("record.refused.checkpoint")
    return Checkpoint(lines[0], number(lines[1]), root)


def open_checkpoint(note: bytes, log_key: NoteKey, check: SignatureCheck) -> Checkpoint:
    """Verify a checkpoint's signature by the log and that the origin is the log's; raises Refused."""
    head = parse(open_note(note, [log_key], check).text)
    if head.origin != log_key.name:
        raise Refused("record.refused.origin", {"origin": head.origin, "expected": log_key.name})
    return head
