"""A real Postgres on loopback, whose roles log in over TCP with a password, as those of a store do.

Statements run through `psql`, the same client as in the pods. The superuser comes in by the server's own
socket only: where an operator would act, and nobody else.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.processes import free_port, need, running

SUPERUSER = "postgres"
SERVER_USER = "postgres"
"""System user that runs the server when the tests run as root, which initdb refuses."""


def programs() -> str:
    """Folder of the newest installed server; the path is empty when none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return str(found[-1]) if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running Postgres with no database and no role but its superuser's, until a test makes them."""

    port: int
    socket_folder: Path
    passwords: dict[str, str] = field(default_factory=dict)
    """Password of each role that `create_role` made."""

    host: str = "127.0.0.1"

    def environment(self, user: str = SUPERUSER, database: str = SUPERUSER) -> dict[str, str]:
        """libpq's variables for one login: over TCP with the role's password, or the socket for the superuser."""
        over_socket = user == SUPERUSER
        return {
            "PGHOST": str(self.socket_folder) if over_socket else self.host,
            "PGPORT": str(self.port),
            "PGUSER": user,
            "PGPASSWORD": self.passwords.get(user, ""),
            "PGDATABASE": database,
            "PGCONNECT_TIMEOUT": "10",
            "PSQLRC": os.devnull,
        }

    def url(self, user: str, database: str) -> str:
        """libpq URL of one role; only on this machine, so without TLS."""
        return f"postgresql://{user}:{self.passwords[user]}@{self.host}:{self.port}/{database}"

    def psql(
        self,
        sql: str,
        *,
        user: str = SUPERUSER,
        database: str = SUPERUSER,
        arguments: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> "subprocess.CompletedProcess[str]":
        """Run a script in a session of its own, stopping at its first error; the caller looks at `returncode`."""
        return subprocess.run(
            [need("psql", programs()), "--no-psqlrc", "--set", "ON_ERROR_STOP=1", *arguments],
            input=sql,
            env={**os.environ, **self.environment(user, database), **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def query(self, sql: str, *, user: str = SUPERUSER, database: str = SUPERUSER) -> list[list[str]]:
        """Rows as text; raises AssertionError with the server's message when a statement fails."""
        done = self.psql(sql, user=user, database=database, arguments=["-At", "-F", "\t", "--quiet"])
        assert done.returncode == 0, f"as {user}: {sql}\n{done.stderr}"
        return [line.split("\t") for line in done.stdout.splitlines()]

    def execute(self, sql: str, *, user: str = SUPERUSER, database: str = SUPERUSER) -> str:
        """Run a script to its end and hand back what the server said; raises AssertionError when it failed."""
        done = self.psql(sql, user=user, database=database, arguments=["--quiet"])
        assert done.returncode == 0, f"as {user}: {sql}\n{done.stderr}"
        return done.stderr

    def refusal(self, sql: str, *, user: str, database: str) -> str:
        """The server's error, such as `permission denied for table users`; raises AssertionError when there is none."""
        done = self.psql(sql, user=user, database=database)
        assert done.returncode != 0, f"{user} was allowed: {sql}\n{done.stdout}"
        return done.stderr

    def create_role(self, name: str, password: str | None = None) -> None:
        """A role that may log in and nothing else, as CloudNativePG makes them; kept when it is there."""
        self.passwords.setdefault(name, password or f"{name}Password1234567890")
        self.execute(
            f"SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', '{name}', '{self.passwords[name]}') "
            f"WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec"
        )

    def create_database(self, name: str, owner: str) -> None:
        """An empty database of one role, as CloudNativePG's `initdb` makes it; one of that name goes first."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.execute(f'CREATE DATABASE "{name}" OWNER "{owner}"')

    def roles(self) -> set[str]:
        """Names of the roles that somebody made."""
        return {row[0] for row in self.query("SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_'")} - {
            SUPERUSER
        }


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server of its own from `initdb` until the block ends; it listens on 127.0.0.1 and in its folder."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    become: list[str] = []
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER_USER, SERVER_USER)
        become = [
            need("setpriv"),
            f"--reuid={SERVER_USER}",
            f"--regid={SERVER_USER}",
            "--clear-groups",
        ]
    try:
        data = folder / "data"
        subprocess.run(
            [
                *become,
                need("initdb", programs()),
                f"--pgdata={data}",
                f"--username={SUPERUSER}",
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        server = PostgresServer(port=free_port(), socket_folder=folder)
        settings = {
            "listen_addresses": server.host,
            "port": str(server.port),
            "unix_socket_directories": str(folder),
            "fsync": "off",
        }
        command = [*become, need("postgres", programs()), "-D", str(data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with running(
            command,
            folder=folder,
            answers=lambda: server.psql("SELECT 1").returncode == 0,
        ):
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
