"""Help, news, their search, and questions of visitors; what staff write is shown as text whatever it holds."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from services.actions import help as actions
from services.models import Article, VisitorQuestion
from services.rules.markdown import render
from services.views import help as pages
from tests.admin.conftest import logged_in, make_staff
from tests.registration.conftest import make_places
from vssid.audit.models import AuditEvent

HELP, CONTACT, ANSWER, NEWS = "/tro-giup/", "/tro-giup/lien-he/", "/tro-giup/lien-he/tra-loi/", "/tin-tuc/"
ADMIN = "/quan-tri/services/"


@pytest.fixture
def reader() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def guides(db) -> int:
    return actions.load_articles(at=timezone.now())


@pytest.fixture
def editor(db) -> Client:
    make_places()
    return logged_in(make_staff("quantri.tin", "administrator", "00103"))


def news(slug: str, **facts) -> Article:
    words = {"title_vi": f"Tin {slug}", "title_en": f"News {slug}", "body_vi": "Nội dung", "body_en": "Text"}
    return Article.objects.create(kind="news", slug=slug, **{"published_at": timezone.now(), **words, **facts})


def read(reader, path, **asked) -> str:
    answer = reader.get(path, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_guides_of_the_original_are_there_in_both_languages(guides, reader):
    english = read(reader, HELP)
    vietnamese = read(Client(headers={"accept-language": "vi"}), HELP)

    for title in ("Install it as an app", "Register an account", "Log in with VNeID", "Add a child to your account"):
        assert title in english
    for title in ("Cài đặt như một ứng dụng", "Đăng ký tài khoản", "Đăng nhập bằng VNeID", "Thêm con vào tài khoản"):
        assert title in vietnamese
    assert "tel:19009068" in english


def test_each_link_of_each_article_leads_somewhere(guides, reader):
    for article in Article.objects.all():
        for body in (article.body_vi, article.body_en):
            for address in re.findall(r"\]\((/[^)]*)\)", body):
                assert reader.get(address).status_code in {200, 302}, (article.slug, address)


def test_a_guide_and_the_frequent_questions_are_read_without_a_login(guides, reader):
    page = read(reader, "/tro-giup/huong-dan/dang-ky-tai-khoan/")
    assert "<ol>" in page
    assert "Have ready" in page
    assert "<details" in read(reader, "/tro-giup/cau-hoi/")


def test_loading_again_keeps_what_staff_wrote_and_brings_the_rest_up_to_date(guides):
    kept, other = Article.objects.filter(kind="guide")[:2]
    kept.title_en = "Written by staff"
    kept._history_user = type("Somebody", (), {"pk": 7})()
    kept.save()
    Article.history.filter(pk__in=kept.history.values("pk")).update(history_user_id=7)
    Article.objects.filter(pk=other.pk).update(title_en="Out of date")

    assert actions.load_articles(at=timezone.now()) == guides

    kept.refresh_from_db()
    other.refresh_from_db()
    assert kept.title_en == "Written by staff"
    assert other.title_en != "Out of date"
    assert Article.objects.count() == guides


def test_drafts_and_what_is_to_come_are_read_by_nobody(db, reader):
    news("nhap", published_at=None)
    news("mai", published_at=timezone.now() + timedelta(hours=1))

    assert "There is no news yet" in read(reader, NEWS)
    for slug in ("nhap", "mai"):
        assert reader.get(f"{NEWS}{slug}/").status_code == 404
        assert f"Tin {slug}" not in read(reader, HELP, q="tin")


def test_news_is_listed_the_latest_first_by_topic_and_in_pages(db, reader, monkeypatch):
    monkeypatch.setattr(pages, "NEWS_ON_A_PAGE", 2)
    now = timezone.now()
    for age in range(5):
        news(f"so-{age}", topic="bhyt" if age < 3 else "bhxh", published_at=now - timedelta(days=age))

    first = read(reader, NEWS, topic="bhyt")
    assert first.index("News so-0") < first.index("News so-1")
    assert "Page 1 of 2" in first
    assert "?page=2&amp;topic=bhyt" in first
    assert "News so-4" in read(reader, NEWS, page=3)
    assert "News so-0" in read(reader, NEWS, topic="nothing")


@pytest.mark.parametrize("words", ["vneid muc 2", "VNeID mức 2", "dang nhap vneid", "log in vneid"])
def test_help_is_found_without_accents_in_either_language(guides, reader, words):
    assert "/tro-giup/huong-dan/dang-nhap-vneid/" in read(reader, HELP, q=words)


def test_one_search_finds_help_news_services_and_estimators(guides, reader):
    news("the-moi", title_vi="Thẻ BHYT có gì mới")

    page = read(reader, HELP, q="the bhyt")

    assert "/tin-tuc/the-moi/" in page
    assert "/dich-vu-cong/card-reissue/" in page
    assert "/tro-giup/uoc-tinh/bhyt-ho-gia-dinh/" in read(reader, HELP, q="ho gia dinh")
    assert "/tro-giup/cau-hoi/#tim-ma-so-o-dau" in read(reader, HELP, q="tim ma so")


def test_a_near_spelling_is_offered_and_nothing_is_told(guides, reader):
    assert "spelt similarly" in read(reader, HELP, q="cai dat ung dugn")
    nothing = read(reader, HELP, q="zzzz qqqq")
    assert "We found nothing" in nothing
    assert "spelt similarly" not in nothing


@pytest.mark.parametrize("asked", [{}, {"q": "vneid"}, {"q": "zzzz qqqq"}])
def test_help_asks_the_database_twice_at_most(guides, reader, asked, django_assert_max_num_queries):
    for number in range(12):
        news(f"tin-{number}")
    with django_assert_max_num_queries(2):
        reader.get(HELP, asked)
    with django_assert_max_num_queries(2):
        reader.get(NEWS)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](//evil.example/)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        "![x](https://evil.example/pixel.png)",
        '[a](https://x.example/"onmouseover=alert(1))',
    ],
)
def test_hostile_text_stays_text(hostile):
    html = str(render(hostile))

    assert not re.search(r"<(script|img)", html)
    assert not re.search(r'href="(?!https://x\.example/%22|https://evil)', html)
    assert not re.search(r"<[^>]+\son\w+=", html)


def test_steps_headings_and_links_are_drawn(db):
    html = str(render("# Tiêu đề\n\n1. Một\n2. Hai\n\n**đậm** [ở đây](/tra-cuu/) [ngoài](https://example.org/)"))

    assert "<h2>Tiêu đề</h2>" in html
    assert "<ol>" in html
    assert '<a href="/tra-cuu/">' in html
    assert 'rel="noreferrer external"' in html


def test_staff_look_at_an_article_before_it_is_kept(editor, reader):
    typed = {
        "kind": "news", "slug": "tin-moi", "topic": "bhxh", "position": "100",
        "published_at_0": "2026-11-01", "published_at_1": "08:00:00",
        "title_vi": "Tin mới", "summary_vi": "", "body_vi": "**Nội dung** <script>x</script>",
        "title_en": "New", "summary_en": "", "body_en": "Text",
    }  # fmt: skip

    page = editor.post(f"{ADMIN}article/add/", {**typed, "_preview": "1"}).content.decode()
    assert "<strong>Nội dung</strong>" in page
    assert "<script>x" not in page
    assert not Article.objects.exists()
    wrong = editor.post(f"{ADMIN}article/add/", {**typed, "title_en": "", "_preview": "1"})
    assert 'class="errorlist"' in wrong.content.decode()

    assert editor.post(f"{ADMIN}article/add/", {**typed, "_save": "1"}).status_code == 302
    article = Article.objects.get()
    assert "New" in read(reader, f"{NEWS}tin-moi/")
    editor.post(f"{ADMIN}article/{article.pk}/change/", {**typed, "title_en": "Newer", "_save": "1"})
    assert [one.title_en for one in article.history.order_by("history_id")] == ["New", "Newer"]
    assert editor.post(f"{ADMIN}article/{article.pk}/delete/", {"post": "yes"}).status_code == 403


def test_officers_write_no_news(db):
    make_places()
    officer = logged_in(make_staff("canbo.tin", "officer", "00103"))

    assert officer.get(f"{ADMIN}article/add/").status_code == 403
    assert officer.post(f"{ADMIN}article/add/", {"_preview": "1"}).status_code == 403


def ask(client, text="Tôi muốn hỏi về thẻ") -> str:
    page = client.post(CONTACT, {"topic": "card", "text": text}).content.decode()
    return re.search(r'class="num nw" value="(\w{12})"', page)[1]


def test_a_visitor_asks_and_reads_the_answer_by_the_reference_alone(editor, reader):
    reference = ask(reader)
    assert "There is no answer yet" in reader.post(ANSWER, {"reference": reference}).content.decode()

    question = VisitorQuestion.objects.get()
    page = f"{ADMIN}visitorquestion/{question.pk}/change/"
    assert "Tôi muốn hỏi về thẻ" in editor.get(page).content.decode()
    editor.post(page, {"reply": "Bạn <b>xem</b> trang thẻ.", "_save": "1"})

    shown = reader.post(ANSWER, {"reference": f"{reference[:4]} {reference[4:].lower()}"}).content.decode()
    assert "Bạn &lt;b&gt;xem&lt;/b&gt; trang thẻ." in shown
    assert AuditEvent.objects.filter(event="question.answered", subject=f"question:{question.pk}").exists()
    editor.post(page, {"reply": "Khác", "_save": "1"})
    question.refresh_from_db()
    assert question.answer == "Bạn <b>xem</b> trang thẻ."


def test_a_question_lies_sealed_and_is_erased_when_it_has_served(db, reader):
    ask(reader)
    question = VisitorQuestion.objects.get()
    now = timezone.now()
    actions.answer(question=question, text="Trả lời", by="staff:1", at=now)
    with pytest.raises(actions.AnsweredAlready):
        actions.answer(question=question, text="Khác", by="staff:2", at=now)

    assert actions.forget(at=now + timedelta(days=29)) == 0
    assert actions.forget(at=now + timedelta(days=31)) == 1
    ask(Client())
    assert actions.forget(at=now + timedelta(days=181)) == 1


def test_questions_by_the_dozen_need_a_task_and_an_unknown_reference_tells_nothing(db, reader):
    for number in range(2):
        ask(reader, f"Câu hỏi {number}")

    refused = reader.post(CONTACT, {"topic": "card", "text": "Câu hỏi 3"})
    assert refused.status_code == 403
    assert "Câu hỏi 3" in refused.content.decode()
    assert VisitorQuestion.objects.count() == 2
    assert "no question with this reference" in reader.post(ANSWER, {"reference": "A" * 12}).content.decode()


def test_who_is_logged_in_is_led_to_the_service_with_a_number(citizen):
    assert "/dich-vu-cong/feedback/" in citizen.get(CONTACT).content.decode()


def test_home_navigation_and_help_lead_to_look_ups_estimators_and_news(guides, reader):
    home = read(reader, "/")
    for path in ("/tra-cuu/", "/tra-cuu/the-bhyt/", "/tro-giup/", "/tro-giup/uoc-tinh/", NEWS, "/dang-ky/tra-cuu/"):
        assert f'href="{path}"' in home
    page = read(reader, HELP)
    for path in ("/tra-cuu/", "/tro-giup/uoc-tinh/", "/tro-giup/cau-hoi/", CONTACT):
        assert f'href="{path}"' in page
    assert '<a href="/tro-giup/" aria-current="true"' in page
    assert '<a href="/tra-cuu/" aria-current="true"' in read(reader, "/tra-cuu/")


def test_the_files_of_the_help_say_everything_in_both_languages():
    folders = [actions.DATA, Path(__file__).parents[2] / "vssid" / "demo" / "news"]
    for path in (path for folder in folders for path in folder.glob("*.toml")):
        article = actions._read(path, at=timezone.now(), made_up=False)
        assert all((article.title_vi, article.title_en, article.body_vi, article.body_en)), path
        article.clean_fields()
