"""One of the cast at a time: staff, an account, a dossier that waits, each by the way it comes about in the portal."""

import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actions import credentials, drafts, otp, registration, review
from accounts.forms.registration import places_of
from accounts.models import OneTimeCode, RegistrationDossier, StaffPosting, User
from accounts.models.registration import PhotoSlot
from accounts.photos import Photo
from accounts.rules.declaration import read_declaration
from vssid.audit.events import Event
from vssid.audit.log import record
from vssid.demo import cast, pictures
from vssid.sms import delivery, inbox
from vssid.sms.models import Message

BROWSER = "demonstration"
SIZES = {PhotoSlot.PORTRAIT: (900, 1200), PhotoSlot.ID_FRONT: (1200, 800), PhotoSlot.ID_BACK: (1200, 800)}
DRAWINGS = {
    PhotoSlot.PORTRAIT: pictures.portrait,
    PhotoSlot.ID_FRONT: pictures.id_front,
    PhotoSlot.ID_BACK: pictures.id_back,
}


def seed_staff(member: cast.Staff) -> None:
    """Make a member of staff with posting, role and a second factor."""
    if User.objects.filter(username=member.username).exists():
        return
    with transaction.atomic():
        user = User.objects.create_user(
            member.username, cast.STAFF_PASSWORD, full_name=f"{member.name} (trình diễn)", is_staff=True
        )
        user.groups.add(Group.objects.get(name=member.role))
        StaffPosting.objects.create(user=user, office_id=member.office)
        TOTPDevice.objects.create(user=user, name="totp", key=secrets.token_hex(20), confirmed=True)
        record(Event.STAFF_POSTED, actor="system", subject=f"staff:{user.pk}", at=timezone.now(), office=member.office)


def seed_account(person: cast.Person, *, at: datetime) -> None:
    """Register, approve and log in for the first time, all at `at`."""
    if User.objects.filter(username=person.code).exists():
        return
    dossier = seed_dossier(person, at=at)
    officer = User.objects.get(username="hm.canbo" if cast.office_of(person) == "00108" else "hbt.canbo")
    decided = at + timedelta(hours=3)
    review.approve(dossier_id=dossier.pk, version=dossier.version, document="cccd", by=officer, at=decided)
    if person.account == "temporary":
        decided = timezone.now()
        credentials.reissue_credentials(user=User.objects.get(username=person.code), by="system", at=decided)
    password = _texted(person, r"Mat khau tam: (\w+)|: (\w{12}), dung", at=decided)
    if person.account == "temporary":
        return
    user = User.objects.get(username=person.code)
    credentials.change_password(user=user, old_password=password, new_password=cast.PASSWORD, at=decided)
    _send(at=decided)
    if person.account == "frozen":
        User.objects.filter(pk=user.pk).update(frozen_at=decided, frozen_reason="Trình diễn")


def seed_dossier(person: cast.Person, *, at: datetime) -> RegistrationDossier:
    """Declare, add photos, confirm the phone and send; return the dossier, an earlier one if there is one."""
    earlier = RegistrationDossier.objects.filter(bhxh_code=person.code, submitted_at__isnull=False).first()
    if earlier:
        return earlier
    typed = _declaration(person)
    declaration = read_declaration(typed, places=places_of(typed), today=timezone.localdate(at))
    dossier = drafts.keep_declaration(declaration=declaration, dossier=None, language="vi", at=at)
    for slot, draw in DRAWINGS.items():
        width, height = SIZES[slot]
        drafts.keep_photo(dossier=dossier, slot=slot, photo=Photo(draw(person), width, height), at=at)
    purpose, subject = OneTimeCode.Purpose.REGISTRATION, f"dossier:{dossier.pk}"
    with transaction.atomic():
        otp.issue(purpose=purpose, phone=person.phone, subject=subject, browser_key=BROWSER, at=at)
    code = _texted(person, r"\b(\d{6})\b", at=at)
    proof = otp.check(purpose=purpose, subject=subject, code=code, browser_key=BROWSER, at=at)
    dossier = registration.submit(dossier=dossier, proof=proof, at=at)
    _send(at=at)
    return dossier


def _declaration(person: cast.Person) -> dict[str, str]:
    office = cast.office_of(person)
    typed = {
        "bhxh_code": person.code,
        "full_name": person.name,
        "date_of_birth": person.born,
        "gender": person.gender,
        "id_type": "cccd",
        "id_number": person.citizen_id,
        "old_id_number": "",
        "phone": person.phone,
        "email": "",
        "province": "79" if office.startswith("079") else "01",
        "ward": person.ward,
        "address": person.address,
        "office": office,
    }
    return {**typed, **cast.WAITING.get(person.code, {})}


def _texted(person: cast.Person, pattern: str, *, at: datetime) -> str:
    """Return what the newest message to this person says at the pattern's place."""
    _send(at=at)
    for item in inbox.messages(person.phone):
        if found := re.search(pattern, item["body"]):
            return next(group for group in found.groups() if group)
    raise LookupError(f"no message came; is SMS_BACKEND=inbox? It is {settings.SMS_BACKEND}")


def _send(*, at: datetime) -> None:
    for pk in Message.objects.filter(status=Message.Status.PENDING).values_list("pk", flat=True):
        delivery.deliver(pk, at=at)
