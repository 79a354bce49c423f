"""One row of a research dataset while it is read: its cells by column, and every fault that is found in it.

Rules
1. Every fault of a row is named with its column; the adapter sets the row aside whole where there is one.
2. Spellings of one value (`7.0`, `50.450`, `2026-01-05 00:00:00.000`) become one, so that they make no new version.
3. A character that can change what a reader sees stands as its code, and the text becomes NFC: the producer cannot be asked
   to mend a cell.
4. `account` is the row as text, `column: value` for every filled cell, in an order that does not hang on the file's.

Not done here: what a column means; that is each adapter's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tiga.drafts import Fault
from tiga.drafts.coordinates import coordinate, is_degrees
from tiga.drafts.texts import FORBIDDEN, codepoint, shown, visible
from tiga.values.moments import YEARS, BadMoment, Moment

PEOPLE_LIMIT = 1_000_000
WORD_LIMIT = 300
PASSAGE_LIMIT = 1_000

_WHOLE = re.compile(r"(-?[0-9]{1,15})\.0+\Z")
_NUMBER = re.compile(r"[0-9]{1,12}\Z")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?\Z")


@dataclass(slots=True)
class Reading:
    """A row while it is read: its cells by column, the faults found, and which refused characters it held."""

    file: str
    row: int
    raw: tuple[str, ...]
    texts: dict[str, str]
    faults: list[Fault] = field(default_factory=list)
    characters: tuple[str, ...] = ()

    def get(self, column: str) -> str:
        return self.texts.get(column, "")

    def first(self, *columns: str) -> str:
        """The first of these columns that is filled."""
        return next(filter(None, (self.get(column) for column in columns)), "")

    def fault(self, column: str, code: str, **values: str) -> None:
        kept = {key: visible(value) for key, value in values.items()}
        self.faults.append(Fault(self.file, self.row, column, f"fault.{code}", kept, self.raw))

    def required(self, columns: Collection[str]) -> None:
        """Name each of these columns that is empty."""
        for column in columns:
            if not self.get(column):
                self.fault(column, "field_missing", field=column)

    def number(self, column: str, most: int) -> int:
        """A whole number from 0 to `most`; 0 where the cell is empty or faulty."""
        text = self.get(column)
        if text and (not _NUMBER.match(text) or int(text) > most):
            self.fault(column, "number_bad", value=text)
            return 0
        return int(text or 0)

    def coded(self, column: str, choices: tuple[str, ...]) -> str:
        """A code of the codebook, or empty."""
        text = self.get(column)
        if text and text not in choices:
            self.fault(column, "choice_unknown", value=text, choices=", ".join(choices))
            return ""
        return text

    def degrees(self, column: str, most: int, code: str) -> int | None:
        """Decimal degrees as an integer of 1e-7 degrees."""
        text = self.get(column)
        return coordinate(text, most, "coordinate_bad", code, lambda why: self.fault(column, why, value=text))

    def point(self) -> tuple[int | None, int | None]:
        """Latitude and longitude in 1e-7 degrees; half a point is a fault."""
        lat = self.degrees("latitude", 90, "latitude_out")
        lon = self.degrees("longitude", 180, "longitude_out")
        given = {column for column in ("latitude", "longitude") if self.get(column)}
        if len(given) == 1:
            lacking = ({"latitude", "longitude"} - given).pop()
            self.fault(lacking, "point_half", field=lacking)
        return lat, lon

    def day(self, column: str) -> str | None:
        """A date, empty where none is given, None where it cannot be read."""
        text = self.get(column)
        if not text:
            return ""
        if re.match(r"[0-9]{4}-", text) and not YEARS[0] <= int(text[:4]) <= YEARS[1]:
            self.fault(column, "date_range", value=text, first=str(YEARS[0]), last=str(YEARS[1]))
            return None
        try:
            if not _DATE.match(text):
                raise BadMoment(text)
            Moment(text, "UTC", "day")
        except BadMoment:
            self.fault(column, "dataset_date", value=text)
            return None
        return text

    def zone(self, zones: Mapping[str, str]) -> str:
        """The zone stated for the row's country (by its name in lower case; under the empty name, for all others)."""
        zone = zones.get(self.get("country").casefold(), zones.get("", ""))
        if not zone and self.get("country"):
            self.fault("country", "country_zone_missing", value=self.get("country"))
        return zone

    def settle(self, dates: Collection[str], angles: Collection[str]) -> None:
        """Give each value one spelling, and show what rule 3 says; `dates` and `angles` are columns."""
        whole = "\n".join(self.texts.values())
        if FORBIDDEN.search(whole):
            self.characters = tuple(sorted({codepoint(letter) for letter in FORBIDDEN.findall(whole)}))
            self.texts = {column: shown(text) for column, text in self.texts.items()}
        if not unicodedata.is_normalized("NFC", whole):
            self.characters += ("NFC",)
            self.texts = {column: unicodedata.normalize("NFC", text) for column, text in self.texts.items()}
        for column, text in self.texts.items():
            if column in dates:
                self.texts[column] = match[1] if (match := _DATE.match(text)) else text
            elif match := _WHOLE.match(text):
                self.texts[column] = match[1]
            elif column in angles and is_degrees(text) and "." in text:
                self.texts[column] = text.rstrip("0")

    def account(self, order: Mapping[str, int]) -> str:
        """The row as text, known columns first and in their own order."""
        columns = sorted(self.texts, key=lambda column: (order.get(column, len(order)), column))
        # further lines of a value are indented, so that none of them can pass for another column
        filled = ((column, self.texts[column].replace("\n", "\n  ")) for column in columns if self.texts[column])
        return "\n".join(f"{column}: {text}" for column, text in filled)


def cut(text: str, limit: int) -> str:
    """A text's beginning; the whole of it stands in the account."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
