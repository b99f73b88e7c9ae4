"""The officers' queues at a million dossiers beside the same pages at a thousand; all are made inside PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.dossiers.models import Dossier
from accounts.models import RegistrationDossier, StaffPosting, User
from insurance.models import InsuredPerson, Office, Ward
from services.models import ServiceRequest
from tests.benchmarks.measure import Row, at_most, in_words, race, rate_ratio
from tests.benchmarks.stage import Stage

OFFICE, SIZES = "00101", {"thousand": 1_000, "million": 1_000_000}
REGISTRATIONS, REQUESTS = "/quan-tri/accounts/registrationdossier/", "/quan-tri/services/servicerequest/"
# Each size is a table in a schema of its own, so that both can be asked in turn on one connection.
# Two of three wait for an officer, every seventh has a mark; other columns are like the made-up model's.
VARIED = {
    "id": "n",
    "public_id": "gen_random_uuid()",
    "number": "'00101GD/2026/' || lpad(n::text, 7, '0')",
    "status": "CASE WHEN n % 3 < 2 THEN 'submitted' ELSE 'returned' END",
    "submitted_at": "model.submitted_at - n * interval '1 minute'",
    "due_on": "model.due_on - (n / 1440)::int",
    "full_name": "(ARRAY['NGUYỄN','TRẦN','LÊ','PHẠM','VÕ'])[1 + n % 5] || ' THỊ ' || "
    "(ARRAY['AN','BÌNH','DUNG','HẠNH','LAN','MAI','TUYẾT'])[1 + n % 7] || ' ' || "
    "CASE WHEN n % 200000 < 20 AND n <= 1000 OR n % 50000 = 0 THEN 'HIẾM GẶP' "
    "ELSE (ARRAY['VÍ DỤ','MẪU','THỬ'])[1 + n % 3] END",
    "bhxh_code": "lpad(n::text, 10, '0')",
    "phone_hash": "sha256(n::text::bytea)",
    "id_number_hash": "sha256(('id' || n)::bytea)",
    "marks": "CASE WHEN n % 7 = 0 THEN '[\"phone_used\"]'::jsonb ELSE '[]'::jsonb END",
}


REQUEST_VARIED = {
    **{column: VARIED[column] for column in ("id", "public_id", "status", "submitted_at", "due_on")},
    "number": "'00101DVC/2026/' || lpad(n::text, 7, '0')",
    "procedure_code": "(ARRAY['feedback','book-reissue','card-reissue','record-change'])[1 + n % 4]",
}


def rows(stage: Stage) -> Iterator[Row]:
    """queue.scale, the same of a search for a name that every fifth has and for one that a few have; requests.scale,
    and the same of the requests of one service.
    """
    cookie = _officer()
    yield from _scale(
        stage, cookie, _registration(), VARIED,
        {"queue.scale": REGISTRATIONS, "queue.frequent_name": f"{REGISTRATIONS}?q=nguyen",
         "queue.rare_name": f"{REGISTRATIONS}?q=hiem+gap"},
    )  # fmt: skip
    yield from _scale(
        stage, cookie, _request(), REQUEST_VARIED,
        {"requests.scale": REQUESTS, "requests.one_service": f"{REQUESTS}?mark=feedback"},
    )  # fmt: skip


def _scale(
    stage: Stage, cookie: str, model: Dossier, varied: Mapping[str, str], pages: Mapping[str, str]
) -> Iterator[Row]:
    """The share in CPU time of the million's page ÷ the thousand's, for each page of a kind of dossier."""
    table = model._meta.db_table
    for schema, size in SIZES.items():
        _fill(schema, size, model, varied)
    # Workers' CPU time would not be counted.
    _run("SET max_parallel_workers_per_gather = 0")
    for name, path in pages.items():
        visit = stage.visit(path, HTTP_COOKIE=cookie)
        times = race(stage.helpers(), **{schema: _in(schema, visit) for schema in SIZES})
        share = 1 / rate_ratio(times, "million", "thousand")
        yield at_most(name, share, 1.3, detail=in_words(times, "million", "thousand"))
    _run("RESET search_path", "RESET max_parallel_workers_per_gather", f"DELETE FROM {table}")
    _run(*(f"DROP SCHEMA {schema} CASCADE" for schema in SIZES))


def _in(schema: str, visit: Callable[[], object]) -> Callable[[], object]:
    """The visit, with the dossiers of that schema before all other tables."""

    def run() -> None:
        _run(f"SET search_path = {schema}, public")
        visit()

    return run


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


def _request() -> ServiceRequest:
    """A made-up request that waits for an officer; the others are like it."""
    now = timezone.now()
    person = InsuredPerson.objects.create(
        bhxh_code="0099000189", full_name="NGUYỄN THỊ THỬ NGHIỆM", date_of_birth="1985-02-09", gender="female"
    )
    account = User.objects.create_user("0099000189", "bench", full_name=person.full_name, person=person)
    return ServiceRequest.objects.create(
        office_id=OFFICE, number=f"{OFFICE}DVC/2026/0000001", status="submitted", created_at=now, submitted_at=now,
        due_on=timezone.localdate(now), person=person, account=account, procedure_code="feedback", sealed_answers="{}",
    )  # fmt: skip


def _registration() -> RegistrationDossier:
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
    )  # fmt: skip


def _fill(schema: str, size: int, model: Dossier, varied: Mapping[str, str]) -> None:
    """A table like the portal's with that many dossiers; its indexes are built at the end, rows are not checked."""
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields]
    values = [varied.get(column, f"model.{column}") for column in columns]
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s", [table])
        indexes = [definition.replace(" ON public.", f" ON {schema}.") for (definition,) in cursor.fetchall()]
    _run(
        f"CREATE SCHEMA {schema}",
        f"CREATE UNLOGGED TABLE {schema}.{table} (LIKE public.{table} INCLUDING DEFAULTS)",
        f"INSERT INTO {schema}.{table} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM generate_series(1, {size}) AS n, public.{table} AS model WHERE model.id = {model.pk}",
        "SET maintenance_work_mem = '512MB'",
        *indexes,
        "RESET maintenance_work_mem",
        f"VACUUM ANALYZE {schema}.{table}",
    )


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
