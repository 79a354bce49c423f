"""Groupings of a record's reports, kept up with every entry; and the reasons of a pair, made when somebody asks.

Rules
1. Groups follow from the reports that stand, people's decisions, the agreement's annex of weights, the gazetteer and the
   background entered last; with none of that table and gazetteer, from the reports' own background. Kept up or made anew,
   they are the same (`fusion.arriving`).
2. There is a grouping for each audience, made from what it may see and nothing else, its background included: from R0 and R1
   for the parties and the mediators' side, from R0 alone for everybody. Reports above that are never compared.
3. What a process holds is what the tables held when it wrote its last mark. A mark that the projector does not know (taken
   back, or before a rebuild) means that all is made anew.
4. An annex that cannot be used is not used: the table that comes with tiga is. Filing never waits for it.

Only the projector and a taken background come here to write. Not done here: when a background is due (`mechanism`).
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tiga.agreement.clauses import Agreement
from tiga.drafts import Claim, Decision, FieldReport
from tiga.fusion import claims as fusion_claims
from tiga.fusion import clusters, density, policy, reasons
from tiga.fusion.arriving import Arriving
from tiga.fusion.candidates import GAP_MIN
from tiga.fusion.columns import Kinds, kinds_of
from tiga.fusion.density import BadBackground, Snapshot
from tiga.fusion.gazetteer import Gazetteer
from tiga.fusion.policy import Policy
from tiga.fusion.reasons import Reasons
from tiga.mechanism.backgrounds import AUDIENCES
from tiga.mechanism.incidents import report_of
from tiga.store import vault
from tiga.store.models import BackgroundRow, DecisionRow, GroupRow, Projector, ReportRow
from tiga.values.shapes import from_plain

MARKS = 32
"""Marks that the projector keeps: a process that missed more groupings than that makes all anew."""
ANEW = 4
"""Where more than one in so many reports changed, all is made anew: that is quicker."""
_MIN_MS = 60_000


@dataclass(frozen=True, slots=True)
class Basis:
    """What groupings are made with. `background` is the sid of the entry that it came with, empty for the reports' own."""

    tree: Kinds
    table: Policy
    weights: str
    gazetteer: Gazetteer
    background: str
    counts: Snapshot | None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.background, self.weights, ",".join(sorted(self.tree.number))

    def own(self, claims: Sequence[Claim]) -> Snapshot:
        """The background of these claims themselves."""
        return clusters.own_background(claims, self.tree, self.table)


@dataclass(slots=True)
class _Held:
    """What a process holds of one audience's groupings."""

    mark: str
    size: int
    key: tuple[str, str, str]
    here: Arriving
    claims: dict[str, tuple[str, ...]]
    starts: dict[str, int]
    home: dict[str, str]


_held: dict[tuple[str, str], _Held] = {}
_bases: dict[tuple[str, str], tuple[Agreement | None, Gazetteer, str, Basis]] = {}
"""What each audience's groupings were last made with: it is read again when agreement, gazetteer or background is another."""


# ---- what groupings are made with


def basis(alias: str, gazetteer: Gazetteer, agreement: Agreement | None, audience: str) -> Basis:
    """What the groupings of an audience are made with now."""
    row = last(alias)
    sid, kept = row.sid if row is not None else "", _bases.get((alias, audience))
    if kept is None or (kept[0] is not agreement) or (kept[1] is not gazetteer) or kept[2] != sid:
        kept = (agreement, gazetteer, sid, _read(alias, gazetteer, agreement, audience, row))
        _bases[alias, audience] = kept
    return kept[3]


def _read(
    alias: str, gazetteer: Gazetteer, agreement: Agreement | None, audience: str, row: BackgroundRow | None
) -> Basis:
    tree, table = kinds_of(agreement), policy.in_use(agreement)
    weights = table.digest()
    if row is None or (row.weights, row.gazetteer) != (weights, gazetteer.digest()):
        return Basis(tree, table, weights, gazetteer, "", None)
    try:
        counts = density.read(vault.blob(alias, row.parties if audience == "R1" else row.public), tree)
    except (LookupError, BadBackground):  # erased, or of another version
        return Basis(tree, table, weights, gazetteer, "", None)
    return Basis(tree, table, weights, gazetteer, row.sid, counts)


def last(alias: str) -> BackgroundRow | None:
    """The background entered last."""
    return BackgroundRow.objects.using(alias).order_by("-idx").first()


# ---- reports to groups


def fuse(alias: str, gazetteer: Gazetteer, agreement: Agreement | None) -> None:
    """Bring all groupings up to the reports and decisions that are in the tables now."""
    row = Projector.objects.using(alias).get(one=1)
    mark = os.urandom(8).hex()
    for audience in AUDIENCES:
        held = _held.pop((alias, audience), None)
        if shown_to(alias, audience) != audience:
            GroupRow.objects.using(alias).filter(audience=audience).delete()
            continue
        made = basis(alias, gazetteer, agreement, audience)
        if held is None or held.mark not in row.fused or held.key != made.key or not made.background:
            held = _anew(alias, audience, made)
        else:
            held = _kept_up(alias, audience, made, held)
        held.mark, held.size = mark, row.size
        _held[alias, audience] = held
    Projector.objects.using(alias).filter(one=1).update(fused=[*row.fused[1 - MARKS :], mark])


def shown_to(alias: str, audience: str) -> str:
    """Whose groupings an audience is shown: where nothing is kept from the public, now and when the background was counted, those
    of the parties."""
    theirs = set(AUDIENCES["R1"]) - set(AUDIENCES[audience])
    if not theirs:
        return audience
    row = last(alias)
    apart = row is not None and row.parties != row.public
    kept = ReportRow.objects.using(alias).filter(level__in=theirs, revised_by="")
    return audience if apart or kept.exists() else "R1"


def forget(alias: str) -> None:
    """All groupings are made anew next time, by every process."""
    Projector.objects.using(alias).filter(one=1).update(fused=[])


def _rows(alias: str, audience: str) -> QuerySet[ReportRow]:
    """The reports that an audience's groupings are made from."""
    return ReportRow.objects.using(alias).filter(level__in=AUDIENCES[audience], revised_by="").order_by("sid")


def number(alias: str) -> int:
    """How many reports the groupings of the parties are made from."""
    return _rows(alias, "R1").count()


def compared(alias: str, gazetteer: Gazetteer, audience: str) -> dict[str, tuple[Claim, ...]]:
    """The claims that an audience's groupings are made from, by report."""
    return _claims(_rows(alias, audience), gazetteer)


def _claims(rows: Iterable[ReportRow], gazetteer: Gazetteer) -> dict[str, tuple[Claim, ...]]:
    """The claims of each report, by its sid."""
    return {
        row.sid: fusion_claims.claims_of(row.sid, from_plain(FieldReport, row.said), gazetteer)
        for row in rows
        if row.said
    }


def _anew(alias: str, audience: str, made: Basis) -> _Held:
    by_report = _claims(_rows(alias, audience), made.gazetteer)
    claims = [claim for rows in by_report.values() for claim in rows]
    here = Arriving.of(claims, made.tree, made.counts or made.own(claims), made.table)
    held = _Held(
        "", 0, made.key, here, {sid: tuple(claim.claim_id for claim in rows) for sid, rows in by_report.items()},
        {claim.claim_id: claim.start_min for claim in claims}, {},
    )  # fmt: skip
    _decide(alias, audience, held)
    GroupRow.objects.using(alias).filter(audience=audience).delete()
    _write(alias, audience, held, range(len(here.ids)))
    return held


def _kept_up(alias: str, audience: str, made: Basis, held: _Held) -> _Held:
    """Let go what changed, take in what stands of it, and write the groups that this touches."""
    changed = list(ReportRow.objects.using(alias).filter(touched__gte=held.size).values_list("sid", flat=True))
    if len(changed) * ANEW > len(held.claims) + ANEW:
        return _anew(alias, audience, made)
    fresh = _claims(_rows(alias, audience).filter(sid__in=changed), made.gazetteer)
    gone = [claim for sid in changed for claim in held.claims.pop(sid, ())]
    old = {held.home.pop(claim) for claim in gone}
    touched = held.here.remove(gone)
    for claim in gone:
        del held.starts[claim]
    claims = [claim for rows in fresh.values() for claim in rows]
    touched |= held.here.add(claims)
    held.claims |= {sid: tuple(claim.claim_id for claim in rows) for sid, rows in fresh.items()}
    held.starts |= {claim.claim_id: claim.start_min for claim in claims}
    touched |= _decide(alias, audience, held)
    places = {at for at in touched if at in held.here.home}
    old |= {held.home[held.here.ids[at]] for at in places if held.here.ids[at] in held.home}
    GroupRow.objects.using(alias).filter(audience=audience, group_id__in=old).delete()
    _write(alias, audience, held, places)
    return held


def _write(alias: str, audience: str, held: _Held, places: Iterable[int]) -> None:
    """Write the groups of the claims at these places, which are whole groups."""
    groups: dict[int, list[str]] = defaultdict(list)
    for at in places:
        groups[held.here.group[at]].append(held.here.ids[at])
    rows = []
    for members in groups.values():
        start, name = min((held.starts[claim], claim) for claim in members)
        rows.append(GroupRow(audience=audience, group_id=name, start_ms=start * _MIN_MS, claims=sorted(members)))
        held.home |= dict.fromkeys(members, name)
    GroupRow.objects.using(alias).bulk_create(rows, batch_size=2_000)


def _decide(alias: str, audience: str, held: _Held) -> set[int]:
    """Hold to what people decided; say of each decision whether it was refused for a contradiction."""
    rows = DecisionRow.objects.using(alias).filter(withdrawn=False).order_by("idx")
    latest = {(row.left, row.right): row for row in rows}
    words = [Decision(row.left, row.right, row.same) for row in latest.values()]
    heard, _ = clusters.usable(words, held.here.place)
    standing, conflicts = clusters.without_contradictions(heard)
    touched = held.here.decide(standing)
    if audience == "R1":
        DecisionRow.objects.using(alias).filter(refused=True).update(refused=False)
        for conflict in conflicts:
            for word in (conflict.apart, *conflict.chain):
                both = {"left": word.left, "right": word.right, "withdrawn": False}
                DecisionRow.objects.using(alias).filter(**both).update(refused=True)
    return touched


# ---- why


def why(
    alias: str, gazetteer: Gazetteer, agreement: Agreement | None, wanted: Collection[str], audience: str = "R1",
    asked: Collection[tuple[str, str]] = (),
) -> Reasons:  # fmt: skip
    """Why the wanted claims are where they are, as an audience's groupings have it; `asked` pairs are among the matches whatever
    they weigh."""
    audience = shown_to(alias, audience)
    made = basis(alias, gazetteer, agreement, audience)
    rows = _rows(alias, audience)
    if made.counts is not None:
        rows = _near(rows, {*wanted, *(claim for pair in asked for claim in pair)})
    claims = [claim for found in _claims(rows, gazetteer).values() for claim in found]
    if not {claim.claim_id for claim in claims} & set(wanted):
        return Reasons((), None)
    groups = GroupRow.objects.using(alias).filter(audience=audience)
    home = {claim: row.group_id for row in groups for claim in row.claims}
    rows_said = DecisionRow.objects.using(alias).filter(withdrawn=False, refused=False)
    words = [Decision(*row) for row in rows_said.values_list("left", "right", "same")]
    return reasons.around(claims, wanted, home, words, made.tree, made.table, made.counts or made.own(claims), asked)


def _near(rows: QuerySet[ReportRow], wanted: Collection[str]) -> QuerySet[ReportRow]:
    """The reports of wanted claims, those whose time lies near theirs, and copies of their texts."""
    own = list(rows.filter(sid__in={report_of(claim) for claim in wanted}))
    if not own:
        return rows.none()
    slack = (GAP_MIN + 1) * _MIN_MS
    first, end = min(row.start_ms for row in own) - slack, max(row.end_ms for row in own) + slack
    copies = Q(copy__in={row.copy for row in own} - {""})
    decided = DecisionRow.objects.using(rows.db).filter(withdrawn=False)
    spoken = {
        report_of(end)
        for pair in decided.filter(Q(left__in=list(wanted)) | Q(right__in=list(wanted))).values_list("left", "right")
        for end in pair
    }
    return rows.filter(Q(start_ms__lte=end, end_ms__gte=first) | copies | Q(sid__in=spoken))
