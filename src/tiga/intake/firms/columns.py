"""The columns of FIRMS' files, and what the codes in them mean.

Rules
1. A file is known by REQUIRED and one of HEAT. That covers VIIRS and MODIS, near real time and archive (`type`), the answer
   for a country (`country_id` first), text files without `instrument`, and lists cut down by others.
2. Satellites are known under every name that the feeds give them; a name that is not known is a fault, for a detection
   counted under two names would be two.
3. Where a file gives no pixel size, the pixel is taken as large as the sensor's at the edge of its swath.

Not done here: reading cells. Landsat's and geostationary feeds have other columns and are not read.
"""

from __future__ import annotations

REQUIRED = ("latitude", "longitude", "acq_date", "acq_time", "satellite")
"""Columns without which a file is not read, and without whose cell a row is not."""
HEAT = ("frp", "bright_ti4", "brightness")
"""One of these must be in a heading for a file to be known as FIRMS'."""

SATELLITES = {
    "suomi-npp": (
        "N",
        "SNPP",
        "NPP",
        "S-NPP",
        "Suomi NPP",
        "Suomi-NPP",
        "VIIRS_SNPP_NRT",
        "VIIRS_SNPP_SP",
        "VIIRS_SNPP",
    ),
    "noaa-20": ("1", "N20", "J1", "NOAA20", "NOAA-20", "JPSS-1", "VIIRS_NOAA20_NRT", "VIIRS_NOAA20_SP", "VIIRS_NOAA20"),
    "noaa-21": ("2", "N21", "J2", "NOAA21", "NOAA-21", "JPSS-2", "VIIRS_NOAA21_NRT", "VIIRS_NOAA21_SP", "VIIRS_NOAA21"),
    "terra": ("T", "Terra"),
    "aqua": ("A", "Aqua"),
}
"""Our id of a satellite, and the names that feeds give it."""
BY_NAME = {name.casefold(): id for id, names in SATELLITES.items() for name in names}
CARRIES = {"suomi-npp": "VIIRS", "noaa-20": "VIIRS", "noaa-21": "VIIRS", "terra": "MODIS", "aqua": "MODIS"}

WORDS = {"l": "low", "low": "low", "n": "nominal", "nominal": "nominal", "h": "high", "high": "high"}
NOMINAL_FROM, HIGH_FROM = 30, 80
"""MODIS confidence in percent from which it is nominal, and high (FIRMS' own classes)."""
TYPES = ("0", "1", "2", "3")
DAYNIGHT = ("D", "N")
RADIUS_M = {"VIIRS": 600, "MODIS": 2_600}
"""From a pixel's centre to its corner at the edge of the swath, in metres: about 0.8 by 0.8 km, and 4.8 by 2 km."""
SIDE_KM_MOST = 20
"""A pixel's side above which a number is no size of a pixel."""

REFUSALS = ("invalid ", "no data", "exceed", "error", "request ", "too many")
PAGES = ("<!doctype html", "<html")
"""How the service begins a text that it sends in place of rows, with the status of a good answer."""
REFUSAL_CHARACTERS_LIMIT = 400
