"""Fields that several desks ask for: acts, time and place, account, harm. Reading them makes drafts, and decides nothing."""

from __future__ import annotations

from tiga.agreement.clauses import Agreement
from tiga.drafts import Harm
from tiga.drafts.coordinates import script
from tiga.values.moments import PRECISIONS, ZONES, BadMoment, Moment
from tiga.values.places import BadPlace, Place, Point
from tiga.values.words import LANGUAGES, pick, say
from tiga.web import forms
from tiga.web.access import Door
from tiga.web.forms import Choice, Field, Filled


def act_choices(agreement: Agreement, language: str, codes: tuple[str, ...] | None = None) -> tuple[Choice, ...]:
    """Leaf acts of the agreement, as choices."""
    return tuple(
        labelled(act.code, act.label, language)
        for act in agreement.acts
        if act.parent and (codes is None or act.code in codes)
    )


def labelled(id: str, texts: dict[str, str], language: str) -> Choice:
    """A choice with a text of the agreement as its label, marked where that is not in the page's language."""
    text, tag = pick(texts, language)
    return Choice(id, f"{id} · {text}", "" if tag == language else tag)


def when_where(door: Door, language: str) -> tuple[Field, ...]:
    """Fields of time and place that every report has; the zone is always asked for."""
    zones = list(dict.fromkeys([party.zone for party in door.agreement.parties] + list(ZONES)))
    return (
        Field("start", "datetime", "form.start", required=True, limit=16),
        Field("until", "datetime", "form.until", limit=16),
        Field("zone", "choice", "form.zone", required=True, choices=tuple(Choice(zone, zone) for zone in zones)),
        Field("precision", "choice", "form.precision", required=True,
              choices=tuple(Choice(name, say(f"precision.{name}", language)) for name in PRECISIONS)),
        Field("toponym", "line", "form.toponym", required=True, limit=200, hint="form.toponym_hint"),
        Field("lat", "degrees", "form.lat", limit=14, high=900_000_000, hint="form.lat_hint"),
        Field("lon", "degrees", "form.lon", limit=14, high=1_800_000_000),
        Field("radius_m", "whole", "form.radius", limit=6, low=1, high=500_000),
    )  # fmt: skip


def account(language: str) -> tuple[Field, ...]:
    languages = tuple(Choice(tag, item.own_name) for tag, item in LANGUAGES.items())
    return (
        Field("language", "choice", "form.language", choices=languages, hint="form.language_hint"),
        Field("account", "text", "form.account", required=True, limit=8000, hint="form.account_hint", lang=True),
        Field("killed_low", "whole", "form.killed_low", limit=5, high=99_999),
        Field("killed_high", "whole", "form.killed_high", limit=5, high=99_999),
    )


def moment(filled: Filled) -> tuple[Moment | None, Filled]:
    """The moment of a form, or the form with the fault at its field."""
    values = filled.values
    start = values["start"][:10] if values["precision"] == "day" else values["start"]
    until = values["until"][:10] if values["precision"] == "day" else values["until"]
    try:
        return Moment(start, values["zone"], values["precision"], until), filled
    except BadMoment:
        return None, forms.with_fault(filled, "start", "form.moment")


def place(filled: Filled) -> tuple[Place | None, Filled]:
    """The place of a form: a point needs both degrees and a radius."""
    values = filled.values
    given = [name for name in ("lat", "lon", "radius_m") if values[name]]
    if not given:
        return Place(values["toponym"], script(values["toponym"]), source="form"), filled
    if len(given) < 3:
        missing = next(name for name in ("lat", "lon", "radius_m") if not values[name])
        return None, forms.with_fault(filled, missing, "form.point")
    try:
        point = Point(forms.degrees_e7(values["lat"]) or 0, forms.degrees_e7(values["lon"]) or 0)
        return Place(values["toponym"], script(values["toponym"]), point, int(values["radius_m"]), "form"), filled
    except BadPlace:
        return None, forms.with_fault(filled, "lat", "form.degrees")


def harm(filled: Filled) -> tuple[tuple[Harm, ...], Filled]:
    low, high = filled.values["killed_low"], filled.values["killed_high"]
    if not low and not high:
        return (), filled
    first, last = int(low or high), int(high or low)
    if last < first:
        return (), forms.with_fault(filled, "killed_high", "form.range")
    return (Harm("killed", "unknown", first, last),), filled


def happening(filled: Filled) -> tuple[tuple[Moment, Place, tuple[Harm, ...]] | None, Filled]:
    """Time, place and harm of a form, or None and the form with what is wrong at its fields."""
    if not filled.good:
        return None, filled
    when, filled = moment(filled)
    where, filled = place(filled)
    rows, filled = harm(filled)
    if when is None or where is None or not filled.good:
        return None, filled
    return (when, where, rows), filled
