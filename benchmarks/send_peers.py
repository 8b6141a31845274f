"""Mails a second and CPU a thousand, beside others, to one Postfix smtp-sink on loopback, in the same run.

The peers take turns, so that a slow moment of the machine strikes all; the figure is the median of the rounds. CPU is
the sender's alone, without the sink's. The first run installs django-post_office into a venv of its own under
RAPPORT_HOME/bench, or beside the system's temporary files.

With --one-core sender and sink share a core. On virtual machines that is steadier: waking a process on another core can
take longer than a mail, which falls hardest on whoever waits for the sink most often.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.send_rate import TOGETHER, Figure, fresh_sqlite, measure
from mailer.compose import compose
from mailer.servers import parse_server
from mailer.smtp import SmtpSession
from mailer.types import Accepted, Address, Letter, Parcel
from tests.servers.sink import start_smtp_sink

HERE = Path(__file__).resolve().parent
SIZE = 2900
POST_OFFICE = ("django-post_office==3.12.0", "Django~=5.2.0")


def run_source_kept_open(port: int) -> Figure:
    return _run_smtp_source(port, 20_000, "-d")


def run_source_anew(port: int) -> Figure:
    return _run_smtp_source(port, 5_000)


def run_session(port: int) -> Figure:
    """Our connection alone: composed mails, no database."""
    parcels = [_make_parcel(number) for number in range(20_000)]
    session = SmtpSession.open(parse_server(f"smtp+plain://127.0.0.1:{port}"), None, helo="bench.test")
    began, cpu = time.perf_counter(), time.process_time()
    taken = sum(isinstance(outcome, Accepted) for outcome in session.transmit_many(parcels))
    figure = Figure(taken, time.perf_counter() - began, time.process_time() - cpu)
    session.close()
    return figure


def run_post_office(port: int) -> Figure:
    """Personalised text and HTML from its SQLite queue, by its own command, one process."""
    python = _find_post_office()
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        command: list[str | Path] = [python, HERE / "post_office_peer.py", folder, str(port), "2000"]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return Figure(told["mails"], told["seconds"], told["cpu_s"])


def run_rapport(port: int) -> Figure:
    """All of Rapport, every law in force, from its SQLite queue: what send_rate.py measures."""
    with fresh_sqlite() as url:
        return measure(port, url, count=5_000, together=TOGETHER)[0]


# One line a peer.
PEERS: dict[str, Callable[[int], Figure]] = {
    "smtp-source, one connection kept open": run_source_kept_open,
    "smtp-source, a connection for each mail": run_source_anew,
    "our SmtpSession.transmit_many alone": run_session,
    "Rapport, SQLite, every law in force": run_rapport,
    "django-post_office, SQLite": run_post_office,
}


def main() -> None:
    """Let all take turns and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument("--one-core", action="store_true")
    asked = parser.parse_args()
    _find_post_office()
    if asked.one_core:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    figures: dict[str, list[Figure]] = {name: [] for name in PEERS}
    with tempfile.TemporaryDirectory(prefix="rapport-sink-") as folder:
        sink = start_smtp_sink(Path(folder))
        try:
            for _ in range(asked.rounds):
                for name, run in PEERS.items():
                    figures[name].append(run(sink.port))
        finally:
            sink.stop()
    _print(figures)


def _print(figures: dict[str, list[Figure]]) -> None:
    best = statistics.median(one.rate for one in next(iter(figures.values())))
    print(f"{'':42}{'mails/s':>9}{'lowest':>9}{'highest':>9}{'CPU s/1,000':>13}{'of the first':>14}")
    for name, found in figures.items():
        rates = [one.rate for one in found]
        cpu = statistics.median(one.cpu_a_thousand for one in found)
        rate = statistics.median(rates)
        print(f"{name:42}{rate:9,.0f}{min(rates):9,.0f}{max(rates):9,.0f}{cpu:13.3f}{rate / best:14.0%}")


def _run_smtp_source(port: int, count: int, *options: str) -> Figure:
    program = shutil.which("smtp-source", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin")
    if program is None:
        raise SystemExit("smtp-source is missing; it comes with Postfix.")
    command = [program, *options, "-s", "1", "-m", str(count), "-l", str(SIZE)]
    command += ["-f", "anna@brand.test", "-t", "mila@creator.test", f"inet:127.0.0.1:{port}"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=True)
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Figure(count, seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def _make_parcel(number: int) -> Parcel:
    to = Address(email=f"p{number}@creator.test", name=f"Person {number}")
    letter = Letter(
        message_id=f"{number}.bench@brand.test",
        date=datetime(2026, 11, 23, 9, tzinfo=UTC),
        sender=Address(email="anna@brand.test", name="Anna"),
        to=to,
        subject=f"A film about bread number {number}",
        text=f"Hello {to.name},\n\n" + "your film made us laugh, and we would like to talk about one.\n" * 14,
        html=f"<p>Hello <b>{to.name}</b>,</p>\n" + "<p>your film made us laugh; shall we talk?</p>\n" * 24,
    )
    return Parcel(sender=letter.sender.email, recipient=to.email, raw=compose(letter))


def _find_post_office() -> Path:
    """Return the Python of the venv that holds the peer, making it the first time."""
    home = os.environ.get("RAPPORT_HOME")
    folder = (Path(home) if home else Path(tempfile.gettempdir()) / "rapport") / "bench" / "post_office"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", *POST_OFFICE], check=True)
        (folder / "ready").touch()
    return python


if __name__ == "__main__":
    main()
