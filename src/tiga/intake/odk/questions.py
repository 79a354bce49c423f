"""The questions that a monitor's form asks, as data: name, kind, when it is asked, what an answer must keep to.

Rules
1. A name is for ever: it is the element in every submission that any version of the form ever sent.
2. Date and time are two questions: an engine that shows the two as one takes no answer for "not in the future".
3. The zone is asked for and has no default; a phone's own zone is not the zone of what was asserted.
4. Nothing is asked that tells a phone or a person apart: no device id, no number, no track. A position is taken only
   where the sender says that it happened there.
5. Photographs are sent as they were taken: no question asks for a smaller picture.

Not done here: texts (the catalogue's `odk.…`), act codes and parties (the agreement's), reading answers (`answers`).
"""

from __future__ import annotations

from dataclasses import dataclass

from tiga.drafts import HARMS, SENSES, STANCES, STATUSES, TEXT_LIMIT
from tiga.values.moments import PRECISIONS

LINE_LIMIT = 160
PASSAGE_LIMIT = 1_000
ACTS_LIMIT = 12
PEOPLE_LIMIT = 1_000_000
RADIUS_M_LIMIT = 500_000
HARM_ROWS_LIMIT = 16
COUNT_KINDS = ("shot", "burst", "explosion", "impact", "aircraft", "person")
CONSENTS = ("not_needed", "given", "refused", "not_asked")
USES = ("mechanism", "other_party", "public", "court")
CHOICES: dict[str, tuple[str, ...]] = {
    "precision": tuple(PRECISIONS),
    "place": ("here", "map", "none"),
    "stance": STANCES,
    "sense": tuple(name for name in SENSES if name),
    "count_kind": COUNT_KINDS,
    "effect": HARMS,
    "status": STATUSES,
    "yes_no": ("yes", "no"),
    "consent": CONSENTS,
    "uses": USES,
}
"""Lists of choices that no agreement changes; `acts`, `zones`, `actors` and `languages` are filled in by `xlsform`."""


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the survey sheet. `text` is the word of its label (`odk.<text>`), by default its name; `said` the word of
    what a refused answer is told; `hint` says that there is a word `odk.<text>_hint`."""

    kind: str
    name: str
    text: str = ""
    required: bool = False
    relevant: str = ""
    constraint: str = ""
    said: str = ""
    hint: bool = False
    appearance: str = ""

    @property
    def word(self) -> str:
        return self.text or self.name


def _line(name: str, limit: int = LINE_LIMIT, **more: object) -> Question:
    return Question("text", name, constraint=f"string-length(.) <= {limit}", said="too_long", **more)  # type: ignore[arg-type]


def _whole(name: str, **more: object) -> Question:
    return Question("integer", name, constraint=f". >= 0 and . <= {PEOPLE_LIMIT}", said="number_bad", **more)  # type: ignore[arg-type]


SURVEY: tuple[Question, ...] = (
    Question("note", "intro"),
    Question("begin_group", "when"),
    Question("date", "date", required=True, constraint=". <= today()", said="date_future"),
    Question("select_one precision", "precision", required=True),
    Question("time", "time", required=True, relevant="${precision} != 'day'"),
    Question("date", "until_date", constraint=". >= ${date}", said="until_before"),
    Question("time", "until_time", required=True, relevant="${until_date} != '' and ${precision} != 'day'"),
    Question("select_one zones", "zone", required=True, appearance="minimal"),
    Question("end_group", "when"),
    Question("begin_group", "where"),
    _line("toponym", required=True, hint=True),
    Question("select_one place", "place", required=True),
    Question("geopoint", "here", required=True, relevant="${place} = 'here'"),
    Question("geopoint", "spot", required=True, relevant="${place} = 'map'", appearance="placement-map"),
    Question("integer", "radius", required=True, relevant="${place} = 'here' or ${place} = 'map'",
             constraint=f". >= 1 and . <= {RADIUS_M_LIMIT}", said="radius_bad"),
    Question("end_group", "where"),
    Question("begin_group", "what"),
    Question("select_multiple acts", "acts", constraint=f"count-selected(.) <= {ACTS_LIMIT}", said="acts_many"),
    Question("select_one stance", "stance", required=True),
    Question("select_one sense", "sense", required=True),
    _whole("count"),
    Question("select_one count_kind", "count_kind", required=True, relevant="${count} > 0"),
    Question("select_one actors", "actor", required=True, appearance="minimal"),
    _line("actor_words", PASSAGE_LIMIT),
    Question("end_group", "what"),
    Question("begin_group", "said"),
    Question("select_one languages", "language", required=True, appearance="minimal"),
    Question("text", "account", required=True, constraint=f"string-length(.) <= {TEXT_LIMIT}", said="too_long", hint=True,
             appearance="multiline"),
    _line("limitations", PASSAGE_LIMIT),
    Question("end_group", "said"),
    Question("select_one yes_no", "harmed", "harm", required=True),
    Question("begin_repeat", "harm", relevant="${harmed} = 'yes'"),
    Question("select_one effect", "effect", required=True),
    Question("select_one status", "status", required=True),
    _whole("low", required=True),
    Question("integer", "high", required=True, constraint=f". >= ${{low}} and . <= {PEOPLE_LIMIT}", said="high_bad"),
    Question("end_repeat", "harm"),
    Question("begin_group", "whom"),
    _line("source", required=True),
    _line("origin", required=True, relevant="${sense} = 'told'"),
    Question("select_one yes_no", "custodial", required=True, relevant="${sense} = 'told'"),
    Question("end_group", "whom"),
    Question("begin_group", "proof"),
    Question("image", "photo", hint=True),
    Question("image", "photo_2", "photo_more", relevant="${photo} != ''"),
    Question("image", "photo_3", "photo_more", relevant="${photo_2} != ''"),
    Question("select_one consent", "consent", required=True),
    Question("select_multiple uses", "uses", relevant="${consent} = 'given'", required=True),
    Question("end_group", "proof"),
)  # fmt: skip
"""The survey, in order."""

FILES = tuple(question.name for question in SURVEY if question.kind == "image")
"""Questions whose answer is the name of a file."""
BY_NAME = {question.name: question for question in SURVEY if not question.kind.startswith(("begin", "end"))}
