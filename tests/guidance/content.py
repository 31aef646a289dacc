"""A small, faultless set of content in a folder of its own, to put one fault into."""

import re
from pathlib import Path

from guidance import check, library
from guidance.library import Library
from guidance.management.commands.content import write_hash

STEP = """---
slug: {slug}
lang: {lang}
title: {title}
summary: {summary}
order: {order}
sources: [one]
confidence: mixed
source_hash: ""
kind: greet
---

## purpose

{text}

## ready

{text}

## how

1. {text}
2. {text}
3. {text}

## words

- {said} | {label}
- {said}
- {said}
- {said}

## helps

- {text}
- {text}
- {text}

## harder

- [{never}]{{.avoid}}
- {text}
- {text}

## may_happen

{text}

## stay

{text}

## urgent

{text} {{{{ emergency }}}}

## why

- {text} [@one read]
- {text} [@own]
"""
CARD = """---
slug: {slug}
lang: {lang}
title: {title}
summary: {summary}
order: {order}
sources: []
confidence: thin
source_hash: ""
---

## wish

{text}

## backfires

- {text}

## instead

- {text} [{title}](step:1)

## right

{text} {{{{ emergency }}}}
"""
PAGE = """---
slug: {slug}
lang: {lang}
title: {title}
summary: {summary}
order: {order}
sources: []
confidence: good
source_hash: ""
---

## {title}

{text} {{{{ helpline:listening }}}}
"""
WORDS = {
    "en": {
        "title": "A title",
        "summary": "A line.",
        "text": "Rest now.",
        "said": "Night.",
        "label": "plain",
        "never": "“You must.”",
    },
    "ja": {
        "title": "題",
        "summary": "ひとことです。",
        "text": "休みます。",
        "said": "おやすみ。",
        "label": "短く",
        "never": "「べき」",
    },
}
SOURCES = """
- id: one
  author: "An author"
  title: "題名"
  title_en: "A name"
  year: "2020"
  publisher: "A publisher"
  url: "https://example.org/"
  kind: press
  language: "ja"
  seen: excerpt
  supports: {en: "A claim.", ja: "主張。"}
"""
GLOSSARY = """
- id: place
  name: {en: "basho", ja: "場所"}
  plain: "a place"
  reading: "ばしょ"
  match: {en: ["basho"], ja: ["場所"]}
  explain: {en: "Where one may be.", ja: "いてよい所です。"}
- id: centre
  name: {en: "place centre", ja: "場所センター"}
  reading: "ばしょセンター"
  match: {en: ["place centre"], ja: ["場所センター"]}
  explain: {en: "An office.", ja: "窓口です。"}
- id: listed
  name: {en: "listed", ja: "一覧"}
  reading: "いちらん"
  match: {en: [], ja: []}
  explain: {en: "Not in place.", ja: "一覧だけです。"}
"""
LINE = """
      - id: {id}
        name: {{en: "Listening line", ja: "聞く電話"}}
        what: {{en: "Any trouble.", ja: "どんなことでも。"}}
        number: "0120-000-111"
        tel: "0120000111"
        hours: {{en: "Day and night.", ja: "一日中。"}}
        languages: [ja]
        seen: {seen}
        source: {{en: "a leaflet", ja: "案内"}}
        source_year: "2024"
        read_on: "{read_on}"
        verified_on: "{verified_on}"
        verified_by: "{verified_by}"
"""
COUNTRY = """
  {code}:
    name: {{en: "Somewhere", ja: "ある国"}}
    time_zone: "Asia/Tokyo"
    emergency:
      - {{id: police, label: {{en: "Police", ja: "警察"}}, number: "110", source: "a leaflet", source_year: "2024"}}
      - {{id: ambulance, label: {{en: "Ambulance", ja: "救急"}}, number: "119", source: "a leaflet", source_year: "2024"}}
    lines:"""
PAGES = (*check.PAGES,)


def line(**fields: str) -> str:
    """Return one line of the helplines file."""
    return LINE.format(
        **{"id": "listening", "seen": "reported", "read_on": "2026-11-01", "verified_on": "", "verified_by": ""} | fields
    )


def helplines(*lines: str, code: str = "jp") -> str:
    """Return a helplines file with one country."""
    everywhere = 'everywhere:\n  - {id: all, name: "All", what: "Lists lines.", url: "https://example.org"}\n'
    return f"countries:{COUNTRY.format(code=code)}{''.join(lines)}\n{everywhere}"


def make(root: Path) -> Path:
    """Write nine steps, one card and every page, in both languages and aligned, below ``root``."""
    for language, words in WORDS.items():
        for number in range(1, 10):
            _write(root, language, "steps", STEP, f"step-{number}", number, words)
        for number, slug in enumerate(("company", "visit"), start=1):
            _write(root, language, "cards", CARD, slug, number, words)
        for number, slug in enumerate(PAGES, start=1):
            # The questions before a decision lead to the fifth part of this page.
            page = PAGE + "\n## {title}\n\n{text}\n" * 4 if slug == "services" else PAGE
            _write(root, language, "pages", page, slug, number, words)
    data = root / "data"
    data.mkdir()
    (data / "sources.yaml").write_text(SOURCES, "utf-8")
    (data / "glossary.yaml").write_text(GLOSSARY, "utf-8")
    (data / "helplines.yaml").write_text(helplines(line(), line(id="consumer-188")), "utf-8")
    (data / "checkpoint.yaml").write_text((library.ROOT / "data" / "checkpoint.yaml").read_text("utf-8"), "utf-8")
    align(library.load(root))
    return root


def align(texts: Library) -> None:
    """Write every counterpart's hash, as `manage.py content align` does."""
    for document in texts.documents.values():
        if other := texts.counterpart(document):
            write_hash(document.path, other)


def change(path: Path, old: str, new: str) -> None:
    """Replace the first ``old`` in a file; it is a fault of the test if it is not there."""
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def _write(root: Path, language: str, folder: str, form: str, slug: str, order: int, words: dict[str, str]) -> None:
    path = root / language / folder / f"{slug}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(form.format(slug=slug, lang=language, order=order, **words), "utf-8")


def plain(html: str) -> str:
    """Rendered text with its headings as they were written: without ids, and without places to break."""
    html = re.sub(r'<span class="phrases">(.*?)</span>', r"\1", html.replace("<wbr>", ""))
    return re.sub(r'<h2 id="[^"]*">', "<h2>", html)
