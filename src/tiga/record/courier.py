"""The courier pack (F7): what a witness or mirror without a connection needs, in one file on a stick.

| member | |
|---|---|
| `COURIER.json` | `{"files":{name:sha256},"origin","size","start","v":1}`: an index, signed by nobody |
| `checkpoint` | F5, with its cosignatures |
| `tile/0/...` | every level-0 tile of the log of `size` from entry `start` on |
| `tile/entries/...`, `tile/entries-redacted/...` | for mirrors: for each of those tiles its bundle, in one of the two kinds |
| `requests/<slug>.add-checkpoint` | a witness's request body, where the log knows the witness's last size |

Rules
1. The container is that of a dossier. Every member is of a kind in the table, listed with its SHA-256, nothing else is.
2. `start` is a multiple of 256, since tiles begin there, or `size` where there is nothing new. The tiles are exactly
   those that start and size ask for, each of the right length. Bundles are there for all tiles or for none, and each
   entry's leaf hash is the one in the tile.
3. A witness that is further than the pack gets no leaf hashes and answers with its size: an old pack is harmless.
4. The way back: `<slug>.cosig` is the body of the witness's answer 200, `<slug>.size` that of its answer 409.

Not done here: the checkpoint's signature, that the leaf hashes lead to its root, and cosigning: `witness.add_by_leaves`.
Requests are read for their form only; `witness.add_checkpoint` answers them.
Trust: a pack is not trusted. Whoever can change it gets no cosignature for what the log has not signed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tiga.record import checkpoints, tiles
from tiga.record.container import pack, unpack
from tiga.record.notes import text_of
from tiga.record.refusals import Refused
from tiga.record.tiles import TileName
from tiga.record.tree import HASH, WIDTH
from tiga.record.witness import parse_request

INDEX = "COURIER.json"
CHECKPOINT = "checkpoint"
ANSWERS = {200: "cosig", 409: "size"}
"""The ends of the names of answer files, by HTTP status."""

_SLUG = "[a-z0-9][a-z0-9_-]{0,39}"
_REQUEST = re.compile(rf"requests/({_SLUG})\.add-checkpoint\Z")
_ANSWER = re.compile(rf"({_SLUG})\.({'|'.join(ANSWERS.values())})\Z")


@dataclass(frozen=True, slots=True)
class Index:
    """What `COURIER.json` states; `files` maps each other member to its SHA-256 in hex."""

    origin: str
    start: int
    size: int
    files: dict[str, str]

    def encode(self) -> bytes:
        """The bytes of `COURIER.json`: sorted members, no spaces, one newline at the end."""
        members = {"v": 1, "origin": self.origin, "start": self.start, "size": self.size, "files": self.files}
        return json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8") + b"\n"


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was read. `hashes` are the leaf hashes from `start` to `size` in one row of bytes; `bundles` are by
    path, `requests` by the witness's slug."""

    origin: str
    start: int
    size: int
    checkpoint: bytes
    hashes: bytes
    bundles: dict[str, bytes]
    requests: dict[str, bytes]

    def leaves(self, from_size: int) -> tuple[bytes, ...]:
        """The leaf hashes that follow a witness's last size, none if it is further; raises Refused if some lack."""
        if from_size >= self.size:
            return ()
        if from_size < self.start:
            raise Refused("record.courier.begins", {"start": self.start, "size": from_size})
        first = (from_size - self.start) * HASH
        return tuple(self.hashes[at : at + HASH] for at in range(first, len(self.hashes), HASH))


def tile_names(size: int, start: int) -> tuple[TileName, ...]:
    """The level-0 tiles of a pack for a reader who has `start` entries."""
    return tuple(tiles.row(0, size, start))


def compose(
    checkpoint: bytes,
    start: int,
    tiles: Mapping[str, bytes],
    bundles: Mapping[str, bytes] | None = None,
    requests: Mapping[str, bytes] | None = None,
) -> bytes:
    """The bytes of a pack for a reader who has `start` entries; raises Refused for what `read` would refuse.

    `tiles` and `bundles` are by path, `requests` by the witness's slug.
    """
    head = checkpoints.parse(text_of(checkpoint))
    asked = {f"requests/{slug}.add-checkpoint": body for slug, body in (requests or {}).items()}
    members = {**tiles, **(bundles or {}), **asked}
    if INDEX in members or CHECKPOINT in members:
        raise Refused("record.courier.member", {"name": INDEX if INDEX in members else CHECKPOINT})
    members[CHECKPOINT] = checkpoint
    files = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    index = Index(head.origin, start if start >= head.size else start - start % WIDTH, head.size, files)
    _opened(members, index)
    return pack({**members, INDEX: index.encode()})


def read(data: bytes) -> Pack:
    """Read a pack's bytes; raises Refused unless `compose` gives the same bytes again."""
    members = unpack(data)
    if INDEX not in members:
        raise Refused("record.refused.missing", {"name": INDEX})
    index = parse_index(members.pop(INDEX))
    for name, content in members.items():
        if name not in index.files:
            raise Refused("record.refused.unlisted", {"member": name})
        if hashlib.sha256(content).hexdigest() != index.files[name]:
            raise Refused("record.refused.hash", {"member": name})
    for name in index.files:
        if name not in members:
            raise Refused("record.refused.missing", {"name": name[:200]})
    return _opened(members, index)


def parse_index(data: bytes) -> Index:
    """Read `COURIER.json`; raises Refused unless it is spelled exactly as `Index.encode` spells it."""
    try:
        tree = json.loads(data.decode("utf-8"))
        files = {str(name): str(digest) for name, digest in tree["files"].items()}
        index = Index(str(tree["origin"]), int(tree["start"]), int(tree["size"]), files)
        spelled = index.encode() == data
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise Refused("record.courier.index") from error
    if not spelled:
        raise Refused("record.courier.index")
    return index


def answer_name(slug: str, status: int) -> str:
    """The name of the file in which a witness's answer travels back; raises Refused for an answer that does not."""
    if not re.fullmatch(_SLUG, slug):
        raise Refused("record.courier.slug", {"slug": slug[:80]})
    if status not in ANSWERS:
        raise Refused("record.courier.answer", {"status": status})
    return f"{slug}.{ANSWERS[status]}"


def parse_answer_name(name: str) -> tuple[str, int]:
    """The witness's slug and the status that an answer's file name says; raises Refused."""
    match = _ANSWER.match(name)
    if not match:
        raise Refused("record.courier.answer_name", {"name": name[:80]})
    return match[1], next(status for status, end in ANSWERS.items() if end == match[2])


def _opened(members: Mapping[str, bytes], index: Index) -> Pack:
    """The pack of members without their index; raises Refused as rules 1 and 2 say."""
    if CHECKPOINT not in members:
        raise Refused("record.refused.missing", {"name": CHECKPOINT})
    checkpoint = members[CHECKPOINT]
    head = checkpoints.parse(text_of(checkpoint))
    if (head.origin, head.size) != (index.origin, index.size):
        raise Refused("record.courier.head")
    if not 0 <= index.start <= index.size or (index.start % WIDTH and index.start < index.size):
        raise Refused("record.courier.start", {"start": index.start, "size": index.size})
    hashes = _hashes(members, index)
    bundles = _bundles(members, index, hashes)
    asked = {match[1]: members[name] for name in members if (match := _REQUEST.match(name))}
    for body in asked.values():
        parse_request(body)
    held = {CHECKPOINT, *bundles, *(name.path for name in tile_names(index.size, index.start))}
    for name in members:
        if name not in held and not _REQUEST.match(name):
            raise Refused("record.courier.member", {"name": name[:80]})
    return Pack(index.origin, index.start, index.size, checkpoint, hashes, bundles, asked)


def _hashes(members: Mapping[str, bytes], index: Index) -> bytes:
    rows: list[bytes] = []
    for name in tiles.row(0, index.size, index.start):  # one by one: a checkpoint may claim any size
        if name.path not in members:
            raise Refused("record.refused.missing", {"name": name.path})
        rows.append(members[name.path])
        if len(rows[-1]) != name.width * HASH:
            raise Refused("record.courier.tile", {"path": name.path, "width": name.width})
    return b"".join(rows)


def _bundles(members: Mapping[str, bytes], index: Index, hashes: bytes) -> dict[str, bytes]:
    """The bundles, each compared with its tile; empty where there are none."""
    bundles: dict[str, bytes] = {}
    if not any(name.startswith(f"tile/{tiles.ENTRIES}") for name in members):
        return bundles
    for place, name in enumerate(tile_names(index.size, index.start)):
        plain = TileName(tiles.ENTRIES, name.n, name.width)
        found = plain if plain.path in members else TileName(tiles.REDACTED, name.n, name.width)
        if found.path not in members:
            raise Refused("record.refused.missing", {"name": plain.path})
        bundles[found.path] = members[found.path]
        tile = hashes[place * WIDTH * HASH :][: name.width * HASH]
        for at, row in enumerate(tiles.read_bundle(found, members[found.path])):
            if row.leaf != tile[at * HASH : (at + 1) * HASH]:
                raise Refused("record.tiles.leaf", {"index": name.n * WIDTH + at})
    return bundles
