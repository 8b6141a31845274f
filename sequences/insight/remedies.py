"""Pure: what would change that a rule holds a mail: one sentence a rule."""

from collections.abc import Sequence

_ITSELF = "It leaves by itself then; nothing has to be done."
_OF_RULES = {
    "review": "Approve it in Review.",
    "gaps": "Fill in what is missing in Review, then approve it.",
    "under_way": "Wait a moment: either it has left then, or it says here why not.",
    "unknown": "Look in the Sent folder, then decide: rapport sends resolve {send} --as sent, or --as again.",
    "failed": "It is never tried again by itself. Correct the address, then put the person into a sequence again.",
    "cancelled": "It never leaves. To write to this person again, put them into a sequence again, or write by hand.",
    "turn": "It leaves with the next round of this mailbox; if it does not, rapport doctor says what is wrong.",
    "due": _ITSELF,
    "window": "It leaves when the window opens. The window stands in the sequence's file.",
    "fence": "It leaves once the inbox could be read: rapport mailboxes check {mailbox} says what is wrong.",
    "gap": _ITSELF,
    "daily_cap": "It leaves when the oldest mail is a day old, or earlier with a higher daily limit of the mailbox.",
    "reserve": "First mails leave when the follow-ups have left, or earlier with a higher daily limit of the mailbox.",
    "limit": "It leaves when the oldest mail is a day old, or earlier with a higher limit (Settings, Sending).",
    "breaker": "Clean the list; first mails leave again once the share of dead addresses has fallen.",
    "erased": "Nothing: an erased person is never written to again.",
    "suppressed": "They become mailable again when the suppression is lifted, with a reason, on their page.",
    "opt_out": "They asked for no more mail, and that holds until they say otherwise.",
    "complaint": "They marked our mail as spam: do not write again.",
    "reply": "Answer them in the Inbox; the sequence stays out of the conversation.",
    "bounce": "Give them an address that takes mail, then put them into the sequence again.",
    "stage": "Move them to another stage, or take the stage out of stop_on in the sequence's file.",
    "stopped": "The run has ended; put them into the sequence again to write to them.",
    "finished": "The run has ended; put them into a sequence again to write to them.",
    "taken_out": "Put them into the sequence again.",
    "left": "Somebody else may read there now: find the right address, and put that one into the sequence.",
    "auto_reply": "It goes on by itself on that date; an answer before then ends the sequence.",
    "held": "It goes on by itself on that date, or when somebody lets the run go on.",
    "sequence_paused": "Start or resume the sequence on its page.",
    "mailbox_paused": "Mend the cause, then resume the mailbox: rapport mailboxes resume {mailbox}",
    "on_leave": "It goes on by itself on that day, or earlier when the leave ends earlier (Settings, Team).",
    "mailbox_gone": "Choose another mailbox for this run.",
    "expired": "It never leaves: put the person into the sequence again if it still makes sense.",
    "recently_contacted": "Wait until then, or put them in again with a reason for the exception (--override).",
    "cold_repitch": "Wait until then, or put them in again with a reason for the exception (--override).",
    "owned": "Ask that colleague, or put them in again with a reason for the exception (--override).",
    "active_elsewhere": "Wait for the other run to end, or put them in again with a reason (--override).",
    "contact_budget": "It leaves when older messages no longer count, or with a higher budget (Settings, Team rules).",
}


def remedy_for(rule: str, *, send_id: int, mailbox: str, gaps: Sequence[str] = ()) -> str:
    """Return what a person can do about a rule; for a rule without a remedy of its own, what ends any run."""
    sentence = _OF_RULES.get("gaps" if gaps else rule, _OF_RULES["stopped"])
    return sentence.format(send=send_id, mailbox=mailbox)
