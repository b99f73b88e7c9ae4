"""Pictures for tests, drawn when they are asked for."""

import random
import struct
import zlib
from io import BytesIO
from typing import Any

import pillow_heif
import segno
from PIL import Image, ImageDraw, ImageFont


def drawn(width: int = 900, height: int = 600, mode: str = "RGB") -> Image.Image:
    """Light above, dark below, with fine lines: sharp enough, and without a perceptual hash of its own."""
    picture = Image.linear_gradient("L").resize((width, height)).point(lambda value: 60 + value // 2)
    pen = ImageDraw.Draw(picture)
    for row in range(0, height, 8):
        pen.rectangle((0, row, width, row + 3), fill=110)
    return picture.convert(mode)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def heic() -> bytes:
    out = BytesIO()
    pillow_heif.from_pillow(drawn()).save(out, quality=80)
    return out.getvalue()


def jpeg(width: int = 900, height: int = 600, **options: Any) -> bytes:
    return encoded(drawn(width, height), "JPEG", **options)


def declared_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 999)) + chunk(b"IEND", b"")
    )


def card(qr: str = "", *, seed: int = 1) -> Image.Image:
    """A made-up identity card on a table, 2000 × 1500: frame, face, lines of letters, and a QR code if one is given."""
    chance = random.Random(seed)
    picture = Image.new("RGB", (2000, 1500), (120, 95, 70))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((150, 220, 1850, 1290), fill=(215, 230, 234))
    draw.ellipse((300, 640, 540, 940), fill=(chance.randint(100, 220), 160, 140))
    font = ImageFont.load_default(44)
    for line in range(9):
        letters = "".join(chance.choice("ABCDEGHIKLMNOPQRSTUVXY 0123456789") for _ in range(34))
        draw.text((690, 520 + line * 80), letters, fill=(60, 70, 80), font=font)
    if qr:
        drawn_code = BytesIO()
        segno.make(qr, error="m", micro=False).save(drawn_code, kind="png", scale=5, border=2)
        picture.paste(Image.open(drawn_code).convert("RGB"), (1530, 250))
    return picture


def portrait(seed: int = 1) -> Image.Image:
    """A made-up face before a light wall, 1200 × 1500; another seed is another person in another light."""
    chance = random.Random(seed)
    picture = Image.new("RGB", (1200, 1500), (225, 228, 230))
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = chance.randint(0, 1100), chance.randint(0, 1400)
        tone = chance.randint(120, 220)
        draw.rectangle((x, y, x + chance.randint(80, 400), y + chance.randint(80, 400)), fill=(tone, tone, tone))
    draw.ellipse((400, 350, 800, 950), fill=(190, 150, 130))
    for x in (500, 660):
        draw.ellipse((x, 560, x + 60, 600), fill=(40, 30, 30))
    return picture
