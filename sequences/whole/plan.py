"""Pure: what of each table goes out. Everything does, but what is only of this moment, and secrets unless asked for."""

from sqlalchemy import Column, ForeignKey, Table

from kit.db import Base

FORMAT = 1
# Of this moment, or for one browser: never part of the data.
PASSING = frozenset({"heartbeats", "sessions", "one_time_links", "mail_consent_requests"})
# Tables and columns that open something: sealed with this installation's key, or hashes of passwords and tokens.
SECRET_TABLES = frozenset({"mail_consents", "api_tokens"})
SECRETS: dict[tuple[str, str], str | None] = {
    ("mailboxes", "secret"): "",
    ("dkim_keys", "secret"): "",
    ("users", "password_hash"): None,
}
KEY_MARK = "key_mark"  # a setting that says which key seals: it belongs to the installation
# What a new installation has of itself.
SEEDED = frozenset({"stages", "workspace_settings"})


def list_tables(*, with_secrets: bool) -> list[Table]:
    """Return the tables that go out, those that others point at first."""
    left = PASSING if with_secrets else PASSING | SECRET_TABLES
    return [table for table in Base.metadata.sorted_tables if table.name not in left]


def blanked(table: Table, *, with_secrets: bool) -> dict[str, str | None]:
    """Return the columns whose values stay here, with what stands for them."""
    if with_secrets:
        return {}
    return {column: value for (name, column), value in SECRETS.items() if name == table.name}


def own_references(table: Table) -> list[Column[int]]:
    """Return the columns in which a row points at another row of its own table, which may come later."""
    return [column for column in table.columns if any(_is_own(key, table) for key in column.foreign_keys)]


def _is_own(key: ForeignKey, table: Table) -> bool:
    return key.column.table is table
