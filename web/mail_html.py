"""Pure: somebody else's HTML made harmless: known tags and plain styles stay, nothing runs and nothing is fetched."""

import re

import nh3

LONGEST = 400_000  # characters
_TAGS_WORDS = """
    a abbr b blockquote br caption center code dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i ins li ol p pre q s
    small span strike strong sub sup table tbody td tfoot th thead tr u ul
"""
_TAGS = set(_TAGS_WORDS.split())
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align", "style"},
    "a": {"href"},
    "font": {"color", "size"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "td": {"colspan", "rowspan", "width", "valign", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "valign", "bgcolor"},
    "tr": {"valign", "bgcolor"},
    "ol": {"start", "type"},
}
_STYLES_WORDS = """
    color background-color font-family font-size font-style font-weight line-height letter-spacing text-align
    text-decoration text-transform vertical-align white-space width max-width height padding padding-top
    padding-right padding-bottom padding-left margin margin-top margin-right margin-bottom margin-left border
    border-top border-right border-bottom border-left border-collapse border-spacing border-color border-style
    border-width border-radius direction
"""
_STYLES = set(_STYLES_WORDS.split())
# Whatever could reach out or hide behind an escape.
_REACHES = re.compile(r"url|image|expression|import|attr|var|@|\\|/\*|-moz|behavior", re.IGNORECASE)
_GONE = {"script", "style", "head", "title", "svg", "math", "template", "noscript", "iframe", "object", "textarea",
         "select", "option", "xmp", "noembed", "noframes", "plaintext"}  # fmt: skip


def clean_mail(html: str) -> str:
    """Return the HTML of a mail without scripts, forms, pictures, frames and anything else that could reach out."""
    return nh3.clean(
        html[:LONGEST],
        tags=_TAGS,
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )


def _keep(_tag: str, name: str, value: str) -> str | None:
    if name == "style" and _REACHES.search(value):
        kept = [part for part in value.split(";") if not _REACHES.search(part)]
        return ";".join(kept) if not _REACHES.search(";".join(kept)) else None
    return value
