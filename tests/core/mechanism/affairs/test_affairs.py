"""What all concepts of the affairs have in common: words for all they show and ask, a fold that threads suffice for."""

from __future__ import annotations

import re

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import refused, written
from tiga.mechanism import affairs
from tiga.mechanism.affairs import Concept
from tiga.mechanism.asks import Ask, Deed, Given, fault
from tiga.mechanism.standing import KINDS
from tiga.values import words

ENGLISH = words.catalogue("en").texts
LISTS = {
    "parties", "mediators", "components", "clauses", "obligations", "prohibitions", "standards", "acts", "crossings",
    "flows", "assurances", "pairs", "notices", "duties", "periodic", "languages", "levels", "zones", "precisions", "ends",
    "origins", "readers",
}  # fmt: skip
CODES = ("F1", "F2", "F3")
"""Values that are the agreement's own, and need no word."""


def test_acts_and_deeds_have_names_of_their_own() -> None:
    assert set(affairs.REGISTRY.kinds) & set(KINDS) == set()
    deeds = [deed.name for concept in affairs.CONCEPTS for deed in concept.DEEDS]
    assert len(deeds) == len(set(deeds))
    assert [name for name in deeds if not re.fullmatch(r"[a-z_.-]+", name)] == []  # what a page's address takes
    assert {kind.ACT for concept in affairs.CONCEPTS for kind in concept.KINDS} == {
        act for concept in affairs.CONCEPTS for act in concept.FOLDS
    }


@pytest.mark.parametrize("concept", affairs.CONCEPTS, ids=lambda concept: concept.NAME)
def test_a_concept_has_its_words(concept: Concept) -> None:
    wanted = {f"{section}.{concept.NAME}" for section in ("concept", "concept_one", "concept_about")}
    for deed in concept.DEEDS:
        wanted.add(f"deed.{deed.name}")
        wanted |= {f"ask.{ask.name}" for ask in deed.asks}
        for ask in deed.asks:
            if "|" in ask.choices:
                wanted |= {f"choice.{value}" for value in ask.choices.split("|") if value not in CODES}
        wanted |= {f"choice.{state}" for state in deed.states}
    assert sorted(wanted - set(ENGLISH)) == []


@pytest.mark.parametrize("concept", affairs.CONCEPTS, ids=lambda concept: concept.NAME)
def test_what_a_deed_chooses_from_is_known(concept: Concept) -> None:
    objects = {"case", "report", "incident", "any", "seat", "examiner", *affairs.BY_NAME}
    for deed in concept.DEEDS:
        for ask in deed.asks:
            known = objects if ask.kind in ("object", "objects") else LISTS
            assert not ask.choices or "|" in ask.choices or ask.choices in known, (deed.name, ask.name)


def _one(ask: Ask, **given: str) -> str:
    refusal = fault(Deed("x.y", "x", (), lambda *_: None, (ask,)), Given(given))  # type: ignore[arg-type, return-value]
    return refusal.code if refusal else ""


@pytest.mark.parametrize(
    ("ask", "wrong", "right", "code"),
    (
        (Ask("a"), "", "x", "ask_missing"),
        (Ask("a"), "x" * 401, "x" * 400, "ask_long"),
        (Ask("a", "whole", high=9), "10", "9", "ask_whole"),
        (Ask("a", "whole"), "-1", "1", "ask_whole"),
        (Ask("a", "choice", "b|c"), "d", "b", "ask_choice"),
        (Ask("a", "moment"), "yesterday", "2026-01-05T08:00Z", "ask_moment"),
    ),
)
def test_what_cannot_be_read_is_refused_by_name(ask: Ask, wrong: str, right: str, code: str) -> None:
    assert (_one(ask, a=wrong), _one(ask, a=right)) == (code, "")


def test_more_values_than_allowed_are_refused() -> None:
    many = Given({"a": tuple(str(n) for n in range(41))})
    refusal = fault(Deed("x.y", "x", (), lambda *_: None, (Ask("a", "many", "acts"),)), many)  # type: ignore[arg-type, return-value]
    assert refusal is not None and refusal.code == "ask_long"
    assert {code for _, code in written("asks")} == {"ask_missing", "ask_long", "ask_whole", "ask_choice", "ask_moment"}


def test_shared_guards_refuse_and_give_way() -> None:
    given = {"answer": "granted"}
    press = desks.founded("press")
    assert refused(press, "liaison1", "access.answer", "x", **given) == "press_record"
    desk = desks.founded()
    assert refused(desk, "monitor", "access.answer", "x", **given) == "role"
    desk.agreements.clear()
    assert refused(desk, "liaison1", "access.answer", "x", **given) == "no_agreement"
    assert {code for _, code in written("guards")} == {"press_record", "no_agreement", "role", "not_party", "not_yet"}
