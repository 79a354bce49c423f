"""The dossier: a case taken out of the house, with all that is needed to check it.

Rules
1. Members: `DOSSIER.json`, `checkpoint`, `keys`, `entries/NNNNNNNN.note` each with `entries/NNNNNNNN.tlog-proof`,
   `disclosures/NNNNNNNN.jsonl`, `agreement/<sha256>.json`, `evidence/<sha256>`, `VERIFY.<language>.txt`, `verify.py`,
   `verify.html`. No others.
2. `DOSSIER.json` is an index (each member's SHA-256) and states origin, size, case and whether it is an exercise. It is
   not signed and not trusted: `verify` derives each statement again.
3. Entry 0, the charter, is always there, and with it every key act before the checkpoint: the keys that sign the entries
   follow from them.
4. `keys` holds one vkey a line: the log's, then all others in the order of their enrolment.
5. An origin that ends in `/exercise` makes an exercise; nothing else does, and the index must say so.
6. Withheld values are simply not there; nothing shows which of the undisclosed digests are decoys.

Not done here: choosing what goes in (`publish`), checking (`verify`), the container's bytes (`container`).
Trust: a dossier is not trusted. Whoever can change it can leave entries out or make `VERIFY` texts say anything; he
cannot make an altered or unlogged entry pass.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tiga.record import checkpoints
from tiga.record.charter import KEY_ACTS, KeyState, folded
from tiga.record.container import pack as pack
from tiga.record.container import unpack as unpack
from tiga.record.disclosures import Disclosure
from tiga.record.entries import Entry
from tiga.record.notes import NoteKey, text_of
from tiga.record.refusals import Refused
from tiga.values.words import catalogue, say

INDEX = "DOSSIER.json"
EXERCISE = "/exercise"
"""The end of an exercise's origin."""
MANIFEST = "case.manifest"
"""The act that lists a case's entries."""
SEALED = "sealed"
"""The name of a manifest's disclosed value: the index of a sealed entry that belongs to the case."""
TOOLS = ("verify.html", "verify.py")
"""Verifiers that may travel along. They are a convenience: a copy that comes with what it verifies proves nothing."""

_KINDS = re.compile(
    r"(?:DOSSIER\.json|checkpoint|keys|verify\.html|verify\.py|VERIFY\.[a-z]{2,3}\.txt|entries/[0-9]{8,16}\.(?:note|tlog-proof)"
    r"|disclosures/[0-9]{8,16}\.jsonl|agreement/[0-9a-f]{64}\.json|evidence/[0-9a-f]{64})\Z"
)


@dataclass(frozen=True, slots=True)
class Index:
    """What `DOSSIER.json` states; `files` maps each other member to its SHA-256 in hex."""

    origin: str
    size: int
    case: str
    exercise: bool
    files: dict[str, str]

    def encode(self) -> bytes:
        """The bytes of `DOSSIER.json`: sorted members, no spaces, one newline at the end."""
        members = {"v": 1, "origin": self.origin, "size": self.size, "case": self.case, "exercise": self.exercise}
        text = json.dumps({**members, "files": self.files}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode("utf-8") + b"\n"


def parse_index(data: bytes) -> Index:
    """Read `DOSSIER.json`; raises Refused unless it is spelled exactly as `Index.encode` spells it."""
    try:
        tree = json.loads(data.decode("utf-8"))
        files = {str(name): str(digest) for name, digest in tree["files"].items()}
        index = Index(str(tree["origin"]), int(tree["size"]), str(tree["case"]), bool(tree["exercise"]), files)
        spelled = index.encode() == data
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise Refused("record.refused.index_file", {"member": INDEX}) from error
    if not spelled:
        raise Refused("record.refused.index_file", {"member": INDEX})
    return index


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def is_known_member(name: str) -> bool:
    """Whether a dossier may hold a member of this name."""
    return bool(_KINDS.match(name))


def is_exercise(origin: str) -> bool:
    """Whether an origin is that of an exercise."""
    return origin.endswith(EXERCISE)


def key_lines(log_key: NoteKey, state: KeyState) -> bytes:
    """The member `keys`: the log's vkey, then every key in the order of its enrolment, one a line, none twice."""
    vkeys = dict.fromkeys([log_key.vkey, *(holder.key.vkey for holder in state.holders.values())])
    return "".join(f"{vkey}\n" for vkey in vkeys).encode("utf-8")


def key_state(entries: Iterable[Entry]) -> KeyState:
    """The key state after the key acts among entries in log order; raises Refused where they begin with no charter."""
    state: KeyState | None = None
    for entry in entries:
        if entry.envelope.act in KEY_ACTS:
            state = folded(state, entry.index, entry.envelope, entry.signers)
    if state is None:
        raise Refused("record.refused.charter")
    return state


def compose(
    *,
    checkpoint: bytes,
    log_key: NoteKey,
    entries: Sequence[Entry],
    proofs: Mapping[int, bytes],
    case: str = "",
    disclosed: Mapping[int, Sequence[Disclosure]] | None = None,
    agreements: Iterable[bytes] = (),
    evidence: Iterable[bytes] = (),
    texts: Mapping[str, str] | None = None,
    tools: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """The members of a dossier, to be packed; raises Refused when the charter or a proof is missing.

    `proofs` maps each entry's index to its `.tlog-proof`, all made for exactly this `checkpoint`; `case` is the case or
    sid of one of the entries, or empty; `texts` maps language tags to `VERIFY` texts (English is there by itself); `tools`
    are members of TOOLS.
    """
    head = checkpoints.parse(text_of(checkpoint))
    ordered = sorted(entries, key=lambda entry: entry.index)
    if case and not any(case in (entry.envelope.case, entry.sid) for entry in entries):
        raise Refused("record.refused.case", {"case": case[:80]})
    members = {"checkpoint": checkpoint, "keys": key_lines(log_key, key_state(ordered)), **(tools or {})}
    for entry in ordered:
        if entry.index not in proofs:
            raise Refused("record.refused.pair", {"index": entry.index})
        members[f"entries/{entry.index:08d}.note"] = entry.note
        members[f"entries/{entry.index:08d}.tlog-proof"] = proofs[entry.index]
    for index, released in (disclosed or {}).items():
        if released:
            lines = "".join(f"{disclosure.encoded}\n" for disclosure in released)
            members[f"disclosures/{index:08d}.jsonl"] = lines.encode("ascii")
    members.update((f"agreement/{sha256_hex(data)}.json", data) for data in agreements)
    members.update((f"evidence/{sha256_hex(data)}", data) for data in evidence)
    exercise = is_exercise(head.origin)
    for language, text in {"en": verify_text(exercise), **(texts or {})}.items():
        members[f"VERIFY.{language}.txt"] = text.encode("utf-8")
    files = {name: sha256_hex(members[name]) for name in members}
    return {INDEX: Index(head.origin, head.size, case, exercise, files).encode(), **members}


def verify_text(exercise: bool, language: str = "en") -> str:
    """How a reader checks a dossier, in plain words: the text of `VERIFY.<language>.txt`."""
    text = say("record.howto.exercise" if exercise else "record.howto.live", language) + "\n"
    return text if catalogue(language).reviewed else say("record.howto.unreviewed", language) + "\n\n" + text
