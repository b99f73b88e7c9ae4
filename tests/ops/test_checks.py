"""What the portal refuses to start with, and what `check --deploy` says about settings."""

import os
import subprocess
import sys

import pytest
from django.test import override_settings

from tests.harness import servers
from vssid.ops import checks
from vssid.up.environment import ROOT
from vssid.up.example import variables


def ids(found) -> set[str]:
    return {problem.id for problem in found}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"DEMO": True, "VNEID_ISSUER": "http://127.0.0.1:8100"}, set()),
        ({"DEMO": True, "VNEID_ISSUER": "http://vneid.localhost:8080"}, set()),
        ({"DEMO": True, "VNEID_ISSUER": "https://issuer.example"}, {"vssid.E001"}),
        ({"DEMO": True, "VNEID_ISSUER": "http://127.0.0.1.evil.example"}, {"vssid.E001", "vssid.E002"}),
        ({"DEMO": True, "SMS_BACKEND": "twilio", "TWILIO_API_BASE": ""}, {"vssid.E001"}),
        ({"DEMO": True, "SMS_BACKEND": "twilio", "TWILIO_API_BASE": "http://localhost:9"}, set()),
        ({"DEMO": True, "SMS_FALLBACK_BACKEND": "http", "SMS_HTTP_URL": "https://sms.example"}, {"vssid.E001"}),
        ({"DEMO": False, "VNEID_ISSUER": "http://issuer.example"}, {"vssid.E002"}),
        ({"DEMO": False, "SMS_BACKEND": "http", "SMS_HTTP_URL": "http://sms.example"}, {"vssid.E002"}),
        ({"DEMO": False, "VNEID_ISSUER": "https://issuer.example"}, set()),
    ],
)
def test_a_demonstration_meets_nothing_real_and_nothing_leaves_in_clear_text(settings, expected):
    with override_settings(**settings):
        assert ids(checks.outside_world()) == expected


@override_settings(TRUSTED_PROXIES=["10.0.0.0/8", "not-a-network"])
def test_a_malformed_proxy_list_is_an_error():
    assert ids(checks.proxies()) == {"vssid.E003"}


def test_production_wants_https_secure_cookies_and_a_writable_store(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    with override_settings(
        DEMO=False,
        DEBUG=True,
        PUBLIC_BASE_URL="http://portal.example",
        SESSION_COOKIE_SECURE=False,
        ALLOWED_HOSTS=["*"],
        MEDIA_STORAGE_URL=f"file://{blocked}/media",
        OPERATOR_NAME="",
        SMS_BACKEND="inbox",
    ):
        found = ids(checks.production())
    assert found == {f"vssid.{code}" for code in ("E010", "E011", "E012", "E013", "E015", "E016", "W018")}


def run(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a command under a deployment's settings with `changes`."""
    environment = {"PATH": os.environ["PATH"], **variables(), **changes}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )


def test_the_deploy_check_is_clean_under_production_settings():
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"DEMO": "1"}, "VNEID_ISSUER"),
        ({"VNEID_ISSUER": "http://issuer.example"}, "VNEID_ISSUER"),
        ({"TRUSTED_PROXIES": "everybody"}, "TRUSTED_PROXIES"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"PAYMENT_BANK": "VCB"}, "PAYMENT_BANK"),
    ],
)
def test_a_bad_setting_ends_the_start_with_its_name_in_one_line(changes, named):
    done = run("-c", "import vssid.wsgi", **changes)
    assert done.returncode == 1
    assert named in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_driver_is_psycopg2():
    from django.db import connection

    assert connection.Database.__name__ == "psycopg2"
    assert connection.settings_dict["CONN_MAX_AGE"]
    assert servers.environment()["DATABASE_URL"].startswith("postgres")
