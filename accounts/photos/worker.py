"""Turns one picture into a clean JPEG, in a process of its own with little memory and time.

Run as a file by `accounts.photos`. Standard input: the bytes somebody uploaded. Standard output: one line of JSON,
`{"width", "height"}` followed by the JPEG, or `{"refused": reason}`. Nothing here imports the portal: a decoder
that is taken over finds no keys and no database.
"""

import json
import resource
import sys
from io import BytesIO
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

LONGEST_SIDE = 2000
QUALITY = 85
LEAST = (600, 400)
MOST_PIXELS = {"JPEG": 64_000_000, "MPO": 64_000_000, "PNG": 25_000_000, "HEIF": 25_000_000}
MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 5


class Refused(Exception):
    """The picture cannot be used; the argument is the reason as one word."""


def prepare(data: bytes) -> "Image.Image":
    """Return the picture, turned upright, at most LONGEST_SIDE long, as plain RGB pixels without any metadata.

    Reads the header first: size and kind are judged before a pixel is decoded. JPEG is decoded at 1/2, 1/4 or 1/8 where
    that is enough and turned last, when it is small: a third of the time and memory of doing it in the naive order.
    """
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # judged below, by kind
    picture = _open(data)
    _judge(picture)
    width, height = picture.size
    factor = min(1.0, LONGEST_SIDE / max(width, height))
    target = (max(1, round(width * factor)), max(1, round(height * factor)))
    picture.draft("RGB", target)
    picture.thumbnail(target, Image.Resampling.BICUBIC)
    if picture.mode != "RGB":
        picture = _flat(picture)
    upright = ImageOps.exif_transpose(picture)
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    return clean


def encode(picture: "Image.Image") -> bytes:
    """Return the picture as JPEG."""
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def _open(data: bytes) -> "Image.Image":
    from PIL import Image, UnidentifiedImageError

    if data[4:8] == b"ftyp":
        import pillow_heif

        pillow_heif.options.DECODE_THREADS = 1
        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        return Image.open(BytesIO(data), formats=[kind for kind in ("JPEG", "PNG", "HEIF") if kind in _known()])
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused("not_a_photo") from error


def _known() -> set[str]:
    from PIL import Image

    Image.preinit()
    return set(Image.ID)


def _judge(picture: "Image.Image") -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS.get(picture.format or "", 0):
        raise Refused("too_many_pixels")
    if max(width, height) < LEAST[0] or min(width, height) < LEAST[1]:
        raise Refused("too_small")


def _flat(picture: "Image.Image") -> "Image.Image":
    """Return RGB; what was transparent becomes white."""
    from PIL import Image

    if "A" in picture.getbands() or "transparency" in picture.info:
        ground = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")
    flat = picture.convert("RGB")
    flat.info = picture.info
    return flat


def main(source: IO[bytes], target: IO[bytes]) -> None:
    """Limit this process, then read one picture from `source` and write the answer to `target`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        picture = prepare(source.read())
        jpeg = encode(picture)
        answer: dict[str, object] = {"width": picture.width, "height": picture.height}
    except Refused as refused:
        answer, jpeg = {"refused": str(refused)}, b""
    except MemoryError:
        answer, jpeg = {"refused": "too_many_pixels"}, b""
    except Exception:  # whatever a decoder raises on bytes made to hurt it: the picture cannot be read
        answer, jpeg = {"refused": "damaged"}, b""
    target.write(json.dumps(answer).encode() + b"\n" + jpeg)
    target.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
