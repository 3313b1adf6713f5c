"""The Russian interface is complete: no msgid of ours lacks its translation (R7, SPEC)."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import house

pytestmark = pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not there")


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the apps with catalogues made anew from code and templates."""
    copy = tmp_path_factory.mktemp("languages")
    for app in house.apps():
        shutil.copytree(
            house.ROOT / app, copy / app, ignore=shutil.ignore_patterns("*.mo", "__pycache__")
        )
        (copy / app / "locale").mkdir(exist_ok=True)
        subprocess.run(
            [
                sys.executable,
                "-m",
                "django",
                "makemessages",
                "-l",
                "ru",
                "--no-location",
                "--no-wrap",
                "-v",
                "0",
            ],
            cwd=copy / app,
            env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
            check=True,
            capture_output=True,
        )
    return copy


@pytest.mark.parametrize("app", house.apps())
def test_everything_is_said_in_russian(extracted: Path, app: str) -> None:
    catalogue = extracted / app / "locale/ru/LC_MESSAGES/django.po"
    if not catalogue.exists():
        return
    told = subprocess.run(
        ["msgattrib", "--untranslated", "--no-obsolete", str(catalogue)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    unsaid = [text for text in re.findall(r'^msgid "(.+)"$', told, re.M) if text]
    fuzzy = subprocess.run(
        ["msgattrib", "--only-fuzzy", "--no-obsolete", str(catalogue)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    doubtful = [text for text in re.findall(r'^msgid "(.+)"$', fuzzy, re.M) if text]
    assert {"untranslated": unsaid, "doubtful": doubtful} == {"untranslated": [], "doubtful": []}
