"""`python -m vssid.up.example COMMAND…`: runs a command under settings like a deployment's, with throw-away keys.

For checks that must import the settings but serve nobody: types, migrations, translations, Django's deploy check.
"""

from __future__ import annotations

import os
import sys
import tempfile

from vssid.up.keys import new_keys


def variables() -> dict[str, str]:
    """Every mandatory variable, as a deployment behind https would set it."""
    return {
        **new_keys(),
        "DJANGO_SETTINGS_MODULE": "vssid.settings",
        "PUBLIC_BASE_URL": "https://portal.example",
        "DATABASE_URL": "postgres://vssid@%2Fnonexistent/vssid",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "CELERY_BROKER_URL": "redis://127.0.0.1:9/1",
        "MEDIA_STORAGE_URL": f"file://{tempfile.gettempdir()}/vssid-example",
        "OPERATOR_NAME": "Example",
        "SMS_BACKEND": "twilio",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "0" * 32,
        "TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32,
        "VNEID_ISSUER": "https://issuer.example",
        "VNEID_CLIENT_ID": "vssid-portal",
    }


if __name__ == "__main__":
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL", "TERM") if name in os.environ}
    path = os.path.dirname(sys.executable) + os.pathsep + kept.get("PATH", "")
    os.execvpe(sys.argv[1], sys.argv[1:], {**kept, **variables(), "PATH": path})  # noqa: S606
