"""Use cases: the report on outreach as the beat kept it, else counted now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from sqlalchemy import ColumnElement, select

from crm.fields import offered_fields
from crm.models import Brand, ContactField, SavedView
from kit.tx import Tx
from sequences.insight.wilson import Rate
from sequences.reports import outreach, outreach_rows, segments, texts
from sequences.reports.kept import Reports, list_edges, list_zones, read_head, read_up_to
from sequences.reports.outreach import Funnel, Outreach, largest_first, make_funnel, place_of, sum_outreach
from sequences.reports.outreach_days import Counted, between, grow
from sequences.reports.texts import TextRow

SUBJECT = "outreach"
# Own fields whose values are few and said by us; what somebody typed is counted when it is asked for.
_KEPT_FIELDS = ("choice", "yes_no")


@dataclass(frozen=True, slots=True)
class Audience:
    """A shared view with what it asks of people, as it is seen with a brand."""

    view: SavedView
    brand_id: int | None
    conditions: Sequence[ColumnElement[bool]]

    @property
    def name(self) -> tuple[int, int, int]:
        """Under what it is counted: another query is another audience."""
        return (self.brand_id or 0, self.view.id, crc32(self.view.query.encode()))


class Figures:
    """The numbers of the report on outreach in a time, counted now. What each says is in the module it comes from."""

    as_of: datetime | None = None

    def __init__(self, tx: Tx, since: datetime, until: datetime) -> None:
        self._span = tx, since, until

    def read_outreach(self) -> Outreach:
        """Return funnel, sequences and mailboxes."""
        return outreach.read_outreach(*self._span)

    def read_hours(self) -> dict[tuple[int, int], Rate]:
        """Return rates by weekday and slot."""
        return outreach.read_hours(*self._span)

    def list_texts(self) -> list[TextRow]:
        """Return texts."""
        return texts.list_texts(*self._span)

    def count_accounts(self) -> list[tuple[str, int | None, Funnel]]:
        """Return platforms and sizes."""
        return segments.count_accounts(*self._span)

    def count_views(self, audiences: Sequence[Audience]) -> dict[str, Funnel]:
        """Return the views by name."""
        return segments.count_views(*self._span, {one.view.name: one.conditions for one in audiences})

    def read_by_field(self, field: ContactField) -> dict[str, Funnel]:
        """Return funnels by what people have in an own field."""
        tx, since, until = self._span
        return outreach.read_outreach_by_field(tx, field.key, since, until)


class KeptFigures(Figures):
    """The same as they were kept."""

    def __init__(self, tx: Tx, since: datetime, until: datetime, as_of: datetime) -> None:
        super().__init__(tx, since, until)
        self.as_of = as_of
        self._ends = read_up_to(tx, SUBJECT, since), read_up_to(tx, SUBJECT, until)

    def read_outreach(self) -> Outreach:
        """Return funnel, sequences and mailboxes."""
        return sum_outreach((name, address, numbers) for (name, address), numbers in self._grown("funnel"))

    def read_hours(self) -> dict[tuple[int, int], Rate]:
        """Return rates by weekday and slot."""
        return {(day, slot): Rate(hits, of) for (day, slot), (of, hits) in self._grown("hour")}

    def list_texts(self) -> list[TextRow]:
        """Return texts."""
        found = sorted(self._grown("text"), key=lambda pair: (*pair[0][:3], pair[0][4]))
        return [
            TextRow(sequence=sequence, version=version, step=key, variant=variant, written=written, bounced=bounced,
                    replied=replied)
            for (sequence, version, _step, key, variant), (written, bounced, replied) in found[: texts.MOST]
        ]  # fmt: skip

    def count_accounts(self) -> list[tuple[str, int | None, Funnel]]:
        """Return platforms and sizes."""
        return [(platform, band, _funnel(numbers)) for (platform, band), numbers in self._grown("account")]

    def count_views(self, audiences: Sequence[Audience]) -> dict[str, Funnel]:
        """Return the views by name; one that is younger than the count reached nobody yet."""
        found = {tuple(name): numbers for name, numbers in self._grown("view")}
        counted = {one.view.name: found.get(one.name, (0, 0, 0)) for one in audiences}
        return {name: _funnel(numbers) for name, numbers in counted.items()}

    def read_by_field(self, field: ContactField) -> dict[str, Funnel]:
        """Return funnels by what people have in an own field."""
        if field.kind not in _KEPT_FIELDS:
            return super().read_by_field(field)
        return largest_first(
            {value: make_funnel(numbers) for (key, value), numbers in self._grown("field") if key == field.key}
        )

    def _grown(self, kind: str) -> list[tuple[list[Any], list[int]]]:
        return between(*self._ends, kind)


def find_figures(tx: Tx, since: datetime, until: datetime, zone: str) -> Figures:
    """Return the figures of a time from one midnight of a zone to another: as they were kept, else counted now."""
    head = read_head(tx, SUBJECT, zone)
    return KeptFigures(tx, since, until, head.at) if head else Figures(tx, since, until)


def count_days(tx: Tx, audiences: Sequence[Audience]) -> tuple[dict[str, Any], Reports]:
    """Return the sums before every midnight; `audiences` are the shared views, as each brand sees them."""
    zones, rows = list_zones(tx), [*_count_mails(tx, audiences), *_count_texts(tx)]
    edges = list_edges(zones, min((row.at for row in rows), default=tx.now), tx.now)
    return {"zones": zones, "last": edges[-1].isoformat()}, dict(grow(rows, edges))


def list_brand_ids(tx: Tx) -> list[int]:
    """Return the brands a view may be seen with."""
    return list(tx.session.scalars(select(Brand.id).order_by(Brand.id)))


def _count_mails(tx: Tx, audiences: Sequence[Audience]) -> Iterator[Counted]:
    accounts = outreach_rows.find_accounts(tx)
    fields = [field for field in offered_fields(tx) if field.kind in _KEPT_FIELDS]
    values = outreach_rows.find_values(tx, fields)
    inside = [(one.name, outreach_rows.find_people(tx, one.conditions)) for one in audiences]
    for person, at, sequence, mailbox, zone, country, *numbers in outreach_rows.list_first_mails(tx):
        bounced, replied, _interested, _agreed = numbers
        whole, short = (1, *numbers), (1, bounced, replied)
        parts = [
            ("funnel", (sequence, mailbox), whole),
            ("account", accounts.get(person, ("", None)), short),
            *(("view", name, short) for name, people in inside if person in people),
            *(
                ("field", (field.key, value), whole)
                for field, value in zip(fields, values.get(person, ()), strict=True)
            ),
        ]
        place = None if bounced else place_of(at, zone, country)
        if place is not None:
            parts.append(("hour", place, (1, replied)))
        yield Counted(at, tuple(parts))


def _count_texts(tx: Tx) -> Iterator[Counted]:
    for at, *name, bounced, answered in outreach_rows.list_text_mails(tx):
        sequence, version, step, key, variant = name
        yield Counted(at, (("text", (sequence, version, step, key or "", variant), (1, bounced, answered)),))


def _funnel(numbers: Sequence[int]) -> Funnel:
    written, bounced, replied = numbers
    return Funnel(written=written, bounced=bounced, replied=replied)
