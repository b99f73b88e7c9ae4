"""A dossier is refused: the citizen reads why, what to do about it and where to object."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.harness.live import Live
from tests.journey import steps
from tests.journey.test_every_page import problems

Picture = Callable[..., Path]
OpenPage = Callable[..., Page]


@pytest.mark.browser
def test_a_refused_dossier_says_why_what_to_do_and_where_to_object(
    live: Live, open_page: OpenPage, picture: Picture
) -> None:
    who = steps.person("0199000206")
    phone = open_page()
    desk = open_page(width=1280, height=900)
    steps.declare(phone, live, who, office="00108")
    steps.add_photos(phone, who)
    number = steps.confirm(phone, live, who)

    steps.staff_login(desk, live, "hm.canbo")
    steps.open_dossier(desk, live, number)
    steps.refuse(desk, "not_the_person", "Chân dung là ảnh chụp lại từ màn hình.")

    steps.follow(phone, live, who, number)
    why = phone.get_by_role("region", name="Lý do từ chối")
    expect(why).to_contain_text("Ảnh không phải của người kê khai")
    expect(why).to_contain_text("Chân dung là ảnh chụp lại từ màn hình.")
    expect(why).to_contain_text("Đăng ký lại bằng ảnh chân dung và căn cước của chính bạn")
    expect(why).to_contain_text("khiếu nại bằng văn bản đến cơ quan đã quyết định")
    expect(phone.get_by_role("button", name="Sửa và gửi lại")).to_have_count(0)
    assert problems(phone, "refused") == []
    picture(phone, "refused")
    # A supervisor can still take it back, so the message waits.
    assert not any("khong duoc duyet" in message["body"] for message in live.messages(who.phone))
