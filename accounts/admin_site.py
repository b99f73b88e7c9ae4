"""The back office at /quan-tri/: Django's admin behind a password and a second factor (TOTP)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django_otp import login as remember_device
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actions import second_factor
from accounts.actions.login import Door, LoginRefused, TemporaryPasswordExpired, authenticate_password
from accounts.actions.passkeys import authenticate_passkey
from accounts.forms.staff import StaffCodeForm, StaffLoginForm
from accounts.models import User
from accounts.passkey_questions import take_question
from accounts.permissions import may_see_dossiers
from accounts.sessions import open_session
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.documents.qr import qr_svg
from vssid.errors import DomainError, TooMany, with_wait
from vssid.ops import gates
from vssid.ops.client import place_of

# Wrong passwords of staff from one address: an office's people share theirs.
GATE = gates.Gate("staff_login", soft=15, soft_seconds=60, hard=100, hard_seconds=60)


class PortalAdminSite(AdminSite):
    """Staff come in by user name, password and the code of an authenticator; who has none sets one up first."""

    site_title = _("Administration")
    site_header = _("Administration")
    index_title = _("Administration")
    enable_nav_sidebar = False
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether this is a member of staff whose second factor was confirmed in this session."""
        user = request.user
        return bool(user.is_active and user.is_staff and user.is_verified())  # type: ignore[attr-defined]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Send strangers to the back office's own door, from the portal's own pages too."""
        guarded: Any = super().admin_view(view, cacheable)
        guarded.login_url = reverse_lazy("admin:login")
        return guarded

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Add the page of the second factor, the figures and their export."""
        from accounts.admin import (  # they register here, so this must exist first
            exports,
            figures,
            passkeys,
            unreachable,
        )

        return [
            path("xac-thuc/", self.second_factor, name="second-factor"),
            path("xac-thuc/khoa/", self.admin_view(passkeys.page), name="passkeys"),
            path("tin-khong-den/", self.admin_view(unreachable.page), name="unreachable"),
            path("so-lieu/", self.admin_view(figures.page), name="figures"),
            path("so-lieu/xuat/", self.admin_view(exports.page), name="figures-export"),
            *super().get_urls(),
        ]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Lead to the work that waits."""
        from accounts.admin.desk import DossierDesk  # registers at this site, which must exist by then
        from accounts.admin.queue import waiting_by_office
        from accounts.admin.unreachable import rows

        assert isinstance(request.user, User)
        queues = []
        for kept in self._registry.values():
            if isinstance(kept, DossierDesk) and may_see_dossiers(request.user):
                offices = waiting_by_office(kept.model, request.user, timezone.now())
                count = sum(office["count"] for office in offices)
                queues.append((kept.desk, kept.route("changelist"), offices, count))
        worked = {reverse(route) for _desk, route, _offices, _count in queues}
        context = {
            "lists": self._lists(request, worked),
            "queues": queues,
            "unreachable": len(rows(request.user, at=timezone.now())) if may_see_dossiers(request.user) else 0,
            **(extra_context or {}),
        }
        return super().index(request, context)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one page for everybody: it counts wrong tries and ends other sessions."""
        return HttpResponseRedirect(reverse("accounts:password-change"))

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Take user name and password, then ask for the second factor."""
        if request.user.is_authenticated and request.user.is_staff:
            return self._onward(request) if self.has_permission(request) else self._to_second_factor(request)
        form, refused = StaffLoginForm(request.POST or None), None
        if request.method == "POST" and form.is_valid():
            try:
                user = _authenticated(request, form.cleaned_data)
            except TemporaryPasswordExpired:
                form.add_error(None, _("This first password has ended. Ask an administrator for another one."))
            except DomainError as error:
                form.add_error(None, str(error))
                refused = error
            else:
                open_session(request, user, method="password", at=timezone.now())
                return self._to_second_factor(request)
        if not hasattr(request, "challenge"):
            gates.foresee(GATE, request)
        context = {**self.each_context(request), "form": form, "title": _("Staff login")}
        return _answer(request, "admin/staff_login.html", context, refused)

    @method_decorator(never_cache)
    def second_factor(self, request: HttpRequest) -> HttpResponse:
        """Confirm the code of the authenticator, or set one up when there is none."""
        user = request.user
        if not isinstance(user, User) or not user.is_staff:
            return HttpResponseRedirect(reverse("admin:login"))
        if self.has_permission(request):
            return self._onward(request)
        now = timezone.now()
        device = second_factor.device_of(user)
        if "credential" in request.POST and device.confirmed:
            return self._passkey(request, user, device)
        form, refused = StaffCodeForm(request.POST or None), None
        if request.method == "POST" and form.is_valid():
            try:
                second_factor.confirm(device=device, code=form.cleaned_data["otp"], by=user, at=now)
            except DomainError as error:
                form.add_error("otp", str(error))
                refused = error
            else:
                return self._passed(request, user, device, method="totp")
        context = {**self.each_context(request), "form": form, "title": _("Second factor"), "device": device}
        context["passkeys"] = device.confirmed and user.passkeys.exists()
        if not device.confirmed:
            context["qr"] = qr_svg(device.config_url, label=str(_("QR code for your authenticator")))
            context["secret"] = second_factor.secret_of(device)
        return _answer(request, "admin/second_factor.html", context, refused)

    def _passkey(self, request: HttpRequest, user: User, device: TOTPDevice) -> HttpResponse:
        """A passkey of their own stands in for the authenticator's digits."""
        now = timezone.now()
        try:
            challenge = take_question(request, at=now).challenge
            authenticate_passkey(credential=request.POST["credential"], challenge=challenge, user=user, at=now)
        except DomainError as error:
            record(Event.SECOND_FACTOR_FAILED, actor=user.actor, at=now)
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:second-factor"))
        return self._passed(request, user, device, method="passkey")

    def _passed(self, request: HttpRequest, user: User, device: TOTPDevice, *, method: str) -> HttpResponse:
        """Both factors are shown: a new key, an entry, on to the work."""
        remember_device(request, device)
        request.session.cycle_key()
        record(Event.LOGIN_SUCCEEDED, actor=user.actor, at=timezone.now(), method=method)
        return self._onward(request)

    def _lists(self, request: HttpRequest, queues: set[str]) -> list[tuple[str, list[dict[str, Any]]]]:
        """Return what there is beside the queues, which have places of their own on the start page, by application."""
        found = []
        for app in self.get_app_list(request):
            models = [one for one in app["models"] if one["admin_url"] and one["admin_url"] not in queues]
            if models:
                found.append((app["name"], models))
        return found

    def _to_second_factor(self, request: HttpRequest) -> HttpResponse:
        request.session["staff_next"] = request.GET.get("next", "")
        return HttpResponseRedirect(reverse("admin:second-factor"))

    def _onward(self, request: HttpRequest) -> HttpResponse:
        target = request.GET.get("next") or request.session.pop("staff_next", "")
        inside = reverse("admin:index")
        safe = url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
        return HttpResponseRedirect(target if safe and target.startswith(inside) else inside)


def _authenticated(request: HttpRequest, facts: dict[str, str]) -> User:
    """Return whose password this is; failures count for the address, and for the name by its network."""
    gates.check(GATE, request)
    door = Door(place=place_of(request, wide=True), staff=True)
    try:
        return authenticate_password(**facts, staff=True, at=timezone.now(), door=door)
    except (LoginRefused, TooMany):
        gates.count(GATE, request)
        raise


def _answer(request: HttpRequest, template: str, context: dict[str, Any], error: DomainError | None) -> HttpResponse:
    """Draw a form's page: 200, or the status of the error, with the wait when there is one."""
    response = TemplateResponse(request, template, context, status=error.status if error is not None else 200)
    return with_wait(response, error)
