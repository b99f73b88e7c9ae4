"""Is this message real? Asked by anybody with a message in hand; and telling us about one that is not."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from vssid.ops import limits
from vssid.sms import authenticity
from vssid.sms.models import Purpose

CHECKS_A_MINUTE = 20
REPORTS_AN_HOUR = 10
ABOUT = {
    Purpose.OTP: _("It carried a one-time code. Nobody but you needs this code: our staff never ask for it."),
    Purpose.RECEIPT: _("It confirmed that a declaration was received."),
    Purpose.CREDENTIALS: _("It carried the login data of an account. Our staff never ask for a password."),
    Purpose.NOTICE: _("It was news about an account or a dossier."),
}


class MessageCheckForm(forms.Form):
    """The six signs."""

    use_required_attribute = False

    ref = forms.CharField(
        label=_("The six characters after \u201cMa:\u201d"),
        help_text=_("They are at the end of the message, for example K7M2QD."),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w10", "autocomplete": "off", "autocapitalize": "characters",
                                      "spellcheck": "false"}),
    )  # fmt: skip

    def clean_ref(self) -> str:
        """Return the signs as we write them."""
        ref = authenticity.tidy(self.cleaned_data["ref"])
        if not ref:
            raise forms.ValidationError(
                _("These are not six characters of ours: letters and digits without 0, 1, I, L, O.")
            )
        return ref


class MessageReportForm(forms.Form):
    """What is known of a message that somebody does not trust."""

    use_required_attribute = False

    text = forms.CharField(
        label=_("What the message says"),
        help_text=_("Leave out your own codes and passwords."),
        max_length=authenticity.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
    )
    sender = forms.CharField(
        label=_("Who it came from"),
        help_text=_("The number or name that your phone shows."),
        required=False,
        max_length=authenticity.LONGEST_SENDER,
        widget=forms.TextInput(attrs={"class": "w20", "autocomplete": "off"}),
    )
    ref = forms.CharField(
        label=_("The six characters after \u201cMa:\u201d"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w10", "autocomplete": "off", "spellcheck": "false"}),
    )


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def message_check(request: HttpRequest) -> HttpResponse:
    """Tell whether we sent the message with these signs, when, and about what; never to whom."""
    form = MessageCheckForm(request.POST or None)
    asked = sent = None
    if request.method == "POST":
        limits.count("message-check", request, most=CHECKS_A_MINUTE, seconds=60)
        if form.is_valid():
            asked = form.cleaned_data["ref"]
            sent = authenticity.find(asked)
    context = {"form": form, "asked": asked, "sent": sent, "about": sent and ABOUT[sent.purpose]}
    return render(request, "services/message_check.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def message_report(request: HttpRequest) -> HttpResponse:
    """Take the report of a suspicious message into the staff's list."""
    form = MessageReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limits.count("message-report", request, most=REPORTS_AN_HOUR, seconds=3600)
        authenticity.report(**form.cleaned_data, at=timezone.now())
        messages.success(request, _("Thank you. Our staff will look at this message."))
        return redirect("services:message-check")
    return render(request, "services/message_report.html", {"form": form})
