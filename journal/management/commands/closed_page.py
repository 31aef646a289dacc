"""``manage.py closed_page``: what the proxy shows while the site itself cannot answer, as a file that stands alone."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from guidance import library
from journal.copies.reading import LARGEST_FILE

# The colours and sizes of the site, by the headings of site.css: the page has nothing else to load.
TOKENS = "/* ---------- tokens ---------- */", "/* ---------- base ---------- */"
STYLE = """*, ::before, ::after { box-sizing: border-box; }
body { margin: 0 auto; padding: var(--s5) var(--s4); max-width: 64rem; font: var(--t-m)/var(--lh) var(--f-sans);
  color: var(--ink); background: var(--paper); }
section { max-width: var(--line-len); margin-bottom: var(--s7); }
h1 { font: 600 var(--t-xl)/1.4 var(--f-voice); }
h2, h3 { font-size: var(--t-l); line-height: 1.4; margin: var(--s5) 0 var(--s2); } h3 { font-size: var(--t-m); }
p { margin: 0 0 var(--s4); } a { color: var(--link); } .phrases { word-break: keep-all; overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; } li { padding: var(--s2) 0; }
li a:has(b) { display: flex; gap: var(--s3); align-items: baseline; min-height: 2rem; }
li b { min-width: 2.5em; font-size: var(--t-l); }
.first li { padding: 0 0 var(--s3); }
.first li a { min-height: var(--tap); padding: var(--s3) var(--s4); border-radius: var(--r1); text-decoration: none;
  color: var(--on-ai); background: var(--ai); }
summary { min-height: var(--tap); padding: var(--s3) 0; font-weight: 700; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
svg { width: 2.5rem; height: 2.5rem; } .door { fill: var(--leaf); } .lit { fill: var(--lamp); } .spill { fill: var(--lamp-soft); }
@media (min-width: 60rem) { main { display: grid; grid-template-columns: 1fr 1fr; gap: var(--s7); } .over { display: none; } }"""


class Command(BaseCommand):
    """Prints one page in both languages. Its telephone numbers are the emergency ones, which never grow old."""

    help = "Print the page a proxy shows while the site does not answer; --too-large: the one for a file it does not take."
    requires_system_checks = ()  # it is printed while the database is away, too

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take which of the two pages."""
        parser.add_argument("--too-large", action="store_true", help="the page for a file that is larger than can be read")

    def handle(self, *args: Any, too_large: bool, **options: Any) -> None:
        """Print it, for a file of the proxy's own: it has to be there when nothing of the site is."""
        tokens = (settings.BASE_DIR / "static" / "site.css").read_text("utf-8").split(TOKENS[0])[1].split(TOKENS[1])[0]
        first, *others = library.current().helplines.countries.values()
        context = {
            "languages": ("ja", "en"),
            "first": first,
            "others": others,
            "everywhere": library.current().helplines.everywhere,
            "too_large": too_large,
            "megabytes": LARGEST_FILE // 2**20,
            # Lines of this project alone, and nothing anybody sent: escaped, the quotation marks round the names of fonts
            # would not be CSS. No template may hold a style; this page is the proxy's, which knows no policy of ours.
            "style": mark_safe(f"<style>{tokens}{STYLE}</style>"),  # noqa: S308
        }
        self.stdout.write(render_to_string("closed_page.html", context))
