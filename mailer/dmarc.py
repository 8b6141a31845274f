"""Wire: the DMARC policy that covers a domain, found by climbing, and what it asks for (RFC 7489, RFC 9989)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.dns_records import Finding, FindingState, Record, read_tags
from mailer.providers import Sender
from mailer.resolver import Resolver

_VERSION = re.compile(r"v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)", re.IGNORECASE)
_POLICIES = ("none", "quarantine", "reject")
_MOST_CLIMBS = 8  # RFC 9989 4.10
_MOST_TARGETS = 2
_WHY = "It says what receivers do with mail that only pretends to be yours. Google, Yahoo and Microsoft ask for one"
_REPORT = re.compile(r"mailto:[^\s@]{1,64}@([A-Za-z0-9.-]{1,253})(?:!\d+[kmgt]?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The policy in force: where its record lies, the record, and its tags."""

    at: str
    record: str
    tags: Mapping[str, str]

    def is_strict(self, tag: str) -> bool:
        """Tell whether `adkim` or `aspf` demands the very same domain."""
        return self.tags.get(tag, "r").lower() == "s"


def judge_dmarc(sender: Sender, resolver: Resolver) -> tuple[Finding, Policy | None]:
    """Find and judge the policy of a sender's domain."""
    for name in _climb(sender.domain):
        texts = resolver.find(f"_dmarc.{name}", "TXT")
        if texts is None:
            return Finding(state="unclear", record=None, sentence="DMARC could not be looked up just now."), None
        found = [text for text in texts if _VERSION.match(text)]
        if len(found) > 1:
            sentence = "There are several DMARC records; receivers then act as if there were none."
            paste = _paste(sender, found[0])
            return Finding(state="bad", record=found[0], sentence=sentence, reason="Keep one and delete the others.",
                           paste=paste, replaces=tuple(found)), None  # fmt: skip
        if found:
            return _judge(sender, name, found[0], resolver)
    sentence = "There is no DMARC record; large receivers ask for one from everybody who sends in numbers."
    return Finding(state="missing", record=None, sentence=sentence, reason=f"{_WHY}.", paste=_paste(sender, "")), None


def _climb(domain: str) -> Iterator[str]:
    """Yield the domain and its parents, never a top-level domain; of a very long name only the last seven labels."""
    labels = domain.split(".")
    yield domain
    start = max(1, len(labels) - (_MOST_CLIMBS - 1))
    for at in range(start, len(labels) - 1):
        yield ".".join(labels[at:])


def _judge(sender: Sender, at: str, record: str, resolver: Resolver) -> tuple[Finding, Policy | None]:
    tags = read_tags(record)
    policy = _policy_of(tags or {}, is_parent=at != sender.domain)
    if tags is None or policy not in _POLICIES:
        sentence = "The DMARC record has no valid policy (p=none, quarantine or reject)."
        reason, paste = "Receivers then act as if there were none.", _paste(sender, record, at=at)
        found = Finding(state="bad", record=record, sentence=sentence, reason=reason, paste=paste, replaces=(record,))
        return found, None
    faults = _weaknesses(at, tags, policy, resolver)
    state: FindingState = "weak" if faults else "ok"
    reason = " ".join(faults) or _next_step(policy)
    # What only concerns how others treat us is advice; the record to paste then is the next step.
    paste = _paste(sender, record, at=at) if faults else _stricter(sender, record, policy, at)
    sentence = f"DMARC is set at {at} (p={policy})."
    found = Finding(state=state, record=record, sentence=sentence, reason=reason, paste=paste, replaces=(record,))
    return found, Policy(at=at, record=record, tags=tags)


def _policy_of(tags: Mapping[str, str], *, is_parent: bool) -> str:
    own = tags.get("p", "").lower()
    return tags.get("sp", own).lower() if is_parent and own in _POLICIES else own


def _weaknesses(at: str, tags: Mapping[str, str], policy: str, resolver: Resolver) -> list[str]:
    found = []
    targets = _REPORT.findall(tags.get("rua", ""))
    if not targets and policy == "none":
        found.append("It neither protects nor reports: with p=none the reports (rua) are all there is to it.")
    elif "rua" in tags and not targets:
        found.append("Its report address (rua) must look like mailto:name@domain.")
    percent = tags.get("pct", "100")
    if policy != "none" and percent.isdigit() and int(percent[:4]) < 100:  # noqa: PLR2004 - per cent
        found.append(f"It covers only {percent[:4]} per cent of the mail (pct).")
    if policy != "none" and tags.get("sp", "").lower() == "none":
        found.append("Subdomains are left open (sp=none), which forgers use.")
    if tags.get("t", "").lower() == "y" and policy != "none":
        found.append("It is in testing (t=y): receivers act one step milder.")
    return found + _foreign_reports(at, targets, resolver)


def _foreign_reports(at: str, targets: list[str], resolver: Resolver) -> list[str]:
    """Name report addresses elsewhere that never agreed to take the reports (RFC 7489 7.1)."""
    foreign = [one.lower() for one in targets if not _is_near(one.lower(), at)][:_MOST_TARGETS]
    refused = [one for one in foreign if resolver.find(f"{at}._report._dmarc.{one}", "TXT") == ()]
    return [f"Reports to {one} are not sent, because that domain does not say that it takes them." for one in refused]


def _is_near(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _next_step(policy: str) -> str:
    if policy == "none":
        return f"{_WHY}, and p=none is enough for that. When the reports show only mail of yours, make it stricter."
    return f"{_WHY}."


def _stricter(sender: Sender, record: str, policy: str, at: str) -> tuple[Record, ...]:
    if policy != "none" or not sender.owns_domain or at != sender.domain:
        return ()
    value = re.sub(r"(;\s*p\s*=\s*)none", r"\1quarantine", record, count=1, flags=re.IGNORECASE)
    return (Record(name=f"_dmarc.{at}", kind="TXT", value=value, note="For later: mail of forgers goes to spam."),)


def _paste(sender: Sender, record: str, *, at: str = "") -> tuple[Record, ...]:
    """Return a record that is in order and keeps what can be kept of the one that is there."""
    if not sender.owns_domain:
        return ()
    old: Mapping[str, str] = read_tags(record) or {}
    policy = old.get("p", "").lower()
    reports = old.get("rua", "") if _REPORT.search(old.get("rua", "")) else f"mailto:{sender.address}"
    tags = {"v": "DMARC1", "p": policy if policy in _POLICIES else "none"}
    kept = {name: old[name] for name in ("adkim", "aspf", "ruf", "fo", "np") if name in old}
    value = "; ".join(f"{name}={text}" for name, text in {**tags, "rua": reports, **kept}.items())
    note = "Reports come to the address after rua=; choose another one of yours if they are to go elsewhere."
    return (Record(name=f"_dmarc.{at or sender.domain}", kind="TXT", value=value, note=note),)
