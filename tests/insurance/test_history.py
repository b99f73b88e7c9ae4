"""The history by year and employer, as files, and as a confirmation that anybody can check."""

import csv
import hashlib
import io
import re
import zipfile
from datetime import date

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from insurance.actions.reference import load_reference
from insurance.models import ContributionPeriod, InsuredPerson, Statement
from insurance.rules.contributions import first_day, month_number
from insurance.rules.statement import lines
from insurance.views.statement import statement_rates
from tests.insurance.factories import EmployerFactory, PersonFactory, UnemploymentFactory, add_periods
from tests.insurance.test_pages import text_of
from vssid.audit.models import AuditEvent

HISTORY, STATEMENT = "/qua-trinh-tham-gia/", "/qua-trinh-tham-gia/c14-ts/"


@pytest.fixture
def two_jobs(person):
    """Sewing from 2015 to 2018, then the farm, which owes the last two months."""
    add_periods(person, ("2015-01", "2016-12", "paid"), ("2017-01", "2018-06", "paid"), employer=EmployerFactory(
        name="=Công ty May Mẫu"))  # fmt: skip
    add_periods(person, ("2018-07", "2019-12", "paid"), ("2020-01", "2020-02", "owed"), employer=EmployerFactory(
        name="Nông sản Ví Dụ"))  # fmt: skip


def stages_of(page) -> str:
    return text_of(page).partition("Các giai đoạn")[2].partition("Tháng chậm đóng được")[0].partition("Xem ")[2]


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("year=2016", "May Mẫu", "07/2018"),
        ("employer=2", "07/2018", "01/2015"),
        ("year=2018&employer=1", "01/2017", "07/2018"),
        ("year=2016&employer=2", "Thời gian này không có tháng nào", "01/2015"),
        ("year=nonsense&employer=99", "01/2015", "không có tháng nào"),
    ],
)
def test_stages_are_found_by_year_and_employer(citizen, two_jobs, query, shown, hidden):
    listed = stages_of(citizen.get(f"{HISTORY}?kind=bhxh&{query}"))

    assert shown in listed
    assert hidden not in listed


def test_a_long_history_opens_with_its_newest_stages_and_folds_the_others(citizen, person):
    units = [EmployerFactory(name="Đơn vị Chẵn"), EmployerFactory(name="Đơn vị Lẻ")]
    for year in range(1990, 2010):
        add_periods(person, (f"{year}-01", f"{year}-12", "paid"), employer=units[year % 2])

    page = citizen.get(HISTORY).content.decode()
    opened, _summary, folded = page.partition("8 giai đoạn trước đó")

    assert "01/2009" in opened
    assert "01/1990<br>" not in opened
    assert "01/1990<br>" in folded


def test_a_choice_leaves_the_totals_whole(citizen, two_jobs):
    assert "Tổng thời gian tham gia 5 năm" in text_of(citizen.get(f"{HISTORY}?year=2016"))


def test_each_employer_has_its_look_in_the_grid_and_beside_its_name(citizen, two_jobs):
    page = citizen.get(HISTORY).content.decode()

    assert 'class="e1"' in page.partition('class="months"')[2].partition("</svg>")[0]
    assert "mỗi đơn vị một màu" in page
    assert page.count('class="sw"') == 3
    table = page.partition("<caption")[2].partition("</table>")[0]
    assert ">=Công ty May Mẫu; Nông sản Ví Dụ</td>" in table.partition(">2018<")[2].partition("</tr>")[0]


def test_a_second_job_in_the_same_months_has_its_look_beside_its_name(citizen, person):
    for name in ("Việc thứ nhất", "Việc thứ hai"):
        add_periods(person, ("2020-01", "2020-12", "paid"), employer=EmployerFactory(name=name))

    page = citizen.get(HISTORY).content.decode()

    assert page.count('class="sw"') == 2
    for look in set(re.findall(r'class="sw"[^/]*<path class="(e\d)"', page)):
        assert f'<pattern id="{look}"' in page


def test_what_is_listed_leaves_as_csv_without_formulas_and_is_written_down(citizen, person, two_jobs):
    answer = citizen.get(f"{HISTORY}tai-ve.csv?kind=bhxh&year=2017")

    heads, *rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert heads[:4] == ["Loại quỹ", "Từ tháng", "Đến tháng", "Đơn vị"]
    assert [row[:4] for row in rows] == [["BHXH", "01/2017", "06/2018", "'=Công ty May Mẫu"]]
    entry = AuditEvent.objects.get(event="data.exported")
    assert (entry.subject, entry.facts) == (f"person:{person.pk}", {"file": "history.csv", "count": 1})


def test_the_whole_history_leaves_as_a_workbook(citizen, two_jobs):
    answer = citizen.get(f"{HISTORY}tai-ve.xlsx")

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 5
    assert "<f>" not in sheet


def test_another_kind_of_file_is_not_there(citizen, two_jobs):
    assert citizen.get(f"{HISTORY}tai-ve.exe").status_code == 404


def test_the_confirmation_shows_every_fund_and_what_no_benefit_has_used(citizen, person, two_jobs):
    periods = ContributionPeriod.objects.filter(person=person, status=1)
    for period in list(periods):
        period.kind = 2
        period.save(force_insert=True)
    UnemploymentFactory(person=person, from_date=date(2019, 1, 10), to_date=date(2019, 4, 9), reserved_months=7)

    text = text_of(citizen.get(STATEMENT))

    assert "BHXH 5 năm 2 tháng" in text
    assert "BHTN 5 năm chưa hưởng: 1 năm 7 tháng 0 tháng" in text
    assert "2020 0, chậm 2 0 0 0" in text


def make(citizen) -> bytes:
    answer = citizen.post(STATEMENT)
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


def test_a_confirmation_is_tagged_names_the_person_and_is_kept_as_its_digest_alone(citizen, person, two_jobs):
    file = make(citizen)

    kept = Statement.objects.get(person=person)
    assert bytes(kept.digest) == hashlib.sha256(file).digest()
    with pikepdf.open(io.BytesIO(file)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "vi"
        assert "C14-TS" in str(pdf.docinfo["/Title"])
    assert AuditEvent.objects.get(event="data.exported").facts["file"] == "statement.pdf"


def test_whoever_has_the_code_learns_that_it_is_genuine_and_nothing_else(citizen, person, two_jobs):
    make(citizen)
    code = Statement.objects.get().code

    page = Client().get(f"/tra-cuu/chung-tu/{code}/")

    text = text_of(page)
    assert "Mã là thật" in text
    for secret in (person.full_name, person.bhxh_code, "0099 000 107", "Mẫu", "2015", "5 năm"):
        assert secret not in text


def test_a_code_typed_off_the_paper_with_its_hyphens_is_known(citizen, two_jobs):
    make(citizen)
    code = Statement.objects.get().code.upper()

    assert Client().get(f"/tra-cuu/chung-tu/{code[:5]}-{code[5:10]}-{code[10:]}/").status_code == 200


def test_an_unknown_code_is_told_so(client, db):
    page = client.get("/tra-cuu/chung-tu/abcdeabcdeabcdeabcde/")

    assert page.status_code == 404
    assert "Không có mã này" in page.content.decode()


@pytest.mark.parametrize(("change", "words"), [(b"", "Tệp là thật"), (b" ", "Tệp không đúng")])
def test_the_file_itself_is_compared(citizen, two_jobs, change, words):
    file = SimpleUploadedFile("c14.pdf", make(citizen) + change, "application/pdf")

    page = Client().post(f"/tra-cuu/chung-tu/{Statement.objects.get().code}/", {"file": file})

    assert words in text_of(page)


def test_ten_confirmations_a_day_are_enough(citizen, person, two_jobs):
    now = date(2026, 12, 5).isoformat()
    Statement.objects.bulk_create(
        Statement(code=f"{number:020}", person=person, made_at=f"{now}T01:00:00+00:00", digest=b"x")
        for number in range(10)
    )

    assert citizen.post(STATEMENT).status_code == 429


def test_without_months_there_is_nothing_to_confirm(citizen):
    assert "chưa có gì để xác nhận" in text_of(citizen.get(STATEMENT))
    assert citizen.post(STATEMENT)["Content-Type"].startswith("text/html")


def test_somebody_elses_months_are_on_nobodys_confirmation(citizen, two_jobs):
    other = PersonFactory(bhxh_code="0099000131")
    add_periods(other, ("1999-01", "1999-12", "paid"), employer=EmployerFactory(name="Của người khác"))

    assert "1999" not in text_of(citizen.get(STATEMENT))


def test_rates_of_their_time_stand_on_the_lines_and_split_them(db):
    load_reference()

    def period(fund, first, last, voluntary=False):
        first, last = (month_number(date.fromisoformat(f"{text}-01")) for text in (first, last))
        return fund, first, last, "Mẫu", "", 5, 1, "", voluntary

    found = lines(
        [
            period(1, "2013-06", "2017-12"), period(3, "2017-01", "2017-12"),
            period(1, "2018-01", "2018-12", True), period(4, "2018-01", "2018-12", True),
        ],
        statement_rates(),
    )  # fmt: skip

    assert [
        (first_day(line.last).isoformat()[:7], *(rate and float(rate) for rate in line.rates)) for line in found
    ] == [
        ("2013-12", None, None, None, None),
        ("2016-12", 25, None, None, None),
        ("2017-05", 25, None, 1, None),
        ("2017-12", 25, None, 0.5, None),
        ("2018-12", 22, None, None, None),
    ]


def test_a_foreigners_rates_began_in_parts_and_unemployment_insurance_is_not_missed(citizen, person):
    load_reference()
    InsuredPerson.objects.filter(pk=person.pk).update(nationality="KR")
    employer = EmployerFactory()
    for fund in (1, 3, 4):
        add_periods(person, ("2018-12", "2026-11", "paid"), kind=fund, employer=employer)

    rates = [rate for rate in statement_rates(foreign=True) if rate[:2] == (1, False)]
    begun, whole = (
        sum(percent for *_, first, last, percent in rates if first <= month <= last)
        for month in (2018 * 12 + 11, 2022 * 12)
    )
    assert (begun, whole) == (3, 25)
    for page in (STATEMENT, "/ca-nhan/"):
        assert "tháng không có BHTN" not in text_of(citizen.get(page))
    document = citizen.post(STATEMENT).context
    assert document["nationality"] == "Hàn Quốc"
    assert document["lines"][-1]["funds"] == [("đã đóng", "25%"), ("", ""), ("đã đóng", "0,5%"), ("đã đóng", "4,5%")]


def test_funds_that_agree_share_a_line_and_others_split_it():
    def month(text):
        return month_number(date.fromisoformat(f"{text}-01"))

    periods = [
        (1, month("2020-01"), month("2020-12"), "Mẫu", "Thợ", 5, 1, "Ví Dụ", False),
        (2, month("2020-04"), month("2020-12"), "Mẫu", "Thợ", 5, 1, "Ví Dụ", False),
        (1, month("2021-01"), month("2021-06"), "Mẫu", "Thợ", 6, 2, "Ví Dụ", False),
    ]

    found = [(line.first, line.last, line.salary, line.statuses) for line in lines(periods)]

    assert found == [
        (month("2020-01"), month("2020-03"), 5, (1, 0, 0, 0)),
        (month("2020-04"), month("2020-12"), 5, (1, 1, 0, 0)),
        (month("2021-01"), month("2021-06"), 6, (2, 0, 0, 0)),
    ]
