"""Photos: what is taken, what is refused and why, who may see them (security.md T19–T24, T27–T29)."""

import subprocess
import sys
from io import BytesIO

import pytest
from django.conf import settings
from PIL import Image

from accounts import photos
from accounts.models import IdPhoto, RegistrationDossier
from tests.harness.stage import new_browser, words
from tests.registration.conftest import add_photos, declare, register, upload
from tests.registration.pictures import declared_png, drawn, encoded, heic, jpeg
from vssid.documents import storage

SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture
def draft(browser):
    declare(browser)
    return RegistrationDossier.objects.get()


def refusal(data: bytes) -> str:
    with pytest.raises(photos.PhotoRefused) as refused:
        photos.prepare(data)
    return refused.value.code


def test_photos_can_come_one_by_one_and_what_came_before_stays(browser, draft):
    assert add_photos(browser, portrait=upload(jpeg())).url == "/dang-ky/anh/"
    page = words(browser.get("/dang-ky/anh/"))
    assert 'src="/dang-ky/anh/portrait/"' in page
    assert "Kept. Add the photos that are still missing." in page
    wrong = add_photos(browser, id_front=upload(jpeg()), id_back=upload(b"no photo"))
    assert wrong.status_code == 400
    assert "This is not a photo" in words(wrong)
    assert 'src="/dang-ky/anh/id_front/"' in words(wrong)
    assert add_photos(browser, id_back=upload(jpeg())).url == "/dang-ky/xac-nhan/"


def test_going_on_without_photos_says_which_are_missing(browser, draft):
    answer = browser.post("/dang-ky/anh/", {})
    assert answer.status_code == 400
    assert "Add this photo: Portrait." in words(answer)


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("a.jpg", "image/jpeg", jpeg()),
        ("a.JPEG", "image/jpeg", jpeg(progressive=True)),
        ("a.png", "image/png", encoded(drawn(mode="RGBA"), "PNG")),
        ("a.heic", "image/heic", heic()),
        ("a.jpg", "application/octet-stream", encoded(drawn(mode="CMYK"), "JPEG")),
    ],
)
def test_jpeg_png_and_heic_become_plain_jpeg(browser, draft, name, kind, data):
    assert add_photos(browser, portrait=upload(data, name, kind)).status_code == 302
    picture = Image.open(BytesIO(browser.get("/dang-ky/anh/portrait/").content))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (900, 600))


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "EPS", "BMP", "WEBP", "PPM", "ICO"])
def test_other_pictures_under_a_photos_name_are_refused(kind):
    data = encoded(drawn(), kind)

    assert refusal(data) == "not_a_photo"
    # The decoder itself would not open them either.
    assert photos.worker.answer_for(data, qr=False) == ({"refused": "not_a_photo"}, b"")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><script>1</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"8BPS\0\x01" + b"\0" * 30,
        b"%PDF-1.7",
        b"PK\x03\x04",
    ],
)
def test_what_is_no_picture_is_refused(data):
    assert refusal(data) == "not_a_photo"


@pytest.mark.parametrize("size", [(30000, 30000), (12000, 12000), (65000, 1000)])
def test_a_picture_that_says_it_is_huge_is_refused_unread(size):
    assert refusal(declared_png(*size)) == "image_too_large"


def test_a_huge_picture_costs_neither_memory_nor_time():
    """T19: what it costs is measured inside of the decoder's process, after its libraries are there."""
    measured = (
        "import resource, runpy, sys, time\n"
        "worker = runpy.run_path(sys.argv[1])\n"
        "worker['answer_for'](sys.stdin.buffer.read(0), qr=False)\n"
        "data, used = sys.stdin.buffer.read(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "began = time.process_time()\n"
        "head, jpeg = worker['answer_for'](data, qr=False)\n"
        "print(head['refused'], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used, time.process_time() - began)"
    )
    done = subprocess.run(
        [sys.executable, "-c", measured, photos.worker.__file__],
        input=declared_png(30000, 30000), capture_output=True, check=True,
    )  # fmt: skip
    refused, kibibytes, seconds = done.stdout.split()
    assert refused == b"too_many_pixels"
    assert int(kibibytes) < 50 * 1024
    assert float(seconds) < 0.2


def test_a_picture_too_small_to_read_is_refused():
    assert refusal(jpeg(599, 400)) == "image_too_small"
    assert refusal(jpeg(399, 600)) == "image_too_small"
    assert photos.prepare(jpeg(400, 600)).height == 600


def test_a_picture_that_breaks_off_is_refused():
    assert refusal(jpeg()[:3000]) == "image_damaged"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jpg.php", "image/jpeg"),
        ("a.php%00.jpg", "image/jpeg"),
        ("a.pdf", "image/jpeg"),
        ("a", "image/jpeg"),
        ("a.jpg", "text/html"),
        ("a.svg", "image/svg+xml"),
    ],
)
def test_name_and_declared_type_must_be_a_photos(browser, draft, name, kind):
    answer = add_photos(browser, portrait=upload(jpeg(), name, kind))
    assert answer.status_code == 400
    assert not IdPhoto.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/x.jpg", "CON.jpg", "a" * 5000 + ".jpg", "\u202egpj.exe.jpg"])
def test_the_name_of_a_file_names_nothing(browser, draft, name):
    add_photos(browser, portrait=upload(jpeg(), name))
    photo = IdPhoto.objects.get()
    assert "x" not in photo.stored_name.rpartition("/")[2]
    assert len(photo.stored_name) < 60


def test_nothing_but_pixels_is_kept(browser, draft):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = SCRIPT.decode()
    exif.get_ifd(0x8825)[1] = "N"
    data = jpeg(exif=exif, comment=SCRIPT, icc_profile=SCRIPT) + SCRIPT
    add_photos(browser, portrait=upload(data))
    stored = browser.get("/dang-ky/anh/portrait/").content
    picture = Image.open(BytesIO(stored))
    assert picture.size == (600, 900), "turned upright"
    assert not picture.getexif()
    assert SCRIPT not in stored
    assert b"Exif" not in stored
    assert "comment" not in picture.info


def test_a_large_photo_is_kept_at_two_thousand_pixels():
    photo = photos.prepare(jpeg(4000, 3000))
    assert (photo.width, photo.height) == (2000, 1500)


def test_a_photo_over_twelve_megabytes_is_refused(browser, draft):
    answer = add_photos(browser, portrait=upload(jpeg() + b"\0" * (12 * 1024 * 1024)))
    assert answer.status_code == 413
    assert "larger than 12 MB" in words(answer)


def test_a_body_over_forty_megabytes_is_refused_before_it_is_read(browser, draft):
    answer = browser.post(
        "/dang-ky/anh/", b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="50000000"
    )
    assert answer.status_code == 413
    assert "40 MB" in words(answer)


def test_a_form_of_a_hundred_and_one_files_is_refused(browser, draft):
    """T27."""
    files = {f"photo{number}": upload(b"x") for number in range(101)}
    assert add_photos(browser, **files).status_code == 400
    assert not IdPhoto.objects.exists()


def test_the_photos_page_still_asks_for_the_browsers_own_token(browser, draft):
    strict = type(browser)(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post("/dang-ky/anh/", {"portrait": upload(jpeg())}).status_code == 403


def test_a_photo_is_for_the_browser_that_sent_it(browser, draft):
    add_photos(browser, portrait=upload(jpeg()))
    answer = browser.get("/dang-ky/anh/portrait/")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert browser.get("/dang-ky/anh/id_front/").status_code == 404
    assert browser.get("/dang-ky/anh/secret/").status_code == 404
    stored = IdPhoto.objects.get().stored_name
    for address in (f"/{stored}", f"/media/{stored}", f"/static/{stored}"):
        assert browser.get(address).status_code == 404
    stranger = new_browser()
    assert stranger.get("/dang-ky/anh/portrait/").status_code == 404
    declare(stranger)
    assert stranger.get("/dang-ky/anh/portrait/").status_code == 404


def test_photos_of_a_sent_dossier_are_no_longer_shown_to_the_browser(browser):
    register(browser)
    assert browser.get("/dang-ky/anh/portrait/").status_code == 404


def test_a_photo_lies_encrypted_in_the_store(browser, draft):
    add_photos(browser, portrait=upload(jpeg()))
    name = IdPhoto.objects.get().stored_name
    with storage._private().open(name) as file:
        raw = file.read()
    assert b"JFIF" not in raw
    assert not raw.startswith(b"\xff\xd8")


def test_another_photo_takes_the_place_of_the_first(browser, draft, django_capture_on_commit_callbacks):
    add_photos(browser, portrait=upload(jpeg()))
    first = IdPhoto.objects.get().stored_name
    with django_capture_on_commit_callbacks(execute=True):
        add_photos(browser, portrait=upload(jpeg(700, 500)))
    assert IdPhoto.objects.get().width == 700
    assert first not in set(storage.names())


def test_a_full_store_is_told_and_leaves_nothing(browser, draft, monkeypatch):
    def full(name, content):
        raise OSError(28, "No space left on device")

    before = set(storage.names())
    monkeypatch.setattr(storage._private(), "_save", full)
    answer = add_photos(browser, portrait=upload(jpeg()))
    assert answer.status_code == 503
    assert not IdPhoto.objects.exists()
    assert set(storage.names()) == before
    assert browser.get("/dang-ky/to-khai/").status_code == 200


def test_the_decoder_runs_without_the_portals_environment(monkeypatch):
    seen = {}
    real = subprocess.run

    def run(command, **options):
        seen.update(options, command=command)
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", run)
    photos.prepare(jpeg())
    assert set(seen["env"]) == {"MALLOC_ARENA_MAX"}
    assert settings.SECRET_KEY not in str(seen["command"])
