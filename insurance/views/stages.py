"""Stages of work as table rows. A history of hundreds of periods is drawn in one go, without a template a row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from insurance.reads.cards import CardView
from insurance.reads.contributions import PeriodRow
from insurance.rules.contributions import OWED, SETTLED, month_number
from insurance.views import months
from vssid.templatetags.portal import money, tag, thousands_point

MOST_OPEN = 12
FEW = 3
"""So few more stages are not worth folding."""


@dataclass(slots=True)
class Stage:
    """Periods in a row at one employer with one status, whatever the salary."""

    employer: str
    place: str
    occupation: str
    status: int
    first: int
    last: int
    parts: list[tuple[int, int, int, str]]


def stages(rows: Iterable[PeriodRow]) -> list[Stage]:
    """Join periods of one employer that follow each other; newest first."""
    done: list[Stage] = []
    running: dict[str, Stage] = {}
    for _kind, first_day, last_day, employer, occupation, salary, status, place in rows:
        first, last = month_number(first_day), month_number(last_day)
        stage = running.get(employer)
        if stage is None or stage.status != status or stage.last + 1 != first:
            stage = running[employer] = Stage(employer, place, occupation, status, first, last, [])
            done.append(stage)
        stage.last, stage.occupation = last, occupation or stage.occupation
        stage.parts.append((first, last, salary, occupation))
    return sorted(done, key=lambda stage: (stage.last, stage.first), reverse=True)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Rows of the table of stages: those that stand open, and the `hidden` earlier ones that a long history folds."""

    rows: SafeString
    earlier: SafeString
    hidden: int


def draw(rows: Iterable[PeriodRow], looks: Mapping[str, int], cards: Sequence[CardView] | None = None) -> Drawn:
    """Draw the stages, newest first; `looks` gives each employer the look it has in the month grid.

    With the person's BHYT cards each stage names the facilities of first care (nơi ĐKKCB ban đầu) of its months.
    """
    words = _words(get_language())
    drawn = [_row(stage, words, looks, _first_care(stage, cards, words)) for stage in stages(rows)]
    opened = drawn if len(drawn) <= MOST_OPEN + FEW else drawn[:MOST_OPEN]
    folded = drawn[len(opened) :]
    return Drawn(mark_safe("".join(opened)), mark_safe("".join(folded)), len(folded))  # noqa: S308 - escaped below


@lru_cache(maxsize=8)
def _words(language: str | None) -> "_Words":
    return _Words()


class _Words:
    """Words that each row repeats, in the language that is in force."""

    def __init__(self) -> None:
        self.details = escape(_("Details"))
        self.salary = escape(_("Salary for contributions"))
        self.place = escape(_("Place of work"))
        self.first_care = escape(_("Registered for first care at"))
        self.no_card = escape(_("no card recorded"))
        self.point = thousands_point()
        self.tags = {OWED: tag("warn", "warn", _("Owed")), SETTLED: tag("idle", "", _("Settled as a lump sum"))}


def _first_care(stage: Stage, cards: Sequence[CardView] | None, words: _Words) -> str:
    if cards is None:
        return ""
    held = (
        card
        for card in reversed(cards)
        if month_number(card.valid_from) <= stage.last and month_number(card.valid_to) >= stage.first
    )
    names = dict.fromkeys(f"{escape(card.facility_name)} ({escape(card.facility_code)})" for card in held)
    return f"<p>{words.first_care}: {'; '.join(names) or words.no_card}</p>"


def _row(stage: Stage, words: _Words, looks: Mapping[str, int], first_care: str) -> str:
    occupation = f'<br><span class="dim">{escape(stage.occupation)}</span>' if stage.occupation else ""
    mark = words.tags.get(stage.status, "")
    parts = "".join(_part(part, stage.occupation, words.point) for part in reversed(stage.parts))
    place = f"<p>{words.place}: {escape(stage.place)}</p>" if stage.place else ""
    swatch = months.swatch(looks[stage.employer]) if looks else ""
    return (
        f'<tr><td class="num nw">{_month(stage.first)}<br>{_month(stage.last)}</td>'
        f"<td>{swatch}<b>{escape(stage.employer)}</b>{occupation}{'<br>' if mark else ''}{mark}"
        f'<details class="sm"><summary>{words.details}</summary>{place}{first_care}'
        f'<p>{words.salary}:</p><dl class="stack g1 num">{parts}</dl></details></td>'
        f'<td class="end num">{stage.last - stage.first + 1}</td></tr>'
    )


def _part(part: tuple[int, int, int, str], usual: str, point: str) -> str:
    first, last, salary, occupation = part
    other = f"<br>{escape(occupation)}" if occupation and occupation != usual else ""
    return f"<div><dt>{months.span(first, last)}</dt><dd>{money(salary, point)}{other}</dd></div>"


def _month(number: int) -> str:
    return f"{number % 12 + 1:02}/{number // 12}"
