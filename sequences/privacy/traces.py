"""Pure: what of a text or document names one person, and the text without it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

GONE = "[erased]"
_SHORTEST_NAME = 5
_SHORTEST_RUN = 3
_RUN = re.compile(r"[\x21-\x24\x26-\x5b\x5d\x5e\x60-\x7e]+(?: [\x21-\x24\x26-\x5b\x5d\x5e\x60-\x7e]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What names a person: addresses, whole names, and accounts as they are written (never a bare word)."""

    emails: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    pattern: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile what finds them all."""
        object.__setattr__(self, "pattern", _compile(self))

    def document(self) -> dict[str, list[str]]:
        """Return what a row keeps of it while the work lasts."""
        return {"emails": list(self.emails), "names": list(self.names), "accounts": list(self.accounts)}

    @classmethod
    def of_document(cls, kept: Mapping[str, Iterable[str]]) -> "Traces":
        """Return what a row kept."""
        return cls(**{name: tuple(values) for name, values in kept.items()})

    def needles(self) -> list[str]:
        """Return texts of which one is in every text that names the person, in any upper and lower case.

        They are what a database looks for: plain letters, so that JSON's escapes and folding do not matter.
        """
        heads = [*(email.partition("@")[0] + "@" for email in self.emails), *map(_first_word, self.names)]
        found = [_longest_run(one) for one in (*heads, *self.accounts)]
        found += [_longest_run(quote(email.partition("@")[0], safe="")) for email in self.emails]
        plain = [*map(_first_word, self.names), *self.accounts]
        whole = {
            form
            for one in plain
            if len(_longest_run(one)) < _SHORTEST_RUN
            # Databases fold plain letters only.
            for form in (one, one.lower(), one.upper(), one.title())
        }
        escaped = [json.dumps(one)[1:-1] for one in whole]
        return sorted({one for one in (*found, *whole, *escaped) if len(one) >= _SHORTEST_RUN or one in whole})

    def scrub(self, text: str) -> str:
        """Return a text without them."""
        return self.pattern.sub(GONE, text)

    def scrub_document(self, value: Any) -> Any:
        """Return a JSON value without them, in keys too; an account that stands alone as a value is one."""
        if isinstance(value, str):
            return GONE if value.casefold() in self._alone else self.scrub(value)
        if isinstance(value, list):
            return [self.scrub_document(one) for one in value]
        if isinstance(value, dict):
            return {self.scrub(str(key)): self.scrub_document(one) for key, one in value.items()}
        return value

    def is_in_file(self, content: bytes) -> bool:
        """Return whether a file names the person, whatever its encoding."""
        low = content.lower()
        words = {one.lower() for one in (*self.emails, *self.names, *self.accounts)}
        return any(
            word.encode(encoding, "ignore").lower() in low
            for word in words
            for encoding in ("utf-8", "cp1252", "utf-16-le", "utf-16-be")
            if len(word.encode(encoding, "ignore")) >= _SHORTEST_RUN
        )

    @property
    def _alone(self) -> set[str]:
        return {account.casefold() for account in self.accounts}


def make_traces(emails: Iterable[str], names: Iterable[str], accounts: Iterable[str]) -> Traces:
    """Return what names a person; a name of one word is nobody's alone, so it is not looked for."""
    whole = {" ".join(name.split()) for name in names}
    return Traces(
        emails=tuple(sorted({email.lower() for email in emails if "@" in email})),
        names=tuple(sorted(name for name in whole if " " in name and len(name) >= _SHORTEST_NAME)),
        accounts=tuple(sorted({account.strip() for account in accounts if account.strip()})),
    )


def join_traces(several: Iterable[Traces]) -> Traces:
    """Return what names any of several people."""
    every = list(several)
    return Traces(
        emails=tuple(sorted({email for one in every for email in one.emails})),
        names=tuple(sorted({name for one in every for name in one.names})),
        accounts=tuple(sorted({account for one in every for account in one.accounts})),
    )


def _compile(traces: Traces) -> re.Pattern[str]:
    parts = []
    for email in traces.emails:
        forms = sorted({re.escape(email), re.escape(quote(email, safe="")), re.escape(quote(email, safe="@"))})
        parts.append(rf"(?<![\w.+-])(?:{'|'.join(forms)})(?![\w-]|\.\w)")
        parts.append(_cut_off(email, email.index("@") + 1))
    for name in traces.names:
        words = r"\s+".join(re.escape(word) for word in name.split(" "))
        parts.append(rf"(?<!\w){words}(?!\w)")
        parts.append(_cut_off(name, name.index(" ") + 1))
    # As people write accounts: @name, a path of an address on the web, platform/name.
    parts += [rf"(?<=[@/])@?{re.escape(account)}(?![\w-])" for account in traces.accounts]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def _cut_off(whole: str, least: int) -> str:
    """Return what finds the beginning of an address or name where an excerpt was cut in the middle of it."""
    heads = "|".join(re.escape(whole[:size]) for size in range(len(whole) - 1, least, -1))
    return rf"(?<![\w.+-])(?:{heads})(?=[.…\s]*\Z)" if heads else r"(?!)"


def _first_word(name: str) -> str:
    """Return the first word of a name, or the longest where that is an initial."""
    words = name.split()
    return words[0] if len(_longest_run(words[0])) >= _SHORTEST_RUN else max(words, key=len)


def _longest_run(text: str) -> str:
    """Return the longest stretch of plain letters, which reads the same in JSON and in any folding."""
    runs = [found for found in _RUN.findall(text) if '"' not in found]
    return max(runs, key=len, default="")
