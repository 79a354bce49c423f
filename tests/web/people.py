"""The people of the demo at the pages: made members of a record in the tests' database, and signed in."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.test import Client

from tiga.web.models import Membership
from tiga.web.readers import DEMO_PEOPLE


def enrol(*records: str) -> None:
    """Everybody of the demo becomes a member of these records, with the key that the demo gives them there."""
    for person, places in DEMO_PEOPLE.items():
        user = get_user_model().objects.create(username=person)
        for record in records:
            role, component, slug = places.get(record, ("public", "", ""))
            key = f"tiga.example/{record}/{slug}" if slug else ""
            Membership.objects.create(user=user, record=record, role=role, component=component, key=key)


OUTSIDE = ("", "nobody", "public")


def signed_in(person: str = "", language: str = "en") -> Client:
    """Somebody's browser; nobody's where no person is named."""
    made = Client()
    if person not in OUTSIDE:
        assert made.post("/sign-in/demo/", {"person": person}).status_code == 302
    made.cookies["tiga_language"] = language
    return made


def page(path: str, person: str = "", language: str = "en", status: int = 200) -> str:
    """A page as somebody gets it."""
    answer = signed_in(person, language).get(path)
    assert answer.status_code == status, (path, person, language, answer.status_code)
    return answer.content.decode()


def case_page(person: str, case: str, language: str = "en") -> str:
    """The page of a case of the exercise."""
    return page(f"/exercise/cases/{case}/", person, language)
