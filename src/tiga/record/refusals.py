"""What the record says when it does not accept something.

Rules
1. A refusal carries a code of the catalogue (`record.refused.…`) and the values that fill it; `str` is its English.
2. Where a dossier is concerned the values name the `member`, and the `act` and `sid` as far as they are known.
3. A refusal is raised once where the fault is seen; whoever knows more about the place adds it by `located`.

Not done here: findings on content. A refusal speaks of bytes, keys and proofs only.
"""

from __future__ import annotations

from collections.abc import Mapping

from tiga.values.words import say


class Refused(ValueError):
    """Bytes that the record does not accept: `code` and `values` render it in any language."""

    def __init__(self, code: str, values: Mapping[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values: dict[str, object] = dict(values or {})

    def text(self, language: str = "en") -> str:
        """The refusal as a sentence, followed by where it arose when a dossier's member is known."""
        sentence = say(self.code, language, **self.values)
        if "member" not in self.values:
            return sentence
        known = {name: self.values.get(name) or "-" for name in ("member", "act", "sid")}
        return f"{sentence} {say('record.where', language, **known)}"

    def located(self, **more: object) -> Refused:
        """The same refusal with the place added; what it already says about the place stays."""
        return Refused(self.code, {**more, **self.values})

    def __str__(self) -> str:
        return self.text("en")
