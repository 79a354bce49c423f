"""Entries and disclosures: the known answers, and one statement, one text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.record import known
from tiga.record import disclosures, entries, notes
from tiga.record.canonical import encode
from tiga.record.disclosures import Disclosure
from tiga.record.entries import Envelope
from tiga.record.refusals import Refused

DIGEST = "bTZ_UUjE0dHomxTVuIToeqPfZByg5EvAWB7WPvkphME"
KNOWN_TEXT = (
    '{"act":"report.file","at":"2025-11-03T07:41:22.318Z","body":{"kind":"mortar","lat_e7":338912000,"lon_e7":701031000'
    ',"title":{"ur":"سرحدی چوکی پر مارٹر حملہ"},"zone":"kurram-03"},"case":"c-417","log":"tiga.example/doha-2025",'
    f'"sd":["{DIGEST}"],"v":1}}\n'
)
SID = "jopa5TEMFXCMTj8eQQw4VFC9atIjsNqMZyAmfrhzcNU"


def _refusal(call: Any, *args: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value


def test_the_known_answer_of_the_design() -> None:
    """It predates padding: its digest stands alone, so that today it is signed and hashed alike but not admitted."""
    note = notes.sign_note(KNOWN_TEXT, [known.MONITOR])
    assert known.RELEASED.digest == DIGEST
    assert entries.sid_of(KNOWN_TEXT) == SID
    assert len(note) == 430
    leaf = entries.leaf_of(note).hex()
    assert (leaf[:8], leaf[-6:]) == ("747504b2", "f852eb")
    assert _refusal(entries.parse, KNOWN_TEXT).values["name"] == "sd"


def test_an_envelope_is_read_as_it_is_written() -> None:
    envelope = Envelope(known.ORIGIN, "finding.adopt/2", known.AT, {"a": 1}, "c-1", (SID,), known.SD, 0, SID)
    assert entries.parse(envelope.text()) == envelope
    assert envelope.sid == entries.sid_of(envelope.text())
    bare = Envelope(known.ORIGIN, "charter", known.AT)
    assert bare.text() == ('{"act":"charter","at":"2025-11-03T07:41:22.318Z","log":"tiga.example/doha-2025","v":1}\n')
    assert entries.parse(bare.text()) == bare


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("v", 2, "record.refused.version"),
        ("v", True, "record.refused.version"),
        ("extra", 1, "record.refused.member_unknown"),
        ("body", {}, "record.refused.spelling"),
        ("case", "", "record.refused.spelling"),
        ("re", [], "record.refused.spelling"),
        ("sd", [], "record.refused.spelling"),
        ("prev", "", "record.refused.spelling"),
        ("body", [], "record.refused.member_form"),
        ("case", "c 1", "record.refused.member_form"),
        ("case", 1, "record.refused.member_form"),
        ("act", "Report.file", "record.refused.member_form"),
        ("act", "report.file/0", "record.refused.member_form"),
        ("act", "", "record.refused.member_form"),
        ("at", "2025-11-03T07:41:22Z", "record.refused.member_form"),
        ("at", "2025-11-31T07:41:22.318Z", "record.refused.member_form"),
        ("at", "٢٠25-11-03T07:41:22.318Z", "record.refused.member_form"),
        ("re", [SID[:-1]], "record.refused.member_form"),
        ("re", [SID[:-1] + "V"], "record.refused.member_form"),
        ("re", SID, "record.refused.member_form"),
        ("re", [SID] * 513, "record.refused.member_form"),
        ("sd", list(known.SD[::-1]), "record.refused.member_form"),
        ("sd", list(known.SD[:3]), "record.refused.member_form"),
        ("sd", [known.SD[0]] * 4, "record.refused.member_form"),
        ("seq", -1, "record.refused.member_form"),
        ("seq", True, "record.refused.member_form"),
        ("prev", "x", "record.refused.member_form"),
        ("log", "{origin", "record.refused.member_form"),
        ("log", "a b", "record.refused.member_form"),
    ],
)
def test_a_malformed_member_is_refused(member: str, value: Any, code: str) -> None:
    plain = {"v": 1, "log": known.ORIGIN, "act": "report.file", "at": "2025-11-03T07:41:22.318Z"}
    text = encode({**plain, member: value}).decode() + "\n"
    assert _refusal(entries.parse, text).code == code


@pytest.mark.parametrize("missing", ["v", "log", "act", "at"])
def test_a_missing_member_is_refused(missing: str) -> None:
    plain = {"v": 1, "log": known.ORIGIN, "act": "report.file", "at": "2025-11-03T07:41:22.318Z"}
    del plain[missing]
    code = "record.refused.version" if missing == "v" else "record.refused.member_form"
    assert _refusal(entries.parse, encode(plain).decode() + "\n").code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (known.report().text()[:-1], "record.refused.spelling"),
        (known.report().text() + "\n", "record.refused.spelling"),
        (known.report().text().replace('"v":1', '"v":1,"v":1'), "record.refused.spelling"),
        (known.report().text().replace('"number":0', '"number":0.5'), "record.canonical.float"),
        (known.report().text().replace('"number":0', '"number":null'), "record.canonical.kind"),
        ("[]\n", "record.refused.version"),
        ("{" * 60_000, "record.canonical.long"),
    ],
)
def test_another_spelling_is_refused(text: str, code: str) -> None:
    assert _refusal(entries.parse, text).code == code


def test_admission() -> None:
    envelope = known.report()
    note = known.entry(envelope, known.MONITOR, known.MEDIATOR)
    signers = (known.MEDIATOR.key.name, known.MONITOR.key.name)
    assert entries.admit(note, known.ORIGIN, known.KEYS, known.CHECK) == (envelope, envelope.sid, signers)


def test_admission_refuses() -> None:
    def code(note: bytes, origin: str = known.ORIGIN) -> str:
        return _refusal(entries.admit, note, origin, known.KEYS, known.CHECK).code

    note = known.entry(known.report(), known.MONITOR)
    assert code(note, "tiga.example/other") == "record.refused.origin"
    assert code(known.entry(known.report(), known.STRANGER)) == "record.refused.unknown_key"
    assert code(note.replace(b"mortar", b"rocket")) == "record.refused.signature"
    for text, expected in (("a\nb", "code_point"), ("e\u0301", "nfc")):
        odd = Envelope(known.ORIGIN, "report.file", known.AT, {"title": text})
        assert code(known.entry(odd, known.MONITOR)) == f"record.canonical.{expected}"
    huge = Envelope(known.ORIGIN, "report.file", known.AT, {"title": "x" * 70_000})
    assert _refusal(huge.text).code == "record.canonical.long"
    assert code(b"x" * 65_536) == "record.refused.note_long"


def test_verification_of_what_is_in_the_log_does_not_lint() -> None:
    odd = Envelope(known.ORIGIN, "report.file", known.AT, {"title": "e\u0301"})
    opened = entries.open_entry(known.entry(odd, known.MONITOR), known.KEYS.values(), known.CHECK)
    assert opened == (odd, odd.sid, (known.MONITOR.key.name,))


def test_a_refusal_names_act_and_sid() -> None:
    note = known.entry(known.report(), known.STRANGER)
    refusal = _refusal(entries.admit, note, known.ORIGIN, known.KEYS, known.CHECK)
    assert (refusal.values["act"], refusal.values["sid"]) == ("report.file", known.report().sid)


def test_the_digest_of_rfc_9901() -> None:
    encoded = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert disclosures.digest_of(encoded) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    assert _refusal(disclosures.parse, encoded).code == "record.refused.disclosure"  # its JSON has spaces: not ours


def test_a_disclosure_is_read_as_it_is_written() -> None:
    for one in (known.RELEASED, known.WITHHELD):
        assert disclosures.parse(one.encoded) == one


def test_every_changed_character_of_a_disclosure_changes_its_digest_or_is_refused() -> None:
    encoded, passed = known.RELEASED.encoded, []
    for place in range(len(encoded)):
        changed = encoded[:place] + ("A" if encoded[place] != "A" else "B") + encoded[place + 1 :]
        try:
            if disclosures.match([disclosures.parse(changed)], known.SD):
                passed.append(place)
        except Refused:
            continue
    assert passed == []


@pytest.mark.parametrize("encoded", ["", "A", "AAAA====", "W10", known.RELEASED.encoded + "=", "é", "A" * 100_000])
def test_a_malformed_disclosure_is_refused(encoded: str) -> None:
    assert _refusal(disclosures.parse, encoded).code == "record.refused.disclosure"


@pytest.mark.parametrize(
    ("salt", "name", "value", "code"),
    [
        (b"short", "a", 1, "record.refused.disclosure"),
        (bytes(16), "A", 1, "record.refused.disclosure"),
        (bytes(16), "a", 1.5, "record.canonical.float"),
    ],
)
def test_a_disclosure_outside_the_profile_is_refused(salt: bytes, name: str, value: Any, code: str) -> None:
    assert _refusal(lambda: Disclosure(salt, name, value).encoded).code == code


@pytest.mark.parametrize(("real", "length"), [(0, 0), (1, 4), (2, 4), (3, 4), (4, 4), (5, 8)])
def test_digests_are_sorted_and_padded(real: int, length: int) -> None:
    some = [Disclosure(bytes([number]) * 16, "a", number) for number in range(real)]
    sd = disclosures.digests(some, [bytes([100 + number]) * 32 for number in range(3)])
    assert (len(sd), list(sd)) == (length, sorted(set(sd)))
    assert disclosures.match([*some, known.RELEASED], sd) == tuple(some)


def test_digests_need_decoys_and_unequal_disclosures() -> None:
    for some, decoys in (([known.RELEASED], []), ([known.RELEASED], [b"short"] * 3), ([known.RELEASED] * 4, [])):
        with pytest.raises(ValueError):
            disclosures.digests(some, decoys)
