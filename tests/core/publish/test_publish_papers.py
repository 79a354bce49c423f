"""Papers: what a situation report must hold, what it must refuse, and that print is the same each time."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.core.publish.exercises import HOSTILE, ROOT, fonts_dir, report, with_complaints
from tiga.publish import agenda, dossiers, maps, sitrep, typesetting
from tiga.publish.paper import BadPaper
from tiga.values.words import knows

SECTIONS = ["coverage", "map", "incidents", "times", "obligations", "cases", "changes", "sources", "method", "unseen"]


class Reader(HTMLParser):
    """Tags with their attributes, and the text outside `style`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] and self.tags[-1][0] != "style":
            self.words.append(data)

    def text(self) -> str:
        return re.sub("[\u2066-\u2069]", "", " ".join(self.words))


@pytest.mark.parametrize("kind", ["exercise", "press"])
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ur", "rtl"), ("ps", "rtl")])
def test_a_report_has_each_section_in_order(kind: str, language: str, direction: str) -> None:
    page = Reader(sitrep.html(report(kind), language))
    assert [attrs["id"] for tag, attrs in page.tags if tag == "section"] == [f"sitrep-{code}" for code in SECTIONS]
    assert [(a["lang"], a["dir"]) for tag, a in page.tags if tag == "html"] == [(language, direction)]
    assert [tag for tag, _ in page.tags if tag in ("script", "link", "img", "iframe")] == []
    addresses = [a for tag, a in page.tags for name in ("src", "href", "style") if a.get(name)]
    assert addresses == []
    ids = [str(a["id"]) for _, a in page.tags if a.get("id")]
    assert sorted(ids) == sorted(set(ids))


def test_counts_never_stand_alone_and_deaths_are_ranges_by_source() -> None:
    text = Reader(sitrep.html(report(), "en")).text()
    assert text.count("7 → 5 → 2") == 1
    assert [text.count(words) for words in ("Hospital: 4 to 5", "Governor: 3", "no number given")] == [1, 1, 1]
    # The side stands in the table and in the words of the map's legend.
    assert [text.count(words) for words in ("side indeterminate", "side of Party 1")] == [2, 1]
    assert text.count("%") == 0
    # In order of time, whatever order they were handed in.
    assert text.index("N-EARLY") < text.index("N-LATE")


def test_where_nobody_looked_the_cell_says_so() -> None:
    made = sitrep.html(report(), "en")
    assert made.count('<td class="unseen">nobody looked</td>') == 1
    assert made.count('<td class="number">12</td>') == 1


@pytest.mark.parametrize(("kind", "words"), [("exercise", "EXERCISE"), ("press", "Press claims, no findings")])
def test_the_marking_is_in_sight_and_in_the_title(kind: str, words: str) -> None:
    made = sitrep.html(report(kind), "en")
    assert made.count(f'<div class="marking" data-kind="{kind}">{words}</div>') == 1
    assert re.findall("<title>(EXERCISE: )?Situation", made) == ["EXERCISE: " if kind == "exercise" else ""]


def test_hostile_names_stay_text() -> None:
    page = Reader(sitrep.html(report(label=HOSTILE), "en"))
    assert [tag for tag, _ in page.tags if tag == "script"] == []
    assert "\x00" not in "".join(page.words)


REFUSED = {
    "complaints": (
        lambda: with_complaints(report(), 0),
        "incident N-LATE: a count of complaints is not for the public; leave it None",
    ),
    "liaison": (
        lambda: replace(report(), sources=(sitrep.SourceLine("liaison", 8, 2, 2),)),
        "sources: the channel liaison counts complaints, which is not for the public; leave it out",
    ),
    "press case": (
        lambda: replace(report("press"), cases=report().cases),
        "cases: the press record has none; hand in cases for an exercise only",
    ),
    "map": (
        lambda: replace(report("press"), map=report().map),
        "map: its exercise marking differs from the report's; draw it from the same record",
    ),
    "side": (
        lambda: replace(report(), incidents=(replace(report().incidents[0], side="left"),)),
        "incident N-LATE: 'left' is neither a party with a name nor indeterminate",
    ),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_must_not_leave_is_refused(case: str) -> None:
    make, message = REFUSED[case]
    with pytest.raises(BadPaper) as caught:
        make()
    assert str(caught.value) == message


def test_the_parties_see_complaints_beside_reports() -> None:
    shown = with_complaints(replace(report(), audience="parties"), 3)
    assert Reader(sitrep.html(shown, "en")).text().count("Complaints of the parties: 3") == 1


def pages(pdf: bytes, folder: Path) -> list[str]:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not on this machine")
    (folder / "paper.pdf").write_bytes(pdf)
    made = subprocess.run(["pdftotext", "-layout", str(folder / "paper.pdf"), "-"], capture_output=True, check=True)
    return made.stdout.decode("utf-8").split("\f")[:-1]


@pytest.mark.parametrize(("kind", "marking"), [("exercise", "EXERCISE"), ("press", "Press claims, no findings")])
def test_each_page_of_a_pdf_is_marked_and_the_last_says_what_this_cannot_see(
    kind: str, marking: str, tmp_path: Path
) -> None:
    texts = pages(sitrep.pdf(report(kind), "en", fonts_dir()), tmp_path)
    assert len(texts) == 4
    assert [text.count(marking) >= 2 for text in texts] == [True] * 4
    assert [number for number, text in enumerate(texts) if "What this cannot see" in text] == [3]


@pytest.mark.parametrize("language", ["en", "ur", "ps"])
def test_a_pdf_is_the_same_twice(language: str) -> None:
    made = sitrep.pdf(report(), language, fonts_dir())
    assert made[:5] == b"%PDF-"
    assert made == sitrep.pdf(report(), language, fonts_dir())
    assert made != sitrep.pdf(replace(report(), size=418), language, fonts_dir())


def points() -> agenda.Agenda:
    said = (
        agenda.Saying({"en": "Party 1"}, {"en": "It binds both."}, "S6"),
        agenda.Saying({"en": "Party 2"}, {"en": "It was not discussed."}, "S7"),
    )
    example = agenda.Example("A mechanism elsewhere", {"en": "Two signatures."}, "M16")
    first = agenda.AgendaItem("P-03", {"en": "Armed groups"}, "disputed", {}, said, (example,), ({"en": "Step 2"},))
    second = replace(first, clause="P-04", title={"en": "Incursions"}, settled=(), needed_for=())
    return agenda.Agenda("exercise", {"en": "Illustrative agreement"}, "cd" * 32, True, (first, second))


def test_the_agenda_says_who_said_what_and_alternates_who_stands_first() -> None:
    text = Reader(agenda.html(points(), "en")).text()
    assert re.findall(r"(Party \d): It", text) == ["Party 1", "Party 2", "Party 2", "Party 1"]
    assert [text.count(words) for words in ("A mechanism elsewhere: Two signatures. [M16]", "Step 2")] == [1, 1]
    assert [text.count(words) for words in ("No example is on file.", "Nothing depends on it.")] == [1, 1]
    assert text.count("Illustrative text, not a legal text.") == 1


def test_the_agenda_prints(tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="the [publish] extra is not installed")
    texts = pages(agenda.pdf(points(), "en", ""), tmp_path)
    assert [text.count("EXERCISE") >= 2 for text in texts] == [True] * len(texts)
    assert agenda.pdf(points(), "en", "") == agenda.pdf(points(), "en", "")


def test_a_paper_is_never_read_as_markup(tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="the [publish] extra is not installed")
    words = '#panic("x") $ * _ \\ ]'
    texts = pages(agenda.pdf(replace(points(), agreement={"en": words}), "en", ""), tmp_path)
    assert [words in text for text in texts] == [True] * len(texts)


def test_a_missing_font_names_the_step_that_makes_it(tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="the [publish] extra is not installed")
    with pytest.raises(typesetting.NoFont):
        sitrep.pdf(report(), "ur", str(tmp_path))


NAMES = [
    ("mvm.example/exercise", True, "EXERCISE-mvm.example-C-7K3M-2QXA.zip"),
    ("mvm.example/press", False, "mvm.example-press-C-7K3M-2QXA.zip"),
    ("../../etc", False, "etc-C-7K3M-2QXA.zip"),
]


@pytest.mark.parametrize(("origin", "exercise", "name"), NAMES)
def test_the_file_name_of_a_dossier(origin: str, exercise: bool, name: str) -> None:
    assert dossiers.file_name(origin, "C-7K3M-2QXA", exercise) == name


@pytest.mark.parametrize(
    ("origin", "number", "exercise"),
    [("mvm.example/exercise", "C-1", False), ("mvm.example", "C-1", True), ("mvm.example", "../C", False)],
)
def test_a_dossier_name_that_would_mislead_is_refused(origin: str, number: str, exercise: bool) -> None:
    with pytest.raises(BadPaper):
        dossiers.file_name(origin, number, exercise)


def test_every_word_that_is_asked_for_is_in_the_catalogue() -> None:
    text = "".join(file.read_text("utf-8") for file in (ROOT / "src/tiga/publish").glob("*.py"))
    codes = set(re.findall(r'["\'](publish\.[a-z_.]+)["\']', text))
    families = {
        "publish.map.kind": maps.KINDS,
        "publish.sitrep.section": SECTIONS,
        "publish.sitrep.incident_state": sitrep.INCIDENT_STATES,
        "publish.sitrep.case_state": sitrep.CASE_STATES,
        "publish.sitrep.obligation_state": sitrep.OBLIGATION_STATES,
        "publish.sitrep.channel": sitrep.CHANNELS,
        "publish.sitrep.unseen": sitrep.BLIND_SPOTS,
        "publish.agenda.status": agenda.STATUSES,
    }
    codes |= {f"{family}.{name}" for family, names in families.items() for name in names}
    assert sorted(code for code in codes if not knows(code)) == []
