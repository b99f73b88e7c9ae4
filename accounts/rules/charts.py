"""Charts as SVG: no style of their own, classes of desk.css, what they say in words for those who do not see them.

Measures: 320 units wide, text of 12; at most 30 rem on a screen. Outcomes differ in shape as well as in colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH, LINE = 320, 16
# What is left at the end of a lying bar for its figure in words.
BESIDE = 90
LONGEST_LABEL = 46
# Standing columns: where they begin, how high the highest is, how wide one is at most.
LEFT, HIGH, BROADEST = 34, 120, 28
PATTERNS = SafeString(
    '<svg class="vh" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M1 0v5" class="hl"/></pattern>'
    '<pattern id="cross" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 2.5h5M2.5 0v5" class="hc"/></pattern></defs></svg>'
)
"""The hatchings that the classes "owed" and "settled" point to; once on a page that has charts."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: the class that draws it, how long it is, and the figure that stands beside it."""

    kind: str
    value: float
    figure: str


def lying_bars(ident: str, title: str, words: str, rows: Sequence[tuple[str, Sequence[Bar]]]) -> SafeString:
    """Draw rows of a label with one or more bars under it, all to one scale that begins at zero.

    `ident` is the chart's own in its page; `title` and `words` are read aloud instead of the picture.
    """
    most = max((bar.value for _label, bars in rows for bar in bars), default=0) or 1
    drawn, top = [], 0
    for label, bars in rows:
        short = label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
        drawn.append(f'<text x="0" y="{top + 12}">{escape(short)}</text>')
        top += LINE + 2
        for bar in bars:
            width = _length(bar.value / most * (WIDTH - BESIDE))
            drawn.append(
                f'<rect class="{escape(bar.kind)}" x=".75" y="{top}" width="{width}" height="12"/>'
                f'<text x="{width + 7}" y="{top + 10}">{escape(bar.figure)}</text>'
            )
            top += LINE
        top += 6
    return _chart(ident, title, words, top, drawn)


def columns(
    ident: str, title: str, words: str, kinds: Sequence[str], days: Sequence[tuple[str, Sequence[int]]]
) -> SafeString:
    """Draw a column a day, its parts one on the other in the order of `kinds` (classes); the scale begins at zero."""
    most = max((sum(parts) for _label, parts in days), default=0) or 1
    step = min(BROADEST, (WIDTH - LEFT) / max(1, len(days)))
    base, drawn = HIGH + 8, []
    for place, (_label, parts) in enumerate(days):
        foot = float(base)
        for kind, part in zip(kinds, parts, strict=True):
            if part:
                height = part / most * HIGH
                foot -= height
                drawn.append(
                    f'<rect class="{escape(kind)}" x="{LEFT + place * step + step * 0.1:.1f}" y="{foot:.1f}"'
                    f' width="{step * 0.8:.1f}" height="{height:.1f}"/>'
                )
    end = LEFT + step * len(days)
    drawn.append(f'<path class="axis" d="M{LEFT} {base}H{end:.1f}M{LEFT} 8h-4"/>')
    drawn.append(f'<text x="{LEFT - 7}" y="12" text-anchor="end">{most}</text>')
    drawn.append(f'<text x="{LEFT - 7}" y="{base + 4}" text-anchor="end">0</text>')
    if days:
        drawn.append(f'<text x="{LEFT}" y="{base + 17}">{escape(days[0][0])}</text>')
        drawn.append(f'<text x="{end:.1f}" y="{base + 17}" text-anchor="end">{escape(days[-1][0])}</text>')
    return _chart(ident, title, words, base + 22, drawn)


def key(kinds: Sequence[tuple[str, str]]) -> SafeString:
    """Explain the shapes: (class, words) each."""
    items = format_html_join(
        "",
        '<li><svg viewBox="0 0 20 20" aria-hidden="true"><rect class="{}" x="2" y="2" width="16" height="16"/></svg>'
        "{}</li>",
        kinds,
    )
    return format_html('<ul class="key">{}</ul>', items)


def _chart(ident: str, title: str, words: str, height: int, drawn: Sequence[str]) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-text">'
        '<title id="{}-title">{}</title><desc id="{}-text">{}</desc>{}</svg>',
        WIDTH,
        height,
        ident,
        ident,
        ident,
        title,
        ident,
        words,
        mark_safe("".join(drawn)),  # noqa: S308 - numbers, and texts that were escaped above
    )


def _length(value: float) -> float:
    """At least a stroke, so that one of thousands is still to be seen; nothing for nothing."""
    return round(max(value, 1.5), 1) if value else 0
