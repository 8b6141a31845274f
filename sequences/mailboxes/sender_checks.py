"""Pure: what a mail says of its sender, without asking anybody: From, and the way to opt out with one click."""

from kit.errors import say
from mailer.addresses import is_free_mail
from mailer.dns import Finding, Sender
from mailer.families import FAMILY_NAMES, family_of

_SAME = {"google": "Google", "microsoft": "Microsoft"}


def judge_from(name: str, sender: Sender) -> Finding:
    """Judge the From line: a person's name before an address that the server may use."""
    why = say("People decide by the sender's name; receivers compare it with the address.")
    family = family_of(sender.domain)
    provider = sender.provider
    if family and provider and _SAME.get(family) != provider.name:
        sentence = say(
            "%(address)s belongs to %(family_names)s, but the mail leaves through %(name)s.",
            address=sender.address,
            family_names=FAMILY_NAMES[family],
            name=provider.name,
        )
        reason = say(
            "Such mail is refused: nobody but the owner may send for that domain. Use an address of your own domain."
        )
        return Finding(state="bad", record=None, sentence=sentence, reason=reason)
    if not name.strip():
        sentence = say("The mailbox has no name: people see the bare address.")
        return Finding(
            state="weak", record=None, sentence=sentence, reason=say("%(why)s Use the name of the person.", why=why)
        )
    if "@" in name:
        sentence = say("The sender's name holds an address.")
        reason = say("Filters take a name that looks like another address for a forgery. Use the name of the person.")
        return Finding(state="weak", record=None, sentence=sentence, reason=reason)
    if is_free_mail(sender.domain):
        sentence = say("Mail comes from %(name)s at a free provider.", name=name)
        reason = say(
            "Its records are not yours to set, its limits are low, and companies trust a domain of their own more."
        )
        return Finding(state="weak", record=None, sentence=sentence, reason=reason)
    return Finding(
        state="ok",
        record=None,
        sentence=say("Mail comes from %(name)s, %(address)s.", name=name, address=sender.address),
        reason=why,
    )


def judge_one_click(*, is_public: bool) -> Finding:
    """Judge the opt-out (RFC 8058): one click needs an https link that receivers can open."""
    why = say("Google and Yahoo ask for it from who sends in numbers, and who finds no way out presses “spam” instead.")
    if is_public:
        sentence = say("Every mail of a sequence carries the one-click opt-out, and a link at its foot.")
        reason = say(
            "%(why)s Your server's DKIM signature should cover List-Unsubscribe and List-Unsubscribe-Post.", why=why
        )
        return Finding(state="ok", record=None, sentence=sentence, reason=reason)
    sentence = say("Mail carries only the opt-out by mail: the address of this Rapport is not open to others.")
    reason = say("%(why)s Set RAPPORT_PUBLIC_URL to an https address of which /u/ can be opened from outside.", why=why)
    return Finding(state="weak", record=None, sentence=sentence, reason=reason)
