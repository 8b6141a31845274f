"""Pure: what the linter says: a code, where it looked, a sentence, and the text that the rule comes from."""

from dataclasses import dataclass

_HOUSE = "house rule"

SOURCES: dict[str, str] = {
    "bare-line-break": "RFC 5322 2.3",
    "nul": "RFC 2045 2.7",
    "line-too-long": "RFC 5322 2.1.1",
    "unfinished-line": "RFC 5321 2.3.8",
    "no-body": "RFC 5322 2.1",
    "header-line-long": "RFC 5322 2.1.1",
    "header-not-ascii": "RFC 5322 2.2",
    "header-not-utf8": "RFC 6532 3",
    "header-control": "RFC 5322 3.2.3",
    "header-syntax": "RFC 5322 2.2",
    "blank-continuation": "RFC 5322 3.2.2",
    "field-repeated": "RFC 5322 3.6",
    "field-missing": "RFC 5322 3.6",
    "mime-version": "RFC 2045 4",
    "date-syntax": "RFC 5322 3.3",
    "address-syntax": "RFC 5322 3.4",
    "address-too-long": "RFC 5321 4.5.3.1",
    "address-idn": "RFC 5891 4.2",
    "from-several": "RFC 7489 6.6.1",
    "message-id-syntax": "RFC 5322 3.6.4",
    "message-id-domain": "RFC 5322 3.6.4",
    "references-syntax": "RFC 5322 3.6.4",
    "references-repeated": "RFC 5322 3.6.4",
    "references-long": "RFC 5537 3.4.4",
    "in-reply-to-not-last": "RFC 5322 3.6.4",
    "word-too-long": "RFC 2047 2",
    "word-line-long": "RFC 2047 2",
    "word-unspaced": "RFC 2047 5",
    "word-misplaced": "RFC 2047 5",
    "word-syntax": "RFC 2047 4",
    "word-charset": "RFC 2047 3",
    "word-splits-character": "RFC 2047 5",
    "word-control": "RFC 2047 7",
    "parameter-syntax": "RFC 2045 5.1",
    "parameter-repeated": "RFC 2045 5",
    "parameter-continuation": "RFC 2231 3",
    "parameter-extended": "RFC 2231 4",
    "content-type-syntax": "RFC 2045 5.1",
    "charset-missing": "RFC 2046 4.1.2",
    "charset-unknown": "RFC 2046 4.1.2",
    "charset-content": "RFC 2046 4.1.2",
    "encoding-unknown": "RFC 2045 6.1",
    "encoding-composite": "RFC 2045 6.4",
    "seven-bit-content": "RFC 2045 2.7",
    "eight-bit-unannounced": "RFC 6152 3",
    "quoted-printable-line": "RFC 2045 6.7",
    "quoted-printable-syntax": "RFC 2045 6.7",
    "base64-line": "RFC 2045 6.8",
    "base64-syntax": "RFC 2045 6.8",
    "boundary-syntax": "RFC 2046 5.1.1",
    "boundary-unused": "RFC 2046 5.1.1",
    "boundary-unclosed": "RFC 2046 5.1.1",
    "boundary-in-content": "RFC 2046 5.1.1",
    "parts-too-deep": _HOUSE,
    "attachment-unnamed": "RFC 2183 2.3",
    "alternative-order": "RFC 2046 5.1.4",
    "alternative-differs": "RFC 2046 5.1.4",
    "html-alone": _HOUSE,
    "link-missing": _HOUSE,
    "link-disguised": _HOUSE,
    "remote-content": _HOUSE,
    "active-content": _HOUSE,
    "unsubscribe-syntax": "RFC 2369 2",
    "unsubscribe-not-https": "RFC 8058 3.1",
    "one-click-value": "RFC 8058 2",
    "one-click-without-link": "RFC 8058 3.1",
    "one-click-missing": "RFC 8058 3.1",
    "dkim-syntax": "RFC 6376 3.5",
    "dkim-body": "RFC 6376 3.7",
    "dkim-coverage": "RFC 6376 5.4, RFC 8058 4",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One objection. `where` is a line, a field or a part such as `part 1.2`; empty for the whole mail."""

    code: str
    where: str
    sentence: str

    @property
    def source(self) -> str:
        """Where the rule is written down."""
        return SOURCES[self.code]


def found(code: str, where: str, sentence: str) -> Finding:
    """Return a finding; its code is one of `SOURCES`."""
    assert code in SOURCES  # noqa: S101 - a slip of ours, never of the mail's
    return Finding(code=code, where=where, sentence=sentence)
