"""What people type into the fields for numbers, names and dates, and what the portal makes of it."""

import inspect
import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vssid import identifiers
from vssid.identifiers import BHYTCardNumber, BirthDate, InvalidIdentifier

PARSERS = [parse for name, parse in inspect.getmembers(identifiers, inspect.isfunction) if name.startswith("parse_")]


def refusal(parse, text, **kwargs):
    with pytest.raises(InvalidIdentifier) as caught:
        parse(text, **kwargs)
    return caught.value


@pytest.mark.parametrize(
    "typed", ["0099000107", " 0099 000 107 ", "0099.000.107", "0099-000–107", "００９９０００１０７", "٠٠٩٩٠٠٠١٠٧"]
)
def test_a_social_insurance_code_may_be_typed_in_many_ways(typed):
    assert identifiers.parse_bhxh_code(typed) == "0099000107"


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("", "required", "Enter the social insurance code."),
        ("009900010", "length", "You entered 9."),
        ("00990001070", "length", "You entered 11."),
        ("00990OO107", "unknown_sign", "Character 6 is “O”."),
        ("HS4010120878811", "is_card", "last 10 digits"),
    ],
)
def test_a_wrong_social_insurance_code_is_explained(typed, code, words, english):
    error = refusal(identifiers.parse_bhxh_code, typed)

    assert error.code == code
    assert words in str(error)


def test_the_personal_number_works_where_either_code_does(english):
    assert identifiers.parse_bhxh_or_personal_id("001 199 000 107") == "001199000107"
    assert identifiers.parse_bhxh_or_personal_id("0099000107") == "0099000107"
    assert "You entered 11" in str(refusal(identifiers.parse_bhxh_or_personal_id, "00119900010"))
    assert refusal(identifiers.parse_bhxh_or_personal_id, "").code == "required"


def test_an_old_identity_card_number_is_told_from_the_personal_number(english):
    assert identifiers.parse_cmnd("012 345 678") == "012345678"
    assert refusal(identifiers.parse_personal_id, "012345678").code == "is_cmnd"
    assert refusal(identifiers.parse_cmnd, "001199000107").params == {"count": 12}


@pytest.mark.parametrize(
    ("number", "facts"),
    [
        ("001099000107", ("001", "male", 1999)),
        ("079190000107", ("079", "female", 1990)),
        ("001203000107", ("001", "male", 2003)),
        ("001315000107", ("001", "female", 2015)),
        ("096999000107", ("096", "female", 2399)),
    ],
)
def test_a_personal_number_tells_place_sex_and_year(number, facts):
    told = identifiers.personal_id_facts(identifiers.parse_personal_id(number))

    assert (told.province_code3, told.gender, told.birth_year) == facts


def test_a_card_number_falls_into_its_parts():
    number = identifiers.parse_bhyt_card("hs 4 01 0120878811")

    assert number == BHYTCardNumber("HS", 4, "01", "0120878811")
    assert str(number) == "HS4010120878811"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("HS601012087881A", "unknown_sign"),
        ("HS6010120878811", "level"),
        ("H14010120878811", "object_code"),
        ("HS401", "length"),
    ],
)
def test_a_wrong_card_number_is_explained(typed, code):
    assert refusal(identifiers.parse_bhyt_card, typed).code == code


def test_passport_numbers():
    assert identifiers.parse_passport("c 1234567") == "C1234567"
    assert refusal(identifiers.parse_passport, "C12").code == "length"
    assert refusal(identifiers.parse_passport, "ABCDEFG").code == "no_digit"
    assert refusal(identifiers.parse_passport, "Đ1234567").params["position"] == 1


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        "+84912345678",
        "84912345678",
        "0084 912 345 678",
        "(+84) 912.345.678",
        "+84 (0)912-345-678",
        "０９１２３４５６７８",
    ],
)
def test_a_mobile_number_may_be_typed_in_many_ways(typed):
    assert identifiers.parse_mobile(typed) == "+84912345678"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("024 3936 1234", "landline"),
        ("+84 28 3822 1234", "landline"),
        ("19009068", "hotline"),
        ("+12025550123", "foreign"),
        ("+882 1600 1234", "foreign"),
        ("912345678", "prefix"),
        ("0512345678", "prefix"),
        ("0912345", "length"),
        ("09123456789", "length"),
        ("01692345678", "old_mobile"),
        ("09I2345678", "unknown_sign"),
    ],
)
def test_a_number_that_cannot_receive_messages_is_explained(typed, code):
    assert refusal(identifiers.parse_mobile, typed).code == code


MOBILE_PREFIXES = [
    *range(32, 40),
    52,
    55,
    56,
    58,
    59,
    70,
    *range(76, 80),
    *range(81, 90),
    *range(90, 95),
    96,
    97,
    98,
    99,
]


@pytest.mark.parametrize("prefix", MOBILE_PREFIXES)
def test_every_mobile_prefix_in_use_is_known(prefix):
    assert identifiers.parse_mobile(f"0{prefix}1234567") == f"+84{prefix}1234567"


@pytest.mark.parametrize(
    "typed", ["05/12/1990", "5/12/1990", "05-12-1990", "05.12.1990", "1990-12-05", "０５/１２/１９９０"]
)
def test_a_date_of_birth_may_be_typed_in_many_ways(typed):
    assert identifiers.parse_date_of_birth(typed) == BirthDate(date(1990, 12, 5), year_only=False)


def test_old_records_know_the_year_only():
    assert identifiers.parse_date_of_birth("1954") == BirthDate(date(1954, 1, 1), year_only=True)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("31/02/1990", "day"),
        ("29/02/1990", "day"),
        ("01/13/1990", "month"),
        ("01/01/1890", "year"),
        ("hôm qua", "form"),
        ("90", "form"),
    ],
)
def test_an_impossible_date_is_explained(typed, code):
    assert refusal(identifiers.parse_date_of_birth, typed).code == code


def test_an_impossible_day_names_month_and_day(english):
    assert str(refusal(identifiers.parse_date_of_birth, "31/02/1990")).startswith("February has no day 31.")


def test_a_birth_still_to_come_is_refused_when_today_is_known():
    assert refusal(identifiers.parse_date_of_birth, "02/01/2026", today=date(2026, 1, 1)).code == "future"


def test_a_name_is_shown_in_capitals_with_composed_letters():
    decomposed = unicodedata.normalize("NFD", "  Nguyễn Thị   Hường ")

    assert identifiers.parse_full_name(decomposed) == "NGUYỄN THỊ HƯỜNG"
    assert identifiers.parse_full_name("H'Hen Niê") == "H'HEN NIÊ"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        ("An 2", "unknown_sign"),
        ("<b>An</b>", "unknown_sign"),
        ("Аn Bình", "unknown_sign"),
        ("A" * 101, "length"),
        ("A", "short"),
    ],
)
def test_what_is_no_name_is_explained(typed, code):
    assert refusal(identifiers.parse_full_name, typed).code == code


def test_masks_keep_the_last_four_signs():
    assert identifiers.mask_phone("+84912345678") == "••••••5678"
    assert identifiers.mask_tail("001199000107") == "••••••••0107"
    assert identifiers.mask_tail("ab") == "ab"


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@given(text=st.text(max_size=200) | st.text("0123456789+-. /()٣３", max_size=20))
def test_no_text_breaks_a_parser_and_every_refusal_can_be_read(parse, text):
    try:
        parse(text)
        message = ""
    except InvalidIdentifier as error:
        message = str(error)

    assert not re.search(r"%\(\w+\)", message)


@given(digits=st.from_regex(r"\A\d{10}\Z").map(identifiers._fold))
def test_a_parsed_code_parses_to_itself(digits):
    assert identifiers.parse_bhxh_code(identifiers.parse_bhxh_code(digits)) == digits
    assert identifiers.parse_bhxh_code(f"{digits[:4]} {digits[4:7]} {digits[7:]}") == digits


@given(national=st.from_regex(r"\A(3[2-9]|7[06-9]|9[0-46-9])[0-9]{7}\Z"))
def test_a_parsed_phone_parses_to_itself(national):
    phone = identifiers.parse_mobile(f"0{national}")

    assert phone == f"+84{national}" == identifiers.parse_mobile(phone)


@given(born=st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_both_ways_to_write_a_date_mean_the_same(born):
    assert identifiers.parse_date_of_birth(born.strftime("%d/%m/%Y")).date == born
    assert identifiers.parse_date_of_birth(born.isoformat()).date == born


@given(text=st.text(max_size=60))
def test_a_parsed_name_parses_to_itself(text):
    try:
        name = identifiers.parse_full_name(text)
    except InvalidIdentifier:
        return

    assert identifiers.parse_full_name(name) == name
