"""Wire: the one place where an engine, a clock, a transport or a broker is made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from argon2 import PasswordHasher
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from crm.models import WorkspaceSetting
from kit.clock import Clock, FixedClock, make_command_clock
from kit.config import Settings, ensure_home, ensure_secret
from kit.db import Base, make_engine
from kit.errors import InvalidError
from kit.ids import hash_token, new_seed
from kit.seal import Seal
from kit.tx import Database
from mailer.oauth_door import Issuers
from mailer.oauth_providers import make_providers
from mailer.quiet import QuietTransport
from mailer.resolver import DnsResolver, Resolver
from mailer.transport import NetworkTransport, Transport
from sequences.engine import Engine
from sequences.hints import Hints, NoHints
from sequences.sending.links import Links
from web.audiences import list_audiences
from web.schema import require_schema, upgrade_schema


@dataclass(slots=True, kw_only=True)
class House:
    """Everything one running program is made of, handed to whoever needs it."""

    settings: Settings
    clock: Clock
    database: Database
    seal: Seal
    transport: Transport
    issuers: Issuers
    hasher: PasswordHasher
    hints: Hints
    make_resolver: Callable[[], Resolver]


def open_house(
    settings: Settings, *, upgrade: bool = False, clock: Clock | None = None, transport: Transport | None = None
) -> House:
    """Open the installation: database, key, transport.

    With `upgrade`, an old schema is brought up to date; otherwise an old or newer one is refused.
    """
    ensure_home(settings.home)
    engine = make_engine(settings.database_url)
    if upgrade or _is_new_sqlite(settings):
        upgrade_schema(engine)
    else:
        require_schema(engine)
    clock = clock or make_command_clock(settings.now)
    database = Database(engine, clock, Random(new_seed()))
    secret = ensure_secret(settings)
    _check_key(database, secret)
    return House(
        settings=settings,
        clock=clock,
        database=database,
        seal=Seal(secret),
        transport=transport or NetworkTransport(),
        issuers=Issuers(make_providers(settings.oauth)),
        hasher=PasswordHasher(),
        hints=NoHints(),
        make_resolver=lambda: DnsResolver(clock.now),
    )


def make_engine_of(house: House) -> Engine:
    """Return the sending engine of an open house."""
    settings = house.settings
    return Engine(
        database=house.database,
        clock=house.clock,
        transport=house.transport,
        issuers=house.issuers,
        seal=house.seal,
        links=Links(seal=house.seal, public_url=settings.public_url, is_public=settings.is_public),
        together=settings.send_together,
        make_resolver=house.make_resolver,
        list_audiences=list_audiences,
        make_stage=lambda now: make_stage(house.seal, now),
    )


def make_stage(seal: Seal, now: datetime) -> tuple[Engine, FixedClock]:
    """Return an engine for rehearsals: an empty database in memory, a clock that stands at `now`, a quiet world."""
    clock = FixedClock(now)
    engine = make_engine("sqlite://")
    # The log of sent mail is copied without the people it went to.
    event.listen(engine, "connect", _allow_loose_ends)
    Base.metadata.create_all(engine)
    database = Database(engine, clock, Random(0))
    # No rehearsed mail leaves; a brand that requires one click must not keep it from being rehearsed.
    links = Links(seal=seal, public_url="https://rehearsal.test", is_public=True)
    return Engine(database=database, clock=clock, transport=QuietTransport(), seal=seal, links=links), clock


def _allow_loose_ends(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


def _is_new_sqlite(settings: Settings) -> bool:
    path = settings.database_url.removeprefix("sqlite:///")
    return path != settings.database_url and not Path(path).exists()


def _check_key(database: Database, secret: str) -> None:
    """Refuse a key that is not the one this database's secrets were sealed with."""
    mark = hash_token(f"rapport-key:{secret}")
    with database.reading() as tx:
        row = tx.session.get(WorkspaceSetting, "key_mark")
        known = row.value if row else None
    if known == mark:
        return
    if known is not None:
        raise InvalidError(
            "The secret key is not the one this installation was made with, so stored passwords cannot be opened. "
            "Set RAPPORT_SECRET_KEY, or put the file secret.key back into RAPPORT_HOME.",
            code="wrong_key",
        )
    with database.transaction() as tx:
        tx.session.add(WorkspaceSetting(name="key_mark", value=mark))
