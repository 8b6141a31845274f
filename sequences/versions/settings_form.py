"""Pure: the settings of a sequence as fields, and what their answers make of its file."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm.zones import is_zone
from kit.errors import InvalidError, say
from sequences.course.windows import DAY_NAMES
from sequences.versions.tree import Tree

STOPS = ("reply", "bounce", "opt_out")
_LIMITS = ("new_per_day", "per_day")


def read_settings(tree: Tree) -> dict[str, Any]:
    """Return the fields of the settings page; what the file leaves out shows what holds then."""
    window = tree.get("window")
    is_always = window == "always"
    hours = window if isinstance(window, dict) else {}
    days = hours.get("days")
    said = tree.get("mailbox") or ()
    stops = tree.get("stop_on", list(STOPS))
    return {
        "always": is_always,
        "days": _days(days) if days is not None else list(DAY_NAMES[:5]),
        "from": str(hours.get("from", "08:00")),
        "to": str(hours.get("to", "17:00")),
        "zone": str(hours.get("zone", "recipient")),
        "holidays": tree.get("holidays", "recipient-country") != "none",
        "stops": [one for one in STOPS if one in stops],
        "stages": [_stage_of(one) for one in stops if _stage_of(one)],
        "mailboxes": [said] if isinstance(said, str) else list(said),
        **{name: "" if tree.get(name) in (None, "none") else str(tree[name]) for name in _LIMITS},
    }


def apply_settings(tree: Tree, form: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> None:
    """Write what the settings form says into the file; `lists` are the fields with several answers."""
    tree["window"] = "always" if form.get("always") else _window(form, lists.get("days", ()))
    tree["holidays"] = "recipient-country" if form.get("holidays") else "none"
    stops = [one for one in STOPS if one in lists.get("stops", ())]
    tree["stop_on"] = [*stops, *(f"stage:{name}" for name in lists.get("stages", ()) if name)]
    boxes = [one for one in lists.get("mailboxes", ()) if one]
    if boxes:
        tree["mailbox"] = boxes[0] if len(boxes) == 1 else boxes
    else:
        tree.pop("mailbox", None)
    for name in _LIMITS:
        tree[name] = _limit(form.get(name, ""))


def _window(form: Mapping[str, str], days: Sequence[str]) -> Tree:
    chosen = [day for day in DAY_NAMES if day in days]
    if not chosen:
        raise InvalidError(say("Choose at least one day, or nothing ever leaves."))
    zone = form.get("zone", "recipient")
    if zone != "recipient" and not is_zone(zone):
        raise InvalidError(say("%(zone)s is no time zone. Choose one of the list.", zone=zone))
    begin, end = form.get("from", ""), form.get("to", "")
    if not begin or not end or begin == end:
        raise InvalidError(say("Give the hours as two times that differ, such as 09:00 and 16:30."))
    return {"days": chosen, "from": begin, "to": end, "zone": zone}


def _limit(text: str) -> int | str:
    text = text.strip()
    if not text:
        return "none"
    if not text.isascii() or not text.isdigit() or len(text) > len("99999"):
        raise InvalidError(say("Write a limit as a whole number, or leave it empty for none."))
    return int(text)


def _days(said: object) -> list[str]:
    words = {str(word).strip().lower()[:3] for word in said} if isinstance(said, list | tuple) else set()
    return [day for day in DAY_NAMES if day in words]


def _stage_of(word: object) -> str:
    if isinstance(word, dict):
        return str(word.get("stage", ""))
    return str(word).removeprefix("stage:").strip() if str(word).startswith("stage:") else ""
