"""Pure: what differs between two versions of a sequence, named in the reader's language."""

from sequences.versions.version_diff import Change
from web.words import _, lazy

_PARTS = {
    "mailbox": lazy("Mailbox"),
    "window": lazy("Sending window"),
    "holidays": lazy("Holidays"),
    "stop_on": lazy("Stops on"),
    "new_per_day": lazy("New people a day"),
    "per_day": lazy("Mails a day"),
    "fields": lazy("Fields"),
    "brand": lazy("Brand"),
    "kind": lazy("Kind"),
    "wait": lazy("Wait"),
    "review": lazy("Review"),
    "thread": lazy("Thread"),
    "channel": lazy("Channel"),
    "title": lazy("Title"),
    "stage": lazy("Stage"),
    "tag": lazy("Tag"),
    "when": lazy("Condition"),
    "then": lazy("Then"),
    "else": lazy("Otherwise"),
    "attachments": lazy("Attachments"),
    "variant": lazy("Variant"),
    "subject": lazy("Subject"),
    "weight": lazy("Weight"),
    "text": lazy("Text"),
}


def diff_words(change: Change) -> str:
    """Return what a change is about, such as "Subject" or "Text of variant b"."""
    name, of, variant = change.what.partition(" of variant ")
    words = _(_PARTS[name]) if name in _PARTS else name
    return _("%(part)s of variant %(variant)s", part=words, variant=variant) if of else words
