"""Manifests: after a milestone of a case, what entries it has, so that a reader can tell a dossier that leaves some out.

Rules
1. A case is listed when a determination is in force and none of its papers waits for a signature.
2. What is open to both parties is listed by its index, what is sealed by salted digests among decoys.
3. After a suppression the cases whose manifest lists what is gone are listed anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tiga.drafts import OPEN_TO_BOTH
from tiga.mechanism import custody
from tiga.mechanism.acts import Actor, Decision
from tiga.store import queries, vault

if TYPE_CHECKING:
    from tiga.store.desk import Desk


def after(desk: Desk, outcome: Decision) -> None:
    """After a milestone of a case: list its entries."""
    case = outcome.entries[0].envelope.case
    if outcome.entries[0].envelope.act in custody.MILESTONES and case:
        _manifest(desk, case)


def again(desk: Desk, indices: Iterable[int]) -> None:
    """After a suppression: cases whose manifest lists what is not there any more get a new one."""
    for entry in queries.manifests(desk):
        hidden = [item.value for _, _, item in vault.disclosures(desk.alias, entry.sid)]
        if {*entry.envelope.body["entries"], *hidden} & set(indices):
            _manifest(desk, entry.envelope.case)


def _manifest(desk: Desk, case: str) -> None:
    """List the entries of a case with a determination in force, none of whose papers waits, in a manifest."""
    threads = queries.case_threads(desk, case)
    standing = desk.standing(threads)
    if case not in standing.cases:
        return
    papers = (standing.cases[case].determination, *standing.cases[case].measures)
    if any((found := standing.signable(sid)) is None or found[3] is None for sid in papers):
        return
    own, _ = desk.ledger.threads(("roster", *(name for name in threads if not name.startswith("party:"))))
    sealed = {row.index for row in own if row.envelope.act == custody.ReportSealed.ACT}
    shown = queries.levels(desk, [row.index for row in own])
    listed = tuple(row.index for row in own if row.index not in sealed and shown.get(row.index) in OPEN_TO_BOTH)
    salts = tuple(desk.entropy(16) for _ in range(len(sealed) + custody.SEALED_DIGESTS))
    outcome = custody.manifest(standing, case, desk.ledger.size(), listed, tuple(sorted(sealed)), salts, desk.time())
    if isinstance(outcome, Decision):
        desk.enter(standing, outcome, Actor("", "registrar"))
