"""The officers' queue at a million dossiers beside the same page at a thousand; dossiers are made inside PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import RegistrationDossier, StaffPosting, User
from insurance.models import Office, Ward
from tests.benchmarks.measure import Row, at_most, race
from tests.benchmarks.stage import Stage

SMALL, LARGE, OFFICE = 1_000, 1_000_000, "00101"
PATH = "/quan-tri/accounts/registrationdossier/"
# Two of three wait for an officer, every seventh has a mark; columns without a default of their own come from a model.
FILL = """
INSERT INTO accounts_registrationdossier ({names}) SELECT {values}
FROM generate_series(%(first)s, %(last)s) AS n, accounts_registrationdossier AS model WHERE model.id = %(model)s
"""
VARIED = {
    "public_id": "gen_random_uuid()",
    "number": "'00101GD/2026/' || lpad(n::text, 7, '0')",
    "status": "CASE WHEN n %% 3 < 2 THEN 'submitted' ELSE 'returned' END",
    "submitted_at": "model.submitted_at - n * interval '1 minute'",
    "due_on": "model.due_on - (n / 1440)::int",
    "bhxh_code": "lpad(n::text, 10, '0')",
    "phone_hash": "sha256(n::text::bytea)",
    "id_number_hash": "sha256(('id' || n)::bytea)",
    "marks": "CASE WHEN n %% 7 = 0 THEN '[\"phone_used\"]'::jsonb ELSE '[]'::jsonb END",
}


def rows(stage: Stage) -> Iterator[Row]:
    """queue.scale."""
    visit = stage.visit(PATH, HTTP_COOKIE=_officer())
    model = _model()
    _fill(model, 2, SMALL)
    small = race(stage.helpers(), queue=visit)["queue"]
    _fill(model, SMALL + 1, LARGE)
    large = race(stage.helpers(), queue=visit)["queue"]
    detail = f"wall {large.typical() * 1e3:.1f} ms at {LARGE:,} against {small.typical() * 1e3:.1f} at {SMALL:,}"
    yield at_most("queue.scale", large.typical("cpu") / small.typical("cpu"), 1.3, detail=detail)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_registrationdossier CASCADE")


def _officer() -> str:
    """The Cookie header of an officer who passed both doors."""
    user = User.objects.create_user("bench.officer", "bench", full_name="Cán bộ Đo tốc độ", is_staff=True)
    user.groups.add(Group.objects.get(name="officer"))
    StaffPosting.objects.create(user=user, office=Office.objects.get(code=OFFICE))
    client = Client()
    client.force_login(user)
    session = client.session
    session["otp_device_id"] = TOTPDevice.objects.create(user=user, name="totp", confirmed=True).persistent_id
    session.save()
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def _model() -> int:
    """A made-up dossier that waits for an officer; the others are like it."""
    now = timezone.now()
    ward = Ward.objects.select_related("province").first()
    assert ward is not None
    return RegistrationDossier.objects.create(
        office_id=OFFICE, number=f"{OFFICE}GD/2026/0000001", status="submitted", created_at=now, submitted_at=now,
        due_on=timezone.localdate(now), full_name="NGUYỄN THỊ THỬ NGHIỆM", date_of_birth="1985-02-09", gender="female",
        id_number="001185000107", id_number_hash=b"1", phone="+84900000107", phone_hash=b"1", ward=ward,
        province=ward.province, address="Số 0, ngõ Ví Dụ", phone_verified_at=now, consented_at=now,
        consent_version="2026-11",
    ).pk  # fmt: skip


def _fill(model: int, first: int, last: int) -> None:
    columns = [field.column for field in RegistrationDossier._meta.concrete_fields if not field.primary_key]
    values = [VARIED.get(column, f"model.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(
            FILL.format(names=", ".join(columns), values=", ".join(values)),
            {"first": first, "last": last, "model": model},
        )
        cursor.execute("VACUUM ANALYZE accounts_registrationdossier")
