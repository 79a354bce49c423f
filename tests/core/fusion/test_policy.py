"""The table of weights: plain data, whole numbers, and what a table may not say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tiga.agreement import reading
from tiga.cli import yaml_nodes
from tiga.fusion.comparing import KINDS_OF_EVIDENCE, NAME_BANDS, SIZES
from tiga.fusion.policy import BadPolicy, annexed, policy, shipped


def test_the_shipped_table_is_plain_data_and_reads_back():
    plain = shipped().as_json()
    again = policy(json.loads(json.dumps(plain)))
    assert again.as_json() == plain
    assert (again.version, again.weights.tolist()) == (shipped().version, shipped().weights.tolist())
    assert [len(again.tables[kind]) for kind in KINDS_OF_EVIDENCE] == list(SIZES)
    assert {type(one) for table in plain["tables"].values() for one in table} == {int}


def changed(*path, value):
    tree = json.loads(json.dumps(shipped().as_json()))
    part = tree
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return tree


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ([], "a table of weights says format tiga-matching/1"),
        (changed("format", value="tiga-matching/9"), "a table of weights says format tiga-matching/1"),
        (changed("version", value=""), "a table of weights names its version"),
        (changed("base", value=1.5), "`base`: 1.5 is not a whole number from -32000 to 32000"),
        (changed("groups", "masses", value=[1]), "`masses` is a list of 5 whole numbers"),
        (changed("groups", "masses", 4, value=0), "`masses`: 0 is not a whole number from 1 to 1000"),
        (changed("groups", "stop", value=True), "`stop`: True is not a whole number from -32000 to 32000"),
        (changed("tables", "act", value=[0]), f"`act` is a list of {SIZES[3]} whole numbers"),
        (changed("tables", "actor", 0, value=5), "`actor`: what is missing must weigh 0"),
        (changed("tables", "name", NAME_BANDS, value=5), "`name`: what is missing must weigh 0"),
        (
            changed("tables", "space", 0, value=9_000),
            "`space`: weights of class 0 fall where the two claims come nearer",
        ),
        (changed("tables", value=None), "a table of weights has objects `groups` and `tables`"),
    ],
)
def test_what_a_table_may_not_say(tree, said):
    with pytest.raises(BadPolicy) as error:
        policy(tree)
    assert str(error.value) == said


def test_a_version_that_does_not_come_with_tiga_is_named():
    with pytest.raises(BadPolicy) as error:
        shipped("fusion-0")
    assert str(error.value) == "no table of version fusion-0 comes with tiga"


def example():
    path = Path(__file__).parents[3] / "agreements" / "doha-istanbul-2025" / "agreement.yaml"
    return reading.agreement(yaml_nodes.load(path.read_bytes()).data)


def test_the_worked_examples_annex_is_the_table_that_comes_with_tiga():
    agreement = example()
    assert agreement.matching is not None
    assert annexed(agreement).as_json() == shipped().as_json()
    assert annexed(replace(agreement, matching=None)) is annexed(None) is shipped()


def test_an_annex_that_cannot_be_used_is_refused():
    agreement = example()
    assert agreement.matching is not None
    short = replace(agreement.matching, tables={**agreement.matching.tables, "actor": (0, 1)})
    with pytest.raises(BadPolicy):
        annexed(replace(agreement, matching=short))
