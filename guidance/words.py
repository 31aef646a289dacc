"""Words this site does not use: they blame, promise, score, or can be read as a call to die.

The lists are those of the word study (docs/content.md); templates, catalogues and content are held to them.
Quoted speech, marked ``.say`` or ``.avoid``, may hold any of them.
"""

import re
from collections.abc import Iterator

# Where each stands alone as a word; plurals and past forms are named where they exist.
ENGLISH = (
    r"should",
    r"must",
    r"ought",
    r"fail(?:ed|ure|ures)?",
    r"simply",
    r"at least",
    r"streaks?",
    r"goals?",
    r"well done",
    r"keep it up",
    r"recovery",
    r"(?<!suicide )attempt(?:s|ed|ing)?",
    r"allowances?",
    r"(?<!in )cases?",
    r"patients?",
    r"an? hikikomori",
    r"Dr Saito",
    r"end it",
    r"lets? go",
)
JAPANESE = (
    "べき",
    "ねばなりません",
    "しなければなりません",
    "しなければいけません",
    "ちゃんと",
    "せめて",
    "しかない",
    "連続",
    "達成",
    "目標",
    "がんばりましょう",
    "頑張って",
    "治る",
    "治す",
    "普通に戻る",
    "社会復帰",
    "自立支援",
    "問題行動",
    "共依存",
    "終わらせる",
    "楽になる",
    "楽にして",
    "最後の手段",
    "手遅れ",
    "共有",
    "シェア",
    "記録",
    "今すぐ相談",
    "見守",
    "反応",
    "対象者",
    "患者",
    "引きこもり",
    "お子様",
    "ろうかの灯り",
)
# Harmless alone, but not in one sentence with the person.
ENGLISH_NEAR = r"finish(?:es|ed|ing)?"
JAPANESE_NEAR = ("消える", "逝く", "旅立つ")
ENGLISH_PERSON = r"they|them|their|son|daughter|person|he|him|she|her"
JAPANESE_PERSON = ("ご本人", "息子", "娘")
# Not words, but a tone: shouting, and a machine's cheerfulness.
MARKS = r"[!！\U0001F300-\U0001FAFF\u2600-\u27BF]"

_ENGLISH = re.compile(rf"\b(?:{'|'.join(ENGLISH)})\b", re.IGNORECASE)
_ENGLISH_NEAR = re.compile(
    rf"\b(?:{ENGLISH_PERSON})\b.*\b({ENGLISH_NEAR})\b|\b({ENGLISH_NEAR})\b.*\b(?:{ENGLISH_PERSON})\b", re.IGNORECASE
)
_JAPANESE = re.compile("|".join(JAPANESE))
_MARKS = re.compile(MARKS)
# There are two, Tamaki and Kazuhiko, and they do not teach the same.
_SAITO = re.compile(r"(?<!Tamaki )(?<!Kazuhiko )\bSaito\b|(?:斎藤|齊藤|斉藤|齋藤)(?!環|万比古)")


def refused(text: str, language: str) -> Iterator[str]:
    """Yield each refused word in ``text``, a text in ``language`` without its quoted speech."""
    for found in _MARKS.finditer(text):
        yield found[0]
    if language == "ja":
        yield from (found[0] for found in _JAPANESE.finditer(text))
        for sentence in sentences(text, language):
            if any(person in sentence for person in JAPANESE_PERSON):
                yield from (word for word in JAPANESE_NEAR if word in sentence)
    else:
        yield from (found[0] for found in _ENGLISH.finditer(text))
        for sentence in sentences(text, language):
            yield from (found[1] or found[2] for found in _ENGLISH_NEAR.finditer(sentence))


def nameless_saito(text: str) -> bool:
    """Say whether "Saito" stands without a given name."""
    return bool(_SAITO.search(text))


def sentences(text: str, language: str) -> list[str]:
    """Return the sentences of one block of text."""
    if language == "ja":
        parts = re.split(r"(?<=[。！？])|\n", text)
    else:
        # A closing quotation mark belongs to its sentence; "e.g. 5" and "3.5" are not ends.
        parts = re.split(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)]))\s+(?=[\"“‘(A-Z0-9])", text)
    return [part.strip() for part in parts if part.strip()]


def length(sentence: str, language: str) -> int:
    """Return a sentence's length: words in English, characters in Japanese."""
    if language == "ja":
        return len(re.sub(r"\s", "", sentence))
    return len(re.findall(r"[^\s–—/]*\w[^\s–—/]*", sentence))
