"""The `tiga` command: arguments, dispatch and polite ends.

Rules
1. Exit 0 when done, 1 when something was refused or found wrong, 2 for a wrong call, 130 after ^C; never a traceback for
   what a person did.
2. Output for people goes to standard output, in the language of `--language` (English by default).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from tiga import __version__
from tiga.values.words import SPOKEN, say

COMMANDS: dict[str, str] = {
    "demo": "tiga.cli.demo",
    "serve": "tiga.cli.serving",
    "verify": "tiga.cli.verifying",
    "explain": "tiga.cli.explaining",
    "examine": "tiga.cli.examining",
    "agreement": "tiga.cli.agreements",
    "backtest": "tiga.cli.backtesting",
    "import": "tiga.cli.importing",
    "dataset": "tiga.cli.proving",
    "fusion": "tiga.cli.fusing",
    "dossier": "tiga.cli.dossiers",
    "sitrep": "tiga.cli.reporting",
    "rebuild": "tiga.cli.rebuilding",
    "establish": "tiga.cli.establishing",
    "act": "tiga.cli.acting",
    "incident": "tiga.cli.incidents",
    "clock": "tiga.cli.clocking",
    "measures": "tiga.cli.measuring",
    "submit": "tiga.cli.submitting",
    "doctor": "tiga.cli.doctor",
    "routine": "tiga.cli.routine",
    "mirror": "tiga.cli.mirroring",
    "export": "tiga.cli.exporting",
    "key": "tiga.cli.keyfiles",
    "sign": "tiga.cli.signing",
    "seal": "tiga.cli.sealing",
    "unseal": "tiga.cli.unsealing",
    "witness": "tiga.cli.witnessing",
    "courier": "tiga.cli.couriers",
    "fork": "tiga.cli.forking",
    "head": "tiga.cli.headcode",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="tiga", description=say("cli.about"))
    parser.add_argument("--version", action="version", version=f"tiga {__version__}")
    parser.add_argument("--language", choices=SPOKEN, default="en", help=say("cli.language"))
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    wanted = _command(sys.argv[1:] if arguments is None else arguments)
    for name, module in COMMANDS.items():
        sub = commands.add_parser(name, help=say(f"cli.{name}.help"), description=say(f"cli.{name}.help"))
        if name == wanted:  # the others' modules may need extras that are not installed
            import_module(module).arguments(sub)
    options = parser.parse_args(arguments)
    if not options.command:
        parser.print_help()
        return 2
    run: Callable[[argparse.Namespace], int] = import_module(COMMANDS[options.command]).run
    try:
        return run(options)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "tiga":
            raise
        print(say("cli.extra_missing", options.language, name=error.name or ""), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\n" + say("cli.interrupted", options.language), file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _command(words: Sequence[str]) -> str:
    """The command among the words, if there is one."""
    return next((word for word in words if word in COMMANDS), "")
