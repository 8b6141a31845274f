"""Wire: the database that every world begins as: migrated, recorded, with the company in it. Made once per process."""

import atexit
import shutil
import tempfile
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random

from crm.brands import create_brand
from crm.contacts import create_contact
from crm.mailboxes import add_mailbox
from crm.models import Mailbox
from kit.clock import FixedClock
from kit.seal import Seal
from kit.tx import Database
from sequences.versions.authoring import import_sequence, read_draft, start_sequence
from web.schema import upgrade_schema
from web.simulation.company import BOXES, BRAND, SECRET, SOURCES, Box, creators
from web.simulation.ledger import install_ledger, open_watched
from web.simulation.post_office import PASSWORD

_FOUNDED = datetime(2025, 12, 1, 9, tzinfo=UTC)


@lru_cache(maxsize=1)
def workplace() -> Path:
    """Return this process's folder for worlds; in memory where the machine has such a place."""
    memory = Path("/dev/shm")  # noqa: S108 - only a place that is fast; mkdtemp makes the name
    folder = Path(tempfile.mkdtemp(prefix="rapport-simulation-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@lru_cache(maxsize=1)
def template() -> Path:
    """Return the database of the company on the day it was founded."""
    path = workplace() / "template.sqlite3"
    clock = FixedClock(_FOUNDED)
    engine = open_watched(path, step=lambda: 0, now=clock.now)
    upgrade_schema(engine)
    engine.dispose()
    _found(path, clock)
    install_ledger(path)
    return path


def _found(path: Path, clock: FixedClock) -> None:
    engine = open_watched(path, step=lambda: 0, now=clock.now)
    database, seal = Database(engine, clock, Random(0)), Seal(SECRET)
    with database.transaction() as tx:
        create_brand(tx, BRAND, postal_address="1 Quay Street, Galway")
        for box in BOXES:
            add_mailbox(tx, _mailbox(box, seal))
        for one in creators():
            create_contact(tx, name=one.name, emails=[one.email], actor="system", country=one.country, zone=one.zone)
        for source in SOURCES:
            file = path.with_suffix(".yaml")
            file.write_text(source, encoding="utf-8")
            start_sequence(tx, import_sequence(tx, read_draft(file, {})).name)
    engine.dispose()


def _mailbox(box: Box, seal: Seal) -> Mailbox:
    return Mailbox(
        address=box.address,
        name="Mia Lund",
        smtp_url="smtp+plain://127.0.0.1:2525",
        imap_url="imap+plain://127.0.0.1:1143",
        user=box.address,
        auth="password",
        secret=seal.seal(PASSWORD, about=f"mailbox:{box.address}"),
        daily_cap=box.daily_cap,
        gap_min_s=box.gap_min_s,
        gap_max_s=box.gap_max_s,
        ramp=box.ramp,
        window=box.window,
        zone=box.zone,
    )
