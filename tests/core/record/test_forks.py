"""Fork proofs: every fork gives one, no honest pair does, and no byte of one is free."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache

import pytest

from tests.core.record import known
from tests.vectors import make_tiles
from tests.vectors.make_tiles import WITNESS, fork, log
from tiga.record import ed25519, forks, notes
from tiga.record.checkpoints import Checkpoint
from tiga.record.forks import Fork, ForkProof
from tiga.record.refusals import Refused
from tiga.record.tree import EMPTY, Tree

LIMIT = 24
KEY = known.LOG.key
CHECK = cache(known.CHECK)
"""The same signatures are looked at very often here."""


def _code(data: bytes) -> str:
    return known.refusal(lambda: forks.check(data, KEY, CHECK)).code


def _signed(head: Checkpoint) -> bytes:
    return notes.sign_note(head.text(), [known.LOG])


def test_every_fork_gives_a_proof() -> None:
    """Two histories that share their first entries: any two heads, the smaller one past the place where they part."""
    found = []
    for shared in range(LIMIT):
        one, two = log(LIMIT, shared, "a"), log(LIMIT, shared, "b")
        heads = [(one.checkpoint(size), two.checkpoint(size)) for size in range(LIMIT + 1)]
        for n in range(shared + 1, LIMIT + 1):
            for m in range(shared + 1, n + 1):
                data = forks.prove_from_tree(heads[m][0], heads[n][1], two.tree, KEY, CHECK)
                assert data is not None
                wanted = Fork(known.ORIGIN, m, n, two.tree.root(m), one.tree.root(m))
                assert forks.check(data, KEY, CHECK) == wanted
                assert forks.parse(data).encode() == data
                found.append((shared, m, n))
    assert len(found) == sum(n * (n + 1) // 2 for n in range(LIMIT + 1))


def test_no_honest_pair_gives_a_proof() -> None:
    honest, other = log(LIMIT), log(LIMIT, 0, "b")
    heads = [honest.checkpoint(size) for size in range(LIMIT + 1)]
    passed = []
    for n in range(LIMIT + 1):
        for m in range(n + 1):
            assert forks.prove_from_tree(heads[m], heads[n], honest.tree, KEY, CHECK) is None
            roots = [honest.tree.root(m), honest.tree.root(n), other.tree.root(m), EMPTY, bytes(32)]
            for path in (honest.tree.consistency(m, n), other.tree.consistency(m, n)):
                for root in roots:
                    data = ForkProof(root, tuple(path), heads[m], heads[n]).encode()
                    try:
                        passed.append(forks.check(data, KEY, CHECK))
                    except Refused:
                        continue
    assert passed == []


def test_heads_before_the_histories_part_prove_nothing() -> None:
    one, two = log(9, 5, "a"), log(9, 5, "b")
    for m in range(6):
        for n in range(m, 10):
            pair = one.checkpoint(m), two.checkpoint(n)
            assert forks.prove_from_tree(*pair, two.tree, KEY, CHECK) is None


def test_the_order_of_the_heads_does_not_matter_to_the_prover() -> None:
    one, two = log(3, 2, "a"), log(300, 2, "b")
    forwards = forks.prove_from_tree(one.checkpoint(), two.checkpoint(), two.tree, KEY, CHECK)
    assert forwards == forks.prove_from_tree(two.checkpoint(), one.checkpoint(), two.tree, KEY, CHECK)
    grown = two.tree.fork()
    grown.extend([bytes(32)] * 100)
    assert forwards == forks.prove_from_tree(one.checkpoint(), two.checkpoint(), grown, KEY, CHECK)


def test_a_proof_is_laid_out_as_the_document_says() -> None:
    one, two = log(3, 2, "a"), log(7, 2, "b")
    path = "".join(f"{notes.encode64(step)}\n" for step in two.tree.consistency(3))
    text = f"tiga/tlog-fork@v1\nprefix {notes.encode64(two.tree.root(3))}\n{path}\n"
    data = text.encode() + one.checkpoint() + b"\n" + two.checkpoint()
    assert fork(3, 7, 2) == data
    assert forks.prove(one.checkpoint(), two.checkpoint(), KEY, two.tree.root(3), two.tree.consistency(3)) == data
    assert forks.check(data, KEY, ed25519.verify) == Fork(known.ORIGIN, 3, 7, two.tree.root(3), one.tree.root())


def test_equal_sizes_have_no_hashes() -> None:
    one, two = log(5, 4, "a"), log(5, 4, "b")
    proof = forks.parse(fork(5, 5, 4))
    assert proof == ForkProof(two.tree.root(), (), one.checkpoint(), two.checkpoint())
    turned = forks.prove(two.checkpoint(), one.checkpoint(), KEY, one.tree.root(), ())
    assert forks.check(turned, KEY, CHECK) == Fork(known.ORIGIN, 5, 5, one.tree.root(), two.tree.root())


def test_a_head_of_size_zero_that_is_not_empty_is_a_fork() -> None:
    wrong = _signed(Checkpoint(known.ORIGIN, 0, hashlib.sha256(b"x").digest()))
    for size in (0, 5):
        data = forks.prove_from_tree(wrong, log(size).checkpoint(), log(5).tree, KEY, CHECK)
        assert data is not None
        wanted = Fork(known.ORIGIN, 0, size, EMPTY, hashlib.sha256(b"x").digest())
        assert forks.check(data, KEY, CHECK) == wanted


def test_every_flipped_bit_is_refused() -> None:
    data, passed = fork(3, 7, 2), []
    for bit in range(len(data) * 8):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            passed.append(forks.check(bytes(changed), KEY, CHECK))
        except Refused:
            continue
    assert passed == []


def test_only_cosignatures_are_free_and_they_change_nothing() -> None:
    data = fork(4, 8, 1, WITNESS)
    wanted = forks.check(data, KEY, CHECK)
    assert data.count(f"\u2014 {WITNESS.key.name} ".encode()) == 2
    inside, start = set[int](), 0
    for line in data.splitlines(keepends=True):
        if line.startswith(f"\u2014 {WITNESS.key.name} ".encode()):
            inside.update(range(start, start + len(line)))
        start += len(line)
    outside, other = [], []
    for place in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            try:
                found = forks.check(bytes(changed), KEY, CHECK)
            except Refused:
                continue
            outside += [place] if place not in inside else []
            other += [found] if found != wanted else []
    assert (outside, other) == ([], [])


def test_cosignatures_are_kept_as_they_are() -> None:
    proof = forks.parse(fork(4, 8, 1, WITNESS))
    assert proof.m_checkpoint == log(4, 1, "a").checkpoint(None, WITNESS)
    assert proof.n_checkpoint == log(8, 1, "b").checkpoint(None, WITNESS)


WRONG = {
    "both heads are of one history": "record.fork.consistent",
    "the same head twice": "record.fork.consistent",
    "equal sizes and a hash": "record.refused.consistency",
    "another root than the hashes lead to": "record.refused.consistency",
    "the smaller head's own root": "record.refused.consistency",
    "the larger head first": "record.fork.order",
    "another log's head": "record.refused.unsigned",
    "another log's head, signed by this one": "record.refused.origin",
    "signed in the log's name by another": "record.refused.signature",
    "not signed by the log": "record.refused.unsigned",
    "a hash too few": "record.refused.consistency",
    "a hash too many": "record.refused.consistency",
    "a hash of 31 bytes": "record.refused.hash_length",
    "64 hashes": "record.fork.form",
    "no root": "record.fork.form",
    "another version": "record.fork.form",
    "a newline more between": "record.refused.signature",
    "a newline less between": "record.fork.form",
    "a newline more at the end": "record.fork.form",
    "cut off": "record.refused.note",
    "one checkpoint only": "record.fork.form",
}


def test_what_proves_nothing_is_refused() -> None:
    assert {why: _code(data) for why, data in make_tiles.forks_refused()} == WRONG


def test_further_malformed_files_are_refused() -> None:
    data = fork(3, 7, 2)
    proof = forks.parse(data)
    long = replace(proof, n_checkpoint=proof.n_checkpoint + b"\xe2\x80\x94 a " + b"A" * 600_000 + b"\n")
    assert _code(b"") == "record.fork.form"
    assert _code(long.encode()) == "record.fork.form"
    assert _code(data.replace(b"prefix ", "prefix \u00e9".encode(), 1)) == "record.fork.form"
    assert _code(data.replace(b"prefix ", b"prefix  ", 1)) == "record.refused.base64"
    assert _code(data.replace(b"\n", b"\r\n")) == "record.fork.form"
    assert _code(data[: data.index(b"\nprefix")] + data[data.index(b"\n\n") :]) == "record.fork.form"


def test_another_logs_key_proves_nothing() -> None:
    refusal = known.refusal(lambda: forks.check(fork(3, 7, 2), known.MONITOR.key, known.CHECK))
    assert refusal.code == "record.refused.unsigned"


@pytest.mark.parametrize(
    ("size", "shared", "held"),
    [(7, 2, 6), (7, 2, 3)],
)
def test_a_tree_that_is_not_the_larger_heads_is_refused(size: int, shared: int, held: int) -> None:
    one, two = log(3, shared, "a"), log(size, shared, "b")
    for tree in (log(held, shared, "b").tree, log(size, shared, "c").tree, Tree(one.load)):
        with pytest.raises(Refused) as caught:
            forks.prove_from_tree(one.checkpoint(), two.checkpoint(), tree, KEY, CHECK)
        assert (caught.value.code, caught.value.values["size"]) == ("record.fork.tree", size)


def test_the_prover_refuses_what_would_prove_nothing() -> None:
    one, two = log(3, 2, "a"), log(7, 2, "b")
    path, root = two.tree.consistency(3), two.tree.root(3)
    stranger = notes.sign_note(one.head().text(), [known.STRANGER])
    elsewhere = notes.sign_note(one.head().text().replace("doha", "elsewhere"), [known.LOG])
    cases = [
        (lambda: forks.prove(two.checkpoint(3), two.checkpoint(), KEY, root, path), "record.fork.consistent"),
        (lambda: forks.prove(two.checkpoint(), one.checkpoint(), KEY, root, path), "record.fork.order"),
        (
            lambda: forks.prove(one.checkpoint(), two.checkpoint(), KEY, one.tree.root(), path),
            "record.refused.consistency",
        ),
        (lambda: forks.prove(elsewhere, two.checkpoint(), KEY, root, path), "record.refused.origin"),
        (lambda: forks.prove(b"", two.checkpoint(), KEY, root, path), "record.refused.note"),
        (
            lambda: forks.prove_from_tree(stranger, two.checkpoint(), two.tree, KEY, CHECK),
            "record.refused.unsigned",
        ),
    ]
    assert [known.refusal(call).code for call, _ in cases] == [code for _, code in cases]
