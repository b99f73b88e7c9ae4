"""schemathesis asks the running server what its description allows, and what it does not, and finds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.harness.live import Live

FOLDER = Path(__file__).parent / "fuzzing"
# Makes access tokens in the server's database: prints one for each line "user or -, scopes".
TOKENS = r"""
from datetime import timedelta
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model
from accounts.models import RegistrationDossier, User
from vssid.demo import seed
expires = timezone.now() + timedelta(hours=3)
get_access_token_model().objects.create(
    token="fuzzing-citizen", scope=" ".join(seed.APPLICATIONS[seed.APPLICATION][1]), expires=expires,
    application=get_application_model().objects.get(client_id=seed.APPLICATION),
    user=User.objects.get(username="0199000508"),
)
for client, (_name, scopes, _staff) in seed.APPLICATIONS.items():
    if client != seed.APPLICATION:
        get_access_token_model().objects.create(
            token=f"fuzzing-{client}", scope=" ".join(scopes), expires=expires,
            application=get_application_model().objects.get(client_id=client),
        )
print(RegistrationDossier.objects.get(bhxh_code="0199000303").number.replace("/", "-"))
"""
# Somebody of the demonstration who has no account.
DECLARATION = {
    "bhxh_code": "0199000204", "full_name": "ĐỖ XUÂN HẢI", "date_of_birth": "1972-06-25", "gender": "male",
    "id_type": "cccd", "id_number": "001072000204", "phone": "+84900000204", "province": "01", "ward": "00292",
    "address": "Số 40, phố Bản Mẫu", "office": "00103",
}  # fmt: skip


@pytest.fixture(scope="module")
def tokens(api: Live) -> dict[str, str]:
    """Environment variables with a token for each kind of caller."""
    dossier = api.manage("shell", "--verbosity", "0", "--command", TOKENS).split()[-1]
    begun = requests.post(f"{api.url}/api/v1/registrations", json=DECLARATION, timeout=20).json()
    return {
        "CITIZEN_TOKEN": "fuzzing-citizen",
        "OFFICE_TOKEN": "fuzzing-demo-office",
        "RECORDS_TOKEN": "fuzzing-demo-records",
        "DOSSIER": dossier,
        "REGISTRATION": begun["id"],
        "REGISTRATION_TOKEN": begun["token"],
    }


def run(api: Live, tokens: dict[str, str], *options: str) -> None:
    """Runs schemathesis with every check; fails with what it found."""
    command = [
        sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "--config-file", str(FOLDER / "schemathesis.toml"),
        "run", f"{api.url}/api/schema/", "--checks", "all", "--seed", "1", *options,
    ]  # fmt: skip
    environment = {**os.environ, **tokens, "SCHEMATHESIS_HOOKS": "tests.api.fuzzing.hooks"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2000:]


def test_no_input_gives_an_undocumented_answer(api: Live, tokens: dict[str, str]) -> None:
    run(api, tokens, "--max-examples", "20")


@pytest.mark.soak
def test_no_input_of_thousands_gives_an_undocumented_answer(api: Live, tokens: dict[str, str]) -> None:
    run(api, tokens, "--max-examples", "2000", "--max-time", "1500")
