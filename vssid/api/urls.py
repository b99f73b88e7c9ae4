"""What stands beside the API: its description, and who may call it (OAuth)."""

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path, re_path

from vssid.api import oauth_views, problems, views

server: tuple[list[URLPattern | URLResolver], str] = (
    [
        re_path(r"^authorize/?$", oauth_views.ConsentView.as_view(), name="authorize"),
        re_path(r"^token/?$", oauth_views.Tokens.as_view(), name="token"),
        re_path(r"^revoke/?$", oauth_views.Revocation.as_view(), name="revoke-token"),
        re_path(r"^introspect/?$", oauth_views.Introspection.as_view(), name="introspect"),
    ],
    "oauth2_provider",
)

urlpatterns = [
    path("api/schema/", views.schema, name="api-schema"),
    path("api/docs/", views.docs, name="api-docs"),
    path("api/problems/", views.problems, name="api-problems"),
    path("api/problems/<slug:code>", views.problems, name="api-problem"),
    path("api", login_not_required(problems.not_found)),
    path("api/<path:rest>", login_not_required(problems.not_found)),
    path("oauth/", include(server)),
    path(".well-known/oauth-authorization-server", oauth_views.Metadata.as_view(), name="oauth-metadata"),
]
