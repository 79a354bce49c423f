"""`tiga backtest AGREEMENT --reports FILE [--against OTHER]`: a draft tried on past events, before anybody signs it.

Rules
1. Nothing leaves this machine but what is printed and what `--out` is given, and no name of a side is in either.
2. Every number stands under assumptions that are printed with it, and beside the same run with the parties exchanged.
3. A draft is tried with faults that the numbers can show, such as a clause for one party alone; they are told. What cannot
   be read is refused.
4. Two drafts are tried on the same events over the same period, under the same assumptions.
5. Exit 0 when done, 1 when a row of the file was set aside or the parties did not come out exchanged although no clause
   tells them apart, 2 for a wrong call.

Not done here: the numbers (`mechanism.backtest`), the files (`pasts`), the words (`backtests`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tiga.agreement import reading
from tiga.agreement.clauses import Agreement
from tiga.cli import agreements, annexes, backtests, pasts
from tiga.cli.agreements import Unreadable
from tiga.cli.lines import plain, told
from tiga.cli.pasts import Unusable
from tiga.drafts.events import Happened, Sides
from tiga.intake import sheets
from tiga.mechanism import assumptions, backtest
from tiga.mechanism.assumptions import Assumptions, BadAssumption
from tiga.mechanism.backtest import Period
from tiga.mechanism.docket import BadBacktest
from tiga.record import canonical
from tiga.values.moments import BadMoment, Moment

FAULTS_SHOWN = 20
TRIED = frozenset((
    "first_line", "act_without_provision", "one_sided", "no_english", "no_neutral_name", "text_too_long",
    "language_missing", "quorum_missing", "quorum_without_assent", "bad_seats", "stand_missing", "bad_stand", "bad_amount",
    "step_unreachable", "step_clash", "severity_without_step", "standard_missing", "ladder_too_large", "banks_alike",
    "finer_than_band", "distance_without_line", "band_too_narrow", "bad_line", "unknown_instrument", "unknown_area",
    "unknown_speaker", "unknown_clause",
))  # fmt: skip
"""Problems that `tiga agreement check` tells and that a draft may have while it is tried: what they lead to, the numbers
show. Any other means that a number, zone or reference cannot be read."""
BAR = 40
"""Characters of a progress bar."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="AGREEMENT", help=told("cli.agreement.file", "en"))
    parser.add_argument("--reports", metavar="FILE", type=Path, required=True, help=told("cli.backtest.reports", "en"))
    parser.add_argument("--against", metavar="OTHER", default="", help=told("cli.backtest.against", "en"))
    parser.add_argument("--sides", metavar="FILE", type=Path, help=told("cli.backtest.sides", "en"))
    parser.add_argument(
        "--zone", metavar="[COUNTRY=]ZONE", action="append", default=[], help=told("cli.backtest.zone", "en")
    )
    parser.add_argument("--from", dest="start", metavar="DAY", default="", help=told("cli.backtest.from", "en"))
    parser.add_argument("--until", metavar="DAY", default="", help=told("cli.backtest.until", "en"))
    parser.add_argument(
        "--assume", metavar="NAME=VALUE", action="append", default=[], help=told("cli.backtest.assume", "en")
    )
    parser.add_argument("--out", metavar="FOLDER", type=Path, help=told("cli.backtest.out", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    try:
        assumed = _assumed(options.assume, language)
        return _run(options, assumed)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return error.code
    except Unusable as error:
        print(error, file=sys.stderr)
    except BadBacktest as error:
        print(told(f"backtest.bad.{error.code}", language), file=sys.stderr)
    except OSError as error:
        print(told("backtest.bad.file", language, why=error.strerror or ""), file=sys.stderr)
    return 2


def _run(options: argparse.Namespace, assumed: Assumptions) -> int:
    language = options.language
    found = pasts.sides(options.sides, language) if options.sides else None
    names = [name for name in (options.file, options.against) if name]
    texts, matched = _drafts(names, found or ((), ()), language)
    hide = pasts.hidden(found or ((), ()), texts)
    zones = {country.strip(): zone.strip() for country, _, zone in (one.rpartition("=") for one in options.zone)}
    taken = pasts.taken(options.reports, found, texts, assumed, zones, language)
    _faults(taken, hide, language)
    rows = taken.past.happened
    within = _period(options, rows, texts, assumed)
    tried = _tried(texts, rows, assumed, within, language)
    all = backtests.Told(tried, taken, assumed, within, hide, matched, language)
    table = backtests.table(all)
    print(table, end="")
    for draft in tried:
        if draft.run.events and dict(draft.run.apart).get("outside_mandate") == draft.run.events:
            print(told("backtest.all_outside", language, label=draft.label), file=sys.stderr)
    if options.out is not None:
        _write(options.out, table, all)
        print(told("backtest.written", language, n=5 + sum(1 for _ in backtests.plots(all))))
    uneven = [one for one in tried if _broken(one)]
    return 1 if taken.faults or uneven else 0


def _broken(draft: backtests.Draft) -> bool:
    """The parties did not come out exchanged, and no clause tells them apart."""
    return bool(backtest.unmirrored(draft.run, draft.other)) and not backtest.one_sided(draft.agreement)


# ---- what is tried


def _assumed(given: Sequence[str], language: str) -> Assumptions:
    pairs: dict[str, str] = {}
    for one in given:
        name, mark, value = one.partition("=")
        if not mark:
            raise Unusable(told("backtest.bad.assume", language, given=one))
        pairs[name.strip()] = value.strip()
    try:
        return assumptions.chosen(pairs)
    except BadAssumption as error:
        code = "value" if error.name else "name"
        known = ", ".join(error.known)
        text = told(f"backtest.bad.assumption_{code}", language, name=error.name, value=error.value, known=known)
        raise Unusable(text) from error


def _drafts(names: Sequence[str], found: Sides, language: str) -> tuple[tuple[Agreement, ...], bool]:
    """The agreements, the second with its parties in the order of the first; and whether the parties are the same."""
    texts = [_text(name, found, language) for name in names]
    first, last = texts[0], texts[-1]
    ids = [party.id for party in first.parties]
    if {party.id for party in last.parties} != set(ids):
        return tuple(texts), False
    ordered = tuple(sorted(last.parties, key=lambda party: ids.index(party.id)))
    return (*texts[:-1], replace(last, parties=ordered)), True


def _text(name: str, found: Sides, language: str) -> Agreement:
    """One agreement, if nothing is wrong with it but what a draft may have; what it has is told. Raises Unreadable."""
    nodes = agreements.marked(name, language)
    problems = [(one.code.removeprefix("agreement.problem."), one) for one in annexes.check(nodes)]
    if bad := next((one for code, one in problems if code not in TRIED), None):
        what, remedy = plain(bad.text(language), language), plain(bad.remedy(language), language)
        raise Unreadable(f"{name}:{bad.line}: {what} {remedy}", 1)
    text = reading.agreement(nodes.data)
    hide = pasts.hidden(found, [text])
    for _, one in problems[:FAULTS_SHOWN]:
        print(
            told("backtest.tried_although", language, what=hide(plain(one.text(language), language))), file=sys.stderr
        )
    return text


def _period(
    options: argparse.Namespace, rows: Sequence[Happened], texts: Sequence[Agreement], assumed: Assumptions
) -> Period:
    """The period asked for, in the zone assumed; else that of the whole past. Raises Unusable, BadBacktest."""
    whole = backtest.period(rows, texts, assumed.zone)
    try:
        start = Moment(options.start, assumed.zone, "day").earliest if options.start else whole.start
        end = Moment(options.until, assumed.zone, "day").latest if options.until else whole.end
    except BadMoment as error:
        raise Unusable(told("backtest.bad.day", options.language)) from error
    if end <= start:
        raise Unusable(told("backtest.bad.backwards", options.language))
    return Period(start, end)


def _tried(
    texts: Sequence[Agreement], rows: Sequence[Happened], assumed: Assumptions, within: Period, language: str
) -> tuple[backtests.Draft, ...]:
    """Each draft, tried both ways round."""
    other = backtest.exchanged(rows)
    bar = _bar(told("backtest.progress", language), 2 * len(texts))
    drafts = []
    for number, text in enumerate(texts):
        label = told(f"backtest.draft_{'ab'[number]}", language)
        sha256 = reading.digest(text, canonical.encode)
        runs = [
            backtest.replay(text, past, assumed, within, bar(2 * number + turn))
            for turn, past in enumerate((rows, other))
        ]
        drafts.append(backtests.Draft(label, text, sha256, *runs))
    return tuple(drafts)


def _bar(word: str, runs: int) -> Callable[[int], backtest.Tick]:
    """A progress bar over all runs on a terminal, nothing elsewhere."""

    def of(run: int) -> backtest.Tick:
        def shown(done: int, total: int) -> None:
            if not sys.stderr.isatty() or not total:
                return
            filled = BAR * (run * total + done) // (runs * total)
            end = "\n" if run + 1 == runs and done >= total else ""
            line = f"\r{word} [{'#' * filled}{'.' * (BAR - filled)}] {done}/{total}"
            print(line, end=end, file=sys.stderr, flush=True)

        return shown

    return of


# ---- what comes out


def _faults(taken: pasts.Taken, hide: pasts.Hidden, language: str) -> None:
    """Name the rows that were set aside, without a name of a side."""
    for fault in taken.faults[:FAULTS_SHOWN]:
        where, what, remedy = (hide(plain(text, language)) for text in sheets.told(fault, language))
        print(f"{where}: {what} {remedy}", file=sys.stderr)
    if len(taken.faults) > FAULTS_SHOWN:
        more = len(taken.faults) - FAULTS_SHOWN
        print(told("backtest.more_faults", language, n=more), file=sys.stderr)


def _write(folder: Path, table: str, all: backtests.Told) -> None:
    """Write the table, the lists, the assumptions and the pictures; what bears these names is replaced."""
    (folder / "plots").mkdir(parents=True, exist_ok=True)
    (folder / "table.txt").write_bytes(table.encode("utf-8"))
    for name, data in (
        ("measures.csv", backtests.measures_csv(all)),
        ("weeks.csv", backtests.weeks_csv(all)),
        ("deadlines.csv", backtests.deadlines_csv(all)),
        ("assumptions.json", backtests.assumptions_json(all)),
    ):
        (folder / name).write_bytes(data)
    for name, data in backtests.plots(all):
        (folder / "plots" / name).write_bytes(data)
