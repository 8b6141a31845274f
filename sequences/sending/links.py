"""Pure: which opt-out a mail may carry. A link nobody outside can open is worse than none.

Source: docs/operating.md, RAPPORT_PUBLIC_URL.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from kit.seal import Seal
from mailer.servers import is_loopback
from sequences.reading.opt_outs import make_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Makes the links that leave the house. `is_public`: the address is https and not loopback."""

    seal: Seal
    public_url: str
    is_public: bool

    def opt_out_url(self, email: str, *, smtp_url: str, mailbox: str) -> str:
        """Return what the footer links to: our page, or a mail to the mailbox while the page is not reachable."""
        if self.is_public or is_loopback(urlsplit(smtp_url).hostname or ""):
            return self._page(email)
        return f"mailto:{quote(mailbox, safe='@')}?subject=unsubscribe"

    def one_click_url(self, email: str) -> str | None:
        """Return the link for one click (RFC 8058), which must be https and reachable."""
        return self._page(email) if self.is_public else None

    def _page(self, email: str) -> str:
        return f"{self.public_url}/u/{quote(make_token(self.seal, email), safe='')}"
