"""The container of a dossier: a zip file of which no byte is free.

Rules
1. Members stand in ascending order of their names, stored without compression, dated 1980-01-01, without comments or
   extra fields. The same members always give the same bytes.
2. Reading means: take the members out by their lengths, pack them again, compare all bytes. So a flipped byte is seen
   wherever it lies, and is named by the member in which it lies.
3. Names are relative, of ASCII letters, digits, `.`, `_`, `-` and `/`, and no part begins with a point.

Not done here: any meaning of the members. Ordinary zip programs can open what is written here (APPNOTE 6.3.10).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping

from tiga.record.refusals import Refused

MEMBERS_LIMIT = 60_000
CONTAINER_LIMIT = 1 << 29
"""Bytes of a whole dossier."""
NAME_LIMIT = 200
"""Characters of a member's name."""

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\Z")
_ACT = re.compile(rb'[{,]"act":"([a-z0-9_./-]{1,90})"')
_DATE = 0x0021  # 1980-01-01
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_UNIX_FILE = 0o100644 << 16
_STRIDE = 1 << 16


def pack(members: Mapping[str, bytes]) -> bytes:
    """The container of named members; raises Refused beyond the limits."""
    if len(members) > MEMBERS_LIMIT:
        raise Refused("record.refused.members", {"count": len(members), "limit": MEMBERS_LIMIT})
    body: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for name in sorted(members):
        data = members[name]
        if not _NAME.match(name) or len(name) > NAME_LIMIT:
            raise Refused("record.refused.member_name", {"name": name[:80]})
        raw, crc, size = name.encode("ascii"), zlib.crc32(data), len(data)
        common = (20, 0, 0, 0, _DATE, crc, size, size, len(raw), 0)
        directory.append(_CENTRAL.pack(b"PK\1\2", 3 << 8 | 20, *common, 0, 0, 0, _UNIX_FILE, at) + raw)
        body += [_LOCAL.pack(b"PK\3\4", *common), raw, data]
        at += _LOCAL.size + len(raw) + size
        if at > CONTAINER_LIMIT:
            raise Refused("record.refused.container_long", {"limit": CONTAINER_LIMIT})
    index = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(members), len(members), len(index), at, 0)
    return b"".join(body) + index + end


def unpack(data: bytes) -> dict[str, bytes]:
    """The members of a container; raises Refused unless `pack` gives the same bytes again."""
    if len(data) > CONTAINER_LIMIT:
        raise Refused("record.refused.container_long", {"limit": CONTAINER_LIMIT})
    members, starts = _taken_out(data)
    again = pack(members)
    if again != data:
        raise _difference(data, again, members, starts)
    return members


def act_in(data: bytes) -> str:
    """The act that a damaged entry's bytes still claim, or nothing: for naming the place, never for a verdict."""
    match = _ACT.search(data)
    return match[1].decode("ascii") if match else ""


def _taken_out(data: bytes) -> tuple[dict[str, bytes], dict[str, int]]:
    members: dict[str, bytes] = {}
    starts: dict[str, int] = {}
    at = 0
    while data[at : at + 4] == b"PK\3\4" and len(members) < MEMBERS_LIMIT:
        if at + _LOCAL.size > len(data):
            raise Refused("record.refused.container", {"offset": at})
        *_, size, name_size, extra_size = _LOCAL.unpack_from(data, at)
        begin = at + _LOCAL.size + name_size + extra_size
        raw = data[at + _LOCAL.size : at + _LOCAL.size + name_size]
        name = raw.decode("ascii", "replace")
        if begin + size > len(data) or name in members or not _NAME.match(name):
            raise Refused("record.refused.container", {"offset": at})
        members[name], starts[name] = data[begin : begin + size], at
        at = begin + size
    return members, starts


def _difference(data: bytes, again: bytes, members: Mapping[str, bytes], starts: Mapping[str, int]) -> Refused:
    """The refusal that names where two containers first differ."""
    shorter, at = min(len(data), len(again)), 0
    while at < shorter and data[at : at + _STRIDE] == again[at : at + _STRIDE]:
        at += _STRIDE
    at = next((place for place in range(at, shorter) if data[place] != again[place]), shorter)
    for name, start in starts.items():
        if start <= at < start + _LOCAL.size + len(name) + len(members[name]):
            return Refused("record.refused.member_bytes", {"member": name, "act": act_in(members[name])})
    return Refused("record.refused.container", {"offset": at})
