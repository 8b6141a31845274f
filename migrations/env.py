"""Wire: Alembic's entry point. The connection is handed over by web.schema; there is no ini file."""

from alembic import context

import crm.models
import sequences.models  # noqa: F401 - its tables belong to the same metadata
from crm import search_index
from kit.db import Base

_ = crm.models

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    # SQLite changes a table by copying it, which loses its triggers, and refuses while others speak of it.
    search_index.prepare(connection)
    context.run_migrations()
    search_index.install(connection)
