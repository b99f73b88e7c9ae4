"""The same photo in two dossiers: both officers are told, whoever sent first."""

import pytest
from django.utils import timezone

from accounts import photos
from accounts.actions import drafts
from accounts.models import RegistrationDossier
from accounts.models.registration import Mark, PhotoSlot
from accounts.photos import Photo
from tests.harness.stage import new_browser
from tests.registration import pictures
from tests.registration.conftest import ask_for_code, code_on, declare, send
from tests.registration.pictures import jpeg

OTHER = {"bhxh_code": "0099000115", "id_number": "001185000115", "phone": "0900 000 115"}
HERS = 0x0F0F_3C3C_5A5A_1234


def sent(code_phone: str = "+84900000107", *, hashes: dict[str, int | None], **changes: str) -> RegistrationDossier:
    """Somebody registers with photos that have these hashes."""
    client = new_browser()
    declare(client, **changes)
    draft = RegistrationDossier.objects.latest("pk")
    for slot in (PhotoSlot.PORTRAIT, PhotoSlot.ID_FRONT, PhotoSlot.ID_BACK):
        photo = Photo(jpeg(90, 60), 90, 60, perceptual_hash=hashes.get(slot))
        drafts.keep_photo(dossier=draft, slot=slot, photo=photo, at=timezone.now())
    ask_for_code(client)
    assert send(client, code_on(code_phone)).status_code == 302
    return RegistrationDossier.objects.get(pk=draft.pk)


@pytest.mark.parametrize(
    ("slot", "first", "second", "same"),
    [
        ("portrait", HERS, HERS, True),
        ("portrait", HERS, HERS ^ 0b1111, True),
        ("portrait", HERS, HERS ^ 0b11111, False),
        ("portrait", HERS - 2**63, HERS - 2**63 + 8, True),
        ("id_front", HERS, HERS ^ 0b1, True),
        ("id_front", HERS, HERS ^ 0b11, False),
        ("portrait", None, None, False),
    ],
)
def test_the_same_picture_in_another_dossier_marks_both(places, slot, first, second, same):
    before = sent(hashes={slot: first})
    after = sent("+84900000115", hashes={slot: second}, **OTHER)
    before.refresh_from_db()
    assert (Mark.PHOTO_ELSEWHERE in after.marks, Mark.PHOTO_ELSEWHERE in before.marks) == (same, same)


def test_a_portrait_in_another_slot_is_found_too(places):
    sent(hashes={"id_back": HERS})
    assert Mark.PHOTO_ELSEWHERE in sent("+84900000115", hashes={"portrait": HERS}, **OTHER).marks


def test_an_unfinished_declaration_marks_nobody(places):
    client = new_browser()
    declare(client)
    draft = RegistrationDossier.objects.get()
    photo = Photo(jpeg(90, 60), 90, 60, perceptual_hash=HERS)
    drafts.keep_photo(dossier=draft, slot="portrait", photo=photo, at=timezone.now())
    assert Mark.PHOTO_ELSEWHERE not in sent("+84900000115", hashes={"portrait": HERS}, **OTHER).marks


def test_two_encodings_of_one_picture_have_nearly_the_same_hash():
    once = photos.prepare(pictures.encoded(pictures.portrait(1), "JPEG", quality=95))
    again = photos.prepare(pictures.encoded(pictures.portrait(1).resize((800, 1000)), "JPEG", quality=50))
    other = photos.prepare(pictures.encoded(pictures.portrait(2), "JPEG"))
    assert distance(once, again) <= 4
    assert distance(once, other) > 4


def test_blank_pictures_have_no_hash():
    assert photos.prepare(jpeg()).perceptual_hash is None


def distance(one: Photo, two: Photo) -> int:
    assert one.perceptual_hash is not None
    assert two.perceptual_hash is not None
    return ((one.perceptual_hash ^ two.perceptual_hash) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()
