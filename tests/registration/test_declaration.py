"""What can be declared, what is wrong with it in words, and what stays on the page."""

from datetime import date

import pytest

from accounts.models import RegistrationDossier
from accounts.rules.declaration import DeclarationInvalid, Places, contradictions, read_declaration
from insurance.models import Office
from tests.harness.stage import words
from tests.registration.conftest import CITIZEN_ID, CODE, TYPED, declare, put_photos

TODAY = date(2026, 11, 23)
KNOWN = Places(province=True, ward_province="01", office=True)


def read(**changes):
    return read_declaration({**TYPED, **changes}, places=KNOWN, today=TODAY)


def reason(field: str, **changes) -> str:
    with pytest.raises(DeclarationInvalid) as wrong:
        read(**changes)
    assert list(wrong.value.errors) == [field]
    return str(wrong.value.errors[field])


def test_a_declaration_is_kept_in_canonical_form():
    read_one = read(full_name="  nguyễn  thị thử nghiệm ", phone="+84 900-000-107", address=" Số 0,  ngõ Ví Dụ ")
    assert read_one.full_name == "NGUYỄN THỊ THỬ NGHIỆM"
    assert read_one.phone == "+84900000107"
    assert read_one.address == "Số 0, ngõ Ví Dụ"
    assert read_one.email is None
    assert read_one.old_id_number is None


@pytest.mark.parametrize(
    ("typed", "day", "year_only"),
    [
        ("09/02/1985", date(1985, 2, 9), False),
        ("1985-02-09", date(1985, 2, 9), False),
        ("1985", date(1985, 1, 1), True),
    ],
)
def test_the_date_of_birth_has_three_forms(typed, day, year_only):
    birth = read(date_of_birth=typed).birth
    assert (birth.date, birth.year_only) == (day, year_only)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("bhxh_code", "009900010", "You entered 9"),
        ("bhxh_code", "", "Enter the social insurance code"),
        ("full_name", "Nguyễn 3", "Character 8"),
        ("date_of_birth", "31/02/1985", "has no day 31"),
        ("date_of_birth", "01/01/2027", "still to come"),
        ("date_of_birth", "1901", "more than 120 years"),
        ("gender", "", "Choose male or female"),
        ("gender", "robot", "Choose male or female"),
        ("id_number", "123456789", "old ID card"),
        ("old_id_number", "12345", "9 digits"),
        ("phone", "090000010", "You entered 9"),
        ("phone", "+1 202 555 0100", "in Vietnam"),
        ("phone", "024 3736 0000", "landline"),
        ("phone", "19009068", "service number"),
        ("email", "thu@", "name@example.com"),
        ("address", "", "house number"),
        ("address", "a" * 201, "at most 200"),
    ],
)
def test_each_field_says_what_is_wrong(field, typed, said):
    assert said in reason(field, **{field: typed})


def test_a_passport_takes_letters_and_needs_the_ten_digit_code():
    assert read(id_type="passport", id_number="c1234567").id_number == "C1234567"
    assert "10-digit" in reason("id_number", id_type="passport", id_number="C1234567", bhxh_code=CITIZEN_ID)


def test_papers_of_children_are_not_offered_to_adults(browser):
    assert "Birth certificate" not in words(browser.get("/dang-ky/to-khai/"))


def test_the_personal_number_in_the_first_field_must_be_the_one_of_the_card():
    assert read(bhxh_code=CITIZEN_ID).bhxh_code == ""
    assert "first field" in reason("id_number", bhxh_code="001185000108")


def test_a_ward_of_another_province_and_unknown_places_are_refused():
    with pytest.raises(DeclarationInvalid) as wrong:
        read_declaration(TYPED, places=Places(province=False, ward_province="04", office=False), today=TODAY)
    assert set(wrong.value.errors) == {"province", "ward", "office"}


def test_the_digits_of_the_card_are_held_against_gender_and_year():
    def against(**changes):
        facts = {"id_type": "cccd", "id_number": CITIZEN_ID, "gender": "female", "birth_year": 1985}
        return contradictions(**{**facts, **changes})

    assert against() == frozenset()
    assert against(gender="male") == {"gender"}
    assert against(birth_year=1986) == {"date_of_birth"}
    assert against(id_type="passport", id_number="C1234567") == frozenset()


def test_a_wrong_declaration_comes_back_with_everything_typed_and_a_list_of_what_to_mend(browser):
    answer = declare(browser, bhxh_code="12", phone="0900", address="Số 0, ngõ Ví Dụ")
    page = words(answer)
    assert answer.status_code == 400
    assert 'href="#id_bhxh_code"' in page
    assert 'href="#id_phone"' in page
    assert "There are 2 things to correct" in page
    assert 'value="12"' in page
    assert 'value="Số 0, ngõ Ví Dụ"' in page
    assert 'value="00256" selected' in page
    assert not RegistrationDossier.objects.exists()


def test_wards_come_for_one_province_only_and_without_a_script_by_a_button(browser):
    page = words(browser.get("/dang-ky/to-khai/"))
    assert "Phường Hai Bà Trưng" not in page
    answer = browser.post("/dang-ky/to-khai/", {"action": "wards", "province": "01", "full_name": "Thử"})
    page = words(answer)
    assert answer.status_code == 200
    assert "Phường Hai Bà Trưng" in page
    assert "Phường Thục Phán" not in page
    assert 'value="Thử"' in page
    assert "error" not in page.lower().replace("id_", "")
    assert not RegistrationDossier.objects.exists()


def test_the_office_that_serves_the_ward_is_suggested_and_others_stay_choosable(browser):
    piece = words(browser.get("/dang-ky/to-khai/phuong-xa/", {"province": "01", "ward": "00256"}))
    assert '<option value="00103" selected>' in piece
    assert '<option value="00100">' in piece
    assert "00400" not in piece


def test_the_chosen_office_is_shown_with_address_and_hours(browser):
    Office.objects.filter(code="00103").update(address="Số 0, phố Ví Dụ", opening_hours="Thứ 2 đến thứ 6, 7:30-17:00")
    suggested = words(browser.get("/dang-ky/to-khai/phuong-xa/", {"province": "01", "ward": "00256"}))
    other = words(browser.get("/dang-ky/to-khai/phuong-xa/", {"province": "01", "ward": "00256", "office": "00100"}))
    assert "Số 0, phố Ví Dụ" in suggested
    assert "Thứ 2 đến thứ 6, 7:30-17:00" in suggested
    assert "Số 0, phố Ví Dụ" not in other
    assert "Working days, in office hours" in other
    chosen = browser.post("/dang-ky/to-khai/", {"action": "wards", "province": "01", "office": "00103"})
    assert "Số 0, phố Ví Dụ" in words(chosen)
    declare(browser)
    put_photos()
    assert "Thứ 2 đến thứ 6, 7:30-17:00" in words(browser.get("/dang-ky/xac-nhan/"))


@pytest.mark.parametrize("typed", ["", "99", "x", "01'--", "\0"])
def test_strange_provinces_find_no_wards(browser, typed):
    assert browser.get("/dang-ky/to-khai/phuong-xa/", {"province": typed}).status_code == 200


def test_a_zero_byte_is_refused_politely(browser):
    assert declare(browser, ward="00\x00256", full_name="a\0b").status_code == 400


def test_an_office_of_another_province_may_be_chosen(browser):
    assert declare(browser, office="00400").url == "/dang-ky/anh/"
    assert RegistrationDossier.objects.get().office_id == "00400"


def test_a_contradiction_is_a_warning_and_no_obstacle(browser):
    from tests.registration.conftest import add_photos

    declare(browser, gender="male")
    add_photos(browser)
    assert "does not fit the date of birth or sex" in words(browser.get("/dang-ky/xac-nhan/"))


def test_known_and_unknown_codes_are_answered_alike(browser, person):
    from tests.harness.stage import new_browser

    known, unknown = new_browser(), new_browser()
    assert declare(known, bhxh_code=CODE).url == declare(unknown, bhxh_code="0099999999").url
