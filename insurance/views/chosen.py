"""Which periods of a history are listed: those of a year, of an employer, or all. The choice is in the address.

An employer is a number there, its place in order of time: where somebody works is nothing for an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from insurance.reads.contributions import PeriodRow


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows that fit, the choice itself (0: all), its part of an address and in words ("" for all)."""

    rows: Sequence[PeriodRow]
    year: int = 0
    employer: int = 0
    query: str = ""
    words: str = ""


def chosen_of(request: HttpRequest, rows: Sequence[PeriodRow]) -> Chosen:
    """Return what the address asks for; what it cannot mean is left out."""
    year, place = _number(request, "year"), _number(request, "employer")
    if not (year or place):
        return Chosen(rows)
    names = _employers(rows)
    place = place if place <= len(names) else 0
    name = names[place - 1] if place else ""
    fitting = [
        row for row in rows if (not year or row[1].year <= year <= row[2].year) and (not place or row[3] == name)
    ]
    query = (f"&year={year}" if year else "") + (f"&employer={place}" if place else "")
    return Chosen(fitting, year, place, query, ", ".join(filter(None, [str(year) if year else "", name])))


def choice_form(word: str, rows: Sequence[PeriodRow], chosen: Chosen, first: int, last: int) -> SafeString:
    """Draw the form that chooses a year and an employer; nothing when there is nothing to choose."""
    names = _employers(rows)
    if first == last and len(names) == 1:
        return SafeString("")
    employers = "".join(
        f'<option value="{place}"{" selected" if place == chosen.employer else ""}>{escape(name)}</option>'
        for place, name in enumerate(names, 1)
    )
    before, after = _frame(word, first, last, chosen.year, get_language())
    return mark_safe(before + employers + after)  # noqa: S308 - escaped above


@lru_cache(maxsize=1024)
def _frame(word: str, first: int, last: int, chosen: int, language: str | None) -> tuple[str, str]:
    """The form before and after the employers, in the language that is in force."""
    years = "".join(
        f"<option{' selected' if year == chosen else ''}>{year}</option>" for year in range(last, first - 1, -1)
    )
    drawn = format_html(
        '<form class="choose" method="get"><input type="hidden" name="kind" value="{}">'
        '<label>{}<select class="ctl" name="year"><option value="">{}</option>{}</select></label>'
        '<label>{}<select class="ctl" name="employer"><option value="">{}</option>\0</select></label>'
        '<button type="submit" class="btn alt">{}</button></form>',
        word,
        _("Year"),
        _("All years"),
        mark_safe(years),  # noqa: S308 - numbers
        _("Employer"),
        _("All employers"),
        _("Show"),
    )
    before, _place, after = drawn.partition("\0")
    return before, after


def _employers(rows: Sequence[PeriodRow]) -> list[str]:
    return list(dict.fromkeys(row[3] for row in rows))


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
