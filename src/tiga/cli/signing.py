r"""`tiga sign FILE --key KEYFILE`: an entry's text read, shown and signed on the signer's own machine.

Rules
1. What is shown is read out of the very bytes that are signed, member by member; nothing of it comes from the site that
   handed the file out. A page of that site could show one text and have another signed.
2. Refused before anything is asked: text that is not in its one spelling, or that admission would refuse; a text of
   another record than the key's, an exercise's key for the live record among them; a key of a witness; another key than
   the one that the text, or the charter given, lists under its name.
3. Values are shown whole, without control characters; what is not ASCII stands in isolates, so that it cannot turn the
   line around. Texts are in quotation marks (those within have a \ before them), numbers and truth values are not.
4. Nothing is signed without a yes (`given.agreed`) or `--yes`. The passphrase comes after that.
5. The signature is verified before it is written. A note beside the text that is there already is not replaced.
6. Whose signatures are still lacking is said where the charter tells it: by the text itself for `charter.adopt` and
   `key.rotate`, else with `--charter`, by the state at entry 0. Only signatures that were verified are counted.

Not done here: sending, and what the signatures mean for the mechanism. What an entry commits to without saying it (`sd`)
cannot be shown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tiga.cli import given, keyfiles, writing
from tiga.cli.lines import plain, told
from tiga.record import canonical, charter, ed25519, entries, notes, sidwords
from tiga.record.canonical import NotCanonical
from tiga.record.charter import KeyState
from tiga.record.entries import ENTRY_LIMIT, Envelope
from tiga.record.notes import ED25519, NoteKey
from tiga.record.policy import parse_groups
from tiga.record.refusals import Refused
from tiga.values.words import knows

_LATER = 1
"""An index after the charter: what entry 0 enrols may sign there."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help=told("cli.sign.file", "en"))
    parser.add_argument("--key", type=Path, metavar="KEYFILE", help=told("cli.sign.key", "en"))
    parser.add_argument("--yes", action="store_true", help=told("cli.sign.yes", "en"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=told("cli.sign.out", "en"))
    parser.add_argument("--merge", nargs="+", type=Path, metavar="NOTE", help=told("cli.sign.merge", "en"))
    parser.add_argument("--charter", type=Path, metavar="ENTRY0.note", help=told("cli.sign.charter", "en"))


def run(options: argparse.Namespace) -> int:
    signs = options.file is not None and options.key is not None
    merges = bool(options.merge) and options.out is not None
    if signs == merges or (options.merge and (options.file or options.key)):
        print(told("cli.sign.call", options.language), file=sys.stderr)
        return 2
    try:
        return _sign(options) if signs else _merge(options)
    except NotCanonical as error:
        return keyfiles.refused(error.refusal, options.language)
    except (Refused, OSError) as error:
        return keyfiles.refused(error, options.language)


def charter_state(note: bytes, origin: str) -> KeyState:
    """The key state after entry 0 of a record, whose signatures are verified; raises Refused."""
    envelope = entries.parse(notes.text_of(note))
    if envelope.log != origin:
        raise Refused("record.refused.origin", {"origin": envelope.log, "expected": origin})
    keys = charter.keys_for(None, 0, envelope)
    signed = notes.open_strict(note, keys.values(), ed25519.verify).signed_by
    return charter.folded(None, 0, envelope, signed)


def _sign(options: argparse.Namespace) -> int:
    language, data = options.language, _bytes(options.file)
    own = keyfiles.read(options.key).public.key
    text = notes.text_of(data) if b"\n\n" in data else _decoded(data)
    envelope = _admissible(text)
    state = _state(options, envelope)
    known = _known(envelope, state)
    _fit(own, envelope, known)
    lines = notes.taken_apart(data)[1] if b"\n\n" in data else ()
    verified = _verified(text, lines, known)
    _show(text, envelope, language)
    _signers(lines, verified, language)
    if (own.name, own.key_id) in {(line.name, line.key_id) for line in lines}:
        print(told("cli.sign.already", language, name=own.name))
        return 0
    out = _place(options)
    if state is not None and own.name not in known:
        print(told("cli.sign.not_in_charter", language, name=own.name))
    if not options.yes and not given.agreed(told("cli.sign.ask", language), language):
        print(told("cli.sign.unsigned", language))
        return 1
    signer = keyfiles.ask(options.key, language).sign
    signed = notes.add_lines(data, [signer]) if lines else notes.sign_note(text, [signer])
    _hold(signed, text, signer.key)
    writing.whole(out, signed)
    print(told("cli.sign.written", language, file=out))
    _tell_lacking(envelope, state, {*verified, own.name}, language)
    return 0


def _merge(options: argparse.Namespace) -> int:
    language = options.language
    merged = notes.merge_notes([_bytes(path) for path in options.merge])
    text, lines = notes.taken_apart(merged)
    envelope = _admissible(text)
    state = _state(options, envelope)
    verified = _verified(text, lines, _known(envelope, state))
    if len(merged) > ENTRY_LIMIT:
        raise Refused("record.refused.note_long", {"bytes": len(merged), "limit": ENTRY_LIMIT})
    _show(text, envelope, language)
    _signers(lines, verified, language)
    writing.whole(options.out, merged)
    print(told("cli.sign.written", language, file=options.out))
    _tell_lacking(envelope, state, verified, language)
    return 0


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(ENTRY_LIMIT + 1)
    if len(data) > ENTRY_LIMIT:
        raise Refused("record.refused.note_long", {"bytes": len(data), "limit": ENTRY_LIMIT})
    return data


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("record.refused.note") from error


def _admissible(text: str) -> Envelope:
    """The statement of a text that a record may take in; raises Refused, NotCanonical."""
    envelope = entries.parse(text)
    canonical.lint(envelope.body)
    return envelope


def _state(options: argparse.Namespace, envelope: Envelope) -> KeyState | None:
    """The key state that the charter given leads to; none where there is no charter yet."""
    if options.charter is None or envelope.act == charter.ADOPT:
        return None
    return charter_state(_bytes(options.charter), envelope.log)


def _known(envelope: Envelope, state: KeyState | None) -> dict[str, NoteKey]:
    """Keys whose signatures can be verified: those of the charter given, and those that the text itself brings."""
    return charter.keys_for(state, _LATER if state else 0, envelope)


def _fit(own: NoteKey, envelope: Envelope, known: dict[str, NoteKey]) -> None:
    """Raise Refused unless a key may sign this text (rule 2)."""
    if own.algorithm != ED25519:
        raise Refused("cli.sign.witness_key", {"name": own.name})
    if keyfiles.origin_of(own.name) != envelope.log:
        raise Refused("cli.sign.other_origin", {"origin": envelope.log, "name": own.name})
    if known.get(own.name, own) != own:
        raise Refused("cli.sign.other_key", {"name": own.name})
    if envelope.act == charter.ADOPT and own.name not in known:
        raise Refused("cli.sign.not_listed", {"name": own.name})


def _verified(text: str, lines: Iterable[notes.SignatureLine], known: dict[str, NoteKey]) -> set[str]:
    """Names of known keys whose lines hold; raises Refused where one does not."""
    held = set()
    for line in lines:
        key = known.get(line.name)
        if key is not None:
            if key.key_id != line.key_id or not ed25519.verify(key.public, line.signature, text.encode("utf-8")):
                raise Refused("record.refused.signature", {"name": line.name})
            held.add(line.name)
    return held


def _hold(signed: bytes, text: str, key: NoteKey) -> None:
    """Raise Refused unless a note that was made is one that a record would read, over the text that was shown."""
    if len(signed) > ENTRY_LIMIT:
        raise Refused("record.refused.note_long", {"bytes": len(signed), "limit": ENTRY_LIMIT})
    if notes.open_note(signed, [key], ed25519.verify).text != text:
        raise Refused("record.refused.other_text")


def _place(options: argparse.Namespace) -> Path:
    """Where the note goes; raises FileExistsError where another would be lost that was not named."""
    if options.out is not None:
        return Path(options.out)
    out = Path(options.file.with_suffix(".note"))
    if out != options.file and out.exists():
        raise FileExistsError(17, "", str(out))
    return out


def _show(text: str, envelope: Envelope, language: str) -> None:
    """All that a text says, and its id."""
    if envelope.log.endswith("/exercise"):
        print(told("cli.sign.exercise", language))
    noun = f"act.{envelope.act.partition('/')[0]}"
    words = told(noun, language) if knows(noun) else told("cli.sign.unknown_act", language)
    print(told("cli.sign.act", language, words=words, act=envelope.act))
    print(told("cli.sign.log", language, origin=envelope.log))
    print(told("cli.sign.at", language, at=envelope.at.text()))
    if envelope.case:
        print(told("cli.sign.case", language, case=envelope.case))
    for sid in envelope.re:
        print(told("cli.sign.re", language, sid=sid))
    if envelope.seq is not None:
        print(told("cli.sign.seq", language, seq=str(envelope.seq), prev=envelope.prev or "-"))
    print(told("cli.sign.says" if envelope.body else "cli.sign.says_nothing", language))
    for path, value in _leaves(envelope.body, ""):
        print(f"    {path}: {_value(value)}")
    if envelope.sd:
        print(told("cli.sign.sd", language, count=len(envelope.sd)))
    sid = entries.sid_of(text)
    print(told("cli.sign.sid", language, sid=sid))
    print(f"    {sidwords.line(sidwords.words(sid))}")


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Every value that is no array or object with its path; empty ones stand for themselves."""
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for place, item in enumerate(value):
            yield from _leaves(item, f"{path}[{place}]")
    elif path:
        yield path, value


def _value(value: object) -> str:
    """A value as rule 3 says."""
    if not isinstance(value, str):
        return {"True": "true", "False": "false"}.get(str(value), str(value))
    shown = plain(value, "en").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{shown}"' if shown.isascii() else f'"\u2068{shown}\u2069"'


def _signers(lines: Iterable[notes.SignatureLine], verified: set[str], language: str) -> None:
    for line in lines:
        code = "cli.sign.signed_verified" if line.name in verified else "cli.sign.signed_claimed"
        print(told(code, language, name=line.name, id=line.key_id.hex()))


def _tell_lacking(envelope: Envelope, state: KeyState | None, signers: set[str], language: str) -> None:
    """Say what the charter still asks for (rule 6); nothing where it is not known."""
    if envelope.act not in (charter.ADOPT, charter.ROTATE):
        if state is None:
            return
        if envelope.act not in state.rules:
            ruled = envelope.act in (*charter.KEY_ACTS, *charter.RULED)
            code = "record.refused.no_rule" if ruled else "cli.sign.no_rule"
            print(told(code, language, name=envelope.act, act=envelope.act))
            return
    lacking = list(dict.fromkeys(_lacking(envelope, state, signers)))
    if lacking:
        print(told("cli.sign.lacking", language, lacking=", ".join(lacking)))
    else:
        print(told("cli.sign.enough", language))


def _lacking(envelope: Envelope, state: KeyState | None, signers: set[str]) -> Iterator[str]:
    """Names, and members of rules, whose signatures are still needed."""
    body = envelope.body
    if envelope.act == charter.ADOPT:
        roots = (row["vkey"] for row in body["keys"] if row["role"] == charter.ROOT)
        yield from (name for name in (NoteKey.parse(vkey).name for vkey in roots) if name not in signers)
        return
    if envelope.act in (charter.ENROL, charter.ROTATE):
        needed = [NoteKey.parse(body["key"]["vkey"]).name, *([str(body.get("old"))] if "old" in body else [])]
        yield from (name for name in needed if name not in signers)
    if state is None or envelope.act == charter.ROTATE:
        return
    present = state.tokens(_LATER, signers)
    yield from state.quorum(envelope.act).lacking(present)
    if envelope.act == charter.RULE:
        if body.get("act") in state.rules:
            yield from state.quorum(body["act"]).lacking(present)
        need = [str(line) for line in body.get("need", ())]
        yield from parse_groups(need, charter.is_token).lacking(present)
