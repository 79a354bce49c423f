"""Pages about the record itself: keys, witnesses, texts that circulate, sealed filings, the tools to check it all.

Offering is not deciding: who may sign what, and whether it is enough, `record.charter` and `mechanism` say.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tiga.mechanism import charter, custody, release
from tiga.mechanism.acts import Kind, Refusal
from tiga.record import headcodes, sidwords, witness
from tiga.record.dossier import TOOLS
from tiga.record.notes import text_of
from tiga.record.refusals import Refused
from tiga.store.circulating import Text
from tiga.store.desk import Done
from tiga.store.guard import Stopped
from tiga.values.shapes import BadShape, from_plain
from tiga.values.words import say
from tiga.web import filling, forms, readers
from tiga.web.access import Absent, Door
from tiga.web.desks import acting

FILE_LIMIT = 1_000_000
"""Bytes of an uploaded text, signature or answer."""


def _keyed(request: HttpRequest, record: str) -> Door:
    """The door of somebody who holds a key; raises Http404 for anybody else."""
    door = readers.door(request, record)
    if door.actor is None or not door.actor.key:
        raise Http404
    return door


def _download(door: Door, name: str, data: bytes, kind: str = "application/octet-stream") -> HttpResponse:
    return HttpResponse(data, content_type=kind, headers={
        "Content-Disposition": f'attachment; filename="{filling.file_name(door, name)}"',
    })  # fmt: skip


# ---- keys


@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest, record: str) -> HttpResponse:
    """Who may sign, since when, in whose custody; and the forms by which a change is drawn up."""
    door = readers.door(request, record)
    refusal = None
    if request.method == "POST":
        result = _drawn(door, request)
        if isinstance(result, Text):
            return redirect("circular", record, result.sid)
        refusal = acting.shown(result, readers.language(request))
    state = door.desk.ledger.state
    context = {
        "holders": list(state.holders.values()) if state else [], "rules": sorted(state.rules.items()) if state else [],
        "witness_keys": state.witnesses.items() if state else (), "may_draw": door.actor is not None and bool(door.actor.key),
        "size": door.head().size, "refusal": refusal,
    }  # fmt: skip
    return render(request, "keys.html", context, status=409 if refusal else 200)


def _drawn(door: Door, request: HttpRequest) -> Text | Refusal:
    kind = _kind(request)
    return kind if isinstance(kind, Refusal) else door.custody.circulate(kind)


def _kind(request: HttpRequest) -> Kind | Refusal:
    """The act that a form on the page of keys asks for, or why it can be none."""
    posted = request.POST
    act, name = posted.get("act", ""), posted.get("key", "").strip()
    try:
        if act == "key.revoke":
            index = posted.get("suspect_from", "").strip()
            return charter.KeyRevoked(name, forms.line(posted.get("ground", "")), int(index) if index else -1)
        if act == "rule.set":
            lines = tuple(forms.line(row) for row in posted.get("need", "").splitlines() if row.strip())
            return charter.RuleSet(posted.get("of", "").strip(), lines)
        if act == "witness.set":
            return charter.WitnessSet(posted.get("component", "").strip(), posted.get("vkey", "").strip())
        key = from_plain(charter.Key, json.loads(posted.get("public", "")))
        return charter.KeyEnrolled(key) if act == "key.enrol" else charter.KeyRotated(name, key)
    except (ValueError, BadShape, RecursionError):
        return Refusal("form_unreadable")


# ---- texts that circulate


@require_safe
def circulars(request: HttpRequest, record: str) -> HttpResponse:
    door = _keyed(request, record)
    return render(request, "circulars.html", {"rows": door.custody.circulars()})


@require_http_methods(["GET", "POST"])
def circular(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """One text: what it says, who has signed, who is lacking; sign it here, take it away, bring it back, enter it."""
    door, language = _keyed(request, record), readers.language(request)
    refusal = None
    try:
        if request.method == "POST":
            result = _moved(door, request, sid)
            if isinstance(result, Done):
                return acting.done(request, result, "circular", record, sid)
            refusal = acting.shown(result, language) if isinstance(result, Refusal) else None
        it = door.custody.circular(sid)
    except Absent:
        raise Http404 from None
    body = json.dumps(it.envelope.body, ensure_ascii=False, indent=1)
    return render(request, "circular.html", {
        "it": it, "body": body, "words": sidwords.words(sid), "refusal": refusal,
        "here": door.actor is not None and door.actor.key in door.desk.keyring.names(),
        "signed": door.actor is not None and door.actor.key in it.signers,
    }, status=409 if refusal else 200)  # fmt: skip


def _moved(door: Door, request: HttpRequest, sid: str) -> Any:
    what = request.POST.get("do", "")
    if what == "sign":
        return door.custody.sign_circular(sid)
    if what == "submit":
        return door.custody.submit_circular(sid)
    file = request.FILES.get("note")
    note = file.read(FILE_LIMIT) if file is not None else b""
    return door.custody.bring_circular(note)


@require_safe
def circular_text(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """The very bytes that are to be signed."""
    door = _keyed(request, record)
    try:
        it = door.custody.circular(sid)
    except Absent:
        raise Http404 from None
    return _download(door, f"{it.envelope.act}-{sid[:8]}.text", it.text.encode("utf-8"))


@require_POST
def erase(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Draw up the erasure of a report's values."""
    door = _keyed(request, record)
    digests = tuple(sorted(request.POST.getlist("digest")))
    kind = custody.ValueErased(sid, digests, forms.line(request.POST.get("ground", ""))[:2000])
    return _to_circular(
        request, record, door.custody.circulate(kind) if digests else Refusal("value_unknown", values={"report": sid})
    )


@require_POST
def suppress(request: HttpRequest, record: str, index: int) -> HttpResponse:
    """Draw up the suppression of an entry."""
    door = _keyed(request, record)
    kind = custody.EntrySuppressed((index,), forms.line(request.POST.get("ground", ""))[:2000])
    return _to_circular(request, record, door.custody.circulate(kind))


def _to_circular(request: HttpRequest, record: str, result: Text | Refusal) -> HttpResponse:
    if isinstance(result, Text):
        return redirect("circular", record, result.sid)
    return acting.plain(request, result)


@require_POST
def release_values(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Let one party or both see values of a report."""
    door = _keyed(request, record)
    actor = door.actor
    assert actor is not None  # `_keyed` has looked
    held = {digest: min(levels)[0] for _, levels, digest in door.custody.released(sid)}
    to = request.POST.get("to", "")
    level, party = ("R1", "") if to == "both" else ("R2", to)
    digests = tuple(request.POST.getlist("digest"))
    result = door.act(
        door.report_threads(sid), lambda s: custody.release(s, sid, held, digests, level, party, actor, door.now)
    )
    return acting.plain(request, result, "report", record, sid)


# ---- witnesses


@require_http_methods(["GET", "POST"])
def witnesses(request: HttpRequest, record: str) -> HttpResponse:
    """Who has seen which head, the head's code for the telephone, packs to take away, and answers brought back."""
    door, language = readers.door(request, record), readers.language(request)
    told, refusal = "", None
    if request.method == "POST":
        if not release.may_see(door.reader, "R1"):
            raise Http404
        try:
            told = say("witness_page.taken", language, n=_taken(door, request))
        except (Refused, Stopped) as error:
            refusal = _why(error, language)
    head = door.head()
    rows = door.custody.witness_rows()
    return render(request, "witnesses.html", {
        "log_key": door.desk.log_key.vkey, "rows": rows, "head": head,
        "code": headcodes.head_code(text_of(head.checkpoint)), "told": told,
        "refusal": refusal, "policies": sorted(door.custody.policies()), "may_bring": release.may_see(door.reader, "R1"),
        "hours": door.desk.ledger.state.absent_hours if door.desk.ledger.state else 0,
    }, status=409 if refusal else 200)  # fmt: skip


def _taken(door: Door, request: HttpRequest) -> int:
    """Keep the cosignatures of an uploaded answer; returns how many are new."""
    file = request.FILES.get("answer")
    data = file.read(FILE_LIMIT) if file is not None else b""
    if str(getattr(file, "name", "")).endswith(".size"):
        # A bare number is nobody's word. The witness's own checkpoint is: signed by this log, it halts the record.
        raise Stopped("size_claimed", size=witness.parse_conflict(data))
    return door.custody.bring_cosignatures(data)


def _why(error: Refused | Stopped, language: str) -> acting.Shown:
    if isinstance(error, Refused):
        return acting.Shown(error.text(language), say("witness_page.remedy", language), "")
    return acting.Shown(error.text(language), error.remedy(language), "")


@require_safe
def pack(request: HttpRequest, record: str, component: str) -> HttpResponse:
    """The courier pack by which a component's witness can cosign the head on a machine of its own."""
    door = readers.door(request, record)
    try:
        data = door.custody.courier(component)
    except Absent:
        raise Http404 from None
    return _download(door, f"{component}-{door.head().size}.courier.zip", data, "application/zip")


@require_safe
def policy(request: HttpRequest, record: str, name: str) -> HttpResponse:
    """A policy file: which cosignatures a checkpoint needs. A reader takes it from the own side, and compares."""
    door = readers.door(request, record)
    found = door.custody.policies()
    if name not in found:
        raise Http404
    return _download(door, f"{name}.policy", found[name], "text/plain; charset=utf-8")


# ---- filings


@require_safe
def filing(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    """Where a sealed filing stands, for whoever holds its id. It says nothing of what is in it."""
    door = readers.door(request, record)
    try:
        index, due, proof = door.custody.filing(sid)
    except Absent:
        raise Http404 from None
    if request.GET.get("proof") and proof:
        return _download(door, f"{index:08d}.tlog-proof", proof, "text/plain; charset=utf-8")
    return render(request, "filing.html", {"filing": sid, "index": index, "due": due, "words": sidwords.words(sid)})


@require_http_methods(["GET", "POST"])
def pouches(request: HttpRequest, record: str) -> HttpResponse:
    """Filings that were encrypted on the sender's own machine: hand one in, take away those that are for you."""
    door = _keyed(request, record)
    actor = door.actor
    assert actor is not None  # `_keyed` has looked
    if request.method == "GET":
        return render(request, "pouches.html", _pouches(door))
    file = request.FILES.get("pouch")
    data = file.read(custody.POUCH_LIMIT + 1) if file is not None else b""
    to = tuple(sorted(request.POST.getlist("to")))
    blob: dict[str, str | int] = {
        "sha256": hashlib.sha256(data).hexdigest(), "len": len(data), "mt": "application/octet-stream",
    }  # fmt: skip
    salts = tuple(door.entropy(16) for _ in range(custody.SEALED_DIGESTS))
    result = door.custody.hand_in(data, lambda s: custody.pouch(s, to, blob, actor, door.now, salts))
    if isinstance(result, Refusal):
        return acting.refused(request, "pouches.html", _pouches(door), result)
    if isinstance(result, Done):
        return acting.done(request, result, "pouches", record)
    return acting.plain(request, result, "pouches", record)


def _pouches(door: Door) -> dict[str, Any]:
    state = door.desk.ledger.state
    rows = state.holders.values() if state else ()
    able = [row for row in rows if row.seal and row.until is None]
    return {"rows": door.custody.pouches(), "recipients": able}


@require_safe
def pouch(request: HttpRequest, record: str, sid: str) -> HttpResponse:
    door = _keyed(request, record)
    try:
        data = door.custody.pouch(sid)
    except LookupError:
        raise Http404 from None
    response = _download(door, f"{sid[:8]}.sealed", data)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


# ---- the tools


@require_safe
def verify_page(request: HttpRequest) -> HttpResponse:
    """The two verifiers and their hashes, to be compared with print or another site."""
    found = {name: filling.tool(name) for name in TOOLS}
    rows = [(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in found.items()]
    return render(request, "verify.html", {"rows": rows})


@require_safe
def verify_tool(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(filling.tool(name), content_type="application/octet-stream", headers={
        "Content-Disposition": f'attachment; filename="{name}"',
    })  # fmt: skip
