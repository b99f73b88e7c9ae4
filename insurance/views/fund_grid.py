"""All funds in one grid: years downwards, months across, in each year one thin row a fund; and the same as a table."""

from collections.abc import Mapping
from itertools import groupby

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insurance.reads.contributions import FUND_NAMES
from insurance.rules.contributions import OWED, PAID, SETTLED
from insurance.views.months import CLASSES, LEFT, MISSING, STEP, TOP, monthly_heads, pattern

HIGH, CELL, YEAR = 9, 7, 42
"""Height of a fund's row, of its cells, and of a year, in units of the drawing."""

States = Mapping[int, Mapping[int, int]]
"""Fund → month → status."""


def fund_grid(states: States, title: str) -> SafeString:
    """Draw the months of all funds, the newest year on top; some fund has a month."""
    first, last = bounds(states)
    paths: dict[int, list[str]] = {}
    labels = []
    for place, year in enumerate(range(last, first - 1, -1)):
        top = TOP + YEAR * place
        labels.append(f'<text x="0" y="{top + 22}">{year}</text>')
        for row, fund in enumerate(FUND_NAMES):
            months = states.get(fund, {})
            cells = [months.get(year * 12 + month, MISSING) for month in range(12)]
            for state, left, length in _runs(cells):
                if state != MISSING:
                    strokes = f"h19v{CELL}h-19zm{STEP} 0" * length
                    paths.setdefault(state, []).append(f"M{LEFT + STEP * left} {top + HIGH * row}{strokes}")
    drawn = "".join(f'<path class="{CLASSES[state]}" d="{"".join(parts)}"/>' for state, parts in paths.items())
    patterns = "".join(map(pattern, paths))
    words = _("In each year, from top to bottom: %(funds)s.") % {"funds": ", ".join(FUND_NAMES.values())}
    return format_html(
        '<svg class="months" viewBox="0 0 296 {}" role="img" aria-labelledby="grid-title grid-text">'
        '<title id="grid-title">{}</title><desc id="grid-text">{}</desc>{}</svg>',
        TOP + YEAR * (last - first + 1),
        title,
        words,
        mark_safe(patterns + monthly_heads() + "".join(labels) + drawn),  # noqa: S308 - numbers and fixed words only
    )


def bounds(states: States) -> tuple[int, int]:
    """The first and the last year in which any fund has a month."""
    known = [month for months in states.values() for month in (min(months), max(months))]
    return min(known) // 12, max(known) // 12


def fund_years(states: States) -> list[tuple[int, list[str]]]:
    """For each year, the newest first, what each fund has: "12", "8, 3 owed", "0"."""
    first, last = bounds(states)
    return [(year, [_count(states.get(fund, {}), year) for fund in FUND_NAMES]) for year in range(last, first - 1, -1)]


def _count(months: Mapping[int, int], year: int) -> str:
    found = [months.get(month, MISSING) for month in range(year * 12, year * 12 + 12)]
    parts = [str(found.count(PAID))]
    if owed := found.count(OWED):
        parts.append(ngettext("%(count)d owed", "%(count)d owed", owed) % {"count": owed})
    if settled := found.count(SETTLED):
        parts.append(ngettext("%(count)d settled", "%(count)d settled", settled) % {"count": settled})
    return ", ".join(parts)


def _runs(cells: list[int]) -> list[tuple[int, int, int]]:
    """(state, place of the first cell, length) of each stretch of equal cells."""
    runs, place = [], 0
    for state, group in groupby(cells):
        length = len(list(group))
        runs.append((state, place, length))
        place += length
    return runs
