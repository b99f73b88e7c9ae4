"""The demonstration's cast: made-up people, employers, clinics and staff. Nobody here exists; every record says so.

Plain data without Django: the VNeID stand-in reads the same people. Months are counted back from the last full month
(0), so that the demonstration is always about today.
"""

from vssid.demo import sandbox
from vssid.demo.kinds import Card, Job, Person, Staff

PASSWORD = "Nang-mai-2026"  # noqa: S105  (printed on /demo/, good for nothing else)
STAFF_PASSWORD = "Van-phong-2026"  # noqa: S105
VNEID_PASSWORD = "Trinhdien-2"  # noqa: S105

EMPLOYERS = (
    ("TZ0101A", "Công ty TNHH May Ví Dụ Sông Hồng (trình diễn)", "Khu công nghiệp Ví Dụ, Hà Nội"),
    ("TZ0102A", "Công ty CP Cơ khí Bản Mẫu Long Biên (trình diễn)", "Phường Việt Hưng, Hà Nội"),
    ("TZ0103A", "Trường Tiểu học Thử Nghiệm (trình diễn)", "Phường Hai Bà Trưng, Hà Nội"),
    ("TZ0104A", "Công ty TNHH Thực phẩm Minh Hoạ (trình diễn)", "Phường Tân Định, TP Hồ Chí Minh"),
    ("TZ0105A", "Hợp tác xã Vận tải Giả Định (trình diễn)", "Phường Hoàng Mai, Hà Nội"),
    ("TZ0106A", "Công ty CP Xây dựng Thí Dụ (trình diễn)", "Phường Thanh Xuân, Hà Nội"),
    ("TZ0199V", "Tổ chức dịch vụ thu BHXH tự nguyện Ví Dụ (trình diễn)", "Phường Hai Bà Trưng, Hà Nội"),
)
# Code, name, province, address, level of care, opening hours, whether it takes people for first care and whether it
# issues leave papers.
FACILITIES = (
    ("01901", "Trạm Y tế phường Ví Dụ (trình diễn)", "01", "Phường Hai Bà Trưng, Hà Nội",
     "initial", "Thứ Hai – thứ Sáu, 7:30 – 16:30", "yes", "no"),
    ("01902", "Bệnh viện Đa khoa Bản Mẫu (trình diễn)", "01", "Phường Bạch Mai, Hà Nội",
     "basic", "Cấp cứu cả ngày; khám từ 7:00 đến 16:30", "yes", "yes"),
    ("01903", "Bệnh viện Chuyên khoa Thử Nghiệm (trình diễn)", "01", "Phường Hoàn Kiếm, Hà Nội",
     "specialised", "Thứ Hai – thứ Sáu, 6:30 – 16:00", "no", "yes"),
    ("79901", "Phòng khám Đa khoa Minh Hoạ (trình diễn)", "79", "Phường Tân Định, TP Hồ Chí Minh",
     "initial", "Hằng ngày, 7:00 – 19:00", "yes", "yes"),
)  # fmt: skip
# Code, name, organisation, province, ward, address, opening hours.
COLLECTING_POINTS = (
    ("TD-01-001", "Điểm thu phường Ví Dụ (trình diễn)", "Tổ chức dịch vụ thu Bản Mẫu (trình diễn)", "01", "00256",
     "Số 1, phố Ví Dụ, Hà Nội", "Thứ Hai – thứ Bảy, 8:00 – 17:00"),
    ("TD-01-002", "Điểm thu Bưu cục Giả Định (trình diễn)", "Bưu cục Giả Định (trình diễn)", "01", "00331",
     "Số 20, phố Bản Mẫu, Hà Nội", "Hằng ngày, 7:30 – 18:00"),
    ("TD-79-001", "Điểm thu chợ Minh Hoạ (trình diễn)", "Tổ chức dịch vụ thu Bản Mẫu (trình diễn)", "79", "26743",
     "Số 5, đường Minh Hoạ, TP Hồ Chí Minh", "Thứ Hai – thứ Sáu, 8:00 – 16:30"),
)  # fmt: skip
PEOPLE = (
    Person(
        "0199000101", "NGUYỄN THỊ MINH HẠNH", "1985-02-09", "female", "001185000101", "+84900000101",
        "Số 12, ngõ Ví Dụ", "00256", "Twenty years at two employers, a gap of seven months; card in force",
        "open", 2, Card("DN4", "01901", -320, 405, 160),
        (
            Job("TZ0101A", "Công nhân may", 246, 118, 1_900_000),
            Job("TZ0102A", "Tổ trưởng sản xuất", 110, 0, 6_200_000),
        ),
    ),
    Person(
        "0199000102", "TRẦN VĂN BẢO", "1978-09-21", "male", "001078000102", "+84900000102",
        "Số 3, phố Bản Mẫu", "00331", "The employer owes the last three months; two employers in one year",
        "open", 2, Card("DN4", "01902", -320, 75, -900),
        (
            Job("TZ0102A", "Thợ tiện", 221, 40, 1_800_000),
            Job("TZ0105A", "Lái xe", 46, 0, 7_500_000, owed=3),
        ),
    ),
    Person(
        "0199000103", "NGUYỄN HOÀNG PHƯƠNG KHUÊ THƯỢNG UYỂN", "1992-11-30", "female", "001192000103", "+84900000103",
        "Nhà số 127, tổ dân phố 14, ngách 218/45/9 đường Nguyễn Đức Cảnh kéo dài", "00322",
        "A very long name and address; the card ends in 26 days", "open", 0, Card("DN4", "01902", -339, 26, 500),
        (Job("TZ0103A", "Giáo viên tiểu học", 121, 0, 3_400_000),),
    ),
    Person(
        "0199000104", "Y BLÔ NIÊ KDĂM", "1961", "male", "066061000104", "+84900000104",
        "Thôn Minh Hoạ", "00292", "Only the year of birth is known; the card has ended", "open", 0,
        Card("GD4", "01901", -420, -55, None, "66"),
    ),
    Person(
        "0199000105", "LÝ MAI", "2003-05-05", "female", "001303000105", "+84900000105",
        "Số 5, phố Giả Định", "00283", "A short name, no card and no contributions yet", "open", 2,
    ),
    Person(
        "0199000106", "PHẠM QUỐC CƯỜNG", "1966-01-15", "male", "001066000106", "+84900000106",
        "Số 88, phố Thử Nghiệm", "00166", "Forty years of contributions, one settled stretch", "open", 0,
        Card("HT3", "01902", -200, 530, -2000),
        (
            Job("TZ0105A", "Phụ xe", 480, 440, 290_000, settled=True, funds=("bhxh", "bhyt")),
            Job("TZ0102A", "Thợ nguội", 436, 200, 320_000, funds=("bhxh", "bhtn", "bhyt")),
            Job("TZ0101A", "Quản đốc", 198, 4, 4_800_000),
        ),
    ),
    Person(
        "0199000107", "ĐẶNG THU THẢO", "1999-07-07", "female", "001199000107", "+84900000107",
        "Số 9, ngõ Bản Mẫu", "00235", "Has the temporary password of the SMS and has not logged in", "temporary", 0,
        Card("DN4", "01901", -100, 265), (Job("TZ0103A", "Kế toán", 30, 0, 6_000_000),),
    ),
    Person(
        "0199000108", "VŨ ĐÌNH KHÔI", "1988-12-02", "male", "001088000108", "+84900000108",
        "Số 21, phố Ví Dụ", "00316", "The account is frozen", "frozen", 2,
        Card("DN4", "01902", -90, 275), (Job("TZ0105A", "Nhân viên kho", 60, 0, 5_500_000),),
    ),
    Person(
        "0199000109", "TỪ THỊ DỊCH VỤ", "1986-10-10", "female", "001186000109", "+84900000109",
        "Số 14, phố Minh Hoạ", "00256", "Asks for a public service", "open", 0,
        Card("DN4", "01901", -60, 305), (Job("TZ0101A", "Công nhân may", 120, 0, 4_000_000),),
    ),
    Person(
        "0199000201", "HOÀNG THỊ LAN ANH", "1990-04-12", "female", "001190000201", "+84900000201",
        "Số 7, phố Ví Dụ", "00256", "Insured, no account: register with this one", "", 2,
        Card("DN4", "01901", -60, 305, 400), (Job("TZ0101A", "Nhân viên chất lượng", 96, 0, 4_100_000),),
    ),
    Person(
        "0199000202", "BÙI ĐỨC THÀNH", "1983-10-18", "male", "079083000202", "+84900000202",
        "Số 15, đường Minh Hoạ", "26743", "Insured, no account: lives in Ho Chi Minh City", "", 0,
        Card("DN4", "79901", -30, 335, -100, "79"), (Job("TZ0104A", "Kỹ sư thực phẩm", 150, 0, 3_900_000),),
    ),
    Person(
        "0199000203", "NGÔ THỊ KIM CHI", "1995-03-08", "female", "001195000203", "+84900000203",
        "Số 2, ngõ Giả Định", "00331", "Insured, no account, VNeID of level 1 only", "", 1,
        Card("HS4", "01902", -150, 215), (Job("TZ0103A", "Nhân viên văn thư", 40, 0, 4_600_000),),
    ),
    Person(
        "0199000204", "ĐỖ XUÂN HẢI", "1972-06-25", "male", "001072000204", "+84900000204",
        "Số 40, phố Bản Mẫu", "00292", "Insured, no account", "", 0, Card("GD4", "01901", -20, 345),
        (Job("TZ0105A", "Thợ sửa chữa", 200, 120, 2_000_000),),
    ),
    Person(
        "0199000205", "PHÙNG THỊ THANH HÀ", "1989-11-05", "female", "001189000205", "+84900000205",
        "Số 11, phố Minh Hoạ", "00256", "Insured, no account: VNeID of level 2 registers her without photos", "", 2,
        Card("DN4", "01901", -60, 305), (Job("TZ0101A", "Nhân viên kế hoạch", 110, 0, 4_000_000),),
    ),
    Person(
        "0199000207", "TÔN NỮ BẢO CHÂU", "1991-09-09", "female", "001191000207", "+84900000207",
        "Số 4, phố Minh Hoạ", "00256", "Insured, no account, VNeID of level 2", "", 2, Card("DN4", "01901", -40, 325),
        (Job("TZ0103A", "Giáo viên", 50, 0, 5_100_000),),
    ),
    Person(
        "0199000206", "LƯƠNG VĂN QUÝ", "1976-02-17", "male", "001076000206", "+84900000206",
        "Số 27, phố Bản Mẫu", "00316", "Insured, no account: an officer at Hoàng Mai decides", "", 0,
        Card("GD4", "01902", -80, 285), (Job("TZ0105A", "Lái xe", 130, 60, 3_100_000),),
    ),
    Person(
        "0199000401", "NGUYỄN GIA BẢN MẪU", "2016-03-15", "male", "001216000401", "",
        "Số 12, ngõ Ví Dụ", "00256", "A child, insured, no account: a parent registers this one", "", 0,
        Card("HS4", "01901", -60, 305),
    ),
    Person(
        "0199000301", "TRỊNH THỊ NGỌC DIỆP", "1987-08-14", "female", "001187000301", "+84900000301",
        "Số 6, phố Thử Nghiệm", "00256", "Has sent a declaration; everything agrees", "", 0,
        Card("DN4", "01901", -60, 305), (Job("TZ0101A", "Công nhân may", 140, 0, 2_900_000),),
    ),
    Person(
        "0199000302", "MAI VĂN TUẤN", "1980-05-03", "male", "001080000302", "+84900000302",
        "Số 33, phố Ví Dụ", "00283", "Has sent a declaration; day and month of birth changed places", "", 0,
        Card("DN4", "01902", -60, 305), (Job("TZ0102A", "Thợ hàn", 170, 0, 2_700_000),),
    ),
    Person(
        "0199000303", "CAO THỊ BÍCH NGỌC", "1993-12-24", "female", "001193000303", "+84900000303",
        "Số 18, phố Giả Định", "00331", "Has sent a declaration to Hoàng Mai", "", 0,
        Card("DN4", "01902", -60, 305), (Job("TZ0105A", "Điều phối viên", 75, 0, 4_800_000),),
    ),
    *sandbox.PEOPLE,
)  # fmt: skip
STAFF = (
    Staff("hbt.canbo", "Lê Thị Kiểm Thử", "00103", "officer", "Officer at Hai Bà Trưng"),
    Staff("hbt.phutrach", "Phan Văn Ví Dụ", "00103", "supervisor", "Supervisor at Hai Bà Trưng"),
    Staff("hm.phutrach", "Bế Thị Ví Dụ", "00108", "supervisor", "Supervisor at Hoàng Mai"),
    Staff("hm.canbo", "Tạ Minh Bản Mẫu", "00108", "officer", "Officer at Hoàng Mai"),
    Staff("hn.kiemtoan", "Đinh Thị Minh Hoạ", "00100", "auditor", "Auditor for all of Hà Nội: looks, does not decide"),
    Staff("hn.quantri", "Hồ Văn Giả Định", "00100", "administrator", "Administrator: staff and postings"),
    Staff("hn.quantri.hai", "Kim Thị Giả Định", "00100", "administrator", "Administrator: approves what another made"),
)
OFFICE_OF_WARD = {"00331": "00108", "00316": "00108", "00322": "00108", "26743": "07901"}
OFFICE = "00103"
# Who has sent a declaration that still waits for an officer, and what is wrong in it.
WAITING = {"0199000301": {}, "0199000302": {"date_of_birth": "1980-03-05"}, "0199000303": {}}


def office_of(person: Person) -> str:
    """Return the code of the office where this person's declaration goes."""
    return OFFICE_OF_WARD.get(person.ward, OFFICE)


def vneid_users() -> list[dict[str, str | int]]:
    """Return the people who can log in at the stand-in, as its users file holds them."""
    return [
        {
            "username": person.vneid_name,
            "password": VNEID_PASSWORD,
            "level": person.vneid,
            "sub": f"vneid-demo-{person.code}",
            "citizen_id": person.citizen_id,
            "name": person.name,
            "birthdate": person.born if len(person.born) == 10 else f"{person.born}-01-01",
            "phone_number": person.phone,
        }
        for person in PEOPLE
        if person.vneid
    ]
