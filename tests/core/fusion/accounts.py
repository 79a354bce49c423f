"""Claims and reports as the tests of fusion tell them: the scenarios of the domain paper, in our own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tiga.drafts import Claim, Decision, FieldReport, Harm
from tiga.fusion import engine
from tiga.fusion.claims import claims_of
from tiga.fusion.clusters import group
from tiga.fusion.columns import Reader, kinds_by_letter
from tiga.fusion.gazetteer import Gazetteer, read
from tiga.fusion.policy import shipped
from tiga.fusion.reasons import Reasons, around
from tiga.values.moments import Moment
from tiga.values.places import Place

GAZETTEER: Gazetteer = read((Path(__file__).parents[3] / "samples" / "gazetteer.csv").read_bytes())


def report(
    source: str,
    when: tuple[str, str, str],
    place: str,
    acts: str,
    *,
    actor: str = "",
    party: str = "",
    until: str = "",
    origin: str = "",
    killed: tuple[int, int] | None = None,
    stance: str = "asserts",
    channel: str = "media",
    account: str = "",
) -> FieldReport:
    """A field report; `when` is (local time, zone, precision), `acts` codes separated by spaces."""
    local, zone, precision = when
    return FieldReport(
        report_id="",
        channel=channel,
        source=source,
        when=Moment(local, zone, precision, until),
        where=Place(place),
        acts=tuple(acts.split()),
        account=account,
        language="en",
        origin=origin,
        party=party,
        stance=stance,
        actor=actor,
        harm=(Harm("killed", "unknown", *killed),) if killed else (),
    )


def claims(reports: dict[str, FieldReport]) -> tuple[Claim, ...]:
    """The claims of reports, each named by its key."""
    return tuple(claim for key, one in reports.items() for claim in claims_of(key, one, GAZETTEER))


def claim(claim_id: str = "a", **changes: object) -> Claim:
    """A plain claim at 31.0 N 66.4 E, minute 0 to 60, to be varied."""
    plain = Claim(
        claim_id=claim_id,
        source=f"outlet {claim_id}",
        origin="",
        channel="media",
        party="",
        start_min=0,
        end_min=60,
        lat_e7=310_000_000,
        lon_e7=664_000_000,
        radius_m=3_000,
        toponym="",
        acts=("H1",),
        actor="",
        stance="asserts",
        deaths_low=None,
        deaths_high=None,
        fingerprint="",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


SCENARIO_1 = {
    "pk-official": report(
        "Radio Pakistan", ("2025-11-06T17:00", "PKT", "part_of_day"), "Chaman", "H1", actor="kabul", party="islamabad"
    ),
    "af-official": report(
        "Bakhtar", ("2025-11-06T16:30", "AFT", "part_of_day"), "Spin Boldak", "H1", actor="islamabad", party="kabul"
    ),
    "residents": report("Al Jazeera", ("2025-11-06T17:00", "AFT", "hour"), "Spin Boldak", "H1 H2", origin="AFP"),
    "asianet": report("Asianet", ("2025-11-06T17:00", "AFT", "hour"), "Spin Boldak", "H1", origin="AFP"),
    "india-tv": report("India TV", ("2025-11-06T17:00", "AFT", "hour"), "Spin Boldak", "H1", origin="AFP"),
    "chaman-official": report(
        "Dawn", ("2025-11-06T18:00", "PKT", "part_of_day"), "Tasadduq Gate, Mazaal Gali", "H1", actor="kabul"
    ),
    "tolo-morning": report("TOLO", ("2025-11-06T09:00", "AFT", "part_of_day"), "Spin Boldak", "H1", actor="islamabad"),
    "tolo-afternoon": report(
        "TOLO", ("2025-11-06T16:00", "AFT", "part_of_day"), "Spin Boldak", "H1", actor="islamabad"
    ),
    "denial": report(
        "Afghan ministry",
        ("2025-11-06T16:30", "AFT", "part_of_day"),
        "Spin Boldak",
        "H1",
        actor="kabul",
        party="kabul",
        stance="denies",
    ),
}

SCENARIO_2 = {
    "af-residents": report(
        "AFP", ("2025-12-05T22:30", "AFT", "minute"), "Spin Boldak", "H1 H2", until="2025-12-06T00:30"
    ),
    "quetta": report(
        "Quetta official", ("2025-12-05T22:00", "PKT", "about"), "Chaman", "H2", actor="kabul", party="islamabad"
    ),
    "governor": report(
        "Kandahar governor",
        ("2025-12-05T22:30", "AFT", "about"),
        "سپین بولدک",
        "H2 C1",
        actor="islamabad",
        party="kabul",
        killed=(4, 4),
    ),
    "fitrat": report(
        "Afghan deputy spokesman",
        ("2025-12-05T22:30", "AFT", "about"),
        "Maazal Gali",
        "H2 C1",
        actor="islamabad",
        party="kabul",
        killed=(5, 5),
    ),
    "luqman": report("TOLO", ("2025-12-05T22:30", "AFT", "hour"), "Luqman village", "H2", actor="islamabad"),
    "badani": report(
        "Pakistani official", ("2025-12-05T22:00", "PKT", "about"), "Badani", "H1", actor="kabul", party="islamabad"
    ),
    "dawn": report("Dawn", ("2025-12-05", "PKT", "day"), "Chaman", "H2 C1"),
}

SCENARIO_3 = {
    "gurbuz": report(
        "Mujahid via Shafaq",
        ("2025-11-25T00:00", "AFT", "about"),
        "Gurbuz, Khost",
        "A1 C1",
        actor="islamabad",
        killed=(10, 10),
    ),
    "gorbuz": report(
        "EU Global", ("2025-11-25T00:00", "AFT", "hour"), "Gorbuz", "A1", actor="islamabad", killed=(10, 10)
    ),
    "gerbzwo": report(
        "Daily Pakistan", ("2025-11-25", "PKT", "day"), "Gerbzwo", "A1 C1", actor="islamabad", killed=(9, 10)
    ),
    "kunar": report("Shafaq", ("2025-11-25T00:00", "AFT", "part_of_day"), "Kunar", "A1", actor="islamabad"),
    "paktika": report("Shafaq", ("2025-11-25T00:00", "AFT", "part_of_day"), "Paktika", "A1", actor="islamabad"),
    "peshawar": report("Dawn", ("2025-11-24T08:10", "PKT", "quarter"), "Peshawar", "I2", killed=(3, 3)),
}


def reasons_of(claims: Sequence[Claim], wanted: set[str], words: Sequence[Decision] = (), **more: Any) -> Reasons:
    """Why claims are where one run over all of them puts them."""
    tree = kinds_by_letter(claims)
    home = {one: grouping.group_id for grouping in group(claims, words).groups for one in grouping.claims}
    background = engine.fuse(Reader(tree).read(claims), tree).background
    return around(claims, wanted, home, words, tree, shipped(), background, **more)
