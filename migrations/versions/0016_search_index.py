"""The index of words: FTS5 on SQLite, tsvectors on PostgreSQL. Its triggers are set by crm/search_index.py.

Revision: 0016
Follows: 0013
"""

from alembic import op

from crm.search_index import install, rebuild
from crm.search_sources import SOURCES

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5(words, content='', prefix='2 3', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
    else:
        op.execute("CREATE TABLE search_words (id bigint CONSTRAINT pk_search_words PRIMARY KEY, words tsvector NOT NULL)")
    install(connection)
    rebuild(connection)
    if connection.dialect.name != "sqlite":
        op.execute("CREATE INDEX ix_search_words_words ON search_words USING gin (words)")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        for table in ("messages", *(source.table for source in SOURCES)):
            op.execute(f"DROP TRIGGER IF EXISTS search_{table} ON {table}")
            op.execute(f"DROP FUNCTION IF EXISTS search_{table}()")
        op.execute("DROP FUNCTION search_vector(text)")
    op.execute("DROP TABLE search_words")
