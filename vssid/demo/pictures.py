"""Drawings that stand for the photos of the cast: a face, and two sides of a card that says what it is."""

import hashlib
import io

from PIL import Image, ImageDraw, ImageFilter

from vssid.demo.cast import Person

WIDTH, HEIGHT = 1200, 800
FIELDS = 17
HAIR = ((47, 66, 84), (74, 52, 40), (32, 32, 40), (90, 74, 60))


def portrait(person: Person) -> bytes:
    """Return a drawn face as JPEG."""
    picture = _ground((900, 1200), (219, 231, 239), person)
    pen = ImageDraw.Draw(picture)
    hair = HAIR[int(person.code[-1]) % len(HAIR)]
    pen.ellipse((60, 820, 840, 1700), fill=(95, 128, 152))
    pen.rectangle((370, 620, 530, 880), fill=(165, 141, 126))
    if person.gender == "female":
        pen.rounded_rectangle((230, 240, 670, 840), 200, fill=hair)
    else:
        pen.ellipse((250, 200, 650, 640), fill=hair)
    pen.ellipse((290, 290, 610, 720), fill=(185, 163, 148))
    pen.chord((270, 230, 630, 560), 180, 360, fill=hair)
    for eye in (385, 515):
        pen.ellipse((eye - 16, 485, eye + 16, 510), fill=(40, 40, 48))
    pen.arc((395, 570, 505, 640), 20, 160, fill=(130, 80, 75), width=8)
    return _jpeg(picture.filter(ImageFilter.SMOOTH))


def id_front(person: Person) -> bytes:
    """Return the front of a drawn card as JPEG."""
    picture = _card(person)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((70, 250, 360, 640), fill=(169, 191, 201))
    pen.ellipse((150, 310, 280, 450), fill=(111, 139, 154))
    pen.pieslice((90, 470, 340, 820), 180, 360, fill=(111, 139, 154))
    pen.text((420, 90), "MADE-UP CARD", fill=(60, 80, 92), font_size=56)
    for line, text in enumerate((person.citizen_id, person.code, person.born)):
        pen.text((420, 260 + line * 110), text, fill=(60, 80, 92), font_size=52)
    return _jpeg(picture)


def id_back(person: Person) -> bytes:
    """Return the back of a drawn card as JPEG."""
    picture = _card(person)
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((70, 70, 300, 240), 24, fill=(201, 185, 138))
    pen.text((420, 90), "MADE-UP CARD", fill=(60, 80, 92), font_size=56)
    for line in range(3):
        pen.rectangle((70, 560 + line * 60, 1130, 595 + line * 60), fill=(77, 102, 116))
    return _jpeg(picture)


def _card(person: Person) -> Image.Image:
    picture = _ground((WIDTH, HEIGHT), (215, 230, 234), person)
    ImageDraw.Draw(picture).ellipse((-200, 480, 1400, 1400), fill=(195, 216, 222))
    return picture


def _ground(size: tuple[int, int], colour: tuple[int, int, int], person: Person) -> Image.Image:
    """Return a ground of FIELDS × FIELDS light tones of a person's own: no two people's photos are the same."""
    picture = Image.new("RGB", size, colour)
    pen = ImageDraw.Draw(picture)
    width, height = -(-size[0] // FIELDS), -(-size[1] // FIELDS)
    for number, byte in enumerate(hashlib.shake_256(person.code.encode()).digest(FIELDS * FIELDS)):
        left, top = number % FIELDS * width, number // FIELDS * height
        red, green, blue = (part - byte // 12 for part in colour)
        pen.rectangle((left, top, left + width, top + height), fill=(red, green, blue))
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
