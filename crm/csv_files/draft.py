"""Pure: gathers the addresses, accounts and figures of one row, with what could not be used."""

import re
from dataclasses import dataclass, field
from datetime import date

from crm.csv_files.candidates import CandidateHandle
from crm.csv_files.handles import Account, parse_handle
from crm.csv_files.metrics import Metrics
from crm.csv_files.numbers import is_blank
from crm.csv_files.platforms import WEBSITE
from kit.errors import say
from mailer.addresses import normalise_email

_MANY = re.compile(r"[\s,;|]+")
_PARTS = re.compile(r"[,;|\n]")
_BRACKETED = re.compile(r"<([^<>]*)>")
_MAX_SHOWN = 60
_MAX_EACH = 20


@dataclass(slots=True, kw_only=True)
class Draft:
    """One row while it is read. `misread` counts addresses and handles that were there but unusable."""

    platform: str | None
    emails: dict[str, None] = field(default_factory=dict)
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    metrics: dict[str | None, Metrics] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    bad_emails: list[str] = field(default_factory=list)
    loose_name: str | None = None

    def add_emails(self, cell: str) -> None:
        """Take in a cell of one or several addresses."""
        for text in _addresses(cell):
            email = normalise_email(text)
            if email is None:
                self.bad_emails.append(shown(text))
            elif len(self.emails) < _MAX_EACH:
                self.emails[email] = None

    def add_handles(self, cell: str, platform: str | None) -> None:
        """Take in a cell of one or several handles or addresses of profiles."""
        parts = [part for part in _MANY.split(cell) if part] if _MANY.search(cell) else [cell]
        # Several words are several handles only when each looks like one: `Pia Draws` is a name.
        several = len(parts) > 1 and all(part.startswith("@") or "/" in part or "www." in part for part in parts)
        for text in parts if several else (cell,):
            account = parse_handle(text, platform)
            if account is not None:
                if len(self.accounts) < _MAX_EACH:
                    self.accounts.setdefault((account.platform, account.username), account)
            elif email := normalise_email(text) if "@" in text[1:] else None:
                self.emails[email] = None
            else:
                self._refuse_handle(text, platform)

    def _refuse_handle(self, text: str, platform: str | None) -> None:
        """Note why a handle was not understood; words without a platform's look may still be a name."""
        address = "/" in text or ":" in text
        if address:
            self.warnings.append(say("%(value)s is no profile address that we know.", value=shown(text)))
        elif platform is None:
            self.warnings.append(say("No platform is known for the handle %(value)s.", value=shown(text)))
        else:
            self.warnings.append(
                say("%(value)s cannot be a user name on %(platform)s.", value=shown(text), platform=platform)
            )
        if platform is not None and not address and not text.startswith("@"):
            self.loose_name = self.loose_name or text

    def handles(self, **about: str | None) -> tuple[CandidateHandle, ...]:
        """Return the accounts with their figures; those of no named platform belong to the first account."""
        accounts = list(self.accounts.values())
        main = next((account for account in accounts if account.platform == self.platform), None)
        main = main or next((account for account in accounts if account.platform != WEBSITE), None)
        main = main or next(iter(accounts), None)
        owners: dict[str | None, Account] = {account.platform: account for account in reversed(accounts)}
        if main is not None:
            owners[None] = main
        figures: dict[Account, list[Metrics]] = {}
        for platform, metrics in self.metrics.items():
            if metrics.is_empty():
                continue
            if owner := owners.get(platform):
                figures.setdefault(owner, []).append(metrics)
            else:
                self.warnings.append(
                    say("Figures were left out: the row has no %(platform)s handle.", platform=platform)
                    if platform
                    else say("Figures were left out: the row has no usable handle.")
                )
        usual = self.metrics[None].read_on if None in self.metrics else None
        return tuple(_handle(account, figures.get(account, []), about, usual) for account in accounts)


def _addresses(cell: str) -> list[str]:
    """Return the texts of a cell that stand for addresses: `Mia <mia@tinte.example>; tom@tinte.example` has two."""
    if "@" not in cell:
        return [cell]
    if "<" in cell:
        parts = [part for part in _PARTS.split(cell) if "@" in part]
        return [found[1] if (found := _BRACKETED.search(part)) else part for part in parts]
    return [part for part in _MANY.split(cell) if not is_blank(part)]


def shown(text: str) -> str:
    """Return a text as a sentence quotes it: on one line, cut when long."""
    line = " ".join(text.split())
    return f"“{line[:_MAX_SHOWN]}…”" if len(line) > _MAX_SHOWN else f"“{line}”"


def _handle(
    account: Account, figures: list[Metrics], about: dict[str, str | None], read_on: date | None
) -> CandidateHandle:
    """Return one account with its figures; where two columns gave the same figure the platform's own one holds."""
    counts = {name: count for metrics in figures for name, count in metrics.counts.items()}
    rates = [metrics.engagement_rate for metrics in figures if metrics.engagement_rate is not None]
    scores = [metrics.score for metrics in figures if metrics.score is not None]
    prices = [metrics.price for metrics in figures if metrics.price is not None]
    days = [metrics.last_post_on for metrics in figures if metrics.last_post_on is not None]
    read = [metrics.read_on for metrics in figures if metrics.read_on is not None]
    amount, currency = prices[-1] if prices else (None, None)
    return CandidateHandle(
        platform=account.platform,
        username=account.username,
        url=account.url,
        followers=counts.get("followers"),
        avg_views=counts.get("avg_views"),
        avg_likes=counts.get("avg_likes"),
        avg_comments=counts.get("avg_comments"),
        posts=counts.get("posts"),
        engagement_rate=rates[-1] if rates else None,
        score=scores[-1] if scores else None,
        price_amount=amount,
        price_currency=currency or (about["currency"] if amount is not None else None),
        last_post_on=days[-1] if days else None,
        read_on=read[-1] if read else read_on,
        topic=about["topic"],
        country=about["country"],
        language=about["language"],
    )
