"""Photos go when the rule says so, with an entry; what is needed stays; a dry run only tells."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.management import call_command

from accounts import tasks
from accounts.actions import drafts, registration, retention, review
from accounts.models import IdPhoto, RegistrationDossier
from tests.admin.conftest import NEAR, at, logged_in, make_dossier, make_staff
from tests.harness.stage import NOW, words
from tests.registration.conftest import make_person, make_places
from vssid.audit.models import AuditEvent
from vssid.documents import storage
from vssid.errors import NotFound

YEAR, MONTH = timedelta(days=365), timedelta(days=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
def officer(db):
    make_places()
    return make_staff("canbo.gan", "officer", NEAR)


@pytest.fixture
def dossier(officer, time_machine) -> RegistrationDossier:
    time_machine.move_to(NOW, tick=False)
    return make_dossier(make_person())


def approved(dossier, officer):
    review.approve(dossier_id=dossier.pk, version=dossier.version, document="cccd", by=officer, at=NOW)


def rejected(dossier, officer):
    decision = {"dossier_id": dossier.pk, "version": dossier.version, "by": officer, "at": NOW}
    review.reject(reason="not_the_person", text="", **decision)


def withdrawn(dossier, _officer):
    registration.withdraw(dossier=dossier, at=NOW)


def photos(dossier) -> list[IdPhoto]:
    return list(IdPhoto.objects.filter(dossier=dossier, erased_at=None))


def dry_run() -> str:
    out = io.StringIO()
    call_command("run_retention", "--dry-run", stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(("end", "kept"), [(approved, YEAR), (rejected, MONTH), (withdrawn, MONTH)])
def test_photos_are_erased_so_many_days_after_the_end(dossier, officer, end, kept):
    end(dossier, officer)
    names = [photo.stored_name for photo in photos(dossier)]
    assert names
    assert retention.erase_photos(at=NOW + kept) == 0
    assert len(photos(dossier)) == len(names)
    moment = NOW + kept + SECOND
    assert retention.erase_photos(at=moment) == 1
    assert photos(dossier) == []
    for photo in IdPhoto.objects.filter(dossier=dossier):
        assert (photo.erased_at, photo.stored_name, photo.perceptual_hash) == (moment, "", None)
        assert photo.erased_reason == f"retention:{end.__name__}"
    for name in names:
        with pytest.raises(NotFound):
            storage.open(name, context=drafts.PHOTO_CONTEXT)
    event = AuditEvent.objects.get(event="photo.erased", subject=f"dossier:{dossier.pk}")
    assert event.facts == {"photos": len(names), "reason": f"retention:{end.__name__}"}
    assert (event.actor, event.office) == ("system", NEAR)


def test_of_two_dossiers_of_one_person_the_cancelled_one_goes_first(dossier, officer):
    other = make_dossier(dossier.person)
    RegistrationDossier.objects.filter(pk=other.pk).update(submitted_at=NOW - timedelta(days=60))
    approved(dossier, officer)
    assert retention.erase_photos(at=NOW + MONTH) == 0, "it counts from the cancellation, not from the submission"
    assert retention.erase_photos(at=NOW + MONTH + SECOND) == 1
    assert (len(photos(other)), len(photos(dossier)) > 0) == (0, True)


def test_what_waits_is_kept_however_old(dossier, officer):
    returned = make_dossier(dossier.person)
    reasons = [{"field": "id_front", "text": "Blurred."}]
    review.return_for_changes(dossier_id=returned.pk, version=1, reasons=reasons, by=officer, at=NOW)
    assert retention.erase_photos(at=NOW + 10 * YEAR) == 0


def test_twice_erases_once(dossier, officer):
    rejected(dossier, officer)
    moment = NOW + MONTH + SECOND
    assert [retention.erase_photos(at=moment), retention.erase_photos(at=moment)] == [1, 0]
    assert AuditEvent.objects.filter(event="photo.erased").count() == 1
    assert AuditEvent.objects.get(event="retention.ran").facts == {"dossiers": 1}


def test_a_dry_run_names_dossiers_and_erases_nothing(dossier, officer, time_machine):
    rejected(dossier, officer)
    assert dossier.number not in dry_run()
    time_machine.move_to(NOW + MONTH + SECOND, tick=False)
    assert f"{dossier.number} rejected 2026-11-23 photos {len(photos(dossier))}" in dry_run()
    assert photos(dossier)
    out = io.StringIO()
    call_command("run_retention", stdout=out)
    assert "photos of 1 dossiers erased" in out.getvalue()
    assert photos(dossier) == []
    assert dossier.number not in dry_run()


def test_the_scheduler_erases_in_portions(dossier, officer, time_machine, monkeypatch):
    rejected(dossier, officer)
    rejected(make_dossier(dossier.person), officer)
    time_machine.move_to(NOW + MONTH + SECOND, tick=False)
    monkeypatch.setattr(tasks, "DOSSIERS_AT_ONCE", 1)
    asked = []
    monkeypatch.setattr(tasks.erase_old_photos, "delay", lambda: asked.append("again"))
    assert [tasks.erase_old_photos(), tasks.erase_old_photos(), tasks.erase_old_photos()] == [1, 1, 0]
    assert asked == ["again", "again"]


def test_a_store_that_refuses_leaves_entry_and_photo_for_the_next_run(dossier, officer):
    rejected(dossier, officer)
    moment = NOW + MONTH + SECOND
    stubborn = Path(storages["private"].path(photos(dossier)[0].stored_name))
    stubborn.unlink()
    (stubborn / "in the way").mkdir(parents=True)
    with pytest.raises(storage.StorageUnavailable):
        retention.erase_photos(at=moment)
    assert photos(dossier)
    assert not AuditEvent.objects.filter(event="photo.erased").exists()
    (stubborn / "in the way").rmdir()
    assert retention.erase_photos(at=moment) == 1
    assert photos(dossier) == []


def test_the_page_of_an_old_dossier_says_that_the_photos_are_gone(dossier, officer, time_machine):
    rejected(dossier, officer)
    retention.erase_photos(at=NOW + MONTH + SECOND)
    page = words(logged_in(officer).get(at(dossier)))
    assert '<img src="/quan-tri/' not in page
