"""ODK: the form that phones fill in, made from the agreement, and what they send back.

Rules
1. Pure: sheets and XML are handed in and out as bytes and data. Whatever the bytes are, the answer is a submission with a
   report or faults, or one fault; never an exception.
2. `xlsform` makes the form, `xform` its XML; `opened` reads a submission's envelope, `submission` its answers.
3. What a person is told of a fault is in the catalogue; `told` puts the question's own label beside it.

Not done here: keeping anything, tokens, requests (`store.submissions`, `web.openrosa`).
"""

from __future__ import annotations

from tiga.drafts import Fault
from tiga.intake.odk.answers import Submission, question, submission
from tiga.intake.odk.envelope import FILE_NAME, XML_BYTES, Envelope, opened
from tiga.intake.odk.xlsform import FORM_ID, Form, xform, xlsform
from tiga.values.words import say

__all__ = ["FILE_NAME", "FORM_ID", "XML_BYTES", "Envelope", "Form", "Submission", "opened", "submission", "told", "xform",
           "xlsform"]  # fmt: skip


def told(fault: Fault, language: str = "en") -> tuple[str, str, str]:
    """A fault in a language: the question it stands at (empty for the whole), what was wrong, what to do."""
    label = question(fault.column)
    if rule := fault.values.get("refusal"):  # a rule further on refused it: its own words say it best
        slots = {name: value for name, value in fault.values.items() if name != "refusal"}
        return "", say(f"refusal.{rule}.text", language, **slots), say(f"refusal.{rule}.remedy", language, **slots)
    what, remedy = (say(code, language, **fault.values) for code in (fault.code, f"{fault.code}_remedy"))
    return say(label, language) if label else "", what, remedy
