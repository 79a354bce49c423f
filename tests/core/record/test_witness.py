"""The witness: every status of the C2SP text, and that no order of requests makes it cosign two histories."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.record import known
from tests.vectors import make_witness as vectors
from tests.vectors.make_witness import SECONDS, A
from tiga.record import cosignatures, notes, tree, witness
from tiga.record.checkpoints import Checkpoint
from tiga.record.cosignatures import Cosigned
from tiga.record.refusals import Refused
from tiga.record.witness import Answer, Edge, Seen
from tiga.values import words

LOGS = {known.ORIGIN: known.LOG.key}
EXCHANGE = json.loads((vectors.FOLDER / vectors.NAME).read_text(encoding="utf-8"))["add_checkpoint"]
TALL = [tree.leaf_hash(bytes([number])) for number in range(17)]
CATALOGUE = Path(words.__file__).parent / "catalogue"


@cache
def forked(at: int, size: int = 16) -> tuple[bytes, ...]:
    """The history that leaves TALL after `at` leaves."""
    return (*TALL[:at], *(tree.leaf_hash(bytes([number, at])) for number in range(at, size)))


@cache
def note_of(leaves: tuple[bytes, ...], size: int) -> bytes:
    return vectors.signed(list(leaves), size)


@cache
def path_of(leaves: tuple[bytes, ...], m: int, n: int) -> tuple[bytes, ...]:
    return tuple(vectors.path(list(leaves), m, n))


def seen_at(leaves: tuple[bytes, ...], size: int) -> Seen | None:
    head = vectors.head(list(leaves), size)
    return Seen(head.origin, size, head.root, note_of(leaves, size)) if size else None


def asked(body: bytes, seen: Seen | None, seconds: int = SECONDS) -> Answer:
    return witness.add_checkpoint(body, LOGS, lambda origin: seen, A, seconds, known.CHECK)


def by_leaves(
    note: bytes, seen: Seen | None, edge: Edge | None, leaves: tuple[bytes, ...] | list[bytes], seconds: int = SECONDS
) -> Answer:
    return witness.add_by_leaves(note, known.LOG.key, seen, edge, leaves, A, seconds, known.CHECK)


def test_every_status_of_the_specification_occurs_in_the_vectors() -> None:
    assert {row["status"] for row in EXCHANGE} == {200, 400, 403, 404, 409, 422}


def test_the_vectors_are_answered_so() -> None:
    state: dict[str, Seen] = {}
    for row in EXCHANGE:
        answer = witness.add_checkpoint(row["request"].encode(), LOGS, state.get, A, row["seconds"], known.CHECK)
        state.update({answer.seen.origin: answer.seen} if answer.seen else {})
        size = state[known.ORIGIN].size if state else 0
        assert (row["title"], answer.status, size) == (row["title"], row["status"], row["size_after"])
        said = answer.body.decode()
        assert said == row.get("answer", said)
        assert (answer.content_type == "text/x.tlog.size") is (answer.status == 409)
        assert ("\u2014 " in said) is (answer.status == 200)
        assert said.endswith("\n")


def test_what_is_stored_and_served() -> None:
    note = vectors.signed(vectors.LEAVES, 3, known.STRANGER)
    answer = asked(witness.request(0, [], note), None)
    alone = vectors.signed(vectors.LEAVES, 3)
    assert answer.seen == Seen(known.ORIGIN, 3, tree.root_of(vectors.LEAVES[:3]), alone)
    assert witness.served(answer.seen, answer.body) == vectors.cosigned_note(3, A)
    (line,) = cosignatures.parse_response(answer.body)
    assert cosignatures.merged(note, [line], known.LOG.key, [A.key], known.CHECK) == vectors.cosigned_note(3, A)


def test_the_same_head_again_bears_the_new_time_and_stores_nothing() -> None:
    answer = asked(witness.request(3, [], vectors.signed(vectors.LEAVES, 3)), seen_at(tuple(vectors.LEAVES), 3), 9)
    note = vectors.signed(vectors.LEAVES, 3) + answer.body
    assert (answer.status, answer.seen) == (200, None)
    assert cosignatures.cosigned(note, [A.key], known.CHECK) == (Cosigned(A.key.name, 9),)


def test_an_unknown_log_is_told_before_its_signature_and_a_bad_signature_before_the_size() -> None:
    unsigned = b"tiga.example/other\n1\n" + notes.encode64(bytes(32)).encode() + b"\n\n"
    bad = note_of(tuple(TALL), 5).replace(b"\n5\n", b"\n4\n")
    seen = seen_at(tuple(TALL), 9)
    rows = [(b"old 0\n\n" + unsigned, 404), (b"old 0\n\nrubbish", 400), (b"old 7\n\n" + bad, 403)]
    rows += [
        (witness.request(7, [], note_of(tuple(TALL), 5)), 400),
        (witness.request(4, [], note_of(tuple(TALL), 5)), 409),
    ]
    assert [asked(body, seen).status for body, _ in rows] == [status for _, status in rows]


def test_a_request_is_read_as_it_is_written() -> None:
    note, path = note_of(tuple(TALL), 13), path_of(tuple(TALL), 5, 13)
    body = witness.request(5, path, note)
    lines = [b"old 5", *(notes.encode64(step).encode() for step in path), b"", note]
    assert body == b"\n".join(lines)
    assert witness.parse_request(body) == witness.Request(5, path, note)
    assert witness.parse_request(witness.request(0, [], note)) == witness.Request(0, (), note)
    most = witness.request(5, [bytes(32)] * 63, note)
    assert witness.parse_request(most).path == (bytes(32),) * 63


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"old 5", b"old 05", "number"),
        (b"old 5", b"old -5", "number"),
        (b"old 5", b"old 5 ", "number"),
        (b"old 5", b"old  5", "number"),
        (b"old 5", b"old 9007199254740992", "number"),
        (b"old 5", b"old \xd9\xa5", "witness_request"),
        (b"old 5", b"Old 5", "witness_request"),
        (b"old 5\n", b"\n", "witness_request"),
        (b"old 5\n", b"old 5\r\n", "number"),
        (b"old 5\n", b"old 5\nAAAA\n", "hash_length"),
        (b"old 5\n", b"old 5\n" + b"A" * 42 + b"B=\n", "base64"),
        (b"old 5\n", b"old 5\n" + b"A" * 43 + b"= \n", "base64"),
        (b"old 5\n", b"old 5\n" + b"A" * 44 + b"\n", "hash_length"),
        (b"old 5\n", b"old 5\n" + (b"A" * 43 + b"=\n") * 60, "witness_request"),
        (b"old 5\n", b"old 5\n\n\n", "witness_request"),
    ],
)
def test_a_malformed_request_is_refused_and_answered_400(old: bytes, new: bytes, code: str) -> None:
    body = witness.request(5, path_of(tuple(TALL), 5, 13), note_of(tuple(TALL), 13))
    assert len(path_of(tuple(TALL), 5, 13)) == 5
    changed = body.replace(old, new, 1)
    with pytest.raises(Refused) as caught:
        witness.parse_request(changed)
    assert caught.value.code == f"record.refused.{code}"
    assert asked(changed, seen_at(tuple(TALL), 5)).status == 400


def test_a_request_is_bounded_and_nothing_unreadable_is_written() -> None:
    note = note_of(tuple(TALL), 13)
    assert asked(b"old 0\n\n" + b"x" * witness.REQUEST_LIMIT, None).status == 400
    for old, path, checkpoint, code in (
        (-1, [], note, "witness_request"),
        (2**53, [], note, "witness_request"),
        (0, [bytes(32)] * 64, note, "witness_request"),
        (0, [bytes(31)], note, "hash_length"),
        (0, [], b"", "witness_request"),
        (0, [], b"\n" + note, "witness_request"),
        (0, [], b"x" * witness.REQUEST_LIMIT, "witness_request"),
    ):
        with pytest.raises(Refused) as caught:
            witness.request(old, path, checkpoint)
        assert caught.value.code == f"record.refused.{code}"


def test_every_flipped_bit_of_a_request_is_refused() -> None:
    body = witness.request(5, path_of(tuple(TALL), 5, 13), note_of(tuple(TALL), 13))
    seen = seen_at(tuple(TALL), 5)
    assert asked(body, seen).status == 200
    statuses: dict[int, int] = {}
    for bit in range(len(body) * 8):
        changed = bytearray(body)
        changed[bit // 8] ^= 1 << bit % 8
        status = asked(bytes(changed), seen).status
        statuses[status] = statuses.get(status, 0) + 1
    assert set(statuses) == {400, 403, 404, 409, 422}
    assert sum(statuses.values()) == len(body) * 8


@pytest.mark.parametrize("body", [b"", b"\n", b"5", b"05\n", b"5\n\n", b"-5\n", b"5\r\n", b"\xff\n", b"1" * 41 + b"\n"])
def test_a_malformed_size_is_refused(body: bytes) -> None:
    assert witness.parse_conflict(witness.conflict(20_852_014).body) == 20_852_014
    with pytest.raises(Refused) as caught:
        witness.parse_conflict(body)
    assert caught.value.code == "record.refused.number"


def test_a_wrong_signer_or_time_signs_nothing() -> None:
    body = witness.request(0, [], note_of(tuple(TALL), 3))
    for signer, seconds, code in ((known.LOG, SECONDS, "cosignature_key"), (A, 0, "cosignature_time")):
        with pytest.raises(Refused) as caught:
            witness.add_checkpoint(body, LOGS, lambda origin: None, signer, seconds, known.CHECK)
        assert caught.value.code == f"record.refused.{code}"


def test_the_origins_hash() -> None:
    assert witness.origin_hash("پی.example") == hashlib.sha256("پی.example".encode()).hexdigest()


def test_an_edge_has_the_root_of_the_tree_however_it_grew() -> None:
    rows = [tree.leaf_hash(number.to_bytes(2, "big")) for number in range(130)]
    for size in range(131):
        edge = Edge().extended(rows[:size])
        assert (edge.size, len(edge.hashes), edge.root()) == (size, size.bit_count(), tree.root_of(rows[:size]))
        for start in {0, 1, size // 2, size - size % 8, max(size - 1, 0)} & set(range(size + 1)):
            assert Edge().extended(rows[:start]).extended(rows[start:size]) == edge
    seven = Edge().extended(rows[:7]).hashes
    assert seven == (tree.root_of(rows[:4]), tree.root_of(rows[4:6]), rows[6])


def test_a_malformed_edge_is_refused() -> None:
    for size, hashes in (
        (1, ()),
        (0, (bytes(32),)),
        (3, (bytes(32),)),
        (1, (bytes(31),)),
        (-1, ()),
        (2**53, (bytes(32),)),
    ):
        with pytest.raises(Refused) as caught:
            Edge(size, hashes)
        assert caught.value.code == "record.refused.witness_hashes"
    with pytest.raises(Refused) as caught:
        Edge().extended([b"short"])
    assert caught.value.code == "record.refused.hash_length"


def test_leaves_are_as_good_as_a_proof() -> None:
    rows = tuple(TALL)
    first = by_leaves(note_of(rows, 5), None, Edge(), rows[:5])
    assert (first.status, first.seen, first.edge) == (200, seen_at(rows, 5), Edge().extended(rows[:5]))
    second = by_leaves(note_of(rows, 16), first.seen, first.edge, rows[5:16])
    over_http = asked(witness.request(5, path_of(rows, 5, 16), note_of(rows, 16)), first.seen)
    assert (second.status, second.body, second.seen) == (200, over_http.body, over_http.seen)
    again = by_leaves(note_of(rows, 16), second.seen, second.edge, ())
    assert (again.status, again.body, again.seen, again.edge) == (200, second.body, None, second.edge)
    empty = by_leaves(note_of(rows, 0), None, None, ())
    assert (empty.status, empty.edge) == (200, Edge())


def test_what_leaves_do_not_show_is_not_cosigned() -> None:
    rows, fork = tuple(TALL), forked(3)
    seen, edge = seen_at(rows, 5), Edge().extended(rows[:5])
    unknown = known.signer("tiga.example/other", 1)
    foreign = notes.sign_note(vectors.head(TALL, 8, "tiga.example/other").text(), [unknown])
    rubbish = notes.sign_note(vectors.head(TALL, 8).text(), [known.STRANGER])
    cases = [
        (note_of(rows, 4), rows[5:8], 409),
        (note_of(rows, 0), (), 409),
        (note_of(rows, 8), rows[5:7], 422),
        (note_of(rows, 8), rows[5:9], 422),
        (note_of(rows, 8), rows[:8], 422),
        (notes.sign_note(Checkpoint(known.ORIGIN, 9, tree.root_of(rows[:8])).text(), [known.LOG]), rows[5:8], 422),
        (note_of(rows, 8), (*rows[5:7], rows[8]), 422),
        (note_of(rows, 8), (*rows[5:7], b"short"), 422),
        (note_of(fork, 8), fork[5:8], 422),
        (note_of(fork, 8), rows[5:8], 422),
        (note_of(fork, 5), (), 422),
        (foreign, rows[5:8], 404),
        (rubbish, rows[5:8], 403),
        (b"rubbish", rows[5:8], 400),
    ]
    answers = [by_leaves(note, seen, edge, leaves) for note, leaves, _ in cases]
    assert [answer.status for answer in answers] == [status for _, _, status in cases]
    assert [(answer.seen, answer.edge) for answer in answers] == [(None, None)] * len(cases)
    assert witness.parse_conflict(answers[0].body) == 5


def test_the_verdict_is_the_same_whatever_library_checks() -> None:
    """A library that accepts everything does not get a signature with S beyond the group's order accepted."""
    rows = tuple(TALL)
    line = notes.SignatureLine(known.ORIGIN, known.LOG.key.key_id, b"\2" + bytes(31) + b"\xff" * 32).text()
    note = f"{vectors.head(TALL, 3).text()}\n{line}".encode()
    answers = (
        witness.add_checkpoint(
            witness.request(0, [], note), LOGS, lambda origin: None, A, SECONDS, lambda public, signature, message: True
        ),
        witness.add_by_leaves(
            note, known.LOG.key, None, None, rows[:3], A, SECONDS, lambda public, signature, message: True
        ),
    )
    assert [answer.status for answer in answers] == [403, 403]


def test_an_edge_that_stayed_behind_still_leads_through_the_last_head() -> None:
    rows, fork = tuple(TALL), forked(3)
    seen, behind = seen_at(rows, 9), Edge().extended(rows[:2])
    good = by_leaves(note_of(rows, 12), seen, behind, rows[2:12])
    assert (good.status, good.seen, good.edge) == (200, seen_at(rows, 12), Edge().extended(rows[:12]))
    caught_up = by_leaves(note_of(rows, 9), seen, behind, rows[2:9])
    assert (caught_up.status, caught_up.seen, caught_up.edge) == (200, None, Edge().extended(rows[:9]))
    bad = by_leaves(note_of(fork, 12), seen, behind, fork[2:12])
    assert (bad.status, "size 9" in bad.body.decode()) == (422, True)


def test_a_witness_without_an_edge_needs_all_leaves_or_a_proof() -> None:
    rows = tuple(TALL)
    with pytest.raises(Refused) as caught:
        by_leaves(note_of(rows, 8), seen_at(rows, 5), None, rows[5:8])
    assert (caught.value.code, caught.value.values) == ("record.refused.witness_edge", {"size": 5})
    assert by_leaves(note_of(rows, 8), seen_at(rows, 5), Edge(), rows[:8]).status == 200
    assert by_leaves(note_of(rows, 8), None, None, rows[:8]).status == 200


def test_an_edge_beyond_the_last_head_is_a_restored_state() -> None:
    rows = tuple(TALL)
    with pytest.raises(Refused) as caught:
        by_leaves(note_of(rows, 8), seen_at(rows, 5), Edge().extended(rows[:6]), rows[6:8])
    assert (caught.value.code, caught.value.values) == ("record.refused.witness_state", {"edge": 6, "size": 5})


@pytest.mark.parametrize("at", range(16))
def test_no_fork_of_up_to_16_entries_is_cosigned(at: int) -> None:
    """For every fork point and every m <= n <= 16: cosigned at m of the one history, asked for n of the other."""
    rows, fork, wrong = tuple(TALL), forked(at), []
    for m in range(1, 17):
        seen, edge = seen_at(rows, m), Edge().extended(rows[:m])
        for n in range(m, 17):
            expected = 200 if m <= at else 422
            answers = (
                asked(witness.request(m, path_of(fork, m, n), note_of(fork, n)), seen),
                by_leaves(note_of(fork, n), seen, edge, fork[m:n]),
                by_leaves(note_of(fork, n), seen, Edge(), fork[:n]),
            )
            wrong += [(m, n, answer.status) for answer in answers if answer.status != expected]
            lie = asked(witness.request(m, path_of(rows, m, n), note_of(fork, n)), seen)
            expected = 200 if n <= at or (m <= at and path_of(rows, m, n) == path_of(fork, m, n)) else 422
            wrong += [(m, n, lie.status)] if lie.status != expected else []
    assert wrong == []


@dataclass
class Desk:
    """A shell around the witness: it stores by compare-and-swap, and remembers every head that went out cosigned."""

    seen: Seen | None = None
    edge: Edge | None = None
    went_out: list[tuple[bytes, ...]] = field(default_factory=list)

    def store(self, answer: Answer, expected: Seen | None, leaves: tuple[bytes, ...], size: int) -> int:
        if answer.status != 200:
            return answer.status
        if self.seen != expected:
            return witness.conflict(self.seen.size if self.seen else 0).status
        self.seen, self.edge = answer.seen or self.seen, answer.edge or self.edge
        self.went_out.append(leaves[:size])
        return 200


HISTORIES = (tuple(TALL[:16]), forked(0), forked(3), forked(8), forked(11))
_STEPS = st.tuples(
    st.sampled_from(["proof", "proof", "other proof", "old size", "race", "leaves", "all leaves", "stale edge"]),
    st.integers(0, len(HISTORIES) - 1),
    st.integers(0, 16),
    st.integers(0, 16),
    st.integers(0, len(HISTORIES) - 1),
)


def _taken(desk: Desk, step: tuple[str, int, int, int, int], late: Seen | None) -> int:
    kind, which, size, other, second = step
    rows, snapshot = HISTORIES[which], late if kind == "race" else desk.seen
    note, known_size = note_of(rows, size), snapshot.size if snapshot else 0
    if kind in ("leaves", "all leaves", "stale edge"):
        edge = {"leaves": desk.edge, "all leaves": Edge(), "stale edge": Edge().extended(HISTORIES[second][:other])}[
            kind
        ]
        start = edge.size if edge else 0
        try:
            answer = by_leaves(note, snapshot, edge, rows[start:size])
        except Refused as error:
            assert error.code in ("record.refused.witness_edge", "record.refused.witness_state")
            return 0
    else:
        old = other if kind == "old size" else known_size
        source = HISTORIES[second] if kind == "other proof" else rows
        answer = asked(witness.request(old, path_of(source, old, max(size, old)), note), snapshot)
    return desk.store(answer, snapshot, rows, size)


@given(st.lists(_STEPS, max_size=14))
@settings(max_examples=150, deadline=None)
def test_no_order_of_requests_gets_two_histories_cosigned(steps: list[tuple[str, int, int, int, int]]) -> None:
    desk, late = Desk(), None
    for number, step in enumerate(steps):
        if number % 3 == 0:
            late = desk.seen  # a request that was checked now and is stored later
        _taken(desk, step, late)
    for one in desk.went_out:
        for two in desk.went_out:
            assert one[: len(two)] == two[: len(one)]
    assert [len(one) for one in desk.went_out] == sorted(len(one) for one in desk.went_out)


def test_the_orders_are_not_all_refused() -> None:
    desk = Desk()
    steps = [("proof", 0, 3, 0, 0), ("all leaves", 2, 3, 0, 0), ("leaves", 0, 5, 0, 0), ("proof", 2, 7, 0, 0)]
    steps += [("proof", 3, 8, 0, 0), ("leaves", 3, 12, 0, 0), ("race", 0, 16, 0, 0), ("stale edge", 3, 16, 5, 3)]
    late = seen_at(HISTORIES[0], 3)
    assert [_taken(desk, step, late) for step in steps] == [200, 200, 200, 422, 200, 200, 409, 200]
    assert [len(one) for one in desk.went_out] == [3, 3, 5, 8, 12, 16]


@pytest.mark.parametrize("language", [tag for tag in words.SPOKEN if tag != "en"])
def test_each_language_has_the_slots_of_the_english_text(language: str) -> None:
    tables = [
        tomllib.loads((CATALOGUE / tag / "record_witness.toml").read_text(encoding="utf-8"))["record"]["refused"]
        for tag in ("en", language)
    ]
    assert {name: words.slots(text) for name, text in tables[0].items()} == {
        name: words.slots(text) for name, text in tables[1].items()
    }
