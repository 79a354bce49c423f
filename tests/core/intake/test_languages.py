"""The language of a text: told by letters and small words, not guessed from a name. All sentences are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiga.drafts import Fault, FieldReport
from tiga.intake import languages
from tiga.intake.languages import SHOWN_PERMILLE, TEXT_LIMIT, Told, detect, direction_of, suggested
from tiga.values.moments import Moment
from tiga.values.places import Place
from tiga.values.words import direction

LONG = {
    "en": "Two patrols met near the bridge at noon and nothing was seen. The market opened late because of the rain.",
    "tr": "Dün köyde yağmur yağdı ve yol kapandı. Ekip öğleden sonra pazara gitti, ama dükkânlar açık değildi.",
    "ur": "کل دوپہر کو دو گاڑیاں پل کے قریب رکیں اور کچھ دیر بعد واپس چلی گئیں۔ بازار آج صبح دیر سے کھلا۔",
    "ps": "پرون ماسپښین دوه موټر د پله خواته ودرېدل او لږ وروسته بېرته ولاړل. بازار نن ناوخته پرانستل شو.",
    "prs": "دیروز بعد از ظهر دو موتر نزدیک پل ایستادند و پس از چند دقیقه برگشتند. امروز بازار ناوقت باز شد.",
    "ar": "وقفت سيارتان أمس قرب الجسر ثم عادتا بعد قليل إلى المدينة. فتح السوق متأخرا بسبب المطر.",
}

HELD_OUT = {
    "en": (
        "Rain all night.",
        "Two lorries crossed.",
        "We heard it twice before dawn and then it stopped.",
        "The clinic has no fuel and asks for a delivery by Monday.",
        "Nobody came to the meeting.",
        "School reopened after three weeks; about forty children were there.",
        "A drone was seen over the ridge at 14:20, flying slowly to the east.",
        "Please call back.",
    ),
    "tr": (
        "Yol açık.",
        "Su yok.",
        "Dün gece iki kez ses duyuldu, sonra her yer sessizdi.",
        "Klinikte yakıt bitti, pazartesiye kadar teslimat isteniyor.",
        "Toplantıya kimse gelmedi.",
        "Okul üç hafta sonra yeniden açıldı; kırk kadar çocuk vardı.",
        "Saat 14:20'de sırtın üzerinde yavaşça doğuya giden bir drone görüldü.",
        "Lutfen geri arayin.",
    ),
    "ur": (
        "پانی نہیں ہے",
        "دو ٹرک گزرے",
        "رات بھر بارش ہوتی رہی اور صبح تک رک گئی۔",
        "کلینک میں ایندھن ختم ہو گیا ہے، پیر تک پہنچانے کی درخواست ہے۔",
        "اجلاس میں کوئی نہیں آیا",
        "سکول تین ہفتے بعد کھلا، تقریباً چالیس بچے موجود تھے۔",
        "دوپہر دو بج کر بیس منٹ پر پہاڑی کے اوپر ایک ڈرون مشرق کی طرف جاتا دیکھا گیا۔",
        "براہ کرم واپس فون کریں",
    ),
    "ps": (
        "اوبه نشته",
        "دوه لارۍ تېرې شوې",
        "ټوله شپه باران و او سهار ودرېد.",
        "په کلینیک کې تېل خلاص شوي، تر دوشنبې پورې یې غواړي.",
        "غونډې ته هیڅوک را نه غلل",
        "ښوونځی درې اونۍ وروسته بېرته خلاص شو، شاوخوا څلوېښت ماشومان وو.",
        "د ماسپښین په دوو بجو او شلو دقیقو د غونډۍ پر سر یو بې پیلوټه الوتکه ختیځ ته روانه وه.",
        "مهرباني وکړئ بېرته زنګ ووهئ",
    ),
    "prs": (
        "آب نیست",
        "دو لاری گذشت",
        "تمام شب باران بود و صبح ایستاد.",
        "در کلینیک تیل تمام شده است و تا روز دوشنبه درخواست دارند.",
        "هیچ کس به جلسه نیامد",
        "مکتب پس از سه هفته دوباره باز شد، حدود چهل طفل آمده بودند.",
        "ساعت دو و بیست دقیقه یک طیاره بی‌پیلوت بالای تپه دیده شد که آهسته به طرف شرق می‌رفت.",
        "لطفاً دوباره زنگ بزنید",
    ),
    "ar": (
        "لا يوجد ماء",
        "مرت شاحنتان",
        "هطل المطر طوال الليل ثم توقف مع الفجر.",
        "نفد الوقود في العيادة ويطلبون التزويد قبل يوم الاثنين.",
        "لم يحضر أحد الاجتماع",
        "أعيد فتح المدرسة بعد ثلاثة أسابيع وكان هناك نحو أربعين طفلا.",
        "شوهدت طائرة مسيرة فوق التلة في الساعة الثانية وعشرين دقيقة وهي تتجه ببطء نحو الشرق.",
        "يرجى معاودة الاتصال",
    ),
}
"""Written after the tables were fixed, and not used to change them."""


@pytest.mark.parametrize("tag", LONG)
def test_a_long_text_is_clear_and_so_is_its_direction(tag):
    (first, *rest) = detect(LONG[tag])
    assert (first[0], first[1] >= 980, rest) == (tag, True, [])
    assert (suggested(LONG[tag]), direction_of(LONG[tag])) == (tag, "ltr" if tag in ("en", "tr") else "rtl")


def test_on_texts_held_out_most_are_named_rightly_and_none_wrongly():
    rows = [(tag, text) for tag, texts in HELD_OUT.items() for text in texts]
    best = [(tag, found[0][0]) for tag, text in rows if (found := detect(text))]
    clear = [(tag, suggested(text)) for tag, text in rows if suggested(text)]
    assert [(tag, said) for tag, said in (*best, *clear) if tag != said] == []
    assert (len(rows), len(best) >= 43, len(clear) >= 32) == (48, True, True)


@pytest.mark.parametrize(
    ("pashto", "dari"),
    [
        ("دوی د کلي خلک دي او هلته نه وو", "آنها مردم قریه هستند و آنجا نبودند"),
        ("لاره د باران له امله بنده شوه", "راه از سبب باران بسته شد"),
        ("موږ پرون دا خبره وکړه چې دوی به راځي", "ما دیروز این گپ را زدیم که آنها می‌آیند"),
    ],
)
def test_pashto_and_dari_are_told_apart_even_with_few_letters_of_their_own(pashto, dari):
    assert (detect(pashto)[0][0], detect(dari)[0][0]) == ("ps", "prs")


@pytest.mark.parametrize("text", ["", "12:30 2025", "۱۲:۳۰", "؟!؛", "چمن", "Chaman", "Baran kor kunad"])
def test_digits_and_names_alone_are_no_language(text):
    assert (detect(text), suggested(text)) == ((), "")


@pytest.mark.parametrize(
    "text",
    [
        "Le marché était fermé à cause de la pluie et tout le monde est rentré à la maison.",
        "Рынок был закрыт из-за дождя, и все пошли домой.",
        "Wali bazar raste wich band si te log ghar wal mur gaye san.",
    ],
)
def test_a_language_that_is_not_ours_is_not_made_one_of_ours(text):
    assert suggested(text) == ""


def test_a_short_text_is_less_certain_than_a_long_one():
    assert detect("راه بند است")[0][1] < 800 < detect(LONG["prs"])[0][1]


def test_a_text_in_two_scripts_shares_its_certainty():
    mixed = f"{LONG['en']} {LONG['ur']}"
    found = dict(detect(mixed))
    assert (sorted(found), sum(found.values()) <= 1000, suggested(mixed)) == (["en", "ur"], True, "")
    assert suggested("The word چمن is written on the sign at the gate of the village.") == "en"


def test_without_a_language_the_direction_is_that_of_the_script():
    assert [direction_of(text) for text in ("چمن", "Chaman", "", "Kandahar چمن")] == ["rtl", "ltr", "ltr", "ltr"]


def test_only_the_beginning_of_a_long_text_is_looked_at():
    assert detect("یہ بازار ہے " * TEXT_LIMIT + LONG["en"] * 900) == detect("یہ بازار ہے " * 400)


@given(st.text(max_size=200))
def test_any_text_gets_an_answer_that_adds_up(text):
    found = detect(text)
    assert (sum(sure for _, sure in found) <= 1000, all(sure >= SHOWN_PERMILLE for _, sure in found)) == (True, True)
    assert [sure for _, sure in found] == sorted((sure for _, sure in found), reverse=True)


# ---- reports


def report(language: str, account: str, channel: str = "monitor") -> FieldReport:
    when = Moment("2026-01-12T22:30", "AFT", "minute")
    return FieldReport("r-1", channel, "Team", when, Place("Stonebridge"), (), account, language)


@pytest.mark.parametrize("tag", LONG)
def test_a_report_without_a_language_gets_the_one_it_is_written_in_and_says_that_it_was_recognised(tag):
    found = languages.settled(report("", LONG[tag]))
    assert (found.language, direction(found.language)) == (f"{tag}-x-detected", direction(tag))
    assert languages.told(found) == Told(tag, True, "")
    assert languages.settled(found) == found


@pytest.mark.parametrize("account", ["", "12:30", "چمن", "Chaman", "Le marché était fermé à cause de la pluie."])
def test_where_no_language_can_be_told_it_is_undetermined(account):
    assert languages.settled(report("", account)).language == "und"


def test_a_stated_language_stands_and_what_clearly_reads_like_another_is_remarked():
    wrong = report("en", LONG["ps"])
    assert (languages.settled(wrong), languages.told(wrong)) == (wrong, Told("en", False, "ps"))
    values = {"stated": "English", "read": "پښتو"}
    assert languages.remark("f.csv", 7, wrong) == Fault("f.csv", 7, "language", "remark.language_other", values)


@pytest.mark.parametrize(
    ("stated", "tag", "channel"),
    [
        ("ps", "ps", "monitor"), ("ps-AF", "ps", "monitor"), ("fa", "prs", "monitor"), ("fa-AF", "prs", "monitor"),
        ("und", "ps", "monitor"), ("de", "en", "monitor"), ("en", "ps", "dataset"),
    ],
)  # fmt: skip
def test_nothing_is_remarked_of_what_fits_what_is_not_ours_and_of_a_datasets_rows(stated, tag, channel):
    assert languages.remark("f.csv", 2, report(stated, LONG[tag], channel)) is None


def test_a_text_in_two_languages_is_remarked_for_neither():
    mixed = f"{LONG['en']} {LONG['ur']}"
    assert languages.told(report("ur", mixed)).other == languages.told(report("en", mixed)).other == ""
