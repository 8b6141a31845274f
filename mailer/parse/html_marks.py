"""Pure: the marks by which mail programs set the quoted mail and the signature apart in HTML."""

import re

# What an element does to the text inside it: nothing (an empty text), or one of these.
HIDDEN = "hidden"  # shows nothing, to anybody
CITE = "cite"  # is a quote and is shown with marks
BARE = "bare"  # is a blockquote without any sign of a mail program: quoted as well, but shown without marks
QUOTE = "quote"  # is quoted, or a signature
BOX = "box"  # holds an attribution and quotes; answers may stand between and below these
CUT = "cut"  # is where the quoted mail begins; Outlook puts it beside, not inside

_SKIPPED_WORDS = "head style script title template noscript svg object"
SKIPPED = frozenset(_SKIPPED_WORDS.split())

_BOX_CLASS = re.compile(r"gmail_quote|protonmail_quote", re.IGNORECASE)
_QUOTE_CLASS = re.compile(
    r"gmail_attr|yahoo_quoted|moz-cite-prefix|moz-forward-container|tutanota_quote|zmail_extra|spark_quote|"
    r"front-blockquote|"
    r"airmail_on|airmail_ext_on|clean_bq|history_container|iwc_quote|replaced?message|freshdesk_quote|"
    r"gmail_signature|moz-signature|protonmail_signature|yahoo-signature|k9mail-signature|sh-signature|front-signature|"
    r"(?:^|\s)mb_sig|tutanota-signature|x_signature",
    re.IGNORECASE,
)
_QUOTE_ID = re.compile(
    r"OLK_SRC_BODY_SECTION|yahoo_quoted|isForwardContent|isReplyContent|reply-intro|"
    r"DAB4FAD8-2DD7-40BB-A1B8-4E2AA1F9FDF2|"
    r"^(?:x_)*signature(?:_old)?$|AppleMailSignature|ms-outlook-mobile-signature|ymail_\w{1,12}_signature|"
    r"composer_signature|"
    r"lineBreakAtBeginningOfSignature",
    re.IGNORECASE,
)
_QUOTE_NAMES = frozenset({"quote", "messagereplysection", "messagesignaturesection"})
_CUT_ID = re.compile(
    r"divRplyFwdMsg|appendonsend|^_*origbody|stopSpelling|^(?:x_)*zwchr$|mail-editor-reference-message|replySplit",
    re.IGNORECASE,
)
_CUT_CLASS = re.compile(r"outlook-mobile-reference-message|OutlookMessageHeader", re.IGNORECASE)
_CUT_MARKERS = frozenset({"__DIVIDER__", "__HEADERS__", "__QUOTED_TEXT__"})
_OUTLOOK_COLOUR = r"(?:#B5C4DF|#E1E1E1|rgb\(\s?181,\s?196,\s?223|rgb\(\s?22[59],\s?22[59],\s?22[59])"
_OUTLOOK_LINE = re.compile(
    rf"border(?:-top|-color|-top-color)?:[^;]{{0,40}}{_OUTLOOK_COLOUR}|border-top:\s*solid windowtext|"
    r"border:\s*none;\s*border-top:\s*solid",
    re.IGNORECASE,
)
_TOP_ONLY = re.compile(r"border-top|solid none none", re.IGNORECASE)
_NO_BORDER = re.compile(r"border(?:-\w{1,6})?:\s*(?:none|0|medium none|initial none)", re.IGNORECASE)
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def effect_of(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    """Return what an element does to the text inside it."""
    if tag in SKIPPED:
        return HIDDEN
    given = {name: value for name, value in attrs if value}
    style = given.get("style", "")
    if style and _DISPLAY_NONE.search(style):
        return HIDDEN
    if _is_cut(tag, given, style):
        return CUT
    if tag == "blockquote":
        return _effect_of_blockquote(given, style)
    classes = given.get("class", "")
    if classes and _QUOTE_CLASS.search(classes):
        return QUOTE
    if classes and _BOX_CLASS.search(classes):
        return BOX
    name = given.get("name", "").lower()
    return QUOTE if ("id" in given and _QUOTE_ID.search(given["id"])) or name in _QUOTE_NAMES else ""


def _effect_of_blockquote(given: dict[str, str], style: str) -> str:
    """Tell a quoted mail from own words that an editor's button moved to the right."""
    if _NO_BORDER.search(style) and given.keys() <= {"style", "dir"}:
        return ""
    return CITE if given.keys() & {"type", "cite", "class", "id"} or "border-left" in style.lower() else BARE


def _is_cut(tag: str, given: dict[str, str], style: str) -> bool:
    if "id" in given and _CUT_ID.search(given["id"]):
        return True
    if "class" in given and _CUT_CLASS.search(given["class"]):
        return True
    if tag in {"div", "p"} and "order" in style and _OUTLOOK_LINE.search(style) and _TOP_ONLY.search(style):
        return True
    return given.get("data-marker") in _CUT_MARKERS
