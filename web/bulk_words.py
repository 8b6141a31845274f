"""Wire: who cannot take part in an act on many people, counted, in the reader's words."""

from sequences.bulk.act import Verdict
from sequences.bulk.reasons import is_known_reason
from web.words import ngettext

_RULE = "rule"


def list_left_out(verdict: Verdict) -> list[str]:
    """Return a sentence for each reason, the commonest first; rules of the team count as one."""
    counts: dict[str, int] = {}
    for code, number in verdict.reasons.items():
        key = code if is_known_reason(code) else _RULE
        counts[key] = counts.get(key, 0) + number
    return [_say(code, number) for code, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


def _say(code: str, n: int) -> str:
    if code in {"at_stage", "has_tag", "no_tag", "has_owner"}:
        return _say_same(code, n)
    if code == "suppressed":
        return ngettext("%(num)s must not be contacted.", "%(num)s must not be contacted.", n)
    if code == "already_in":
        return ngettext("%(num)s is already in this sequence.", "%(num)s are already in this sequence.", n)
    if code == "no_address":
        return ngettext("%(num)s has no address to write to.", "%(num)s have no address to write to.", n)
    if code == "bad_address":
        return ngettext("Mail to %(num)s came back.", "Mail to %(num)s came back.", n)
    if code == "gaps":
        return ngettext("%(num)s lacks something the text needs.", "%(num)s lack something the text needs.", n)
    return ngettext("%(num)s is kept out by a rule of the team.", "%(num)s are kept out by rules of the team.", n)


def _say_same(code: str, n: int) -> str:
    if code == "at_stage":
        return ngettext("%(num)s is at this stage already.", "%(num)s are at this stage already.", n)
    if code == "has_tag":
        return ngettext("%(num)s has this tag already.", "%(num)s have this tag already.", n)
    if code == "no_tag":
        return ngettext("%(num)s does not have this tag.", "%(num)s do not have this tag.", n)
    return ngettext("%(num)s has this owner already.", "%(num)s have this owner already.", n)
