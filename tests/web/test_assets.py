"""Static files: short, packed, kept for good; and nothing but them."""

import gzip
from pathlib import Path

import brotli
import pytest
from flask import Flask

from web.assets import Asset

STYLE = "/static/rapport.css"


def _asset(tmp_path: Path, name: str, text: str) -> Asset:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return Asset((path,))


def test_comments_and_blanks_stay_at_home(tmp_path: Path) -> None:
    style = _asset(tmp_path, "a.css", "/* why */\n.a > .b {\n  width: calc(1px + 2px);\n}\n")
    assert style.content == b".a > .b{width: calc(1px + 2px);}"
    script = _asset(tmp_path, "a.js", "// why\nconst say = (name) => `a  ${name}\n// b`;\n")
    assert script.content == b"const say=(name)=>`a  ${name}\n// b`;"
    assert _asset(tmp_path, "a.min.js", "// theirs\n").content == b"// theirs\n"


@pytest.mark.parametrize(("name", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_each_browser_gets_what_it_can_unpack(app: Flask, name: str, unpack: type) -> None:
    plain = app.test_client().get(STYLE)
    packed = app.test_client().get(STYLE, headers={"Accept-Encoding": f"{name};q=0.9, identity;q=0.1"})
    assert (packed.headers["Content-Encoding"], packed.mimetype) == (name, "text/css")
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert unpack(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 4
    assert "Content-Encoding" not in plain.headers
    refused = app.test_client().get(STYLE, headers={"Accept-Encoding": "br;q=0, gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_an_address_with_its_mark_is_kept_for_good_and_any_other_is_asked_again(app: Flask) -> None:
    with app.test_request_context():
        address = app.jinja_env.globals["asset"]("rapport.css")
    kept = app.test_client().get(address)
    assert kept.headers["Cache-Control"] == "public, immutable, max-age=31536000"
    asked = app.test_client().get(STYLE)
    assert asked.headers["Cache-Control"] == "no-cache"
    again = app.test_client().get(STYLE, headers={"If-None-Match": asked.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e/app.py", "vendor", "nothing.css", "vendor/../rapport.css"])
def test_nothing_else_is_handed_out(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/static/{name}").status_code == 404


def test_what_set_up_did_not_fetch_has_no_address(app: Flask) -> None:
    with app.test_request_context():
        assert app.jinja_env.globals["asset"]("vendor/gone.min.js") == ""
