"""The dossier: what passes, and that nothing altered does."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from tests.core.record import known
from tiga.record import dossier, ed25519, proofs
from tiga.record.container import pack, unpack
from tiga.record.disclosures import Disclosure
from tiga.record.entries import Envelope
from tiga.record.refusals import Refused
from tiga.record.verify import Verified, verify_dossier

NOTE, PROOF = "entries/00000001.note", "entries/00000001.tlog-proof"
RELEASED = "disclosures/00000001.jsonl"
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def members() -> Members:
    return known.members()


def _verify(data: bytes, exercise: bool = False) -> Verified:
    return verify_dossier(data, known.CHECK, known.LOG.key, exercise)


def _refusal(data: bytes, exercise: bool = False) -> Refused:
    with pytest.raises(Refused) as caught:
        _verify(data, exercise)
    str(caught.value)  # every refusal can be said
    return caught.value


def test_a_dossier_verifies_with_the_standard_library_alone(members: Members) -> None:
    verified = verify_dossier(pack(members), ed25519.verify, known.LOG.key)
    assert (verified.origin, verified.size, verified.case) == (known.ORIGIN, 3, "c-417")
    assert [(entry.index, entry.envelope.act) for entry in verified.entries] == [
        (0, "charter.adopt"),
        (1, "report.file"),
        (2, "report.file"),
    ]
    assert verified.entries[1].signers == (known.MONITOR.key.name,)
    assert verified.disclosed == {1: (known.RELEASED,)}
    assert verified.agreements == {dossier.sha256_hex(known.AGREEMENT): known.AGREEMENT}
    assert verified.evidence == {dossier.sha256_hex(known.EVIDENCE): known.EVIDENCE}
    assert verified.keys_from_dossier is False
    assert verify_dossier(pack(members), known.CHECK).keys_from_dossier is True


def test_a_part_of_the_log_verifies(members: Members) -> None:
    part = {name: data for name, data in members.items() if "00000002" not in name}
    assert [entry.index for entry in _verify(pack(known.relisted(part))).entries] == [0, 1]


def test_the_same_members_make_the_same_bytes_and_any_zip_program_opens_them(members: Members) -> None:
    data = pack(members)
    assert data == pack(dict(reversed(members.items())))
    assert unpack(data) == members
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == members
        assert opened.namelist() == sorted(members)


def test_every_flipped_byte_is_refused() -> None:
    data, passed = pack(known.members(others=1)), []
    for place in range(len(data)):
        for mask in (0x01, 0x20, 0x80):
            changed = bytearray(data)
            changed[place] ^= mask
            try:
                _verify(bytes(changed))
                passed.append((place, mask))
            except Refused as error:
                assert str(error) != ""
    assert passed == []


def test_every_flipped_byte_is_refused_when_the_forger_lists_and_packs_anew() -> None:
    """Only the `VERIFY` texts are free: they are not evidence, and say so."""
    members, passed = known.members(others=1), []
    for name, data in members.items():
        if name.startswith("VERIFY") or name == dossier.INDEX:
            continue
        for place in range(len(data)):
            changed = data[:place] + bytes([data[place] ^ 0x01]) + data[place + 1 :]
            try:
                _verify(pack(known.relisted({**members, name: changed})))
                passed.append((name, place))
            except Refused:
                continue
    assert passed == []


def test_every_flipped_byte_of_the_index_is_refused_when_packed_anew(members: Members) -> None:
    data, passed = members[dossier.INDEX], []
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 0x01]) + data[place + 1 :]
        try:
            _verify(pack({**members, dossier.INDEX: changed}))
            passed.append(place)
        except Refused:
            continue
    assert passed == []


def test_every_truncation_and_any_appended_byte_is_refused() -> None:
    data, passed = pack(known.members(others=1)), []
    for changed in [*(data[:length] for length in range(0, len(data), 7)), data + b"\0", b"\0" + data]:
        try:
            _verify(changed)
            passed.append(len(changed))
        except Refused:
            continue
    assert passed == []


def test_a_dropped_member_is_refused_by_name(members: Members) -> None:
    for name in members:
        left = {other: data for other, data in members.items() if other != name}
        refusal = _refusal(pack(left))
        assert (refusal.code, refusal.values["name"]) == ("record.refused.missing", name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("checkpoint", "record.refused.missing"),
        ("keys", "record.refused.missing"),
        (NOTE, "record.refused.pair"),
        (PROOF, "record.refused.pair"),
    ],
)
def test_a_dropped_member_is_refused_though_listed_anew(members: Members, name: str, code: str) -> None:
    assert _refusal(pack(known.relisted({n: d for n, d in members.items() if n != name}))).code == code


def test_without_the_charter_nothing_is_verified(members: Members) -> None:
    left = {name: data for name, data in members.items() if "00000000" not in name}
    assert _refusal(pack(known.relisted(left))).code == "record.refused.charter"


def test_a_duplicated_member_is_refused(members: Members) -> None:
    data = io.BytesIO(pack(members))
    with zipfile.ZipFile(data, "a") as opened, pytest.warns(UserWarning):
        opened.writestr(NOTE, members[NOTE])
    assert _refusal(data.getvalue()).code == "record.refused.container"
    twice = pack(members)
    local = twice[: twice.index(b"PK\3\4", 4)]
    assert _refusal(local + twice).code == "record.refused.container"


def test_a_flipped_byte_names_the_act_in_which_it_lies(members: Members) -> None:
    data = pack(members)
    place = data.index(b"mortar")
    refusal = _refusal(data[:place] + b"M" + data[place + 1 :])
    assert refusal.code == "record.refused.member_bytes"
    assert (refusal.values["member"], refusal.values["act"]) == (NOTE, "report.file")
    refusal = _refusal(pack({**members, NOTE: members[NOTE].replace(b"mortar", b"Mortar")}))
    assert (refusal.code, refusal.values["act"]) == ("record.refused.hash", "report.file")
    refusal = _refusal(pack(known.relisted({**members, NOTE: members[NOTE].replace(b"mortar", b"Mortar")})))
    assert (refusal.code, refusal.values["member"]) == ("record.refused.signature", NOTE)


def _swapped(members: Members) -> Members:
    return {**members, NOTE: members["entries/00000002.note"], PROOF: members["entries/00000002.tlog-proof"]}


def _unlogged(members: Members) -> Members:
    return {**members, NOTE: known.entry(known.report(number=99), known.MONITOR)}


def _stranger(members: Members) -> Members:
    return {**members, NOTE: known.entry(known.report(number=0), known.STRANGER)}


def _another_origin(members: Members) -> Members:
    return {**members, NOTE: known.entry(Envelope("tiga.example/other", "report.file", known.AT), known.MONITOR)}


def _earlier_proof(members: Members) -> Members:
    book = known.book(others=1)
    return {**members, PROOF: book.proof(1)}


def _invented_value(members: Members) -> Members:
    line = Disclosure(bytes(16), "witness_name", "x").encoded + "\n"
    return {**members, RELEASED: line.encode()}


def _value_of_another(members: Members) -> Members:
    return {**members, "disclosures/00000000.jsonl": members[RELEASED]}


def _value_twice(members: Members) -> Members:
    return {**members, RELEASED: members[RELEASED] * 2}


def _value_without_entry(members: Members) -> Members:
    return {**members, "disclosures/00000005.jsonl": members[RELEASED]}


def _another_agreement(members: Members) -> Members:
    return {**members, f"agreement/{dossier.sha256_hex(known.AGREEMENT)}.json": b"{}"}


def _another_file(members: Members) -> Members:
    return {**members, f"evidence/{dossier.sha256_hex(known.EVIDENCE)}": b"x"}


def _unknown_member(members: Members) -> Members:
    return {**members, "verify.sh": b"print('all is well')"}


def _odd_number(members: Members) -> Members:
    return {**members, "entries/0000000001.note": members[NOTE], "entries/0000000001.tlog-proof": members[PROOF]}


def _more_keys(members: Members) -> Members:
    return {**members, "keys": members["keys"] + known.STRANGER.key.vkey.encode() + b"\n"}


def _another_log_key(members: Members) -> Members:
    other = known.signer(known.ORIGIN, 8).key.vkey.encode()
    return {**members, "keys": members["keys"].replace(known.LOG.key.vkey.encode(), other)}


@pytest.mark.parametrize(
    ("forge", "code", "where"),
    [
        (_swapped, "record.refused.place", (PROOF, "report.file", known.report(number=1).sid)),
        (_unlogged, "record.refused.inclusion", (PROOF, "report.file", known.report(number=99).sid)),
        (_stranger, "record.refused.unknown_key", (NOTE, "report.file", known.report().sid)),
        (_another_origin, "record.refused.origin", None),
        (_earlier_proof, "record.refused.other_checkpoint", (PROOF, "report.file", known.report().sid)),
        (_invented_value, "record.refused.uncommitted", (RELEASED, "report.file", known.report().sid)),
        (_value_of_another, "record.refused.uncommitted", None),
        (_value_twice, "record.refused.disclosure", None),
        (_value_without_entry, "record.refused.pair", None),
        (_another_agreement, "record.refused.file_name", None),
        (_another_file, "record.refused.file_name", None),
        (_unknown_member, "record.refused.unknown_member", None),
        (_odd_number, "record.refused.unknown_member", None),
        (_more_keys, "record.refused.key_lines", None),
        (_another_log_key, "record.refused.log_key", None),
    ],
)
def test_a_forgery_is_refused_by_its_name(
    members: Members, forge: Callable[[Members], Members], code: str, where: tuple[str, str, str] | None
) -> None:
    refusal = _refusal(pack(known.relisted(forge(members))))
    assert refusal.code == code
    if where:
        assert tuple(refusal.values[name] for name in ("member", "act", "sid")) == where


def test_an_unlisted_member_is_refused(members: Members) -> None:
    assert _refusal(pack({**members, "VERIFY.ur.txt": b"x"})).code == "record.refused.unlisted"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"size": 4}, "record.refused.index_head"),
        ({"origin": "tiga.example/other"}, "record.refused.index_head"),
        ({"case": "c-418"}, "record.refused.case"),
        ({"exercise": True}, "record.refused.exercise_flag"),
    ],
)
def test_what_the_index_states_is_derived_again(members: Members, changes: dict[str, object], code: str) -> None:
    index = dossier.parse_index(members[dossier.INDEX])
    stated = {"origin": index.origin, "size": index.size, "case": index.case, "exercise": index.exercise, **changes}
    changed = dossier.Index(**stated, files=index.files).encode()  # type: ignore[arg-type]
    assert _refusal(pack({**members, dossier.INDEX: changed})).code == code


def test_exercise_and_live_record_are_never_confused(members: Members) -> None:
    origin = known.ORIGIN + "/exercise"
    data = pack(known.members(origin))
    key = known.signer(origin, 1).key
    assert verify_dossier(data, known.CHECK, key, exercise=True).origin == origin
    assert unpack(data)["VERIFY.en.txt"][:9] == b"EXERCISE."
    with pytest.raises(Refused) as caught:
        verify_dossier(data, known.CHECK, key)
    assert caught.value.code == "record.refused.exercise"
    assert _refusal(pack(members), exercise=True).code == "record.refused.not_exercise"


def test_a_wholly_invented_record_is_refused_by_the_log_key_handed_in() -> None:
    """Without that key it passes and says that its keys came with it: whole, but nobody knows whose."""
    data = pack(known.members(seed=8))
    assert _refusal(data).code == "record.refused.log_key"
    assert verify_dossier(data, known.CHECK).keys_from_dossier is True


def _charter_forgery(body: dict[str, object], act: str = "charter.adopt") -> str:
    members = known.members(others=0)
    members["entries/00000000.note"] = known.entry(Envelope(known.ORIGIN, act, known.AT, body), known.MONITOR)
    return _refusal(pack(known.relisted(members))).code


def test_a_charter_with_unsound_or_malformed_keys_is_refused() -> None:
    row = {"vkey": known.MONITOR.key.vkey, "role": "monitor", "component": "a", "custody": "own"}
    weak = dossier.NoteKey.of("tiga.example/weak", 1, bytes(31) + b"\x80").vkey
    assert _charter_forgery({"keys": [row]}, "report.file") == "record.refused.charter_act"
    assert _charter_forgery({"title": "x"}) == "record.refused.charter_keys"
    assert _charter_forgery({"keys": []}) == "record.refused.charter_keys"
    assert _charter_forgery({"keys": [row, row]}) == "record.refused.charter_keys"
    assert _charter_forgery({"keys": [{"vkey": row["vkey"]}]}) == "record.refused.charter_keys"
    assert _charter_forgery({"keys": [{**row, "vkey": "x"}]}) == "record.refused.vkey"
    assert _charter_forgery({"keys": [{**row, "vkey": weak}]}) == "record.refused.weak_key"
    other = known.signer(known.ORIGIN, 8).key.vkey
    assert _charter_forgery({"keys": [row, {**row, "vkey": other}]}) == "record.refused.log_key"


def test_composing_needs_charter_proofs_and_a_case_of_the_entries() -> None:
    book = known.book()
    head, entries = book.head().checkpoint, [book.entry(index) for index in range(3)]
    every = {entry.index: book.proof(entry.index) for entry in entries}

    def code(**changes: object) -> str:
        given = {"checkpoint": head, "log_key": known.LOG.key, "entries": entries, "proofs": every, **changes}
        with pytest.raises(Refused) as caught:
            dossier.compose(**given)
        return caught.value.code

    assert code(entries=entries[1:]) == "record.refused.charter"
    assert code(proofs={}) == "record.refused.pair"
    assert code(case="c-418") == "record.refused.case"
    assert dossier.compose(checkpoint=head, log_key=known.LOG.key, entries=entries, proofs=every, case=entries[1].sid)


@pytest.mark.parametrize("name", ["", "/etc", "../x", "a/../b", "a//b", "a/", ".x", "a b", "ä", "x" * 201, "a\\b"])
def test_a_member_name_that_could_leave_its_folder_is_refused(name: str) -> None:
    with pytest.raises(Refused) as caught:
        pack({name: b""})
    assert caught.value.code == "record.refused.member_name"


def test_containers_that_an_ordinary_program_writes_are_refused(members: Members) -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", method) as opened:
            for name in sorted(members):
                opened.writestr(zipfile.ZipInfo(name, (2025, 11, 3, 7, 41, 22)), members[name], method)
        refusal = _refusal(data.getvalue())
        assert (refusal.code, refusal.values["member"]) == ("record.refused.member_bytes", dossier.INDEX)


def test_a_proof_for_a_note_moved_elsewhere_does_not_verify(members: Members) -> None:
    with pytest.raises(Refused) as caught:
        proofs.verify(members[PROOF], members["entries/00000002.note"], known.LOG.key, known.CHECK)
    assert caught.value.code == "record.refused.inclusion"
