"""Who is said to have said what. There are two psychiatrists called Saito, Tamaki and Kazuhiko, and they do not teach the same.

What is put down to one of them has to stand in a source that somebody read, or that others report, and that is not the other's.
"""

import re
from collections.abc import Iterator, Mapping

from guidance.sources import Source
from guidance.text import Block, Claim

SEEN = {"read", "heard"}
NAMES = {
    "Tamaki Saito": re.compile(r"Tamaki Saito|[斎齋斉齊]藤環"),
    "Kazuhiko Saito": re.compile(r"Kazuhiko Saito|[斎齋斉齊]藤万比古"),
}
# What makes a sentence with a name in it something that this person is said to say, to think or to advise.
SAYING = re.compile(
    r"\b(?:says?|said|advis(?:es|ed)|writes?|wrote|warns?|warned|describes?|suggests?|finds?|speaks?|compares?|recommends?|teach(?:es)?"
    r"|thinks?|calls?|values?|begins?|view|views|thought|idea|advice|gives?|lists?|names?|urges?)\b"
    r"|言い|言う|言っ|話し|話す|述べ|書いて|書き|すすめ|勧め|考えを|考えて|考えで|挙げ|呼ぶ|呼ん|伝え|たとえ|説い|助言|指摘"
)


def faults(block: Block, sources: Mapping[str, Source]) -> Iterator[str]:
    """Yield what is wrong with the attributions of one block."""
    for claim in block.claims:
        for name, spelling in NAMES.items():
            if spelling.search(claim.words):
                yield from _of_the_other(claim, name, sources)
                if SAYING.search(claim.words) and not (claim.sources and claim.state in SEEN):
                    yield f"something is ascribed to {name} without a source that was read or heard"


def _of_the_other(claim: Claim, name: str, sources: Mapping[str, Source]) -> Iterator[str]:
    for other, spelling in NAMES.items():
        if other == name or spelling.search(claim.words):
            continue
        for source in claim.sources:
            author = sources[source].author if source in sources else ""
            if spelling.search(author) and not NAMES[name].search(author):
                yield f"{name} is named, but {source} is a work of {other}"
