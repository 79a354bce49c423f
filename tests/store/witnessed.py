"""Plays the exercise and founds a press record in a folder, with the witnesses whose keys are given: run as a program, in
its own process, so that the commands under test meet files on disk as they do in life.

`python witnessed.py FOLDER VKEY…` leaves FOLDER/tiga.toml.
"""

from __future__ import annotations

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
        mine = [vkey for vkey in vkeys if vkey.startswith(f"{opening.DEMO_ORIGIN}{name}/")]
        witnesses = tuple(Witness(vkey.split("+")[0].rpartition("/")[2], vkey) for vkey in mine)
        founded = replace(opening.demo_founding(name), witnesses=witnesses)
        founding.lay(opening.desk(name), agreement, name, name.title(), opening.demo_keys(name), start, founded)
    stage = exercise.Stage(opening.desk("exercise"), exercise.DemoEntropy("exercise"))
    exercise.play(stage, lambda letter: None)


if __name__ == "__main__":
    play(Path(sys.argv[1]), sys.argv[2:])
