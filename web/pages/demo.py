"""Wire: the demo's bar: what the day is and a way to skip ahead. Nothing of it exists outside a demo."""

from datetime import datetime
from typing import Protocol

from flask import Blueprint, Response

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


def make_blueprint(demo: DemoPort) -> Blueprint:
    """Return the demo's routes."""
    blueprint = Blueprint("demo", __name__)

    @blueprint.post("/demo/skip")
    def skip() -> Response:
        """Jump to the next event."""
        demo.skip()
        return done("/today")

    return blueprint
