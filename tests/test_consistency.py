"""The repository says of itself only what is there: documents, settings, templates, tasks, relations, catalogues."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from django.apps import apps
from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.backends.django import DjangoTemplates
from django.utils.translation import gettext, ngettext, npgettext, override, pgettext

from vssid.celery import app as celery
from vssid.translations import CATALOGUES, problems, stored
from vssid.up.services import CODE_QUEUES, QUEUES

ROOT = Path(settings.BASE_DIR)
SECURITY = ROOT / "docs" / "security.md"
THREATS = {f"T{number:02}" for number in range(1, 82)}
FAULTS = {f"F{number:02}" for number in range(1, 44)}
# Upper applications may point to lower ones, never the other way (docs/architecture.md).
LAYERS = (
    ("demo",),
    ("services",),
    ("accounts",),
    ("insurance",),
    ("sms", "documents", "notices", "webhooks"),
    ("audit",),
    ("vssid",),
)
DEPTH = {label: depth for depth, labels in enumerate(LAYERS) for label in labels}
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
# Written in two parts, or this file would find itself.
FOREIGN = ("/wor" + "k/", "/roo" + "t/", "pypi." + "org", "python" + "hosted", "index" + "-url", "find" + "-links")


@cache
def rows() -> dict[str, list[str]]:
    """Names of tests by the id of the row that they show."""
    found: dict[str, list[str]] = {}
    for line in SECURITY.read_text("utf-8").splitlines():
        if match := re.match(r"\| ([TF]\d\d) \|.*\|([^|]*)\|$", line):
            assert match[1] not in found, f"{match[1]} has two rows"
            found[match[1]] = re.findall(r"`(test_\w+)`", match[2])
    return found


def repository_files() -> Iterator[Path]:
    """Every file that is, or is about to be, in the repository."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.fail("run the tests from a clone, so that git can tell which files are the repository's")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    yield from (ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def written_tests() -> set[str]:
    """Every test function there is."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (ROOT / "tests").rglob("test_*.py")]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {function.name for function in functions if function.name.startswith("test_")}


def test_each_threat_and_fault_is_shown_by_tests_that_exist() -> None:
    written = written_tests()
    assert [row for row, tests in rows().items() if not tests] == []
    assert sorted({name for tests in rows().values() for name in tests} - written) == []


def test_threats_and_faults_are_met_or_said_to_be_open() -> None:
    said = re.findall(r"^Not yet: (.+)$", SECURITY.read_text("utf-8"), re.MULTILINE)
    still_open = set(re.findall(r"[TF]\d\d", " ".join(said)))
    assert still_open & set(rows()) == set()
    assert still_open | set(rows()) == THREATS | FAULTS


def test_models_point_to_their_own_or_a_lower_application() -> None:
    pointing = [
        (model._meta.app_label, field.related_model._meta.app_label, f"{model._meta.label}.{field.name}")
        for model in apps.get_models(include_auto_created=True)
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.is_relation and field.related_model
    ]
    local = [(own, other, name) for own, other, name in pointing if own in DEPTH and other in DEPTH]
    assert local
    assert [name for own, other, name in local if own != other and DEPTH[own] >= DEPTH[other]] == []


def test_the_schedule_names_tasks_and_each_queue_has_a_worker() -> None:
    celery.loader.import_default_modules()
    scheduled = {str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled - set(celery.tasks) == set()
    own = [task for name, task in celery.tasks.items() if not name.startswith("celery.")]
    used = {getattr(task, "queue", None) or settings.CELERY_TASK_DEFAULT_QUEUE for task in own}
    assert used - set(f"{CODE_QUEUES},{QUEUES}".split(",")) == set()


def test_each_template_is_used() -> None:
    folder = ROOT / "templates"
    files = [path for path in repository_files() if path.suffix in {".py", ".html"} and "tests" not in path.parts]
    texts = {path: path.read_text("utf-8") for path in files}
    packages = DjangoTemplates({"NAME": "packages", "DIRS": [], "APP_DIRS": True, "OPTIONS": {}})

    def used(path: Path) -> bool:
        name = path.relative_to(folder).as_posix()
        built = re.compile(
            rf'f"{re.escape(name.removesuffix(path.name))}\{{[^{{}}]+\}}\.html"'
        )  # f"folder/{page}.html"
        stem = re.compile(rf"\b{path.stem}\b")
        others = [text for user, text in texts.items() if user != path]
        constant = any(f' = "{path.stem}"\n' in text for text in others)
        return any(f'"{name}"' in text or (built.search(text) and (constant or stem.search(text))) for text in others)

    def replaces_a_packages(path: Path) -> bool:
        try:
            packages.get_template(path.relative_to(folder).as_posix())
        except TemplateDoesNotExist:
            return False
        return True

    assert [str(path) for path in folder.rglob("*.html") if not used(path) and not replaces_a_packages(path)] == []


def test_each_dependency_has_its_reason_and_each_reason_its_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*project["project"]["dependencies"]]
    wanted += [name for extra in project["project"]["optional-dependencies"].values() for name in extra]
    wanted += [name for group in project["dependency-groups"].values() for name in group if isinstance(name, str)]
    table = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    explained = [
        name for line in table.splitlines() if line.startswith("| `") for name in QUOTED.findall(line.split("|")[1])
    ]
    assert {re.split(r"[=<>\[]", name)[0] for name in wanted} == {name.split("[")[0] for name in explained}


def test_each_variable_that_is_read_is_explained() -> None:
    read = set(
        re.findall(r"""env\.\w+\(\s*["']([A-Z][A-Z0-9_]+)["']""", (ROOT / "vssid/settings.py").read_text("utf-8"))
    )
    table = (ROOT / "docs" / "settings.md").read_text("utf-8")
    explained = {
        name for line in table.splitlines() if line.startswith("| `") for name in QUOTED.findall(line.split("|")[1])
    }
    launcher = "".join(path.read_text("utf-8") for path in (ROOT / "vssid" / "up").glob("*.py"))
    assert sorted(read - explained) == []
    assert sorted(name for name in explained - read if f'"{name}"' not in launcher) == []


def documents() -> list[Path]:
    return [path for path in repository_files() if path.suffix == ".md"]


def test_what_the_documents_point_to_exists() -> None:
    missing = []
    for path in documents():
        text = path.read_text("utf-8")
        places = {place for place in LINK.findall(text) if not (path.parent / place).exists()}
        missing += [f"{path.name}: {place}" for place in sorted(places)]
    assert missing == []


def test_each_path_in_the_architecture_exists() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in repository_files()}
    named = QUOTED.findall((ROOT / "docs" / "architecture.md").read_text("utf-8"))
    paths = {name for name in named if "/" in name and " " not in name and name.split("/")[0] in tops}
    assert len(paths) > 20
    assert [name for name in sorted(paths) if not (ROOT / name).exists()] == []


def test_no_file_knows_a_developers_machine_or_a_registry() -> None:
    found = []
    for path in repository_files():
        text = path.read_bytes()
        found += [f"{path.relative_to(ROOT)}: {word}" for word in FOREIGN if word.encode() in text]
    assert found == []


@pytest.mark.parametrize("package", CATALOGUES)
def test_every_text_has_its_vietnamese(package: str) -> None:
    assert list(problems(package)) == []


def test_what_a_catalogue_says_is_what_people_read() -> None:
    """Django joins our catalogues and its own into one: a text has one Vietnamese everywhere, or a context."""
    with override("vi"):
        hidden = [
            (package, message.id, message.string)
            for package in CATALOGUES
            for message in stored(package)
            if message.id and shown(message) != (message.string if isinstance(message.id, str) else message.string[0])
        ]
    assert hidden == []


def shown(message: Message) -> str:
    """What a page has for a message of a catalogue."""
    words = (message.id,) if isinstance(message.id, str) else (*message.id, 1)
    if message.context:
        return (npgettext if len(words) > 1 else pgettext)(message.context, *words)
    return (ngettext if len(words) > 1 else gettext)(*words)


def test_words_are_spelt_and_people_addressed_in_one_way() -> None:
    """ủy, hủy, xóa as in the law; "bạn" to everybody; xã before phường, as the law lists them."""
    odd = re.compile(r"\b(?:uỷ|huỷ|tuỳ|xoá|khoá|hoá|loá)\b|ông/bà|phường, xã|e-?mail\b", re.IGNORECASE)
    said = {message.string for package in CATALOGUES for message in stored(package) if message.id}
    assert [text for text in said if odd.search(str(text))] == []


def test_levels_of_vneid_have_their_official_name() -> None:
    """Nghị định 69/2024/NĐ-CP calls them "mức độ"."""
    places = [*ROOT.glob("*/locale/vi/LC_MESSAGES/django.po"), *ROOT.glob("services/data/help/*.toml")]
    said = re.compile(r"\bmức 0?[12]\b", re.IGNORECASE)
    assert [path.name for path in places if said.search(path.read_text("utf-8"))] == []
