"""Finding offices, facilities, collecting points and employers: accents, beginnings of words, near spelling."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from insurance.actions.imports import import_rows
from insurance.models import CollectingPoint, Employer, Facility, Office, Ward
from insurance.reads import places
from insurance.rules.words import words_of
from tests.insurance.factories import ProvinceFactory, WardFactory

TODAY = date(2026, 12, 5)


@pytest.fixture
def map(db):
    hanoi = ProvinceFactory(code="01", name="Thành phố Hà Nội")
    hue = ProvinceFactory(code="46", name="Thành phố Huế")
    rows = [
        ("01001", "Bệnh viện Bạch Mai Ví Dụ", hanoi, "Số 78, đường Giải Phóng", {"certifies_leave": True}),
        ("01002", "Trạm Y tế phường Đống Đa Ví Dụ", hanoi, "", {"level": "initial"}),
        ("01003", "Phòng khám Đã Đóng Ví Dụ", hanoi, "", {"valid_to": TODAY - timedelta(days=1)}),
        ("01004", "Nhà thuốc Ví Dụ", hanoi, "", {"contracted": False, "registers": False}),
        ("46001", "Bệnh viện Ví Dụ Hương Thuỷ", hue, "", {}),
    ]
    for code, name, province, address, more in rows:
        Facility.objects.create(code=code, name=name, province=province, address=address, made_up=True, **more)
    return hanoi


def codes(found) -> list[str]:
    return [row.code for row in found.rows]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Bệnh viện Bạch Mai", ["benh", "vien", "bach", "mai"]),
        ("  ĐỐNG\tĐa-2 ", ["dong", "da", "2"]),
        ("Be\u0302\u0323nh", ["benh"]),
        ("%_'\\", []),
        ("漢字", []),
        ("", []),
    ],
)
def test_what_is_typed_becomes_bare_words(typed, words):
    assert words_of(typed) == words


@pytest.mark.parametrize("typed", ["ĐẶNG Thuỳ Trâm, số 5/2", "Y Blô Niê Kdăm", "Hương Thủy (cơ sở 2)", "ĂÂĐÊÔƠƯ ỳỷỹỵ"])
def test_the_database_and_the_page_see_the_same_words(db, typed):
    with connection.cursor() as cursor:
        cursor.execute("SELECT insurance_words(%s, '')", [typed])
        assert cursor.fetchone()[0].split() == words_of(typed)


@pytest.mark.parametrize("typed", ["bạch mai", "BACH MAI", "mai bach", "benh vien ba ma", "01001", "giai phong 78"])
def test_a_facility_is_found_by_the_beginnings_of_its_words(map, typed):
    found = places.facilities(on=TODAY, text=typed)

    assert codes(found) == ["01001"]
    assert not found.near


def test_letters_in_the_middle_of_a_word_find_nothing(map):
    assert codes(places.facilities(on=TODAY, text="ach ai")) == []


def test_a_near_spelling_is_offered_when_nothing_has_the_words(map):
    found = places.facilities(on=TODAY, text="Bach Mia")

    assert (found.near, codes(found)) == (True, ["01001"])
    assert codes(places.facilities(on=TODAY, text="Bach Mia", province="46")) == []


def test_signs_that_are_no_words_find_nothing_and_no_words_find_all(map):
    assert codes(places.facilities(on=TODAY, text="%")) == []
    assert codes(places.facilities(on=TODAY)) == ["01001", "01002", "01004", "46001"]


def test_facilities_narrow_by_province_contract_level_and_leave_papers(map):
    assert codes(places.facilities(on=TODAY, province="46")) == ["46001"]
    assert codes(places.facilities(on=TODAY, contracted=True, province="01")) == ["01001", "01002"]
    assert codes(places.facilities(on=TODAY, certifies_leave=True)) == ["01001"]
    assert codes(places.facilities(on=TODAY, level="initial")) == ["01002"]
    assert codes(places.facilities(on=TODAY, registers=True, text="vi du huong")) == ["46001"]


def test_an_office_is_found_by_its_own_words_and_by_the_wards_it_serves(map):
    ward = WardFactory(code="00256", name="Phường Bạch Mai", province=map)
    own = Office.objects.create(code="00103", name="BHXH cơ sở Hai Bà Trưng", province=map)
    own.serves.add(ward)
    Office.objects.create(code="00104", name="BHXH cơ sở Ba Đình", province=map)

    assert codes(places.offices(on=TODAY, text="hai ba")) == ["00103"]
    assert codes(places.offices(on=TODAY, text="phuong bach mai")) == ["00103"]
    assert codes(places.offices(on=TODAY, text="co so")) == ["00103", "00104"]
    assert codes(places.offices(on=TODAY, province="46")) == []
    assert codes(places.offices(on=TODAY, text="Ba Dihn")) == ["00104"]


def test_collecting_points_narrow_by_ward(map):
    ward = WardFactory(code="00256", name="Phường Bạch Mai", province=map)
    CollectingPoint.objects.create(code="TD1", name="Điểm thu Ví Dụ", province=map, ward=ward)
    CollectingPoint.objects.create(code="TD2", name="Điểm thu Bản Mẫu", province=map)

    assert codes(places.collecting_points(on=TODAY, ward="00256")) == ["TD1"]
    assert codes(places.collecting_points(on=TODAY, text="ban mau")) == ["TD2"]


def test_an_employer_is_found_by_name_unit_code_and_tax_code(map):
    office = Office.objects.create(code="00103", name="BHXH cơ sở Hai Bà Trưng", province=map)
    facts = {"made_up": True, "office": office, "tax_code": "0100000001"}
    Employer.objects.create(code="TZ0101A", name="Công ty May Ví Dụ", **facts)
    Employer.objects.create(code="TZ0102A", name="Công ty Cơ khí Ví Dụ")

    assert codes(places.employers(text="cong ty may")) == ["TZ0101A"]
    assert codes(places.employers(text="tz0102")) == ["TZ0102A"]
    assert codes(places.employers(text="0100000001")) == ["TZ0101A"]
    assert codes(places.employers(text="cong ty", province="01")) == ["TZ0101A"]


def test_each_search_asks_the_database_three_times_at_most(map, django_assert_max_num_queries):
    for search in (places.offices, places.facilities, places.collecting_points):
        with django_assert_max_num_queries(3):
            list(search(on=TODAY, text="khong co gi nhu vay").rows)


def test_among_100_000_facilities_words_are_found_through_the_index(map):
    kinds = "ARRAY['Bệnh viện Đa khoa', 'Trạm Y tế phường', 'Trung tâm Y tế', 'Phòng khám Đa khoa']"
    names = "ARRAY['Bạch Mai', 'Hoàn Kiếm', 'Việt Đức', 'Thanh Nhàn', 'Hoà Bình', 'Đống Đa', 'Cầu Giấy']"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO insurance_facility (code, name, province_id, address, made_up) "
            f"SELECT lpad((i - 1)::text, 5, '0'), ({kinds})[1 + i % 4] || ' ' || ({names})[1 + i % 7]"
            " || ' ' || i, '01', 'Số ' || i % 900, true FROM generate_series(1, 100000) i ON CONFLICT DO NOTHING"
        )
        cursor.execute("ANALYZE insurance_facility")
    assert Facility.objects.count() == 100_000

    exact = places.facilities(on=TODAY, text="viet duc 9999", province="01")
    near = places.facilities(on=TODAY, text="viet dcu 9999")

    assert not exact.near
    for found in (exact, near):
        plan = found.rows.explain()
        assert "Bitmap Index Scan on facility_words" in plan
        assert "Seq Scan" not in plan


def test_an_import_keeps_the_hours_that_staff_wrote(map):
    at = timezone.now()
    Facility.objects.filter(code="01001").update(opening_hours="7:00 – 16:30", level="basic")
    row = {"code": "01001", "name": "Bệnh viện Bạch Mai Ví Dụ", "province": "01", "made_up": "1", "registers": "no"}

    assert import_rows("facilities", [row], at=at, by="system").accepted == 1

    kept = Facility.objects.get(code="01001")
    assert (kept.opening_hours, kept.level, kept.contracted, kept.registers) == ("7:00 – 16:30", "basic", True, False)


def test_collecting_points_and_tax_codes_come_by_import(map):
    at = timezone.now()
    Ward.objects.create(code="00256", name="Phường Bạch Mai", kind="ward", province=map)
    point = {"code": "TD1", "name": "Điểm thu Ví Dụ", "province": "01", "ward": "00256", "made_up": "1"}
    employer = {"code": "TZ0101A", "name": "Công ty May Ví Dụ", "tax_code": "0100000001", "made_up": "1"}

    assert import_rows(
        "collecting_points", [point, {**point, "code": "TD2", "ward": "99999"}], at=at, by="system"
    ).refused
    assert import_rows("employers", [employer, {**employer, "tax_code": "12"}], at=at, by="system").accepted == 1

    assert CollectingPoint.objects.get().ward_id == "00256"
    assert Employer.objects.get().tax_code == "0100000001"
