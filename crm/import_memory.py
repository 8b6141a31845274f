"""Use cases: how a file with the same columns was mapped the last time, for the next one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.csv_files import Mapping as ColumnMapping
from crm.csv_files.fields import OWN
from crm.csv_files.text import clean, flat
from crm.fields import known_fields
from crm.models import Import
from kit.tx import Tx

_LOOKED = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What each column became, when, and by whom (an actor)."""

    columns: dict[str, str]
    at: datetime
    actor: str


def recall_mapping(tx: Tx, header: Sequence[str]) -> Remembered | None:
    """Return how the newest import with this set of columns was mapped; one taken back teaches nothing.

    What has become of own fields since is guessed anew.
    """
    names = {_key(name): name for name in header}
    query = select(Import.mapping, Import.created_at, Import.actor).where(Import.undone_at.is_(None))
    for mapping, at, actor in tx.session.execute(query.order_by(Import.id.desc()).limit(_LOOKED)):
        if {_key(name) for name in mapping} == names.keys():
            columns = {names[_key(name)]: str(field) for name, field in mapping.items()}
            return Remembered(columns=_still_there(tx, columns), at=at, actor=actor)
    return None


def spell_columns(mapping: ColumnMapping) -> dict[str, str]:
    """Return what each column becomes as it is chosen by hand: with its platform, such as `tiktok.followers`."""
    return {
        name: f"{mapping.platforms[name]}.{field}" if name in mapping.platforms else field
        for name, field in mapping.columns.items()
    }


def _still_there(tx: Tx, columns: Mapping[str, str]) -> dict[str, str]:
    known = known_fields(tx)
    return {
        name: field for name, field in columns.items() if not field.startswith(OWN) or field.removeprefix(OWN) in known
    }


def _key(name: str) -> str:
    return flat(clean(name)).casefold()
