"""`tiga key`, `tiga sign`, `tiga seal` and `tiga unseal` as they are called, with everything installed and with nothing."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bare import CODE, EXTRAS
from tests.core.record import known
from tiga.cli import keyfiles
from tiga.cli.main import main
from tiga.record import ed25519, notes, sidwords
from tiga.record.entries import Envelope
from tiga.record.notes import ED25519, NoteKey, Signer
from tiga.record.refusals import Refused

ROOT = Path(__file__).parents[3]
ORIGIN = known.ORIGIN
PASSPHRASE = "four words nobody guesses"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, and a passphrase where there is no terminal."""
    monkeypatch.chdir(tmp_path)
    said(monkeypatch, PASSPHRASE)
    return tmp_path


def said(monkeypatch: pytest.MonkeyPatch, passphrase: str) -> None:
    Path("passphrase").write_text(passphrase + "\n", encoding="utf-8")
    monkeypatch.setenv("TIGA_PASSPHRASE_FILE", "passphrase")


def bare(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """`tiga` where nothing is installed."""
    command = [sys.executable, "-I", "-c", CODE, EXTRAS, str(ROOT / "src"), *words]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)


def key(name: str, role: str, out: str, origin: str = ORIGIN, component: str = "") -> Signer:
    """A key without a passphrase, made by the command, and its signer."""
    words = ["key", "new", f"{origin}/{name}", "--role", role, "--out", out, "--no-passphrase"]
    assert main([*words, *(["--component", component] if component else [])]) == 0
    return keyfiles.load(Path(out), "").sign


def public(out: str) -> dict[str, str]:
    return dict(json.loads(Path(f"{out}.pub").read_text(encoding="utf-8")))


def text(body: dict[str, object], act: str = "report.file", origin: str = ORIGIN, name: str = "entry.text") -> Path:
    path = Path(name)
    path.write_text(Envelope(origin, act, known.AT, body, case="c-417").text(), encoding="utf-8")
    return path


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command says that refuses with exit 1 and prints nothing else."""
    capsys.readouterr()
    assert main(list(words)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    return err.rstrip("\n")


# --- tiga key


def test_a_new_key_is_private_covered_and_listed_as_the_charter_wants(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["key", "new", f"{ORIGIN}/mediator/1", "--role", "mediator", "--component", "qa", "--out", "my.key"]
    assert main(words) == 0
    out = capsys.readouterr().out
    listed = public("my.key")
    opened = keyfiles.load(Path("my.key"), PASSPHRASE)
    assert (os.stat("my.key").st_mode & 0o777, os.stat("my.key.pub").st_mode & 0o077 & 0o022) == (0o600, 0)
    assert sorted(listed) == ["component", "custody", "role", "seal", "vkey"]
    assert (listed["component"], listed["custody"], listed["role"]) == ("qa", "device", "mediator")
    assert NoteKey.parse(listed["vkey"]) == opened.sign.key == opened.public.key
    assert notes.decode64(listed["seal"]) == ed25519.x25519_public_of(opened.seal_private)
    assert ed25519.verify(opened.sign.key.public, opened.sign.sign(b"text\n"), b"text\n") is True
    assert (opened.public.words in out, Path("my.key.pub").read_text(encoding="utf-8") in out) == (True, True)


def test_the_seeds_of_a_covered_file_are_not_in_it() -> None:
    assert main(["key", "new", f"{ORIGIN}/mediator/1", "--role", "mediator", "--out", "my.key"]) == 0
    file = keyfiles.read(Path("my.key"))
    seal = keyfiles.load(Path("my.key"), PASSPHRASE).seal_private
    assert (len(file.seeds), seal in file.seeds, file.seeds[32:] == seal) == (64, False, False)
    key("charter/1", "root", "open.key")
    plain = keyfiles.read(Path("open.key"))
    assert (plain.salt, plain.seeds[32:] == keyfiles.load(Path("open.key"), "").seal_private) == (b"", True)


def test_two_keys_of_one_name_have_nothing_in_common() -> None:
    one, two = (key("mediator/1", "mediator", out) for out in ("one.key", "two.key"))
    assert one.key.public != two.key.public
    assert public("one.key")["seal"] != public("two.key")["seal"]


@pytest.mark.parametrize("wrong", ["", "four words nobody guesse", PASSPHRASE + " ", "Four words nobody guesses"])
def test_a_wrong_passphrase_is_refused(wrong: str) -> None:
    assert main(["key", "new", f"{ORIGIN}/mediator/1", "--role", "mediator", "--out", "my.key"]) == 0
    with pytest.raises(Refused) as caught:
        keyfiles.load(Path("my.key"), wrong)
    assert caught.value.code == "cli.key.wrong_passphrase"


def test_a_passphrase_of_another_script_is_the_same_in_every_form(monkeypatch: pytest.MonkeyPatch) -> None:
    said(monkeypatch, "چار الفاظ جو كوئى نہ جانے \u0622")
    assert main(["key", "new", f"{ORIGIN}/mediator/1", "--role", "mediator", "--out", "my.key"]) == 0
    decomposed = "چار الفاظ جو كوئى نہ جانے \u0627\u0653"
    assert keyfiles.load(Path("my.key"), decomposed).name == f"{ORIGIN}/mediator/1"


def test_no_altered_seed_or_salt_gives_a_key() -> None:
    key("mediator/1", "mediator", "my.key")
    file = keyfiles.read(Path("my.key"))
    held = []
    for place in range(64):
        seeds = bytearray(file.seeds)
        # The lowest bits of an X25519 seed and its highest two mean nothing (RFC 7748 section 5).
        seeds[place] ^= 0x10
        try:
            keyfiles.KeyFile(file.public, bytes(seeds)).opened("")
            held.append(place)
        except Refused as refusal:
            assert refusal.code == "cli.key.form"
    assert held == []


def test_a_key_file_has_one_spelling() -> None:
    key("mediator/1", "mediator", "my.key")
    data = Path("my.key").read_bytes()
    others = [data[:-1], data + b"\n", data.replace(b",", b", ", 1), data.replace(b"v1", b"v2", 1), b"", data[12:]]
    others += [data.replace(b'"none"', b'"scrypt-32768-8-1"'), data.replace(b'"salt":""', b'"salt":"AAAA"')]
    codes = []
    for other in others:
        Path("my.key").write_bytes(other)
        with pytest.raises(Refused) as caught:
            keyfiles.read(Path("my.key"))
        codes.append(caught.value.code)
    assert codes == ["cli.key.form"] * 8


def test_a_public_line_has_one_spelling() -> None:
    key("mediator/1", "mediator", "my.key")
    line = Path("my.key.pub").read_bytes()
    others = [line[:-1], line[:-1] + b"x", line + b"\n", b" " + line, line.replace(b'"device"', b"1"), b"[]\n", b"\n"]
    others += [line.replace(b'"role"', b'"rule"'), line.replace(b'"seal":"', b'"seal":"AAAA')]
    codes = []
    for other in others:
        Path("my.key.pub").write_bytes(other)
        with pytest.raises(Refused) as caught:
            keyfiles.read_public(Path("my.key.pub"))
        codes.append(caught.value.code)
    assert codes == ["cli.key.form"] * 9


def test_a_key_is_never_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    key("mediator/1", "mediator", "my.key")
    before = Path("my.key").read_bytes(), Path("my.key.pub").read_bytes()
    words = ["key", "new", f"{ORIGIN}/mediator/1", "--role", "mediator", "--out"]
    assert [main([*words, "my.key"]), (Path("my.key").rename("saved.key"), main([*words, "my.key"]))[1]] == [2, 2]
    assert (Path("saved.key").read_bytes(), Path("my.key.pub").read_bytes()) == before
    assert capsys.readouterr().err.count("is there already and is not replaced") == 2


def test_a_key_that_others_may_read_is_not_used(capsys: pytest.CaptureFixture[str]) -> None:
    key("monitor/1", "monitor", "my.key")
    text({"kind": "mortar"})
    os.chmod("my.key", 0o640)
    assert "chmod 600" in refused(capsys, "sign", "entry.text", "--key", "my.key", "--yes")


def test_short_passphrases_make_no_key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    said(monkeypatch, "eleven char")
    told = refused(capsys, "key", "new", f"{ORIGIN}/mediator/1", "--role", "mediator", "--out", "my.key")
    assert (told.startswith("A passphrase has at least 12"), Path("my.key").exists()) == (True, False)


@pytest.mark.parametrize("second", [PASSPHRASE, PASSPHRASE + "!"])
def test_on_a_terminal_the_passphrase_is_asked_twice_and_not_shown(second: str) -> None:
    code = "import sys; from tiga.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "key", "new", f"{ORIGIN}/mediator/1", "--role", "mediator", "--out", "t.key"]
    child, terminal = pty.fork()
    if not child:
        os.environ.pop("TIGA_PASSPHRASE_FILE")
        os.environ["PYTHONPATH"] = str(ROOT / "src")
        os.execv(sys.executable, command)
    shown = b""
    for prompt, answer in ((b"12 characters:", PASSPHRASE), (b"again:", second)):
        while prompt not in shown:
            shown += os.read(terminal, 4096)
        os.write(terminal, answer.encode() + b"\n")
    while True:
        try:
            more = os.read(terminal, 4096)
        except OSError:  # the child has ended
            break
        if not more:
            break
        shown += more
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    same = second == PASSPHRASE
    assert (status, PASSPHRASE.encode() in shown, Path("t.key").exists()) == (0 if same else 1, False, same)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mediator", ["--role", "mediator"]),
        (f"{ORIGIN}/mediator/", ["--role", "mediator"]),
        (f"{ORIGIN}/mediator/a b", ["--role", "mediator"]),
        (f"{ORIGIN}/mediator/a+b", ["--role", "mediator"]),
        (f"{ORIGIN}/mediator/1", []),
        (f"{ORIGIN}/mediator/1", ["--role", "Mediator"]),
        (f"{ORIGIN}/mediator/1", ["--role", "mediator", "--component", "Q A"]),
        (f"{ORIGIN}/mediator/1", ["--witness"]),
        (f"{ORIGIN}/witness/qa", ["--witness", "--component", "tr"]),
    ],
)
def test_a_name_that_no_charter_could_list_makes_no_key(
    name: str, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    refused(capsys, "key", "new", name, *words, "--out", "my.key")
    assert list(Path().glob("my.key*")) == []


def test_a_witness_has_a_key_of_type_4_and_no_seal_key() -> None:
    assert main(["key", "new", f"{ORIGIN}/witness/qa", "--witness", "--out", "w.key"]) == 0
    opened = keyfiles.load(Path("w.key"), PASSPHRASE)
    assert (opened.sign.key.algorithm, opened.seal_private, opened.public.component) == (4, b"", "qa")
    assert public("w.key") == {"component": "qa", "vkey": opened.sign.key.vkey}


def test_show_and_check_say_what_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    key("mediator/1", "mediator", "my.key")
    listed = keyfiles.read_public(Path("my.key.pub"))
    weak = NoteKey.of(f"{ORIGIN}/mediator/2", ED25519, b"\1" + bytes(31)).vkey
    other = NoteKey.of(f"{ORIGIN}/mediator/2", 0x7F, bytes(32)).vkey
    asked = [["show", "my.key"], ["show", "my.key.pub"], ["check", "my.key.pub"], ["check", listed.key.vkey]]
    asked += [["check", weak], ["check", other], ["check", listed.key.vkey[:-4] + "AAA="], ["check", "none.pub"]]
    capsys.readouterr()
    codes = []
    for words in asked:
        codes.append(main(["key", *words]))
        out = capsys.readouterr().out
        assert (listed.words in out) == (len(codes) < 4)
    assert codes == [0, 0, 0, 0, 1, 1, 1, 2]


def test_the_words_change_with_every_member_of_the_line() -> None:
    key("mediator/1", "mediator", "my.key")
    listed = keyfiles.read_public(Path("my.key.pub"))
    others = [{"role": "root"}, {"custody": "token"}, {"component": "tr"}, {"seal": notes.encode64(bytes(32))}]
    words = {
        keyfiles.parse_public(
            json.dumps(listed.members() | one, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        ).words
        for one in others
    }
    assert len(words | {listed.words}) == 5


# --- tiga sign


def test_a_signed_text_is_the_note_that_the_record_reads(capsys: pytest.CaptureFixture[str]) -> None:
    signer = key("monitor/1", "monitor", "my.key")
    path = text({"kind": "mortar"})
    assert main(["sign", str(path), "--key", "my.key", "--yes"]) == 0
    note = Path("entry.note").read_bytes()
    assert note == notes.sign_note(path.read_text(encoding="utf-8"), [signer])
    assert notes.open_strict(note, [signer.key], known.CHECK).signed_by == (signer.key.name,)
    assert Path("entry.note.part").exists() is False


def test_what_is_signed_is_shown_from_its_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    key("monitor/1", "monitor", "my.key", f"{ORIGIN}/exercise")
    body: dict[str, object] = {"who": "گل خان", "n": 7, "open": True, "none": [], "rows": [{"at": 'a"b'}, {"at": "\\"}]}
    path = text(body, "case.close", f"{ORIGIN}/exercise")
    capsys.readouterr()
    assert main(["sign", str(path), "--key", "my.key", "--yes"]) == 0
    sid = Envelope(f"{ORIGIN}/exercise", "case.close", known.AT, body, case="c-417").sid
    assert capsys.readouterr().out.splitlines() == [
        "EXERCISE. Nothing of this happened.",
        "Act: Case closed (case.close)",
        f"Record: {ORIGIN}/exercise",
        "Time, as its author claims it: 2025-11-03T07:41:22.318Z",
        "Case: c-417",
        "It says:",
        "    n: 7",
        "    none: []",
        "    open: true",
        r'    rows[0].at: "a\"b"',
        r'    rows[1].at: "\\"',
        '    who: "\u2068گل خان\u2069"',
        f"Id: {sid}. In words, to compare by voice with others who sign it:",
        f"    {sidwords.line(sidwords.words(sid))}",
        "Written: entry.note",
    ]


def test_without_a_yes_nothing_is_signed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    key("monitor/1", "monitor", "my.key")
    text({"kind": "mortar"})
    for answer in ("", "\n", "no\n", "y\n", "yes please\n", "ہاں\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        assert (main(["sign", "entry.text", "--key", "my.key"]), Path("entry.note").exists()) == (1, False)
    for language, answer, end in (
        ("en", "Yes\n", "1"),
        ("ur", "ہاں\n", "2"),
        ("ur", "yes\n", "3"),
        ("ps", "هو\n", "4"),
    ):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        words = ["--language", language, "sign", "entry.text", "--key", "my.key", "--out", f"{end}.note"]
        assert (main(words), Path(f"{end}.note").exists()) == (0, True)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('{"act"', '{ "act"', "not spelled in the one canonical way"),
        ('"case":"c-417",', '"case":"",', "not spelled in the one canonical way"),
        ('"v":1}', '"v":1,"x":1}', "a member x, which entries do not have"),
        ('"mortar"', '"mor\u202etar"', "U+202E"),
        ('"mortar"', '"morta\u0301"', "NFC"),
        ('"mortar"', '"mor\\ntar"', "U+000A"),
        ("}\n", "}", "not spelled in the one canonical way"),
        ('"v":1', '"v":2', "not of version 1"),
    ],
)
def test_a_text_that_no_record_would_take_is_not_signed(
    before: str, after: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    key("monitor/1", "monitor", "my.key")
    path = text({"kind": "mortar"})
    whole = path.read_text(encoding="utf-8")
    assert before in whole
    path.write_text(whole.replace(before, after), encoding="utf-8")
    assert told in refused(capsys, "sign", str(path), "--key", "my.key", "--yes")
    assert Path("entry.note").exists() is False


@pytest.mark.parametrize(
    ("of_key", "of_text"),
    [
        (ORIGIN, "tiga.example/other"),
        (ORIGIN, f"{ORIGIN}/exercise"),
        (f"{ORIGIN}/exercise", ORIGIN),
        (ORIGIN, ORIGIN[:-1]),
    ],
)
def test_a_key_signs_for_its_own_record_alone(of_key: str, of_text: str, capsys: pytest.CaptureFixture[str]) -> None:
    key("monitor/1", "monitor", "my.key", of_key)
    text({"kind": "mortar"}, origin=of_text)
    assert "Do not sign it" in refused(capsys, "sign", "entry.text", "--key", "my.key", "--yes")


def test_a_witness_signs_no_entry(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "new", f"{ORIGIN}/witness/qa", "--witness", "--out", "w.key", "--no-passphrase"]) == 0
    text({"kind": "mortar"})
    assert "is a witness's key" in refused(capsys, "sign", "entry.text", "--key", "w.key", "--yes")


def charter(*names: str, rules: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> Path:
    """The text of a charter that lists the keys in these files."""
    rows = [{"act": act, "need": list(need)} for act, need in rules]
    body: dict[str, object] = {"title": "t", "scope": "live", "keys": [public(name) for name in names], "rules": rows}
    path = Path("charter.text")
    path.write_text(Envelope(ORIGIN, "charter.adopt", known.AT, body).text(), encoding="utf-8")
    return path


NEED = ("group hands all root:qa root:tr", "quorum hands")


def founded(capsys: pytest.CaptureFixture[str]) -> None:
    """charter.note, signed by two roots, with a rule for key.enrol and rule.set; m.key is a mediator's."""
    for name, component in (("a", "qa"), ("b", "tr")):
        key(f"charter/{name}", "root", f"{name}.key", component=component)
    key("mediator/1", "mediator", "m.key", component="qa")
    charter("a.key", "b.key", "m.key", rules=(("key.enrol", NEED), ("rule.set", NEED)))
    for name in ("a", "b"):
        path = "charter.text" if name == "a" else "charter.note"
        assert main(["sign", path, "--key", f"{name}.key", "--yes"]) == 0
    capsys.readouterr()


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The last line of a command that does what it is asked."""
    capsys.readouterr()
    assert main(list(words)) == 0
    return capsys.readouterr().out.splitlines()[-1]


def test_a_charter_says_which_roots_are_lacking_and_lists_who_signs(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b", "stranger"):
        key(f"charter/{name}", "root", f"{name}.key")
    charter("a.key", "b.key")
    last = told(capsys, "sign", "charter.text", "--key", "a.key", "--yes")
    assert last == f"Still lacking: {ORIGIN}/charter/b. Pass the file on to them."
    last = told(capsys, "sign", "charter.note", "--key", "b.key", "--yes")
    assert last == "No signature that the charter asks for is lacking. Hand the file in."
    assert "does not list the key" in refused(capsys, "sign", "charter.note", "--key", "stranger.key", "--yes")
    key("charter/a", "root", "again.key")
    assert "another key under the name" in refused(capsys, "sign", "charter.text", "--key", "again.key", "--yes")


def test_who_has_signed_is_shown_and_a_false_signature_refused(capsys: pytest.CaptureFixture[str]) -> None:
    founded(capsys)
    capsys.readouterr()
    before = Path("charter.note").read_bytes()
    assert main(["sign", "charter.note", "--key", "b.key", "--yes"]) == 0
    out = capsys.readouterr().out
    assert (out.count("the signature holds"), "has signed this already" in out) == (2, True)
    assert Path("charter.note").read_bytes() == before
    whole, lines = notes.taken_apart(before)
    rows = [notes.SignatureLine(row.name, row.key_id, row.signature[::-1]) for row in lines]
    Path("charter.note").write_text(whole + "\n" + "".join(row.text() for row in rows), encoding="utf-8")
    assert "does not hold" in refused(capsys, "sign", "charter.note", "--key", "m.key", "--yes")


def test_the_charter_tells_whose_hands_an_act_still_needs(capsys: pytest.CaptureFixture[str]) -> None:
    founded(capsys)
    key("monitor/9", "monitor", "new.key")
    text({"key": public("new.key")}, "key.enrol")
    signs = ["sign", "entry.text", "--yes", "--charter", "charter.note"]
    new = f"{ORIGIN}/monitor/9"
    assert told(capsys, *signs, "--key", "a.key", "--out", "1.note") == (
        f"Still lacking: {new}, root:tr. Pass the file on to them."
    )
    last = told(capsys, *signs, "--key", "m.key", "--out", "2.note")  # a mediator is none of those that it needs
    assert last == f"Still lacking: {new}, root:qa, root:tr. Pass the file on to them."
    signs[1] = "1.note"
    assert (
        told(capsys, *signs, "--key", "b.key", "--out", "3.note") == f"Still lacking: {new}. Pass the file on to them."
    )
    signs[1] = "3.note"
    last = told(capsys, *signs, "--key", "new.key", "--out", "4.note")
    assert last == "No signature that the charter asks for is lacking. Hand the file in."


def test_where_the_charter_has_no_rule_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    founded(capsys)
    signs = ["sign", "entry.text", "--yes", "--charter", "charter.note", "--key", "m.key", "--out", "1.note"]
    text({"key": f"{ORIGIN}/charter/a", "ground": "lost"}, "key.revoke")
    assert told(capsys, *signs) == "The charter has no rule for key.revoke, so nobody may do it."
    text({"kind": "mortar"})
    assert told(capsys, *signs).startswith("The charter has no rule for report.file. Whose signatures it needs")
    text({"act": "value.erase", "need": ["quorum mediator:qa"]}, "rule.set")
    assert told(capsys, *signs) == "Still lacking: root:qa, root:tr. Pass the file on to them."
    text({"act": "key.enrol", "need": ["quorum mediator:tr"]}, "rule.set")
    assert told(capsys, *signs) == "Still lacking: root:qa, root:tr, mediator:tr. Pass the file on to them."


def test_a_charter_that_does_not_hold_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    founded(capsys)
    text({"kind": "mortar"})
    whole, lines = notes.taken_apart(Path("charter.note").read_bytes())
    Path("one.note").write_text(whole + "\n" + lines[0].text(), encoding="utf-8")
    Path("false.note").write_text(whole.replace('"t"', '"u"') + "\n" + lines[0].text(), encoding="utf-8")
    signs = ["sign", "entry.text", "--yes", "--key", "m.key", "--charter"]
    assert "bears no signature by it" in refused(capsys, *signs, "one.note")
    assert "does not hold" in refused(capsys, *signs, "false.note")
    key("monitor/1", "monitor", "x.key", "tiga.example/other")
    text({"kind": "mortar"}, origin="tiga.example/other")
    signs[-2] = "x.key"
    assert "expected was tiga.example/other" in refused(capsys, *signs, "charter.note")
    assert Path("entry.note").exists() is False


def test_signatures_by_file_merge_in_any_order(capsys: pytest.CaptureFixture[str]) -> None:
    one, two = key("mediator/1", "mediator", "1.key"), key("mediator/2", "mediator", "2.key")
    path = text({"kind": "mortar"})
    for number in "12":
        assert main(["sign", "entry.text", "--key", f"{number}.key", "--yes", "--out", f"{number}.note"]) == 0
    assert main(["sign", "--merge", "1.note", "2.note", "--out", "12.note"]) == 0
    assert main(["sign", "--merge", "2.note", "1.note", "2.note", "--out", "21.note"]) == 0
    assert main(["sign", "1.note", "--key", "2.key", "--yes", "--out", "in-turn.note"]) == 0
    expected = notes.sign_note(path.read_text(encoding="utf-8"), [one, two])
    assert [Path(f"{name}.note").read_bytes() for name in ("12", "21", "in-turn")] == [expected] * 3
    text({"kind": "other"})
    assert main(["sign", "entry.text", "--key", "1.key", "--yes", "--out", "other.note"]) == 0
    assert "another text" in refused(capsys, "sign", "--merge", "1.note", "other.note", "--out", "no.note")
    assert Path("no.note").exists() is False


def test_a_note_that_is_there_is_not_lost(capsys: pytest.CaptureFixture[str]) -> None:
    key("monitor/1", "monitor", "my.key")
    text({"kind": "mortar"})
    Path("entry.note").write_bytes(b"another's")
    assert main(["sign", "entry.text", "--key", "my.key", "--yes"]) == 2
    assert Path("entry.note").read_bytes() == b"another's"


@pytest.mark.parametrize(
    "words",
    [[], ["a"], ["--key", "k"], ["--merge", "a"], ["--out", "b"], ["a", "--key", "k", "--merge", "b", "--out", "c"]],
)
def test_a_call_that_says_too_little_or_too_much_is_a_wrong_call(words: list[str]) -> None:
    assert main(["sign", *words]) == 2


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xff\n", b"{}\n", b"[" * 50_000 + b"\n", b"x" * 70_000, b"{}\n\nx\n"])
def test_garbage_is_refused(data: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    key("monitor/1", "monitor", "my.key")
    Path("entry.text").write_bytes(data)
    assert refused(capsys, "sign", "entry.text", "--key", "my.key", "--yes").count("\n") == 0


# --- with the standard library alone


def test_with_nothing_installed_keys_are_made_and_sign_the_same_bytes() -> None:
    done = bare("key", "new", f"{ORIGIN}/mediator/1", "--role", "mediator", "--out", "my.key")
    assert (done.returncode, done.stderr) == (0, "")
    opened = keyfiles.load(Path("my.key"), PASSPHRASE)  # with the library
    path = text({"kind": "mortar", "who": "گل خان"})
    done = bare("sign", "entry.text", "--key", "my.key", given="yes\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert Path("entry.note").read_bytes() == notes.sign_note(path.read_text(encoding="utf-8"), [opened.sign])
    assert [bare("key", *words).returncode for words in (("show", "my.key"), ("check", opened.sign.key.vkey))] == [0, 0]


def test_with_nothing_installed_a_key_of_the_library_opens() -> None:
    signer = key("monitor/1", "monitor", "my.key")
    text({"kind": "mortar"})
    assert bare("sign", "entry.text", "--key", "my.key", "--yes", "--out", "bare.note").returncode == 0
    assert main(["sign", "entry.text", "--key", "my.key", "--yes", "--out", "with.note"]) == 0
    assert Path("bare.note").read_bytes() == Path("with.note").read_bytes()
    assert notes.taken_apart(Path("bare.note").read_bytes())[1][0].key_id == signer.key.key_id


def test_with_nothing_installed_sealing_says_what_to_install() -> None:
    key("monitor/1", "monitor", "my.key")
    Path("a.txt").write_bytes(b"a")
    done = bare("seal", "a.txt", "--key", "my.key", "--to", "my.key.pub", "--out", "a.sealed")
    assert (done.returncode, "needs" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


# --- tiga seal and tiga unseal


def sealed_file(*words: str) -> int:
    return main(["seal", "report.txt", "--key", "my.key", "--to", "a.key.pub", "--out", "r.sealed", *words])


@pytest.fixture
def people() -> None:
    for name in ("my", "a", "b"):
        key(f"monitor/{name}", "monitor", f"{name}.key")
    Path("report.txt").write_bytes(b"the witness lives beyond the mill")


def unsealed(name: str, out: str, *words: str) -> int:
    return main(["unseal", "r.sealed", "--key", f"{name}.key", "--out", out, *words])


@pytest.mark.usefixtures("people")
def test_the_named_and_the_sender_open_what_was_sealed(capsys: pytest.CaptureFixture[str]) -> None:
    assert sealed_file("--case", "c-417", "--note", "گواہ") == 0
    data = Path("r.sealed").read_bytes()
    assert [part for part in (b"witness", b"report.txt", b"c-417", b"monitor") if part in data] == []
    capsys.readouterr()
    assert [unsealed("a", "1"), unsealed("my", "2"), unsealed("a", "3", "--from", "my.key.pub")] == [0, 0, 0]
    assert capsys.readouterr().out.count("Case: c-417\nNote: گواہ\n") == 3
    assert {Path(folder, "report.txt").read_bytes() for folder in "123"} == {Path("report.txt").read_bytes()}
    statement = Path("1", "report.txt.note").read_bytes()
    sender = keyfiles.read_public(Path("my.key.pub")).key
    assert notes.open_strict(statement, [sender], known.CHECK).signed_by == (sender.name,)
    assert os.stat("1/report.txt").st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("people")
def test_others_open_nothing_and_leave_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert sealed_file("--without-me") == 0
    capsys.readouterr()
    assert [unsealed("b", "1"), unsealed("my", "2"), unsealed("a", "3", "--from", "b.key.pub")] == [1, 1, 1]
    data = bytearray(Path("r.sealed").read_bytes())
    data[-1] ^= 1
    Path("r.sealed").write_bytes(data)
    assert unsealed("a", "4") == 1
    assert [line.split(".")[0] for line in capsys.readouterr().err.splitlines()] == [
        "This file is not sealed to your key",
        "This file is not sealed to your key",
        "This is signed by the key of tiga",
        "The sealed file was altered, or its slot for you was",
    ]
    assert [folder for folder in "1234" if Path(folder).exists()] == []


@pytest.mark.usefixtures("people")
def test_neither_command_replaces_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert [sealed_file(), sealed_file()] == [0, 2]
    assert [unsealed("a", "1"), unsealed("a", "1")] == [0, 2]
    Path("2").mkdir()
    Path("2/report.txt.note").write_bytes(b"mine")
    assert (unsealed("a", "2"), sorted(path.name for path in Path("2").iterdir())) == (2, ["report.txt.note"])


@pytest.mark.usefixtures("people")
def test_what_cannot_be_sealed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "new", f"{ORIGIN}/witness/qa", "--witness", "--out", "w.key", "--no-passphrase"]) == 0
    words = ["seal", "report.txt", "--out", "r.sealed", "--key"]
    assert "has no seal key" in refused(capsys, *words, "my.key", "--to", "w.key.pub")
    assert "is a witness's key" in refused(capsys, *words, "w.key", "--to", "a.key.pub")
    assert "The name of the filing" in refused(capsys, *words, "my.key", "--to", "a.key.pub", "--name", "../x")
    assert "U+202E" in refused(capsys, *words, "my.key", "--to", "a.key.pub", "--note", "a\u202eb")
    with Path("report.txt").open("wb") as file:
        file.truncate(10_000_001)
    assert "the limit is 10000000" in refused(capsys, *words, "my.key", "--to", "a.key.pub")
    assert Path("r.sealed").exists() is False
