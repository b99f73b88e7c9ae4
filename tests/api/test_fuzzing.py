"""schemathesis asks the running server what its description allows, and what it does not, and finds nothing."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.harness.live import Live
from tests.registration.pictures import jpeg

FOLDER = Path(__file__).parent / "fuzzing"
# Makes access tokens in the server's database, and dossiers and requests in every state; prints the numbers of both.
WORLD = r"""
import json
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model
from accounts.models import RegistrationDossier, User
from services.models import ServiceRequest
from vssid.demo import applications
now = timezone.now()
citizen = User.objects.get(username="0199000508")
officer = User.objects.filter(is_staff=True).first()
for client, (_name, scopes, _staff) in applications.APPLICATIONS.items():
    get_access_token_model().objects.create(
        token=f"fuzzing-{client}", scope=" ".join(scopes), expires=now + timedelta(hours=3),
        application=get_application_model().objects.get(client_id=client),
        user=citizen if client == applications.APPLICATION else None,
    )
first = RegistrationDossier.objects.get(bhxh_code="0199000303")
dossiers = [first.url_number]
for count in range(30):
    first.pk, first._state.adding = None, True
    first.public_id, first.number = uuid4(), f"{first.office_id}GD/{now.year}/{90000 + count}"
    if count == 5:
        first.person = None  # an approval closes the other dossiers of its person
    first.save()
    dossiers.append(first.url_number)
requests = []
for state, times in {"draft": 8, "submitted": 4, "returned": 4, "approved": 2, "rejected": 2, "withdrawn": 2}.items():
    for count in range(times):
        one = ServiceRequest(
            procedure_code="feedback", person=citizen.person, account=citizen, office_id=first.office_id, status=state,
            created_at=now, sealed_answers=json.dumps({"topic": "portal", "text": "Góp ý ví dụ."}),
        )
        if state != "draft":
            one.number, one.submitted_at = f"{first.office_id}DVC/{now.year}/{90000 + len(requests)}", now
        if state in ("approved", "rejected"):
            one.decided_at, one.decided_by = now, officer
        if state == "rejected":
            one.reason = "record_differs"
        if state == "returned":
            one.return_reasons = [{"field": "text", "text": "Xin ghi rõ hơn."}]
        one.save()
        requests.append(one.url_number if one.number else str(one.public_id))
print("|".join([" ".join(dossiers), " ".join(requests)]))
"""
# Somebody of the demonstration who has no account.
DECLARATION = {
    "bhxh_code": "0199000204", "full_name": "ĐỖ XUÂN HẢI", "date_of_birth": "1972-06-25", "gender": "male",
    "id_type": "cccd", "id_number": "001072000204", "phone": "+84900000204", "province": "01", "ward": "00292",
    "address": "Số 40, phố Bản Mẫu", "office": "00103",
}  # fmt: skip
SLOTS = ("portrait", "id_front", "id_back")


@pytest.fixture(scope="module")
def tokens(api: Live) -> dict[str, str]:
    """Environment variables: a token for each kind of caller, and numbers of what they see."""
    made = api.manage("shell", "--verbosity", "0", "--command", WORLD).splitlines()[-1].split("|")
    begun = requests.post(f"{api.url}/api/v1/registrations", json=DECLARATION, timeout=20).json()
    photos = f"{api.url}/api/v1/registrations/{begun['id']}/photos"
    proof = {"Authorization": f"Registration {begun['token']}"}
    kept = requests.post(photos, files=dict.fromkeys(SLOTS, ("a.jpg", jpeg(), "image/jpeg")), headers=proof, timeout=20)
    assert kept.status_code == 200, kept.text
    return {
        "PORTAL": api.url,
        "PORTAL_DATABASE": api.variables["DATABASE_URL"],
        "CITIZEN_TOKEN": "fuzzing-demo-app",
        "OFFICE_TOKEN": "fuzzing-demo-office",
        "RECORDS_TOKEN": "fuzzing-demo-records",
        "DOSSIERS": made[0],
        "REQUESTS": made[1],
        "REGISTRATION": begun["id"],
        "REGISTRATION_TOKEN": begun["token"],
    }


def run(api: Live, tokens: dict[str, str], *options: str) -> None:
    """Runs schemathesis with every check; fails with what it found."""
    finish(begin(api, tokens, *options))


def begin(api: Live, tokens: dict[str, str], *options: str) -> subprocess.Popen[str]:
    command = [
        sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "--config-file", str(FOLDER / "schemathesis.toml"),
        "run", f"{api.url}/api/schema/", "--checks", "all", "--seed", "1", *options,
    ]  # fmt: skip
    environment = {**os.environ, **tokens, "SCHEMATHESIS_HOOKS": "tests.api.fuzzing.hooks"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)


def finish(running: subprocess.Popen[str]) -> None:
    # Minutes are meant here: no trace of where this process waits.
    faulthandler.cancel_dump_traceback_later()
    told, _nothing = running.communicate()
    assert running.returncode == 0, told[-20_000:]


def test_no_input_gives_an_undocumented_answer(api: Live, tokens: dict[str, str]) -> None:
    run(api, tokens, "--max-examples", "200")


@pytest.mark.soak
def test_no_input_of_thousands_gives_an_undocumented_answer(api: Live, tokens: dict[str, str]) -> None:
    """In parts at the same time, each with what belongs together: one after the other they take half an hour."""
    parts = (["registrations", "records"], ["requests", "dossiers"])
    chosen = [[option for tag in part for option in ("--include-tag", tag)] for part in parts]
    chosen.append([option for part in parts for tag in part for option in ("--exclude-tag", tag)])
    for running in [begin(api, tokens, "--max-examples", "2000", *options) for options in chosen]:
        finish(running)
