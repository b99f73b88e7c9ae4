"""Import speed of the command on CSV files, and its memory at two sizes."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection

from tests.benchmarks.measure import Row
from tests.benchmarks.stage import Stage

EMPLOYERS = 20_000
FIRST, PERSONS = 2_000, 10_000
GOAL = 1_700


def rows(stage: Stage) -> Iterator[Row]:
    """import.rate: persons and their 8 periods by CSV, a fifth of them first, for the memory."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO insurance_employer (code, name, address, made_up)"
            f" SELECT 'BM' || n, 'Công ty Mẫu ' || n, '', true FROM generate_series(1, {EMPLOYERS}) n"
            " ON CONFLICT DO NOTHING"
        )
    speeds = {}
    with tempfile.TemporaryDirectory() as folder:
        for count, first in ((FIRST, 0), (PERSONS, FIRST)):
            codes = [f"00{first + number:08}" for number in range(count)]
            speeds[count] = [_command(kind, write, Path(folder), codes) for kind, write in WRITERS.items()]
    seconds = sum(taken for taken, _memory in speeds[PERSONS])
    memory = ", ".join(f"{max(peak for _taken, peak in of):,} MB for {count:,}" for count, of in speeds.items())
    value = PERSONS / seconds
    words = f"{PERSONS:,} persons and {8 * PERSONS:,} periods in {seconds:.1f} s; memory at most {memory} persons"
    yield Row("import.rate", round(value), "a second", None, GOAL, value >= GOAL, words)


def _command(
    kind: str, write: Callable[[str], list[dict[str, str]]], folder: Path, codes: list[str]
) -> tuple[float, int]:
    """Seconds of the rows, as the command counts them, and its peak memory in MB."""
    path = folder / f"{kind}{len(codes)}.csv"
    lines = [row for code in codes for row in write(code)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    done = subprocess.run([sys.executable, "manage.py", "import_records", str(path), f"--kind={kind}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    told = re.search(r"([\d,]+) rows a second, at most ([\d,]+) MB", done.stdout)
    assert told, done.stdout
    return len(lines) / int(told[1].replace(",", "")), int(told[2].replace(",", ""))


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
