"""The product as people run it: `rapport` as a process of its own, on a data folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.acceptance.nursery import Nursery, Process

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
    nursery: Nursery
    environment: dict[str, str] = field(default_factory=dict)
    from_nothing: bool = False

    def run(self, *arguments: str, **environment: str) -> Result:
        """Run a command to its end, whatever that is; `environment` is for this command only."""
        if self.from_nothing:
            done = subprocess.run(
                [_COMMAND, *arguments],
                env=self.env(environment),
                cwd=self.home.parent,
                capture_output=True,
                text=True,
                timeout=_LONGEST_S,
                check=False,
            )
            return Result(done.returncode, done.stdout, done.stderr)
        return self._run(arguments, environment=environment)

    def _run(self, *commands: Sequence[str], environment: dict[str, str]) -> Result:
        with TemporaryDirectory(prefix="rapport-run-") as name:
            out, err = Path(name, "out"), Path(name, "err")
            process = self.nursery.start(
                *commands, environment=self.env(environment), folder=self.home.parent, log=out, err=err
            )
            try:
                code = process.wait(_LONGEST_S)
            finally:
                process.kill()
            return Result(code, out.read_text(), err.read_text())

    def do(self, *arguments: str, **environment: str) -> str:
        """Run a command that must succeed and return what it printed."""
        result = self.run(*arguments, **environment)
        assert result.code == 0, f"rapport {' '.join(arguments)}: exit {result.code}\n{result.out}\n{result.err}"
        return result.out

    def read(self, *arguments: str, **environment: str) -> Any:
        """Run a command that must succeed and return the JSON document it printed."""
        return json.loads(self.do(*arguments, "--json", **environment))

    def start(self, *arguments: str, log: Path | None = None, **environment: str) -> Process:
        """Start a command and leave it running; what it says is in `log`, the program's own by default."""
        return self.nursery.start(
            arguments, environment=self.env(environment), folder=self.home.parent, log=log or self.log
        )

    @property
    def log(self) -> Path:
        return self.home.parent / "log"

    def env(self, more: dict[str, str] | None = None) -> dict[str, str]:
        """Return the whole environment of a command: nothing of the outer one but the path."""
        own = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.home.parent),
            "RAPPORT_HOME": str(self.home),
        }
        return own | self.environment | (more or {})

    def do_all(self, *commands: Sequence[str], **environment: str) -> None:
        """Run commands that must all succeed, one after the other, in one process: half of each is its start."""
        self._do_all(commands, environment)

    def read_all(self, *commands: Sequence[str]) -> list[Any]:
        """Run commands as `do_all` does and return the JSON document that each of them printed."""
        left, documents = self._do_all([[*command, "--json"] for command in commands], {}).strip(), []
        while left:
            document, end = json.JSONDecoder().raw_decode(left)
            documents.append(document)
            left = left[end:].strip()
        assert len(documents) == len(commands)
        return documents

    def _do_all(self, commands: Sequence[Sequence[str]], environment: dict[str, str]) -> str:
        if self.from_nothing:
            return "".join(self.do(*command, **environment) for command in commands)
        done = self._run(*commands, environment=environment)
        assert done.code == 0, f"{commands}: exit {done.code}\n{done.out}\n{done.err}"
        return done.out

    def connect(self, *addresses: str, smtp: str, imap: str, password: str = "secret") -> None:
        """Add the brand and its mailboxes, without caps and pauses."""
        free = ("--daily-cap", "none", "--gap-s", "0-0", "--ramp", "off", "--name", "Mia Lund")
        servers = ("--smtp", smtp, "--imap", imap, "--secret-env", "MAIL_SECRET")
        self.do_all(
            ("brands", "add", "Lumen Markers", "--postal-address", "1 Long Lane, Galway"),
            *(("mailboxes", "add", address, "--user", address, *servers, *free) for address in addresses),
            MAIL_SECRET=password,
        )

    def write_people(self, addresses: Sequence[str]) -> str:
        """Write a CSV with one person for each address, and return its path."""
        path = self.home.parent / "people.csv"
        rows = [f"{_name(address)},{address},instagram,@{_name(address).lower()}" for address in addresses]
        path.write_text("\n".join(["name,email,platform,handle", *rows]) + "\n")
        return str(path)

    def write_sequence(self, mailbox: str, *, wait: str, name: str = "spring") -> str:
        """Write a sequence of two steps as a file, and return its path."""
        path = self.home.parent / f"{name}.yaml"
        path.write_text(SEQUENCE.format(name=name, mailbox=mailbox, wait=wait))
        return str(path)

    def launch(self, people: Sequence[str], mailbox: str, *, wait: str = "2 seconds") -> None:
        """Import people and a sequence, start it, and enrol everybody."""
        self.do_all(
            ("contacts", "import", self.write_people(people)),
            ("sequences", "import", self.write_sequence(mailbox, wait=wait)),
            ("sequences", "start", "spring"),
            ("enrolments", "add", "spring", "--all"),
        )


def _name(address: str) -> str:
    return address.partition("@")[0].title()
