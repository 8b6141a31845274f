"""A private Redis for hints, on a free port of loopback; nothing is written to disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import answers, end_process, find_program, free_port, start_process, wait_until


@contextmanager
def run_redis(folder: Path) -> Iterator[str]:
    """Run it while the block runs; yields its address."""
    port = free_port()
    command = [find_program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    log = folder / "redis.log"
    process = start_process([*command, "--dir", str(folder)], log)
    wait_until(lambda: answers(port), process, log)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        end_process(process)
