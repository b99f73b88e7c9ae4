"""Codes, money, dates and durations as people read them."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils.translation import override

from vssid.templatetags import portal

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0099000107", "0099 000 107"),
        ("000185000107", "0001 8500 0107"),
        ("DN4010099000107", "DN 4 01 0099 000 107"),
        ("19009068", "1900 9068"),
        ("ABC", "ABC"),
        (None, ""),
    ],
)
def test_codes_are_shown_in_groups(value, shown):
    assert portal.grouped(value) == shown.replace(" ", NBSP)


def test_a_code_is_copied_without_spaces():
    html = portal.code("0099000107")
    assert 'value="0099000107"' in html
    assert f"0099{NBSP}000{NBSP}107</data>" in html


def test_a_code_cannot_bring_markup_along():
    assert "<b>" not in portal.code("<b>")


@pytest.mark.parametrize(("language", "shown"), [("vi", f"12.345.678{NBSP}₫"), ("en", f"12,345,678{NBSP}₫")])
def test_money(language, shown):
    with override(language):
        assert portal.money(12_345_678) == shown


def test_no_money_is_nothing_and_nought_is_nought():
    assert portal.money(None) == ""
    assert portal.money(0) == f"0{NBSP}₫"


@pytest.mark.parametrize(
    ("language", "months", "shown"),
    [
        ("vi", 177, "14 năm 9 tháng"),
        ("vi", 12, "1 năm"),
        ("vi", 0, "0 tháng"),
        ("en", 13, "1 year 1 month"),
        ("en", 26, "2 years 2 months"),
    ],
)
def test_durations(language, months, shown):
    with override(language):
        assert portal.duration(months) == shown


def test_moments_are_shown_in_vietnamese_time():
    at = datetime(2026, 12, 4, 18, 30, tzinfo=UTC)
    assert portal.moment(at) == "01:30, 05/12/2026"
    assert portal.day(at) == "05/12/2026"
    assert portal.clock(at) == "01:30"
    assert portal.day(date(1985, 2, 9)) == "09/02/1985"
    assert portal.month(date(2026, 11, 1)) == "11/2026"


@pytest.mark.parametrize("written", ["+84900000107", "0900000107"])
def test_phones_are_shown_as_people_say_them(written):
    assert portal.phone(written) == f"090{NBSP}000{NBSP}0107"


@pytest.mark.parametrize("written", ["024.36285977", "024 36285977", "02436285977"])
def test_landlines_are_shown_in_groups_and_dialled_without(written):
    assert portal.phone(written) == f"024{NBSP}3628{NBSP}5977"
    assert portal.dialled(written) == "02436285977"


@pytest.mark.parametrize("state", sorted(portal.STATES))
@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_state_has_a_word_beside_its_colour(state, language):
    with override(language):
        html = Template("{% state_tag state %}").render(Context({"state": state}))
    kind, picture, word = portal.STATES[state]
    with override(language):
        assert f"<span>{word}</span>" in html
    assert (f"#{picture}" in html) is bool(picture)
    assert kind in html
