"""A dossier that an officer returned: its citizen mends it and sends it again, or takes it back."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from accounts import tasks
from accounts.actions import registration, review
from accounts.models import IdPhoto, RegistrationDossier, StaffPosting, User
from accounts.models.registration import Mark
from tests.harness.stage import new_browser, words
from tests.registration.conftest import (
    PHONE,
    add_photos,
    ask_for_code,
    code_on,
    declare,
    make_person,
    make_places,
    phone_shows,
    register,
    send,
    upload,
)
from tests.registration.pictures import jpeg
from tests.registration.test_tracking import PATH, ask, look
from vssid.audit.models import AuditEvent
from vssid.documents import storage
from vssid.errors import DomainError
from vssid.workflow import InvalidTransition

BLURRED = {"field": "id_front", "text": "Ảnh <b>mờ</b>, chụp lại."}
NAME = {"field": "full_name", "text": "Thiếu chữ đệm."}


@pytest.fixture
def officer(places):
    return make_officer()


def make_officer() -> User:
    officer = User.objects.create_user("canbo01", full_name="Trần Bản Mẫu", is_staff=True)
    StaffPosting.objects.create(user=officer, office_id="00103")
    return officer


@pytest.fixture
def dossier(browser, person, clock):
    """Sent some minutes ago."""
    dossier = register(browser, full_name="Nguyễn Thử Nghiệm")
    clock.shift(600)
    return dossier


@pytest.fixture
def returned(dossier, officer):
    return give_back(dossier, officer)


@pytest.fixture
def reader(returned, clock):
    """Another browser of hers, with the page that shows where the dossier stands."""
    return open_status(new_browser(), returned)


def give_back(dossier, officer, *reasons):
    return review.return_for_changes(
        dossier_id=dossier.pk,
        version=dossier.version,
        reasons=reasons or (BLURRED, NAME),
        by=officer,
        at=timezone.now(),
    )


def open_status(client, dossier):
    ask(client, dossier.number)
    assert look(client, dossier.number, code_on()).url == PATH
    return client


def correct(client):
    return client.post(PATH, {"action": "correct"})


def withdraw(client):
    return client.post(PATH, {"action": "withdraw"})


def mend(client, **changes):
    """From the page where it stands through declaration and photo up to the code, which is returned."""
    correct(client)
    assert declare(client, **changes).url == "/dang-ky/anh/"
    assert add_photos(client, id_front=upload(jpeg())).url == "/dang-ky/xac-nhan/"
    assert ask_for_code(client).url == "/dang-ky/xac-nhan/"
    return code_on()


def test_the_page_shows_what_to_correct_and_leads_to_it(reader, returned):
    page = words(reader.get(PATH))
    assert "Correct and send again" in page
    assert "Thiếu chữ đệm." in page
    assert correct(reader).url == "/dang-ky/to-khai/"
    form = words(reader.get("/dang-ky/to-khai/"))
    assert "The office asks you to correct 2 things" in form
    assert 'href="/dang-ky/to-khai/#id_full_name"' in form
    assert 'href="/dang-ky/anh/#id_id_front"' in form
    assert 'value="NGUYỄN THỬ NGHIỆM"' in form
    told = re.search(r'id="id_full_name_helptext">(.*?)</p>', form, re.DOTALL)
    assert "An officer writes: Thiếu chữ đệm." in told[1]
    assert "Ảnh &lt;b&gt;mờ&lt;/b&gt;, chụp lại." in form


def test_the_holder_is_told_once_when_a_correction_names_the_code_of_an_account(person, officer, clock):
    """T15."""
    hers = User(username=person.bhxh_code, full_name="Thử", person=person)
    hers.set_phone("+84900000208")
    hers.save()
    sent = register(new_browser(), bhxh_code="0099000999")
    assert not phone_shows("+84900000208")
    for _correction in range(2):
        clock.shift(86400)
        sent.refresh_from_db()
        give_back(sent, officer)
        browser = open_status(new_browser(), sent)
        assert send(browser, mend(browser)).url == "/dang-ky/hoan-tat/"
        assert len(phone_shows("+84900000208")) == 1


def test_the_officers_words_stand_beside_the_photo_until_it_is_taken_again(reader, returned):
    correct(reader)
    page = words(reader.get("/dang-ky/anh/"))
    assert "An officer writes: Ảnh &lt;b&gt;mờ" in page
    assert page.count("Look again") == 1
    assert reader.get("/dang-ky/anh/id_front/").status_code == 200
    add_photos(reader, id_front=upload(jpeg()))
    assert "Look again" not in words(reader.get("/dang-ky/anh/"))
    assert words(reader.get("/dang-ky/xac-nhan/")).count("Changed") == 1


def test_a_corrected_dossier_goes_back_to_the_office_under_its_number(reader, returned, person, officer, clock):
    assert Mark.NAME_DIFFERS in returned.marks
    clock.shift(120)
    assert send(reader, mend(reader)).url == "/dang-ky/hoan-tat/"
    again = RegistrationDossier.objects.get()
    assert (again.number, again.status, again.version) == (returned.number, "submitted", returned.version + 1)
    assert again.full_name == "NGUYỄN THỊ THỬ NGHIỆM"
    assert again.marks == []
    assert again.return_reasons == []
    assert again.person == person
    assert again.submitted_at == again.consented_at == timezone.now()
    assert returned.number in words(reader.get("/dang-ky/hoan-tat/"))
    assert f"da nhan lai ho so {returned.number} sau khi bo sung" in phone_shows(PHONE, "notice")[0]
    assert len(phone_shows(PHONE, "receipt")) == 1
    event = AuditEvent.objects.get(event="dossier.resubmitted")
    assert event.facts == {"returned": "id_front,full_name"}
    approved = review.approve(
        dossier_id=again.pk, version=again.version, document="cccd", by=officer, at=timezone.now()
    )
    assert approved.status == "approved"


def test_the_photo_before_is_erased_once_the_new_one_is_kept(reader, returned, django_capture_on_commit_callbacks):
    before = IdPhoto.objects.get(slot="id_front").stored_name
    correct(reader)
    with django_capture_on_commit_callbacks(execute=True):
        add_photos(reader, id_front=upload(jpeg()))
    assert before not in set(storage.names())
    assert IdPhoto.objects.get(slot="id_front").stored_name in set(storage.names())
    assert AuditEvent.objects.filter(event="photo.erased", subject=f"dossier:{returned.pk}").count() == 1


def test_until_it_is_sent_again_nobody_decides_it(reader, returned, officer):
    mend(reader)
    half = RegistrationDossier.objects.get()
    assert (half.status, half.version) == ("returned", returned.version)
    with pytest.raises(review.AlreadyHandled):
        review.approve(dossier_id=half.pk, version=half.version, document="cccd", by=officer, at=timezone.now())


def test_an_officers_page_from_before_decides_nothing(reader, dossier, returned, officer, clock):
    clock.shift(120)
    send(reader, mend(reader))
    with pytest.raises(review.AlreadyHandled):
        review.approve(dossier_id=dossier.pk, version=dossier.version, document="cccd", by=officer, at=timezone.now())


def test_it_can_be_returned_and_corrected_once_more(reader, returned, officer, clock):
    clock.shift(120)
    send(reader, mend(reader))
    again = give_back(RegistrationDossier.objects.get(), officer, BLURRED)
    assert reader.get("/dang-ky/anh/id_front/").status_code == 404
    clock.shift(120)
    open_status(reader, again)
    clock.shift(120)
    assert send(reader, mend(reader)).url == "/dang-ky/hoan-tat/"
    assert RegistrationDossier.objects.get().version == returned.version + 3
    assert sum("da nhan lai" in text for text in phone_shows(PHONE, "notice")) == 2


def test_what_was_not_asked_for_can_be_corrected_too(reader, returned, clock):
    clock.shift(120)
    correct(reader)
    declare(reader, bhxh_code="0099000999", phone="0900000208")
    ask_for_code(reader)
    assert send(reader, code_on("+84900000208")).url == "/dang-ky/hoan-tat/"
    again = RegistrationDossier.objects.get()
    assert again.person is None
    assert Mark.UNKNOWN_CODE in again.marks


def test_nobody_else_comes_in(browser, reader, returned):
    stranger = new_browser()
    assert correct(stranger).status_code == 404
    assert withdraw(stranger).status_code == 404
    correct(reader)
    assert stranger.get("/dang-ky/anh/id_front/").status_code == 404
    assert reader.get("/dang-ky/hoan-tat/to-khai.pdf").status_code == 404
    # The browser that sent it proves the phone anew before it may change anything.
    assert browser.get("/dang-ky/anh/id_front/").status_code == 404
    assert "NGUYỄN" not in words(browser.get("/dang-ky/to-khai/"))


def test_the_way_in_closes_after_a_quarter_of_an_hour(reader, clock):
    clock.shift(15 * 60 + 1)
    assert correct(reader).url == PATH
    assert "Ask for a new code" in words(reader.get(PATH))


def test_a_correction_ends_when_the_dossier_was_sent_from_another_browser(reader, returned, clock):
    other = new_browser()
    clock.shift(120)
    open_status(other, returned)
    correct(other)
    clock.shift(120)
    send(reader, mend(reader))
    assert other.get("/dang-ky/anh/id_front/").status_code == 404
    late = declare(other, full_name="Trần Bản Mẫu")
    assert late.url == PATH
    assert "cannot be changed any more" in words(other.get(PATH))
    assert RegistrationDossier.objects.get().full_name == "NGUYỄN THỊ THỬ NGHIỆM"
    assert other.get("/dang-ky/hoan-tat/to-khai.pdf").status_code == 404


def test_a_correction_can_be_left_and_is_never_deleted_as_a_draft(reader, returned, clock):
    correct(reader)
    assert "You are correcting dossier" in words(reader.get("/dang-ky/"))
    assert reader.post("/dang-ky/", {"action": "delete_draft"}).status_code == 409
    reader.post("/dang-ky/", {"action": "leave"})
    assert "NGUYỄN" not in words(reader.get("/dang-ky/to-khai/"))
    clock.shift(30 * 86400)
    assert tasks.erase_old_drafts() == 0
    assert IdPhoto.objects.count() == 3


@pytest.mark.parametrize("state", ["submitted", "returned"])
def test_an_open_dossier_can_be_withdrawn(dossier, officer, state):
    if state == "returned":
        give_back(dossier, officer)
    reader = open_status(new_browser(), dossier)
    assert "Withdraw this dossier" in words(reader.get(PATH))
    question = words(reader.get(PATH, {"rut": ""}))
    assert "You would have to start again" in question
    assert RegistrationDossier.objects.get().status == state
    assert withdraw(reader).url == PATH
    page = words(reader.get(PATH))
    assert "Your dossier is withdrawn." in page
    assert "Withdraw this dossier" not in page
    assert RegistrationDossier.objects.get().status == "withdrawn"
    assert AuditEvent.objects.get(event="dossier.withdrawn").actor == "anonymous"
    with pytest.raises(review.AlreadyHandled):
        review.reject(
            dossier_id=dossier.pk,
            version=dossier.version,
            reason="unknown_code",
            text="",
            by=officer,
            at=timezone.now(),
        )


def test_what_was_decided_meanwhile_is_not_withdrawn(dossier, officer):
    reader = open_status(new_browser(), dossier)
    review.reject(
        dossier_id=dossier.pk, version=dossier.version, reason="unknown_code", text="", by=officer, at=timezone.now()
    )
    assert withdraw(reader).url == PATH
    assert "decided meanwhile" in words(reader.get(PATH))
    assert RegistrationDossier.objects.get().status == "rejected"


def test_of_approval_and_withdrawal_in_one_moment_one_wins(transactional_db):
    make_places()
    make_person()
    officer = make_officer()
    dossier = register(new_browser())
    now = timezone.now()

    def run(act):
        try:
            act()
        except (review.AlreadyHandled, InvalidTransition) as lost:
            return lost
        finally:
            connection.close()
        return None

    decision = {"dossier_id": dossier.pk, "version": dossier.version, "document": "cccd", "by": officer}
    jobs = [lambda: review.approve(at=now, **decision), lambda: registration.withdraw(dossier=dossier, at=now)]
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(run, jobs))
    assert [isinstance(lost, DomainError) for lost in outcomes].count(True) == 1
    assert User.objects.filter(is_staff=False).count() == (outcomes[0] is None)
