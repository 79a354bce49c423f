"""Datasets: one entry for many rows, no bare hash in it, the same rows once, a later telling in place of an earlier one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import Guard, Told, facts, sight, try_, whole, written
from tests.core.mechanism.desk import Desk, founded
from tests.vectors import make_rows
from tiga.mechanism import affairs, datasets
from tiga.mechanism.acts import Refusal
from tiga.mechanism.datasets import Described
from tiga.record import proofs, rowroots
from tiga.values.moments import Instant

SHA, TABLE, NONE = "aa" * 32, "bb" * 32, "x" * 43
FIRST, LAST = Instant.parse("2026-01-04T04:00:00.000Z"), Instant.parse("2026-01-04T09:00:00.000Z")
ROWS = [one.row() for one in make_rows.detections()]


def described(**more: object) -> Described:
    root, size = datasets.rows_root(ROWS)
    return replace(Described("FIRMS", "hotspots", SHA, 900, TABLE, 700, size, root.hex(), FIRST, LAST), **more)  # type: ignore[arg-type]


def entered(desk: Desk, slug: str = "monitor", /, **more: object) -> str | Refusal:
    values = datasets.given(described(**more)).values
    given: dict[str, Told] = {name: value for name, value in values.items() if value}
    result = try_(desk, slug, "dataset.enter", "", **given)
    return result if isinstance(result, Refusal) else result[0]


def held(desk: Desk, **more: object) -> str:
    sid = entered(desk, **more)
    assert isinstance(sid, str), sid
    return sid


def told(desk: Desk, **more: object) -> str:
    """The refusal's code, or an empty text."""
    result = entered(desk, **more)
    return result.code if isinstance(result, Refusal) else ""


def other(n: int) -> str:
    """Another root."""
    return f"{n:064x}"


def test_a_dataset_stands_as_it_was_entered_and_nothing_is_awaited() -> None:
    desk = founded()
    sid = held(desk)
    seen = sight(desk, "dataset", sid)
    assert (seen.state, seen.open, seen.level, seen.title) == (
        "dataset_stands", False, "R1", "FIRMS · 2026-01-04 – 2026-01-04",
    )  # fmt: skip
    assert facts(desk, "dataset", sid) == [
        ("dataset_source", "FIRMS"), ("dataset_kind", "hotspots"), ("dataset_rows", "7"),
        ("dataset_first", FIRST.text()), ("dataset_last", LAST.text()), ("dataset_root", datasets.rows_root(ROWS)[0].hex()),
    ]  # fmt: skip
    assert affairs.BY_NAME["dataset"].objects(whole(desk)) == (sid,)


def test_no_file_is_named_by_its_bare_hash_and_who_has_the_values_finds_it() -> None:
    desk = founded()
    sid = held(desk, release="R3")
    (entry,) = [row for row in desk.entries() if row.sid == sid]
    text = json.dumps(entry.envelope.text())
    assert (SHA in text, TABLE in text, len(entry.envelope.sd) % 4) == (False, False, 0)
    assert affairs.seen_at(entry.envelope) == ("R3", "")
    draws = desks.founded().salts()
    standing, by, now = desk.standing(), desks.actor("monitor", desk.origin), desk.now()
    again = datasets.enter(standing, "", datasets.given(described(root=other(5))), by, now, draws)
    assert not isinstance(again, Refusal)
    values = {item.disclosure.name: (item.disclosure.value, item.level) for item in again.entries[0].released}
    assert values == {
        "blob": ({"sha256": SHA, "len": 900, "mt": "text/csv"}, "R1"),
        "table": ({"sha256": TABLE, "len": 700, "mt": "application/jsonl"}, "R1"),
    }
    digests = {item.disclosure.digest for item in again.entries[0].released}
    assert digests <= set(again.entries[0].envelope.sd)


def test_a_row_is_proven_by_its_path_and_the_entry_by_its_own_proof() -> None:
    desk = founded()
    sid = held(desk)
    (entry,) = [row for row in desk.entries() if row.sid == sid]
    body = entry.envelope.body
    for index, row in enumerate(ROWS):
        path = datasets.row_proof(ROWS, index)
        assert datasets.check_row(row, index, body["rows"], path, bytes.fromhex(body["root"]))
        assert not datasets.check_row(
            row.replace(b"VIIRS", b"MODIS"), index, body["rows"], path, bytes.fromhex(other(1))
        )
    proof = proofs.parse(desk.book.proof(entry.index))
    assert proof.index == entry.index
    assert rowroots.root(ROWS)[0].hex() == body["root"]


def test_a_later_telling_takes_the_place_of_an_earlier_one_which_stays() -> None:
    desk = founded()
    first = held(desk)
    second = held(desk, root=other(1), rows=9, supersedes=first)
    assert [sight(desk, "dataset", sid).state for sid in (second,)] == ["dataset_stands"]
    seen = affairs.BY_NAME["dataset"].sight(whole(desk), first)
    assert seen is not None and seen.state == "dataset_superseded"
    assert ("dataset_superseded_by", f"dataset:{second}") in [(fact.code, fact.value) for fact in seen.facts]
    assert ("dataset_supersedes", f"dataset:{first}") in facts(desk, "dataset", second)
    assert [row.sid for row in datasets.of_source(whole(desk), "FIRMS")] == [second]
    assert sight(desk, "dataset", first) == seen


def _wrong(**more: object) -> Callable[[Desk], str]:
    return lambda desk: told(desk, **more)


def _twice(root: str = "") -> Callable[[Desk], str]:
    def run(desk: Desk) -> str:
        held(desk)
        return told(desk, **({"root": root} if root else {}))

    return run


def _in_place(twice: bool = False, **more: object) -> Callable[[Desk], str]:
    def run(desk: Desk) -> str:
        first = held(desk)
        if twice:
            held(desk, root=other(1), supersedes=first)
        return told(desk, root=other(2), **{"supersedes": first, **more})

    return run


LATER = {"first": Instant(LAST.ms + 1), "last": Instant(LAST.ms + 2)}
GUARDS = (
    Guard("enter", "dataset_hash", _wrong(sha256="AA" * 32), _wrong()),
    Guard("enter", "dataset_hash", _wrong(table_sha256="bb"), _wrong()),
    Guard("enter", "dataset_hash", _wrong(root="z" * 64), _wrong()),
    Guard("enter", "dataset_backwards", _wrong(first=LAST, last=FIRST), _wrong(first=LAST, last=LAST)),
    Guard("enter", "dataset_empty", _wrong(rows=0), _wrong(rows=1)),
    Guard("enter", "release_unknown", _wrong(release="R5"), _wrong(release="R0")),
    Guard("_known", "dataset_known", _twice(), _twice(other(1))),
    Guard("_follows", "dataset_unknown", _wrong(supersedes=NONE), _in_place()),
    Guard("_follows", "dataset_superseded", _in_place(twice=True), _in_place()),
    Guard("_follows", "dataset_other", _in_place(source="ACLED"), _in_place()),
    Guard("_follows", "dataset_other", _in_place(**LATER), _in_place(last=Instant(LAST.ms + 2))),
    Guard("_follows", "dataset_level", _in_place(release="R0"), _in_place(release="R1")),
)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.place}-{guard.code}")
def test_a_guard_refuses_and_gives_way_to_its_remedy(guard: Guard) -> None:
    assert guard.wrong(founded()) == guard.code
    assert guard.mended(founded()) == ""


def test_every_guard_of_the_module_stands_in_the_table() -> None:
    assert written("datasets") == {(guard.place, guard.code) for guard in GUARDS}


@pytest.mark.parametrize(
    ("slug", "code"),
    [("monitor", ""), ("mediator1", ""), ("secretariat", ""), ("liaison1", "role"), ("analyst", "role")],
)
def test_only_the_mechanisms_own_people_enter_a_dataset(slug: str, code: str) -> None:
    result = entered(founded(), slug)
    assert (result.code if isinstance(result, Refusal) else "") == code


def test_no_row_lies_after_the_record_and_no_page_offers_what_it_has_no_bytes_for() -> None:
    desk = founded()
    assert told(desk, last=Instant(desk.now().ms + 86_400_000)) == "not_yet"
    deed = affairs.DEEDS["dataset.enter"]
    people = [desks.actor(slug, desk.origin) for slug in ("monitor", "mediator1", "secretariat")]
    assert [deed.open_to(desk.standing(), "", by, desk.now()) for by in people] == [False] * 3
    assert told(founded("press")) == "press_record"
