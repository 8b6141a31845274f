"""Wire: the pages as one WSGI application over a house. Server-rendered, strict about where anything may come from."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.routing import IntegerConverter, Map

from web.api import contacts as api_contacts
from web.api import feedback as api_feedback
from web.assets import attach_assets
from web.auth import attach_auth
from web.errors import attach_errors
from web.filters import attach_filters
from web.kept_words import attach_kept_words
from web.packing import attach_packing
from web.pages import (
    agents,
    answers,
    brands,
    changes,
    channels,
    consents,
    contact,
    contact_edit,
    contact_facts,
    contact_ties,
    contacts,
    data,
    deliverability,
    drafts,
    duplicates,
    earlier_mails,
    exports,
    feedback,
    feedback_import,
    feedback_links,
    fields,
    first_run,
    first_steps,
    forecast,
    health,
    holidays,
    imports,
    inbox,
    incidents,
    jobs,
    leaves,
    live,
    mail_content,
    mailbox,
    mailboxes,
    mails,
    merges,
    notes,
    opt_outs,
    passwords,
    pipeline,
    privacy,
    privacy_settings,
    promises,
    proposals,
    reports,
    review,
    rhythms,
    rules,
    say,
    search,
    selection,
    sends,
    sequences,
    sessions,
    settings,
    setup,
    stages,
    states,
    suppressions,
    system,
    tags,
    tasks,
    team,
    tell_words,
    telling,
    texts,
    themes,
    today,
    tokens,
    unclear,
    views,
    you,
)
from web.pages.demo import DemoPort, make_blueprint
from web.request import CleanRequest, attach_request
from web.templating import Templates
from web.tries import SignInTries
from web.uploads import attach_uploads
from web.wiring import House
from web.words import attach_words

_PAGES = (
    api_contacts,
    agents,
    api_feedback,
    answers,
    brands,
    changes,
    channels,
    consents,
    contact,
    contact_edit,
    contact_facts,
    contact_ties,
    contacts,
    data,
    deliverability,
    drafts,
    duplicates,
    earlier_mails,
    exports,
    feedback,
    feedback_import,
    feedback_links,
    fields,
    first_run,
    first_steps,
    forecast,
    health,
    holidays,
    imports,
    inbox,
    incidents,
    jobs,
    leaves,
    live,
    mail_content,
    mailbox,
    mailboxes,
    mails,
    merges,
    notes,
    opt_outs,
    passwords,
    pipeline,
    promises,
    privacy,
    privacy_settings,
    proposals,
    reports,
    review,
    rhythms,
    rules,
    say,
    search,
    selection,
    sends,
    sequences,
    sessions,
    settings,
    setup,
    stages,
    states,
    suppressions,
    system,
    tags,
    tasks,
    team,
    tell_words,
    telling,
    texts,
    themes,
    today,
    tokens,
    unclear,
    views,
    you,
)
_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
_MAX_BODY = 2_000_000
_POLICY = (
    "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "img-src 'self'; frame-src 'self'"
)


_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class _Number(IntegerConverter):
    """A number in an address that a database column holds; there is no page for any other."""

    regex = "[0-9]{1,10}"

    def __init__(self, map: Map) -> None:  # noqa: A002 - named by who calls it
        super().__init__(map, max=2**31 - 1)


def create_app(house: House, *, demo: DemoPort | None = None) -> Flask:
    """Return the application that answers for `house`; with `demo`, every page carries the demo's bar."""
    app = make_rooms()
    if demo is not None:
        app.register_blueprint(make_blueprint(demo))
        app.jinja_env.globals["demo"] = demo
    move_in(app, house)
    return app


def make_rooms() -> Flask:
    """Return an application with all its pages and nobody in it yet."""
    here = Path(__file__).parent
    app = Flask("web.app", root_path=str(here), static_folder=None, template_folder=str(_TEMPLATES))
    app.jinja_environment = Templates
    app.request_class = CleanRequest
    app.url_map.converters["int"] = _Number
    app.config.update(
        MAX_CONTENT_LENGTH=_MAX_BODY,
        SESSION_COOKIE_NAME="rapport_note",
        SESSION_COOKIE_SAMESITE="Lax",
    )
    attach_assets(app, here / "static")
    attach_packing(app)
    attach_uploads(app)
    attach_request(app)
    attach_auth(app)
    attach_errors(app)
    attach_kept_words(app)
    attach_filters(app)
    attach_words(app)
    for module in _PAGES:
        app.register_blueprint(module.blueprint)
    app.jinja_env.globals["demo"] = None
    app.after_request(_harden)
    return app


def move_in(app: Flask, house: House) -> None:
    """Let `app` answer for `house` from now on, with nothing left of whoever lived there before."""
    app.secret_key = house.seal.sign("notes", about="flask-session")
    app.config["SESSION_COOKIE_SECURE"] = urlsplit(house.settings.public_url).scheme == "https"
    app.extensions["house"] = house
    app.extensions["tries"] = SignInTries()
    app.extensions["said"] = SignInTries(say.MOST)
    app.extensions["newsroom"] = live.make_newsroom(house)


def _harden(response: Response) -> Response:
    for name, value in _HEADERS.items():
        # A page that is stricter about itself, such as a mail's frame, has said so already.
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
        response.headers.add("Vary", "HX-Request")
    return response
