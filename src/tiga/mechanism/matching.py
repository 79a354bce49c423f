"""Whether a text that somebody published is one that the mechanism signed (domain.md g.13).

Rules
1. The text of a finding is its gists in the order of its issues, one a line, UTF-8. Only a finding in force is signed;
   a draft, or what waits for signatures, is nobody's text yet.
2. `bytes` are the same bytes, `spacing` the same words in other white space, `part` the words of one issue alone. Anything
   else is not the mechanism's, whoever published it first.
3. Beside the match stands whether the mechanism has published the finding, and whether it still stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism.findings import Finding

if TYPE_CHECKING:
    from tiga.mechanism.standing import Standing

HOW = ("bytes", "spacing", "part")


@dataclass(frozen=True, slots=True)
class Match:
    """The finding that a text is, with its case, `how` (one of HOW), when the mechanism published it, and whether it stands:
    not superseded, and nothing that it rests on is in doubt."""

    finding: str
    case: str
    how: str
    published: bool
    stands: bool


def text_of(finding: Finding) -> bytes:
    """The bytes that are handed out of a finding."""
    return "\n".join(held.gist for held in finding.adopted.held).encode("utf-8")


def matches(text: str, standing: Standing, *, published: bool = False) -> Match | None:
    """The signed finding that a text is, or None; only among published ones where `published` is set."""
    data, words, found = text.encode("utf-8"), text.split(), []
    for finding in standing.findings.values():
        case = standing.cases.get(finding.adopted.case)
        if finding.in_force is None or case is None:
            continue
        told = case.course.published is not None and case.course.published >= finding.in_force
        own = text_of(finding)
        gists = [held.gist.split() for held in finding.adopted.held]
        checks = (own == data, own.decode("utf-8").split() == words, words in gists)
        if any(checks) and (told or not published):
            stands = case.finding == finding.sid and not case.flags
            found.append((checks.index(True), Match(finding.sid, case.sid, HOW[checks.index(True)], told, stands)))
    return min(found, key=lambda one: one[0])[1] if found else None
