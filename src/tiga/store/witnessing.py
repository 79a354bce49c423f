"""Cosignatures: what witnesses have said about this log, and when an act counts.

Rules (record.md section 6)
1. A cosignature is kept only if it holds, is by a witness that the charter names, and is over a head that this log itself
   signs: the checkpoint of that size is made anew from the stored tree and must have the very text that was cosigned.
2. A witness that reports a longer log than ours halts the record (`guard`).
3. An act is covered by every head that is longer than its index. It counts from the instant at which the charter's
   `mutual` policy is met: a witness of every party, and of any mediator. Where a party's witness stays away, it counts when
   a witness of any mediator has covered it and the charter's hours have gone since the act, and the absence is entered.
   Nobody has a veto; who stays away loses only the own assurance.
4. Which components are parties and which mediators the agreement says.

Trust: a witness is trusted not to cosign two histories. Whoever holds its key can; the key's name then stands in the proof.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tiga.mechanism import custody
from tiga.mechanism.acts import Actor, Decision
from tiga.record import cosignatures, courier, policy, tiles
from tiga.record.checkpoints import open_checkpoint, parse
from tiga.record.notes import NoteKey, parse_line, text_of
from tiga.record.refusals import Refused
from tiga.record.witness import request
from tiga.store.guard import Stopped
from tiga.store.keys import CHECK
from tiga.store.models import ActRow, Cosig
from tiga.values.moments import Instant

if TYPE_CHECKING:
    from tiga.store.desk import Desk


RECENT = 2_000
"""Heads back from the present one over which bare signature lines are looked for."""


@dataclass(frozen=True, slots=True)
class Seen:
    """When a component's witness first cosigned a head that covers an entry; None: not yet."""

    component: str
    at: Instant | None
    size: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Whether an act counts: `state` is `mutual`, `absent` (without somebody's witness), `waits` or `unwitnessed`.

    `since` is the instant from which it counts, `due` the one at which it will count at the latest, `lacking` the
    components whose witnesses have not covered it.
    """

    state: str
    since: Instant | None
    due: Instant | None
    lacking: tuple[str, ...]
    seen: tuple[Seen, ...]


def witnesses(desk: Desk) -> dict[str, NoteKey]:
    """The charter's witness keys by component."""
    return dict(desk.ledger.state.witnesses) if desk.ledger.state is not None else {}


def add(desk: Desk, checkpoint: bytes) -> int:
    """Keep the cosignatures on a checkpoint of ours; returns how many are new; raises Refused, Stopped (rule 1)."""
    head = parse(text_of(checkpoint))
    if head.origin != desk.origin or head.size > desk.ledger.size() or head.size < 1:
        raise Stopped("other_head", size=head.size)
    if text_of(desk.ledger.checkpoint_at(head.size)) != text_of(checkpoint):
        raise Stopped("other_head", size=head.size)
    keys = witnesses(desk)
    names = {key.name: component for component, key in keys.items()}
    held = {key.name: key for key in keys.values()}
    new = 0
    for row in cosignatures.cosigned(checkpoint, keys.values(), CHECK()):
        key = held[row.name]
        line = _line_of(checkpoint, key)
        known = Cosig.objects.using(desk.alias).filter(size=head.size, name=row.name, kid=key.key_id.hex())
        if known.exists():
            continue
        Cosig.objects.using(desk.alias).create(
            size=head.size,
            name=row.name,
            kid=key.key_id.hex(),
            component=names[row.name],
            seconds=row.seconds,
            line=line,
        )
        new += 1
    return new


def _line_of(checkpoint: bytes, key: NoteKey) -> str:
    for row in checkpoint.decode("utf-8").split("\n\n", 1)[1].splitlines():
        line = parse_line(row)
        if (line.name, line.key_id) == (key.name, key.key_id):
            return row + "\n"
    raise LookupError(key.name)  # `cosigned` has just found it


def add_lines(desk: Desk, size: int, lines: Iterable[str]) -> int:
    """Keep signature lines that a witness sent back for the head of a size."""
    return add(desk, desk.ledger.checkpoint_at(size) + "".join(lines).encode("utf-8"))


def longer(desk: Desk, witness: str, size: int) -> None:
    """A witness has seen a longer log than ours: halt the record; raises Stopped."""
    if size > desk.ledger.size():
        why = f"the witness {witness} has seen {size} entries, the log holds {desk.ledger.size()}"
        if desk.ledger.guard is not None:
            desk.ledger.guard.halt(why)
        raise Stopped("halted", why=why)


def checkpoint(desk: Desk, size: int | None = None) -> bytes:
    """The head, or the checkpoint of an earlier size, with the cosignatures that we hold for it."""
    bare = desk.ledger.head().checkpoint if size is None else desk.ledger.checkpoint_at(size)
    if not bare:
        return bare
    lines = Cosig.objects.using(desk.alias).filter(size=parse(text_of(bare)).size).values_list("line", flat=True)
    return cosignatures.merged(bare, lines, desk.log_key, witnesses(desk).values(), CHECK())


def best(desk: Desk, above: int) -> bytes:
    """The checkpoint to hand out with entries up to index `above`: the one with most witnesses, the newest among equals."""
    sizes: dict[int, set[str]] = {}
    for size, component in Cosig.objects.using(desk.alias).filter(size__gt=above).values_list("size", "component"):
        sizes.setdefault(size, set()).add(component)
    return checkpoint(desk, max(sizes, key=lambda size: (len(sizes[size]), size)) if sizes else None)


def last_size(desk: Desk, component: str) -> int:
    """The largest size that a component's witness has cosigned; 0 before the first."""
    row = _last(desk, component)
    return row.size if row else 0


def rows(desk: Desk) -> list[tuple[str, str, int, Instant | None]]:
    """(component, vkey, last size cosigned, when) of every witness of the charter."""
    found = []
    for component, key in witnesses(desk).items():
        row = _last(desk, component)
        found.append((component, key.vkey, row.size if row else 0, Instant(row.seconds * 1000) if row else None))
    return found


def _last(desk: Desk, component: str) -> Cosig | None:
    return Cosig.objects.using(desk.alias).filter(component=component).order_by("-size").first()


def brought(desk: Desk, data: bytes) -> int:
    """Keep what came back from a witness: a cosigned checkpoint, or bare lines over the head or an earlier one of ours."""
    if data.startswith(desk.origin.encode("utf-8") + b"\n"):
        head = open_checkpoint(data, desk.log_key, CHECK())
        if head.size > desk.ledger.size():
            longer(
                desk,
                ", ".join(row.name for row in cosignatures.cosigned(data, witnesses(desk).values(), CHECK())),
                head.size,
            )
        return add(desk, data)
    lines = cosignatures.parse_response(data)
    sizes = {desk.ledger.size(), *Cosig.objects.using(desk.alias).values_list("size", flat=True), *asked_sizes(desk)}
    for size in sorted(sizes, reverse=True):
        try:
            return add_lines(desk, size, lines)
        except Refused as refused:
            last = refused
    raise last


def asked_sizes(desk: Desk) -> list[int]:
    """Sizes whose heads were given out lately: an answer comes back without the head that it is over."""
    size = desk.ledger.size()
    return list(range(max(1, size - RECENT), size))


def pack(desk: Desk, component: str) -> bytes:
    """The courier pack for a component's witness: head, hashes since it last cosigned, and the request."""
    size = desk.ledger.size()
    start = min(last_size(desk, component), size)
    names = courier.tile_names(size, start)
    made = {
        name.path: tiles.data(name, size, desk.ledger.tile, lambda low, high: [
            leaf for leaf, _ in desk.ledger.leaves(low, high)
        ]) for name in names
    }  # fmt: skip
    return courier.compose(checkpoint(desk), start, made, {}, {component: asked(desk, component)})


def asked(desk: Desk, component: str, old: int | None = None) -> bytes:
    """The body of the `add-checkpoint` request by which a component's witness is asked to cosign the head."""
    start, size = last_size(desk, component) if old is None else old, desk.ledger.size()
    if not 0 <= start <= size:
        raise Refused("record.refused.index", {"index": start, "size": size})
    path = tuple(desk.ledger.tree().consistency(start, size))
    return request(start, path, desk.ledger.head().checkpoint)


def seen(desk: Desk, index: int) -> tuple[Seen, ...]:
    """Per component of the charter's witnesses, when its witness first covered the entry at an index."""
    first: dict[str, tuple[int, int]] = {}
    rows = Cosig.objects.using(desk.alias).filter(size__gt=index).values_list("component", "seconds", "size")
    for component, seconds, size in rows:
        first[component] = min(first.get(component, (seconds, size)), (seconds, size))
    return tuple(
        Seen(name, Instant(first[name][0] * 1000) if name in first else None, first.get(name, (0, 0))[1])
        for name in witnesses(desk)
    )


def policies(desk: Desk) -> dict[str, bytes]:
    """The two policy files that follow from charter and agreement (C2SP tlog-policy): `witnessed` and `mutual`."""
    keys, parties, mediators = witnesses(desk), *_sides(desk)
    rows = [(name, key) for name, key in keys.items() if name in (*parties, *mediators)]
    if not parties or not mediators:
        return {}
    med, every = " ".join(mediators), " ".join(parties)
    return {
        "witnessed": policy.written(desk.log_key, rows, [f"group any-mediator any {med}"], "any-mediator"),
        "mutual": policy.written(
            desk.log_key, rows,
            [f"group any-mediator any {med}", f"group every-party all {every}", "group mutual all any-mediator every-party"],
            "mutual",
        ),
    }  # fmt: skip


def _sides(desk: Desk) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Components with a witness: the agreement's parties, and its mediators."""
    agreement = desk.standing().agreement
    parties = {party.id for party in agreement.parties} if agreement else set()
    mediators = {row.id for row in agreement.mediators} if agreement else set()
    keys = witnesses(desk)
    return tuple(name for name in keys if name in parties), tuple(name for name in keys if name in mediators)


def effect(desk: Desk, index: int, at: Instant, now: Instant) -> Effect:
    """Whether the act at an index, entered at an instant, counts now (rule 3)."""
    rows = seen(desk, index)
    if not rows:
        return Effect("unwitnessed", at, None, (), ())
    parties, mediators = _sides(desk)
    when = {row.component: row.at for row in rows if row.at is not None}
    lacking = tuple(name for name in parties if name not in when)
    mediated = min((when[name] for name in mediators if name in when), default=None)
    if mediators and mediated is None:
        lacking = (*lacking, *mediators)
    hours = desk.ledger.state.absent_hours if desk.ledger.state is not None else 0
    due = Instant(at.ms + hours * 3_600_000)
    if not lacking:
        times = [when[name] for name in parties] + ([mediated] if mediated is not None else [])
        return Effect("mutual", max(times), None, (), rows)
    if (mediated is not None or not mediators) and hours and now >= due:
        return Effect("absent", max(due, mediated or due), None, lacking, rows)
    return Effect("waits", None, due if hours else None, lacking, rows)


def note_absences(desk: Desk, wall: Instant) -> int:
    """Enter `witness.absent` for each paper in force that counts without somebody's witness; returns how many."""
    entered = 0
    now = desk.now(wall)
    hours = desk.ledger.state.absent_hours if desk.ledger.state is not None else 0
    for paper in _papers(desk):
        found = effect(desk, paper[0], paper[1], now)
        for component in found.lacking if found.state == "absent" else ():
            standing = desk.standing()
            if (component, paper[0]) in standing.absences:
                continue
            outcome = custody.absent(standing, component, paper[0], hours, desk.now(wall))
            if isinstance(outcome, Decision):
                desk.enter(standing, outcome, Actor("", "registrar"))
                entered += 1
    return entered


def _papers(desk: Desk) -> list[tuple[int, Instant]]:
    """(index, instant) of determinations and measures on the record."""
    rows = ActRow.objects.using(desk.alias).filter(act__in=("determination.issue", "measure.impose"))
    return [(row.idx, Instant(row.at_ms)) for row in rows.order_by("idx")]
