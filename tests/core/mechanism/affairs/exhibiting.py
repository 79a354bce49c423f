"""Exhibits on the desk in memory: a file deposited, examined, derived, released and handed out. Everything is invented."""

from __future__ import annotations

from tests.core.mechanism import desk as desks
from tests.core.mechanism.affairs.deeds import do
from tests.core.mechanism.desk import Desk, actor
from tiga.drafts import Fault, evidence_item
from tiga.drafts.examinations import Examination, Fingerprint, Verdict
from tiga.mechanism import exhibits
from tiga.mechanism.acts import Outcome, Refusal
from tiga.mechanism.deciders import depositing
from tiga.mechanism.release import Reader

LEVELS = (("R1", ""),)
POINT, SERIAL, EARLIER = "34.123456, 71.654321", "SN-EXERCISE-77", "e" * 43
REASON = "EXERCISE. Somebody must look."
FOUND = Examination(
    "post.jpg", "a" * 64, 24, "image/jpeg",
    (
        Verdict("evidence.type_agrees", "supports", {"media_type": "image/jpeg"}),
        Verdict("evidence.place_said", "silent", {"point": POINT, "radius_m": "5"}),
        Verdict("evidence.serial", "silent", {"serial": SERIAL}),
        Verdict("evidence.duplicate", "silent", {"file": EARLIER, "first_seen": "-", "where": "c" * 43}),
    ),
    Fingerprint("a" * 64, "0123456789abcdef", "0123", 8, 8),
)  # fmt: skip


def threads(case: str, file: str) -> tuple[str, ...]:
    return (f"case:{case}", f"exhibit:{file}")


def deposited(desk: Desk, slug: str = "liaison1", case: str = "") -> tuple[str, str]:
    """(case, file): a file deposited by somebody, on a case of its own where none is given."""
    case = case or desks.complain(desk)
    item, salts = evidence_item("post.jpg", b"\xff\xd8\xff EXERCISE. A picture."), desk.salts()
    verb = lambda s, by, now: depositing.deposit(s, case, item, by, now, salts)  # noqa: E731
    return case, desk.do(slug, desk.threads_of(case), verb)


def entered(desk: Desk, case: str, file: str, outcome: object) -> tuple[str, ...] | Refusal:
    """What the registrar enters of a file: `outcome` is called with (standing, now, draws)."""
    draws = desk.salts()

    def verb(s: object, by: object, now: object) -> Outcome:
        return outcome(s, now, draws)  # type: ignore[operator, no-any-return]

    return desk.try_("registrar", threads(case, file), verb)


def examined(desk: Desk, slug: str = "liaison1", found: Examination = FOUND) -> tuple[str, str]:
    """(case, file): deposited by somebody and examined."""
    case, file = deposited(desk, slug)
    owner = actor(slug).key
    assert not isinstance(look(desk, case, file, owner, found), Refusal)
    return case, file


def look(desk: Desk, case: str, file: str, owner: str, found: Examination = FOUND) -> tuple[str, ...] | Refusal:
    return entered(desk, case, file, lambda s, n, d: exhibits.examine(s, case, file, owner, found, LEVELS, n, d))


def derived(desk: Desk, case: str, file: str, fault: str = "") -> tuple[str, ...] | Refusal:
    blob = {"sha256": "d" * 64, "len": 9, "mt": "image/jpeg", "name": "post.jpg"}
    made = Fault("", 0, "", fault, {"media_type": "image/heic"}) if fault else exhibits.Copy(blob, {"sha256": "a" * 64})
    return entered(desk, case, file, lambda s, n, d: exhibits.derive(s, file, made, LEVELS, n, d))


def handed(desk: Desk, case: str, file: str, slug: str, form: str) -> tuple[str, ...] | Refusal:
    by = actor(slug)
    reader = Reader(by.role, by.component)
    verb = lambda s, n, d: exhibits.hand(s, file, reader, by.key, LEVELS, form, "file", n)  # noqa: E731
    return entered(desk, case, file, verb)


def may_have(desk: Desk, case: str, file: str) -> dict[str, str]:
    """In which form each of the desk's people may have a file."""
    standing = desk.standing(*threads(case, file))
    found = {}
    for slug in ("liaison1", "liaison2", "mediator1", "mediator2", "monitor", "secretariat", "analyst"):
        by = actor(slug)
        found[slug] = exhibits.may_have(standing, Reader(by.role, by.component), by.key, file, LEVELS)
    return found


def told() -> Desk:
    """A desk on which every kind of entry of exhibits has been entered."""
    desk = desks.founded()
    case, file = examined(desk)
    derived(desk, case, file)
    do(desk, "mediator1", "exhibit.appoint", file, examiner=actor("monitor").key, reason=REASON)
    do(desk, "mediator1", "exhibit.release", file, keeps=("keep_time",), boxes="0 0 4 4", consent="P-1", reason=REASON)
    derived(desk, case, file, "fault.derivative_unreadable")
    handed(desk, case, file, "monitor", "original")
    return desk
