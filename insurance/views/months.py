"""The month grid as SVG, and the same as table rows.

A grid of fifty years is one path a state: few bytes, and nothing for the template to loop over. Measures and shapes are
those of the style guide: 44 units for the year, 21 a month, 20 a row.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, repeat
from types import MappingProxyType

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from insurance.reads.contributions import PeriodRow
from insurance.rules.contributions import OWED, PAID, SETTLED, Totals, month_number, runs

Year = tuple[int, ...]
"""The states of the twelve months of a year."""

LEFT, TOP, STEP, ROW = 44, 22, 21, 20
MISSING, OUTSIDE = 0, -1
LOOKS = 4
"""So many colours and patterns tell employers apart; the fifth employer looks like the first again."""
# A paid month of an employer's look is `PAID + 8 * look`.
_BY_LOOK = {PAID + 8 * look: look for look in range(LOOKS)}
CLASSES = {PAID: "paid", OWED: "owed", SETTLED: "settled", MISSING: "none", OUTSIDE: "off"}
CLASSES |= {code: f"e{look}" for code, look in _BY_LOOK.items() if look}
# One cell, drawn from its upper left corner and back to it: full, or half a unit smaller where it has a border.
_FULL = "m3 0h13q3 0 3 3v12q0 3-3 3h-13q-3 0-3-3v-12q0-3 3-3z"
_BORDERED = "m3.5.5h12q3 0 3 3v11q0 3-3 3h-12q-3 0-3-3v-11q0-3 3-3z"
_SHAPES = {
    PAID: (_FULL, "m18 0"),
    SETTLED: (_FULL, "m18 0"),
    OWED: (_BORDERED, "m17.5-.5"),
    MISSING: (_BORDERED, "m17.5-.5"),
    OUTSIDE: ("m7 7h5v4h-5z", "m14-7"),
}
_SHAPES |= dict.fromkeys(_BY_LOOK, _SHAPES[PAID])
_WARNING = "m9.5 5v5m0 3v.01"
_HEADS = "".join(
    f'<text x="{LEFT + 9.5 + STEP * index}" y="14" text-anchor="middle">{index + 1}</text>' for index in range(12)
)
_PATTERNS = {
    OWED: '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M1 0v5" class="hl"/></pattern>',
    SETTLED: '<pattern id="cross" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 2.5h5M2.5 0v5" class="hc"/></pattern>',
}
_MARKS = {1: "M0 3h6", 2: "M3 0v6", 3: "M3 2v2"}
_PATTERNS |= {
    code: f'<pattern id="e{look}" width="6" height="6" patternUnits="userSpaceOnUse">'
    f'<path d="M0 0h6v6h-6z" class="c{look}"/><path d="{_MARKS[look]}" class="w"/></pattern>'
    for code, look in _BY_LOOK.items()
    if look
}


def month_grid(
    states: Mapping[int, int], total: Totals, title: str, looks: Mapping[str, int] = MappingProxyType({})
) -> SafeString:
    """Draw the months of one fund, newest year on top; `states` is not empty.

    The patterns of all employers' `looks` are in it, for the cells beside their names: a second job may show no month.
    """
    years = _years(states)
    paths: dict[int, list[str]] = {}
    labels: list[str] = []
    for row, (year, cells) in enumerate(years):
        top = TOP + ROW * row
        labels.append(f'<text x="0" y="{top + 14}">{year}</text>')
        for state, left, shapes in _strokes(cells):
            paths.setdefault(state, []).append(f"M{left} {top}{shapes}")
    drawn = "".join(f'<path class="{CLASSES[state]}" d="{"".join(parts)}"/>' for state, parts in paths.items())
    if OWED in paths:
        drawn += f'<path class="hl" d="{"".join(_warnings(total, years[0][0]))}"/>'
    needed = paths.keys() | {PAID + 8 * look for look in looks.values()}
    patterns = "".join(pattern for state, pattern in _PATTERNS.items() if state in needed)
    return format_html(
        '<svg class="months" viewBox="0 0 296 {}" role="img" aria-labelledby="grid-title grid-text">'
        '<title id="grid-title">{}</title><desc id="grid-text">{}</desc>{}</svg>',
        TOP + ROW * len(years) + 2,
        title,
        in_words(total),
        mark_safe(patterns + _HEADS + "".join(labels) + drawn),  # noqa: S308 - numbers and fixed words only
    )


def monthly_heads() -> str:
    """The numbers of the months above a grid."""
    return _HEADS


def pattern(state: int) -> str:
    """What a state's cells are filled with, if not with a colour alone; once in a drawing."""
    return _PATTERNS.get(state, "")


def looks(rows: Iterable[PeriodRow]) -> dict[str, int]:
    """Give each employer its look, in order of time; nobody has one when there is a single employer."""
    names = dict.fromkeys(row[3] for row in rows)
    return {name: place % LOOKS for place, name in enumerate(names)} if len(names) > 1 else {}


def by_employer(states: Mapping[int, int], rows: Sequence[PeriodRow], looks: Mapping[str, int]) -> Mapping[int, int]:
    """The months' states with the employer's look in the paid ones; the first contract has a shared month."""
    if not looks:
        return states
    seen: dict[int, int] = {}
    for _kind, first, last, employer, _occupation, _salary, status, _place in reversed(rows):
        if status == PAID:
            months = range(month_number(first), month_number(last) + 1)
            seen.update(dict.fromkeys(months, PAID + 8 * looks[employer]))
    return {month: seen[month] if state == PAID else state for month, state in states.items()}


@lru_cache(maxsize=LOOKS)
def swatch(look: int) -> str:
    """A small cell with an employer's look, to stand before its name."""
    shown = CLASSES[PAID + 8 * look]
    return f'<svg class="sw" viewBox="0 0 19 18" aria-hidden="true"><path class="{shown}" d="M0 0{_FULL}"/></svg>'


def _years(states: Mapping[int, int]) -> list[tuple[int, Year]]:
    """Each year with the states of its twelve months, the newest first."""
    first, last = min(states), max(states)
    cells = list(map(states.get, range(first, last + 1), repeat(MISSING)))
    cells = [OUTSIDE] * (first % 12) + cells + [OUTSIDE] * (11 - last % 12)
    oldest = first // 12
    return [(year, tuple(cells[12 * (year - oldest) :][:12])) for year in range(last // 12, oldest - 1, -1)]


# Most years of most people look alike: twelve months paid.
@lru_cache(maxsize=4096)
def _strokes(cells: Year) -> list[tuple[int, int, str]]:
    """(state, place of the first cell, shapes) for each stretch of equal cells."""
    strokes, index = [], 0
    for state, group in groupby(cells):
        length = len(list(group))
        strokes.append((state, LEFT + STEP * index, "".join(_SHAPES[state]) * length))
        index += length
    return strokes


def _warnings(total: Totals, newest_year: int) -> Iterable[str]:
    for first, last in total.owed:
        for month in range(first, last + 1):
            yield f"M{LEFT + STEP * (month % 12)} {TOP + ROW * (newest_year - month // 12)}{_WARNING}"


def in_words(total: Totals) -> str:
    """What the grid shows, for those who do not see it."""
    parts = [ngettext("%(count)d month paid", "%(count)d months paid", total.months) % {"count": total.months}]
    if total.owed_months:
        parts.append(
            ngettext("%(count)d month owed: %(when)s", "%(count)d months owed: %(when)s", total.owed_months)
            % {"count": total.owed_months, "when": spans(total.owed)}
        )
    if total.missing_months:
        parts.append(
            ngettext(
                "%(count)d month not recorded: %(when)s",
                "%(count)d months not recorded: %(when)s",
                total.missing_months,
            )
            % {"count": total.missing_months, "when": spans(total.gaps)}
        )
    if total.settled_months:
        parts.append(
            ngettext(
                "%(count)d month settled as a lump sum", "%(count)d months settled as a lump sum", total.settled_months
            )
            % {"count": total.settled_months}
        )
    return "; ".join(parts) + "."


def span(first: int, last: int) -> str:
    """A stretch of months as people write it: 07/2021 – 03/2022, one month alone as 07/2021."""
    start = f"{first % 12 + 1:02}/{first // 12}"
    return start if first == last else f"{start} – {last % 12 + 1:02}/{last // 12}"


def spans(stretches: Iterable[tuple[int, int]], most: int = 3) -> str:
    """Some stretches of months in a row; the words say how many more there are."""
    stretches = list(stretches)
    text = ", ".join(span(*stretch) for stretch in stretches[:most])
    if (rest := len(stretches) - most) > 0:
        text += " " + ngettext("and %(count)d more stretch", "and %(count)d more stretches", rest) % {"count": rest}
    return text


def key(total: Totals, *, several: bool = False) -> SafeString:
    """The explanation of the shapes that occur, and no others; `several` employers have a look each."""
    found = {PAID: total.months, OWED: total.owed_months, MISSING: total.missing_months, SETTLED: total.settled_months}
    return _key(tuple(state for state, number in found.items() if number), several, get_language())


@lru_cache(maxsize=64)
def _key(found: tuple[int, ...], several: bool, language: str | None) -> SafeString:
    paid = _("Paid; each employer has its colour and pattern") if several else _("Paid")
    words = {PAID: paid, OWED: _("Owed"), MISSING: _("Not recorded"), SETTLED: _("Settled")}
    items = "".join(
        f'<li><svg viewBox="-1 -1 21 20" aria-hidden="true"><path class="{CLASSES[state]}"'
        f' d="M0 0{_SHAPES[state][0]}"/></svg>{words[state]}</li>'
        for state in found
    )
    return mark_safe(f'<ul class="key">{items}</ul>')  # noqa: S308 - our own words


def year_rows(states: Mapping[int, int], total: Totals, rows: Sequence[PeriodRow] = ()) -> SafeString:
    """Rows of the table that says the same as the grid: a year, then months paid, owed, not recorded, settled.

    With the periods of several employers a last column names those of the year.
    """
    shown = (PAID, OWED, MISSING, SETTLED) if total.settled_months else (PAID, OWED, MISSING)
    language = get_language()
    names: dict[int, list[str]] = {}
    for row in rows:
        for year in range(row[1].year, row[2].year + 1):
            if row[3] not in (of_year := names.setdefault(year, [])):
                of_year.append(row[3])
    who = {year: f'<td class="nw">{escape("; ".join(of_year))}</td>' for year, of_year in names.items()}
    nobody = "<td></td>" if rows else ""
    drawn = [
        f'<tr><th scope="row">{year}</th>{_counts(cells, shown, language)}{who.get(year, nobody)}</tr>'
        for year, cells in _years(states)
    ]
    return mark_safe("".join(drawn))  # noqa: S308 - numbers, our own words, and names that are escaped


@lru_cache(maxsize=4096)
def _counts(cells: Year, shown: tuple[int, ...], language: str | None) -> str:
    """The cells of a year's row, in the language that is in force."""
    months: dict[int, list[int]] = {}
    for month, state in enumerate(cells, 1):
        months.setdefault(state, []).append(month)
    return "".join(f"<td>{_count(months.get(state, []), bare=state in (PAID, SETTLED))}</td>" for state in shown)


def _count(months: list[int], *, bare: bool) -> str:
    if bare or not months:
        return str(len(months))
    named = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs(months))
    return _("%(count)d (month %(months)s)") % {"count": len(months), "months": named}
