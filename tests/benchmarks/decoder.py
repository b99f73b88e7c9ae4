"""One photo made clean in a process of its own: `python -m tests.benchmarks.decoder own|naive|whole < photo`.

Prints the peak in megabytes: above the interpreter with Pillow, or of the whole process. Nothing of Django is here.
"""

import sys
from importlib import util
from io import BytesIO
from pathlib import Path
from types import ModuleType

from PIL import Image, ImageOps

WORKER = Path(__file__).parents[2] / "accounts" / "photos" / "worker.py"


def load_worker() -> ModuleType:
    """The decoder's one file, as it is started by the portal."""
    spec = util.spec_from_file_location("photo_worker", WORKER)
    assert spec
    assert spec.loader
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


worker = load_worker()


def as_the_portal(data: bytes) -> tuple[dict[str, object], bytes]:
    """All that is done for the front of a card: clean JPEG, figures, hash and QR code."""
    head, jpeg = worker.answer_for(data, qr=True)
    assert jpeg, head
    return head, jpeg


def as_one_writes_it_first(data: bytes) -> bytes:
    """Open, turn, make smaller, save."""
    picture = ImageOps.exif_transpose(Image.open(BytesIO(data)))
    factor = worker.LONGEST_SIDE / max(picture.size)
    picture = picture.resize((round(picture.width * factor), round(picture.height * factor)))
    out = BytesIO()
    picture.save(out, "JPEG", quality=worker.QUALITY)
    return out.getvalue()


def peak() -> float:
    """Megabytes that this process held at most, since it began or since the kernel was told to forget."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024


def main(side: str) -> None:
    """Measure one side."""
    Image.preinit()
    data = sys.stdin.buffer.read()
    before = 0.0 if side == "whole" else peak()
    (as_one_writes_it_first if side == "naive" else as_the_portal)(data)
    print(peak() - before)


if __name__ == "__main__":
    main(sys.argv[1])
