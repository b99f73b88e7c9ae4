"""One's own requests outside their pages: on the first page, and in the archive of one's data."""

from __future__ import annotations

import io
import json
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts import tasks
from accounts.actions import archives
from tests.registration.conftest import code_on, jpeg
from tests.services.test_requests import TYPED, decide, file, words

HOME = "/ca-nhan/"


def test_the_first_page_says_how_my_requests_stand(citizen, desk):
    assert "Requests being handled" not in words(citizen.get(HOME))
    filed = file(citizen, "feedback")
    page = words(citizen.get(HOME))
    assert "Requests being handled" in page
    assert filed.number in page

    decide(desk, filed, "reject", reason="record_differs", text="Khác dữ liệu.")
    assert "Requests being handled" not in words(citizen.get(HOME))


def test_the_archive_holds_my_requests_with_their_papers_and_no_officers_name(citizen, account, desk):
    filed = file(citizen, "feedback")
    decide(desk, filed, "write", text="Trong tuần này.")
    citizen.post("/dich-vu-cong/lump-sum/", {**TYPED["lump-sum"], "case": "b", "action": "next"})
    photo = SimpleUploadedFile("visa.jpg", jpeg(900, 600), "image/jpeg")
    citizen.post("/dich-vu-cong/lump-sum/giay-to/", {"action": "next", "abroad": photo})
    citizen.post("/dich-vu-cong/lump-sum/xac-nhan/", {"action": "send_otp"})
    citizen.post("/dich-vu-cong/lump-sum/xac-nhan/", {"action": "submit", "otp": code_on()})

    now = timezone.now()
    archive = archives.ask_for_archive(user=account, language="vi", at=now)
    assert tasks.make_archive(archive.pk)
    packed = zipfile.ZipFile(io.BytesIO(archives.open_archive(user=account, pk=archive.pk, at=now)))

    tables = json.loads(packed.read("data.json"))["tables"]
    assert {one["number"] for one in tables["requests"]} >= {filed.number}
    assert [(one["from"], one["text"]) for one in tables["request_messages"]] == [("office", "Trong tuần này.")]
    assert any(name.startswith("requests/") and name.endswith("/abroad.jpg") for name in packed.namelist())
    assert "canbo.dvc" not in packed.read("data.json").decode()
