"""Pure: a domain as it is written on the wire, in ASCII."""

import idna


def ascii_domain(domain: str) -> str:
    """Return `domain` in lower case and in A-labels.

    Underscores and address literals such as `[127.0.0.1]` pass unchanged, because real servers use them.

    Raises:
        ValueError: it is empty or cannot be encoded (RFC 5891).
    """
    plain = domain.strip().rstrip(".").lower()
    if not plain:
        raise ValueError("The domain is empty.")
    if plain.isascii():
        if not plain.isprintable() or " " in plain:
            raise ValueError(f"“{domain!r}” is no domain.")
        return plain
    try:
        return idna.encode(plain, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(f"“{domain}” is no domain: {error}.") from error


def ascii_address(email: str) -> str:
    """Return `email` with its domain in ASCII; the local part stays as it is (RFC 6531 may be needed for it).

    Raises:
        ValueError: there is no `@`, or a side of it is empty or unusable.
    """
    local, at, domain = email.rpartition("@")
    if not at or not local:
        raise ValueError(f"“{email!r}” is no mail address.")
    return f"{local}@{ascii_domain(domain)}"
