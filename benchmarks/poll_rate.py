"""How quickly a mailbox is read: 10,000 new messages, and an idle look at 100,000, against a private Dovecot.

    PYTHONPATH=. .venv/bin/python benchmarks/poll_rate.py [COUNT] [--idle MESSAGES] [--first] [--postgres] [--profile]

The clock runs over one poll: fetch, parse, classify, match, store, timeline, stop rules, stage, cursor; SQLite with
synchronous=FULL. The mails are a made-up month of outreach: answers with quotes, answers without any id, automatic
answers, bounces with their reports, strangers, newsletters. With --first they are met by a mailbox never read before.
"""

import argparse
import cProfile
import os
import pstats
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from imapclient import IMAPClient
from sqlalchemy import event, func, select, update

from crm.brands import create_brand
from crm.contacts import create_contact
from crm.mailboxes import add_mailbox
from crm.models import Mailbox, Message, TimelineEntry
from kit.clock import SystemClock
from kit.db import make_engine
from kit.seal import Seal
from kit.tx import Database
from mailer.fakes import FakeMailServer
from mailer.transport import NetworkTransport
from sequences.course.enrolments import enrol
from sequences.engine import Engine
from sequences.models import Send
from sequences.reading.intake import poll_mailbox
from sequences.sending.dispatch import drain_mailbox
from sequences.sending.links import Links
from sequences.tick import sweep
from sequences.versions.authoring import get_sequence, import_sequence, read_draft, start_sequence
from tests.servers.certificate import make_certificate
from tests.servers.dovecot import Dovecot, start_dovecot
from tests.servers.postgres import start_postgres
from web.schema import upgrade_schema

US = "mia@pastel.test"
SECRET = "a secret of at least sixteen characters"
PEOPLE = 1000
SEQUENCE = """\
name: bench
brand: Pastel & Co
mailbox: mia@pastel.test
window: always
holidays: none
steps:
  - {key: pitch, kind: email, subject: "A film?", body: "Hello, we make markers."}
  - {key: nudge, kind: email, wait: 30 business days, thread: same, body: "Just a short reminder."}
"""
QUOTE = "\n".join(f"> line {number} of what we had written to you about markers and paper" for number in range(20))
PROSE = "\n".join(
    f"This is sentence {number}; it tells about my channel, my sketchbooks and what I film." for number in range(12)
)
HTML = "".join(
    f"<p style='margin:0 0 1em;font-family:Arial'>Sentence {number} about <b>paper</b>.</p>" for number in range(30)
)


def reply(number: int, person: int, rfc_id: str, *, threaded: bool) -> str:
    ids = f"In-Reply-To: <{rfc_id}>\nReferences: <{rfc_id}>\n" if threaded else ""
    return (
        f"From: Creator {person} <creator{person}@people.example>\nTo: Mia <{US}>\nSubject: Re: A film?\n{ids}"
        f"Date: Mon, 02 Mar 2026 10:00:00 +0100\nMessage-ID: <bench.{number}@people.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/alternative; boundary="alt"\n\n--alt\nContent-Type: text/plain; charset=utf-8\n\n'
        f"Hi Mia,\n\n{PROSE}\n\nBest\nCreator\n\nOn Mon, 2 Mar 2026 at 09:12, Mia <{US}> wrote:\n{QUOTE}\n\n"
        f"--alt\nContent-Type: text/html; charset=utf-8\n\n<html><body>{HTML}<blockquote type=cite>{HTML}</blockquote>"
        "</body></html>\n--alt--\n"
    )


def away(number: int, person: int, rfc_id: str) -> str:
    return (
        f"From: creator{person}@people.example\nTo: {US}\nSubject: Automatic reply: A film?\nIn-Reply-To: <{rfc_id}>\n"
        f"Auto-Submitted: auto-replied\nMessage-ID: <bench.{number}@people.example>\n\n"
        "I am out of the office until 20 March 2031.\n"
    )


def bounce(number: int, person: int, rfc_id: str) -> str:
    return (
        f"From: MAILER-DAEMON@mx.people.example\nTo: {US}\nSubject: Undelivered Mail Returned to Sender\n"
        f"Auto-Submitted: auto-replied\nMessage-ID: <bench.{number}@mx.people.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        "Your message could not be delivered.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        f"Final-Recipient: rfc822; creator{person}@people.example\nAction: failed\nStatus: 4.4.7\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{rfc_id}>\nSubject: A film?\n\n--b--\n"
    )


def stranger(number: int) -> str:
    return (
        f"From: Person {number} <p{number}@away.example>\nTo: {US}\nSubject: A question\n"
        f"Message-ID: <bench.{number}@away.example>\n\n{PROSE}\n\n{PROSE}\n"
    )


def newsletter(number: int) -> str:
    return (
        f"From: News <news@shop.example>\nTo: {US}\nSubject: Our spring\nList-Id: <news.shop.example>\n"
        f"List-Unsubscribe: <https://shop.example/u>\nPrecedence: bulk\nMessage-ID: <bench.{number}@shop.example>\n"
        f"Content-Type: text/html; charset=utf-8\n\n<html><body>{HTML * 2}</body></html>\n"
    )


def make_mails(count: int, sent: list[tuple[int, str]], rng: Random) -> Iterator[bytes]:
    for number in range(count):
        person, rfc_id = sent[rng.randrange(len(sent))]
        dice = rng.random()
        if dice < 0.40:
            text = reply(number, person, rfc_id, threaded=True)
        elif dice < 0.55:
            text = reply(number, person, rfc_id, threaded=False)
        elif dice < 0.62:
            text = away(number, person, rfc_id)
        elif dice < 0.70:
            text = bounce(number, person, rfc_id)
        elif dice < 0.85:
            text = stranger(number)
        else:
            text = newsletter(number)
        yield text.replace("\n", "\r\n").encode()


def put(port: int, mails: Sequence[bytes | dict[str, object]], folder: str = "INBOX") -> None:
    with IMAPClient("127.0.0.1", port, ssl=False, timeout=60) as client:
        client.login(US, "password")
        if not client.folder_exists(folder):
            client.create_folder(folder)
        for begin in range(0, len(mails), 500):
            client.multiappend(folder, mails[begin : begin + 500])


@contextmanager
def counted(database: Database) -> Iterator[list[int]]:
    statements = [0]

    def note(*_: object) -> None:
        statements[0] += 1

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def cpu_s() -> tuple[float, float]:
    """Seconds of the processor: our own, and those of the processes that understood mail."""
    own, helpers = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime, helpers.ru_utime + helpers.ru_stime


def prepare(folder: Path, url: str, imap_url: str) -> tuple[Engine, FakeMailServer, int, list[tuple[int, str]]]:
    """Return an engine, the server that took the pitches, the mailbox and (person, Message-ID) of each pitch."""
    clock = SystemClock()
    engine = make_engine(url)
    upgrade_schema(engine)
    database = Database(engine, clock, Random(1))
    seal = Seal(SECRET)
    server = FakeMailServer(now=clock.now, accounts={US: "password"})
    house = Engine(
        database=database,
        clock=clock,
        transport=server,
        seal=seal,
        links=Links(seal=seal, public_url="http://127.0.0.1", is_public=False),
        together=250,
        batch=250,
    )
    path = folder / "sequence.yaml"
    path.write_text(SEQUENCE)
    with database.transaction() as tx:
        create_brand(tx, "Pastel & Co", postal_address="1 Quay Street, Galway")
        mailbox = Mailbox(
            address=US, name="Mia", smtp_url="smtp+plain://127.0.0.1:1", imap_url=imap_url, user=US, auth="password",
            secret=seal.seal("password", about=f"mailbox:{US}"), daily_cap=None, gap_min_s=0, gap_max_s=0, ramp=False,
            window="always", zone="UTC",
        )  # fmt: skip
        add_mailbox(tx, mailbox)
        people = [
            create_contact(tx, name=f"C{n}", emails=[f"creator{n}@people.example"], actor="system").id
            for n in range(PEOPLE)
        ]
        import_sequence(tx, read_draft(path, {}))
        start_sequence(tx, "bench")
        enrol(tx, get_sequence(tx, "bench"), people, actor="user:1")
    sweep(house)
    drain_mailbox(house, mailbox.id)
    with database.transaction() as tx:
        tx.session.execute(update(Send).values(copy_filed_at=tx.now))  # as by a server that files copies itself
    with database.reading() as tx:
        sent = [
            (int(row[0][7:].partition("@")[0]), row[1]) for row in tx.session.execute(select(Send.email, Send.rfc_id))
        ]
    return house, server, mailbox.id, sent


def measure(house: Engine, mailbox_id: int, count: int, *, profile: bool) -> None:
    with counted(house.database) as statements:
        profiler = cProfile.Profile() if profile else None
        began, cpu = time.perf_counter(), cpu_s()
        if profiler:
            profiler.enable()
        result = poll_mailbox(house, mailbox_id)
        if profiler:
            profiler.disable()
        wall = time.perf_counter() - began
        own, helpers = (1000 * (after - before) / count for after, before in zip(cpu_s(), cpu, strict=True))
    print(
        f"  {count} messages: {wall:.1f} s, {count / wall:.0f} a second, {statements[0] / count:.1f} statements a mail"
    )
    print(f"  CPU per 1,000: {own:.2f} s here, {helpers:.2f} s in the processes that understand mail")
    got = {name: getattr(result.counts, name) for name in ("received", "replies", "auto_replies", "bounces")}
    print(f"  {got} {result.error}")
    if profiler:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(35)
        pstats.Stats(profiler).sort_stats("cumtime").print_stats(60)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--idle", type=int, default=100_000)
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {datetime.now(UTC):%Y-%m-%d}")
    with tempfile.TemporaryDirectory(prefix="rapport-poll-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        dovecot = start_dovecot(folder, {US: "password"}, make_certificate(folder))
        try:
            if args.postgres:
                with start_postgres(folder / "postgres") as postgres, postgres.fresh_database() as url:
                    run(folder, url, dovecot, args)
            else:
                run(folder, f"sqlite:///{folder}/bench.sqlite3", dovecot, args)
        finally:
            dovecot.stop()


def run(folder: Path, url: str, dovecot: Dovecot, args: argparse.Namespace) -> None:
    house, _, mailbox_id, sent = prepare(folder, url, f"imaps://localhost:{dovecot.imaps_port}")
    house.transport = NetworkTransport(tls=dovecot.certificate.client_context())
    if not args.first:
        poll_mailbox(house, mailbox_id)
    put(dovecot.imap_port, list(make_mails(args.count, sent, Random(7))))
    print("First sync" if args.first else "New messages", url.partition(":")[0])
    measure(house, mailbox_id, args.count, profile=args.profile)
    with house.database.reading() as tx:
        stored = tx.session.scalar(select(func.count(Message.id)).where(Message.direction == "in"))
        print(f"  {stored} stored, {tx.session.scalar(select(func.count(TimelineEntry.id)))} timeline entries")
    if args.idle:
        measure_idle(house, mailbox_id, dovecot, args.idle)


def measure_idle(house: Engine, mailbox_id: int, dovecot: Dovecot, count: int) -> None:
    """Fill the inbox up with old mail that nobody looks at, and look again: how long, and were bodies asked for?"""
    old = {"msg": b"Subject: filler\r\n\r\nx\r\n", "date": datetime(2001, 1, 1, tzinfo=UTC)}
    put(dovecot.imap_port, [old] * count, "Archive")
    with house.database.transaction() as tx:
        tx.session.get_one(Mailbox, mailbox_id).folders = {"inbox": "Archive"}
    times = []
    for _ in range(4):
        began = time.perf_counter()
        result = poll_mailbox(house, mailbox_id)
        times.append(time.perf_counter() - began)
    again = ", ".join(f"{one:.3f}" for one in times[1:])
    print(f"Idle, {count} messages: first look {times[0]:.2f} s, then {again} s; {result.counts.received} received")


if __name__ == "__main__":
    main()
