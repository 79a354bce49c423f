"""The verdict on a dossier in words: what a person reads of `tiga verify`.

Rules
1. First whose log it is and whose word stands behind its head; then each act with its signers, its place and what is open
   of it; then files, what was deleted, what was computed again and from what. The last line is the verdict.
2. Every line is made from the data (`verdicts`), fits a terminal of 80 columns and cannot steer it (`lines`).
3. What cannot be seen from a dossier is said beside the verdict, each time.
"""

from __future__ import annotations

import json

from tiga.cli.lines import plain, told, wrapped
from tiga.cli.verdicts import Judged, Plain
from tiga.mechanism import explanation
from tiga.values.moments import Instant
from tiga.values.names import printed_number
from tiga.values.words import knows

_LAST_SECOND = 253_402_300_799
"""The end of the year 9999; a witness's clock may say anything."""


def report(judged: Judged, language: str, *, explain: bool = False) -> None:
    """Print what a verified dossier holds, what was recomputed, and the verdict."""
    shown = judged.shown
    if shown["exercise"]:
        print(told("cli.verify.is_exercise", language))
    _head(shown, language)
    for entry in shown["entries"]:
        _entry(entry, shown, language)
    for file in shown["files"]:
        code = "cli.verify.file_loose" if file["index"] is None else "cli.verify.file"
        _say(code, language, name=file["name"], index=file["index"], sha=file["sha256"][:16])
    _deleted(shown, language)
    for row in shown["determinations"]:
        code, values = _outcome(row, language, "cli.verify.same_ruling")
        _say(code, language, **values)
    for row in shown["measures"]:
        _measure(row, language)
        if explain and judged.explanations[row["sid"]] and not row["elsewhere"]:
            _explained(judged, row["sid"], language)
    if not shown["measures"] and not shown["not_an_act"]:
        _say("cli.verify.no_measure", language)
    _end(shown, language)


def _say(code: str, language: str, indent: str = "", /, **values: object) -> None:
    print(wrapped(told(code, language, **values), indent, indent + "  " if indent else ""))


def _head(shown: Plain, language: str) -> None:
    """The log, its key, its head, the witnesses, and what the dossier claims of its own completeness."""
    _say("cli.verify.record", language, origin=shown["origin"], size=shown["size"], entries=len(shown["entries"]))
    code = {"dossier": "keys_own", "given": "keys_given", "policy": "keys_policy"}[shown["log_key"]["from"]]
    _say(f"cli.verify.{code}", language)
    _say("cli.verify.head_code", language)
    print(f"  {shown['head_code']}")
    if shown["head"]:
        _say(f"cli.verify.head_{shown['head']['outcome']}", language, code=shown["head"]["code"])
    for row in shown["witnesses"]:
        name = f"{row['component']} ({row['name']})" if row["component"] else row["name"]
        _say(f"cli.verify.witness_{row['from']}", language, name=name, at=_moment(row["at"]))
    if not shown["witnesses"]:
        _say("cli.verify.no_witness", language)
    if shown["policy"]:
        _say("cli.verify.policy_met", language, sha=shown["policy"]["sha256"])
    if shown["manifest"] is None:
        _say("cli.verify.no_manifest", language)
    else:
        _say("cli.verify.manifest", language, index=shown["manifest"])
    if any(entry["digests"] for entry in shown["entries"]):
        _say("cli.verify.decoys", language)
    print()


def _moment(seconds: int) -> str:
    return Instant(seconds * 1000).text() if seconds <= _LAST_SECOND else str(seconds)


def _entry(entry: Plain, shown: Plain, language: str) -> None:
    """One act: what, when as claimed, who signed, where it stands and whose witness saw it, what is open."""
    print(wrapped(_word("act.", entry["act"], language), f"{entry['index']:>6}  {entry['at']}  ", " " * 8))
    for row in entry["signers"]:
        code = "cli.verify.signer_suspect" if row["suspect"] else "cli.verify.signer"
        name = row["name"].removeprefix(shown["origin"] + "/")
        _say(code, language, " " * 8, name=name, who=_holder(row, language))
    labels = {row["name"]: row["component"] or row["name"] for row in reversed(shown["witnesses"])}
    seen = ", ".join(labels[name] for name in dict.fromkeys(row["name"] for row in shown["witnesses"]))
    code = "cli.verify.included_seen" if seen else "cli.verify.included"
    _say(code, language, " " * 8, index=entry["index"], size=shown["size"], who=seen)
    if entry["digests"]:
        names = ", ".join(plain(name, language) for name in entry["released"]) or "-"
        withheld = entry["digests"] - len(entry["released"])
        _say("cli.verify.values", language, " " * 8, names=names, withheld=withheld)


def _holder(row: Plain, language: str) -> str:
    """Who signed, in words: role, component, and who holds the key."""
    role, custody = _word("role.", row["role"], language), _word("cli.verify.custody_", row["custody"], language)
    return ", ".join(part for part in (role, plain(row["component"], language), custody) if part)


def _word(section: str, code: str, language: str) -> str:
    return told(section + code, language) if knows(section + code) else plain(code, language)


def _deleted(shown: Plain, language: str) -> None:
    for row in shown["erased"]:
        _say("cli.verify.erased", language, index=row["index"], number=printed_number("R", row["of"]), n=row["digests"])
    for row in shown["suppressed"]:
        _say("cli.verify.suppressed", language, index=row["index"], entries=", ".join(map(str, row["entries"])))
    doubtful = [str(entry["index"]) for entry in shown["entries"] if any(row["suspect"] for row in entry["signers"])]
    if doubtful:
        _say("cli.verify.suspect", language, entries=", ".join(doubtful))


def _measure(row: Plain, language: str) -> None:
    code, given = _outcome(row, language, "cli.verify.same")
    _say(code, language, **given, findings=row["findings"], precedents=row["precedents"])
    named, released = row["reports"]["named"], row["reports"]["released"]
    if named and not row["elsewhere"]:
        code = "cli.verify.fusion_withheld" if released < named else "cli.verify.fusion_released"
        _say(code, language, "  ", withheld=named - released, named=named)


def _outcome(row: Plain, language: str, same: str) -> tuple[str, dict[str, object]]:
    """The code for what came of computing a row again, and the values that it needs."""
    number, detail = row["number"], row["detail"]
    if row["elsewhere"]:
        return "cli.verify.elsewhere", {"number": number}
    if row["outcome"] == "same":
        return same, {"number": number}
    if row["outcome"] == "missing":
        return "cli.verify.missing", {"number": number, "what": told(f"cli.missing.{detail}", language)}
    what = told(f"cli.differs.{detail}", language) if knows(f"cli.differs.{detail}") else detail
    return "cli.verify.differs", {"number": number, "what": what}


def _explained(judged: Judged, sid: str, language: str) -> None:
    """The steps by which a measure follows, numbered, with their clauses."""
    document = json.loads(judged.explanations[sid])
    agreement = judged.agreements[document["agreement"]["sha256"]]
    for number, row in enumerate(explanation.prose(document, agreement, language), 1):
        text = row.text + (f"  [{row.cited}]" if row.cited else "")
        print(wrapped(plain(text, language), f"{number:>3}. ", " " * 5))
        for detail in row.details:
            print(wrapped(plain(detail, language), " " * 7, " " * 9))


def _end(shown: Plain, language: str) -> None:
    if shown["not_an_act"]:
        _say("cli.verify.not_an_act", language, why=shown["not_an_act"])
    print()
    _say("cli.verify.unseen", language)
    print(told("cli.verify.done" if shown["verdict"] == "verified" else "cli.verify.not_confirmed", language))
