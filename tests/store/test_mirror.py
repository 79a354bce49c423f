"""Mirrors and exports of a record on which drafts, reports of each level and cases at each stage stand.

The source is the site itself, asked through Django's client with the headers of a mirror: no socket, the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from tests.store import kept
from tests.store.test_who_sees_what import DRAFT, MIGHT_READ, stage  # noqa: F401 - a fixture
from tiga.cli import auditing, exercise, exporting, pulling
from tiga.cli.folders import Different, Folder
from tiga.cli.main import main
from tiga.cli.mirrors import Mirror
from tiga.cli.pulling import Forked, Given, Pulled
from tiga.cli.sources import Answer, FolderSource, WebSource
from tiga.mechanism.acts import Refusal
from tiga.mechanism.release import Reader
from tiga.record import forks, requests
from tiga.record import policy as policies
from tiga.record.checkpoints import Checkpoint
from tiga.record.entries import Envelope, leaf_of, parse
from tiga.record.notes import Signer, sign_note, text_of
from tiga.record.refusals import Refused
from tiga.record.tiles import Row
from tiga.record.tree import root_of
from tiga.store import byfile, models, opening
from tiga.store.desk import Desk
from tiga.store.keys import CHECK
from tiga.values.moments import Instant
from tiga.web.access import Door

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

NOW = kept.LATER
NAMES = list(kept.READERS)
SIGNING = [name for name in NAMES if kept.READERS[name][2]] + ["public"]


@pytest.fixture
def desk(stage: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:  # noqa: F811
    with kept.on_site("exercise", monkeypatch) as found:
        yield found


class Site(WebSource):
    """The site as one reader reaches it; `asked` are the paths, with what was answered."""

    def __init__(self, desk: Desk, reader: str = "public") -> None:
        slug = kept.READERS[reader][2]
        self.signer = desk.keyring.signer(f"{desk.origin}/{slug}") if slug else None
        super().__init__("http://127.0.0.1/exercise/tlog/", None, lambda host, why: None)
        self.asked: list[tuple[str, int]] = []

    def _asked(self, path: str, limit: int, held: bytes | None) -> Answer:
        headers, target = {}, f"/exercise/tlog/{path}"
        if held is not None:
            headers["If-None-Match"] = f'"{hashlib.sha256(held).hexdigest()}"'
        if self.signer is not None and self.origin:
            headers["Authorization"] = requests.header(self.signer, self.origin, target, NOW.ms // 1000)
        answer = Client().get(target, headers=headers)
        self.asked.append((path, answer.status_code))
        return Answer(answer.status_code, answer.content)


def pull(desk: Desk, mirror: Mirror, reader: str = "public", given: Given | None = None) -> Pulled:
    mirror.path.mkdir(exist_ok=True)
    return pulling.pull(mirror, Site(desk, reader), given or Given(desk.log_key), CHECK(), lambda done, total: None)


def check(mirror: Mirror) -> auditing.Checked:
    return auditing.audit(mirror, mirror.needed(CHECK()), CHECK(), lambda done, total: None)


def door_of(desk: Desk, reader: str) -> Door:
    role, component, _ = kept.READERS[reader]
    return Door(desk, Reader(role, component), None, NOW)


def seen_by(desk: Desk, reader: str) -> set[int]:
    door = door_of(desk, reader)
    return {row.idx for row in models.ActRow.objects.using(desk.alias).all() if door._sees_act(row)}


def held_in(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def assert_nothing_hidden(desk: Desk, reader: str, folder: Path, draft: bool | None = None) -> None:
    whole, seen = held_in(folder), seen_by(desk, reader)
    for index, note in enumerate(kept.notes(desk)):
        text, _, lines = note.partition(b"\n\n")
        assert (text in whole, lines.strip() in whole) == (index in seen, index in seen), index
    assert (DRAFT.encode() in whole) == (reader in MIGHT_READ["R3"] if draft is None else draft)


# ---- what a mirror and an export hold


@pytest.mark.parametrize("reader", SIGNING)
def test_a_mirror_holds_what_its_reader_may_see_and_all_of_it_holds(desk: Desk, tmp_path: Path, reader: str) -> None:
    mirror, size = Mirror(tmp_path / "m"), desk.ledger.size()
    pulled = pull(desk, mirror, reader)
    assert (pulled.old, pulled.size, pulled.first_key) == (0, size, "")
    assert_nothing_hidden(desk, reader, mirror.path)
    found = check(mirror)
    seen = seen_by(desk, reader)
    assert (found.held, found.withheld, found.suppressed) == (len(seen), size - len(seen), 0)
    assert (found.faults, found.suspects, found.left_out, found.differences, found.good) == ([], [], (), [], True)
    assert sum(found.acts.values()) == len(seen)
    assert found.sealed == found.acts["report.seal"]
    assert (found.host_size, found.host_hidden) == (size, int(reader == "public"))


def test_a_second_pull_fetches_nothing_that_is_there(desk: Desk, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "m")
    pull(desk, mirror, "liaison-1")
    before = {path: path.stat().st_mtime_ns for path in mirror.path.rglob("*")}
    site = Site(desk, "liaison-1")
    again = pulling.pull(mirror, site, Given(), CHECK(), lambda done, total: None)
    assert (again.old, again.size, again.bundles, again.opened) == (desk.ledger.size(), desk.ledger.size(), 0, 0)
    assert [code for path, code in site.asked if "entries" in path] == [304]
    assert {path: path.stat().st_mtime_ns for path in mirror.path.rglob("*")} == before


def test_entries_that_become_readable_are_fetched(desk: Desk, tmp_path: Path, stage: dict[str, str]) -> None:  # noqa: F811
    mirror, case = Mirror(tmp_path / "m"), stage["issued"]
    pull(desk, mirror, "liaison-1")
    before = check(mirror)
    paper = desk.standing((f"case:{case}",)).cases[case].determination
    exercise.sign(exercise.Stage(desk, exercise.DemoEntropy("later")), case, "mediator/2", paper)
    pulled, after = pull(desk, mirror, "liaison-1"), check(mirror)
    assert (pulled.old, pulled.size, pulled.opened) == (before.size, desk.ledger.size(), 1)
    assert after.acts["determination.issue"] == before.acts["determination.issue"] + 1
    assert after.good
    assert_nothing_hidden(desk, "liaison-1", mirror.path, draft=True)  # its reasons are in force now


def test_a_mirror_grows_over_tiles_and_can_be_pulled_from(desk: Desk, tmp_path: Path) -> None:
    """From 200 entries to 256 to 600, then a mirror of the mirror: each holds the same tree."""
    mirror, number = Mirror(tmp_path / "m"), 0
    for size in (200, 256, 600):
        rows = []
        for _ in range(size - desk.ledger.size()):
            stated = Envelope(desk.origin, "time.stamp", desk.time(), {"filler": number})
            note = sign_note(stated.text(), [desk.keyring.signer(f"{desk.origin}/registrar")])
            rows.append((note, stated.sid, leaf_of(note)))
            number += 1
        desk.ledger.append(rows)
        pull(desk, mirror, "secretariat")
        held = mirror.needed(CHECK())
        assert (held.head.size, held.tree.root()) == (size, desk.ledger.head().root)
        assert held.tree.root(200) == desk.ledger.tree().root(200)
    names = {
        path.relative_to(mirror.path / "tile").as_posix()
        for path in (mirror.path / "tile").rglob("*")
        if path.is_file()
    }
    assert {"0/000", "0/001", "0/002.p/88", "1/000.p/1", "1/000.p/2", "entries-redacted/002.p/88"} <= names
    assert len([name for name in names if name.startswith("entries")]) == 3
    second = Mirror(tmp_path / "n")
    second.path.mkdir()
    pulled = pulling.pull(second, FolderSource(mirror.path), Given(desk.log_key), CHECK(), lambda done, total: None)
    assert (pulled.size, second.needed(CHECK()).tree.root()) == (600, desk.ledger.head().root)
    assert second.read("tile/entries-redacted/000", 1 << 24) == mirror.read("tile/entries-redacted/000", 1 << 24)


@pytest.mark.parametrize("reader", NAMES)
def test_an_export_holds_what_its_reader_may_see(desk: Desk, tmp_path: Path, reader: str) -> None:
    folder = tmp_path / "e"
    assert exporting._export(door_of(desk, reader), Folder(folder), "en") == 0
    assert_nothing_hidden(desk, reader, folder)
    mirror = Mirror(tmp_path / "m")
    mirror.path.mkdir()
    pulled = pulling.pull(mirror, FolderSource(folder), Given(desk.log_key), CHECK(), lambda done, total: None)
    found = check(mirror)
    assert (pulled.size, found.held, found.good) == (desk.ledger.size(), len(seen_by(desk, reader)), True)
    assert found.host_size is None


def test_an_export_done_again_writes_nothing_and_never_replaces_a_tile(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "e"
    exporting._export(door_of(desk, "public"), Folder(folder), "en")
    again = Folder(folder)
    assert (exporting._export(door_of(desk, "public"), again, "en"), again.written) == (0, 0)
    tile = next(path for path in (folder / "tile" / "0").rglob("*") if path.is_file())
    tile.write_bytes(bytes(tile.stat().st_size))
    with pytest.raises(Different):
        exporting._export(door_of(desk, "public"), Folder(folder), "en")
    assert set(tile.read_bytes()) == {0}


def test_an_export_folder_is_for_one_reader(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Folder(tmp_path / "e")
    assert exporting._export(door_of(desk, "secretariat"), folder, "en") == 0
    before = held_in(folder.path)
    assert exporting._export(door_of(desk, "public"), Folder(folder.path), "en") == 1
    assert held_in(folder.path) == before
    assert "secretariat of tiga.example/exercise" in capsys.readouterr().err


# ---- suppression


def suppressed(desk: Desk, index: int) -> None:
    """Suppress an entry by the charter's rule: both mediators sign."""
    stated = Envelope(desk.origin, "entry.suppress", desk.now(NOW), {"ground": "safety", "indices": [index]})
    signers = [desk.keyring.signer(f"{desk.origin}/mediator/{number}") for number in (1, 2)]
    outcome = byfile.submit(desk, sign_note(stated.text(), signers), NOW)
    assert not isinstance(outcome, Refusal), outcome


def test_a_suppressed_entry_is_accepted_where_an_act_names_it(desk: Desk, tmp_path: Path) -> None:
    old, new = Mirror(tmp_path / "old"), Mirror(tmp_path / "new")
    pull(desk, old, "secretariat")
    index = max(
        seen_by(desk, "public") & {row.idx for row in models.ActRow.objects.using("exercise").filter(act="report.seal")}
    )
    note = kept.notes(desk)[index]
    suppressed(desk, index)
    for mirror, held in ((old, True), (new, False)):
        pull(desk, mirror, "secretariat")
        found = check(mirror)
        assert (found.good, found.suppressed, found.differences) == (True, 0 if held else 1, [])
        assert (note in held_in(mirror.path)) == held
    folder = Folder(tmp_path / "e")
    exporting._export(door_of(desk, "secretariat"), folder, "en")
    assert note not in held_in(folder.path)


def test_an_export_loses_what_is_suppressed_later(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "e"
    exporting._export(door_of(desk, "public"), Folder(folder), "en")
    index = max(seen_by(desk, "public"))
    note = kept.notes(desk)[index]
    assert note in held_in(folder)
    suppressed(desk, index)
    exporting._export(door_of(desk, "public"), Folder(folder), "en")
    assert note not in held_in(folder)


def test_a_suppressed_entry_without_an_act_is_refused(desk: Desk, tmp_path: Path) -> None:
    index = min(seen_by(desk, "liaison-1") - seen_by(desk, "public"))
    desk.ledger.suppress([index])
    mirror = Mirror(tmp_path / "m")
    with pytest.raises(Refused) as refused:
        pull(desk, mirror, "secretariat")
    assert (refused.value.code, refused.value.values) == ("cli.mirror.unlogged", {"index": index})
    assert mirror.read("checkpoint", 1 << 18) is None


# ---- a host that does not hold to its log


def rewritten(desk: Desk, index: int) -> None:
    """What a host can do who has its keys: another entry at the same place, signed anew, under a head signed anew."""
    stated = parse(text_of(kept.notes(desk)[index]))
    other = Envelope(stated.log, stated.act, Instant(stated.at.ms + 1), stated.body, stated.case, stated.re, stated.sd)
    signers = [desk.keyring.signer(name) for name in desk.ledger.entry(index).signers]
    note = sign_note(other.text(), signers)
    models.Entry.objects.using("exercise").filter(idx=index).update(note=note, leaf=leaf_of(note), sid=other.sid)
    leaves = [leaf for leaf, _ in desk.ledger.leaves(0, desk.ledger.size())]
    text = Checkpoint(desk.origin, len(leaves), root_of(leaves)).text()
    models.Head.objects.using("exercise").update(checkpoint=sign_note(text, [desk.keyring.signer(desk.origin)]))
    opening.forget()


@pytest.mark.parametrize("more", [0, 3])
def test_an_entry_that_the_host_rewrote_is_a_fork_with_a_proof(desk: Desk, tmp_path: Path, more: int) -> None:
    mirror, size = Mirror(tmp_path / "m"), desk.ledger.size()
    pull(desk, mirror, "liaison-1")
    before = held_in(mirror.path)
    rewritten(desk, 7)
    host = opening.desk("exercise")
    for _ in range(more):
        stated = Envelope(host.origin, "time.stamp", host.time(), {"filler": host.ledger.size()})
        note = sign_note(stated.text(), [host.keyring.signer(f"{host.origin}/registrar")])
        host.ledger.append([(note, stated.sid, leaf_of(note))])
    with pytest.raises(Forked):
        pull(host, mirror, "liaison-1")
    (name,) = mirror.forks()
    fork = forks.check((mirror.path / name).read_bytes(), desk.log_key, CHECK())
    assert (fork.origin, fork.m, fork.n) == (desk.origin, size, size + more)
    (mirror.path / name).unlink()
    assert held_in(mirror.path) == before


def test_an_older_head_of_another_history_is_a_fork_too(desk: Desk, tmp_path: Path) -> None:
    mirror, log = Mirror(tmp_path / "m"), desk.keyring.signer(desk.origin)
    pull(desk, mirror)
    (tmp_path / "e").mkdir()
    text = Checkpoint(desk.origin, 5, bytes(32)).text()
    (tmp_path / "e" / "checkpoint").write_bytes(sign_note(text, [log]))
    with pytest.raises(Forked):
        pulling.pull(mirror, FolderSource(tmp_path / "e"), Given(), CHECK(), lambda done, total: None)
    (name,) = mirror.forks()
    fork = forks.check((mirror.path / name).read_bytes(), desk.log_key, CHECK())
    assert (fork.m, fork.n, fork.signed_root) == (5, desk.ledger.size(), bytes(32))


def test_a_fork_is_told_in_words_and_ends_the_pull(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["mirror", "pull", str(tmp_path / "e"), "--into", str(tmp_path / "m"), "--log-key", desk.log_key.vkey]
    exporting._export(door_of(desk, "public"), Folder(tmp_path / "e"), "en")
    assert main(words) == 0
    rewritten(desk, 7)
    shutil.rmtree(tmp_path / "e")
    exporting._export(door_of(opening.desk("exercise"), "public"), Folder(tmp_path / "e"), "en")
    capsys.readouterr()
    assert main(words) == 1
    out, err = capsys.readouterr()
    (name,) = Mirror(tmp_path / "m").forks()
    assert (out, err.startswith("FORK. "), name in err) == ("", True, True)
    assert main(["--language", "ur", "mirror", "status", str(tmp_path / "m")]) == 0
    assert name in capsys.readouterr().out


def test_an_interrupted_pull_loses_nothing_that_it_fetched(desk: Desk, tmp_path: Path) -> None:
    """The connection ends after each answer in turn; the last pull asks only for what is still lacking."""
    mirror = Mirror(tmp_path / "m")
    mirror.path.mkdir()
    lengths = []
    for allowed in range(40):
        site = Site(desk, "liaison-1")
        ask = site._asked

        def short(path: str, limit: int, held: bytes | None, ask=ask, site=site, allowed=allowed) -> Answer:  # type: ignore[no-untyped-def]
            if len(site.asked) >= allowed:
                raise Refused("cli.mirror.unreachable", {"host": "x", "why": "x"})
            return ask(path, limit, held)

        site._asked = short  # type: ignore[method-assign]
        try:
            pulling.pull(mirror, site, Given(desk.log_key), CHECK(), lambda done, total: None)
        except Refused:
            assert mirror.read("checkpoint", 1 << 18) is None
            lengths.append(len(site.asked))
            continue
        break
    assert lengths == list(range(len(lengths))) != []
    assert ("tile/entries-redacted/000.p/" in repr(site.asked), check(mirror).good) == (True, True)
    assert [code for path, code in site.asked if "entries" in path] == [304]


def test_an_entry_changed_under_the_same_head_is_not_taken(desk: Desk, tmp_path: Path) -> None:
    note = kept.notes(desk)[3]
    models.Entry.objects.using("exercise").filter(idx=3).update(note=note.replace(b'"at":"2', b'"at":"3'))
    with pytest.raises((Refused, ValueError)):
        pull(desk, Mirror(tmp_path / "m"), "secretariat")


def test_hashes_that_do_not_lead_to_the_head_are_refused(desk: Desk, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "m")
    exporting._export(door_of(desk, "public"), Folder(tmp_path / "e"), "en")
    tile = next(path for path in (tmp_path / "e" / "tile" / "0").rglob("*") if path.is_file())
    tile.write_bytes(bytes(tile.stat().st_size))
    mirror.path.mkdir()
    with pytest.raises(Refused) as refused:
        pulling.pull(mirror, FolderSource(tmp_path / "e"), Given(desk.log_key), CHECK(), lambda done, total: None)
    assert (refused.value.code, mirror.read("checkpoint", 1 << 18)) == ("cli.mirror.no_tiles", None)
    assert [path.name for path in mirror.path.glob("odd-*")] != []


def test_an_older_head_of_the_same_history_changes_nothing(desk: Desk, tmp_path: Path, stage: dict[str, str]) -> None:  # noqa: F811
    exporting._export(door_of(desk, "liaison-1"), Folder(tmp_path / "e"), "en")
    old, case = desk.ledger.size(), stage["issued"]
    paper = desk.standing((f"case:{case}",)).cases[case].determination
    exercise.sign(exercise.Stage(desk, exercise.DemoEntropy("older")), case, "mediator/2", paper)
    mirror = Mirror(tmp_path / "m")
    pull(desk, mirror, "liaison-1")
    before = held_in(mirror.path)
    again = pulling.pull(mirror, FolderSource(tmp_path / "e"), Given(), CHECK(), lambda done, total: None)
    assert (again.old, again.size, again.theirs) == (desk.ledger.size(), desk.ledger.size(), old)
    assert held_in(mirror.path) == before


def test_a_source_without_a_policys_witness_or_of_another_key_is_refused(desk: Desk, tmp_path: Path) -> None:
    policy = policies.parse(Client().get("/exercise/tlog/policy/witnessed").content)
    own = desk.ledger.state.witnesses["party-1"] if desk.ledger.state else None
    other = desk.keyring.signer(f"{desk.origin}/registrar").key
    for given, code in (
        (Given(desk.log_key, policy), "record.refused.quorum"),
        (Given(desk.log_key, None, own), "record.refused.own_witness"),
        (Given(other), "record.refused.unsigned"),
    ):
        with pytest.raises(Refused) as refused:
            pull(desk, Mirror(tmp_path / "m"), given=given)
        assert refused.value.code == code
    first = pull(desk, Mirror(tmp_path / "m"), given=Given())
    assert first.first_key == desk.log_key.vkey
    with pytest.raises(Refused) as refused:
        pull(desk, Mirror(tmp_path / "m"), given=Given(other))
    assert refused.value.code == "cli.mirror.other_key"


def test_a_damaged_mirror_says_so(desk: Desk, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "m")
    pull(desk, mirror)
    bundle = next(path for path in (mirror.path / "tile" / "entries-redacted").rglob("*") if path.is_file())
    data = bytearray(bundle.read_bytes())
    data[5] ^= 1
    bundle.write_bytes(data)
    with pytest.raises(Refused) as refused:
        check(mirror)
    assert (refused.value.code, refused.value.values) == ("cli.mirror.row", {"index": 0})
    pull(desk, mirror)  # it is fetched again
    assert check(mirror).good


# ---- the host's word


def test_a_host_whose_pages_say_something_else_is_named(desk: Desk, tmp_path: Path, stage: dict[str, str]) -> None:  # noqa: F811
    """A thread's rows are no part of the log: the host drops the completing signature from the case's own thread."""
    case, mirror = stage["determined"], Mirror(tmp_path / "m")
    last = max(row.idx for row in models.Thread.objects.using("exercise").filter(name=f"case:{case}"))
    signature = max(row.idx for row in models.ActRow.objects.using("exercise").filter(act="signature.add", case=case))
    assert signature < last
    models.Thread.objects.using("exercise").filter(idx=signature).delete()
    opening.forget()
    pull(opening.desk("exercise"), mirror, "liaison-1")
    found = check(mirror)
    assert [(row.sid, row.said, row.ours) for row in found.differences] == [(case, "state=adopted", "state=determined")]
    assert not found.good


def test_a_word_that_is_no_word_is_not_compared(desk: Desk, tmp_path: Path) -> None:
    mirror = Mirror(tmp_path / "m")
    pull(desk, mirror, "liaison-1")
    word = json.loads((mirror.path / "state.json").read_bytes())
    for broken in ({**word, "cases": 1}, {**word, "origin": "x"}, [], {**word, "size": "1"}, {**word, "cases": [{}]}):
        (mirror.path / "state.json").write_text(json.dumps(broken))
        assert check(mirror).host_size is None
    word["cases"][0]["state"] = "closed"
    (mirror.path / "state.json").write_text(json.dumps(word))
    assert len(check(mirror).differences) == 1
    word["cases"] = word["cases"][1:]
    (mirror.path / "state.json").write_text(json.dumps(word))
    assert [(row.said, row.ours != "") for row in check(mirror).differences] == [("", True)]


# ---- entries against keys and rules


def grown(desk: Desk, folder: Path, more: list[tuple[Envelope, list[Signer]]]) -> FolderSource:
    """A folder with the record's entries and further ones, as a host would publish that takes in anything."""
    rows = [*kept.notes(desk), *(sign_note(stated.text(), signers) for stated, signers in more)]
    book = Folder(folder)
    folder.mkdir()
    leaves = [leaf_of(note) for note in rows]
    book.put(0, [Row(leaf_of(note), note) for note in rows])
    book.keep(f"tile/0/000.p/{len(rows)}", b"".join(leaves))
    for sha256, data in ((desk.standing().agreement_sha256, desk.agreement_bytes(desk.standing().agreement_sha256)),):
        book.keep(f"documents/{sha256}.json", data)
    text = Checkpoint(desk.origin, len(rows), root_of(leaves)).text()
    book.replace("checkpoint", sign_note(text, [desk.keyring.signer(desk.origin)]))
    return FolderSource(folder)


@pytest.mark.parametrize(
    ("act", "body", "slugs", "code"),
    [
        ("time.stamp", {"by_file": "x"}, ("registrar",), ""),
        (
            "key.revoke",
            {"ground": "lost", "key": "tiga.example/exercise/liaison/1"},
            ("mediator/1",),
            "record.refused.hands",
        ),
        ("key.revoke", {"ground": "lost", "key": "tiga.example/exercise/liaison/1"}, ("mediator/1", "mediator/2"), ""),
        ("entry.suppress", {"ground": "x", "indices": [4]}, ("registrar",), "record.refused.hands"),
        ("charter.adopt", {"title": "x"}, ("registrar",), "record.refused.charter_act"),
    ],
)
def test_an_entry_that_the_rules_do_not_allow_is_named(
    desk: Desk, tmp_path: Path, act: str, body: dict, slugs: tuple[str, ...], code: str
) -> None:
    signers = [desk.keyring.signer(f"{desk.origin}/{slug}") for slug in slugs]
    source = grown(desk, tmp_path / "e", [(Envelope(desk.origin, act, desk.time(), body), signers)])
    mirror = Mirror(tmp_path / "m")
    mirror.path.mkdir()
    pulling.pull(mirror, source, Given(desk.log_key), CHECK(), lambda done, total: None)
    found = check(mirror)
    index = desk.ledger.size()
    assert [(at, fault.code) for at, fault in found.faults] == ([(index, code)] if code else [])
    assert found.good == (not code)


def test_an_entry_signed_by_a_key_that_was_revoked_is_named(desk: Desk, tmp_path: Path) -> None:
    liaison = f"{desk.origin}/liaison/1"
    mediators = [desk.keyring.signer(f"{desk.origin}/mediator/{number}") for number in (1, 2)]
    revoked = Envelope(desk.origin, "key.revoke", desk.time(), {"ground": "lost", "key": liaison, "suspect_from": 0})
    later = Envelope(desk.origin, "time.stamp", desk.time(), {"by_file": "late"})
    source = grown(desk, tmp_path / "e", [(revoked, mediators), (later, [desk.keyring.signer(liaison)])])
    mirror = Mirror(tmp_path / "m")
    mirror.path.mkdir()
    pulling.pull(mirror, source, Given(desk.log_key), CHECK(), lambda done, total: None)
    found = check(mirror)
    assert [index for index, _ in found.faults] == [desk.ledger.size() + 1]
    signed = [index for index, note in enumerate(kept.notes(desk)) if f"\u2014 {liaison} ".encode() in note]
    assert found.suspects == [(index, liaison) for index in signed] != []


def test_a_manifest_that_leaves_out_an_entry_is_named(desk: Desk, tmp_path: Path, stage: dict[str, str]) -> None:  # noqa: F811
    case, size = stage["found"], desk.ledger.size()
    own = [row.idx for row in models.Thread.objects.using("exercise").filter(name=f"case:{case}").order_by("idx")]
    drafts = {row.idx for row in models.ActRow.objects.using("exercise").filter(level="R3")}
    listed = [index for index in own if index not in drafts and desk.ledger.entry(index).envelope.act != "report.seal"]
    registrar = desk.keyring.signer(f"{desk.origin}/registrar")
    whole = Envelope(desk.origin, "case.manifest", desk.time(), {"entries": listed, "size": size}, case)
    short = Envelope(desk.origin, "case.manifest", desk.time(), {"entries": listed[1:], "size": size}, case)
    source = grown(desk, tmp_path / "e", [(whole, [registrar]), (short, [registrar])])
    mirror = Mirror(tmp_path / "m")
    mirror.path.mkdir()
    pulling.pull(mirror, source, Given(desk.log_key), CHECK(), lambda done, total: None)
    found = check(mirror)
    assert [(row.manifest, row.case, row.index) for row in found.left_out] == [(size + 1, case, listed[0])]
    assert not found.good
