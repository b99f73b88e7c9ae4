"""Checking a BHYT card by its QR code: the page's script does it without network, this view for everybody else."""

from typing import NamedTuple

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.photos import PhotoRefused, read_upload
from accounts.views.photo_pages import takes_photos
from insurance import revocations
from insurance.revocations import Verdict
from vssid.ops import limits

CHECKS_A_MINUTE = 30


class Answer(NamedTuple):
    """A verdict in words; the page's script chooses among the same ones by `name`."""

    name: str
    kind: str
    title: str | Promise
    text: str | Promise


ANSWERS = (
    Answer(
        "valid",
        "ok",
        _("This card is valid"),
        _("Compare name and year of birth with the patient's ID card."),
    ),
    Answer(
        "ended",
        "err",
        _("This card has ended"),
        _("Its last day stands below. Ask the patient whether the card was renewed and open the new one."),
    ),
    Answer(
        "expired",
        "warn",
        _("This code is older than 5 minutes"),
        _(
            "A code on a screen works for 5 minutes. Ask the patient to make a new one. If that one is too old as well,"
            " set the clock of this device."
        ),
    ),
    Answer(
        "early",
        "warn",
        _("The clock of this device is wrong"),
        _("The code was made later than this device says it is. Set date and time, then check again."),
    ),
    Answer(
        "revoked",
        "err",
        _("This card or print was withdrawn"),
        _("Ask the patient to open the card on the phone. A new card or a later print may be good."),
    ),
    Answer(
        "stale",
        "warn",
        _("The list of revoked cards is too old"),
        _("The code is authentic, but this device has had no new list for 3 days. Connect once, then check again."),
    ),
    Answer(
        "unknown_key",
        "warn",
        _("The key of this code is not known"),
        _("Connect once so that new keys come, then check again. Until then do not rely on the code."),
    ),
    Answer(
        "invalid",
        "err",
        _("This is not an authentic card code"),
        _("It was changed, or it is the code of something else. Ask for the card on the phone or another proof."),
    ),
    Answer(
        "unread",
        "warn",
        _("No QR code could be read in the picture"),
        _("Move closer, hold the phone still and avoid reflections, then take the picture again."),
    ),
    Answer(
        "no_reader",
        "warn",
        _("Without network this browser cannot read pictures"),
        _("Read the code with a scanner or another app and paste its text below, or connect and check again."),
    ),
)


class CardCheckForm(forms.Form):
    """A picture of the code, or its text."""

    use_required_attribute = False

    photo = forms.FileField(
        label=_("Picture of the QR code"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment", "class": "file"}),
    )
    token = forms.CharField(
        label=_("Text of the QR code"),
        help_text=_("If a scanner has read the code, paste or scan its text here."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@takes_photos
def card_check(request: HttpRequest) -> HttpResponse:
    """Show the page, or the verdict on what was sent. Nothing is kept."""
    form = CardCheckForm(request.POST or None, request.FILES or None)
    verdict: Verdict | None = None
    shown = ""
    if request.method == "POST":
        limits.count("card-check", request, most=CHECKS_A_MINUTE, seconds=60)
        if token := _token(form):
            verdict = revocations.check(token, timezone.now())
            shown = _name(verdict)
        elif not form.errors:
            shown = "unread"
    context = {"form": form, "answers": ANSWERS, "shown": shown, "said": verdict.said if verdict else None}
    return render(request, "services/card_check.html", context)


def _token(form: CardCheckForm) -> str:
    """Return the code that was typed, else read in the picture, else "" with what is wrong noted in the form."""
    if not form.is_valid():
        return ""
    token: str = form.cleaned_data["token"]
    photo = form.cleaned_data["photo"]
    if not token and not photo:
        form.add_error("photo", _("Take a picture of the QR code, or paste its text."))
    if token or not photo:
        return token
    try:
        return read_upload(photo, qr=True).qr
    except PhotoRefused as refused:
        form.add_error("photo", str(refused))
        return ""


def _name(verdict: Verdict) -> str:
    if verdict.status == "ended" and verdict.said and verdict.said.valid_to >= timezone.localdate():
        return "expired"
    return verdict.status
