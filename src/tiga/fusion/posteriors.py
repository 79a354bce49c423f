"""How likely it is, by what was reported, that something happened, what it was, and whose act it was: three answers.

Rules
1. Three posteriors and never one score: H (it happened), T (which act, given that it did), A (whose, given that it did).
2. A voice is an origin, not an outlet, and a party is one voice (`voices`): copies and repetitions are collapsed before
   anything is added up. A voice that says several things is worth their mean.
3. Log-odds are whole millibits from a versioned table (`odds`). An origin's worth is bounded, a class of origins counts
   less with each one more, and is bounded too.
4. T is over the tree of acts. A share may stay on an inner node ("some fire across the line"), and on the root.
5. A is over the parties, the groups that come into question, the actors named and `unknown`. Who names the other party is
   worth next to nothing, who owns up much. A denial attributes nothing and clears nobody.
6. "Only the parties, contradictory" is a state of its own. In it nobody's share goes beyond the table's bound; the rest is
   `unknown`.
7. Admiralty letters and digits are people's judgements with author and date: of several on one claim the latest counts. A
   digit 1 ("confirmed") that fewer than two independent origins support counts as a 2, and is listed.

Not done here: a finding, and a standard of proof, which people assert. What comes out reads reports and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tiga.drafts import Claim
from tiga.fusion import reckoning
from tiga.fusion.corroboration import only_parties_contradictory
from tiga.fusion.odds import TABLE_1, Table
from tiga.fusion.voices import Judgement, Setting, Voice, naming, saying, spoken_class, voices

UNKNOWN = "unknown"
ROOT = ""
MILLION = 1_000_000
TREE_DEPTH_MAX = 8

Odds = dict[str, int]
NOT_JUDGED = ("", "F", "6")
"""Letters and digits that say nothing: of an origin's other claims the worst that was judged counts."""


@dataclass(frozen=True, slots=True)
class Share:
    """A candidate, its log-odds in millibits (against the worst candidate's 0 for T and A, against "no" for H), and its
    share in millionths."""

    name: str
    millibits: int
    ppm: int


@dataclass(frozen=True, slots=True)
class ActShare:
    """A node of the tree of acts (the root is empty), its path up to the root, the share that stays on it, and its share
    with all that lies under it."""

    code: str
    path: tuple[str, ...]
    ppm: int
    below_ppm: int


@dataclass(frozen=True, slots=True)
class Posteriors:
    """The three answers. `acts` is sorted by code, `attributed` by share; `unsupported` are claims with a digit 1 that too
    few origins support."""

    voices: tuple[Voice, ...]
    happened: Share
    acts: tuple[ActShare, ...]
    attributed: tuple[Share, ...]
    only_parties_contradictory: bool
    unsupported: tuple[str, ...]
    table: str

    def settled(self, ppm_min: int) -> str:
        """The narrowest node of the tree under which at least so large a share lies; the root (empty) at worst."""
        fit = [act for act in self.acts if act.below_ppm >= ppm_min]
        return min(fit, key=lambda act: (act.below_ppm, act.code)).code if fit else ROOT


def posteriors(claims: Iterable[Claim], setting: Setting, table: Table = TABLE_1) -> Posteriors:
    """The three answers to claims held to be about one incident; at least one claim."""
    ordered = tuple(sorted(claims, key=lambda claim: claim.claim_id))
    return reckoned(voices(ordered, setting, table), setting, table)


def reckoned(heard: Sequence[Voice], setting: Setting, table: Table = TABLE_1) -> Posteriors:
    """The three answers to voices; without any, what is likely before anything is said."""
    claims = [claim for voice in heard for claim in voice.claims]
    graded = _latest(setting.judgements)
    contradictory = bool(claims) and only_parties_contradictory(claims, setting.first_fire)
    asserting = sum(any(claim.stance != "denies" for claim in voice.claims) for voice in heard)
    unsupported = tuple(
        sorted(
            claim.claim_id
            for claim in claims
            if claim.claim_id in graded
            and graded[claim.claim_id].credibility == "1"
            and asserting < table.independent_min
        )
    )
    sum_happened = _happened(heard, graded, frozenset(unsupported), table)
    share = shares({"": 0, "happened": sum_happened})["happened"]
    return Posteriors(
        tuple(heard),
        Share("happened", sum_happened, share),
        _acts(heard, graded, setting.parents, table),
        _attributed(heard, graded, setting, table, contradictory),
        contradictory,
        unsupported,
        table.version,
    )


def shares(odds: Mapping[str, int]) -> dict[str, int]:
    """Log-odds in millibits as shares in millionths that add up to a million; what rounding leaves goes to the best."""
    top = max(odds.values())
    weights = {name: reckoning.exp((odds[name] - top) * reckoning.LN2 / 1000.0) for name in sorted(odds)}
    total = sum(weights.values())
    found = {name: int(weight / total * MILLION) for name, weight in weights.items()}
    found[min(odds, key=lambda name: (-odds[name], name))] += MILLION - sum(found.values())
    return found


def _latest(judgements: Iterable[Judgement]) -> dict[str, Judgement]:
    return {one.claim_id: one for one in sorted(judgements, key=lambda one: (one.at_ms, one.by))}


def _scale(voice: Voice, graded: Mapping[str, Judgement], table: Table) -> int:
    """The permille of its worth that the letters entered leave an origin: the lowest of its claims, 1000 without any."""
    letters = {graded[c.claim_id].reliability for c in voice.claims if c.claim_id in graded} - set(NOT_JUDGED)
    return min((table.reliability[letter] for letter in letters if letter in table.reliability), default=1000)


def _happened(
    heard: Sequence[Voice], graded: Mapping[str, Judgement], unsupported: frozenset[str], table: Table
) -> int:
    by_class: dict[str, list[Odds]] = defaultdict(list)
    for voice in heard:
        worth = [_worth_happened(claim, spoken_class(claim, voice), table) for claim in voice.claims]
        digits = {
            "2" if claim.claim_id in unsupported else graded[claim.claim_id].credibility
            for claim in voice.claims
            if claim.claim_id in graded
        } - set(NOT_JUDGED)
        added = min((table.credibility[digit] for digit in digits if digit in table.credibility), default=0)
        said = {"happened": _bounded(_mean(worth) * _scale(voice, graded, table) // 1000 + added, table)}
        by_class[voice.source_class].append(said)
    return table.prior_happened + _added(by_class, table).get("happened", 0)


def _worth_happened(claim: Claim, source_class: str, table: Table) -> int:
    worth = table.happened.get(f"{source_class}.{saying(claim)}", 0)
    narrow = (
        claim.end_min - claim.start_min <= table.detail_time_max_min
        and claim.lat_e7 is not None
        and claim.radius_m <= table.detail_radius_max_m
    )
    return worth + table.detail if narrow and worth > 0 else worth


def _acts(
    heard: Sequence[Voice], graded: Mapping[str, Judgement], parents: Mapping[str, str], table: Table
) -> tuple[ActShare, ...]:
    paths = {code: _path(code, parents) for voice in heard for claim in voice.claims for code in claim.acts}
    nodes = sorted({node for path in paths.values() for node in path} | {ROOT})
    above = {node: _path(node, parents) for node in nodes}
    inner = {node for path in above.values() for node in path[1:]} | {ROOT}
    by_class: dict[str, list[Odds]] = defaultdict(list)
    for voice in heard:
        scale = _scale(voice, graded, table)
        told = [claim for claim in voice.claims if claim.acts and claim.stance != "denies"]
        worth = {
            node: _bounded(
                _mean([_worth_act(claim, voice, above, node, table) for claim in told]) * scale // 1000, table
            )
            for node in nodes
        }
        by_class[voice.source_class].append(worth if told else {})
    total = _added(by_class, table)
    share = shares({node: total.get(node, 0) + (table.act_inner if node in inner else 0) for node in nodes})
    return tuple(
        ActShare(node, above[node], share[node], sum(share[other] for other in nodes if node in above[other]))
        for node in nodes
    )


def _worth_act(claim: Claim, voice: Voice, above: Mapping[str, tuple[str, ...]], node: str, table: Table) -> int:
    """What a claim says for one node of the tree; of several acts each gets its part."""
    worth = table.acts.get(spoken_class(claim, voice), 0)
    total = 0
    for code in claim.acts:
        if node == code or code in above[node]:
            total += worth
        elif node in above[code]:
            total += worth * table.act_above_permille // 1000 if node != ROOT else 0
        elif above[node][1:2] == above[code][1:2]:
            total += worth * table.act_family_permille // 1000
    return total // len(claim.acts)


def _path(code: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    """A node and all above it up to the root."""
    path = [code]
    while path[-1] != ROOT and len(path) < TREE_DEPTH_MAX:
        at = path[-1]
        path.append(parents.get(at, at[0] if len(at) > 1 else ROOT))
    return tuple(path) if path[-1] == ROOT else (*path, ROOT)


def _attributed(
    heard: Sequence[Voice], graded: Mapping[str, Judgement], setting: Setting, table: Table, contradictory: bool
) -> tuple[Share, ...]:
    named = {claim.actor for voice in heard for claim in voice.claims if naming(claim, setting.parties)}
    candidates = sorted({*setting.parties, *setting.groups, *named, UNKNOWN})
    by_class: dict[str, list[Odds]] = defaultdict(list)
    for voice in heard:
        scale = _scale(voice, graded, table)
        told = [claim for claim in voice.claims if naming(claim, setting.parties)]
        worth = {
            name: _bounded(
                _mean([_worth_actor(c, voice, name, setting.parties, table) for c in told]) * scale // 1000, table
            )
            for name in candidates
        }
        if told:
            by_class[voice.source_class].append(worth)
    total = _added(by_class, table)
    kinds = {name: "party" if name in setting.parties else "group" for name in candidates} | {UNKNOWN: UNKNOWN}
    odds = {name: total.get(name, 0) + table.prior_actor[kinds[name]] for name in candidates}
    share, least = shares(odds), min(odds.values())
    if contradictory:
        share = _held_back(share, table.contradictory_max_ppm)
    found = [Share(name, odds[name] - least, share[name]) for name in candidates]
    return tuple(sorted(found, key=lambda one: (-one.ppm, one.name)))


def _worth_actor(claim: Claim, voice: Voice, name: str, parties: Collection[str], table: Table) -> int:
    """What a claim says for one candidate."""
    row = table.attribution.get(f"{spoken_class(claim, voice)}.{naming(claim, parties)}", {})
    if name == UNKNOWN:
        return row.get("unknown", 0)
    if name == claim.actor:
        return row.get("same", 0)
    if claim.party and name == claim.party:
        return row.get("own", 0)
    return row.get("rival", 0) if claim.party and name in parties else 0


def _held_back(share: dict[str, int], most: int) -> dict[str, int]:
    """Shares with what anybody has above `most` given to `unknown`."""
    over = {name: max(0, ppm - most) for name, ppm in share.items() if name != UNKNOWN}
    return {
        name: ppm - over.get(name, 0) + (sum(over.values()) if name == UNKNOWN else 0) for name, ppm in share.items()
    }


def _added(by_class: Mapping[str, Sequence[Odds]], table: Table) -> Odds:
    """The sum over classes, each bounded. Within a class the strongest word counts whole, the next 0.7 of its worth, and so
    on: for each candidate by itself, so that no order of arrival matters and no word more makes what it supports weaker."""
    total: Odds = defaultdict(int)
    for source_class in sorted(by_class):
        said = by_class[source_class]
        for name in sorted({name for odds in said for name in odds}):
            sum_class, counts = 0, 1000
            for worth in sorted((odds.get(name, 0) for odds in said), key=lambda worth: (-abs(worth), worth)):
                sum_class += worth * counts // 1000
                counts = counts * table.again_permille // 1000
            total[name] += max(-table.class_max, min(table.class_max, sum_class))
    return dict(total)


def _mean(numbers: Sequence[int]) -> int:
    return sum(numbers) // len(numbers) if numbers else 0


def _bounded(millibits: int, table: Table) -> int:
    return max(-table.origin_max, min(table.origin_max, millibits))
