"""Deeds on the desk in memory, as pages and command line do them: asked, read, decided, entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.core.mechanism import sources
from tests.core.mechanism.desk import Desk
from tiga.mechanism import affairs
from tiga.mechanism.acts import Outcome, Refusal
from tiga.mechanism.asks import Given, Sight, fault
from tiga.mechanism.standing import Standing

Told = str | tuple[str, ...]


def try_(desk: Desk, slug: str, name: str, sid: str = "", /, **given: Told) -> tuple[str, ...] | Refusal:
    """A deed: the sids entered, or the refusal, of the form or of the decider."""
    deed, values = affairs.DEEDS[name], Given(given)
    assert set(given) <= {ask.name for ask in deed.asks}, (name, given)
    refusal = fault(deed, values)
    if refusal is not None:
        return refusal
    draws = desk.salts()
    verb: Callable[..., Outcome] = lambda s, by, now: deed.do(s, sid, values, by, now, draws)  # noqa: E731
    concept = affairs.BY_NAME[deed.concept]
    objects = concept.objects(whole(desk)) if deed.listed else ()
    return desk.try_(slug, (*deed.threads(sid, values), *(f"{deed.concept}:{one}" for one in objects)), verb)


def do(desk: Desk, slug: str, name: str, sid: str = "", /, **given: Told) -> str:
    """A deed that must be entered; returns the first sid."""
    result = try_(desk, slug, name, sid, **given)
    assert not isinstance(result, Refusal), (slug, name, result)
    return result[0]


def refused(desk: Desk, slug: str, name: str, sid: str = "", /, **given: Told) -> str:
    """The code of a deed's refusal; empty where it was entered."""
    result = try_(desk, slug, name, sid, **given)
    return result.code if isinstance(result, Refusal) else ""


def sight(desk: Desk, concept: str, sid: str) -> Sight:
    """An object from its own thread, which is what a page loads; equal to the one folded from the whole log."""
    seen = affairs.BY_NAME[concept].sight(desk.standing(f"{concept}:{sid}"), sid)
    assert seen is not None
    assert seen == affairs.BY_NAME[concept].sight(whole(desk), sid)
    return seen


def whole(desk: Desk) -> Standing:
    """The fold of the whole log, affairs included."""
    return Standing.of(desk.origin, desk.entries(), desk.agreements, {}, affairs=affairs.Affairs())


def facts(desk: Desk, concept: str, sid: str) -> list[tuple[str, str]]:
    """(code, value) of an object's facts, in order."""
    return [(fact.code, fact.value) for fact in sight(desk, concept, sid).facts]


def at(desk: Desk, minutes: int = 0) -> str:
    """An instant some minutes from the desk's next act, as an ask takes it."""
    now = desk.now()
    return type(now)(now.ms + minutes * 60_000).text()


@dataclass(frozen=True)
class Guard:
    """A guard: its place (`function`), its code, what meets it, and the same with the remedy followed."""

    place: str
    code: str
    wrong: Callable[[Desk], str]
    mended: Callable[[Desk], str]


def written(module: str) -> set[tuple[str, str]]:
    """(function, code) of every refusal in a concept's module."""
    return {
        (given.place.split(".")[1], given.code)
        for given in sources.refusals()
        if given.room == "mechanism" and given.place.split(".")[0] == module
    }
