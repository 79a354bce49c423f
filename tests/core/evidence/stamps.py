"""A time-stamping authority of the tests' own: certificates and tokens (RFC 3161, RFC 5652), right and wrong on purpose."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AT = datetime(2026, 1, 5, 18, 0, tzinfo=UTC)
SHA = {"sha1": "1.3.14.3.2.26", "sha256": "2.16.840.1.101.3.4.2.1", "sha512": "2.16.840.1.101.3.4.2.3"}


def tlv(tag: int, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    length = len(body)
    if length < 128:
        return bytes([tag, length]) + body
    raw = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(raw)]) + raw + body


def oid(text: str) -> bytes:
    first, second, *rest = (int(part) for part in text.split("."))
    out = bytearray()
    for part in (first * 40 + second, *rest):
        groups = [part & 127]
        while part := part >> 7:
            groups.append(part & 127 | 128)
        out += bytes(reversed(groups))
    return tlv(6, bytes(out))


def integer(value: int) -> bytes:
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def algorithm(name: str) -> bytes:
    return tlv(0x30, oid(SHA[name]))


@dataclass(frozen=True)
class Signer:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode("ascii")


def certified(name: str, number: int, by: Signer | None, *, usage: x509.ObjectIdentifier | None = None,
              critical: bool = True, years: tuple[int, int] = (2025, 2035)) -> Signer:  # fmt: skip
    """A certificate issued by another one, or by itself; with a usage it is not one that may issue."""
    key = ec.derive_private_key(number, ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start, end = (datetime(year, 1, 1, tzinfo=UTC) for year in years)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key()).serial_number(number).not_valid_before(start).not_valid_after(end)
        .add_extension(x509.BasicConstraints(usage is None, None), True)
    )  # fmt: skip
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical)
    return Signer(key, builder.sign(by.key if by else key, hashes.SHA256()))


ROOT = certified("Exercise root", 1001, None)
LINK = certified("Exercise link", 1002, ROOT)
STAMPER = certified("Exercise stamper", 1003, LINK, usage=ExtendedKeyUsageOID.TIME_STAMPING)


def token(data: bytes, by: Signer = STAMPER, *, hash_name: str = "sha256", at: datetime = AT, status: int = 0,
          order: int = 1, certificates: tuple[Signer, ...] = (STAMPER, LINK), imprint: bytes = b"", spoil: bool = False,
          bare: bool = False) -> bytes:  # fmt: skip
    """A response over `data`; `order` 1 sorts the certificates as DER asks, -1 the other way round."""
    digest = imprint or hashlib.new(hash_name, data).digest()
    info = tlv(0x30, integer(1), oid("1.2.3.4.1"), tlv(0x30, algorithm(hash_name), tlv(4, digest)), integer(7),
               tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").encode()))  # fmt: skip
    ess = tlv(0x30, tlv(0x30, tlv(0x30, tlv(4, hashlib.sha256(by.der).digest()))))
    rows = sorted([
        tlv(0x30, oid("1.2.840.113549.1.9.3"), tlv(0x31, oid("1.2.840.113549.1.9.16.1.4"))),
        tlv(0x30, oid("1.2.840.113549.1.9.4"), tlv(0x31, tlv(4, hashlib.sha256(info).digest()))),
        tlv(0x30, oid("1.2.840.113549.1.9.16.2.47"), tlv(0x31, ess)),
    ])  # fmt: skip
    signature = by.key.sign(tlv(0x31, *rows), ec.ECDSA(hashes.SHA256()))
    if spoil:
        info = info[:-3] + b"59Z"
    signer = tlv(0x30, integer(1), tlv(0x30, by.certificate.issuer.public_bytes(), integer(by.certificate.serial_number)),
                 algorithm("sha256"), tlv(0xA0, *rows), tlv(0x30, oid("1.2.840.10045.4.3.2")), tlv(4, signature))  # fmt: skip
    held = sorted((one.der for one in certificates), reverse=order < 0)
    signed = tlv(0x30, integer(3), tlv(0x31, algorithm("sha256")),
                 tlv(0x30, oid("1.2.840.113549.1.9.16.1.4"), tlv(0xA0, tlv(4, info))),
                 *([tlv(0xA0, *held)] if held else []), tlv(0x31, signer))  # fmt: skip
    content = tlv(0x30, oid("1.2.840.113549.1.7.2"), tlv(0xA0, signed))
    return content if bare else tlv(0x30, tlv(0x30, integer(status)), *([content] if status < 2 else []))
