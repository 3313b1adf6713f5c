"""Locked packages and translations."""

import os
import re
from pathlib import Path

import pytest

from tools import build
from tools.checkout import Checkout
from tools.terminal import Failure

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
PIN = re.compile(r"^([a-z0-9_.-]+)==(\S+?)(?: ;(.*?))? \\$", re.MULTILINE)


def pins(name: str) -> set[tuple[str, ...]]:
    return set(PIN.findall((REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")))


def test_packages_for_tests_hold_all_others_in_the_same_versions() -> None:
    assert pins("base")
    assert pins("base") | pins("demo") <= pins("dev")


def test_no_index_address_is_locked_in() -> None:
    for name in build.REQUIREMENTS:
        text = (REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text


def test_translations_are_compiled_once_and_a_broken_one_is_named(checkout: Checkout) -> None:
    folder = checkout.root / "geo" / "locale" / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, compiled = folder / "django.po", folder / "django.mo"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    source.write_text(f'{head}msgid "Place"\nmsgstr "Место"\n', encoding="utf-8")
    build.translations(checkout)
    made = compiled.stat().st_mtime_ns
    build.translations(checkout)
    assert compiled.stat().st_mtime_ns == made

    source.write_text(f'{head}msgid "Place"\nmsgstr "Место\n', encoding="utf-8")
    os.utime(source, ns=(made + 1, made + 10**9))
    with pytest.raises(Failure, match=r"geo/locale/ru/LC_MESSAGES/django\.po"):
        build.translations(checkout)
