"""Starting `rapport` many times: each process is forked from one that has loaded the program already.

Loading is most of a short command's life, and the tests of kills start hundreds. What comes out is a process like any
other: an environment, a folder, a log and a pid of its own, and `kill -9` takes it as it takes any. The main job with
fifty creators starts all its commands from nothing, so that such a start stays tried.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SUBREAPER = 36  # prctl(2), PR_SET_CHILD_SUBREAPER
_LOOK_S = 0.01
# Loads each command by asking for its help, then forks twice an order, so that the process becomes the tester's child.
_NURSE = """
import json, os, sys
from web.cli.program import program
import sequences.tick, web.app, web.service, web.wiring
from sqlalchemy.orm import configure_mappers
configure_mappers()
quiet = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
for command in (["tick", "--help"], ["up", "--help"], ["mailboxes", "poll", "--help"]):
    program.main(command, standalone_mode=False)
sys.stdout.flush()
os.dup2(quiet, 1)
print("ready", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    told, tell = os.pipe()
    between = os.fork()
    if between == 0:
        # There before anybody hears of the process: who starts one looks into its log at once.
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        err = os.open(order["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644) if order["err"] else log
        born = os.fork()
        if born:
            os.write(tell, str(born).encode())
            os._exit(0)
        os.close(told), os.close(tell)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(log, 1), os.dup2(err, 2)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["environment"])
        from web.cli import main
        code = 70
        try:
            if len(order["commands"]) == 1:
                sys.argv = ["rapport", *order["commands"][0]]
                main()
            else:
                for command in order["commands"]:
                    program.main(command, standalone_mode=False)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush(), sys.stderr.flush()
            os._exit(code)
    os.waitpid(between, 0)
    os.close(tell)
    print(os.read(told, 32).decode(), flush=True)
    os.close(told)
"""


@dataclass(slots=True)
class Process:
    """A running command, waited for and ended as `subprocess.Popen` is."""

    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float = 120) -> int:
        """Wait for its end and return it; raises subprocess.TimeoutExpired."""
        until = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("rapport", timeout)
            threading.Event().wait(_LOOK_S)
        assert self.returncode is not None
        return self.returncode

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Nursery:
    """One loaded process that waits for orders."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        assert ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0) == 0
        self._nurse = subprocess.Popen(
            [sys.executable, "-c", _NURSE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
            text=True,
            start_new_session=True,
        )
        assert self._answer() == "ready"

    def start(
        self,
        *commands: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        log: Path,
        err: Path | None = None,
    ) -> Process:
        """Start `rapport`; what it says is in `log`, its complaints in `err` when that is given.

        Of several commands, which must all succeed, each runs when the one before has ended, in the same process.
        """
        order = {
            "commands": commands,
            "environment": dict(environment),
            "folder": str(folder),
            "log": str(log),
            "err": str(err) if err else "",
        }
        assert self._nurse.stdin is not None
        self._nurse.stdin.write(json.dumps(order) + "\n")
        self._nurse.stdin.flush()
        return Process(int(self._answer()))

    def close(self) -> None:
        """End the waiting process; what it started lives on."""
        assert self._nurse.stdin is not None
        assert self._nurse.stdout is not None
        self._nurse.stdin.close()
        self._nurse.wait(20)
        self._nurse.stdout.close()

    def _answer(self) -> str:
        assert self._nurse.stdout is not None
        return self._nurse.stdout.readline().strip()
