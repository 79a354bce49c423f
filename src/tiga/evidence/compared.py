"""What a file says of time, place and device, against what its depositor says: the same for pictures and movies.

Rules
1. A local time without a zone is compared in every zone: the verdict names all zones in which it would agree, and says
   whether the claim's own zone is among them. None is chosen.
2. Each source of time has a verdict of its own (the camera's clock, the satellites' clock, a movie's header), and so has
   each pair that cannot both be right. They are not collapsed into one.
3. A camera's clock has CLOCK_PLAY_S of play on both sides, satellites too.
4. A point is compared as two circles: the file's (its own error, else POINT_RADIUS_M_ASSUMED) and the claim's.
5. Without a claim the same statements are made, and all of them are silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from tiga.drafts.examinations import ClaimOfFile, Verdict
from tiga.values.moments import ZONES, Instant, offset
from tiga.values.places import Point, distance_m

CLOCK_PLAY_S = 120
POINT_RADIUS_M_ASSUMED = 100
"""Metres of error of a position that does not state its own: a phone between houses or in a gorge."""
ZONE_STEP_MIN = 15
ZONE_MIN, ZONE_MAX = -12 * 60, 14 * 60


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says: local times without a zone and instants, each with its source; a point, its error, a device."""

    locals: tuple[tuple[str, datetime], ...] = ()
    instants: tuple[tuple[str, Instant], ...] = ()
    point: Point | None = None
    radius_m: int = 0
    device: str = ""


def against_claim(said: Said, claim: ClaimOfFile | None) -> list[Verdict]:
    """Verdicts on time, place and device, in this order."""
    verdicts = [_local(source, local, claim) for source, local in said.locals]
    verdicts += [_instant(source, at, claim) for source, at in said.instants]
    verdicts += _contradictions(said)
    if not verdicts:
        verdicts.append(Verdict("evidence.time_absent", "silent"))
    return [*verdicts, _place(said, claim), _device(said.device, claim)]


def _local(source: str, local: datetime, claim: ClaimOfFile | None) -> Verdict:
    shown = {"source": source, "local": local.strftime("%Y-%m-%d %H:%M:%S")}
    if claim is None or claim.when is None:
        return Verdict("evidence.time_local", "silent", shown)
    when = claim.when
    minutes = [zone for zone in range(ZONE_MIN, ZONE_MAX + 1, ZONE_STEP_MIN)
               if _within(_at(local, zone), when.earliest, when.latest)]  # fmt: skip
    shown |= {"claimed": _span(when.earliest, when.latest), "zone": when.zone, "zones": zones(minutes)}
    if not minutes:
        return Verdict("evidence.time_differs_everywhere", "against", shown)
    if _within(_at(local, offset(when.zone)), when.earliest, when.latest):
        return Verdict("evidence.time_agrees_if_zone", "supports", shown)
    return Verdict("evidence.time_agrees_elsewhere", "silent", shown)


def _instant(source: str, at: Instant, claim: ClaimOfFile | None) -> Verdict:
    shown = {"source": source, "at": at.local("UTC") + " UTC"}
    if claim is None or claim.when is None:
        return Verdict("evidence.time_said", "silent", shown)
    shown["claimed"] = _span(claim.when.earliest, claim.when.latest)
    if _within(at, claim.when.earliest, claim.when.latest):
        return Verdict("evidence.time_agrees", "supports", shown)
    gap = claim.when.earliest.ms - at.ms if at.ms < claim.when.earliest.ms else at.ms - claim.when.latest.ms
    shown["minutes"] = str(gap // 60_000)
    return Verdict(
        "evidence.time_before" if at.ms < claim.when.earliest.ms else "evidence.time_after", "against", shown
    )


def _contradictions(said: Said) -> list[Verdict]:
    """Pairs of a file's own times of which no zone makes sense, or that disagree as instants."""
    found = []
    play = CLOCK_PLAY_S * 1000
    for one, local in said.locals:
        for other, at in said.instants:
            gaps = (abs(_at(local, zone).ms - at.ms) for zone in range(ZONE_MIN, ZONE_MAX + 1, ZONE_STEP_MIN))
            if min(gaps) > play:
                values = {"one": f"{one} {local:%Y-%m-%d %H:%M:%S}", "other": f"{other} {at.local('UTC')} UTC"}
                found.append(Verdict("evidence.times_disagree", "against", values))
    for number, (one, first) in enumerate(said.instants):
        for other, second in said.instants[number + 1 :]:
            if abs(first.ms - second.ms) > play:
                values = {"one": f"{one} {first.local('UTC')} UTC", "other": f"{other} {second.local('UTC')} UTC"}
                found.append(Verdict("evidence.times_disagree", "against", values))
    return found


def _place(said: Said, claim: ClaimOfFile | None) -> Verdict:
    if said.point is None:
        return Verdict("evidence.place_absent", "silent")
    radius = said.radius_m or POINT_RADIUS_M_ASSUMED
    shown = {"point": degrees(said.point), "radius_m": str(radius)}
    if said.point == Point(0, 0):
        return Verdict("evidence.place_null", "silent", shown)
    if claim is None or claim.where is None or claim.where.point is None:
        return Verdict("evidence.place_said", "silent", shown)
    metres = distance_m(said.point, claim.where.point)
    shown |= {
        "claimed": degrees(claim.where.point),
        "claimed_radius_m": str(claim.where.radius_m),
        "metres": str(metres),
    }
    near = metres <= radius + claim.where.radius_m
    return Verdict(
        "evidence.place_agrees" if near else "evidence.place_differs", "supports" if near else "against", shown
    )


def _device(device: str, claim: ClaimOfFile | None) -> Verdict:
    if not device:
        return Verdict("evidence.device_absent", "silent")
    if claim is None or not claim.device.strip():
        return Verdict("evidence.device_said", "silent", {"device": device})
    values = {"device": device, "claimed": claim.device.strip()}
    words = set(claim.device.casefold().split())
    same = words <= set(device.casefold().split()) or set(device.casefold().split()) <= words
    return Verdict(
        "evidence.device_agrees" if same else "evidence.device_differs", "supports" if same else "against", values
    )


def zones(minutes: list[int]) -> str:
    """Zones as runs of offsets with the names they go by: `+04:30 … +05:00 (AFT, PKT)`."""
    runs: list[list[int]] = []
    for zone in minutes:
        if runs and zone - runs[-1][-1] == ZONE_STEP_MIN:
            runs[-1].append(zone)
        else:
            runs.append([zone])
    texts = []
    for run in runs:
        names = ", ".join(name for name, zone in ZONES.items() if zone in run)
        span = _signed(run[0]) if len(run) == 1 else f"{_signed(run[0])} … {_signed(run[-1])}"
        texts.append(f"{span} ({names})" if names else span)
    return "; ".join(texts)


def degrees(point: Point) -> str:
    """A point as it is read aloud: degrees with five decimals, about a metre."""
    return f"{point.lat:.5f}, {point.lon:.5f}"


def _signed(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _at(local: datetime, zone_min: int) -> Instant:
    return Instant.of(local.replace(tzinfo=timezone(timedelta(minutes=zone_min))))


def _within(at: Instant, earliest: Instant, latest: Instant) -> bool:
    return earliest.ms - CLOCK_PLAY_S * 1000 <= at.ms <= latest.ms + CLOCK_PLAY_S * 1000


def _span(earliest: Instant, latest: Instant) -> str:
    return f"{earliest.local('UTC')} … {latest.local('UTC')} UTC"
