"""The text of a VietQR code: a transfer to an account with amount and words, which any bank's app in Vietnam reads.

EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1, with NAPAS's own field 38
(application A000000727, service QRIBFTTA: a transfer to an account).
"""

NAPAS = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
DONG = "704"
COUNTRY = "VN"
LONGEST = 99


def payload(*, bank: str, account: str, amount: int, words: str) -> str:
    """Return the text to be drawn: `bank` is the six-digit BIN, `amount` in đồng, `words` without diacritics.

    Raises ValueError when a part does not fit its field.
    """
    if not (len(bank) == 6 and bank.isdecimal() and account.isalnum() and amount > 0 and words.isascii()):
        raise ValueError("vietqr: a part does not fit its field")
    receiver = _field("00", bank) + _field("01", account)
    parts = (
        _field("00", "01"),
        _field("01", "12"),
        _field("38", _field("00", NAPAS) + _field("01", receiver) + _field("02", TO_ACCOUNT)),
        _field("53", DONG),
        _field("54", str(amount)),
        _field("58", COUNTRY),
        _field("62", _field("08", words)),
    )
    text = "".join(parts) + "6304"
    return text + f"{checksum(text):04X}"


def checksum(text: str) -> int:
    """CRC-16/CCITT-FALSE over everything before it, its own tag and length included."""
    crc = 0xFFFF
    for byte in text.encode("ascii"):
        crc ^= byte << 8
        for _bit in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _field(tag: str, value: str) -> str:
    if not 0 < len(value) <= LONGEST:
        raise ValueError("vietqr: a part does not fit its field")
    return f"{tag}{len(value):02}{value}"
