"""What stands behind a group of claims: how many reports, publishers and independent origins, and where they differ.

Rules
1. Independence is counted by origin, who first said it: three outlets that quote one agency are one origin. Copies under
   different outlets are one origin too where none names another: verbatim ones always, those that `copies` finds where
   they are handed in.
2. No score of truth, no mean of deaths, no verdict on who fired first: each source's own word, side by side.
3. "Only the parties, contradictory" is a state of its own: both parties speak, nobody else does, and they differ.
4. A denial is listed, and lowers nothing by itself (domain.md g.3).

Not done here: how far a source can be believed (`posteriors`, with the grades that people enter), and any standard of
proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tiga.drafts import Claim
from tiga.fusion.copies import Copy, joined, verbatim

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Deaths:
    """The dead as one claim gives them, `low` to `high`."""

    claim_id: str
    source: str
    origin: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Corroboration:
    """The standing of a group. Lists are sorted; `parties` are those that speak, `denied_by` sources that deny.

    `first_fire` maps a claim to the party that it says fired first; `first_fire_contradictory` says that the claims
    name more than one. `start_min` and `end_min` (Unix minutes) span all stated intervals of claims that assert.
    """

    reports: int
    publishers: tuple[str, ...]
    origins: tuple[str, ...]
    parties: tuple[str, ...]
    deaths: tuple[Deaths, ...]
    only_parties_contradictory: bool
    first_fire: Mapping[str, str]
    first_fire_contradictory: bool
    denied_by: tuple[str, ...]
    start_min: int
    end_min: int


def standing(
    claims_of_group: Iterable[Claim], first_fire: Mapping[str, str] = _NONE, copies: Iterable[Copy] = ()
) -> Corroboration:
    """Count what stands behind claims held to be about one incident; at least one claim.

    `first_fire` (claim id to party id, from the reports) is taken for the claims of the group; empty words are left
    out. `copies` are those that `copies_of` found among the claims.
    """
    claims = sorted(claims_of_group, key=lambda claim: claim.claim_id)
    origin = origins_of(claims, copies)
    said = {c.claim_id: first_fire[c.claim_id] for c in claims if first_fire.get(c.claim_id)}
    asserting = [claim for claim in claims if claim.stance != "denies"] or claims
    return Corroboration(
        reports=len({claim.claim_id.partition("#")[0] for claim in claims}),
        publishers=tuple(sorted({claim.source for claim in claims})),
        origins=tuple(sorted(set(origin.values()))),
        parties=tuple(sorted({claim.party for claim in claims if claim.party})),
        deaths=tuple(
            Deaths(claim.claim_id, claim.source, origin[claim.claim_id], claim.deaths_low, claim.deaths_high)
            for claim in claims
            if claim.deaths_low is not None and claim.deaths_high is not None
        ),
        only_parties_contradictory=_only_parties_contradictory(claims, said),
        first_fire=said,
        first_fire_contradictory=len(set(said.values())) > 1,
        denied_by=tuple(sorted({claim.source for claim in claims if claim.stance == "denies"})),
        start_min=min(claim.start_min for claim in asserting),
        end_min=max(claim.end_min for claim in asserting),
    )


def origins_of(claims: Iterable[Claim], copies: Iterable[Copy] = ()) -> dict[str, str]:
    """For each claim id the origin it counts for: the one named, else that of its copies, else its outlet."""
    ordered = sorted(claims, key=lambda claim: claim.claim_id)
    voice = joined(ordered, (*verbatim(ordered), *copies))
    speaks: dict[str, str] = {}
    # The named origin of a copy speaks for all its copies; without one the outlet that sorts first stands for them.
    for claim in sorted(ordered, key=lambda claim: (not claim.origin, claim.origin or claim.source)):
        speaks.setdefault(voice[claim.claim_id], claim.origin or claim.source)
    return {claim.claim_id: claim.origin or speaks[voice[claim.claim_id]] for claim in ordered}


def only_parties_contradictory(claims: Iterable[Claim], first_fire: Mapping[str, str] = _NONE) -> bool:
    """Rule 3, for claims held to be about one incident; `first_fire` as for `standing`."""
    ordered = sorted(claims, key=lambda claim: claim.claim_id)
    return _only_parties_contradictory(ordered, {name: said for name, said in first_fire.items() if said})


def _only_parties_contradictory(claims: list[Claim], first_fire: Mapping[str, str]) -> bool:
    """Whether every claim is a party's, at least two parties speak, and two parties' claims differ on act or author."""
    if any(not claim.party for claim in claims):
        return False
    return any(
        a.party != b.party
        and (
            a.stance != b.stance
            or bool(a.actor and b.actor and a.actor != b.actor)
            or len({first_fire[c.claim_id] for c in (a, b) if c.claim_id in first_fire}) > 1
        )
        for at, a in enumerate(claims)
        for b in claims[at + 1 :]
    )
