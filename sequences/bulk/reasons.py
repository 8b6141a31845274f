"""Pure: why somebody could not take part in an act, and what an undo could not put back, in sentences."""

from collections.abc import Mapping

from kit.errors import Sentence, say

_REASONS: Mapping[str, Sentence] = {
    "at_stage": say("Already at this stage."),
    "has_tag": say("Tagged so already."),
    "no_tag": say("Never had this tag."),
    "has_owner": say("Already with this owner."),
    "suppressed": say("Must not be contacted."),
    "no_address": say("No address to write to."),
    "erased": say("Erased, and stays so."),
    "bad_address": say("Mail to the address came back."),
    "already_in": say("Already in this sequence."),
    "gaps": say("Something the text needs is missing."),
}
# What an undo says, the weightiest first; only `since` was left as it is.
_SINCE = ("moved_since", "changed_since", "run_over")
_REST: Mapping[str, str] = {
    "written_to": say("Written to meanwhile: %(count)s. What was sent stays sent."),
    "run_ended": say("Sequences that had ended for %(count)s of them stay ended."),
    "run_over": say("Their run had ended by itself."),
    "moved_since": say("Whoever was moved since stays there."),
    "changed_since": say("Whoever was changed since stays so."),
}


def describe_reason(code: str) -> Sentence:
    """Return why somebody was left out; the rules of the team have their own names."""
    return _REASONS.get(code, say("Kept out by a rule of the team."))


def is_known_reason(code: str) -> bool:
    """Return whether a reason is one of ours and not a rule of the team."""
    return code in _REASONS


def describe_rest(left: Mapping[str, int]) -> tuple[int, str]:
    """Return how many were left as they are, and the weightiest thing to say about what could not be put back."""
    since = sum(left.get(code, 0) for code in _SINCE)
    code = next((code for code in _REST if left.get(code)), None)
    return since, say(_REST[code], count=left[code]) if code else ""
