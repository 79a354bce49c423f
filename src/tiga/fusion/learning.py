"""A table of attribution learnt from adjudicated incidents: counted, smoothed, and refused where there are too few.

Rules
1. Only findings teach: an incident counts with the actor that was held established, and with every voice there was.
2. Under 150 adjudicated incidents nothing is learnt: the table in force stays.
3. Parties share their numbers, and groups share theirs: the table learns how speakers stand to what they say, never what
   to think of one of them.
4. Every count starts at one, so that a thing never seen stays possible.
5. Only attribution and the priors of actors are learnt. Incidents that did not happen are seldom adjudicated, and acts
   need more than 150; those numbers are taken from the table given.

Not done here: putting a table in force, which is an act of the mechanism.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from tiga.fusion import reckoning
from tiga.fusion.odds import CLASSES, TABLE_1, Table
from tiga.fusion.posteriors import UNKNOWN
from tiga.fusion.voices import Voice, naming

ADJUDICATED_MIN = 150
ADJUDICATED_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """An incident on which a finding stands: its voices, and the actor established (or `unknown`)."""

    voices: tuple[Voice, ...]
    actor: str


@dataclass(frozen=True, slots=True)
class TooFew:
    """Nothing was learnt: the number of incidents given, and how few are needed."""

    given: int
    needed: int


def learn(
    adjudicated: Iterable[Adjudicated], parties: Collection[str], version: str, base: Table = TABLE_1
) -> Table | TooFew:
    """A table with attribution and priors learnt, the rest from `base`; or TooFew."""
    given = list(adjudicated)[:ADJUDICATED_MAX]
    if len(given) < ADJUDICATED_MIN:
        return TooFew(len(given), ADJUDICATED_MIN)
    groups = {claim.actor for one in given for voice in one.voices for claim in voice.claims} | {o.actor for o in given}
    groups -= {*parties, "", UNKNOWN}
    counts = _counted(given, parties)
    attribution = {}
    for source_class in CLASSES:
        if source_class != "party":
            attribution[f"{source_class}.names"] = _neutral(counts, source_class, len(parties) + len(groups))
    attribution |= _of_parties(counts, len(groups))
    return replace(
        base,
        version=version,
        attribution=MappingProxyType({key: MappingProxyType(row) for key, row in attribution.items()}),
        prior_actor=MappingProxyType(_priors(given, parties, len(groups))),
    )


def _counted(given: Sequence[Adjudicated], parties: Collection[str]) -> Counter[tuple[str, str, str]]:
    """How often (class, said, truth): truth is `same` or `other`, for a party `own`, `rival`, `same`, `other`."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for one in given:
        for voice in one.voices:
            said = {(naming(c, parties), c.actor, c.party) for c in voice.claims if naming(c, parties)}
            if len(said) == 1:  # An origin that names several teaches nothing of how often its class is right.
                ((how, actor, speaker),) = said
                truth = "same" if one.actor == actor else "other"
                if how != "names" and one.actor in parties:
                    truth = "own" if one.actor == speaker else "rival"
                counts[voice.source_class, how, truth] += 1
    return counts


def _neutral(counts: Counter[tuple[str, str, str]], source_class: str, actors: int) -> dict[str, int]:
    """For a speaker that is no party: right against wrong, spread over the actors there are."""
    right = counts[source_class, "names", "same"] + 1
    wrong = counts[source_class, "names", "other"] + 1
    return {"same": _millibits(right * max(1, actors - 1), wrong)}


def _of_parties(counts: Counter[tuple[str, str, str]], groups: int) -> dict[str, dict[str, int]]:
    """For a party that speaks: how often it says each thing where the act was its own, the other's, a group's."""

    def seen(how: str, truth: str) -> int:
        return counts["party", how, truth] + 1

    own = {how: seen(how, "own") for how in ("own", "rival", "other")}
    rival = {how: seen(how, "rival") for how in ("own", "rival", "other")}
    # Of a group's act a party can also name the right group or a wrong one.
    group = {"own": seen("own", "other"), "rival": seen("rival", "other")}
    same, wrong = seen("other", "same"), seen("other", "other")
    of_own, of_rival, of_group = sum(own.values()), sum(rival.values()), sum(group.values()) + same + wrong
    rows = {
        how: {
            "same" if how == "own" else "own": _millibits(own[how] * of_group, group[how] * of_own),
            "same" if how == "rival" else "rival": _millibits(rival[how] * of_group, group[how] * of_rival),
        }
        for how in ("own", "rival")
    }
    others = max(1, groups - 1)
    rows["other"] = {
        "same": _millibits(same * others, wrong),
        "own": _millibits(own["other"] * of_group * others, wrong * of_own * max(1, groups)),
        "rival": _millibits(rival["other"] * of_group * others, wrong * of_rival * max(1, groups)),
    }
    return {f"party.{how}": row for how, row in rows.items()}


def _priors(given: Sequence[Adjudicated], parties: Collection[str], groups: int) -> dict[str, int]:
    """The log-odds of one party and of `unknown` against one group, before anything is said."""
    by_party = sum(one.actor in parties for one in given) + 1
    unknown = sum(one.actor == UNKNOWN for one in given) + 1
    by_group = len(given) + 2 - by_party - unknown + 1
    return {
        "party": _millibits(by_party * max(1, groups), by_group * max(1, len(parties))),
        "group": 0,
        UNKNOWN: _millibits(unknown * max(1, groups), by_group),
    }


def _millibits(more: int, less: int) -> int:
    return reckoning.millibits(reckoning.log2(more / less))
