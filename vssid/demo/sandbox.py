"""Made-up citizens for developers, one for each rule that an application meets. Nobody here exists.

Their accounts are simply there: no declaration, no photos, so that forty of them are quick to make. Birthdays that
matter count from the day the process began, months and cards from the day of the import.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from vssid.demo.kinds import Card, Job, Person

TODAY = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
SEWING, FACTORY, SCHOOL, FOOD, CARRIER, BUILDER, AGENT = (
    "TZ0101A", "TZ0102A", "TZ0103A", "TZ0104A", "TZ0105A", "TZ0106A", "TZ0199V",
)  # fmt: skip
VOLUNTARY: dict[str, Any] = {"funds": ("bhxh",), "voluntary": True}


def turning(age: int, *, in_days: int) -> str:
    """Return the day of birth of somebody whose birthday number `age` is in so many days."""
    birthday = date.fromordinal(TODAY.toordinal() + in_days)
    if (birthday.month, birthday.day) == (2, 29):
        birthday = birthday.replace(day=28)
    return birthday.replace(year=birthday.year - age).isoformat()


def _citizen(serial: int, name: str, born: str, gender: str, note: str, *jobs: Job, **facts: Any) -> Person:
    """Somebody with an open account at Hai Bà Trưng; `serial` makes every number of theirs."""
    century = (0 if gender == "male" else 1) + (2 if born >= "2000" else 0)
    usual = {
        "citizen_id": f"001{century}{born[2:4]}000{serial}",
        "phone": f"+84900000{serial}",
        "address": f"Số {serial - 500}, phố Thử Nghiệm",
        "ward": "00256",
        "account": "open",
        "card": Card("DN4", "01901", -60, 305),
    }
    return Person(
        f"0199000{serial}", name, born, gender, note=note, jobs=jobs, sandbox=True, **{**usual, **facts}
    )  # fmt: skip


def _child(serial: int, name: str, born: str, gender: str, note: str, **facts: Any) -> Person:
    """Somebody too young for an account, under the one of `parent`."""
    return _citizen(serial, name, born, gender, note, **{"account": "", "phone": "", "parent": "0199000502", **facts})


FAMILY = (
    _child(501, "PHAN TUẤN KIỆT", turning(18, in_days=20), "male",
           "Turns 18 in 20 days: the parent sees him until then", card=Card("HS4", "01901", -80, 285)),
    _citizen(502, "PHAN THỊ TUYẾT MAI", "1984-06-17", "female", "Two children under her account",
             Job(SEWING, "Kế toán trưởng", 190, 0, 3_000_000)),
    _citizen(503, "PHAN QUANG HUY", turning(18, in_days=-5), "male", "Turned 18 five days ago and has his own account",
             card=Card("HS4", "01901", -80, 285)),
    _child(504, "PHAN BẢO NGỌC", turning(6, in_days=40), "female",
           "Turns 6 in 40 days, when the card of small children ends", card=Card("TE1", "01901", -2100, 40)),
    _citizen(505, "ÂU DƯƠNG THỊ HẰNG", "2006-09-01", "female", "A student: card, no contributions", vneid=2,
             card=Card("SV4", "01902", -80, 285)),
)  # fmt: skip
HISTORIES = (
    _citizen(506, "LÂM VĂN KHOẢNG", "1982-03-30", "male", "Two years without contributions between two jobs",
             Job(FACTORY, "Thợ phay", 180, 90, 2_300_000), Job(BUILDER, "Thợ cơ khí", 65, 0, 6_800_000)),
    _citizen(507, "TRƯƠNG THỊ SONG", "1990-01-22", "female", "Two employers in the same months",
             Job(SCHOOL, "Giáo viên", 100, 0, 4_400_000),
             Job(FOOD, "Cộng tác viên", 40, 10, 5_000_000, funds=("tnld",)),
             Job(FOOD, "Kiểm nghiệm viên", 9, 0, 9_000_000, funds=("bhxh", "tnld"))),
    _citizen(508, "QUÁCH ĐÌNH NĂM MƯƠI", "1958-04-05", "male", "Fifty years of contributions, more than 400 periods",
             *(Job((FACTORY, CARRIER)[season % 2], "Thợ bảo trì", 3 * season + 2, 3 * season,
                   6_000_000 - 27_500 * season) for season in range(200)), card=Card("DN4", "01902", -100, 265, -4000)),
    _citizen(509, "DOÃN THỊ NỢ", "1987-07-19", "female", "The employer owes fourteen months",
             Job(BUILDER, "Nhân viên dự toán", 70, 0, 5_600_000, owed=14), card=Card("DN4", "01901", -400, -35)),
    _citizen(510, "KIỀU VĂN RÚT", "1979-12-12", "male", "Took contributions out once, then began anew",
             Job(SEWING, "Bảo vệ", 200, 120, 2_100_000, settled=True), Job(CARRIER, "Lái xe", 48, 0, 5_900_000)),
    _citizen(511, "VI THỊ TỰ NGUYỆN", "1981-02-03", "female", "Voluntary social insurance, household card",
             Job(AGENT, "Bán hàng rong", 59, 0, 1_500_000, **VOLUNTARY), card=Card("GD4", "01901", -60, 305)),
    _citizen(512, "CHU VĂN CHUYỂN", "1975-10-10", "male", "First employed, then voluntary",
             Job(FACTORY, "Công nhân", 240, 60, 2_000_000), Job(AGENT, "Sửa xe máy", 50, 0, 2_000_000, **VOLUNTARY),
             card=Card("GD4", "01902", -200, 165)),
    _citizen(513, "TÔ THỊ ĐỦ NĂM", "1971-05-20", "female", "Fifteen years of contributions to the month",
             Job(SCHOOL, "Nhân viên cấp dưỡng", 179, 0, 2_200_000)),
    _citizen(514, "TÔ VĂN THIẾU THÁNG", "1965-05-20", "male", "One month short of fifteen years of contributions",
             Job(BUILDER, "Thợ nề", 178, 0, 2_400_000)),
    _citizen(515, "NGUYỄN THẾ TRẦN LƯƠNG", "1977-08-08", "male", "A salary above the ceiling of contributions",
             Job(FOOD, "Tổng giám đốc", 84, 0, 30_000_000), card=Card("DN4", "79901", -60, 305, province="79"),
             ward="26743"),
    _citizen(516, "HỨA THỊ MỚI", "2007-11-11", "female", "The first month of the first job",
             Job(SEWING, "Học việc", 0, 0, 5_310_000)),
    _citizen(517, "LỤC VĂN NGHỈ", "1986-04-14", "male", "Left half a year ago; nothing since",
             Job(CARRIER, "Nhân viên kho", 90, 6, 4_200_000), card=None),
)  # fmt: skip
CARDS = (
    _citizen(521, "KHÚC THỊ HẾT HẠN", "1990-05-15", "female", "The card ended yesterday",
             Job(SEWING, "Công nhân may", 40, 1, 5_000_000), card=Card("DN4", "01901", -366, -1)),
    _citizen(522, "LẠI VĂN CUỐI NGÀY", "1991-06-16", "male", "The card ends today and is good until midnight",
             card=Card("GD4", "01901", -365, 0)),
    _citizen(523, "TIÊU THỊ SẮP TỚI", "1992-07-17", "female", "The card begins in five days",
             card=Card("GD4", "01902", 5, 370)),
    _citizen(524, "MẠC THỊ KHÔNG THẺ", "1993-08-18", "female", "Contributions, but no card",
             Job(BUILDER, "Kiến trúc sư", 24, 0, 11_000_000, funds=("bhxh", "bhtn", "tnld")), card=None),
    _citizen(525, "ÔNG VĂN HỘ NGHÈO", "1969-01-09", "male", "A card of a poor household: everything is paid",
             card=Card("HN2", "01901", -200, 165)),
    _citizen(526, "BẠCH VĂN CỰU BINH", "1955-12-22", "male", "A veteran's card", card=Card("CB2", "01902", -300, 430)),
    _citizen(527, "THÂN THỊ NĂM NĂM", "1980-10-20", "female", "Five years in a row are full today",
             Job(FOOD, "Thủ kho", 62, 0, 6_000_000), card=Card("DN4", "01901", -100, 265, 0)),
    _citizen(528, "THÂN VĂN GẦN NĂM NĂM", "1980-11-20", "male", "Five years in a row are full in 30 days",
             Job(FOOD, "Thợ điện", 58, 0, 6_500_000), card=Card("DN4", "01901", -100, 265, 30)),
    _citizen(529, "GIANG THỊ HỘ GIA ĐÌNH", "1974-03-13", "female", "Health insurance of a household, nothing else",
             card=Card("GD4", "01902", -90, 275)),
)  # fmt: skip
RECEIVING = (
    _citizen(531, "NGHIÊM XUÂN HƯU TRÍ", "1960-09-02", "male", "A pensioner, with every adjustment",
             Job(FACTORY, "Kỹ sư", 430, 72, 500_000), card=Card("HT3", "01902", -200, 530)),
    _citizen(532, "NGHIÊM THỊ TUẤT", "1968-02-27", "female", "A survivor's monthly benefit",
             card=Card("MS4", "01901", -150, 215)),
    _citizen(533, "LƯU VĂN THẤT NGHIỆP", "1988-06-06", "male", "Unemployment benefit since two months",
             Job(BUILDER, "Giám sát", 80, 4, 5_800_000), card=Card("TN4", "01901", -60, 60)),
    _citizen(534, "HÀ THỊ THAI SẢN", "1995-05-05", "female", "Maternity benefit, and a stay in hospital",
             Job(SEWING, "Nhân viên kỹ thuật", 50, 0, 6_100_000)),
    _citizen(535, "CÙ VĂN TAI NẠN", "1983-08-13", "male", "A work accident with a monthly benefit",
             Job(BUILDER, "Thợ giàn giáo", 110, 0, 4_900_000)),
    _citizen(536, "ỨNG THỊ BỆNH DÀI", "1978-01-31", "female", "Two operations this year: near the co-payment ceiling",
             Job(SCHOOL, "Văn thư", 120, 0, 4_000_000), card=Card("DN4", "01902", -330, 400, -10)),
    _citizen(537, "VĂN THỊ MỘT LẦN", "1970-07-27", "female", "One payment for all contributions, received",
             Job(SEWING, "Công nhân may", 150, 60, 2_000_000, settled=True), card=Card("GD4", "01901", -30, 335)),
)  # fmt: skip
IDENTITIES = (
    _citizen(541, "ĐÀM THỊ MỨC MỘT", "1994-04-04", "female", "VNeID of level 1 only", vneid=1),
    _citizen(542, "TĂNG VĂN ĐÓNG BĂNG", "1985-05-25", "male", "The account is frozen; tokens open nothing",
             Job(CARRIER, "Lái xe", 100, 0, 4_700_000), account="frozen"),
    _citizen(543, "SÙNG A PÁO", "1957", "male", "Only the year of birth is known", card=Card("DT2", "01901", -99, 266)),
    _citizen(544, "LA THỊ ĐỔI SỐ", "1989-09-29", "female", "The phone changed today: no password by it for a day",
             new_phone=True),
    _citizen(545, "MẪN VĂN SỐ CŨ", "1973-03-03", "male", "Known by a former nine-digit number as well",
             former_number="019900545"),
    _citizen(546, "JOHN VÍ DỤ SAMPLE", "1980-01-01", "male", "A foreigner: no personal number",
             Job(FOOD, "Chuyên gia", 30, 0, 25_000_000, funds=("bhxh", "tnld", "bhyt")), citizen_id="",
             nationality="GB"),
    _citizen(547, "CỤ THỊ TRĂM TUỔI", turning(100, in_days=10), "female", "Turns 100 in ten days",
             card=Card("CT4", "01901", -300, 800)),
    _citizen(548, "TRỊNH VĂN HAI MÃ", "1976-06-26", "male", "Had two codes: the records of one count",
             Job(CARRIER, "Lái xe tải", 130, 0, 3_900_000)),
    _citizen(549, "TRỊNH VĂN HAI MÃ", "1976-06-26", "male", "The other code of 0199000548: its account is shut",
             Job(SEWING, "Bảo vệ", 190, 140, 1_900_000), citizen_id="", account="frozen", card=None),
    _citizen(550, "ĐẶNG LEVEL HAI", "1996-06-06", "female", "VNeID of level 2, linked on the first login by it",
             Job(SCHOOL, "Thư viện viên", 36, 0, 5_200_000), vneid=2),
)  # fmt: skip
PEOPLE = (*FAMILY, *HISTORIES, *CARDS, *RECEIVING, *IDENTITIES)
