"""A small gazetteer: what points a place name may mean.

Rules
1. It never picks: `resolve` gives every candidate, best first, and none for a name it doesn't know.
2. Every point has a radius that covers what the name may mean, of a kilometre at least. It is approximate by intent.
3. A name in parts ("Gurbuz, Khost") resolves by its first part that is known; the other parts narrow homonyms.
4. A place's `admin` helps the reader and narrows homonyms. It says nothing of sovereignty.

Not done here: reading files (bytes are handed in), and place names in running text.
"""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from tiga.fusion.names import alike, likeness, parts, skeleton
from tiga.values.names import is_identifier
from tiga.values.places import BadPlace, Point

E7 = 10_000_000
COLUMNS = ("id", "names", "lat", "lon", "radius_m", "admin")
PLACES_LIMIT = 50_000
NAMES_LIMIT = 40
"""Spellings of one place."""
BYTES_LIMIT = 20_000_000
CLEAR, MARGIN = 930, 40
"""A single candidate is clear from this likeness on, and by this much before the next."""
AREA_RADIUS_M = 25_000
"""Radius from which a place is a whole area."""
KNOWN = 880
"""Likeness from which a place is a candidate."""
NEAR = (KNOWN - 1) / 1_000
"""From here on the likeness of two skeletons is looked at in whole permille."""
REMEMBERED = 50_000
"""Names of which it is remembered what they clearly mean."""


class BadGazetteer(ValueError):
    """A row that cannot be read; the message names row, column and remedy."""


@dataclass(frozen=True, slots=True)
class Gazetted:
    """A place by its id, its spellings in any script, a point, the radius in metres that its name covers, its area."""

    id: str
    names: tuple[str, ...]
    point: Point
    radius_m: int
    admin: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that a name may mean, and how alike the names are (0 to 1000)."""

    place: Gazetted
    likeness: int


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places in the order of their ids."""

    places: tuple[Gazetted, ...]
    _bones: tuple[str, ...] = field(init=False, repr=False, compare=False, default=())
    _homes: tuple[int, ...] = field(init=False, repr=False, compare=False, default=())
    _digest: str = field(init=False, repr=False, compare=False, default="")
    _clear: dict[str, Gazetted | None] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", tuple(sorted(self.places, key=lambda place: place.id)))
        rows = [(skeleton(name), at) for at, place in enumerate(self.places) for name in place.names]
        object.__setattr__(self, "_bones", tuple(bones for bones, _ in rows))
        object.__setattr__(self, "_homes", tuple(at for _, at in rows))

    def resolve(self, toponym: str) -> tuple[Candidate, ...]:
        """Places that the name may mean, best first (ties by id); empty where none is known."""
        pieces = parts(toponym)
        for piece in pieces or (skeleton(toponym),):
            found = self._candidates(piece)
            if found:
                return self._narrowed(found, toponym) if len(pieces) > 1 else found
        return ()

    def clear(self, toponym: str) -> Gazetted | None:
        """The single clear candidate for a name, or None where there is none or more than one comes into question."""
        if toponym not in self._clear:
            if len(self._clear) >= REMEMBERED:
                self._clear.clear()
            self._clear[toponym] = self._found(toponym)
        return self._clear[toponym]

    def _found(self, toponym: str) -> Gazetted | None:
        found = self.resolve(toponym)
        if not found or found[0].likeness < CLEAR:
            return None
        if len(found) > 1 and found[0].likeness - found[1].likeness < MARGIN:
            return None
        return found[0].place

    def canonical(self) -> bytes:
        """The places as `read` takes them, in their order: one gazetteer, one spelling."""
        out = io.StringIO(newline="")
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(COLUMNS)
        for place in self.places:
            point = (f"{one / E7:.7f}" for one in (place.point.lat_e7, place.point.lon_e7))
            rows.writerow((place.id, "|".join(place.names), *point, place.radius_m, place.admin))
        return out.getvalue().encode("utf-8")

    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the canonical bytes: what a grouping that used them names."""
        if not self._digest:
            object.__setattr__(self, "_digest", hashlib.sha256(self.canonical()).hexdigest())
        return self._digest

    def areas(self, toponym: str) -> tuple[str, str]:
        """(the area that a name means, the area in which its place lies), by id; empty where the name is not clear."""
        known = self.clear(toponym)
        if known is None:
            return "", ""
        around = self.clear(known.admin) if known.admin else None
        inside = around.id if around is not None and around.id != known.id else ""
        return (known.id if known.radius_m >= AREA_RADIUS_M else ""), inside

    def _candidates(self, bones: str) -> tuple[Candidate, ...]:
        if not bones:
            return ()
        near = process.extract(
            bones, self._bones, scorer=JaroWinkler.similarity, processor=None, score_cutoff=NEAR, limit=None
        )
        best: dict[int, int] = {}
        for own, _, at in near:
            best[self._homes[at]] = max(best.get(self._homes[at], 0), alike(bones, own))
        scored = (Candidate(self.places[at], likeness) for at, likeness in best.items() if likeness >= KNOWN)
        return tuple(sorted(scored, key=lambda c: (-c.likeness, c.place.id)))

    def _narrowed(self, found: tuple[Candidate, ...], toponym: str) -> tuple[Candidate, ...]:
        """Those in an area that another part of the name gives, if there are any."""
        inside = tuple(c for c in found if c.place.admin and likeness(toponym, c.place.admin) >= KNOWN)
        return inside or found


def read(data: bytes) -> Gazetteer:
    """Read a CSV (UTF-8, columns id, names separated by |, lat, lon, radius_m, admin); raises BadGazetteer."""
    if len(data) > BYTES_LIMIT:
        raise BadGazetteer(f"the gazetteer has {len(data)} bytes; at most {BYTES_LIMIT} are read: split it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadGazetteer(f"byte {error.start} is not UTF-8; save the file as UTF-8") from error
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise BadGazetteer(f"row 1: the columns must be {','.join(COLUMNS)}")
    if len(rows) - 1 > PLACES_LIMIT:
        raise BadGazetteer(f"{len(rows) - 1} places; at most {PLACES_LIMIT} are read")
    places = tuple(_place(number, row) for number, row in enumerate(rows[1:], 2) if row)
    seen: set[str] = set()
    for number, place in enumerate(places, 2):
        if place.id in seen:
            raise BadGazetteer(f"row {number}, column id: {place.id} is given twice; give each place its own id")
        seen.add(place.id)
    return Gazetteer(places)


def _place(number: int, row: list[str]) -> Gazetted:
    if len(row) != len(COLUMNS):
        raise BadGazetteer(f"row {number}: {len(row)} columns instead of {len(COLUMNS)}; quote cells that hold a comma")
    place_id, names, lat, lon, radius, admin = (cell.strip() for cell in row)
    if not is_identifier(place_id):
        raise BadGazetteer(f"row {number}, column id: {place_id!r} is no identifier; use a-z, 0-9, - and _")
    spellings = tuple(name.strip() for name in names.split("|") if name.strip())
    if not 0 < len(spellings) <= NAMES_LIMIT:
        raise BadGazetteer(
            f"row {number}, column names: {len(spellings)} names; give 1 to {NAMES_LIMIT}, separated by |"
        )
    try:
        point = Point(_e7(lat), _e7(lon))
    except (ValueError, BadPlace) as error:
        raise BadGazetteer(
            f"row {number}, columns lat and lon: {error}; write decimal degrees such as 31.005"
        ) from error
    if not radius.isdecimal() or not 1_000 <= int(radius) <= 500_000:
        raise BadGazetteer(f"row {number}, column radius_m: {radius!r}; write whole metres from 1000 to 500000")
    return Gazetted(place_id, spellings, point, int(radius), admin)


def _e7(text: str) -> int:
    whole, _, rest = text.lstrip("-").partition(".")
    if (
        not (whole.isascii() and whole.isdecimal())
        or (rest and not (rest.isascii() and rest.isdecimal()))
        or len(rest) > 7
    ):
        raise ValueError(f"{text!r} is not a coordinate with at most 7 decimals")
    value = int(whole) * 10_000_000 + int(rest.ljust(7, "0") or 0)
    return -value if text.startswith("-") else value
