"""`verify.py`: the program `tiga verify` as one file that needs nothing but Python 3.11.

Rules
1. It is no second implementation: it carries the sources of the very modules that `tiga verify` loads, as readable text,
   and the texts of the catalogue that they say. The same sources always give the same bytes, so its SHA-256 can be
   printed and compared.
2. Which modules these are follows from their imports, beginning at the command: all in the rooms of the trusted core,
   none outside. What a check would import besides, such as a faster signature check, is not found and not needed.
3. Texts go in by the beginnings of codes that stand in those sources, and by the names of values that an explanation
   shows; in the languages in which the house speaks.
4. It begins with `standalone`, the importer, which has no other module `tiga` but those in the file.

Not done here: placing it in a dossier (`record.dossier.compose`); `verify.html` (`tools`).
Trust: whoever can change the file can make anything pass; a copy that comes with what it checks proves nothing.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from tiga import __version__
from tiga.publish.tools import verify_html
from tiga.values.words import SPOKEN, catalogue

COMMAND = "tiga.cli.verifying"
ROOMS = ("tiga.values", "tiga.agreement", "tiga.drafts", "tiga.record", "tiga.mechanism")
DESK = (COMMAND, "tiga.cli.verdicts", "tiga.cli.wording", "tiga.cli.keytext", "tiga.cli.lines")
"""The modules of the command line that belong to the verifier."""
SHOWN = ("act.", "executor.", "factor.", "severity.", "term.", "value.")
"""Beginnings of codes that an explanation makes out of the names of its values (`explanation.shown`)."""

_CODE = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+)+\Z")
_BEGINNING = re.compile(r"[a-z_]+\.(?:[a-z0-9_]+[._])*[a-z0-9_]*\Z")
_HEADER = """\
#!/usr/bin/env python3
# verify.py of tiga {version}: checks a dossier without a server, a network or anything installed but Python 3.11.
#
#   python3 -I verify.py DOSSIER.zip [--exercise] [--policy FILE] [--own-witness KEY] [--log-key KEY] [--head CODE]
#                        [--explain] [--json] [--language {languages}]
#
# It ends with 0 when all that could be computed holds, with 1 when something does not, with 2 for a wrong call.
#
# A COPY THAT CAME WITH A DOSSIER PROVES NOTHING: whoever gave you both could have changed both. Get it from a source that
# you trust, and compare its SHA-256 with what `tiga verify --version-hash` prints or the page /verify/ of a site shows.
#
# What follows is, first, an importer; then, as text, the sources of the modules that `tiga verify` loads, unchanged; then
# the texts that they say. The file is made by tiga.publish.verifier; it is the program, not another one like it.

import sys

if __name__ == "__main__" and not sys.flags.safe_path:
    del sys.path[0]  # what lies beside this file is not the standard library

"""
_END = """
if __name__ == "__main__":
    sys.exit(start("tiga.cli.verifying", SOURCES, TEXTS))
"""


@cache
def verify_py() -> bytes:
    """The file, UTF-8."""
    parts = [_HEADER.format(version=__version__, languages="|".join(SPOKEN)), source("tiga.publish.standalone")]
    parts += ["\n\nSOURCES: dict[str, str] = {}\nTEXTS: dict[str, str] = {}\n"]
    parts += [_literal(f'SOURCES["{name}"]', source(name)) for name in modules()]
    parts += [_literal(f'TEXTS["{language}"]', _texts(language)) for language in SPOKEN]
    return "".join([*parts, _END]).encode("utf-8")


def sha256s() -> dict[str, str]:
    """The SHA-256, in hex, of each verifier as this version makes it: for publishing where a reader trusts."""
    made = {"verify.html": verify_html(), "verify.py": verify_py()}
    return {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}


@cache
def modules() -> tuple[str, ...]:
    """The names of the modules that `tiga verify` loads, sorted."""
    found: set[str] = set()
    wanted = [COMMAND]
    while wanted:
        name = wanted.pop()
        parents = [name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)]
        for one in (name, *parents):
            if one not in found:
                found.add(one)
                wanted += [other for other in _imported(one) if _carried(other)]
    return tuple(sorted(found))


def spoken(language: str) -> dict[str, str]:
    """The texts of a language that the file carries, by code."""
    nodes = [node for name in modules() for node in ast.walk(ast.parse(source(name)))]
    named = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    first = (node.values[0] for node in nodes if isinstance(node, ast.JoinedStr))
    begun = {str(node.value) for node in first if isinstance(node, ast.Constant)} | set(SHOWN)
    begun = {text for text in begun | {code for code in named if code.endswith((".", "_"))} if _BEGINNING.match(text)}
    whole = {code for code in named if _CODE.match(code)}
    texts = catalogue(language).texts
    return {code: texts[code] for code in sorted(texts) if code in whole or code.startswith(tuple(begun))}


def _carried(name: str) -> bool:
    return name in DESK or name.startswith(tuple(f"{room}." for room in ROOMS)) or name in ROOMS


def _imported(name: str) -> Iterator[str]:
    """The modules that a module's source names in its imports, whether at its top or in a function."""
    tree = ast.parse(source(name))
    skipped = {node for one in ast.walk(tree) if _for_types(one) for node in ast.walk(one)}
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (one for alias in node.names if _exists(one := f"{node.module}.{alias.name}"))


def _for_types(node: ast.AST) -> bool:
    """Whether a statement is there for the type checker alone."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _exists(name: str) -> bool:
    return _carried(name) and any(resources.files("tiga").joinpath(*path).is_file() for path in _paths(name))


def _paths(name: str) -> tuple[tuple[str, ...], ...]:
    """Where a module's source may lie under the package: as a file, or as a folder's."""
    *folders, last = ("", *name.split(".")[1:])
    inner = tuple(folders[1:])
    return ((*inner, f"{last}.py"), (*inner, last, "__init__.py")) if last else (("__init__.py",),)


@cache
def source(name: str) -> str:
    """A module's source."""
    for path in _paths(name):
        file = resources.files("tiga").joinpath(*path)
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _texts(language: str) -> str:
    """The texts as TOML, one a line; a code with dots is one quoted name."""
    rows = [f"{json.dumps(code)} = {json.dumps(text, ensure_ascii=False)}\n" for code, text in spoken(language).items()]
    if language != "en" and catalogue(language).reviewed:
        rows.append("\n[catalogue]\nreviewed = true\n")
    return "".join(rows)


def _literal(name: str, text: str) -> str:
    """An assignment of a text as it stands, no character of it written in another way."""
    if "'''" in text or text.endswith(("\\", "'")) or "\r" in text:
        raise ValueError(f"{name}: cannot stand as it is between three quotes")
    return f"\n{name} = r'''{text}'''\n"
