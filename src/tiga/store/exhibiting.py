"""Exhibits as the registrar enters them: examined when they come in, derived when something is to be handed out, handed.

Rules
1. A file is examined after its deposit is durable, in a child process; whatever becomes of the child, the deposit stands.
   What could not be examined is taken up by the next run (`catch_up`). At most CHILDREN_MAX children run at a time.
2. Earlier fingerprints come from the projection: what was deposited no later than this file.
3. A derivative is made in the child from the file's own bytes, under the present release; its bytes and its entry become
   durable together. If the release changed meanwhile, it is refused and made again.
4. Bytes are read first and leave only after the line of the log is durable: no line without bytes, no bytes without one.
5. Whose signatures count lies beside the record: `trust/credentials`, `trust/timestamps` and `trust/chains`, PEM files each.

Trust: as `examining`. Whoever can write into `trust/` decides whose signatures count.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from tiga.drafts import Fault
from tiga.drafts.examinations import Box, ClaimOfFile, Trust
from tiga.mechanism import exhibits
from tiga.mechanism.acts import Actor, Outcome, Refusal
from tiga.mechanism.release import Reader
from tiga.mechanism.standing import Standing
from tiga.record.book import Stale
from tiga.store import examining, queries, vault
from tiga.store.desk import ClockBack, Desk, Done, ToSign, Waits
from tiga.values.moments import Instant

REGISTRAR = Actor("", "registrar")
TRIES = 4
RUN_LIMIT = 50
"""Files that one run takes up; the next takes the rest."""
CHILDREN_MAX = 2
"""Children of one process that read files at a time: each may take 2 GiB."""
TURN_S = 60
"""How long a file waits for its turn before it is left to the next run."""
TRUST_FILES_LIMIT = 100
TRUST_BYTES_LIMIT = 1 << 20
"""Bytes of one list of certificates."""
_ENDINGS = {"image/jpeg": ".jpg", "image/webp": ".webp", "video/mp4": ".mp4", "video/quicktime": ".mov"}
"""How the names of derivatives end that stay of their kind; all others are PNG."""
Entered = Done | Refusal
_turns = threading.BoundedSemaphore(CHILDREN_MAX)


def threads(case: str, file: str) -> tuple[str, ...]:
    """The threads from which it follows who may have a file."""
    return (f"case:{case}", f"{exhibits.NAME}:{file}")


def examine(
    desk: Desk,
    case: str,
    file: str,
    wall: Instant,
    claim: ClaimOfFile | None = None,
    *,
    wall_s: float = examining.WALL_S,
) -> Entered:
    """Examine a deposited file and enter what it says about itself; never raises for what the file does to the child."""
    index = desk.ledger.index_of(file)
    blob = queries.blobs(desk, [file]).get(file)
    held = exhibits.deposit_of(desk.standing(threads(case, file)), file)
    if index is None or blob is None or held is None:
        return Refusal("exhibit_unknown")
    data, levels = vault.blob(desk.alias, str(blob["sha256"])), blob["levels"]
    earlier = queries.fingerprints(desk, held[1].at, file)
    with _turn() as mine:
        if not mine:
            return Refusal("busy")
        found = examining.examine(data, str(blob["name"]), claim, earlier, trust(desk.alias), wall_s=wall_s)
    owner = desk.standing()._author(desk.ledger.entry(index))
    draws = _draws(desk)
    return _enter(
        desk,
        wall,
        threads(case, file),
        lambda s, now: exhibits.examine(s, case, file, owner, found, levels, now, draws),
    )


def derive(desk: Desk, case: str, file: str, wall: Instant) -> Entered:
    """Make the derivative that follows the present release and enter it, or enter why there is none."""
    row = exhibits.state(desk.standing(threads(case, file))).exhibits.get(file)
    blob = queries.blobs(desk, [file]).get(file)
    if row is None or blob is None:
        return Refusal("exhibit_unknown")
    if row.current is not None:
        return Refusal("exhibit_derived")
    policy = row.policy
    kind, name = _media_type(desk, row.entry), str(blob["name"])
    boxes = [Box(*(int(side) for side in line.split())) for line in policy[2]]
    data = vault.blob(desk.alias, str(blob["sha256"]))
    with _turn() as mine:
        if not mine:
            return Refusal("busy")
        made = examining.derivative(data, kind, frozenset(policy[1]), boxes, name)
    draws = _draws(desk)
    told = made if isinstance(made, Fault) else _told(made, kind, name, blob)

    def decide(standing: Standing, now: Instant) -> Outcome:
        present = exhibits.state(standing).exhibits.get(file)
        if present is None or present.policy != policy:
            return Refusal("exhibit_derived")
        return exhibits.derive(standing, file, told, blob["levels"], now, draws)

    return _enter(desk, wall, threads(case, file), decide, b"" if isinstance(made, Fault) else made)


def _told(made: bytes, kind: str, name: str, blob: dict[str, Any]) -> exhibits.Copy:
    """What the entry of a derivative discloses of it and of the file it was made of."""
    ending = _ENDINGS.get(kind, ".png")
    own = {"sha256": vault.sha256(made), "len": len(made), "mt": kind if kind in _ENDINGS else "image/png",
           "name": f"{name.rpartition('.')[0] or name}{ending}"}  # fmt: skip
    return exhibits.Copy(own, {"sha256": blob["sha256"], "len": blob["len"]})


def _media_type(desk: Desk, entry: str) -> str:
    """The kind of an examined file by its content, as its examination says."""
    value: Any = vault.values(desk.alias, [entry], "examination").get(entry, ((), {}))[1]
    return str(value.get("media_type", ""))


def hand(
    desk: Desk, case: str, file: str, reader: Reader, key: str, through: str, wall: Instant
) -> tuple[str, dict[str, Any], bytes] | Refusal:
    """(form, what is said of the file, its bytes) for a reader, after the line of the log is durable; or the refusal.

    Where nothing was made yet, it is made now.
    """
    blob = queries.blobs(desk, [file]).get(file)
    if blob is None:
        return Refusal("exhibit_unknown")
    levels, form = blob["levels"], ""
    for attempt in (1, 2):
        standing = desk.standing(threads(case, file))
        form = exhibits.may_have(standing, reader, key, file, levels)
        if form or attempt == 2 or not exhibits.may_wait(standing, reader, file, levels):
            break
        ready(desk, case, file, wall)
    made = _made(standing, file) if form == "derivative" else ""
    found = queries.blobs(desk, [made]).get(made) if made else blob
    if not form or found is None:
        return Refusal("exhibit_denied")
    data = vault.blob(desk.alias, str(found["sha256"]))

    def decide(present: Standing, now: Instant) -> Outcome:
        if made and _made(present, file) != made:  # released anew meanwhile: these are not the bytes that are due
            return Refusal("exhibit_denied")
        return exhibits.hand(present, file, reader, key, levels, form, through, now)

    line = _enter(desk, wall, threads(case, file), decide)
    return line if isinstance(line, Refusal) else (form, found, data)


def _made(standing: Standing, file: str) -> str:
    """The sid of what was made of a file under its present release; empty where nothing was."""
    row = exhibits.state(standing).exhibits.get(file)
    return row.current.sid if row is not None and row.current is not None else ""


def ready(desk: Desk, case: str, file: str, wall: Instant, claim: ClaimOfFile | None = None) -> None:
    """Examine and derive a file as far as that was not done; what fails is left to the next run."""
    row = exhibits.state(desk.standing(threads(case, file))).exhibits.get(file)
    if row is None:
        examine(desk, case, file, wall, claim)
    if row is None or row.current is None:
        derive(desk, case, file, wall)


def catch_up(desk: Desk, wall: Instant) -> int:
    """Take up files that were not examined, or for which nothing was made; returns how many were looked at."""
    rows = [*queries.unexamined(desk, RUN_LIMIT), *queries.underived(desk, RUN_LIMIT)]
    done = 0
    for case, file in rows[:RUN_LIMIT]:
        try:
            ready(desk, case, file, wall)
        except (LookupError, vault.Unreadable):  # erased, or not what was kept: `tiga doctor` tells it
            continue
        done += 1
    return done


def blobs(desk: Desk, sids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What deposits and derivatives disclose of their files, by sid; whether it may be read is the caller's to ask."""
    return queries.blobs(desk, sids)


def exhibited(desk: Desk, sids: Iterable[str]) -> dict[str, str]:
    """The case of each of these deposits that was examined."""
    return queries.exhibited(desk, sids)


def trust(alias: str) -> Trust:
    """Whose signatures count on a record: the certificates in its folder."""
    folder = settings.RECORDS[alias]["folder"]
    if not folder:
        return Trust()
    return Trust(*(_certificates(Path(folder) / "trust" / name) for name in ("credentials", "timestamps", "chains")))


def _certificates(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    files = sorted(folder.glob("*.pem"))[:TRUST_FILES_LIMIT]
    return tuple(path.read_text("ascii", "replace") for path in files if path.stat().st_size <= TRUST_BYTES_LIMIT)


@contextmanager
def _turn() -> Iterator[bool]:
    """Whether it is this file's turn to be read, after at most TURN_S of waiting."""
    mine = _turns.acquire(timeout=TURN_S)
    try:
        yield mine
    finally:
        if mine:
            _turns.release()


def _draws(desk: Desk) -> tuple[bytes, ...]:
    return tuple(desk.entropy(16) for _ in range(6))


def _enter(
    desk: Desk, wall: Instant, names: tuple[str, ...], decide: Callable[[Standing, Instant], Outcome], data: bytes = b""
) -> Entered:
    """Enter what the registrar decides, at the record's time; where somebody else was faster, at its new time."""
    for _ in range(TRIES):
        now = desk.now(wall)
        verb = lambda s, at=now: decide(s, at)  # noqa: E731
        try:
            done = desk.deposit(names, data, verb, REGISTRAR) if data else desk.act(names, verb, REGISTRAR)
        except (Stale, ClockBack):
            continue
        assert not isinstance(done, (ToSign, Waits))  # the registrar's key is here, and nothing of this is a filing
        return done
    return Refusal("busy")
