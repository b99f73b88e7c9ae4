"""A registration with three photos in a portal process of its own: `python -m tests.benchmarks.three_photos < photo`.

Prints the peak of that process in megabytes; the decoders that it starts are not in it.
"""

import sys

import django

from tests.benchmarks.decoder import peak

SLOTS = ("portrait", "id_front", "id_back")


def main(photo: bytes) -> None:
    """Declare, send the three at once, read everything again."""
    from django.conf import settings
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client

    from insurance.models import Office, Ward

    settings.ALLOWED_HOSTS = ["testserver"]
    browser = Client()
    ward, office = Ward.objects.filter(province="01")[0], Office.objects.filter(province="01")[0]
    typed = {
        "bhxh_code": "0099000107", "full_name": "Nguyễn Thị Thử Nghiệm", "date_of_birth": "09/02/1985",
        "gender": "female", "id_type": "cccd", "id_number": "001185000107", "phone": "0900000107", "province": "01",
        "ward": ward.code, "address": "Số 0, ngõ Ví Dụ", "office": office.code,
    }  # fmt: skip
    assert browser.post("/dang-ky/to-khai/", typed).status_code == 302
    browser.post("/dang-ky/anh/", {slot: SimpleUploadedFile("a.jpg", photo, "image/jpeg") for slot in SLOTS})
    assert browser.get("/dang-ky/xac-nhan/").status_code == 200
    print(peak())


if __name__ == "__main__":
    django.setup()
    main(sys.stdin.buffer.read())
