"""Checks of the text: provisions for acts, both sides bound alike, English texts, the authoritative language, quorums,
and the exercise's stand-ins.

Rules: see `problems`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from tiga.agreement.clauses import Agreement, Clause
from tiga.agreement.drafting.found import Found, walk
from tiga.values.names import is_identifier
from tiga.values.shapes import Path

TEXT_LIMIT = 4_000
"""Characters of one text in an agreement."""
QUORUMS = ("finding.adopt", "determination.issue", "measure.impose")
"""The acts that no mechanism may do without a quorum."""


def leaves(agreement: Agreement) -> frozenset[str]:
    """Codes of the act tree that are nobody's parent and have one."""
    parents = {act.parent for act in agreement.acts}
    return frozenset(act.code for act in agreement.acts if act.parent and act.code not in parents)


def provisions(agreement: Agreement) -> Iterator[Found]:
    """Each leaf act is forbidden by a clause or exempted by one; what is forbidden has a severity."""
    forbidden = {code for clause in agreement.clauses if clause.kind == "prohibition" for code in clause.codes}
    exempt = {code for clause in agreement.clauses if clause.kind == "exemption" for code in clause.codes}
    known = leaves(agreement)
    for number, act in enumerate(agreement.acts):
        if act.code in known and act.code not in forbidden | exempt:
            yield Found(("acts", number), "act_without_provision", {"act": act.code})
        if act.code in known and act.code in forbidden and not act.severity:
            yield Found(("acts", number), "act_without_severity", {"act": act.code})


def both_sides(agreement: Agreement) -> Iterator[Found]:
    """A prohibition, exemption or obligation binds every party, or a mirror clause binds the others."""
    parties = {party.id for party in agreement.parties}
    if len(parties) < 2:
        yield Found(("parties",), "too_few_parties", {})
    for number, clause in enumerate(agreement.clauses):
        if clause.kind in ("principle", "procedure") and not clause.binds:
            continue
        if absent := parties - set(clause.binds) - _mirrored(agreement, clause):
            names = ", ".join(sorted(absent))
            yield Found(("clauses", number), "one_sided", {"id": clause.id, "absent": names})


def _mirrored(agreement: Agreement, clause: Clause) -> set[str]:
    """Whom the clauses of the same kind and codes bind; a clause without codes has no mirror."""
    if not clause.codes:
        return set()
    twins = (c for c in agreement.clauses if c.kind == clause.kind and set(c.codes) == set(clause.codes))
    return {name for twin in twins for name in twin.binds}


def english(agreement: Agreement) -> Iterator[Found]:
    """Each text has English words, each set of names a neutral one, and no text is longer than TEXT_LIMIT."""
    for path, item in walk(agreement):
        for field in dataclasses.fields(item):
            value, here = getattr(item, field.name), (*path, field.name)
            if not isinstance(value, dict) or field.name == "terms":
                continue
            optional = field.default_factory is not dataclasses.MISSING
            if field.name == "names":
                if not value.get("neutral"):
                    yield Found(here, "no_neutral_name", {})
                for audience, texts in value.items():
                    yield from _text(texts, (*here, audience), optional=False)
            elif all(isinstance(one, str) for one in value.values()):  # not a table of numbers
                yield from _text(value, here, optional)


def _text(texts: dict[str, str], path: Path, optional: bool) -> Iterator[Found]:
    if not texts.get("en") and not (optional and not texts):
        yield Found(path, "no_english", {})
    for tag, text in texts.items():
        if len(text) > TEXT_LIMIT:
            yield Found((*path, tag), "text_too_long", {"limit": TEXT_LIMIT})


def language(agreement: Agreement) -> Iterator[Found]:
    """The authoritative language is named, or its lack is declared."""
    term = agreement.authoritative_language
    if not term.value and term.ground.basis not in ("placeholder", "silent"):
        yield Found(("authoritative_language",), "language_missing", {})


def quorums(agreement: Agreement) -> Iterator[Found]:
    """The deciding acts have a quorum in which somebody's assent is needed."""
    for act in QUORUMS:
        if agreement.quorum(act) is None:
            yield Found(("quorums",), "quorum_missing", {"act": act})
    for number, quorum in enumerate(agreement.quorums):
        counts = {seats.component: seats.number for seats in quorum.seated}
        if not quorum.assent:
            yield Found(("quorums", number, "assent"), "quorum_without_assent", {"act": quorum.act})
        for name in ("seated", "assent"):
            for place, seats in enumerate(getattr(quorum, name)):
                if not 0 < seats.number <= counts.get(seats.component, 0):
                    row: Path = ("quorums", number, name, place)
                    yield Found(row, "bad_seats", {"name": seats.component, "number": seats.number})


def exercise(agreement: Agreement) -> Iterator[Found]:
    """An exercise stands in for every party and mediator, under new and different names."""
    if agreement.exercise is None:
        return
    real = [*(party.id for party in agreement.parties), *(state.id for state in agreement.mediators)]
    stands = agreement.exercise.stands
    for name in real:
        if name not in {stand.id for stand in stands}:
            yield Found(("exercise", "stands"), "stand_missing", {"name": name})
    taken = set(real)
    for number, stand in enumerate(stands):
        here: Path = ("exercise", "stands", number)
        if stand.id not in real:
            yield Found((*here, "id"), "unknown_component", {"name": stand.id})
        if stand.becomes in taken or not is_identifier(stand.becomes):
            yield Found((*here, "becomes"), "bad_stand", {"name": stand.becomes})
        taken.add(stand.becomes)


CHECKS: tuple[Callable[[Agreement], Iterator[Found]], ...] = (
    provisions,
    both_sides,
    english,
    language,
    quorums,
    exercise,
)
