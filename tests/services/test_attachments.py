"""What can be attached: photos and quiet PDFs, and nothing that acts, hides or swells (T25, T26)."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from services import attachments
from tests.registration.pictures import jpeg


def pdf(pages: int = 1, change=None, **saving) -> bytes:
    made = pikepdf.new()
    for _page in range(pages):
        made.add_blank_page()
    if change is not None:
        change(made)
    out = io.BytesIO()
    made.save(out, **saving)
    return out.getvalue()


def script(made):
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def launch(made):
    made.pages[0].AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch))


def carries(made):
    made.attachments["tep.txt"] = b"hidden"


def upload(data: bytes, name: str, kind: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, kind)


def refused(data: bytes, name: str = "giay.pdf", kind: str = "application/pdf") -> str:
    with pytest.raises(attachments.PaperRefused) as error:
        attachments.read_upload(upload(data, name, kind))
    return error.value.code


def test_a_quiet_pdf_and_a_photo_are_taken():
    assert attachments.read_upload(upload(pdf(3), "giay.pdf")).kind == "pdf"
    assert attachments.read_upload(upload(jpeg(900, 600), "giay.jpg", "image/jpeg")).kind == "jpeg"


@pytest.mark.parametrize("change", [script, launch, carries])
def test_a_pdf_that_acts_or_carries_files_is_refused(change):
    assert refused(pdf(change=change)) == "active"


def test_a_locked_a_long_and_a_broken_pdf_are_refused():
    assert refused(pdf(encryption=pikepdf.Encryption(owner="a", user="b"))) == "locked"
    assert refused(pdf(51)) == "long"
    assert refused(b"%PDF-1.7\n" + b"x" * 5000) == "damaged"


@pytest.mark.parametrize("name", ["a.zip", "a.docx", "a.gz", "a.pdf.exe", "a.svg", "a.html"])
def test_archives_and_office_files_are_not_taken(name):
    assert refused(b"PK\x03\x04", name, "application/zip") == "not_taken"


def test_a_page_under_the_name_of_a_pdf_is_not_taken():
    assert refused(b"<html>", "a.pdf") == "not_taken"
    assert refused(pdf(), "a.pdf", "text/html") == "not_taken"
