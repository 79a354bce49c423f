"""The columns of UCDP's event files, and what the codes in them mean.

Rules
1. Every column set that UCDP and its re-publishers use is read: GED and Candidate (49 columns), HDX country files (50, with
   `iso3` and a row of HXL tags), older GED (41 and 45), and a file reduced to REQUIRED.
2. A column that is not known is kept with the event's text and means nothing here.
3. A radius says how far from the coded point an event may have been. Its source is the codebook's scale `where_prec`
   (UCDP GED Codebook 25.1, section 5.4.2), which gives a distance for code 2 only; the others are ours, on the wide side.

Not done here: reading cells.
"""

from __future__ import annotations

REQUIRED = ("id", "country", "best", "type_of_violence", "date_start")
"""Columns without which a file is not read, and without whose cell a row is not."""
NAMED_BY = ("conflict_name", "dyad_name")
"""One of these must be in a heading for a file to be known as UCDP's."""

KNOWN = (
    "id", "relid", "year", "active_year", "start_year", "end_year", "code_status", "type_of_violence",
    "conflict_dset_id", "conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name",
    "side_a_dset_id", "side_a_new_id", "gwnoa", "side_a", "side_b_dset_id", "side_b_new_id", "gwnob", "side_b",
    "number_of_sources", "source_article", "source_office", "source_date", "source_headline", "source_original",
    "where_prec", "where_coordinates", "where_description", "adm_1", "adm_2", "latitude", "longitude", "geom_wkt",
    "priogrid_gid", "country", "iso3", "country_id", "region", "event_clarity", "date_prec", "date_start", "date_end",
    "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "low", "best", "high",
)  # fmt: skip
"""All known columns in the order in which an event's text gives them, whatever their order in the file: a release that
only moves columns makes no new versions."""
DATES = frozenset({"date_start", "date_end"})
DEGREES = frozenset({"latitude", "longitude"})
PARTS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
"""The split of `best`; `low` and `high` are given for the total alone."""

VIOLENCE = {"1": "state", "2": "non_state", "3": "one_sided"}
"""type_of_violence: state-based conflict, non-state conflict, one-sided violence."""
DATE_PRECISIONS = ("1", "2", "3", "4", "5")
"""date_prec: the day is known; 2-6 days; a week; a month; more than a month. The window itself is in the dates."""
CLARITIES = ("1", "2")
"""event_clarity: an event of its own; one taken from an aggregate."""
PLACE_PRECISIONS = ("1", "2", "3", "4", "5", "6", "7")
RADIUS_M = {"1": 5_000, "2": 25_000, "3": 50_000, "4": 250_000}
"""where_prec to metres: a named place; up to 25 km from one; a district (second administrative level); a province (first).
The rest have no radius and so no point: 5 a line or region of any length, 6 a country, 7 waters or airspace."""
STATE_NAME = "Government of "
"""How the dataset names every state."""
