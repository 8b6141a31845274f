"""Pure: consent to sign in to a mailbox with tokens, and the requests for it that are under way in a browser."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Instant


class Consent(Base):
    """What a mailbox signs in with instead of a password. Both tokens are sealed.

    `provider` names the OAuth client of the settings; `expires_at` is the access token's end; `ended_at` says when
    the issuer told us that consent was withdrawn or has expired.
    """

    __tablename__ = "mail_consents"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id", ondelete="CASCADE"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(40))
    access_token: Mapped[str] = mapped_column(Text)
    refresh_token: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    given_at: Mapped[datetime] = mapped_column(Instant)
    given_by: Mapped[str] = mapped_column(String(80))
    refreshed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class ConsentRequest(Base):
    """One way to an issuer's page and back: for one person, one mailbox, one use, ten minutes.

    Only the hash of the `state` is stored; the PKCE verifier is sealed (RFC 7636).
    """

    __tablename__ = "mail_consent_requests"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(String(40))
    verifier: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
