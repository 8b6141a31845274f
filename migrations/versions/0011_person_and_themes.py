"""Themes of feedback as rows of their own, with what became of each; where a person's parcels go.

Revision: 0011
Follows: 0010
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contacts", sa.Column("ships_to", sa.Text(), nullable=False, server_default=""))
    _make_themes()
    with op.batch_alter_table("feedback") as batch:
        batch.add_column(sa.Column("theme_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("heard", sa.String(60), nullable=False, server_default=""))
        batch.create_foreign_key(op.f("fk_feedback_theme_id"), "themes", ["theme_id"], ["id"])
    _words_to_rows()
    with op.batch_alter_table("feedback") as batch:
        batch.drop_column("theme")
        batch.create_index("ix_feedback_theme", ["theme_id", "created_at"])


def _make_themes() -> None:
    op.create_table(
        "themes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("brand_id", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("state_since", kit.db.Instant(), nullable=False),
        sa.Column("plan", sa.String(200), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("quote_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("created_at", kit.db.Instant(), nullable=False),
        sa.CheckConstraint("state IN ('listening', 'looking', 'planned', 'out')", name=op.f("ck_themes_state")),
        sa.ForeignKeyConstraint(["brand_id"], ["brands.id"], name=op.f("fk_themes_brand_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_themes_product_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_themes_owner_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["themes.id"], name=op.f("fk_themes_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
    )
    op.create_index("ix_themes_key", "themes", ["key"])
    op.create_table(
        "theme_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=False),
        sa.Column("at", kit.db.Instant(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("before", sa.String(200), nullable=False),
        sa.Column("after", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], ondelete="CASCADE", name=op.f("fk_theme_moves_theme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_moves")),
    )
    op.create_index("ix_theme_moves_theme", "theme_moves", ["theme_id", "id"])


_NOTES = sa.table(
    "feedback",
    *(sa.column(name) for name in ("id", "theme", "theme_id", "brand_id", "product_id")),
    sa.column("created_at", kit.db.Instant()),
)
_THEMES = sa.table(
    "themes",
    *(sa.column(name) for name in ("id", "name", "key", "state", "plan", "brand_id", "product_id")),
    sa.column("state_since", kit.db.Instant()),
    sa.column("created_at", kit.db.Instant()),
)


def _words_to_rows() -> None:
    """The same words, however written in small or large letters, are one theme of a brand; the first note begins it."""
    db = op.get_bind()
    known: dict[tuple[str, int | None], int] = {}
    for row in db.execute(sa.select(_NOTES).where(_NOTES.c.theme != "").order_by(_NOTES.c.id)).all():
        key = (" ".join(row.theme.split()).casefold(), row.brand_id)
        if key not in known:
            known[key] = len(known) + 1
            begun = {"state_since": row.created_at, "created_at": row.created_at, "state": "listening", "plan": ""}
            whose = {"brand_id": row.brand_id, "product_id": row.product_id}
            name = {"id": known[key], "name": " ".join(row.theme.split()), "key": key[0]}
            db.execute(_THEMES.insert().values(**name, **whose, **begun))
        db.execute(_NOTES.update().where(_NOTES.c.id == row.id).values(theme_id=known[key]))
    if known and db.dialect.name == "postgresql":
        db.execute(sa.text("SELECT setval(pg_get_serial_sequence('themes', 'id'), (SELECT max(id) FROM themes))"))


def downgrade() -> None:
    with op.batch_alter_table("feedback") as batch:
        batch.add_column(sa.Column("theme", sa.String(200), nullable=False, server_default=""))
    named = sa.select(_THEMES.c.name).where(_THEMES.c.id == _NOTES.c.theme_id).scalar_subquery()
    op.get_bind().execute(_NOTES.update().where(_NOTES.c.theme_id.is_not(None)).values(theme=named))
    with op.batch_alter_table("feedback") as batch:
        batch.drop_index("ix_feedback_theme")
        batch.drop_constraint(op.f("fk_feedback_theme_id"), type_="foreignkey")
        batch.drop_column("theme_id")
        batch.drop_column("heard")
    op.drop_index("ix_theme_moves_theme", "theme_moves")
    op.drop_table("theme_moves")
    op.drop_index("ix_themes_key", "themes")
    op.drop_table("themes")
    op.drop_column("contacts", "ships_to")
