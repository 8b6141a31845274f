"""Wire: numbers lead in addresses and names are decoration: a page is found wherever a name follows its number."""

import re

from flask import current_app, request
from werkzeug.exceptions import HTTPException

_DECORATED = re.compile(r"/(\d+)-[^/]+")


def find_plain_address() -> str:
    """Return the address of this page without the names in it; empty when there is none such."""
    plain = _DECORATED.sub(r"/\1", request.path)
    if request.method != "GET" or plain == request.path:
        return ""
    try:
        current_app.url_map.bind(request.host).match(plain)
    except HTTPException:
        return ""
    asked = request.query_string.decode("latin-1")
    return f"{plain}?{asked}" if asked else plain
