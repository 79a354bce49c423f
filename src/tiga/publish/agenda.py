"""The points an agreement leaves open, as an agenda that the next round of talks can print.

Rules
1. A point says who said what, how a real mechanism settled the same point, and what cannot run until it is settled.
2. Statements stand beside each other in the speakers' sense; which side stands first alternates from point to point.
3. A placeholder is named a placeholder wherever it stands.
4. Each point has room to write down what the session decided.

Not done here: finding the points (`agreement.drafting`).
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.publish import paper, typesetting
from tiga.publish.paper import BadPaper, Block, Facts, Line, Paper, Section, Space
from tiga.values.words import pick, say

Texts = dict[str, str]
STATUSES = ("placeholder", "disputed", "silent", "press", "party_readout", "binds_one", "one_sided")
ITEMS_MAX = 500


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody publicly said that the text says, in our words, with its citation."""

    who: Texts
    text: Texts
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """How a real mechanism settled the same point."""

    mechanism: str
    how: Texts
    citation: str = ""


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One point to settle: where it stands, what it is about, its standing (STATUSES), and what waits for it."""

    clause: str
    title: Texts
    status: str
    note: Texts
    said: tuple[Saying, ...] = ()
    settled: tuple[Example, ...] = ()
    needed_for: tuple[Texts, ...] = ()


@dataclass(frozen=True, slots=True)
class Agenda:
    """The points of one agreement in its own order. `kind` is `exercise` or `press`, `version` the SHA-256 in hex."""

    kind: str
    agreement: Texts
    version: str
    illustrative: bool
    items: tuple[AgendaItem, ...]

    def __post_init__(self) -> None:
        if len(self.items) > ITEMS_MAX:
            raise BadPaper(f"agenda: {len(self.items)} points, the limit is {ITEMS_MAX}")
        for item in self.items:
            if item.status not in STATUSES:
                raise BadPaper(
                    f"point {item.clause}: {item.status!r} is not a status; use one of {', '.join(STATUSES)}"
                )


def html(agenda: Agenda, language: str) -> str:
    """The agenda as one self-contained HTML file."""
    return paper.html(composed(agenda, language))


def pdf(agenda: Agenda, language: str, fonts_dir: str) -> bytes:
    """The agenda as A4 PDF; raises `typesetting.NoFont` where a font is missing."""
    return typesetting.pdf(composed(agenda, language), fonts_dir)


def composed(agenda: Agenda, language: str) -> Paper:
    """The agenda as a paper in one language."""
    facts = [
        (say("publish.agenda.agreement", language), paper.isolated(agenda.agreement, language)),
        (say("publish.agenda.hash", language), agenda.version),
        ("", say("publish.agenda.count", language, n=len(agenda.items))),
    ]
    if agenda.illustrative:
        facts.append(("", say("publish.agenda.illustrative", language)))
    sections = tuple(
        Section(
            f"agenda-{place}",
            say("publish.agenda.item", language, n=place, title=pick(item.title, language)[0]),
            _item(item, place, language),
        )
        for place, item in enumerate(agenda.items, start=1)
    )
    return Paper(
        title=say("publish.agenda.title", language),
        kind=agenda.kind,
        language=language,
        lede=f"{say('publish.agenda.lede', language)} {say('publish.agenda.order', language)}",
        facts=Facts(tuple(facts)),
        sections=sections,
        foot=f"{paper.isolated(agenda.agreement, language)} · {agenda.version}",
    )


def _item(item: AgendaItem, place: int, language: str) -> tuple[Block, ...]:
    blocks: list[Block] = [
        Line(say("publish.agenda.clause", language, clause=item.clause), "quiet"),
        Line(say(f"publish.agenda.status.{item.status}", language), "notice"),
    ]
    note = paper.isolated(item.note, language)
    if note:
        blocks.append(Line(note))
    said = item.said if place % 2 else tuple(reversed(item.said))
    blocks += _part("said", [_said(one, language) for one in said], language)
    blocks += _part("settled", [_settled(one, language) for one in item.settled], language)
    blocks += _part("needed", [Line(paper.isolated(text, language)) for text in item.needed_for], language)
    return (*blocks, Space(say("publish.agenda.decision", language)))


def _part(code: str, lines: list[Line], language: str) -> list[Line]:
    empty = [Line(say(f"publish.agenda.{code}_none", language), "quiet")]
    return [Line(say(f"publish.agenda.{code}", language), "strong"), *(lines or empty)]


def _said(one: Saying, language: str) -> Line:
    text = say("publish.agenda.said_by", language, who=pick(one.who, language)[0], text=pick(one.text, language)[0])
    return Line(_cited(text, one.citation))


def _settled(one: Example, language: str) -> Line:
    text = say("publish.agenda.said_by", language, who=one.mechanism, text=pick(one.how, language)[0])
    return Line(_cited(text, one.citation))


def _cited(text: str, citation: str) -> str:
    return f"{text} [\u2068{citation}\u2069]" if citation else text
