"""Words that give a language away: function words, and what job ads say in every line. Hand-picked; a word may speak for several.

Hindi and Nepali stand among the Latin ones as people type them on a phone; romanised Urdu counts as Hindi.
"""

from __future__ import annotations

from typing import Final


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


MALAY: Final = "id/ms"
"""Words that Indonesian and Malay share; MALAY_SIDES parts the two."""

_LATIN = {
    "en": (
        "the and of to for with you we are is will our your in be this have as on at or from an who that can work all if "
        "must not hiring needed required per job apply team experience"
    ),
    MALAY: (
        "yang dan di untuk dengan atau kami anda dari pada ini itu akan tidak adalah oleh serta dalam juga gaji kerja "
        "hubungi tanpa sebagai bekerja pengalaman sudah ada bulan tahun tinggal"
    ),
    "tl": (
        "ang ng mga sa ay po kung hindi may wala lang ito kayo namin naming ninyo inyo ko siya trabaho sahod "
        "kailangan pwede libre walang lahat dito din rin kasi yung iyong natin pero bawat araw kahit agad"
    ),
    "sw": (
        "ya wa kwa ni katika kazi za la mshahara unaweza bila au kama sana yako yetu wetu yenye cha vya pia kila siku "
        "tunatafuta wenye lazima hakuna utapewa tuma uzoefu mwezi nafasi watu"
    ),
    "vi": (
        "cua khong la va cho duoc voi nhan trong nguoi tien ban hang lien viec lam luong tuyen cong moi ngay tai tu cac "
        "nhung và của không là cho được với nhân trong người tiền bạn hàng viên việc làm lương tuyển công"
    ),
    "hi": ("hai hain ka ki ke mein se aur ko nahi bhi liye kaam aap apna hoga karna wala wale raha chahiye bhai hum ho aapka kar"),
    "ne": ("cha chha chan ko lai ma garna garne huncha hunchha parcha bata tapai pani ra chahiyo dai kaam bhaye"),
    "es": ("el los las una para con por que del y se en de un su más sin somos buscamos empleo trabajo sueldo es al lo tu usted años"),
    "pt": ("de para com não uma os as em e que do da no na você sem vaga trabalho salário um por ao mais são seu nossa empresa"),
    "fr": ("le la les des et vous pour une dans est avec nous du de en un sur votre au nos sans poste salaire travail recherche recrute"),
    "de": ("und der die mit für wir sie das ein eine auf von zu den dem bei im ist als oder nicht ihre unser"),
    "it": "il di per che con sono della del una un e in le si da al dei lavoro cerchiamo gli non nel",
    "tr": "ve bir için ile bu olarak da de iş maaş çalışma ücretsiz aranıyor en çok gerekli olan veya",
}

MALAY_SIDES: Final = {
    "id": _words(
        "bisa karena perusahaan lowongan karyawan usia dibutuhkan membutuhkan kantor uang gratis minimal maksimal silakan "
        "kirim pria lamaran penempatan juta rp nggak gak banget udah aja kamu loker dicari mobil bahasa pelanggan wib "
        "lulusan sma smk berlaku pengiriman seperti kakak kak pekerjaan mengetik paspor tiket cv kuliah jam melalui siap "
        "ijazah segera area bonus bertanggung senin"
    ),
    "ms": _words(
        "syarikat jawatan kosong kerana boleh pejabat wang percuma kereta umur lelaki perempuan perlu jika rm pekerja "
        "sahaja temuduga kelayakan kemahiran ialah awak nak tak je kat ofis ringgit disediakan majikan tempahan cuti "
        "mohon permohonan berminat pelbagai bahawa mestilah isnin ahad pasport tambang elaun komisen lesen bas jangan "
        "iklan keutamaan malaysia kemboja spm pasaran"
    ),
}


def _index() -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for language, words in _LATIN.items():
        for word in set(words.split()):
            index[word] = (*index.get(word, ()), language)
    for language in MALAY_SIDES:
        for word in MALAY_SIDES[language] - index.keys():
            index[word] = (MALAY,)
    return index


LATIN_WORDS: Final = _index()

HINDI_WORDS: Final = _words("है हैं में के की का और से को पर लिए नहीं या कोई करें आप हो भी होगा होगी रहा रहे ने तक साथ यह हम")
NEPALI_WORDS: Final = _words("छ छन् र मा पनि गर्न हुने लागि तपाईं छैन वा सम्म गर्नुहोस् हुनेछ हो छौं भएको गर्ने बाट साथै यो हामी चाहिएको तपाईंलाई")
NEPALI_ENDINGS: Final = ("लाई", "हरू", "हरु", "नेछ", "एको", "न्छ", "मा", "बाट", "होस्")
