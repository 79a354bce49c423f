"""`tiga key`: keys made, kept and looked at on their holder's own machine.

    tiga/key@v1 \n
    {"guard":…,"public":{…},"salt":…,"seeds":…} \n          tiga-JSON, one spelling

Rules
1. A person's key file holds two seeds of 32 bytes: Ed25519, which signs, and X25519, to which others seal. A witness's
   holds the first alone, for type 0x04. Entropy is drawn here and nowhere else; it is the operating system's.
2. The seeds are joined by exclusive or to as many bytes of scrypt (n=32768, r=8, p=1) over the passphrase and a salt of
   32 random bytes. The salt is drawn for each file and a file is never written twice, so no pad is used twice; to
   whoever does not know the passphrase a pad is as good as random, and a pad that is as long as what it covers, used
   once, says nothing of it. Nothing else is gained from a cipher here: an altered file gives other seeds, and rule 3
   refuses those.
3. A passphrase is right when the seeds give the public keys of the file. That lets a thief of the file try passphrases,
   as any check would; scrypt makes each try cost 32 MB. At least 12 characters are asked for.
4. A file is readable by its owner alone, or it is not used. None is ever replaced.
5. `FILE.pub` is what the charter or `key.enrol` lists, one line of tiga-JSON. Its SHA-256 as words lets the holder and
   the secretariat compare it by voice: who swaps the line on the way swaps the key.
6. `cryptography` signs where it is installed, else `record.ed25519`, which is not constant-time.

Not done here: hardware tokens that keep the seed to themselves, changing a passphrase, several people's shares of a key.
Trust: the machine is trusted while a key is open on it. Whoever can write the key file can put another key in its place;
that key is enrolled nowhere.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tiga.cli import writing
from tiga.cli.lines import plain, told
from tiga.cli.passphrases import asked
from tiga.cli.passphrases import chosen as chosen
from tiga.record import canonical, ed25519, sidwords
from tiga.record.canonical import NotCanonical
from tiga.record.notes import COSIGNATURE, ED25519, NoteKey, Signer, decode64, encode64, is_key_name
from tiga.record.refusals import Refused
from tiga.values.names import is_identifier

FILE_LIMIT = 16_384
"""Bytes of a key file."""
CUSTODIES = ("device", "token")

_MAGIC = b"tiga/key@v1\n"
_OPEN, _SCRYPT = "none", "scrypt-32768-8-1"
_SALT, _SEED = 32, 32


@dataclass(frozen=True, slots=True)
class Public:
    """What others may know of a key: `seal` is an X25519 public key or empty; a witness's has neither role nor custody."""

    key: NoteKey
    component: str
    role: str = ""
    custody: str = ""
    seal: bytes = b""

    def members(self) -> dict[str, str]:
        """The object that the charter lists."""
        if self.key.algorithm == COSIGNATURE:
            return {"component": self.component, "vkey": self.key.vkey}
        rows = {"component": self.component, "custody": self.custody, "role": self.role, "vkey": self.key.vkey}
        return rows | ({"seal": encode64(self.seal)} if self.seal else {})

    def line(self) -> bytes:
        return canonical.encode(self.members()) + b"\n"

    @property
    def words(self) -> str:
        """The line's SHA-256 as words."""
        return sidwords.line(sidwords.spelled(hashlib.sha256(self.line()).digest()))


@dataclass(frozen=True, slots=True)
class Opened:
    """A key that can be used: `sign` signs by its type, `seal_private` are 32 bytes of X25519 or nothing."""

    name: str
    sign: Signer
    seal_private: bytes
    public: Public


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key file as it lies on the disk; without a salt the seeds are not covered."""

    public: Public
    seeds: bytes
    salt: bytes = b""

    def data(self) -> bytes:
        members: dict[str, canonical.JSON] = {
            "guard": _SCRYPT if self.salt else _OPEN,
            "public": self.public.members(),
            "salt": encode64(self.salt),
            "seeds": encode64(self.seeds),
        }
        return _MAGIC + canonical.encode(members) + b"\n"

    def opened(self, passphrase: str) -> Opened:
        """The key, by its passphrase (not looked at where there is none); raises Refused when it is not the one."""
        seeds = _covered(self.seeds, passphrase, self.salt) if self.salt else self.seeds
        public, sign = signing(seeds[:_SEED])
        seal = seeds[_SEED:]
        if public != self.public.key.public or (seal and ed25519.x25519_public_of(seal) != self.public.seal):
            raise Refused("cli.key.wrong_passphrase" if self.salt else "cli.key.form")
        return Opened(self.public.key.name, Signer(self.public.key, sign), seal, self.public)


def load(path: Path, passphrase: str) -> Opened:
    """The key of a file; raises Refused for a wrong passphrase or file, OSError."""
    return read(path).opened(passphrase)


def ask(path: Path, language: str = "en") -> Opened:
    """The key of a file, its passphrase asked for on the terminal where there is one; raises Refused, OSError."""
    return unlocked(read(path), path, language)


def unlocked(file: KeyFile, path: Path, language: str = "en") -> Opened:
    """The key of a file that was read, as `ask` opens it."""
    return file.opened(asked(told("cli.key.ask", language, file=path)) if file.salt else "")


def read(path: Path) -> KeyFile:
    """A key file, not opened; raises Refused where others may read it or it is none, OSError."""
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise Refused("cli.key.readable", {"file": path})
    return parse(_bounded(path))


def parse(data: bytes) -> KeyFile:
    """A key file out of its bytes, not opened; raises Refused."""
    if not data.startswith(_MAGIC) or not data.endswith(b"\n"):
        raise Refused("cli.key.form")
    members = _object(data[len(_MAGIC) : -1], {"guard", "public", "salt", "seeds"})
    if not all(isinstance(members[name], str) for name in ("guard", "salt", "seeds")):
        raise Refused("cli.key.form")
    file = KeyFile(_public(members["public"]), decode64(members["seeds"]), decode64(members["salt"]))
    lengths = len(file.seeds), len(file.salt)
    wanted = _SEED * (2 if file.public.seal else 1)
    if lengths not in ((wanted, _SALT), (wanted, 0)) or file.data() != data:
        raise Refused("cli.key.form")
    return file


def read_public(path: Path) -> Public:
    """The public half out of a `.pub` file, or of a key file; raises Refused, OSError."""
    data = _bounded(path)
    if data.startswith(_MAGIC):
        return read(path).public
    return parse_public(data)


def parse_public(line: bytes) -> Public:
    """The public half out of its line; raises Refused."""
    public = _public(_object(line[:-1], set()))
    if public.line() != line:
        raise Refused("cli.key.form")
    return public


def origin_of(name: str) -> str:
    """The record that a person's key is for, by its name `<origin>/<role>/<slug>`; empty for another's name."""
    origin, *parts = name.rsplit("/", 2)
    return origin if len(parts) == 2 and all(parts) else ""


def signing(seed: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    """The public key of a seed and what signs by it (rule 6)."""
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError:
        return ed25519.public_of(seed), lambda message: ed25519.sign(seed, message)
    key = Ed25519PrivateKey.from_private_bytes(seed)
    return key.public_key().public_bytes_raw(), key.sign


def drawn(name: str, role: str, component: str, custody: str, passphrase: str | None, *, witness: bool) -> KeyFile:
    """A new key; without a passphrase (None) its seeds are not covered. Raises Refused for a name that cannot be."""
    seeds = secrets.token_bytes(_SEED if witness else 2 * _SEED)
    public, _ = signing(seeds[:_SEED])
    key = NoteKey.of(name, COSIGNATURE if witness else ED25519, public)
    if witness:
        half = Public(key, component)
    else:
        half = Public(key, component, role, custody, ed25519.x25519_public_of(seeds[_SEED:]))
    if passphrase is None:
        return KeyFile(half, seeds)
    salt = secrets.token_bytes(_SALT)
    return KeyFile(half, _covered(seeds, passphrase, salt), salt)


def _covered(seeds: bytes, passphrase: str, salt: bytes) -> bytes:
    """The seeds under their pad, or out from under it."""
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    pad = hashlib.scrypt(secret, salt=salt, n=1 << 15, r=8, p=1, maxmem=1 << 26, dklen=len(seeds))
    return bytes(one ^ two for one, two in zip(seeds, pad, strict=True))


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(FILE_LIMIT + 1)
    if len(data) > FILE_LIMIT:
        raise Refused("cli.key.form")
    return data


def _object(data: bytes, names: set[str]) -> dict[str, Any]:
    try:
        members = canonical.decode(data, FILE_LIMIT)
    except NotCanonical as error:
        raise Refused("cli.key.form") from error
    if not isinstance(members, dict) or (names and set(members) != names):
        raise Refused("cli.key.form")
    return members


def _public(members: object) -> Public:
    if not isinstance(members, dict) or not all(isinstance(value, str) for value in members.values()):
        raise Refused("cli.key.form")
    key = NoteKey.parse(members.get("vkey", ""))
    seal = decode64(members.get("seal", ""))
    names = members.get("component", ""), members.get("role", ""), members.get("custody", "")
    public = Public(key, *names, seal)
    if key.algorithm not in (ED25519, COSIGNATURE) or len(seal) not in (0, _SEED) or public.members() != members:
        raise Refused("cli.key.form")
    return public


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="new|show|check")
    new = verbs.add_parser("new", help=told("cli.key.new", "en"), description=told("cli.key.new", "en"))
    new.add_argument("name", metavar="NAME", help=told("cli.key.name", "en"))
    new.add_argument("--role", default="", help=told("cli.key.role", "en"))
    new.add_argument("--component", default="", help=told("cli.key.component", "en"))
    new.add_argument("--custody", choices=CUSTODIES, default=CUSTODIES[0], help=told("cli.key.custody", "en"))
    new.add_argument("--witness", action="store_true", help=told("cli.key.witness", "en"))
    new.add_argument("--out", type=Path, required=True, metavar="FILE", help=told("cli.key.out", "en"))
    new.add_argument("--no-passphrase", action="store_true", help=told("cli.key.no_passphrase", "en"))
    show = verbs.add_parser("show", help=told("cli.key.show", "en"), description=told("cli.key.show", "en"))
    show.add_argument("key", metavar="FILE", help=told("cli.key.file", "en"))
    check = verbs.add_parser("check", help=told("cli.key.check", "en"), description=told("cli.key.check", "en"))
    check.add_argument("key", metavar="VKEY", help=told("cli.key.vkey", "en"))


def run(options: argparse.Namespace) -> int:
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {"new": _new, "show": _show, "check": _show}
    try:
        return verbs[options.verb](options)
    except (Refused, OSError) as error:
        return refused(error, options.language)


def refused(error: Refused | OSError, language: str) -> int:
    """Say what was refused, or which file cannot be had; the exit code."""
    if isinstance(error, Refused):
        print(plain(error.text(language), language), file=sys.stderr)
        return 1
    code = "cli.key.exists" if isinstance(error, FileExistsError) else "cli.key.no_file"
    print(told(code, language, file=error.filename or "-", why=error.strerror or ""), file=sys.stderr)
    return 2


def _new(options: argparse.Namespace) -> int:
    language, path = options.language, options.out
    beside = path.with_name(f"{path.name}.pub")
    for taken in (path, beside):
        if taken.exists():
            raise FileExistsError(17, "", str(taken))
    component = _component(options)
    passphrase = None if options.no_passphrase else chosen(language)
    file = drawn(options.name, options.role, component, options.custody, passphrase, witness=options.witness)
    writing.new(path, file.data())
    writing.new(beside, file.public.line(), writing.PUBLIC)
    load(path, passphrase or "")
    print(told("cli.key.written", language, file=path))
    if passphrase is None:
        print(told("cli.key.uncovered", language))
    print(told("cli.key.public_written", language, file=beside))
    _told(file.public, language)
    print(told("cli.key.compare", language))
    return 0


def _component(options: argparse.Namespace) -> str:
    """The component of a new key; raises Refused for a name, role or component that no charter could list."""
    if not is_key_name(options.name) or not origin_of(options.name):
        raise Refused("cli.key.bad_name", {"name": options.name})
    if options.witness:
        kind, component = options.name.rsplit("/", 2)[1:]
        if kind != "witness" or not is_identifier(component) or options.component not in ("", component):
            raise Refused("cli.key.witness_name", {"name": options.name})
        return str(component)
    if not is_identifier(options.role) or (options.component and not is_identifier(options.component)):
        raise Refused("cli.key.bad_role", {"role": options.role or "-", "component": options.component or "-"})
    return str(options.component)


def _show(options: argparse.Namespace) -> int:
    """Tell of a key what others may know, and whether it may be enrolled."""
    if options.verb == "check" and options.key.count("+") > 1:
        return 0 if _sound(NoteKey.parse(options.key.strip()), options.language) else 1
    public = read_public(Path(options.key))
    _told(public, options.language)
    return 0 if _sound(public.key, options.language) else 1


def _sound(key: NoteKey, language: str) -> bool:
    """Say whether a key may be enrolled."""
    kinds = {ED25519: "cli.key.kind_signs", COSIGNATURE: "cli.key.kind_witness"}
    sound = key.algorithm in kinds and ed25519.sound_key(key.public)
    code = kinds[key.algorithm] if sound else "cli.key.unsound"
    print(told(code, language, name=key.name, id=key.key_id.hex()))
    return sound


def _told(public: Public, language: str) -> None:
    """The line for the charter, and its words, each on a line that can be copied."""
    print(plain(public.line().decode("utf-8").rstrip("\n"), "en"))
    print(told("cli.key.words", language))
    print(f"    {public.words}")
