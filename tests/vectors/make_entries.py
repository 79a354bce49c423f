"""Write vectors of entries: `python -m tests.vectors.make_entries` from the repository's root, `src` on the path.

One file for each kind of entry: the signed text, its sid and its body, all from an invented story with published seeds.
A file that is there is never changed by a later version of an act: that version gets a file of its own.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.core.mechanism import desk
from tiga.record.entries import Entry

FOLDER = Path(__file__).parent / "entries"


def file_name(act: str) -> str:
    """`finding.adopt.json`; `finding.adopt/2` gives `finding.adopt.2.json`."""
    return act.replace("/", ".") + ".json"


def first_of_each() -> dict[str, Entry]:
    """The first entry of each kind in the story."""
    found: dict[str, Entry] = {}
    for entry in desk.story().entries():
        found.setdefault(entry.envelope.act, entry)
    return found


def made() -> dict[str, str]:
    """The text of each file."""
    return {file_name(act): _vector(entry) for act, entry in sorted(first_of_each().items())}


def _vector(entry: Entry) -> str:
    row = {"text": entry.envelope.text(), "sid": entry.sid, "body": entry.envelope.body}
    return json.dumps(row, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in made().items():
        if not (FOLDER / name).exists():
            (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
