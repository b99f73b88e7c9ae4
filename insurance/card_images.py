"""A card's front and back as pictures: own drawing, no emblem, the size ratio of a bank card (ISO/IEC 7810 ID-1)."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO

import segno
from PIL import Image, ImageDraw

from vssid.documents.fonts import font

SIZE = (1518, 957)
EDGE = 64
WHITE, INK, DIM, PALE, SUN = "#ffffff", "#12283d", "#46596b", "#e0effc", "#ffd98a"
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
    _mark(pen, SIZE[0] - EDGE - 108, 52)
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
    """The blue of the front with its pale waves."""
    column = Image.new("RGB", (1, SIZE[1]))
    for row in range(SIZE[1]):
        share = row / SIZE[1]
        column.putpixel((0, row), tuple(round(a + (b - a) * share) for a, b in zip(TOP, BOTTOM, strict=True)))
    ground = column.resize(SIZE)
    pen = ImageDraw.Draw(ground, "RGBA")
    for number in range(7):
        height = 470 + 84 * number
        points = [(x, height - 150 * _rise(x / SIZE[0])) for x in range(-20, SIZE[0] + 21, 6)]
        pen.line(points, fill=(255, 255, 255, 22), width=34, joint="curve")
    return ground


def _rise(x: float) -> float:
    """A step from 0 to 1 without corners."""
    x = min(max((x - 0.15) / 0.6, 0), 1)
    return x * x * (3 - 2 * x)


def _mark(pen: ImageDraw.ImageDraw, left: int, top: int) -> None:
    """The portal's own mark: a sun above three waves."""
    pen.rounded_rectangle((left, top, left + 108, top + 108), 27, fill="#3b7fba")
    pen.ellipse((left + 62, top + 21, left + 83, top + 42), fill=SUN)
    for number in range(3):
        height = top + 57 + 16 * number
        points = [(left + 15 + x, height - 7 * _rise(x / 78)) for x in range(0, 79, 3)]
        pen.line(points, fill=WHITE, width=7, joint="curve")


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.quantize(128).save(out, "PNG", optimize=True, dpi=(450, 450))
    return out.getvalue()
