"""What a browser that comes for the first time takes over the wire for a page: the page, its style and its scripts."""

import gzip
import re
from functools import partial

from flask.testing import FlaskClient

_STATIC = re.compile(r'(?:src|href)="(/static/[^"]+)"')


class Scales:
    """Weighs pages as packed with gzip, which every browser takes; brotli weighs a tenth less."""

    def __init__(self, client: FlaskClient) -> None:
        self._get = partial(client.get, headers={"Accept-Encoding": "gzip"})
        self._static: dict[str, int] = {}

    def weigh(self, path: str) -> int | None:
        """Return the bytes of a page with its style, scripts and icon; None when the address shows no page."""
        with self._get(path) as answer:
            data = answer.get_data()
            if answer.status_code != 200 or answer.mimetype != "text/html":
                return None
            text = (gzip.decompress(data) if answer.content_encoding == "gzip" else data).decode()
        return len(data) + sum(self._weigh_static(address) for address in set(_STATIC.findall(text)))

    def _weigh_static(self, address: str) -> int:
        if address not in self._static:
            with self._get(address) as answer:
                self._static[address] = len(answer.get_data())
        return self._static[address]
