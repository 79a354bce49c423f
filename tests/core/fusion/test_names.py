"""Names across spellings and scripts, and the gazetteer that never picks."""

from __future__ import annotations

import pytest

from tests.core.fusion.accounts import GAZETTEER
from tiga.fusion.gazetteer import BadGazetteer, read
from tiga.fusion.names import likeness, skeleton

SAME = [
    ("طورخم", "Torkham"),
    ("چمن", "Chaman"),
    ("سپین بولدک", "Spin Boldak"),
    ("مازل ګلۍ", "Mazal Gali"),
    ("Maazal Gali", "Mazaal Gali"),
    ("Gurbuz", "Gorbuz"),
    ("Gurbuz", "Gerbzwo"),
    ("Argun", "Urgun"),
    ("Luqman", "Loqman"),
    ("Luqman", "لقمان"),
    ("Luqman village", "Killi Luqman"),
    ("پشاور", "Peshawar"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_spellings_of_one_place_have_one_skeleton(a, b):
    assert (skeleton(a), likeness(a, b), likeness(b, a)) == (skeleton(b), 1000, 1000)


@pytest.mark.parametrize(
    ("a", "b"), [("Kunar", "Paktika"), ("Chaman", "Spin Boldak"), ("Khost", "Kohat"), ("Badani", "Chaman")]
)
def test_different_places_are_unlike(a, b):
    assert likeness(a, b) < 780


def test_a_part_counts_less_than_the_whole_and_no_letters_count_nothing():
    assert (likeness("Mazaal Gali, Chaman", "مازل ګلۍ"), likeness("", "Chaman"), likeness("123", "Chaman")) == (
        950,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Gurbuz, Khost", "gurbuz"),
        ("Tasadduq Gate, Mazaal Gali", "mazal_gali"),
        ("Argun", "urgun"),
        ("طورخم", "torkham"),
        ("Spin Boldak district", "spin_boldak"),
        ("Kunar", "kunar"),
    ],
)
def test_a_known_name_resolves_to_its_single_clear_place(name, place):
    found = GAZETTEER.clear(name)
    assert (found.id if found else None, GAZETTEER.resolve(name)[0].place.id) == (place, place)


def test_an_unknown_name_resolves_to_nothing():
    assert (GAZETTEER.resolve("Badani"), GAZETTEER.clear("Badani")) == ((), None)


def test_homonyms_are_all_shown_none_is_clear_and_the_area_narrows():
    rows = b"id,names,lat,lon,radius_m,admin\nb,Karez,31.0,65.0,2000,Kandahar\na,Karez,33.0,69.0,2000,Paktia\n"
    small = read(rows)
    assert [candidate.place.id for candidate in small.resolve("Karez")] == ["a", "b"]
    assert small.clear("Karez") is None
    assert [candidate.place.id for candidate in small.resolve("Karez, Kandahar")] == ["b"]


def test_the_shipped_gazetteer_is_approximate_on_purpose():
    assert len(GAZETTEER.places) >= 70
    assert [place.id for place in GAZETTEER.places if place.radius_m < 1_000] == []


HEAD = "id,names,lat,lon,radius_m,admin\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,names\n", "row 1: the columns must be id,names,lat,lon,radius_m,admin"),
        (HEAD + "A,x,1,1,2000,\n", "row 2, column id: 'A' is no identifier; use a-z, 0-9, - and _"),
        (HEAD + "a,x,1,1,9,\n", "row 2, column radius_m: '9'; write whole metres from 1000 to 500000"),
        (HEAD + "a,x,1,1,2000,\na,y,1,1,2000,\n", "row 3, column id: a is given twice; give each place its own id"),
        (HEAD + "a,,1,1,2000,\n", "row 2, column names: 0 names; give 1 to 40, separated by |"),
        (
            HEAD + "a,x,91,1,2000,\n",
            "row 2, columns lat and lon: latitude 91.0 is outside -90 to 90; write decimal degrees such as 31.005",
        ),
    ],
)
def test_a_faulty_row_is_named_with_its_remedy(text, told):
    with pytest.raises(BadGazetteer) as error:
        read(text.encode())
    assert str(error.value) == told
