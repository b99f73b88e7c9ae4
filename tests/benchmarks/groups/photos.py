"""Photos: a 12-megapixel JPEG as the portal makes it clean, against the order one writes first; memory of three."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageFilter

from accounts.models import RegistrationDossier
from insurance.models import Office, Ward
from tests.benchmarks import decoder
from tests.benchmarks.decoder import as_one_writes_it_first, as_the_portal, peak
from tests.benchmarks.measure import Row, at_most
from tests.benchmarks.stage import Stage
from tests.registration import pictures

ROUNDS = 7
SLOTS = ("portrait", "id_front", "id_back")
CARD = "001185000107||Nguyễn Thị Thử Nghiệm|09021985|Nữ|Số 0, ngõ Ví Dụ, Hà Nội|25122021"


def rows(stage: Stage) -> Iterator[Row]:
    """photo.time, photo.memory, photo.registration."""
    photo = twelve_megapixels()
    head, _jpeg = as_the_portal(photo)
    assert head["qr"] == CARD, head
    yield _time(photo)
    own, naive, whole = (_memory(side, photo) for side in ("own", "naive", "whole"))
    detail = f"{own:.0f} MB above the interpreter with Pillow, against {naive:.0f}; the decoder with its QR reader"
    yield at_most("photo.memory", own / naive, 0.5, detail=detail)
    yield _registration(photo, whole)


def twelve_megapixels() -> bytes:
    """A card on a table with the grain of a phone's camera, held sideways: orientation 6, a place, quality 90."""
    picture = pictures.card(CARD).resize((4000, 3000))
    grain = Image.effect_noise(picture.size, 40).filter(ImageFilter.GaussianBlur(1.2)).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    turned = Image.blend(picture, grain, 0.2)
    return pictures.encoded(turned, "JPEG", quality=90, exif=exif)


def _time(photo: bytes) -> Row:
    taken: dict[Callable[[bytes], object], list[tuple[float, float]]] = {as_the_portal: [], as_one_writes_it_first: []}
    for _ in range(ROUNDS + 1):
        for act, times in taken.items():
            cpu, wall = time.process_time(), time.perf_counter()
            act(photo)
            times.append((time.process_time() - cpu, time.perf_counter() - wall))
    own, naive = (times[1:] for times in taken.values())  # the first is for warming up
    ratio = median(mine[0] / theirs[0] for mine, theirs in zip(own, naive, strict=True))
    wall = median(mine[1] / theirs[1] for mine, theirs in zip(own, naive, strict=True))
    detail = (
        f"CPU {median(cpu for cpu, _ in own) * 1e3:.0f} ms, measured and its QR code read, against"
        f" {median(cpu for cpu, _ in naive) * 1e3:.0f}; wall {wall:.3f}"
    )
    return at_most("photo.time", ratio, 0.35, detail=detail)


def _memory(side: str, photo: bytes) -> float:
    """Peak megabytes of a process that does it once: above its imports, or whole."""
    done = subprocess.run(
        [sys.executable, "-m", decoder.__name__, side],
        input=photo,
        capture_output=True,
        check=True,
        env={"MALLOC_ARENA_MAX": "1"},
    )
    return float(done.stdout)


def _registration(photo: bytes, beside: float) -> Row:
    """Three such photos sent at once: peak of the portal's process and of the decoder beside it, both whole."""
    browser = Client()
    ward = Ward.objects.filter(province="01").first()
    office = Office.objects.filter(province="01").first()
    assert ward
    assert office
    typed = {
        "bhxh_code": "0099000107", "full_name": "Nguyễn Thị Thử Nghiệm", "date_of_birth": "09/02/1985",
        "gender": "female", "id_type": "cccd", "id_number": "001185000107", "phone": "0900000107", "province": "01",
        "ward": ward.code, "address": "Số 0, ngõ Ví Dụ", "office": office.code,
    }  # fmt: skip
    assert browser.post("/dang-ky/to-khai/", typed).status_code == 302
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    browser.post("/dang-ky/anh/", {slot: SimpleUploadedFile("a.jpg", photo, "image/jpeg") for slot in SLOTS})
    assert browser.get("/dang-ky/xac-nhan/").status_code == 200
    assert RegistrationDossier.objects.get().photos.count() == len(SLOTS)
    portal = peak()
    detail = f"portal {portal:.0f} MB ({portal - before:.0f} above what it had before), decoder {beside:.0f} MB"
    return at_most("photo.registration", portal + beside, 200, unit="MB", detail=detail)
