"""Import speed of the command on CSV files, its memory at two sizes, and what a row costs that comes by the API."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from statistics import median

from django.db import connection
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model

from insurance.actions.imports import Refused, import_lines, import_rows
from insurance.actions.records.files import open_records
from tests.benchmarks.measure import ROUNDS, Row, at_most, cpu_of
from tests.benchmarks.stage import Stage, call, environ

EMPLOYERS = 20_000
FIRST, PERSONS = 2_000, 10_000
GOAL = 1_700
BATCH = 500


def rows(stage: Stage) -> Iterator[Row]:
    """import.rate, import.api."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO insurance_employer (code, name, address, made_up)"
            f" SELECT 'BM' || n, 'Công ty Mẫu ' || n, '', true FROM generate_series(1, {EMPLOYERS}) n"
            " ON CONFLICT DO NOTHING"
        )
    yield _rate()
    yield _api(stage)


def _rate() -> Row:
    """Persons and their 8 periods by CSV, a fifth of them first, for the memory."""
    speeds = {}
    with tempfile.TemporaryDirectory() as folder:
        for count, first in ((FIRST, 0), (PERSONS, FIRST)):
            codes = [f"00{first + number:08}" for number in range(count)]
            speeds[count] = [_command(kind, write, Path(folder), codes) for kind, write in WRITERS.items()]
    seconds = sum(taken for taken, _memory in speeds[PERSONS])
    memory = ", ".join(f"{max(peak for _taken, peak in of):,} MB for {count:,}" for count, of in speeds.items())
    value = PERSONS / seconds
    words = f"{PERSONS:,} persons and {8 * PERSONS:,} periods in {seconds:.1f} s; memory at most {memory} persons"
    return Row("import.rate", round(value), "a second", None, GOAL, value >= GOAL, words)


def _api(stage: Stage) -> Row:
    """CPU time of a batch of periods by the API ÷ the same rows from a file, as the command takes them; in turn."""
    helpers, send = stage.helpers(), _sender(stage)
    times: dict[str, list[float]] = {"file": [], "api": []}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(2 * (ROUNDS + 1)):
            way = ("file", "api")[turn % 2]
            codes = [f"005{turn:02}{number:05}" for number in range(BATCH)]
            assert not import_rows("persons", map(_bare_person, codes), at=timezone.now(), by="system").refused
            periods = [row for code in codes for row in _periods(code)]
            path = _written(Path(folder) / "periods.csv", periods)
            began = time.process_time() + cpu_of(helpers)
            if way == "api":
                send(periods)
            else:
                with open_records(path) as file:
                    taken = import_lines("periods", file.lines, at=timezone.now(), by="system", refuse=_no_refusal)
                    assert sum(taken) == len(periods)
            times[way].append(time.process_time() + cpu_of(helpers) - began)
    ratio = median(api / file for api, file in list(zip(times["api"], times["file"], strict=True))[1:])
    microseconds = {way: median(taken[1:]) / (8 * BATCH) * 1e6 for way, taken in times.items()}
    words = f"CPU {microseconds['api']:.0f} µs a row against {microseconds['file']:.0f}; {8 * BATCH:,} rows a batch"
    return at_most("import.api", ratio, 2, detail=words)


def _sender(stage: Stage) -> Callable[[list[dict[str, str]]], None]:
    """Sends rows of periods as a system that may."""
    application = get_application_model().objects.create(
        name="Bench system", client_type="confidential", authorization_grant_type="client-credentials"
    )
    get_access_token_model().objects.create(
        token="system" * 6, application=application, scope="records:write", expires=timezone.now() + timedelta(hours=2)
    )

    def send(rows: list[dict[str, str]]) -> None:
        body = json.dumps({"kind": "periods", "rows": rows}).encode()
        asked = environ("/api/v1/records/import", {"HTTP_AUTHORIZATION": f"Bearer {'system' * 6}"})
        asked |= {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body))}
        answer = call(stage.portal, {**asked, "wsgi.input": BytesIO(body)})
        assert (answer.status, json.loads(answer.body)["accepted"]) == (200, len(rows)), answer.body[:500]

    return send


def _bare_person(code: str) -> dict[str, str]:
    return _person(code)[0] | {"citizen_id": ""}


def _no_refusal(refused: Refused) -> None:
    raise AssertionError(refused)


def _command(
    kind: str, write: Callable[[str], list[dict[str, str]]], folder: Path, codes: list[str]
) -> tuple[float, int]:
    """Seconds of the rows, as the command counts them, and its peak memory in MB."""
    lines = [row for code in codes for row in write(code)]
    path = _written(folder / f"{kind}{len(codes)}.csv", lines)
    done = subprocess.run([sys.executable, "manage.py", "import_records", str(path), f"--kind={kind}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    told = re.search(r"([\d,]+) rows a second, at most ([\d,]+) MB", done.stdout)
    assert told, done.stdout
    return len(lines) / int(told[1].replace(",", "")), int(told[2].replace(",", ""))


def _written(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _person(code: str) -> list[dict[str, str]]:
    return [{"bhxh_code": code, "full_name": "NGUYỄN THỊ THỬ NGHIỆM", "date_of_birth": "1985-02-09", "gender": "female",
             "citizen_id": f"0011{code[-8:]}", "phone": "+84900000107", "address": "Số 0, ngõ Ví Dụ", "ward": "00004",
             "made_up": "1"}]  # fmt: skip


def _periods(code: str) -> list[dict[str, str]]:
    return [
        {"bhxh_code": code, "kind": kind, "from": first, "to": last, "employer": f"BM{int(code) % EMPLOYERS + 1}",
         "position": "Công nhân may", "salary": "8000000", "status": "paid"}
        for kind in ("bhxh", "bhtn", "tnld", "bhyt") for first, last in (("2008-03", "2015-11"), ("2016-02", "2026-10"))
    ]  # fmt: skip


WRITERS = {"persons": _person, "periods": _periods}
