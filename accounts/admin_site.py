"""The back office at /quan-tri/: Django's admin behind a password and a second factor (TOTP)."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import login as start_session
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django_otp import login as remember_device

from accounts.actions import second_factor
from accounts.actions.login import authenticate_password
from accounts.forms.staff import StaffCodeForm, StaffLoginForm
from accounts.models import User
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.documents.qr import qr_svg
from vssid.errors import DomainError


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

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Add the page of the second factor."""
        return [path("xac-thuc/", self.second_factor, name="second-factor"), *super().get_urls()]

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Take user name and password, then ask for the second factor."""
        if request.user.is_authenticated and request.user.is_staff:
            return self._onward(request) if self.has_permission(request) else self._to_second_factor(request)
        form = StaffLoginForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                user = authenticate_password(**form.cleaned_data, staff=True, at=timezone.now())
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                start_session(request, user)
                request.session["auth_method"] = "password"
                return self._to_second_factor(request)
        context = {**self.each_context(request), "form": form, "title": _("Staff login")}
        return TemplateResponse(request, "admin/staff_login.html", context)

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
        form = StaffCodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                second_factor.confirm(device=device, code=form.cleaned_data["otp"], by=user, at=now)
            except DomainError as error:
                form.add_error("otp", str(error))
            else:
                remember_device(request, device)
                request.session.cycle_key()
                record(Event.LOGIN_SUCCEEDED, actor=f"staff:{user.pk}", at=now, method="totp")
                return self._onward(request)
        context = {**self.each_context(request), "form": form, "title": _("Second factor"), "device": device}
        if not device.confirmed:
            context["qr"] = qr_svg(device.config_url, label=str(_("QR code for your authenticator")))
            context["secret"] = second_factor.secret_of(device)
        return TemplateResponse(request, "admin/second_factor.html", context)

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
