"""What a backtest says: a table, lists for spreadsheets, the assumptions, pictures.

Rules
1. Every output begins by saying that nothing in it is a finding.
2. There are counts, steps and spans: no event, place or name. Parties are Party 1 and Party 2.
3. Each draft stands beside itself with the parties exchanged; two drafts stand side by side.
4. Numbers in lists are plain digits, days with one decimal; a cell that looks like a formula is guarded.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_EVEN, Decimal

from tiga.agreement.clauses import Agreement
from tiga.cli.lines import told, wrapped
from tiga.cli.pasts import Hidden, Taken
from tiga.drafts.texts import guarded
from tiga.mechanism import backtest, explanation, workload
from tiga.mechanism.assumptions import CHOICES, FIXED, Assumptions
from tiga.mechanism.backtest import Period, Run, Side
from tiga.publish import backtests as pictures
from tiga.values.words import digits, knows, pick, say

DAY_MS = Decimal(86_400_000)
LABEL, COLUMN = 24, 7
"""Columns of a terminal for a row's name and for each number: two drafts, both ways round, fit into 80."""
PLOT_WEEKS = pictures.WEEKS_MAX
_ISOLATES = re.compile("[\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft tried: its label, the agreement and its SHA-256, the run, and the run with the parties exchanged."""

    label: str
    agreement: Agreement
    sha256: str
    run: Run
    other: Run


@dataclass(frozen=True, slots=True)
class Told:
    """All that is said: drafts, what they were tried on, under which assumptions, over which period."""

    drafts: tuple[Draft, ...]
    taken: Taken
    assumed: Assumptions
    within: Period
    hide: Hidden
    matched: bool
    language: str

    def say(self, code: str, **values: object) -> str:
        return told(f"backtest.{code}", self.language, **values)


def days(ms: int) -> str:
    """Milliseconds as days with one decimal, half to even."""
    return str((Decimal(ms) / DAY_MS).quantize(Decimal("0.1"), ROUND_HALF_EVEN))


# ---- the table


def table(all: Told) -> str:
    """The whole table as lines for a terminal."""
    lines = [wrapped(all.say("note")), ""]
    lines += [wrapped(line) for line in _past(all)]
    lines += ["", all.say("title.assumptions"), *(wrapped(line, "  ", "    ") for line in _assumptions(all))]
    lines += ["", *_numbers(all)]
    for draft in all.drafts:
        lines += ["", all.say("title.draft", label=draft.label, sha=draft.sha256[:16])]
        lines += [wrapped(line, "  ", "    ") for line in (*_mirror(all, draft), *_load(all, draft))]
        lines += [wrapped(line, "  ", "    ") for line in _clash(all, draft)]
    return "\n".join(lines) + "\n"


def _past(all: Told) -> Iterator[str]:
    taken, zone = all.taken, all.assumed.zone
    yield all.say(f"read_{taken.kind}", n=taken.read, taken=len(taken.past.happened))
    for reason, n in sorted(Counter(reason for _, reason in taken.past.left_out).items()):
        yield all.say("left_out", n=n, why=say(f"left_out.{reason}", all.language))
    ends = (digits(at.local(zone)[:10], all.language) for at in (all.within.start, all.within.end))
    start, end = ends
    yield all.say("period", start=start, end=end, zone=zone)
    if not all.matched:
        yield all.say("unmatched")


def _assumptions(all: Told) -> Iterator[str]:
    for name, value in _named(all.assumed):
        yield f"{name} = {value}: {_meaning(all, name, value)}"
    for draft in all.drafts:
        yield all.say("stages", label=draft.label, what="; ".join(_stages(all, draft)))
    for code in FIXED:
        yield all.say(f"fixed.{code}")
    counted = Counter(code for row in all.taken.past.happened for code in row.assumed)
    for code, n in sorted(counted.items()):
        yield all.say("of_events", n=n, what=say(f"assumed.{code}", all.language))


def _named(assumed: Assumptions) -> Iterator[tuple[str, str]]:
    for one in fields(Assumptions):
        yield one.name, str(getattr(assumed, one.name)) or "clocks"


def _meaning(all: Told, name: str, value: str) -> str:
    """What an assumption means in words."""
    code = f"means.{name}_{value}" if name in CHOICES else f"means.{name}"
    return all.say(code)


def _stages(all: Told, draft: Draft) -> Iterator[str]:
    for name, clocks in draft.run.stages.clocks:
        span = all.say("days", n=digits(days(draft.run.stages.span(name).ms), all.language))
        from_clocks = f" ({', '.join(all.hide(clock) for clock in clocks)})" if clocks else ""
        yield f"{all.say(f'stage.{name}')} {span}{from_clocks}"


def _numbers(all: Told) -> Iterator[str]:
    """The numbers side by side: a column for each party, both ways round, for each draft."""
    sides = [side for draft in all.drafts for run in (draft.run, draft.other) for side in run.sides]
    heads = [f"{draft.label}{mark}" for draft in all.drafts for mark in ("", "*")]
    yield " " * LABEL + "".join(f"{head:>{2 * COLUMN}}" for head in heads)
    yield _line(all, all.say("row.party"), [str(1 + at % 2) for at in range(len(sides))])
    yield "-" * (LABEL + COLUMN * len(sides))
    for label, cells in _rows(all, sides):
        yield _line(all, label, cells)
    yield wrapped(all.say("exchanged"))


def _line(all: Told, label: str, cells: Sequence[str]) -> str:
    label = _ISOLATES.sub("", label)[: LABEL - 1]  # they take no column
    return f"{label:<{LABEL}}" + "".join(f"{digits(cell, all.language):>{COLUMN}}" for cell in cells)


def _rows(all: Told, sides: Sequence[Side]) -> Iterator[tuple[str, list[str]]]:
    """Every row's name and its cells."""
    yield all.say("row.cases"), [str(side.cases) for side in sides]
    yield all.say("row.violations"), [str(side.violations) for side in sides]
    for name in dict.fromkeys(name for side in sides for name, _ in side.severities):
        yield f"  {_severity(all, name)}", [str(dict(side.severities).get(name, "-")) for side in sides]
    numbers = sorted({row.step for side in sides for row in side.steps})
    steps = [{row.step: row for row in side.steps} for side in sides]
    for number in numbers:
        cells = [str(rows[number].measures) if number in rows else "-" for rows in steps]
        yield all.say("row.measures", n=number), cells
    if any(row.stepped_up for side in sides for row in side.steps):
        yield all.say("row.stepped_up"), [str(sum(row.stepped_up for row in side.steps)) for side in sides]
    yield all.say("row.unmet"), [str(side.unmet) for side in sides]
    yield all.say("row.free"), [_whole(side.free_ms) for side in sides]
    for number in numbers:
        yield all.say("row.days", n=number), [_whole(rows[number].ms) if number in rows else "-" for rows in steps]
    yield all.say("row.highest"), [str(side.highest) for side in sides]
    yield all.say("row.after"), [str(side.after) for side in sides]
    for code in backtest.APART:
        if any(dict(side.apart).get(code) for side in sides):
            yield all.say(f"apart.{code}"), [str(dict(side.apart).get(code, 0)) for side in sides]


def _whole(ms: int) -> str:
    return str(int((Decimal(ms) / DAY_MS).quantize(Decimal(1), ROUND_HALF_EVEN)))


def _severity(all: Told, name: str) -> str:
    return say(f"severity.{name}", all.language) if knows(f"severity.{name}") else all.hide(name)


def _mirror(all: Told, draft: Draft) -> Iterator[str]:
    """Whether the draft treats both parties alike, loudly where it does not."""
    uneven = backtest.one_sided(draft.agreement)
    differs = backtest.unmirrored(draft.run, draft.other)
    if not differs:
        yield all.say("mirror.even")
    else:
        yield all.say("mirror.uneven" if uneven else "mirror.bug", what=", ".join(differs))
    for code, clauses in uneven:
        yield all.say("mirror.act", act=all.hide(code), clauses=", ".join(map(all.hide, clauses)))
    nobody = dict(draft.run.apart).get("nobody_accused", 0)
    if nobody:
        yield all.say("apart_nobody", n=nobody)
    outside = dict(draft.run.apart).get("outside_mandate", 0)
    if outside:
        yield all.say("apart_outside", n=outside, of=draft.run.events)
    if draft.run.disputed:
        yield all.say("disputed", n=draft.run.disputed)


def _load(all: Told, draft: Draft) -> Iterator[str]:
    """Cases a week, and the clocks that cannot be met."""
    capacity = all.assumed.capacity
    rows = _weeks(all, draft.run)
    if not rows:
        yield all.say("load.none")
        return
    most = max(rows, key=lambda week: (week.opened, -week.year, -week.number))
    over = sum(week.opened > capacity for week in rows)
    left = max(week.backlog for week in rows)
    yield all.say("load.weeks", n=len(rows), capacity=capacity, over=over, most=most.opened, week=most.label)
    yield all.say("load.backlog", most=left, last=rows[-1].backlog)
    for load in _loads(all, draft):
        if load.unserved:
            yield all.say(
                "load.missed", clock=_clock(all, load.clock), span=explanation.span(load.span, all.language),
                unserved=load.unserved, started=load.started, week=load.worst, clause=all.hide(load.clause),
            )  # fmt: skip
    if not any(load.unserved for load in _loads(all, draft)):
        yield all.say("load.all_met")


def _weeks(all: Told, run: Run) -> tuple[workload.Week, ...]:
    return workload.weeks((case.opened for case in run.filed), all.assumed.zone, all.assumed.capacity)


def _loads(all: Told, draft: Draft) -> tuple[workload.Load, ...]:
    return workload.loads(draft.agreement, draft.run, all.assumed.zone, all.assumed.capacity)


def _clock(all: Told, name: str) -> str:
    return say(f"clock.{name}", all.language) if knows(f"clock.{name}") else all.hide(name)


def _clash(all: Told, draft: Draft) -> Iterator[str]:
    for row in workload.contradictions(draft.agreement):
        span, other = (
            " + ".join(explanation.span(one, all.language) for one in text.split(" + "))
            for text in (row.span, row.other)
        )
        yield all.say(f"contradiction.{row.code}", item=_item(all, draft, row.item), span=span, other=other)


def _item(all: Told, draft: Draft, name: str) -> str:
    kind = draft.agreement.measure(name)
    return all.hide(pick(kind.label, all.language)[0] or name) if kind else all.hide(name)


# ---- lists


def _csv(all: Told, heading: Sequence[str], rows: Iterator[Sequence[object]]) -> bytes:
    """A list (UTF-8 with byte order mark, RFC 4180) whose first row is the note and whose second is the heading."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([all.say("note")])
    writer.writerow(heading)
    for row in rows:
        writer.writerow([guarded(str(cell)) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def measures_csv(all: Told) -> bytes:
    """Every number for each draft, run, party and step, one a row."""
    return _csv(all, ("draft", "run", "party", "what", "item", "number"), _measure_rows(all))


def _both(draft: Draft) -> tuple[tuple[str, Run], ...]:
    return (("as_accused", draft.run), ("exchanged", draft.other))


def _measure_rows(all: Told) -> Iterator[Sequence[object]]:
    for draft in all.drafts:
        for name, run in _both(draft):
            for side in run.sides:
                for row in _side_rows(all, side):
                    yield (draft.label, name, side.name, *row)
            for code, n in run.apart:
                yield draft.label, name, "both", "apart", code, n


def _side_rows(all: Told, side: Side) -> Iterator[tuple[str, object, object]]:
    yield "cases", "", side.cases
    yield "violations", "", side.violations
    yield from (("severity", all.hide(name), n) for name, n in side.severities)
    for row in side.steps:
        yield "measures", row.step, row.measures
        yield "stepped_up", row.step, row.stepped_up
        yield "days", row.step, days(row.ms)
    yield "days", 0, days(side.free_ms)
    yield "highest_step", "", side.highest
    yield "unmet", "", side.unmet
    yield "after_end", "", side.after
    for window in side.windows:
        one = window.condition
        parts = [f"step {window.step}", one.form(), one.severity or one.count or str(one.unmet or one.imposed)]
        parts += [f"at least {one.at_least} within {one.within} {one.zone}"] if one.within else []
        yield "window", all.hide(" ".join(parts)), window.held
    yield from (("apart", code, n) for code, n in side.apart)


def weeks_csv(all: Told) -> bytes:
    """Cases opened, served and left over, week by week."""
    heading = ("draft", "run", "week", "monday", "zone", "opened", "capacity", "served", "left")
    return _csv(all, heading, (
        (draft.label, name, week.label, week.monday, all.assumed.zone, week.opened, all.assumed.capacity, week.served,
         week.backlog)
        for draft in all.drafts for name, run in _both(draft) for week in _weeks(all, run)
    ))  # fmt: skip


def deadlines_csv(all: Told) -> bytes:
    """Clocks that cannot be met, and terms that contradict each other."""
    heading = ("draft", "kind", "what", "item", "clause", "span", "other", "started", "unserved", "worst_week")
    return _csv(all, heading, _deadline_rows(all))


def _deadline_rows(all: Told) -> Iterator[Sequence[object]]:
    for draft in all.drafts:
        for load in _loads(all, draft):
            clause = all.hide(load.clause)
            yield (draft.label, "clock", "capacity", all.hide(load.clock), clause, load.span, "", load.started,
                   load.unserved, load.worst)  # fmt: skip
        for row in workload.contradictions(draft.agreement):
            item = all.hide(row.item)
            yield draft.label, "contradiction", row.code, item, "", row.span, row.other, "", "", ""


def assumptions_json(all: Told) -> bytes:
    """What was assumed, for which drafts (by SHA-256), on which file (by SHA-256)."""
    counted = Counter(code for row in all.taken.past.happened for code in row.assumed)
    left_out = Counter(reason for _, reason in all.taken.past.left_out)
    data = {
        "note": all.say("note"),
        "drafts": [
            {"label": draft.label, "sha256": draft.sha256, "stages": {
                name: {"days": days(draft.run.stages.span(name).ms), "clocks": [all.hide(one) for one in clocks]}
                for name, clocks in draft.run.stages.clocks
            }} for draft in all.drafts
        ],
        "past": {"kind": all.taken.kind, "sha256": all.taken.sha256, "read": all.taken.read,
                 "taken": len(all.taken.past.happened), "left_out": dict(sorted(left_out.items()))},
        "period": {"start": all.within.start.text(), "end": all.within.end.text()},
        "chosen": {
            name: {"value": all.hide(value), "means": _meaning(all, name, value)}
            for name, value in _named(all.assumed)
        },
        "fixed": {code: all.say(f"fixed.{code}") for code in FIXED},
        "of_events": {
            code: {"events": n, "means": told(f"assumed.{code}", all.language)} for code, n in sorted(counted.items())
        },
    }  # fmt: skip
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


# ---- pictures


def plots(all: Told) -> Iterator[tuple[str, bytes]]:
    """File names and SVGs: for each draft the steps over time and, where there are cases, cases a week."""
    note, tag = all.say("note_short"), all.language
    most = max(row.step for draft in all.drafts for side in draft.run.sides for row in side.steps)
    for number, draft in enumerate(all.drafts):
        letter = "ab"[number]
        lines = tuple(
            pictures.StepLine(f"{all.say(f'party_{at}')}{mark}", side.course)
            for mark, run in (("", draft.run), ("*", draft.other))
            for at, side in enumerate(run.sides, 1)
        )
        heading = all.say("plot.steps", label=draft.label)
        ends = (all.within.start, all.within.end)
        svg = pictures.steps_over_time(heading, note, lines, most, ends, all.assumed.zone, tag, f"steps-{letter}")
        yield f"steps-{letter}.svg", svg.encode("utf-8")
        weeks = tuple(
            pictures.WeekBar(week.label, week.opened, week.backlog) for week in _weeks(all, draft.run)[-PLOT_WEEKS:]
        )
        if weeks:
            heading = all.say("plot.weeks", label=draft.label)
            svg = pictures.cases_a_week(heading, note, weeks, all.assumed.capacity, tag, f"weeks-{letter}")
            yield f"weeks-{letter}.svg", svg.encode("utf-8")
