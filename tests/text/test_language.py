import gzip
import json

import pytest

from adscreen.text.language import guess_language

ADS = [
    ("en", "We are hiring customer service staff in Phnom Penh, no experience needed"),
    ("id", "Lowongan kerja untuk karyawan toko, gaji bulanan, usia minimal 18 tahun, bisa langsung kirim lamaran"),
    ("ms", "Jawatan kosong di syarikat kami, gaji RM3000, umur 18 tahun, boleh mohon melalui pejabat, lelaki atau perempuan"),
    ("vi", "Tuyển nhân viên chăm sóc khách hàng, lương cao, bao ăn ở"),
    ("tl", "Hiring po kami ng encoder, may libreng tirahan at pagkain, walang experience pwede"),
    ("sw", "Nafasi za kazi kwa watu wenye uzoefu, mshahara mzuri kila mwezi na malazi ya bure"),
    ("es", "Buscamos empleados para un hotel en la costa, con sueldo y alojamiento"),
    ("pt", "Vaga de emprego para você em hotel, com salário e moradia, não precisa de experiência"),
    ("fr", "Nous recherchons des employés pour un poste dans une entreprise à l'étranger"),
    ("tr", "Yurt dışında çalışmak için eleman aranıyor, maaş ve konaklama bizden"),
    ("de", "Wir suchen für unser Büro einen Mitarbeiter mit Erfahrung und Freude an der Arbeit"),
    ("th", "รับสมัครพนักงานแอดมิน ทำงานที่ปอยเปต เงินเดือน 30,000 Telegram: @abc"),
    ("lo", "ຮັບສະໝັກພະນັກງານ ເງິນເດືອນດີ"),
    ("km", "ជ្រើសរើសបុគ្គលិក ប្រាក់ខែខ្ពស់"),
    ("my", "အလုပ်ခေါ်စာ လစာကောင်း"),
    ("ko", "고객 상담원 모집, 항공권 제공"),
    ("ja", "海外勤務のスタッフを募集しています"),
    ("zh", "高薪诚聘客服 Telegram @abcdef"),
    ("ta", "வேலை வாய்ப்பு இலவச விசா"),
    ("si", "රැකියා අවස්ථා නොමිලේ වීසා"),
    ("bn", "চাকরির সুযোগ বিনামূল্যে ভিসা"),
    ("am", "የሥራ ዕድል በውጭ አገር"),
    ("he", "דרושים עובדים בחוץ לארץ"),
    ("ka", "ვეძებთ თანამშრომლებს"),
    ("hy", "Աշխատանք արտասահմանում"),
    ("el", "Ζητούνται υπάλληλοι γραφείου"),
    ("hi", "कंबोडिया में कंप्यूटर ऑपरेटर की नौकरी है, रहना और खाना मुफ्त"),
    ("ne", "कम्बोडियामा कम्प्युटर अपरेटरको लागि कामदार चाहिएको छ, खाना र बस्न निःशुल्क"),
    ("ar", "مطلوب موظفين خدمة عملاء في دبي براتب ممتاز"),
    ("ur", "کمبوڈیا میں نوکری کے لیے لڑکے اور لڑکیاں درکار ہیں"),
    ("fa", "استخدام کارمند برای کار در خارج از کشور، حقوق خوب، پرداخت ماهانه"),
    ("ru", "Требуются сотрудники в колл-центр, опыт не нужен"),
    ("uk", "Потрібні працівники, їжа та житло безкоштовно"),
    ("kk", "Шетелде жұмыс істеуге қызметкерлер қажет"),
]


@pytest.mark.parametrize(("language", "text"), [pytest.param(language, text, id=language) for language, text in ADS])
def test_tells_language(language, text):
    assert guess_language(text) == language


@pytest.mark.parametrize("text", ["", "  \n", "12345 +855", "💰🔥", "a1", "\ud83d"])
def test_undecidable_is_empty(text):
    assert guess_language(text) == ""


def test_one_chinese_word_is_enough():
    assert guess_language("招聘 2000") == "zh"


def test_accuracy_on_the_own_ads(own_ads):
    """A wrong guess costs evidence in the wrong language; nearly all are romanised Urdu and short Malay chat."""
    told = [guess_language("\n".join((ad.get("title", ""), ad["text"]))) == ad["language"] for ad in own_ads]
    assert sum(told) >= 0.95 * len(told)


@pytest.mark.parametrize(("source", "floor"), [("ru-hh", 0.98), ("orfd-58", 0.99), ("ph-jobs", 0.98), ("sg-telegram", 0.98)])
def test_accuracy_on_real_ads(shared_data, source, floor):
    with gzip.open(shared_data / "ads" / f"{source}.jsonl.gz", "rt", encoding="utf-8") as lines:
        ads = [json.loads(line) for line in lines]
    told = [guess_language(f"{ad['title']}\n{ad['text']}") == ad["language"] for ad in ads]
    assert sum(told) >= floor * len(told)
