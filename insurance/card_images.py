"""A card's front and back as pictures: own drawing, no emblem, the size ratio of a bank card (ISO/IEC 7810 ID-1)."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO

import segno
from PIL import Image, ImageDraw

from vssid.documents.fonts import font

SIZE = (1518, 957)
EDGE = 64
WHITE, INK, DIM, PALE, SUN = "#ffffff", "#12283d", "#46596b", "#e0effc", "#f0a92e"
TOP, BOTTOM = (11, 95, 168), (8, 67, 123)

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Face:
    """The words of both sides, ready to be drawn. `facts` stand two in a row, the last one alone."""

    title: str
    note: str
    holder: str
    number: str
    facts: tuple[Fact, ...]
    code: str
    back_title: str
    back_lines: tuple[str, ...]


def front(face: Face) -> bytes:
    """Return the front as PNG."""
    picture = _ground().copy()
    pen = ImageDraw.Draw(picture)
    _text(pen, (EDGE, 56), face.title, 54, WHITE, bold=True, width=1180)
    _text(pen, (EDGE, 128), face.note, 36, PALE, width=1180)
    below = _text(pen, (EDGE, 218), face.holder, 62, WHITE, bold=True, width=SIZE[0] - 2 * EDGE, lines=2)
    _text(pen, (EDGE, below + 10), face.number, 62, WHITE, bold=True, width=SIZE[0] - 2 * EDGE)
    top = below + 118
    for number, (label, value) in enumerate(face.facts):
        alone = number == len(face.facts) - 1
        left = EDGE if alone else EDGE + number % 2 * 700
        _text(pen, (left, top), label, 34, PALE, width=640)
        width = SIZE[0] - 2 * EDGE if alone else 640
        _text(pen, (left, top + 44), value, 42, WHITE, bold=True, width=width, lines=2 if alone else 1)
        top += 122 if number % 2 else 0
    return _png(picture)


def back(face: Face) -> bytes:
    """Return the back, with the code to be scanned, as PNG."""
    picture = Image.new("RGB", SIZE, WHITE)
    pen = ImageDraw.Draw(picture)
    code = segno.make(face.code, error="m", micro=False)
    pixels = (SIZE[1] - 40) // code.symbol_size(border=4)[0]
    drawn = BytesIO()
    code.save(drawn, kind="png", scale=pixels, border=4)
    with Image.open(drawn) as square:
        side = square.width
        picture.paste(square.convert("RGB"), (10, (SIZE[1] - side) // 2))
    left, top = side + 24, 70
    width = SIZE[0] - left - 40
    top = _text(pen, (left, top), face.back_title, 42, INK, bold=True, width=width, lines=4) + 24
    for line in face.back_lines:
        top = _text(pen, (left, top), line, 31, INK, width=width, lines=6) + 18
    return _png(picture)


def _text(
    pen: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size: int,
    colour: str,
    *,
    width: int,
    bold: bool = False,
    lines: int = 1,
) -> int:
    """Draw text in at most `lines` lines of `width`, smaller where it must be; return the pixel below it."""
    while True:
        drawn = font(size, bold=bold)
        wrapped = _wrapped(pen, text, size, bold, width)
        if size <= 16 or (len(wrapped) <= lines and all(pen.textlength(line, drawn) <= width for line in wrapped)):
            break
        size -= 2
    # Vietnamese letters carry two marks above and one below: no line lower than this.
    step = size * 27 // 20
    for number, line in enumerate(wrapped):
        pen.text((at[0], at[1] + number * step), line, font=drawn, fill=colour)
    return at[1] + len(wrapped) * step


def _wrapped(pen: ImageDraw.ImageDraw, text: str, size: int, bold: bool, width: int) -> list[str]:
    drawn, lines = font(size, bold=bold), [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and pen.textlength(longer, drawn) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


@cache
def _ground() -> Image.Image:
    """The blue of the front with its pale waves and the portal's own mark, drawn once."""
    column = Image.new("RGB", (1, SIZE[1]))
    for row in range(SIZE[1]):
        share = row / SIZE[1]
        column.putpixel((0, row), tuple(round(a + (b - a) * share) for a, b in zip(TOP, BOTTOM, strict=True)))
    ground = column.resize(SIZE)
    veil = Image.new("L", (2 * SIZE[0], 2 * SIZE[1]))
    pen = ImageDraw.Draw(veil)
    for number in range(7):
        height = 940 + 168 * number
        above = [(x, height - 300 * _rise(x / veil.width)) for x in range(0, veil.width + 1, 8)]
        pen.polygon([*above, *((x, y + 68) for x, y in reversed(above))], fill=22)
    ground.paste(Image.new("RGB", SIZE, WHITE), mask=veil.resize(SIZE, Image.Resampling.BOX))
    ground.paste(mark := _mark(), (SIZE[0] - EDGE - 96, 52), mark)
    return ground


def _rise(x: float) -> float:
    """A step from 0 to 1 without corners."""
    x = min(max((x - 0.15) / 0.6, 0), 1)
    return x * x * (3 - 2 * x)


def _mark() -> Image.Image:
    """The portal's own mark (static/img/mark.svg): a sun above three waves, in an arch."""
    large = Image.new("RGBA", (432, 432))
    pen = ImageDraw.Draw(large)
    pen.pieslice((0, 0, 428, 428), 180, 360, fill=WHITE)
    pen.rectangle((0, 214, 428, 431), fill=WHITE)
    pen.ellipse((212, 58, 336, 182), fill=SUN)
    for number in range(3):
        line = [(70 + x, 246 + 62 * number - 34 * _rise(x / 288)) for x in range(0, 289, 6)]
        pen.polygon([*line, *((x, y + 30) for x, y in reversed(line))], fill=TOP)
    return large.resize((96, 96), Image.Resampling.LANCZOS)


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", dpi=(450, 450))
    return out.getvalue()
