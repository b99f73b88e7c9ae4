"""The contribution endpoint of the API: rate against the bare view and against a view behind the same token check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from insurance.reads.contributions import contributions_of
from tests.benchmarks.measure import Row, at_least, at_most, race, rate_ratio
from tests.benchmarks.stage import Stage, queries_of

PATH = "/api/v1/me/contributions"


def rows(stage: Stage) -> Iterator[Row]:
    """api.contributions, api.token, queries.api."""
    person = stage.user.person_id
    assert person is not None
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {stage.token}"}
    visit = stage.visit(PATH, **bearer)
    known: dict[str, Any] = {"bench.person": stage.user.person}
    ready = stage.ready("contributions", lambda: contributions_of(person), stage.get(PATH, **bearer))
    times = race(
        stage.helpers(),
        bare=ready,
        plain=stage.visit("/bench/contributions", application=stage.bare, **known),
        unlimited=stage.visit("/bench/unlimited", application=stage.bare, **known),
        whole=stage.visit("/bench/contributions", **known),
        token=visit,
        ready=stage.visit("/bench/ready", **bearer),
        nothing=stage.visit("/bench/nothing", **bearer),
    )
    whole, nothing = rate_ratio(times, "whole", "bare"), rate_ratio(times, "token", "nothing")
    unlimited = rate_ratio(times, "unlimited", "bare")
    words = f"with all middleware {whole:.3f}, without counting limits {unlimited:.3f}"
    yield at_least("api.contributions", times, "plain", "bare", 0.65, detail=words)
    yield at_least("api.token", times, "token", "ready", 0.8, detail=f"against the token check alone {nothing:.3f}")
    yield at_most("queries.api", len(queries_of(visit)), 3, unit="queries")
