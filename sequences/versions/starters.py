"""Pure: what a new sequence begins as: nothing but one mail, or three polite steps."""

from typing import Any

STARTS = ("first-touch", "blank")
_STOPS = ["reply", "bounce", "opt_out"]


def make_start(start: str, *, name: str, brand: str, mailboxes: list[str]) -> dict[str, Any]:
    """Return the tree of a new sequence; hours and limits are set safely, and everything is read before it leaves."""
    tree: dict[str, Any] = {"name": name, "brand": brand}
    if mailboxes:
        tree["mailbox"] = mailboxes[0] if len(mailboxes) == 1 else mailboxes
    tree |= {
        "window": {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "16:30", "zone": "recipient"},
        "holidays": "recipient-country",
        "stop_on": list(_STOPS),
        "new_per_day": 5,
    }
    return {**tree, "steps": _first_touch() if start == "first-touch" else _blank()}


def _blank() -> list[dict[str, Any]]:
    return [{
        "key": "first-mail", "kind": "email", "title": "First mail", "review": "required",
        "subject": "{{ brand.name }} and your work",
        "body": "Hi {{ contact.first_name }},\n\n{{ contact.personal_line }}\n\n{{ sender.first_name }}",
    }]  # fmt: skip


def _first_touch() -> list[dict[str, Any]]:
    return [
        {"key": "first-touch", "kind": "email", "title": "First touch", "review": "required", "thread": "new",
         "subject": "{{ product.name }} for {{ contact.first_name }}?", "body": _PITCH},
        {"key": "gentle-nudge", "kind": "email", "title": "Gentle nudge", "wait": "4 business days", "thread": "same",
         "body": _NUDGE},
        {"key": "last-note", "kind": "email", "title": "Last note, door open", "wait": "7 business days",
         "thread": "same", "body": _LAST},
    ]  # fmt: skip


_PITCH = """\
Hi {{ contact.first_name }},

{{ contact.personal_line }}

We make {{ product.name }}, {{ product.what }}. Unlike what else there is, {{ product.difference }}.

Why your people may care: {{ product.audience_reason }}.

Would you like to try it for a sponsored video? One idea: tell us how you would show it, and we take care of the rest.

Could you tell me within two weeks if it sounds fun? A plain no is fine too.

{{ sender.first_name }}"""
_NUDGE = """\
Hi {{ contact.first_name }},

A short reminder of my mail about {{ product.name }}. If now is a bad time, say so and I will ask again when it suits.

{{ sender.first_name }}"""
_LAST = """\
Hi {{ contact.first_name }},

This is my last note about {{ product.name }}; I do not want to fill your inbox. The door stays open: a line from you \
is enough, whenever you like.

{{ sender.first_name }}"""
