"""Use cases: a file of feedback as long work: a verdict on every row, and a change that can be taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import func, select

from crm.changes import keep_words, record_change
from crm.csv_files import RawRow, Table, open_table
from crm.csv_writing import BOM, write_rows
from crm.erased import erased_sentence, find_erased
from crm.feedback_csv import Line, find_columns, read_line
from crm.feedback_reader import OPEN, UPLOAD, take_reader
from crm.jobs import add_counts, add_to_file, drop_file, leave_out, move_on, start_job
from crm.models import Change, Contact, ContactAddress, Feedback, Handle, Job, Product, Theme
from crm.open_files import open_copy
from crm.themes import ensure_theme
from crm.timeline import record_entries
from kit.errors import InvalidError, say
from kit.tx import Tx

KIND, JOB = "feedback.import", "feedback_import"
LEFT_OUT = "left_out"
CHUNK = 1_000
VERDICTS = ("added", "known", "rejected")
_MAX_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a chunk needs to know, read at once: whose addresses, which products, what is there, how many follow."""

    speakers: dict[str, int]
    products: dict[str, int]
    notes: set[tuple[str, int | None, str]]
    reach: dict[int, int]
    erased: set[str]


def start_import(tx: Tx, filename: str, content: bytes, *, brand_id: int | None, actor: str) -> Job:
    """Keep a file and ask for its rows to be brought in; refused at once when it holds no words."""
    if brand_id is None:
        raise InvalidError(say("There is no brand yet. Add one in the settings first."))
    with open_copy(content) as copy:
        table = open_table(Path(copy.name))
        find_columns(table.header)
        total = sum(1 for _ in table.rows())
    name = filename[:_MAX_NAME]
    data = {"filename": name, "brand_id": brand_id}
    job = start_job(tx, JOB, actor=actor, total=total, data=data, title=say("Feedback from %(file)s", file=name))
    add_to_file(tx, job, UPLOAD, content)
    return job


def take_feedback_chunk(tx: Tx, job: Job) -> bool:
    """Bring the next rows in."""
    change = _change(tx, job)
    reader = take_reader(tx, job)
    raws = list(islice(reader.rows, CHUNK))
    read = [raw.fault or read_line(reader.columns, raw.cells, tx.now, day_first=reader.day_first) for raw in raws]
    verdicts = _keep(tx, job, change, read, [raw.line for raw in raws])
    add_counts(job, **{name: sum(one[0] == name for one in verdicts) for name in VERDICTS})
    _say_left_out(tx, job, reader.table, raws, verdicts)
    reader.done += len(raws)
    move_on(job, reader.done)
    if len(raws) < CHUNK:
        _finish(tx, job, change)
        return True
    OPEN.keep(tx, job, reader)
    return False


def _change(tx: Tx, job: Job) -> Change:
    """Return the change of this import, so that one cut short can be taken back too."""
    if job.change_id is not None:
        return tx.session.get_one(Change, job.change_id)
    summary = say("Import of %(file)s, cut short", file=job.data["filename"])
    data = {"place": f"/jobs/{job.id}", "job": job.id, "themes": []}
    change = record_change(tx, KIND, actor=job.actor, summary=summary, data=data)
    job.change_id = change.id
    return change


def _keep(
    tx: Tx, job: Job, change: Change, read: Sequence[Line | str], numbers: Sequence[int]
) -> list[tuple[str, str]]:
    """Keep what is new; return verdict and reason of every row, in order."""
    known = look_up(tx, job.data["brand_id"], [line for line in read if isinstance(line, Line)])
    themes, before = _Themes(tx, job), tx.session.scalar(select(func.max(Theme.id))) or 0
    verdicts: list[tuple[str, str]] = []
    notes: list[tuple[Feedback, str]] = []
    for line, number in zip(read, numbers, strict=True):
        note = None if isinstance(line, str) else _note(tx, job, change, line, known, themes, number)
        if isinstance(line, str):
            verdicts.append(("rejected", line))
        elif isinstance(note, str):
            verdicts.append(("rejected", note))
        elif note is None:
            verdicts.append(("known", say("The same words of the same person are here already.")))
        else:
            verdicts.append(("added", ""))
            notes.append((note, line.theme))
    tx.session.add_all(note for note, _ in notes)
    tx.session.flush()
    record_entries(tx, [_entry(note, theme, job.actor) for note, theme in notes if note.contact_id])
    begun = list(tx.session.scalars(select(Theme.id).where(Theme.id > before, Theme.id.in_(themes.ids()))))
    change.data = {**change.data, "themes": [*change.data["themes"], *begun]}
    return verdicts


class _Themes:
    """The themes that rows name, each looked up once."""

    def __init__(self, tx: Tx, job: Job) -> None:
        self._tx, self._job = tx, job
        self._found: dict[str, int] = {}

    def of(self, name: str) -> int | None:
        """Return the theme of a name, begun when it is new."""
        key = " ".join(name.split()).casefold()
        if not key:
            return None
        if key not in self._found:
            brand_id, actor = self._job.data["brand_id"], self._job.actor
            self._found[key] = ensure_theme(self._tx, name, actor=actor, brand_id=brand_id).id
        return self._found[key]

    def ids(self) -> Iterable[int]:
        """Return all that were named."""
        return self._found.values()


def _note(
    tx: Tx, job: Job, change: Change, line: Line, known: Known, themes: _Themes, number: int
) -> Feedback | str | None:
    """Return the note of a row, why there is none, or None for one that is here already."""
    contact_id = known.speakers.get(line.email)
    if why := refuse(line, known):
        return why
    mark = (line.quote, contact_id, "" if contact_id else line.email)
    if mark in known.notes:
        return None
    known.notes.add(mark)
    theme_id, product_id = themes.of(line.theme), known.products.get(line.product.casefold())
    reach = line.reach if line.reach is not None else known.reach.get(contact_id or 0)
    return Feedback(
        contact_id=contact_id, brand_id=job.data["brand_id"], product_id=product_id, quote=line.quote, kind=line.kind,
        theme_id=theme_id, heard=line.heard, from_audience=line.from_audience, reach=reach, source="csv",
        said_by="" if contact_id else line.name, said_email="" if contact_id else line.email, batch_id=change.id,
        request_key=f"csv:{change.id}:{number}:{theme_id or 0}", actor=job.actor, created_at=line.at or tx.now,
    )  # fmt: skip


def refuse(line: Line, known: Known) -> str | None:
    """Return why a row that reads well is not kept."""
    if line.product and line.product.casefold() not in known.products:
        return say("There is no product named %(name)s.", name=line.product)
    return erased_sentence() if line.email in known.erased else None


def look_up(tx: Tx, brand_id: int | None, lines: Sequence[Line]) -> Known:
    """Return what judging these rows needs to know."""
    emails, quotes = {line.email for line in lines if line.email}, {line.quote for line in lines}
    speakers = tx.session.execute(
        select(ContactAddress.email, ContactAddress.contact_id)
        .join(Contact, Contact.id == ContactAddress.contact_id)
        .where(ContactAddress.email.in_(emails), Contact.erased_at.is_(None))
    )
    found = {row[0]: row[1] for row in speakers}
    products = tx.session.execute(select(Product.name, Product.id).where(Product.brand_id == brand_id))
    notes = tx.session.execute(
        select(Feedback.quote, Feedback.contact_id, Feedback.said_email).where(
            Feedback.brand_id == brand_id, Feedback.quote.in_(quotes)
        )
    )
    largest = tx.session.execute(
        select(Handle.contact_id, func.max(Handle.followers))
        .where(Handle.contact_id.in_(found.values()))
        .group_by(Handle.contact_id)
    )
    return Known(
        speakers=found,
        products={name.casefold(): number for name, number in products},
        notes={(row[0], row[1], row[2]) for row in notes},
        reach={contact_id: int(most) for contact_id, most in largest if most is not None},
        erased=find_erased(tx, emails)[0],
    )


def _entry(note: Feedback, theme: str, actor: str) -> dict[str, object]:
    data = {"feedback": note.id, "kind": note.kind, "theme": theme}
    return {"contact_id": note.contact_id, "kind": "feedback", "summary": note.quote, "actor": actor,
            "brand_id": note.brand_id, "data": data, "at": note.created_at}  # fmt: skip


def _say_left_out(tx: Tx, job: Job, table: Table, raws: Sequence[RawRow], verdicts: Sequence[tuple[str, str]]) -> None:
    """Keep rows that were not added with their reasons, so that they can be mended and brought again."""
    rows = [
        (raw.line, verdict, str(why), *raw.cells)
        for raw, (verdict, why) in zip(raws, verdicts, strict=True)
        if verdict != "added"
    ]
    for verdict, why in verdicts:
        if verdict != "added":
            leave_out(job, say("There is no such product.") if "product named" in why else why)
    if rows:
        first = not job.result.get("has_left_out")
        head = [("line", "verdict", "why", *table.header)] if first else []
        add_to_file(tx, job, LEFT_OUT, (BOM if first else b"") + write_rows([*head, *rows]))
        job.result = {**job.result, "has_left_out": True}


def _finish(tx: Tx, job: Job, change: Change) -> None:
    job.total = job.done
    change.count = job.result["counts"]["added"]
    summary = say("Imported %(file)s: %(num)s notes", file=job.data["filename"], num=change.count)
    change.summary, change.words = str(summary), keep_words(summary)
    if not change.count:
        job.change_id = None
        tx.session.flush()
        tx.session.delete(change)
    job.result = {**job.result, "place": "/feedback?tab=notes"}
    drop_file(tx, job.id, UPLOAD)
