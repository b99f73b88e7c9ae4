from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path
from oauth2_provider import views as oauth
from oauth2_provider.urls import metadata_urlpatterns

import accounts.api
import insurance.api
import insurance.api_benefits
from vssid.api import problems, views
from vssid.api.oauth import ConsentView

v1 = [
    path("me", accounts.api.MeView.as_view(), name="me"),
    path("me/notices", accounts.api.NoticesView.as_view(), name="me-notices"),
    path("me/card", insurance.api.CardView.as_view(), name="me-card"),
    path("me/card/qr", insurance.api.CardCodeView.as_view(), name="me-card-qr"),
    path("me/contributions", insurance.api.ContributionsView.as_view(), name="me-contributions"),
    path("me/contributions/summary", insurance.api.ContributionSummaryView.as_view(), name="me-contributions-summary"),
    path("cards/verify", insurance.api.CardVerifyView.as_view(), name="cards-verify"),
    path("me/benefits", insurance.api_benefits.BenefitsView.as_view(), name="me-benefits"),
    path("me/visits", insurance.api_benefits.VisitsView.as_view(), name="me-visits"),
    path("offices", insurance.api.OfficesView.as_view(), name="offices"),
]
server: tuple[list[URLPattern | URLResolver], str] = (
    [
        re_path(r"^authorize/?$", ConsentView.as_view(), name="authorize"),
        re_path(r"^token/?$", oauth.TokenView.as_view(), name="token"),
        re_path(r"^revoke/?$", oauth.RevokeTokenView.as_view(), name="revoke-token"),
        re_path(r"^introspect/?$", oauth.IntrospectTokenView.as_view(), name="introspect"),
        *metadata_urlpatterns,
    ],
    "oauth2_provider",
)

urlpatterns = [
    path("api/v1/", include((v1, "api"))),
    path("api/schema/", views.schema, name="api-schema"),
    path("api/docs/", views.docs, name="api-docs"),
    path("api/<path:rest>", login_not_required(problems.not_found)),
    path("oauth/", include(server)),
    path("", include((metadata_urlpatterns, "oauth2_metadata"))),
]
