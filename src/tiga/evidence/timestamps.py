"""Time stamps of RFC 3161: that somebody whom we trust saw these bytes no later than a moment.

Rules, in the order in which they are asked; the first that fails names the verdict
1. The response was granted, and there is a token in it.
2. The imprint is that of this file (SHA-256, SHA-384 or SHA-512; anything else is too weak to be asked).
3. The signed attributes hold the digest of the content, its type, and the hash of the signer's certificate (RFC 5816); the
   signature over them verifies with that certificate (RFC 5652 section 5.4).
4. The certificate is for time stamping and nothing else (RFC 3161 section 2.3), and was in force when the stamp was made.
5. A chain of signatures leads from it to a root that was handed in. Without one the signer is unknown: anybody can be an
   authority to himself.
6. A second reader (rfc3161-client) must say the same. It refuses tokens whose certificate set is not sorted as DER wants it,
   which common servers emit: there our own verdict stands alone and is named `unsorted`. Any other disagreement between
   the two is told as that.

Not done here: revocation (nothing is fetched), accuracy, policies, renewing a stamp before its algorithms age.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from tiga.drafts.examinations import ClaimOfFile, Fingerprint, Trust, Verdict
from tiga.evidence import der, stamp_chains
from tiga.values.moments import Instant

TOKEN_BYTES_LIMIT = 256 * 1024
_SIGNED_DATA, _TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_ESS_CERT, _ESS_CERT_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
_DIGESTS = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512"}
_RSA_PSS, _ED25519 = "1.2.840.113549.1.1.10", "1.3.101.112"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
}  # fmt: skip
_TIME = re.compile(r"(\d{14})(?:\.(\d{1,6}))?Z\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """A time-stamp token taken apart; ranges of the bytes that were signed are kept as they stand."""

    whole: bytes
    at: Instant
    digest_name: str
    imprint: bytes
    serial: int
    content: bytes
    certificates: tuple[x509.Certificate, ...]
    sorted_set: bool
    issuer: bytes
    signer_serial: int
    digest_signed: str
    attributes: bytes
    attribute_values: dict[str, der.Value]
    algorithm: str
    signature: bytes


class _Wrong(Exception):
    """A rule that failed: the code of the verdict, its outcome and what fills its slots."""

    def __init__(self, code: str, outcome: str, **values: str) -> None:
        super().__init__(code)
        self.verdict = Verdict(f"evidence.{code}", outcome, values)


def verdicts(
    data: bytes, kind: str, claim: ClaimOfFile | None, earlier: Sequence[Fingerprint], trust: Trust
) -> list[Verdict]:
    """What the time stamp over a file says, and what a file says that is a time stamp itself."""
    said: list[Verdict] = []
    if claim is not None and claim.token:
        try:
            token = base64.b64decode(claim.token, validate=True)
        except (binascii.Error, ValueError):
            return [Verdict("evidence.timestamp_unreadable", "broken", {"reason": "base64"})]
        said += verify(token, data, claim, trust)
    if kind == "application/timestamp-reply":
        said += _standing(data, earlier, trust)
    return said


def verify(stamp: bytes, data: bytes, claim: ClaimOfFile | None, trust: Trust) -> list[Verdict]:
    """Verdicts on a response or token over `data`: one on the stamp, and where the claim has a time one on that."""
    try:
        token = parse(stamp)
        if hashlib.new(token.digest_name, data).digest() != token.imprint:
            raise _Wrong("timestamp_other_file", "against", at=_shown(token))
        first = _checked(token, trust)
    except _Wrong as wrong:
        return [wrong.verdict]
    said = [first]
    if claim is not None and claim.when is not None and token.at.ms < claim.when.earliest.ms:
        values = {"at": _shown(token), "claimed": claim.when.earliest.local("UTC") + " UTC"}
        said.append(Verdict("evidence.timestamp_before", "against", values))
    return said


def _standing(data: bytes, earlier: Sequence[Fingerprint], trust: Trust) -> list[Verdict]:
    """A stamp deposited as a file: whether it is one of our earlier files' (where its hash is SHA-256), and whether it holds."""
    try:
        token = parse(data)
        first = _checked(token, trust)
    except _Wrong as wrong:
        return [wrong.verdict]
    mine = [one for one in earlier if token.digest_name == "sha256" and one.sha256 == token.imprint.hex()]
    if not mine:
        return [first, Verdict("evidence.timestamp_of_no_file", "silent", {"at": _shown(token)})]
    values = {"file": mine[0].known_as or mine[0].sha256[:16], "at": _shown(token)}
    return [first, Verdict("evidence.timestamp_of_file", first.outcome, values)]


def parse(stamp: bytes) -> Token:
    """A response or a bare token taken apart; raises _Wrong with the verdict for what cannot be."""
    if len(stamp) > TOKEN_BYTES_LIMIT:
        raise _Wrong("timestamp_unreadable", "broken", reason="length")
    try:
        top = der.read(stamp).of(der.SEQUENCE).items()
        token = der.read(stamp)
        if top[0].tag == der.SEQUENCE:
            status = top[0].items()[0].number()
            if status not in (0, 1) or len(top) < 2:
                raise _Wrong("timestamp_refused", "against", status=str(status))
            token = top[1]
            top = token.of(der.SEQUENCE).items()
        if top[0].oid() != _SIGNED_DATA:
            raise der.BadDer("not signed data")
        return _signed(top[1].items()[0].of(der.SEQUENCE).items(), token.whole)
    except (der.BadDer, IndexError, ValueError, OverflowError, UnsupportedAlgorithm) as error:
        raise _Wrong("timestamp_unreadable", "broken", reason=str(error)[:80] or type(error).__name__) from error


def _signed(signed: list[der.Value], whole: bytes) -> Token:
    """SignedData (RFC 5652 section 5.1): version, digests, content, perhaps certificates and lists, signers."""
    content_type, content = signed[2].of(der.SEQUENCE).items()[:2]
    if content_type.oid() != _TST_INFO:
        raise der.BadDer("not a time stamp")
    octets = content.items()[0].of(der.OCTETS).content
    held = der.optional(signed[3:], 0xA0)
    raw = held.items() if held is not None else []
    signers = der.optional(signed[3:], der.SET)
    signer = signers.items() if signers is not None else []
    if len(signer) != 1:
        raise der.BadDer("one signer is due")
    rows = signer[0].of(der.SEQUENCE).items()
    issuer, serial = rows[1].of(der.SEQUENCE).items()[:2]
    attributes = rows[3].of(0xA0)
    values = {one.items()[0].oid(): one.items()[1].of(der.SET).items()[0] for one in attributes.items()}
    info = der.read(octets).of(der.SEQUENCE).items()
    imprint = info[2].of(der.SEQUENCE).items()
    name = _DIGESTS.get(imprint[0].items()[0].oid(), "")
    digest = _DIGESTS.get(rows[2].items()[0].oid(), "")
    if not name or not digest:
        raise _Wrong("timestamp_weak", "against")
    return Token(
        whole, _time(info[4].of(der.TIME).content.decode("ascii")), name, imprint[1].of(der.OCTETS).content, info[3].number(),
        octets, tuple(x509.load_der_x509_certificate(one.whole) for one in raw),
        [one.whole for one in raw] == sorted(one.whole for one in raw), issuer.whole, serial.number(), digest,
        # what is signed is the set of attributes under its own tag, not under the implicit one (RFC 5652 section 5.4)
        bytes([der.SET]) + attributes.whole[1:], values, rows[4].items()[0].oid(), rows[5].of(der.OCTETS).content,
    )  # fmt: skip


def _time(text: str) -> Instant:
    match = _TIME.match(text)
    if not match:
        raise der.BadDer("a time")
    whole = datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return Instant(Instant.of(whole).ms + int((match[2] or "").ljust(3, "0")[:3]))


def _checked(token: Token, trust: Trust) -> Verdict:
    """Rules 3 to 6; raises _Wrong."""
    shown = _shown(token)
    handed = stamp_chains.loaded((*trust.timestamp_certificates, *trust.timestamp_roots))
    pool = stamp_chains.readable((*token.certificates, *handed))
    signer = next((one for one in pool if one.serial_number == token.signer_serial
                   and one.issuer.public_bytes() == token.issuer), None)  # fmt: skip
    if signer is None:
        raise _Wrong("timestamp_no_certificate", "silent", at=shown)
    if not _attributes_hold(token, signer) or not _signature_holds(token, signer):
        raise _Wrong("timestamp_broken", "against", at=shown)
    values = {"at": shown, "signer": signer.subject.rfc4514_string()[:200]}
    if not stamp_chains.for_stamping(signer):
        raise _Wrong("timestamp_purpose", "against", **values)
    if not stamp_chains.in_force(signer, token.at):
        raise _Wrong("timestamp_out_of_force", "against", **values)
    if not stamp_chains.leads(signer, pool, stamp_chains.loaded(trust.timestamp_roots), token.at):
        raise _Wrong("timestamp_signer_unknown", "silent", **values)
    other = stamp_chains.second_reader(token.whole, token.imprint, signer, pool)
    if other == "agrees":
        return Verdict("evidence.timestamp_holds", "supports", values)
    if not token.sorted_set:
        return Verdict("evidence.timestamp_holds_unsorted", "supports", values)
    raise _Wrong("timestamp_readers_differ", "broken", **values, reason=other)


def _attributes_hold(token: Token, signer: x509.Certificate) -> bool:
    held = token.attribute_values
    try:
        if held[_CONTENT_TYPE].oid() != _TST_INFO:
            return False
        if held[_MESSAGE_DIGEST].of(der.OCTETS).content != hashlib.new(token.digest_signed, token.content).digest():
            return False
        name, row = ("sha256", held[_ESS_CERT_V2]) if _ESS_CERT_V2 in held else ("sha1", held[_ESS_CERT])
        ess = row.items()[0].items()[0].items()
        if ess[0].tag == der.SEQUENCE:
            name = _DIGESTS[ess[0].items()[0].oid()]
        digest = der.optional(ess, der.OCTETS)
    except (KeyError, IndexError, der.BadDer):
        return False
    certificate = signer.public_bytes(stamp_chains.DER)
    # SHA-1 only picks the certificate here (RFC 2634); the signature itself never rests on it
    return digest is not None and digest.content == hashlib.new(name, certificate, usedforsecurity=False).digest()


def _signature_holds(token: Token, signer: x509.Certificate) -> bool:
    key, digest = signer.public_key(), _HASHES[token.digest_signed]
    try:
        if isinstance(key, rsa.RSAPublicKey) and token.algorithm == _RSA_PSS:
            pss = padding.PSS(mgf=padding.MGF1(digest), salt_length=padding.PSS.AUTO)
            key.verify(token.signature, token.attributes, pss, digest)
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(token.signature, token.attributes, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(token.signature, token.attributes, ec.ECDSA(stamp_chains.curve_digest(token.algorithm, digest)))
        elif isinstance(key, ed25519.Ed25519PublicKey) and token.algorithm == _ED25519:
            key.verify(token.signature, token.attributes)
        else:
            return False
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _shown(token: Token) -> str:
    return token.at.text()
