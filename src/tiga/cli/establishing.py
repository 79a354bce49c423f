"""`tiga establish FOLDER`: from an empty machine to a live record, in steps that can be left and taken up again.

Rules
1. What has been done is read from the folder; each run does what can be done now, and says who has to do what next.
2. Steps: (1) agreement checked, its gaps written down, the site's own keys drawn; (2) public keys of root holders, people
   and witnesses gathered in `people/`; (3) the charter's text drawn up and signed by every root key, on their own
   machines; (4) entry 0 and the agreement entered, accounts invited; (5) the head carried to the witnesses and back.
3. Nothing is ever overwritten: a charter that has been drawn up is changed by deleting its file before anybody has signed.
4. A demo's origin is refused, and an exercise stays one: scope and origin agree, and no later act changes either.

Private keys of people never come here. The site's own (log, registrar, vault) lie in `record/keys/`, readable by its owner
alone. Time and entropy enter here.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tiga.cli import keyfiles, writing
from tiga.cli.lines import plain, told
from tiga.record import canonical
from tiga.record.notes import (
    COSIGNATURE,
    NoteKey,
    encode64,
    is_key_name,
    merge_notes,
    sign_note,
    taken_apart,
    text_of,
)
from tiga.record.refusals import Refused
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.agreement.clauses import Agreement
    from tiga.store.desk import Desk

ABSENT_HOURS = 72
SCOPES = ("live", "exercise")
SIGNED_LIMIT = 1_000_000


class Ended(Exception):
    """This run ends here: `code` in the catalogue under `cli.establish`, exit code, values."""

    def __init__(self, code: str, status: int = 0, **values: object) -> None:
        super().__init__(code)
        self.code, self.status, self.values = code, status, values


@dataclass(frozen=True, slots=True)
class Site:
    """The folder being established, and what was asked for."""

    folder: Path
    origin: str
    title: str
    scope: str
    agreement: Path
    language: str

    @property
    def keys(self) -> Path:
        return self.folder / "record" / "keys"

    def say(self, code: str, **values: object) -> None:
        print(told(f"cli.establish.{code}", self.language, **values))


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help=told("cli.establish.folder", "en"))
    parser.add_argument("--origin", default="", metavar="ORIGIN", help=told("cli.establish.origin", "en"))
    parser.add_argument("--title", default="", metavar="TITLE", help=told("cli.establish.title", "en"))
    parser.add_argument("--agreement", type=Path, metavar="AGREEMENT.yaml", help=told("cli.establish.agreement", "en"))
    parser.add_argument("--scope", choices=SCOPES, default="live", help=told("cli.establish.scope", "en"))
    parser.add_argument("--guard", type=Path, metavar="PATH", help=told("cli.establish.guard", "en"))
    parser.add_argument("--host", default="", metavar="NAME", help=told("cli.establish.host", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    try:
        with _refusals(language):
            site = _site(options)
            _own_keys(site)
            note = _charter(site)
            _live(site, note)
    except Ended as ended:
        stream = sys.stderr if ended.status else sys.stdout
        print(told(f"cli.establish.{ended.code}", language, **ended.values), file=stream)
        return ended.status
    return 0


@contextmanager
def _refusals(language: str) -> Iterator[None]:
    try:
        yield
    except Refused as error:
        print(plain(error.text(language), language), file=sys.stderr)
        raise Ended("refused", 1) from error
    except OSError as error:
        raise Ended("unwritable", 2, file=error.filename or "", why=error.strerror or "") from error


# ---- step 1: settings, agreement, the site's own keys


def _site(options: argparse.Namespace) -> Site:
    """The site as its settings describe it; made from the options the first time."""
    folder = options.folder.resolve()
    settings = folder / "tiga.toml"
    if not settings.exists():
        _begin(options, folder, settings)
    import tomllib

    tree = tomllib.loads(settings.read_text(encoding="utf-8"))
    row, made = tree["record"][0], tree["established"]
    site = Site(folder, row["origin"], made["title"], made["scope"], folder / "agreement.yaml", options.language)
    site.say("folder_is", folder=folder, origin=site.origin, scope=site.scope)
    return site


def _begin(options: argparse.Namespace, folder: Path, settings: Path) -> None:
    origin = options.origin.strip()
    if not origin or not options.title or options.agreement is None:
        raise Ended("need", 2)
    if not is_key_name(origin) or origin.startswith("tiga.example/"):
        raise Ended("bad_origin", 2, origin=origin)
    if origin.endswith("/exercise") != (options.scope == "exercise"):
        raise Ended("scope_origin", 2, origin=origin, scope=options.scope)
    data = options.agreement.read_bytes()
    text = _checked(data, options.language)
    for name in ("", "people", "signed", "couriers", "invitations", "record", "record/keys"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    guard = (options.guard or folder / "guard").resolve()
    writing.new(folder / "agreement.yaml", data, 0o644)
    writing.new(folder / "gaps.txt", _gaps(text, options.language).encode("utf-8"), 0o644)
    writing.new(folder / "secret", (secrets.token_urlsafe(64) + "\n").encode("ascii"))
    host = options.host or "localhost"
    quoted = options.title.replace("\\", "\\\\").replace('"', '\\"')
    writing.whole(settings, (
        f'[site]\ndemo = false\nallowed_hosts = ["{host}"]\nsecret_key_file = "secret"\naccounts = "accounts.sqlite3"\n\n'
        f'[[record]]\nname = "record"\nfolder = "record"\norigin = "{origin}"\nguard = "{guard}"\n\n'
        f'[established]\ntitle = "{quoted}"\nscope = "{options.scope}"\n'
    ).encode(), 0o644)  # fmt: skip
    if guard.parent == folder:
        print(told("cli.establish.guard_near", options.language, path=guard))


def _checked(data: bytes, language: str) -> Agreement:
    from tiga.agreement import drafting, reading
    from tiga.cli import annexes, yaml_nodes
    from tiga.values.shapes import BadShape

    try:
        marked = yaml_nodes.load(data)
        problems = annexes.check(marked)
        if problems:
            raise Ended("problems", 1, n=len(problems))
        text = reading.agreement(marked.data)
    except (yaml_nodes.BadYaml, BadShape) as error:
        raise Ended("unreadable", 1, why=str(error)) from error
    print(told("cli.establish.checked", language, clauses=len(text.clauses), gaps=len(drafting.gaps(text))))
    return text


def _gaps(text: Agreement, language: str) -> str:
    from tiga.agreement import drafting

    rows = [f"{gap.id}\t{gap.place}" if hasattr(gap, "place") else str(gap.id) for gap in drafting.gaps(text)]
    return told("cli.establish.gaps_head", language) + "\n" + "\n".join(rows) + "\n"


def _own_keys(site: Site) -> None:
    """Draw the keys that the site itself needs, once."""
    from tiga.store import keys

    held = keys.read(site.keys).names() if any(site.keys.glob("*.key")) else ()
    wanted = [name for name in (site.origin, f"{site.origin}/registrar") if name not in held]
    if wanted:
        keys.write(site.keys, {name: secrets.token_bytes(32) for name in wanted})
        site.say("keys_drawn", n=len(wanted))
    vault = site.keys / "vault.secret"
    if not vault.exists():
        writing.new(vault, (secrets.token_hex(32) + "\n").encode("ascii"))


# ---- steps 2 and 3: people, and the charter that they sign


def _people(site: Site) -> list[keyfiles.Public]:
    rows = [keyfiles.read_public(path) for path in sorted((site.folder / "people").glob("*.pub"))]
    foreign = [row.key.name for row in rows if not row.key.name.startswith(site.origin + "/")]
    if foreign:
        raise Ended("foreign", 1, name=foreign[0], origin=site.origin)
    return rows


def _charter(site: Site) -> bytes:
    """The charter with all its signatures; ends the run while there is something left to gather."""
    text_path = site.folder / "charter.text"
    if not text_path.exists():
        people = _people(site)
        roots = [row for row in people if row.role == "root"]
        mediators = [row for row in people if row.role == "mediator"]
        witnesses = [row for row in people if row.key.algorithm == COSIGNATURE]
        site.say("gathered", roots=len(roots), mediators=len(mediators), witnesses=len(witnesses), people=len(people))
        if len({row.component for row in roots}) < 2 or not mediators or not witnesses:
            raise Ended("wait_people", people=site.folder / "people", origin=site.origin)
        writing.new(text_path, _drawn(site, people).encode("utf-8"), 0o644)
    text = text_path.read_text(encoding="utf-8")
    return _signed(site, text)


def _drawn(site: Site, people: list[keyfiles.Public]) -> str:
    from tiga.mechanism import charter
    from tiga.mechanism.acts import Refusal
    from tiga.mechanism.charter import CHARTER_ACTS
    from tiga.store import keys

    ring = keys.read(site.keys)
    registrar = charter.Key(ring.signer(f"{site.origin}/registrar").key.vkey, "registrar", "", "server")
    signing = [row for row in people if row.key.algorithm != COSIGNATURE]
    listed = tuple(
        charter.Key(row.key.vkey, row.role, row.component, row.custody, encode64(row.seal) if row.seal else "")
        for row in signing
    )
    roots = sorted({row.component for row in people if row.role == "root"})
    need = (f"group roots all {' '.join(f'root:{name}' for name in roots)}", "quorum roots")
    founding = charter.Founding(
        tuple(charter.Rule(act, need) for act in CHARTER_ACTS),
        tuple(charter.Witness(row.component, row.key.vkey) for row in people if row.key.algorithm == COSIGNATURE),
        ABSENT_HOURS,
    )
    at = Instant.of(datetime.now(UTC))
    outcome = charter.found(site.origin, site.title, site.scope, (registrar, *listed), at, founding)
    if isinstance(outcome, Refusal):
        raise Ended("scope_origin", 2, origin=site.origin, scope=site.scope)
    return outcome.entries[0].envelope.text()


def _signed(site: Site, text: str) -> bytes:
    """The charter's note, merged from `signed/`; ends the run while a root key has not signed."""
    from tiga.record.charter import folded
    from tiga.record.entries import open_entry, parse
    from tiga.store import keys
    from tiga.store.keys import CHECK

    envelope = parse(text)
    ring = keys.read(site.keys)
    own = sign_note(text, [ring.signer(f"{site.origin}/registrar")])
    notes = [own]
    for path in sorted((site.folder / "signed").iterdir()):
        data = path.read_bytes()[:SIGNED_LIMIT]
        if text_of(data) != text:
            raise Ended("other_charter", 1, file=path.name)
        notes.append(data)
    note = merge_notes(notes)
    listed = [NoteKey.parse(row["vkey"]) for row in envelope.body["keys"]]
    signers = open_entry(note, listed, CHECK())[2]
    roots = [row["vkey"].split("+", 1)[0] for row in envelope.body["keys"] if row["role"] == "root"]
    lacking = [name for name in roots if name not in signers]
    site.say(
        "signed_by",
        n=len(taken_apart(note)[1]),
        names=", ".join(name.removeprefix(site.origin + "/") for name in signers),
    )
    if lacking:
        names = ", ".join(name.removeprefix(site.origin + "/") for name in lacking)
        raise Ended("wait_signatures", file=site.folder / "charter.text", signed=site.folder / "signed", names=names)
    folded(None, 0, envelope, signers)
    return note


# ---- steps 4 and 5: entry 0, accounts, witnesses


def _live(site: Site, note: bytes) -> None:
    from tiga.cli import records

    records.configure(str(site.folder / "tiga.toml"))
    from django.core.management import call_command

    from tiga.store import opening

    call_command("migrate", database="default", verbosity=0, interactive=False)
    opening.prepare("record")
    desk = opening.desk("record")
    if not desk.ledger.size():
        _found(site, desk, note)
    _invited(site, desk)
    _witnessed(site, desk)


def _found(site: Site, desk: Desk, note: bytes) -> None:
    from tiga.agreement import reading
    from tiga.cli import yaml_nodes
    from tiga.mechanism import charter
    from tiga.mechanism.acts import Actor, Refusal
    from tiga.store import founding, vault

    text = reading.agreement(yaml_nodes.load(site.agreement.read_bytes()).data)
    version, data = founding.version_for(text, site.scope)
    vault.keep_document(desk.alias, data)
    desk.lay(note)
    sha256 = reading.digest(version, canonical.encode)
    now = desk.now(Instant.of(datetime.now(UTC)))
    result = desk.act((), lambda standing: charter.adopt_agreement(
        standing, version.id, version.version, sha256, len(data), now), Actor("", "registrar"))  # fmt: skip
    if isinstance(result, Refusal):
        raise Ended("refused", 1)
    site.say("founded", size=desk.ledger.size())


def _invited(site: Site, desk: Desk) -> None:
    """An account for each person with a key, and a file with the one-time address at which a password is chosen."""
    from django.contrib.auth import get_user_model

    from tiga.web.models import Membership
    from tiga.web.sessions import invitation

    made = 0
    for key in desk.standing().keys.values():
        if key.role not in ("monitor", "liaison", "mediator", "secretariat"):
            continue
        name = key.name.removeprefix(site.origin + "/").replace("/", "-")
        user, new = get_user_model().objects.get_or_create(username=name)
        if new:
            user.set_unusable_password()
            user.save()
            Membership.objects.create(user=user, record="record", role=key.role, component=key.component, key=key.name)
        path = site.folder / "invitations" / f"{name}.txt"
        if not user.has_usable_password() and not path.exists():
            writing.new(
                path,
                told("cli.establish.invitation", site.language, name=name, path=invitation(user)).encode("utf-8")
                + b"\n",
            )
            made += 1
    if made:
        site.say("invited", n=made, folder=site.folder / "invitations")


def _witnessed(site: Site, desk: Desk) -> None:
    """Packs out, answers in; the record is live when its head is cosigned as the mutual policy asks."""
    from tiga.record import policy
    from tiga.store import witnessing
    from tiga.store.keys import CHECK

    folder = site.folder / "couriers"
    for path in sorted((*folder.glob("*.cosig"), *folder.glob("*.checkpoint"))):
        site.say("kept", file=path.name, n=witnessing.brought(desk, path.read_bytes()))
    policies = witnessing.policies(desk)
    for name, data in policies.items():
        writing.whole(site.folder / f"{name}.policy", data, 0o644)
    writing.whole(site.folder / "log.key", (desk.log_key.vkey + "\n").encode("utf-8"), 0o644)
    lacking = [row.component for row in witnessing.seen(desk, desk.ledger.size() - 1) if row.at is None]
    for component in lacking:
        pack = folder / f"{component}-{desk.ledger.size()}.courier.zip"
        writing.whole(pack, witnessing.pack(desk, component), 0o644)
    try:
        policy.check(witnessing.best(desk, desk.ledger.size() - 1), policy.parse(policies["mutual"]), CHECK())
    except (Refused, KeyError):
        raise Ended("wait_witnesses", names=", ".join(lacking), folder=folder, key=desk.log_key.vkey) from None
    raise Ended("live", origin=site.origin, settings=site.folder / "tiga.toml", folder=site.folder)
