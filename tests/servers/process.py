"""Finding programs and ports, and starting and ending one program."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

_STEP_S = 0.05
_START_S = 15.0


def find_program(name: str) -> str:
    """Return the path of a server's program, or skip."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        cannot_run(f"{name} is not installed")
    return found


def need_root(why: str) -> None:
    if os.geteuid() != 0:
        cannot_run(f"only root can run it: {why}")


def cannot_run(why: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(is_ready: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait for a start; fail with the log when it does not come."""
    for _ in range(int(_START_S / _STEP_S)):
        if is_ready():
            return
        try:
            process.wait(_STEP_S)
        except subprocess.TimeoutExpired:
            continue
        break
    words = log.read_text(errors="replace")[-3000:] if log.exists() else ""
    end_process(process)
    cannot_run(f"{process.args!r} did not start:\n{words}")


def start_process(command: Sequence[str], log: Path) -> "subprocess.Popen[bytes]":
    """Start a program that stays in the foreground, its output in `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)


def end_process(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
