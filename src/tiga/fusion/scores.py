"""The weight of every reason for and against holding two claims to be about one happening.

Rules
1. A match is a sum of reasons; each is a code of the catalogue, integer millibits and the values that fill its words.
   Nothing else enters, so whoever reads the rows has read the whole decision.
2. Space and time are compared as densities: how likely such a distance (such a gap) is for one happening, given what
   both sources said of their own accuracy, against how often unrelated reports lie so close (fusion.md 4.4).
3. A missing value weighs nothing. A vague value weighs little, because its density is low, not by a special rule.
4. Parties that accuse each other, or deny each other's account, are what one incident looks like: that costs little.
5. `weigh(a, b)` equals `weigh(b, a)`; left is the lower claim id.

Not done here: whether a claim is true, and which claims are worth comparing (candidates).
"""

from __future__ import annotations

from tiga.drafts import Claim, Match, Weight
from tiga.fusion import reckoning
from tiga.fusion.names import likeness
from tiga.fusion.policy import POLICY_1, Policy

__all__ = ["POLICY_1", "Policy", "act_code", "distance_m", "gap_min", "weigh"]

HALF_HOUR_MIN = 30
"""PKT and AFT lie half an hour apart."""
UTC_MIN = (270, 300)
"""What a local time of AFT or PKT is off when it was taken for UTC."""
DAY_MIN = 1_440
SIGMA_OF_RADIUS = 1.5
FIRE_FAMILIES = frozenset("HAI")
"""Act families of which harm to civilians (family C) is a consequence and not another happening."""
LIKE, SOMEWHAT = 900, 780
"""Likeness (0-1000) from which two spellings count as alike, and as somewhat alike."""


def weigh(a: Claim, b: Claim, policy: Policy = POLICY_1) -> Match:
    """All reasons about two claims and their sum in millibits; the order of the arguments doesn't matter."""
    if b.claim_id < a.claim_id:
        a, b = b, a
    weights = (
        Weight("match.base", policy.base, {}),
        *_place(a, b, policy),
        _time(a, b, policy),
        *_act(a, b, policy),
        *_actor(a, b, policy),
        *_harm(a, b, policy),
        *_source(a, b, policy),
    )
    return Match(a.claim_id, b.claim_id, weights, sum(weight.millibits for weight in weights))


def distance_m(a: Claim, b: Claim) -> float | None:
    """Metres between the points of two claims, or None where either has none."""
    if a.lat_e7 is None or a.lon_e7 is None or b.lat_e7 is None or b.lon_e7 is None:
        return None
    return reckoning.metres(a.lat_e7, a.lon_e7, b.lat_e7, b.lon_e7)


def gap_min(a: Claim, b: Claim) -> int:
    """Minutes between the stated intervals of two claims; negative where they overlap."""
    return max(a.start_min, b.start_min) - min(a.end_min, b.end_min)


def spread_m2(a: Claim, b: Claim, policy: Policy) -> float:
    """Variance in square metres of the distance at which two claims of one happening would lie."""
    return (a.radius_m * a.radius_m + b.radius_m * b.radius_m) / (SIGMA_OF_RADIUS * SIGMA_OF_RADIUS) + float(
        policy.place_floor_m
    ) ** 2


# ---- place


def _place(a: Claim, b: Claim, policy: Policy) -> tuple[Weight, ...]:
    apart = distance_m(a, b)
    named = _name(a, b, policy, alone=apart is None)
    if apart is None:
        return named or (Weight("match.place.unknown", 0, {}),)
    variance = spread_m2(a, b, policy) / 1e6
    astray = policy.place_astray_permille / 1000.0
    square = apart * apart / 1e6
    density = (1.0 - astray) * reckoning.exp(-square / (2.0 * variance)) / (2.0 * reckoning.PI * variance)
    density += astray / policy.place_astray_km2
    bits = reckoning.log2(density * policy.place_background_km2)
    reach = a.radius_m + b.radius_m
    code = (
        "match.place.within" if apart <= reach else "match.place.near" if square <= 9 * variance else "match.place.far"
    )
    values = {"km": _km(apart), "reach": _km(reach)}
    return (
        Weight(code, _scaled(bits, policy.place_scale_permille, policy.place_min, policy.place_max), values),
        *named,
    )


def _name(a: Claim, b: Claim, policy: Policy, alone: bool) -> tuple[Weight, ...]:
    if not a.toponym or not b.toponym:
        return ()
    alike = likeness(a.toponym, b.toponym)
    band = "same" if alike >= 990 else "like" if alike >= LIKE else "somewhat" if alike >= SOMEWHAT else "unlike"
    code = f"match.name.{'alone_' if alone else ''}{band}"
    return (Weight(code, policy.weights[code], {"left": a.toponym, "right": b.toponym}),)


# ---- time


def _time(a: Claim, b: Claim, policy: Policy) -> Weight:
    gap = gap_min(a, b)
    density, zone = _time_density(a, b, gap, policy)
    bits = reckoning.log2(density * policy.time_window_min / 60.0)
    millibits = _scaled(bits, policy.time_scale_permille, policy.time_min, policy.time_max)
    started = abs(a.start_asserted_min - b.start_asserted_min)
    values = {"minutes": str(started), "gap": str(max(gap, 0))}
    if zone:
        return Weight(zone, millibits, values)
    return Weight("match.time.overlap" if gap <= 0 else "match.time.apart", millibits, values)


def _time_density(a: Claim, b: Claim, gap: int, policy: Policy) -> tuple[float, str]:
    """Density per hour of such a pair of intervals for one happening, and the code of the zone confusion that
    explains it.

    A plateau where the narrower interval lies inside the wider one, a slope to the edge, a tail behind it, a thin floor
    for wrong dates (fusion.md 4.4), and bumps where the gap is that between two clocks.
    """
    wide_a, wide_b = (a.end_min - a.start_min) / 60.0, (b.end_min - b.start_min) / 60.0
    play = policy.time_play_min / 60.0
    apart = abs((a.start_min + a.end_min) - (b.start_min + b.end_min)) / 120.0
    half, flat, top = (wide_a + wide_b) / 2.0, abs(wide_a - wide_b) / 2.0, 1.0 / (max(wide_a, wide_b) + 2.0 * play)
    if apart <= flat:
        main = top
    elif apart <= half + play:
        main = top * (1.0 - 0.6 * (apart - flat) / (half + play - flat))
    else:
        main = 0.4 * top * reckoning.exp(-(apart - half - play) / 1.5)
    beyond = max(apart - half, 0.0)
    plain = 0.93 * main + 0.05 / 60.0 * reckoning.exp(-beyond / 30.0) + 0.02 / 200.0 * reckoning.exp(-beyond / 60.0)
    zone = _zone_confusion(a, b, gap, policy)
    if not zone:
        return plain, ""
    return plain + 0.03 * 60.0 / (4.0 * policy.time_zone_slack_min), zone


def _zone_confusion(a: Claim, b: Claim, gap: int, policy: Policy) -> str:
    """The code of the clock error that would make two narrow, separate intervals one; empty where none would."""
    widest = max(a.end_min - a.start_min, b.end_min - b.start_min)
    if gap <= 0 or widest > policy.time_zone_width_max_min:
        return ""
    started = abs(a.start_asserted_min - b.start_asserted_min)
    if abs(started - HALF_HOUR_MIN) <= policy.time_zone_slack_min:
        return "match.time.zone_half_hour"
    if any(abs(started - offset) <= policy.time_zone_slack_min for offset in UTC_MIN):
        return "match.time.zone_utc"
    return ""


# ---- act, actor, harm, source


def act_code(a: Claim, b: Claim) -> str:
    """The nearest relation between any act of one claim and any of the other; empty where either states none."""
    if not a.acts or not b.acts:
        return ""
    if set(a.acts) & set(b.acts):
        return "match.act.same"
    families, others = {act[0] for act in a.acts}, {act[0] for act in b.acts}
    if families & others:
        return "match.act.family"
    if ("C" in families and others & FIRE_FAMILIES) or ("C" in others and families & FIRE_FAMILIES):
        return "match.act.consequence"
    return "match.act.different"


def _act(a: Claim, b: Claim, policy: Policy) -> tuple[Weight, ...]:
    code = act_code(a, b)
    if not code or (code == "match.act.different" and a.stance != b.stance):
        return ()
    return (Weight(code, policy.weights[code], {"left": " ".join(a.acts), "right": " ".join(b.acts)}),)


def _actor(a: Claim, b: Claim, policy: Policy) -> tuple[Weight, ...]:
    values = {"left": a.actor, "right": b.actor}
    if a.stance != b.stance:
        denial = a if a.stance == "denies" else b
        return (Weight("match.actor.denial", policy.weights["match.actor.denial"], {"source": denial.source}),)
    if not a.actor or not b.actor:
        return ()
    if a.actor == b.actor:
        code = "match.actor.same"
    elif a.party and b.party:
        code = "match.actor.opposed" if a.party != b.party else "match.actor.different"
    else:
        code = "match.actor.party" if a.party or b.party else "match.actor.different"
    return (Weight(code, policy.weights[code], values),)


def _harm(a: Claim, b: Claim, policy: Policy) -> tuple[Weight, ...]:
    if a.deaths_low is None or a.deaths_high is None or b.deaths_low is None or b.deaths_high is None:
        return ()
    if a.stance == "denies" or b.stance == "denies":
        return ()
    low, high = max(a.deaths_low, b.deaths_low), min(a.deaths_high, b.deaths_high)
    if low <= high:
        exact = a.deaths_low == a.deaths_high == b.deaths_low == b.deaths_high
        band = "near" if not exact else "same_many" if low >= 3 else "same_few"
    elif low - high <= 1 or 2 * (low + 1) <= 3 * (high + 1):
        band = "near"
    else:
        band = "apart" if low + 1 <= 3 * (high + 1) else "far"
    code = f"match.harm.{band}"
    values = {"left": _range(a.deaths_low, a.deaths_high), "right": _range(b.deaths_low, b.deaths_high)}
    return (Weight(code, policy.weights[code], values),)


def _source(a: Claim, b: Claim, policy: Policy) -> tuple[Weight, ...]:
    code = _source_code(a, b, policy)
    if not code:
        return ()
    return (Weight(code, policy.weights[code], {"left": a.source, "right": b.source, "origin": a.origin or a.source}),)


def _source_code(a: Claim, b: Claim, policy: Policy) -> str:
    if a.fingerprint and a.fingerprint == b.fingerprint:
        return "match.source.resent" if a.source == b.source else "match.source.copied"
    if a.source == b.source:
        if _two_times(a, b, policy):
            return "match.source.two_times"
        return "match.source.same_dataset" if a.channel == "dataset" else "match.source.same_outlet"
    if a.origin and a.origin == b.origin:
        return "match.source.same_origin"
    return "match.source.two_datasets" if a.channel == b.channel == "dataset" else ""


def _two_times(a: Claim, b: Claim, policy: Policy) -> bool:
    """Whether one source gives two separate times of day, and so tells of two happenings."""
    apart = abs(a.start_asserted_min - b.start_asserted_min) >= policy.time_two_times_min
    narrow = max(a.end_min - a.start_min, b.end_min - b.start_min) < DAY_MIN
    return apart and narrow and gap_min(a, b) >= 0


def _scaled(bits: float, permille: int, low: int, high: int) -> int:
    return min(high, max(low, reckoning.millibits(bits * permille / 1000.0)))


def _km(metres: float) -> str:
    tenths = int(metres / 100.0 + 0.5)
    return f"{tenths // 10}.{tenths % 10}"


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}-{high}"
