"""Applications of the API: one administrator registers, another approves, either suspends."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import applications
from accounts.forms.applications import ApiClientForm
from accounts.models import ApiClient, User
from accounts.models.applications import ClientState
from vssid.errors import Conflict, DomainError

OWN = ("name", "grant", "public", "redirect_uris", "staff", "webhook_url")
FACTS = ("owner", "contact", "purpose", "scopes", "jwks", "jwks_url")


@admin.register(ApiClient)
class ApiClientAdmin(admin.ModelAdmin):
    """Drafts are written, approved ones only looked at."""

    form = ApiClientForm
    change_form_template = "admin/application.html"
    list_display = ("__str__", "client_id", "state", "owner", "approved_at")
    list_filter = ("state",)
    show_facets = admin.ShowFacets.NEVER
    actions: Any = None
    list_select_related = ("application",)

    def get_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> Any:
        """Return the form's fields, and what is known of a registration that exists."""
        if obj is None:
            return [*OWN, *FACTS]
        own = OWN if obj.state == ClientState.DRAFT else ("addresses", "staff_account")
        return ["client_id", "state", "standing", *own, *FACTS]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiClient | None = None) -> list[str]:
        """Everything but a draft is only looked at."""
        if obj is None:
            return []
        fixed = ["client_id", "state", "standing"]
        return fixed if obj.state == ClientState.DRAFT else [*fixed, "addresses", "staff_account", *FACTS]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted: entries of the audit log name it."""
        return False

    @admin.display(description=gettext_lazy("client_id"))
    def client_id(self, client: ApiClient) -> str:
        """Return what the application calls itself at the API."""
        return str(client.application.client_id)

    @admin.display(description=gettext_lazy("addresses to return to"))
    def addresses(self, client: ApiClient) -> str:
        """Return where citizens are led back to."""
        webhook = getattr(client.application, "webhook", None)
        return " ".join(filter(None, [client.application.redirect_uris, webhook and webhook.url])) or "–"

    @admin.display(description=gettext_lazy("staff account of the system"))
    def staff_account(self, client: ApiClient) -> str:
        """Return as whom a system sees dossiers."""
        return str(client.application.user or "–")

    @admin.display(description=gettext_lazy("registered and approved by"))
    def standing(self, client: ApiClient) -> str:
        """Return the two administrators, and why it was suspended."""
        said = [str(one) if one else _("the system") for one in (client.proposed_by, client.approved_by)]
        words = [said[0], said[1] if client.approved_at else "–", client.suspended_reason]
        return " · ".join(filter(None, words))

    def save_model(self, request: HttpRequest, obj: ApiClient, form: Any, change: bool) -> None:
        """Keep the draft through the action; its secret is shown this once."""
        assert isinstance(request.user, User)
        data = form.cleaned_data
        kept, secrets = applications.register(
            name=data["name"],
            grant=data["grant"],
            public=data["public"],
            redirect_uris=data["redirect_uris"],
            staff=data["staff"],
            webhook_url=data["webhook_url"],
            facts={name: data[name] for name in FACTS},
            by=request.user,
            at=timezone.now(),
            client=obj if change else None,
        )
        obj.__dict__.update(kept.__dict__)
        for secret in secrets:
            _show(request, secret)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Do what a button beside the form asks for, else show or save the form."""
        client = self.get_object(request, object_id)
        act = request.POST.get("act")
        if client is not None and act and self.has_change_permission(request, client):
            try:
                self._do(request, client, act)
            except DomainError as error:
                messages.error(request, str(error))
            return HttpResponseRedirect(request.path)
        if client is not None and request.method == "POST" and client.state != ClientState.DRAFT:
            messages.error(request, str(Conflict()))
            return HttpResponseRedirect(request.path)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "client": client})

    def _do(self, request: HttpRequest, client: ApiClient, act: str) -> None:
        by, at = request.user, timezone.now()
        assert isinstance(by, User)
        if act == "approve":
            applications.approve(client=client, by=by, at=at)
            messages.success(request, _("The application is approved."))
        elif act == "suspend":
            applications.suspend(client=client, reason=request.POST.get("reason", ""), by=by, at=at)
            messages.success(request, _("The application is suspended; every access through it has ended."))
        elif act == "reopen":
            applications.reopen(client=client, by=by, at=at)
            messages.success(request, _("The registration can be changed; another administrator approves it again."))
        elif act == "secret":
            _show(request, applications.renew_secret(client=client, by=by, at=at))
        elif act == "webhook":
            _show(request, applications.renew_webhook_secret(client=client, by=by, at=at))


def _show(request: HttpRequest, secret: str) -> None:
    text = _("The secret, shown only now: %(secret)s. Hand it over on a safe way.") % {"secret": secret}
    messages.warning(request, text)
