"""Whether a picture looks like one that came in earlier, and what was done to it in between.

Rules
1. A picture is known by how light and dark lie in it: 63 signs of a discrete cosine transform over 32 x 32 grey cells, in
   whole numbers throughout, so that two machines with the same decoder give the same hash.
2. Eight views (four turns, each also mirrored) are made of the new picture and compared with the earlier one's hash; so
   turning and mirroring are recognised, resizing and saving again do not matter.
3. Parts tolerate cropping: all rectangles on a grid of eighths with sides of five to eight eighths have a hash each. A
   whole picture that looks like a part of the other is a crop of it, in either direction.
4. A picture that is almost one shade has no hash: everything would look like it.
5. Likeness is not identity. Thresholds and what they cost in false alarms are measured and stand in `docs/evidence.md`; a
   person looks at both files before anybody says that they are one.
6. Earlier evidence that came in before the claimed time makes a file `recycled`: what was seen before cannot have been
   taken after. Any earlier likeness is told, the nearest first, at most ALIKE_LIMIT of them.

Not done here: movies (no decoder), overlaid text, cuts below five eighths of a side, heavy edits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from tiga.drafts.examinations import EARLIER_LIMIT, ClaimOfFile, Fingerprint, Verdict

Grid = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
SIDE = 256
"""Grey cells a side to which a picture is brought: eight eighths of 32."""
CELLS = 32
ALIKE_BITS = 10
"""Bits of 63 that may differ between whole pictures."""
CROPPED_BITS = 10
"""Bits of 63 that may differ between a whole picture and a part of another."""
FLAT_SHADES = 8
"""Standard deviation of grey (0 to 255) below which a picture, or a part of one, is too plain to be told from others."""
ALIKE_LIMIT = 5
VIEWS = ("", "rotated_270", "rotated_180", "rotated_90", "mirrored", "mirrored_90", "mirrored_180", "mirrored_270")
"""What was done to the earlier picture where this view of the new one looks like it: turns are clockwise, after mirroring."""
_EIGHTHS = tuple((start, start + length) for length in (8, 7, 6, 5) for start in range(9 - length))
PARTS = tuple((rows, columns) for rows in _EIGHTHS for columns in _EIGHTHS)[1:]
"""The rectangles that have a hash, in eighths of the height and the width; the whole is not among them."""
_SCALE = 1 << 12
_COSINES: Grid = np.array(
    [
        [round(_SCALE * math.cos(math.pi * row * (2 * cell + 1) / (2 * CELLS))) for cell in range(CELLS)]
        for row in range(8)
    ],
    dtype=np.int64,
)
_WEIGHTS: Hashes = np.uint64(1) << np.arange(64, dtype=np.uint64)


def grey(picture: Image.Image) -> Grid:
    """An upright picture as SIDE x SIDE shades of grey."""
    small = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(small, dtype=np.int64)


def looks(shades: Grid) -> int:
    """The hash of a whole picture; 0 where it is too plain to be told from others."""
    return int(_hash(_cells(shades, (0, 8), (0, 8))[None])[0])


def views(shades: Grid) -> Hashes:
    """The hashes of the eight views, in the order of VIEWS."""
    turned = [np.rot90(side, -quarter) for side in (shades, shades[:, ::-1]) for quarter in range(4)]
    return _hash(np.stack([_cells(view, (0, 8), (0, 8)) for view in turned]))


def fingerprint(sha256: str, shades: Grid | None, width: int, height: int) -> Fingerprint:
    """What later files are compared with; without shades, or of a plain picture, the digest alone."""
    if shades is None or not looks(shades):
        return Fingerprint(sha256, width=width, height=height)
    parts = _hash(np.stack([_cells(shades, rows, columns) for rows, columns in PARTS]))
    return Fingerprint(sha256, f"{looks(shades):016x}", "".join(f"{int(one):016x}" for one in parts), width, height)


def nearest_part(shades: Grid, look: int) -> int:
    """Bits in which a hash differs from the part of a picture that it is most like; 64 where there is none."""
    hashes = _hash(np.stack([_cells(shades, rows, columns) for rows, columns in PARTS]))
    return int(np.bitwise_count(hashes[hashes != 0] ^ np.uint64(look)).min(initial=64))


def distance(one: int, other: int) -> int:
    """Bits in which two hashes differ, 0 to 63; about 32 for pictures that have nothing to do with each other."""
    return (one ^ other).bit_count()


def verdicts(
    made: Fingerprint, shades: Grid | None, earlier: Sequence[Fingerprint], claim: ClaimOfFile | None
) -> list[Verdict]:
    """What is to be said of a file beside earlier ones."""
    known = earlier[:EARLIER_LIMIT]
    same = [one for one in known if one.sha256 == made.sha256]
    said = [Verdict("evidence.duplicate", "silent", _shown(one)) for one in same[:ALIKE_LIMIT]]
    found = [(0, one) for one in same[:ALIKE_LIMIT]]
    if not made.whole or shades is None:
        said.append(Verdict("evidence.likeness_unmeasured", "silent"))
    else:
        alike = _alike(made, shades, [one for one in known if one.whole and one.sha256 != made.sha256])
        said += [Verdict(f"evidence.alike_{_kind(how)}", "silent", _shown(one) | {"bits": str(bits), "how": how})
                 for bits, one, how in alike]  # fmt: skip
        found += [(bits, one) for bits, one, _ in alike]
        if not found:
            said.append(Verdict("evidence.likeness_none", "silent", {"files": str(len(known))}))
    return said + [verdict for _, one in found if (verdict := _recycled(one, claim)) is not None]


def _alike(made: Fingerprint, shades: Grid, earlier: list[Fingerprint]) -> list[tuple[int, Fingerprint, str]]:
    """Earlier pictures within the thresholds: bits, picture, and how it was transformed; the nearest first."""
    if not earlier:
        return []
    mine = views(shades)
    whole = np.array([one.bits for one in earlier], dtype=np.uint64)
    by_view = np.bitwise_count(mine[:, None] ^ whole[None, :])
    parts = _parts(made)
    cropped = np.stack([
        np.bitwise_count(parts[:, None] ^ whole[None, :]).min(axis=0, initial=64),
        *(np.array([_nearest(mine[view], one) for one in earlier], dtype=np.uint8) for view in (0, 4)),
    ])  # fmt: skip
    found: list[tuple[int, Fingerprint, str]] = []
    for number, one in enumerate(earlier):
        view = int(by_view[:, number].argmin())
        bits, crop = int(by_view[view, number]), int(cropped[:, number].argmin())
        if bits <= ALIKE_BITS:
            found.append((bits, one, " ".join(part for part in (VIEWS[view], _size(made, one)) if part) or "saved"))
        elif (bits := int(cropped[crop, number])) <= CROPPED_BITS:
            found.append((bits, one, ("extended", "cropped", "mirrored cropped")[crop]))
    return sorted(found, key=lambda item: (item[0], item[1].known_as, item[1].sha256))[:ALIKE_LIMIT]


def _nearest(whole: np.uint64, other: Fingerprint) -> int:
    parts = _parts(other)
    return int(np.bitwise_count(parts ^ whole).min(initial=64))


def _size(made: Fingerprint, one: Fingerprint) -> str:
    return "resized" if sorted((made.width, made.height)) != sorted((one.width, one.height)) else ""


def _kind(how: str) -> str:
    """The word of the catalogue for a list of transformations: the one that changes most."""
    for word in ("cropped", "extended", "rotated", "mirrored", "resized"):
        if word in how:
            return word
    return "saved"


def _parts(one: Fingerprint) -> Hashes:
    """The hashes of the parts that have one; none for a text that is not one of ours."""
    try:
        hashes: Hashes = np.frombuffer(bytes.fromhex(one.parts), dtype=">u8").astype(np.uint64)
    except ValueError:
        return np.empty(0, dtype=np.uint64)
    found: Hashes = hashes[hashes != 0]
    return found


def _recycled(one: Fingerprint, claim: ClaimOfFile | None) -> Verdict | None:
    if claim is None or claim.when is None or one.first_seen is None or one.first_seen.ms >= claim.when.earliest.ms:
        return None
    return Verdict("evidence.recycled", "against", _shown(one) | {"claimed": claim.when.earliest.local("UTC") + " UTC"})


def _shown(one: Fingerprint) -> dict[str, str]:
    seen = one.first_seen.local("UTC") + " UTC" if one.first_seen is not None else "-"
    return {"file": one.known_as or one.sha256[:16], "first_seen": seen, "where": one.where or "-"}


def _cells(shades: Grid, rows: tuple[int, int], columns: tuple[int, int]) -> Grid:
    """A part of a picture as CELLS x CELLS means of grey, in 256ths: one scale for parts of every size."""
    step = SIDE // 8
    part = shades[rows[0] * step : rows[1] * step, columns[0] * step : columns[1] * step]
    high, wide = rows[1] - rows[0], columns[1] - columns[0]
    cells: Grid = part.reshape(CELLS, high, CELLS, wide).sum(axis=(1, 3)) * 256 // (high * wide)
    return cells


def _hash(cells: Grid) -> Hashes:
    """Hashes of many parts: signs of the 63 slow waves against their median, the steady one left out; 0 for a plain part."""
    waves = (_COSINES @ cells @ _COSINES.T).reshape(len(cells), 64)
    middle = np.sort(waves[:, 1:], axis=1)[:, 31]
    bits = waves > middle[:, None]
    bits[:, 0] = False
    bits[cells.std(axis=(1, 2)) < FLAT_SHADES * 256] = False
    hashes: Hashes = (bits * _WEIGHTS).sum(axis=1, dtype=np.uint64)
    return hashes
