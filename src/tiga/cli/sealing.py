"""`tiga seal FILE --key KEYFILE --to PUB…`: a filing encrypted on the sender's machine, for recipients he names.

Rules
1. Encrypted is here, never on a server: whoever carries or keeps the file has nothing that opens it.
2. The sender is a recipient too, so that he can read what he filed, unless he says otherwise.
3. HPKE (RFC 9180) and AES-GCM are those of `cryptography`; the format is `record.sealed`'s. The content key is drawn
   here, by the operating system, for this one file.
4. The file's own name goes into the ciphertext, so that what is carried may bear any name.

Trust: a recipient's `.pub` is trusted to be his: compare its words with him by voice before sealing to it. The sender's
machine is trusted; the file that was sealed stays where it was, in the clear.
"""

from __future__ import annotations

import argparse
import mimetypes
import secrets
import unicodedata
from collections.abc import Callable
from pathlib import Path

from tiga.cli import keyfiles, writing
from tiga.cli.lines import told
from tiga.record import canonical, sealed
from tiga.record.canonical import NotCanonical
from tiga.record.notes import ED25519
from tiga.record.refusals import Refused
from tiga.record.sealed import Ciphers, Filing

_NONCE = bytes(12)


def ciphers(seal_private: bytes = b"") -> Ciphers:
    """The arithmetic, by `cryptography`; opening needs the private half of a seal key."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

    def wrap(seal_key: bytes, info: bytes, content_key: bytes) -> bytes:
        try:
            return bytes(suite.encrypt(content_key, X25519PublicKey.from_public_bytes(seal_key), info))
        except ValueError as error:  # a point of small order: what is sealed to it is open to all
            raise Refused("cli.seal.weak_key") from error

    def opened(decrypt: Callable[[], bytes]) -> bytes | None:
        try:
            return decrypt()
        except (InvalidTag, ValueError):
            return None

    def unwrap(info: bytes, wrapped: bytes) -> bytes | None:
        private = X25519PrivateKey.from_private_bytes(seal_private)
        return opened(lambda: bytes(suite.decrypt(wrapped, private, info)))

    def encrypt(content_key: bytes, head: bytes, plain: bytes) -> bytes:
        return AESGCM(content_key).encrypt(_NONCE, plain, head)

    def decrypt(content_key: bytes, head: bytes, body: bytes) -> bytes | None:
        return opened(lambda: AESGCM(content_key).decrypt(_NONCE, body, head))

    return Ciphers(wrap, unwrap, encrypt, decrypt)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=told("cli.seal.file", "en"))
    parser.add_argument("--key", type=Path, required=True, metavar="KEYFILE", help=told("cli.seal.key", "en"))
    parser.add_argument("--to", nargs="+", type=Path, required=True, metavar="PUB", help=told("cli.seal.to", "en"))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=told("cli.seal.out", "en"))
    parser.add_argument("--name", default="", help=told("cli.seal.name", "en"))
    parser.add_argument("--type", default="", metavar="TYPE", help=told("cli.seal.type", "en"))
    parser.add_argument("--case", default="", help=told("cli.seal.case", "en"))
    parser.add_argument("--note", default="", help=told("cli.seal.note", "en"))
    parser.add_argument("--without-me", action="store_true", help=told("cli.seal.without_me", "en"))


def run(options: argparse.Namespace) -> int:
    language = options.language
    try:
        recipients = [_recipient(path) for path in options.to]
        filing = _filing(options)
        arithmetic = ciphers()
        own = keyfiles.ask(options.key, language)
        if own.public.key.algorithm != ED25519:
            raise Refused("cli.sign.witness_key", {"name": own.name})
        if not options.without_me:
            recipients.append(own.public)
        keys = list(dict.fromkeys(public.seal for public in recipients))
        data = sealed.seal(filing, own.sign, keys, secrets.token_bytes(32), arithmetic)
        writing.new(options.out, data)
    except NotCanonical as error:
        return keyfiles.refused(error.refusal, language)
    except (Refused, OSError) as error:
        return keyfiles.refused(error, language)
    print(told("cli.seal.written", language, file=options.out, bytes=len(data)))
    for public in dict.fromkeys(recipients):
        print(told("cli.seal.recipient", language, name=public.key.name))
        print(f"    {public.words}")
    print(told("cli.seal.clear", language, file=options.file))
    return 0


def _recipient(path: Path) -> keyfiles.Public:
    """Somebody to whom can be sealed; raises Refused, OSError."""
    public = keyfiles.read_public(path)
    if not public.seal:
        raise Refused("cli.seal.no_seal_key", {"name": public.key.name})
    return public


def _filing(options: argparse.Namespace) -> Filing:
    """What is to be sealed; raises Refused, NotCanonical, OSError."""
    with options.file.open("rb") as file:
        content = file.read(sealed.CONTENT_LIMIT + 1)
    name, note = (unicodedata.normalize("NFC", text) for text in (options.name or options.file.name, options.note))
    canonical.lint([name, note])
    media_type = options.type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Filing(content, name, media_type, options.case, note)
