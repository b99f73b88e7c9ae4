"""The frame of every page, the landing page and the error pages."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from vssid import views

FIRST_VIEW = 40_000


@pytest.fixture
def landing(client):
    return client.get("/", headers={"accept-language": "vi"}).content.decode()


def within_main(html):
    return html[html.index("<main") : html.index("</main>")]


@pytest.mark.django_db
def test_the_landing_page_asks_no_database(client, django_assert_num_queries):
    client.get("/")
    with django_assert_num_queries(0):
        assert client.get("/").status_code == 200


def test_the_landing_page_logs_in(landing):
    form = within_main(landing).rpartition("<form")[2]
    assert f'action="{reverse("accounts:login")}"' in form
    assert re.findall(r'name="(\w+)"', form) == ["csrfmiddlewaretoken", "username", "password"]
    assert "Đăng nhập</button>" in form.rpartition("<button")[2]


def test_the_landing_page_leads_to_vneid_and_registration(landing):
    assert f'href="{reverse("accounts:vneid-start")}"' in landing
    assert "Đăng nhập bằng tài khoản định danh điện tử (VNeID)" in landing
    assert f'href="{reverse("accounts:register")}"' in landing
    assert "Đăng ký ngay" in landing


def test_the_language_is_chosen_by_a_form_and_kept(client):
    assert 'lang="vi"' in client.get("/", headers={"accept-language": "vi"}).content.decode()[:60]
    answer = client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert answer.status_code == 302
    html = client.get("/", headers={"accept-language": "vi"}).content.decode()
    assert '<html lang="en"' in html
    assert "Register now" in html


def test_the_demonstration_notice_stands_until_an_operator_is_named(client, settings, landing):
    assert "không phải trang chính thức" in landing
    settings.OPERATOR_NAME = "BHXH tỉnh Ví Dụ"
    html = client.get("/", headers={"accept-language": "vi"}).content.decode()
    assert "không phải trang chính thức" not in html
    assert "Đơn vị vận hành: BHXH tỉnh Ví Dụ." in html


def test_the_title_says_that_there_are_errors():
    class Faulty:
        errors = {"code": ["x"]}

    with override("vi"):
        assert "<title>Lỗi: " in render_to_string("base.html", {"form": Faulty()})
        assert "Lỗi:" not in render_to_string("base.html", {})


def test_the_navigation_shows_where_one_is_and_only_what_exists():
    with override("vi"):
        html = render_to_string(
            "components/nav.html",
            {
                "current": "help",
                "places": [
                    {"key": "personal", "url": "/a/", "icon": "user", "word": "Cá nhân"},
                    {"key": "help", "url": "/b/", "icon": "help", "word": "Trợ giúp"},
                ],
            },
        )
    assert re.findall(r'<a href="([^"]+)" aria-current', html) == ["/b/"]
    assert views  # the handlers below live there


@pytest.mark.parametrize("name", ["bad_request", "forbidden", "not_found", "server_error", "csrf_failure"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_error_pages_need_no_database_and_give_a_reference(rf, name, language):
    request = rf.get("/khong-co/")
    request.request_id = "0123abcd"
    with override(language):
        answer = getattr(views, name)(request)
    html = answer.content.decode()
    assert answer.status_code == {"bad_request": 400, "not_found": 404, "server_error": 500}.get(name, 403)
    assert f'<html lang="{language}"' in html
    assert "0123abcd" in html
    assert f"tel:{settings.OPERATOR_HOTLINE}" in html
    assert ("Về trang chủ" if language == "vi" else "To the front page") in html


@pytest.mark.django_db
def test_an_address_for_forms_shows_people_a_page(client):
    answer = client.get(reverse("accounts:passkey-known-options"), headers={"accept-language": "en"})
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "There is no page here" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_that_is_no_longer_valid_leads_back_to_its_page(client):
    client.handler.enforce_csrf_checks = True
    answer = client.post("/dang-nhap/?next=/the-bhyt/", {"username": "1"})
    assert answer.status_code == 403
    assert '<a href="/dang-nhap/">' in answer.content.decode()


def test_failures_under_the_api_are_problem_documents(rf):
    answer = views.not_found(rf.get("/api/v1/nothing"))
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.status_code == 404
    assert json.loads(answer.content)["status"] == 404


def test_a_form_sent_again_is_offered_by_its_address_but_not_repeated(rf):
    assert 'href="/dang-ky/"' in views.server_error(rf.get("/dang-ky/")).content.decode()
    assert 'href="/dang-ky/"' not in views.server_error(rf.post("/dang-ky/")).content.decode()


def test_a_first_view_is_light(landing):
    parts = [landing.encode()]
    static = Path(settings.BASE_DIR) / "static"
    parts += [
        (static / name).read_bytes() for name in ("css/portal.css", "js/portal.js", "img/icons.svg", "img/mark.svg")
    ]
    assert sum(len(gzip.compress(part)) for part in parts) <= FIRST_VIEW / 2
