"""Wire: is a domain's SPF in order for the server we send through, and the one record that would be (RFC 7208)."""

import re

from mailer.dns_records import Finding, FindingState, Record
from mailer.providers import Sender
from mailer.resolver import Answer, Resolver
from mailer.spf import MOST_LOOKUPS, MOST_VOID, SpfTree, follow_spf
from mailer.spf_record import find_spf, parse_spf, write_spf

_LONG = 450  # octets; more may not fit into one DNS answer over UDP (section 3.4)
_WHY = "Receivers compare the server a mail comes from with this record; without a match it counts as unproved."
_SEVERAL = "Put everything into one record and delete the others."
_Judged = tuple[FindingState, str, str]


def judge_spf(texts: Answer, sender: Sender, resolver: Resolver) -> Finding:
    """Judge the TXT records of a sender's domain; `texts` None means that nobody could say."""
    if texts is None:
        return Finding(state="unclear", record=None, sentence="SPF could not be looked up just now.", reason=_WHY)
    found = find_spf(texts)
    if not found:
        sentence = "There is no SPF record: receivers cannot tell which servers may send for this domain."
        return Finding(state="missing", record=None, sentence=sentence, reason=_WHY, paste=_paste(sender, []))
    if len(found) > 1:
        sentence = "There are several SPF records; with more than one, receivers ignore them all."
        paste = _paste(sender, list(found))
        paste = () if any(_fault(follow_spf(sender.domain, one.value, resolver)) for one in paste) else paste
        return Finding(state="bad", record=found[0], sentence=sentence, reason=_SEVERAL, paste=paste, replaces=found)
    return _judge_tree(follow_spf(sender.domain, found[0], resolver), sender, resolver)


def _judge_tree(tree: SpfTree, sender: Sender, resolver: Resolver) -> Finding:
    text = tree.record.text
    judged = _fault(tree) or _cover(tree, sender, resolver) or _weakness(tree) or _own_server(tree, sender, resolver)
    state, sentence, reason = judged or _fine(tree, sender)
    paste = _paste(sender, [text], without=frozenset(tree.dead)) if state in {"bad", "weak"} else ()
    # A record that would be ignored as well is no help: then a person has to choose what to take out.
    if any(record.value == text or _fault(follow_spf(sender.domain, record.value, resolver)) for record in paste):
        paste = ()
    return Finding(state=state, record=text, sentence=sentence, reason=reason, paste=paste,
                   replaces=(text,) if paste else ())  # fmt: skip


def _fault(tree: SpfTree) -> _Judged | None:
    """Return what makes receivers ignore the record, or lets everybody in."""
    if tree.open_at:
        where = "" if tree.open_at == tree.domain else f" of {tree.open_at}, which yours takes in,"
        sentence = f"The SPF record{where} ends in +all: it lets everybody send for this domain."
        return "bad", sentence, "Spammers look for such domains, and receivers give the record no weight."
    if tree.faults:
        return "bad", f"The SPF record has a fault, so receivers ignore it: {tree.faults[0]}", " ".join(tree.faults[1:])
    if tree.lookups > MOST_LOOKUPS:
        dear = sorted(tree.costs.items(), key=lambda cost: -cost[1])[:4]
        costs = ", ".join(f"{term} costs {count}" for term, count in dear)
        sentence = f"The SPF record needs {tree.lookups} lookups; with more than ten, receivers ignore it."
        return "bad", sentence, f"Take out services you no longer send through. {costs}."
    if tree.void > MOST_VOID:
        sentence = f"The SPF record asks for {tree.void} names that do not exist; with more than two, it is ignored."
        return "bad", sentence, "Take the dead names out."
    return None


def _cover(tree: SpfTree, sender: Sender, resolver: Resolver) -> _Judged | None:
    """Return what is wrong with letting our server send; nothing when it may, or when nobody can tell."""
    provider = sender.provider
    if provider is None or provider.own_envelope or tree.names & set(provider.spf):
        return None
    hosts = resolver.find(sender.smtp_host, "A") or ()
    if tree.has_macros or any(tree.lets_send(address) for address in hosts):
        return None
    if tree.unasked:
        sentence = f"Whether {provider.name} may send could not be checked: {tree.unasked[0]} did not answer."
        return "unclear", sentence, "Check again in a while."
    sentence = f"SPF is set, but it does not let {provider.name} send, through which this mailbox sends."
    return "bad", sentence, f"Mail from here fails SPF. Add include:{provider.spf[0]} to the record that is there."


def _weakness(tree: SpfTree) -> _Judged | None:
    if tree.record.of("ptr"):
        return "weak", "SPF is set, but uses “ptr”, which receivers may leave out.", "It is slow and withdrawn (5.5)."
    if tree.ends_at == "?" or (tree.ends_at is None and not tree.unasked and not tree.record.of("redirect")):
        sentence = "SPF is set, but says nothing about all other servers."
        return "weak", sentence, "End it in ~all, so that mail from anywhere else is noticed."
    if len(tree.record.text.encode("utf-8", "replace")) > _LONG:
        sentence = f"SPF is set, but longer than {_LONG} octets: some receivers cannot read such an answer."
        return "weak", sentence, "Take out what is no longer used, or move a part behind an include."
    return None


def _own_server(tree: SpfTree, sender: Sender, resolver: Resolver) -> _Judged | None:
    """Return whether a server of one's own may send; nobody knows from here whether it is the one that delivers."""
    host = sender.smtp_host
    addresses = [*(resolver.find(host, "A") or ()), *(resolver.find(host, "AAAA") or ())] if host else []
    if sender.provider or not addresses or tree.unasked or tree.has_macros:
        return None
    if any(tree.lets_send(address) for address in addresses):
        return "ok", f"SPF is set and lets {host} send.", f"{tree.lookups} of {MOST_LOOKUPS} lookups used."
    sentence = f"SPF is set, but does not name {host} ({addresses[0]})."
    return "unclear", sentence, f"If that server delivers your mail itself, add a:{host} to the record that is there."


def _fine(tree: SpfTree, sender: Sender) -> _Judged:
    count = f"{tree.lookups} of {MOST_LOOKUPS} lookups used."
    provider = sender.provider
    if tree.unasked:
        return "unclear", f"SPF is set; {tree.unasked[0]} could not be looked up just now.", "Check again in a while."
    if provider and provider.own_envelope:
        sentence = f"SPF is set. {provider.name} uses an address of its own for bounces, so that DKIM counts here."
        return "ok", sentence, count
    if provider:
        return "ok", f"SPF is set and lets {provider.name} send.", count
    return "ok", "SPF is set.", f"{count} Which address your server sends from is not visible from here."


def _paste(sender: Sender, texts: list[str], *, without: frozenset[str] = frozenset()) -> tuple[Record, ...]:
    """Return the one record that takes the place of `texts`: everything they let send, and our server."""
    if not sender.owns_domain:
        return ()
    records = [parse_spf(text) for text in texts]
    terms = [
        term.text
        for record in records
        for term in record.terms
        if term.name not in {"all", "ptr", "redirect"} and term.text not in without
    ]
    provider = sender.provider
    known = {term.partition(":")[2].lower() for term in terms}
    redirects = [term.text for record in records for term in record.of("redirect") if term.text not in without]
    if provider and not known & set(provider.spf) and not _leads_to(redirects, provider.spf):
        terms.append(f"include:{provider.spf[0]}")
    elif provider is None and not terms and not redirects:
        terms += ["mx", *([f"a:{sender.smtp_host}"] if re.search(r"[a-z]", sender.smtp_host) else [])]
    if len(texts) > 1 or any(record.all_qualifier for record in records):
        terms += [f"include:{text.partition('=')[2]}" for text in redirects if len(texts) > 1]
        redirects = []
    strict = bool(records) and all(record.all_qualifier == "-" for record in records)
    end = redirects[0] if redirects else ("-all" if strict else "~all")
    note = "" if provider else "If your provider names another “include”, use that one."
    return (Record(name=sender.domain, kind="TXT", value=write_spf(terms, end=end), note=note),)


def _leads_to(redirects: list[str], names: tuple[str, ...]) -> bool:
    return any(text.partition("=")[2].lower().rstrip(".") in names for text in redirects)
