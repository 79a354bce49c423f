"""Content credentials (C2PA): whether a file's manifest fits the file, and who signed it.

Rules
1. Nothing is fetched: no remote manifest, no revocation answer. A manifest that lies elsewhere is named as such.
2. The list of trusted signers is ours and handed in; by default it is empty. "Valid" means that the bytes are those that
   somebody signed; it is never told as "verified". Only a signer that our list knows makes a verdict `supports`.
3. What was wrong with an ingredient when it was taken in is told beside the whole, even where the whole is in order.
4. A signing time inside the manifest is told and not relied on: its authority is checked by the library's own list.
5. A file goes to the library only where a mark of credentials stands in it: the fewer bytes a foreign reader gets, the better.
6. A manifest that says that a machine made the picture is told as that.
"""

from __future__ import annotations

import io
import json
from typing import Any

import c2pa

from tiga.drafts.examinations import Trust, Verdict

KINDS = frozenset({
    "image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff", "image/x-adobe-dng", "image/heic", "image/heif",
    "image/avif", "image/svg+xml", "video/mp4", "video/quicktime", "video/x-msvideo", "audio/mp4", "audio/wav",
    "audio/mpeg", "audio/flac", "application/pdf",
})  # fmt: skip
INGREDIENTS_LIMIT = 50
TEXT_LIMIT = 200
_MARKS = (b"jumb", b"c2pa", b"C2PA", b"provenance")
"""One of them stands in every file that carries a manifest or points to one. A file without is not handed to the library,
whose reader of PDF takes minutes for some that were made for it."""
_MACHINE_MADE = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
_SIGNER_ONLY = ("signingCredential.untrusted", "cawg.x509.credential.untrusted")


def verdicts(data: bytes, kind: str, trust: Trust) -> list[Verdict]:
    """What a file's content credentials say; nothing for kinds that cannot carry any."""
    if kind not in KINDS:
        return []
    if not any(mark in data for mark in _MARKS):
        return [Verdict("evidence.credentials_absent", "silent")]
    try:
        report, state = _report(data, kind, trust)
    except c2pa.C2paError as error:
        return [_refused(str(error))]
    except Exception:  # a foreign reader of hostile bytes
        return [Verdict("evidence.unreadable", "broken", {"reader": "C2PA"})]
    return _said(report, state)


def _report(data: bytes, kind: str, trust: Trust) -> tuple[dict[str, Any], str]:
    settings: dict[str, Any] = {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True},
    }
    if trust.credential_anchors:
        settings["trust"] = {"trust_anchors": "\n".join(trust.credential_anchors)}
    context = c2pa.Context.from_dict(settings)
    reader = c2pa.Reader(kind.replace("x-adobe-dng", "dng"), io.BytesIO(data), context=context)
    return json.loads(reader.json()), str(reader.get_validation_state() or "")


def _refused(why: str) -> Verdict:
    if "ManifestNotFound" in why or "NotSupported" in why:
        return Verdict("evidence.credentials_absent", "silent")
    if why.startswith("Remote"):
        return Verdict("evidence.credentials_elsewhere", "silent")
    return Verdict("evidence.credentials_unreadable", "broken", {"reason": _plain(why.split(":")[0])})


def _said(report: dict[str, Any], state: str) -> list[Verdict]:
    manifests = report.get("manifests", {})
    active = manifests.get(report.get("active_manifest", ""), {})
    signer = active.get("signature_info") or {}
    results = report.get("validation_results", {}).get("activeManifest", {})
    wrong = [code for code in _codes(results.get("failure", [])) if code not in _SIGNER_ONLY]
    values = {
        "signer": _plain(signer.get("common_name") or signer.get("issuer") or "-"),
        "issuer": _plain(signer.get("issuer") or "-"),
        "time": _plain(signer.get("time") or "-"),
        "state": _plain(state),
    }
    if state not in ("Valid", "Trusted") or wrong:
        said = [Verdict("evidence.credentials_broken", "against", values | {"reason": ", ".join(wrong) or "-"})]
    elif "signingCredential.trusted" in _codes(results.get("success", [])):
        said = [Verdict("evidence.credentials_signer_known", "supports", values)]
    else:
        said = [Verdict("evidence.credentials_signer_unknown", "silent", values)]
    said += [Verdict("evidence.credentials_ingredient", "against", {"title": title, "reason": ", ".join(codes)})
             for title, codes in _ingredients(report, manifests)]  # fmt: skip
    if made := _machine_made(manifests):
        said.append(Verdict("evidence.credentials_machine_made", "against", {"source_type": made}))
    return said


def _ingredients(report: dict[str, Any], manifests: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Titles of ingredients whose own credentials were broken when they were taken in, or are now, and the codes."""
    found = []
    for manifest in manifests.values():
        for ingredient in manifest.get("ingredients", [])[:INGREDIENTS_LIMIT]:
            codes = [code for code in _codes(ingredient.get("validation_status") or []) if code not in _SIGNER_ONLY]
            if codes:
                found.append((_plain(ingredient.get("title") or "-"), codes))
    for delta in report.get("validation_results", {}).get("ingredientDeltas", [])[:INGREDIENTS_LIMIT]:
        failed = _codes(delta.get("validationDeltas", {}).get("failure", []))
        if codes := [code for code in failed if code not in _SIGNER_ONLY]:
            found.append((_plain(delta.get("ingredientAssertionURI", "-").rsplit("/", 1)[-1]), codes))
    return found


def _machine_made(manifests: dict[str, Any]) -> str:
    text = json.dumps([manifest.get("assertions", []) for manifest in manifests.values()])
    return next((kind for kind in reversed(_MACHINE_MADE) if f'/{kind}"' in text), "")


def _codes(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(_plain(row.get("code", "")) for row in rows))


def _plain(text: object) -> str:
    return "".join(letter for letter in str(text)[:TEXT_LIMIT] if letter.isprintable())
