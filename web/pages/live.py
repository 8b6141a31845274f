"""Wire: the stream of news that keeps open pages fresh (server-sent events, WHATWG HTML 9.2)."""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request

from sequences.pulse import read_pulse
from web.newsroom import Newsroom
from web.request import settle_tx, this_house
from web.wiring import House

blueprint = Blueprint("live", __name__)


def make_newsroom(house: House) -> Newsroom:
    """Return the newsroom of a house; each look is a short reading of its own."""

    def look() -> str:
        with house.database.reading() as tx:
            return read_pulse(tx)

    return Newsroom(look)


@blueprint.get("/live")
def stream() -> Response:
    """Tell when something happened; 204 when too many listen already: then pages poll. `?once=1` says what is, once.

    `?seen=` is what the page showed; whoever comes back to a stream says it in Last-Event-ID.
    """
    settle_tx()
    newsroom: Newsroom = current_app.extensions["newsroom"]
    if request.args.get("once"):
        with this_house().database.reading() as tx:
            return _events(iter([f"event: news\ndata: {read_pulse(tx)}\n\n"]))
    if not newsroom.take_seat():
        return Response(status=204)
    seen = request.headers.get("Last-Event-ID") or request.args.get("seen", "")
    response = _events(newsroom.tell(seen))
    response.call_on_close(newsroom.leave)  # a stream nobody began to read ends here too
    return response


def _events(events: Iterator[str]) -> Response:
    return Response(events, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})
