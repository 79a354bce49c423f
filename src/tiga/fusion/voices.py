"""The independent voices behind a group of claims: who they are, what class they are of, how they stand to what they say.

Rules
1. A voice is an origin, who first said it, with all claims that go back to it: outlets that quote it, copies, repetitions.
   All who speak for one party are one voice, named by the party's id: they have one interest.
2. Its class is that of the origin's or the outlet's name where the setting gives one, else that of the channel. A claim
   that speaks for a party is the party's, whoever printed it.
3. A party owns up, names another party, names somebody else, or denies. Anybody else asserts or denies.
4. Admiralty grades are entered by a person, with author and date, and never made from anything here.

Not done here: what a voice is worth (`odds`, `posteriors`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tiga.drafts import Claim
from tiga.fusion.copies import copies_of
from tiga.fusion.corroboration import origins_of
from tiga.fusion.odds import CLASSES, TABLE_1, Table


@dataclass(frozen=True, slots=True)
class Judgement:
    """An Admiralty grade as a person entered it: letter A-F and digit 1-6, either may be empty; `at_ms` in Unix ms."""

    claim_id: str
    reliability: str
    credibility: str
    by: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Voice:
    """An origin as it counts: its class, and its claims."""

    origin: str
    source_class: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known beside the claims: the parties, other actors that come into question, classes of sources or origins by
    name (else by channel), accounts of claims for finding copies, parents in the tree of acts (else a code's first
    letter), judgements entered, and whom a claim says to have fired first."""

    parties: Collection[str]
    groups: Collection[str] = ()
    classes: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    judgements: tuple[Judgement, ...] = ()
    first_fire: Mapping[str, str] = field(default_factory=dict)


def voices(claims: Sequence[Claim], setting: Setting, table: Table = TABLE_1) -> tuple[Voice, ...]:
    """The independent voices among claims, sorted by origin."""
    origin = origins_of(claims, copies_of(claims, setting.accounts))
    gathered: dict[str, list[Claim]] = defaultdict(list)
    for claim in sorted(claims, key=lambda claim: claim.claim_id):
        gathered[claim.party or origin[claim.claim_id]].append(claim)
    return tuple(
        Voice(name, min((_class(claim, setting, table) for claim in own), key=CLASSES.index), tuple(own))
        for name, own in sorted(gathered.items())
    )


def saying(claim: Claim) -> str:
    """How a claim's speaker stands to it: `asserts` or `denies`; of a party `admits`, `accuses` or `denies`."""
    if claim.stance == "denies":
        return "denies"
    if not claim.party:
        return "asserts"
    return "admits" if claim.actor == claim.party else "accuses"


def naming(claim: Claim, parties: Collection[str]) -> str:
    """What a claim says of whose act it was: nothing, or `names`; of a party `own`, `rival` or `other`."""
    if claim.stance == "denies" or not claim.actor:
        return ""
    if not claim.party:
        return "names"
    return "own" if claim.actor == claim.party else "rival" if claim.actor in parties else "other"


def spoken_class(claim: Claim, voice: Voice) -> str:
    """The class a claim counts under: the party's where it speaks for one, else that of its voice."""
    return "party" if claim.party else voice.source_class


def _class(claim: Claim, setting: Setting, table: Table) -> str:
    named = setting.classes.get(claim.origin) or setting.classes.get(claim.source)
    found = "party" if claim.party else named or table.channel_class.get(claim.channel, "public")
    return found if found in CLASSES else "public"
