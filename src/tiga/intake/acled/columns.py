"""The columns of ACLED's event files, and what the codes in them mean.

Rules
1. Every column set is read that has REQUIRED: the current one (31 columns), those before it (`data_id`, `iso3`,
   `event_id_no_cnty`, `gwno`, `ally_actor_1`, headings in capitals), and a file cut down to REQUIRED.
2. Old and new codes of one thing become one word (`INTER`, `interaction`), so that a change of coding makes no new version.
3. Neither does `timestamp`: it says when a row was last changed, not what it says; with `data_id`, which is new with every
   change, it stays out of a report's text.
4. Radii and windows are ours, on the wide side: the codebook describes its scales in words.

Not done here: reading cells.
"""

from __future__ import annotations

REQUIRED = ("event_id_cnty", "event_date", "event_type", "country", "fatalities")
"""Columns without which a file is not read, and without whose cell a row is not."""

ALIASES = {
    "ally_actor_1": "assoc_actor_1", "ally_actor_2": "assoc_actor_2", "time_precis": "time_precision",
    "geo_precis": "geo_precision",
}  # fmt: skip
"""Headings of older files, and the column's name now."""

KNOWN = (
    "event_id_cnty", "event_id_no_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type",
    "sub_event_type", "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2", "interaction",
    "civilian_targeting", "iso", "iso3", "gwno", "region", "country", "admin1", "admin2", "admin3", "location", "latitude",
    "longitude", "geo_precision", "source", "source_scale", "notes", "fatalities", "tags",
)  # fmt: skip
"""All known columns in the order in which a report's text gives them, whatever their order in the file."""
UNTOLD = frozenset({"timestamp", "data_id"})
"""Columns that say something of the row and nothing of the event."""
DATES = frozenset({"event_date"})
DEGREES = frozenset({"latitude", "longitude"})

INTER = {
    "1": "State forces", "2": "Rebel group", "3": "Political militia", "4": "Identity militia", "5": "Rioters",
    "6": "Protesters", "7": "Civilians", "8": "External/Other forces",
}  # fmt: skip
"""inter1 and inter2: the kind of an actor, as a number in older files and as words in newer ones."""
INTER_WORDS = {
    "rebel groups": "Rebel group", "rebel forces": "Rebel group", "political militias": "Political militia",
    "identity militias": "Identity militia", "external forces": "External/Other forces",
    "other forces": "External/Other forces", "external/other": "External/Other forces",
    **{word.casefold(): word for word in INTER.values()},
}  # fmt: skip
SOLE = "{actor} only"
"""`interaction` where there is one actor alone (10, 20, … 80)."""
TURNED = {"78": "External/Other forces-Civilians"}
"""`interaction` whose words stand in another order than its digits."""
STATE, CIVILIANS = "State forces", "Civilians"
STATE_NAMES = ("Military Forces of ", "Police Forces of ", "Government of ")
"""How the dataset names a state's forces, at home and abroad."""

FIGHTING = frozenset({
    "battles", "explosions/remote violence", "remote violence", "battle-no change of territory",
    "battle-government regains territory", "battle-non-state actor overtakes territory",
})  # fmt: skip
AGAINST_CIVILIANS = "violence against civilians"
MEANS = {
    "air/drone strike": "air strike", "shelling/artillery/missile attack": "shelling",
    "remote explosive/landmine/ied": "landmine", "suicide bomb": "", "grenade": "", "chemical weapon": "",
}  # fmt: skip
"""What a sub-event type adds to the words from which an act is guessed: no more than it says of the means (whether it was a
drone or an aircraft, it leaves open)."""

TIME_PRECISIONS = ("1", "2", "3")
WINDOW_DAYS = {"1": 0, "2": 3, "3": 15}
"""time_precision: the day is known; a day in that week; a day in that month. Days on both sides of the date given."""
GEO_PRECISIONS = ("1", "2", "3")
RADIUS_M = {"1": 5_000, "2": 50_000, "3": 250_000}
"""geo_precision: the town itself; a part of a region, coded to a town near it; a larger region, coded to a town in it."""

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
