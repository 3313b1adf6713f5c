"""The environment of the portal's processes on this machine, and which processes these are.

What the caller's environment sets already stays as it is: a real server given there
(DATABASE_URL, REDIS_URL, EMAIL_URL, MSED_URL, MEDO_FOLDER) takes the place of our own.
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from tools.checkout import Checkout, write_private
from tools.ports import HOST, Ports
from tools.postgres import Cluster
from tools.supervision import Program

DEFAULT_PORT = 8000
# The stand-ins of outside systems by the setting that makes them needless.
SERVERS = {"DATABASE_URL": "postgres", "REDIS_URL": "redis"}
STAND_INS = {"EMAIL_URL": ("mail_smtp", "mail_web"), "MSED_URL": ("msed",)}


def is_own(setting: str, given: Mapping[str, str]) -> bool:
    """Whether we run what this setting points to, since the caller names none."""
    return not given.get(setting)


def server_ports(given: Mapping[str, str]) -> list[str]:
    """Names of the ports our own PostgreSQL and Redis need."""
    return [name for setting, name in SERVERS.items() if is_own(setting, given)]


def stand_in_ports(given: Mapping[str, str]) -> list[str]:
    """Names of the ports the stand-ins need."""
    return [
        name for setting, names in STAND_INS.items() if is_own(setting, given) for name in names
    ]


def settings(
    checkout: Checkout,
    ports: Ports,
    given: Mapping[str, str],
    *,
    role: str = "portal",
    database: str = "portal",
) -> dict[str, str]:
    """The portal's settings for this machine, as environment variables."""
    secrets = checkout.secrets
    port = given.get("PORT") or str(DEFAULT_PORT)
    ours = {
        "SECRET_KEY": secrets["secret_key"],
        # As in production; only TLS is missing on one's own machine.
        "DEBUG": "false",
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "PORT": port,
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "DEFAULT_FROM_EMAIL": "portal@localhost",
        "MEDIA_ROOT": str(checkout.var / "media"),
        "MSED_USERNAME": "portal",
        "MSED_PASSWORD": secrets["msed"],
        "MSED_CALLBACK_USERNAME": "msed",
        "MSED_CALLBACK_PASSWORD": secrets["msed_callback"],
        "REGION_TIME_ZONE": "Europe/Moscow",
        "VAPID_PRIVATE_KEY": vapid_key(secrets["vapid"]),
        # Where the settlements of the demo region come from.
        "TILE_ATTRIBUTION": "GeoNames, CC BY 4.0",
    }
    if "postgres" in ports:
        ours["DATABASE_URL"] = Cluster(checkout, ports).url(role=role, database=database)
    if "redis" in ports:
        # Tests have a numbered database of their own.
        number = 0 if role == "portal" else 1
        ours["REDIS_URL"] = f"redis://:{secrets['redis']}@{HOST}:{ports['redis']}/{number}"
    ours["EMAIL_URL"] = (
        f"smtp://{HOST}:{ports['mail_smtp']}" if "mail_smtp" in ports else "consolemail://"
    )
    # Tests have folders of their own.
    ours["MEDO_FOLDER"] = str(checkout.var / "medo") if role == "portal" else ""
    if "msed" in ports:
        ours["MSED_URL"] = f"http://{HOST}:{ports['msed']}/msed"
    return ours | {name: given[name] for name in ours if given.get(name)}


def vapid_key(secret: str) -> str:
    """A private key for Web Push made of a secret: 32 bytes, base64url."""
    key = hashlib.sha256(secret.encode()).digest()
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


def process_environment(own: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment with the settings laid over it, for the processes we start."""
    return {
        **given,
        **own,
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def servers(checkout: Checkout, ports: Ports, given: Mapping[str, str]) -> list[Program]:
    """PostgreSQL and Redis, as far as they are our own."""
    programs = []
    if is_own("DATABASE_URL", given):
        cluster = Cluster(checkout, ports)
        programs.append(
            Program(
                "postgres",
                cluster.command(),
                # Its user may not be able to enter the checkout.
                directory=Path("/"),
                user=cluster.owner.name,
                stop_signal="INT",
                patience=60,
            )
        )
    if is_own("REDIS_URL", given):
        file = checkout.run / "redis.conf"
        data = checkout.var / "redis"
        data.mkdir(exist_ok=True)
        lines = {
            "bind": HOST,
            "port": str(ports["redis"]),
            "requirepass": checkout.secrets["redis"],
            "dir": f'"{data}"',
            "appendonly": "yes",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        write_private(file, "\n".join(f"{name} {value}" for name, value in lines.items()))
        programs.append(Program("redis", ["redis-server", file], directory=checkout.root))
    return programs


def portal(
    checkout: Checkout, ports: Ports, given: Mapping[str, str], own: Mapping[str, str]
) -> list[Program]:
    """Web, workers, scheduler, and the stand-ins, as far as they are needed."""
    root = checkout.root
    cores = os.cpu_count() or 1
    web: list[str | Path] = [
        *(
            checkout.program("granian"),
            "--interface",
            "wsgi",
            "--host",
            HOST,
            "--port",
            own["PORT"],
        ),
        *("--workers", str(min(max(2, cores), 4)), "--blocking-threads", "4", "--no-ws"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", "config.wsgi:application"),
    ]
    worker: list[str | Path] = [
        *(checkout.program("dramatiq"), "config.worker", "--processes", "1", "--threads", "4"),
        *("--worker-shutdown-timeout", "20000"),
    ]
    programs = [
        Program("web", web, directory=root),
        Program("worker", worker, directory=root, patience=30),
        Program("scheduler", [checkout.python, "manage.py", "scheduler"], directory=root),
    ]
    if is_own("MSED_URL", given):
        programs.append(_msed(checkout, ports, own))
    if is_own("MEDO_FOLDER", given):
        medo: list[str | Path] = [
            *(checkout.python, "-m", "reference_servers.medo", "--folder", own["MEDO_FOLDER"]),
            *("--books", checkout.var / "medo-authorities", "--step-seconds", "5"),
        ]
        programs.append(Program("medo", medo, directory=root))
    if is_own("EMAIL_URL", given):
        mail: list[str | Path] = [
            *(checkout.python, "-m", "reference_servers.mail"),
            *("--smtp-port", str(ports["mail_smtp"]), "--web-port", str(ports["mail_web"])),
            *("--folder", checkout.var / "mail"),
        ]
        programs.append(Program("mail", mail, directory=root))
    return programs


def _msed(checkout: Checkout, ports: Ports, own: Mapping[str, str]) -> Program:
    command: list[str | Path] = [
        *(checkout.python, "-m", "reference_servers.msed"),
        *("--port", str(ports["msed"]), "--database", checkout.var / "msed.sqlite3"),
        *("--callback-url", f"{own['PUBLIC_URL']}/msed/callback/"),
    ]
    # Both sides' passwords are in the environment that all processes share.
    return Program("msed", command, directory=checkout.root)
