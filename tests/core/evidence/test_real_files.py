"""Real files with published answers: every one of `evidence-files` is examined, and what others published holds here."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from tests.core.evidence import made
from tiga.drafts.examinations import Trust
from tiga.evidence import bounds, derivative, examine, pictures, sniff
from tiga.values.moments import Instant
from tiga.values.shapes import from_plain, to_plain

FOLDER = "evidence-files"
C2PA_CODES = {
    "Valid": ("credentials_signer_unknown", "silent"),
    "Invalid": ("credentials_broken", "against"),
    "_C2paManifestNotFound": ("credentials_absent", "silent"),
    "C2paError": ("credentials_elsewhere", "silent"),
}


def expected_exif() -> dict[str, dict[str, str]]:
    """The published dump: tag to its printed value, by file."""
    path = made.shared(f"{FOLDER}/exif-samples/EXPECTED_exifread_dump.txt")
    found: dict[str, dict[str, str]] = {}
    for part in path.read_text(encoding="utf-8").split("Opening: exif-samples-master/")[1:]:
        name, _, rest = part.partition("\n")
        rows = (re.match(r"(.+?) \([A-Za-z ]+\): (.*)\Z", line) for line in rest.splitlines())
        found[name.strip()] = {row[1]: row[2].strip() for row in rows if row}
    return found


def degrees(text: str, ref: str) -> int:
    numbers = [Fraction(part) for part in text.strip("[]").split(", ")]
    return round((numbers[0] + numbers[1] / 60 + numbers[2] / 3600) * 10**7) * (-1 if ref in "SW" else 1)


def taken(tags: dict[str, str]) -> tuple[str, datetime] | None:
    for name in ("EXIF DateTimeOriginal", "EXIF DateTimeDigitized"):
        if tags.get(name):
            return name, datetime.strptime(tags[name], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    return None


def satellites(tags: dict[str, str]) -> Instant | None:
    if "GPS GPSDate" not in tags:
        return None
    hours, minutes, seconds = (Fraction(part) for part in tags["GPS GPSTimeStamp"].strip("[]").split(", "))
    day = datetime.strptime(tags["GPS GPSDate"], "%Y:%m:%d").replace(tzinfo=UTC)
    return Instant(Instant.of(day).ms + int((hours * 3600 + minutes * 60 + seconds) * 1000))


def test_exif_is_what_was_published() -> None:
    seen = 0
    for name, tags in expected_exif().items():
        path = made.shared(f"{FOLDER}/exif-samples") / name
        if not path.exists():
            continue
        read = pictures.read(path.read_bytes())
        assert read is not None
        point = None
        if "GPS GPSLatitude" in tags:
            point = tuple(
                degrees(tags[f"GPS GPS{axis}"], tags[f"GPS GPS{axis}Ref"]) for axis in ("Latitude", "Longitude")
            )
        assert (
            name, read.taken[:2] if read.taken else None, (read.point.lat_e7, read.point.lon_e7) if read.point else None,
            read.make, read.model, read.software, read.satellites,
        ) == (
            name, taken(tags), point, tags.get("Image Make", ""), tags.get("Image Model", ""),
            tags.get("Image Software", ""), satellites(tags),
        )  # fmt: skip
        seen += 1
    assert seen == 22


def test_the_nine_pictures_of_a_walk_have_a_camera_clock_a_day_behind_the_satellites() -> None:
    folder = made.shared(f"{FOLDER}/exif-samples/jpg/gps")
    told = [
        made.told(examine(path.read_bytes(), path.name).verdicts, "times_disagree") for path in folder.glob("*.jpg")
    ]
    assert told == [[("times_disagree", "against")]] * 9


def c2pa_answers() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(
        made.shared(f"{FOLDER}/C2PA_RESULT_c2pa-python_default_settings.json").read_text(encoding="utf-8")
    )
    return found


def test_content_credentials_are_what_was_published_and_never_verified_by_themselves() -> None:
    folder = made.shared(FOLDER)
    ours = {}
    for name in c2pa_answers():
        verdicts = examine((folder / name).read_bytes(), name).verdicts
        ours[name] = next(row for row in made.told(verdicts, "credentials"))
    theirs = {name: C2PA_CODES[str(answer["state"])] for name, answer in c2pa_answers().items()}
    assert ours == theirs
    assert [row for row in ours.values() if row[1] == "supports"] == []


def test_signers_and_broken_ingredients_are_those_of_the_published_manifests() -> None:
    folder = made.shared(f"{FOLDER}/c2pa-public-testfiles/image/jpeg")
    stores = sorted((folder / "manifests").glob("*/manifest_store.json"))
    for store in stores:
        published = json.loads(store.read_text(encoding="utf-8"))
        active = published["manifests"][published["active_manifest"]]
        wrong = {
            ingredient["title"]
            for manifest in published["manifests"].values()
            for ingredient in manifest.get("ingredients", [])
            if ingredient.get("validation_status")
        }
        verdicts = examine((folder / f"{store.parent.name}.jpg").read_bytes(), "a.jpg").verdicts
        signed = next(v for v in verdicts if v.code == "evidence.credentials_signer_unknown")
        assert (signed.values["issuer"], signed.values["time"]) == (
            active["signature_info"]["issuer"], active["signature_info"]["time"],
        )  # fmt: skip
        assert {v.values["title"] for v in verdicts if v.code == "evidence.credentials_ingredient"} == wrong
    assert len(stores) == 6


def test_a_signer_on_our_list_is_known_and_on_no_other() -> None:
    folder = made.shared(f"{FOLDER}/c2pa-python/tests/fixtures")
    trust = Trust(credential_anchors=((folder / "es256_certs.pem").read_text(encoding="ascii"),))
    for name, code in (("C.dng", "signer_known"), ("files-for-reading-tests/boxhash.jpg", "signer_known"),
                       ("C_with_CAWG_data.jpg", "signer_known"), ("C.jpg", "signer_unknown"),
                       ("files-for-reading-tests/XCA.jpg", "broken")):  # fmt: skip
        verdicts = examine((folder / name).read_bytes(), name, trust=trust).verdicts
        assert [row[0] for row in made.told(verdicts, "credentials")] == [f"credentials_{code}"], name


def test_a_remote_manifest_is_named_and_not_fetched() -> None:
    data = made.shared(f"{FOLDER}/c2pa-python/tests/fixtures/cloud.jpg").read_bytes()
    assert made.told(examine(data, "cloud.jpg").verdicts, "credentials") == [("credentials_elsewhere", "silent")]


def files() -> list[Path]:
    return [
        path
        for folder in (FOLDER, "timestamps")
        for path in sorted(made.shared(folder).rglob("*"))
        if path.is_file() and path.stat().st_size
    ]


def test_every_real_file_is_examined_and_its_examination_is_plain_data() -> None:
    odd = {}
    for path in files():
        data = path.read_bytes()
        answer = examine(data, path.name)
        assert from_plain(type(answer), json.loads(json.dumps(to_plain(answer)))) == answer
        if bad := [row for row in made.told(answer.verdicts) if row[1] == "broken" or row[0] == "second_kind"]:
            odd[path.name] = bad
    assert odd == {}


@pytest.mark.parametrize("keep", [frozenset(), frozenset({"time"})])
def test_every_real_picture_that_is_decoded_has_a_derivative_without_its_words(keep: frozenset[str]) -> None:
    left = []
    for path in files():
        data = path.read_bytes()
        kind = sniff.media_type(data)
        if not kind.startswith("image/") or kind in ("image/heic", "image/heif", "image/x-adobe-dng"):
            continue
        answer = derivative(data, kind, keep)
        assert isinstance(answer, bytes), path.name
        read = pictures.read(answer)
        assert read is not None and (read.point, read.serial, read.make, read.thumbnail) == (None, "", "", b"")
        assert bounds.extent(answer).end == len(answer)
        left += [
            (path.name, mark) for mark in (b"jumb", b"c2pa", b"http://ns.adobe", b"Photoshop 3.0") if mark in answer
        ]
    assert left == []
