"""Fixtures for tests with real processes and a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.harness import servers
from tests.harness.live import Live
from tests.harness.proxy import Proxy
from vssid.up import services

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ["--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--screenshots FOLDER` keeps the pictures that tests take."""
    parser.addoption("--screenshots", metavar="FOLDER", help="keep the pictures the tests take in this folder")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests on the live portal share one worker, so that one portal runs."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        for portal in ("live", "api"):
            if portal in names:
                item.add_marker(pytest.mark.xdist_group(portal))
        if "browser" in names:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure on the live portal comes with the last lines of its processes."""
    report = yield
    known = getattr(item, "funcargs", {})
    live = known.get("live") or known.get("api")
    if report.failed and isinstance(live, Live):
        report.sections += [(f"live {name}", live.log(name, 20)) for name in live.children if live.log(name)]
    return report


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """The whole portal running, see `Live`. A test that kills a process starts it again."""
    portal = Live()
    try:
        portal.begin()
        yield portal
    finally:
        portal.end()


@pytest.fixture
def proxy_to() -> Iterator[Callable[[int | Path], Proxy]]:
    """`proxy_to(port or socket)` puts a wire that can be disturbed before a server."""
    made: list[Proxy] = []

    def before(target: int | Path) -> Proxy:
        made.append(Proxy(target))
        return made[-1]

    yield before
    for proxy in made:
        proxy.close()


@pytest.fixture(scope="session")
def api() -> Iterator[Live]:
    """A web server with the demonstration's people for programs that ask it thousands of times: no limits, no Redis."""
    portal = Live(
        f"api_{servers.WORKER}",
        (services.WEB, services.SWEEPER),
        API_LIMITS_FACTOR="100000",
        TRUSTED_PROXIES="127.0.0.1/32",
        REDIS_URL="",
        CELERY_BROKER_URL="filesystem://",
    )
    try:
        portal.begin()
        yield portal
    finally:
        portal.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    program = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert program, "Chromium is missing: run `make test`, or apt-get install chromium"
    options = [*OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=options)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`open_page(width=390, locale="vi-VN", …)` gives a page in a browser of its own (a fresh context).

    The test fails when any such page had a script error, broke its content security policy or asked another machine.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def request(request: Request) -> None:
        if urlsplit(request.url).hostname not in {"localhost", "127.0.0.1", None}:
            complaints.append(f"asked {request.url}")

    def opened(*, width: int = 390, height: int = 844, locale: str = "vi-VN", **options: Any) -> Page:
        # Without service workers, so that each page is the portal's own; a test about them says "allow".
        options.setdefault("service_workers", "block")
        settings = {"viewport": {"width": width, "height": height}, "timezone_id": "Asia/Ho_Chi_Minh", **options}
        context = browser.new_context(locale=locale, **settings)
        context.set_default_timeout(15_000)
        contexts.append(context)
        context.on("console", console)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("request", request)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert not complaints, complaints


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page on a phone: 390 pixels wide, in Vietnamese."""
    return open_page()


@pytest.fixture
def picture(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Path]:
    """`picture(page, "card")` takes a picture and gives its path; `--screenshots` says where they are kept."""
    folder = Path(request.config.getoption("--screenshots") or tmp_path)

    def take(page: Page, name: str, **options: Any) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.screenshot(path=path, **{"full_page": True, "animations": "disabled", **options})
        return path

    return take
