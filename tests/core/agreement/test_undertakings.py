"""Undertakings, deadlock, appeals, levels and outsiders: what is refused, what is taken, what is open, what changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tiga.agreement.clauses import (
    Agreement,
    Appeals,
    Deadlock,
    Ground,
    Group,
    Seats,
    exercise_of,
)
from tiga.agreement.drafting import Change, check, diff, gaps
from tiga.agreement.reading import Marked, canonical, display
from tiga.agreement.undertakings import Duty, Half, Pair, Stage, Undertakings
from tiga.cli.yaml_nodes import load

INVENTED = Ground("placeholder")
STAGES = "        - {name: plan, within: P3D}\n"
JOINT = "  rule: joint_ruling\n"
ASSENT = "  assent: [{component: ankara, number: 1}, {component: doha, number: 1}]\n  clause: M-07\n"
BADINI = "    - {id: badini, "
FIRST = "    - id: lists-of-detained\n      clause: O-03\n      zone: UTC\n"
FORUM = "  forum:\n    every: P14D\n    urgent: PT48H\n    agenda_notice: PT72H\n"
OWED = "      owed_by: [ankara, doha]\n"
NO_CROSSING = "    - id: no-crossing\n      clause: O-04\n      binds: [islamabad, kabul]\n"
PERIOD = "      period: P14D\n      start: '2026-01-05'\n      zone: UTC\n"
# name, what is replaced, by what, the text on whose line the problem is told, the codes expected
PLANTED = [
    ("duty clause", "      clause: O-07\n", "      clause: O-99\n", "clause: O-99", ["unknown_clause"]),
    ("duty starts", "      on: finding\n", "      on: rumour\n", "on: rumour", ["unknown_value"]),
    (
        "duty confirmed by",
        "      discharged_by: mediators\n",
        "      discharged_by: accused_party\n",
        "discharged_by: accused_party",
        ["unknown_value"],
    ),
    ("stage span", STAGES, STAGES.replace("P3D", "soon"), "{name: plan, within: soon}", ["bad_span"]),
    ("stage too early", STAGES, STAGES.replace("P3D", "PT24H"), "{name: plan, within: PT24H}", ["stage_order"]),
    ("stage too late", STAGES, STAGES.replace("P3D", "P14D"), "{name: action_report", ["stage_order"]),
    ("stage twice", STAGES, STAGES.replace("plan", "acknowledge"), "acknowledge, within: P3D", ["duplicate"]),
    ("no stage", "[{name: action_report, within: P30D}, {name: verified, within: P37D}]", "[]", "stages: []", ["list_empty"]),
    ("stage unknown", "{name: action_report, within: P30D}", "{name: sulk, within: P30D}", "{name: sulk", ["unknown_value"]),
    (
        "assurance binds nobody",
        NO_CROSSING,
        NO_CROSSING.replace("islamabad, kabul", ""),
        "- id: no-crossing",
        ["binds_nobody"],
    ),
    (
        "assurance of a mediator",
        NO_CROSSING,
        NO_CROSSING.replace("islamabad, kabul", "islamabad, doha"),
        "binds: [islamabad, doha]",
        ["not_a_party"],
    ),
    ("assurance twice", "- id: no-sanctuary", "- id: no-crossing", "- id: no-crossing\n      clause: O-04\n      binds:"
     " [islamabad, kabul]\n      indicator:\n        en: \"Camps", ["duplicate"]),
    ("period", PERIOD, PERIOD.replace("P14D", "P0D"), "period: P0D", ["bad_span"]),
    ("first day", PERIOD, PERIOD.replace("2026-01-05", "2026-02-30"), "start: '2026-02-30'", ["bad_day"]),
    (
        "a day, no instant",
        PERIOD,
        PERIOD.replace("2026-01-05", "2026-01-05T00:00Z"),
        "start: '2026-01-05T00:00Z'",
        ["bad_day"],
    ),
    ("period zone", PERIOD, PERIOD.replace("UTC", "MARS"), "zone: MARS", ["zone_unknown"]),
    (
        "last day first",
        PERIOD,
        PERIOD + "      until: '2026-01-05'\n",
        "until: '2026-01-05'",
        ["window_backwards"],
    ),
    ("no indicator", '        en: "The list of places as first agreed"\n', "", "baseline:\n        ur: \"مقامات", ["no_english"]),
    ("crossing id", BADINI, "    - {id: Badini, ", "- {id: Badini, ", ["bad_id"]),
    (
        "no flow",
        BADINI + 'name: {en: "Badini", ur: "بادینی", ps: "بادیني"}, flows: [people, trade, relief]',
        BADINI + 'name: {en: "Badini", ur: "بادینی", ps: "بادیني"}, flows: []',
        BADINI,
        ["list_empty"],
    ),
    ("crossing's hotline", "  - {id: hotline_reply,", "  - {id: hotline_answer,", "  crossings:\n", ["clock_missing"]),
    ("first of a pair", FIRST, FIRST + "      first: ankara\n", "first: ankara", ["unknown_value"]),
    ("half of nobody", "        - party: kabul\n", "        - party: oslo\n", "- party: oslo", ["not_a_party"]),
    ("notice code", "      codes: [P1]\n", "      codes: [Z9]\n", "codes: [Z9]", ["unknown_code"]),
    ("notice span", "      ahead: PT24H\n", "      ahead: ''\n", "ahead: ''", ["bad_span"]),
    ("owed by nobody", OWED, "      owed_by: []\n", "owed_by: []", ["list_empty"]),
    ("owed by a stranger", OWED, "      owed_by: [oslo]\n", "owed_by: [oslo]", ["unknown_component"]),
    (
        "before sessions",
        "      before_session: P7D\n",
        "      before_session: early\n",
        "before_session: early",
        ["bad_span"],
    ),
    ("forum span", FORUM, FORUM.replace("PT72H", "-PT72H"), "agenda_notice: -PT72H", ["bad_span"]),
    ("forum zone", FORUM + "    zone: UTC\n", FORUM + "    zone: ''\n", "zone: ''", ["zone_missing"]),
    (
        "forum without a stranger",
        "    present: [islamabad, kabul, ankara, doha]\n",
        "    present: [islamabad, kabul, ankara, oslo]\n",
        "present: [islamabad, kabul, ankara, oslo]",
        ["unknown_component"],
    ),
    ("forum decides", FORUM, FORUM + "    decides: majority\n", "decides: majority", ["unknown_value"]),
    ("deadlock rule", JOINT, "  rule: lots\n", "rule: lots", ["unknown_value"]),
    ("deadlock clause", ASSENT, ASSENT.replace("M-07", "M-99"), "clause: M-99", ["unknown_clause"]),
    ("deadlock without assent", ASSENT, "  clause: M-07\n", "deadlock:\n", ["ruling_without_assent"]),
    (
        "deadlock ruled by a party",
        ASSENT,
        ASSENT.replace("component: ankara", "component: kabul"),
        "  assent: [{component: kabul",
        ["ruling_of_party"],
    ),
    (
        "deadlock ruled by none of them",
        ASSENT,
        ASSENT.replace("ankara, number: 1", "ankara, number: 0"),
        "  assent: [{component: ankara, number: 0}",
        ["bad_seats"],
    ),
    ("deadlock clock", "  - {id: deadlock,", "  - {id: stalemate,", "deadlock:\n  rule", ["clock_missing"]),
    ("a level above", JOINT, "  rule: level_up\n", None, []),
    ("appeal ground", "grounds: [new_evidence, ", "grounds: [regret, ", "grounds: [regret", ["unknown_value"]),
    ("appeal clock", "  - {id: appeal_file,", "  - {id: appeal_lodge,", "appeals:\n", ["clock_missing"]),
    ("appeal quorum", "  - act: appeal.decide", "  - act: appeal.hear", "appeals:\n", ["quorum_missing"]),
    ("reply", "# ---- when no determination", "reply_to: letter\n# ---- when no", "reply_to: letter", ["unknown_value"]),
    ("level twice", "# ---- when no", "levels: [local, local]\n# ---- when no", "levels: [local", ["duplicate"]),
    ("no level", "# ---- when no", "levels: []\n# ---- when no", "levels: []", ["list_empty"]),
    ("level name", "# ---- when no", "levels: [Local Post]\n# ---- when no", "levels: [Local", ["bad_id"]),
    (
        "one level, none above",
        "# ---- when no determination is reached, and how one is appealed against\ndeadlock:\n" + JOINT,
        "levels: [central]\ndeadlock:\n  rule: level_up\n",
        "rule: level_up",
        ["no_level_above"],
    ),
    (
        "outsider inside",
        "# ---- when no",
        "outsiders: [{id: kabul, names: {neutral: {en: x}}}]\n# ---- when no",
        "outsiders:",
        ["duplicate"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "anchor", "codes"), [row[1:] for row in PLANTED], ids=[row[0] for row in PLANTED]
)
def test_planted(doha_text: str, old: str, new: str, anchor: str | None, codes: list[str]) -> None:
    assert old in doha_text
    text = doha_text.replace(old, new, 1)
    found = check(load(text.encode()))
    assert sorted(problem.code.removeprefix("agreement.problem.") for problem in found) == codes
    if anchor is not None:
        assert found[0].line == text[: text.index(anchor)].count("\n") + 1
    for language in ("en", "ur", "ps"):
        assert [bool(problem.text(language)) and bool(problem.remedy(language)) for problem in found] == [True] * len(
            codes
        )


def problems(text: Agreement) -> list[str]:
    return [row.code.rsplit(".", 1)[1] for row in check(Marked(canonical(text), {}, "# illustrative"))]


def with_undertakings(text: Agreement, **lists: Any) -> Agreement:
    return replace(text, undertakings=replace(text.undertakings, **lists))


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_pair_has_two_halves(doha: Agreement, number: int) -> None:
    halves = tuple(Half(party, {"en": "A step."}, "P7D") for party in ("islamabad", "kabul", "islamabad"))[:number]
    pair = Pair("step", "O-03", halves, "UTC", INVENTED)
    assert problems(with_undertakings(doha, pairs=(pair,))) == ["pair_halves"]


def test_a_party_may_rule_on_a_deadlock_where_the_note_says_why(doha: Agreement) -> None:
    rule = Deadlock("joint_ruling", "M-07", INVENTED, (Seats("kabul", 1), Seats("doha", 1)))
    explained = replace(rule, ground=Ground("placeholder", note={"en": "A seat that rotates between the parties."}))
    assert problems(replace(doha, deadlock=rule)) == ["ruling_of_party"]
    assert problems(replace(doha, deadlock=explained)) == []
    assert problems(exercise_of(replace(doha, deadlock=explained), "0" * 64)) == []


def test_a_duty_without_names_binds_whom_its_clause_binds(doha: Agreement) -> None:
    duty = Duty("plain", "O-07", "request", (Stage("action_report", "P7D"),), "UTC", INVENTED)
    assert problems(with_undertakings(doha, duties=(duty,))) == []
    assert problems(with_undertakings(doha, duties=(replace(duty, clause="M-12"),))) == ["binds_nobody"]


def test_appeals_need_clocks_and_a_quorum_only_where_there_are_appeals(slmm: Agreement) -> None:
    clocks = tuple(row for row in slmm.deadlines if not row.id.startswith("appeal"))
    quorums = tuple(row for row in slmm.quorums if row.act != "appeal.decide")
    bare = replace(slmm, deadlines=clocks, quorums=quorums)
    assert problems(bare) == ["clock_missing", "clock_missing", "quorum_missing"]
    assert problems(replace(bare, appeals=None)) == []
    assert problems(replace(slmm, appeals=Appeals((), "M-03", INVENTED))) == ["list_empty"]


def test_no_deadlock_needs_no_clock(slmm: Agreement) -> None:
    bare = replace(slmm, deadlines=tuple(row for row in slmm.deadlines if row.id != "deadlock"))
    assert slmm.deadlock is not None and slmm.deadlock.rule == "none"
    assert problems(bare) == []
    assert problems(replace(bare, deadlock=replace(slmm.deadlock, rule="level_up"))) == ["clock_missing"]


def test_an_agreement_may_say_nothing_of_all_this(doha: Agreement) -> None:
    silent = replace(doha, deadlock=None, appeals=None, undertakings=Undertakings())
    assert problems(silent) == []
    new = {"duty", "assurance", "crossing", "pair", "notice", "periodic", "forum", "deadlock", "appeals", "outsider"}
    assert {gap.item for gap in gaps(silent)} & new == set()


# ---- what is open


def of(text: Agreement, item: str) -> list[tuple[str, str]]:
    return [(gap.id, gap.kind) for gap in gaps(text) if gap.item == item]


def test_each_new_part_is_open_by_its_ground(doha: Agreement) -> None:
    names = doha.undertakings
    assert of(doha, "duty") == [(row.id, "placeholder") for row in names.duties]
    assert of(doha, "assurance") == [
        ("no-crossing", "placeholder"), ("no-sanctuary", "placeholder"), ("no-attack-from-soil", "disputed"),
        ("no-attack-from-soil", "binds_one"),
    ]  # fmt: skip
    assert of(doha, "crossing") == [(row.id, "placeholder") for row in names.crossings]
    assert of(doha, "pair") == [("numbers-and-relief", "placeholder"), ("lists-of-detained", "placeholder")]
    assert of(doha, "notice") == [(row.id, "placeholder") for row in names.notices]
    assert of(doha, "periodic") == [("fortnightly", "placeholder"), ("before-session", "placeholder")]
    assert [of(doha, item) for item in ("forum", "deadlock", "appeals")] == [
        [("forum", "placeholder")], [("deadlock", "placeholder")], [("appeals", "placeholder")],
    ]  # fmt: skip


def test_what_waits_for_each_is_named(doha: Agreement) -> None:
    found = {(gap.item, gap.id): gap.needed_for for gap in gaps(doha)}
    assert found["duty", "act-on-evidence"] == ("evidence.share", "duty.start")
    assert found["assurance", "no-crossing"] == ("attribution", "assurance.give")
    assert found["crossing", "torkham"] == ("crossing.list",)
    assert found["pair", "lists-of-detained"] == ("pair.begin",)
    assert found["notice", "demining"] == ("notice.give",)
    assert found["periodic", "fortnightly"] == ("owed.expect",)
    assert found["forum", "forum"] == ("forum",)
    assert found["deadlock", "deadlock"] == ("determination.issue",)
    assert found["appeals", "appeals"] == ("appeal.file", "appeal.decide")
    assert found["deadline", "publish"] == ("finding.publish",)
    assert found["quorum", "challenge.rule"] == ("challenge.rule",)
    assert found["clause", "P-12"] == ("case.open", "crossing.list")


def test_what_is_shown_of_each(doha: Agreement) -> None:
    found = {(gap.item, gap.id): gap.value for gap in gaps(doha)}
    assert found["duty", "act-on-evidence"] == {"und": "acknowledge PT24H, plan P3D, action_report P14D, verified P21D"}
    assert found["forum", "forum"] == {"und": "P14D, PT48H, PT72H"}
    assert found["deadlock", "deadlock"] == {"und": "joint_ruling"}
    assert found["crossing", "torkham"] == {"en": "Torkham", "ur": "طورخم", "ps": "تورخم"}
    assert found["pair", "lists-of-detained"]["en"] == " / ".join(
        ["A list of persons of the other side whom it holds is handed to the mediators"] * 2
    )
    assert sorted(found["assurance", "no-sanctuary"]) == ["en", "ps", "ur"]


@pytest.mark.parametrize(("binds", "kinds"), [(("kabul",), ["binds_one"]), (("islamabad",), ["binds_one"]),
                                              (("islamabad", "kabul"), []), (("kabul", "islamabad"), [])])  # fmt: skip
def test_a_joint_text_can_bind_one_side_too(doha: Agreement, binds: tuple[str, ...], kinds: list[str]) -> None:
    joint = replace(doha.undertakings.assurances[0], binds=binds, ground=Ground("joint_statement", citation="x"))
    duty = replace(doha.undertakings.duties[0], binds=binds, ground=joint.ground)
    text = with_undertakings(doha, assurances=(joint,), duties=(duty,))
    assert problems(text) == []
    assert of(text, "assurance") == [("no-crossing", kind) for kind in kinds]
    assert of(text, "duty") == [("act-on-evidence", kind) for kind in kinds]


def test_a_pair_of_one_side_is_an_open_question_and_no_error(doha: Agreement) -> None:
    (first, *_) = doha.undertakings.pairs
    lone = replace(first, halves=tuple(replace(half, party="kabul") for half in first.halves))
    text = with_undertakings(doha, pairs=(lone,))
    assert problems(text) == []
    assert of(text, "pair") == [("numbers-and-relief", "placeholder"), ("numbers-and-relief", "one_sided")]


def test_an_outsider_is_listed_and_has_its_name(doha: Agreement) -> None:
    far = Group("far-state", {"neutral": {"en": "Far State"}}, ground=Ground("press", citation="x"))
    text = replace(doha, outsiders=(far,))
    assert problems(text) == []
    assert of(text, "outsider") == [("far-state", "disputed")]
    assert display(text, "far-state", "neutral", "en") == ("Far State", "en")


# ---- what a new version changes


def test_items_of_the_new_lists_are_matched_by_id(doha: Agreement) -> None:
    lists = doha.undertakings
    plan = replace(lists.duties[0].stages[1], within="P5D")
    duty = replace(lists.duties[0], stages=(lists.duties[0].stages[0], plan, *lists.duties[0].stages[2:]))
    pair = replace(lists.pairs[0], halves=(lists.pairs[0].halves[0], replace(lists.pairs[0].halves[1], within="P9D")))
    new = with_undertakings(
        doha, duties=(duty, *lists.duties[1:]), crossings=lists.crossings[1:], pairs=(pair, *lists.pairs[1:])
    )
    found = [(row.path, row.id, row.before, row.after) for row in diff(doha, new)]
    assert found == [
        ("undertakings.duties.act-on-evidence.stages.plan.within", "plan", "P3D", "P5D"),
        ("undertakings.crossings.torkham", "torkham", canonical(doha)["undertakings"]["crossings"][0], None),
        ("undertakings.pairs.numbers-and-relief.halves.kabul.within", "kabul", "P7D", "P9D"),
    ]


def test_a_first_item_comes_as_an_item(slmm: Agreement, doha: Agreement) -> None:
    bare = replace(slmm, undertakings=Undertakings())
    plain = canonical(slmm)["undertakings"]
    assert diff(bare, slmm) == (
        Change("undertakings.duties.answer-complaint", "answer-complaint", None, plain["duties"][0]),
        Change("undertakings.periodic.monthly-rulings", "monthly-rulings", None, plain["periodic"][0]),
    )
    assert [(row.path, row.after) for row in diff(slmm, bare)] == [
        ("undertakings.duties.answer-complaint", None), ("undertakings.periodic.monthly-rulings", None),
    ]  # fmt: skip
    assert [row.path for row in diff(doha, replace(doha, reply_to="draft", levels=("one", "two")))] == [
        "levels", "reply_to",
    ]  # fmt: skip


# ---- the exercise


def words_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from words_of(item)


@pytest.mark.parametrize("name", ["doha", "slmm"])
def test_no_real_name_survives_in_an_exercise(name: str, request: pytest.FixtureRequest) -> None:
    real: Agreement = request.getfixturevalue(name)
    far = Group("far-state", {"neutral": {"en": "Far State"}}, ("Farland",), INVENTED)
    real = replace(real, outsiders=(far,))
    plain = canonical(real)
    told = {row["id"] for kind in ("parties", "mediators", "groups", "outsiders") for row in plain.get(kind, ())}
    told |= {word for kind in ("parties", "mediators", "groups", "outsiders") for row in plain.get(kind, ())
             for word in words_of([row["names"], row.get("aliases", [])])}  # fmt: skip
    told |= {row.id for row in real.undertakings.crossings} | {row.id for row in real.instruments}
    told |= {word for row in real.undertakings.crossings for word in row.name.values()}
    told |= {place for area in real.areas for place in area.members}
    exercise = canonical(exercise_of(real, "0" * 64))
    for kept in ("id", "title", "note"):
        del exercise[kept]
    text = json.dumps(exercise, ensure_ascii=False).lower()
    assert sorted(word for word in told if word.lower() in text) == []


def test_an_exercise_has_the_same_undertakings_between_others(doha: Agreement) -> None:
    made = exercise_of(doha, "0" * 64)
    rows = made.undertakings
    assert [row.binds for row in rows.duties] == [("party-1", "party-2")] * 3
    assert [row.binds for row in rows.assurances] == [("party-1", "party-2")] * 2 + [("party-2",)]
    assert [[half.party for half in row.halves] for row in rows.pairs] == [["party-1", "party-2"]] * 2
    assert [row.owed_by for row in rows.periodic] == [("party-1", "party-2"), ("mediator-1", "mediator-2")]
    assert [row.id for row in rows.crossings] == [f"crossing-{number}" for number in range(1, 8)]
    assert rows.crossings[0].name["en"] == "Crossing 1 (invented)"
    assert rows.forum is not None and rows.forum.present == ("party-1", "party-2", "mediator-1", "mediator-2")
    assert made.deadlock is not None
    assert made.deadlock.assent == (Seats("mediator-1", 1), Seats("mediator-2", 1))
    assert made.outsiders == ()
    first = replace(doha.undertakings.pairs[0], first="kabul")
    again = exercise_of(with_undertakings(doha, pairs=(first,)), "0" * 64)
    assert [row.first for row in again.undertakings.pairs] == ["party-2"]
    spans = [[stage.within for stage in row.stages] for row in doha.undertakings.duties]
    assert [[stage.within for stage in row.stages] for row in rows.duties] == spans
