"""The bank's list in the back office: read from a file, what pays no slip settled by hand."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.admin.records import ReadOnly
from accounts.models import User
from services.actions import bank_lists, payments
from services.models import BankEntry, BankList
from vssid.errors import DomainError

MOST_BYTES = 10 * 1024 * 1024


class ListForm(forms.Form):
    """A bank's list as CSV."""

    file = forms.FileField(
        label=gettext_lazy("List of the bank (CSV)"),
        help_text=gettext_lazy("Columns: bank_reference, booked_on (YYYY-MM-DD), amount, words. At most 10 MB."),
    )

    def clean_file(self) -> str:
        """The text of the file."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        try:
            content: str = file.read().decode("utf-8-sig")
            payments.lines_of(io.StringIO(content))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is not text in UTF-8.")) from error
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error
        return content


class ToSettle(admin.SimpleListFilter):
    """Transfers that pay no slip and that nobody has dealt with."""

    title = gettext_lazy("to settle")
    parameter_name = "settle"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one list."""
        return [("open", gettext_lazy("To settle"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[BankEntry]) -> QuerySet[BankEntry]:
        """What waits for somebody."""
        waiting = ~Q(outcome=BankEntry.Outcome.PAID) & Q(settled_at=None)
        return queryset.filter(waiting) if self.value() == "open" else queryset


@admin.register(BankEntry)
class BankEntryAdmin(ReadOnly):
    """Transfers as the bank lists them. Words people wrote are shown on the page of one only."""

    fields = ("bank_reference", "booked_on", "amount", "words", "slip", "outcome", "read_at", "settled_at",
              "settled_note")  # fmt: skip
    list_display = ("bank_reference", "booked_on", "amount", "outcome", "slip", "settled_at")
    list_filter = (ToSettle, "outcome")
    search_fields = ("=bank_reference", "=slip__reference")
    ordering = ("-booked_on", "-pk")
    change_list_template = "admin/bank_entries.html"
    change_form_template = "admin/bank_entry.html"

    def has_view_permission(self, request: HttpRequest, obj: BankEntry | None = None) -> bool:
        """Supervisors."""
        return request.user.has_perm("services.view_bankentry")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankEntry]:
        """The words stay sealed in the list."""
        return super().get_queryset(request).select_related("slip")

    def get_urls(self) -> list[URLPattern]:
        """Reading a list and settling stand beside Django's pages."""
        wrap = self.admin_site.admin_view
        return [
            path("read/", wrap(self.read), name="services_bankentry_read"),
            path("read/<int:pk>/", wrap(require_POST(self.decide)), name="services_bankentry_decide"),
            path("<int:pk>/settle/", wrap(self.settle), name="services_bankentry_settle"),
            *super().get_urls(),
        ]

    def read(self, request: HttpRequest) -> HttpResponse:
        """Ask for the file and keep it for a second person; show the lists that wait for one."""
        user = self._may(request)
        form = ListForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            try:
                bank_lists.bring(content=form.cleaned_data["file"], by=user, at=timezone.now())
                messages.success(request, _("The list is kept. It counts once another supervisor has confirmed it."))
                return HttpResponseRedirect(reverse("admin:services_bankentry_read"))
            except DomainError as error:
                form.add_error("file", str(error))
        waiting = BankList.objects.filter(decided_at=None).select_related("brought_by").order_by("pk")
        context = {**self.admin_site.each_context(request), "form": form, "waiting": waiting, "me": user}
        return TemplateResponse(request, "admin/bank_list.html", context, status=400 if form.is_bound else 200)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confirm a list and say what was new in it, or put it away."""
        user = self._may(request)
        try:
            if request.POST.get("action") == "confirm":
                counted = bank_lists.confirm(list_id=pk, by=user, at=timezone.now())
                said = ", ".join(f"{BankEntry.Outcome(key).label}: {count}" for key, count in sorted(counted.items()))
                messages.success(request, said or _("Every line was there already."))
                return HttpResponseRedirect(reverse("admin:services_bankentry_changelist"))
            bank_lists.put_away(list_id=pk, by=user, at=timezone.now())
            messages.success(request, _("The list is put away. Nothing of it counts."))
        except DomainError as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:services_bankentry_read"))

    def settle(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep how it was dealt with."""
        user = self._may(request)
        entry = BankEntry.objects.filter(pk=pk).first()
        note = request.POST.get("note", "").strip()
        if request.method == "POST" and entry is not None and note:
            payments.settle(entry=entry, note=note, by=user, at=timezone.now())
        return HttpResponseRedirect(reverse("admin:services_bankentry_change", args=[pk]))

    def _may(self, request: HttpRequest) -> User:
        if not isinstance(request.user, User) or not request.user.has_perm("services.change_bankentry"):
            raise PermissionDenied
        return request.user
