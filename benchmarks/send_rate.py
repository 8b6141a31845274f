"""How many personalised mails a second leave, every law in force, to a server that takes everything.

    PYTHONPATH=. .venv/bin/python benchmarks/send_rate.py [COUNT] [--together N] [--postgres] [--one-core]

The clock runs from the first claim to the last settlement: claim, fence, every stop, window and limit read twice,
composing, the commit of `sending`, SMTP to Postfix's smtp-sink on loopback, and settlement with message, timeline,
stage and the run's next date. Planning (rendering the texts) is timed apart. With --postgres the same in one process,
then in two at once, each with a mailbox of its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

from sqlalchemy import select

from crm.brands import create_brand
from crm.mailboxes import add_mailbox
from crm.models import Contact, ContactAddress, Mailbox
from kit.clock import SystemClock
from kit.db import make_engine
from kit.seal import Seal
from kit.tx import Database
from mailer.smtp import SmtpSession
from mailer.transport import NetworkTransport
from mailer.types import Login, Server
from sequences.course.enrolments import enrol
from sequences.engine import Engine
from sequences.sending.dispatch import drain_mailbox
from sequences.sending.links import Links
from sequences.tick import sweep
from sequences.versions.authoring import get_sequence, import_sequence, read_draft, start_sequence
from tests.servers.postgres import start_postgres
from tests.servers.sink import start_smtp_sink
from web.garbage import settle_garbage
from web.schema import upgrade_schema

SECRET = "a secret of at least sixteen characters"
TOGETHER = 250
SEQUENCE = """\
name: bench
brand: Pastel & Co
mailbox: [{boxes}]
window: always
holidays: none
steps:
  - key: pitch
    kind: email
    variants:
      - {{key: a, subject: "{{{{ brand.name }}}} x {{{{ contact.first_name }}}}", body: a.md}}
      - {{key: b, subject: "A film with {{{{ contact.first_name }}}}?", body: b.md}}
  - {{key: nudge, kind: email, wait: 3 business days, thread: same, body: "Just a short reminder."}}
"""
BODY = """\
Hello {{ contact.first_name | default('there') }},

we watched your films about **{{ contact.topic | default('bread') }}** and laughed a lot about the *last* one.

We make markers that do not dry out when the cap is off, and we would like to send you a box of them:

- no script, no deadline, and you keep them whatever you think of them
- a fee for a film if you like them, and a link for your audience

Would that be something for you? A short answer is enough, and "no" is one too.

{{ sender.first_name }} of {{ brand.name }}
"""


class Figure(NamedTuple):
    """One drain: mails, seconds of the wall and of the processor."""

    mails: int
    seconds: float
    cpu_s: float

    @property
    def rate(self) -> float:
        return self.mails / self.seconds

    @property
    def cpu_a_thousand(self) -> float:
        return 1000 * self.cpu_s / self.mails


class SinkTransport(NetworkTransport):
    """The real wire without signing in: smtp-sink knows nobody."""

    def open_smtp(self, server: Server, login: Login | None, *, helo: str) -> SmtpSession:  # noqa: ARG002
        return super().open_smtp(server, None, helo=helo)


def measure(port: int, database_url: str, *, count: int, together: int, processes: int = 1) -> tuple[Figure, float]:
    """Fill a database, plan, and drain it; return the drain's figure and how many mails a second were planned."""
    engine = make_engine(database_url)
    upgrade_schema(engine)
    house = _open(engine, together)
    settle_garbage()  # as every service does once it has loaded
    _fill(house, port, count, processes)
    began = time.perf_counter()
    planned = sweep(house).planned
    plan_rate = planned / (time.perf_counter() - began)
    if processes == 1:
        before = _cpu()
        began = time.perf_counter()
        sent = drain_mailbox(house, 1).sent
        figure = Figure(sent, time.perf_counter() - began, _cpu() - before)
    else:
        figure = _drain_in_processes(database_url, together, processes)
    engine.dispose()
    if figure.mails != count:
        raise SystemExit(f"{figure.mails} of {count} mails left.")
    return figure, plan_rate


def _cpu() -> float:
    """Return what this process used of the processor, in the program and for it in the kernel."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _open(engine: object, together: int) -> Engine:
    clock, seal = SystemClock(), Seal(SECRET)
    return Engine(
        database=Database(engine, clock, Random(1)),  # type: ignore[arg-type]
        clock=clock,
        transport=SinkTransport(),
        seal=seal,
        links=Links(seal=seal, public_url="https://crm.pastel.test", is_public=True),
        together=together,
    )


def _fill(house: Engine, port: int, count: int, boxes: int) -> None:
    addresses = [f"mia{number}@pastel.test" for number in range(boxes)]
    with house.database.transaction() as tx:
        create_brand(tx, "Pastel & Co", postal_address="1 Quay Street, Galway")
        for address in addresses:
            box = Mailbox(address=address, name="Mia Lund", imap_url="imap+plain://127.0.0.1:1", user=address)
            box.smtp_url, box.secret = (
                f"smtp+plain://127.0.0.1:{port}",
                house.seal.seal("x", about=f"mailbox:{address}"),
            )
            box.daily_cap, box.gap_min_s, box.gap_max_s, box.ramp, box.window = None, 0, 0, False, "always"  # type: ignore[assignment]
            add_mailbox(tx, box)
        for number in range(count):
            name = {"name": f"Creator{number} Example", "first_name": f"Creator{number}", "last_name": "Example"}
            tx.session.add(Contact(id=number + 1, created_at=tx.now, topic="bread", **name))
        tx.session.flush()
        for number in range(count):
            email = f"creator{number}@people{number % 500}.example"
            tx.session.add(ContactAddress(contact_id=number + 1, email=email, created_at=tx.now))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.yaml"
        path.write_text(SEQUENCE.format(boxes=", ".join(addresses)))
        for name in ("a.md", "b.md"):
            (Path(folder) / name).write_text(BODY)
        with house.database.transaction() as tx:
            start_sequence(tx, import_sequence(tx, read_draft(path, {})).name)
    with house.database.transaction() as tx:
        enrol(tx, get_sequence(tx, "bench"), list(tx.session.scalars(select(Contact.id))), actor="bench")


def _drain_in_processes(database_url: str, together: int, processes: int) -> Figure:
    """Let each mailbox be drained by a process of its own; the clock runs from the common start to the last end."""
    command = [sys.executable, __file__, "--drain", database_url, "--together", str(together)]
    workers = [
        subprocess.Popen(
            [*command, "--mailbox", str(number + 1)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for number in range(processes)
    ]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    began = time.perf_counter()
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    told = [json.loads(worker.communicate()[0]) for worker in workers]
    return Figure(sum(one["mails"] for one in told), time.perf_counter() - began, sum(one["cpu_s"] for one in told))


def _be_a_worker(database_url: str, mailbox_id: int, together: int) -> None:
    house = _open(make_engine(database_url), together)
    settle_garbage()
    with house.database.reading() as tx:
        tx.session.get_one(Mailbox, mailbox_id)
    print("ready", flush=True)
    sys.stdin.readline()
    before = _cpu()
    sent = drain_mailbox(house, mailbox_id).sent
    print(json.dumps({"mails": sent, "cpu_s": _cpu() - before}))


@contextmanager
def fresh_sqlite() -> Iterator[str]:
    """Give an empty SQLite file, synchronous=FULL as always."""
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        yield f"sqlite:///{folder}/bench.sqlite3"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--together", type=int, default=TOGETHER)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--one-core", action="store_true")
    parser.add_argument("--drain", help=argparse.SUPPRESS)
    parser.add_argument("--mailbox", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.drain:
        _be_a_worker(asked.drain, asked.mailbox, asked.together)
        return
    if asked.one_core:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="rapport-sink-") as folder:
        sink = start_smtp_sink(Path(folder))
        try:
            with fresh_sqlite() as url:
                _print("SQLite, one process", *measure(sink.port, url, count=asked.count, together=asked.together))
            if asked.postgres:
                _measure_postgres(sink.port, asked.count, asked.together)
        finally:
            sink.stop()


def _measure_postgres(port: int, count: int, together: int) -> None:
    server = start_postgres()
    rates = []
    for processes in (1, 2):
        with server.fresh_database() as url:
            figure, plan_rate = measure(port, url, count=count, together=together, processes=processes)
            _print(f"PostgreSQL, {processes} at once", figure, plan_rate)
            rates.append(figure.rate)
    print(f"two processes: {rates[1] / rates[0]:.2f} times one")
    server.stop()


def _print(name: str, figure: Figure, plan_rate: float) -> None:
    print(
        f"{name:22}{figure.rate:7,.0f} mails/s {figure.cpu_a_thousand:7.3f} s CPU a thousand;"
        f" planned {plan_rate:,.0f} a second",
        flush=True,
    )


if __name__ == "__main__":
    main()
