"""Pure: what of a text or document names one person, and the text without it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from crm.csv_files.platforms import PLATFORMS, WEBSITE

GONE = "[erased]"
_SHORTEST_NAME = 5
_SHORTEST_RUN = 3
# Under these a document holds the bare name of an account, and under its platform's.
_ACCOUNT_KEYS = frozenset({"account", "handle", "username"})
_RUN = re.compile(r"[\x21-\x24\x26-\x5b\x5d\x5e\x60-\x7e]+(?: [\x21-\x24\x26-\x5b\x5d\x5e\x60-\x7e]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What names a person: addresses, whole names, and accounts as platform/name (never a bare word).

    `others` are names and addresses of people who stay that hold one of these, or begin one: they are left alone.
    """

    emails: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    pattern: re.Pattern[str] = field(init=False, repr=False)
    cuts: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile what finds them all."""
        object.__setattr__(self, "pattern", _compile(self))
        object.__setattr__(self, "cuts", _compile_cuts(self))

    def document(self) -> dict[str, list[str]]:
        """Return what a row keeps of it while the work lasts."""
        return {name: list(getattr(self, name)) for name in ("emails", "names", "accounts", "others")}

    @classmethod
    def of_document(cls, kept: Mapping[str, Iterable[str]]) -> "Traces":
        """Return what a row kept."""
        return cls(**{name: tuple(values) for name, values in kept.items()})

    def needles(self) -> list[str]:
        """Return texts of which one is in every text that names the person, in any upper and lower case.

        They are what a database looks for: plain letters, so that JSON's escapes and folding do not matter.
        """
        heads = [*(email.partition("@")[0] + "@" for email in self.emails), *map(_first_word, self.names)]
        accounts = [name for _, name in _split(self.accounts)]
        found = [_longest_run(one) for one in (*heads, *accounts)]
        found += [_longest_run(quote(email.partition("@")[0], safe="")) for email in self.emails]
        plain = [*map(_first_word, self.names), *accounts]
        whole = {
            form
            for one in plain
            if len(_longest_run(one)) < _SHORTEST_RUN
            # Databases fold plain letters only.
            for form in (one, one.lower(), one.upper(), one.title())
        }
        escaped = [json.dumps(one)[1:-1] for one in whole]
        return sorted({one for one in (*found, *whole, *escaped) if len(one) >= _SHORTEST_RUN or one in whole})

    def without_accounts(self) -> "Traces":
        """Return the same without the accounts."""
        return replace(self, accounts=())

    def is_exactly(self, text: str) -> bool:
        """Return whether a text is one of the addresses or names, and nothing else."""
        folded = fold_name(text)
        return any(folded == fold_name(one) for one in (*self.emails, *self.names))

    def scrub(self, text: str, *, excerpt: bool = False) -> str:
        """Return a text without them; an excerpt may end in the middle of one."""
        clean = self.pattern.sub(_put_gone, text)
        return self.cuts.sub(GONE, clean) if excerpt else clean

    def scrub_document(self, value: Any, *, excerpt: bool = False, key: str = "") -> Any:
        """Return a JSON value without them, in keys too; under a platform's name an account stands by itself."""
        if isinstance(value, str):
            return GONE if self._is_account(key, value) else self.scrub(value, excerpt=excerpt)
        if isinstance(value, list):
            return [self.scrub_document(one, excerpt=excerpt, key=key) for one in value]
        if isinstance(value, dict):
            return {
                self.scrub(str(name)): self.scrub_document(one, excerpt=excerpt, key=str(name))
                for name, one in value.items()
            }
        return value

    def is_in_file(self, content: bytes) -> bool:
        """Return whether a file names the person, in any encoding; an account fills a cell or is written as one."""
        low = content.lower()
        words = {one.lower() for one in (*self.emails, *self.names)}
        accounts = {name.lower() for _, name in _split(self.accounts)}
        for encoding in ("utf-8", "cp1252", "utf-16-le", "utf-16-be"):
            found = [word.encode(encoding, "ignore").lower() for word in words]
            if any(len(word) >= _SHORTEST_RUN and word in low for word in found):
                return True
            if any(_fills_cell(low, account, encoding) for account in accounts):
                return True
        return False

    def _is_account(self, key: str, value: str) -> bool:
        place, text = key.casefold(), value.strip().lstrip("@").casefold()
        return any(
            text == name.casefold() and place in {*_ACCOUNT_KEYS, platform.casefold()}
            for platform, name in _split(self.accounts)
        )


def make_traces(
    emails: Iterable[str], names: Iterable[str], accounts: Iterable[str], others: Iterable[str] = ()
) -> Traces:
    """Return what names a person; a name of one word is nobody's alone, so it is not looked for."""
    whole = {" ".join(name.split()) for name in names}
    return Traces(
        emails=tuple(sorted({email.lower() for email in emails if "@" in email})),
        names=tuple(sorted(name for name in whole if " " in name and len(name) >= _SHORTEST_NAME)),
        accounts=tuple(sorted({account.strip() for account in accounts if account.partition("/")[2].strip()})),
        others=tuple(sorted({" ".join(other.split()) for other in others})),
    )


def join_traces(several: Iterable[Traces]) -> Traces:
    """Return what names any of several people; who is among them does not stay."""
    every = list(several)
    gone = {fold_name(name) for one in every for name in (*one.names, *one.emails)}
    return Traces(
        emails=tuple(sorted({email for one in every for email in one.emails})),
        names=tuple(sorted({name for one in every for name in one.names})),
        accounts=tuple(sorted({account for one in every for account in one.accounts})),
        others=tuple(sorted({other for one in every for other in one.others if fold_name(other) not in gone})),
    )


def fold_name(name: str) -> str:
    """Return a name as it is compared: SQLite's own folding knows plain letters only."""
    return " ".join(name.split()).casefold()


def _compile(traces: Traces) -> re.Pattern[str]:
    """Return what finds them. A group of its own is what stays in front; `keep` is somebody else's name."""
    kept = sorted((_whole(other) for other in traces.others), key=len, reverse=True)
    parts = [rf"(?P<keep>{'|'.join(kept)})"] if kept else []
    for email in traces.emails:
        forms = sorted({re.escape(email), re.escape(quote(email, safe="")), re.escape(quote(email, safe="@"))})
        parts.append(rf"(?<![\w.+-])(?:{'|'.join(forms)})(?![\w-]|\.\w)")
    parts += [_whole(name) for name in sorted(traces.names, key=len, reverse=True)]
    parts += [form for platform, name in _split(traces.accounts) for form in _account(platform, name)]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def _whole(words: str) -> str:
    """Return what finds a name or address, not as a part of a longer word: Garcia-Lopez is another name."""
    inner = r"\s+".join(re.escape(word) for word in words.split(" "))
    return rf"(?<!\w)(?<!\w-){inner}(?!\w|-\w)"


def _account(platform: str, name: str) -> list[str]:
    """Return what finds an account as people write it: @name, its address on the web, platform/name."""
    ends = r"(?![\w-]|\.\w)"
    if platform == WEBSITE:
        return [rf"(?<![\w@.-])((?:www\.)?){re.escape(name)}{ends}"]
    hosts = PLATFORMS[platform].hosts if platform in PLATFORMS else ()
    places = "|".join(re.escape(one) for one in (*hosts, platform) if one)
    on_web = rf"(?<![\w-])((?:{places})/(?:\w{{1,12}}/)?)@?{re.escape(name)}{ends}"
    mention = rf"(?<![\w.@/+-])(@){re.escape(name)}{ends}"
    return [on_web, mention] if places else [mention]


def _split(accounts: Iterable[str]) -> list[tuple[str, str]]:
    """Return platform and name of accounts."""
    return [(platform, name) for platform, _, name in (account.partition("/") for account in accounts) if name]


def _put_gone(found: re.Match[str]) -> str:
    groups = found.groupdict()
    if groups.get("keep"):
        return found[0]
    return (found[found.lastindex] if found.lastindex else "") + GONE


def _compile_cuts(traces: Traces) -> re.Pattern[str]:
    """Return what finds the beginning of an address or name where an excerpt was cut in the middle of it."""
    others = {fold_name(other).rstrip(".") for other in traces.others}
    begins = [(email, email.index("@") + 1) for email in traces.emails]
    begins += [(name, name.index(" ") + 1) for name in traces.names]
    heads = {whole[:size] for whole, least in begins for size in range(len(whole) - 1, least, -1)}
    some = sorted((head for head in heads if fold_name(head) not in others), key=len, reverse=True)
    inner = "|".join(map(re.escape, some))
    return re.compile(rf"(?<![\w.+-])(?:{inner})(?=[.…\s]*\Z)" if some else r"(?!)", re.IGNORECASE)


def _fills_cell(content: bytes, account: str, encoding: str) -> bool:
    """Return whether an account is alone in a cell of a file, or comes after / or @."""
    ends = [one.encode(encoding) for one in (",", ";", "\t", '"', "\r", "\n")]
    begins = [*ends, *(one.encode(encoding) for one in ("/", "@"))]
    word = re.escape(account.encode(encoding, "ignore"))
    before, after = (b"|".join(map(re.escape, some)) for some in (begins, [*ends, "/".encode(encoding)]))
    return bool(word) and re.search(b"(?:\\A|" + before + b")" + word + b"(?:\\Z|" + after + b")", content) is not None


def _first_word(name: str) -> str:
    """Return the first word of a name, or the longest where that is an initial."""
    words = name.split()
    return words[0] if len(_longest_run(words[0])) >= _SHORTEST_RUN else max(words, key=len)


def _longest_run(text: str) -> str:
    """Return the longest stretch of plain letters, which reads the same in JSON and in any folding."""
    runs = [found for found in _RUN.findall(text) if '"' not in found]
    return max(runs, key=len, default="")
