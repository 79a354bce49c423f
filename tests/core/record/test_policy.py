"""Policies: what a file may say, when a quorum is met, and which checkpoints pass."""

from __future__ import annotations

import hashlib
import json
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.record import known
from tests.vectors import make_witness as vectors
from tests.vectors.make_witness import A, B, C, cosigned_note
from tiga.record import cosignatures, notes, policy
from tiga.record.notes import COSIGNATURE, NoteKey, Signer
from tiga.record.policy import Group, Log, Policy, Quorum, Witness
from tiga.record.refusals import Refused
from tiga.values import words

HELD = json.loads((vectors.FOLDER / vectors.NAME).read_text(encoding="utf-8"))["policies"]
EXAMPLE = policy.parse(vectors.EXAMPLE.encode())
SIX = ("X1", "X2", "X3", "Y1", "Y2", "Y3")


def _code(data: bytes) -> tuple[str, object]:
    with pytest.raises(Refused) as caught:
        policy.parse(data)
    return caught.value.code, caught.value.values.get("line")


def _policy(*lines: str, log: NoteKey = known.LOG.key) -> Policy:
    named = [("a", A.key), ("b", B.key), ("c", C.key)]
    return policy.parse(policy.written(log, named, lines[:-1], lines[-1]))


def test_the_example_of_the_specification() -> None:
    assert EXAMPLE.logs == (Log(known.LOG.key),)
    assert [witness.name for witness in EXAMPLE.witnesses] == list(SIX)
    assert EXAMPLE.witnesses[3] == Witness("Y1", vectors.Y1)
    assert EXAMPLE.quorum == Quorum(
        "X-and-Y",
        (
            Group("X-witnesses", 2, ("X1", "X2", "X3")),
            Group("Y-witnesses", 1, ("Y1", "Y2", "Y3")),
            Group("X-and-Y", 2, ("X-witnesses", "Y-witnesses")),
        ),
    )
    assert EXAMPLE.sha256 == hashlib.sha256(vectors.EXAMPLE.encode()).hexdigest()


def test_the_example_is_met_by_two_of_the_first_and_one_of_the_second_in_all_64_cases() -> None:
    cases = list(chain.from_iterable(combinations(SIX, count) for count in range(7)))
    assert len(cases) == 64
    for present in cases:
        enough = sum(name[0] == "X" for name in present) >= 2 and any(name[0] == "Y" for name in present)
        assert EXAMPLE.quorum.met(present) is enough
        assert (EXAMPLE.quorum.lacking(present) == ()) is enough


@pytest.mark.parametrize("row", HELD["example"]["held"], ids=lambda row: "+".join(row["present"]))
def test_what_is_lacking_is_named(row: dict[str, list[str]]) -> None:
    quorum = EXAMPLE.quorum
    assert (quorum.met(row["present"]), list(quorum.lacking(row["present"]))) == (row["met"], row["lacking"])


@pytest.mark.parametrize("title", sorted(vectors.FIT))
def test_what_the_specification_allows_is_read(title: str) -> None:
    data = vectors.FIT[title]
    assert policy.parse(data).sha256 == hashlib.sha256(data).hexdigest()


def test_what_was_read_of_unusual_files() -> None:
    lax = policy.parse(vectors.FIT["spaces, tabs, comments and empty lines"])
    assert (lax.logs, lax.witnesses, lax.quorum) == ((Log(known.LOG.key),), (), Quorum("none"))
    addresses = policy.parse(vectors.FIT["addresses"])
    assert addresses.logs == (Log(known.LOG.key, "https://log.example/"),)
    assert addresses.witnesses == (Witness("a", A.key, "https://a.example"),)
    named = policy.parse(vectors.FIT["words of the grammar as names"]).quorum
    assert (named.met(["all"]), named.met(["any", "2"])) == (True, False)
    opaque = policy.parse(vectors.FIT["octets that are not UTF-8"])
    assert opaque.quorum.name.encode("utf-8", "surrogateescape") == b"\x80"


def test_names_are_octets_not_letters() -> None:
    kelvin = f"witness \u212a {A.key.vkey}\nquorum K\n".encode()
    assert _code(kelvin) == ("record.refused.policy_unknown", 2)
    composed = f"witness \u00e9 {A.key.vkey}\nquorum e\u0301\n".encode()
    assert _code(composed) == ("record.refused.policy_unknown", 2)


@pytest.mark.parametrize("title", sorted(vectors.UNFIT))
def test_what_the_specification_forbids_is_refused_and_the_line_is_named(title: str) -> None:
    row = next(row for row in HELD["refused"] if row["title"] == title)
    assert _code(vectors.UNFIT[title]) == (row["code"], row.get("line"))


def test_every_refusal_of_a_policy_occurs_in_the_vectors_and_says_its_line() -> None:
    said = {row["code"] for row in HELD["refused"]}
    whole = {"policy_long", "policy_many", "policy_log", "policy_written"}
    codes = {code for code in words.catalogue("en").texts if code.startswith("record.refused.policy_")}
    assert codes - said == {f"record.refused.{name}" for name in whole}
    for row in HELD["refused"]:
        with pytest.raises(Refused) as caught:
            policy.parse(vectors.UNFIT[row["title"]])
        assert (f"Line {row.get('line')} " in str(caught.value)) is ("line" in row)
        for language in words.SPOKEN:
            assert caught.value.text(language)


def test_a_policy_has_limits() -> None:
    def logs(count: int) -> bytes:
        keys = [known.signer(f"log.example/{number}", 10 + number).key for number in range(count)]
        return "".join(f"log {key.vkey}\n" for key in keys).encode() + b"quorum none\n"

    def witnesses(count: int) -> bytes:
        keys = [known.signer(f"w.example/{number}", 10 + number, COSIGNATURE).key for number in range(count)]
        rows = "".join(f"witness {number} {key.vkey}\n" for number, key in enumerate(keys))
        return f"{rows}group g all {' '.join(map(str, range(count)))}\nquorum g\n".encode()

    def groups(count: int) -> bytes:
        chain_of = "".join(f"group g{number} any {f'g{number - 1}' if number else 'a'}\n" for number in range(count))
        return f"{vectors.A_LINE}{chain_of}quorum g{count - 1}\n".encode()

    assert len(policy.parse(logs(32)).logs) == 32
    assert policy.parse(witnesses(64)).quorum.met(map(str, range(64))) is True
    assert policy.parse(groups(64)).quorum.lacking(()) == ("a",)
    many = "record.refused.policy_many"
    assert [_code(logs(33)), _code(witnesses(65)), _code(groups(65))] == [(many, 33), (many, 65), (many, 66)]
    padded = b"#" * (policy.POLICY_LIMIT - 13) + b"\nquorum none\n"
    assert (len(padded), policy.parse(padded).quorum) == (policy.POLICY_LIMIT, Quorum("none"))
    assert _code(b"#" + padded) == ("record.refused.policy_long", None)


def _token(name: str) -> bool:
    return ":" in name


def test_rules_of_the_charter_are_written_in_the_same_grammar() -> None:
    lines = ["group med any mediator:qa mediator:tr", "group both all root:a root:b med", "quorum both"]
    rule = policy.parse_groups(lines, _token)
    assert rule.met(["root:b", "mediator:tr", "root:a"]) is True
    assert rule.lacking(["root:b"]) == ("root:a", "med")
    assert rule.lacking(["root:a", "root:b"]) == ("med",)
    assert policy.parse_groups(["quorum mediator:qa"], _token).lacking([]) == ("mediator:qa",)
    assert policy.parse_groups(["quorum none"], _token).met([]) is True


@pytest.mark.parametrize(
    ("lines", "code", "line"),
    [
        ([], "policy_quorum", None),
        (["quorum x"], "policy_unknown", 1),
        (["group x:y any a:b", "quorum a:b"], "policy_name", 1),
        (["group g any a:b a:b", "quorum g"], "policy_placed", 1),
        (["group g all a:b", "group h all a:b", "quorum h"], "policy_placed", 2),
        (["group g 2 a:b", "quorum g"], "policy_threshold", 1),
        (["group g any a:b\nquorum g"], "policy_character", 1),
        ([vectors.A_LINE[:-1], "quorum a"], "policy_keyword", 1),
        ([vectors.LOG_LINE[:-1], "quorum a:b"], "policy_keyword", 1),
        (["group g any none", "quorum g"], "policy_unknown", 1),
        (["quorum a:b", "quorum a:b"], "policy_quorum_twice", 2),
        (["# " + "x" * policy.POLICY_LIMIT, "quorum a:b"], "policy_long", None),
    ],
)
def test_a_rule_outside_the_grammar_is_refused(lines: list[str], code: str, line: int | None) -> None:
    with pytest.raises(Refused) as caught:
        policy.parse_groups(lines, _token)
    assert (caught.value.code, caught.value.values.get("line")) == (f"record.refused.{code}", line)


def test_none_is_nobody_even_where_every_name_is_a_member() -> None:
    with pytest.raises(Refused) as caught:
        policy.parse_groups(["group g any none", "quorum g"], lambda name: name == "none")
    assert caught.value.code == "record.refused.policy_unknown"


@st.composite
def _rules(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Lines of a rule whose groups nest as they like, and the members in it."""
    members = [f"m:{number}" for number in range(draw(st.integers(1, 6)))]
    free, lines = list(members), []
    for number in range(draw(st.integers(1, 4))):
        taken = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        free = [name for name in free if name not in taken] + [f"g{number}"]
        lines.append(f"group g{number} {draw(st.integers(1, len(taken)))} {' '.join(taken)}")
    return [*lines, f"quorum {draw(st.sampled_from(free))}"], members


@given(_rules(), st.data())
def test_what_is_lacking_is_needed_and_enough(rule: tuple[list[str], list[str]], data: st.DataObject) -> None:
    lines, members = rule
    quorum = policy.parse_groups(lines, _token)
    present = data.draw(st.lists(st.sampled_from(members), unique=True))
    lacking = quorum.lacking(present)
    assert (lacking == ()) is quorum.met(present)
    assert len(set(lacking)) == len(lacking)
    for count in range(len(members) + 1):
        for more in combinations(members, count):
            now = [*present, *more]
            assert quorum.met(now) is all(Quorum(name, quorum.groups).met(now) for name in lacking)


@given(_rules(), st.data())
def test_who_comes_besides_never_harms(rule: tuple[list[str], list[str]], data: st.DataObject) -> None:
    lines, members = rule
    quorum = policy.parse_groups(lines, _token)
    present = data.draw(st.lists(st.sampled_from([*members, "g0", "quorum", "m:99"])))
    if quorum.met(present):
        assert quorum.met([*members, *present]) is True
    assert quorum.met(present) is quorum.met([name for name in present if name in members])


def test_a_policy_is_written_and_read() -> None:
    data = policy.written(known.LOG.key, [("a", A.key), ("b", B.key)], ["group w 1 a b"], "w")
    assert data.decode() == (
        f"# Whose word a checkpoint of {known.ORIGIN} needs (C2SP tlog-policy)\n"
        f"{vectors.LOG_LINE}{vectors.A_LINE}{vectors.B_LINE}group w 1 a b\nquorum w\n"
    )
    read = policy.parse(data)
    assert (read.logs, read.witnesses) == ((Log(known.LOG.key),), (Witness("a", A.key), Witness("b", B.key)))
    assert read.quorum == Quorum("w", (Group("w", 1, ("a", "b")),))


@pytest.mark.parametrize(
    ("names", "groups", "quorum", "code"),
    [
        (("a b",), [], "none", "policy_key"),
        (("#",), [], "#", ""),
        (("a",), ["# nothing"], "a", "policy_written"),
        (("a",), [""], "a", "policy_written"),
        (("a",), [f"group g any a\nlog {known.signer('x.example', 40).key.vkey}"], "a", "policy_written"),
        (("a",), ["quorum a"], "none", "policy_quorum_twice"),
        (("a",), [], "a\n", "policy_written"),
        (("a",), [], " a", "policy_written"),
        (("\ud800",), [], "none", "policy_written"),
        (("a",), ["group g 2 a"], "g", "policy_threshold"),
    ],
)
def test_nothing_is_smuggled_into_a_policy(names: tuple[str, ...], groups: list[str], quorum: str, code: str) -> None:
    found = ""
    try:
        policy.written(known.LOG.key, [(name, A.key) for name in names], groups, quorum)
    except Refused as error:
        found = error.code
    assert found == (code and f"record.refused.{code}")


def _refused(checkpoint: bytes, asked: Policy, own: NoteKey | None = None) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as caught:
        policy.check(checkpoint, asked, known.plain_check, own)
    return caught.value.code, caught.value.values


def test_a_checkpoint_meets_a_policy() -> None:
    asked = _policy("group two 2 a b c", "two")
    met = policy.check(cosigned_note(5, A, C), asked, known.plain_check)
    assert (met.log, met.head) == (known.LOG.key, vectors.head(vectors.LEAVES, 5))
    assert met.cosigned == vectors.at_seconds(A, C)
    assert _refused(cosigned_note(5, C), asked) == ("record.refused.quorum", {"lacking": "two"})
    everyone = _policy("group all all a b c", "all")
    assert _refused(cosigned_note(5, B), everyone) == ("record.refused.quorum", {"lacking": "a, c"})
    assert policy.check(vectors.signed(vectors.LEAVES, 5), _policy("none"), known.plain_check).cosigned == ()


def test_a_verifier_always_asks_for_its_own_witness() -> None:
    asked, mine = _policy("group any any a b c", "any"), known.signer("mine.example", 50, COSIGNATURE)
    name = {"name": A.key.name}
    assert policy.check(cosigned_note(5, A, B), asked, known.plain_check, A.key).cosigned == vectors.at_seconds(A, B)
    assert _refused(cosigned_note(5, B, C), asked, A.key) == ("record.refused.own_witness", name)
    assert _refused(cosigned_note(5, B), _policy("none"), A.key) == ("record.refused.own_witness", name)
    assert _refused(cosigned_note(5, B), asked, mine.key)[0] == "record.refused.own_witness"
    both = policy.check(cosigned_note(5, B, mine), asked, known.plain_check, mine.key)
    assert both.cosigned == vectors.at_seconds(mine, B)
    assert _refused(cosigned_note(5, mine), asked, mine.key) == ("record.refused.quorum", {"lacking": "any"})
    as_log = NoteKey.of(A.key.name, notes.ED25519, A.key.public)
    assert _refused(cosigned_note(5, A), asked, as_log)[0] == "record.refused.own_witness"


def test_the_log_must_be_the_policys() -> None:
    other = known.signer("tiga.example/other", 60)
    assert _refused(cosigned_note(5, A), _policy("a", log=other.key)) == (
        "record.refused.policy_log",
        {"origin": known.ORIGIN},
    )
    namesake = known.signer(known.ORIGIN, 61)
    assert _refused(cosigned_note(5, A), _policy("a", log=namesake.key))[0] == "record.refused.unsigned"
    text = vectors.head(vectors.LEAVES, 5).text()
    misnamed = notes.sign_note(text, [known.signer("tiga.example/other", 60)])
    assert _refused(misnamed, _policy("none", log=other.key))[0] == "record.refused.policy_log"
    assert _refused(cosigned_note(5, A), policy.parse(b"quorum none\n"))[0] == "record.refused.policy_log"
    broken = notes.sign_note(text, [Signer(known.LOG.key, known.STRANGER.sign)])
    assert _refused(broken, _policy("none"))[0] == "record.refused.signature"


def test_either_of_two_keys_of_a_log_will_do_and_a_bad_line_of_either_will_not() -> None:
    new = known.signer(known.ORIGIN, 61)
    asked = policy.parse(f"{vectors.LOG_LINE}log {new.key.vkey}\nquorum none\n".encode())
    text = vectors.head(vectors.LEAVES, 5).text()
    for signers, log in (((known.LOG,), known.LOG), ((new,), new), ((new, known.LOG), known.LOG)):
        met = policy.check(notes.sign_note(text, signers), asked, known.plain_check)
        assert met.log == log.key
    bad = Signer(new.key, known.STRANGER.sign)
    assert _refused(notes.sign_note(text, [known.LOG, bad]), asked)[0] == "record.refused.signature"


def test_a_key_that_is_not_verified_here_never_counts() -> None:
    line = notes.SignatureLine(vectors.QUANTUM.name, vectors.QUANTUM.key_id, bytes(2428)).text()
    asked = policy.parse(vectors.FIT["a key of type 6"])
    assert _refused(cosigned_note(5) + line.encode(), asked) == ("record.refused.quorum", {"lacking": "q"})
    log = NoteKey.of(known.ORIGIN, notes.MLDSA, bytes(1312))
    only = policy.parse(f"log {log.vkey}\nquorum none\n".encode())
    assert _refused(cosigned_note(5), only)[0] == "record.refused.policy_log"


def test_a_bad_cosignature_of_a_known_witness_refuses_even_what_is_met_without_it() -> None:
    bad = cosignatures.line(vectors.head(vectors.LEAVES, 4).text(), B, 5).encode()
    note = cosigned_note(5, A) + bad
    assert _refused(note, _policy("a"))[0] == "record.refused.signature"
    alone = policy.parse(policy.written(known.LOG.key, [("a", A.key)], [], "a"))
    assert policy.check(note, alone, known.plain_check).cosigned == vectors.at_seconds(A)


def test_the_verdict_is_the_same_whatever_library_checks() -> None:
    """A library that accepts everything does not get a signature with S beyond the group's order accepted."""
    beyond = b"\2" + bytes(31) + b"\xff" * 32
    line = notes.SignatureLine(A.key.name, A.key.key_id, bytes(7) + b"\1" + beyond).text().encode()
    with pytest.raises(Refused) as caught:
        policy.check(cosigned_note(5) + line, _policy("a"), lambda public, signature, message: True)
    assert (caught.value.code, caught.value.values) == ("record.refused.signature", {"name": A.key.name})


def test_one_witness_under_two_names_of_keys_is_not_two() -> None:
    again = known.signer(f"{known.ORIGIN}/wit/again", 4, COSIGNATURE)
    data = f"{vectors.LOG_LINE}{vectors.A_LINE}witness b {again.key.vkey}\ngroup g all a b\nquorum g\n".encode()
    assert _code(data) == ("record.refused.policy_twice", 3)


def test_every_flipped_bit_of_a_cosigned_checkpoint_is_refused_or_loses_a_witness() -> None:
    note = cosigned_note(5, A, B)
    every, either = _policy("group all all a b", "all"), _policy("group any any a b", "any")
    whole = policy.check(note, every, known.plain_check)
    passed, reduced = [], set()
    for bit in range(len(note) * 8):
        changed = bytearray(note)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            met = policy.check(bytes(changed), either, known.plain_check)
        except Refused:
            continue
        reduced.add((met.head == whole.head, met.cosigned))
        try:
            policy.check(bytes(changed), every, known.plain_check)
            passed.append(bit)
        except Refused:
            continue
    assert passed == []
    assert reduced == {(True, vectors.at_seconds(A)), (True, vectors.at_seconds(B))}
