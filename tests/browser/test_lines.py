"""Japanese on a small phone: where headings break."""

from django.utils import translation

from guidance import addresses
from guidance.phrases import NO_START, split

# The lines of each heading and label that takes more than one, as the browser broke them.
LINES = """() => {
  const found = [];
  for (const one of document.querySelectorAll("main :is(h1, h2, h3, .rows b, .lead)")) {
    if (!one.checkVisibility()) continue;
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT), lines = [];
    let top = null;
    while (walker.nextNode()) {
      const text = walker.currentNode;
      for (let at = 0; at < text.length; at++) {
        const range = document.createRange();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        const box = range.getClientRects()[0];
        if (!box || !box.width) continue;
        if (top === null || box.top > top + box.height * 0.6) { lines.push(""); top = box.top; }
        lines[lines.length - 1] += text.data[at];
      }
    }
    if (lines.length > 1) found.push([Boolean(one.querySelector(":scope > .phrases")), lines]);
  }
  return found;
}"""


def test_no_heading_breaks_inside_a_phrase_or_before_a_mark(visit):
    page = visit("/ja/", language="ja", size={"width": 320, "height": 800})
    with translation.override("ja"):
        public = addresses.public("ja")
    page.set_default_timeout(30_000)  # many pages, one after the other
    wrong = []
    for address in public:
        page.goto(address)
        for whole, lines in page.evaluate(LINES):
            wrong += [f"{address}: {line}" for line in lines[1:] if line[0] in NO_START]
            text = "".join(lines)
            edges = {sum(len(piece) for piece in split(text)[:count]) for count in range(len(split(text)))}
            edges |= {at for at in range(1, len(text)) if text[at - 1] in "、。・："}  # every browser breaks there
            broken = {sum(len(line) for line in lines[:count]) for count in range(len(lines))}
            if whole and not broken <= edges:
                wrong.append(f"{address}: {' / '.join(lines)}")
    assert not wrong, "\n".join(wrong)
