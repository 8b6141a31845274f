"""Use cases: themes as they are read: by state, each with its strongest quote, its mix, who said it and who owns it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, select, union_all

from crm.models import Contact, Feedback, Product, Theme, ThemeMove, User
from crm.themes import STATES
from kit.tx import Tx

_LATELY = timedelta(days=30)
_FACES = 3
# So many of a state stand on the board; one state alone shows more, and choosing offers as many.
_LANE, _SHOWN = 30, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """How many notes of each kind, of how many creators, and how many of them came lately."""

    problem: int = 0
    idea: int = 0
    praise: int = 0
    creators: int = 0
    lately: int = 0

    @property
    def notes(self) -> int:
        """All notes."""
        return self.problem + self.idea + self.praise


class Face(NamedTuple):
    """Who said something."""

    id: int
    name: str
    language: str | None


class Quote(NamedTuple):
    """What a note says, by its number, and whose words they are."""

    id: int
    quote: str
    contact_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCard:
    """One theme on the board; `faces` are those whose words are strongest."""

    theme: Theme
    product: str
    owner: User | None
    mix: Mix
    quote: Quote | None
    faces: tuple[Face, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeLane:
    """The themes in a state that have most notes, and how many are in it."""

    cards: tuple[ThemeCard, ...] = ()
    count: int = 0


def list_lanes(tx: Tx, *, brand_id: int | None, product_id: int | None = None, state: str = "") -> dict[str, ThemeLane]:
    """Return a brand's open themes by state, those with most notes first. Three queries."""
    held = _are_open(brand_id)
    if product_id is not None:
        held.append(Theme.product_id == product_id)
    if state in STATES:
        held.append(Theme.state == state)
    noted = select(Feedback.theme_id, func.count().label("notes")).group_by(Feedback.theme_id).subquery()
    most_first = func.coalesce(noted.c.notes, 0).desc(), Theme.id.expression
    place = func.row_number().over(partition_by=Theme.state, order_by=most_first).label("place")
    every = func.count().over(partition_by=Theme.state).label("every")
    ranked = select(Theme.id, place, every).outerjoin(noted, noted.c.theme_id == Theme.id).where(*held).subquery()
    shown = _themes().add_columns(ranked.c.every).join(ranked, ranked.c.id == Theme.id)
    most = _SHOWN if state in STATES else _LANE
    rows = tx.session.execute(shown.where(ranked.c.place <= most).order_by(ranked.c.place)).all()
    counts = {row[0].state: row[3] for row in rows}
    lanes: dict[str, list[ThemeCard]] = defaultdict(list)
    for card in _cards(tx, [(row[0], row[1], row[2]) for row in rows]):
        lanes[card.theme.state].append(card)
    return {name: ThemeLane(cards=tuple(lanes[name]), count=counts.get(name, 0)) for name in STATES}


def read_card(tx: Tx, theme_id: int) -> ThemeCard | None:
    """Return one theme, wherever it stands."""
    found = tx.session.execute(_themes().where(Theme.id == theme_id)).all()
    return next(iter(_cards(tx, [(row[0], row[1], row[2]) for row in found])), None)


def list_theme_names(tx: Tx, brand_id: int | None) -> list[Theme]:
    """Return a brand's open themes by name, for choosing one."""
    query = select(Theme).where(*_are_open(brand_id))
    return list(tx.session.scalars(query.order_by(func.lower(Theme.name), Theme.id).limit(_SHOWN)))


def list_moves(tx: Tx, theme_id: int, *, limit: int = 50) -> list[ThemeMove]:
    """Return what became of a theme, newest first."""
    query = select(ThemeMove).where(ThemeMove.theme_id == theme_id)
    return list(tx.session.scalars(query.order_by(ThemeMove.id.desc()).limit(limit)))


def _are_open(brand_id: int | None) -> list[ColumnElement[bool]]:
    """Return what holds for themes of a brand that were not merged into others."""
    ours = [] if brand_id is None else [(Theme.brand_id == brand_id) | Theme.brand_id.is_(None)]
    return [Theme.merged_into_id.is_(None), *ours]


def _themes() -> Select[Theme, str, User]:
    return (
        select(Theme, Product.name, User)
        .outerjoin(Product, Product.id == Theme.product_id)
        .outerjoin(User, User.id == Theme.owner_id)
    )


def _cards(tx: Tx, found: Sequence[tuple[Theme, str | None, User | None]]) -> list[ThemeCard]:
    ids = [theme.id for theme, _, _ in found]
    mixes, quotes = _mixes(tx, ids), _quotes(tx, ids)
    return [
        ThemeCard(
            theme=theme,
            product=product or "",
            owner=owner,
            mix=mixes.get(theme.id, Mix()),
            quote=quotes[theme.id][0][0] if theme.id in quotes else None,
            faces=tuple(dict.fromkeys(contact for _, contact in quotes.get(theme.id, ()) if contact)),
        )
        for theme, product, owner in found
    ]


def _mixes(tx: Tx, ids: list[int]) -> dict[int, Mix]:
    if not ids:
        return {}
    kinds = [func.sum(case((Feedback.kind == kind, 1), else_=0)) for kind in ("problem", "idea", "praise")]
    lately = func.sum(case((Feedback.created_at > tx.now - _LATELY, 1), else_=0))
    creators = func.count(Feedback.contact_id.distinct())
    query = select(Feedback.theme_id, *kinds, creators, lately).where(Feedback.theme_id.in_(ids))
    return {
        row[0]: Mix(problem=row[1], idea=row[2], praise=row[3], creators=row[4], lately=row[5])
        for row in tx.session.execute(query.group_by(Feedback.theme_id))
    }


def _quotes(tx: Tx, ids: list[int]) -> dict[int, list[tuple[Quote, Face | None]]]:
    """Return the strongest notes of each theme: the one somebody chose, then what the audience says too, the newest."""
    if not ids:
        return {}
    # One look at an index for each theme and place, however many notes there are.
    order = Feedback.from_audience.desc(), Feedback.created_at.desc(), Feedback.id.desc()
    notes = select(Feedback.id).where(Feedback.theme_id == Theme.id).order_by(*order).limit(1)
    places: list[Any] = [
        Theme.quote_id,
        *(notes.offset(place).correlate(Theme).scalar_subquery() for place in range(_FACES)),
    ]
    parts: list[Select[*tuple[Any, ...]]] = [
        select(Theme.id.label("theme_id"), literal_column(str(place)).label("place"), note.label("note_id")).where(
            Theme.id.in_(ids)
        )
        for place, note in enumerate(places)
    ]
    ranked = union_all(*parts).subquery()
    said = Feedback.theme_id, Feedback.id, Feedback.quote, Feedback.contact_id
    query = (
        select(*said, Contact.name, Contact.language)
        .join(ranked, and_(ranked.c.note_id == Feedback.id, ranked.c.theme_id == Feedback.theme_id))
        .outerjoin(Contact, Contact.id == Feedback.contact_id)
        .order_by(Feedback.theme_id, ranked.c.place)
    )
    found: dict[int, dict[int, tuple[Quote, Face | None]]] = defaultdict(dict)
    for theme_id, number, quote, contact_id, name, language in tx.session.execute(query):
        face = Face(contact_id, name, language) if contact_id else None
        # The one that was chosen comes first, and stands in its own place too.
        found[theme_id or 0].setdefault(number, (Quote(number, quote, contact_id), face))
    return {theme_id: list(strongest.values())[:_FACES] for theme_id, strongest in found.items()}
