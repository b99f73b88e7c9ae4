"""Tags with nothing variable in them, drawn once a language and process instead of once a page.

The last of the builtins: its `translate`, `blocktranslate` and `icon` stand before those of the same name, and differ
in speed alone. A page has some thirty of them.
"""

from collections.abc import Callable
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, Parser, Token, TokenType
from django.templatetags.i18n import do_block_translate, do_translate
from django.utils.translation import get_language

from vssid.templatetags import portal

register = template.Library()

Compile = Callable[[Parser, Token], Any]


class Once(Node):
    """Remembers what `node` draws, by language; with `as name` the text goes there, as it would have."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.name: str | None = getattr(node, "asvar", None)
        self.drawn: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        """Return the text in the page's language."""
        language = get_language()
        text = self.drawn.get(language)
        if text is None:
            text = self.node.render(context)
            text = self.drawn[language] = context[self.name] if self.name else text
        if self.name is None:
            return text
        context[self.name] = text
        return ""


def _literal(expression: FilterExpression | None) -> bool:
    """Whether an argument is a text in quotes; `translate` wraps its own in a variable."""
    if expression is None:
        return True
    fixed = isinstance(expression.var, str) or getattr(expression.var, "literal", None) is not None
    return fixed and not expression.filters


def _fixed_text(node: Any) -> bool:
    return _literal(node.filter_expression) and _literal(node.message_context)


def _fixed_block(node: Any) -> bool:
    variable = node.extra_context or node.plural or any(token.token_type != TokenType.TEXT for token in node.singular)
    return not variable and _literal(node.message_context)


def _fixed_call(node: Any) -> bool:
    return not node.kwargs and not node.target_var and all(map(_literal, node.args))


def _once(compile_tag: Compile, fixed: Callable[[Any], bool]) -> Compile:
    def compiled(parser: Parser, token: Token) -> Node:
        node: Node = compile_tag(parser, token)
        return Once(node) if fixed(node) else node

    return compiled


for _name in ("translate", "trans"):
    register.tag(_name, _once(do_translate, _fixed_text))
for _name in ("blocktranslate", "blocktrans"):
    register.tag(_name, _once(do_block_translate, _fixed_block))
register.tag("icon", _once(portal.register.tags["icon"], _fixed_call))
