"""Pure: from raw bytes to a ParsedMail; any bytes in, a value out."""

from mailer.parse.classify import parse_mail

__all__ = ["parse_mail"]
