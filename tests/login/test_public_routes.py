"""Which addresses answer without a login. A new one is a decision: add it here with whoever reads it in mind."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = {
    # the front page and the language
    "home", "set_language",
    # registering and following the dossier: bound to the browser's draft or to a code
    "accounts:register", "accounts:declaration", "accounts:wards", "accounts:photos", "accounts:photo",
    "accounts:confirm", "accounts:done", "accounts:declaration-pdf", "accounts:track",
    "accounts:declaration-save", "accounts:resume", "accounts:register-vneid",
    # a child's declaration keeps what comes after the login ended, and shows nothing before the next
    "accounts:child-register",
    # stopping a change of payments by the code of its message: the owner may have no login any more
    "services:stop",
    # look-ups: places, and what is told of a person to who knows all of it already
    "services:lookup", "services:offices", "services:facilities", "services:collecting-points", "services:employers",
    "services:lookup-code", "services:lookup-card", "services:lookup-dossier",
    # help and news; a visitor's question is read by who holds its reference
    "services:help", "services:guide", "services:questions", "services:news", "services:news-article",
    "services:contact", "services:contact-answer",
    # estimators keep nothing
    "services:estimators", "services:estimator",
    # the ways in
    "accounts:login", "accounts:login-code", "accounts:logout", "accounts:password-forgotten",
    "accounts:credentials-again",
    "accounts:recover", "accounts:recover-vneid", "accounts:phone-undo",
    "accounts:vneid-start", "accounts:vneid-callback", "accounts:vneid-link",
    "accounts:vneid-backchannel", "admin:login",
    "accounts:passkey-login", "accounts:passkey-known-options",
    # the API asks for a token of its own; offices, schema and documentation are for everybody
    "api:me", "api:me-notices", "api:me-card", "api:me-contributions", "api:me-contributions-summary", "api:offices",
    "api:me-request-answers", "api:me-request-withdraw",
    "api:me-card-qr", "api:me-benefits", "api:me-visits", "api:cards-verify",
    "api:me-requests", "api:me-request", "api:me-request-papers", "api:me-request-otp", "api:me-request-submit",
    "api:records-import", "api:events",
    "api:documents-verify", "api:provinces", "api:wards", "api:facilities", "api:procedures", "api:procedure",
    "api:estimates", "api:estimate", "api:registrations", "api:registration", "api:registration-photos",
    "api:registration-otp", "api:registration-submit", "api:dossiers", "api:dossiers-reasons", "api:dossier",
    "api:dossier-approve", "api:dossier-return", "api:dossier-reject",
    "api-schema", "api-docs", "api-problems", "api-problem", "api", "api/<path:rest>",
    # OAuth 2.0 between machines; `authorize` is not among them
    "oauth2_provider:token", "oauth2_provider:revoke-token", "oauth2_provider:introspect",
    "oauth-metadata",
    # public keys, operations (metrics by their token), Twilio (by its signature)
    "insurance:jwks", "insurance:revoked", "services:card-check", "services:message-check",
    "services:message-report", "healthz", "readyz", "metrics", "twilio-status",
    # whether a confirmation of contributions is ours: for whoever was handed one
    "insurance:statement-check",
    # the portal as an app: manifest, worker and the page for no network hold nothing of anybody
    "manifest", "worker", "offline",
    # whether a browser may go on keeping a card: yes or no, to who holds its signed pass
    "accounts:kept-card",
    # the demonstration, mounted with DEMO=1 only
    "demo:index", "demo:sms", "demo:gallery",
}  # fmt: skip


def routes(patterns, prefix=""):
    for entry in patterns:
        if isinstance(entry, URLResolver):
            namespace = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from routes(entry.url_patterns, namespace)
        elif isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name or entry.pattern}", entry.callback


def is_public(view):
    return not getattr(view, "login_required", True)


def test_every_public_route_is_known():
    found = {name for name, view in routes(get_resolver().url_patterns) if is_public(view)}
    assert sorted(found - PUBLIC) == []
    assert sorted(PUBLIC - found) == []
