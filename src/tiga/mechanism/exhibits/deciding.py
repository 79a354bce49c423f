"""Deciding on exhibits: the registrar enters what was found, made and handed out; mediators appoint and release.

Rules
1. A file is examined once. What was found is split by who may know it (`parted`): deny first, a verdict whose code is not
   listed as telling nothing of time, place, device or person belongs to the particulars.
2. The particulars go to the party that deposited the file (R2), of a file of monitors to the team (RT), else to R3.
3. A release that keeps something needs the reference of a consent; boxes are whole pixels `left top right bottom`, a line each.
4. An examiner is of the mediators' side or a monitor: no officer of a party has the other's file as it came.
5. A hand-over is entered only in the form that `may_have` gives.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tiga.drafts import Fault
from tiga.drafts.examinations import Examination, Verdict
from tiga.drafts.texts import shown
from tiga.mechanism import guards
from tiga.mechanism.acts import Actor, Decision, Outcome, Refusal, Released, drafted, sealed
from tiga.mechanism.asks import Given
from tiga.mechanism.exhibits.entries import (
    KEEPS,
    ExhibitAppointed,
    ExhibitDerived,
    ExhibitExamined,
    ExhibitHanded,
    ExhibitReleased,
)
from tiga.mechanism.exhibits.folding import Exhibit, Levels, deposit_of, may_have, state
from tiga.mechanism.release import Reader
from tiga.record.disclosures import Disclosure
from tiga.values.moments import Instant
from tiga.values.words import plain_digits

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

Draws = tuple[bytes, ...]
BOXES_LIMIT = 200
PIXELS_LIMIT = 100_000
"""The far edge of a box."""
VALUE_BYTES_LIMIT = 40_000
"""Bytes of the verdicts in one disclosure; further ones are left out, and it says so."""
_OPEN = frozenset(
    f"evidence.{code}"
    for code in (
        "empty", "too_long", "type_agrees", "type_known", "type_unknown", "type_differs", "second_kind", "unreadable",
        "cut_short", "bytes_behind", "further_pictures", "pixels_claimed", "box_claimed", "unpacked_claimed", "archive",
        "archive_closed", "locked", "paths_outside", "passive", "active_content", "time_absent", "place_absent",
        "device_absent", "thumbnail_same", "thumbnail_differs", "thumbnail_unread", "voice", "no_voice",
        "credentials_absent", "credentials_elsewhere", "child_time", "child_memory", "child_crash", "child_answer",
        "child_start",
    )
)  # fmt: skip
"""Verdicts that name no time, place, device, program or person."""
_LIKENESS = ("evidence.duplicate", "evidence.alike_", "evidence.recycled", "evidence.likeness_",
             "evidence.timestamp_of_file", "evidence.timestamp_of_no_file")  # fmt: skip
"""How the codes begin that speak of other files."""
Parts = tuple[tuple[Verdict, ...], tuple[Verdict, ...], tuple[Verdict, ...]]


def parted(verdicts: tuple[Verdict, ...]) -> Parts:
    """(for all who may see the file, for the depositor and the mediators' side, on likeness), each in its order."""
    alike = tuple(row for row in verdicts if row.code.startswith(_LIKENESS))
    known = tuple(row for row in verdicts if row.code in _OPEN)
    rest = tuple(row for row in verdicts if row not in alike and row not in known)
    return known, rest, alike


def examine(
    standing: Standing, case: str, file: str, owner: str, found: Examination, levels: Levels, now: Instant, draws: Draws
) -> Outcome:
    """Enter what a deposited file says about itself; `owner` is the depositor's key, six draws give the salts."""
    held = deposit_of(standing, file)
    if held is None or held[0] != case:
        return Refusal("exhibit_unknown")
    if file in state(standing).exhibits:
        return Refusal("exhibit_examined")
    by = held[1].by
    known, rest, alike = parted(found.verdicts)
    level, party = min(levels, default=("R3", ""))
    likeness = {"verdicts": _plain(alike)[0], "fingerprint": _fingerprint(found)}
    values = (
        Released(Disclosure(draws[0], "examination", {**_told(known), "media_type": found.media_type}), level, party),
        Released(Disclosure(draws[1], "particulars", _told(rest)), *_particular(standing, by)),
        Released(Disclosure(draws[2], "likeness", likeness), "R3"),
    )
    kind = ExhibitExamined(case, file, by, owner, held[1].at, sealed(values, draws[3:]))
    return Decision((drafted(kind, standing.log, now, values, by_registrar=True),), standing.reads)


def _particular(standing: Standing, by: str) -> tuple[str, str]:
    """The level, and the party, of the particulars of a file."""
    if by in guards.parties(standing):
        return "R2", by
    return ("RT" if by == "monitor" else "R3"), ""


def _told(verdicts: tuple[Verdict, ...]) -> dict[str, Any]:
    rows, cut = _plain(verdicts)
    return {"verdicts": rows, "cut": True} if cut else {"verdicts": rows}


def _plain(verdicts: tuple[Verdict, ...]) -> tuple[list[dict[str, Any]], bool]:
    """Verdicts as signed JSON holds them, as many as fit, and whether some were left out."""
    rows: list[dict[str, Any]] = []
    left = VALUE_BYTES_LIMIT
    for row in verdicts:
        made = {"code": row.code, "outcome": row.outcome, "values": _spelled(row.values)}
        left -= len(json.dumps(made, ensure_ascii=False).encode("utf-8", "replace"))
        if left < 0:
            return rows, True
        rows.append(made)
    return rows, False


def _spelled(values: Mapping[str, str]) -> dict[str, str]:
    """Values as signed JSON holds them: in one line, refused characters as their codes."""
    return {name: shown(" ".join(value.split())) for name, value in values.items()}


def _fingerprint(found: Examination) -> dict[str, Any]:
    marks = found.fingerprint
    if marks is None:
        return {"sha256": found.sha256}
    return {
        "sha256": marks.sha256,
        "whole": marks.whole,
        "parts": marks.parts,
        "width": marks.width,
        "height": marks.height,
    }


class Copy(NamedTuple):
    """A derivative that was made: what is said of it, and of the file that it was made of."""

    blob: dict[str, Any]
    original: dict[str, Any]


def derive(standing: Standing, file: str, made: Copy | Fault, levels: Levels, now: Instant, draws: Draws) -> Outcome:
    """Enter a derivative that follows the present release, or the fault for which there is none, at the file's levels."""
    row = state(standing).exhibits.get(file)
    if row is None:
        return Refusal("exhibit_unknown")
    if row.current is not None:
        return Refusal("exhibit_derived")
    of, keeps, boxes = row.policy
    level, party = min(levels, default=("R3", ""))
    if isinstance(made, Fault):
        fault, told = made.code, {"fault": {"code": made.code, "values": _spelled(made.values)}}
    else:
        fault, told = "", {"blob": made.blob, "original": {"sid": file, **made.original}}
    values = tuple(
        Released(Disclosure(draw, name, value), level, party)
        for draw, (name, value) in zip(draws, told.items(), strict=False)
    )
    kind = ExhibitDerived(row.examined.case, file, of, keeps, boxes, fault, sealed(values, draws[len(values) :]))
    return Decision((drafted(kind, standing.log, now, values, by_registrar=True),), standing.reads)


def hand(
    standing: Standing, file: str, reader: Reader, key: str, levels: Levels, form: str, through: str, now: Instant
) -> Outcome:
    """Enter that a file is handed to a reader in a form; refused in any other than `may_have` gives."""
    if not key or not form or may_have(standing, reader, key, file, levels) != form:
        return Refusal("exhibit_denied")
    held = deposit_of(standing, file)
    party = held[1].by if held is not None and held[1].by in guards.parties(standing) else ""
    level = "R2" if party else "R3"
    kind = ExhibitHanded(file, key, reader.role, reader.component, form, through, level, party)
    return Decision((drafted(kind, standing.log, now, by_registrar=True),), standing.reads)


# ---- mediators


def appoint(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """A mediator names an examiner for one file, with the reason."""
    row = state(standing).exhibits.get(sid)
    refusal = guards.acting(standing, by, "mediator")
    if refusal or row is None:
        return refusal or Refusal("exhibit_unknown")
    key = given.text("examiner")
    if key not in candidates(standing):
        return Refusal("exhibit_examiner", values={"member": key})
    if key in row.examiners:
        return Refusal("exhibit_appointed", values={"member": key})
    return _appointed(standing, row, key, given, now, ended=False)


def dismiss(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """A mediator ends an examiner's appointment for one file."""
    row = state(standing).exhibits.get(sid)
    refusal = guards.acting(standing, by, "mediator")
    if refusal or row is None:
        return refusal or Refusal("exhibit_unknown")
    key = given.text("examiner")
    if key not in row.examiners:
        return Refusal("exhibit_not_appointed", values={"member": key})
    return _appointed(standing, row, key, given, now, ended=True)


def _appointed(standing: Standing, row: Exhibit, key: str, given: Given, now: Instant, *, ended: bool) -> Decision:
    kind = ExhibitAppointed(row.examined.case, row.sid, key, given.line("reason"), ended)
    return Decision((drafted(kind, standing.log, now),), standing.reads)


def candidates(standing: Standing) -> tuple[str, ...]:
    """Keys that may be named as examiners: monitors and the mediators' side, as long as they count."""
    return tuple(
        name for name, key in standing.keys.items() if key.role in guards.TEAM and name not in standing.revoked
    )


def release(standing: Standing, sid: str, given: Given, by: Actor, now: Instant, draws: Draws) -> Outcome:
    """A mediator says what a derivative of a file may keep, and what is covered in it."""
    row = state(standing).exhibits.get(sid)
    refusal = guards.acting(standing, by, "mediator")
    if refusal or row is None:
        return refusal or Refusal("exhibit_unknown")
    asked = given.many("keeps")
    keeps = tuple(name for name in KEEPS if f"keep_{name}" in asked)
    if keeps and not given.line("consent"):
        return Refusal("exhibit_consent")
    boxes = _boxes(given.lines("boxes"))
    if boxes is None:
        return Refusal("exhibit_boxes", values={"limit": str(BOXES_LIMIT)})
    grounds = {"consent": given.line("consent"), "reason": given.line("reason")}
    values = (Released(Disclosure(draws[0], "grounds", grounds), "R3"),)
    kind = ExhibitReleased(row.examined.case, sid, keeps, boxes, sealed(values, draws[1:]))
    return Decision((drafted(kind, standing.log, now, values),), standing.reads)


def _boxes(lines: tuple[str, ...]) -> tuple[str, ...] | None:
    """Boxes as four whole numbers each, or None where one is none."""
    rows = []
    for line in lines:
        numbers = plain_digits(line).replace(",", " ").split()
        if len(numbers) != 4 or not all(one.isascii() and one.isdigit() and len(one) < 7 for one in numbers):
            return None
        left, top, right, bottom = (int(one) for one in numbers)
        if not (left < right <= PIXELS_LIMIT and top < bottom <= PIXELS_LIMIT):
            return None
        rows.append(f"{left} {top} {right} {bottom}")
    return tuple(rows) if len(rows) <= BOXES_LIMIT else None
