"""Pure: what would change that a rule holds a mail: one sentence a rule."""

from collections.abc import Sequence

from kit.errors import say

_ITSELF = say("It leaves by itself then; nothing has to be done.")
_OF_RULES = {
    "review": say("Approve it in Review."),
    "gaps": say("Fill in what is missing in Review, then approve it."),
    "under_way": say("Wait a moment: either it has left then, or it says here why not."),
    "unknown": say("Look in the Sent folder, then decide: rapport sends resolve %(send)s --as sent, or --as again."),
    "failed": say("It is never tried again by itself. Correct the address, then put the person into a sequence again."),
    "cancelled": say(
        "It never leaves. To write to this person again, put them into a sequence again, or write by hand."
    ),
    "turn": say("It leaves with the next round of this mailbox; if it does not, rapport doctor says what is wrong."),
    "due": _ITSELF,
    "window": say("It leaves when the window opens. The window stands in the sequence's file."),
    "fence": say("It leaves once the inbox could be read: rapport mailboxes check %(mailbox)s says what is wrong."),
    "gap": _ITSELF,
    "daily_cap": say(
        "It leaves when the oldest mail is a day old, or earlier with a higher daily limit of the mailbox."
    ),
    "reserve": say(
        "First mails leave when the follow-ups have left, or earlier with a higher daily limit of the mailbox."
    ),
    "limit": say("It leaves when the oldest mail is a day old, or earlier with a higher limit (Settings, Sending)."),
    "breaker": say("Clean the list; first mails leave again once the share of dead addresses has fallen."),
    "erased": say("Nothing: an erased person is never written to again."),
    "suppressed": say("They become mailable again when the suppression is lifted, with a reason, on their page."),
    "opt_out": say("They asked for no more mail, and that holds until they say otherwise."),
    "complaint": say("They marked our mail as spam: do not write again."),
    "reply": say("Answer them in the Inbox; the sequence stays out of the conversation."),
    "bounce": say("Give them an address that takes mail, then put them into the sequence again."),
    "stage": say("Move them to another stage, or take the stage out of stop_on in the sequence's file."),
    "stopped": say("The run has ended; put them into the sequence again to write to them."),
    "finished": say("The run has ended; put them into a sequence again to write to them."),
    "taken_out": say("Put them into the sequence again."),
    "sequence_archived": say("It never leaves. Bring the sequence back on its page, then put them in again."),
    "left": say("Somebody else may read there now: find the right address, and put that one into the sequence."),
    "auto_reply": say("It goes on by itself on that date; an answer before then ends the sequence."),
    "held": say("It goes on by itself on that date, or when somebody lets the run go on."),
    "sequence_paused": say("Start or resume the sequence on its page."),
    "mailbox_paused": say("Mend the cause, then resume the mailbox: rapport mailboxes resume %(mailbox)s"),
    "on_leave": say("It goes on by itself on that day, or earlier when the leave ends earlier (Settings, Team)."),
    "mailbox_gone": say("Choose another mailbox for this run."),
    "expired": say("It never leaves: put the person into the sequence again if it still makes sense."),
    "recently_contacted": say("Wait until then, or put them in again with a reason for the exception (--override)."),
    "cold_repitch": say("Wait until then, or put them in again with a reason for the exception (--override)."),
    "owned": say("Ask that colleague, or put them in again with a reason for the exception (--override)."),
    "active_elsewhere": say("Wait for the other run to end, or put them in again with a reason (--override)."),
    "contact_budget": say(
        "It leaves when older messages no longer count, or with a higher budget (Settings, Team rules)."
    ),
}


def remedy_for(rule: str, *, send_id: int, mailbox: str, gaps: Sequence[str] = ()) -> str:
    """Return what a person can do about a rule; for a rule without a remedy of its own, what ends any run."""
    sentence = _OF_RULES.get("gaps" if gaps else rule, _OF_RULES["stopped"])
    return say(sentence.msgid, send=send_id, mailbox=mailbox)
