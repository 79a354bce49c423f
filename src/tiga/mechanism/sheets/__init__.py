"""Evidence sheets: what one side or the mediators submit about militant activity on a side's territory, proven by the
mediators, shared with that side, and what that side does about it.

Rules
1. The way: submitted, authenticated, corroborated, verified for sharing (quorum, standard, limits), shared, acknowledged,
   acted on, action verified. Nothing submitted is a finding, and none of this changes anybody's count of violations.
2. What a sheet says is a disclosure: until it is shared for its submitter (R2) and the mediators' side; the version that the
   mediators signed, once shared, for the party it is about (R2). Both parties then see the sheet's steps (R1).
3. A shared place is a district or a settlement. A precise point needs more (`pointing`).
4. Withdrawn and discredited are marks: what was entered stays.

Rooms: `entries` (kinds), `folding` (the object and its fold), `proving`, `sharing`, `pointing` (who may do what),
`fitting` (to whom it is offered), `sight`, `telling` (what it says).

Not done here: opening a case on a strike (`cases`), findings on shared evidence, duties started by anything else.
"""

from __future__ import annotations

from tiga.mechanism import guards
from tiga.mechanism.asks import Ask, Deed
from tiga.mechanism.sheets import fitting
from tiga.mechanism.sheets.entries import KINDS as KINDS
from tiga.mechanism.sheets.fitting import LISTS as LISTS
from tiga.mechanism.sheets.folding import FOLDS as FOLDS
from tiga.mechanism.sheets.folding import State as State
from tiga.mechanism.sheets.folding import state as state
from tiga.mechanism.sheets.pointing import flag, give, pinpoint, undertake
from tiga.mechanism.sheets.proving import (
    GROUNDS,
    PLACES,
    RESULTS,
    authenticate,
    corroborate,
    discredit,
    sign,
    submit,
    verify,
    withdraw,
)
from tiga.mechanism.sheets.sharing import BASES, OUTCOMES, acknowledge, act, confirm, plan, share
from tiga.mechanism.sheets.sight import objects as objects
from tiga.mechanism.sheets.sight import sight as sight
from tiga.mechanism.sheets.telling import Told as Told
from tiga.mechanism.sheets.telling import starts as starts
from tiga.mechanism.sheets.telling import told as told

NAME, PREFIX = "sheet", "E"

SUBMITTER = ("liaison", *guards.SIDE)
UNPROVEN = (
    "sheet_submitted", "sheet_not_authentic", "sheet_authenticated", "sheet_corroborated", "sheet_signing",
)  # fmt: skip
AWAITED = (
    "sheet_shared", "sheet_acknowledged", "sheet_planned", "sheet_acted", "sheet_partly", "sheet_not_met",
)  # fmt: skip
SHARED = (*AWAITED, "sheet_confirmed")
STANDING = (*UNPROVEN, "sheet_verified", *SHARED)
"""Every state but the two marks."""
SAID = (Ask("sheet_gist", "text"), Ask("place"))
VERSION = (
    *SAID, Ask("sheet_place_kind", "choice", "|".join(PLACES)), Ask("sheet_point", required=False),
    Ask("sheet_radius", "whole", required=False), Ask("limits", required=False),
)  # fmt: skip
"""What is released: asked when it is put before the mediators, and again when it is shared."""
SPOT = (Ask("sheet_point"), Ask("sheet_radius", "whole"))
DEEDS = (
    Deed(
        "sheet.submit", NAME, SUBMITTER, submit, new=True, fits=fitting.submits,
        asks=(Ask("sheet_about", "choice", "parties"), *SAID, Ask("limits", required=False), Ask("sheet_custodial", "yes"),
              Ask("sheet_interested", "yes"), Ask("sheet_first_hand", "yes")),
    ),
    Deed(
        "sheet.authenticate", NAME, guards.SIDE, authenticate, states=UNPROVEN, fits=fitting.others,
        asks=(Ask("sheet_checked"), Ask("method"), Ask("sheet_result", "choice", "|".join(RESULTS))),
    ),
    Deed(
        "sheet.corroborate", NAME, guards.SIDE, corroborate, fits=fitting.others,
        states=("sheet_authenticated", "sheet_corroborated", "sheet_signing"),
        asks=(Ask("sheet_origins", "many", "origins"), Ask("said", "text"), Ask("sheet_alone", "yes")),
    ),
    Deed(
        "sheet.verify", NAME, ("mediator",), verify, states=("sheet_corroborated", "sheet_signing"), fits=fitting.releases,
        asks=(Ask("standard", "choice", "standards"), *VERSION),
    ),
    Deed("sheet.sign", NAME, ("mediator",), sign, states=("sheet_signing", *SHARED), fits=fitting.signs),
    Deed("sheet.share", NAME, guards.SIDE, share, states=("sheet_verified",), asks=VERSION),
    Deed("sheet.acknowledge", NAME, ("liaison",), acknowledge, states=AWAITED, fits=fitting.receives),
    Deed("sheet.plan", NAME, ("liaison",), plan, states=AWAITED, asks=(Ask("sheet_plan", "text"),), fits=fitting.addressed),
    Deed(
        "sheet.act", NAME, ("liaison",), act, states=AWAITED, fits=fitting.addressed,
        asks=(Ask("said", "text"), Ask("sheet_counted", required=False), Ask("sheet_low", "whole", required=False),
              Ask("sheet_high", "whole", required=False), Ask("sheet_source", required=False)),
    ),
    Deed(
        "sheet.confirm", NAME, ("monitor", "mediator"), confirm, states=AWAITED, reads=("access:{sheet_visit}",),
        fits=fitting.confirms,
        asks=(Ask("sheet_outcome", "choice", "|".join(OUTCOMES)), Ask("sheet_basis", "choice", "|".join(BASES)),
              Ask("sheet_visit", "object", "access", required=False), Ask("said", "text")),
    ),
    Deed(
        "sheet.pinpoint", NAME, ("mediator",), pinpoint, states=SHARED, fits=fitting.pinpoints,
        asks=(*SPOT, Ask("sheet_readers", "many", "readers")),
    ),
    Deed(
        "sheet.undertake", NAME, ("liaison",), undertake, states=SHARED, asks=(Ask("sheet_no_target", "yes"),),
        fits=fitting.undertakes,
    ),
    Deed("sheet.point", NAME, ("mediator",), give, states=SHARED, asks=SPOT, fits=fitting.gives),
    Deed(
        "sheet.flag", NAME, ("secretariat", "registrar"), flag, states=SHARED, reads=("report:{report}",),
        fits=fitting.flags,
        asks=(Ask("report", "object", "report"), Ask("when", "moment"), *SPOT, Ask("sheet_strike"),
              Ask("sheet_strike_radius", "whole")),
    ),
    Deed("sheet.withdraw", NAME, SUBMITTER, withdraw, states=STANDING, asks=(Ask("reason"),), fits=fitting.submitted),
    Deed(
        "sheet.discredit", NAME, guards.SIDE, discredit, states=STANDING,
        asks=(Ask("sheet_ground", "choice", "|".join(GROUNDS)), Ask("reason")),
    ),
)  # fmt: skip
