"""Postfix's smtp-sink: it takes any mail and forgets it; for measuring."""

import os
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from tests.servers.process import answers, end_process, find_program, free_port, start_process, wait_until


@dataclass(frozen=True)
class SmtpSink:
    """A running sink without TLS or login on 127.0.0.1."""

    port: int
    process: "Popen[bytes]"

    def stop(self) -> None:
        end_process(self.process)


def start_smtp_sink(folder: Path, *options: str) -> SmtpSink:
    """Start it; `options` are smtp-sink's own, such as `-f RCPT` to refuse."""
    program = find_program("smtp-sink")
    port = free_port()
    as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
    command = [program, *as_user, *options, f"inet:127.0.0.1:{port}", "100"]
    process = start_process(command, folder / "sink.log")
    wait_until(lambda: answers(port), process, folder / "sink.log")
    return SmtpSink(port=port, process=process)
