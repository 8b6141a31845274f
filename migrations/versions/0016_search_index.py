"""The index of words: FTS5 on SQLite, tsvectors on PostgreSQL. Its triggers are set by crm/search_index.py.

Revision: 0016
Follows: 0013
"""

from alembic import op

from crm.search_index import install, rebuild
from crm.search_sources import INDEXES, SOURCES

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    for index in INDEXES:
        op.execute(
            f"CREATE VIRTUAL TABLE {index} USING fts5(words, content='', prefix='2 3 4', "
            "tokenize='unicode61 remove_diacritics 2')"
            if is_sqlite
            else f"CREATE TABLE {index} (id bigint CONSTRAINT pk_{index} PRIMARY KEY, words tsvector NOT NULL)"
        )
    install(connection)
    rebuild(connection)
    if not is_sqlite:
        for index in INDEXES:
            op.execute(f"CREATE INDEX ix_{index}_words ON {index} USING gin (words)")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for table in ("messages", *(source.table for source in SOURCES)):
            op.execute(f"DROP TRIGGER IF EXISTS search_{table} ON {table}")
            op.execute(f"DROP FUNCTION IF EXISTS search_{table}()")
        op.execute("DROP FUNCTION search_vector(text)")
    for index in INDEXES:
        op.execute(f"DROP TABLE {index}")
