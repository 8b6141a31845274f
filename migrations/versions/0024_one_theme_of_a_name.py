"""One open theme of a name for each brand: those begun twice at once are merged, and merges in a circle opened.

Revision: 0024
Follows: 0023
"""

from alembic import op
import sqlalchemy as sa

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_OPEN, _OPEN_OF_NOBODY = "merged_into_id IS NULL", "merged_into_id IS NULL AND brand_id IS NULL"
_INDEXES = (("uq_themes_open", ["brand_id", "key"], _OPEN), ("uq_themes_open_of_nobody", ["key"], _OPEN_OF_NOBODY))


def upgrade() -> None:
    _open_circles()
    _merge_doubles()
    for name, columns, where in _INDEXES:
        op.create_index(
            name, "themes", columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
        )


def downgrade() -> None:
    for name, _, _ in _INDEXES:
        op.drop_index(name, "themes")


def _open_circles() -> None:
    """Open the oldest theme of each circle: two merges at once could put each into the other."""
    rows = op.get_bind().execute(sa.text("SELECT id, merged_into_id FROM themes WHERE merged_into_id IS NOT NULL"))
    leads = {number: into for number, into in rows}
    for number in sorted(leads):
        path = [number]
        while (into := leads.get(path[-1])) is not None and into not in path:
            path.append(into)
        if into == number:
            del leads[number]
            op.get_bind().execute(sa.text("UPDATE themes SET merged_into_id = NULL WHERE id = :id"), {"id": number})


def _merge_doubles() -> None:
    """Put the notes of themes that have one name with the oldest of them."""
    bind = op.get_bind()
    query = "SELECT id, brand_id, key, name FROM themes WHERE merged_into_id IS NULL ORDER BY id"
    first: dict[tuple[int | None, str], int] = {}
    for number, brand_id, key, name in bind.execute(sa.text(query)).all():
        into = first.setdefault((brand_id, key), number)
        if into == number:
            continue
        both = {"id": number, "into": into, "name": name}
        bind.execute(sa.text("UPDATE feedback SET theme_id = :into WHERE theme_id = :id"), both)
        bind.execute(sa.text("UPDATE themes SET merged_into_id = :into WHERE id = :id"), both)
        for theme_id in (number, into):
            bind.execute(
                sa.text(
                    "INSERT INTO theme_moves (theme_id, at, actor, kind, before, after)"
                    " VALUES (:theme, CURRENT_TIMESTAMP, 'system', 'merged', :name, :name)"
                ),
                {"theme": theme_id, "name": name},
            )
