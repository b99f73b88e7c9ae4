"""Pages of somebody who is logged in: rate against the bare view, queries, weight of a first view."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils import timezone

from insurance.reads.cards import card_of
from insurance.reads.contributions import KINDS, contributions_of
from tests.benchmarks.measure import Row, at_least, at_most, race, rate_ratio
from tests.benchmarks.stage import Answer, Stage, queries_of

CARD, HISTORY, HOME = "/the-bhyt/", "/qua-trinh-tham-gia/", "/ca-nhan/"
PUBLIC = ("/", "/dang-ky/", "/dang-ky/to-khai/", "/dang-nhap/")
_REFERENCE = re.compile(rb'(?:src|href)="([^"#]+)')
_LINK = re.compile(rb"<(?:link|script|img|use)\b[^>]*>")


def rows(stage: Stage) -> Iterator[Row]:
    """page.card, page.history, queries.*, page.bytes."""
    person = stage.user.person_id
    assert person is not None
    today = timezone.localdate()
    yield _rate(stage, "card", CARD, lambda: card_of(person, today))
    yield _rate(stage, "history", HISTORY, lambda: contributions_of(person, KINDS["bhxh"]))
    for name, path in (("card", CARD), ("history", HISTORY), ("home", HOME)):
        visit = stage.visit(path, HTTP_COOKIE=stage.cookies)
        visit()
        # The first page shows how requests stand as well.
        most = 5 if name == "home" else 4
        yield at_most(f"queries.{name}", len(queries_of(visit)), most, unit="queries")
    yield _weight(stage)


def _rate(stage: Stage, name: str, path: str, read: object) -> Row:
    inside = {"HTTP_COOKIE": stage.cookies}
    ready = stage.ready(name, read, stage.get(path, **inside))  # type: ignore[arg-type]
    times = race(
        stage.helpers(),
        bare=ready,
        page=stage.visit(path, **inside),
        gzipped=stage.visit(path, HTTP_ACCEPT_ENCODING="gzip", **inside),
    )
    detail = f"gzipped by Django {rate_ratio(times, 'gzipped', 'bare'):.3f}"
    return at_least(f"page.{name}", times, "page", "bare", 0.12, detail=detail)


def _weight(stage: Stage) -> Row:
    weights = {path: _first_view(stage, path, "") for path in PUBLIC}
    weights |= {path: _first_view(stage, path, stage.cookies) for path in (HOME, CARD, HISTORY)}
    heaviest = max(weights, key=lambda path: weights[path])
    detail = ", ".join(f"{path} {weight:,}" for path, weight in sorted(weights.items(), key=lambda item: -item[1]))
    return at_most("page.bytes", weights[heaviest], 40_000, unit="bytes", detail=detail)


def _first_view(stage: Stage, path: str, cookies: str) -> int:
    """Bytes of a page and of all it asks for, with an empty cache, gzip and headers counted."""

    def fetch(asked: str) -> Answer:
        answer = stage.get(asked, HTTP_ACCEPT_ENCODING="gzip", HTTP_COOKIE=cookies)
        assert answer.status == 200, (asked, answer.status)
        return answer

    page = stage.get(path, HTTP_COOKIE=cookies)
    assert page.status == 200, (path, page.status)
    found = {match.group(1).decode() for tag in _LINK.findall(page.body) for match in _REFERENCE.finditer(tag)}
    parts = {asked for asked in found if asked.startswith("/")}
    return fetch(path).weight() + sum(fetch(asked).weight() for asked in parts)
