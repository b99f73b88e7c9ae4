"""Opens one PDF from standard input with limits of memory and time, and says whether it only shows pages.

Runs as a program of its own, without the portal's settings and keys: prints good, damaged, locked, active or long.
"""

import io
import resource
import sys

MOST_PAGES = 50
MEMORY = 512 * 1024 * 1024
SECONDS = 2
MOST_OBJECTS = 200_000
# Names of dictionary keys and actions by which a PDF does something or carries something.
ACTIVE_KEYS = (
    "/OpenAction",
    "/AA",
    "/JS",
    "/JavaScript",
    "/EmbeddedFiles",
    "/EmbeddedFile",
    "/EF",  # readers show an enclosed file whose dictionary does not say /Filespec, too
    "/RF",
    "/RichMedia",
    "/XFA",
)
ACTIVE_ACTIONS = (
    "/JavaScript",
    "/Launch",
    "/ImportData",
    "/SubmitForm",
    "/GoToR",
    "/GoToE",
    "/Movie",
    "/Sound",
    "/Rendition",
)


def verdict(data: bytes) -> str:
    """Say in one word what this PDF is."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if pdf.is_encrypted:
                return "locked"
            if len(pdf.pages) > MOST_PAGES:
                return "long"
            if len(pdf.objects) > MOST_OBJECTS:
                return "damaged"
            return "active" if any(_active(thing) for thing in pdf.objects) or _active(pdf.Root) else "good"
    except pikepdf.PasswordError:
        return "locked"
    except (pikepdf.PdfError, ValueError, RuntimeError, MemoryError, RecursionError):
        return "damaged"


def _active(thing, depth: int = 0) -> bool:
    """Whether an object, or what is written directly inside it, does something or carries a file."""
    import pikepdf

    if depth > 8:
        return True
    if isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
        if any(key in thing for key in ACTIVE_KEYS):
            return True
        if str(thing.get("/S", "")) in ACTIVE_ACTIONS or str(thing.get("/Type", "")) in {"/EmbeddedFile", "/Filespec"}:
            return True
        return any(_direct(value) and _active(value, depth + 1) for value in dict(thing.items()).values())
    if isinstance(thing, pikepdf.Array):
        return any(_direct(value) and _active(value, depth + 1) for value in thing)
    return False


def _direct(value) -> bool:
    import pikepdf

    return isinstance(value, pikepdf.Object) and not value.is_indirect


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    print(verdict(sys.stdin.buffer.read()))  # noqa: T201
