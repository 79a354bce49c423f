"""Floor 5: what a file says about itself, and what that does not prove.

Rules
1. `examine` is the one way in: bytes, the name as given, what is claimed, what came in earlier, whom we trust; out comes an
   `Examination`. `derivative` makes what a party gets in the file's place. Both never raise.
2. Every reader works alone: one that fails says so in a verdict of its own, and the others' verdicts stand.
3. A verdict is a code with a text, and a text that says what it does not prove. There is no score.
4. Nothing is fetched, opened, rendered or run. What a file claims to unpack to is judged by its headers.
5. The same bytes, claim, earlier files and trust give the same examination.

Readers of pictures and of credentials are foreign code in front of hostile bytes: the shell runs all of this in a child
process with limits (`tiga.store.examining`), never in its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from PIL import Image

from tiga.drafts.examinations import ClaimOfFile, Examination, Fingerprint, Trust, Verdict
from tiga.evidence import active, bounds, credentials, decoding, likeness, movies, pictures, sniff, timestamps
from tiga.evidence.derivatives import KEEPS, derivative

__all__ = ["FILE_BYTES_LIMIT", "KEEPS", "NO_TRUST", "derivative", "examine"]

FILE_BYTES_LIMIT = 64 * 1024 * 1024
NAME_LIMIT = 200
NO_TRUST = Trust()


def examine(
    data: bytes,
    name: str,
    claim: ClaimOfFile | None = None,
    earlier: Sequence[Fingerprint] = (),
    trust: Trust = NO_TRUST,
    *,
    foreign: bool = True,
) -> Examination:
    """What a file of at most FILE_BYTES_LIMIT bytes says about itself, against the claim and beside earlier files.

    `foreign` False leaves out pictures' decoders, EXIF and content credentials: what remains is read by our own code.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    if len(data) > FILE_BYTES_LIMIT:
        values = {"length": str(len(data)), "limit": str(FILE_BYTES_LIMIT)}
        verdict = Verdict("evidence.too_long", "broken", values)
        return Examination(name[:NAME_LIMIT], sha256, len(data), sniff.UNKNOWN, (verdict,), Fingerprint(sha256))
    said: list[Verdict] = []
    reach = bounds.Extent()
    kind = sniff.UNKNOWN

    def run(reader: str, step: Callable[[], list[Verdict]]) -> None:
        try:
            said.extend(step())
        except Exception:  # rule 2: whatever a reader does, the others are heard
            said.append(Verdict("evidence.unreadable", "broken", {"reader": reader}))

    def types() -> list[Verdict]:
        nonlocal reach, kind
        reach = bounds.extent(data)
        kind, verdicts = sniff.kinds(data, name, reach.end)
        return verdicts

    run("type", types)
    run("size", lambda: bounds.verdicts(data, kind, reach))
    run("content", lambda: active.verdicts(data, kind))
    stored = decoding.looked(data, kind, reach) if foreign else None
    if foreign and kind in decoding.FORMATS and stored is None and bounds.decodable(reach):
        said.append(Verdict("evidence.unreadable", "broken", {"reader": decoding.FORMATS[kind]}))
    if foreign and kind in pictures.KINDS:
        run("EXIF", lambda: pictures.verdicts(data, reach, stored, claim))
    elif kind in movies.KINDS:
        run("movie", lambda: movies.verdicts(data, claim))
    if foreign:
        run("C2PA", lambda: credentials.verdicts(data, kind, trust))
    run("RFC 3161", lambda: timestamps.verdicts(data, kind, claim, earlier, trust))
    made, shades = _fingerprint(sha256, stored, reach)
    run("likeness", lambda: likeness.verdicts(made, shades, earlier, claim))
    return Examination(name[:NAME_LIMIT], sha256, len(data), kind, tuple(said), made)


def _fingerprint(
    sha256: str, stored: Image.Image | None, reach: bounds.Extent
) -> tuple[Fingerprint, likeness.Grid | None]:
    """What later files are compared with, and the grey cells of the upright picture where there is one."""
    if stored is None:
        return Fingerprint(sha256), None
    try:
        turned = decoding.upright(stored)
        shades = likeness.grey(turned)
        swapped = (turned.width > turned.height) != (stored.width > stored.height)
    except Exception:  # a picture in a mode that cannot become grey
        return Fingerprint(sha256), None
    made = likeness.fingerprint(sha256, shades, reach.width, reach.height)
    return (replace(made, width=reach.height, height=reach.width) if swapped else made), shades
