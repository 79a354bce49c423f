"""Write vectors of the entries of exhibits: `python -m tests.vectors.make_exhibits` from the repository's root, `src` on the
path. One file for each kind, from an invented story with published seeds; a file that is there is never changed.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.core.mechanism.affairs import exhibiting
from tiga.mechanism import exhibits

FOLDER = Path(__file__).parent / "exhibits"


def made() -> dict[str, str]:
    """The text of each file."""
    rows: dict[str, str] = {}
    acts = {kind.ACT for kind in exhibits.KINDS}
    for entry in exhibiting.told().entries():
        envelope = entry.envelope
        if envelope.act in acts:
            row = {"text": envelope.text(), "sid": envelope.sid, "body": envelope.body}
            rows.setdefault(
                f"{envelope.act}.json", json.dumps(row, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
            )
    return rows


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in made().items():
        if not (FOLDER / name).exists():
            (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
