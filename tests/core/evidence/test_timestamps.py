"""Time stamps: right ones hold by two readers, unsorted ones by ours alone, and each way of being wrong has its own name."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.evidence import made, stamps
from tests.core.evidence.stamps import LINK, ROOT, STAMPER, certified, token
from tiga.drafts.examinations import ClaimOfFile, Fingerprint, Trust
from tiga.evidence import examine, timestamps
from tiga.values.moments import Moment

DATA = b"words of an exercise"
TRUST = Trust(timestamp_roots=(ROOT.pem,))
USAGE = ExtendedKeyUsageOID.TIME_STAMPING
OTHER_ROOT = certified("Another root", 1009, None)
UNCRITICAL = certified("Exercise stamper", 1004, LINK, usage=USAGE, critical=False)
SIGNS_CODE = certified("Exercise stamper", 1005, LINK, usage=ExtendedKeyUsageOID.CODE_SIGNING)
EXPIRED = certified("Exercise stamper", 1006, LINK, usage=USAGE, years=(2020, 2025))
NO_ISSUER = certified("Not an issuer", 1007, ROOT, usage=USAGE)
BELOW_IT = certified("Exercise stamper", 1008, NO_ISSUER, usage=USAGE)


def told(stamp: bytes, data: bytes = DATA, trust: Trust = TRUST) -> list[tuple[str, str]]:
    return made.told(timestamps.verify(stamp, data, None, trust))


CASES = [
    ("sorted", token(DATA), DATA, TRUST, "timestamp_holds", "supports"),
    ("sha512", token(DATA, hash_name="sha512"), DATA, TRUST, "timestamp_holds", "supports"),
    ("bare", token(DATA, bare=True), DATA, TRUST, "timestamp_holds", "supports"),
    ("unsorted", token(DATA, order=-1), DATA, TRUST, "timestamp_holds_unsorted", "supports"),
    ("with modifications", token(DATA, status=1), DATA, TRUST, "timestamp_holds", "supports"),
    ("link handed in", token(DATA, certificates=(STAMPER,)), DATA, Trust((), (ROOT.pem,), (LINK.pem,)), "timestamp_holds",
     "supports"),
    ("no certificate", token(DATA, certificates=()), DATA, Trust((), (ROOT.pem,), (LINK.pem, STAMPER.pem)),
     "timestamp_holds", "supports"),
    ("unsorted, altered", token(DATA, order=-1, spoil=True), DATA, TRUST, "timestamp_broken", "against"),
    ("altered", token(DATA, spoil=True), DATA, TRUST, "timestamp_broken", "against"),
    ("other file", token(DATA), DATA + b".", TRUST, "timestamp_other_file", "against"),
    ("nobody trusted", token(DATA), DATA, Trust(), "timestamp_signer_unknown", "silent"),
    ("another root", token(DATA), DATA, Trust(timestamp_roots=(OTHER_ROOT.pem,)), "timestamp_signer_unknown", "silent"),
    ("no link", token(DATA, certificates=(STAMPER,)), DATA, TRUST, "timestamp_signer_unknown", "silent"),
    ("issuer that is none", token(DATA, BELOW_IT, certificates=(BELOW_IT, NO_ISSUER)), DATA, TRUST,
     "timestamp_signer_unknown", "silent"),
    ("no signer", token(DATA, certificates=(LINK,)), DATA, TRUST, "timestamp_no_certificate", "silent"),
    ("usage not critical", token(DATA, UNCRITICAL, certificates=(UNCRITICAL, LINK)), DATA, TRUST, "timestamp_purpose",
     "against"),
    ("other usage", token(DATA, SIGNS_CODE, certificates=(SIGNS_CODE, LINK)), DATA, TRUST, "timestamp_purpose", "against"),
    ("expired", token(DATA, EXPIRED, certificates=(EXPIRED, LINK)), DATA, TRUST, "timestamp_out_of_force", "against"),
    ("weak", token(DATA, hash_name="sha1"), DATA, TRUST, "timestamp_weak", "against"),
    ("refused", token(DATA, status=2), DATA, TRUST, "timestamp_refused", "against"),
    ("cut", token(DATA)[:-20], DATA, TRUST, "timestamp_unreadable", "broken"),
    ("words", b"words", DATA, TRUST, "timestamp_unreadable", "broken"),
    ("long", bytes(timestamps.TOKEN_BYTES_LIMIT + 1), DATA, TRUST, "timestamp_unreadable", "broken"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "stamp", "data", "trust", "code", "outcome"), CASES)
def test_each_way_of_being_right_or_wrong_has_its_name(
    case: str, stamp: bytes, data: bytes, trust: Trust, code: str, outcome: str
) -> None:
    assert told(stamp, data, trust) == [(code, outcome)], case


def test_a_bare_token_holds_by_our_reader_and_the_verdict_says_when_and_who() -> None:
    verdict = timestamps.verify(token(DATA), DATA, None, TRUST)[0]
    assert verdict.values == {"at": "2026-01-05T18:00:00.000Z", "signer": "CN=Exercise stamper"}
    assert told(token(DATA, bare=True, order=-1)) == [("timestamp_holds_unsorted", "supports")]
    assert told(token(DATA, status=1, order=-1)) == [("timestamp_holds_unsorted", "supports")]


def test_every_flipped_byte_of_what_is_signed_is_found() -> None:
    whole = token(DATA, order=-1)
    start = whole.index(hashlib.sha256(DATA).digest())
    held = []
    for at in range(start, start + 32 + 22):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        held += [at for code, outcome in told(changed) if outcome == "supports"]
    assert held == []


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=4), st.integers(0, 2000))
def test_no_token_raises(changes: list[tuple[int, int]], length: int) -> None:
    stamp = bytearray(token(DATA, order=-1))
    for at, byte in changes:
        stamp[at % len(stamp)] = byte
    assert len(told(bytes(stamp[: length or None]))) == 1


def test_a_stamp_before_the_claimed_time_speaks_against_the_claim() -> None:
    stamp = base64.b64encode(token(DATA, at=stamps.AT - timedelta(hours=1))).decode("ascii")
    claim = ClaimOfFile(Moment("2026-01-05T23:00", "PKT", "minute"), token=stamp)
    assert made.told(examine(DATA, "a.txt", claim, trust=TRUST).verdicts, "timestamp") == [
        ("timestamp_holds", "supports"), ("timestamp_before", "against"),
    ]  # fmt: skip
    bad = ClaimOfFile(token="no base64!")
    assert made.told(examine(DATA, "a.txt", bad).verdicts, "timestamp") == [("timestamp_unreadable", "broken")]


def test_a_stamp_deposited_as_a_file_is_matched_with_the_file_that_it_is_for() -> None:
    earlier = Fingerprint(hashlib.sha256(DATA).hexdigest(), known_as="sid-7")
    answer = examine(token(DATA), "a.tsr", None, (earlier,), TRUST)
    assert answer.media_type == "application/timestamp-reply"
    assert made.told(answer.verdicts, "timestamp") == [
        ("timestamp_holds", "supports"),
        ("timestamp_of_file", "supports"),
    ]
    assert made.told(examine(token(DATA), "a.tsr", None, (), TRUST).verdicts, "timestamp")[1] == (
        "timestamp_of_no_file", "silent",
    )  # fmt: skip


def pem(row: dict[str, str]) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{row['rawBytes']}\n-----END CERTIFICATE-----\n"


def assets() -> Path:
    return made.shared("timestamps/sigstore-python/test/assets/tsa")


def real_trust() -> Trust:
    """The roots of both collections, and their chains as links."""
    chain = (made.shared("timestamps/rfc3161-client/test/fixtures/sigstage") / "ts_chain.pem").read_text(
        encoding="ascii"
    )
    root = "-----BEGIN" + chain.split("-----BEGIN")[-1]
    config = json.loads((assets() / "trust_config.json").read_text(encoding="utf-8"))["trustedRoot"][
        "timestampAuthorities"
    ]
    config.append(json.loads((assets() / "ca.json").read_text(encoding="utf-8")))
    chains = [[pem(row) for row in authority["certChain"]["certificates"]] for authority in config]
    links = tuple(one for row in chains for one in row[:-1])
    return Trust(timestamp_roots=(root, *(row[-1] for row in chains)), timestamp_certificates=(chain, *links))


@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512"])
def test_published_responses_hold_over_the_published_word(name: str) -> None:
    stamp = (made.shared("timestamps/rfc3161-client/test/fixtures/sigstage") / f"response-{name}.tsr").read_bytes()
    assert told(stamp, b"hello", real_trust()) == [("timestamp_holds", "supports")]
    assert told(stamp, b"hellp", real_trust()) == [("timestamp_other_file", "against")]
    assert told(stamp, b"hello", Trust()) == [("timestamp_signer_unknown", "silent")]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("bundle.txt.sigstore", ["timestamp_holds", "timestamp_other_file"]),
        ("bundle.txt.late_timestamp.sigstore", ["timestamp_holds"]),
        ("bundle.duplicate.sigstore", ["timestamp_other_file"] * 3),
    ],
)
def test_stamps_in_published_bundles(name: str, codes: list[str]) -> None:
    bundle: dict[str, Any] = json.loads((assets() / name).read_text(encoding="utf-8"))
    signature = base64.b64decode(bundle["messageSignature"]["signature"])
    rows = bundle["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"]
    found = [base64.b64decode(row["signedTimestamp"]) for row in rows]
    assert [told(stamp, signature, real_trust())[0][0] for stamp in found] == codes
    # those of another authority are over the word of the published responses, which the collection does not say
    others = [stamp for stamp, code in zip(found, codes, strict=True) if code == "timestamp_other_file"]
    assert [told(stamp, b"hello", real_trust())[0] for stamp in others] == [("timestamp_holds", "supports")] * len(
        others
    )


def test_a_published_stamp_without_a_certificate_holds_where_its_chain_is_handed_in() -> None:
    stamp, data = ((assets() / f"issue1482-{part}").read_bytes() for part in ("timestamp-with-no-cert", "message"))
    assert told(stamp, data, real_trust()) == [("timestamp_holds", "supports")]
    alone = Trust(timestamp_roots=real_trust().timestamp_roots[:1])
    assert told(stamp, data, alone) == [("timestamp_no_certificate", "silent")]
