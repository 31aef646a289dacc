"""The stylesheets, the script, the icons and the templates: small, readable, and nothing from elsewhere."""

import gzip
import re
from pathlib import Path

import pytest

from guidance.templatetags.frame import icon

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})
STYLES = {path.name: path.read_text() for path in sorted((ROOT / "static").glob("*.css"))}
TOKENS = STYLES["site.css"]
CSS = "\n".join(STYLES.values())
SCRIPT = (ROOT / "static" / "app.js").read_text()

# ---- style, icons and script


def tokens(marker):
    start = TOKENS.index(marker)
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", TOKENS[start : TOKENS.index("}", start)]))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(sign * 2 for sign in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("marker", [":root {", ':root[data-theme="dark"] {', ':root:not([data-theme="light"]) {'])
@pytest.mark.parametrize(
    ("needed", "pairs"),
    [
        (7, "ink/paper ink/surface ink/sunk ink/wall ink-2/paper ink-2/surface link/paper link/surface on-ai/ai on-ai/ai-hover"),
        (7, "ink/ai-soft ink/lamp-soft ink/moss-soft ink/clay-soft"),
        (4.5, "ink-2/sunk link/sunk link/ai-soft link/lamp-soft link/clay-soft moss/surface moss/moss-soft"),
        (4.5, "clay/paper clay/surface clay/clay-soft"),
        (3, "ai/paper edge/paper edge/surface edge/sunk focus/paper focus/surface focus/focus-in focus/ai-soft"),
    ],
)
def test_text_edges_and_focus_stand_out_in_both_themes(marker, needed, pairs):
    colours = tokens(marker)
    for pair in pairs.split():
        front, ground = (luminance(colours[name]) for name in pair.split("/"))
        ratio = (max(front, ground) + 0.05) / (min(front, ground) + 0.05)
        assert ratio >= needed, f"{pair}: {ratio:.2f}"


def test_the_stylesheets_are_small_and_load_nothing():
    assert len(STYLES["site.css"]) < 25_000
    assert len(gzip.compress(CSS.encode())) < 10_000
    assert not re.search(r"url\(|@import|@font-face|https?:", CSS)


def test_no_link_shows_where_its_reader_has_been():
    assert ":visited" not in CSS


def test_no_text_is_smaller_than_sixteen_pixels():
    sizes = re.findall(r"font(?:-size)?:[^;}]*?([\d.]+)rem", CSS)
    assert min(float(size) for size in sizes) >= 1
    assert not re.search(r"^\s*html\s*{[^}]*font-size", CSS, re.M)


def test_the_script_is_small_and_keeps_nothing():
    assert len(SCRIPT.encode()) < 3_000
    assert not re.search(r"localStorage|sessionStorage|indexedDB|caches|eval\(|innerHTML|https?:", SCRIPT)


def test_every_icon_that_is_named_is_drawn():
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (ROOT / "static" / "icons.svg").read_text()))
    named = {name for path in TEMPLATES for name in re.findall(r'{% icon "([a-z]+)" %}', path.read_text())}
    assert named <= drawn
    assert drawn >= {"greet", "tea", "note", "chat", "ear", "two", "rest", "hard", "peace", "own", "money", "help"}


def test_an_icon_is_hidden_from_screen_readers():
    assert icon("phone") == '<svg class="i" aria-hidden="true"><use href="/static/icons.svg#phone"/></svg>'


# The copy a parent takes out is a file that stands alone: it carries its style, and a policy that allows nothing else.
PAGES = [path for path in TEMPLATES if path.name != "copy.html"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_needs_more_than_the_policy_allows(path):
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.S)
    assert not re.search(r'\sstyle="|<style|\son[a-z]+="|hx-on|hx-boost|hx-(?:put|patch|delete)|["\']js:|javascript:', text)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    assert "placeholder=" not in text


def test_a_visitor_without_javascript_finds_every_button_a_form_needs():
    for path in TEMPLATES:
        for attributes in re.findall(r"<button([^>]*)>", path.read_text()):
            # A button that only a script can use is hidden until there is one.
            if 'type="button"' in attributes:
                assert "data-script hidden" in attributes, path
