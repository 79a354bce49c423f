"""The outside of a submission: which form, which instance, what it replaces, which files it names, and its bare answers.

Rules
1. Bytes are handed in. At most XML_BYTES of them, DEPTH_MAX levels and ELEMENTS_MAX elements; no document type, no entity.
2. Every submission has an instance id. `deprecatedID` names the version that it was made from; it may name none.
3. Answers are known by the name of their element, whatever group holds them; rows of `harm` are kept apart, in order.
4. What is wrong with the envelope is one Fault, and nothing of the submission is read.

Source: OpenRosa 1.0 metadata, XForms as phones send them. Not done here: judging answers (`answers`).
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from tiga.drafts import Fault
from tiga.drafts.texts import visible
from tiga.intake.odk.questions import FILES

XML_BYTES = 256 * 1024
DEPTH_MAX = 12
ELEMENTS_MAX = 2_000
ID_LIMIT = 100
FILE_NAME = "xml_submission_file"
"""How the part of a request is called that holds the submission; faults name it where there is no instance id."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}\Z")


@dataclass(frozen=True, slots=True)
class Envelope:
    """A submission opened. `answers` are texts by question; `harm` one such mapping a row; `files` the names of the files
    that answers name, in the form's order."""

    form_id: str
    version: str
    instance: str
    deprecated: str
    answers: dict[str, str]
    harm: tuple[dict[str, str], ...]
    files: tuple[str, ...]


def opened(data: bytes) -> Envelope | Fault:
    """Open a submission, or say why it cannot be."""
    if len(data) > XML_BYTES:
        return _fault("odk_large", bytes=str(len(data)), limit=str(XML_BYTES))
    try:
        root = _tree(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        return _fault("odk_xml", why=visible(str(error)))
    if root is None:
        return _fault("odk_deep", depth=str(DEPTH_MAX), elements=str(ELEMENTS_MAX))
    form_id, meta = root.get("id", ""), next((row for row in root if _name(row) == "meta"), None)
    if not form_id:
        return _fault("odk_no_form")
    said = {_name(row): (row.text or "").strip() for row in meta} if meta is not None else {}
    instance, deprecated = said.get("instanceID", ""), said.get("deprecatedID", "")
    if not _ID.match(instance):
        return _fault("odk_no_instance", value=visible(instance))
    if deprecated and (not _ID.match(deprecated) or deprecated == instance):
        return _fault("odk_no_instance", value=visible(deprecated))
    answers: dict[str, str] = {}
    harm: list[dict[str, str]] = []
    for row in root:
        if _name(row) == "harm":
            harm.append({_name(cell): cell.text or "" for cell in row})
        elif row is not meta:
            answers |= {_name(cell): cell.text or "" for cell in (list(row) or [row])}
    names = [answers.get(name, "").strip() for name in FILES]
    files = tuple(dict.fromkeys(name for name in names if name))
    return Envelope(
        form_id[:ID_LIMIT], root.get("version", "")[:ID_LIMIT], instance, deprecated, answers, tuple(harm), files
    )


def _tree(data: bytes) -> Element | None:
    """The outermost element, or None where there are too many or too deep ones; raises what a parser raises."""
    depth = elements = 0
    root: Element | None = None
    for event, element in ElementTree.iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > DEPTH_MAX or elements > ELEMENTS_MAX:
            return None
        root = element if root is None else root
    return root


def _name(element: Element) -> str:
    """An element's name without its namespace; a comment or instruction has none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _fault(code: str, **values: str) -> Fault:
    return Fault(FILE_NAME, 0, "", f"fault.{code}", values)
