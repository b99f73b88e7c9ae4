"""Texts that staff write, as HTML: CommonMark without HTML and pictures, links to known kinds of addresses only."""

import re

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_ADDRESS = re.compile(r"(https?://|mailto:|tel:|/(?!/)|#)[^\s\\]*", re.IGNORECASE)
# A page has its h1, and its sections begin with h2.
_HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3"}


def render(text: str) -> SafeString:
    """Return the text as HTML. What is written as HTML shows as it was typed; another kind of link stays text."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = _HEADINGS.get(token.tag, "h4")
        for part in token.children or ():
            _away(part)
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return mark_safe(html)  # noqa: S308 - the parser escapes everything but its own elements


def _away(token: Token) -> None:
    """A link out of the portal tells nothing about where it was followed."""
    if token.type == "link_open" and str(token.attrGet("href")).lower().startswith("http"):
        token.attrSet("rel", "noreferrer external")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])
    parser.validateLink = lambda url: bool(_ADDRESS.fullmatch(url.strip()))  # type: ignore[method-assign]
    return parser


_PARSER = _parser()
