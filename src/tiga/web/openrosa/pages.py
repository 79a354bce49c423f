"""Pages about phones: who may send (`phones`), and what came in (`submissions`). Who sees what is `web.inbox`'s to say.

Rules
1. A token is shown in the answer to its enrolment and never again; that answer is not stored by browsers.
2. What came is shown as it came: versions side by side, files with all their versions, conflicts with what they clash with.
3. Files are handed out as downloads alone, under a type that no browser runs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tiga.intake import odk
from tiga.intake.odk.questions import BY_NAME
from tiga.mechanism.acts import Refusal
from tiga.store import uptake
from tiga.store.devices import LABEL_LIMIT
from tiga.store.submissions import CONFLICT, KEPT, ORPHAN, View
from tiga.values.moments import Instant
from tiga.values.words import LANGUAGES, knows, say
from tiga.web import filling, forms, readers
from tiga.web.access import Absent, Door
from tiga.web.desks import acting
from tiga.web.inbox import Chain

ANSWER_LIMIT = 600
"""Characters of one answer in the table of versions; the whole text is in the download."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One version on the page."""

    view: View
    called: str
    faults: tuple[tuple[str, str, str], ...]
    report: str
    settled: Instant | None
    number: int

    @property
    def open(self) -> bool:
        """Whether a person's word is asked for."""
        return self.view.state in (CONFLICT, ORPHAN)


@dataclass(frozen=True, slots=True)
class Beside:
    """A question with its answers, one a version; `differ` where not all are the same."""

    label: str
    answers: tuple[str, ...]

    @property
    def differ(self) -> bool:
        return len(set(self.answers)) > 1


# ---- phones


@require_http_methods(["GET", "POST"])
def phones(request: HttpRequest, record: str) -> HttpResponse:
    """Who may send; the secretariat enrols and revokes, a monitor ends the own phones."""
    door = readers.door(request, record)
    fault, token, refusal = "", "", None
    try:
        if request.method == "POST" and request.POST.get("do") == "revoke":
            door.inbox.revoke(request.POST.get("phone", ""), readers.wall())
            return redirect("phones", record=record)
        if request.method == "POST":
            label = forms.line(request.POST.get("label", ""))[:LABEL_LIMIT]
            fault = "" if label else "form.required"
            made = (
                door.inbox.enrol(request.POST.get("key", ""), label, readers.wall(), readers.entropy) if label else None
            )
            if isinstance(made, Refusal):
                refusal = acting.shown(made, readers.language(request))
            elif made is not None:
                token = made[0]
        rows, keys = door.inbox.phones(), door.inbox.keys()
    except Absent:
        raise Http404 from None
    answer = render(request, "phones.html", {
        "rows": rows, "keys": keys, "fault": fault, "refusal": refusal, "token": token,
        "server": request.build_absolute_uri(f"/{record}/openrosa"), "settings": _settings(request, record, token),
    }, status=409 if refusal else 422 if fault else 200)  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


def _settings(request: HttpRequest, record: str, token: str) -> str:
    """What ODK Collect reads from a settings code: server, and nothing that the phone would keep of a person."""
    if not token:
        return ""
    list_path = reverse("openrosa-list-d", kwargs={"record": record, "token": token})
    server = request.build_absolute_uri(list_path.removesuffix("/formList"))
    return json.dumps({
        "general": {"protocol": "odk_default", "server_url": server, "form_update_mode": "match_exactly",
                    "autosend": "wifi_and_cellular", "image_size": "original_image_size", "analytics": False},
        "admin": {}, "project": {"name": record},
    }, ensure_ascii=True, indent=1)  # fmt: skip


# ---- submissions


@require_http_methods(["GET", "POST"])
def submissions(request: HttpRequest, record: str) -> HttpResponse:
    """What phones sent; a POST makes reports of it now."""
    door = readers.door(request, record)
    language, done, refusal = readers.language(request), None, None
    try:
        if request.method == "POST":
            result = door.inbox.take_up(readers.wall())
            done = None if isinstance(result, Refusal) else result
            refusal = acting.shown(result, language) if isinstance(result, Refusal) else None
        chains = door.inbox.chains()
        labels = door.inbox.labels()
    except Absent:
        raise Http404 from None
    reports = {view.sid for view in door.reports()}
    rows = [_chain(chain, labels, reports, language) for chain in chains]
    return render(request, "submissions.html", {
        "rows": rows, "done": done, "refusal": refusal, "may_take": door.reader.role == "secretariat",
        "waiting": sum(view.state == KEPT for chain in chains for view in chain.views),
    }, status=409 if refusal else 200)  # fmt: skip


def _chain(chain: Chain, labels: Any, reports: set[str], language: str) -> dict[str, Any]:
    shown = [
        Shown(
            view, labels.get(view.device, ""), tuple(odk.told(fault, language) for fault in uptake.faults(view)),
            view.sid if view.sid in reports else "",
            Instant(view.told["settled_at"]) if "settled_at" in view.told else None, number,
        )
        for number, view in enumerate(chain.views, 1)
    ]  # fmt: skip
    files = {file.number: (number, view, file) for number, view in enumerate(chain.views, 1) for file in view.files}
    lacking = sorted({name for view in chain.views for name in view.lacking})
    return {
        "root": chain.root, "versions": shown, "beside": _beside(chain.views, language), "lacking": lacking,
        "files": [{"in": number, "of": view.number, "file": file} for number, view, file in files.values()],
        "clash": any(one.open for one in shown),
    }  # fmt: skip


def _beside(views: tuple[View, ...], language: str) -> list[Beside]:
    """Every question that was answered in any version, with the answers side by side."""
    rows = [
        Beside(
            say(f"odk.{question.word}", language),
            tuple(_answer(name, view.envelope.answers.get(name, ""), language) for view in views),
        )
        for name, question in BY_NAME.items() if name not in ("intro", "effect", "status", "low", "high")
    ]  # fmt: skip
    harm = Beside(say("odk.harm", language), tuple(_harm(view, language) for view in views))
    return [row for row in (*rows, harm) if any(row.answers)]


def _answer(name: str, text: str, language: str) -> str:
    """An answer as it came; a choice by its label."""
    kind, _, listed = BY_NAME[name].kind.partition(" ")
    words = text.split() if kind.startswith("select") else [text]
    if listed == "languages" and text in LANGUAGES:
        return LANGUAGES[text].own_name
    codes = [
        f"odk.choice.{listed.removesuffix('s') if listed == 'actors' else listed}.{word}" for word in words if listed
    ]
    if codes and all(knows(code) for code in codes):
        return ", ".join(say(code, language) for code in codes)
    return text if len(text) <= ANSWER_LIMIT else text[:ANSWER_LIMIT] + "…"


def _harm(view: View, language: str) -> str:
    return "; ".join(
        f"{_answer('effect', row.get('effect', ''), language)}, {_answer('status', row.get('status', ''), language)}: "
        f"{row.get('low', '')[:10]}–{row.get('high', '')[:10]}"
        for row in view.envelope.harm[:16]
    )


@require_POST
def settle(request: HttpRequest, record: str, number: str) -> HttpResponse:
    """A person's word on a conflict: it becomes the newest version, or is left."""
    door = readers.door(request, record)
    try:
        door.inbox.settle(number, request.POST.get("as") == "take", readers.wall())
    except Absent:
        raise Http404 from None
    return redirect("submissions", record=record)


@require_safe
def text(request: HttpRequest, record: str, number: str) -> HttpResponse:
    """A submission's own bytes."""
    door = readers.door(request, record)
    try:
        view = door.inbox.view(number)
    except Absent:
        raise Http404 from None
    return _download(door, "submission.xml", view.xml)


@require_safe
def file(request: HttpRequest, record: str, number: str, file: str) -> HttpResponse:
    """A version of a file of a submission."""
    door = readers.door(request, record)
    try:
        found, data = door.inbox.file(number, file)
    except Absent:
        raise Http404 from None
    plain = "".join(letter for letter in found.name if letter.isascii() and (letter.isalnum() or letter in "._-"))
    return _download(door, f"v{found.n}-{plain[-80:] or 'file'}", data)


def _download(door: Door, name: str, data: bytes) -> HttpResponse:
    return HttpResponse(data, content_type="application/octet-stream", headers={
        "Content-Disposition": f'attachment; filename="{filling.file_name(door, name)}"', "Cache-Control": "no-store",
    })  # fmt: skip
