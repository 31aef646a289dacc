"""Where the site's claims come from: content/data/sources.yaml, one work an entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_lazy

from guidance import fields

# In the order of the list of sources.
KINDS = {
    "official": gettext_lazy("Public bodies"),
    "academic": gettext_lazy("Research"),
    "court": gettext_lazy("Courts"),
    "ngo": gettext_lazy("Families’ groups and charities"),
    "clinic": gettext_lazy("Clinics"),
    "press": gettext_lazy("Press"),
    "book": gettext_lazy("Books"),
    "other": gettext_lazy("Notes, blogs and others"),
}
SEEN = ("whole", "excerpt", "second-hand", "not-read")
# Why a source stands that no page cites.
KEPT = {
    "numbers": gettext_lazy("The telephone numbers were looked for here."),
    "site": gettext_lazy("How this site is built follows it: privacy, safety, leaving quickly."),
    "background": gettext_lazy("Part of the preparation. No page rests on it."),
    "doubtful": gettext_lazy("Named so that nobody takes it for proof: a copy, a summary, or a claim we could not check."),
}


@dataclass(frozen=True, slots=True)
class Source:
    """One work, and how much of it was read."""

    id: str
    author: str  # as the work names it
    authors: Mapping[str, str]  # as a reader of another language reads it
    titles: Mapping[str, str]
    title: str
    year: str
    publisher: str
    url: str
    kind: str
    language: str
    seen: str
    supports: Mapping[str, str]
    kept: str  # a key of KEPT, for a source that no page cites

    def by(self, language: str) -> str:
        """Return the author for a reader of ``language``."""
        return self.authors.get(language, self.author)

    def gloss(self, language: str) -> str:
        """Return what the title says in ``language``, where the work itself is in another one; else nothing."""
        return self.titles.get(language, "")


def read(path: Path) -> dict[str, Source]:
    """Return every source by its id; raise ContentError with every fault of the file."""
    rows = fields.rows(path.read_text("utf-8"), path)
    sources: dict[str, Source] = {}
    for row in rows:
        source = Source(
            id=row.text("id"),
            author=row.text("author"),
            authors=_translated(row, "author"),
            title=row.text("title"),
            titles=_translated(row, "title"),
            year=row.text("year"),
            publisher=row.text("publisher"),
            url=row.text("url"),
            kind=row.choice("kind", tuple(KINDS)),
            language=row.text("language"),
            seen=row.choice("seen", SEEN),
            supports=row.both("supports"),
            kept=row.text("kept", "background"),
        )
        if source.id in sources:
            row.wrong("id", f"{source.id} stands here twice")
        if source.kept not in KEPT:
            row.wrong("kept", f"must be one of {', '.join(KEPT)}, not {source.kept!r}")
        if source.url and not source.url.startswith(("https://", "http://")):
            row.wrong("url", f"must begin with https:// or http://, not {source.url!r}")
        row.rest()
        sources[source.id] = source
    if rows:
        rows[0].finish()
    return sources


def _translated(row: fields.Fields, key: str) -> dict[str, str]:
    return {language: words for language in fields.LANGUAGES if (words := row.text(f"{key}_{language}", ""))}
