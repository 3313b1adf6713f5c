"""A start without what it needs fails with the setting's name; the production settings are safe."""

import os
import subprocess
import sys

import pytest

from tests.architecture.house import ROOT

PRODUCTION = {
    "SECRET_KEY": "k" * 25 + "0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "portal.example.org",
    "PUBLIC_URL": "https://portal.example.org",
    "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
    "REDIS_URL": os.environ.get("REDIS_URL", ""),
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "DEFAULT_FROM_EMAIL": "portal@example.org",
    "MSED_PASSWORD": "one",
    "MSED_CALLBACK_PASSWORD": "two",
}


def python(*arguments: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Runs Python with DEBUG off and nothing but `environment`."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_production_settings_are_clean() -> None:
    checked = python(
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING"), environment=PRODUCTION
    )
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


@pytest.mark.parametrize("name", sorted(PRODUCTION))
def test_what_is_missing_is_named(name: str) -> None:
    rest = {key: value for key, value in PRODUCTION.items() if key != name}
    started = python("-c", "import config.settings", environment=rest)
    assert started.returncode != 0
    assert f"Set the {name} environment variable" in started.stderr


def test_half_of_a_signature_is_refused_at_the_start() -> None:
    half = PRODUCTION | {"MSED_SIGNATURE_KEY_FILE": "portal.key"}
    started = python("manage.py", "check", environment=half)
    assert started.returncode != 0
    assert "MSED_PARTNER_CERTIFICATE_FILE" in started.stderr
