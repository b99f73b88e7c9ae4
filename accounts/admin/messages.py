"""What became of messages, and messages that somebody does not trust; never a text of ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.records import ReadOnly
from accounts.dossiers.resending import NOT_ARRIVED
from accounts.models import User
from vssid.sms.models import Message, Suspicion

NO_REPORT_FOR = timedelta(hours=24)


class NeedsLook(admin.SimpleListFilter):
    """Messages whose end nobody knows, or that did not arrive."""

    title = _("to look at")
    parameter_name = "look"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Name the two lists."""
        return [("failed", _("Did not arrive")), ("unknown", _("Unknown after a day"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Return the messages of the chosen list."""
        if self.value() == "failed":
            return queryset.filter(status__in=NOT_ARRIVED)
        if self.value() == "unknown":
            day_before = timezone.now() - NO_REPORT_FOR
            open_still = Q(status="unknown", next_attempt_at=None) | Q(status="unknown", created_at__lt=day_before)
            return queryset.filter(open_still | Q(status__in=["accepted", "sent"], provider="twilio",
                                                  accepted_at__lt=day_before))  # fmt: skip
        return queryset


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """Where each SMS is on its way, found by the six signs at its end."""

    fields = ("ref", "purpose", "status", "created_at", "accepted_at", "finished_at", "expires_at",
              "attempt_count", "provider", "error_code", "erased_at", "attempts_shown")  # fmt: skip
    readonly_fields = ("attempts_shown",)
    list_display = ("ref", "purpose", "status", "created_at", "finished_at", "attempt_count", "provider", "error_code")
    list_filter = (NeedsLook, "status", "purpose")
    search_fields = ("=ref",)
    search_help_text = _("The six signs at the end of the message")
    ordering = ("-created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Leave number and text sealed."""
        return super().get_queryset(request).defer("to", "body")

    @admin.display(description=_("attempts"))
    def attempts_shown(self, message: Message) -> SafeString | str:
        """Return each attempt: when, by which gateway, what came of it."""
        rows = (
            (f"{timezone.localtime(attempt.started_at):%d/%m/%Y %H:%M:%S}", attempt.provider,
             attempt.get_outcome_display(), attempt.error_code)
            for attempt in message.attempts.order_by("started_at")
        )  # fmt: skip
        return format_html_join("; ", "{} {} {} {}", rows) or "–"


class LookedAtFilter(admin.SimpleListFilter):
    """What nobody has looked at yet, or what somebody has."""

    title = _("looked at or not")
    parameter_name = "looked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two choices."""
        return [("no", _("Not yet looked at")), ("yes", _("Looked at"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Suspicion]) -> QuerySet[Suspicion]:
        """Keep the chosen ones."""
        return queryset if self.value() is None else queryset.filter(looked_at__isnull=self.value() == "no")


@admin.register(Suspicion)
class SuspicionAdmin(ReadOnly):
    """What people told us of messages that they do not trust."""

    fields = list_display = ("reported_at", "sender", "text", "ref", "looked_at", "looked_by")
    list_filter = (LookedAtFilter,)
    ordering = ("-reported_at",)
    actions = ("look_done",)

    def has_look_permission(self, request: HttpRequest) -> bool:
        """Auditors only read."""
        return request.user.has_perm("sms.change_suspicion")

    @admin.action(description=_("Mark as looked at"), permissions=["look"])
    def look_done(self, request: HttpRequest, queryset: QuerySet[Suspicion]) -> None:
        """Note who looked at these and when."""
        assert isinstance(request.user, User)
        queryset.filter(looked_at=None).update(looked_at=timezone.now(), looked_by=request.user.actor)
