"""Pure: judging the TXT records that speak for a sending domain."""

import re
from dataclasses import dataclass
from typing import Literal

FindingState = Literal["ok", "missing", "unclear", "bad"]

_MOST_LOOKUPS = 10  # RFC 7208 4.6.4
_LOOKUP = re.compile(r"[+?~-]?(?:include:|a(?:[:/]|$)|mx(?:[:/]|$)|ptr(?::|$)|exists:)|redirect=", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One judgement; `record` is the text found, `sentence` says it to people."""

    state: FindingState
    record: str | None
    sentence: str


def judge_spf(records: tuple[str, ...] | None) -> Finding:
    """Judge the TXT records of a domain as SPF; None means that nobody could say."""
    if records is None:
        return _unclear("SPF could not be looked up just now.")
    found = [record for record in records if re.match(r"v=spf1(?:\s|$)", record, re.IGNORECASE)]
    if not found:
        return _missing("There is no SPF record: receivers cannot tell which servers may send for this domain.")
    record = found[0]
    if len(found) > 1:
        return _bad(record, "There are several SPF records; with more than one, receivers ignore them all.")
    terms = record.lower().split()[1:]
    if "+all" in terms or "all" in terms:
        return _bad(record, "The SPF record ends in +all: it lets everybody send for this domain.")
    if sum(bool(_LOOKUP.match(term)) for term in terms) > _MOST_LOOKUPS:
        return _bad(record, "The SPF record needs more than ten lookups, so receivers reject it.")
    return Finding(state="ok", record=record, sentence="SPF is set.")


def judge_dkim(records: tuple[str, ...] | None, *, selector: str, is_known: bool) -> Finding:
    """Judge the TXT records under one selector; `is_known` says that this selector is really in use."""
    if records is None:
        return _unclear("DKIM could not be looked up just now.")
    keys = [record for record in records if re.search(r"(?:^|;)\s*p\s*=", record)]
    if not keys:
        if is_known:
            return _missing(f"There is no DKIM key under the selector “{selector}”.")
        return _unclear("No DKIM key lies under the usual selectors; send a mail to yourself to see which one is used.")
    record = keys[0]
    key = re.search(r"(?:^|;)\s*p\s*=\s*([^;]*)", record)
    if key is None or not key.group(1).strip():
        return _bad(record, f"The DKIM key under “{selector}” is revoked.")
    return Finding(state="ok", record=record, sentence=f"DKIM is set (selector “{selector}”).")


def judge_dmarc(records: tuple[str, ...] | None, *, at: str) -> Finding:
    """Judge the TXT records of `_dmarc.` under `at`."""
    if records is None:
        return _unclear("DMARC could not be looked up just now.")
    found = [record for record in records if re.match(r"v\s*=\s*DMARC1\s*(?:;|$)", record, re.IGNORECASE)]
    if not found:
        return _missing("There is no DMARC record; large receivers ask for one from everybody who sends in numbers.")
    record = found[0]
    if len(found) > 1:
        return _bad(record, "There are several DMARC records; receivers then act as if there were none.")
    policy = re.search(r";\s*p\s*=\s*(\w+)", record)
    if policy is None or policy.group(1).lower() not in {"none", "quarantine", "reject"}:
        return _bad(record, "The DMARC record has no valid policy (p=none, quarantine or reject).")
    return Finding(state="ok", record=record, sentence=f"DMARC is set at {at} (p={policy.group(1).lower()}).")


def _unclear(sentence: str) -> Finding:
    return Finding(state="unclear", record=None, sentence=sentence)


def _missing(sentence: str) -> Finding:
    return Finding(state="missing", record=None, sentence=sentence)


def _bad(record: str, sentence: str) -> Finding:
    return Finding(state="bad", record=record, sentence=sentence)
