"""Any two reports weighed against each other: why together, or why not.

Rules
1. Whoever may read both may compare them. Reports that only some may read are in nobody's grouping, and never compared.
2. A report is named by the id that stands on its page, or picked from the list; what is asked is part of the address, so that
   the table can be sent to a colleague.
3. The weights are those of the groupings (`store.fusing`): no second way of weighing.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tiga.record.refusals import Refused
from tiga.web import filling, readers
from tiga.web.access import Absent, Door
from tiga.web.sights import Happening, Pair, Word

CHOICES_LIMIT = 500
"""Reports that the list offers, the newest first; any other is named by its id."""


@dataclass(frozen=True, slots=True)
class PairView:
    """A compared pair with the reports' own names beside it; `other` leads to the happening on the far side."""

    pair: Pair
    left: str
    right: str
    word: Word | None
    other: str
    open: bool = False

    @property
    def report(self) -> str:
        """The report on the far side, by sid; empty for a pair inside a happening."""
        return self.other.partition("~")[0]


def word_on(words: list[Word], pair: Pair) -> Word | None:
    """The person's word on a pair that counts."""
    both = (pair.match.left, pair.match.right)
    return next((word for word in words if (word.left, word.right) == both and not word.withdrawn), None)


def strongest(pairs: list[PairView]) -> dict[str, list[PairView]]:
    """Of all comparisons inside a happening, for each report the one that holds it strongest, and the others apart.

    Decided pairs come first: a person's word must be in sight.
    """
    held: set[str] = set()
    inside, others = [], []
    for row in sorted(pairs, key=lambda row: (row.word is None, -row.pair.match.millibits)):
        fresh = {row.pair.match.left, row.pair.match.right} - held
        (inside if row.word is not None or fresh else others).append(row)
        held |= fresh
    return {"inside": inside, "others": others}


def _choices(happenings: list[Happening]) -> list[tuple[str, str]]:
    """(claim id, what a person knows it by) of reports that can be compared, newest first."""
    rows = []
    for happening in reversed(happenings):
        for name, view in happening.by_claim.items():
            place = view.report.where.toponym
            rows.append((name, f"{view.report.when.local} · {view.speaker} · {place} · {happening.number}"))
    return rows[:CHOICES_LIMIT]


@require_safe
def groupings(request: HttpRequest, record: str) -> HttpResponse:
    """What the reader's groupings are made from: one file that verifies offline, for `tiga fusion recompute`."""
    door = readers.door(request, record)
    name = filling.file_name(door, f"{door.desk.origin.partition('/')[0]}-groupings.zip")
    try:
        data = filling.groupings(door)
    except Refused as refusal:
        text = refusal.text(readers.language(request))
        return HttpResponse(text, status=413, content_type="text/plain; charset=utf-8")
    return HttpResponse(data, content_type="application/zip", headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store",
    })  # fmt: skip


@require_safe
def compare(request: HttpRequest, record: str) -> HttpResponse:
    """Two reports side by side, their reasons, and a person's word on them; what the reader may not see is not there."""
    door = readers.door(request, record)
    left, right = (request.GET.get(name, "").strip().replace("~", "#")[:60] for name in ("left", "right"))
    context: dict[str, object] = {"left": left, "right": right}
    try:
        if left:
            door.happening(left)
        if left and right and left != right:
            context |= _side_by_side(door, left, right)
        elif left and right:
            context["fault"] = "compare.same"
    except Absent:
        context["fault"] = "compare.absent"
    context |= {"choices": _choices(door.happenings()), "can_decide": door.may_decide}
    absent = 422 if left and right else 404  # what a person typed, or an address from somebody else's page
    return render(request, "compare.html", context, status=absent if context.get("fault") == "compare.absent" else 200)


def _side_by_side(door: Door, left: str, right: str) -> dict[str, object]:
    """The pair and its two reports; raises Absent where one is not there for the reader, or is never compared."""
    found = door.compared(left, right)
    if found is None:
        raise Absent(right)
    pair, homes = found
    views = {name: home.by_claim[name] for name, home in zip((left, right), homes, strict=True)}
    labels = {name: f"{number}. {view.speaker}" for number, (name, view) in enumerate(views.items(), 1)}
    word = word_on(door.words(), pair)
    row = PairView(pair, labels[pair.match.left], labels[pair.match.right], word, "", open=True)
    return {"row": row, "sides": list(zip(homes, views.values(), strict=True))}
