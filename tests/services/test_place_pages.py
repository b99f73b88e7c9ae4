"""The pages of offices, facilities, collecting points, employers: filters in the address, few queries, no scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from insurance.models import CollectingPoint, Employer, Facility, Office, Province, Ward
from services.views import places

OFFICES, FACILITIES = "/tra-cuu/co-quan-bhxh/", "/tra-cuu/co-so-kham-chua-benh/"
POINTS, EMPLOYERS = "/tra-cuu/diem-thu/", "/tra-cuu/don-vi/"


@pytest.fixture
def hanoi(db) -> Province:
    hanoi = Province.objects.create(code="01", name="Thành phố Hà Nội")
    Province.objects.create(code="46", name="Thành phố Huế")
    return hanoi


@pytest.fixture
def reader() -> Client:
    return Client(headers={"accept-language": "en"})


def read(reader, path, **asked) -> str:
    answer = reader.get(path, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_office_shows_address_hours_wards_and_a_map(hanoi, reader):
    ward = Ward.objects.create(code="00256", name="Phường Bạch Mai", kind="ward", province=hanoi)
    office = Office.objects.create(
        code="00103", name="BHXH cơ sở Hai Bà Trưng", province=hanoi, address="Số 1, phố Ví Dụ", phone="024 000 000"
    )
    office.serves.add(ward)

    page = read(reader, OFFICES, q="bach mai")

    assert "BHXH cơ sở Hai Bà Trưng" in page
    assert "Phường Bạch Mai" in page
    assert "Not known here" in page
    assert 'href="tel:024000000"' in page
    assert "query=BHXH+c%C6%A1+s%E1%BB%9F+Hai+B%C3%A0+Tr%C6%B0ng%2C+S%E1%BB%91+1" in page


def test_facilities_narrow_by_the_filters_of_the_address(hanoi, reader):
    facts = {"province": hanoi, "made_up": True, "address": "Số 2"}
    Facility.objects.create(code="01001", name="Bệnh viện Ví Dụ", certifies_leave=True, **facts)
    Facility.objects.create(code="01002", name="Trạm Y tế Ví Dụ", level="initial", **facts)

    assert "01002" not in read(reader, FACILITIES, certifies_leave="on")
    assert "01001" not in read(reader, FACILITIES, level="initial", province="01")
    assert "01001" in read(reader, FACILITIES, q="benh vein vi du")
    page = read(reader, FACILITIES, q="01001")
    assert "Made up for the demonstration" in page
    assert "maps" not in page


def test_a_filter_that_cannot_be_is_told(hanoi, reader):
    answer = reader.get(FACILITIES, {"province": "99", "level": "best"})

    assert answer.status_code == 400
    assert "Error:" in answer.content.decode()


def test_what_is_not_loaded_and_what_is_not_found_read_differently(hanoi, reader):
    assert "This list is not loaded here yet" in read(reader, POINTS)
    CollectingPoint.objects.create(code="TD1", name="Điểm thu Ví Dụ", province=hanoi)
    assert "We found nothing" in read(reader, POINTS, q="khong co dau")
    assert "Điểm thu Ví Dụ" in read(reader, POINTS)


def test_employers_are_listed_only_when_asked_for_and_say_when_they_ended(hanoi, reader):
    ended = timezone.localdate() - timedelta(days=1)
    Employer.objects.create(code="TZ0101A", name="Công ty May Ví Dụ", valid_to=ended)

    assert "TZ0101A" not in read(reader, EMPLOYERS)
    page = read(reader, EMPLOYERS, q="may vi du")
    assert "TZ0101A" in page
    assert f"Took part until {ended:%d/%m/%Y}" in page


def test_pages_keep_the_filters_and_a_strange_page_number_is_the_nearest_one(hanoi, reader):
    Facility.objects.bulk_create(
        Facility(code=f"{number:05}", name=f"Trạm Y tế Ví Dụ {number}", province=hanoi) for number in range(45)
    )

    first = read(reader, FACILITIES, q="tram y te", province="01")
    assert "45 found" in first
    assert "?page=2&amp;q=tram+y+te&amp;province=01" in first
    assert "Page 3 of 3" in read(reader, FACILITIES, q="tram", page="99")
    assert "Page 1 of 3" in read(reader, FACILITIES, q="tram", page="x")


def test_a_large_list_is_not_counted_to_its_end(hanoi, reader, monkeypatch):
    monkeypatch.setattr(places, "MOST_COUNTED", 20)
    Facility.objects.bulk_create(
        Facility(code=f"{number:05}", name=f"Trạm Y tế Ví Dụ {number}", province=hanoi) for number in range(25)
    )

    assert "More than 20 found" in read(reader, FACILITIES, q="tram")


@pytest.mark.parametrize("path", [OFFICES, FACILITIES, POINTS, EMPLOYERS])
def test_a_page_asks_the_database_the_same_few_times_however_much_it_shows(
    hanoi, reader, path, django_assert_max_num_queries
):
    for number in range(30):
        ward = Ward.objects.create(code=f"{number:05}", name=f"Phường Ví Dụ {number}", kind="ward", province=hanoi)
        office = Office.objects.create(code=f"{number:05}", name=f"BHXH Ví Dụ {number}", province=hanoi)
        office.serves.add(ward)
        Facility.objects.create(code=f"{number:05}", name=f"Trạm Ví Dụ {number}", province=hanoi)
        CollectingPoint.objects.create(code=f"TD{number}", name=f"Điểm Ví Dụ {number}", province=hanoi, ward=ward)
        Employer.objects.create(code=f"TZ{number}", name=f"Công ty Ví Dụ {number}", office=office)

    with django_assert_max_num_queries(6):
        assert "30 found" in read(reader, path, q="vi du")


def test_hostile_words_are_words(hanoi, reader):
    for words in ("<script>alert(1)</script>", "'; DROP TABLE insurance_facility;--", "%", "\x00", "a" * 5000, "\\"):
        answer = reader.get(FACILITIES, {"q": words})
        assert answer.status_code in {200, 400}
        assert "<script>alert" not in answer.content.decode()
    assert connection.introspection.table_names()


def test_the_index_leads_to_every_look_up(db, reader):
    page = read(reader, "/tra-cuu/")

    for path in (OFFICES, FACILITIES, POINTS, EMPLOYERS, "/tra-cuu/ma-so/", "/tra-cuu/the-bhyt/", "/tra-cuu/ho-so/"):
        assert f'href="{path}' in page
        assert reader.get(path).status_code == 200
