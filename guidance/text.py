"""From Markdown to safe HTML with marks in it.

A mark stands for what depends on the reader's day or country, or on an address: ``guidance.marks`` fills it in
when a page is answered. Everything else is rendered once, when the content is loaded.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.attrs import attrs_plugin

from guidance.glossary import FirstUses
from guidance.phrases import close_up, split

# Two characters of the private use area: no keyboard types them, and the sanitiser lets them pass as text.
OPEN, CLOSE = "\ue000", "\ue001"
LINKS = ("step", "card", "page", "help", "check")
OWN = "own"
QUOTED = {"say", "avoid"}
PHRASES = "phrases"  # the class within which a line breaks only where a <wbr> allows it

CITE = re.compile(r"\[((?:@[a-z0-9-]+\s+)+(?:read|heard|unsure)|@own)\]")
SLOT = re.compile(r"\{\{\s*(?:(emergency|consumer)|(helpline|figure|kept):([a-z0-9-]+))\s*\}\}")
# What looks like a mark but is none: a slip that would otherwise be printed.
STRAY = re.compile(r"\[@[^\]]*\]|\{\{.*?\}\}|\]\{[^}]*\}|\{[.#][a-z-]+\}|</?[a-z]+")

CLEANER = nh3.Cleaner(
    tags={
        "p",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "a",
        "span",
        "h2",
        "h3",
        "blockquote",
        "br",
        "wbr",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    },
    attributes={"a": {"href"}, "span": {"lang"}, "ol": {"start"}, "h2": {"id"}},
    allowed_classes={"span": QUOTED | {PHRASES}},
    url_schemes=set(LINKS),
    link_rel=None,
)


class Html(str):
    """HTML that CLEANER let through: the one kind of text that is not escaped again."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Claim:
    """The words up to a mark of sources, and that mark: ids, and read, heard, unsure or own; both empty where none follows."""

    words: str
    sources: tuple[str, ...] = ()
    state: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item, heading or cell as a reader sees it, for the content check."""

    line: int
    words: str
    own_words: str  # without what is quoted as words to say, or to avoid
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """A place where the text names something that has to exist: a source, a helpline, a drawing, or a page of this site."""

    line: int
    kind: str  # "source", "helpline", "figure", "kept" or one of LINKS
    target: str


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a page, and the id by which a link finds it."""

    id: str
    words: str


@dataclass(slots=True)
class Rendered:
    """A piece of Markdown after rendering."""

    html: Html = Html()
    items: tuple[Html, ...] = ()  # the HTML of each item, where the piece is one flat list
    headings: list[Heading] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)  # the words of the glossary that it is the first to use
    blocks: list[Block] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


def render(
    text: str,
    first_line: int,
    sources: Sequence[str],
    quoted: bool = False,
    uses: FirstUses | None = None,
    language: str = "en",
) -> Rendered:
    """Render ``text``, whose first line is ``first_line`` of its file.

    ``sources`` gives each cited source its number. ``quoted`` says that all of it is words to say aloud.
    ``uses`` knows what the document has explained before: what is new is explained after the block that first uses it.
    Faults are returned, not raised, so that a writer sees all of them at once.
    """
    tokens = MARKDOWN.parse(text)
    rendered = Rendered()
    laid_out: list[Token] = []
    waiting: list[str] = []
    for index, token in enumerate(tokens):
        laid_out.append(token)
        if token.type == "inline":
            _read(token, first_line, sources, quoted, rendered)
            _stand_alone(tokens[index - 1 : index + 2], first_line, rendered)
            _head(tokens[index - 1 : index + 1], language, rendered)
            waiting += uses.new(rendered.blocks[-1].own_words) if uses else []
        elif waiting and token.level == 0 and token.nesting < 0 and token.type != "heading_close":
            rendered.terms += waiting
            laid_out.append(_explanation(waiting))
            waiting = []
        elif token.type == "heading_open" and token.tag not in {"h2", "h3"}:
            rendered.faults.append((_line(token, first_line), "headings are ## or ###"))
        elif token.type in {"fence", "code_block", "hr"}:
            rendered.faults.append((_line(token, first_line), "is laid out as code or a rule; indent less"))
    rendered.html = _clean(laid_out)
    rendered.items = tuple(_items(tokens))
    return rendered


def _explanation(terms: Sequence[str]) -> Token:
    return Token("slot", "", 0, content=f"{OPEN}words {' '.join(terms)}{CLOSE}")


def _stand_alone(block: Sequence[Token], first_line: int, rendered: Rendered) -> None:
    """Take the paragraph away from around a drawing, which is a block of its own."""
    opening, inline, closing = block
    children = inline.children or []
    if not any(token.type == "slot" and token.meta["name"] == "figure" for token in children):
        return
    if opening.type == "paragraph_open" and opening.level == 0 and len(children) == 1:
        opening.hidden = closing.hidden = True
    else:
        rendered.faults.append((_line(inline, first_line), "a drawing stands in a paragraph of its own"))


def _head(block: Sequence[Token], language: str, rendered: Rendered) -> None:
    """Give a heading its id, and a Japanese one the places where it may break.

    Ids are numbered: they are the same in both languages, outlast another wording, and say nothing in a history.
    """
    opening, inline = block
    if opening.type != "heading_open":
        return
    if opening.tag == "h2":
        heading = Heading(f"part-{len(rendered.headings) + 1}", rendered.blocks[-1].words)
        rendered.headings.append(heading)
        opening.attrSet("id", heading.id)
    children = inline.children or []
    if language == "ja" and len(children) == 1:
        inline.children = [Token("phrases", "", 0, content=children[0].content)]


def _phrases(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    broken = "<wbr>".join(escapeHtml(piece) for piece in split(tokens[index].content))
    return f'<span class="{PHRASES}">{broken}</span>'


def _line(token: Token, first_line: int) -> int:
    return first_line + (token.map[0] if token.map else 0)


def _read(block: Token, first_line: int, sources: Sequence[str], quoted: bool, rendered: Rendered) -> None:
    """Collect the words, uses and faults of one block, and number its citations."""
    line = first = _line(block, first_line)
    words: list[str] = []
    own: list[str] = []
    quotes: list[bool] = []
    claims: list[Claim] = []
    since = 0
    for token in block.children or []:
        text = ""
        match token.type:
            case "text" | "code_inline":
                text = token.content
                if stray := STRAY.search(text):
                    rendered.faults.append((line, f"{stray[0]} is not a known mark"))
            case "softbreak" | "hardbreak":
                text = " "
                line += 1
            case "span_open":
                quotes.append(bool(QUOTED & set(str(token.attrGet("class") or "").split())))
            case "span_close":
                quotes.pop()
            case "cite":
                _number(token, line, sources, rendered)
                claims.append(Claim("".join(words[since:]).strip(), tuple(token.meta["ids"]), token.meta["state"]))
                since = len(words)
            case "slot" if token.meta["target"]:
                rendered.uses.append(Use(line, token.meta["name"], token.meta["target"]))
            case "link_open":
                _link(str(token.attrGet("href") or ""), line, rendered)
            case "image":
                rendered.faults.append((line, "pictures have no place in the text"))
        words.append(text)
        own.append("" if quoted or any(quotes) else text)
    if left := "".join(words[since:]).strip():
        claims.append(Claim(left))
    rendered.blocks.append(Block(first, "".join(words).strip(), "".join(own).strip(), tuple(claims)))


def _number(token: Token, line: int, sources: Sequence[str], rendered: Rendered) -> None:
    rendered.uses.extend(Use(line, "source", source) for source in token.meta["ids"])
    numbered = (f"{sources.index(source) + 1}:{source}" for source in token.meta["ids"] if source in sources)
    token.content = f"{OPEN}cite {token.meta['state']} {' '.join(numbered)}{CLOSE}"


def _link(href: str, line: int, rendered: Rendered) -> None:
    kind, colon, target = href.partition(":")
    if not colon or kind not in LINKS:
        rendered.faults.append((line, f"the link {href!r} is not one of {', '.join(f'{name}:' for name in LINKS)}"))
    else:
        rendered.uses.append(Use(line, kind, target))


def _clean(tokens: Sequence[Token]) -> Html:
    return Html(close_up(CLEANER.clean(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))))


def _items(tokens: Sequence[Token]) -> Iterator[Html]:
    """Yield the HTML inside each item where the tokens are one list without a list in it; nothing otherwise."""
    flat = [token for token in tokens if token.level == 0]
    if [token.type for token in flat] not in (
        ["bullet_list_open", "bullet_list_close"],
        ["ordered_list_open", "ordered_list_close"],
    ):
        return
    item: list[Token] = []
    for token in tokens:
        if token.type == "list_item_open" and token.level == 1:
            item = []
        elif token.type == "list_item_close" and token.level == 1:
            yield _clean(item)
        else:
            item.append(token)


def render_line(text: str) -> Html:
    """Render one line without a paragraph around it: a word to say, a label, a sentence of the data files."""
    return Html(close_up(CLEANER.clean(MARKDOWN.renderInline(text))))


def _cite_rule(state: StateInline, silent: bool) -> bool:
    found = CITE.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        *ids, state_word = found[1].split()
        token = state.push("cite", "", 0)
        token.meta = {"ids": [name.removeprefix("@") for name in ids], "state": state_word.removeprefix("@")}
    state.pos = found.end()
    return True


def _slot_rule(state: StateInline, silent: bool) -> bool:
    found = SLOT.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        token = state.push("slot", "", 0)
        token.meta = {"name": found[1] or found[2], "target": found[3] or ""}
        token.content = f"{OPEN}{found[1] or f'{found[2]} {found[3]}'}{CLOSE}"
    state.pos = found.end()
    return True


def _content(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return tokens[index].content


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").use(attrs_plugin, spans=True, allowed=("class", "lang"))
    # Every target is let through here and judged in _link, where a fault gets its line; CLEANER drops what is foreign.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # its manual replaces it so
    markdown.inline.ruler.before("link", "cite", _cite_rule)
    markdown.inline.ruler.before("link", "slot", _slot_rule)
    markdown.add_render_rule("cite", _content)
    markdown.add_render_rule("slot", _content)
    markdown.add_render_rule("phrases", _phrases)
    return markdown


MARKDOWN = _markdown()
