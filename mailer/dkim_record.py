"""Pure: judging DKIM keys as they lie in DNS (RFC 6376 3.6.1, RFC 8301, RFC 8463)."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from mailer.dns_records import Finding, FindingState, read_tags
from mailer.providers import Sender
from mailer.resolver import Answer

_MOST_KEY = 8_192
_LEAST_BITS, _GOOD_BITS = 1_024, 2_048
_ED25519_OCTETS = 32
_WHY = "The signature proves that a mail is yours and was not changed on the way; it also survives forwarding."


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key under one selector, and what is to be said about it."""

    selector: str
    record: str
    state: FindingState
    words: str


def read_keys(selector: str, texts: Sequence[str]) -> list[Key]:
    """Return the keys among the TXT records under a selector; several at one name count as one that is spoiled."""
    found = [(text, tags) for text in texts if (tags := read_tags(text)) is not None and "p" in tags]
    if len(found) > 1:
        words = f"there are several keys under “{selector}”, which receivers may refuse"
        return [Key(selector=selector, record=found[0][0], state="bad", words=words)]
    return [_judge(selector, text, dict(tags)) for text, tags in found]


def judge_keys(keys: Sequence[Key], answers: Sequence[Answer], sender: Sender, known: Sequence[str]) -> Finding:
    """Judge what was found under all selectors; `known` are those that are really in use, if anybody told us."""
    best = min(keys, key=lambda key: ("ok", "weak", "bad").index(key.state), default=None)
    if best is not None:
        rest = [key for key in keys if key is not best and key.state != "ok"]
        notes = " ".join(f"Besides: {key.words}." for key in rest)
        good = [f"“{key.selector}”" for key in keys if key.state == "ok"]
        if best.state == "ok":
            words = "selector" if len(good) == 1 else "selectors"
            sentence = f"DKIM is set ({words} {', '.join(good)})."
            return Finding(state="ok", record=best.record, sentence=sentence, reason=f"{best.words}. {notes}".strip())
        sentence = f"DKIM needs a look: {best.words}."
        return _told(best.state, sentence, f"{_WHY} {notes}".strip(), sender, record=best.record)
    if any(answer is None for answer in answers):
        return Finding(state="unclear", record=None, sentence="DKIM could not be looked up just now.", reason=_WHY)
    if known:
        names = ", ".join(f"“{selector}”" for selector in known)
        return _told("missing", f"There is no DKIM key under the selector {names}.", _WHY, sender)
    sentence = "No DKIM key lies under the usual selectors; send a mail to yourself to see which one is used."
    return _told("unclear", sentence, f"Keys can only be found by name. {_WHY}", sender)


def _told(state: FindingState, sentence: str, reason: str, sender: Sender, *, record: str | None = None) -> Finding:
    """Add what to do with the sender's provider."""
    provider = sender.provider
    if provider is None or not sender.owns_domain:
        return Finding(state=state, record=record, sentence=sentence, reason=reason)
    how = f"{reason} {provider.key_how}".strip()
    paste = provider.key_records(sender.domain)
    return Finding(state=state, record=record, sentence=sentence, reason=how, paste=paste)


def _judge(selector: str, text: str, tags: dict[str, str]) -> Key:
    state, words = _verdict(selector, tags)
    return Key(selector=selector, record=text, state=state, words=words)


def _verdict(selector: str, tags: dict[str, str]) -> tuple[FindingState, str]:
    kind, key = tags.get("k", "rsa").lower(), "".join(tags["p"].split())
    services = [word.strip() for word in tags.get("s", "*").lower().split(":")]
    hashes = [word.strip() for word in tags.get("h", "sha256").lower().split(":")]
    if tags.get("v", "DKIM1") != "DKIM1":
        return "bad", f"the record under “{selector}” is of another version than DKIM1"
    if not key:
        return "bad", f"the key under “{selector}” is revoked"
    if kind not in {"rsa", "ed25519"}:
        return "bad", f"the key under “{selector}” is of a kind that receivers do not know ({kind[:20]})"
    if not {"*", "email"} & set(services):
        return "bad", f"the key under “{selector}” is not meant for mail (s={tags['s'][:40]})"
    if "sha256" not in hashes:
        return "bad", f"the key under “{selector}” allows only hashes that are too weak (h={tags['h'][:40]})"
    if "y" in tags.get("t", "").lower().split(":"):
        return "weak", f"the key under “{selector}” says t=y: it is only being tested, and receivers may pass over it"
    return _strength(selector, kind, key)


def _strength(selector: str, kind: str, key: str) -> tuple[FindingState, str]:
    try:
        raw = base64.b64decode(key[:_MOST_KEY], validate=True)
    except (binascii.Error, ValueError):
        return "bad", f"the key under “{selector}” is damaged; perhaps a part was cut off when it was pasted"
    if kind == "ed25519":
        if len(raw) != _ED25519_OCTETS:
            return "bad", f"the Ed25519 key under “{selector}” has the wrong length"
        return "weak", f"the key under “{selector}” is Ed25519 alone, which many receivers cannot check yet"
    bits = _bits(raw)
    if bits is None:
        return "bad", f"the key under “{selector}” is damaged; perhaps a part was cut off when it was pasted"
    if bits < _LEAST_BITS:
        return "bad", f"the key under “{selector}” has {bits} bits; receivers refuse fewer than {_LEAST_BITS}"
    if bits < _GOOD_BITS:
        return "weak", f"the key under “{selector}” has {bits} bits; {_GOOD_BITS} are right today"
    return "ok", f"The key has {bits} bits"


def _bits(raw: bytes) -> int | None:
    try:
        key = load_der_public_key(raw)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key.key_size if isinstance(key, RSAPublicKey) else None
