"""How often the hot answers ask the database, whatever the number of rows and whatever the cache has lost."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model

from accounts.models import User
from tests.insurance.conftest import citizen, person  # noqa: F401
from tests.insurance.factories import CardFactory, EmployerFactory, add_periods

TOKEN = "benchmark-token"


@pytest.fixture
def twenty_years(person):  # noqa: F811
    """Her card and a period a year at two employers."""
    CardFactory(person=person)
    for employer in (EmployerFactory(), EmployerFactory()):
        add_periods(person, *((f"{y}-01", f"{y}-12", "paid") for y in range(2006, 2026)), employer=employer)


@pytest.mark.parametrize(("address", "most"), [("/ca-nhan/", 7), ("/the-bhyt/", 4), ("/qua-trinh-tham-gia/", 4)])
def test_a_page_asks_few_questions_even_when_the_cache_is_empty(
    citizen,  # noqa: F811
    twenty_years,
    address,
    most,
    django_assert_max_num_queries,
):
    citizen.get(address)
    cache.clear()

    with django_assert_max_num_queries(most):
        assert citizen.get(address).status_code == 200


@pytest.mark.parametrize("path", ["card", "contributions", "contributions/summary"])
def test_the_api_asks_three_times_at_most(client, person, twenty_years, path, django_assert_max_num_queries):  # noqa: F811
    user = User.objects.create(username=person.bhxh_code, person=person, full_name=person.full_name)
    application = get_application_model().objects.create(
        name="Mẫu",
        client_type="public",
        authorization_grant_type="authorization-code",
        redirect_uris="http://localhost/",
    )
    get_access_token_model().objects.create(
        token=TOKEN,
        application=application,
        user=user,
        scope="card contributions",
        expires=timezone.now() + timedelta(hours=1),
    )
    call = {"path": f"/api/v1/me/{path}", "headers": {"authorization": f"Bearer {TOKEN}"}}
    client.get(**call)

    with django_assert_max_num_queries(3):
        assert client.get(**call).status_code == 200
