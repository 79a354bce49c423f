"""`tiga dataset prove|check`: one row of a dataset on the record, proven to whoever holds no other row of it.

Rules
1. `prove` takes the row out of the table in the vault, once that table gives the root of the entry, and writes it with its path
   and a dossier of the entry (`record.rowproofs`). The row is named by its number, from 1, or by a text that it alone holds.
2. `check` needs no record, no server and no other row: the dossier's own rules (`record.verify`), then the path to the root that
   the entry gives. Exit 0 where the row is proven, 1 with what was refused.
3. `--exercise`, `--log-key`, `--policy` and `--own-witness` are as for `tiga verify`. Without a key or a policy the output says
   that the keys came with the proof.
4. Whoever runs `prove` decides who may have the row; the level of the dataset is said.

Not done here: what a row means. That a later dataset takes the place of this one cannot be seen from its proof, and is said.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tiga.cli import given, keytext
from tiga.cli.lines import plain, told
from tiga.mechanism import datasets
from tiga.mechanism.datasets import DatasetEntered
from tiga.record import dossier, policy, rowproofs, rowroots
from tiga.record.canonical import NotCanonical
from tiga.record.container import CONTAINER_LIMIT, pack
from tiga.record.notes import COSIGNATURE, NoteKey
from tiga.record.refusals import Refused
from tiga.record.rowproofs import RowProof
from tiga.record.verify import Verified, verify_dossier
from tiga.values.names import printed_number

if TYPE_CHECKING:
    from tiga.mechanism.datasets import Held
    from tiga.record.entries import Entry
    from tiga.store.desk import Desk

NAMED_LIMIT = 20
"""Rows that are named where a text stands in several."""


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="prove|check")
    prove = verbs.add_parser("prove", help=told("cli.dataset.prove", "en"), description=told("cli.dataset.prove", "en"))
    prove.add_argument("dataset", metavar="DATASET", help=told("cli.dataset.dataset", "en"))
    prove.add_argument("--record", required=True, metavar="NAME", help=told("cli.record", "en"))
    row = prove.add_mutually_exclusive_group(required=True)
    row.add_argument("--row", type=int, metavar="N", help=told("cli.dataset.row", "en"))
    row.add_argument("--has", default="", metavar="TEXT", help=told("cli.dataset.has", "en"))
    prove.add_argument("--out", type=Path, metavar="FILE", help=told("cli.dataset.out", "en"))
    prove.add_argument("--settings", default="", help=told("cli.settings", "en"))
    check = verbs.add_parser("check", help=told("cli.dataset.check", "en"), description=told("cli.dataset.check", "en"))
    check.add_argument("proof", type=Path, metavar="PROOF.zip", help=told("cli.dataset.proof", "en"))
    check.add_argument("--exercise", action="store_true", help=told("cli.verify.exercise", "en"))
    for name, metavar in (("log_key", "KEY"), ("policy", "FILE"), ("own_witness", "KEY")):
        check.add_argument(
            f"--{name.replace('_', '-')}", default="", metavar=metavar, help=told(f"cli.verify.{name}", "en")
        )


def run(options: argparse.Namespace) -> int:
    try:
        return _prove(options) if options.verb == "prove" else _check(options)
    except (Refused, OSError) as error:
        return given.failed(error, options.language)


# ---- making a proof


def _prove(options: argparse.Namespace) -> int:
    from tiga.cli import records, writing

    language = options.language
    desk = records.open_desk(options.record, options.settings)
    held = _held(desk, options.dataset)
    rows = _rows(desk, held)
    index = _index(rows, options)
    path = rowroots.row_proof(rows, index)
    proof = RowProof(held.sid, index, path, rows[index], _dossier(desk, held.index))
    number = printed_number(datasets.PREFIX, held.sid)
    out = options.out or Path(_name(desk.origin, number, index + 1))
    data = proof.encode()
    writing.new(out, data)
    print(told("cli.dataset.written", language, number=number, row=index + 1, file=out, bytes=len(data)))
    print(told("cli.dataset.level", language, level=held.entered.release))
    if held.superseded_by:
        by = printed_number(datasets.PREFIX, held.superseded_by)
        print(told("cli.dataset.superseded", language, number=number, by=by))
    command = f"tiga dataset check {out}" + (" --exercise" if dossier.is_exercise(desk.origin) else "")
    print(told("cli.dataset.to_check", language, command=command))
    return 0


def _name(origin: str, number: str, row: int) -> str:
    return f"{'EXERCISE-' if dossier.is_exercise(origin) else ''}{number}-row-{row}.zip"


def _held(desk: Desk, text: str) -> Held:
    """The dataset of a sid or printed number; raises Refused."""
    from tiga.store import queries

    sids = [row.sid for row in queries.affairs(desk, datasets.NAME)]
    found = next((sid for sid in sids if text in (sid, printed_number(datasets.PREFIX, sid))), "")
    if not found:
        known = ", ".join(printed_number(datasets.PREFIX, sid) for sid in sids) or "-"
        raise Refused("cli.dataset.unknown", {"dataset": text, "known": known})
    standing = desk.standing((f"{datasets.NAME}:{found}",))
    return datasets.state(standing).datasets[found]


def _rows(desk: Desk, held: Held) -> tuple[bytes, ...]:
    """The dataset's rows out of the vault; raises Refused where they are not there, or not those of the entry."""
    from tiga.store import vault

    table = next((one.value for _, _, one in vault.disclosures(desk.alias, held.sid) if one.name == "table"), None)
    try:
        rows = rowroots.read_table(vault.blob(desk.alias, table["sha256"])) if table else ()
    except (LookupError, NotCanonical, vault.Unreadable):
        rows = ()
    root, count = rowroots.root(rows)
    if (root.hex(), count) != (held.entered.root, held.entered.rows):
        raise Refused("cli.dataset.no_table")
    return rows


def _index(rows: tuple[bytes, ...], options: argparse.Namespace) -> int:
    """The index of the row that is asked for; raises Refused."""
    if options.row is not None:
        if not 1 <= options.row <= len(rows):
            raise Refused("record.refused.row_index", {"number": options.row, "rows": len(rows)})
        return int(options.row) - 1
    found = [at for at, row in enumerate(rows) if options.has in row.decode("utf-8")]
    if len(found) != 1:
        numbers = ", ".join(str(at + 1) for at in found[:NAMED_LIMIT]) or "-"
        raise Refused("cli.dataset.not_one", {"text": options.has, "n": len(found), "rows": numbers})
    return found[0]


def _dossier(desk: Desk, index: int) -> bytes:
    """The entry at an index with all that its signatures rest on, under the head that most witnesses have cosigned."""
    from tiga.record.charter import KEY_ACTS
    from tiga.store import witnessing

    ledger = desk.ledger
    roster, _ = ledger.threads(("roster",))
    entries: list[Entry] = [entry for entry in roster if entry.envelope.act in KEY_ACTS] + [ledger.entry(index)]
    checkpoint = witnessing.best(desk, max(entry.index for entry in entries))
    proofs = {entry.index: ledger.proof(entry.index, checkpoint) for entry in entries}
    return pack(dossier.compose(checkpoint=checkpoint, log_key=desk.log_key, entries=entries, proofs=proofs))


# ---- checking one


def _check(options: argparse.Namespace) -> int:
    from tiga.cli.verifying import signature_check

    language = options.language
    proof = rowproofs.parse(given.data(options.proof, CONTAINER_LIMIT))
    log_key, own = _key(options.log_key), _key(options.own_witness)
    if own is not None and own.algorithm != COSIGNATURE:
        raise Refused("cli.verify.not_witness", {"name": own.name})
    asked = policy.parse(given.data(Path(options.policy), policy.POLICY_LIMIT)) if options.policy else None
    verified = verify_dossier(proof.dossier, signature_check(), log_key, options.exercise, asked, own)
    found = datasets.entered(verified.entries, proof.table)
    if found is None:
        raise Refused("cli.dataset.no_entry", {"table": proof.table})
    entry, kind = found
    rowproofs.check(proof, kind.rows, bytes.fromhex(kind.root))
    _report(proof, verified, entry, kind, language)
    return 0


def _key(text: str) -> NoteKey | None:
    return keytext.key(text) if text else None


def _report(proof: RowProof, verified: Verified, entry: Entry, kind: DatasetEntered, language: str) -> None:
    """Say what was proven, by whom the head was seen, and what cannot be seen here."""
    number = printed_number(datasets.PREFIX, proof.table)
    if dossier.is_exercise(verified.origin):
        print(told("cli.dataset.is_exercise", language))
    print(told("cli.dataset.of", language, number=number, source=kind.source, rows=kind.rows, origin=verified.origin))
    print(told("cli.dataset.window", language, first=kind.first.text(), last=kind.last.text()))
    at = entry.envelope.at.text()
    print(told("cli.dataset.entry", language, index=entry.index, size=verified.size, at=at, root=kind.root))
    print(plain(f"  {proof.index + 1}: {proof.row.decode('utf-8')}", language))
    names = ", ".join(verified.component(row.name) or row.name for row in verified.cosigned)
    print(told("cli.dataset.seen_by", language, names=names) if names else told("cli.verify.no_witness", language))
    if verified.policy_sha256:
        print(told("cli.verify.policy_met", language, sha=verified.policy_sha256))
    if verified.keys_from_dossier:
        print(told("cli.dataset.keys_own", language))
    print(told("cli.dataset.unseen", language))
    print(told("cli.dataset.proven", language, row=proof.index + 1, number=number))
