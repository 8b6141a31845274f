"""Pages leave packed, but not to whoever had them asked for from elsewhere."""

import gzip

import brotli
import pytest
from flask import Flask

from tests.web.cast import ADA, Cast
from tests.web.conftest import CSRF, sign_in
from web.wiring import House


@pytest.mark.parametrize(("takes", "given"), [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("", None)])
def test_a_page_is_packed_as_the_browser_takes_it(
    app: Flask, house: House, cast: Cast, takes: str, given: str | None
) -> None:
    client = sign_in(app, house, ADA).client
    answer = client.get("/contacts", headers={"Accept-Encoding": takes})
    assert answer.headers.get("Content-Encoding") == given
    assert "Accept-Encoding" in answer.headers["Vary"]
    page = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[given](answer.data)
    assert b"Imani Oduya" in page
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize(
    ("origin", "packed"),
    [("same-origin", True), ("none", True), ("cross-site", False), ("same-site", False)],
)
def test_what_another_site_had_asked_for_is_not_packed(
    app: Flask, house: House, cast: Cast, origin: str, packed: bool
) -> None:
    client = sign_in(app, house, ADA).client
    headers = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": origin}
    answer = client.get("/search?q=guess", headers=headers)
    assert ("Content-Encoding" in answer.headers) is packed


def test_a_refused_form_comes_back_to_a_browser_that_takes_packed_pages(app: Flask, house: House, cast: Cast) -> None:
    ada = sign_in(app, house, ADA)
    token = CSRF.findall(ada.get("/contacts/1/channels"))[0]
    answer = ada.client.post(
        "/contacts/1/rates",
        data={"csrf_token": token, "handle_id": "1", "amount": "twelve hundred"},
        headers={"Referer": "http://localhost/contacts/1/channels", "Accept-Encoding": "br, gzip"},
    )
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (422, None)
    assert 'value="twelve hundred"' in answer.text


@pytest.mark.parametrize("path", ["/live?once=1", "/reports/outreach.csv", "/healthz"])
def test_files_and_news_leave_as_they_are(app: Flask, house: House, cast: Cast, path: str) -> None:
    client = sign_in(app, house, ADA).client
    answer = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None)


def test_the_token_of_forms_is_one_within_a_page_and_never_twice_the_same(app: Flask, house: House, cast: Cast) -> None:
    ada = sign_in(app, house, ADA)
    pages = [CSRF.findall(ada.get("/tasks")) for _ in range(20)]
    assert all(len(tokens) > 3 and len(set(tokens)) == 1 for tokens in pages)
    assert len({tokens[0] for tokens in pages}) == 20
    # No part of it stands still either: what is masked cannot be guessed letter by letter.
    assert all(len(set(letters)) > 4 for letters in zip(*(tokens[0] for tokens in pages), strict=True))
    for tokens in pages[:3]:
        answer = ada.client.post("/tasks", data={"csrf_token": tokens[0], "title": "Ask again"})
        assert answer.status_code == 303


@pytest.mark.parametrize("token", ["", "x", "é", "AAAA", "A" * 64, "A" * 10_000, "%00" * 8])
def test_a_token_that_no_page_of_ours_wrote_is_refused(app: Flask, house: House, cast: Cast, token: str) -> None:
    ada = sign_in(app, house, ADA)
    answer = ada.client.post("/tasks", data={"csrf_token": token, "title": "Forged"})
    assert answer.status_code == 403
    assert "Forged" not in ada.get("/tasks?who=everyone")


def test_the_token_of_another_session_is_refused(app: Flask, house: House, cast: Cast) -> None:
    ada, again = sign_in(app, house, ADA), sign_in(app, house, ADA)
    theirs = CSRF.findall(again.get("/tasks"))[0]
    assert ada.client.post("/tasks", data={"csrf_token": theirs, "title": "Forged"}).status_code == 403
