"""Invented job flyers in twelve languages, drawn with Pillow in the layouts that real ones have; for measuring OCR, never for training."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont, features

Style = Literal["plain", "dark", "small", "jpeg", "tilted", "columns"]
STYLES: tuple[Style, ...] = ("plain", "dark", "small", "jpeg", "tilted", "columns")

TEXTS: dict[str, tuple[str, ...]] = {
    "en": (
        "HIRING NOW: CUSTOMER SERVICE",
        "Monthly salary 1,500 to 3,000 USD",
        "Free flight, visa and housing included",
        "No experience needed, age 18 to 35",
        "We collect you at the border",
        "Telegram @bright_jobs_example",
        "Call +1 202 555 0142",
    ),
    "zh": (
        "诚聘客服人员",
        "月薪八千到两万元，包吃包住",
        "免费机票，签证由公司办理",
        "不需要经验，年龄18到35岁",
        "工作地点：边境新城园区",
        "每天工作十二小时，月休两天",
        "联系电话 +1 202 555 0143",
    ),
    "th": (
        "รับสมัครพนักงานบริการลูกค้า",
        "เงินเดือน 35,000 ถึง 80,000 บาท",
        "ที่พักและอาหารฟรี มีรถรับส่ง",
        "ไม่ต้องมีประสบการณ์ อายุ 18-35 ปี",
        "ทำงานต่างประเทศ บริษัทออกค่าวีซ่า",
        "ติดต่อ LINE: example_jobs",
        "โทร +1 202 555 0144",
    ),
    "vi": (
        "TUYỂN NHÂN VIÊN CHĂM SÓC KHÁCH HÀNG",
        "Lương tháng 25 triệu đến 40 triệu đồng",
        "Bao ăn ở, vé máy bay và thị thực",
        "Không cần kinh nghiệm, tuổi 18 đến 35",
        "Làm việc tại khu kinh tế biên giới",
        "Liên hệ Zalo hoặc Telegram @vieclam_example",
        "Điện thoại +1 202 555 0145",
    ),
    "id": (
        "LOWONGAN KERJA LUAR NEGERI",
        "Gaji bulanan 12 juta sampai 25 juta rupiah",
        "Tiket pesawat, visa dan mes ditanggung",
        "Tidak perlu pengalaman, usia 18 sampai 35",
        "Dijemput langsung di bandara",
        "Hubungi WhatsApp atau kerja@example.org",
        "Telepon +1 202 555 0146",
    ),
    "ru": (
        "СРОЧНО ТРЕБУЮТСЯ ОПЕРАТОРЫ",
        "Зарплата от 150 000 рублей в месяц",
        "Жильё и питание за счёт компании",
        "Опыт не нужен, возраст от 18 до 35 лет",
        "Билеты и визу оплачиваем сразу",
        "Пишите в Telegram @rabota_example",
        "Телефон +1 202 555 0147",
    ),
    "ar": (
        "مطلوب موظفو خدمة عملاء",
        "راتب شهري من 1500 إلى 3000 دولار",
        "السكن والطعام والتذكرة مجانا",
        "لا تشترط الخبرة، العمر من 18 إلى 35",
        "العمل في الخارج والتأشيرة على الشركة",
        "راسلنا على تلغرام",
        "+1 202 555 0148",
    ),
    "hi": (
        "विदेश में नौकरी का सुनहरा मौका",
        "मासिक वेतन 80,000 से 1,50,000 रुपये",
        "रहना, खाना और हवाई टिकट मुफ्त",
        "अनुभव की जरूरत नहीं, उम्र 18 से 35",
        "वीजा का खर्च कंपनी देगी",
        "जल्दी संपर्क करें, सीटें सीमित हैं",
        "फोन +1 202 555 0149",
    ),
    "my": (
        "ဝန်ထမ်းအလိုရှိသည်",
        "လစာ ၁၅ သိန်းမှ ၃၀ သိန်းအထိ",
        "နေစရာနှင့် စားစရိတ် အခမဲ့",
        "အတွေ့အကြုံ မလိုပါ",
        "အသက် ၁၈ နှစ်မှ ၃၅ နှစ်အထိ",
        "နယ်စပ်အထိ ကားဖြင့် လာကြိုမည်",
        "ဖုန်း +1 202 555 0150",
    ),
    "km": (
        "ជ្រើសរើសបុគ្គលិកផ្នែកអតិថិជន",
        "ប្រាក់ខែ 800 ដល់ 2000 ដុល្លារ",
        "មានកន្លែងស្នាក់នៅ និងអាហារ",
        "មិនត្រូវការបទពិសោធន៍",
        "អាយុចាប់ពី 18 ដល់ 35 ឆ្នាំ",
        "ធ្វើការនៅក្រុមហ៊ុនអនឡាញ",
        "ទូរស័ព្ទ +1 202 555 0151",
    ),
    "ja": (
        "海外カスタマーサポート募集",
        "月給30万円から60万円まで",
        "航空券と寮は会社が負担します",
        "経験は不要、18歳から35歳まで",
        "勤務地は国境近くのオフィスです",
        "すぐに応募してください",
        "電話 +1 202 555 0152",
    ),
    "ko": (
        "해외 고객상담 직원 급구",
        "월급 400만원에서 900만원까지",
        "항공권과 숙소를 무료로 제공합니다",
        "경력 필요 없음, 나이 18세부터 35세",
        "공항에서 바로 모시러 갑니다",
        "텔레그램으로 문의하세요",
        "전화 +1 202 555 0153",
    ),
}
"""Language -> the lines of one flyer. Every word is invented; telephone numbers are from the range reserved for fiction."""

PACKS = dict(zip(TEXTS, ("eng", "chi_sim", "tha", "vie", "ind", "rus", "ara", "hin", "mya", "khm", "jpn", "kor"), strict=True))
"""The Tesseract pack of each language."""

FACES = {
    "th": ("NotoSansThai-Regular.ttf", 0),
    "ar": ("NotoSansArabic-Regular.ttf", 0),
    "hi": ("NotoSansDevanagari-Regular.ttf", 0),
    "my": ("NotoSansMyanmar-Regular.ttf", 0),
    "km": ("NotoSansKhmer-Regular.ttf", 0),
    "ja": ("NotoSansCJK-Regular.ttc", 0),
    "ko": ("NotoSansCJK-Regular.ttc", 1),
    "zh": ("NotoSansCJK-Regular.ttc", 2),
}
LATIN_FACE = ("NotoSans-Regular.ttf", 0)
SHAPED = {"th", "ar", "hi", "my", "km"}
"""Scripts that Pillow draws right only with libraqm and FriBiDi."""

MARGIN = 40
WIDTH = 900


@dataclass(frozen=True, slots=True)
class Flyer:
    """One drawn flyer: its lines in reading order and the bytes of its picture."""

    language: str
    style: Style
    lines: tuple[str, ...]
    data: bytes


class Painter:
    """Draws flyers with the Noto fonts found under a folder."""

    def __init__(self, fonts: Path) -> None:
        self._files = {path.name: path for path in sorted(fonts.rglob("*.tt[fc]"))}

    def languages(self) -> list[str]:
        """Languages whose font is there and whose script can be shaped."""
        shaping = features.check("raqm") and bool(features.version("fribidi"))
        return [code for code in TEXTS if FACES.get(code, LATIN_FACE)[0] in self._files and (shaping or code not in SHAPED)]

    def flyer(self, language: str, style: Style) -> Flyer:
        lines = TEXTS[language]
        size = 16 if style == "small" else 36
        picture = self._columns(language, lines) if style == "columns" else self._column(language, lines, size, style == "dark")
        if style == "tilted":
            picture = picture.rotate(3, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG" if style == "jpeg" else "PNG", **({"quality": 25} if style == "jpeg" else {}))
        return Flyer(language, style, lines, buffer.getvalue())

    def _column(self, language: str, lines: tuple[str, ...], size: int, is_dark: bool) -> Image.Image:
        ink, ground = ("#ffe066", "#3a0d5c") if is_dark else ("black", "white")
        step = size * 2
        picture = Image.new("RGB", (WIDTH if size > 20 else WIDTH // 2, 2 * MARGIN + step * len(lines)), ground)
        for row, line in enumerate(lines):
            self._draw(picture, language, line, (MARGIN, MARGIN + row * step), size, ink)
        return picture

    def _columns(self, language: str, lines: tuple[str, ...]) -> Image.Image:
        half = (len(lines) + 1) // 2
        picture = Image.new("RGB", (2 * WIDTH, 2 * MARGIN + 72 * half), "white")
        for at, line in enumerate(lines):
            column = at // half
            if language == "ar":
                column = 1 - column
            self._draw(picture, language, line, (MARGIN + column * WIDTH, MARGIN + at % half * 72), 36, "black")
        return picture

    def _draw(self, picture: Image.Image, language: str, line: str, at: tuple[int, int], size: int, ink: str) -> None:
        """One line, each run of ASCII in the Latin face where the script's own has none."""
        draw, x = ImageDraw.Draw(picture), float(at[0])
        runs = _runs(line) if language in SHAPED else [line]
        for run in reversed(runs) if language == "ar" else runs:
            name, index = LATIN_FACE if run.isascii() else FACES.get(language, LATIN_FACE)
            font = ImageFont.truetype(self._files[name], size, index=index)
            draw.text((x, at[1] + size), run, font=font, fill=ink, anchor="ls")
            x += draw.textlength(run, font=font)


def _runs(line: str) -> list[str]:
    """The line cut where it changes between ASCII and the script; blanks stay with what stands before."""
    runs: list[str] = []
    for word in line.split(" "):
        if runs and runs[-1].isascii() == word.isascii():
            runs[-1] += word + " "
        else:
            runs.append(word + " ")
    return runs


def long_screenshot(painter: Painter, language: str, repeats: int) -> Image.Image:
    """A stitched screenshot, `repeats` flyers high."""
    one = Image.open(io.BytesIO(painter.flyer(language, "plain").data))
    tall = Image.new("RGB", (one.width, one.height * repeats), "white")
    for at in range(repeats):
        tall.paste(one, (0, at * one.height))
    return tall
