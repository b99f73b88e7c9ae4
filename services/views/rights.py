"""What the law lets everybody ask about their own data, and where to do it here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from services import procedures
from services.procedures.catalogue.data_rights import DAYS

CODE = "data-rights"


@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    """List each right with how long it takes at most, and the page that uses it."""
    file = reverse("services:file", args=[CODE])
    correct = reverse("services:file", args=["record-change"])
    term = procedures.get("record-change").term_days
    working = ngettext("%(count)d working day", "%(count)d working days", term) % {"count": term}
    rows = [
        ("down", _("See my data"), _("At once: download everything as an archive."), reverse("accounts:archives"), ""),
        ("eye", _("See who looked"), _("At once: everybody who read your data."), reverse("accounts:looks"), ""),
        ("pen", _("Correct my record"), _("With a paper that shows what is right."), correct, working),
        ("cross", _("Erase photos"), _("Of my ID card and my portrait."), f"{file}?right=erase", _days("erase")),
        ("out", _("Withdraw a consent"), _("For applications, photos or the account."), f"{file}?right=withdraw",
         _days("withdraw")),
        ("warn", _("Object to a use"), _("Or have it limited."), f"{file}?right=object", _days("object")),
        ("lock", _("Close my account"), _("Nobody can log in any more; the records stay, as the law requires."),
         f"{file}?right=close", _days("close")),
        ("people", _("Report a death"), _("The account of the deceased is closed."), f"{file}?right=death",
         _days("death")),
    ]  # fmt: skip
    return render(request, "services/rights.html", {"rows": rows, "basis": procedures.get(CODE).legal_basis})


def _days(right: str) -> str:
    return ngettext("at most %(count)d day", "at most %(count)d days", DAYS[right]) % {"count": DAYS[right]}
