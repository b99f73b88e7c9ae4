"""What people send that cannot be right: said in both languages, and nothing half done stays behind."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from accounts.models.registration import IdPhoto
from tests.harness.stage import new_browser, words
from tests.registration.conftest import TYPED, add_photos, declare, upload
from tests.registration.pictures import jpeg
from tests.registration.test_declaration import test_each_field_says_what_is_wrong as each_field
from vssid.documents import storage

WRONG: list[tuple[str, str]] = sorted({(field, typed) for field, typed, _said in each_field.pytestmark[0].args[1]})
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)


@pytest.fixture
def draft(person: object) -> Client:
    """A browser whose declaration is written."""
    browser = new_browser()
    declare(browser)
    return browser


def test_each_field_says_what_is_wrong_in_both_languages(person: object) -> None:
    said: dict[str, list[str]] = {}
    for language in ("vi", "en"):
        browser = new_browser()
        browser.cookies["language"] = language
        answers = [browser.post("/dang-ky/to-khai/", {**TYPED, field: typed}) for field, typed in WRONG]
        assert {answer.status_code for answer in answers} == {400}
        said[language] = [
            answer.context["form"].errors[field][0] for answer, (field, _) in zip(answers, WRONG, strict=True)
        ]
    assert len({field for field, _ in WRONG}) >= 8
    assert [text for text in said["vi"] if not VIETNAMESE.search(text)] == []
    assert [text for text in said["en"] if VIETNAMESE.search(text)] == []


class Dropped(BytesIO):
    """A request whose sender hangs up in the middle."""

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if not data:
            raise ConnectionResetError
        return data


@pytest.mark.parametrize("hangs_up", [True, False], ids=["hangs up", "ends early"])
def test_an_upload_cut_off_leaves_nothing_and_keeps_what_came_before(draft: Client, hangs_up: bool) -> None:
    add_photos(draft, portrait=upload(jpeg()))
    before = set(storage.names())
    body = encode_multipart(BOUNDARY, {"id_front": upload(jpeg(2000, 1500))})
    half = body[: len(body) // 2]
    draft.raise_request_exception = False
    environment: dict[str, Any] = {"wsgi.input": Dropped(half), "CONTENT_LENGTH": str(len(body))} if hangs_up else {}

    answer = draft.generic("POST", "/dang-ky/anh/", half, content_type=MULTIPART_CONTENT, **environment)

    assert answer.status_code == 400
    assert IdPhoto.objects.get().slot == "portrait"
    assert set(storage.names()) == before
    assert 'src="/dang-ky/anh/portrait/"' in words(draft.get("/dang-ky/anh/"))


@pytest.mark.parametrize(
    "sent",
    [{f"field{number}": "x" for number in range(300)}, {f"file{number}": upload(b"x") for number in range(101)},
     {"address": "x" * 300_000}],
    ids=["fields", "files", "text"],
)  # fmt: skip
def test_a_form_of_unlikely_size_is_refused(draft: Client, sent: dict[str, Any]) -> None:
    for address in ("/dang-ky/to-khai/", "/dang-ky/anh/", "/dang-nhap/"):
        if "file0" in sent:
            for file in sent.values():
                file.seek(0)
        assert draft.post(address, sent).status_code in {400, 413}
    assert not IdPhoto.objects.exists()
