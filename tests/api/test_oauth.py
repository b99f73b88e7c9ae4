"""The authorization server: codes, tokens, what it refuses, and what a citizen's consent means."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from accounts.actions import consents
from accounts.actions.credentials import end_access
from accounts.models import ApiClient, Consent
from tests.api.conftest import registered
from vssid.notices.models import Notice

pytestmark = pytest.mark.django_db

VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-0123456789"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT = "https://app.example/callback"


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


def code_from(client, days=30, **changes):
    """Read the consent page, allow what it offers, and return what the application is told."""
    page = client.get(authorize(client, **changes))
    answer = client.post(authorize(client, **changes), consent_form(page, days=days))
    return parse_qs(urlsplit(answer["Location"]).query)


def consent_form(page, days=30):
    """What the consent page's form sends when it is agreed to."""
    form = page.context["form"]
    chosen = {"scopes": form.fields["scopes"].initial, "days": days, "allow": "Authorize"}
    return {name: value for name, value in form.initial.items() if value} | chosen


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


@pytest.mark.parametrize("grant", ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code"])
def test_other_grants_are_refused(citizen, application, grant):
    answer = token(grant_type=grant, username=citizen.username, password="x")

    assert answer.status_code in {400, 401}
    assert "access_token" not in answer.json()


@pytest.mark.parametrize("path", ["token", "revoke", "introspect"])
def test_its_endpoints_answer_as_the_standard_says(application, path):
    other = Client().get(f"/oauth/{path}")
    assert (other.status_code, other.headers["Allow"], other.json()["error"]) == (405, "POST", "invalid_request")
    form = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x"}
    secret = "Basic " + base64.b64encode(b"example-app:wrong").decode()
    refused = Client(headers={"authorization": secret}).post(f"/oauth/{path}", form)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")


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
    assert described["grant_types_supported"] == ["authorization_code", "client_credentials", "refresh_token"]
    assert described["response_types_supported"] == ["code"]
    assert "private_key_jwt" in described["token_endpoint_auth_methods_supported"]
    assert described["token_endpoint_auth_signing_alg_values_supported"]
    assert described["authorization_response_iss_parameter_supported"] is True
    assert described["issuer"] == "http://testserver"


def test_the_page_names_owner_purpose_and_days_and_the_citizen_may_allow_less(citizen, application, ask):
    client = logged_in(citizen)
    client.cookies["language"] = "en"
    page = client.get(authorize(client, scope="profile card visits"))
    text = page.content.decode()
    assert "Bệnh viện Ví Dụ" in text
    assert "Hiện thẻ BHYT của bạn khi bạn đến khám." in text

    sent = {**consent_form(page, days=7), "scopes": ["profile", "card"]}
    code = parse_qs(urlsplit(client.post(authorize(client), sent)["Location"]).query)["code"][0]
    given = token(code=code).json()
    assert sorted(given["scope"].split()) == ["card", "profile"]
    assert ask("me/visits", given["access_token"]).status_code == 403
    consent = Consent.objects.get(user=citizen)
    assert (consent.scopes, consent.ends_at - consent.given_at) == (["card", "profile"], timedelta(days=7))
    assert given["consent"] == str(consent.key)


def test_nothing_chosen_allows_nothing(citizen, application):
    client = logged_in(citizen)
    page = client.get(authorize(client, scope="profile card"))
    answer = client.post(authorize(client), {**consent_form(page), "scopes": []})
    assert answer.status_code == 400
    assert "form-action 'self' https://app.example;" in f"{answer['Content-Security-Policy']};", (
        "the next try may lead back"
    )
    assert not Consent.objects.exists()


def test_a_form_that_was_tampered_with_allows_no_more_than_the_registration(citizen, application):
    application.registration.scopes = ["profile"]
    application.registration.save()
    client = logged_in(citizen)
    page = client.get(authorize(client))
    for scopes in (["visits"], ["dossiers:decide"], ["profile", "records:write"]):
        sent = {**consent_form(page), "scope": " ".join(scopes), "scopes": scopes}
        assert "code=" not in client.post(authorize(client), sent).headers.get("Location", "")
    assert not Consent.objects.exists()


def test_access_and_refresh_die_with_the_consent(citizen, application, ask):
    first = token(code=code_from(logged_in(citizen), days=1)["code"][0]).json()
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=58), tick=False):
        last = token(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
        assert last["expires_in"] <= 120, "the last token ends with the consent"
        assert ask("me", last["access_token"]).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1), tick=False):
        assert ask("me", last["access_token"]).status_code == 401
        refused = token(grant_type="refresh_token", refresh_token=last["refresh_token"])
        assert refused.json()["error"] == "invalid_grant"
        assert consents.end_due(at=timezone.now()) == 1
    assert not get_refresh_token_model().objects.exists()


def test_the_citizen_sees_it_is_told_and_ends_it_at_once(citizen, application, ask):
    client = logged_in(citizen)
    client.cookies["language"] = "en"
    given = token(code=code_from(client)["code"][0]).json()
    ask("me", given["access_token"])
    page = client.get("/tai-khoan/").content.decode()
    assert "Ứng dụng Ví Dụ" in page
    assert Notice.objects.filter(person_id=citizen.person_id, kind="security.application_allowed").count() == 1
    assert "Ứng dụng Ví Dụ" in client.get("/tai-khoan/ai-da-xem/").content.decode()

    assert client.get("/tai-khoan/ung-dung/").url == "/tai-khoan/#applications"
    ended = client.post("/tai-khoan/ung-dung/", {"consent": given["consent"]}, follow=True)
    assert "can read nothing of yours any more" in ended.content.decode()
    assert ask("me", given["access_token"]).status_code == 401
    assert token(grant_type="refresh_token", refresh_token=given["refresh_token"]).status_code == 400
    assert "No application has access" in client.get("/tai-khoan/").content.decode()


def test_nobody_ends_anothers_consent(citizen, neighbour, application):
    given = token(code=code_from(logged_in(citizen))["code"][0]).json()
    logged_in(neighbour).post("/tai-khoan/ung-dung/", {"consent": given["consent"]})
    logged_in(neighbour).post("/tai-khoan/ung-dung/", {"consent": "nonsense"})
    assert Consent.objects.holding(timezone.now()).filter(user=citizen).exists()


def test_a_new_password_ends_what_applications_may(citizen, application, ask):
    given = token(code=code_from(logged_in(citizen))["code"][0]).json()
    end_access(citizen)
    citizen.save()
    assert ask("me", given["access_token"]).status_code == 401
    assert not Consent.objects.holding(timezone.now()).exists()


def test_a_narrower_consent_ends_tokens_that_open_more(citizen, application, ask):
    client = logged_in(citizen)
    wide = token(code=code_from(client, scope="profile card")["code"][0]).json()
    narrow = token(code=code_from(client, scope="profile")["code"][0]).json()
    assert ask("me/card", wide["access_token"]).status_code == 401
    assert ask("me", narrow["access_token"]).status_code == 200
    assert Consent.objects.count() == 1


def test_a_family_of_tokens_lives_a_month_and_rests_a_week(citizen, application):
    first = token(code=code_from(logged_in(citizen))["code"][0]).json()
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=11), tick=False):
        assert token(grant_type="refresh_token", refresh_token=first["refresh_token"]).status_code == 400
    get_refresh_token_model().objects.update(created=timezone.now() - timedelta(days=30))
    assert token(grant_type="refresh_token", refresh_token=first["refresh_token"]).status_code == 400


@pytest.mark.parametrize("state", ["draft", "suspended"])
def test_an_application_that_is_not_approved_gets_nothing(citizen, application, state):
    code = code_from(logged_in(citizen))["code"][0]
    ApiClient.objects.update(state=state)
    assert token(code=code).status_code == 401
    client = logged_in(citizen)
    assert client.get(authorize(client)).status_code == 400


def test_a_system_gets_its_own_scopes_and_no_others():
    registered("example-system", "Hệ thống Ví Dụ", "client-credentials", ["records:write", "events"])
    system = {"grant_type": "client_credentials", "client_id": "example-system"}

    given = token(**system).json()
    assert sorted(given["scope"].split()) == ["events", "records:write"]
    assert "refresh_token" not in given
    for scope in ("profile", "dossiers"):
        assert token(**system, scope=scope).json()["error"] == "invalid_scope"
    assert token(**system, client_secret="wrong").status_code == 401


def test_an_application_for_citizens_speaks_for_itself_only_to_read_events(application, ask):
    given = token(grant_type="client_credentials").json()
    assert given["scope"] == "events"
    assert token(grant_type="client_credentials", scope="profile").json()["error"] == "invalid_scope"
    assert ask("me", given["access_token"]).status_code == 403


def test_a_client_learns_what_its_own_token_is_worth_and_nobody_elses(citizen, application):
    registered("other-app", "Ứng dụng Khác", "authorization-code", ["profile"])
    given = token(code=code_from(logged_in(citizen))["code"][0]).json()

    def introspect(client_id, secret="a-secret-of-the-example"):
        form = {"token": given["access_token"], "client_id": client_id, "client_secret": secret}
        return Client().post("/oauth/introspect", form)

    mine = introspect("example-app").json()
    assert (mine["active"], mine["scope"], mine["client_id"]) == (True, "profile", "example-app")
    assert citizen.username not in str(mine)
    assert introspect("other-app").json() == {"active": False}
    assert introspect("example-app", "wrong").status_code == 401


def test_a_token_that_is_given_back_is_worth_nothing(citizen, application, ask):
    given = token(code=code_from(logged_in(citizen))["code"][0]).json()
    form = {"client_id": "example-app", "client_secret": "a-secret-of-the-example"}
    assert Client().post("/oauth/revoke", {**form, "token": given["refresh_token"]}).status_code == 200
    assert ask("me", given["access_token"]).status_code == 401


def test_who_guesses_secrets_is_slowed_down(application):
    with time_machine.travel(timezone.now().replace(hour=5, minute=0, second=0), tick=False):
        limits = [token(grant_type="nothing", client_id="nobody").status_code for _ in range(125)]
    assert limits[0] != 429
    assert limits[-1] == 429
