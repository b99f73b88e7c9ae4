"""The production-shaped system, as far as it can be shown without an engine."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PORTAL = [name for name, service in SERVICES.items() if service["image"].startswith("vssid-portal:")]
BIN = Path(sys.executable).parent
# Read by gunicorn itself.
NOT_SETTINGS = {"WEB_CONCURRENCY"}


def everything(node):
    """Yield every string in the file."""
    if isinstance(node, dict):
        for value in node.values():
            yield from everything(value)
    elif isinstance(node, list):
        for value in node:
            yield from everything(value)
    elif isinstance(node, str):
        yield node


def programs(command: str) -> list[str]:
    """The programs a command line runs, looking through `sh -c`."""
    words = shlex.split(command)
    if words[0] != "sh":
        return words[:1]
    parts = re.split(r"[;|&]+|\bthen\b", words[-1].replace("exec ", ""))
    return [words[0] for part in parts if (words := shlex.split(part)) and words[0] not in {"if", "fi"}]


def test_the_file_is_valid_compose():
    tool = BIN / "check-jsonschema"
    done = subprocess.run(
        [tool, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_the_dockerfile_is_clean():
    done = subprocess.run([BIN / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_part_of_the_system_is_there():
    wanted = {
        "web",
        "worker",
        "codes",
        "scheduler",
        "sweeper",
        "migrate",
        "postgres",
        "redis",
        "storage",
        "proxy",
        "vneid",
    }
    assert wanted <= set(SERVICES)
    assert SERVICES["vneid"]["profiles"] == ["demo"]


def test_images_are_pinned_to_an_exact_version():
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)
    own = {service["image"] for service in SERVICES.values() if "build" in service}
    for image in [*bases, *(service["image"] for service in SERVICES.values() if service["image"] not in own)]:
        assert re.fullmatch(r"[a-z/]+:\d+\.\d+(\.\d+)?(-[a-z0-9.-]+)?(@sha256:[0-9a-f]{64})?", image), image
        assert "latest" not in image


def test_every_variable_of_the_portal_is_one_that_settings_read():
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "vssid/settings.py").read_text()))
    for name in PORTAL:
        if name != "vneid":
            given = set(SERVICES[name]["environment"])
            assert given - NOT_SETTINGS <= read, name
            # Whatever an operator may want to set is passed on; the rest are a developer's.
            assert read - given <= {"DEBUG", "PLAIN_STATIC", "STATIC_ROOT", "ARGON2_MEMORY_KIB", "ARGON2_TIME"}


def test_the_stand_in_gets_what_it_reads():
    source = (ROOT / "vssid/demo/vneid/__main__.py").read_text()
    assert set(SERVICES["vneid"]["environment"]) == set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', source))


def test_no_secret_has_a_default():
    secret = re.compile(r"SECRET|KEY|PEPPER|PASSWORD|TOKEN|DSN")
    for text in everything(COMPOSE):
        for name, marker, default in re.findall(r"\$\{(\w+)(:?[-?])?([^}]*)\}", text):
            if secret.search(name):
                assert marker == ":?" or default == "", f"{name} has the default {default!r}"
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if secret.search(name):
                assert "${" in value, f"{name} is written in the file"


def test_only_the_proxy_is_published_and_on_loopback():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert all(port.startswith("${BIND_ADDRESS:-127.0.0.1}:") for port in SERVICES["proxy"]["ports"])
    assert COMPOSE["networks"]["back"]["internal"] is True
    for name in ("postgres", "redis", "storage"):
        assert SERVICES[name]["networks"] == ["back"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_without_privileges(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)
    if "build" in service:
        stage = DOCKERFILE.split(f" AS {service['build']['target']}\n")[1].split("\nFROM ")[0]
        assert re.search(r"^USER [1-9]\d+:[1-9]\d+$", stage, re.M)
    else:
        assert service["user"] not in {"root", "0"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_says_whether_it_is_healthy_and_ends_in_time(name):
    service = SERVICES[name]
    if service["restart"] == "no":
        assert service["healthcheck"] == {"disable": True}
        return
    kind, *command = service["healthcheck"]["test"]
    assert kind in {"CMD", "CMD-SHELL"}
    assert "stop_grace_period" in service
    used = command[:1] if kind == "CMD" else [shlex.split(part)[0] for part in command[0].split("|")]
    if name in PORTAL:
        # Python and what its packages bring; the rest is in every Debian.
        assert set(used) <= {"python", "celery", "find", "grep"}
        assert all((BIN / program).exists() or shutil.which(program) for program in used)
    else:
        assert set(used) <= {"nc", "pg_isready", "redis-cli", "grep", "wget"}


@pytest.mark.parametrize("name", PORTAL)
def test_the_command_of_a_service_exists(name):
    for program in programs(SERVICES[name]["command"]):
        assert (BIN / program).exists(), program
    for command in re.findall(r"manage\.py (\w+)", SERVICES[name]["command"]):
        from django.core.management import get_commands

        assert command in get_commands()


def test_services_wait_for_what_they_need():
    for name, service in SERVICES.items():
        for other, condition in service.get("depends_on", {}).items():
            assert other in SERVICES
            ends = SERVICES[other]["restart"] == "no"
            expected = "service_completed_successfully" if ends else "service_healthy"
            assert condition["condition"] == expected, f"{name} on {other}"


def test_the_image_gets_no_more_than_it_needs():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    copied = {path for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M) for path in line.split()[:-1]}
    assert copied == {line[1:] for line in ignored if line.startswith("!")}
    assert all((ROOT / path).exists() for path in copied)
    assert "--require-hashes" in DOCKERFILE


def test_the_build_steps_work_without_any_setting(tmp_path):
    """The commands of the build stage, on a copy of what the image gets."""
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        source = ROOT / line[1:]
        if line.startswith("!") and source.is_dir():
            shutil.copytree(source, tmp_path / line[1:], ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
        elif line.startswith("!") and "/" not in line:
            shutil.copy(source, tmp_path)
    environment = {"PATH": f"{BIN}:/usr/bin:/bin", "HOME": str(tmp_path)}
    for command in re.findall(r"python -m vssid\.up\.example ([^\\\n]+)", DOCKERFILE):
        line = f"python -m vssid.up.example {command}"
        done = subprocess.run(shlex.split(line), cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert (tmp_path / "staticfiles" / "staticfiles.json").exists()
    assert list(tmp_path.rglob("django.mo"))


def test_the_example_file_asks_for_every_mandatory_variable():
    example = (ROOT / "docs/deployment/env.example").read_text()
    offered = set(re.findall(r"^(\w+)=", example, re.M))
    mandatory = {name for text in everything(COMPOSE) for name in re.findall(r"\$\{(\w+):\?", text)}
    assert mandatory <= offered
    assert not re.findall(r"^\w*(?:SECRET|KEY|PASSWORD|TOKEN)\w*=\S+", example, re.M)


def test_the_secrets_command_fills_them():
    from vssid.ops.secrets import new_secrets

    first, second = new_secrets(), new_secrets()
    mandatory = {name for text in everything(COMPOSE) for name in re.findall(r"\$\{(\w+):\?", text)}
    assert {name for name in mandatory if re.search("KEY|PASSWORD|PEPPER", name)} <= set(first)
    assert not set(first.values()) & set(second.values())
    assert all(value.isalnum() for name, value in first.items() if name.endswith("_PASSWORD") or name.startswith("S3_"))


def test_the_proxy_is_told_what_its_file_reads():
    read = set(re.findall(r"\{\$(\w+)", (ROOT / "docs/deployment/Caddyfile").read_text()))
    assert read == set(SERVICES["proxy"]["environment"])
    assert "vneid.localhost" in SERVICES["proxy"]["networks"]["front"]["aliases"]
    assert os.path.exists(ROOT / "docs/deployment/Caddyfile")


def test_the_portal_takes_the_stand_ins_address_for_this_machine():
    from accounts.vneid.metadata import is_loopback

    assert is_loopback("vneid.localhost")
    assert not is_loopback("vneid.localhost.evil.example")
