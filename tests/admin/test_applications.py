"""Two administrators let an application into the API; either shuts it out at once."""

from __future__ import annotations

import re

import pytest

from accounts.models import ApiClient
from tests.admin.conftest import CITY, FAR, approve, logged_in, make_staff
from tests.api.conftest import registered
from vssid.audit.models import AuditEvent
from vssid.webhooks.models import Endpoint, Event

LIST = "/quan-tri/accounts/apiclient/"
FORM = {
    "name": "Ứng dụng Ví Dụ",
    "grant": "authorization-code",
    "redirect_uris": "https://app.example/callback",
    "owner": "Bệnh viện Ví Dụ",
    "contact": "Người Ví Dụ, api@vidu.example",
    "purpose": "Hiện thẻ BHYT của bạn khi bạn đến khám.",
    "scopes": ["profile", "card"],
    "staff": "",
    "jwks": "",
    "jwks_url": "",
}


@pytest.fixture
def first(places):
    return logged_in(make_staff("quantri.mot", "administrator", CITY))


@pytest.fixture
def second(places):
    return logged_in(make_staff("quantri.hai", "administrator", CITY))


def add(client, **changes):
    return client.post(f"{LIST}add/", {**FORM, **changes}, follow=True)


def act(client, name, **more):
    one = ApiClient.objects.get()
    return client.post(f"{LIST}{one.pk}/change/", {"act": name, **more}, follow=True)


def test_one_registers_another_approves_and_the_secret_is_shown_once(first, second):
    page = add(first).content.decode()
    [secret] = re.findall(r"shown only now: ([\w-]{43})", page)
    one = ApiClient.objects.get()
    assert one.state == "draft"
    assert secret not in one.application.client_secret

    assert "Another administrator" in act(first, "approve").content.decode()
    assert ApiClient.objects.get().state == "draft"
    assert secret not in act(second, "approve").content.decode()
    one = ApiClient.objects.get()
    assert (one.state, one.proposed_by.username, one.approved_by.username) == ("approved", "quantri.mot", "quantri.hai")
    named = AuditEvent.objects.filter(subject=f"application:{one.application.client_id}").order_by("pk")
    assert [event.event for event in named] == ["application.registered", "application.approved"]


def test_an_approved_one_is_changed_only_after_it_was_suspended_and_approved_anew(first, second):
    add(first)
    act(second, "approve")
    one = ApiClient.objects.get()
    first.post(f"{LIST}{one.pk}/change/", {**FORM, "scopes": ["visits"]})
    assert ApiClient.objects.get().scopes == ["profile", "card"]

    act(first, "suspend", reason="Mất khoá")
    assert ApiClient.objects.get().state == "suspended"
    act(second, "reopen")
    second.post(f"{LIST}{one.pk}/change/", {**FORM, "scopes": ["visits"]})
    act(second, "approve")
    assert ApiClient.objects.get().state == "draft", "who changed it does not approve it"
    act(first, "approve")
    one = ApiClient.objects.get()
    assert (one.state, one.scopes) == ("approved", ["visits"])


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("redirect_uris", {"redirect_uris": ""}),
        ("redirect_uris", {"redirect_uris": "http://app.example/callback"}),
        ("redirect_uris", {"redirect_uris": "https://*.example/callback"}),
        ("redirect_uris", {"redirect_uris": "https://app.example/callback#part"}),
        ("scopes", {"scopes": ["records:write"]}),
        ("scopes", {"grant": "client-credentials", "redirect_uris": "", "scopes": ["profile"]}),
        ("staff", {"grant": "client-credentials", "redirect_uris": "", "scopes": ["dossiers"]}),
        ("jwks", {"jwks": '{"keys": []}'}),
        ("jwks", {"jwks": '{"keys": [{"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}'}),
        ("jwks_url", {"jwks_url": "http://10.0.0.1/keys"}),
        ("jwks_url", {"jwks_url": "https://169.254.169.254/keys"}),
    ],
)
def test_a_registration_that_must_not_exist_is_refused_at_its_field(first, field, changes):
    answer = add(first, **changes)
    assert answer.context["adminform"].form.errors.keys() == {field}
    assert not ApiClient.objects.exists()


def test_systems_are_told_of_the_dossiers_of_their_offices(desk, dossier, officer):
    for name, staff in (("near", officer), ("far", make_staff("canbo.xa", "officer", FAR))):
        application = registered(name, name, "client-credentials", ["dossiers", "events"])
        application.user = staff
        application.save()
        Endpoint.objects.create(application=application, secret="whsec_")

    approve(desk, dossier)

    [event] = Event.objects.select_related("application")
    assert (event.application.name, event.kind) == ("near", "dossier.changed")
    assert event.data == {"number": dossier.url_number}


def test_officers_have_no_business_there(places):
    officer = logged_in(make_staff("canbo.gan", "officer", CITY))
    assert officer.get(LIST).status_code == 403
    assert officer.post(f"{LIST}add/", FORM).status_code == 403
