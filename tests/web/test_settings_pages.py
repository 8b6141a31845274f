"""The settings: each page for those who may open it, with its number of queries; what is changed, and what is refused."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from crm.models import Change, Mailbox, User
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from web.wiring import House

OPEN = ("you", "mailboxes", "mailboxes/1", "mailboxes/1/log", "mailboxes/1/limits", "deliverability", "sending",
        "team-rules", "brands", "brands/1", "products/1", "stages", "fields", "suppressions", "holidays", "data",
        "data/changes")  # fmt: skip
FOR_ADMINS = ("team", "tokens", "system", "mailboxes/new", "mailboxes/1/disconnection")


@pytest.mark.parametrize("place", [*OPEN, *FOR_ADMINS])
def test_an_admin_opens_every_page_with_few_queries(ada: Person, queries: list[str], place: str) -> None:
    ada.get(f"/settings/{place}")
    assert len(queries) <= 20 if place == "mailboxes/1" else len(queries) <= 15
