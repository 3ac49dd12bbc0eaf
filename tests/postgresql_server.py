"""A PostgreSQL server for the tests: begun in a folder of its own on a free port, thrown away with what is in it."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

_PROGRAMS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
# The server refuses to work for root, so root gives it to one of these.
_USERS = ("postgres", "nobody")
_NEEDED = "SOHOA_TESTS_NEED_POSTGRESQL"
_NO_SERVER = "no PostgreSQL server is installed: sudo apt-get install postgresql"


@dataclass
class Server:
    """A server that trusts everybody on this machine; it can be stopped and begun again with what it holds.

    Attributes:
        settings: of the server, for its command line, beside those of a small one.
    """

    folder: Path
    programs: Path
    port: int
    settings: str = ""

    def url(self, database: str = "postgres") -> str:
        """The URL of one of its databases."""
        return f"postgresql://sohoa@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database and give its URL."""
        name = f"t{uuid.uuid4().hex[:12]}"
        engine = create_engine(self.url().replace("postgresql:", "postgresql+pg8000:"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
        engine.dispose()
        return self.url(name)

    def start(self) -> None:
        """Begin it, and wait until it answers."""
        options = (
            f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off "
            f"-c max_connections=40 -c shared_buffers=32MB {self.settings}"
        )
        self._run(
            *("pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-o", options, "-w", "-t", "60", "start")
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is what a power cut would do."""
        self._run("pg_ctl", "-D", self.folder / "data", "-m", mode, "-w", "stop")

    def begin(self) -> None:
        """Make the folder that it keeps its data in, and start it."""
        self._run(
            *("initdb", "-D", self.folder / "data", "-U", "sohoa", "-A", "trust", "-E", "UTF8"),
            *("--locale=C", "--no-sync", "--no-instructions"),
        )
        self.start()

    def watch(self) -> "subprocess.Popen[bytes]":
        """What ends it and removes its folder if this process is killed."""
        stop = [str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "stop"]
        script = 'tail --pid="$1" -f /dev/null; folder=$2; shift 2; "$@"; rm -rf "$folder"'
        return subprocess.Popen(
            ["sh", "-c", script, "watch", str(os.getpid()), str(self.folder), *_as_another_user(), *stop],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [*_as_another_user(), str(self.programs / program), *map(str, arguments)]
        # What the server inherits it keeps open, and a pipe would then never end.
        told = subprocess.run(
            command,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
            check=False,
            timeout=120,
        )
        if told.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{command}: {told.returncode}\n{log.read_text() if log.exists() else ''}")


def _programs() -> Path | None:
    """The folder with the newest server's programs."""
    found = [folder for pattern in _PROGRAMS for folder in Path("/").glob(pattern.removeprefix("/"))]
    on_path = shutil.which("initdb")
    found += [Path(on_path).resolve().parent] if on_path else []
    usable = [folder for folder in found if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]
    return max(usable, key=lambda folder: [int(part) for part in folder.parts if part.isdigit()], default=None)


def _user() -> pwd.struct_passwd:
    for name in _USERS:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError(f"root needs one of these users to run PostgreSQL as: {', '.join(_USERS)}")


def _as_another_user() -> list[str]:
    if os.getuid() != 0:
        return []
    user = _user()
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server for all tests of this process; where none is installed they are skipped, unless it is needed."""
    programs = _programs()
    if programs is None:
        if os.environ.get(_NEEDED):
            pytest.fail(_NO_SERVER)
        pytest.skip(_NO_SERVER)
    folder = Path(tempfile.mkdtemp(prefix="sohoa-pg-", dir="/tmp"))
    if os.getuid() == 0:
        os.chown(folder, _user().pw_uid, _user().pw_gid)
    server = Server(folder, programs, _free_port())
    watch = server.watch()
    try:
        server.begin()
        yield server
    finally:
        with suppress(RuntimeError):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        os.killpg(watch.pid, signal.SIGKILL)
        watch.wait()


@pytest.fixture(params=["sqlite", "postgresql"])
def catalog_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty catalog, once for each kind of database."""
    return new_catalog_url(request, tmp_path)


def new_catalog_url(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of an empty database of the kind that a fixture's parameter names."""
    if request.param == "sqlite":
        return f"sqlite:///{folder / f'catalog-{uuid.uuid4().hex[:6]}.sqlite'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why, where tests were skipped for want of a server."""
    skipped = sum(_NO_SERVER in str(report.longrepr) for report in terminalreporter.stats.get("skipped", ()))
    if skipped:
        terminalreporter.write_line(f"{skipped} tests were skipped: {_NO_SERVER}")
