"""What came of a dispute, as plain data: what each act led to, where everything stands, and what each reader may see.

Rules
1. All that the fold holds of cases and of affairs is in it, and what is derived from it: states, clocks with their states,
   the ledger of measures, each explanation in full, the sights of affairs. What is added to the fold later is in it too.
2. An entry is told by its act and its place in it (`@3.1`), never by its hash; a hash of anything else as what it is of. So
   two disputes that differ in the names of parties alone have the same data but for those names.
3. Lists that are sorted by a hash or by the names of parties (SETS) are sets: they are put into one order.
4. Access is asked of `release` and `summary.level` alone: for each reader every entry, every value released, every
   reply, every draft, every object of an affair and each of its facts.

Not done here: comparing (`impartial`).
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Any, cast

from tiga.mechanism import (
    affairs,
    binding,
    cases,
    confidence,
    deadlines,
    hotline,
    imposed,
    measures,
    patrols,
    release,
    summary,
)
from tiga.mechanism.acts import Refusal, Released
from tiga.mechanism.release import Reader
from tiga.mechanism.standing import Standing
from tiga.record.entries import Entry
from tiga.values.moments import Instant

Plain = dict[str, Any]
SIDES = ("party-1", "party-2")
READERS: dict[str, Reader] = {
    "liaison-1": Reader("liaison", "party-1"), "liaison-2": Reader("liaison", "party-2"),
    "mediator": Reader("mediator", "mediator-1"), "monitor": Reader("monitor"), "public": Reader(),
}  # fmt: skip
"""Those for whom what may be seen is written down: each liaison officer, and one of each other kind."""
SETS = frozenset(
    ("to", "parties", "silent", "joined", "supports", "without", "reports", "cases", "determinations", "counted", "left_out",
     "threads", "facts", "clocks", "present", "absent", "binds", "owed_by", "keys", "stays", "over", "replies",
     "mediators", "extended", "sides", "by", "claims", "current",
     "calls_tallied", "halves_tallied", "hours_patrolled")
)  # fmt: skip
"""Members whose lists are sorted by ids or names, or tell the parties in the agreement's order: sets, not orders."""
FOLDED = ("seats", "recused", "panel_notices", "panel_noticed", "reports", "incidents", "cases", "findings", "determinations",
          "measures", "papers", "challenges", "fixed", "deadlocks", "over")  # fmt: skip
TALLIES: Mapping[str, Callable[[Standing], Any]] = {
    "calls_tallied": lambda standing: hotline.tally(standing),
    "halves_tallied": lambda standing: confidence.tally(standing),
    "hours_patrolled": lambda standing: patrols.logged(standing),
}
"""What is counted over all objects of a concept."""
_PEOPLE = re.compile(r"\b(party|liaison)-([12])\b")
_HASH = re.compile(r"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]{43}|[0-9a-f]{64})(?![A-Za-z0-9_-])")
_NUMBER = re.compile(r"\b[A-Z]{1,3}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
_TOKENS = re.compile(r"[A-Za-z0-9_.@:/-]+(?:, [A-Za-z0-9_.@:/-]+)+\Z")


@dataclass
class Log:
    """What an act led to, act by act, as it is played: `labels` are the ids of entries by act and place."""

    labels: dict[str, str] = field(default_factory=dict)
    acts: Plain = field(default_factory=dict)
    released: list[tuple[str, Released]] = field(default_factory=list)


def normal(value: Any, member: str = "", *, exchange: bool = False) -> Any:
    """Plain data in one order (rule 3), with the parties and their people exchanged where that is asked."""
    if isinstance(value, str):
        return _text(value, exchange=exchange)
    if isinstance(value, dict):
        return {_text(name, exchange=exchange): normal(item, name, exchange=exchange) for name, item in value.items()}
    if isinstance(value, list):
        rows = [normal(item, exchange=exchange) for item in value]
        return sorted(rows, key=_spelled) if member in SETS else rows
    return value


def _text(text: str, *, exchange: bool) -> str:
    """A text with its people exchanged; names told in a row, or in lines, are a set too."""
    if exchange and "-" in text:
        text = _PEOPLE.sub(lambda found: f"{found[1]}-{3 - int(found[2])}", text)
    if "\n" in text:
        return "\n".join(sorted(text.split("\n")))
    return ", ".join(sorted(text.split(", "))) if ", " in text and _TOKENS.match(text) else text


def _spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def plain(value: Any) -> Any:
    """Plain data of anything that the fold holds: dataclasses by member, moments as text, what is absent as empty."""
    if isinstance(value, (str, bool, int)):
        return value
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Instant):
        return value.text()
    if is_dataclass(value) and not isinstance(value, type):
        return {row.name: plain(getattr(value, row.name)) for row in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(name): plain(item) for name, item in value.items()}
    rows = [plain(item) for item in value]
    return sorted(rows, key=_spelled) if isinstance(value, (set, frozenset)) else rows


def _key(name: Any) -> str:
    if isinstance(name, str):
        return name
    return " ".join(map(_key, name)) if isinstance(name, tuple) else str(plain(name))


def told(value: Any, labels: Mapping[str, str]) -> Any:
    """Plain data with the ids of entries as labels, and every other hash as nothing but that."""
    if isinstance(value, str):
        if len(value) < 9:
            return value
        if value.startswith("pairs:"):
            return labels.get(value, value)
        return _NUMBER.sub("number", _HASH.sub(lambda found: labels.get(found[0], "hash"), value))
    if isinstance(value, dict):
        return {told(name, labels): told(item, labels) for name, item in value.items()}
    return [told(item, labels) for item in value] if isinstance(value, list) else value


def refused(refusal: Refusal) -> Plain:
    return {"refusal": {"code": refusal.code, "clause": refusal.clause, "values": dict(refusal.values)}}


def entered(entry: Entry, body: Plain, threads: tuple[str, ...], released: Iterable[Released]) -> Plain:
    """An entry as it was entered: all but its digests, which hide what is told beside them."""
    envelope = entry.envelope
    values = [
        {"name": one.disclosure.name, "value": one.disclosure.value, "level": one.level, "party": one.party}
        for one in released
    ]
    return {
        "at": envelope.at.text(), "case": envelope.case, "re": list(envelope.re), "body": body,
        "threads": list(threads), "released": values, "signers": len(entry.signers), "digests": len(envelope.sd),
    }  # fmt: skip


def halves(standing: Standing) -> dict[str, str]:
    """The halves of paired steps by number, `<id>:<n>`, as halves of their parties: the number is a place in the text."""
    rows, pairs = {}, standing.agreement.undertakings.pairs if standing.agreement else ()
    for pair in pairs:
        for number, half in enumerate(pair.halves, 1):
            own = sum(1 for earlier in pair.halves[:number] if earlier.party == half.party)
            rows[f"{pair.id}:{number}"] = f"{half.party} {own}"
    return rows


def body_of(standing: Standing, entry: Entry) -> Plain:
    """An entry's body, in which the halves of a paired step are told by party."""
    body = dict(entry.envelope.body)
    if entry.envelope.act not in {kind.ACT for kind in confidence.KINDS}:
        return body
    begun = confidence.state(standing).pairs[body.get("pair", entry.sid)].begun
    named, pair = halves(standing), begun.undertaking
    body |= {name: named[f"{pair}:{body[name]}"] for name in ("half", "next") if body.get(name)}
    if "within" in body:
        body["within"] = {named[f"{pair}:{number}"]: span for number, span in enumerate(body["within"], 1)}
    return body


def of(standing: Standing, log: Log, entries: Iterable[Entry], now: Instant) -> Plain:
    """All that came of a dispute by `now`."""
    whole = {
        "acts": log.acts,
        "stands": {name: plain(getattr(standing, name)) for name in FOLDED},
        "cases": {sid: _case(standing, case, now) for sid, case in standing.cases.items()},
        "explanations": dict(_explanations(standing)),
        "ledger": _counted(plain(imposed.ledger(standing, now))),
        "affairs": _affairs(standing, now),
        "bindings": plain(binding.state(standing).findings),
        "tallies": {name: plain(tally(standing)) for name, tally in TALLIES.items()},
        "seen": {name: dict(_seen(reader, standing, log, entries)) for name, reader in READERS.items()},
    }
    named = {f"pairs:{place}": f"pairs {half}" for place, half in halves(standing).items()}
    return cast(Plain, normal(told(whole, log.labels | named)))


def _counted(rows: list[Any]) -> Plain:
    return {str(number): row for number, row in enumerate(rows)}


def _case(standing: Standing, case: cases.Case, now: Instant) -> Plain:
    clocks = deadlines.clocks(standing, case)
    return {
        "state": cases.state(standing, case), "stayed": cases.stayed(standing, case), "parties": list(case.parties),
        "clocks": _clocks(clocks, now),
    }  # fmt: skip


def _clocks(clocks: Iterable[deadlines.Clock], now: Instant) -> Plain:
    return {f"{row.name} {row.whose} {row.started.ms}": plain(row) | {"state": row.state(now)} for row in clocks}


def _explanations(standing: Standing) -> Iterator[tuple[str, Any]]:
    """Each measure's explanation, computed again from what stands now."""
    for sid, row in standing.measures.items():
        ruling = standing.determinations.get(row.imposed.determination)
        ruled = next((one for one in ruling.issued.ruled if one.issue == row.imposed.issue), None) if ruling else None
        if ruling and ruled:
            computed = measures.compute(standing, ruling, ruled, row.at)
            yield sid, refused(computed) if isinstance(computed, Refusal) else json.loads(computed.explanation)


def _affairs(standing: Standing, now: Instant) -> Plain:
    rows: Plain = {}
    for concept in affairs.CONCEPTS:
        for sid in concept.objects(standing):
            if seen := concept.sight(standing, sid):
                rows[f"{concept.NAME} {sid}"] = plain(seen) | {"clocks": _clocks(seen.clocks, now)}
    return rows


# ---- access


def _seen(reader: Reader, standing: Standing, log: Log, entries: Iterable[Entry]) -> Iterator[tuple[str, bool]]:
    """What a reader may see, one name for each thing."""
    for entry in entries:
        level, party = level_of(standing, entry)
        if release.may_see(reader, level, party):
            yield f"entry {entry.sid}", True
    for sid, one in log.released:
        if release.may_see(reader, one.level, one.party):
            yield f"value {sid} {one.disclosure.name}", True
    for sid, case in standing.cases.items():
        if release.may_see_case(reader, standing, case):
            yield f"case {sid}", True
        for reply in case.replies:
            if release.may_see_reply(reader, case, reply.party):
                yield f"reply {reply.sid}", True
    for rows in (standing.findings, standing.determinations, standing.measures):
        for sid, row in rows.items():
            if release.may_see_draft(reader, row.in_force):
                yield f"paper {sid}", True
    yield from _sights(reader, standing)


def _sights(reader: Reader, standing: Standing) -> Iterator[tuple[str, bool]]:
    for concept in affairs.CONCEPTS:
        for sid in concept.objects(standing):
            seen = concept.sight(standing, sid)
            if seen is None or not release.may_see(reader, seen.level, seen.side):
                continue
            yield f"object {sid}", True
            for fact in seen.facts:
                if release.may_see(reader, fact.level or seen.level, fact.side if fact.level else seen.side):
                    yield f"fact {sid} {fact.code} {fact.value}", True


def level_of(standing: Standing, entry: Entry) -> tuple[str, str]:
    """(level, party) at which an entry is known."""
    if entry.envelope.act in affairs.REGISTRY.kinds:
        return affairs.seen_at(entry.envelope)
    return summary.level(standing, entry), str(entry.envelope.body.get("party", ""))
