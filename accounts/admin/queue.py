"""The list of dossiers of one kind: by state, office, sort, holder and term, the longest waiting first.

A page costs the same whatever the table holds: each office's first rows are read from an index, pages follow each other
by the last row's key instead of a count of rows, and no count goes beyond COUNTED.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.dossiers.models import Dossier, DossierStatus
from accounts.models import User
from insurance.models import Office
from vssid.crypto import DecryptionFailed, decrypt, encrypt

ROWS, COUNTED = 50, 1000
D = TypeVar("D", bound=Dossier)
ALL = "all"
LONGEST = 80
SEARCH = "accounts.queue.search"
# The tabs: name in the address, words, states. The first is what waits for an officer.
TABS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "": (gettext_lazy("To be decided"), (DossierStatus.SUBMITTED,)),
    "returned": (gettext_lazy("Waiting for the citizen"), (DossierStatus.RETURNED,)),
    "approved": (gettext_lazy("Approved"), (DossierStatus.APPROVED,)),
    "rejected": (gettext_lazy("Refused"), (DossierStatus.REJECTED,)),
    ALL: (gettext_lazy("All"), ()),
}
# Order in the address → field and whether it falls.
ORDERS = {"": ("submitted_at", False), "-sent": ("submitted_at", True), "due": ("due_on", False)}
HOLDERS = {"mine": gettext_lazy("Held by me"), "free": gettext_lazy("Held by nobody")}
TERMS = {"late": gettext_lazy("Overdue"), "today": gettext_lazy("Overdue or due today")}


@dataclass(frozen=True)
class Desk(Generic[D]):
    """What the list has to know of one kind of dossier.

    `sorts` are the choices of the filter `sort_word`, which `of_sort` applies; `find` narrows to what was searched for;
    `cells` gives a row's name, detail, marks and proof; `name_word` and `proof_word` stand above them, `bulk_word`
    above what can be approved together, `automatic_word` above the count of what no officer decided; `related` is read
    along.
    """

    model: type[D]
    title: Any
    search_word: Any
    sort_word: Any
    sorts: Callable[[], Sequence[tuple[str, Any]]]
    of_sort: Callable[[QuerySet[D], str], QuerySet[D]]
    find: Callable[[QuerySet[D], str, list[str], datetime], QuerySet[D]]
    cells: Callable[[D], dict[str, Any]]
    name_word: Any
    proof_word: Any
    bulk_word: Any
    automatic_word: Any
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What the address of the list asks for; words it does not know count as nothing."""

    tab: str = ""
    words: str = ""
    office: str = ""
    sort: str = ""
    holder: str = ""
    due: str = ""
    order: str = ""
    after: str = ""
    before: str = ""

    @classmethod
    def of(cls, address: QueryDict, desk: Desk[Any]) -> Asked:
        """Return what a query string says; a search without a state looks everywhere."""
        words = (_opened(address.get("find", "")) or address.get("q", "")).replace("\0", "").strip()[:LONGEST]
        tab = _known(address.get("state", ""), TABS) or (ALL if words else "")
        return cls(
            tab=tab,
            words=words,
            office=address.get("office", ""),
            sort=_known(address.get("mark", ""), dict(desk.sorts())),
            holder=_known(address.get("holder", ""), HOLDERS),
            due=_known(address.get("due", ""), TERMS),
            order=_known(address.get("sort", ""), ORDERS) if not tab else "",
            after=address.get("after", ""),
            before=address.get("before", ""),
        )

    @property
    def filtered(self) -> bool:
        """Whether more than state and office narrows the list."""
        return bool(self.words or self.sort or self.holder or self.due)


@dataclass(frozen=True)
class Page(Generic[D]):
    """Rows and the keys of the pages beside this one, empty where there is none."""

    rows: list[D]
    before: str = ""
    after: str = ""


def page_of(desk: Desk[D], asked: Asked, staff: User, offices: list[str], now: datetime) -> Page[D]:
    """Return the rows of one page for somebody who sees the dossiers of `offices`."""
    field, falling = ORDERS[asked.order]
    key, backward = _key(asked.after, field), False
    if key is None and (key := _key(asked.before, field)) is not None:
        backward = True
    dossiers = _wanted(desk, asked, staff, offices, now)
    if field == "due_on":
        dossiers = dossiers.filter(due_on__isnull=False)
    up = falling is backward
    if key is not None:
        dossiers = beyond(dossiers, field, *key, up=up)
    sign = "" if up else "-"
    rows = first(dossiers, offices, (f"{sign}{field}", f"{sign}pk"), ROWS + 1, *desk.related)
    more, rows = len(rows) > ROWS, rows[:ROWS]
    if backward:
        rows.reverse()
    if not rows:
        return Page([])
    earlier, later = (more, True) if backward else (key is not None, more)
    return Page(rows, _token(rows[0], field) if earlier else "", _token(rows[-1], field) if later else "")


def first(dossiers: QuerySet[D], offices: list[str], order: tuple[str, ...], limit: int, *related: str) -> list[D]:
    """Return the first `limit` dossiers of these offices: each office's own first ones, then the first of those."""
    if len(offices) == 1:
        found = dossiers.filter(office=offices[0])
    else:
        each = ArraySubquery(dossiers.filter(office=OuterRef("code")).order_by(*order).values("pk")[:limit])
        keys = Office.objects.filter(code__in=offices).annotate(keys=each).values_list("keys", flat=True)
        found = dossiers.model._default_manager.filter(pk__in=[pk for some in keys for pk in some])
    return list(found.select_related("office", "holder", *related).order_by(*order)[:limit])


def beyond(dossiers: QuerySet[D], field: str, value: date, pk: int, *, up: bool = True) -> QuerySet[D]:
    """Return what comes after a key; the first condition is where the index is entered."""
    sign = "gt" if up else "lt"
    return dossiers.filter(
        Q(**{f"{field}__{sign}": value}) | Q(**{field: value, f"pk__{sign}": pk}), **{f"{field}__{sign}e": value}
    )


def place_of(dossier: Dossier, staff: User, now: datetime) -> dict[str, Any]:
    """Return where a waiting dossier stands in the queue of this person's offices and which free one follows."""
    if dossier.status != DossierStatus.SUBMITTED or dossier.submitted_at is None:
        return {}
    offices = [code for code, _name in own_offices(staff)]
    waiting = type(dossier)._default_manager.filter(status=DossierStatus.SUBMITTED)
    key = ("submitted_at", dossier.submitted_at, dossier.pk)
    before = bounded(beyond(waiting, *key, up=False).filter(office__in=offices))
    return {
        "place": before + 1 if before < COUNTED else "",
        "waiting": in_words(bounded(waiting.filter(office__in=offices))),
        "following": following(dossier, staff, offices, now),
    }


def following(dossier: Dossier, staff: User, offices: list[str], now: datetime, *, around: bool = False) -> int | None:
    """Return the waiting dossier after this one that nobody else holds; `around`: after the last one the first."""
    waiting = type(dossier)._default_manager.filter(status=DossierStatus.SUBMITTED)
    free = waiting.filter(Q(held_until=None) | Q(held_until__lte=now) | Q(holder=staff))
    assert dossier.submitted_at is not None
    after = beyond(free, "submitted_at", dossier.submitted_at, dossier.pk)
    for dossiers in (after, free) if around else (after,):
        if found := first(dossiers, offices, ("submitted_at", "pk"), 1):
            return int(found[0].pk)
    return None


def counts(model: type[Dossier], offices: list[str]) -> dict[str, str]:
    """Return how many dossiers each tab but the last holds, in words: beyond COUNTED only that there are more."""
    names = {name: states[0] for name, (_words, states) in TABS.items() if states}
    # A query of its own for each state: only so does the planner know which are rare, and enter those by the index.
    one = (
        f"(SELECT count(*) FROM (SELECT FROM {model._meta.db_table} "  # noqa: S608
        "WHERE office_id = ANY(%s) AND status = %s LIMIT %s) AS found)"
    )
    values = [value for state in names.values() for value in (offices, str(state), COUNTED + 1)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join([one] * len(names))}", values)
        found = cursor.fetchone()
    return {name: in_words(count) for name, count in zip(names, found, strict=True)}


def in_words(count: int) -> str:
    """Return a count as people read it: 17, or 1000+ for more than are counted."""
    return str(count) if count <= COUNTED else f"{COUNTED}+"


def bounded(dossiers: QuerySet[Any]) -> int:
    """Return how many dossiers there are, COUNTED + 1 for more."""
    return dossiers.order_by()[: COUNTED + 1].count()


def tab_links(desk: Desk[Any], asked: Asked, offices: list[str]) -> list[dict[str, Any]]:
    """Return the tabs with their counts, each keeping the chosen office."""
    number = counts(desk.model, [asked.office] if asked.office in offices else offices)
    return [
        {
            "url": f"?state={name}&office={asked.office if asked.office in offices else ''}",
            "word": f"{words} ({number[name]})" if name in number else words,
            "current": name == asked.tab,
        }
        for name, (words, _states) in TABS.items()
    ]


def own_offices(staff: User) -> list[tuple[str, str]]:
    """Return codes and names of the offices whose dossiers this person may see."""
    offices = Office.objects.filter(code__in=staff.office_codes())
    return list(offices.order_by("code").values_list("code", "name"))


def waiting_by_office(model: type[Dossier], staff: User, now: datetime) -> list[dict[str, Any]]:
    """Return per office of this person with waiting dossiers: code, name, how many, how long the first one waits."""
    waiting = model._default_manager.filter(office=OuterRef("code"), status=DossierStatus.SUBMITTED)
    sent = ArraySubquery(waiting.order_by("submitted_at", "pk").values("submitted_at")[: COUNTED + 1])
    offices = Office.objects.filter(code__in=staff.office_codes()).annotate(sent=sent)
    rows = [
        {"office": office.code, "office__name": office.name, "count": len(office.sent), "since": office.sent[0]}
        for office in offices
        if office.sent
    ]
    rows.sort(key=lambda row: row["since"])
    return [{**row, "words": in_words(row["count"]), "age": age(row["since"], now)} for row in rows]


def age(since: datetime, now: datetime) -> str:
    """Return how long something has waited, as people say it: minutes, hours, from two days on days."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if minutes < 48 * 60:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d day", "%(count)d days", minutes // 1440) % {"count": minutes // 1440}


def term(dossier: Dossier, today: date) -> tuple[str, str]:
    """Return kind and words of a tag about the term of a waiting dossier, empty when there is time or no term."""
    if dossier.status != DossierStatus.SUBMITTED or dossier.due_on is None or dossier.due_on > today:
        return "", ""
    return ("warn", _("Due today")) if dossier.due_on == today else ("err", _("Overdue"))


def empty_words(asked: Asked) -> str:
    """Return what an empty list says."""
    if asked.words:
        return _("No dossier of your offices fits what you searched for.")
    if asked.filtered:
        return _("No dossier fits this choice.")
    return _("No dossier waits for a decision.") if asked.tab == "" else _("No dossier is in this state.")


def _wanted(desk: Desk[D], asked: Asked, staff: User, offices: list[str], now: datetime) -> QuerySet[D]:
    states = TABS[asked.tab][1]
    dossiers = desk.model._default_manager.exclude(status=DossierStatus.DRAFT)
    if states:
        dossiers = dossiers.filter(status__in=states) if len(states) > 1 else dossiers.filter(status=states[0])
    if asked.office:
        dossiers = dossiers.filter(office=asked.office)
    if asked.sort:
        dossiers = desk.of_sort(dossiers, asked.sort)
    if asked.holder == "mine":
        dossiers = dossiers.filter(holder=staff, held_until__gt=now)
    if asked.holder == "free":
        dossiers = dossiers.filter(Q(held_until=None) | Q(held_until__lte=now))
    if asked.due:
        last = timezone.localdate(now) - (timedelta(days=1) if asked.due == "late" else timedelta())
        dossiers = dossiers.filter(status=DossierStatus.SUBMITTED, due_on__lte=last)
    return desk.find(dossiers, asked.words, offices, now) if asked.words else dossiers


def numbered(words: str, kind: str, offices: list[str], now: datetime) -> Q | None:
    """Return what a dossier number, whole or its last digits, finds among these offices; None for other words."""
    dense = re.sub(r"[\s.]", "", words)
    if re.fullmatch(r"\d{5}[A-Za-z]{2,3}[/-]\d{4}[/-]\d+", dense):
        return Q(number=dense.upper().replace("-", "/"))
    if not dense.isdecimal() or not dense.isascii() or len(dense) > 5:
        return None
    years = {timezone.localdate(now).year, timezone.localdate(now).year - 1}
    return Q(number__in=[f"{office}{kind}/{year}/{int(dense):05d}" for office in offices for year in years])


def address_of(form: QueryDict) -> str:
    """Return the query string that asks for what the form says. Its words name a person: they are sealed."""
    said = {name: form[name] for name in ("state", "office", "mark", "holder", "due", "sort") if form.get(name)}
    if words := form.get("q", "").strip()[:LONGEST]:
        said["find"] = urlsafe_b64encode(encrypt(words.encode("utf-8", "replace"), context=SEARCH)).decode()
    return urlencode(said)


def _opened(sealed: str) -> str:
    """Return the words of a search, none for an address that is not ours or of a key that is gone."""
    try:
        return decrypt(urlsafe_b64decode(sealed), context=SEARCH).decode()
    except (ValueError, DecryptionFailed):
        return ""


def _known(word: str, words: Any) -> str:
    return word if word in words else ""


def _token(dossier: Dossier, field: str) -> str:
    return f"{getattr(dossier, field).isoformat()}~{dossier.pk}"


def _key(token: str, field: str) -> tuple[date, int] | None:
    """Read a key from an address; one that is not of this order counts as none."""
    value, _sign, pk = token.partition("~")
    kind = date if field == "due_on" else datetime
    try:
        moment, number = kind.fromisoformat(value), int(pk)
    except ValueError:
        return None
    aware = kind is date or moment.tzinfo is not None  # type: ignore[attr-defined]
    return (moment, number) if aware and 0 < number < 2**63 else None
