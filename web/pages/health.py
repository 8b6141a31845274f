"""Wire: says that the process is alive, without touching the database."""

from flask import Blueprint

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def live() -> str:
    """Say that this process answers."""
    return "ok\n"
