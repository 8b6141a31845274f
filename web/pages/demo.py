"""Wire: the demo's bar: what the day is and a way to skip ahead. Nothing of it exists outside a demo."""

from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from kit.errors import RefusedError, say
from web.demo.story import Story
from web.pages.sessions import arrive
from web.request import is_partial
from web.respond import done, page


class DemoPort(Protocol):
    """What a running demo offers its pages."""

    def now(self) -> datetime:
        """Return the demo's instant."""
        ...

    def skip(self) -> None:
        """Jump to the next event."""
        ...

    def story(self) -> Story:
        """Return what there is to try now."""
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
            raise RefusedError(say("This link is of another demo. Use the one printed last."), code="link_used")
        return arrive(token, "/today")

    @blueprint.get("/demo/story")
    def story() -> Response:
        """Show where the story stands; every page of the demo asks for it on each tick."""
        return page("demo/page.html", part="demo/_story.html", story=demo.story(), place=_place())

    @blueprint.post("/demo/skip")
    def skip() -> Response:
        """Jump to the next event."""
        demo.skip()
        return done("/today")

    blueprint.app_context_processor(lambda: {"demo_place": _place})
    return blueprint


def _place() -> str:
    """Return the path of the page the reader is on, also when only a part of it asks."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path if is_partial() else request.path
