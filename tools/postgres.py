"""Our own PostgreSQL cluster with PostGIS: found, made, tuned, prepared; run by tools.supervision.

It lies under `var/`, listens on loopback only, and nothing here touches a cluster that is not ours.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.checkout import Checkout
from tools.ports import HOST, Ports
from tools.terminal import Failure

OLDEST_MAJOR = 15
# PostgreSQL refuses to run as root: then its own system user does it, or one that owns nothing.
USERS_INSTEAD_OF_ROOT = ("postgres", "nobody")
OUTSIDE = Path("/var/lib")
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    # For a machine of two cores and a few gigabytes that does other things too.
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements and details of errors hold personal data.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


@dataclass(frozen=True)
class Server:
    """An installed PostgreSQL: its major version and the folder of its programs."""

    major: int
    bin: Path

    @property
    def has_postgis(self) -> bool:
        """Whether the extension can be created in this server."""
        asked = subprocess.run(
            [self.bin / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
        )
        return (Path(asked.stdout.strip()) / "extension" / "postgis.control").exists()


@dataclass(frozen=True)
class Account:
    """The system user that runs the cluster; None for whoever started us."""

    name: str | None

    @property
    def ids(self) -> tuple[int, int]:
        """User and group id."""
        if self.name is None:
            return os.geteuid(), os.getegid()
        entry = pwd.getpwnam(self.name)
        return entry.pw_uid, entry.pw_gid

    def run(self, command: Sequence[str | Path]) -> "subprocess.CompletedProcess[str]":
        """Run a command as this user, from `/`, since the user may not enter the current folder."""
        user, group = (None, None) if self.name is None else self.ids
        return subprocess.run(
            [str(part) for part in command],
            cwd="/",
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )


def servers(root: Path = Path("/")) -> list[Server]:
    """Every PostgreSQL >= 15 on this machine, oldest first."""
    folders = set((root / "usr/lib/postgresql").glob("*/bin")) | set(root.glob("usr/pgsql-*/bin"))
    on_path = shutil.which("postgres") if root == Path("/") else None
    if on_path:
        folders.add(Path(on_path).resolve().parent)
    found = []
    for folder in folders:
        if not (folder / "postgres").exists() or not (folder / "initdb").exists():
            continue
        asked = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=False
        )
        # postgres (PostgreSQL) 15.12 (Debian 15.12-0+deb12u2)
        words = asked.stdout.split()
        major = words[2].split(".")[0] if len(words) > 2 else ""
        digits = "".join(letter for letter in major if letter.isdigit())
        if digits and int(digits) >= OLDEST_MAJOR:
            found.append(Server(int(digits), folder))
    return sorted(found, key=lambda server: server.major)


def account(data: Path | None) -> Account:
    """Who runs the cluster: the owner of its data, or for a new one under root another system user."""
    if os.geteuid() != 0:
        return Account(None)
    if data is not None and data.exists():
        return Account(data.owner())
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in USERS_INSTEAD_OF_ROOT:
        if name in known:
            return Account(name)
    raise Failure(
        "PostgreSQL does not run as root, and there is no other system user to run it as."
    )


class Cluster:
    """The PostgreSQL cluster of one checkout."""

    def __init__(self, checkout: Checkout, ports: Ports, *, outside: Path = OUTSIDE) -> None:
        self._checkout = checkout
        self._ports = ports
        self._home = outside / checkout.name
        self._made = checkout.stamps / "cluster"

    @property
    def link(self) -> Path:
        """Where the data is found from the checkout: a folder, or a link to one outside."""
        return self._checkout.var / "postgres"

    @property
    def data(self) -> Path:
        """The data folder itself."""
        return self.link.resolve()

    @property
    def owner(self) -> Account:
        """Who runs the cluster."""
        return account(self.data if self._is_made() else None)

    def make(self) -> None:
        """Make the cluster unless it is there."""
        self._follow_a_moved_checkout()
        if self._is_made():
            return
        best = [server for server in servers() if server.has_postgis]
        if not best:
            raise Failure("No PostgreSQL >= 15 with PostGIS on this machine.")
        owner = account(None)
        self._remove_data()
        self._make_folder(owner)
        # The password is handed over in a folder that every user can enter.
        with tempfile.TemporaryDirectory(dir="/tmp") as folder:
            password = Path(folder) / "password"
            password.touch(0o600)
            password.write_text(self._checkout.secrets["postgres"])
            for path in (Path(folder), password):
                os.chown(path, *owner.ids)
            options = ["--username", "postgres", "--pwfile", str(password)]
            options += ["--auth", "scram-sha-256", "--data-checksums"]
            # Names are sorted as a Russian reader expects.
            options += ["--encoding", "UTF8", "--locale", "C.UTF-8"]
            options += ["--locale-provider", "icu", "--icu-locale", "ru-RU"]
            options += ["--pgdata", str(self.data)]
            done = owner.run([str(best[-1].bin / "initdb"), *options])
        if done.returncode:
            self._remove_data()
            raise Failure(f"initdb as {owner.name or 'this user'}:\n{done.stdout}{done.stderr}")
        self._made.write_text(str(self.data))

    def command(self) -> list[str]:
        """The command that runs the cluster, with all its settings."""
        settings = SETTINGS | {"port": str(self._ports["postgres"])}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self._server().bin / "postgres"), "-D", str(self.data), *options]

    def wait(self, *, seconds: float = 60.0) -> None:
        """Wait until the cluster answers."""
        deadline = time.monotonic() + seconds
        probe = [
            str(self._server().bin / "pg_isready"),
            "-q",
            "-h",
            HOST,
            "-p",
            str(self._ports["postgres"]),
        ]
        while subprocess.run(probe, check=False).returncode:
            if time.monotonic() > deadline:
                raise Failure(
                    f"PostgreSQL does not answer; see {self._checkout.log / 'postgres.log'}"
                )
            time.sleep(0.1)

    def prepare(self, *, role: str, database: str) -> str:
        """Create the role and its database with PostGIS unless they are there; the database's oid.

        The role owns its databases and is no superuser, as in production. PostGIS is put into the
        template, since only a superuser may create it: test databases have it from there.
        """
        self._sql(
            "template1",
            "CREATE EXTENSION IF NOT EXISTS postgis;",
        )
        password = self._checkout.secrets[role]
        for_tests = ""
        if role.endswith("_test"):
            # A test run that loses its last second to a power cut loses nothing, and some tests
            # forge what the triggers refuse, to see that it is found.
            for_tests = (
                f"ALTER ROLE {role} SET synchronous_commit = off;"
                f"GRANT SET ON PARAMETER session_replication_role TO {role};"
            )
        self._sql(
            "postgres",
            f"SELECT 'CREATE ROLE {role} LOGIN CREATEDB' "  # noqa: S608 - names and keys of our own
            f"WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec\n"
            f"ALTER ROLE {role} PASSWORD '{password}'; {for_tests}\n"
            f"SELECT 'CREATE DATABASE {database} OWNER {role}' "
            f"WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec\n",
        )
        return self._sql("postgres", f"SELECT oid FROM pg_database WHERE datname = '{database}'")  # noqa: S608

    def url(self, *, role: str, database: str) -> str:
        """The DATABASE_URL of a role's database."""
        port = self._ports["postgres"]
        return f"postgis://{role}:{self._checkout.secrets[role]}@{HOST}:{port}/{database}"

    def remove(self) -> None:
        """Delete the data, wherever it lies."""
        self._remove_data()

    def _server(self) -> Server:
        major = int((self.data / "PG_VERSION").read_text())
        for server in servers():
            if server.major == major:
                return server
        raise Failure(
            f"The data in {self.link} is of PostgreSQL {major}, which is not installed any more.\n"
            f"  Install postgresql-{major} with its PostGIS, or `make clean` to begin anew without the data."
        )

    def _is_made(self) -> bool:
        # An initdb that was killed leaves a part of one behind.
        return self._made.exists() and (self.link / "PG_VERSION").exists()

    def _sql(self, database: str, script: str) -> str:
        done = subprocess.run(
            [
                *(str(self._server().bin / "psql"), "-XAqt", "-v", "ON_ERROR_STOP=1"),
                *("-h", HOST, "-p", str(self._ports["postgres"]), "-U", "postgres", "-d", database),
            ],
            input=f"SET client_min_messages = warning;\n{script}",
            env=os.environ | {"PGPASSWORD": self._checkout.secrets["postgres"]},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failure(f"Preparing the database {database}: {done.stderr.strip()}")
        return done.stdout.strip()

    def _make_folder(self, owner: Account) -> None:
        """Make an empty data folder that its owner can reach, outside of the checkout if need be."""
        if owner.name is None or can_enter(owner, self._checkout.var):
            folder = self.link
            folder.mkdir(mode=0o700)
        else:
            self._home.mkdir()
            self._home.chmod(0o755)  # whatever the umask: its owner must pass
            (self._home / "checkout").write_text(f"{self._checkout.root}\n")
            folder = self._home / "postgres"
            folder.mkdir(mode=0o700)
            self.link.symlink_to(folder)
        os.chown(folder, *owner.ids)

    def _follow_a_moved_checkout(self) -> None:
        """Keep the outside data of a checkout that was moved; leave that of one that was copied."""
        if not self.link.is_symlink() or self.data.parent == self._home:
            return
        note = self.data.parent / "checkout"
        if note.exists() and not Path(note.read_text().strip()).exists():
            self.data.parent.rename(self._home)
            (self._home / "checkout").write_text(f"{self._checkout.root}\n")
            self.link.unlink()
            self.link.symlink_to(self._home / "postgres")
        else:
            self.link.unlink()

    def _remove_data(self) -> None:
        if self.link.is_symlink():
            self.link.unlink()
        elif self.link.exists():
            shutil.rmtree(self.link)
        if (self._home / "checkout").exists():
            shutil.rmtree(self._home)


def can_enter(owner: Account, folder: Path) -> bool:
    """Whether a system user gets into a folder through all that are above it."""
    return owner.run(["test", "-x", folder]).returncode == 0
