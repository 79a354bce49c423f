"""What the source says of refusals: every `Refusal("code", …)` with its function and the values it gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[3] / "src" / "tiga"


@dataclass(frozen=True)
class Given:
    """One place that refuses: its room, `module.function`, the code, the names of the values."""

    room: str
    place: str
    code: str
    values: frozenset[str]


def stems(module: Any) -> set[str]:
    """The names of a module's files without ending, as `Given.place` tells them; of a package all its files."""
    path = Path(str(module.__file__))
    return {one.stem for one in path.parent.glob("*.py")} if path.stem == "__init__" else {path.stem}


@cache
def refusals() -> tuple[Given, ...]:
    """Every refusal in the source tree, in order of file and line."""
    rows: list[Given] = []
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            names = dict(_named(function))
            room, place = path.relative_to(SOURCE).parts[0], f"{path.stem}.{function.name}"
            rows += [_given(call, room, place, names) for call in _calls(function)]
    return tuple(rows)


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "Refusal":
            continue
        if node.args and isinstance(node.args[0], ast.Constant):  # else it only passes on another's code
            yield node


def _named(function: ast.FunctionDef) -> Iterator[tuple[str, frozenset[str]]]:
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, _keys(node.value, {})


def _given(call: ast.Call, room: str, place: str, names: dict[str, frozenset[str]]) -> Given:
    code = call.args[0]
    assert isinstance(code, ast.Constant)
    rest = [word.value for word in call.keywords if word.arg == "values"] + call.args[2:]
    return Given(room, place, str(code.value), _keys(rest[0], names) if rest else frozenset())


def _keys(node: ast.expr, names: dict[str, frozenset[str]]) -> frozenset[str]:
    if isinstance(node, ast.Dict):
        return frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))
    if isinstance(node, ast.BinOp):
        return _keys(node.left, names) | _keys(node.right, names)
    assert isinstance(node, ast.Name), ast.dump(node)
    return names[node.id]
