"""Pure: reads one record into a candidate for a contact, or says why it cannot be one."""

from collections.abc import Callable
from functools import cache
from zoneinfo import available_timezones

from crm.csv_files.candidates import Candidate, Rejected
from crm.csv_files.columns import Mapping
from crm.csv_files.conventions import Conventions
from crm.csv_files.dialect import RawRow
from crm.csv_files.draft import Draft, shown
from crm.csv_files.fields import IGNORE, METRICS, OWN
from crm.csv_files.metrics import Metrics
from crm.csv_files.money import currency_code
from crm.csv_files.numbers import is_blank
from crm.csv_files.places import country_code, language_code
from crm.csv_files.platforms import platform_name
from crm.csv_files.text import LOST, clean, flat, is_formula
from kit.errors import say

_MAX_TEXT = 200
_MAX_NOTES = 10_000
_MAX_TAGS = 50


def read_row(raw: RawRow, mapping: Mapping, conventions: Conventions) -> Candidate | Rejected:
    """Read one record; it never raises, whatever the cells hold.

    A value that cannot be read becomes a warning and stays unknown. A row is rejected when it is faulty, empty, or has
    neither a usable address nor a handle nor a name; an unusable address without a handle rejects it too, since the
    person could not be reached and a mended row would make a second contact.
    """
    if raw.fault is not None:
        return Rejected(line=raw.line, reason=raw.fault)
    warnings: list[str] = []
    cells = _cells(raw, mapping, warnings)
    if not cells:
        return Rejected(line=raw.line, reason=say("The row is empty."))
    texts: dict[str, str] = {}
    for _, field, cell in cells:
        texts[field] = f"{texts[field]}\n{cell}" if field in texts else cell
    draft = Draft(platform=platform_name(texts.get("platform", "")) or mapping.platform, warnings=warnings)
    _read_cells(draft, cells, mapping, conventions)
    candidate = _candidate(raw.line, draft, texts)
    reason = _refusal(draft, candidate)
    return candidate if reason is None else Rejected(line=raw.line, reason=reason)


def _cells(raw: RawRow, mapping: Mapping, warnings: list[str]) -> list[tuple[str, str, str]]:
    """Return column, field and cleaned text of every cell that holds something and is read."""
    cells = []
    for (name, field), raw_cell in zip(mapping.columns.items(), raw.cells, strict=False):
        if field == IGNORE or not raw_cell:
            continue
        cell = clean(raw_cell)
        if is_blank(cell):
            continue
        if is_formula(cell):
            warnings.append(say("%(name)s holds a spreadsheet formula, which was left out.", name=name))
            continue
        if LOST in cell:
            warnings.append(say("%(name)s holds letters that could not be read.", name=name))
        cells.append((name, field, cell))
    if cells and len(raw.cells) < len(mapping.columns):
        warnings.append(
            say(
                "The row has %(count)s of %(width)s cells; the others are taken as empty.",
                count=len(raw.cells),
                width=len(mapping.columns),
            )
        )
    return cells


def _read_cells(draft: Draft, cells: list[tuple[str, str, str]], mapping: Mapping, conventions: Conventions) -> None:
    """Put addresses, handles and figures into the draft."""
    for name, field, cell in cells:
        platform = mapping.platforms.get(name)
        if field == "email":
            draft.add_emails(cell)
        elif field in {"handle", "url"}:
            draft.add_handles(cell, platform or draft.platform)
        elif field in METRICS:
            understood = draft.metrics.setdefault(platform, Metrics()).read(
                field,
                cell,
                decimal=conventions.decimals.get(name),
                bare_is_percent=name not in conventions.fractions,
                day_first=conventions.day_first,
            )
            if not understood:
                draft.warnings.append(say("%(name)s %(value)s could not be read.", name=name, value=shown(cell)))
    draft.warnings.extend(say("%(email)s is no email address.", email=bad) for bad in draft.bad_emails)


def _candidate(line: int, draft: Draft, texts: dict[str, str]) -> Candidate:
    """Return the contact that the draft and the plain texts make."""

    def known(field: str, read: Callable[[str], str | None]) -> str | None:
        text = texts.get(field)
        value = read(text) if text else None
        if text and value is None:
            draft.warnings.append(
                say(
                    "%(name)s %(value)s could not be read.",
                    name=field.replace("_", " ").capitalize(),
                    value=shown(text),
                )
            )
        return value

    country, language = known("country", country_code), known("language", language_code)
    topic, first, last = known("topic", _short), known("first_name", _short), known("last_name", _short)
    currency = known("currency", currency_code)
    handles = draft.handles(country=country, language=language, topic=topic, currency=currency)
    return Candidate(
        line=line,
        name=known("name", _short) or " ".join(filter(None, (first, last))) or draft.loose_name,
        first_name=first,
        last_name=last,
        emails=tuple(draft.emails),
        handles=handles,
        country=country,
        city=known("city", _short),
        language=language,
        zone=known("zone", _zone),
        topic=topic,
        pronouns=known("pronouns", _short),
        tags=_tags(texts.get("tags", "")),
        notes=texts["notes"][:_MAX_NOTES] if "notes" in texts else None,
        own=tuple((name.removeprefix(OWN), text) for name, text in texts.items() if name.startswith(OWN)),
        warnings=tuple(draft.warnings),
    )


def _refusal(draft: Draft, candidate: Candidate) -> str | None:
    """Return why the candidate cannot be a contact, or None."""
    if candidate.emails or candidate.handles:
        return None
    if draft.bad_emails:
        return say("%(email)s is no email address, and the row has no handle.", email=draft.bad_emails[0])
    if candidate.name:
        return None
    refusal = say("The row has no email address, handle or name.")
    return say("%(reason)s %(more)s", reason=refusal, more=draft.warnings[0]) if draft.warnings else refusal


def _short(text: str) -> str | None:
    """Return a text of one line, or None when no such text is that long."""
    line = flat(text)
    return line if len(line) <= _MAX_TEXT else None


def _tags(text: str) -> tuple[str, ...]:
    """Return the tags of a cell, each once."""
    parts = (flat(part).lstrip("#") for part in text.replace(";", ",").replace("|", ",").replace("\n", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part and len(part) <= _MAX_TEXT))[:_MAX_TAGS]


@cache
def _zones() -> dict[str, str]:
    """Return the zones by their lower-case names."""
    return {zone.lower(): zone for zone in available_timezones()}


def _zone(text: str) -> str | None:
    """Return an IANA zone."""
    return _zones().get(text.replace(" ", "_").lower())
