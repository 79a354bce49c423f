"""Plays the exercise and founds a press record in a folder, with a settings file: run as a program, in its own process,
so that the commands under test meet files on disk as they do in life.

`python played.py FOLDER VKEY…` leaves FOLDER/tiga.toml and FOLDER/cases.json (sids by letter). The keys are those of the
witnesses of one record, in place of its demo's.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

SETTINGS = """[site]
demo = true
[[record]]
name = "press"
folder = "press"
origin = "tiga.example/press"
[[record]]
name = "exercise"
folder = "exercise"
origin = "tiga.example/exercise"
"""


def play(folder: Path, vkeys: list[str]) -> None:
    (folder / "tiga.toml").write_text(SETTINGS, encoding="utf-8")
    os.environ["TIGA_SETTINGS"], os.environ["DJANGO_SETTINGS_MODULE"] = str(folder / "tiga.toml"), "tiga.web.settings"
    import django

    django.setup()
    from tiga import shipped
    from tiga.agreement import reading
    from tiga.cli import exercise, yaml_nodes
    from tiga.mechanism.charter import Witness
    from tiga.store import founding, opening
    from tiga.values.moments import Instant

    text = (shipped.folder("agreements") / "doha-istanbul-2025" / "agreement.yaml").read_bytes()
    agreement = reading.agreement(yaml_nodes.load(text).data)
    starts = {"press": Instant.parse("2026-04-08T08:00:00.000Z"), "exercise": exercise.START}
    for name, start in starts.items():
        opening.prepare(name)
        keys, rules = opening.demo_keys(name), opening.demo_founding(name)
        mine = [vkey for vkey in vkeys if vkey.startswith(f"{opening.DEMO_ORIGIN}{name}/")]
        if mine:
            witnesses = tuple(Witness(vkey.split("+")[0].rpartition("/")[2], vkey) for vkey in mine)
            rules = replace(rules, witnesses=witnesses)
        founding.lay(opening.desk(name), agreement, name, name.title(), keys, start, rules)
    stage = exercise.Stage(opening.desk("exercise"), exercise.DemoEntropy("exercise"))
    cases = exercise.play(stage, lambda letter: None)
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")


if __name__ == "__main__":
    play(Path(sys.argv[1]), sys.argv[2:])
