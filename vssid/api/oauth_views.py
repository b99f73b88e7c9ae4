"""The authorization server's pages and endpoints: consent in plain words, tokens, what a token is worth, metadata."""

import calendar
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.forms import AllowForm
from oauth2_provider.models import get_access_token_model, get_application_model
from oauth2_provider.oauth2_backends import get_oauthlib_core
from oauth2_provider.views import AuthorizationView, RevokeTokenView, TokenView
from oauth2_provider.views.metadata import OAuthServerMetadataView
from oauthlib.common import Request as OAuthRequest

from accounts.actions.consents import give
from accounts.rules.scopes import CITIZEN, WRITES
from vssid.api.assertions import ALGORITHMS
from vssid.errors import NotFound, TooMany, with_wait
from vssid.ops import limits

DAYS = (1, 7, 30)
CALLS_A_MINUTE = 120
GRANTS = {"authorization_code", "client_credentials", "refresh_token"}


class ConsentForm(AllowForm):
    """What the citizen allows, and for how long; the rest is carried along hidden."""

    scopes = forms.MultipleChoiceField(
        label=_("It may see or do"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one, or do not allow anything.")},
    )
    days = forms.TypedChoiceField(label=_("Until when"), coerce=int, initial=30, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = str((self.data.get("scope") if self.is_bound else self.initial.get("scope")) or "").split()
        boxes: Any = self.fields["scopes"]
        boxes.choices = [(name, text) for name, text in CITIZEN.items() if name in asked]
        boxes.initial = [name for name, _text in boxes.choices]
        boxes.required = bool(self.data.get("allow"))
        choice: Any = self.fields["days"]
        choice.choices = [(days, _until(days)) for days in DAYS]
        choice.required = bool(self.data.get("allow"))


def _until(days: int) -> str:
    day = timezone.localdate() + timedelta(days=days)
    text = ngettext("%(count)d day, until %(day)s", "%(count)d days, until %(day)s", days)
    return text % {"count": days, "day": f"{day:%d/%m/%Y}"}


class ConsentView(AuthorizationView):
    """The consent page: citizens only, and its form may lead to the application's own address."""

    template_name = "oauth2_provider/authorize.html"
    form_class = ConsentForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.person_id is None:
            raise NotFound
        response = super().dispatch(request, *args, **kwargs)
        target = urlsplit(request.GET.get("redirect_uri", ""))
        asks = "form" in (getattr(response, "context_data", None) or {})  # again after a mistake, or for the first time
        if target.hostname and asks:
            # Browsers apply form-action to the redirect that follows the form, too.
            response._csp_update = {"form-action": [f"{target.scheme}://{target.netloc}"]}
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add who asks and what for."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if "error" not in context:
            client_id = context["form"]["client_id"].value()
            found = get_application_model().objects.select_related("registration").filter(client_id=client_id).first()
            asked = str(context["form"]["scope"].value() or "").split()
            context |= {"application": found, "writes": sorted(WRITES.intersection(asked))}
        return context

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the page again, as what it is: 400."""
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Write the consent down with what is left of the scopes, then answer the application."""
        if not form.cleaned_data["allow"]:
            return super().form_valid(form)
        chosen = " ".join(form.cleaned_data["scopes"])
        form.cleaned_data["scope"] = chosen
        answer = super().form_valid(form)
        if "code=" in urlsplit(answer.headers.get("Location", "")).query:
            application = get_application_model().objects.get(client_id=form.cleaned_data["client_id"])
            facts = {"scopes": chosen.split(), "days": form.cleaned_data["days"]}
            give(user=self.request.user, application=application, at=timezone.now(), **facts)
        return answer


class _Counted:
    """Counts calls by address before anything costs work; answers are for nobody else to keep."""

    http_method_names = ("post",)

    @method_decorator([csrf_exempt, login_not_required])
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            most = CALLS_A_MINUTE * settings.API_LIMITS_FACTOR
            limits.count("oauth", request, most=most, seconds=60)
        except TooMany as error:
            refused = JsonResponse({"error": "temporarily_unavailable", "error_description": str(error)}, status=429)
            return with_wait(refused, error)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        response["Cache-Control"] = "no-store"
        if response.status_code == 401:
            # The scheme by which clients prove themselves here (RFC 6749 §5.2); the toolkit says Bearer.
            response["WWW-Authenticate"] = 'Basic realm="oauth"'
        return response

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say so as these addresses say everything."""
        return JsonResponse({"error": "invalid_request"}, status=405, headers={"Allow": "POST"})


class Tokens(_Counted, TokenView):
    """Gives tokens."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take the grants there are; the toolkit knows more."""
        if request.POST.get("grant_type") not in GRANTS:
            return JsonResponse({"error": "unsupported_grant_type"}, status=400)
        answer: HttpResponseBase = self.authorization_flow_token_response(request)
        answer["Content-Type"] = "application/json"  # the toolkit forgets it on some errors
        return answer


class Revocation(_Counted, RevokeTokenView):
    """Ends a token, and the refresh token with it (RFC 7009)."""


class Introspection(_Counted, TokenView):
    """Tells a client what its own token is worth (RFC 7662); of anybody else's it says nothing."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        core = get_oauthlib_core()
        asked = OAuthRequest(*core._extract_params(request))
        if not core.server.request_validator.authenticate_client(asked):
            return JsonResponse({"error": "invalid_client"}, status=401)
        checksum = hashlib.sha256(request.POST.get("token", "").encode()).hexdigest()
        token = get_access_token_model().objects.filter(token_checksum=checksum, application=asked.client).first()
        if token is None or not token.is_valid():
            return JsonResponse({"active": False})
        expires = calendar.timegm(token.expires.timetuple())
        facts = {"active": True, "scope": token.scope, "exp": expires, "client_id": asked.client.client_id}
        return JsonResponse({**facts, "token_type": "Bearer"})


class Metadata(OAuthServerMetadataView):
    """RFC 8414, with the algorithms of signed assertions."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the toolkit's document, completed."""
        document = orjson.loads(super().get(request, *args, **kwargs).content)
        for endpoint in ("token", "revocation", "introspection"):
            document[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] = list(ALGORITHMS)
        document["service_documentation"] = f"{settings.PUBLIC_BASE_URL}/api/docs/"
        return JsonResponse(document, headers={"Cache-Control": "public, max-age=3600"})
