"""Write what the model checker found of the case machine, draw it, and list all deeds:
`python -m tests.core.mechanism.make_mechanism` from the repository's root, `src` on the path.

Rules
1. `docs/case-machine.json` is what was found, world by world; `test_machine` explores again and compares.
2. `docs/pictures/case-machine.svg` and `docs/acts.md` follow from it, from the deeds and from nothing else; a test makes them
   again. Nobody writes in them by hand.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from tests.core.mechanism import worlds
from tests.core.mechanism.desk import ROOT
from tests.core.mechanism.machine import World, told
from tiga.mechanism import affairs, casedeeds, straight
from tiga.mechanism.asks import Deed
from tiga.publish import drawing
from tiga.publish.drawing import AMBER, BLUE, GREY, INK, QUIET, Markup

DOCS = ROOT / "docs"
FOUND = DOCS / "case-machine.json"
PICTURE = DOCS / "pictures" / "case-machine.svg"
PAGE = DOCS / "acts.md"

Pairs = dict[tuple[str, str], set[str]]
"""(state, state) to the acts that lead from one to the other."""


def found(world: World) -> dict[str, Any]:
    """What is kept of a world."""
    sums = told(world)
    refused: dict[str, list[str]] = defaultdict(list)
    for act, code in sorted(world.refused):
        refused[act].append(code)
    return {
        "asks": worlds.WORLDS[world.name].asks, "states": sums.shapes, "steps": sums.steps,
        "edges": [list(row) for row in sums.edges], "inside": [list(row) for row in sums.inside],
        "clocks": [list(row) for row in sums.clocks], "refused": refused,
    }  # fmt: skip


def written(rows: dict[str, Any]) -> str:
    """The file's text: one line for each world's table, so that a change is seen where it is."""
    parts = []
    for name, world in sorted(rows.items()):
        inner = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in world.items())
        parts.append(f"{json.dumps(name)}: {{\n{inner}\n}}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def kept() -> dict[str, Any]:
    """What the file holds."""
    rows: dict[str, Any] = json.loads(FOUND.read_text(encoding="utf-8"))
    return rows


def pairs(rows: dict[str, Any]) -> Pairs:
    """The transitions of all worlds together."""
    table: Pairs = defaultdict(set)
    for world in rows.values():
        for start, act, _, end in world["edges"]:
            table[start, end].add(act)
    return table


# ---- the picture

ROW, TOP, BOX, LEFT, RIGHT, WIDTH = 72, 84, 150, 620, 1010, 1270
LANE = 60
"""Between the arcs over one state and those over two."""
ASIDE = ("suspended", "closed")


def drawn(rows: dict[str, Any]) -> str:
    """The states from above in the order of the course; forward steps to the right, steps back to the left."""
    table = pairs(rows)
    order = list(casedeeds.WORKING)
    height = TOP + ROW * len(order) + 70
    body: list[Markup] = [drawing.headline("The course of a case", WIDTH, "en")]
    for text, x in (
        ("steps back", 360),
        ("state", LEFT + BOX / 2),
        ("steps forward", 790),
        ("ends, and is opened again", 1100),
    ):
        body.append(drawing.words(x, 52, text, "en", anchor="middle", fill=QUIET, size=13))
    arcs = [(order.index(a), order.index(b), acts) for (a, b), acts in table.items() if a in order and b in order]
    for a, b, _ in sorted(arcs, key=lambda row: -abs(row[0] - row[1])):
        body.append(_arc(a, b))
    for a, b, acts in sorted(arcs, key=lambda row: row[:2]):
        body += _labels(a, b, acts)
    for number, name in enumerate(order):
        body += _state(number, name, table)
    body.append(
        drawing.words(
            LEFT + BOX / 2, height - 40, "dashed frame: may be suspended by case.suspend, and goes on by case.resume", "en",
            anchor="middle", fill=QUIET, size=13,
        )
    )  # fmt: skip
    heading = "The course of a case, as the model checker found it"
    described = "; ".join(f"{a} to {b}: {', '.join(sorted(acts))}" for (a, b), acts in sorted(table.items()))
    arrow = drawing.element(
        "marker", drawing.element("path", d="M0 0L9 4.5L0 9Z", fill=BLUE), id="case-machine-end", markerWidth=9,
        markerHeight=9, refX=8, refY=4.5, orient="auto", markerUnits="userSpaceOnUse",
    )  # fmt: skip
    return drawing.picture("case-machine", WIDTH, height, heading, described, "en", body, [arrow])


def _middle(row: int) -> float:
    return TOP + ROW * row + 18


def _side(a: int, b: int) -> tuple[float, float, float]:
    """The edge of the boxes where an arc begins, how far out its middle lies, and the way there (1 or -1)."""
    way = 1 if b > a else -1
    return (LEFT + BOX if way > 0 else LEFT), 40 + LANE * (abs(a - b) - 1), way


def _arc(a: int, b: int) -> Markup:
    edge, out, way = _side(a, b)
    start, end = _middle(a) + 5 * way, _middle(b) - 5 * way
    bend = edge + way * out * 4 / 3
    numbers = (edge, start, bend, start, bend, end, edge, end)
    line = "M{} {}C{} {} {} {} {} {}".format(*map(drawing.number, numbers))
    colour, end_mark = BLUE if way > 0 else AMBER, drawing.filled("case-machine", "end")
    return drawing.element("path", d=line, fill="none", stroke=colour, stroke_width=1.4, marker_end=end_mark)


def _labels(a: int, b: int, acts: set[str]) -> Iterator[Markup]:
    """The acts of an arc, at its middle, one above the other."""
    edge, out, way = _side(a, b)
    x, y = edge + way * (out + 4), (_middle(a) + _middle(b)) / 2 + 4 - 6 * (len(acts) - 1)
    for line, act in enumerate(sorted(acts)):
        anchor = "start" if way > 0 else "end"
        yield drawing.words(x, y + 12 * line, act, "en", anchor=anchor, size=11, halo=True)


def _state(row: int, name: str, table: Pairs) -> Iterator[Markup]:
    y = _middle(row) - 18
    dashes = "5 3" if (name, "suspended") in table else ""
    yield drawing.element(
        "rect",
        x=LEFT,
        y=y,
        width=BOX,
        height=36,
        rx=6,
        fill=GREY,
        stroke=INK,
        stroke_width=1.4,
        stroke_dasharray=dashes,
    )
    yield drawing.words(LEFT + BOX / 2, y + 23, name, "en", anchor="middle", size=15, weight="700")
    ends, back = sorted(table.get((name, "closed"), ())), sorted(table.get(("closed", name), ()))
    for line, (acts, mark) in enumerate(((ends, "closed by"), (back, "opened again by"))):
        if acts:
            yield drawing.words(RIGHT, y + 14 + 16 * line, f"{mark} {', '.join(acts)}", "en", size=11)


# ---- the page


def page(rows: dict[str, Any]) -> str:
    """The tables: worlds, transitions, what changes nothing, clocks, refusals met, all deeds."""
    return "\n".join(
        [
            "# Acts, states and refusals, as the code has them",
            "",
            "Made by `python -m tests.core.mechanism.make_mechanism` from what the model checker of the tests found and from the "
            "deeds in `src/tiga/mechanism/`; a test makes it again and compares. What it means is told in "
            "[the mechanism](mechanism.md).",
            "",
            "![The course of a case](pictures/case-machine.svg)",
            "",
            *_worlds(rows), *_transitions(rows), *_inside(rows), *_clocks(rows), *_refused(rows), *_deeds(),
        ]
    )  # fmt: skip


def _table(title: str, text: str, heads: Iterable[str], lines: Iterable[Iterable[str]]) -> list[str]:
    heads = list(heads)
    rows = [f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines]
    return [f"## {title}", text, "", f"| {' | '.join(heads)} |", "|" + "---|" * len(heads), *rows, ""]


def _worlds(rows: dict[str, Any]) -> list[str]:
    text = (
        "Everybody tries every act in every state, time moves on, and what is reached is explored in turn until nothing new "
        "comes. A state here is all that a guard asks of a case, so one named state is many. All acts at once make too many "
        "states: each world leaves some out, and together they try every act. In each of them, no state is without a way to "
        "`closed`, no measure is without a determination in force, and no issue has two measures."
    )
    lines = [(name, world["asks"], str(world["states"]), str(world["steps"])) for name, world in sorted(rows.items())]
    return _table("What was explored", text, ("world", "what it asks", "states", "steps"), lines)


def _transitions(rows: dict[str, Any]) -> list[str]:
    who: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for world in rows.values():
        for start, act, role, end in world["edges"]:
            who[start, end, act].add(role)
    order = ["preliminary", *casedeeds.WORKING, *ASIDE]
    keys = sorted(who, key=lambda key: (order.index(key[0]), order.index(key[1]), key[2]))
    lines = [(f"`{a}`", f"`{b}`", f"`{act}`", ", ".join(sorted(who[a, b, act]))) for a, b, act in keys]
    text = (
        "A signature leads on where it completes a quorum. `preliminary` is not among them: a complaint serves notice in the "
        "same step."
    )
    return _table("From state to state", text, ("from", "to", "by", "who"), lines)


def _inside(rows: dict[str, Any]) -> list[str]:
    acts: dict[str, set[str]] = defaultdict(set)
    for world in rows.values():
        for start, act, _ in world["inside"]:
            if act != "wait":
                acts[start].add(act)
    order = [*casedeeds.WORKING, *ASIDE]
    lines = [(f"`{name}`", ", ".join(f"`{act}`" for act in sorted(acts[name]))) for name in order]
    return _table("What may be done without leaving a state", "", ("state", "acts"), lines)


def _clocks(rows: dict[str, Any]) -> list[str]:
    names: dict[str, set[str]] = defaultdict(set)
    for world in rows.values():
        for state, clock in world["clocks"]:
            names[state].add(clock)
    lines = [(f"`{name}`", ", ".join(f"`{clock}`" for clock in sorted(names[name]))) for name in casedeeds.WORKING]
    text = "Each runs in that state of a case at least once; those of the other affairs stand with them, in `affairs/`."
    return _table("Clocks that run", text, ("state", "clocks"), lines)


def _refused(rows: dict[str, Any]) -> list[str]:
    codes: dict[str, set[str]] = defaultdict(set)
    for world in rows.values():
        for act, refused in world["refused"].items():
            codes[act] |= set(refused)
    lines = [(f"`{act}`", ", ".join(f"`{code}`" for code in sorted(codes[act]))) for act in sorted(codes)]
    text = (
        "Each was met on the way. Their words and remedies are in the catalogue (`refusal.<code>.text`, "
        "`refusal.<code>.remedy`); refusals of what is badly filled in, and of the acts that no world tries, stand in the "
        "tables of the tests."
    )
    return _table("Refusals of acts on a case", text, ("act", "refused with"), lines)


def _deeds() -> Iterator[str]:
    yield "## All deeds"
    yield (
        "What pages and `tiga act` offer: to whom, in which states of the object (all where none is named), and what is asked "
        "(`?` may be left out). For the straight way of a case, the first of them up to `clock.advance`, the pages have forms of "
        "their own."
    )
    yield ""
    groups: dict[str, list[Deed]] = defaultdict(list)
    for deed in (*straight.DEEDS, *casedeeds.DEEDS, *affairs.DEEDS.values()):
        groups[deed.concept].append(deed)
    for concept, deeds in groups.items():
        yield f"### {concept}"
        yield "| deed | to whom | in states | asks |"
        yield "|---|---|---|---|"
        for deed in deeds:
            states = (
                "all" if not deed.states else "working" if deed.states == casedeeds.WORKING else ", ".join(deed.states)
            )
            asks = ", ".join(f"{ask.name}{'' if ask.required else '?'}" for ask in deed.asks)
            yield f"| `{deed.name}`{' (makes one)' if deed.new else ''} | {', '.join(deed.roles)} | {states} | {asks or ' '} |"
        yield ""


def main() -> None:
    rows = {}
    for name in sorted(worlds.WORLDS):
        print(f"exploring {name}", flush=True)
        rows[name] = found(worlds.world(name))
    FOUND.write_text(written(rows), encoding="utf-8")
    PICTURE.write_text(drawn(rows), encoding="utf-8")
    PAGE.write_text(page(rows), encoding="utf-8")
    for path in (FOUND, PICTURE, PAGE):
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
