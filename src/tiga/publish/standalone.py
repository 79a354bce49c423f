# The head of `verify.py` (`verifier` copies it there): modules and texts out of the file itself, the standard library for
# the rest. It is a module so that it is checked like any other; nothing in the house imports it.
#
# Rules
# 1. A module named `tiga` or `tiga.…` comes from the file or is not found, whatever else is installed.
# 2. Nothing is written and nothing is fetched; no other file is read but those named on the command line.

import importlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from types import CodeType, ModuleType


class Text:
    """A file of texts, as `importlib.resources` hands one out."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text

    def read_bytes(self) -> bytes:
        return self.text.encode("utf-8")


class Folder:
    """A folder of texts: `catalogue/<language>/texts.toml`."""

    def __init__(self, texts: dict[str, str], path: tuple[str, ...] = ()) -> None:
        self.texts, self.path = texts, path

    def joinpath(self, *parts: str) -> "Folder":
        return Folder(self.texts, self.path + parts)

    def is_dir(self) -> bool:
        return len(self.path) == 2 and self.path[0] == "catalogue" and self.path[1] in self.texts

    def iterdir(self) -> Iterator[Text]:
        yield Text("texts.toml", self.texts[self.path[1]])


class Texts:
    """The reader that `importlib.resources.files` asks for."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def files(self) -> Folder:
        return Folder(self.texts)


class Carried(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads the modules that stand in the file as text."""

    def __init__(self, sources: dict[str, str], texts: dict[str, str]) -> None:
        self.sources, self.texts = sources, texts

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] != "tiga":
            return None
        if fullname not in self.sources:
            raise ModuleNotFoundError(f"No module named {fullname!r} in this file", name=fullname)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=self.is_package(fullname))

    def is_package(self, fullname: str) -> bool:
        return any(name.startswith(fullname + ".") for name in self.sources)

    def get_source(self, fullname: str) -> str:
        return self.sources[fullname]

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.sources[fullname], f"<verify.py: {fullname}>", "exec", dont_inherit=True)

    def get_resource_reader(self, fullname: str) -> Texts | None:
        return Texts(self.texts) if fullname == "tiga.values" else None


def start(command: str, sources: dict[str, str], texts: dict[str, str]) -> int:
    """Run a command's module with the words of the command line; returns the exit code."""
    sys.meta_path.insert(0, Carried(sources, texts))
    code: int = importlib.import_module(command).alone()
    return code
