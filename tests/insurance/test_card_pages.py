"""The card's pages beside the first one: its history and odd records, pictures to keep, prints taken back."""

from __future__ import annotations

import io
from datetime import date

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from insurance import revocations
from insurance.models import BenefitLevel, InsuredPerson
from tests.harness.stage import text_of
from tests.insurance.factories import NOW, CardFactory, FacilityFactory

CARD, IMAGES, WITHDRAW = "/the-bhyt/", "/the-bhyt/hinh-anh/", "/the-bhyt/hinh-anh/thu-hoi/"
FRONT, BACK, PDF = f"{IMAGES}mat-truoc.png", f"{IMAGES}mat-sau.png", f"{IMAGES}the.pdf"
LONG = "NGUYỄN HOÀNG PHƯƠNG KHUÊ THƯỢNG UYỂN CÔNG TẰNG TÔN NỮ THỬ NGHIỆM"


def read_code(png: bytes) -> str:
    with Image.open(io.BytesIO(png)) as picture:
        (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    return found.text


def test_earlier_and_replaced_cards_stand_below(citizen, person):
    old = FacilityFactory(code="01002", name="Phòng khám Ví Dụ")
    CardFactory(person=person, valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31), facility=old)
    CardFactory(person=person, revoked_at=NOW, number="GD4010099000107")
    CardFactory(person=person)

    text = text_of(citizen.get(CARD))

    assert text.index("Còn giá trị") < text.index("Các thẻ khác") < text.index("Phòng khám Ví Dụ")
    assert "01/01/2025 31/12/2025" in text
    assert "GD 4 01 0099 000 107" in text
    assert "Đã thay thế" in text


def test_somebody_whose_only_card_was_revoked_sees_that_it_was(citizen, person):
    CardFactory(person=person, revoked_at=NOW)

    text = text_of(citizen.get(CARD))

    assert "Chưa thấy thẻ BHYT nào của bạn." in text
    assert "Đã thay thế" in text


def test_the_five_years_say_how_they_were_counted(citizen, person):
    CardFactory(person=person, valid_from=date(2023, 1, 1), valid_to=date(2024, 12, 31), five_years_from=None)
    CardFactory(person=person, valid_from=date(2025, 3, 1), five_years_from=None)

    text = text_of(citizen.get(CARD))

    assert "Đủ 5 năm vào 01/01/2028" in text
    assert "Tính từ 01/01/2023, theo các thẻ trong hồ sơ của bạn." in text
    assert "Không có thẻ từ 01/01/2025 đến 28/02/2025: gián đoạn tối đa 3 tháng vẫn tính liên tục." in text


def test_a_long_break_after_the_recorded_day_is_told(citizen, person):
    CardFactory(person=person, valid_from=date(2022, 1, 1), valid_to=date(2024, 12, 31), five_years_from=None)
    CardFactory(person=person, valid_from=date(2025, 6, 1), five_years_from=date(2027, 1, 1))

    text = text_of(citizen.get(CARD))

    assert "Đủ 5 năm vào 01/06/2030" in text
    assert "Không có thẻ từ 01/01/2025 đến 31/05/2025: gián đoạn quá 3 tháng nên tính lại từ đầu." in text


def test_a_card_under_an_earlier_code_says_so(citizen, person):
    CardFactory(person=person, number="XV4970012345678")

    text = text_of(citizen.get(CARD))

    assert "Mã số BHXH trước đây của bạn." in text
    assert "Mã hiện nay là 0099 000 107 ." in text
    assert "Bảng mã chưa có tên của nhóm này." in text


def test_the_back_carries_a_code_that_holds_as_long_as_the_card(citizen, person):
    CardFactory(person=person)

    picture = citizen.get(BACK)

    assert (picture["Content-Type"], "no-store" in picture["Cache-Control"]) == ("image/png", True)
    verdict = revocations.check(read_code(picture.content), NOW.replace(year=2027))
    assert (verdict.status, verdict.said.number) == ("valid", "DN4010099000107")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_very_long_name_stays_on_the_picture(citizen, person, language):
    InsuredPerson.objects.filter(pk=person.pk).update(full_name=LONG)
    CardFactory(person=person, facility=FacilityFactory(code="01003", name="Bệnh viện Đa khoa Trình Diễn " * 3))
    citizen.cookies["language"] = language

    for address in (FRONT, BACK):
        with Image.open(io.BytesIO(citizen.get(address).content)) as picture:
            assert picture.size == (1518, 957)
            edge = picture.convert("L").crop((1512, 0, 1518, 957)).getextrema()
        assert edge[1] - edge[0] < 110, "nothing is drawn over the right edge"
    assert revocations.check(read_code(citizen.get(BACK).content), NOW).said.holder == LONG


def test_the_pdf_is_tagged_and_says_what_the_card_says(citizen, person):
    BenefitLevel.objects.create(level=4, pays_percent=80, ratio_limits_apply=True, meaning="80%")
    CardFactory(person=person)

    answer = citizen.get(PDF)

    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == "vi"
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo["/Title"]) == "Thẻ bảo hiểm y tế"


@pytest.mark.parametrize("address", [FRONT, BACK, PDF, IMAGES])
def test_an_ended_card_has_no_picture(citizen, person, address):
    CardFactory(person=person, valid_to=date(2026, 12, 4))

    answer = citizen.get(address)

    assert answer.status_code in {302, 404}
    assert answer.headers.get("Location", CARD) == CARD


def test_a_citizen_takes_back_what_was_printed(citizen, person):
    CardFactory(person=person)
    lost = read_code(citizen.get(BACK).content)
    assert "Mọi hình ảnh, bản in" in text_of(citizen.get(WITHDRAW))
    assert revocations.check(lost, NOW).status == "valid"

    page = citizen.post(WITHDRAW, follow=True)

    assert "không còn dùng được" in text_of(page)
    assert revocations.check(lost, NOW).status == "revoked"


@pytest.mark.parametrize("address", [FRONT, BACK, PDF, IMAGES, WITHDRAW])
def test_strangers_see_no_picture(client, db, address):
    assert client.get(address).url.startswith("/dang-nhap/")


def test_many_cards_cost_no_more_queries(citizen, person, django_assert_max_num_queries):
    for year in range(2007, 2027):
        CardFactory(person=person, valid_from=date(year, 1, 1), valid_to=date(year, 12, 31))
    citizen.get(CARD)

    with django_assert_max_num_queries(3):
        citizen.get(CARD)


def test_who_knows_only_a_year_of_birth_sees_only_a_year_on_the_code(citizen, person):
    InsuredPerson.objects.filter(pk=person.pk).update(date_of_birth=date(1955, 1, 1), birth_year_only=True)
    CardFactory(person=person)

    assert revocations.check(read_code(citizen.get(BACK).content), NOW).said.birth_year == 1955
