"""Numbers of an estimate as people write them."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from insurance.rules.estimates import Quantity, Unit
from vssid.templatetags.portal import money

register = template.Library()
NBSP = "\u00a0"


@register.simple_tag
def quantity(found: Quantity) -> str:
    """Show a number with its unit: 1.774.052 ₫, 4,5%, 2,5 năm."""
    if found.unit == Unit.DONG:
        return money(int(found.value))
    number = number_format(found.value.normalize(), use_l10n=True)
    words = {
        Unit.PERCENT: "%",
        Unit.YEARS: _("years"),
        Unit.MONTHS: _("months"),
        Unit.DAYS: _("days"),
    }
    unit = words.get(found.unit)
    if not unit:
        return number
    return f"{number}%" if unit == "%" else f"{number}{NBSP}{unit}"
