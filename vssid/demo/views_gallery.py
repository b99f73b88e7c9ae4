"""The gallery: every part of the portal's pages in all its states, with people who do not exist.

`/demo/gallery/` shows the citizen's parts, `?part=desk` the officer's; `?theme=dark` and `?theme=light` force a theme.
"""

from datetime import UTC, datetime

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from vssid.documents.qr import qr_svg

LONG_NAME = "CÔNG TẰNG TÔN NỮ THỬ NGHIỆM DIỄM QUỲNH"
MADE_UP_CODE = "0099000107"
MOMENT = datetime(2026, 12, 5, 2, 45, tzinfo=UTC)
THEMES = ("dark", "light")
# A made-up history, newest first: p paid, o owed, n not recorded, s settled, m maternity, - none.
MONTHS = {2026: "ppppppppooo-", 2025: "nnnpppmmmmmm", 2024: "----ssssssnn"}


class ExampleForm(forms.Form):
    """One field of each kind, as the declaration has them."""

    bhxh_code = forms.CharField(
        label=_("Social insurance code"),
        help_text=_("On your insurance book, or the last 10 digits of your health insurance card."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num w10", "maxlength": 12}),
    )
    full_name = forms.CharField(label=_("Full name"), widget=forms.TextInput(attrs={"autocomplete": "name"}))
    date_of_birth = forms.CharField(
        label=_("Date of birth"),
        help_text=_("For example 09/02/1985"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "bday", "class": "num w10"}),
    )
    gender = forms.ChoiceField(
        label=_("Sex"), choices=[("female", _("Female")), ("male", _("Male"))], widget=forms.RadioSelect
    )
    email = forms.EmailField(label=_("Email"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    province = forms.ChoiceField(label=_("Province or city"), choices=[("", _("Choose")), ("00", "Tỉnh Ví Dụ")])
    consent = forms.BooleanField(label=_("I confirm that what I declare is true."))


class CodeForm(forms.Form):
    """A one-time code."""

    otp = forms.CharField(
        label=_("Confirmation code"),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 6, "pattern": "[0-9]{6}"}
        ),
    )


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the gallery."""
    theme = request.GET.get("theme", "")
    context = {"theme": theme if theme in THEMES else "", "long_name": LONG_NAME, "code": MADE_UP_CODE}
    if request.GET.get("part") == "desk":
        return render(request, "demo/gallery_desk.html", context)
    return render(request, "demo/gallery.html", context | _forms() | _parts() | _grid())


def _forms() -> dict[str, object]:
    faulty = ExampleForm(
        {"bhxh_code": "009900010", "full_name": LONG_NAME, "date_of_birth": "31/02/1985"}, auto_id="faulty_%s"
    )
    faulty.add_error("bhxh_code", _("A social insurance code has 10 digits. You entered 9."))
    faulty.add_error("date_of_birth", _("February has no 31st. Check the date of birth."))
    wrong_code = CodeForm({"otp": "482013"}, auto_id="wrong_%s")
    wrong_code.add_error("otp", _("That code is not right. 4 tries left."))
    return {"blank": ExampleForm(auto_id="blank_%s"), "faulty": faulty, "otp": CodeForm(), "wrong_otp": wrong_code}


def _parts() -> dict[str, object]:
    return {
        "moment": MOMENT,
        "facts": [
            (_("Full name"), LONG_NAME, "wide"),
            (_("Date of birth"), "09/02/1985"),
            (_("ID card"), "0001 •••• 0107"),
            (_("Phone"), "090 ••• •107"),
            (_("Address"), "Số 0, ngõ Ví Dụ, phường Mẫu, tỉnh Ví Dụ", "wide"),
        ],
        "tabs": [
            {"url": "#tabs", "word": "BHXH", "current": True},
            {"url": "#tabs", "word": "BHTN", "title": "Bảo hiểm thất nghiệp"},
            {"url": "#tabs", "word": "BHTNLĐ-BNN", "title": "Bảo hiểm tai nạn lao động, bệnh nghề nghiệp"},
            {"url": "#tabs", "word": "BHYT"},
        ],
        "steps": [_("Declaration"), _("Photos"), _("Confirm"), _("Done")],
        "events": [
            {"state": "done", "title": _("Sent"), "text": "08:12, 01/12/2026"},
            {"state": "done", "title": _("Under review"), "text": "14:05, 02/12/2026, BHXH cơ sở Trình Diễn"},
            {"state": "now", "icon": "pen", "title": _("Waiting for you"), "text": "10:40, 03/12/2026"},
            {"state": "next", "title": _("Result"), "text": _("Expected on 12/12/2026")},
        ],
        "tiles": [
            {"url": "#tiles", "icon": "card", "word": _("Health insurance card"), "fact": "31/12/2026"},
            {"url": "#tiles", "icon": "grid", "word": _("Contribution history"), "fact": "14 năm 9 tháng"},
            {"url": "#tiles", "icon": "wallet", "word": _("Benefits received"), "fact": "2024"},
            {"url": "#tiles", "icon": "pulse", "word": _("Medical visits"), "fact": ""},
        ],
        "links": [
            {"url": "#links", "word": _("Send the code again")},
            {"url": "#links", "word": _("Declaration"), "icon": "doc", "hint": "PDF, 84 kB"},
        ],
        "people": [
            {"url": "#who", "word": _("Me"), "current": True},
            {"url": "#who", "word": "Trần Bản Mẫu (con)"},
            {"url": "#who", "word": LONG_NAME.title()},
        ],
        "heads": [_("From, to"), _("Employer, work"), _("Months")],
        "rows": [
            ["04/2022 – 08/2026", "Công ty Cổ phần Nông sản Ví Dụ", 53],
            ["07/2016 – 06/2021", "Hợp tác xã Thủ công mỹ nghệ Thử Nghiệm Nghiễn Quỳnh", 60],
        ],
        "page": Paginator(range(100), 20).page(2),
        "qr": qr_svg("https://example.invalid/the-bhyt/", label=str(_("Code for the counter"))),
    }


def _grid() -> dict[str, object]:
    kinds = {"p": "paid", "o": "owed", "n": "none", "s": "settled", "m": "paid", "-": "off"}
    years = [
        {
            "year": str(year),
            "y": 36 + 20 * row,
            "months": [
                {"x": 44 + 21 * at, "y": 22 + 20 * row, "kind": kinds[sign], "spot": sign == "m"}
                for at, sign in enumerate(signs)
            ],
        }
        for row, (year, signs) in enumerate(MONTHS.items())
    ]
    return {"years": years, "numbers": [(str(at + 1), 44 + 21 * at + 9.5) for at in range(12)]}
