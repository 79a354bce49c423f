"""Write vectors of the entries of grades: `python -m tests.vectors.make_grades` from the repository's root, `src` on the
path. One file for each kind and for each part that may be left out, from an invented story with published seeds; a file
that is there is never changed.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.core.mechanism import grading
from tiga.mechanism import affairs, grades
from tiga.mechanism.acts import Kind
from tiga.record.entries import Envelope

FOLDER = Path(__file__).parent / "grades"


def made() -> dict[str, str]:
    """The text of each file."""
    rows: dict[str, str] = {}
    for entry in grading.told().entries():
        envelope = entry.envelope
        if envelope.act in grades.FOLDS:
            given = [name for name in ("reliability", "credibility") if name in envelope.body]
            name = f"{envelope.act}+{given[0]}.json" if len(given) == 1 else f"{envelope.act}.json"
            row = {"text": envelope.text(), "sid": envelope.sid, "body": envelope.body}
            rows.setdefault(name, json.dumps(row, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return rows


def decoded(envelope: Envelope) -> Kind | None:
    """The kind of an entry, as the registry has it."""
    return affairs.decode(envelope)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in made().items():
        if not (FOLDER / name).exists():
            (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
