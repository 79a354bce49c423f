"""`verify.html`: the verifier that travels with a dossier, one page for a laptop on which nothing can be installed.

Rules
1. One file without any address: script, style and the texts of all languages stand inside it. The same sources always
   give the same bytes, so its SHA-256 can be printed and compared.
2. Its content policy lets only this very script and this very style run (by their SHA-256), fetches nothing, sends
   nothing, and bars text from becoming markup (trusted types).
3. Of the record's refusals it holds those that its script can name, in each language as far as there is a text; where
   there is none the English text is shown, marked as English.

The sources lie in `record/tools/`: `bytes.js` (texts, hashes, Ed25519) and `verify.js` (formats and steps), which together
are the script that Node runs too, and `page.html` (markup, style and the page's own script).
Not done here: `verify.py`, which is made elsewhere; placing the file in a dossier (`record.dossier.compose`).
Trust: whoever can change the page can make anything pass; a copy that comes with what it checks proves nothing.
"""

from __future__ import annotations

import base64
import hashlib
import html as markup
import json
import re
from functools import cache
from importlib import resources

from tiga.values.words import LANGUAGES, catalogue, say

OWN = "verify_page."
"""What the codes of the page's own texts begin with."""

_CODE = re.compile(r'"(record\.[a-z0-9_.]+)"')
_TEXT = re.compile(r'(<[a-z0-9]+ [^>]*data-text="([a-z_.]+)"[^>]*>)(?=</)')
_POLICY = (
    "default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'"
)


def _source(name: str) -> str:
    """A source of the page; it is code in all but syntax, as the catalogue is."""
    return resources.files("tiga.record").joinpath("tools", name).read_text(encoding="utf-8")


@cache
def verify_script() -> str:
    """The verifier as one script, for a page or for Node."""
    return f"{_source('bytes.js')}\n{_source('verify.js')}"


def spoken_codes() -> tuple[str, ...]:
    """The codes of the catalogue that the page may say, sorted: its own and the refusals that its script names."""
    named = set(_CODE.findall(verify_script())) | {"record.where"}
    return tuple(sorted(named | {code for code in catalogue("en").texts if code.startswith(OWN)}))


@cache
def verify_html() -> bytes:
    """The page, UTF-8."""
    page = _source("page.html")
    page = page.replace("{{languages}}", "\n".join(_button(tag) for tag in LANGUAGES))
    page = _TEXT.sub(lambda found: found[1] + markup.escape(say(found[2])), page)
    page = page.replace("{{verifier}}", verify_script()).replace("{{texts}}", _texts())
    allowed = {name: _hash(_between(page, name)) for name in ("script", "style")}
    return page.replace("{{policy}}", _POLICY.format(**allowed)).encode("utf-8")


def _button(tag: str) -> str:
    """The button that turns the page to a language."""
    language = LANGUAGES[tag]
    return f'<button type="button" lang="{tag}" dir="{language.direction}">{markup.escape(language.own_name)}</button>'


def _texts() -> str:
    """All texts by language as a literal of the script, in which no markup can end it."""
    languages = {
        tag: {
            "direction": language.direction,
            "digits": language.digits,
            "reviewed": catalogue(tag).reviewed,
            "texts": {code: text for code in spoken_codes() if (text := catalogue(tag).texts.get(code))},
        }
        for tag, language in LANGUAGES.items()
    }
    return json.dumps(languages, ensure_ascii=False, sort_keys=True, indent=0).replace("<", "\\u003c")


def _between(page: str, tag: str) -> str:
    """What stands inside the page's one element of this tag."""
    parts = re.split(f"</?{tag}>", page)
    if len(parts) != 3:
        raise ValueError(f"page.html: there must be one <{tag}> and one </{tag}>")
    return parts[1]


def _hash(text: str) -> str:
    """A source expression of a content policy (CSP 3 section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
