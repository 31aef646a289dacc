"""How Japanese is set: where a heading may break, and sentences side by side.

A heading or label breaks between phrases, and never inside a time, a date or a number.

BudouX finds the phrases; what it gets wrong in short texts is put right here. Whoever marks the places uses ``<wbr>``.
"""

import re
from functools import cache
from typing import Any

import budoux

# A phrase longer than this does not fit a line of a small phone: it may break at one of JOINTS too.
LONG = 9
JOINTS = re.compile(
    r"(?<=[てで])(?=おき|いる|いた|しま|いき)|(?=だけでは|かもしれ|かまいません)|(?<=ように)|(?<!だけ)(?=では(?:ない|あり))|(?<=・)|(?<=[々一-龠])(?=相談|窓口)"
)
# What a line may not begin with, and what it may not end with.
NO_START = "、。，．・：；！？」』）】〉》…ー〜々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;!?)]"
NO_END = "「『（【〈《(["
# Words BudouX tears, a day and its weekday, a time of day, a number with what it counts.
WHOLE = re.compile(
    r"死にた[いく]|[斎齊]藤|(?:ある|いる)もの|小さなこと|何か[月年]|(?:\d+年)?\d+月\d+日(?:（.）)?|(?:午前|午後)\d+時(?:\d+分)?(?:ごろ|ころ)?|\d+時(?:\d+分)?(?:ごろ|ころ)?|\d+(?:[.:/]\d+)*[々一-龠ァ-ヶ%％]?"
)

# A full stop of Japanese, what closes beside it, and the gap another language would have there.
GAP = re.compile(r"(?<=。)((?:</(?:a|b|span|strong|time)>)*)\s+")


@cache
def _parser() -> Any:
    return budoux.load_default_japanese_parser()


def split(text: str) -> list[str]:
    """Return a Japanese text in the pieces that stay on one line."""
    found = {0}
    for piece in _parser().parse(text):
        found.add(max(found) + len(piece))
    inside = {at for whole in WHOLE.finditer(text) for at in range(whole.start() + 1, whole.end())}
    breaks = {at for at in found if _allowed(text, at)} - inside
    for start, end in zip(sorted({0, *breaks}), [*sorted(breaks - {0}), len(text)], strict=False):
        if end - start > LONG:
            breaks |= {
                start + joint.start() for joint in JOINTS.finditer(text[start:end]) if _allowed(text, start + joint.start())
            } - inside
    edges = [0, *sorted(breaks - {0, len(text)}), len(text)]
    for start, end in zip(edges, edges[1:], strict=False):
        if end - start == 1 and "ぁ" <= text[start] <= "ん":  # one lone kana goes to its word
            breaks.discard(start or end)
    edges = [0, *sorted(breaks - {0, len(text)}), len(text)]
    if len(edges) > 2 and edges[-1] - edges[-2] < 3 and edges[-1] - edges[-3] <= LONG + 1:
        del edges[-2]  # no line of two characters at the end
    return [text[start:end] for start, end in zip(edges, edges[1:], strict=False)]


def close_up(text: str) -> str:
    """Return text or HTML in which nothing stands between one Japanese sentence and the next; no other language changes."""
    return GAP.sub(r"\1", text) if "。" in text else text


def _allowed(text: str, at: int) -> bool:
    """Say whether a line may end before the character at ``at``: not beside such a mark."""
    return 0 < at < len(text) and text[at] not in NO_START and text[at - 1] not in NO_END
