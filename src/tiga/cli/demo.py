"""`tiga demo`: the whole main job, end to end, then the pages.

Rules
1. Two records, never confused: press claims without findings, and the exercise with the whole chain.
2. Clock, keys and entropy are the demo's own and published: two runs give the same roots.
3. Every step says what it does, counts what came of it and how long it took; the summary repeats it.
4. A run begins anew: what an earlier run left in the folder is removed, and nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiga.cli import records, serving
from tiga.values.moments import Instant
from tiga.values.words import say

if TYPE_CHECKING:
    from tiga.store.desk import Desk
    from tiga.web.access import Door

AGREEMENT = "doha-istanbul-2025"
PRESS_NOW = Instant.parse("2026-04-08T08:00:00.000Z")
OURS = ("press", "exercise", "dossiers", "accounts.sqlite3", "accounts.sqlite3-wal", "accounts.sqlite3-shm", "tiga.toml",
        "summary.json", "sitrep.html", "sitrep.pdf", "EXERCISE-sitrep.html", "EXERCISE-sitrep.pdf", "map.png")  # fmt: skip
"""What a run writes, and so may remove."""
SETTINGS = """# Made by `tiga demo`. Published keys: for looking at, never for anything real.
[site]
demo = true
accounts = "accounts.sqlite3"

[[record]]
name = "press"
folder = "press"
origin = "tiga.example/press"

[[record]]
name = "exercise"
folder = "exercise"
origin = "tiga.example/exercise"
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=records.DEMO_FOLDER, help=say("cli.demo.out"))
    parser.add_argument("--no-serve", action="store_true", help=say("cli.demo.no_serve"))
    parser.add_argument("--port", type=int, default=serving.PORT, help=say("cli.serve.port"))
    parser.add_argument("--tamper", action="store_true", help=say("cli.demo.tamper"))


@dataclass
class Progress:
    """Steps with what came of them and their seconds, on standard output."""

    language: str
    steps: list[tuple[str, str, float]] = field(default_factory=list)

    @contextmanager
    def step(self, code: str) -> Iterator[list[str]]:
        """A step; what is appended to the list is printed behind it."""
        name = say(f"cli.demo.step.{code}", self.language)
        live = sys.stdout.isatty()
        if live:
            print(f"  … {name}", end="", flush=True)
        start, told = time.perf_counter(), []  # type: tuple[float, list[str]]
        yield told
        seconds = time.perf_counter() - start
        self.steps.append((code, "; ".join(told), seconds))
        print(f"{chr(13) if live else ''}  ✓ {name:<44} {seconds:6.2f} s  {'; '.join(told)}", flush=True)


def run(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    out, language = options.out.resolve(), options.language
    if options.tamper:
        return tamper(out, language)
    print(say("cli.demo.begin", language), flush=True)
    if refusal := _emptied(out, language):
        print(refusal, file=sys.stderr)
        return 2
    progress = Progress(language)
    with progress.step("setup"):
        records.configure(str(out / "tiga.toml"))
        _prepare()
    desks = _records(progress)
    summary = _papers(progress, out, desks, language)
    summary["seconds"] = {code: round(seconds, 3) for code, _, seconds in progress.steps}
    summary["seconds"]["total"] = round(time.perf_counter() - started, 3)
    (out / "summary.json").write_text(json.dumps(summary, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    _table(summary, progress, language)
    print(say("cli.demo.written", language, folder=str(options.out)))
    if options.no_serve:
        return 0
    print(say("cli.demo.people", language))
    return _serve(out / "tiga.toml", options.port, language)


def _serve(settings: Path, port: int, language: str) -> int:
    """Go over into `tiga serve`, as a new program: the server forks, and must not inherit the threads that drew papers."""
    sys.stdout.flush()
    words = ["--language", language, "serve", "--settings", str(settings), "--port", str(port)]
    os.execv(sys.executable, [sys.executable, "-m", "tiga", *words])


def _emptied(out: Path, language: str) -> str:
    """Remove what an earlier demo left. A folder that holds anything and was not made by a demo is refused whole."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        found = sorted(item.name for item in out.iterdir())
        settings = out / "tiga.toml"
        ours = settings.is_file() and settings.read_text(encoding="utf-8") == SETTINGS
        strange = [name for name in found if name not in OURS]
        if found and (not ours or strange):
            return say("cli.demo.not_ours", language, folder=str(out), name=(strange or found)[0])
        for name in found:
            path = out / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        settings.write_text(SETTINGS, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return say("cli.demo.unwritable", language, folder=str(out), why=str(error))
    return ""


def _prepare() -> None:
    """Tables of the accounts and of both records, and the demo's people."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from tiga.store import opening
    from tiga.web.models import Membership
    from tiga.web.readers import DEMO_PEOPLE

    call_command("migrate", database="default", verbosity=0, interactive=False)
    for name in settings.RECORDS:
        opening.prepare(name)
    for person, places in DEMO_PEOPLE.items():
        user = get_user_model()(username=person)
        user.set_unusable_password()
        user.save()
        for record, (role, component, slug) in places.items():
            key = f"{settings.RECORDS[record]['origin']}/{slug}" if slug else ""
            Membership.objects.create(user=user, record=record, role=role, component=component, key=key)


def _records(progress: Progress) -> dict[str, Desk]:
    from tiga import shipped
    from tiga.agreement import drafting, reading
    from tiga.cli import annexes, exercise, yaml_nodes
    from tiga.store import founding, opening, witnessing

    with progress.step("agreement") as told:
        marked = yaml_nodes.load((shipped.folder("agreements") / AGREEMENT / "agreement.yaml").read_bytes())
        problems = annexes.check(marked)
        text = reading.agreement(marked.data)
        told.append(say("cli.demo.clauses", progress.language, n=len(text.clauses), problems=len(problems)))
        told.append(say("overview.gaps", progress.language, n=len(drafting.gaps(text))))
    press, play = opening.desk("press"), opening.desk("exercise")
    with progress.step("found"):
        founding.lay(
            press, text, "press", "Press record", opening.demo_keys("press"), PRESS_NOW, opening.demo_founding("press")
        )
        founding.lay(
            play,
            text,
            "exercise",
            "EXERCISE",
            opening.demo_keys("exercise"),
            exercise.START,
            opening.demo_founding("exercise"),
        )
    samples = shipped.folder("samples")
    with progress.step("press") as told:
        told += _import(progress, press, samples / "press-reports.csv", "press")
    with progress.step("faulty") as told:
        told += _import(progress, play, samples / "exercise-faulty.csv", "faulty")
    with progress.step("exercise_reports") as told:
        told += _import(progress, play, samples / "exercise-reports.csv", "exercise-reports")
    with progress.step("exercise") as told:
        stage = exercise.Stage(play, exercise.DemoEntropy("exercise"))
        exercise.play(stage, lambda _: None)
        told.append(say("cli.demo.refusals", progress.language, n=len(stage.refusals)))
    with progress.step("witnesses") as told:
        exercise.cosign(press, ("ankara", "doha"))
        kept = {name: len([row for row in witnessing.rows(desk) if row[3]]) for name, desk in
                (("press", press), ("exercise", play))}  # fmt: skip
        told.append(say("cli.demo.witnessed", progress.language, press=kept["press"], exercise=kept["exercise"]))
    return {"press": press, "exercise": play}


def _import(progress: Progress, desk: Desk, path: Path, label: str) -> list[str]:
    """Import a sheet as the secretariat; faulty rows are printed with where, what and remedy."""
    from tiga.cli.exercise import DemoEntropy
    from tiga.intake import sheets
    from tiga.mechanism.acts import Actor
    from tiga.store import receiving

    standing = desk.standing()
    assert standing.agreement is not None  # founded a moment ago
    data = path.read_bytes()
    sheet = sheets.read(path.name, data, sheets.field_report(frozenset(act.code for act in standing.agreement.acts)))
    by = Actor(f"{desk.origin}/secretariat/1", "secretariat")
    now = desk.now(PRESS_NOW)
    intake = receiving.receive(desk, path.name, data, list(sheet.reports), sheet.faults, by, now, DemoEntropy(label))
    told = [say("import.counts", progress.language, accepted=intake.accepted, revised=intake.revised,
                unchanged=intake.unchanged, faults=len(intake.faults))]  # fmt: skip
    for fault in intake.faults:
        where, what, remedy = sheets.told(fault, progress.language)
        print(f"\n      {where}: {what} → {remedy}", end="", flush=True)
    if intake.faults:
        print()
    return told


def _papers(progress: Progress, out: Path, desks: dict[str, Desk], language: str) -> dict[str, Any]:
    from tiga.cli import reporting
    from tiga.mechanism.release import Reader
    from tiga.publish import pictures
    from tiga.publish.maps import svg
    from tiga.store import queries
    from tiga.web import filling
    from tiga.web.access import Door

    doors = {name: Door(desk, Reader("mediator"), None, desk.now(PRESS_NOW)) for name, desk in desks.items()}
    with progress.step("rebuild") as told:
        told.append(say("cli.demo.same" if _rebuilt(desks) else "cli.demo.differs", language))
    with progress.step("dossiers") as told:
        folder = out / "dossiers"
        folder.mkdir()
        made = _dossiers(doors["exercise"], folder)
        told.append(say("cli.demo.dossiers", language, n=len(made)))
    with progress.step("verify") as told:
        told.append(_verified(made, language))
    with progress.step("map"):
        picture = filling.picture(doors["press"], doors["press"].happenings(), language)
        if picture is not None:
            (out / "map.png").write_bytes(pictures.png(svg(picture), str(filling.FONTS), 1400))
    with progress.step("sitrep"):
        reporting.write(doors["press"], out, language)
        reporting.write(doors["exercise"], out, language)
    return {
        "records": {
            name: queries.counts(desk) | {"origin": desk.origin, "root": desk.ledger.head().root.hex()}
            for name, desk in desks.items()
        }
    }


def _rebuilt(desks: dict[str, Desk]) -> bool:
    """Whether projections made anew from the log equal the live ones."""
    from tiga.store import projections

    equal = True
    for name, desk in desks.items():
        live = projections.digest_rows(name)
        desk.rebuild()
        equal = equal and projections.digest_rows(name) == live
    return equal


def _dossiers(door: Door, folder: Path) -> list[Path]:
    """A dossier of every case with a determination in force."""
    from tiga.web import filling

    made = []
    for row in door.cases():
        if row.public:
            path = folder / filling.dossier_name(door, row.sid)
            path.write_bytes(filling.dossier(door, row.sid))
            made.append(path)
    return sorted(made)


def _verified(paths: list[Path], language: str) -> str:
    from tiga.cli.verifying import agreements_of, signature_check
    from tiga.mechanism.recompute import recompute
    from tiga.record.verify import verify_dossier

    same = 0
    for path in paths:
        found = verify_dossier(path.read_bytes(), signature_check(), exercise=True)
        same += sum(1 for row in recompute(found.origin, found.entries, agreements_of(found)) if row.outcome == "same")
    return say("cli.demo.verified", language, dossiers=len(paths), measures=same)


def _table(summary: dict[str, Any], progress: Progress, language: str) -> None:
    """The summary: what is on each record, and where the time went."""
    names = ("reports", "incidents", "cases", "findings", "determinations", "measures", "entries")
    print("\n" + f"  {'':<16}" + "".join(f"{say('cli.demo.count.' + name, language):>16}" for name in names))
    for record, row in summary["records"].items():
        print(f"  {record:<16}" + "".join(f"{row[name]:>16}" for name in names))
    for record, row in summary["records"].items():
        print("  " + say("cli.demo.root", language, record=record, root=row["root"]))
    slow = sorted(progress.steps, key=lambda step: -step[2])[:3]
    text = ", ".join(f"{say('cli.demo.step.' + code, language)} {seconds:.1f} s" for code, _, seconds in slow)
    print("  " + say("cli.demo.time", language, total=f"{summary['seconds']['total']:.1f}", slow=text))


def tamper(out: Path, language: str) -> int:
    """Flip one byte in a copy of a dossier and show which act the verifier names."""
    from tiga.cli.verifying import signature_check
    from tiga.record.refusals import Refused
    from tiga.record.verify import verify_dossier

    found = sorted((out / "dossiers").glob("*.zip"))
    if not found:
        print(say("cli.demo.no_dossier", language, folder=str(out)), file=sys.stderr)
        return 2
    data = bytearray(found[0].read_bytes())
    place = data.index(b'"act":"finding.adopt"')
    place = data.index(b'"gist":"', place - 20) + len(b'"gist":"EXERCISE. ')
    data[place] ^= 0x01
    print(say("cli.demo.flipped", language, place=place, file=found[0].name))
    try:
        verify_dossier(bytes(data), signature_check(), exercise=True)
    except Refused as refusal:
        print(refusal.text(language))
        return 0
    print(say("cli.demo.undetected", language), file=sys.stderr)
    return 1
