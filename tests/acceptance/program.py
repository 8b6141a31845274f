"""The product as people run it: `rapport` as a process of its own, on a data folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_COMMAND = str(Path(sys.executable).with_name("rapport"))
_LONGEST_S = 120

SEQUENCE = """\
name: {name}
brand: Lumen Markers
mailbox: {mailbox}
window: always
holidays: none
steps:
  - key: pitch
    kind: email
    subject: "{{{{ brand.name }}}} x {{{{ contact.first_name | default('you') }}}}"
    body: |
      Hello {{{{ contact.first_name | default('there') }}}},

      we make markers that do not bleed through paper, and your sketchbook films made us think of you.

      Would you like a set to try?
  - key: nudge
    kind: email
    wait: {wait}
    thread: same
    body: |
      Just a short reminder: the set is still here for you.
"""


@dataclass(frozen=True)
class Result:
    """What a finished command said."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Program:
    """One installation, driven by its commands only."""

    home: Path
    bytecode: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, **environment: str) -> Result:
        """Run a command to its end, whatever that is; `environment` is for this command only."""
        done = subprocess.run(
            [_COMMAND, *arguments], env=self.env(environment), cwd=self.home.parent, capture_output=True, text=True,
            timeout=_LONGEST_S, check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def do(self, *arguments: str, **environment: str) -> str:
        """Run a command that must succeed and return what it printed."""
        result = self.run(*arguments, **environment)
        assert result.code == 0, f"rapport {' '.join(arguments)}: exit {result.code}\n{result.out}\n{result.err}"
        return result.out

    def read(self, *arguments: str, **environment: str) -> Any:
        """Run a command that must succeed and return the JSON document it printed."""
        return json.loads(self.do(*arguments, "--json", **environment))

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a command and leave it running; what it says is in `log`."""
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [_COMMAND, *arguments], env=self.env(), cwd=self.home.parent, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )

    @property
    def log(self) -> Path:
        return self.home.parent / "log"

    def env(self, more: dict[str, str] | None = None) -> dict[str, str]:
        """Return the whole environment of a command: nothing of the outer one but the path."""
        own = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.home.parent),
            "PYTHONPYCACHEPREFIX": str(self.bytecode),
            "RAPPORT_HOME": str(self.home),
        }
        return own | self.environment | (more or {})

    def connect(self, address: str, *, smtp: str, imap: str, password: str = "secret") -> None:
        """Add the brand and its mailbox, without caps and pauses."""
        self.do("brands", "add", "Lumen Markers", "--postal-address", "1 Long Lane, Galway")
        self.do(
            "mailboxes", "add", address, "--smtp", smtp, "--imap", imap, "--user", address, "--name", "Mia Lund",
            "--secret-env", "MAIL_SECRET", "--daily-cap", "none", "--gap-s", "0-0", "--ramp", "off",
            MAIL_SECRET=password,
        )

    def import_people(self, addresses: Sequence[str]) -> dict[str, Any]:
        """Import a CSV with one person for each address, and return the report."""
        path = self.home.parent / "people.csv"
        rows = [f"{_name(address)},{address},instagram,@{_name(address).lower()}" for address in addresses]
        path.write_text("\n".join(["name,email,platform,handle", *rows]) + "\n")
        report: dict[str, Any] = self.read("contacts", "import", str(path))
        return report

    def launch(self, mailbox: str, *, wait: str = "2 seconds", name: str = "spring", enrol: bool = True) -> None:
        """Import a sequence of two steps, start it, and enrol everybody."""
        path = self.home.parent / f"{name}.yaml"
        path.write_text(SEQUENCE.format(name=name, mailbox=mailbox, wait=wait))
        self.do("sequences", "import", str(path))
        self.do("sequences", "start", name)
        if enrol:
            self.do("enrolments", "add", name, "--all")


def _name(address: str) -> str:
    return address.partition("@")[0].title()
