"""Wire: who may come in and who may do what. Nothing is open unless it is named here."""

from flask import Flask, Response, g, redirect, request, url_for

from crm.models.user import ROLES
from crm.users import find_session_user
from kit.errors import RefusedError
from web.forgery import csrf_token, refuse_forgery
from web.request import COOKIE, find_user, is_partial, this_house, this_tx, this_user
from web.words import lazy

PUBLIC = frozenset(
    {
        # The API has a door of its own: web/api/door.py.
        "api.index",
        "api.show",
        "api.timeline",
        "api.nothing",
        "static",
        "demo.enter",
        "health.live",
        "sessions.new",
        "sessions.create",
        "setup.explain",
        "setup.show",
        "setup.create",
        "passwords.show",
        "passwords.create",
        "opt_outs.show",
        "opt_outs.create",
        "say.show",
        "say.create",
        "api_feedback.index",
        "api_feedback.create",
    }
)
_SENDERS = frozenset({"admin", "manager", "outreach", "relationship"})
_LEADERS = frozenset({"admin", "manager"})
_POWERS: dict[str, tuple[frozenset[str], str]] = {
    "send": (_SENDERS, lazy("Your role cannot send mail. Ask a colleague in outreach to send it.")),
    "approve": (_SENDERS | {"reviewer"}, lazy("Your role cannot approve pitches. Ask a reviewer.")),
    "rules": (
        frozenset({"admin", "manager"}),
        lazy("Your role cannot change what holds for the whole team. Ask an admin."),
    ),
    "mailboxes": (
        frozenset({"admin", "manager"}),
        lazy("Your role cannot connect this mailbox. Ask its owner or an admin."),
    ),
    "admin": (frozenset({"admin"}), lazy("Your role cannot do this. Ask an admin; nothing was changed.")),
    "feedback": (frozenset(ROLES), lazy("Sign in first.")),
    "edit": (_SENDERS | {"reviewer"}, lazy("Your role can read and give feedback, not change this.")),
}


def attach_auth(app: Flask) -> None:
    """Close every page of `app` but the public ones, and refuse forged posts."""
    app.before_request(_load_user)
    app.before_request(_require_sign_in)
    app.before_request(refuse_forgery)
    app.jinja_env.globals |= {"csrf_token": csrf_token, "may": may}


def may(power: str) -> bool:
    """Return whether the person signed in has a power: send, approve, rules, mailboxes, admin, feedback, edit."""
    user = find_user()
    return user is not None and user.role in _POWERS[power][0]


def require(power: str) -> None:
    """Refuse, with a sentence, unless the person signed in has `power`."""
    roles, sentence = _POWERS[power]
    if this_user().role not in roles:
        raise RefusedError(sentence, code="not_allowed")


def set_session(response: Response, token: str, *, max_age_s: float) -> Response:
    """Hand the browser its session."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(max_age_s),
        httponly=True,
        samesite="Lax",
        secure=this_house().settings.public_url.startswith("https:"),
    )
    return response


def local_path(path: str | None) -> str:
    """Return a path of ours to go on to; Today for anything that could lead elsewhere."""
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return "/today"
    return path


def _load_user() -> None:
    token = request.cookies.get(COOKIE)
    g.user = None
    if token and "tx" in g:
        g.user = find_session_user(this_tx(), token)


def _require_sign_in() -> Response | None:
    if request.endpoint in PUBLIC or find_user() is not None:
        return None
    if is_partial():
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = url_for("sessions.new")
        return answer
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    place = url_for("sessions.new", next=wanted) if wanted and wanted != "/" else url_for("sessions.new")
    return Response(status=303, headers={"Location": redirect(place).location})
