"""Use cases: the rules of the team as settings of the workspace, and what a brand does differently."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from crm.models import Brand
from crm.workspace import read_rules, write_rules
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx
from sequences.team.rules import TeamRules

_NAME = "team_rules"
_SWITCHES = frozenset({"owned", "active_elsewhere"})
_NEEDED = frozenset({"budget_days"})
_KNOWN = tuple(field.name for field in fields(TeamRules))


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamBook:
    """The rules of the workspace, and those of brands that differ."""

    workspace: TeamRules
    brands: Mapping[int, TeamRules]

    def of(self, brand_id: int) -> TeamRules:
        """Return the rules that hold for a brand."""
        return self.brands.get(brand_id, self.workspace)

    @property
    def memory_days(self) -> int:
        """How far back any of the rules looks."""
        rules = (self.workspace, *self.brands.values())
        return max(max(one.recent_days or 0, one.cold_days or 0, one.budget_days) for one in rules)


def read_team_book(tx: Tx) -> TeamBook:
    """Return what is in force; the defaults where nothing was said."""
    document = read_rules(tx, _NAME)
    workspace = replace(TeamRules(), **_only_known(document.get("workspace", {})))
    brands = {
        int(number): replace(workspace, **_only_known(changes))
        for number, changes in document.get("brands", {}).items()
    }
    return TeamBook(workspace=workspace, brands=brands)


def set_team_rules(tx: Tx, changes: Mapping[str, int | None], *, brand_id: int | None = None) -> TeamRules:
    """Change rules of the workspace, or of one brand, by name; return what holds then."""
    faults = tuple(fault for name, value in changes.items() if (fault := _fault(name, value)))
    if faults:
        raise InvalidError(" ".join(faults), faults=faults)
    if brand_id is not None and tx.session.get(Brand, brand_id) is None:
        raise NotFoundError(say("There is no such brand."))
    document = read_rules(tx, _NAME)
    workspace, brands = dict(document.get("workspace", {})), dict(document.get("brands", {}))
    if brand_id is None:
        workspace |= changes
    else:
        brands[str(brand_id)] = {**brands.get(str(brand_id), {}), **changes}
    write_rules(tx, _NAME, {"workspace": workspace, "brands": brands})
    book = read_team_book(tx)
    return book.workspace if brand_id is None else book.of(brand_id)


def describe_team_rules(rules: TeamRules) -> dict[str, int | bool | None]:
    """Return rules by name."""
    return asdict(rules)


def _only_known(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name in _KNOWN}


def _fault(name: str, value: int | None) -> str:
    if name not in _KNOWN:
        return say("There is no team rule %(name)r; there are %(known)s.", name=name, known=", ".join(_KNOWN))
    if name in _SWITCHES:
        return "" if isinstance(value, bool) else say("%(name)s is on or off.", name=name)
    if isinstance(value, bool) or (value is None and name in _NEEDED):
        return say("%(name)s is a number.", name=name)
    return (
        ""
        if value is None or value >= (name in _NEEDED)
        else say("%(name)s cannot be %(value)s.", name=name, value=value)
    )
