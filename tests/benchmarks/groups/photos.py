"""Photos: a 12-megapixel JPEG as the portal makes it clean, against the order one writes first; memory of three."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from types import ModuleType

from PIL import Image, ImageFilter

from tests.benchmarks import decoder, three_photos
from tests.benchmarks.decoder import as_one_writes_it_first, as_the_portal
from tests.benchmarks.measure import Row, at_most
from tests.benchmarks.stage import Stage
from tests.registration import pictures

ROUNDS = 7
CARD = "001185000107||Nguyễn Thị Thử Nghiệm|09021985|Nữ|Số 0, ngõ Ví Dụ, Hà Nội|25122021"


def rows(stage: Stage) -> Iterator[Row]:
    """photo.time, photo.memory, photo.registration."""
    photo = twelve_megapixels()
    head, _jpeg = as_the_portal(photo)
    assert head["qr"] == CARD, head
    yield _time(photo)
    alone = {"MALLOC_ARENA_MAX": "1"}
    own, naive, whole = (_peak_of(decoder, photo, side, environment=alone) for side in ("own", "naive", "whole"))
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


def _registration(photo: bytes, beside: float) -> Row:
    """Three such photos sent at once: peak of a portal process and of the decoder beside it, both whole."""
    portal = _peak_of(three_photos, photo, environment={**os.environ, "LOG_LEVEL": "WARNING"})
    detail = f"portal {portal:.0f} MB, decoder {beside:.0f}"
    return at_most("photo.registration", portal + beside, 200, unit="MB", detail=detail)


def _peak_of(module: ModuleType, photo: bytes, *arguments: str, environment: dict[str, str]) -> float:
    command = [sys.executable, "-m", module.__name__, *arguments]
    done = subprocess.run(command, input=photo, stdout=subprocess.PIPE, check=True, env=environment)
    return float(done.stdout.splitlines()[-1])
