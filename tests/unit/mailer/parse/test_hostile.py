"""Pure: whatever a message is made to cost, reading it takes at most two seconds and 200 MB."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.unit.mailer.parse.hostile import CASES

ROOT = Path(__file__).parents[4]
SIZE = int(os.environ.get("HOSTILE_MB", "5"))  # `make fuzz` runs it with the largest size that is read
BASE_MB = 50  # the interpreter with the parser
COPIES = 3  # the message itself, its content, and a step between them


def test_no_message_takes_two_seconds_or_200_megabytes() -> None:
    command = [sys.executable, "-m", "tests.unit.mailer.parse.hostile"]
    settings = os.environ | {"HOSTILE_MB": str(SIZE), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["name"] for row in rows] == list(CASES)
    assert not [row for row in rows if row["status"]]
    assert not [row for row in rows if row["cpu_s"] > 2]
    assert not [row for row in rows if row["peak_mb"] > BASE_MB + COPIES * SIZE]
