"""The shipped agreements: they check clean, validate, load alike, and can be rehearsed."""

from __future__ import annotations

import importlib.util
import json
import os
import unicodedata
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from tiga.agreement.clauses import Agreement, exercise_of
from tiga.agreement.drafting import check
from tiga.agreement.drafting.ladders import clashes, unreachable
from tiga.agreement.drafting.provisions import leaves
from tiga.agreement.reading import Marked, agreement, canonical, digest
from tiga.cli.yaml_nodes import load
from tiga.values.places import Place, Point, bank, to_line
from tiga.values.words import digits

AGREEMENTS = Path(__file__).parents[3] / "agreements"
BOTH = ("doha-istanbul-2025", "slmm-2002")


def text_of(name: str) -> bytes:
    return (AGREEMENTS / name / "agreement.yaml").read_bytes()


def encode(data: object) -> bytes:
    return json.dumps(data, sort_keys=True, ensure_ascii=False).encode()


def recheck(text: Agreement) -> tuple[str, ...]:
    found = check(Marked(canonical(text), {}, "# illustrative"))
    return tuple(problem.text() for problem in found)


@pytest.mark.parametrize("name", BOTH)
def test_checks_clean_and_validates(name: str) -> None:
    marked = load(text_of(name))
    schema = json.loads((AGREEMENTS / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert check(marked) == ()
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(marked.data)) == []
    assert "illustrative" in marked.first_line.lower()


def test_schema_refuses_what_the_format_refuses() -> None:
    schema = json.loads((AGREEMENTS / "schema.json").read_text(encoding="utf-8"))
    data = load(text_of("slmm-2002")).data
    data["clauses"][0]["kind"] = "wish"
    data["unknown"] = 1
    data["appeals"]["grounds"].append("regret")
    data["undertakings"]["duties"][0]["on"] = "rumour"
    errors = jsonschema.Draft202012Validator(schema).iter_errors(data)
    assert sorted("/".join(map(str, error.absolute_path)) for error in errors) == [
        "", "appeals/grounds/2", "clauses/0/kind", "undertakings/duties/0/on",
    ]  # fmt: skip


def test_schema_and_tables_are_current() -> None:
    spec = importlib.util.spec_from_file_location("make_schema", AGREEMENTS / "make_schema.py")
    assert spec is not None and spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    stale = [path.name for path, text in script.made().items() if path.read_text(encoding="utf-8") != text]
    assert stale == []
    found: dict[str, type] = {}
    script._collect(Agreement, found)
    described = {name: set(members) for name, members in script.MEMBERS.items()}
    assert described == {name: set(cls.__dataclass_fields__) for name, cls in found.items()}


@pytest.mark.parametrize("name", BOTH)
def test_names_use_the_digits_of_their_language(name: str) -> None:
    """A page sets names beside numbers of its own: both are in the digits that `values.words` gives to the language."""
    whole = agreement(load(text_of(name)).data)
    for text in (whole, exercise_of(whole, "0" * 64)):
        for row in (*text.parties, *text.mediators):
            for tag, shown in row.names["neutral"].items():
                plain = "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in shown)
                assert shown == digits(plain, tag), (row.id, tag)


@pytest.mark.parametrize("name", BOTH)
def test_canonical_form_is_a_fixed_point(name: str) -> None:
    text = agreement(load(text_of(name)).data)
    again = agreement(canonical(text))
    assert again == text
    assert digest(again, encode) == digest(text, encode)


def test_layout_changes_no_digest_but_a_word_does() -> None:
    source = text_of("slmm-2002").decode()
    base = digest(agreement(load(source.encode()).data), encode)
    spelled = source.replace("    kind: prohibition\n", "    kind: prohibition\n    zone: ''\n", 1) + "\n# a comment\n"
    word = source.replace("offensive military action", "military action", 1)
    digests = [digest(agreement(load(text.encode()).data), encode) for text in (spelled, word)]
    assert [item == base for item in digests] == [True, False]


@pytest.mark.parametrize("name", BOTH)
def test_exercise_checks_clean_and_names_nothing_real(name: str) -> None:
    text = agreement(load(text_of(name)).data)
    version = digest(text, encode)
    exercise = exercise_of(text, version)
    assert recheck(exercise) == ()
    assert (exercise.status, exercise.authority.value, exercise.derived_from) == ("exercise", "binding", version)
    plain = canonical(exercise)
    for told in ("id", "title", "note", "derived_from"):
        del plain[told]
    words = json.dumps(plain, ensure_ascii=False).lower()
    real = (
        "islamabad",
        "kabul",
        "ankara",
        "doha",
        "pakistan",
        "afghan",
        "taliban",
        "colombo",
        "ltte",
        "norway",
        "torkham",
    )
    assert [word for word in real if word in words] == []


def test_exercise_needs_every_stand_in(doha: Agreement) -> None:
    assert doha.exercise is not None
    short = replace(doha, exercise=replace(doha.exercise, stands=doha.exercise.stands[1:]))
    with pytest.raises(ValueError, match="islamabad"):
        exercise_of(short, "0" * 64)


@pytest.mark.parametrize("name, one, other", [(BOTH[0], "islamabad", "kabul"), (BOTH[1], "colombo", "ltte")])
def test_swapping_the_parties_leaves_the_check_clean(name: str, one: str, other: str) -> None:
    swapped = text_of(name).decode().replace(one, "\0").replace(other, one).replace("\0", other)
    assert check(load(swapped.encode())) == ()


def test_every_leaf_of_doha_has_a_provision(doha: Agreement) -> None:
    exempt = {code for clause in doha.clauses if clause.kind == "exemption" for code in clause.codes}
    assert sorted(code for code in leaves(doha) if not doha.provision_for(code)) == sorted(exempt & leaves(doha))
    assert sorted(exempt) == ["X1", "X2"]
    assert len(leaves(doha)) == 34


def test_doha_ladder_is_decidable(doha: Agreement) -> None:
    assert unreachable(doha.ladder, doha.severities) == ()
    assert clashes(doha.ladder, doha.severities) == ()


def test_banks_and_band_of_doha(doha: Agreement) -> None:
    line = doha.reference_line()
    assert line is not None and line.uncertainty_m == 6000
    banks = {party.bank: party.id for party in doha.parties}
    sides = [
        bank(Place("x", point=Point(*at), radius_m=1000), line)
        for at in ((345_000_000, 692_000_000), (340_000_000, 715_000_000))
    ]
    assert [banks[side] for side in sides] == ["kabul", "islamabad"]
    vertex = doha.line.points[100] if doha.line else (0, 0)
    assert bank(Place("x", point=Point(*vertex), radius_m=1), line) == "indeterminate"


def test_line_keeps_within_its_stated_error(doha: Agreement) -> None:
    shared = Path(os.environ.get("TIGA_SHARED", AGREEMENTS.parents[1] / "shared")) / "data" / "boundaries"
    source = shared / "ne_10m_afghanistan_pakistan_land_boundary_line.geojson"
    if not source.exists():
        pytest.skip("the boundary data is not on this machine")
    line = doha.reference_line()
    assert line is not None
    parts = json.loads(source.read_text())["features"][0]["geometry"]["coordinates"]
    far = [to_line(Point(round(y * 1e7), round(x * 1e7)), line)[0] for part in parts for x, y, *_ in part]
    assert max(far) <= 690
