"""Contribution periods at SCALE persons: pages and bytes of a history, fresh and after a year of imports.

Persons and periods are made inside PostgreSQL, in tables like the portal's: two employments of four funds each, the
later one open. The twelve months go through the importer's own merge, dealt out in batches as it deals files out; they
are of YEAR persons, as many as SCALE up to 100,000.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from statistics import fmean, median

from django.db import connection
from django.utils import timezone

from insurance.actions.imports import BATCH_ROWS, SPREAD, merge
from insurance.actions.records import IMPORT_KINDS
from insurance.reads.contributions import contributions_of
from tests.benchmarks.measure import ROUNDS, Row, Times, at_most, cpu_of
from tests.benchmarks.stage import Stage

SCALE = int(os.environ.get("SCALE", "100000"))
SMALL = 10_000
YEAR = int(os.environ.get("YEAR", str(min(SCALE, 100_000))))
PERIODS, PERSONS = "insurance_contributionperiod", "insurance_insuredperson"
STRETCH = 500_000
OPEN, MONTHS, NEW_A_MONTH = 4, 12, 20  # every 20th person has a new period, 5 %
EMPLOYERS, TITLES = 20_000, 1_000
SAMPLE = 1_000
HOT, TURNS = 2_000, 40
MADE = """(SELECT (SELECT min(id) FROM insurance_employer WHERE code LIKE 'BM%%') AS employer,
       (SELECT min(id) FROM insurance_occupation WHERE title LIKE 'Nghề mẫu%%') AS title)"""
GENERATED = """
INSERT INTO {schema}.insurance_contributionperiod
    (person_id, kind, from_month, employer_id, to_month, occupation_id, salary, status)
SELECT p, 1 + k / 2, CASE mod(k, 2) WHEN 0 THEN date '2008-03-01' ELSE date '2016-02-01' END,
       employer + mod(p * 7 + mod(k, 2), {employers}),
       CASE mod(k, 2) WHEN 0 THEN date '2015-11-01' ELSE date '2025-12-01' END, title + mod(p + k, {titles}),
       5000000 + k * 500000, 1
FROM {made} made, generate_series(%(low)s::int, %(high)s::int) p, LATERAL generate_series(0 * p, 7) k
"""
PEOPLE = """
INSERT INTO {schema}.insurance_insuredperson
    (id, bhxh_code, full_name, date_of_birth, birth_year_only, gender, address, made_up)
SELECT n, lpad(n::text, 10, '0'), 'NGUYỄN THỊ THỬ NGHIỆM', '1985-02-09', false, 'female', '', true
FROM generate_series(%(low)s::int, %(high)s::int) n
"""
MADE_BY = {PERIODS: GENERATED, PERSONS: PEOPLE}
COMING = """
CREATE TEMPORARY TABLE coming AS
SELECT hashint4(person_id) & %(mask)s AS part, lpad(person_id::text, 10, '0') AS bhxh_code, kind, from_month,
       %(month)s::date AS to_month, employer.code AS employer, title AS position, salary, status, false AS voluntary
FROM (
    SELECT person_id, kind, from_month, employer_id, occupation_id, salary, status FROM insurance_contributionperiod
    WHERE person_id BETWEEN %(low)s AND %(high)s AND to_month = %(last)s
    UNION ALL
    SELECT p, 1, %(month)s, employer + mod(p + extract(month FROM %(month)s::date)::int * 11, {employers}),
           title + mod(p, {titles}), 7000000, 1
    FROM generate_series(%(low)s::int, %(high)s::int) p,
         {made} made
    WHERE mod(p + extract(month FROM %(month)s::date)::int, {often}) = 0
) coming JOIN insurance_employer employer ON employer.id = coming.employer_id
JOIN insurance_occupation ON insurance_occupation.id = occupation_id
ORDER BY 1
"""


def rows(stage: Stage) -> Iterator[Row]:
    """history.p95, history.pages, history.bytes, history.pages_year, history.bytes_year."""
    _run("SET max_parallel_workers_per_gather = 0", "SET maintenance_work_mem = '1GB'")
    _run(
        "INSERT INTO insurance_employer (code, name, address, made_up)"
        f" SELECT 'BM' || n, 'Công ty Mẫu ' || n, '', true FROM generate_series(1, {EMPLOYERS}) n",
        f"INSERT INTO insurance_occupation (title) SELECT 'Nghề mẫu ' || n FROM generate_series(1, {TITLES}) n",
        "ANALYZE insurance_employer, insurance_occupation",
    )
    _make("small", SMALL, PERIODS)
    began = time.monotonic()
    _make("scale", SCALE, PERIODS)
    loaded = f"{SCALE:,} persons with 8 periods, loaded in {time.monotonic() - began:.0f} s"
    yield _speed()
    yield from _figures("scale", "", SCALE, 6, 750, loaded)
    _run("DROP SCHEMA small CASCADE", "DROP SCHEMA scale CASCADE")
    _make("year", YEAR, PERSONS, PERIODS)
    began = time.monotonic()
    for month in range(MONTHS):
        _month(month)
    imported = f"{YEAR:,} persons, {MONTHS} monthly imports in {time.monotonic() - began:.0f} s; {_hot()}"
    yield from _figures("year", "_year", YEAR, 8, 900, imported)
    _run("RESET search_path", "DROP SCHEMA year CASCADE")
    _run("RESET max_parallel_workers_per_gather", "RESET maintenance_work_mem")


def _run(*statements: str, **values: object) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values or None)


def _ask(statement: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _make(schema: str, persons: int, *tables: str) -> None:
    """Tables like the portal's in a schema that stands before the portal's own; without a log, their indexes last."""
    _run(f"CREATE SCHEMA {schema}", f"SET search_path = {schema}, public")
    for table in tables:
        _run(f"CREATE UNLOGGED TABLE {schema}.{table} (LIKE public.{table} INCLUDING ALL EXCLUDING INDEXES)")
        ((options,),) = _ask("SELECT array_to_string(reloptions, ', ') FROM pg_class WHERE oid = %s::regclass",
                             f"public.{table}")  # fmt: skip
        if options:
            _run(f"ALTER TABLE {table} SET ({options})")
        for column, told in _ask(
            "SELECT attname, attoptions[1] FROM pg_attribute WHERE attrelid = %s::regclass AND attoptions IS NOT NULL",
            f"public.{table}",
        ):
            _run(f"ALTER TABLE {table} ALTER COLUMN {column} SET ({told})")
        for low in range(1, persons + 1, STRETCH):
            statement = MADE_BY[table].format(schema=schema, employers=EMPLOYERS, titles=TITLES, made=MADE)
            _run(statement, low=low, high=min(persons, low + STRETCH - 1))
            if persons > STRETCH:
                print(f"{time.strftime('%X')} {table}: {low - 1 + STRETCH:,} of {persons:,}", file=sys.stderr)
        for (index,) in _ask("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s", table):
            _run(index.replace(" ON public.", f" ON {schema}."))
        _run(f"VACUUM ANALYZE {table}")


def _month(number: int) -> None:
    """One month's import: each open period goes on, 5 % of persons get a new one; then what autovacuum would do."""
    last = f"{2025 + (number + 11) // 12}-{(number + 11) % 12 + 1:02}-01"
    month = f"2026-{number + 1:02}-01"
    stretch = BATCH_ROWS * SPREAD // OPEN
    kind = IMPORT_KINDS["periods"]
    statement = COMING.format(employers=EMPLOYERS, titles=TITLES, made=MADE, often=NEW_A_MONTH)
    columns = ", ".join(kind.columns)
    for low in range(1, YEAR + 1, stretch):
        high = min(YEAR, low + stretch - 1)
        _run(statement, low=low, high=high, month=month, last=last, mask=SPREAD - 1)
        _run("CREATE INDEX ON coming (part)", "ANALYZE coming")
        for part in range(SPREAD):
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE TEMPORARY TABLE incoming (line bigint, {kind.table})")
                cursor.execute(
                    f"INSERT INTO incoming (line, {columns}) SELECT row_number() OVER (), {columns} FROM coming"
                    f" WHERE part = {part}"
                )
                cursor.execute("ANALYZE incoming")
                merge(cursor, kind, timezone.now())
                cursor.execute("DROP TABLE incoming")
        _run("DROP TABLE coming")
    _run(f"VACUUM {PERIODS}")


def _figures(schema: str, suffix: str, persons: int, pages: int, size: int, detail: str) -> Iterator[Row]:
    _run(f"SET search_path = {schema}, public")
    ((heap, indexes),) = _ask("SELECT pg_table_size(%s), pg_indexes_size(%s)", PERIODS, PERIODS)
    found = [_pages_of(random.Random(person).randint(1, persons)) for person in range(SAMPLE)]
    yield at_most(f"history.pages{suffix}", fmean(found), pages, unit="pages",
                  detail=f"{SAMPLE:,} persons, at most {max(found)}; {detail}")  # fmt: skip
    yield at_most(f"history.bytes{suffix}", (heap + indexes) / persons, size, unit="bytes",
                  detail=f"table {heap / persons:.0f}, index {indexes / persons:.0f} a person")  # fmt: skip


def _pages_of(person: int) -> int:
    """Pages of table and index that PostgreSQL touches for one person's periods."""
    ((plan,),) = _ask(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM {PERIODS} WHERE person_id = %s", person)
    top = plan[0]["Plan"]
    assert top["Node Type"] == "Index Scan", top["Node Type"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def _hot() -> str:
    _run("SELECT pg_stat_force_next_flush()")
    ((updated, hot),) = _ask(
        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE schemaname = 'year' AND relname = %s", PERIODS
    )
    return f"{hot / max(updated, 1):.0%} of the updates stayed on their page without touching the index"


def _speed() -> Row:
    """Warm p95 of the history's own read, by wall time, both sizes in turns of ten; hot persons were read once before.

    The machine's other work falls on both sides alike; CPU time, with PostgreSQL's, tells whether it hid anything.
    """
    sizes = {"scale": SCALE, "small": SMALL}
    hot = {schema: random.Random(7).sample(range(1, size + 1), HOT) for schema, size in sizes.items()}
    connection.ensure_connection()
    helpers = [connection.connection.info.backend_pid]
    times = {schema: Times([], [], []) for schema in sizes}
    for schema, persons in hot.items():
        _turn(schema, persons, helpers)
    for _round in range(ROUNDS):
        for taken in times.values():
            taken.wall.append([])
            taken.cpu.append([])
        for _turn_of in range(TURNS):
            for schema, persons in hot.items():
                for wall, cpu in _turn(schema, random.sample(persons, 10), helpers):
                    times[schema].wall[-1].append(wall)
                    times[schema].cpu[-1].append(cpu)
    large, little = times["scale"], times["small"]
    ratio = median(one / other for one, other in zip(large.p95s(), little.p95s(), strict=True))
    by_cpu = median(one / other for one, other in zip(large.p95s("cpu"), little.p95s("cpu"), strict=True))
    words = (
        f"{large.p95() * 1e6:,.0f} µs at {SCALE:,} persons, {little.p95() * 1e6:,.0f} at {SMALL:,};"
        f" medians {large.typical() * 1e6:,.0f}, {little.typical() * 1e6:,.0f}; p95 of CPU time {by_cpu:.3f}"
    )
    return at_most("history.p95", ratio, 1.2, detail=words)


def _turn(schema: str, persons: list[int], helpers: list[int]) -> list[tuple[float, float]]:
    """Seconds by the clock and on a CPU, a pair for each person's read."""
    _run(f"SET search_path = {schema}, public")
    taken = []
    for person in persons:
        helped, own, began = cpu_of(helpers), time.process_time(), time.perf_counter()
        found = contributions_of(person)
        wall, own = time.perf_counter() - began, time.process_time() - own
        taken.append((wall, own + cpu_of(helpers) - helped))
        assert len(found) == 8, found
    return taken
