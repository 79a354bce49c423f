"""From a time-stamping authority's certificate to a root that was handed in; and what a second reader says.

Rules
1. A link is a signature that verifies, an issuer's name that fits, an issuer that may issue (basic constraints), and both in
   force when the stamp was made.
2. Certificates that come with a token, or are handed in beside the roots, are links at most, never an end. Chains are no
   longer than LINKS_LIMIT.
3. Roots are taken by their bytes: a certificate is a root if it is one of those handed in.
"""

from __future__ import annotations

from collections.abc import Sequence

import rfc3161_client
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from tiga.evidence import der
from tiga.values.moments import Instant

LINKS_LIMIT = 6
CERTIFICATES_LIMIT = 200
DER = Encoding.DER
_GRANTED = bytes.fromhex("3003020100")
"""PKIStatusInfo with status 0 (RFC 3161 section 2.4.2)."""
_ECDSA: dict[str, hashes.HashAlgorithm] = {
    "1.2.840.10045.4.3.2": hashes.SHA256(), "1.2.840.10045.4.3.3": hashes.SHA384(), "1.2.840.10045.4.3.4": hashes.SHA512(),
}  # fmt: skip


def loaded(texts: Sequence[str]) -> list[x509.Certificate]:
    """The certificates of PEM texts; a text that cannot be read holds none."""
    found: list[x509.Certificate] = []
    for text in texts[:CERTIFICATES_LIMIT]:
        try:
            found += x509.load_pem_x509_certificates(text.encode("ascii", "replace"))
        except (ValueError, UnsupportedAlgorithm):
            continue
    return found[:CERTIFICATES_LIMIT]


def readable(found: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Those of which every part that is asked for later can be read: a certificate is only taken apart when it is asked."""
    kept = []
    for one in found:
        try:
            asked = (one.issuer.public_bytes(), one.subject.rfc4514_string(), one.extensions, one.public_key())
            if asked and one.not_valid_before_utc <= one.not_valid_after_utc:
                kept.append(one)
        except (ValueError, TypeError, OverflowError, x509.DuplicateExtension, UnsupportedAlgorithm):
            continue
    return kept


def for_stamping(certificate: x509.Certificate) -> bool:
    """Whether a certificate is for time stamping alone, and says so as critical (RFC 3161 section 2.3)."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError, x509.DuplicateExtension):
        return False
    return usage.critical and list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def in_force(certificate: x509.Certificate, at: Instant) -> bool:
    return certificate.not_valid_before_utc <= at.datetime() <= certificate.not_valid_after_utc


def leads(
    start: x509.Certificate, pool: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: Instant
) -> bool:
    """Whether a chain of at most LINKS_LIMIT links leads from a certificate to one of the roots."""
    ends = {root.public_bytes(DER) for root in roots}
    level, seen = [start], {start.public_bytes(DER)}
    for _ in range(LINKS_LIMIT):
        if any(one.public_bytes(DER) in ends for one in level):
            return True
        above = [two for one in level for two in pool if two.public_bytes(DER) not in seen and _issued(one, two, at)]
        seen |= {one.public_bytes(DER) for one in above}
        level = above
    return False


def _issued(one: x509.Certificate, issuer: x509.Certificate, at: Instant) -> bool:
    if one.issuer != issuer.subject or not in_force(issuer, at):
        return False
    try:
        if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        one.verify_directly_issued_by(issuer)
    except (
        x509.ExtensionNotFound,
        x509.DuplicateExtension,
        InvalidSignature,
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
    ):
        return False
    return True


def curve_digest(algorithm: str, digest: hashes.HashAlgorithm) -> hashes.HashAlgorithm:
    """The hash of an ECDSA signature: as its own identifier says, else that of the digest."""
    return _ECDSA.get(algorithm, digest)


def second_reader(token: bytes, imprint: bytes, signer: x509.Certificate, pool: Sequence[x509.Certificate]) -> str:
    """What rfc3161-client says of a token, put into a response that grants it: `agrees`, or why not. The chain is asked of us
    alone: all of it is handed over."""
    try:
        response = rfc3161_client.decode_timestamp_response(der.sequence(_GRANTED + token))
        builder = rfc3161_client.VerifierBuilder(tsa_certificate=signer, roots=list(pool))
        return "agrees" if builder.build().verify(response, imprint) else "refuses"
    except Exception as error:  # a foreign reader of hostile bytes
        return f"{type(error).__name__}: {error}"[:120]
