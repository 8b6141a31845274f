"""Wire: the demo's bar: what the day is and a way to skip ahead. Nothing of it exists outside a demo."""

from datetime import datetime
from typing import Protocol

from flask import Blueprint, Response

from kit.errors import RefusedError
from web.pages.sessions import arrive
from web.respond import done


class DemoPort(Protocol):
    """What a running demo offers its pages."""

    def now(self) -> datetime:
        """Return the demo's instant."""
        ...

    def skip(self) -> None:
        """Jump to the next event."""
        ...

    def story(self) -> str:
        """Return what there is to try now, in one sentence; may be empty."""
        ...

    def enter(self, key: str) -> str | None:
        """Return the session that belongs to the link which was printed; None for any other key."""
        ...


def make_blueprint(demo: DemoPort) -> Blueprint:
    """Return the demo's routes."""
    blueprint = Blueprint("demo", __name__)

    @blueprint.get("/demo/enter/<key>")
    def enter(key: str) -> Response:
        """Sign in by the link that was printed; the session exists already, so nothing is written."""
        token = demo.enter(key)
        if token is None:
            raise RefusedError("This link is of another demo. Use the one printed last.", code="link_used")
        return arrive(token, "/today")

    @blueprint.post("/demo/skip")
    def skip() -> Response:
        """Jump to the next event."""
        demo.skip()
        return done("/today")

    return blueprint
