"""Links in documents: every relative link of a Markdown file must lead to a file, and its fragment to a heading.

Run as `python -m tests.links`; links to other sites are not followed, for tests need no network.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
PASSED_OVER = {".git", ".venv", "build", "node_modules", "vendor", "dist"}
_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_ELSEWHERE = re.compile(r"^[a-z][a-z0-9+.-]*:|^//")


def anchors(text: str) -> set[str]:
    """The fragments that a document's headings give: lower case, spaces as hyphens, other marks left out."""
    plain = (re.sub(r"[^\w\- ]", "", heading).strip().lower() for heading in _HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in plain}


def broken(root: Path) -> list[str]:
    """Every link of the Markdown files under `root` that leads nowhere, as `file:line: link`, sorted."""
    faults = []
    for path in sorted(root.rglob("*.md")):
        if PASSED_OVER & set(path.relative_to(root).parts):
            continue
        text = _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), path.read_text(encoding="utf-8"))
        for match in _LINK.finditer(text):
            link = unquote(match[1])
            if not _ELSEWHERE.match(link) and not leads(path, link):
                line = text.count("\n", 0, match.start()) + 1
                faults.append(f"{path.relative_to(root)}:{line}: {link} leads nowhere: mend the link or add the file")
    return faults


def leads(document: Path, link: str) -> bool:
    """Whether a relative link of a document leads to something."""
    name, _, fragment = link.partition("#")
    target = (document.parent / name) if name else document
    if not target.exists():
        return False
    return not fragment or target.suffix != ".md" or fragment in anchors(target.read_text(encoding="utf-8"))


if __name__ == "__main__":
    found = broken(ROOT)
    print("\n".join(found) or "All links of the documents lead somewhere.")
    sys.exit(bool(found))
