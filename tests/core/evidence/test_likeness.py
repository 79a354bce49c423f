"""Pictures that came in earlier are known again after what people do to them; thresholds and their price are measured."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.core.evidence import made
from tiga.drafts.examinations import ClaimOfFile, Fingerprint
from tiga.evidence import decoding, examine, likeness
from tiga.values.moments import Instant, Moment
from tiga.values.shapes import from_plain, to_plain

PICTURE = made.drawn(480, 360)
FIRST = Fingerprint(
    "0" * 64, known_as="sid-1", first_seen=Instant.parse("2026-01-02T10:00:00.000Z"), where="case-1"
)  # fmt: skip
SMALL = PICTURE.resize((240, 180))
CROP = PICTURE.crop((60, 0, 480, 315))


def known(picture: Image.Image) -> Fingerprint:
    found = examine(made.saved(picture), "a.jpg").fingerprint
    assert found is not None and len(found.whole) == 16 and len(found.parts) == 16 * len(likeness.PARTS)
    return Fingerprint(found.sha256, found.whole, found.parts, found.width, found.height,
                       FIRST.known_as, FIRST.first_seen, FIRST.where)  # fmt: skip


EARLIER = (*tuple(known(made.drawn(480, 360, seed)) for seed in range(2, 12)), known(PICTURE))


@pytest.mark.parametrize(
    ("picture", "quality", "code", "how"),
    [
        (PICTURE, 40, "alike_saved", "saved"),
        (SMALL, 70, "alike_resized", "resized"),
        (ImageOps.mirror(PICTURE), 75, "alike_mirrored", "mirrored"),
        (PICTURE.rotate(-90, expand=True), 75, "alike_rotated", "rotated_90"),
        (PICTURE.rotate(180), 75, "alike_rotated", "rotated_180"),
        (ImageOps.mirror(SMALL), 60, "alike_mirrored", "mirrored resized"),
        (CROP, 75, "alike_cropped", "cropped"),
        (ImageOps.mirror(CROP), 75, "alike_cropped", "mirrored cropped"),
    ],
)
def test_a_picture_is_known_again_with_what_was_done_to_it(
    picture: Image.Image, quality: int, code: str, how: str
) -> None:
    answer = examine(made.saved(picture, quality=quality), "b.jpg", None, EARLIER)
    found = [v for v in answer.verdicts if v.code.startswith("evidence.alike")]
    assert [(v.code, v.outcome, v.values["how"], v.values["file"], v.values["first_seen"], v.values["where"]) for v in found] == [
        (f"evidence.{code}", "silent", how, "sid-1", "2026-01-02 10:00 UTC", "case-1")
    ]  # fmt: skip


def test_an_earlier_cutting_is_known_in_the_whole() -> None:
    answer = examine(made.saved(PICTURE), "b.jpg", None, (known(CROP),))
    assert made.told(answer.verdicts, "alike") == [("alike_extended", "silent")]


def test_another_picture_is_not_known() -> None:
    answer = examine(made.saved(made.drawn(480, 360, 77)), "b.jpg", None, EARLIER)
    assert made.told(answer.verdicts, "like") == [("likeness_none", "silent")]
    assert answer.verdicts[-1].values == {"files": "11"}


@pytest.mark.parametrize(("day", "told"), [("2026-01-05", [("recycled", "against")]), ("2026-01-01", [])])
def test_what_was_seen_before_the_claimed_time_is_recycled(day: str, told: list[tuple[str, str]]) -> None:
    claim = ClaimOfFile(Moment(f"{day}T22:40", "PKT", "minute"))
    for data in (made.saved(PICTURE), made.saved(SMALL)):
        assert made.told(examine(data, "b.jpg", claim, EARLIER).verdicts, "recycled") == told


def test_the_same_bytes_are_a_duplicate_and_need_no_picture() -> None:
    assert made.told(examine(made.saved(PICTURE), "b.jpg", None, EARLIER).verdicts, "dup") == [("duplicate", "silent")]
    text = examine(b"words", "a.txt").fingerprint
    assert text is not None
    again = examine(b"words", "a.txt", None, (text,))
    assert made.told(again.verdicts)[-2:] == [("duplicate", "silent"), ("likeness_unmeasured", "silent")]


def test_a_plain_picture_has_no_hash() -> None:
    plain = examine(made.saved(Image.new("RGB", (300, 200), "grey")), "a.jpg")
    assert plain.fingerprint is not None and (plain.fingerprint.whole, plain.fingerprint.parts) == ("", "")
    assert made.told(plain.verdicts, "like") == [("likeness_unmeasured", "silent")]


def test_a_fingerprint_comes_back_from_plain_data_and_a_forged_one_is_passed_over() -> None:
    one = EARLIER[-1]
    assert from_plain(Fingerprint, to_plain(one)) == one
    bad = Fingerprint("1" * 64, "ffffffffffffffff", "not hexadecimal")
    assert made.told(examine(made.saved(PICTURE), "b.jpg", None, (bad,)).verdicts, "like") == [
        ("likeness_none", "silent")
    ]


def test_views_are_what_turning_the_picture_gives() -> None:
    shades = likeness.grey(PICTURE)
    for number, view in enumerate(likeness.views(shades)):
        turned = np.rot90(shades[:, ::-1] if number > 3 else shades, -(number % 4))
        assert int(view) == likeness.looks(np.ascontiguousarray(turned))


SAME = {("landscape_3.jpg", "landscape_6.jpg")}
"""Two files of one scene: not a false alarm."""


def real() -> dict[str, Image.Image]:
    folder = made.shared("evidence-files/exif-samples")
    found = {}
    for path in sorted([*folder.rglob("*.jpg"), *folder.rglob("*.tiff")]):
        found[path.name] = decoding.upright(Image.open(io.BytesIO(path.read_bytes()))).convert("RGB")
    return found


def test_real_pictures_raise_no_false_alarm_and_are_known_after_saving() -> None:
    """21 real pictures: 209 pairs of different scenes. The figures of `docs/evidence.md` come from here."""
    pictures = real()
    made_of = {name: likeness.fingerprint(name, likeness.grey(one), *one.size) for name, one in pictures.items()}
    alarms = set()
    for one, other in itertools.combinations(pictures, 2):
        if likeness.verdicts(made_of[one], likeness.grey(pictures[one]), [made_of[other]], None)[0].code != (
            "evidence.likeness_none"
        ):
            alarms.add((one, other))
    assert (len(pictures), alarms) == (21, SAME)
    lost = []
    for name, one in pictures.items():
        half = Image.open(
            io.BytesIO(made.saved(one.resize((max(1, one.width // 2), max(1, one.height // 2))), quality=60))
        )
        if likeness.distance(likeness.looks(likeness.grey(half)), made_of[name].bits) > likeness.ALIKE_BITS:
            lost.append(name)
    assert lost == []
