"""What the cast received and where they were treated, as rows for the importer; days count back from today."""

from collections.abc import Iterator
from datetime import date, timedelta

Row = dict[str, str]

BANK = {"method": "account", "bank": "Ngân hàng Ví Dụ, chi nhánh Hà Nội (trình diễn)", "account": "0011000199"}
SIGNS = {"short_term": "NH", "lump_sum": "ML", "accident": "TN", "monthly": "HT", "unemployment": "BHTN"}
OFFICE = "BHXH cơ sở Hai Bà Trưng (trình diễn)"
# Person, kind, days back of the decision and of the first and last day, columns of their own.
BENEFITS: tuple[tuple[str, str, int, int | None, int | None, Row], ...] = (
    ("0199000101", "short_term", 2500, 2710, 2529,
     {"regime": "maternity", "amount": "37200000", "payer": "Công ty CP Cơ khí Bản Mẫu Long Biên (trình diễn)"}),
    ("0199000101", "short_term", 2440, 2500, 2494,
     {"regime": "recovery", "amount": "2235000", "payer": "Công ty CP Cơ khí Bản Mẫu Long Biên (trình diễn)"}),
    ("0199000101", "short_term", 410, 430, 428,
     {"regime": "child_sickness", "amount": "1140000", "payer": "Công ty CP Cơ khí Bản Mẫu Long Biên (trình diễn)"}),
    ("0199000101", "short_term", 30, 52, 50,
     {"regime": "sickness", "amount": "1225000", "payer": "Công ty CP Cơ khí Bản Mẫu Long Biên (trình diễn)"}),
    ("0199000101", "unemployment", 3540, 3530, 3380,
     {"amount": "2840000", "months": "5", "reserved_months": "8", "place": OFFICE, "status": "ended"}),
    ("0199000102", "accident", 1300, None, None,
     {"amount": "22350000", "capacity_loss": "11", "payer": OFFICE, "place": OFFICE}),
    ("0199000102", "short_term", 60, 75, 70,
     {"regime": "sickness", "amount": "2310000", "payer": "Hợp tác xã Vận tải Giả Định (trình diễn)",
      "status": "waiting"}),
    ("0199000104", "monthly", 6100, 6090, None,
     {"regime": "survivor", "amount": "1265000", "place": "Bưu điện Ví Dụ (trình diễn)", "method": "cash"}),
    ("0199000106", "lump_sum", 13300, None, None,
     {"amount": "1860000", "payer": OFFICE, "place": OFFICE, "method": "cash"}),
    ("0199000106", "monthly", 950, 940, None,
     {"regime": "pension", "amount": "7452000", "place": "Bưu điện Bạch Mai (trình diễn)"}),
    ("0199000204", "lump_sum", 3400, None, None, {"amount": "61400000", "payer": OFFICE}),
    ("0199000531", "monthly", 2000, 1990, None, {"regime": "pension", "amount": "9180000", "place": OFFICE}),
    ("0199000532", "monthly", 800, 790, None,
     {"regime": "survivor", "amount": "1265000", "place": "Bưu điện Ví Dụ (trình diễn)", "method": "cash"}),
    ("0199000533", "unemployment", 70, 62, None,
     {"amount": "4030000", "months": "6", "reserved_months": "4", "place": OFFICE, "status": "paying"}),
    ("0199000534", "short_term", 20, 110, None,
     {"regime": "maternity", "amount": "41200000", "payer": "Công ty TNHH May Ví Dụ Sông Hồng (trình diễn)"}),
    ("0199000535", "accident", 700, 690, None,
     {"amount": "1940000", "monthly": "1", "capacity_loss": "41", "payer": OFFICE, "place": OFFICE,
      "status": "paying"}),
    ("0199000537", "lump_sum", 500, None, None, {"amount": "98700000", "payer": OFFICE}),
)  # fmt: skip
# Person, decision's days back (as above), first day and amount of each adjustment, its decree.
ADJUSTMENTS = (
    ("0199000104", 6100, "2024-07-01", "1171000", "NĐ 75/2024/NĐ-CP (+15%)"),
    ("0199000104", 6100, "2026-07-01", "1265000", "NĐ 162/2026/NĐ-CP (+8%)"),
    ("0199000106", 950, "2024-07-01", "6900000", "NĐ 75/2024/NĐ-CP (+15%)"),
    ("0199000106", 950, "2026-07-01", "7452000", "NĐ 162/2026/NĐ-CP (+8%)"),
    ("0199000531", 2000, "2022-01-01", "6565000", "NĐ 108/2021/NĐ-CP (+7,4%)"),
    ("0199000531", 2000, "2023-07-01", "7391000", "NĐ 42/2023/NĐ-CP (+12,5%)"),
    ("0199000531", 2000, "2024-07-01", "8500000", "NĐ 75/2024/NĐ-CP (+15%)"),
    ("0199000531", 2000, "2026-07-01", "9180000", "NĐ 162/2026/NĐ-CP (+8%)"),
)

Line = tuple[str, str, str, int, int]
"""Code, name, unit, how many, price of one in đồng."""
EXAMINATION: Line = ("02.1897", "Khám bệnh", "lần", 1, 42_100)
# What somebody came for: disease, department, days of stay, lines; a name that begins with * is outside the scope.
REASONS: dict[str, tuple[str, str, str, int, tuple[Line, ...]]] = {
    "cold": ("J06.9", "Nhiễm trùng đường hô hấp trên cấp, không xác định", "Khoa Khám bệnh", 0, (
        EXAMINATION, ("40.2", "Paracetamol 500 mg (thuốc ví dụ)", "viên", 20, 480),
        ("40.154", "Amoxicilin 500 mg (thuốc ví dụ)", "viên", 21, 1_650),
    )),
    "stomach": ("K29.7", "Viêm dạ dày, không xác định", "Khoa Nội tiêu hoá", 0, (
        EXAMINATION, ("02.0305", "Nội soi thực quản – dạ dày – tá tràng", "lần", 1, 276_500),
        ("23.0133", "Xét nghiệm máu tổng quát", "lần", 1, 49_700),
        ("40.677", "Omeprazol 20 mg (thuốc ví dụ)", "viên", 28, 2_300),
    )),
    "pressure": ("I10", "Tăng huyết áp vô căn", "Khoa Tim mạch", 0, (
        EXAMINATION, ("02.0085", "Điện tim thường", "lần", 1, 39_900),
        ("40.491", "Amlodipin 5 mg (thuốc ví dụ)", "viên", 30, 820),
    )),
    "birth": ("O80.0", "Đẻ thường, ngôi chỏm", "Khoa Sản", 4, (
        ("13.0033", "Đỡ đẻ thường ngôi chỏm", "lần", 1, 786_700),
        ("K13.1917", "Ngày giường khoa Sản", "ngày", 4, 257_100),
        ("22.0121", "Xét nghiệm trước sinh", "lần", 1, 318_000), ("TN.01", "*Phòng theo yêu cầu", "ngày", 4, 450_000),
    )),
    "operation": ("K35.8", "Viêm ruột thừa cấp", "Khoa Ngoại tổng hợp", 5, (
        ("03.3327", "Phẫu thuật nội soi cắt ruột thừa", "lần", 1, 2_818_700),
        ("K03.1918", "Ngày giường khoa Ngoại", "ngày", 5, 301_600), ("18.0001", "Siêu âm ổ bụng", "lần", 1, 58_600),
        ("40.180", "Kháng sinh tiêm 1 g (thuốc ví dụ)", "lọ", 10, 21_400),
        ("TN.02", "*Suất ăn theo yêu cầu", "suất", 12, 60_000),
    )),
    "spine": ("M51.2", "Thoát vị đĩa đệm cột sống thắt lưng", "Khoa Phẫu thuật cột sống", 9, (
        ("03.3082", "Phẫu thuật cố định cột sống và ghép xương", "lần", 1, 5_328_000),
        ("N06.04", "Nẹp vít cột sống (vật tư ví dụ)", "bộ", 1, 22_000_000),
        ("K03.1917", "Ngày giường khoa Ngoại", "ngày", 9, 336_000),
        ("18.0296", "Cộng hưởng từ cột sống", "lần", 1, 1_341_000),
    )),
}  # fmt: skip
# Person, days back, reason, facility, what the fund pays of a visit that is not cheap, in percent.
VISITS = (
    *(("0199000101", days, "cold", "01901", 80) for days in (38, 400, 765)),
    ("0199000101", 120, "stomach", "01902", 80),
    ("0199000101", 2706, "birth", "01902", 80),
    ("0199000102", 75, "operation", "01902", 80),
    ("0199000102", 500, "stomach", "01902", 80),
    ("0199000103", 640, "birth", "01902", 80),
    *(("0199000106", 12 + 30 * month, "pressure", "01902", 95) for month in range(30)),
    ("0199000106", 200, "operation", "01902", 95),
    ("0199000401", 90, "cold", "01901", 80),
    ("0199000504", 25, "cold", "01901", 100),
    ("0199000525", 60, "stomach", "01902", 100),
    ("0199000534", 108, "birth", "01902", 80),
    *(("0199000536", days, "spine", "01902", 80) for days in (15, 165)),
    *(("0199000536", days, "stomach", "01902", 80) for days in range(30, 300, 30)),
)
CHEAP = 379_500
# Person, kind, days back, facility.
PAPERS = (
    ("0199000101", "sick_leave", 52, "01901", "valid"),
    ("0199000101", "birth", 2702, "01902", "valid"),
    ("0199000102", "discharge", 70, "01902", "valid"),
    ("0199000102", "sick_leave", 70, "01902", "valid"),
    ("0199000102", "sick_leave", 71, "01902", "cancelled"),
    ("0199000103", "birth", 636, "01902", "valid"),
    ("0199000106", "summary", 190, "01902", "valid"),
)


def rows(today: date) -> dict[str, list[Row]]:
    """Return the rows by kind of import, in the order in which they must go in."""
    return {
        "benefits": [_benefit(*benefit, today) for benefit in BENEFITS],
        "adjustments": [
            {"bhxh_code": code, "number": _number(code, "monthly", back), "from": day, "amount": amount,
             "legal_basis": basis}
            for code, back, day, amount, basis in ADJUSTMENTS
        ],
        "visits": [_visit(*visit, today) for visit in VISITS],
        "visit_lines": [row for visit in VISITS for row in _lines(*visit)],
        "papers": [
            {"bhxh_code": code, "kind": kind, "serial": f"{facility}.{code[-3:]}.{back:05}",
             "issued_on": _day(today, back), "facility": facility, "status": status}
            for code, kind, back, facility, status in PAPERS
        ],
    }  # fmt: skip


def _day(today: date, back: int | None) -> str:
    return "" if back is None else (today - timedelta(days=back)).isoformat()


def _number(code: str, kind: str, back: int) -> str:
    # Not dated: the same record on another day is the same record.
    return f"{code[-3:]}{back:05}/VD-{SIGNS[kind]}"


def _benefit(code: str, kind: str, decided: int, first: int | None, last: int | None, own: Row, today: date) -> Row:
    status = {"monthly": "paying"}.get(kind, "paid")
    return {
        "bhxh_code": code, "kind": kind, "number": _number(code, kind, decided), "decided_on": _day(today, decided),
        "from": _day(today, first), "to": _day(today, last), "status": status, **BANK, **own,
    }  # fmt: skip


def _visit(code: str, back: int, reason: str, facility: str, percent: int, today: date) -> Row:
    disease_code, disease, department, stay, _ = REASONS[reason]
    parts = [_parts(line, _share(reason, percent)) for line in REASONS[reason][4]]
    return {
        "source_key": f"{facility}:{code[-3:]}:{back:05}", "bhxh_code": code, "facility": facility,
        "admitted_on": _day(today, back), "discharged_on": _day(today, back - stay),
        "paid_on": _day(today, back - stay), "disease_code": disease_code, "disease": disease,
        "department": department, "outcome": "recovered" if stay else "better",
        **{name: str(sum(part[name] for part in parts)) for name in parts[0]},
    }  # fmt: skip


def _lines(code: str, back: int, reason: str, facility: str, percent: int) -> Iterator[Row]:
    for number, line in enumerate(REASONS[reason][4], start=1):
        cost_code, name, unit, quantity, price = line
        share = 0 if name.startswith("*") else _share(reason, percent)
        yield {
            "bhxh_code": code, "source_key": f"{facility}:{code[-3:]}:{back:05}", "line": str(number),
            "code": cost_code, "name": name.removeprefix("*"), "unit": unit, "quantity": str(quantity),
            "unit_price": str(price), "percent": str(share),
            **{part: str(amount) for part, amount in _parts(line, _share(reason, percent)).items()},
        }  # fmt: skip


def _share(reason: str, percent: int) -> int:
    """A visit below 15 % of the base salary is paid in full."""
    covered = sum(line[3] * line[4] for line in REASONS[reason][4] if not line[1].startswith("*"))
    return 100 if covered < CHEAP else percent


def _parts(line: Line, percent: int) -> dict[str, int]:
    total = line[3] * line[4]
    if line[1].startswith("*"):
        return {"total": total, "fund": 0, "copayment": 0, "self_paid": total}
    fund = total * percent // 100
    return {"total": total, "fund": fund, "copayment": total - fund, "self_paid": 0}
