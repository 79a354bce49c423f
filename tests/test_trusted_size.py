"""How much one has to read in order to trust a verdict: counted, held under a ceiling, and told rightly in README.

Counted are lines of code: no blank lines, no comments, no docstrings. Two numbers: what `tiga verify` loads, which is what
`verify.py` carries and what README tells; and the four rooms whole, of which the house uses the rest for writing.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import Path

from tiga.publish import verifier

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("values", "agreement", "record", "mechanism")
COMMAND = ("cli/verifying.py", "cli/verdicts.py", "cli/wording.py", "cli/keytext.py", "cli/lines.py")
CEILING = 6_000
_LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def code_lines(text: str) -> int:
    """Lines on which a token stands that is neither a comment nor part of a text that is a statement of its own."""
    told = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    tokens = [token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in _LAYOUT]
    return len({line for token in tokens for line in range(token.start[0], token.end[0] + 1)} - told)


def loaded() -> int:
    return sum(code_lines(verifier.source(name)) for name in verifier.modules())


def test_how_lines_are_counted() -> None:
    text = '"""Doc.\n\nMore."""\n\n# a comment\nx = 1  # and one\n\n\ndef f():\n    "Doc."\n    return (\n        1,\n\n    )\n'
    assert code_lines(text) == 5
    assert code_lines('NAME = 1\n"""What it is."""\nTEXT = """one\n\ntwo"""\n') == 4


def test_what_must_be_read_for_a_verdict_stays_small(record_property) -> None:
    count = loaded()
    rooms = [path.relative_to(ROOT / "src/tiga").as_posix() for room in ROOMS
             for path in sorted((ROOT / "src/tiga" / room).rglob("*.py"))]  # fmt: skip
    whole = sum(code_lines((ROOT / "src/tiga" / name).read_text(encoding="utf-8")) for name in [*rooms, *COMMAND])
    record_property("lines that tiga verify loads", count)
    print(f"\nlines of code that tiga verify loads: {count}; of the four rooms and the command whole: {whole}")
    assert count <= CEILING


def test_readme_tells_the_number() -> None:
    (told,) = re.findall(r"under ([0-9,]+) lines of code", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert int(told.replace(",", "")) == -(-loaded() // 100) * 100
