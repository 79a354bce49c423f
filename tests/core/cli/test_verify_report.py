"""What `tiga verify` says of a dossier that holds: who, under whose eyes, what is open, what was computed and what not."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.core.mechanism.desk import Desk, actor, at_stage, founded
from tests.core.record import forgeries as made
from tests.core.record import known
from tiga.agreement import reading
from tiga.cli.main import main
from tiga.mechanism import determinations
from tiga.mechanism.acts import Actor, Decision, drafted
from tiga.mechanism.determinations import Ruled
from tiga.publish import verifier
from tiga.record import canonical, headcodes, policy
from tiga.record.container import pack
from tiga.record.disclosures import Disclosure
from tiga.record.dossier import compose, verify_text
from tiga.record.dossier import sha256_hex as dossier_sha
from tiga.record.notes import text_of
from tiga.values.names import printed_number
from tiga.values.words import LANGUAGES, SPOKEN

WIDTH = 80
LIVE = made.act("charter.adopt", made.charter_body(scope="live"), made.MONITOR, made.MEDIATOR, made.ROOT)


@dataclass
class Kept(Desk):
    """A desk that keeps what its acts disclose, so that it can be released."""

    values: dict[str, list[Disclosure]] = field(default_factory=dict)

    def enter(self, decision: Decision, by: Actor) -> tuple[str, ...]:
        for one in decision.entries:
            self.values[one.sid] = [row.disclosure for row in one.released]
        return super().enter(decision, by)


def kept() -> Kept:
    plain = founded()
    return Kept(plain.book, plain.agreements, plain.scope, plain.whole, plain.drawn)


def dossier(desk: Kept, case: str, *released: str, left_out: tuple[str, ...] = ()) -> bytes:
    """A case's dossier with the whole log in it; `released` are acts whose values go in."""
    entries = [entry for entry in desk.entries() if entry.envelope.act not in left_out]
    return pack(
        compose(
            checkpoint=desk.book.head().checkpoint,
            log_key=known.signer(desk.origin, 1).key,
            entries=entries,
            proofs={one.index: desk.book.proof(one.index) for one in entries},
            case=case,
            disclosed={one.index: desk.values[one.sid] for one in entries
                       if one.envelope.act in released and desk.values.get(one.sid)},
            agreements=[canonical.encode(reading.canonical(one)) for one in desk.agreements.values()],
        )
    )  # fmt: skip


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def joined(self) -> str:
        """The output with its wrapping undone."""
        return " ".join(self.out.split())

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.out))


@pytest.fixture
def verify(tmp_path: Path, capsys):
    """`tiga verify` on a dossier's bytes or members."""

    def run(data: bytes | made.Members, *words: str, language: str = "en") -> Said:
        path = tmp_path / "dossier.zip"
        path.write_bytes(data if isinstance(data, bytes) else pack(data))
        code = main(["--language", language, "verify", str(path), *words])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run


@pytest.fixture(scope="module")
def decided() -> tuple[Kept, str]:
    desk, case = at_stage("in_force", kept())
    assert isinstance(desk, Kept)
    return desk, case


@pytest.fixture(scope="module")
def twice() -> tuple[Kept, str]:
    """A second case against the same party, after the first was determined."""
    desk, _ = at_stage("in_force", kept())
    desk, case = at_stage("in_force", desk, local="2026-01-05T07:00")
    assert isinstance(desk, Kept)
    return desk, case


def columns(line: str) -> int:
    return len("".join(letter for letter in line if letter not in "\u2066\u2067\u2068\u2069"))


# ---- what stands in a dossier


def test_each_act_is_told_with_its_signers_its_place_and_what_is_open(decided, verify) -> None:
    said = verify(dossier(*decided, "report.file"), "--exercise")
    at = next(n for n, line in enumerate(said.lines) if line.endswith("Report received"))
    size = len(decided[0].entries())
    index = int(said.lines[at].split()[0])
    assert said.lines[at + 1 : at + 5] == [
        "        signed by liaison1: liaison officer, party-1, key held by the",
        "          mechanism's server",
        "        signed by registrar: registrar, key held by the mechanism's server",
        f"        included at index {index} of {size} entries",
    ]
    assert said.lines[at + 5] == "        released: report. Withheld, decoys among them: 3."
    assert "Withheld digests are counted with decoys among them: nobody can tell which is which." in said.joined


@pytest.mark.parametrize("language", SPOKEN)
def test_no_line_is_wider_than_a_terminal_and_the_last_is_the_verdict(decided, verify, language: str) -> None:
    said = verify(dossier(*decided, "report.file"), "--exercise", "--explain", language=language)
    assert [line for line in said.lines if columns(line) > WIDTH] == []
    assert (said.code, said.err, "{" in said.out) == (0, "", False)
    verdict = {"en": "VERIFIED.", "ur": "تصدیق شدہ۔", "ps": "تایید شوه."}[language]
    assert said.lines[-1].startswith(verdict)


def test_what_was_computed_and_what_not_is_told_with_the_reason(decided, verify) -> None:
    desk, case = decided
    closed, opened = verify(dossier(desk, case), "--exercise"), verify(dossier(desk, case, "report.file"), "--exercise")
    (determination,), (measure,) = desk.whole.determinations, desk.whole.measures
    ruling = f"{printed_number('D', determination)}: determination derived again from its finding, the same."
    same = f"{printed_number('M', measure)}: recomputed, the same. Findings it rests on: 1. Violations counted before it: 0."
    assert (ruling in closed.joined, same in closed.joined, closed.code) == (True, True, 0)
    assert "(fusion): not recomputed. Reports withheld: 1 of 1." in closed.joined
    assert "(fusion): not recomputed here. All its reports are released: 1." in opened.joined


def test_a_measure_rests_on_its_own_finding_and_on_those_of_the_violations_before_it(twice, verify) -> None:
    data = verify(dossier(*twice), "--exercise", "--json").data
    assert [(row["findings"], row["precedents"], row["outcome"]) for row in data["measures"]] == [
        (1, 0, "same"),
        (2, 1, "same"),
    ]
    assert [row["reports"] for row in data["measures"]] == [{"named": 1, "released": 0}] * 2


def test_a_determination_that_does_not_follow_is_found_without_any_measure(verify) -> None:
    desk, case = at_stage("found", kept())
    (held,), (question,) = (
        desk.whole.findings[desk.whole.cases[case].finding].adopted.held,
        desk.whole.cases[case].opened.issues,
    )
    row = desk.whole.cases[case]
    grave = Ruled("i1", question.party, question.provision, question.code, "violation", row.opened.occurred, "grave",
                  held.factors)  # fmt: skip
    kind = determinations.DeterminationIssued(case, row.finding, (grave,), "EXERCISE.", desk.whole.agreement_sha256)
    desk.enter(Decision((drafted(kind, desk.origin, desk.now()),), {}), actor("mediator1", desk.origin))
    said = verify(dossier(desk, case), "--exercise")
    assert (said.code, said.lines[-1].split(".")[0]) == (1, "NOT CONFIRMED")
    assert "What differs: the severity that the agreement's own table gives." in said.joined
    honest = verify(dossier(*at_stage("issued", kept())), "--exercise")
    assert (honest.code, "determination derived again" in honest.joined) == (0, True)


def test_what_a_determination_needs_and_is_not_there_is_named(decided, verify) -> None:
    said = verify(dossier(*decided, left_out=("reply.open",)), "--exercise")
    assert (said.code, said.lines[-1].split(".")[0]) == (1, "NOT CONFIRMED")
    assert said.joined.count("Missing from the dossier: the opening of the replies before the finding.") == 2


# ---- whose word stands behind it


def head_code(members: made.Members) -> str:
    return headcodes.head_code(text_of(members["checkpoint"]))


def policy_file(tmp_path: Path, *witnesses: Any, quorum: str = "all") -> Path:
    rows = [(f"w{number}", one.key) for number, one in enumerate(witnesses)]
    group = f"group g {quorum} {' '.join(name for name, _ in rows)}"
    path = tmp_path / "policy"
    path.write_bytes(policy.written(made.LOG.key, rows, [group], "g"))
    return path


def sound(**more: Any) -> made.Members:
    """A dossier of a live record with one act of many kinds."""
    given = {"notes": (LIVE, *made.NOTES[1:]), **more}
    return made.Made(**given).members()


def without_files(members: made.Members) -> made.Members:
    return known.relisted({name: data for name, data in members.items() if not name.startswith("evidence/")})


def test_the_charters_witnesses_are_named_with_component_and_time(verify) -> None:
    said = verify(sound())
    told = [line for line in said.lines if line.startswith("Seen by")]
    assert told == [
        "Seen by the witness of a (witness.example/north) on 2025-11-03T07:30:00.000Z:",
        "Seen by the witness of b (witness.example/south) on 2025-11-03T07:31:00.000Z:",
    ]
    assert "included at index 3 of 6 entries, under the head seen by: a, b" in said.joined
    none = verify(sound(cosigners=()))
    assert "No witness has cosigned this head." in none.joined


def test_a_policy_brings_the_logs_key_and_its_own_hash_is_printed(verify, tmp_path: Path) -> None:
    path = policy_file(tmp_path, *made.WITNESSES)
    said = verify(sound(), "--policy", str(path))
    sha256 = policy.parse(path.read_bytes()).sha256
    assert f"Policy: met. SHA-256 of the policy file: {sha256}" in said.joined
    assert "Keys: the log's key is the one of your policy." in said.lines
    own = "Seen by w1 (witness.example/south), a witness of your policy, on 2025-11-03T07:31:00.000Z."
    assert (own in said.joined, said.joined.count("under the head seen by: a, b")) == (True, 6)
    short = verify(sound(cosigners=made.WITNESSES[:1]), "--policy", str(path))
    assert (short.code, short.lines[0], "w1" in short.out) == (1, "REFUSED. This dossier does not hold.", True)


def test_the_readers_own_witness_is_asked_for_whatever_the_policy_says(verify, tmp_path: Path) -> None:
    path, key = policy_file(tmp_path, *made.WITNESSES), tmp_path / "own"
    key.write_text(f"# mine\nwitness me {made.OWN.key.vkey}\n")
    given = ("--policy", str(path), "--own-witness", str(key))
    absent, there = verify(sound(), *given), verify(sound(cosigners=(*made.WITNESSES, made.OWN)), *given)
    assert (absent.code, absent.lines[0]) == (1, "REFUSED. This dossier does not hold.")
    assert "Seen by your own witness own.example/witness on 2025-11-03T07:30:00.000Z." in there.joined
    text = verify(sound(cosigners=(*made.WITNESSES, made.OWN)), "--own-witness", made.OWN.key.vkey, "--json").data
    assert [row["from"] for row in text["witnesses"]] == ["charter", "charter", "own"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--own-witness", made.LOG.key.vkey), "is no witness's key"),
        (("--own-witness", "garbage"), "--own-witness"),
        (("--head", "6 7Z3K"), "The head code cannot be used."),
        (("--policy", "{dossier}"), "The policy file cannot be used."),
        (("--policy", "none-of-this-name"), "cannot be read"),
    ],
)
def test_what_was_given_and_cannot_be_used_is_a_wrong_call(verify, tmp_path: Path, words, told: str) -> None:
    said = verify(sound(), *(word.replace("{dossier}", str(tmp_path / "dossier.zip")) for word in words))
    assert (said.code, said.out, told in said.err) == (2, "", True)


def test_a_head_code_of_this_head_of_a_fork_and_of_another_size(verify) -> None:
    members = sound()
    code = head_code(members)
    letter = "1" if code[-1] != "1" else "2"
    same = verify(members, "--head", code.lower())
    fork = verify(members, "--head", code[:-1] + letter)
    other = verify(members, "--head", f"7{code[1:]}")
    assert "the same history" in same.joined
    assert (fork.code, "TWO HISTORIES." in fork.joined, fork.lines[-1].split(".")[0]) == (1, True, "NOT CONFIRMED")
    assert (other.code, "settles nothing" in other.joined) == (1, True)
    outcomes = [verify(members, "--json", "--head", one).data["head"]["outcome"] for one in (code, code[:-1] + letter)]
    assert outcomes == ["same", "fork"]


# ---- keys, manifests, what was deleted


def revoked() -> made.Members:
    body = {"ground": "lost", "key": made.MONITOR.key.name, "suspect_from": 1}
    notes = (made.CHARTER, made.ADOPTED, made.act("key.revoke", body, made.MEDIATOR, made.ROOT))
    given = {"notes": notes, "case": "", "released": {}, "enrolled": (made.MONITOR, made.MEDIATOR, made.ROOT)}
    return without_files(made.Made(**given).members())


def test_what_a_suspect_key_signed_is_marked_and_named(verify) -> None:
    said = verify(revoked())
    assert "SUSPECT: to be confirmed again." in said.joined
    assert "Signed with a suspect key, to be confirmed again: entries 1." in said.joined
    signers = {row["name"]: row["suspect"] for row in verify(revoked(), "--json").data["entries"][1]["signers"]}
    assert signers == {made.MONITOR.key.name: True, made.MEDIATOR.key.name: False}
    before = verify(revoked(), "--json").data["entries"][0]["signers"]
    assert [row["suspect"] for row in before] == [False, False, False]


def test_completeness_is_told_by_the_cases_manifest_or_not_at_all(verify) -> None:
    assert "Complete by the secretariat's own list: all that entry 5 lists is here." in verify(sound()).joined
    assert "nothing is claimed about completeness" in verify(revoked()).joined


def test_what_acts_say_was_erased_or_suppressed_is_told(verify) -> None:
    report = "a" * 43
    rule = {"need": made.TEAM}
    charter = made.charter_body(rules=[{"act": act, **rule} for act in ("value.erase", "entry.suppress")])
    erase = made.act(
        "value.erase", {"digests": ["b" * 43, "c" * 43], "ground": "order", "of": report}, made.MEDIATOR, made.ROOT
    )
    suppress = made.act("entry.suppress", {"ground": "order", "indices": [4, 3]}, made.MEDIATOR, made.ROOT)
    members = made.log_of(
        erase, suppress, charter=made.act("charter.adopt", charter, made.MONITOR, made.MEDIATOR, made.ROOT)
    )
    members = without_files(members)
    said = verify(members)
    assert f"Entry 1 says that values of the report {printed_number('R', report)} were erased: 2." in said.joined
    assert "Entry 2 says that the bytes of entries were suppressed: 3, 4." in said.joined
    data = verify(members, "--json").data
    assert (data["erased"], data["suppressed"]) == (
        [{"index": 1, "of": report, "digests": 2}],
        [{"index": 2, "entries": [3, 4]}],
    )


def test_a_file_that_no_released_value_names_does_not_belong_here(verify) -> None:
    said = verify(made.Made(released={3: [made.RELEASED], 5: [made.SEALED]}).members())
    assert (said.code, "It does not belong to this dossier." in said.joined) == (1, True)


def test_nothing_in_a_dossier_steers_the_terminal(verify) -> None:
    body = made.charter_body()
    body["keys"] = [{**row, "component": "\x1b[31mred\u202e", "custody": "\x07"} for row in body["keys"]]
    blob = Disclosure(bytes(range(64, 80)), "blob", {"name": "x\x1b[2J\u202e", "sha256": dossier_sha(known.EVIDENCE)})
    notes = (
        made.act("charter.adopt", body, made.MONITOR, made.MEDIATOR, made.ROOT),
        made.act("evidence.deposit", {}, made.MONITOR, sd=made.sd(blob)),
    )
    given = {"notes": notes, "case": "", "released": {1: [blob]}, "enrolled": (made.MONITOR, made.MEDIATOR, made.ROOT)}
    members = made.Made(**given).members()
    said, data = verify(members), verify(members, "--json")
    assert [letter for letter in "\x1b\x07\u202e" if letter in said.out or letter in data.out] == []
    assert data.data["files"][0]["name"] == "x\x1b[2J\u202e"
    assert data.data["entries"][1]["signers"][0]["component"] == "\x1b[31mred\u202e"


# ---- for machines


MEMBERS = {
    "v", "verdict", "origin", "exercise", "size", "case", "head_code", "log_key", "policy", "head", "witnesses",
    "manifest", "entries", "erased", "suppressed", "files", "determinations", "measures", "not_an_act",
}  # fmt: skip


def test_the_data_has_the_same_members_whatever_the_dossier(decided, verify) -> None:
    first, second = verify(sound(), "--json"), verify(dossier(*decided), "--exercise", "--json")
    assert (set(first.data), set(second.data)) == (MEMBERS, MEMBERS)
    assert (first.data["verdict"], second.data["verdict"]) == ("verified", "verified")
    assert (first.out + second.out).isascii()
    assert second.data["head_code"] == headcodes.head_code(text_of(decided[0].book.head().checkpoint))


def test_a_refusal_is_data_too(verify) -> None:
    said = verify(b"not a dossier", "--json")
    assert (said.code, said.err, sorted(said.data)) == (1, "", ["code", "text", "v", "values", "verdict"])
    assert (said.data["verdict"], said.data["code"].split(".")[0]) == ("refused", "record")


def test_the_published_hashes_are_printed_as_sha256sum_does(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify", "--version-hash"])
    told = "".join(f"{digest}  {name}\n" for name, digest in verifier.sha256s().items())
    assert (ended.value.code, capsys.readouterr().out) == (0, told)


# ---- what travels along


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("exercise", [False, True])
def test_each_language_says_how_to_check_and_whether_a_speaker_has_read_it(language: str, exercise: bool) -> None:
    text, english = verify_text(exercise, language), verify_text(exercise)
    commands = ("--policy FILE", "--log-key FILE", "--own-witness KEY", "--head CODE", "--version-hash", "/verify/",
                "verify.py", "verify.html", "docs/record.md", "SHA-256")  # fmt: skip
    assert [word for word in commands if text.count(word) != english.count(word)] == []
    assert (text.count(" --exercise"), text == english) == (3 if exercise else 0, language == "en")
    first = text.split("\n\n")[0]
    assert (first.count("\n"), "\n\n" in text) == (0, True)
    assert {len(line) > 130 for line in text.splitlines()} == {False}
