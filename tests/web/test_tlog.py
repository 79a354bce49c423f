"""The log over HTTP: exact bytes, conditional requests, and who gets which entry by browser and by signed request.

The record is that of `test_who_sees_what`: reports at each level, cases at each stage, drafts among them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from tests.store import kept
from tests.store.test_who_sees_what import DRAFT, MIGHT_READ, stage  # noqa: F401 - a fixture
from tiga.record import requests, tiles
from tiga.record.checkpoints import open_checkpoint
from tiga.record.entries import Envelope, leaf_of
from tiga.record.headcodes import head_code
from tiga.record.notes import Signer, decode64, encode64, sign_note, text_of
from tiga.record.proofs import check_consistency
from tiga.record.tiles import TileName
from tiga.record.tree import EMPTY, Tree, root_of
from tiga.store import models, projections
from tiga.store.desk import Desk
from tiga.store.keys import CHECK
from tiga.web.models import Membership

pytestmark = pytest.mark.django_db(databases=kept.DATABASES)

BASE = "/exercise/tlog/"
NOW = kept.LATER
SECONDS = NOW.ms // 1000
Get = Callable[..., HttpResponse]


@pytest.fixture
def desk(stage: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:  # noqa: F811
    with kept.on_site("exercise", monkeypatch) as found:
        yield found


def signed(desk: Desk, slug: str, path: str, seconds: int = SECONDS) -> dict[str, str]:
    signer = desk.keyring.signer(f"{desk.origin}/{slug}")
    return {"Authorization": requests.header(signer, desk.origin, path, seconds)}


@pytest.fixture
def get(desk: Desk) -> Get:
    """GET of a path of the log as one of the seven readers: those with a key by signed request, the analyst by session."""
    user = get_user_model().objects.create(username="analyst")
    Membership.objects.create(user=user, record="exercise", role="analyst")
    analyst = Client()
    analyst.force_login(user)

    def ask(path: str, reader: str = "public", **headers: str) -> HttpResponse:
        slug = kept.READERS[reader][2]
        if slug:
            headers = {**signed(desk, slug, BASE + path), **headers}
        client = analyst if reader == "analyst" else Client()
        return client.get(BASE + path, headers=headers)  # type: ignore[return-value]

    return ask


def bundle_names(size: int, kind: tiles.Level) -> list[TileName]:
    return list(tiles.row(kind, size))


# ---- what is everybody's


def test_the_checkpoint_is_the_head_and_is_asked_for_each_time(desk: Desk, get: Get) -> None:
    answer = get("checkpoint")
    head = open_checkpoint(answer.content, desk.log_key, CHECK())
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert (answer["Cache-Control"], answer.content) == ("no-cache", desk.ledger.head().checkpoint)
    assert (head.size, head.root) == (desk.ledger.size(), desk.ledger.head().root)


def test_hash_tiles_lead_to_the_root_and_may_be_kept_for_good(desk: Desk, get: Get) -> None:
    size = desk.ledger.size()
    answers = [get(name.path) for name in tiles.row(0, size)]
    leaves = b"".join(answer.content for answer in answers)
    assert root_of([leaves[at : at + 32] for at in range(0, len(leaves), 32)]) == desk.ledger.head().root
    assert {answer["Cache-Control"] for answer in answers} == {"public, max-age=31536000, immutable"}
    assert {answer["Content-Type"] for answer in answers} == {"application/octet-stream"}


def test_what_a_reader_has_is_not_sent_again(desk: Desk, get: Get) -> None:
    edge = next(tiles.row(0, desk.ledger.size())).path
    for path in (
        "checkpoint",
        edge,
        "log-key",
        "policy/mutual",
        bundle_names(desk.ledger.size(), "entries-redacted")[0].path,
    ):
        first = get(path)
        again = get(path, **{"If-None-Match": first["ETag"]})
        other = get(path, **{"If-None-Match": '"another"'})
        assert (first.status_code, again.status_code, again.content) == (200, 304, b""), path
        assert (other.status_code, other.content, again["ETag"]) == (200, first.content, first["ETag"]), path
        assert again["Cache-Control"] == first["Cache-Control"], path


def test_head_has_no_body_and_other_methods_are_refused(desk: Desk) -> None:
    client = Client()
    asked, whole = client.head(BASE + "checkpoint"), client.get(BASE + "checkpoint")
    assert (asked.status_code, asked.content, asked["ETag"]) == (200, b"", whole["ETag"])
    assert {client.post(BASE + path).status_code for path in ("checkpoint", "state", "tile/0/000")} == {405}


@pytest.mark.parametrize(
    "path",
    ["tile/0/999", "tile/1/000", "tile/0/0", "tile/00/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/x000/000",
     "tile/entries/999", "tile/entries-redacted/001", "tile/0/../0/000", "documents/" + "0" * 64 + ".json", "policy/none",
     "nothing", "tile/"],
)  # fmt: skip
def test_what_is_not_in_the_log_is_not_there(get: Get, path: str) -> None:
    assert get(path).status_code == 404


def test_an_unknown_record_has_no_log(desk: Desk) -> None:
    assert {Client().get(f"/nothing/tlog/{path}").status_code for path in ("checkpoint", "state", "log-key")} == {404}


def test_key_head_code_policies_and_documents(desk: Desk, get: Get) -> None:
    sha256 = desk.standing().agreement_sha256
    assert get("log-key").content.decode() == desk.log_key.vkey + "\n"
    assert get("head-code").content.decode() == head_code(text_of(desk.ledger.head().checkpoint)) + "\n"
    assert get("policy/witnessed").content.startswith(b"# Whose word")
    assert get(f"documents/{sha256}.json").content == desk.agreement_bytes(sha256)
    assert get(f"documents/{sha256}.json")["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_consistency_proof_as_lines(desk: Desk, get: Get) -> None:
    tree = desk.ledger.tree()
    for start in (0, 1, 5, tree.size):
        head, *path = get(f"consistency?from={start}").content.decode().splitlines()
        assert head == f"{start} {tree.size}"
        root = tree.root(start) if start else EMPTY
        check_consistency(start, tree.size, root, tree.root(), [decode64(line) for line in path])
    answers = {word: get(f"consistency?from={word}").status_code for word in ("", "-1", "x", "²", "9" * 17)}
    assert answers == dict.fromkeys(answers, 400)
    assert get(f"consistency?from={tree.size + 1}").status_code == 404


def filler(desk: Desk, number: int) -> tuple[bytes, str, bytes]:
    envelope = Envelope(desk.origin, "time.stamp", desk.time(), {"filler": number})
    note = sign_note(envelope.text(), [desk.keyring.signer(f"{desk.origin}/registrar")])
    return note, envelope.sid, leaf_of(note)


def test_partial_tiles_at_the_sizes_where_tiles_end(desk: Desk, get: Get) -> None:
    """At 1, 255, 256 and 257 entries; a partial tile stays when it is full by now."""
    number = 0
    for size in (255, 256, 257):
        rows = [filler(desk, number + more) for more in range(size - desk.ledger.size())]
        number += len(rows)
        desk.ledger.append(rows)
        leaves = [leaf for leaf, _ in desk.ledger.leaves(0, size)]
        whole = Tree(lambda level, n: b"")
        whole.extend(leaves)
        names = list(tiles.names(size))
        assert get("checkpoint").content == desk.ledger.head().checkpoint
        assert open_checkpoint(get("checkpoint").content, desk.log_key, CHECK()).root == whole.root()
        for name in names:
            if not name.is_bundle and name.level == 0:
                first = name.n * 256
                assert get(name.path).content == b"".join(leaves[first : first + name.width]), name.path
        for width in (1, 255):
            assert get(TileName(0, 0, width).path).content == b"".join(leaves[:width])
            assert len(tiles.unredacted(get(tiles.redacted_path(0, width)).content, width)) == width
        beyond = {255: "tile/0/000", 256: "tile/0/001.p/1", 257: "tile/0/001.p/2"}[size]
        assert (get(beyond).status_code, get(beyond.replace("/0/", "/entries-redacted/")).status_code) == (404, 404)
    assert get("tile/1/000.p/1").content == root_of(leaves[:256])
    assert get("tile/entries-redacted/001.p/1").content == b"\1" + leaves[256]  # no act row: withheld from everybody


# ---- entries


def everything(get: Get, desk: Desk, reader: str) -> dict[str, bytes]:
    """Every response of every address of the log to a reader, partial bundles and refusals among them."""
    size, found = desk.ledger.size(), {}
    paths = [name.path for kind in (0, "entries", "entries-redacted") for name in tiles.row(kind, size)]  # type: ignore[arg-type]
    paths += [
        TileName(kind, 0, width).path for kind in ("entries", "entries-redacted") for width in (1, 2, 3, size // 2)
    ]  # type: ignore[arg-type]
    paths += ["checkpoint", "state", "log-key", "head-code", "policy/mutual", "consistency?from=1"]
    for path in paths:
        answer = get(path, reader)
        found[path] = answer.content + repr(dict(answer.headers)).encode()
    return found


def seen_by(desk: Desk, reader: str) -> set[int]:
    """Indices that a reader may know of, asked one by one at the door."""
    role, component, _ = kept.READERS[reader]
    door, found = kept.door(desk, role, component), set()
    for row in models.ActRow.objects.using(desk.alias).all():
        if door._sees_act(row):
            found.add(row.idx)
    return found


@pytest.mark.parametrize("reader", list(kept.READERS))
def test_no_byte_of_a_hidden_entry_is_in_any_response(desk: Desk, get: Get, reader: str) -> None:
    all_notes, seen = kept.notes(desk), seen_by(desk, reader)
    got = everything(get, desk, reader)
    whole = b"\n".join(got.values())
    for index, note in enumerate(all_notes):
        text, _, lines = note.partition(b"\n\n")
        assert (text in whole) == (index in seen), index
        assert (lines.strip() in whole) == (index in seen), index
    assert (DRAFT.encode() in whole) == (reader in MIGHT_READ["R3"])


def test_who_gets_how_many_entries(desk: Desk, get: Get) -> None:
    size = desk.ledger.size()
    held = {}
    for reader in kept.READERS:
        rows = [
            row
            for name in bundle_names(size, "entries-redacted")
            for row in tiles.unredacted(get(name.path, reader).content, name.width)
        ]
        tiles.check_bundles(rows, size, desk.ledger.head().root)
        held[reader] = {index for index, row in enumerate(rows) if row.note is not None}
    assert held == {reader: seen_by(desk, reader) for reader in kept.READERS}
    assert len(held["public"]) < len(held["liaison-1"]) < len(held["mediator"]) <= size
    assert held["public"] == held["analyst"]


def test_a_plain_bundle_is_for_whoever_may_see_all_of_it(desk: Desk, get: Get) -> None:
    name = bundle_names(desk.ledger.size(), "entries")[0].path
    redacted = name.replace("/entries/", "/entries-redacted/")
    status = {}
    for reader in kept.READERS:
        answer = get(name, reader)
        status[reader] = answer.status_code
        assert (redacted in answer.content.decode("utf-8", "replace")) == (answer.status_code == 403)
        assert answer["Cache-Control"] == "private, no-store"
        assert get(redacted, reader)["Cache-Control"] == "private, no-store"
    everyone = {reader for reader in kept.READERS if len(seen_by(desk, reader)) == desk.ledger.size()}
    assert status == {reader: 200 if reader in everyone else 403 for reader in kept.READERS}
    assert "public" not in everyone


def test_a_bundle_of_public_entries_alone_may_be_kept_for_an_hour(desk: Desk, get: Get) -> None:
    assert {models.ActRow.objects.using("exercise").get(idx=index).level for index in (0, 1)} == {"R0"}
    for reader in ("public", "liaison-1"):
        for path in ("tile/entries/000.p/2", "tile/entries-redacted/000.p/2"):
            assert get(path, reader)["Cache-Control"] == "public, max-age=3600"
    assert tiles.unbundle(get("tile/entries/000.p/2").content, 2) == tuple(kept.notes(desk)[:2])


def test_a_suppressed_entry_is_gone_for_everybody(desk: Desk, get: Get) -> None:
    index = min(seen_by(desk, "liaison-1") - seen_by(desk, "public"))
    note, leaf = kept.notes(desk)[index], leaf_of(kept.notes(desk)[index])
    desk.ledger.suppress([index])
    name = bundle_names(desk.ledger.size(), "entries")[0].path
    redacted = name.replace("/entries/", "/entries-redacted/")
    for reader in kept.READERS:
        answer = get(name, reader)
        assert (answer.status_code, redacted in answer.content.decode()) == (410, True)
        rows = tiles.unredacted(get(redacted, reader).content, desk.ledger.size())
        assert (rows[index].leaf, rows[index].note, rows[index].suppressed) == (leaf, None, True)
        assert sum(row.suppressed for row in rows) == 1
        assert note.partition(b"\n\n")[0] not in b"".join(everything(get, desk, reader).values())


def test_entries_that_the_projection_does_not_know_are_withheld(desk: Desk, get: Get) -> None:
    projections.ActRow.objects.using("exercise").all().delete()
    size = desk.ledger.size()
    rows = tiles.unredacted(get(tiles.redacted_path(0, size), "secretariat").content, size)
    assert {row.note for row in rows} == {None}


# ---- signed requests


def status(desk: Desk, header: str, path: str = "tile/entries-redacted/000.p/1") -> int:
    answer = Client().get(BASE + path, headers={"Authorization": header})
    return int(answer.status_code)


def test_a_signed_request_that_does_not_hold_is_answered_401(desk: Desk) -> None:
    path = BASE + "tile/entries-redacted/000.p/1"
    signer = desk.keyring.signer(f"{desk.origin}/liaison/1")
    good = requests.header(signer, desk.origin, path, SECONDS)
    scheme, name, seconds, signature = good.split(" ")
    flipped = bytes([decode64(signature)[0] ^ 1]) + decode64(signature)[1:]
    stranger = Signer(desk.keyring.signer(desk.origin).key, desk.keyring.signer(desk.origin).sign)
    bad = {
        "another path": requests.header(signer, desk.origin, BASE + "state", SECONDS),
        "another record": requests.header(signer, "tiga.example/press", path, SECONDS),
        "too old": requests.header(signer, desk.origin, path, SECONDS - 301),
        "too new": requests.header(signer, desk.origin, path, SECONDS + 301),
        "flipped": f"{scheme} {name} {seconds} {encode64(flipped)}",
        "other time": f"{scheme} {name} {SECONDS + 1} {signature}",
        "other name": f"{scheme} {name[:-1]}2 {seconds} {signature}",
        "short": f"{scheme} {name} {seconds}",
        "spaces": f"{scheme}  {name} {seconds} {signature}",
        "zeros": f"{scheme} {name} 0{seconds} {signature}",
        "base64": f"{scheme} {name} {seconds} {signature[:-1]}",
        "not enrolled": requests.header(stranger, desk.origin, path, SECONDS),
        "empty": "Tiga",
    }
    assert {what: status(desk, header) for what, header in bad.items()} == dict.fromkeys(bad, 401)
    assert [status(desk, header) for header in (good, good.replace("Tiga", "tiga"))] == [200, 200]
    assert status(desk, "Basic eDp5") == 200  # another scheme is somebody else's: the reader is the public


def test_every_address_refuses_a_bad_signature_and_none_falls_back(desk: Desk) -> None:
    for path in ("checkpoint", "log-key", "state", "consistency?from=0", "tile/0/000.p/1", "tile/entries/000.p/1"):
        answer = Client().get(BASE + path, headers={"Authorization": "Tiga a 1 AAAA"})
        assert (answer.status_code, answer["WWW-Authenticate"], answer["Cache-Control"]) == (
            401,
            "Tiga",
            "private, no-store",
        )
    page = Client().get("/exercise/record/", headers={"Authorization": "Tiga a 1 AAAA"})
    assert page.status_code == 403


def test_a_revoked_key_reads_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = BASE + "tile/entries-redacted/000.p/1"
    header = signed(desk, "liaison/1", path)["Authorization"]
    assert status(desk, header) == 200
    state = desk.ledger.state
    assert state is not None
    left = {name: key for name, key in state.holders.items() if not name.endswith("liaison/1")}
    monkeypatch.setattr(
        desk.ledger._enrolled, "state", type(state)(left, state.rules, state.witnesses, state.absent_hours)
    )
    assert status(desk, header) == 401


def test_a_signed_request_does_nothing_but_read(desk: Desk) -> None:
    path = "/exercise/panel/seat/"
    answer = Client().post(path, {"member": "x"}, headers=signed(desk, "secretariat/1", path))
    size = desk.ledger.size()
    assert (answer.status_code, desk.ledger.size()) == (403, size)


def test_pages_read_by_a_signed_request_are_the_readers(desk: Desk, stage: dict[str, str]) -> None:  # noqa: F811
    """Wherever a page can be read at all, a machine gets what its role gets, and no page breaks for want of an actor."""
    cases = [f"/exercise/cases/{stage[name]}/" for name in ("sealed", "draft", "determined")]
    dossier = f"/exercise/cases/{stage['determined']}/dossier/"
    paths = ["", "cases/", "record/", "reports/", "agreement/", "incidents/", "desk/", "panel/", "reports/new/"]
    answers = {}
    for path in [*(f"/exercise/{path}" for path in paths), *cases, dossier]:
        for slug in ("liaison/1", "mediator/2", "secretariat/1", "monitor/1"):
            answers[path, slug] = Client().get(path, headers=signed(desk, slug, path)).status_code
    assert {key for key, code in answers.items() if code >= 500} == set()
    assert {answers[dossier, slug] for slug in ("liaison/1", "mediator/2", "secretariat/1")} == {200}


# ---- the host's word


def test_the_hosts_word_is_for_the_reader_and_without_drafts(desk: Desk, get: Get, stage: dict[str, str]) -> None:  # noqa: F811
    said = {reader: json.loads(get("state", reader).content) for reader in kept.READERS}
    assert {reader: (row["origin"], row["size"]) for reader, row in said.items()} == dict.fromkeys(
        kept.READERS, (desk.origin, desk.ledger.size())
    )
    states = {reader: {row["sid"]: row["state"] for row in word["cases"]} for reader, word in said.items()}
    r1 = states["secretariat"]
    assert {reader: states[reader] == r1 for reader in MIGHT_READ["R1"]} == dict.fromkeys(MIGHT_READ["R1"], True)
    names = ("sealed", "opened", "draft", "found", "issued", "determined")
    assert {name: r1[stage[name]] for name in names} == {
        "sealed": "notified", "opened": "notified", "draft": "verification", "found": "adopted", "issued": "adopted",
        "determined": "determined",
    }  # fmt: skip
    assert set(states["public"]) == {stage["determined"]}
    assert {reader: word["measures"] for reader, word in said.items()} == {key: [] for key in kept.READERS}
    assert get("state")["Cache-Control"] == "private, no-store"
