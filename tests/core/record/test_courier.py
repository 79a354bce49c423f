"""The courier pack: what a witness takes out of it, and what is refused."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.core.record import known
from tests.vectors.make_tiles import SECONDS, WITNESS, Log, log, pack, request
from tiga.record import checkpoints, container, cosignatures, courier, tiles, tree, witness
from tiga.record.courier import INDEX, Index, Pack
from tiga.record.refusals import Refused
from tiga.record.tiles import ENTRIES, REDACTED, TileName
from tiga.record.witness import Answer, Edge, Seen

SIZES = [0, 1, 255, 256, 257, 600, 65_537]
REQUESTS = {"qa": request(1, 3), "party-a": request(0, 3)}
Members = dict[str, bytes]


def _refusal(data: bytes) -> Refused:
    return known.refusal(lambda: courier.read(data))


def _small(kind: tiles.Level | None = ENTRIES) -> Members:
    return container.unpack(pack(3, 0, kind, REQUESTS))


def _relisted(members: Members, **stated: object) -> bytes:
    """The pack of members with an index that lists them as they are: what a careful forger would do."""
    index = courier.parse_index(members[INDEX])
    files = {name: hashlib.sha256(data).hexdigest() for name, data in members.items() if name != INDEX}
    values = {"origin": index.origin, "start": index.start, "size": index.size, **stated}
    again = Index(str(values["origin"]), int(str(values["start"])), int(str(values["size"])), files)
    return container.pack({**members, INDEX: again.encode()})


def _leads_to_the_root(found: Pack, made: Log) -> bool:
    """What a witness does that has seen what precedes the pack."""
    grown = tree.Tree(made.load)
    grown.extend(made.hashes[: found.start])
    grown.extend(found.leaves(found.start))
    head = checkpoints.open_checkpoint(found.checkpoint, known.LOG.key, known.CHECK)
    return (grown.size, grown.root()) == (head.size, head.root)


@pytest.mark.parametrize("size", SIZES)
def test_a_pack_is_read_as_it_is_written(size: int) -> None:
    made = log(size)
    starts = {0, size // 2, max(size - 1, 0), size} if size <= 600 else {0, 65_537}
    for start in sorted(starts | {one for one in SIZES if one <= size <= 600}):
        for kind in (None, ENTRIES, REDACTED):
            data = pack(size, start, kind, REQUESTS)
            found = courier.read(data)
            begin = size if start == size else start - start % 256
            assert (found.origin, found.start, found.size) == (known.ORIGIN, begin, size)
            assert (found.checkpoint, found.requests) == (made.checkpoint(), REQUESTS)
            assert found.leaves(start) == tuple(made.hashes[start:])
            assert found.bundles == (made.named(kind, size, start) if kind else {})
            cut = {name.path: made.data(name, size) for name in courier.tile_names(size, start)}
            assert courier.compose(found.checkpoint, found.start, cut, found.bundles, found.requests) == data


@pytest.mark.parametrize("size", SIZES)
def test_the_leaves_lead_a_witness_to_the_signed_root(size: int) -> None:
    for start in (0, size // 2, size):
        assert _leads_to_the_root(courier.read(pack(size, start)), log(size)) is True


def test_a_witness_may_be_anywhere_from_the_start_on() -> None:
    found = courier.read(pack(600, 300))
    for seen in (256, 257, 300, 599):
        assert found.leaves(seen) == tuple(log(600).hashes[seen:])
    for seen in (255, 0, -1):
        with pytest.raises(Refused) as caught:
            found.leaves(seen)
        assert (caught.value.code, caught.value.values) == ("record.courier.begins", {"start": 256, "size": seen})
    nothing_new = courier.read(pack(600, 600))
    assert (nothing_new.start, nothing_new.hashes, nothing_new.leaves(600)) == (600, b"", ())
    with pytest.raises(Refused) as caught:
        nothing_new.leaves(599)
    assert caught.value.code == "record.courier.begins"


def test_an_old_pack_is_harmless() -> None:
    found = courier.read(pack(257, 0))
    assert [found.leaves(seen) for seen in (257, 258, 600)] == [(), (), ()]


def test_a_pack_weighs_32_bytes_an_entry() -> None:
    data = pack(65_537, 55_537)
    tile_count = len(courier.tile_names(65_537, 55_537))
    assert tile_count == 41
    assert len(data) < 32 * (10_000 + 512) + 320 * tile_count + 2_000


def test_cosignatures_travel_with_the_checkpoint() -> None:
    made = log(3)
    signed = made.checkpoint(None, WITNESS)
    found = courier.read(courier.compose(signed, 0, made.named(0, 3, 0)))
    assert (found.checkpoint, found.bundles, found.requests) == (signed, {}, {})


def _witnessed(data: bytes, seen: Seen | None, edge: Edge | None) -> Answer:
    found = courier.read(data)
    leaves = found.leaves(edge.size if edge else 0)
    return witness.add_by_leaves(found.checkpoint, known.LOG.key, seen, edge, leaves, WITNESS, SECONDS, known.CHECK)


def test_a_witness_without_a_connection_cosigns_pack_after_pack() -> None:
    seen, edge = None, None
    for size, start in ((0, 0), (1, 0), (3, 1), (257, 3), (600, 257), (65_537, 600)):
        answer = _witnessed(pack(size, start, REDACTED), seen, edge)
        assert (answer.status, answer.seen is not None) == (200, size > 0 or seen is None)
        seen, edge = answer.seen or seen, answer.edge
        assert (seen.size if seen else None, edge.root() if edge else None) == (size, log(size).tree.root())
        cosigned = log(size).checkpoint() + answer.body
        names = [one.name for one in cosignatures.cosigned(cosigned, [WITNESS.key], known.CHECK)]
        assert names == [WITNESS.key.name]
    assert (_witnessed(pack(600, 0), seen, edge).status, _witnessed(pack(600, 0), seen, edge).body) == (409, b"65537\n")


def test_a_witness_refuses_the_pack_of_another_history() -> None:
    first = _witnessed(pack(300, 0), None, None)
    other = log(600, 299, "b")
    data = courier.compose(other.checkpoint(), 300, other.named(0, 600, 300))
    assert _witnessed(data, first.seen, first.edge).status == 422


def test_the_requests_of_a_pack_are_answered_by_their_witnesses() -> None:
    found = courier.read(pack(3, 0, None, REQUESTS))
    state = {0: None, 1: Seen(known.ORIGIN, 1, log(1).tree.root(), log(1).checkpoint())}
    logs = {known.ORIGIN: known.LOG.key}
    statuses = [
        witness.add_checkpoint(
            found.requests[slug], logs, lambda origin, at=at: state[at], WITNESS, 1, known.CHECK
        ).status  # type: ignore[misc]
        for slug, at in (("party-a", 0), ("qa", 1), ("qa", 0))
    ]
    assert statuses == [200, 200, 409]


def test_every_flipped_byte_is_refused() -> None:
    data, passed = pack(3, 0, REDACTED, REQUESTS), []
    for place in range(len(data)):
        for mask in (0x01, 0x20, 0x80):
            changed = bytearray(data)
            changed[place] ^= mask
            try:
                courier.read(bytes(changed))
                passed.append((place, mask))
            except Refused as error:
                assert str(error) != ""
    assert passed == []


def test_every_truncation_and_any_appended_byte_is_refused() -> None:
    data, passed = pack(3, 0, ENTRIES), []
    for changed in [*(data[:length] for length in range(0, len(data), 7)), data + b"\0", b"\0" + data]:
        try:
            courier.read(changed)
            passed.append(len(changed))
        except Refused:
            continue
    assert passed == []


@pytest.mark.parametrize("kind", [None, ENTRIES, REDACTED])
def test_a_forger_who_lists_anew_gets_no_further_than_the_root(kind: tiles.Level | None) -> None:
    """Requests are checked by the witness that they are for; all else is seen by reading, the log's key or the root."""
    members, made, passed = _small(kind), log(3), []
    for name, data in members.items():
        if name == INDEX or name.startswith("requests/"):
            continue
        for place in range(len(data)):
            changed = data[:place] + bytes([data[place] ^ 0x01]) + data[place + 1 :]
            try:
                found = courier.read(_relisted({**members, name: changed}))
                if _leads_to_the_root(found, made):
                    passed.append((name, place))
            except Refused:
                continue
    assert passed == []


def test_every_flipped_byte_of_the_index_is_refused_when_packed_anew() -> None:
    members, passed = _small(), []
    data = members[INDEX]
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 0x01]) + data[place + 1 :]
        try:
            courier.read(container.pack({**members, INDEX: changed}))
            passed.append(place)
        except Refused:
            continue
    assert passed == []


@pytest.mark.parametrize("name", sorted(_small()))
def test_a_missing_member_is_named(name: str) -> None:
    members = _small()
    left = {other: data for other, data in members.items() if other != name}
    refusal = _refusal(container.pack(left))
    assert (refusal.code, refusal.values["name"]) == ("record.refused.missing", name)


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000.p/3"])
def test_a_missing_member_is_named_though_listed_anew(name: str) -> None:
    refusal = _refusal(_relisted({other: data for other, data in _small().items() if other != name}))
    assert (refusal.code, refusal.values["name"]) == ("record.refused.missing", name)


def test_bundles_are_for_all_tiles_or_for_none() -> None:
    members = container.unpack(pack(600, 0, ENTRIES))
    lacking = {name: data for name, data in members.items() if name != "tile/entries/001"}
    refusal = _refusal(_relisted(lacking))
    assert (refusal.code, refusal.values["name"]) == ("record.refused.missing", "tile/entries/001")
    mixed = {**lacking, "tile/entries-redacted/001": log(600).data(TileName(REDACTED, 1))}
    found = courier.read(_relisted(mixed))
    assert sorted(found.bundles) == ["tile/entries-redacted/001", "tile/entries/000", "tile/entries/002.p/88"]
    both = {**members, "tile/entries-redacted/001": mixed["tile/entries-redacted/001"]}
    refusal = _refusal(_relisted(both))
    assert (refusal.code, refusal.values["name"]) == ("record.courier.member", "tile/entries-redacted/001")


@pytest.mark.parametrize(
    "name",
    [
        "tile/0/001",
        "tile/0/000",
        "tile/0/000.p/2",
        "tile/1/000.p/1",
        "tile/entries/001",
        "tile/entries-redacted/000.p/3",
        "keys",
        "requests/qa",
        "requests/QA.add-checkpoint",
        "requests/a/b.add-checkpoint",
        "requests/-a.add-checkpoint",
        f"requests/{'a' * 41}.add-checkpoint",
        "qa.cosig",
        "VERIFY.en.txt",
    ],
)
def test_an_unknown_member_is_refused(name: str) -> None:
    members = {**_small(), name: bytes(32)}
    assert (_refusal(container.pack(members)).code, _refusal(_relisted(members)).code) == (
        "record.refused.unlisted",
        "record.courier.member",
    )


def test_a_member_that_is_not_as_listed_is_refused() -> None:
    for name in _small():
        if name != INDEX:
            refusal = _refusal(container.pack({**_small(), name: b"other"}))
            assert (refusal.code, refusal.values["member"]) == ("record.refused.hash", name)


@pytest.mark.parametrize("data", [b"", bytes(64), bytes(95), bytes(97), bytes(128)])
def test_a_tile_has_as_many_hashes_as_its_name_says(data: bytes) -> None:
    assert _refusal(_relisted({**_small(None), "tile/0/000.p/3": data})).code == "record.courier.tile"


def test_an_entry_that_is_not_the_tiles_is_refused_with_its_index() -> None:
    made = log(600)
    members = container.unpack(pack(600, 300, ENTRIES))
    other = [b"another entry", *made.entries[513:600]]
    refusal = _refusal(_relisted({**members, "tile/entries/002.p/88": tiles.bundle(other)}))
    assert (refusal.code, refusal.values["index"]) == ("record.tiles.leaf", 512)
    rows = [made.row(place) for place in range(256, 512)]
    rows[7] = tiles.Row(bytes(32), None)
    changed = {name: data for name, data in members.items() if name != "tile/entries/001"}
    refusal = _refusal(_relisted({**changed, "tile/entries-redacted/001": tiles.redacted(rows)}))
    assert (refusal.code, refusal.values["index"]) == ("record.tiles.leaf", 263)
    refusal = _refusal(_relisted({**members, "tile/entries/001": tiles.bundle(made.entries[256:511])}))
    assert refusal.code == "record.tiles.bundle"


def test_the_index_must_agree_with_the_checkpoint() -> None:
    members = _small()
    for stated in ({"origin": "tiga.example/other"}, {"size": 4}, {"size": 2}):
        assert _refusal(_relisted(members, **stated)).code == "record.courier.head"
    for start in (1, 4, -1, -256):
        assert _refusal(_relisted(members, start=start)).code == "record.courier.start"
    large = container.unpack(pack(600, 300))
    found = [_refusal(_relisted(large, start=start)).code for start in (0, 255, 300, 512, 600, 768)]
    wrong = "record.courier.start"
    assert found == ["record.refused.missing", wrong, wrong, *["record.courier.member"] * 2, wrong]
    assert _refusal(_relisted({**members, "checkpoint": b"no note"})).code == "record.refused.note"
    longer = known.sign_note(log(3).head().text() + "more\n", [known.LOG])
    assert _refusal(_relisted({**members, "checkpoint": longer})).code == "record.refused.checkpoint"


def test_a_checkpoint_that_claims_a_huge_log_costs_nothing() -> None:
    head = checkpoints.Checkpoint(known.ORIGIN, checkpoints.SIZE_LIMIT, bytes(32))
    signed = known.sign_note(head.text(), [known.LOG])
    index = Index(known.ORIGIN, 0, head.size, {"checkpoint": hashlib.sha256(signed).hexdigest()})
    refusal = _refusal(container.pack({"checkpoint": signed, INDEX: index.encode()}))
    assert (refusal.code, refusal.values["name"]) == ("record.refused.missing", "tile/0/000")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"v":1', '"v":2'),
        lambda text: text.replace('"v":1', '"v":true'),
        lambda text: text.replace('"start":0', '"start":0.0'),
        lambda text: text.replace('"start":0', '"start":"0"'),
        lambda text: text.replace('"start":0', '"start":false'),
        lambda text: text.replace('"size":3', '"size":null'),
        lambda text: text.replace(":", ": ", 1),
        lambda text: text.replace(',"v":1', ""),
        lambda text: text.replace('"v":1', '"more":1,"v":1'),
        lambda text: text.replace('"v":1', '"v":1,"v":1'),
        lambda text: text.replace("tiga", "\\u0074iga"),
        lambda text: text.rstrip("\n"),
        lambda text: text + "\n",
        lambda text: "[]\n",
        lambda text: "",
        lambda text: '{"files":[],"origin":"","size":0,"start":0,"v":1}\n',
    ],
)
def test_the_index_has_one_spelling(change: object) -> None:
    members = _small()
    text = members[INDEX].decode()
    assert courier.parse_index(text.encode()).encode() == text.encode()
    assert json.loads(text)["v"] == 1
    changed = change(text)  # type: ignore[operator]
    assert _refusal(container.pack({**members, INDEX: changed.encode()})).code == "record.courier.index"


def test_what_would_be_refused_is_not_written() -> None:
    made = log(600)
    cut = made.named(0, 600, 300)
    cases = [
        (lambda: courier.compose(b"", 300, cut), "record.refused.note"),
        (lambda: courier.compose(made.checkpoint(), 601, cut), "record.courier.start"),
        (lambda: courier.compose(made.checkpoint(), -1, cut), "record.courier.start"),
        (lambda: courier.compose(made.checkpoint(), 200, cut), "record.refused.missing"),
        (lambda: courier.compose(made.checkpoint(), 512, cut), "record.courier.member"),
        (lambda: courier.compose(made.checkpoint(), 300, {**cut, "checkpoint": b""}), "record.courier.member"),
        (lambda: courier.compose(made.checkpoint(), 300, cut, {INDEX: b""}), "record.courier.member"),
        (lambda: courier.compose(made.checkpoint(), 300, cut, {}, {"Q A": b""}), "record.courier.member"),
        (lambda: courier.compose(made.checkpoint(), 300, cut, {}, {"qa": b"old x"}), "record.refused.witness_request"),
    ]
    assert [known.refusal(call).code for call, _ in cases] == [code for _, code in cases]


def test_answers_travel_under_the_witnesss_name() -> None:
    assert (courier.answer_name("qa", 200), courier.answer_name("party-a_2", 409)) == ("qa.cosig", "party-a_2.size")
    for slug, status in (("qa", 200), ("party-a_2", 409), ("0", 200)):
        assert courier.parse_answer_name(courier.answer_name(slug, status)) == (slug, status)


@pytest.mark.parametrize(
    ("slug", "status", "code"),
    [
        ("qa", 422, "record.courier.answer"),
        ("qa", 0, "record.courier.answer"),
        ("", 200, "record.courier.slug"),
        ("QA", 200, "record.courier.slug"),
        ("a/b", 200, "record.courier.slug"),
        ("..", 200, "record.courier.slug"),
        ("a.b", 409, "record.courier.slug"),
        ("qa\n", 409, "record.courier.slug"),
        ("a" * 41, 200, "record.courier.slug"),
    ],
)
def test_no_other_answer_has_a_name(slug: str, status: int, code: str) -> None:
    assert known.refusal(lambda: courier.answer_name(slug, status)).code == code


@pytest.mark.parametrize(
    "name", ["", "qa", "qa.cosign", "qa.Size", "a/qa.size", "qa.size\n", ".size", "qa.422", "qa.size.size"]
)
def test_no_other_name_is_an_answers(name: str) -> None:
    assert known.refusal(lambda: courier.parse_answer_name(name)).code == "record.courier.answer_name"
