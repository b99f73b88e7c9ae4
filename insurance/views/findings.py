"""Findings in words: what was found, what it may cost, and the one step to report it."""

from collections.abc import Sequence
from functools import lru_cache

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from insurance.reads.contributions import FUND_NAMES
from insurance.rules.findings import BHTN, BHYT, TNLD, Finding, Kind
from insurance.views import months
from vssid.templatetags.portal import icon, money

_COST_OF_FUND = {
    BHTN: gettext_lazy(
        "Unemployment benefit is counted from these months. Months of maternity leave are not owed to it."
    ),
    TNLD: gettext_lazy("The fund for accidents at work and occupational diseases counts these months."),
    BHYT: gettext_lazy(
        "Without them your card may have ended meanwhile; a break of more than three months begins the five years anew."
    ),
}

MOST_NOTICES = 3
"""More of them at once are not read; the others stand below, folded."""

Notice = dict[str, str]


def notices(found: Sequence[Finding]) -> list[Notice]:
    """Findings as notices, in the same order: kind, title, text, url, link of `components/notice.html`."""
    address, word = report_step("contributions")
    return [_notice(one) | {"url": address, "link": word} for one in found]


def drawn(found: Sequence[Finding]) -> SafeString:
    """Findings as the section of a page: the first as notices, the others folded. Drawn here, for a hot page."""
    if not found:
        return SafeString("")
    notes = [_drawn(notice) for notice in notices(found)]
    more = len(notes) - MOST_NOTICES
    folded = ""
    if more > 0:
        words = ngettext("%(count)d more thing that looks unusual", "%(count)d more things that look unusual", more)
        rest = "".join(notes[MOST_NOTICES:])
        folded = f'<details><summary>{words % {"count": more}}</summary><div class="stack g3">{rest}</div></details>'
    label = escape(_("What looks unusual"))
    shown = "".join(notes[:MOST_NOTICES])
    section = f'<section class="stack g3" aria-label="{label}">{shown}{folded}</section>'
    return mark_safe(section)  # noqa: S308 - escaped below


def _drawn(notice: Notice) -> str:
    """A notice as `components/notice.html` draws it."""
    kind, picture = (" warn", "warn") if notice["kind"] else ("", "info")
    return (
        f'<div class="note{kind}">{icon(picture)}<div><p><b>{escape(notice["title"])}</b></p>'
        f"<p>{escape(notice['text'])}</p>"
        f'<p><a href="{escape(notice["url"])}">{escape(notice["link"])}</a></p></div></div>'
    )


def report_step(about: str) -> tuple[str, str]:
    """The address and the words of the one step to report something; `about` says only which kind of record."""
    return _report_page(about), _("Report this")


@lru_cache(maxsize=8)
def _report_page(about: str) -> str:
    return f"{reverse('services:report')}?about={about}"


def _notice(one: Finding) -> Notice:
    when = {"when": months.span(one.first, one.last), "count": one.months, "employer": one.employer}
    facts = when | {"fund": FUND_NAMES[one.fund], "other": one.other}
    match one.kind:
        case Kind.OWED:
            title = ngettext("%(count)d month owed", "%(count)d months owed", one.months)
            text = _(
                "%(when)s, %(employer)s. These months count for pension, sickness and maternity only once the employer"
                " has paid in full."
            )
        case Kind.HOLE:
            title = ngettext(
                "%(count)d month missing at one employer", "%(count)d months missing at one employer", one.months
            )
            text = _(
                "%(when)s, %(employer)s: recorded before and after, not between. Months with 14 or more unpaid days are"
                " rightly left out. If you worked then, your time is too short by these months."
            )
        case Kind.FUND:
            title = ngettext("%(count)d month without %(fund)s", "%(count)d months without %(fund)s", one.months)
            text = _("%(when)s, %(employer)s paid BHXH and not %(fund)s.") + " " + str(_COST_OF_FUND[one.fund])
        case Kind.TWICE:
            title = ngettext(
                "%(count)d month paid by two employers", "%(count)d months paid by two employers", one.months
            )
            text = _(
                "%(when)s, %(employer)s and %(other)s. A month counts once; what was paid twice for BHXH and BHTN is"
                " refunded when you ask."
            )
        case Kind.FELL:
            title = _("Salary for contributions fell")
            facts |= {"before": money(one.before), "after": money(one.after), "from": months.span(one.first, one.first)}
            text = _(
                "From %(from)s, %(employer)s: from %(before)s to %(after)s. Sickness, maternity and pension are"
                " calculated from this salary. Compare with your contract."
            )
        case Kind.GAP:
            title = ngettext("%(count)d month not recorded", "%(count)d months not recorded", one.months)
            text = _(
                "%(when)s. Perhaps you did not work then. If you did, these months are missing from your total: compare"
                " with your BHXH book or payslips."
            )
    kind = "" if one.kind in (Kind.GAP, Kind.FELL) else "warn"
    return {"kind": kind, "title": title % facts, "text": text % facts}
