"""Write vectors of entries: `python -m tests.vectors.make_entries` from the repository's root, `src` on the path.

One file for each kind of entry: the signed text, its sid and its body, all from invented stories with published seeds; and
one for each member that the first entry of its kind leaves out (`+`). A file that is there is never changed by a later
version of an act: that version gets a file of its own.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.core.mechanism import courses, desk
from tiga.mechanism import charter
from tiga.mechanism.acts import envelope_of
from tiga.record.entries import Entry, Envelope
from tiga.record.notes import COSIGNATURE

FOLDER = Path(__file__).parent / "entries"


def file_name(act: str) -> str:
    """`finding.adopt.json`; `finding.adopt/2` gives `finding.adopt.2.json`."""
    return act.replace("/", ".") + ".json"


def first_of_each() -> dict[str, Entry]:
    """The first entry of each kind in the stories."""
    found: dict[str, Entry] = {}
    for entry in told():
        found.setdefault(entry.envelope.act, entry)
    return found


def told() -> list[Entry]:
    """Every entry of the stories; those of a kind in the first stand before all others, whose bytes were written earlier."""
    return [entry for story in courses.STORIES for entry in story().entries()]


FURTHER = {
    "determination.issue+rule": lambda body: "rule" in body,
    "finding.adopt+claims": lambda body: "claims" in body,
    "finding.adopt+supersedes": lambda body: "supersedes" in body,
    "finding.confirm+claims": lambda body: "claims" in body,
    "reply.open+draft": lambda body: "draft" in body,
    "reply.seal+draft": lambda body: "draft" in body,
}
"""Files for entries whose body has a member that the first entry of their kind leaves out."""


def further() -> dict[str, Entry]:
    """The first entry in the stories for each file of FURTHER, and a signature on what belongs to no case."""
    rows = told()
    found = {
        name: next(row for row in rows if row.envelope.act == name.partition("+")[0] and has(row.envelope.body))
        for name, has in FURTHER.items()
    }
    return found | {
        "signature.add+roster": next(
            row for row in rows if row.envelope.act == "signature.add" and not row.envelope.case
        )
    }


def ruled() -> Envelope:
    """A charter with rules, witnesses and batches of its own: what the first one of the story leaves out."""
    log = desk.ORIGIN
    root = desk.known.signer(f"{log}/chair/1", 31).key.vkey
    witness = desk.known.signer(f"{log}/witness/party-1", 33, COSIGNATURE).key.vkey
    kind = charter.CharterAdopted(
        "Invented", "exercise", (charter.Key(root, "root", "mediator-1", "token"),),
        (charter.Rule("key.enrol", ("quorum root:mediator-1",)),), (charter.Witness("party-1", witness),), 72, 16, 30,
    )  # fmt: skip
    return envelope_of(kind, log, desk.START)


def made() -> dict[str, str]:
    """The text of each file."""
    rows = {file_name(act): _vector(entry.envelope) for act, entry in sorted(first_of_each().items())}
    more = {file_name(name): _vector(entry.envelope) for name, entry in further().items()}
    return rows | more | {"charter.adopt+rules.json": _vector(ruled())}


def _vector(envelope: Envelope) -> str:
    row = {"text": envelope.text(), "sid": envelope.sid, "body": envelope.body}
    return json.dumps(row, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in made().items():
        if not (FOLDER / name).exists():
            (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
