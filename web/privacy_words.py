"""Pure: the words of privacy: why somebody is erased, on what basis we write, who was given what."""

from web.words import _, lazy

_REASONS = {
    "asked": lazy("They asked for it"),
    "no_basis": lazy("We have no basis to keep them"),
    "mistake": lazy("They were added by mistake"),
    "retention": lazy("Kept longer than our rules allow"),
}
_KINDS = {
    "person": lazy("Everything about one person"),
    "people": lazy("A list of contacts, asked for by a filter"),
    "workspace": lazy("The whole workspace"),
    "backup": lazy("A backup"),
}


def reason_words(code: str) -> str:
    """Return why somebody was erased."""
    return _(_REASONS[code]) if code in _REASONS else code


def kind_words(kind: str) -> str:
    """Return what somebody was given."""
    return _(_KINDS[kind]) if kind in _KINDS else kind
