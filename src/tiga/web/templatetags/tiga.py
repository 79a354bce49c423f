"""Tags and filters of the templates: words, names, instants, numbers. They show; they decide nothing."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from tiga.agreement import reading
from tiga.drafts import FieldReport
from tiga.intake import languages
from tiga.mechanism import explanation, imposed
from tiga.mechanism.asks import read_texts
from tiga.publish import paper
from tiga.values import names, words
from tiga.values.moments import Instant, Moment
from tiga.web import grids

register = template.Library()


def _language(context: Context) -> str:
    return str(context.get("language", "en"))


@register.simple_tag(takes_context=True)
def w(context: Context, code: str, *more: object, **values: object) -> str:
    """The word of a code; further positional parts are joined to the code with a dot."""
    full = ".".join([code, *(str(part) for part in more)])
    return words.say(full, _language(context), **values)


@register.simple_tag(takes_context=True)
def said(context: Context, code: str, values: dict[str, str], part: str = "") -> str:
    """A text of the catalogue with values that stand on the record; `part` is joined to its code."""
    return words.say(f"{code}{part}", _language(context), **values)


@register.simple_tag(takes_context=True)
def word_or(context: Context, section: str, value: str) -> str:
    """The word `section.value`, or the value itself where the catalogue has none (data of the agreement)."""
    code = f"{section}.{value}"
    return words.say(code, _language(context)) if words.knows(code) else value


@register.simple_tag(takes_context=True)
def needs(context: Context, act: str) -> str:
    """What waits for an open item of the agreement, in words."""
    code = f"agreement.needs.{act.replace('.', '_')}"
    return words.say(code, _language(context)) if words.knows(code) else act


@register.simple_tag(takes_context=True)
def who(context: Context, id: str) -> SafeString:
    """The display name of a party, mediator or group, in its own language tag."""
    text, tag = called(context.get("door"), id, _language(context))
    return format_html('<bdi lang="{}">{}</bdi>', tag, text) if tag else format_html("{}", text)


def called(door: Any, id: str, language: str) -> tuple[str, str]:
    """The display name of a party, mediator or group to a door's reader, and its language; empty where it is the page's."""
    for section in ("executor", "said_by"):
        if words.knows(f"{section}.{id}"):
            return words.say(f"{section}.{id}", language), ""
    if door is None or not id:
        return id, ""
    own = door.reader.role == "liaison" and door.reader.component == id
    text, tag = reading.display(door.agreement, id, "own" if own else "neutral", language)
    return text, tag or "en"


@register.simple_tag(takes_context=True)
def titled(context: Context, concept: str, title: str) -> str:
    """An object's title, with names in place of ids where the machine made it."""
    door = context.get("door")
    return grids.title(door.agreement, concept, title, _language(context)) if door else title


@register.simple_tag(takes_context=True)
def pick(context: Context, texts: dict[str, str]) -> SafeString:
    """The text in the reader's language, or the nearest, marked with its language and direction."""
    text, tag = words.pick(texts or {}, _language(context))
    return format_html('<span lang="{}" dir="{}">{}</span>', tag, words.direction(tag), text)


@register.simple_tag(takes_context=True)
def pick_plain(context: Context, texts: dict[str, str]) -> str:
    return words.pick(texts or {}, _language(context))[0]


@register.simple_tag(takes_context=True)
def num(context: Context, value: object) -> str:
    """A number with the language's digits."""
    return words.digits(str(value), _language(context))


def zones(context: Context) -> tuple[str, ...]:
    """UTC and the zones of the agreement's parties, in the order that alternates by day."""
    door = context.get("door")
    if door is None:
        return ("UTC",)
    turn = door.now.ms // 86_400_000
    return tuple(dict.fromkeys(("UTC", *(party.zone for party in reading.order(door.agreement, turn)))))


@register.simple_tag(takes_context=True)
def clocks(context: Context, at: Any) -> SafeString:
    """An instant in every named clock of the record."""
    instant = at if isinstance(at, Instant) else Instant(int(at))
    language = _language(context)
    body = format_html_join(mark_safe(" · "), "{}", ((_time(instant, zone, language),) for zone in zones(context)))
    return format_html('<span class="two-times">{}</span>', body)


def _time(at: Instant, zone: str, language: str) -> SafeString:
    """An instant in a zone: it reads from left to right in every language, and is never torn over lines (`time` in base.css)."""
    shown = words.digits(at.local(zone), language)
    return format_html('<time datetime="{}" dir="ltr">{} {}</time>', at.text(), shown, zone)


@register.simple_tag(takes_context=True)
def utc(context: Context, at: Any) -> SafeString:
    """An instant in UTC alone."""
    instant = at if isinstance(at, Instant) else Instant(int(at))
    return _time(instant, "UTC", _language(context))


@register.simple_tag(takes_context=True)
def asserted(context: Context, moment: Moment) -> SafeString:
    """A time as it was asserted: local, zone and precision, as text that nobody has recalculated."""
    language = _language(context)
    local = words.digits(moment.local.replace("T", " "), language)
    until = words.digits(moment.until.replace("T", " "), language) if moment.until else ""
    precision = words.say(f"precision.{moment.precision}", language)
    span = f"{local} – {until}" if until else local
    run = format_html('<bdi class="run" dir="ltr">{} {}</bdi>', span, moment.zone)
    return format_html('<span class="asserted-time">{} ({})</span>', run, precision)


@register.simple_tag
def number(prefix: str, sid: str) -> SafeString:
    """A printed number."""
    return format_html('<bdi class="id">{}</bdi>', names.printed_number(prefix, sid))


@register.filter
def runs(text: str) -> SafeString:
    """Words of ours with times in them: each time reads from left to right and is not torn over lines."""
    return mark_safe(paper.inline(str(text)))  # `inline` escapes


@register.filter
def dir_of(language: str) -> str:
    """The direction of a text in a language; `auto` where nobody can tell the language."""
    return "auto" if language == languages.UNTOLD else words.direction(language)


@register.filter
def at(rows: Any, key: Any) -> Any:
    """A member of a mapping, or nothing."""
    return rows.get(key) if hasattr(rows, "get") else None


@register.filter
def short(text: str) -> str:
    """The first 12 characters of a hash or sid."""
    return str(text)[:12]


@register.filter
def slug(name: str) -> str:
    """A key's name without the origin: role and number."""
    return grids.slug(str(name))


@register.filter
def bits(millibits: int) -> str:
    """Millibits as bits with one decimal and a sign."""
    return f"{int(millibits) / 1000:+.1f}"


@register.filter
def magnitude(millibits: int) -> str:
    return f"{min(10.0, abs(int(millibits)) / 1000):.1f}"


@register.simple_tag(takes_context=True)
def why(context: Context, code: str, values: dict[str, str]) -> str:
    """The words of one weight of a match."""
    from tiga.fusion import explain

    return explain.in_words(code, values, _language(context))


@register.simple_tag(takes_context=True)
def harm_range(context: Context, low: int, high: int) -> str:
    language = _language(context)
    if low == high:
        return words.digits(low, language)
    return f"\u2068{words.digits(low, language)}\u2013{words.digits(high, language)}\u2069"


@register.simple_tag(takes_context=True)
def measure_status(context: Context, measure: Any) -> str:
    """Where a measure stands now, in words."""
    return words.say(f"measure_status.{imposed.status(measure, context['now'])}", _language(context))


@register.simple_tag(takes_context=True)
def clock_name(context: Context, name: str) -> str:
    """The words for a clock: a deadline's, or a measure's item."""
    root, _, item = name.partition(".")
    text = words.say(f"clock.{root}", _language(context)) if words.knows(f"clock.{root}") else root
    return f"{text}: {measure_name(context, item)}" if item else text


@register.simple_tag(takes_context=True)
def measure_name(context: Context, id: str) -> str:
    """The label of a measure type, from the agreement."""
    door = context.get("door")
    kind = door.agreement.measure(id) if door else None
    return words.pick(kind.label, _language(context))[0] if kind else id


@register.simple_tag(takes_context=True)
def clock_state(context: Context, clock: Any) -> str:
    """Where a clock stands now."""
    now = context.get("now")
    return str(clock.state(now)) if now is not None else "running"


@register.simple_tag(takes_context=True)
def condition(context: Context, item: Any) -> str:
    """A condition of the ladder in words."""
    language, form = _language(context), item.form()
    severity = item.severity or item.count
    shown = words.say(f"severity.{severity}", language) if words.knows(f"severity.{severity}") else severity
    if form == "severity":
        return words.say("ladder.severity", language, severity=shown)
    if form == "unmet":
        return words.say("ladder.unmet", language, step=item.unmet)
    what = shown if form == "count" else words.digits(item.imposed, language)
    return words.say(f"ladder.{form}", language, what=what, n=item.at_least, within=item.within, zone=item.zone)


@register.simple_tag(takes_context=True)
def fact(context: Context, it: Any) -> SafeString:
    """A fact of an object, by its kind: words as they were said, everything else as the page shows such things."""
    door, language = context.get("door"), _language(context)
    match it.kind:
        case "party" | "component":
            return who(context, it.value)
        case "instant":
            return clocks(context, Instant.parse(it.value))
        case "code":
            return format_html('<span class="tag">{}</span>', word_or(context, "choice", it.value))
        case "standard":
            return format_html("{}", word_or(context, "standard", it.value))
        case "act":
            act = door.agreement.act(it.value) if door else None
            return format_html('<bdi class="tag">{}</bdi> {}', it.value, pick(context, act.label if act else {}))
        case "clause":
            clause = door.agreement.clause(it.value) if door else None
            return format_html('<bdi class="tag">{}</bdi> {}', it.value, pick(context, clause.text) if clause else "")
        case "undertaking":
            text, tag = grids.undertaking(door.agreement, it.value, language) if door else (it.value, "")
            return format_html('<span lang="{}" dir="auto">{}</span>', tag or "und", text)
        case "texts":
            return pick(context, read_texts(it.value))
        case "precision":
            return format_html("{}", word_or(context, "precision", it.value))
        case "number":
            return format_html("{}", words.digits(it.value, language))
        case "span":
            return format_html("<bdi>{}</bdi>", explanation.span(it.value, language))
        case "key":
            return format_html('<bdi class="id">{}</bdi>', slug(it.value))
        case "object":
            return _object(context, *it.value.split(":", 1))
        case "list":
            rows = format_html_join("", "<li><bdi>{}</bdi></li>", ((row,) for row in it.value.split("\n")))
            return format_html("<ul>{}</ul>", rows)
    return format_html('<bdi dir="auto">{}</bdi>', it.value)


@register.simple_tag(takes_context=True)
def clock_of(context: Context, clock: Any) -> SafeString:
    """A link to what a clock belongs to."""
    return _object(context, clock.concept, clock.case)


@register.simple_tag(takes_context=True)
def object_link(context: Context, object: str, text: str = "") -> SafeString:
    """A link to an object (`concept:sid`) by a text, else by its printed number."""
    concept, _, sid = object.partition(":")
    return _object(context, concept, sid, text)


@register.simple_tag
def account_language(report: FieldReport) -> languages.Told:
    """What is known of the language of a report's account."""
    return languages.told(report)


@register.simple_tag
def own_name(tag: str) -> str:
    """What a language calls itself."""
    return words.LANGUAGES[tag].own_name if tag in words.LANGUAGES else tag


def _object(context: Context, concept: str, sid: str, text: str = "") -> SafeString:
    """A link to an object by a text, else by its printed number."""
    record, door = context.get("record"), context.get("door")
    prefixes = {"case": "C", "incident": "I", "report": "R"}
    prefix = prefixes.get(concept) or (door.prefix(concept) if door and concept in door.concepts() else "")
    if concept in prefixes:
        address = reverse(concept, args=[record, sid])
    else:
        address = reverse("affair", args=[record, concept, sid])
    if text:
        return format_html('<a href="{}"><bdi>{}</bdi></a>', address, text)
    return format_html('<a href="{}"><bdi class="id">{}</bdi></a>', address, names.printed_number(prefix, sid))


@register.simple_tag
def pretty(value: Any) -> str:
    """Plain data, indented."""
    import json

    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
