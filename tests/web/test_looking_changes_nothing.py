"""Looking changes nothing but signs of life: every page, however it is asked for, and the forecast.

A page that is new fails here until it has an example: one line in `EXAMPLES`.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from crm import users
from crm.consents import open_request
from crm.feedback_import import start_import
from crm.feedback_links import open_link, token_of
from crm.jobs import add_to_file, start_job
from crm.models import Mailbox, MessageBody
from crm.texts import create_text
from kit.clock import FixedClock
from kit.tx import Tx
from sequences.insight.explain import explain_send
from sequences.insight.forecast import make_forecast
from sequences.reading.opt_outs import make_token
from sequences.sending import mail_drafts
from sequences.versions.authoring import import_sequence, pause_sequence, read_draft, start_sequence
from tests.web.cast import SEQUENCE, Cast
from tests.web.dumps import Dumps
from web.app import create_app
from web.demo.story import Story
from web.wiring import House, make_engine_of

# What to ask for by each route, and with what answer. Numbers are those of tests/web/cast.py.
EXAMPLES: dict[str, tuple[int, tuple[str, ...]]] = {
    # First, because the way back from an issuer is open for ten minutes only.
    "/mailboxes/consent": (200, ("/mailboxes/consent?code=abc&state={consent}",)),
    "/": (303, ("/",)),
    "/api/v1/": (401, ("/api/v1/",)),
    "/api/v1/<path:rest>": (401, ("/api/v1/people",)),
    "/api/v1/contacts": (401, ("/api/v1/contacts",)),
    "/api/v1/contacts/<int:contact_id>": (401, ("/api/v1/contacts/1",)),
    "/api/v1/contacts/<int:contact_id>/timeline": (401, ("/api/v1/contacts/1/timeline",)),
    "/contacts": (
        200,
        (
            "/contacts",
            "/contacts?upkeep=quiet,due",
            "/contacts?q=ima&size=20k..500k&sort=-size",
            "/contacts?where=tag:a+or+not+stage:Talking&build=1",
        ),
    ),
    "/contacts/selection": (
        200,
        (
            "/contacts/selection",
            "/contacts/selection?id=1&id=2&act=stage&value=Talking",
            "/contacts/selection?all=1&query=&act=enrol&value=1",
            "/contacts/selection?id=1,3&act=suppress",
        ),
    ),
    "/tags": (200, ("/tags",)),
    "/views": (200, ("/views", "/views?home=/pipeline&view=1")),
    "/pipeline": (200, ("/pipeline", "/pipeline?q=ima&lane=2&sort=-fit")),
    "/contacts/<int:contact_id>/edit": (200, ("/contacts/1/edit", "/contacts/8/edit")),
    "/contacts/<int:contact_id>/channels": (200, ("/contacts/1/channels", "/contacts/8/channels")),
    "/contacts/<int:contact_id>": (200, ("/contacts/1", "/contacts/1?show=notes&in=q=ima%26sort=-size", "/contacts/8")),
    "/contacts/<int:contact_id>-<slug>": (200, ("/contacts/1-imani", "/contacts/3-layan?show=messages")),
    "/contacts/import": (200, ("/contacts/import",)),
    "/contacts/import/<int:job_id>": (200, ("/contacts/import/2",)),
    "/contacts/import/sample": (200, ("/contacts/import/sample",)),
    "/contacts/<int:contact_id>/mail": (200, ("/contacts/1/mail",)),
    "/contacts/new": (200, ("/contacts/new",)),
    "/contacts/duplicates": (
        200,
        ("/contacts/duplicates", "/contacts/duplicates?contact=1", "/contacts/duplicates?page=2"),
    ),
    "/contacts/<int:contact_id>/merge": (
        200,
        ("/contacts/1/merge", "/contacts/1/merge?q=tomek", "/contacts/1/merge?with=2"),
    ),
    "/contacts/merges/<int:change_id>": (404, ("/contacts/merges/1",)),
    "/demo/story": (200, ("/demo/story",)),
    "/demo/enter/<key>": (303, ("/demo/enter/the-key",)),
    "/files/<int:file_id>": (200, ("/files/1",)),
    "/feedback": (
        200,
        (
            "/feedback",
            "/feedback?product=1&state=planned",
            "/feedback?tab=notes&page=2",
            "/feedback?tab=told&product=1",
        ),
    ),
    "/api/v1/feedback": (401, ("/api/v1/feedback",)),
    "/feedback/import": (200, ("/feedback/import",)),
    "/feedback/import/<int:job_id>": (200, ("/feedback/import/{feedback_draft}",)),
    "/feedback/import/sample": (200, ("/feedback/import/sample",)),
    "/feedback/links": (200, ("/feedback/links",)),
    "/say/<path:token>": (200, ("/say/{say}",)),
    "/feedback/new": (200, ("/feedback/new", "/feedback/new?who=ima")),
    "/feedback/themes/<int:theme_id>": (200, ("/feedback/themes/1",)),
    "/feedback/words": (200, ("/feedback/words", "/feedback/words?language=de", "/feedback/words?language=da")),
    "/feedback/themes/<int:theme_id>/telling": (
        200,
        ("/feedback/themes/1/telling", "/feedback/themes/1/telling?from=1"),
    ),
    "/healthz": (200, ("/healthz",)),
    "/inbox": (
        200,
        (
            "/inbox",
            "/inbox?turn=you&kind=question&mailbox=1",
            "/inbox?turn=snoozed",
            "/inbox?who=everyone",
            "/inbox?kind=to_check",
        ),
    ),
    "/inbox/write": (200, ("/inbox/write", "/inbox/write?q=ima")),
    "/inbox/<int:thread_id>": (200, ("/inbox/1", "/inbox/3")),
    "/inbox/<int:thread_id>/earlier": (200, ("/inbox/1/earlier?before=14",)),
    "/live": (200, ("/live?once=1",)),
    "/inbox/<int:thread_id>/news": (200, ("/inbox/1/news?seen=0.0", "/inbox/1/news")),
    "/jobs": (200, ("/jobs",)),
    "/jobs/<int:job_id>": (200, ("/jobs/1", "/jobs/1?seen=40")),
    "/jobs/<int:job_id>/left-out": (200, ("/jobs/2/left-out",)),
    "/jobs/<int:job_id>/result": (200, ("/jobs/2/result",)),
    "/mailboxes/<int:mailbox_id>/consent": (200, ("/mailboxes/1/consent",)),
    "/messages/<int:message_id>/attachments/<int:number>": (200, ("/messages/1/attachments/0",)),
    "/messages/<int:message_id>/text": (200, ("/messages/1/text",)),
    "/messages/<int:message_id>/html": (200, ("/messages/1/html",)),
    "/password/<token>": (200, ("/password/{password}",)),
    "/reports": (303, ("/reports",)),
    "/reports/<name>": (
        200,
        (
            "/reports/outreach",
            "/reports/relationships",
            "/reports/feedback",
            "/reports/mailboxes?from=2026-01-01&to=2026-12-31",
        ),
    ),
    "/reports/<name>.csv": (200, ("/reports/outreach.csv", "/reports/mailboxes.csv")),
    "/review": (200, ("/review",)),
    "/review/<int:send_id>": (200, ("/review/1", "/review/2", "/review/3")),
    "/search": (200, ("/search", "/search?q=ima", "/search?q=the+pan&kind=mails")),
    "/sends/<int:send_id>/explanation": (200, ("/sends/1/explanation", "/sends/3/explanation")),
    "/sequences": (200, ("/sequences", "/sequences?show=archived")),
    "/sequences/<int:sequence_id>": (200, ("/sequences/1", "/sequences/1?preview=3")),
    "/sequences/<int:sequence_id>-<slug>": (200, ("/sequences/1-first", "/sequences/1-first?variant=b")),
    "/sequences/<int:sequence_id>/archive": (200, ("/sequences/1/archive",)),
    "/sequences/<int:sequence_id>/draft": (409, ("/sequences/1/draft",)),
    "/sequences/<int:sequence_id>/forecast": (200, ("/sequences/1/forecast?days=30&who=filter&stage=Shortlisted",)),
    "/sequences/<int:sequence_id>/launch": (200, ("/sequences/1/launch",)),
    "/sequences/<int:sequence_id>/people": (200, ("/sequences/1/people", "/sequences/1/people?state=active&page=2")),
    "/sequences/<int:sequence_id>/people/new": (200, ("/sequences/1/people/new", "/sequences/1/people/new?q=ima")),
    "/sequences/<int:sequence_id>/report": (
        200,
        ("/sequences/1/report", "/sequences/1/report?by=step&from=2026-09-14"),
    ),
    "/sequences/<int:sequence_id>/report.csv": (200, ("/sequences/1/report.csv?by=weekday",)),
    "/sequences/<int:sequence_id>/settings": (200, ("/sequences/1/settings",)),
    "/sequences/<int:sequence_id>/steps/<int:number>": (200, ("/sequences/1/steps/2?variant=b&preview=4",)),
    "/sequences/<int:sequence_id>-<slug>/steps/<int:number>": (200, ("/sequences/1-first/steps/1",)),
    "/sequences/new": (200, ("/sequences/new",)),
    "/sequences/<int:sequence_id>/pause": (200, ("/sequences/2/pause",)),
    "/sequences/<int:sequence_id>/versions": (200, ("/sequences/1/versions",)),
    "/settings/data/changes": (200, ("/settings/data/changes", "/settings/data/changes?before=2")),
    "/settings/deliverability": (200, ("/settings/deliverability",)),
    "/settings/deliverability/<int:mailbox_id>": (200, ("/settings/deliverability/1",)),
    "/settings": (303, ("/settings",)),
    "/settings/brands": (200, ("/settings/brands",)),
    "/settings/brands/<int:brand_id>": (200, ("/settings/brands/1",)),
    "/settings/data": (200, ("/settings/data",)),
    "/settings/privacy": (200, ("/settings/privacy",)),
    "/contacts/<int:contact_id>/privacy": (200, ("/contacts/1/privacy",)),
    "/settings/fields": (200, ("/settings/fields",)),
    "/settings/leave": (200, ("/settings/leave",)),
    "/settings/holidays": (200, ("/settings/holidays",)),
    "/settings/mailboxes": (200, ("/settings/mailboxes",)),
    "/settings/mailboxes/<int:mailbox_id>": (200, ("/settings/mailboxes/1",)),
    "/settings/mailboxes/<int:mailbox_id>/disconnection": (200, ("/settings/mailboxes/1/disconnection",)),
    "/settings/mailboxes/<int:mailbox_id>/limits": (200, ("/settings/mailboxes/1/limits",)),
    "/settings/mailboxes/<int:mailbox_id>/log": (
        200,
        ("/settings/mailboxes/1/log", "/settings/mailboxes/1/log?before=3"),
    ),
    "/settings/mailboxes/new": (200, ("/settings/mailboxes/new", "/settings/mailboxes/new?address=mia@new.test")),
    "/settings/products": (302, ("/settings/products",)),
    "/settings/products/<int:product_id>": (200, ("/settings/products/1",)),
    "/settings/stages": (200, ("/settings/stages",)),
    "/settings/suppressions": (200, ("/settings/suppressions", "/settings/suppressions?q=mia&before=9")),
    "/settings/system": (200, ("/settings/system",)),
    "/settings/team": (200, ("/settings/team",)),
    "/settings/tokens": (200, ("/settings/tokens",)),
    "/states": (200, ("/states",)),
    "/settings/sending": (200, ("/settings/sending",)),
    "/settings/team-rules": (200, ("/settings/team-rules",)),
    "/settings/you": (200, ("/settings/you",)),
    "/setup": (303, ("/setup",)),
    "/setup/steps/<step>": (
        200,
        (
            "/setup/steps/mailbox",
            "/setup/steps/people",
            "/setup/steps/pitch?what=a+pan",
            "/setup/steps/sequence",
            "/setup/steps/launch",
        ),
    ),
    "/setup/steps/people/sample.csv": (200, ("/setup/steps/people/sample.csv",)),
    "/setup/<token>": (403, ("/setup/{setup}",)),
    "/sign-in": (303, ("/sign-in", "/sign-in?next=/inbox")),
    "/static/<path:filename>": (200, ("/static/rapport.css",)),
    "/templates": (200, ("/templates", "/templates?kind=snippet", "/templates?show=archived")),
    "/templates/<int:text_id>": (200, ("/templates/1", "/templates/1?person=Imani")),
    "/templates/<int:text_id>/filled": (200, ("/templates/1/filled?contact=1",)),
    "/templates/new": (200, ("/templates/new", "/templates/new?from=pitches/dm.md", "/templates/new?kind=snippet")),
    "/sends/unclear": (200, ("/sends/unclear",)),
    "/tasks": (200, ("/tasks", "/tasks?who=everyone&show=done", "/tasks?show=promises")),
    "/today": (200, ("/today", "/today?who=everyone")),
    "/u/<path:token>": (200, ("/u/{opt_out}",)),
}
DRAFT = {
    "filename": "list.csv",
    "columns": {},
    "preview": {
        "rows": 1,
        "looked": 1,
        "counts": {"created": 1, "updated": 0, "unchanged": 0, "duplicate": 0, "rejected": 0},
        "columns": [],
        "known": [],
        "faults": [],
    },
}
BOSS = "boss@brackenware.example"


class _Demo:
    """A demo's bar, so that its routes are there too."""

    def __init__(self, house: House, session: str) -> None:
        self.now = house.clock.now
        self._session = session

    def skip(self) -> None:
        """Stand still."""

    def story(self) -> Story:
        return Story(stage="pitch", name="Imani", place="/review/1")

    def enter(self, key: str) -> str:
        return self._session


def test_no_look_changes_anything(full_house: tuple[House, Cast], clock: FixedClock) -> None:
    house, cast = full_house
    session, words = _come_in(house)
    app = create_app(house, demo=_Demo(house, session))
    client = app.test_client()
    client.set_cookie("rapport_session", session)
    _hold_that_all_have_examples(app)
    dumps = Dumps(house)
    before = dumps.read()
    assert sum(map(len, before.values())) > 100
    with _watching(house) as was_written:
        for rule, (status, paths) in EXAMPLES.items():
            for path in paths:
                _look(client, path.format_map(words), status)
                _look_as_stranger(app, path.format_map(words))
            # Time goes on between the looks: a page that notes when it was seen would show.
            clock.advance(timedelta(minutes=7))
            assert not was_written() or dumps.read() == before, rule
    assert dumps.read() == before
    forecast = make_forecast(make_engine_of(house), "Everyday Carbon, first touch", list(cast.contacts.values())[:7])
    assert forecast.mails or forecast.blocked
    with house.database.transaction() as tx:
        assert explain_send(tx, 1)
    assert dumps.read() == before


def test_a_change_would_be_seen(full_house: tuple[House, Cast], clock: FixedClock) -> None:
    house, _ = full_house
    dumps = Dumps(house)
    before = dumps.read()
    with _watching(house) as was_written:
        assert not was_written()
        with house.database.transaction() as tx:
            users.get_user_by_email(tx, "ada@brackenware.example").name = "Ada M."
        assert was_written() or house.database.engine.dialect.name != "sqlite"
        assert not was_written()
    assert dumps.read() != before


def _come_in(house: House) -> tuple[str, dict[str, str]]:
    """Sign somebody in who may see everything, and make the links that mails and colleagues carry."""
    path = house.settings.home / "paused.yaml"
    path.write_text(SEQUENCE.replace("Everyday Carbon", "Once a winter"), encoding="utf-8")
    with house.database.transaction() as tx:
        paused = import_sequence(tx, read_draft(path, {}))
        start_sequence(tx, paused.name)
        pause_sequence(tx, paused)
        boss = users.add_user(tx, BOSS, role="admin", name="Solveig Boss")
        tx.session.flush()
        session = users.open_session(tx, boss)
        # Files are shown to whoever asked for them only.
        draft = start_job(tx, "import", actor=f"user:{boss.id}", total=1, data=DRAFT)
        draft.state = "draft"
        for role in ("result", "left_out"):
            add_to_file(tx, draft, role, b"name")
        notes = start_import(tx, "notes.csv", b"quote\nToo hot.\n", brand_id=1, actor=f"user:{boss.id}")
        notes.state = "draft"
        _write_by_hand(tx, boss.id)
        words = {
            "feedback_draft": str(notes.id),
            "password": users.create_link(tx, "password", user=boss),
            "setup": users.create_link(tx, "setup"),
            "consent": open_request(tx, tx.session.get_one(Mailbox, 1), "house", user_id=boss.id, seal=house.seal)[0],
            "opt_out": make_token(house.seal, "imani@smallkitchen.example"),
            "say": token_of(open_link(tx, 1, None, actor="user:1"), house.seal),
        }
    return session, words


def _write_by_hand(tx: Tx, user_id: int) -> None:
    """Keep a text, a draft with a file, and a mail with one."""
    create_text(tx, "template", "Spring", "Hello {{ contact.first_name }}", actor="user:1")
    draft = mail_drafts.keep_draft(tx, user_id, "thread:1", "Hello", subject="")
    mail_drafts.attach(tx, draft, [mail_drafts.NewFile(name="a.txt", content_type="text/plain", content=b"a")])
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n--b\r\n"
    raw += b"Content-Type: application/pdf; name=rates.pdf\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--\r\n"
    tx.session.get_one(MessageBody, 1).raw = raw


def _hold_that_all_have_examples(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted(rules - set(EXAMPLES)) == [], "give each of these an example in EXAMPLES"
    assert sorted(set(EXAMPLES) - rules) == [], "these are gone: take them out of EXAMPLES"


def _look(client: FlaskClient, path: str, status: int) -> None:
    """Ask as a browser does, as a part of a page, and in the two ways that return no page."""
    for method, expected in (("GET", status), ("HEAD", status), ("OPTIONS", 200)):
        with client.open(path, method=method) as answer:
            assert answer.status_code == expected, (method, path)
    with client.get(path, headers={"HX-Request": "true"}) as answer:
        assert answer.status_code == status, path


def _look_as_stranger(app: Flask, path: str) -> None:
    with app.test_client().get(path) as answer:
        assert answer.status_code in {200, 303, 401, 403}, path


@contextmanager
def _watching(house: House) -> Iterator[Callable[[], bool]]:
    """Give what tells whether anything was committed since it was asked last; so the page has a name.

    SQLite counts what others commit. PostgreSQL says it late: there, what is found at the end has no name.
    """
    engine = house.database.engine
    if engine.dialect.name != "sqlite":
        yield lambda: False
        return
    with closing(sqlite3.connect(str(engine.url.database))) as connection:
        seen = [*connection.execute("PRAGMA data_version").fetchone()]

        def was_written() -> bool:
            seen.append(connection.execute("PRAGMA data_version").fetchone()[0])
            return seen[-1] != seen[-2]

        yield was_written
