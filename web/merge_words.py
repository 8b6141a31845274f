"""Pure: the words of duplicates and merges: what speaks for one person, and what each fact is called."""

from collections.abc import Mapping

from crm.identity import Evidence
from crm.merging.facts import Fact
from web.words import _, lazy, ngettext

FACTS: Mapping[str, str] = {
    "name": lazy("Name"),
    "pronouns": lazy("Pronouns"),
    "country": lazy("Country"),
    "city": lazy("City"),
    "language": lazy("Language"),
    "zone": lazy("Time zone"),
    "topic": lazy("Topic"),
    "personal_line": lazy("Personal line"),
    "ships_to": lazy("Ships to"),
    "basis": lazy("Why we may write"),
    "owner_id": lazy("Owner"),
}


_EVIDENCE: Mapping[str, str] = {
    "mail": lazy("Mail to %(one)s and to %(other)s arrives in one mailbox."),
    "handle": lazy("The same account: %(one)s and %(other)s."),
    "url": lazy("The same page: %(one)s."),
    "file": lazy("Line %(other)s of %(one)s takes them for one person."),
    "name": lazy("The same name: %(one)s."),
    "domain": lazy("Addresses at the same domain: %(one)s."),
    "site": lazy("The same website: %(one)s."),
    "topic": lazy("The same country, and the same topic there: %(one)s."),
    "city": lazy("The same city: %(one)s."),
}


def say_evidence(line: Evidence) -> str:
    """Return one piece of evidence in a sentence."""
    kind, one, other = line[0], str(line[1]), str(line[2])
    return _(_EVIDENCE[kind], one=one, other=other) if kind in _EVIDENCE else one


def name_fact(fact: Fact) -> str:
    """Return what a fact is called; own fields go by their key."""
    if fact.name in FACTS:
        return _(FACTS[fact.name])
    return fact.name.removeprefix("field:").replace("_", " ").capitalize()


def say_counts(counts: Mapping[str, int]) -> list[str]:
    """Return what comes over in a merge, as phrases."""
    words = {
        "threads": ("%(num)s conversation", "%(num)s conversations"),
        "messages": ("%(num)s mail", "%(num)s mails"),
        "sends": ("%(num)s mail of ours", "%(num)s mails of ours"),
        "enrolments": ("%(num)s sequence", "%(num)s sequences"),
        "handles": ("%(num)s account", "%(num)s accounts"),
        "tasks": ("%(num)s task", "%(num)s tasks"),
        "feedback": ("%(num)s note of feedback", "%(num)s notes of feedback"),
    }
    return [ngettext(*words[name], number) for name, number in counts.items() if name in words]
