"""Letters that pass for one another: tables of the attacker, kept apart from those of the normaliser, which must not be judged by itself.

Picked by hand, after Unicode UTS #39 (confusables.txt), by glyph; Ethiopic pairs are homophones that writers mix, Burmese and Tamil ones digits that look like letters.
"""

from __future__ import annotations

from typing import Final

_LATIN: Final = {
    "a": "аɑа", "b": "Ьƅ", "c": "сϲ", "d": "ԁ", "e": "ҽе", "g": "ɡց", "h": "һհ", "i": "іı", "j": "ј", "k": "к", "l": "ӏI", "m": "м", "n": "ոп",
    "o": "оοօ", "p": "рρ", "q": "ԛ", "r": "гᴦ", "s": "ѕꜱ", "t": "т", "u": "սυ", "v": "νѵ", "w": "ԝш", "x": "хⅹ", "y": "уγ", "z": "ᴢ",
    "A": "АΑᎪ", "B": "ВΒᏴ", "C": "СϹᏟ", "D": "ᎠⅮ", "E": "ЕΕᎬ", "F": "Ϝꓝ", "G": "ԌᏀ", "H": "НΗᎻ", "I": "ІΙӀ", "J": "ЈᎫ", "K": "КΚᏦ", "L": "ᏞⅬ",
    "M": "МΜᎷ", "N": "Νꓠ", "O": "ОΟՕ", "P": "РΡᏢ", "Q": "Ԛ", "R": "ᎡᏒ", "S": "ЅՏᏚ", "T": "ТΤᎢ", "U": "Սꓴ", "V": "ѴᏙ", "W": "ԜᎳ", "X": "ХΧ", "Y": "ҮΥ",
    "Z": "ΖᏃ",
}  # fmt: skip
_CYRILLIC: Final = dict(zip("АВЕКМНОРСТХаеорсухі", "ABEKMHOPCTXaeopcyxi", strict=True))
_HAN: Final = {
    "红": "荭", "微": "徽薇", "信": "亻言", "钱": "銭", "卡": "咔佧", "博": "愽", "彩": "採", "赌": "睹", "网": "罔", "投": "殳", "招": "诏", "聘": "骋", "薪": "新",
    "园": "圆", "区": "岖", "公": "厷", "司": "伺", "工": "エ", "口": "ロ", "力": "カ", "二": "ニ", "八": "ハ", "卜": "ト", "夕": "タ", "日": "曰", "己": "已",
    "土": "士", "末": "未", "人": "入", "包": "苞", "机": "札", "电": "電", "话": "話", "高": "髙", "你": "伱", "的": "哋", "住": "佳", "吃": "喫", "服": "箙",
}  # fmt: skip
_OTHERS: Final = {
    "ك": "ک", "ي": "ی", "ه": "ہ", "ک": "ك", "ی": "ي", "ہ": "ه", "ى": "ی",
    "แ": "เเ", "ແ": "ເເ", "ำ": "ํา", "ຳ": "ໍາ",
    "ဝ": "၀", "ရ": "၇", "எ": "௭", "க": "௧", "அ": "௮",
    "ሀ": "ሐኀ", "ሰ": "ሠ", "አ": "ዐ", "ጸ": "ፀ", "ሥ": "ስ", "ሃ": "ሓኃ",
    "カ": "力", "ロ": "口", "ニ": "二", "エ": "工", "ハ": "八", "タ": "夕", "ト": "卜", "ヘ": "へ", "リ": "り", "ー": "一",
}  # fmt: skip
_WHOLE: Final = frozenset(["แ", "ແ", "ำ", "ຳ", "信"])
"""Letters whose look-alike is two characters rather than a choice of several."""

LOOKALIKES: Final = {
    char: (alike,) if char in _WHOLE else tuple(alike) for table in (_LATIN, _CYRILLIC, _HAN, _OTHERS) for char, alike in table.items()
}
"""Character to what may stand for it."""
