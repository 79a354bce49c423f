"""Exhibits: deposited files, what they say about themselves, and who may have them in which form.

Rules
1. Entries are in `entries`, the fold and the one decision on who may have what in `folding`, deciders in `deciding`.
2. Nothing here is read by the verifier, and no verdict becomes a finding by standing on the record.
3. The page of an exhibit shows a verdict never without what it does not prove; there is no score.

Not done here: reading files (the evidence room), keeping their bytes (the vault), handing them out (the pages).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiga.mechanism.asks import Ask, Deed, Fact, Sight
from tiga.mechanism.exhibits.deciding import Copy, appoint, candidates, derive, dismiss, examine, hand, parted, release
from tiga.mechanism.exhibits.entries import (
    FORMS,
    KEEPS,
    NAME,
    PREFIX,
    THROUGH,
    ExhibitAppointed,
    ExhibitDerived,
    ExhibitExamined,
    ExhibitHanded,
    ExhibitReleased,
)
from tiga.mechanism.exhibits.folding import (
    FOLDS,
    Exhibit,
    Handed,
    Levels,
    State,
    deposit_of,
    may_have,
    may_know_likeness,
    may_wait,
    state,
)

if TYPE_CHECKING:
    from tiga.mechanism.acts import Actor
    from tiga.mechanism.standing import Standing

__all__ = [
    "DEEDS", "FOLDS", "FORMS", "KEEPS", "KINDS", "NAME", "PREFIX", "THROUGH", "Copy", "Exhibit", "ExhibitAppointed",
    "ExhibitDerived", "ExhibitExamined", "ExhibitHanded", "ExhibitReleased", "Handed", "Levels", "State", "candidates",
    "deposit_of", "derive", "examine", "hand", "may_have", "may_know_likeness", "may_wait", "objects", "parted", "sight", "state",
]  # fmt: skip


def objects(standing: Standing) -> tuple[str, ...]:
    return tuple(state(standing).exhibits)


def sight(standing: Standing, sid: str) -> Sight | None:
    """An exhibit as it stands; its verdicts are disclosed values, which the page adds for whoever may read them."""
    row = state(standing).exhibits.get(sid)
    if row is None:
        return None
    facts = [
        Fact("case", f"case:{row.examined.case}", "object"), Fact("exhibit_by", row.examined.by, "component"),
        Fact("exhibit_deposited", row.examined.deposited.text(), "instant"),
    ]  # fmt: skip
    for _, at, released in row.released:
        facts += [Fact("exhibit_released", at.text(), "instant")]
        facts += [Fact("exhibit_keeps", f"keep_{name}", "code") for name in released.keeps or ("nothing",)]
        facts += [Fact("exhibit_boxes", "\n".join(released.boxes), "list")] if released.boxes else []
    facts += [Fact("exhibit_made", made.at.text(), "instant") for made in row.made if not made.kind.fault]
    facts += [Fact("exhibit_examiner", key, "key", "R3") for key in row.examiners]
    return Sight(
        sid, NAME, row.index, row.at, row.state, "", "R1", tuple(facts), open=row.state == "exhibit_examined"
    )  # fmt: skip


def _named(standing: Standing, sid: str, by: Actor) -> tuple[str, ...]:
    """The examiners of an exhibit."""
    row = state(standing).exhibits.get(sid)
    return row.examiners if row is not None else ()


def _free(standing: Standing, sid: str, by: Actor) -> tuple[str, ...]:
    """Those who could be named and are not."""
    return tuple(key for key in candidates(standing) if key not in _named(standing, sid, by))


def _has_examiners(standing: Standing, sid: str, by: Actor) -> bool:
    return bool(_named(standing, sid, by))


KINDS = (ExhibitExamined, ExhibitDerived, ExhibitAppointed, ExhibitReleased, ExhibitHanded)
REASON = Ask("reason")
DEEDS = (
    Deed(
        ExhibitAppointed.ACT, NAME, ("mediator",), appoint,
        (Ask("examiner", "object", "examiner", among=_free), REASON),
    ),
    Deed(
        ExhibitAppointed.ACT, NAME, ("mediator",), dismiss,
        (Ask("examiner", "object", "examiner", among=_named), REASON), code="exhibit.dismiss", fits=_has_examiners,
    ),
    Deed(
        ExhibitReleased.ACT, NAME, ("mediator",), release,
        (
            Ask("keeps", "many", "|".join(f"keep_{name}" for name in KEEPS), required=False),
            Ask("boxes", "text", required=False), Ask("consent", required=False), REASON,
        ),
    ),
)  # fmt: skip
