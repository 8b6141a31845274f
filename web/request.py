"""Wire: one request is one transaction. Opens it, hands it to the views, commits before the answer leaves."""

from contextlib import ExitStack, suppress
from typing import cast

from flask import Flask, Request, Response, current_app, g, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

from crm.models import User
from kit.errors import RefusedError, say
from kit.tx import Tx
from sequences.sending.links import Links
from web.wiring import House, make_engine_of

COOKIE = "rapport_session"
# What needs no database at all.
_WITHOUT = frozenset({"static", "health.live"})
# Posts that first do something slow, which must not hold SQLite's one writer: argon2 takes a third of a second, DNS 20.
_READING_POSTS = frozenset(
    {
        "sessions.create",
        "demo.skip",
        "deliverability.check",
        "first_steps.connect_mailbox",
        "first_steps.check",
        "first_steps.bring_people",
        "feedback_import.create",
        "imports.create",
        "imports.change",
        "mailboxes.create",
        "mailbox.set_password",
        "data.back_up",
        "privacy_settings.export",
        "you.set_password",
    }
)


class CleanRequest(Request):
    """A request whose fields hold no zero byte: no text has one in it, and PostgreSQL takes none."""

    @cached_property
    def args(self) -> ImmutableMultiDict[str, str]:
        """What the address asks."""
        return _without_zeros(super().args)

    def _load_form_data(self) -> None:
        is_new = "form" not in self.__dict__
        super()._load_form_data()
        if is_new:
            self.__dict__["form"] = _without_zeros(self.form)
            for file in self.files.values():
                file.filename = (file.filename or "").replace("\0", "")


class _DropError(Exception):
    """Thrown into an open transaction to roll it back."""


def attach_request(app: Flask) -> None:
    """Give every request of `app` its transaction."""
    app.before_request(_open_tx)
    app.after_request(_settle_tx)
    app.teardown_request(drop_tx)


def this_house() -> House:
    """Return the house this request is answered in."""
    return cast("House", current_app.extensions["house"])


def this_links() -> Links:
    """Return how this house signs the links of its mails."""
    return make_engine_of(this_house()).links


def this_tx() -> Tx:
    """Return this request's transaction."""
    return cast("Tx", g.tx)


def find_user() -> User | None:
    """Return who is signed in."""
    return cast("User | None", g.get("user"))


def this_user() -> User:
    """Return who is signed in, or refuse."""
    user = find_user()
    if user is None:
        raise RefusedError(say("Sign in first."))
    return user


def this_actor() -> str:
    """Return who acts, as timeline and tasks name people."""
    return f"user:{this_user().id}"


def is_partial() -> bool:
    """Return whether only a part of the page was asked for."""
    return request.headers.get("HX-Request") == "true"


def settle_tx() -> None:
    """Commit now: what follows talks to the outside, and no transaction is held meanwhile. There is none afterwards."""
    stack: ExitStack | None = g.pop("stack", None)
    g.pop("tx", None)
    if stack is not None:
        stack.close()


def drop_tx(_error: BaseException | None = None) -> None:
    """Roll back whatever is still open."""
    stack: ExitStack | None = g.pop("stack", None)
    if stack is not None:
        dropped = _DropError()
        with suppress(_DropError):
            stack.__exit__(_DropError, dropped, None)


def reopen_tx() -> None:
    """Read again after something slow: a page that is shown then needs its frame."""
    drop_tx()
    stack = ExitStack()
    g.tx = stack.enter_context(this_house().database.reading())
    g.stack = stack


def _without_zeros(given: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    pairs = given.items(multi=True)
    return ImmutableMultiDict([(name.replace("\0", ""), text.replace("\0", "")) for name, text in pairs])


def _open_tx() -> None:
    if request.endpoint in _WITHOUT:
        return
    database = this_house().database
    reads = request.method in {"GET", "HEAD", "OPTIONS"} or request.endpoint in _READING_POSTS
    stack = ExitStack()
    g.tx = stack.enter_context(database.reading() if reads else database.transaction())
    g.stack = stack


def _settle_tx(response: Response) -> Response:
    stack: ExitStack | None = g.pop("stack", None)
    if stack is not None:
        stack.close()
    return response
