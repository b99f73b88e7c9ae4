"""What the portal's templates add to Django's: icons, states, Vietnamese formats, parts drawn once a process.

It is a builtin: templates need no `{% load %}`. None of it asks the database.
"""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from babel import Locale
from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template import Context, loader
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import (
    get_language,
    gettext_lazy,
    ngettext,
    override,
    pgettext_lazy,
)

register = template.Library()

NBSP = "\u00a0"
TOKEN_PLACE, ADDRESS_PLACE, UNREAD_PLACE = "[form-token]", "[address]", "[unread]"
LEFT_PLACE, TIME_PLACE, OWNER_PLACE = "[left]", "[time]", "[owner]"
MOST_SHOWN = 99
# Length of a code → lengths of the groups it is shown in.
GROUPS = {
    8: (4, 4),  # hotline
    9: (3, 3, 3),  # CMND
    10: (4, 3, 3),  # BHXH code
    12: (4, 4, 4),  # personal identification number
    15: (2, 1, 2, 4, 3, 3),  # BHYT card
}
# State → kind (class), icon, word. Words of a state are the same on every page.
STATES: dict[str, tuple[str, str, Any]] = {
    "sent": ("ok", "ok", pgettext_lazy("state", "Sent")),
    "received": ("ok", "ok", pgettext_lazy("state", "Received")),
    "reviewing": ("", "clock", pgettext_lazy("state", "Under review")),
    "waiting": ("warn", "pen", pgettext_lazy("state", "Waiting for you")),
    "done": ("ok", "done", pgettext_lazy("state", "Done")),
    "refused": ("err", "cross", pgettext_lazy("state", "Refused")),
    "withdrawn": ("idle", "", pgettext_lazy("state", "Withdrawn")),
    "valid": ("ok", "ok", pgettext_lazy("state", "Valid")),
    "expiring": ("warn", "clock", pgettext_lazy("state", "Expires soon")),
    "ended": ("err", "cross", pgettext_lazy("state", "Expired")),
    "missing": ("idle", "", pgettext_lazy("state", "Not there yet")),
    "checking": ("", "clock", pgettext_lazy("state", "Being checked")),
    "good": ("ok", "ok", pgettext_lazy("state", "Can be used")),
    "doubtful": ("warn", "warn", pgettext_lazy("state", "Look again")),
    "unusable": ("err", "cross", pgettext_lazy("state", "Cannot be used")),
    "equal": ("ok", "eq", pgettext_lazy("state", "Agrees")),
    "near": ("warn", "near", pgettext_lazy("state", "Nearly")),
    "differs": ("err", "ne", pgettext_lazy("state", "Differs")),
}
# A mistake in so few letters ("Digits only.") is told with the name of its field.
TERSE = 20
# The places of the navigation: key, route, icon, word.
PLACES = (
    ("personal", "insurance:home", "user", pgettext_lazy("navigation", "Personal")),
    ("services", "services:home", "doc", pgettext_lazy("navigation", "Services")),
    ("lookup", "services:lookup", "find", gettext_lazy("Look up")),
    ("help", "services:help", "help", gettext_lazy("Help")),
)


# Pictures


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, classes: str = "i") -> SafeString:
    """Draw an icon of static/img/icons.svg; it is decoration, the word beside it carries the meaning."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        classes,
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def state_tag(state: str, text: str = "") -> SafeString:
    """Draw the tag of a state (see STATES); `text` replaces its word, e.g. "Expires in 26 days"."""
    kind, picture, word = STATES[state]
    return tag(kind, picture, text or word)


@register.simple_tag
def tag(kind: str, picture: str, text: object) -> SafeString:
    """Draw a tag: `kind` is "", ok, warn, err or idle; `picture` an icon's name or ""."""
    drawn = icon(picture) if picture else ""
    return format_html(
        '<span class="tag{}">{}<span>{}</span></span>',
        f" {kind}" if kind else "",
        drawn,
        text,
    )


# Formats


@register.filter
def code(value: object) -> SafeString | str:
    """Show a code in groups; it is copied, and read by machines, without the spaces: "0099 000 107"."""
    text = str(value or "")
    if not text:
        return ""
    return format_html('<data class="num nw" value="{}">{}</data>', text, grouped(text))


@register.filter
def country(value: str) -> str:
    """Name a country by its two letters, in the page's language: "Hàn Quốc"."""
    return Locale.parse(get_language() or "vi", sep="-").territories.get(value, value)


@register.filter
def grouped(value: object) -> str:
    """Cut a code into its groups, as plain text."""
    text = str(value or "")
    parts, start = [], 0
    for length in GROUPS.get(len(text), ()):
        parts.append(text[start : start + length])
        start += length
    return NBSP.join(parts) or text


@register.filter
def phone(value: object) -> str:
    """Show a Vietnamese number as people say it: "+84900000107" → "090 000 0107"; masked ones stay masked.

    Landlines have an area code of three figures and eight more: "024.36285977" → "024 3628 5977".
    """
    text = str(value or "")
    text = "0" + text[3:] if text.startswith("+84") else text
    if text.startswith("02") and len(landline := dialled(text)) == 11:
        return NBSP.join((landline[:3], landline[3:7], landline[7:]))
    return NBSP.join((text[:3], text[3:6], text[6:])) if len(text) == 10 else grouped(text)


@register.filter
def dialled(value: object) -> str:
    """Leave of a telephone number what is dialled: "024.36285977" → "02436285977"."""
    return "".join(sign for sign in str(value or "") if sign.isdecimal() or sign == "+")


@register.filter
def money(value: int | None, point: str = "") -> str:
    """Show đồng: 12345678 → "12.345.678 ₫" (commas in English); `point` is `thousands_point()`, asked once for many."""
    if value is None:
        return ""
    return f"{value:,}".replace(",", point or thousands_point()).replace("-", "−") + NBSP + "₫"


def thousands_point() -> str:
    """Return the sign between thousands in the page's language."""
    return "." if _vietnamese() else ","


@register.filter
def day(value: date | datetime | None) -> str:
    """Show a date: "05/12/2026"; a moment is first brought to the portal's time zone."""
    return _local(value).strftime("%d/%m/%Y") if value else ""


@register.filter
def month(value: date | None) -> str:
    """Show a month: "11/2026"."""
    return f"{value.month:02}/{value.year:04}" if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """Show a time of day in the portal's time zone: "09:45"."""
    return _local(value).strftime("%H:%M") if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Show a moment in the portal's time zone: "09:45, 05/12/2026"."""
    return _local(value).strftime("%H:%M, %d/%m/%Y") if value else ""


@register.filter
def duration(months: int | None) -> str:
    """Show a number of months: 177 → "14 năm 9 tháng"; 0 → "0 tháng"."""
    years, rest = divmod(int(months or 0), 12)
    parts = []
    if years:
        parts.append(ngettext("%(count)s year", "%(count)s years", years) % {"count": years})
    if rest or not years:
        parts.append(ngettext("%(count)s month", "%(count)s months", rest) % {"count": rest})
    return " ".join(parts)


def _local(value: Any) -> Any:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _vietnamese() -> bool:
    return (get_language() or "vi").startswith("vi")


# Forms


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """Draw a field's control with the class of its kind; hint and error are tied to it by Django."""
    widget = field.field.widget
    kinds = {"fileinput": "file", "clearablefile": "file", "checkbox": ""}
    own = kinds.get(field.widget_type, "ctl")
    classes = f"{own} {widget.attrs.get('class', '')}".strip()
    return field.as_widget(attrs={"class": classes} if classes else {})


@register.simple_tag
def otp_control(field: BoundField) -> SafeString:
    """Draw the control of a one-time code."""
    return field.as_widget(attrs={"class": "ctl otp", "aria-describedby": _described(field)})


def _described(field: BoundField) -> str:
    return f"{field.auto_id}_helptext" + (f" {field.auto_id}_error" if field.errors else "")


@register.filter
def is_box(field: BoundField) -> bool:
    """Tell whether the field is one box to tick."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def mistakes(form: BaseForm | None) -> list[dict[str, str]]:
    """List a form's errors for the summary: `target` (id of the control, "" for the whole form) and `text`."""
    return list(_mistakes(form)) if form is not None and form.is_bound else []


def _mistakes(form: BaseForm) -> Iterator[dict[str, str]]:
    for text in form.non_field_errors():
        yield {"target": "", "text": str(text)}
    found = [
        (field, error.code == "required", " ".join(error.messages))
        for field in form
        for error in form.errors.as_data().get(field.name, ())
    ]
    texts = [text for _field, _missing, text in found]
    for field, missing, text in found:
        # "Fill this in" says nothing away from its field, nor does what several fields say alike.
        if missing or len(text) <= TERSE or texts.count(text) > 1:
            label = str(field.label).rstrip(".:")
            text = f"{label}{' ' if label.endswith('?') else ': '}{text}"
        yield {"target": field.id_for_label or (f"{field.auto_id}_0" if field.auto_id else ""), "text": text}


# Parts of every page


@register.simple_tag
def part(name: str, current: str = "") -> SafeString:
    """Draw a part that depends on nothing but the language and `current`; drawn once a process.

    It sees `current`, `places` (the navigation), `operator_name`, `operator_hotline`.
    """
    drawn = _draw_part if settings.DEBUG else _remembered_part
    return drawn(name, current, get_language() or "vi", settings.OPERATOR_NAME, settings.OPERATOR_HOTLINE)


@register.simple_tag(takes_context=True)
def account_tools(context: Context) -> SafeString:
    """Draw the header's tools; form token, unread notices and the page's own address differ from page to page."""
    request = context.get("request")
    if request is None:
        return SafeString("")
    user = context.get("user")
    inside = user is not None and user.is_authenticated
    held = bool(context.get("forced"))
    unread = getattr(user, "unread", 0) if inside and not held else 0
    drawn: str = part("components/account.html", "held" if held else "new" if unread else "in" if inside else "out")
    # The token first: an address may hold anything, a token is letters and digits.
    drawn = drawn.replace(TOKEN_PLACE, str(context.get("csrf_token", "")))
    if unread:
        drawn = drawn.replace(UNREAD_PLACE, str(unread) if unread <= MOST_SHOWN else f"{MOST_SHOWN}+")
    return SafeString(drawn.replace(ADDRESS_PLACE, escape(request.get_full_path())))


@register.simple_tag(takes_context=True)
def session_end(context: Context) -> SafeString:
    """Draw the question before the session ends, for who is logged in; `request.session_ends` is set by accounts."""
    request = context.get("request")
    ends = getattr(request, "session_ends", None)
    if request is None or ends is None or not request.user.is_authenticated:
        return SafeString("")
    left = max(0, int((ends - timezone.now()).total_seconds()))
    drawn: str = part("components/session.html")
    for place, value in (
        (TOKEN_PLACE, str(context.get("csrf_token", ""))),
        (LEFT_PLACE, left),
        (TIME_PLACE, clock(ends)),
        (OWNER_PLACE, owner_mark(request.user.pk)),
    ):
        drawn = drawn.replace(place, str(value))
    return SafeString(drawn.replace(ADDRESS_PLACE, quote(request.get_full_path())))


def owner_mark(user_pk: int | None) -> str:
    """Return by what a browser tells whose card it keeps: the same for one account, and naming nobody."""
    return salted_hmac("vssid.owner", str(user_pk), algorithm="sha256").hexdigest()[:16]


@register.simple_tag(takes_context=True)
def site_nav(context: Context, current: str = "") -> SafeString:
    """Draw the navigation; `current` is a key of PLACES, else it follows from the page's address."""
    request = context.get("request")
    return part("components/nav.html", current or (place_of(request.path) if request else ""))


def place_of(path: str) -> str:
    """Return the place of the navigation a path belongs to: "personal" for one's own data, "help" for news too."""
    if path.startswith(("/tro-giup/", "/tin-tuc/")):
        return "help"
    if path == "/the-bhyt/kiem-tra/":
        return "lookup"
    for place in _places()[1:]:
        if path.startswith(place["url"]):
            return place["key"]
    return "personal"


@lru_cache(maxsize=1)
def _places() -> list[dict[str, Any]]:
    found = [
        {"key": key, "url": url, "icon": picture, "word": word}
        for key, route, picture, word in PLACES
        if (url := _url(route))
    ]
    return found[:4]


def _url(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _draw_part(name: str, current: str, language: str, operator_name: str, operator_hotline: str) -> SafeString:
    context = {
        "current": current,
        "language": language,
        "csrf_token": TOKEN_PLACE,
        "address": ADDRESS_PLACE,
        "unread": UNREAD_PLACE,
        "left": LEFT_PLACE,
        "time": TIME_PLACE,
        "owner": OWNER_PLACE,
        "places": _places(),
        "operator_name": operator_name,
        "operator_hotline": operator_hotline,
    }
    with override(language):
        return SafeString(loader.render_to_string(name, context).strip())


_remembered_part = lru_cache(maxsize=128)(_draw_part)
