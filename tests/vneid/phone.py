"""A citizen's phone: its browser at the portal's pages and at the stand-in, and the messages it gets."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import User, VNeIDLink
from tests.vneid.standin import StandIn
from vssid.sms.models import Message, Purpose

CODE, PHONE, PASSWORD = "0099000107", "+84900000107", "ruong bac thang mua lua chin"
LINK = "/dang-nhap/vneid/lien-ket/"


class Phone:
    """A citizen's phone: its browser at the portal and at the stand-in, and the messages it gets."""

    def __init__(self, standin: StandIn | None, language: str = "en") -> None:
        self.standin, self.client = standin, Client()
        self.client.cookies["language"] = language

    def log_in(self, username: str = "thu.nghiem", start: str = "/dang-nhap/vneid/") -> HttpResponse:
        """The portal's answer to the return from VNeID."""
        assert self.standin is not None
        address = self.client.get(start).headers["Location"]
        return self.client.get(self.standin.log_in(address, username))

    def confirm(self, **form: str) -> HttpResponse:
        return self.client.post(LINK, {"action": "submit", **form})

    def code(self) -> str:
        """Ask for a code and read the message."""
        assert self.client.post(LINK, {"action": "send_otp"}).status_code == 302
        message = Message.objects.filter(purpose=Purpose.OTP).latest("created_at")
        assert message.to == PHONE
        found = re.search(r"\d{6}", message.body or "")
        assert found
        return found.group()

    @property
    def user_id(self) -> int | None:
        found = self.client.session.get("_auth_user_id")
        return int(found) if found else None


def text(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def link(account: User, standin: StandIn, subject: str = "subject-of-level-2") -> VNeIDLink:
    return VNeIDLink.objects.create(user=account, issuer=standin.issuer, subject=subject, linked_at=timezone.now())
