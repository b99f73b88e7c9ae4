"""Turns one picture into a clean JPEG, in a process of its own with little memory and time.

Run as a file by `accounts.photos`, with the argument `qr` to look for a QR code as well. Standard input: the bytes
somebody uploaded. Standard output: one line of JSON, followed by the JPEG: `{"width", "height", "hash", "qr"}` and the
figures of `measure`, or `{"refused": reason}`. Nothing here imports the portal: a decoder that is taken over finds no
keys and no database.
"""

import json
import resource
import sys
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

LONGEST_SIDE = 2000
QUALITY = 85
LEAST = (600, 400)
MOST_PIXELS = {"JPEG": 64_000_000, "MPO": 64_000_000, "PNG": 25_000_000, "HEIF": 25_000_000}
MEMORY = 512 * 1024 * 1024
CPU_SECONDS = 5

# Measured on a grey copy of this length, in TILES × TILES pieces.
MEASURED_SIDE = 1000
TILES = 8
CLIPPED = 252
MOST_QR_BYTES = 1000
# A hash with fewer bits of one kind is that of a nearly blank picture: it would equal every other blank one's.
LEAST_BITS = 6


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
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def measure(grey: "Image.Image") -> dict[str, Any]:
    """Return how good a grey picture is, in figures that `accounts.photos.quality` judges.

    `sharpness`: variance of the Laplacian in the sharpest quarter of its tiles, so that a plain background does not
    count; `brightness`: mean of 0–255; `glare`: share of tiles that are mostly clipped to white, 0–1; `glare_at`: their
    middle from left to right, 0–1, None without any.
    """
    from PIL import ImageFilter

    factor = -(-max(grey.size) // MEASURED_SIDE)
    small = grey.reduce(factor) if factor > 1 else grey
    edges = small.filter(ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128))
    edges = edges.crop((1, 1, small.width - 1, small.height - 1))  # the filter leaves the outermost pixels as they were
    variances, white = [], []
    for column in range(TILES):
        for row in range(TILES):
            variances.append(_mean_and_variance(edges.crop(_tile(edges.size, column, row)).histogram())[1])
            counts = small.crop(_tile(small.size, column, row)).histogram()
            if sum(counts[CLIPPED:]) * 2 > sum(counts):
                white.append((column + 0.5) / TILES)
    sharpest = sorted(variances)[-(TILES * TILES // 4) :]
    return {
        "sharpness": round(sum(sharpest) / len(sharpest), 1),
        "brightness": round(_mean_and_variance(small.histogram())[0], 1),
        "glare": round(len(white) / TILES**2, 3),
        "glare_at": round(sum(white) / len(white), 2) if white else None,
    }


def _mean_and_variance(counts: list[int]) -> tuple[float, float]:
    total = sum(counts)
    mean = sum(value * count for value, count in enumerate(counts) if count) / total
    return mean, sum(value * value * count for value, count in enumerate(counts) if count) / total - mean * mean


def fingerprint(grey: "Image.Image") -> int | None:
    """Return the perceptual hash of a grey picture, 64 bits as a signed integer; None for a nearly blank one.

    Each bit tells whether a place is brighter than its right neighbour (a difference hash), in every second row and
    column of 16 × 17: identity cards look alike in coarser ones.
    """
    from PIL import Image

    light = grey.resize((17, 16), Image.Resampling.BOX).tobytes()
    places = [17 * row + column for row in range(1, 16, 2) for column in range(1, 16, 2)]
    bits = sum((light[place] > light[place + 1]) << number for number, place in enumerate(places))
    if not LEAST_BITS <= bits.bit_count() <= 64 - LEAST_BITS:
        return None
    return bits - (1 << 64) if bits >> 63 else bits


def read_qr(grey: "Image.Image") -> str:
    """Return the text of the first QR code found, empty without one; never fails because of it."""
    try:
        import zxingcpp

        qr = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        for found in zxingcpp.read_barcodes(grey, formats=qr, try_invert=False):
            data = found.bytes
            return data.decode() if len(data) <= MOST_QR_BYTES else ""
    except Exception:  # a photo without its code is still a photo
        return ""
    return ""


def _tile(size: tuple[int, int], column: int, row: int) -> tuple[int, int, int, int]:
    width, height = size
    return (
        column * width // TILES,
        row * height // TILES,
        (column + 1) * width // TILES,
        (row + 1) * height // TILES,
    )


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


def answer_for(data: bytes, *, qr: bool) -> tuple[dict[str, Any], bytes]:
    """Return header and JPEG for the bytes of one upload, under the limits that `main` has set."""
    try:
        picture = prepare(data)
        grey = picture.convert("L")
        head: dict[str, Any] = {
            "width": picture.width,
            "height": picture.height,
            "hash": fingerprint(grey),
            "qr": read_qr(grey) if qr else "",
            **measure(grey),
        }
        return head, encode(picture)
    except Refused as refused:
        return {"refused": str(refused)}, b""
    except MemoryError:
        return {"refused": "too_many_pixels"}, b""
    except Exception:  # whatever a decoder raises on bytes made to hurt it: the picture cannot be read
        return {"refused": "damaged"}, b""


def main(source: IO[bytes], target: IO[bytes], *, qr: bool) -> None:
    """Limit this process, then read one picture from `source` and write the answer to `target`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    answer, jpeg = answer_for(source.read(), qr=qr)
    target.write(json.dumps(answer).encode() + b"\n" + jpeg)
    target.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, qr="qr" in sys.argv[1:])
