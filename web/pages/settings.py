"""Wire: where the settings begin."""

from flask import Blueprint, Flask, Response, redirect

from web.settings_tabs import settings_tabs

blueprint = Blueprint("settings", __name__)


@blueprint.record_once
def _attach(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals["settings_tabs"] = settings_tabs


@blueprint.get("/settings")
def show() -> Response:
    """Begin with oneself."""
    return Response(status=303, headers={"Location": redirect("/settings/you").location})
