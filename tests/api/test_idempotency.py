"""A write with an Idempotency-Key happens once, whatever the network does."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.response import Response

from insurance.models import Employer
from vssid.api import idempotency
from vssid.api.base import ApiView
from vssid.api.idempotency import idempotent
from vssid.api.models import KeptAnswer
from vssid.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django looks for them here

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class Write(ApiView):
    """Makes an employer; "refuse" is refused after something was written, "crash" fails."""

    authentication_classes = ()
    permission_classes = ()
    hold: threading.Event | None = None
    reached = threading.Event()

    @idempotent
    def post(self, request):
        name = request.data["name"]
        count = Employer.objects.count()
        Employer.objects.create(code=f"TZ{count:04}X", name=name, address="")
        if self.hold:
            self.reached.set()
            assert self.hold.wait(20)
        if name == "refuse":
            raise serializers.ValidationError({"name": ["no"]})
        if name == "crash":
            raise RuntimeError
        return Response({"made": count, "secret": "Nguyễn Thị Bí Mật"}, status=201)


urlpatterns = [path("api/v1/write", Write.as_view())]


def write(name="one", key="a-key-of-mine", **options):
    headers = {"idempotency-key": key} if key else {}
    client = Client(raise_request_exception=False)
    return client.post("/api/v1/write", {"name": name}, content_type="application/json", headers=headers, **options)


def test_the_same_request_again_gets_the_same_answer_and_writes_nothing():
    before = Employer.objects.count()
    first, again = write(), write()

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Employer.objects.count() == before + 1
    assert again.headers["Cache-Control"] == "no-store"


def test_the_key_before_another_request_is_refused():
    before = Employer.objects.count()
    write()
    other = write("two")

    assert (other.status_code, other.json()["type"]) == (422, "urn:vssid:problem:idempotency_key_reused")
    assert Employer.objects.count() == before + 1


def test_another_clients_same_key_is_another_key():
    write()
    assert write("two", REMOTE_ADDR="192.0.2.9").status_code == 201


def test_a_key_must_look_like_one():
    for key in ("short", "x" * 256, "with a space", "dấu tiếng Việt"):
        assert write(key=key.encode().decode("latin-1")).status_code == 400


def test_kept_answers_lie_encrypted_and_are_forgotten_after_a_day():
    write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest, fingerprint, body FROM api_keptanswer")
        [row] = cursor.fetchall()
    assert all("Bí Mật".encode() not in bytes(part) and b"a-key" not in bytes(part) for part in row)

    KeptAnswer.objects.update(began_at=timezone.now() - timedelta(hours=25))
    assert write("two").status_code == 201, "after a day the key is new"
    KeptAnswer.objects.update(began_at=timezone.now() - timedelta(hours=25))
    assert idempotency.forget(at=timezone.now()) == 1


def test_a_refusal_is_not_kept_and_a_failure_leaves_nothing():
    before = Employer.objects.count()
    assert write("crash").status_code == 500
    assert Employer.objects.count() == before
    assert write("refuse").status_code == 400
    assert write("one").status_code == 201, "the corrected request may use the same key"
    assert KeptAnswer.objects.count() == 1


def test_what_a_crashed_process_left_behind_is_taken_over():
    write()
    KeptAnswer.objects.update(status=None, body=None)
    assert write().status_code == 409
    KeptAnswer.objects.update(began_at=timezone.now() - timedelta(seconds=61))
    assert write().status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_two_at_one_moment_one_writes_and_the_other_is_told_to_wait(monkeypatch):
    before = Employer.objects.count()
    monkeypatch.setattr(Write, "hold", threading.Event())
    answers = []

    def first():
        answers.append(write())
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert Write.reached.wait(20)
    second = write()
    Write.hold.set()
    thread.join(20)

    assert (second.status_code, second.json()["type"]) == (409, "urn:vssid:problem:in_progress")
    assert answers[0].status_code == 201
    assert write().json() == answers[0].json()
    assert Employer.objects.count() == before + 1
