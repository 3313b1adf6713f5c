"""Databases of the measurements' own, on the server of DATABASE_URL: made, loaded, dropped."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from django.conf import settings
from psycopg2 import sql

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def prepared(name: str, *, work_folder: str) -> Iterator[dict[str, str]]:
    """A fresh database with the demo region and its people but no messages.

    Args:
        name: of the database; one of that name is dropped first.
        work_folder: where uploads would go.

    Yields:
        The environment of processes that work on it as in production: DEBUG is off.
    """
    with _server() as cursor:
        cursor.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    environment = _environment(name, work_folder)
    try:
        manage(environment, "migrate", "-v0")
        manage(environment, "load_demo", "--messages", "0")
        yield environment
    finally:
        with _server() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def standing(name: str, *, work_folder: str) -> Iterator[dict[str, str]]:
    """A database that is there already, and stays: the same environment for it."""
    yield _environment(name, work_folder)


def manage(environment: Mapping[str, str], *arguments: str, module: str = "") -> str:
    """What `manage.py`, or a module of ours, prints; its error ends the measurement."""
    program = ["-m", module] if module else ["manage.py"]
    done = subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout


def server_settings(*names: str) -> dict[str, str]:
    """Settings of the server, such as `fsync`."""
    found = {}
    with _server() as cursor:
        for name in names:
            cursor.execute("SELECT current_setting(%s)", [name])
            found[name] = str(cursor.fetchone()[0])
    return found


def libpq_environment(name: str) -> dict[str, str]:
    """The environment in which PostgreSQL's own programs find a database."""
    own = settings.DATABASES["default"]
    return {
        "PGHOST": str(own["HOST"]),
        "PGPORT": str(own["PORT"] or 5432),
        "PGUSER": str(own["USER"]),
        "PGPASSWORD": str(own["PASSWORD"]),
        "PGDATABASE": name,
    }


def _environment(name: str, work_folder: str) -> dict[str, str]:
    url = urlsplit(os.environ["DATABASE_URL"])
    keep = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "REDIS_URL")
    return {key: os.environ[key] for key in keep if key in os.environ} | {
        "DATABASE_URL": urlunsplit(url._replace(path=f"/{name}")),
        "DEBUG": "0",
        "SECRET_KEY": "only-for-measuring-only-for-measuring-only-for-measuring",
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "DEFAULT_FROM_EMAIL": "portal@example.org",
        "MSED_PASSWORD": "unused",
        "MSED_CALLBACK_PASSWORD": "unused",
        "MEDIA_ROOT": work_folder,
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


@contextmanager
def _server() -> Iterator[Any]:
    place = libpq_environment("postgres")
    connection = psycopg2.connect(
        host=place["PGHOST"],
        port=place["PGPORT"],
        user=place["PGUSER"],
        password=place["PGPASSWORD"],
        dbname="postgres",
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()
