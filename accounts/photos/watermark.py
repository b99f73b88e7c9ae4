"""Who looked at a photo, when and why, drawn onto the copy that leaves the server; the stored one stays clean."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

QUALITY = 85
BAND = (0, 0, 0, 150)
INK = (255, 255, 255, 255)


def stamped(jpeg: bytes, words: str) -> bytes:
    """Return one of our own JPEGs with `words` in a band along its foot, small but readable at any size."""
    with Image.open(BytesIO(jpeg)) as picture:
        picture.load()
        width, height = picture.size
        font = ImageFont.load_default(size=max(9, min(width, height) // 40))
        left, top, right, bottom = font.getbbox(words)
        edge = max(2, int(bottom - top) // 3)
        band = Image.new("RGBA", (width, int(bottom - top) + 2 * edge), BAND)
        pen = ImageDraw.Draw(band)
        pen.text((max(edge, (width - int(right - left)) // 2), edge - int(top)), words, font=font, fill=INK)
        whole = picture.convert("RGB")
    whole.paste(band, (0, height - band.height), band)
    out = BytesIO()
    whole.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
