"""PDF documents: tagged, titled, in their language, and made without asking anybody."""

import io
import sys

import pikepdf
import pytest
from django.conf import settings
from django.test import override_settings

from vssid.documents.pdf import PdfUnavailable, render_pdf
from vssid.documents.qr import qr_svg

TEMPLATES = {
    "declaration.html": (
        '{% extends "documents/base.html" %}'
        "{% block title %}Tờ khai của {{ name }}{% endblock %}{% block heading %}Tờ khai{% endblock %}"
        "{% block content %}<table><caption>Thông tin</caption>"
        "<thead><tr><th scope=col>Mục<th scope=col>Nội dung</thead>"
        "<tbody><tr><th scope=row>Họ và tên<td>{{ name }}</table><p>{% translate 'Log in' %}</p>{{ qr }}{% endblock %}"
    ),
    "outside.html": '<html lang="vi"><title>x</title><img alt="x" src="{{ src }}"></html>',
}


@pytest.fixture(autouse=True)
def _templates():
    loaders = [
        ("django.template.loaders.locmem.Loader", TEMPLATES),
        "django.template.loaders.filesystem.Loader",
    ]
    engine = settings.TEMPLATES[0]
    options = {**engine["OPTIONS"], "loaders": loaders}
    with override_settings(TEMPLATES=[{**engine, "APP_DIRS": False, "OPTIONS": options}]):
        yield


def opened(**context) -> pikepdf.Pdf:
    language = context.pop("language", "vi")
    return pikepdf.open(io.BytesIO(render_pdf("declaration.html", context, language=language)))


def tags(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """Every structure element of the document, in reading order."""
    found = []

    def walk(element):
        for kid in element.get("/K", []) if isinstance(element.get("/K"), pikepdf.Array) else []:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                found.append(kid)
                walk(kid)

    walk(pdf.Root.StructTreeRoot)
    return found


def test_language_title_and_variant_are_told():
    with opened(name="Nguyễn Ngọc Tường Vi") as pdf:
        assert str(pdf.Root.Lang) == "vi"
        assert str(pdf.docinfo["/Title"]) == "Tờ khai của Nguyễn Ngọc Tường Vi"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Tờ khai của Nguyễn Ngọc Tường Vi"


def test_the_text_is_tagged_in_reading_order_with_a_text_for_the_picture():
    with opened(name="Trần Thị Bưởi", qr=qr_svg("x", label="Mã QR của tờ khai")) as pdf:
        assert pdf.Root.MarkInfo.Marked
        kinds = [str(tag.S) for tag in tags(pdf)]
        order = [kinds.index(kind) for kind in ("/H1", "/Table", "/TH", "/TD", "/P", "/Figure") if kind != "/P"]
        assert order == sorted(order)
        figure = next(tag for tag in tags(pdf) if str(tag.S) == "/Figure")
        assert str(figure.Alt) == "Mã QR của tờ khai"


def test_english_is_english():
    with opened(name="Lê Văn A", language="en") as pdf:
        assert str(pdf.Root.Lang) == "en"


def test_vietnamese_letters_come_from_an_embedded_font():
    with opened(name="Ễ Ổ Ậ Ữ Ặ ợ ẵ Đ đ") as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            assert "/FontDescriptor" in font.DescendantFonts[0]


@pytest.mark.parametrize(
    "src",
    [
        "http://127.0.0.1:1/x.png",
        "file:///etc/passwd",
        "https://example.org/x.png",
        "/media/secret.png",
        "/static/../settings.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "data:image/png;base64,iVBORw0KGgo=",
    ],
)
def test_a_document_may_read_static_files_only(src):
    with pytest.raises(ValueError, match="static files only"):
        render_pdf("outside.html", {"src": src}, language="vi")


def test_a_person_cannot_put_markup_into_a_document():
    with opened(name='<img src="http://127.0.0.1:1/x">') as pdf:
        assert str(pdf.docinfo["/Title"]).endswith('<img src="http://127.0.0.1:1/x">')


def test_without_pango_the_reader_is_told_in_plain_words(monkeypatch):
    class NoPango:
        def find_spec(self, name, path=None, target=None):
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    with pytest.raises(PdfUnavailable) as raised:
        render_pdf("declaration.html", {}, language="vi")
    assert raised.value.status == 503
