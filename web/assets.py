"""Wire: style, scripts and pictures as browsers get them: without comments and blanks, packed once, kept for good."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import brotli
from flask import Flask, Response, abort, request, url_for
from rjsmin import jsmin

from web.short_style import shorten_style

_KINDS: Mapping[str, tuple[str, Callable[[str], str] | None]] = MappingProxyType(
    {
        ".css": ("text/css", shorten_style),
        ".js": ("text/javascript", jsmin),
        # A library, as its makers shortened it.
        ".min.js": ("text/javascript", None),
        ".svg": ("image/svg+xml", None),
    }
)
_YEAR_S = 31_536_000


@dataclass(frozen=True)
class Asset:
    """One static file. What is made of it is made once, at the first browser that asks."""

    path: Path

    @property
    def mimetype(self) -> str:
        """What it is (RFC 9110, section 8.3)."""
        return self._kind[0]

    @cached_property
    def content(self) -> bytes:
        """The file as it is sent to who takes nothing packed."""
        shorten = self._kind[1]
        return shorten(self.path.read_text("utf-8")).encode() if shorten else self.path.read_bytes()

    @cached_property
    def mark(self) -> str:
        """What the file is known by: another file has another address."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()[:10]

    @cached_property
    def packed(self) -> Mapping[str, bytes]:
        """The content by how it is packed (RFC 9110, section 8.4.1), the shortest first."""
        return {"br": brotli.compress(self.content), "gzip": gzip.compress(self.content, 9, mtime=0)}

    @property
    def _kind(self) -> tuple[str, Callable[[str], str] | None]:
        return _KINDS["".join(self.path.suffixes)]


def attach_assets(app: Flask, folder: Path) -> None:
    """Let `app` hand out the files of `folder` under /static, and know the address of each."""
    assets = {
        path.relative_to(folder).as_posix(): Asset(path)
        for path in folder.rglob("*")
        if "".join(path.suffixes) in _KINDS
    }

    def find_address(name: str) -> str:
        """Return the address of a static file; empty when set-up did not fetch it."""
        return url_for("static", filename=name, v=assets[name].mark) if name in assets else ""

    def send_asset(filename: str) -> Response:
        return _send(assets[filename]) if filename in assets else abort(404)

    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=send_asset)
    app.jinja_env.globals["asset"] = find_address


def _send(asset: Asset) -> Response:
    how = request.accept_encodings.best_match(asset.packed)
    answer = Response(asset.packed[how] if how else asset.content, mimetype=asset.mimetype)
    if how:
        answer.content_encoding = how
    answer.vary.add("Accept-Encoding")
    if request.args.get("v") == asset.mark:
        answer.cache_control.public = answer.cache_control.immutable = True
        answer.cache_control.max_age = _YEAR_S
    else:
        answer.cache_control.no_cache = True
    answer.set_etag(f"{asset.mark}-{how or 'plain'}")
    answer.make_conditional(request)
    return answer
