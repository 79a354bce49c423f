"""Floor 4: what a file says about itself, as the evidence room tells it and the mechanism may hold it.

Rules
1. A verdict is one statement about one file: a code of the catalogue, an outcome and values for the text's slots. The text
   under `<code>.not` says what the verdict does not prove; whoever shows the one shows the other.
2. An outcome speaks of the claim or of the file's own order: `supports` (agrees), `against` (disagrees, or is a danger),
   `silent` (says nothing either way), `broken` (could not be read to its end). None of them says that an event took place.
3. Verdicts are never added up: there is no score, and two sources that disagree stand side by side.
4. A fingerprint is text in hexadecimal digits, for signed JSON holds no integer of 64 bits.
5. All of this has the release level of the file itself: values name times, places and devices.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tiga.values.moments import Instant, Moment
from tiga.values.places import Place

OUTCOMES = ("supports", "against", "silent", "broken")
EARLIER_LIMIT = 10_000
"""Fingerprints of earlier evidence that one examination compares with."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One statement about a file: `code` is `evidence.…` of the catalogue, `outcome` one of OUTCOMES."""

    code: str
    outcome: str
    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ValueError(f"{self.outcome!r} is not an outcome; write one of {', '.join(OUTCOMES)}")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """By what a file is known again: its SHA-256, and for a picture how it looks.

    `whole` is the perceptual hash of the upright picture (16 hexadecimal digits), `parts` the hashes of overlapping parts
    of it, one after another; both empty where nothing could be measured. `width` and `height` are pixels. `known_as`,
    `first_seen` and `where` are the keeper's: by what name, when and where the file came in (a sid, an instant, a case).
    """

    sha256: str
    whole: str = ""
    parts: str = field(default="", repr=False)
    width: int = 0
    height: int = 0
    known_as: str = ""
    first_seen: Instant | None = None
    where: str = ""

    @property
    def bits(self) -> int:
        """The perceptual hash as an integer of 64 bits; 0 where nothing was measured."""
        return int(self.whole or "0", 16)


@dataclass(frozen=True, slots=True)
class ClaimOfFile:
    """What the depositor says of a file: when it was taken, where, with which device (any of them may be missing).

    `token` is a time-stamp token or response (RFC 3161) over the file's bytes, in base64.
    """

    when: Moment | None = None
    where: Place | None = None
    device: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures count, as certificates in PEM; empty: nobody's, and every signer is unknown.

    `credential_anchors` for content credentials (C2PA), `timestamp_roots` for time stamps; `timestamp_certificates` are
    further certificates from which a chain may be built, trusted with nothing.
    """

    credential_anchors: tuple[str, ...] = ()
    timestamp_roots: tuple[str, ...] = ()
    timestamp_certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of an upright picture in pixels: left and top are in it, right and bottom are not."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was said of one file. `media_type` is by content; `fingerprint` is what later files are compared with."""

    name: str
    sha256: str
    length: int
    media_type: str
    verdicts: tuple[Verdict, ...]
    fingerprint: Fingerprint | None = None
