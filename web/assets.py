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
# What every page needs travels as one.
_TOGETHER = {"every.js": ("rapport.js", "rows.js", "arrive.js", "palette.js", "keep.js")}
_YEAR_S = 31_536_000


@dataclass(frozen=True)
class Asset:
    """A static file, or several of a kind that every page needs. What is made of it is made once, when first asked."""

    paths: tuple[Path, ...]

    @property
    def mimetype(self) -> str:
        """What it is (RFC 9110, section 8.3)."""
        return _kind_of(self.paths[0])[0]

    @cached_property
    def content(self) -> bytes:
        """What is sent to who takes nothing packed."""
        return b"\n".join(_read_short(path) for path in self.paths)

    @cached_property
    def mark(self) -> str:
        """What it is known by: other content has another address."""
        return hashlib.sha256(b"".join(path.read_bytes() for path in self.paths)).hexdigest()[:10]

    @cached_property
    def packed(self) -> Mapping[str, bytes]:
        """The content by how it is packed (RFC 9110, section 8.4.1), the shortest first."""
        return {"br": brotli.compress(self.content), "gzip": gzip.compress(self.content, 9, mtime=0)}


def attach_assets(app: Flask, folder: Path) -> None:
    """Let `app` hand out the files of `folder` under /static, and know the address of each."""
    assets = {path.relative_to(folder).as_posix(): Asset((path,)) for path in folder.rglob("*") if _is_kept(path)}
    assets |= {name: Asset(tuple(folder / part for part in parts)) for name, parts in _TOGETHER.items()}

    def find_address(name: str) -> str:
        """Return the address of a static file; empty when set-up did not fetch it."""
        return url_for("static", filename=name, v=assets[name].mark) if name in assets else ""

    def send_asset(filename: str) -> Response:
        return _send(assets[filename]) if filename in assets else abort(404)

    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=send_asset)
    app.jinja_env.globals["asset"] = find_address


def _read_short(path: Path) -> bytes:
    shorten = _kind_of(path)[1]
    return shorten(path.read_text("utf-8")).encode() if shorten else path.read_bytes()


def _is_kept(path: Path) -> bool:
    return "".join(path.suffixes) in _KINDS


def _kind_of(path: Path) -> tuple[str, Callable[[str], str] | None]:
    return _KINDS["".join(path.suffixes)]


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
