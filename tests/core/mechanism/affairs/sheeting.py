"""Evidence sheets on the desk in memory, brought to any stage. Parties, places and everything said are invented."""

from __future__ import annotations

from dataclasses import replace

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Told, at, do, sight
from tests.core.mechanism.desk import Desk
from tiga.agreement.clauses import Agreement, Quorum, Seats, Term
from tiga.agreement.grounds import Ground
from tiga.agreement.undertakings import Duty, Stage, Undertakings
from tiga.mechanism import affairs, release
from tiga.mechanism.acts import Decision, Released
from tiga.mechanism.asks import Given
from tiga.mechanism.release import Reader

GROUND = Ground("placeholder")
BOTH = (Seats("mediator-1", 1), Seats("mediator-2", 1))
TERMS = {"no_target_m": "2000", "no_target_for": "P30D", "strike_codes": "A1, A2, H2"}
DUTY = Duty(
    "act", "O-05", "shared_evidence", (Stage("acknowledge", "PT12H"), Stage("action_report", "P7D"), Stage("else", "P9D")),
    "+04:30", GROUND, discharged_by="mediators",
)  # fmt: skip
GIST, PLACE, PLAN = "Eight men at an invented farm", "Exercise District", "A search of the invented farm"
SAID: dict[str, Told] = {"sheet_gist": GIST, "place": PLACE}
VERSION = SAID | {"sheet_place_kind": "sheet_district", "limits": "Seen once"}
SPOT: dict[str, Told] = {"sheet_point": "-0.1, -0.0300", "sheet_radius": "50"}
STRIKE: dict[str, Told] = {"sheet_strike": "-0.11, -0.03", "sheet_strike_radius": "100"}


def agreement(
    quorum: tuple[Seats, ...] | None = BOTH, duties: tuple[Duty, ...] = (), without: tuple[str, ...] = ()
) -> Agreement:
    """The exercise's agreement with a quorum for sharing, and the terms that a precise point needs but for `without`."""
    made = desks.exercise_agreement()
    quorums = tuple(row for row in made.quorums if not row.act.startswith("evidence."))
    if quorum is not None:
        quorums = (*quorums, Quorum("evidence.share", BOTH, quorum, "M-05", GROUND))
    terms = {name: term for name, term in made.terms.items() if name not in TERMS}
    terms |= {name: Term(value, GROUND, "O-05") for name, value in TERMS.items() if name not in without}
    return replace(made, quorums=quorums, terms=terms, undertakings=Undertakings(duties=duties))


def founded(made: Agreement | None = None, seated: tuple[str, ...] = desks.PANEL) -> Desk:
    return desks.founded(agreement=made or agreement(), seated=seated)


def other(slug: str) -> str:
    return {"liaison1": "party-2"}.get(slug, "party-1" if slug == "liaison2" else "party-2")


def submits(slug: str = "liaison1", **more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {"sheet_about": other(slug), "sheet_first_hand": "yes", "limits": "Seen from afar"}
    return usual | SAID | more


def submitted(desk: Desk, slug: str = "liaison1", **more: Told) -> str:
    return do(desk, slug, "sheet.submit", **submits(slug, **more))


def checks(result: str = "sheet_authentic") -> dict[str, Told]:
    return {"sheet_checked": "Three pictures", "method": "Hours and shadows", "sheet_result": result}


def authenticated(desk: Desk, slug: str = "liaison1", result: str = "sheet_authentic", **more: Told) -> str:
    sid = submitted(desk, slug, **more)
    do(desk, "mediator1", "sheet.authenticate", sid, **checks(result))
    return sid


def origins(names: str = "monitor, party-1, party-2", alone: str = "no") -> dict[str, Told]:
    return {"sheet_origins": names, "said": "They agree on the place", "sheet_alone": alone}


def corroborated(desk: Desk, slug: str = "liaison1", **more: Told) -> str:
    sid = authenticated(desk, slug, **more)
    do(desk, "mediator1", "sheet.corroborate", sid, **origins())
    return sid


def verifies(**more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {"standard": "reasonable_grounds_to_believe"}
    return usual | VERSION | more


def verified(desk: Desk, slug: str = "liaison1", **more: Told) -> str:
    sid = corroborated(desk, slug)
    do(desk, "mediator1", "sheet.verify", sid, **verifies(**more))
    do(desk, "mediator2", "sheet.sign", sid)
    return sid


def shared(desk: Desk, slug: str = "liaison1", **more: Told) -> str:
    sid = verified(desk, slug, **more)
    do(desk, "secretariat", "sheet.share", sid, **(VERSION | more))
    return sid


def acted(desk: Desk, slug: str = "liaison1", **more: Told) -> str:
    sid = shared(desk, slug)
    do(desk, "liaison2", "sheet.act", sid, said="We say that we searched it", **more)
    return sid


def seeing(outcome: str = "sheet_met", **more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {
        "sheet_outcome": outcome, "sheet_basis": "sheet_records", "said": "A register of an invented court",
    }  # fmt: skip
    return usual | more


def confirmed(desk: Desk) -> str:
    sid = acted(desk)
    do(desk, "mediator1", "sheet.confirm", sid, **seeing())
    return sid


def pinpointed(desk: Desk, *, signed: bool = True, undertaken: bool = True) -> str:
    sid = shared(desk)
    do(desk, "mediator1", "sheet.pinpoint", sid, **pins())
    if signed:
        do(desk, "mediator2", "sheet.sign", sid)
    if undertaken:
        do(desk, "liaison2", "sheet.undertake", sid, sheet_no_target="yes")
    return sid


def pins(**more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {"sheet_readers": "liaison2"}
    return usual | SPOT | more


def pointed(desk: Desk) -> str:
    sid = pinpointed(desk)
    do(desk, "mediator1", "sheet.point", sid, **SPOT)
    return sid


def flags(desk: Desk, report: str, **more: Told) -> dict[str, Told]:
    usual: dict[str, Told] = {"report": report, "when": at(desk, -1)}
    return usual | SPOT | STRIKE | more


def struck(desk: Desk, codes: tuple[str, ...] = ("A1",), **more: object) -> str:
    """A report of a strike; nobody is named."""
    return desks.file(desk, desks.report("strike", "party-2", codes, **more), "liaison2")


def visited(desk: Desk) -> str:
    """A request for access whose visit was made."""
    sid = do(
        desk, "monitor", "access.request", party="party-2", place="Exercise Post", purpose="Look", opens=at(desk, 1),
        closes=at(desk, 60),
    )  # fmt: skip
    do(desk, "monitor", "access.visit", sid, arrived=at(desk, -1), left=at(desk), reached="All of it")
    return sid


def seen(desk: Desk, sid: str, slug: str) -> dict[str, list[str]] | None:
    """What a person sees of a sheet, values by fact; None where there is none for that person."""
    reader, it = Reader(*desks.PEOPLE.get(slug, (slug, ""))), sight(desk, "sheet", sid)
    if not release.may_see(reader, it.level, it.side):
        return None
    rows: dict[str, list[str]] = {"state": [it.state], "title": [it.title]}
    for fact in it.facts:
        if release.may_see(reader, fact.level or it.level, fact.side if fact.level else it.side):
            rows.setdefault(fact.code, []).append(fact.value)
    return rows


def entries_seen(desk: Desk, sid: str, slug: str) -> list[str]:
    """The acts on a sheet's thread whose entries a person may know of."""
    reader = Reader(*desks.PEOPLE.get(slug, (slug, "")))
    thread = desk.book.thread(f"sheet:{sid}")
    return [one.envelope.act for one in thread if release.may_see(reader, *affairs.seen_at(one.envelope))]


def discloses(desk: Desk, slug: str, name: str, sid: str = "", /, **given: Told) -> tuple[Released, ...]:
    """What a deed would disclose, and to whom; nothing is entered."""
    deed, values = affairs.DEEDS[name], Given(given)
    standing, by = desk.standing(*deed.threads(sid, values)), desks.actor(slug, desk.origin)
    outcome = deed.do(standing, sid, values, by, desk.now(), desk.salts())
    assert isinstance(outcome, Decision), outcome
    return outcome.entries[0].released
