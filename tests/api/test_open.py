"""What anybody may ask, the shape of errors, the document, and what the authorization server refuses."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

pytestmark = pytest.mark.django_db

VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT = "https://app.example/callback"


@pytest.fixture
def offices():
    call_command("load_reference", verbosity=0)


def test_offices_of_a_province(ask, offices):
    found = ask("offices?province=01").json()

    codes = [office["code"] for office in found["results"]]
    assert "00103" in codes
    assert codes == sorted(codes)
    assert {office["province"] for office in found["results"]} == {"01"}
    assert found["next"] is None


@pytest.mark.parametrize("province", ["1", "abc", "١٢", "0%00", "%F0%9F%90%8D"])
def test_a_province_that_is_none_is_named(ask, offices, province):
    answer = ask(f"offices?province={province}")

    assert answer.status_code == 400
    assert "province" in answer.json()["errors"]


def test_errors_are_problems_in_the_readers_language(ask):
    english = ask("nothing/here")
    vietnamese = Client(headers={"accept-language": "vi"}).get("/api/v1/me")

    assert english.status_code == 404
    assert english.json()["type"] == "urn:vssid:problem:not_found"
    assert vietnamese.json()["title"] != Client(headers={"accept-language": "en"}).get("/api/v1/me").json()["title"]


@pytest.mark.parametrize(("method", "status"), [("post", 405), ("put", 405), ("delete", 405)])
def test_other_methods_are_problems_too(method, status, ask, offices):
    answer = getattr(Client(), method)("/api/v1/offices", data="{", content_type="application/json")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_document_describes_every_endpoint_and_is_valid(capsys):
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json")
    document = json.loads(capsys.readouterr().out)

    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) >= {
        "/api/v1/me",
        "/api/v1/me/card",
        "/api/v1/me/contributions",
        "/api/v1/me/contributions/summary",
        "/api/v1/offices",
    }
    card = document["paths"]["/api/v1/me/card"]["get"]
    assert card["security"] == [{"oauth2": ["card"]}]
    assert {"200", "401", "403"} <= set(card["responses"])


def authorize(client, **changes):
    query = {
        "response_type": "code",
        "client_id": "example-app",
        "redirect_uri": REDIRECT,
        "scope": "profile",
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return "/oauth/authorize?" + urlencode({key: value for key, value in query.items() if value})


def logged_in(citizen):
    client = Client()
    client.force_login(citizen)
    return client


def code_from(client, **changes):
    address = authorize(client, **changes)
    answer = client.post(
        address,
        {
            "allow": "Authorize",
            "redirect_uri": REDIRECT,
            "scope": "profile",
            "client_id": "example-app",
            "state": "s",
            "response_type": "code",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        },
    )
    return parse_qs(urlsplit(answer["Location"]).query)


def consent_form(page):
    """What the consent page's form sends when it is agreed to."""
    return {name: value for name, value in page.context["form"].initial.items() if value} | {"allow": "Authorize"}


def token(**form):
    data = {
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT,
        "client_id": "example-app",
        "client_secret": "a-secret-of-the-example",
        "code_verifier": VERIFIER,
        **form,
    }
    return Client().post("/oauth/token", data)


def test_a_code_becomes_a_token_once(citizen, application, ask):
    answered = code_from(logged_in(citizen))
    assert answered["iss"]

    first = token(code=answered["code"][0])
    assert first.status_code == 200
    assert first.json()["expires_in"] == 600
    assert ask("me", first.json()["access_token"]).json()["bhxh_code"] == citizen.username
    kept = [*get_access_token_model().objects.values(), *get_refresh_token_model().objects.values()]
    assert first.json()["access_token"] not in str(kept), "tokens lie hashed in the database"
    assert first.json()["refresh_token"] not in str(kept)
    assert token(code=answered["code"][0]).status_code == 400


def test_a_refresh_token_that_is_used_twice_ends_the_family(citizen, application, ask):
    first = token(code=code_from(logged_in(citizen))["code"][0]).json()
    renew = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}

    second = token(**renew).json()
    assert token(**renew).status_code == 400
    assert ask("me", second["access_token"]).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
        {"redirect_uri": "https://app.example/callback/other"},
        {"redirect_uri": "https://evil.example/callback"},
        {"client_id": "nobody"},
        {"scope": "everything"},
    ],
)
def test_unsafe_requests_for_consent_are_refused(citizen, application, changes):
    client = logged_in(citizen)
    answer = client.get(authorize(client, **changes))
    if answer.status_code == 200:  # what the page cannot know is refused when it is sent
        answer = client.post(authorize(client, **changes), consent_form(answer))

    target = answer.headers.get("Location", "")
    assert answer.status_code in {302, 400}
    assert "code=" not in target
    assert "evil.example" not in target


@pytest.mark.parametrize("grant", ["password", "client_credentials", "implicit"])
def test_other_grants_are_refused(citizen, application, grant):
    answer = token(grant_type=grant, username=citizen.username, password="x")

    assert answer.status_code in {400, 401}
    assert "access_token" not in answer.json()


def test_a_wrong_verifier_or_secret_is_refused(citizen, application):
    client = logged_in(citizen)

    assert token(code=code_from(client)["code"][0], code_verifier="x" * 50).status_code == 400
    assert token(code=code_from(client)["code"][0], client_secret="wrong").status_code == 401


def test_consent_is_asked_for_in_plain_words_and_can_be_denied(citizen, application):
    client = logged_in(citizen)
    client.cookies["language"] = "en"

    page = client.get(authorize(client, scope="profile card"))
    assert "Your health insurance card" in page.content.decode()
    assert "https://app.example" in page.headers["Content-Security-Policy"]
    denied = client.post(authorize(client), {**consent_form(page), "allow": ""})
    assert "error=access_denied" in denied["Location"]


def test_strangers_log_in_before_they_consent(application):
    client = Client()
    assert client.get(authorize(client))["Location"].startswith("/dang-nhap/?next=/oauth/authorize")


def test_staff_have_nothing_to_consent_to(application, django_user_model):
    officer = django_user_model.objects.create_user("canbo", full_name="Cán bộ Ví Dụ", is_staff=True)
    assert logged_in(officer).get(authorize(None)).status_code in {302, 404}


def test_the_server_describes_itself(application):
    described = Client().get("/.well-known/oauth-authorization-server").json()

    assert described["code_challenge_methods_supported"] == ["S256"]
    assert described["token_endpoint"].endswith("/oauth/token")
    assert "password" not in described["grant_types_supported"]
