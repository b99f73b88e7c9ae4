"""Finding places: offices, health facilities, collecting points, employers. The same for the pages and for the API.

Words are found by their beginnings, whatever their accents and capitals; where that finds nothing, the nearest
spellings are offered. All of it goes through the words' index.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar, cast

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Model, Q, QuerySet

from insurance.models import CollectingPoint, Employer, Facility, Office, Province, Ward
from insurance.models.places import Words
from insurance.rules.words import words_of

M = TypeVar("M", bound=Model)
MOST_NEAR = 10
MOST_WARDS = 200
SEARCHED = ("code", "name", "address")
NONE = Q(pk__in=())


@dataclass(frozen=True)
class Found(Generic[M]):
    """What was found, by code; `near` when nothing has the words and these ten at most are spelt nearly so."""

    rows: QuerySet[M]
    near: bool = False


def provinces() -> QuerySet[Province]:
    """The provinces of today, by code."""
    return Province.objects.filter(valid_to=None)


def offices(*, on: date, text: str = "", province: str = "") -> Found[Office]:
    """BHXH offices; words are those of the office or those of a ward that it serves."""
    every = _narrowed(Office.objects.all(), on, {"province": province or None})
    return _search(every, text, also=Q(pk__in=Office.objects.filter(serves__in=_wards(text)).values("pk")))


def facilities(
    *,
    on: date,
    text: str = "",
    province: str = "",
    contracted: bool | None = None,
    registers: bool | None = None,
    certifies_leave: bool | None = None,
    level: str = "",
) -> Found[Facility]:
    """Health facilities; None and "" do not narrow."""
    wanted = {
        "province": province or None,
        "contracted": contracted,
        "registers": registers,
        "certifies_leave": certifies_leave,
        "level": level or None,
    }
    return _search(_narrowed(Facility.objects.all(), on, wanted), text)


def collecting_points(*, on: date, text: str = "", province: str = "", ward: str = "") -> Found[CollectingPoint]:
    """Where household BHYT and voluntary BHXH are paid; words are those of the point or of its ward."""
    every = _narrowed(CollectingPoint.objects.all(), on, {"province": province or None, "ward": ward or None})
    return _search(every, text, also=Q(ward__in=_wards(text)))


def employers(*, text: str, province: str = "", office: str = "") -> Found[Employer]:
    """Units that pay contributions, those that have ended too; a text of digits is a tax code as well."""
    wanted = {"office__province": province or None, "office": office or None}
    every = Employer.objects.filter(**_wanted(wanted))
    words = words_of(text)
    if len(words) == 1 and len(words[0]) >= 10 and words[0].isdigit():
        return Found(every.filter(tax_code=words[0]).order_by("code"))
    return _search(every, text)


def _wards(text: str) -> list[str]:
    """Codes of the wards that have each word; as a list, so that what stands in them is found through its index."""
    words = words_of(text)
    found = having(Ward.objects.all(), words, "code", "name") if words else Ward.objects.none()
    return list(found.values_list("code", flat=True)[:MOST_WARDS])


def _narrowed(rows: QuerySet[M], on: date, wanted: dict[str, Any]) -> QuerySet[M]:
    return _current(rows, on).filter(**_wanted(wanted))


def _wanted(wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if value is not None}


def _current(rows: QuerySet[M], on: date) -> QuerySet[M]:
    begun = Q(valid_from=None) | Q(valid_from__lte=on)
    return rows.filter(begun, Q(valid_to=None) | Q(valid_to__gte=on))


def _search(rows: QuerySet[M], text: str, *, also: Q = NONE) -> Found[M]:
    """Rows that have each word of `text` or are `also` meant, else the few that are spelt most nearly so."""
    words = words_of(text)
    if not words:
        return Found(rows.none() if text.strip() else rows.order_by("code"))
    found = having(rows, words, *SEARCHED, also=also)
    if found.exists():
        return Found(found.order_by("code"))
    return Found(nearest(rows, words, *SEARCHED)[:MOST_NEAR], near=True)


def nearest(rows: QuerySet[M], words: list[str], *columns: str) -> QuerySet[M]:
    """Rows with words spelt nearly like these, the nearest first."""
    phrase = " ".join(words)
    near: Any = rows.alias(words=Words(*columns)).filter(words__trigram_word_similar=phrase)
    return cast("QuerySet[M]", near.order_by(TrigramWordSimilarity(phrase, "words").desc(), "pk"))


def having(rows: QuerySet[M], words: list[str], *columns: str, also: Q = NONE) -> QuerySet[M]:
    """Rows among whose words, in these columns, one begins with each of these."""
    each = Q()
    for word in words:
        each &= Q(words__contains=f" {word}")
    return cast("QuerySet[M]", rows.alias(words=Words(*columns)).filter(each | also))
