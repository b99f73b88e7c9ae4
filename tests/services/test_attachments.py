"""What can be attached: photos and quiet PDFs, and nothing that acts, hides or swells (T25, T26)."""

from __future__ import annotations

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from services import attachments
from tests.registration.pictures import drawn, encoded, heic, jpeg


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


def carries_unnamed(made):
    file = pikepdf.Dictionary(F="tep.exe", EF=pikepdf.Dictionary(F=made.make_stream(b"hidden")))
    pin = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FileAttachment, Rect=[0, 0, 9, 9], FS=file)
    made.pages[0].Annots = pikepdf.Array([made.make_indirect(pin)])


def upload(data: bytes, name: str, kind: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, kind)


def refused(data: bytes, name: str = "giay.pdf", kind: str = "application/pdf") -> str:
    with pytest.raises(attachments.PaperRefused) as error:
        attachments.read_upload(upload(data, name, kind))
    return error.value.code


@pytest.mark.parametrize(
    ("data", "name", "kind", "kept"),
    [
        (pdf(3), "giay.pdf", "application/pdf", "pdf"),
        (jpeg(900, 600), "giay.jpg", "image/jpeg", "jpeg"),
        (encoded(drawn(), "PNG"), "giay.png", "image/png", "jpeg"),
        (heic(), "IMG_0107.HEIC", "image/heic", "jpeg"),
    ],
)
def test_a_quiet_pdf_and_a_photo_are_taken(data, name, kind, kept):
    paper = attachments.read_upload(upload(data, name, kind))
    assert (paper.kind, paper.name) == (kept, name)
    assert paper.data.startswith(b"%PDF-" if kept == "pdf" else b"\xff\xd8\xff")


@pytest.mark.parametrize("change", [script, launch, carries, carries_unnamed])
def test_a_pdf_that_acts_or_carries_files_is_refused(change):
    assert refused(pdf(change=change)) == "active"


def written(objects: list[bytes], *, previous: bool = False) -> bytes:
    """A PDF of these objects, numbered from 1; `previous`: its table names itself as the one before it."""
    data, places = b"%PDF-1.4\n", []
    for number, words in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, words)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    back = b"/Prev %d " % len(data) if previous else b""
    size = len(places) + 1
    return data + table + b"trailer\n<< /Size %d %b/Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, back, len(data))


def many_pages(count: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    pages = [b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"] * count
    return written(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%b] >>" % (count, kids), *pages]
    )


def test_a_locked_a_long_and_a_broken_pdf_are_refused():
    assert refused(pdf(encryption=pikepdf.Encryption(owner="a", user="b"))) == "locked"
    assert refused(pdf(encryption=pikepdf.Encryption(owner="a", user=""))) == "locked"
    assert refused(pdf(51)) == "long"
    assert refused(many_pages(10_001)) == "long"
    assert refused(b"%PDF-1.7\n" + b"x" * 5000) == "damaged"
    page = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]
    assert refused(written(page, previous=True)) == "damaged"


@pytest.mark.parametrize("name", ["a.zip", "a.docx", "a.gz", "a.pdf.exe", "a.svg", "a.html"])
def test_archives_and_office_files_are_not_taken(name):
    assert refused(b"PK\x03\x04", name, "application/zip") == "not_taken"


def test_a_page_under_the_name_of_a_pdf_is_not_taken():
    assert refused(b"<html>", "a.pdf") == "not_taken"
    assert refused(pdf(), "a.pdf", "text/html") == "not_taken"
