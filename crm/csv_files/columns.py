"""Pure: guesses what each column of a file holds, from its name first and from its values where the name is silent."""

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from crm.csv_files.fields import FIELDS, IGNORE, METRICS, OWN, REPEATABLE, field_of_name, fold
from crm.csv_files.handles import parse_handle
from crm.csv_files.platforms import PLATFORMS, WEBSITE, platform_name
from crm.csv_files.presets import Preset, find_preset, preset_columns
from crm.csv_files.values import guess_from_values, settle_by_values
from kit.errors import InvalidError, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """What each column holds. `columns` names a field for every column, in the file's order.

    `reasons` is a sentence per column; `platform` is that of plain handles; `platforms` are those of single columns,
    such as `TikTok followers`. `preset` names the program whose file this is, where its columns tell.
    """

    columns: dict[str, str]
    reasons: dict[str, str]
    platform: str | None = None
    platforms: dict[str, str] = field(default_factory=dict)
    preset: str = ""


def guess_mapping(header: Sequence[str], sample_rows: Iterable[Sequence[str]], filename: str = "") -> Mapping:
    """Guess the field of every column; unique `header` names (see Table.header), some rows' cells, the file's name."""
    rows = [tuple(row) for row in sample_rows]
    values = {name: _values(rows, index) for index, name in enumerate(header)}
    claims: dict[str, _Claim] = {}
    for position, name in enumerate(header):
        claims[name] = _claim(name, position, values[name])
    _settle(claims)
    _fill_from_values(claims, values)
    platforms = {name: claim.platform for name, claim in claims.items() if claim.platform and claim.field != IGNORE}
    guessed = Mapping(
        columns={name: claim.field for name, claim in claims.items()},
        reasons={name: claim.reason for name, claim in claims.items()},
        platform=_platform_of_file(claims, values, filename),
        platforms=platforms,
    )
    preset = find_preset(header)
    return _as_preset(guessed, preset, header) if preset else guessed


def override(mapping: Mapping, changes: dict[str, str]) -> Mapping:
    """Return the mapping with columns set by hand; a field may carry a platform: `tiktok.followers`.

    Raises:
        InvalidError: a column or a field is unknown; the sentence suggests the nearest.
    """
    columns, reasons, platforms = dict(mapping.columns), dict(mapping.reasons), dict(mapping.platforms)
    for wanted, target in changes.items():
        column = _known(wanted, list(columns), "column")
        platform, _, name = target.strip().rpartition(".")
        chosen = name if name.startswith(OWN) else _known(name, list(FIELDS), "field")
        if chosen not in REPEATABLE:
            for other, held in columns.items():
                if held == chosen and platforms.get(other) == (platform or None):
                    columns[other], reasons[other] = IGNORE, f"{column} was chosen as {chosen}"
        columns[column], reasons[column] = chosen, "chosen by hand"
        platforms.pop(column, None)
        if platform:
            platforms[column] = _known(platform, list(PLATFORMS), "platform")
    return replace(mapping, columns=columns, reasons=reasons, platforms=platforms)


def with_platform(mapping: Mapping, platform: str) -> Mapping:
    """Return the mapping with the platform of its plain handles set by hand."""
    return replace(mapping, platform=platform_name(platform) or _known(platform, list(PLATFORMS), "platform"))


def _as_preset(guessed: Mapping, preset: Preset, header: Sequence[str]) -> Mapping:
    """Return the mapping with what a known program's columns hold."""
    columns = preset_columns(preset, header)
    mapping = override(guessed, columns)
    reasons = mapping.reasons | dict.fromkeys(columns, f"{preset.name} calls it so")
    return replace(mapping, reasons=reasons, preset=preset.name)


@dataclass(slots=True, kw_only=True)
class _Claim:
    """One column's bid for a field while they are sorted out; the lowest `rank` wins."""

    field: str
    reason: str
    rank: tuple[int, int] = (0, 0)
    platform: str | None = None


def _claim(name: str, position: int, values: list[str]) -> _Claim:
    """Return what a column's name bids for, checked against its values where the name has two meanings."""
    found = field_of_name(name)
    if found is None:
        return _Claim(field="", reason="")
    chosen, rank, platform = found
    settled = settle_by_values(fold(name), chosen, values)
    reason = f"named {name}" if settled == chosen else f"named {name}, and by its values"
    if settled == IGNORE:
        reason = "known, and not kept"
    return _Claim(field=settled, reason=reason, rank=(rank, position), platform=platform)


def _settle(claims: dict[str, _Claim]) -> None:
    """Let the best name win where several columns bid for a field that takes one."""
    winners: dict[tuple[str, str | None], tuple[tuple[int, int], str]] = {}
    for name, claim in claims.items():
        if claim.field and claim.field not in REPEATABLE:
            key = (claim.field, claim.platform if claim.field in METRICS else None)
            winners[key] = min(winners.get(key, (claim.rank, name)), (claim.rank, name))
    for name, claim in claims.items():
        key = (claim.field, claim.platform if claim.field in METRICS else None)
        if key in winners and winners[key][1] != name:
            claim.reason = f"{winners[key][1]} is already the {claim.field}"
            claim.field = IGNORE


def _fill_from_values(claims: dict[str, _Claim], values: dict[str, list[str]]) -> None:
    """Give columns whose name says nothing a field by their values."""
    taken = {claim.field for claim in claims.values()}
    nameless = {name for name in claims if name.startswith("Column ")}
    for name, claim in claims.items():
        if claim.field:
            continue
        chosen = guess_from_values(values[name], nameless=name in nameless)
        if chosen and (chosen in REPEATABLE or chosen not in taken):
            claim.field, claim.reason = chosen, "by its values"
            taken.add(chosen)
        else:
            claim.field, claim.reason = IGNORE, "neither its name nor its values are known"


def _platform_of_file(claims: dict[str, _Claim], values: dict[str, list[str]], filename: str) -> str | None:
    """Return the platform of plain handles: from the file's name, else from the addresses in it, else from a header."""
    if named := platform_name(filename):
        return named
    seen: Counter[str] = Counter()
    for name, claim in claims.items():
        if claim.field in {"url", "handle"}:
            accounts = (parse_handle(value, None) for value in values[name])
            seen.update(account.platform for account in accounts if account and account.platform != WEBSITE)
    if seen:
        return seen.most_common(1)[0][0]
    named_in_header = {claim.platform for claim in claims.values() if claim.platform}
    return named_in_header.pop() if len(named_in_header) == 1 else None


def _values(rows: list[tuple[str, ...]], index: int) -> list[str]:
    """Return a column's cells, empty ones left out."""
    return [row[index].strip() for row in rows if index < len(row) and row[index].strip()]


def _known(wanted: str, names: list[str], kind: str) -> str:
    """Return the name that was meant, letter case and accents aside, or refuse with the nearest one."""
    for same in (str.strip, fold):
        comparable: Callable[[str], str] = same
        if hits := [name for name in names if comparable(name) == comparable(wanted)]:
            return hits[0]
    near = difflib.get_close_matches(fold(wanted), [fold(name) for name in names], n=1, cutoff=0.5)
    hint = next((name for name in names if near and fold(name) == near[0]), None)
    advice = f"did you mean {hint!r}?" if hint else f"known are {', '.join(names[:30])}."
    raise InvalidError(
        say("There is no %(kind)s %(wanted)r; %(advice)s", kind=kind, wanted=wanted, advice=advice),
        code=f"unknown_{kind}",
    )
