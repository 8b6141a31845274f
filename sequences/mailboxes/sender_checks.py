"""Pure: what a mail says of its sender, without asking anybody: From, and the way to opt out with one click."""

from kit.errors import say
from mailer.addresses import is_free_mail
from mailer.dns import Finding, Sender
from mailer.families import FAMILY_NAMES, family_of

_SAME = {"google": "Google", "microsoft": "Microsoft"}


def judge_from(name: str, sender: Sender) -> Finding:
    """Judge the From line: a person's name before an address that the server may use."""
    why = "People decide by the sender's name; receivers compare it with the address."
    family = family_of(sender.domain)
    provider = sender.provider
    if family and provider and _SAME.get(family) != provider.name:
        sentence = f"{sender.address} belongs to {FAMILY_NAMES[family]}, but the mail leaves through {provider.name}."
        reason = (
            "Such mail is refused: nobody but the owner may send for that domain. Use an address of your own domain."
        )
        return Finding(state="bad", record=None, sentence=sentence, reason=reason)
    if not name.strip():
        sentence = "The mailbox has no name: people see the bare address."
        return Finding(state="weak", record=None, sentence=sentence, reason=f"{why} Use the name of the person.")
    if "@" in name:
        sentence = "The sender's name holds an address."
        reason = "Filters take a name that looks like another address for a forgery. Use the name of the person."
        return Finding(state="weak", record=None, sentence=sentence, reason=reason)
    if is_free_mail(sender.domain):
        sentence = f"Mail comes from {name} at a free provider."
        reason = "Its records are not yours to set, its limits are low, and companies trust a domain of their own more."
        return Finding(state="weak", record=None, sentence=sentence, reason=reason)
    return Finding(
        state="ok",
        record=None,
        sentence=say("Mail comes from %(name)s, %(address)s.", name=name, address=sender.address),
        reason=why,
    )


def judge_one_click(*, is_public: bool) -> Finding:
    """Judge the opt-out (RFC 8058): one click needs an https link that receivers can open."""
    why = "Google and Yahoo ask for it from who sends in numbers, and who finds no way out presses “spam” instead."
    if is_public:
        sentence = "Every mail of a sequence carries the one-click opt-out, and a link at its foot."
        reason = f"{why} Your server's DKIM signature should cover List-Unsubscribe and List-Unsubscribe-Post."
        return Finding(state="ok", record=None, sentence=sentence, reason=reason)
    sentence = "Mail carries only the opt-out by mail: the address of this Rapport is not open to others."
    reason = f"{why} Set RAPPORT_PUBLIC_URL to an https address of which /u/ can be opened from outside."
    return Finding(state="weak", record=None, sentence=sentence, reason=reason)
