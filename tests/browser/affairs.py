"""Affairs played on a served site, over plain HTTP: so that the browser tests have pages of each kind to read."""

from __future__ import annotations

import re

from tests.browser.sites import Client, Site
from tests.web import affairs_played


def play(site: Site) -> dict[str, str]:
    """Begin and carry through affairs of the exercise by their forms; returns the sids by concept."""
    people: dict[str, Client] = {}

    def send(person: str, deed: str, sid: str, given: dict[str, str | list[str]]) -> str:
        if person not in people:
            people[person] = Client(site.address)
            people[person].sign_in(person)
        path = "/exercise/clock/" if deed == "clock" else f"/exercise/do/{deed}/{sid + '/' if sid else ''}"
        values = [(name, one) for name, own in given.items() for one in ([own] if isinstance(own, str) else own)]
        answer = people[person].post(path, values)
        assert (answer.status, answer.url.endswith(path)) == (200, False), (deed, answer.text)
        found = re.search(r"/affairs/[a-z]+/([A-Za-z0-9_-]{43})/", answer.url)
        return found.group(1) if found else sid

    return affairs_played.play(send)


def pages(sids: dict[str, str]) -> list[str]:
    """Every page of the affairs: the hall, each list, each object, the forms that check and show."""
    base = "/exercise/affairs/"
    lists = [f"{base}{concept}/" for concept in sids]
    objects = [f"{base}{concept}/{sid}/" for concept, sid in sids.items()]
    return [base, *lists, *objects, f"{base}communique/{sids['communique']}/paper/", f"{base}communique/check/"]
