"""A photo that is hard to read is kept, and whoever took it learns why and how to do better."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw, ImageFilter

from accounts import photos
from accounts.models import IdPhoto
from accounts.photos.quality import Flaw, warnings_for
from tests.harness.stage import words
from tests.registration import pictures
from tests.registration.conftest import add_photos, declare, upload

BLURRED = "The photo is blurred. Hold the phone still and move closer."


@pytest.fixture
def draft(browser):
    declare(browser)


def flaws_of(picture: Image.Image, *, paper: bool = True) -> list[Flaw]:
    photo = photos.prepare(pictures.encoded(picture, "JPEG", quality=90))
    return warnings_for(paper=paper, width=photo.width, height=photo.height, figures=photo.figures)


def with_glare(left: int) -> Image.Image:
    picture = pictures.card()
    ImageDraw.Draw(picture).ellipse((left, 500, left + 600, 1100), fill="white")
    return picture


@pytest.mark.parametrize(
    ("picture", "flaws"),
    [
        (pictures.card(), []),
        (pictures.card().filter(ImageFilter.GaussianBlur(5)), [Flaw.BLURRED]),
        (pictures.card().point(lambda value: value // 4), [Flaw.DARK]),
        (pictures.card().resize((700, 525)), [Flaw.SMALL]),
        (with_glare(100), [Flaw.GLARE_LEFT]),
        (with_glare(700), [Flaw.GLARE_MIDDLE]),
        (with_glare(1350), [Flaw.GLARE_RIGHT]),
        (Image.new("RGB", (2000, 1500), "white"), [Flaw.BRIGHT, Flaw.BLURRED]),
    ],
)
def test_what_makes_a_paper_hard_to_read_is_named(picture, flaws):
    assert flaws_of(picture) == flaws


def test_a_plain_light_wall_behind_a_face_is_as_asked():
    assert flaws_of(pictures.portrait(), paper=False) == []
    assert flaws_of(pictures.portrait().filter(ImageFilter.GaussianBlur(4)), paper=False) == [Flaw.BLURRED]


def test_a_blurred_photo_is_kept_and_told(browser, draft):
    blurred = pictures.encoded(pictures.card().filter(ImageFilter.GaussianBlur(6)), "JPEG")
    answer = add_photos(
        browser, portrait=upload(pictures.jpeg()), id_front=upload(blurred), id_back=upload(pictures.jpeg())
    )
    assert answer.url == "/dang-ky/anh/"
    page = words(browser.get("/dang-ky/anh/"))
    assert page.count(BLURRED) == 1
    assert "You can use this photo anyway: just continue." in page
    assert 'src="/dang-ky/anh/id_front/"' in page
    assert IdPhoto.objects.get(slot="id_front").quality["warnings"] == ["blurred"]
    assert browser.post("/dang-ky/anh/").url == "/dang-ky/xac-nhan/", "going on is enough"


def test_a_better_photo_ends_the_warning(browser, draft):
    add_photos(browser, id_front=upload(pictures.encoded(pictures.card().resize((700, 525)), "JPEG")))
    assert "The photo is small" in words(browser.get("/dang-ky/anh/"))
    add_photos(browser, id_front=upload(pictures.encoded(pictures.card(), "JPEG")))
    assert "The photo is small" not in words(browser.get("/dang-ky/anh/"))


def test_a_phone_offers_its_camera_and_the_page_works_without_a_script(browser, draft):
    page = words(browser.get("/dang-ky/anh/"))
    assert page.count('capture="environment"') == 2
    assert page.count('capture="user"') == 1
    assert "js/photos" in page
    assert page.count('class="example"') == 3


def test_what_is_measured_is_measured_on_the_upright_picture():
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = pictures.card().transpose(Image.Transpose.ROTATE_90)
    photo = photos.prepare(pictures.encoded(turned, "JPEG", exif=exif, quality=95))
    straight = photos.prepare(pictures.encoded(pictures.card(), "JPEG", quality=95))
    assert Image.open(BytesIO(photo.jpeg)).size == (2000, 1500)
    assert photo.figures["sharpness"] == pytest.approx(straight.figures["sharpness"], rel=0.1)
