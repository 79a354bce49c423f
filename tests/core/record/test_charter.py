"""The key state (F10): each row of its table from both sides, its folding by a verifier, and random acts by random hands.

Nobody here is real. Two components mediate, `ankara` with two keys and `doha` with one; each has a root key.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.record import known
from tiga.record import charter, dossier
from tiga.record.book import MemoryBook, Submission
from tiga.record.charter import ADOPT, ENROL, KEY_ACTS, REVOKE, ROTATE, RULE, WITNESS, KeyState, folded, keys_for
from tiga.record.container import pack
from tiga.record.entries import Entry, Envelope, open_entry, parse
from tiga.record.notes import COSIGNATURE, NoteKey, Signer, sign_note, text_of
from tiga.record.refusals import Refused
from tiga.record.verify import Verified, verify_dossier
from tiga.values.moments import Instant

ORIGIN = known.ORIGIN
Body = dict[str, Any]
SEEDS = {
    "root/1": 40, "root/2": 41, "reg": 42, "med/a1": 43, "med/a2": 44, "med/d1": 45, "mon/1": 46,
    "new/1": 50, "new/2": 51, "new/3": 52,
}  # fmt: skip
ROLES = {
    "root/1": ("root", "ankara"), "root/2": ("root", "doha"), "reg": ("registrar", ""), "med/a1": ("mediator", "ankara"),
    "med/a2": ("mediator", "ankara"), "med/d1": ("mediator", "doha"), "mon/1": ("monitor", ""),
    "new/1": ("mediator", "doha"), "new/2": ("monitor", ""), "new/3": ("registrar", ""),
}  # fmt: skip
FOUNDERS = ("root/1", "root/2", "reg", "med/a1", "med/a2", "med/d1", "mon/1")
ROOTS = ("root/1", "root/2")
BOTH = ["group both all mediator:ankara mediator:doha", "quorum both"]
EITHER = ["group one any mediator:ankara mediator:doha", "quorum one"]
RULES = dict.fromkeys((ENROL, REVOKE, RULE, WITNESS), BOTH)


def signer(slug: str) -> Signer:
    return known.signer(f"{ORIGIN}/{slug}", SEEDS[slug])


def row(slug: str, **changes: object) -> Body:
    """A key as an act lists it."""
    role, component = ROLES[slug]
    usual = {"vkey": signer(slug).key.vkey, "role": role, "component": component, "custody": "device"}
    return {**usual, **changes}


def witness(component: str, seed: int = 60) -> Body:
    key = known.signer(f"{ORIGIN}/witness/{component}", seed, COSIGNATURE).key
    return {"component": component, "vkey": key.vkey}


def founding(**changes: object) -> Body:
    rules = [{"act": act, "need": need} for act, need in RULES.items()]
    usual = {"title": "Invented", "scope": "live", "keys": [row(slug) for slug in FOUNDERS], "rules": rules}
    return {**usual, "witnesses": [witness("ankara")], "absent_hours": 72, **changes}


def fold(state: KeyState | None, index: int, act: str, body: Body, *signers: str) -> KeyState:
    """The state after an act that these hands have really signed; raises Refused as a verifier does."""
    envelope = Envelope(ORIGIN, act, known.AT, body)
    note = sign_note(envelope.text(), [signer(slug) for slug in signers])
    stated = parse(text_of(note))
    names = open_entry(note, keys_for(state, index, stated).values(), known.CHECK)[2]
    return folded(state, index, stated, names)


def founded(**changes: object) -> KeyState:
    return fold(None, 0, ADOPT, founding(**changes), *ROOTS)


def refusal(verb: Callable[[], object]) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refused) as caught:
        verb()
    str(caught.value)  # every refusal can be said
    return caught.value.code.removeprefix("record.refused."), caught.value.values


def code(state: KeyState | None, index: int, act: str, body: Body, *signers: str) -> str:
    return refusal(lambda: fold(state, index, act, body, *signers))[0]


def name(slug: str) -> str:
    return f"{ORIGIN}/{slug}"


# ---- the charter


def test_a_charter_enrols_its_keys_from_index_0_with_its_rules_and_witnesses() -> None:
    state = founded()
    assert list(state.holders) == [name(slug) for slug in FOUNDERS]
    assert {one: holder.token for one, holder in state.holders.items()} == {
        name(slug): ":".join(ROLES[slug]) for slug in FOUNDERS
    }
    assert {(holder.since, holder.until, holder.suspect_from) for holder in state.holders.values()} == {(0, None, None)}
    assert (state.rules, state.absent_hours) == ({act: tuple(need) for act, need in RULES.items()}, 72)
    assert {component: key.vkey for component, key in state.witnesses.items()} == {"ankara": witness("ankara")["vkey"]}
    assert set(state.keys_at(0)) == set(state.keys_at(10**9)) == set(state.keys()) == {name(one) for one in FOUNDERS}


@pytest.mark.parametrize("signers", [(), ("root/1",), ("root/2",), ("root/1", "med/a1"), ("reg", "med/a1", "med/d1")])
def test_every_root_key_signs_the_charter(signers: tuple[str, ...]) -> None:
    if not signers:
        assert (
            refusal(lambda: folded(None, 0, Envelope(ORIGIN, ADOPT, known.AT, founding()), ()))[0] == "charter_unsigned"
        )
        return
    lacking = sorted(set(ROOTS) - set(signers))[0]
    found = refusal(lambda: fold(None, 0, ADOPT, founding(), *signers))
    assert found == ("charter_unsigned", {"name": name(lacking)})
    assert set(fold(None, 0, ADOPT, founding(), *ROOTS, *set(signers) - set(ROOTS)).holders) == set(founded().holders)


def test_a_charter_without_root_keys_asks_for_none_and_one_without_rules_allows_nothing() -> None:
    rows = [row(slug) for slug in FOUNDERS if slug not in ROOTS]
    state = fold(None, 0, ADOPT, {"title": "x", "scope": "live", "keys": rows}, "reg")
    assert (state.rules, state.witnesses, state.absent_hours) == ({}, {}, 0)
    everybody = ("reg", "med/a1", "med/a2", "med/d1", "mon/1")
    for act, body in (
        (ENROL, {"key": row("new/1")}),
        (REVOKE, {"key": name("mon/1"), "ground": "g"}),
        (RULE, {"act": "entry.suppress", "need": EITHER}),
        (WITNESS, witness("doha")),
    ):
        extra = ("new/1",) if act == ENROL else ()
        assert code(state, 1, act, body, *everybody, *extra) == "no_rule", act
    rotated = fold(state, 1, ROTATE, {"old": name("mon/1"), "key": row("new/2")}, "mon/1", "new/2")
    assert rotated.holders[name("mon/1")].successor == name("new/2")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"keys": []}, "charter_keys"),
        ({"keys": "x"}, "charter_keys"),
        ({"keys": ["x"]}, "charter_keys"),
        ({"keys": [row("reg"), row("reg")]}, "charter_keys"),
        ({"keys": [row("reg"), row("mon/1", vkey=known.signer(name("mon/1"), SEEDS["reg"]).key.vkey)]}, "charter_keys"),
        ({"keys": [row("reg"), row("reg", vkey=known.signer(name("reg"), 99).key.vkey)]}, "charter_keys"),
        ({"keys": [row("reg", vkey="x")]}, "vkey"),
        ({"keys": [row("reg", role=1)]}, "charter_keys"),
        ({"keys": [{key: value for key, value in row("reg").items() if key != "custody"}]}, "charter_keys"),
        ({"keys": [row("reg", vkey=witness("ankara")["vkey"])]}, "weak_key"),
        ({"keys": [row("reg", seal="AA==")]}, "charter_keys"),
        ({"keys": [row("reg", seal=7)]}, "charter_keys"),
        ({"rules": "x"}, "charter_keys"),
        ({"rules": [{"act": 1, "need": BOTH}]}, "charter_keys"),
        ({"rules": [{"act": ENROL, "need": "quorum none"}]}, "charter_keys"),
        ({"rules": [{"act": ENROL, "need": []}]}, "policy_quorum"),
        ({"rules": [{"act": ENROL, "need": ["quorum ankara"]}]}, "policy_unknown"),
        ({"rules": [{"act": ENROL, "need": ["group g 3 mediator:ankara mediator:doha", "quorum g"]}]}, "policy_threshold"),
        ({"rules": [{"act": ENROL, "need": ["witness w x", "quorum none"]}]}, "policy_keyword"),
        ({"witnesses": [{"component": "ankara"}]}, "charter_keys"),
        ({"witnesses": [{"component": "ankara", "vkey": signer("reg").key.vkey}]}, "weak_key"),
        ({"absent_hours": -1}, "charter_keys"),
        ({"absent_hours": True}, "charter_keys"),
        ({"absent_hours": "72"}, "charter_keys"),
    ],
)  # fmt: skip
def test_a_malformed_charter_is_refused(changes: Body, expected: str) -> None:
    body = founding(**changes)
    assert code(None, 0, ADOPT, body, *ROOTS) == expected


SMALL = [bytes(32), bytes([1]) + bytes(31), bytes(31) + b"\x80", bytes.fromhex("ec" + "ff" * 30 + "7f")]


@pytest.mark.parametrize("public", SMALL, ids=lambda public: public.hex()[:6])
def test_a_key_of_small_order_is_enrolled_nowhere(public: bytes) -> None:
    weak = NoteKey.of(name("new/1"), 1, public).vkey
    bad = NoteKey.of(name("witness/doha"), COSIGNATURE, public).vkey
    assert code(None, 0, ADOPT, founding(keys=[row("reg"), row("mon/1", vkey=weak)]), "reg") == "weak_key"
    assert code(founded(), 1, ENROL, {"key": row("new/1", vkey=weak)}, "med/a1", "med/d1") == "weak_key"
    assert code(founded(), 1, ROTATE, {"old": name("mon/1"), "key": row("new/2", vkey=weak)}, "mon/1") == "weak_key"
    assert code(founded(), 1, WITNESS, {"component": "doha", "vkey": bad}, "med/a1", "med/d1") == "weak_key"


def test_the_charter_stands_at_index_0_and_nowhere_else() -> None:
    assert code(founded(), 1, ADOPT, founding(), *ROOTS) == "charter_act"
    envelope = Envelope(ORIGIN, ADOPT, known.AT, founding())
    assert refusal(lambda: folded(None, 1, envelope, [name(one) for one in ROOTS]))[0] == "charter_act"
    for act in sorted(KEY_ACTS - {ADOPT}):
        assert refusal(lambda act=act: folded(None, 0, Envelope(ORIGIN, act, known.AT, {}), ()))[0] == "charter_act"


# ---- key.enrol


def test_a_key_is_enrolled_by_the_rule_and_with_its_own_signature() -> None:
    body = {"key": row("new/1", seal=base64.b64encode(bytes(32)).decode())}
    state = fold(founded(), 7, ENROL, body, "med/a1", "med/d1", "new/1")
    holder = state.holders[name("new/1")]
    assert (holder.token, holder.custody, holder.since, holder.until) == ("mediator:doha", "device", 7, None)
    assert holder.seal == base64.b64encode(bytes(32)).decode()
    assert [name("new/1") in state.keys_at(index) for index in (6, 7, 8)] == [False, True, True]
    assert list(state.holders)[-1] == name("new/1")


@pytest.mark.parametrize(
    ("signers", "expected"),
    [
        (("med/a1", "med/d1"), "not_own"),
        (("new/1",), "hands"),
        (("med/a1", "new/1"), "hands"),
        (("med/a1", "med/a2", "new/1"), "hands"),  # two keys of one component are one hand
        (("root/1", "root/2", "reg", "mon/1", "new/1"), "hands"),
        (("med/a1", "med/d1", "new/1", "new/2"), "unknown_key"),
    ],
)
def test_an_enrolment_without_its_hands_is_refused(signers: tuple[str, ...], expected: str) -> None:
    assert code(founded(), 1, ENROL, {"key": row("new/1")}, *signers) == expected


def test_a_new_key_does_not_count_for_its_own_enrolment() -> None:
    """It would be of the component that the rule lacks: it signs from its entry on, yet it is not enrolled before it."""
    assert code(founded(), 1, ENROL, {"key": row("new/1")}, "med/a2", "new/1") == "hands"


def test_what_a_refusal_lacks_is_told() -> None:
    found = refusal(lambda: fold(founded(), 1, ENROL, {"key": row("new/1")}, "med/a1", "new/1"))
    assert found == ("hands", {"name": ENROL, "lacking": "mediator:doha"})


def test_no_name_and_no_public_key_is_enrolled_twice() -> None:
    hands, state = ("med/a1", "med/d1"), founded()
    again = row("mon/1", vkey=known.signer(name("mon/1"), 99).key.vkey)
    double = row("new/2", vkey=known.signer(name("new/2"), SEEDS["mon/1"]).key.vkey)
    envelopes = [Envelope(ORIGIN, ENROL, known.AT, {"key": body}) for body in (again, double, row("mon/1"))]
    given = [name(one) for one in (*hands, "mon/1", "new/2")]
    assert [refusal(lambda one=one: folded(state, 1, one, given))[0] for one in envelopes] == ["enrolled"] * 3
    gone = fold(state, 1, REVOKE, {"key": name("mon/1"), "ground": "g"}, *hands)
    assert [refusal(lambda one=one: folded(gone, 2, one, given))[0] for one in envelopes] == ["enrolled"] * 3


@pytest.mark.parametrize("key", [None, "x", {}, {"vkey": signer("new/1").key.vkey}])
def test_an_enrolment_of_no_key_is_refused(key: object) -> None:
    body = {"key": key} if key is not None else {}
    assert code(founded(), 1, ENROL, body, "med/a1", "med/d1") == "charter_keys"


def test_a_record_enrols_a_thousand_keys_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert charter.KEYS_LIMIT == 1_000
    monkeypatch.setattr(charter, "KEYS_LIMIT", len(FOUNDERS) + 1)
    hands = ("med/a1", "med/d1")
    state = fold(founded(), 1, ENROL, {"key": row("new/1")}, *hands, "new/1")
    assert code(state, 2, ENROL, {"key": row("new/2")}, *hands, "new/2") == "enrolled"


# ---- key.rotate


def test_a_holder_replaces_the_own_key() -> None:
    state = fold(founded(), 5, ROTATE, {"old": name("med/d1"), "key": row("new/1")}, "med/d1", "new/1")
    old, new = state.holders[name("med/d1")], state.holders[name("new/1")]
    assert (old.until, old.successor, new.since, new.until, new.token) == (5, name("new/1"), 5, None, old.token)
    assert [name("med/d1") in state.keys_at(index) for index in (4, 5, 6)] == [True, True, False]
    assert state.tokens(5, [name("med/d1"), name("new/1")]) == ("mediator:doha",)
    assert (state.tokens(6, [name("med/d1")]), state.tokens(6, [name("new/1")])) == ((), ("mediator:doha",))


@pytest.mark.parametrize(
    ("old", "key", "signers", "expected"),
    [
        ("med/d1", row("new/1"), ("new/1", "med/a1", "med/a2", "root/1", "root/2"), "not_own"),
        ("med/d1", row("new/1"), ("med/d1",), "not_own"),
        ("med/d1", row("new/1", role="secretariat"), ("med/d1", "new/1"), "rotated_role"),
        ("med/d1", row("new/1", component="ankara"), ("med/d1", "new/1"), "rotated_role"),
        ("new/2", row("new/1"), ("med/d1", "new/1"), "not_enrolled"),
        ("med/d1", row("med/a1", component="doha"), ("med/d1", "med/a1"), "enrolled"),
    ],
)
def test_nobody_replaces_anothers_key_or_takes_another_role(
    old: str, key: Body, signers: tuple[str, ...], expected: str
) -> None:
    assert code(founded(), 1, ROTATE, {"old": name(old), "key": key}, *signers) == expected


@pytest.mark.parametrize("old", [7, ["x"], ""])
def test_the_key_to_be_replaced_is_named(old: object) -> None:
    assert code(founded(), 1, ROTATE, {"old": old, "key": row("new/1")}, "med/d1", "new/1") == "not_enrolled"


def test_an_ended_key_replaces_nothing_more() -> None:
    body = {"old": name("med/d1"), "key": row("new/1")}
    state = fold(founded(), 1, ROTATE, body, "med/d1", "new/1")
    again = {"old": name("med/d1"), "key": row("new/2", role="mediator", component="doha")}
    assert code(state, 2, ROTATE, again, "med/d1", "new/2") == "unknown_key"
    given = [name("med/d1"), name("new/2")]
    assert refusal(lambda: folded(state, 2, Envelope(ORIGIN, ROTATE, known.AT, again), given))[0] == "not_enrolled"
    third = {"old": name("new/1"), "key": row("new/2", role="mediator", component="doha")}
    assert fold(state, 2, ROTATE, third, "new/1", "new/2").holders[name("new/1")].successor == name("new/2")


# ---- key.revoke


@pytest.mark.parametrize(("suspect", "until"), [({}, None), ({"suspect_from": 0}, 0), ({"suspect_from": 9}, 9)])
def test_a_key_is_revoked_by_the_rule(suspect: Body, until: int | None) -> None:
    body = {"key": name("mon/1"), "ground": "lost", **suspect}
    state = fold(founded(), 9, REVOKE, body, "med/a2", "med/d1")
    holder = state.holders[name("mon/1")]
    assert (holder.until, holder.suspect_from, holder.successor) == (9, until, "")
    assert [name("mon/1") in state.keys_at(index) for index in (8, 9, 10)] == [True, True, False]


@pytest.mark.parametrize(
    ("changes", "signers", "expected"),
    [
        ({}, ("med/a1", "med/a2"), "hands"),
        ({}, ("mon/1",), "hands"),  # not even one's own, without the rule
        ({"suspect_from": 10}, ("med/a1", "med/d1"), "member_form"),
        ({"suspect_from": -1}, ("med/a1", "med/d1"), "member_form"),
        ({"suspect_from": True}, ("med/a1", "med/d1"), "member_form"),
        ({"suspect_from": "3"}, ("med/a1", "med/d1"), "member_form"),
        ({"key": f"{ORIGIN}/nobody"}, ("med/a1", "med/d1"), "not_enrolled"),
        ({"key": 7}, ("med/a1", "med/d1"), "not_enrolled"),
    ],
)
def test_a_revocation_without_its_hands_or_out_of_form_is_refused(
    changes: Body, signers: tuple[str, ...], expected: str
) -> None:
    body = {"key": name("mon/1"), "ground": "lost", **changes}
    assert code(founded(), 9, REVOKE, body, *signers) == expected


def test_a_key_is_revoked_once_and_may_sign_its_own_end() -> None:
    body = {"key": name("med/d1"), "ground": "lost"}
    state = fold(founded(), 3, REVOKE, body, "med/a1", "med/d1")
    assert code(state, 4, REVOKE, body, "med/a1", "med/d1") == "unknown_key"
    given = [name("med/a1"), name("med/d1")]
    for stated in (body, {"key": name("mon/1"), "ground": "g"}):  # whose time is over is no hand any more
        found = refusal(lambda stated=stated: folded(state, 4, Envelope(ORIGIN, REVOKE, known.AT, stated), given))
        assert found[0] == "hands"


def test_whose_signatures_are_suspect_is_told_from_that_index_on() -> None:
    body = {"key": name("mon/1"), "ground": "stolen", "suspect_from": 4}
    state = fold(founded(), 9, REVOKE, body, "med/a1", "med/d1")
    given = [name("mon/1"), name("reg"), "tiga.example/unknown"]
    assert [state.suspect(index, given) for index in (3, 4, 9)] == [(), (name("mon/1"),), (name("mon/1"),)]
    quiet = fold(founded(), 9, REVOKE, {"key": name("mon/1"), "ground": "left"}, "med/a1", "med/d1")
    assert [quiet.suspect(index, given) for index in (3, 4, 9)] == [(), (), ()]


# ---- rule.set


def test_a_rule_is_set_by_the_rule_for_rules_the_old_one_and_the_new_one() -> None:
    three = ["group roots all root:ankara root:doha", "quorum roots"]
    state = fold(founded(), 1, RULE, {"act": ENROL, "need": three}, "med/a1", "med/d1", "root/1", "root/2")
    assert state.rules[ENROL] == tuple(three)
    assert code(state, 2, ENROL, {"key": row("new/1")}, "med/a1", "med/d1", "new/1") == "hands"
    assert name("new/1") in fold(state, 2, ENROL, {"key": row("new/1")}, "root/1", "root/2", "new/1").holders
    # the old rule now asks for the roots, the new one for a mediator, the one for rules for both
    back = {"act": ENROL, "need": EITHER}
    assert code(state, 2, RULE, back, "med/a1", "med/d1") == "hands"
    assert code(state, 2, RULE, back, "root/1", "root/2") == "hands"
    assert fold(state, 2, RULE, back, "root/1", "root/2", "med/a1", "med/d1").rules[ENROL] == tuple(EITHER)


@pytest.mark.parametrize(
    ("body", "signers", "expected"),
    [
        ({"act": ENROL, "need": EITHER}, ("med/a1",), "hands"),  # the new rule alone
        ({"act": ENROL, "need": EITHER}, ("med/a1", "med/a2"), "hands"),
        ({"act": ENROL, "need": ["quorum root:ankara"]}, ("med/a1", "med/d1"), "hands"),  # the old one alone
        ({"act": "entry.suppress", "need": ["quorum root:ankara"]}, ("med/a1", "med/d1"), "hands"),
        ({"act": "entry.suppress", "need": ["quorum root:nobody"]}, ("med/a1", "med/d1"), "hands"),
        ({"act": RULE, "need": EITHER}, ("med/a1",), "hands"),
        ({"act": 7, "need": EITHER}, ("med/a1", "med/d1"), "member_form"),
        ({"act": ENROL, "need": "quorum none"}, ("med/a1", "med/d1"), "charter_keys"),
        ({"act": ENROL}, ("med/a1", "med/d1"), "charter_keys"),
        ({"act": ENROL, "need": ["quorum x"]}, ("med/a1", "med/d1"), "policy_unknown"),
        ({"act": ENROL, "need": ["log x", "quorum none"]}, ("med/a1", "med/d1"), "policy_keyword"),
    ],
)
def test_a_rule_that_lacks_one_of_the_three_thresholds_is_refused(
    body: Body, signers: tuple[str, ...], expected: str
) -> None:
    assert code(founded(), 1, RULE, body, *signers) == expected


def test_a_rule_for_a_new_act_needs_no_old_one() -> None:
    body = {"act": "entry.suppress", "need": ["quorum root:ankara"]}
    state = fold(founded(), 1, RULE, body, "med/a1", "med/d1", "root/1")
    state.needs("entry.suppress", 2, [name("root/1")])
    assert refusal(lambda: state.needs("entry.suppress", 2, [name("med/a1"), name("root/2")]))[0] == "hands"
    assert refusal(lambda: state.needs("value.erase", 2, [name("root/1")]))[0] == "no_rule"


def test_a_rule_that_asks_for_nobody_asks_for_nobody() -> None:
    state = founded(rules=[{"act": ENROL, "need": ["quorum none"]}])
    assert name("new/2") in fold(state, 1, ENROL, {"key": row("new/2")}, "new/2").holders


# ---- witness.set


def test_a_witness_is_set_and_replaced_by_the_rule() -> None:
    state = fold(founded(), 1, WITNESS, witness("doha", 61), "med/a1", "med/d1")
    assert {one: key.vkey for one, key in state.witnesses.items()} == {
        "ankara": witness("ankara")["vkey"], "doha": witness("doha", 61)["vkey"],
    }  # fmt: skip
    replaced = fold(state, 2, WITNESS, witness("ankara", 62), "med/a2", "med/d1")
    assert replaced.witnesses["ankara"].vkey == witness("ankara", 62)["vkey"]
    assert list(replaced.holders) == list(state.holders)


@pytest.mark.parametrize(
    ("body", "signers", "expected"),
    [
        (witness("doha"), ("med/d1",), "hands"),
        ({"component": "doha", "vkey": signer("new/1").key.vkey}, ("med/a1", "med/d1"), "weak_key"),
        ({"component": "doha", "vkey": "x"}, ("med/a1", "med/d1"), "vkey"),
        ({"component": "doha"}, ("med/a1", "med/d1"), "charter_keys"),
        ({"vkey": witness("doha")["vkey"]}, ("med/a1", "med/d1"), "charter_keys"),
    ],
)
def test_a_witness_without_hands_or_key_is_refused(body: Body, signers: tuple[str, ...], expected: str) -> None:
    assert code(founded(), 1, WITNESS, body, *signers) == expected


# ---- counting hands


def test_two_keys_of_one_component_are_one_hand_and_two_roles_are_two() -> None:
    state = founded()
    everybody = [name(slug) for slug in FOUNDERS]
    assert state.tokens(0, everybody) == (
        "root:ankara", "root:doha", "registrar:", "mediator:ankara", "mediator:doha", "monitor:",
    )  # fmt: skip
    assert state.tokens(0, [name("med/a2"), name("med/a1"), "tiga.example/unknown"]) == ("mediator:ankara",)
    two = founded(rules=[{"act": ENROL, "need": ["group g 2 mediator:ankara mediator:doha root:doha", "quorum g"]}])
    assert code(two, 1, ENROL, {"key": row("new/2")}, "med/a1", "med/a2", "new/2") == "hands"
    assert name("new/2") in fold(two, 1, ENROL, {"key": row("new/2")}, "med/a1", "root/2", "new/2").holders


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("mediator:doha", True), ("registrar:", True), ("a:b-1_c", True), ("mediator", False), (":doha", False),
        ("mediator:doha:x", False), ("Mediator:doha", False), ("mediator:doha\n", False), ("mediator: doha", False),
    ],
)  # fmt: skip
def test_what_can_be_a_member_of_a_rule(text: str, is_one: bool) -> None:
    assert charter.is_token(text) is is_one


def test_a_role_that_holds_a_colon_counts_as_no_other() -> None:
    odd = founded(keys=[*(row(slug) for slug in FOUNDERS), row("new/1", role="mediator:doha", component="")])
    assert odd.tokens(1, [name("new/1")]) == ("mediator:doha:",)
    assert code(odd, 1, ENROL, {"key": row("new/2")}, "med/a1", "new/1", "new/2") == "hands"


@pytest.mark.parametrize(
    "acts", [(ENROL, "report.file"), (RULE, RULE), (ADOPT, "agreement.adopt"), (WITNESS, ENROL, "x")]
)
def test_nothing_follows_an_act_on_keys_in_its_batch(acts: tuple[str, ...]) -> None:
    assert refusal(lambda: charter.last_of_batch(acts))[0] == "key_batch"
    for fine in ((), (acts[0],), ("report.file", acts[0]), ("time.stamp", "report.file", acts[0])):
        charter.last_of_batch(fine)


# ---- the same by a verifier, from a dossier


@dataclass
class House:
    """A host that takes in what it is given, and a dossier of all of it."""

    book: MemoryBook = field(
        default_factory=lambda: MemoryBook(
            ORIGIN, known.LOG, {name(slug): signer(slug).key for slug in SEEDS}, known.CHECK
        )
    )

    def enter(self, act: str, body: Body, *signers: str) -> int:
        at = Instant(known.AT.ms + self.book.head().size)  # the same words again are another statement
        note = sign_note(Envelope(ORIGIN, act, at, body).text(), [signer(slug) for slug in signers])
        return self.book.enter([Submission(note, ())], {})[0].index

    def entries(self) -> list[Entry]:
        return [self.book.entry(index) for index in range(self.book.head().size)]

    def dossier(self) -> bytes:
        """As an honest host composes it."""
        proofs = {one.index: self.book.proof(one.index) for one in self.entries()}
        return pack(
            dossier.compose(
                checkpoint=self.book.head().checkpoint, log_key=known.LOG.key, entries=self.entries(), proofs=proofs
            )
        )

    def forged(self, state: KeyState) -> bytes:
        """As a host composes it that asks nobody whether the entries may stand there; `keys` from `state`."""
        members = {"checkpoint": self.book.head().checkpoint, "keys": dossier.key_lines(known.LOG.key, state)}
        for one in self.entries():
            members[f"entries/{one.index:08d}.note"] = one.note
            members[f"entries/{one.index:08d}.tlog-proof"] = self.book.proof(one.index)
        members["VERIFY.en.txt"] = dossier.verify_text(False).encode()
        files = {member: dossier.sha256_hex(data) for member, data in members.items()}
        index = dossier.Index(ORIGIN, self.book.head().size, "", False, files)
        return pack({dossier.INDEX: index.encode(), **members})


def verified(data: bytes) -> Verified:
    return verify_dossier(data, known.CHECK, known.LOG.key)


def test_a_verifier_folds_the_same_state_as_the_house() -> None:
    house = House()
    house.enter(ADOPT, founding(), *ROOTS)
    house.enter("report.file", {"number": 1}, "mon/1")
    house.enter(ENROL, {"key": row("new/1")}, "med/a1", "med/d1", "new/1")
    house.enter(ROTATE, {"old": name("mon/1"), "key": row("new/2")}, "mon/1", "new/2")
    house.enter("report.file", {"number": 2}, "new/2")
    house.enter(REVOKE, {"key": name("med/a2"), "ground": "g", "suspect_from": 2}, "med/a1", "new/1")
    house.enter(RULE, {"act": "value.erase", "need": EITHER}, "med/a1", "med/d1")
    house.enter(WITNESS, witness("doha", 61), "med/a1", "new/1")
    found = verified(house.dossier())
    assert found.keys == dossier.key_state(house.entries())
    spans = {one.removeprefix(f"{ORIGIN}/"): (row_.since, row_.until) for one, row_ in found.keys.holders.items()}
    assert spans == {
        "root/1": (0, None), "root/2": (0, None), "reg": (0, None), "med/a1": (0, None), "med/a2": (0, 5),
        "med/d1": (0, None), "mon/1": (0, 3), "new/1": (2, None), "new/2": (3, None),
    }  # fmt: skip
    assert verified(house.forged(found.keys)).keys == found.keys


def _revoked(house: House) -> KeyState:
    house.enter(ADOPT, founding(), *ROOTS)
    house.enter("report.file", {"number": 1}, "mon/1")
    house.enter(REVOKE, {"key": name("mon/1"), "ground": "g"}, "med/a1", "med/d1")
    return dossier.key_state(house.entries())


def test_what_a_revoked_key_signed_before_stays_and_what_it_signs_after_is_refused() -> None:
    house = House()
    state = _revoked(house)
    assert [row_.signers for row_ in verified(house.forged(state)).entries][1] == (name("mon/1"),)
    house.enter("report.file", {"number": 2}, "mon/1")
    for data in (house.forged(state), house.dossier()):
        found, values = refusal(lambda data=data: verified(data))
        assert (found, values["member"]) == ("unknown_key", "entries/00000003.note")


def test_a_key_is_refused_before_its_enrolment() -> None:
    house = House()
    house.enter(ADOPT, founding(), *ROOTS)
    house.enter("report.file", {"number": 1}, "new/1")
    house.enter(ENROL, {"key": row("new/1")}, "med/a1", "med/d1", "new/1")
    found, values = refusal(lambda: verified(house.dossier()))
    assert (found, values["member"]) == ("unknown_key", "entries/00000001.note")


@pytest.mark.parametrize(
    ("act", "body", "signers", "expected"),
    [
        (ENROL, {"key": row("new/1")}, ("med/a1", "new/1"), "hands"),
        (ENROL, {"key": row("new/1")}, ("med/a1", "med/d1"), "not_own"),
        (ROTATE, {"old": name("med/d1"), "key": row("new/1")}, ("med/a1", "new/1"), "not_own"),
        (REVOKE, {"key": name("med/d1"), "ground": "g"}, ("med/a1", "med/a2"), "hands"),
        (RULE, {"act": ENROL, "need": EITHER}, ("med/a1",), "hands"),
        (WITNESS, witness("doha", 61), ("med/d1",), "hands"),
        (ADOPT, founding(title="Another"), ROOTS, "charter_act"),
    ],
)
def test_a_host_that_took_in_a_key_act_without_its_hands_is_found_out(
    act: str, body: Body, signers: tuple[str, ...], expected: str
) -> None:
    house = House()
    house.enter(ADOPT, founding(), *ROOTS)
    state = dossier.key_state(house.entries())
    house.enter(act, body, *signers)
    found, values = refusal(lambda: verified(house.forged(state)))
    assert (found, values["member"], values["act"]) == (expected, "entries/00000001.note", act)
    assert refusal(house.dossier)[0] == expected


def test_the_list_of_keys_is_the_enrolled_ones_and_no_others() -> None:
    house = House()
    state = _revoked(house)
    before = folded(None, 0, house.entries()[0].envelope, house.entries()[0].signers)
    assert verified(house.forged(before)).keys == state  # revoked or not, a key stays in the list
    house.enter(ENROL, {"key": row("new/1")}, "med/a1", "med/d1", "new/1")
    assert refusal(lambda: verified(house.forged(state)))[0] == "key_lines"
    assert verified(house.forged(dossier.key_state(house.entries()))).size == 4


def test_no_key_is_enrolled_under_the_logs_own_name() -> None:
    """Any verifier would refuse all dossiers from there on: so it is refused before it is entered."""
    vkey = known.signer(ORIGIN, 77).key.vkey
    enrol = Envelope(ORIGIN, ENROL, known.AT, {"key": row("new/1", vkey=vkey)})
    rotate = Envelope(ORIGIN, ROTATE, known.AT, {"old": name("med/d1"), "key": row("new/1", vkey=vkey)})
    given = [name("med/a1"), name("med/d1"), ORIGIN]
    for envelope in (enrol, rotate):
        assert refusal(lambda envelope=envelope: folded(founded(), 1, envelope, given)) == (
            "enrolled",
            {"name": ORIGIN},
        )


def test_a_key_that_takes_the_logs_name_verifies_nowhere() -> None:
    house = House()
    other = known.signer(ORIGIN, 77)
    body = founding(keys=[*(row(slug) for slug in FOUNDERS), row("new/1", vkey=other.key.vkey)])
    house.enter(ADOPT, body, *ROOTS)
    assert refusal(lambda: verified(house.dossier()))[0] == "log_key"


# ---- random acts by random hands, against a model that shares nothing with the code


Rule = tuple[int, tuple["str | Rule", ...]]
"""How many of these members: tokens or rules."""


def rendered(rule: Rule) -> list[str]:
    rows: list[str] = []

    def write(one: Rule) -> str:
        members = [member if isinstance(member, str) else write(member) for member in one[1]]
        rows.append(f"group g{len(rows)} {one[0]} {' '.join(members)}")
        return f"g{len(rows) - 1}"

    top = write(rule)
    return [*rows, f"quorum {top}"]


def holds(rule: Rule, tokens: set[str]) -> bool:
    return (
        sum(holds(member, tokens) if isinstance(member, tuple) else member in tokens for member in rule[1]) >= rule[0]
    )


TOKENS = ("mediator:ankara", "mediator:doha", "root:ankara", "root:doha", "monitor:")
A_RULE: st.SearchStrategy[Rule] = st.permutations(TOKENS).flatmap(
    lambda order: st.builds(
        lambda cut, k, inner: (
            (min(k, cut), tuple(order[:cut])) if not inner
            else (min(k, cut + 1), (*order[:cut], (1, tuple(order[cut:]))))
        ),
        st.integers(1, 4), st.integers(1, 3), st.booleans(),
    )
)  # fmt: skip
SLUGS = st.sampled_from(sorted(SEEDS))
HANDS = st.lists(SLUGS, max_size=6, unique=True)
STEP = st.one_of(
    st.tuples(st.just(ENROL), SLUGS, HANDS),
    st.tuples(st.just(ROTATE), st.tuples(SLUGS, SLUGS), HANDS),
    st.tuples(st.just(REVOKE), st.tuples(SLUGS, st.none() | st.integers(0, 12)), HANDS),
    st.tuples(st.just(RULE), st.tuples(st.sampled_from((ENROL, REVOKE, RULE, "value.erase")), A_RULE), HANDS),
)


@dataclass
class Model:
    """Who signs from when to when, and under which rule: kept in plain dictionaries."""

    spans: dict[str, list[int]]
    ended: dict[str, int]
    rules: dict[str, Rule]

    def live(self, slug: str, index: int) -> bool:
        return slug in self.spans and self.spans[slug][0] <= index <= self.ended.get(slug, index)

    def allows(self, act: str, what: Any, hands: Sequence[str], index: int) -> bool:
        new = what if act == ENROL else what[1] if act == ROTATE else None
        if not hands or not all(self.live(hand, index) or hand == new for hand in hands):
            return False
        tokens = {":".join(ROLES[hand]) for hand in hands if self.live(hand, index)}
        ruled = act in self.rules and holds(self.rules[act], tokens)
        if act == ENROL:
            return ruled and new not in self.spans and new in hands
        if act == ROTATE:
            old = what[0]
            fits = old != new and ROLES[old] == ROLES[new] and self.live(old, index) and new not in self.spans
            return fits and {old, new} <= set(hands)
        if act == REVOKE:
            return ruled and self.live(what[0], index) and (what[1] is None or what[1] <= index)
        before = self.rules.get(what[0])
        return ruled and (before is None or holds(before, tokens)) and holds(what[1], tokens)

    def take(self, act: str, what: Any, index: int) -> None:
        if act == ENROL:
            self.spans[what] = [index]
        elif act == ROTATE:
            self.spans[what[1]], self.ended[what[0]] = [index], index
        elif act == REVOKE:
            self.ended[what[0]] = index
        else:
            self.rules[what[0]] = what[1]


def body_of(act: str, what: Any) -> Body:
    if act == ENROL:
        return {"key": row(what)}
    if act == ROTATE:
        return {"old": name(what[0]), "key": row(what[1])}
    if act == REVOKE:
        return {"key": name(what[0]), "ground": "g", **({} if what[1] is None else {"suspect_from": what[1]})}
    return {"act": what[0], "need": rendered(what[1])}


@settings(max_examples=150, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=12), A_RULE, A_RULE)
def test_no_random_hands_ever_let_an_unauthorised_change_in(
    steps: list[tuple[str, Any, list[str]]], first: Rule, second: Rule
) -> None:
    model = Model({slug: [0] for slug in FOUNDERS}, {}, {ENROL: first, REVOKE: second, RULE: first})
    rules = [{"act": act, "need": rendered(rule)} for act, rule in model.rules.items()]
    index, house = 0, House()
    house.enter(ADOPT, founding(rules=rules), *ROOTS)
    state, refused = founded(rules=rules), False
    for act, what, hands in steps:
        index += 1
        allowed = model.allows(act, what, hands, index)
        try:
            state = fold(state, index, act, body_of(act, what), *hands)
            assert allowed, (act, what, hands)
        except Refused:
            assert not allowed, (act, what, hands)
            if hands and not refused:
                refused = True
                _still_refused(house, state, act, what, hands)
            house.enter("test.note", {"number": index}, "reg" if model.live("reg", index) else _anybody(model, index))
            continue
        model.take(act, what, index)
        house.enter(act, body_of(act, what), *hands)
    for at in range(index + 3):
        assert set(state.keys_at(at)) == {name(slug) for slug in SEEDS if model.live(slug, at)}
    assert state.rules == {act: tuple(rendered(rule)) for act, rule in model.rules.items()}
    assert verified(house.dossier()).keys == state


def _anybody(model: Model, index: int) -> str:
    return next(slug for slug in SEEDS if model.live(slug, index))


def _still_refused(house: House, state: KeyState, act: str, what: Any, hands: list[str]) -> None:
    """What the fold refuses a verifier refuses as well, of a host that took it in."""
    worse = House()
    for one in house.entries():
        worse.book.enter([Submission(one.note, ())], {})
    worse.enter(act, body_of(act, what), *hands)
    with pytest.raises(Refused):
        verified(worse.forged(state))
