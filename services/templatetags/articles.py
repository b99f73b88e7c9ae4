"""Texts of articles on a page."""

from django import template
from django.utils.safestring import SafeString

from services.rules import markdown as rules

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Draw a text that staff wrote."""
    return rules.render(text)
