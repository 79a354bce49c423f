"""The record beside its peers: appends, proofs, acts on a large record, rebuilding, verifying. About ten minutes.

What is compared is said in the modules of `benchmarks.recording`, where each subject is measured:
`appends` (bare SQLite, tlog-scales, group commit), `proofs` (pymerkle), `acts` (a record of 2,000 entries beside one of
200,000; projections made anew) and `dossiers` (seconds to verify one).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import Row
from benchmarks.recording import acts, appends, dossiers, places, proofs

PEERS: list[str] = ["pymerkle==7.0.0", "tlog-scales==0.0.3"]


def rows(progress: Callable[[str], None]) -> list[Row]:
    out = Path(__file__).resolve().parent.parent / "build" / "bench"
    with tempfile.TemporaryDirectory(dir=out, prefix="record-") as name, places.peers() as peer:
        folder = Path(name)
        progress("about ten minutes, most of it on a record of 200,000 entries")
        places.settle(folder)
        return [
            *appends.rows(folder, peer, progress),
            *proofs.rows(folder, peer, progress),
            *dossiers.rows(progress),
            *acts.rows(progress),
        ]
