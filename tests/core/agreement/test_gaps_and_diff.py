"""What is still open, and what a new version changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tiga.agreement.clauses import Agreement, Ground, Readout
from tiga.agreement.drafting import Change, diff, gaps


def kinds(text: Agreement) -> dict[tuple[str, str], str]:
    return {(gap.item, gap.id): gap.kind for gap in gaps(text)}


@pytest.mark.parametrize(
    ("item", "name", "kind"),
    [
        ("clause", "P-07", "placeholder"),  # invented
        ("clause", "P-05", "disputed"),  # press only
        ("clause", "P-03", "disputed"),  # one side's word
        ("clause", "M-08", "disputed"),  # joint statement, but the readouts differ
        ("clause", "P-01", "disputed"),  # one side's word, the other says something else
        ("clause", "O-03", None),  # joint statement alone
        ("term", "authoritative_language", "silent"),
        ("window", "doha", "disputed"),
        ("instrument", "doha", None),
        ("line", "line", "placeholder"),
        ("deadline", "reply", "placeholder"),
        ("quorum", "finding.adopt", "placeholder"),
    ],
)
def test_kinds(doha: Agreement, item: str, name: str, kind: str | None) -> None:
    assert kinds(doha).get((item, name)) == kind


def test_needs_are_named_and_derived(doha: Agreement) -> None:
    found = {(gap.item, gap.id): gap.needed_for for gap in gaps(doha)}
    assert found["clause", "M-07"] == ("determination.issue",)
    assert found["deadline", "reply"] == ("finding.adopt",)
    assert found["quorum", "determination.issue"] == ("determination.issue",)
    assert found["clause", "M-09"] == ("measure.impose",)
    assert found["clause", "P-07"] == ("case.open",)
    assert found["area", "belt"] == ("P-09",)
    assert found["clause", "M-10"] == ("appeal.file", "appeal.decide")


def test_who_said_what_and_how_it_was_settled(doha: Agreement) -> None:
    gap = next(gap for gap in gaps(doha) if gap.id == "M-08")
    assert [said.by for said in gap.said] == ["joint_statement", "islamabad", "kabul"]
    assert [settled.mechanism for settled in gap.settled] == ["IGAD, South Sudan", "Thailand–Cambodia 2025"]
    assert gap.value == {"en": "A penalty is imposed on the violating party."}


def test_the_same_words_from_both_sides_close_a_gap(doha: Agreement) -> None:
    same = tuple(Readout(party.id, {"en": "Agreed."}, "x") for party in doha.parties)
    clauses = tuple(
        replace(clause, readouts=same, ground=Ground("party_readout", by="kabul")) if clause.id == "P-02" else clause
        for clause in doha.clauses
    )
    assert ("clause", "P-02") in kinds(doha)
    assert ("clause", "P-02") not in kinds(replace(doha, clauses=clauses))


def test_an_agreement_diffs_to_nothing_from_itself(doha: Agreement) -> None:
    assert diff(doha, doha) == ()


def test_diff_by_clause(slmm: Agreement) -> None:
    first, *rest = slmm.clauses
    changed = replace(first, text={"en": "Other words."}, within="P1D", clock_zone="UTC")
    deadlines = tuple(
        replace(deadline, within="P21D") if deadline.id == "reply" else deadline
        for deadline in slmm.deadlines
        if deadline.id != "access"
    )
    new = replace(
        slmm,
        clauses=(changed, *rest),
        deadlines=deadlines,
        severities=("breach", "grave"),
    )
    found = [change for change in diff(slmm, new) if change.after is not None]
    assert found == [
        Change("clauses.P-01.text.en", "P-01", first.text["en"], "Other words."),
        Change("clauses.P-01.within", "P-01", None, "P1D"),
        Change("clauses.P-01.clock_zone", "P-01", None, "UTC"),
        Change("severities", "", ["breach"], ["breach", "grave"]),
        Change("deadlines.reply.within", "reply", "P14D", "P21D"),
    ]
    gone = [change for change in diff(slmm, new) if change.after is None]
    assert [(change.path, change.id) for change in gone] == [("deadlines.access", "access")]


def test_a_new_order_alone_is_one_change(slmm: Agreement) -> None:
    first, second, *rest = slmm.clauses
    found = diff(slmm, replace(slmm, clauses=(second, first, *rest)))
    ids = [clause.id for clause in slmm.clauses]
    assert found == (Change("clauses.order", "", ids, [ids[1], ids[0], *ids[2:]]),)
