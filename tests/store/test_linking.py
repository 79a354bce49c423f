"""Can two sealed reports of one device be linked, by whoever has all of the log and a liaison officer's pages?

The adversary names, for every report after the first, one earlier report that it believes to be of the same device.
Devices are drawn for each report alone, one of four with equal odds, and what the reports say does not depend on them.
An adversary who learns nothing is then right with the odds 1/4 each time, and these times are independent (each report
points to an earlier one: no circle): its successes are binomial. With n reports and K ways of guessing the bound is the
number that such an adversary reaches with less than 1/1000 over all ways together. The draws are fixed by a seed.

What this does not show: that words, habits and source names inside a report that may be read do not betray its author.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import comb
from pathlib import Path

import pytest
from django.test import Client

from tests.store import filed, kept
from tiga.cli import couriers, exercise, exporting
from tiga.cli.exercise import DemoEntropy
from tiga.cli.folders import Folder
from tiga.drafts import FieldReport, evidence_item
from tiga.mechanism.deciders import depositing
from tiga.record.container import unpack
from tiga.record.entries import Envelope, parse
from tiga.record.notes import taken_apart, text_of
from tiga.store import models, opening, sealing, vault
from tiga.store.desk import Desk, Done

REPORTS, DEVICES = 120, 4
BATCH = 8


# ---- what the adversary has


@dataclass(frozen=True)
class Seen:
    """A report as the adversary sees it: its entry in the mirror, its place, and what a liaison officer's pages show."""

    place: int
    index: int
    envelope: Envelope
    signers: tuple[str, ...]
    size: int
    at_ms: int
    said: str
    by: str

    @property
    def digests(self) -> tuple[str, ...]:
        return self.envelope.sd


View = Sequence[Seen]
Guess = Callable[[View, int], int]
"""For the report at a place of the view, the place of an earlier one."""


def nearest(view: View, at: int, measure: Callable[[Seen], float]) -> int:
    """The earlier report whose measure is nearest, the latest of them."""
    own = measure(view[at])
    return min(range(at), key=lambda one: (abs(measure(view[one]) - own), -one))


def number_of(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "="), "big")


def chained(view: View, at: int) -> int:
    """By the number and predecessor of the sender's own chain, where they can be seen."""
    sids = {one.envelope.sid: one.place for one in view[:at]}
    if view[at].envelope.prev in sids:
        return sids[view[at].envelope.prev]
    if view[at].envelope.seq is not None:
        before = [one.place for one in view[:at] if one.envelope.seq == (view[at].envelope.seq or 0) - 1]
        return before[-1] if before else at - 1
    return at - 1


def of_signers(view: View, at: int) -> int:
    same = [one.place for one in view[:at] if one.signers == view[at].signers]
    return same[-1] if same else at - 1


def of_name(view: View, at: int) -> int:
    same = [one.place for one in view[:at] if one.by == view[at].by]
    return same[-1] if same else at - 1


def same_digest(view: View, at: int) -> int:
    """By a digest or salt used twice, else by the longest beginning that two digests share."""

    def shared(one: Seen) -> int:
        return max(_common(mine, theirs) for mine in view[at].digests for theirs in one.digests)

    return max(range(at), key=lambda one: (shared(view[one]), one))


def _common(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def round_robin(view: View, at: int) -> int:
    return max(at - DEVICES, 0)


def same_place_in_batch(view: View, at: int) -> int:
    same = [one.place for one in view[:at] if (one.index - 2) % BATCH == (view[at].index - 2) % BATCH]
    return same[-1] if same else at - 1


def not_in_my_batch(view: View, at: int) -> int:
    """Somebody who reports seldom has one report a batch: the latest of an earlier batch."""
    other = [one.place for one in view[:at] if one.at_ms != view[at].at_ms]
    return other[-1] if other else at - 1


def rhythm(view: View, at: int) -> int:
    """A device that reports at a rhythm: the earlier report whose distance is nearest to a whole number of hours."""
    return min(range(at), key=lambda one: ((view[at].at_ms - view[one].at_ms) % 3_600_000, -one))


GUESSES: dict[str, Guess] = {
    "the one before": lambda view, at: at - 1,
    "round robin": round_robin,
    "place in batch": same_place_in_batch,
    "an earlier batch": not_in_my_batch,
    "rhythm": rhythm,
    "size of the entry": lambda view, at: nearest(view, at, lambda one: one.size),
    "size of the account": lambda view, at: nearest(view, at, lambda one: len(one.said)),
    "instant": lambda view, at: nearest(view, at, lambda one: one.at_ms),
    "smallest digest": lambda view, at: nearest(view, at, lambda one: number_of(one.digests[0])),
    "sum of digests": lambda view, at: nearest(view, at, lambda one: sum(map(number_of, one.digests))),
    "shared digests": same_digest,
    "sid": lambda view, at: nearest(view, at, lambda one: number_of(one.envelope.sid)),
    "chain": chained,
    "signers": of_signers,
    "name shown": of_name,
}


def learned(view: View, truth: Sequence[int]) -> Guess:
    """The way that was right most often on the first half, whose truth the adversary has been told."""
    half = len(view) // 2
    return max(GUESSES.values(), key=lambda guess: sum(truth[guess(view, at)] == truth[at] for at in range(1, half)))


def hits(view: View, truth: Sequence[int], guess: Guess, start: int = 1) -> int:
    right = 0
    for at in range(start, len(view)):
        named = guess(view, at)
        assert 0 <= named < at
        right += truth[named] == truth[at]
    return right


def bound(number: int, ways: int, odds: float = 1 / DEVICES, level: float = 0.001) -> int:
    """The least count that somebody who only guesses reaches with less than `level`, over all ways together."""
    tail, count = 0.0, number + 1
    while count > 0:
        more = comb(number, count - 1) * odds ** (count - 1) * (1 - odds) ** (number - count + 1)
        if tail + more >= level / ways:
            break
        tail, count = tail + more, count - 1
    return count


def test_the_bound_is_that_of_the_binomial_distribution() -> None:
    assert bound(3, 1, 0.5, 0.2) == 3  # three heads of three: 1/8; two or more: 1/2
    assert bound(3, 1, 0.5, 0.1) == 4
    assert (bound(119, len(GUESSES)), bound(60, len(GUESSES))) == (50, 30)


# ---- the record


def drawn(lots: random.Random, number: int) -> FieldReport:
    """A report that says nothing of who sends it."""
    made = filed.drawn(f"r-{lots.getrandbits(64):x}", "EXERCISE. " + "x" * lots.randrange(20, 400), local=(
        f"2026-0{lots.randrange(1, 6)}-{lots.randrange(1, 28):02d}T{lots.randrange(24):02d}:00"))  # fmt: skip
    return replace(made, where=replace(made.where, toponym=f"Exercise Post {lots.randrange(10**6)} (invented)"))


def played(desk: Desk, seed: str, *, seal: bool) -> tuple[dict[str, int], dict[str, bytes]]:
    """Reports by four devices in random order, entered in batches of random numbers; the device by sid of the entry, and
    the sender's own statement by it."""
    lots, clock = random.Random(seed), filed.Clock()
    truth: dict[str, int] = {}
    pending: dict[str, int] = {}
    with desk.drawing(DemoEntropy(seed)):
        for number in range(REPORTS):
            clock.ms += lots.randrange(60_000, 600_000)
            device, report = lots.randrange(DEVICES), drawn(lots, number)
            if not seal:
                done = filed.file(desk, replace(report, channel="media"), clock(), filed.DEVICES[device])
                assert isinstance(done, Done)
                truth[done.receipt.sid] = device
                continue
            pending[filed.wait(desk, report, clock(), filed.DEVICES[device]).filing] = device
            entered = sealing.enter(desk, clock(), everything=lots.random() < 0.15 or number == REPORTS - 1)
            truth |= {receipt.sid: pending.pop(filing) for filing, receipt in entered.items()}
    own = {}
    if seal:
        found = vault.values(desk.alias, truth, "filing")
        own = {sid: str(value["note"]).encode() for sid, (_, value) in found.items() if isinstance(value, dict)}
    assert len(truth) == REPORTS
    return truth, own


def seen(desk: Desk, truth: dict[str, int]) -> tuple[list[Seen], list[int]]:
    """All that a mirror and a liaison officer's pages give, and the truth beside it."""
    door = kept.door(desk, "liaison", "party-1")
    views = {view.sid: view for view in door.reports()}
    assert set(views) == set(truth)  # every report may be read; which entries are covers is known to the adversary
    rows: list[Seen] = []
    for entry in desk.ledger.entries():
        if entry.sid in views:
            view = views[entry.sid]
            rows.append(Seen(len(rows), entry.index, entry.envelope, entry.signers, len(entry.note), view.at_ms,
                             view.report.account, view.by))  # fmt: skip
    return rows, [truth[desk.ledger.entry(row.index).sid] for row in rows]


Played = tuple[list[Seen], list[int], dict[str, bytes]]


def _record(folder: Path, blocker: object, seal: bool) -> Played:
    with blocker.unblock(), filed.laid(folder) as desk:  # type: ignore[attr-defined]
        truth, own = played(desk, "linking", seal=seal)
        return (*seen(desk, truth), own)


@pytest.fixture(scope="module")
def sealed(django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory) -> Played:
    return _record(tmp_path_factory.mktemp("sealed") / "press", django_db_blocker, True)


@pytest.fixture(scope="module")
def plain(django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory) -> Played:
    return _record(tmp_path_factory.mktemp("plain") / "press", django_db_blocker, False)


@pytest.mark.parametrize("name", sorted(GUESSES))
def test_an_adversary_with_the_whole_mirror_and_a_liaisons_pages_only_guesses(sealed: Played, name: str) -> None:
    view, truth, _ = sealed
    assert (len(view), set(truth)) == (REPORTS, set(range(DEVICES)))
    assert hits(view, truth, GUESSES[name]) < bound(REPORTS - 1, len(GUESSES))


def test_an_adversary_who_is_told_half_of_it_only_guesses_the_rest(sealed: Played) -> None:
    view, truth, _ = sealed
    half = REPORTS // 2
    assert hits(view, truth, learned(view, truth), half) < bound(REPORTS - half, 1)


def test_the_same_adversary_links_reports_that_are_not_sealed(plain: Played) -> None:
    """So that the tests above can fail."""
    view, truth, _ = plain
    assert hits(view, truth, GUESSES["signers"]) >= REPORTS - DEVICES
    assert hits(view, truth, GUESSES["name shown"]) >= REPORTS - DEVICES
    assert hits(view, truth, learned(view, truth), REPORTS // 2) == REPORTS // 2
    assert hits(view, truth, GUESSES["the one before"]) < bound(REPORTS - 1, len(GUESSES))


def test_the_same_adversary_links_them_by_the_chain_if_it_could_see_inside(sealed: Played) -> None:
    view, truth, own = sealed
    open_ = []
    for row in view:
        note = own[row.envelope.sid]
        names = tuple(line.name for line in taken_apart(note)[1])
        open_.append(replace(row, envelope=parse(text_of(note)), signers=names))
    assert hits(open_, truth, GUESSES["chain"]) >= bound(REPORTS - 1, len(GUESSES))
    assert hits(open_, truth, GUESSES["signers"]) >= REPORTS - DEVICES


# ---- planted values, salts, and bare hashes of files


WORDS = {
    "account": "planted-account-amber", "reporter": "planted-reporter-coral", "reply": "planted-reply-pearl",
    "file": "planted-file-ivory", "note": "planted-note-ebony", "place": "planted-place-lapis",
}  # fmt: skip


def spelled(data: bytes) -> set[bytes]:
    """How bytes may stand in others: bare, hex, base64 of both alphabets, and each of these once more within base64."""
    plain = {data, data.hex().encode(), data.hex().upper().encode()}
    plain |= {code(data).rstrip(b"=") for code in (base64.b64encode, base64.urlsafe_b64encode)}
    return {form for one in plain for form in (one, *_coded(one))}


def _coded(data: bytes) -> Iterator[bytes]:
    """Base64 of bytes that stand within others, at each of its three places, without what depends on the others."""
    for lead in range(3):
        for code in (base64.b64encode, base64.urlsafe_b64encode):
            text = code(bytes(lead) + data).rstrip(b"=")
            yield text[-(-lead * 8 // 6) : -1 if (lead + len(data)) % 3 else None]


def test_every_spelling_is_looked_for() -> None:
    for lead in range(7):
        text = b"\xfe" * lead + b"planted-\xff\xfe!"
        for coded in (text, text.hex().encode(), base64.b64encode(text), base64.urlsafe_b64encode(text)):
            assert any(one in coded for one in spelled(b"planted-\xff\xfe!")), (lead, coded)


@pytest.fixture
def planted(
    django_db_setup: None, django_db_blocker: object, tmp_path: Path
) -> Iterator[tuple[Desk, dict[str, bytes]]]:
    """An exercise in which each word stands in a confidential value, and a file has been deposited."""
    with django_db_blocker.unblock(), filed.opened(tmp_path / "exercise", "exercise") as desk:  # type: ignore[attr-defined]
        filed.lay(desk, "exercise")
        stage = exercise.Stage(desk, DemoEntropy("planted"))
        case = exercise.complain(stage, exercise.Plot(
            "liaison/1", "party-1", "party-2", "P-01", "H1", "2026-01-04T10:00", "UTC", WORDS["place"],
            exercise.Point(0, 0), f"EXERCISE. {WORDS['account']}."))  # fmt: skip
        for number, release in enumerate(("R1", "R2", "R3", "R4", "R5")):
            made = filed.drawn(
                f"p{number}", f"EXERCISE. {WORDS['account']}.", release=release, reporter=WORDS["reporter"]
            )
            filed.file(desk, replace(made, where=replace(made.where, toponym=WORDS["place"])), desk.now(kept.LATER))
        exercise.reply(stage, case, "liaison/2", WORDS["reply"])
        item = evidence_item("note.txt", WORDS["file"].encode(), WORDS["note"])
        by, now = filed.actor(desk, "monitor/1"), desk.now(kept.LATER)
        desk.deposit(
            (f"case:{case}",), item.data, lambda s: depositing.deposit(s, case, item, by, now, stage.salts()), by
        )
        while desk.ledger.size() < 300:  # more than one tile and bundle
            filed.file(desk, filed.drawn(f"q{desk.ledger.size()}", "EXERCISE. Plain."), desk.now(kept.LATER))
        needles = {word: word.encode() for word in WORDS.values()}
        for sid in models.Disclosed.objects.using(desk.alias).values_list("sid", flat=True).distinct():
            for _, _, value in vault.disclosures(desk.alias, sid):
                needles[f"salt of {value.name} {value.digest}"] = value.salt
        needles["file's hash"] = hashlib.sha256(item.data).digest()
        yield desk, needles


def found_in(rows: dict[str, bytes], needles: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(name, what) for what, needle in needles.items() for one in spelled(needle) for name, data in rows.items()
            if one in data]  # fmt: skip


def test_nothing_confidential_stands_in_the_log_or_in_what_is_handed_out_of_it(
    planted: tuple[Desk, dict[str, bytes]], tmp_path: Path
) -> None:
    desk, needles = planted
    assert sum(name.startswith("salt") for name in needles) > 20
    rows = {f"entry {entry.index}": entry.note for entry in desk.ledger.entries()}
    rows |= {f"tile {row.level}/{row.n}": bytes(row.data) for row in models.Tile.objects.using(desk.alias).all()}
    rows |= {f"thread {row.name}": row.name.encode() for row in models.Thread.objects.using(desk.alias).all()}
    rows["head"] = desk.ledger.head().checkpoint
    for reader in ("public", "liaison:party-1", "secretariat"):
        pack = couriers.packed(desk, "party-1", 0, reader)
        rows |= {f"courier for {reader}: {name}": data for name, data in {"whole": pack, **unpack(pack)}.items()}
        folder = tmp_path / "export" / reader.replace(":", "-")
        role, _, component = reader.partition(":")
        assert exporting._export(kept.door(desk, role, component), Folder(folder), "en") == 0
        rows |= {f"export for {reader}: {name}": data for name, data in filed.raw(folder).items()}
    assert len(rows) > 330
    assert found_in(rows, needles) == []


def test_nothing_confidential_stands_on_a_public_page(
    planted: tuple[Desk, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, needles = planted
    monkeypatch.setattr(opening, "desk", lambda name: desk)
    client, pages = Client(), {}
    head = desk.ledger.size()
    paths = ["", "incidents/", "map/", "reports/", "cases/", "record/", "record/checkpoint", "record/keys/",
             "record/witnesses/", "sitrep/", "agreement/", "tlog/checkpoint", "tlog/tile/0/000",
             "tlog/tile/entries-redacted/000", f"tlog/tile/entries-redacted/001.p/{head - 256}", "record/circulating/",
             "record/pouches/", *(f"record/{index}/" for index in range(0, head, 7))]  # fmt: skip
    sids = [row.sid for row in kept.reports(desk)] + [row.sid for row in models.CaseRow.objects.using(desk.alias).all()]
    paths += [f"{kind}/{sid}/" for kind in ("reports", "cases", "incidents", "record/filings") for sid in sids[:40]]
    for path in paths:
        answer = client.get(f"/{desk.alias}/{path}")
        pages[path] = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code in (200, 302, 403, 404), (path, answer.status_code)
    assert sum(len(page) > 0 for page in pages.values()) > 60
    assert b"tiga.example/exercise" in pages["record/checkpoint"]
    assert found_in(pages, needles) == []


def test_the_needles_are_found_where_they_may_be(planted: tuple[Desk, dict[str, bytes]]) -> None:
    """The secretariat's own view holds them: so the search can find something."""
    desk, needles = planted
    values = b"".join(
        value.encoded.encode() + b"\n" + json.dumps(value.value, ensure_ascii=False).encode()
        for sid in models.Disclosed.objects.using(desk.alias).values_list("sid", flat=True).distinct()
        for _, _, value in vault.disclosures(desk.alias, sid)
    )
    found = {what for _, what in found_in({"vault": values}, needles)}
    assert set(needles) - found == {WORDS["file"]}  # the file itself is a blob, not a value
