"""The posteriors in words: which standard of proof a share reads as, the number only where it is asked for.

Rules
1. A share is said in the words of the agreement's standards of proof, by the thresholds of the table. It *reads as* one; no
   standard is asserted, for that is an act of people.
2. Above the table's bound for a single voice, a word takes as many independent origins that say so as the table asks.
   For whose act it was, an accusation by another party is no such origin; a party that owns up is.
3. Without an independent origin that says so, a share reads as insufficient, whatever was likely beforehand.
4. Nothing is said of an act where the first in line is the root, but that it is not known.
5. An actor is named where an independent origin names it, or it owns up; who was likely beforehand is not named for that,
   nor who is named by another party alone. Several are named side by side, in the order given, never by their shares.
6. Where only the parties speak and contradict each other, nobody is named.

Not done here: markup, and the names of actors and acts (the caller has the agreement).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tiga.fusion.odds import TABLE_1, Table
from tiga.fusion.posteriors import MILLION, ROOT, UNKNOWN, ActShare, Posteriors
from tiga.fusion.voices import Voice
from tiga.values.words import digits, say

SETTLED_PPM = 500_001
"""What must lie under a node of the tree of acts for it to be called the act."""

ACTORS_MAX = 6
"""Actors that are named side by side; of more, the first in the order given."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A row of an answer: to which question (`happened`, `what`, `who`), in words, of what (an act's code, an actor's id, or
    nothing), the standard it reads as, and the share in millionths (0 where there is no number to show)."""

    question: str
    text: str
    subject: str
    standard: str
    ppm: int


def standard_of(ppm: int, origins: int, table: Table = TABLE_1) -> str:
    """The word of the table that a share reads as, given how many independent origins say so."""
    order = [word for word, _ in table.words]
    if origins < 1:
        return order[0]
    reached = max((at for at, (_, least) in enumerate(table.words) if ppm >= least), default=0)
    alone = order.index(table.alone_max_word)
    return order[min(reached, alone) if origins < table.independent_min else reached]


def happened_standard(found: Posteriors, table: Table = TABLE_1) -> str:
    return standard_of(found.happened.ppm, len(asserting(found.voices)), table)


def settled_act(found: Posteriors, table: Table = TABLE_1) -> str:
    """The narrowest node under which more than half lies; the root (empty) at worst."""
    return found.settled(SETTLED_PPM)


def act_standard(found: Posteriors, table: Table = TABLE_1) -> str:
    """How firmly the act settled reads; insufficient for the root."""
    act = _node(found, settled_act(found, table))
    return standard_of(act.below_ppm, _naming_act(found, act.code) if act.code else 0, table)


def actor_standard(found: Posteriors, table: Table = TABLE_1) -> str:
    """How firmly the first actor reads; insufficient for `unknown`, and where only the parties contradict each other."""
    first = found.attributed[0]
    if first.name == UNKNOWN or found.only_parties_contradictory:
        return table.words[0][0]
    return standard_of(first.ppm, _naming_actor(found, first.name), table)


def asserting(voices: Sequence[Voice]) -> tuple[str, ...]:
    """The origins that assert something, and do not merely deny."""
    return tuple(voice.origin for voice in voices if any(claim.stance != "denies" for claim in voice.claims))


def answers(
    found: Posteriors,
    language: str = "en",
    table: Table = TABLE_1,
    named: Callable[[str], str] = str,
    order: Sequence[str] = (),
) -> tuple[Answer, ...]:
    """The three answers as rows: one to the first and second question, one or more to the third.

    `named` gives the name to show for the id of an actor or the code of an act; `order` the ids of actors as they are to
    stand, others after them by id.
    """
    happened = happened_standard(found, table)
    text = say("posterior.happened", language, standard=_standard(happened, language))
    return (
        Answer("happened", text, "", happened, found.happened.ppm),
        _what(found, language, table, named),
        *_who(found, language, table, named, order),
    )


def in_words(
    found: Posteriors,
    language: str = "en",
    table: Table = TABLE_1,
    named: Callable[[str], str] = str,
    numbers: bool = False,
) -> list[str]:
    """The three answers as rows of words, the state and the caveat; with `numbers`, a row of percent after each."""
    rows = []
    for row in answers(found, language, table, named):
        rows.append(row.text)
        rows += [number(row.ppm, found, language)] if numbers and row.ppm else []
    rows += [say("posterior.unsupported", language, needed=table.independent_min)] if found.unsupported else []
    return [*rows, say("posterior.caveat", language)]


def number(ppm: int, found: Posteriors, language: str = "en") -> str:
    """A share in numbers, with the table by which it was reckoned."""
    return say("posterior.number", language, percent=percent(ppm, language), table=found.table)


def _what(found: Posteriors, language: str, table: Table, named: Callable[[str], str]) -> Answer:
    act = _node(found, settled_act(found, table))
    standard = act_standard(found, table)
    if act.code == ROOT:
        told = any(claim.acts for voice in found.voices for claim in voice.claims if claim.stance != "denies")
        return Answer(
            "what", say("posterior.act_unknown" if told else "posterior.act_unsaid", language), "", standard, 0
        )
    words = say("posterior.act", language, act=named(act.code), standard=_standard(standard, language))
    return Answer("what", words, act.code, standard, act.below_ppm)


def _who(
    found: Posteriors, language: str, table: Table, named: Callable[[str], str], order: Sequence[str]
) -> tuple[Answer, ...]:
    least = table.words[0][0]
    if found.only_parties_contradictory:
        return (Answer("who", say("posterior.only_parties", language), "", least, 0),)
    shown = {share.name: share.ppm for share in found.attributed if share.name != UNKNOWN}
    rows = []
    for name in sorted(shown, key=lambda one: (order.index(one) if one in order else len(order), one)):
        standard = standard_of(shown[name], _naming_actor(found, name), table)
        if standard != least:
            words = say("posterior.actor", language, actor=named(name), standard=_standard(standard, language))
            rows.append(Answer("who", words, name, standard, shown[name]))
    if rows:
        return tuple(rows[:ACTORS_MAX])
    told = any(claim.actor and claim.stance != "denies" for voice in found.voices for claim in voice.claims)
    code = "posterior.actor_unsettled" if told else "posterior.actor_unknown"
    return (Answer("who", say(code, language), "", least, 0),)


def percent(ppm: int, language: str = "en") -> str:
    """A share in whole percent, never 0 or 100: nothing here is certain."""
    return digits(min(99, max(1, (ppm * 100 + MILLION // 2) // MILLION)), language)


def _standard(word: str, language: str) -> str:
    return say(f"standard.{word}", language)


def _node(found: Posteriors, code: str) -> ActShare:
    return next(act for act in found.acts if act.code == code)


def _naming_act(found: Posteriors, code: str) -> int:
    """Origins that name the act, or one under it."""
    under = {act.code for act in found.acts if code in act.path}
    return sum(
        any(under & set(claim.acts) for claim in voice.claims if claim.stance != "denies") for voice in found.voices
    )


def _naming_actor(found: Posteriors, name: str) -> int:
    """Origins without an interest in it that name the actor, and the actor itself where it owns up."""
    return sum(
        any(c.actor == name and c.stance != "denies" and c.party in ("", name) for c in voice.claims)
        for voice in found.voices
    )
