"""Wire: reports: figures over a time that the address names, with a verdict, the tables behind it, and CSV."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request

from crm.fields import offered_fields
from crm.models import ContactField
from kit.errors import InvalidError, NotFoundError, say
from kit.tx import Tx
from web.forms import read_day
from web.reports.feedback import make_feedback
from web.reports.mailboxes import make_mailboxes
from web.reports.outreach import SPLITS, make_outreach
from web.reports.relationships import make_relationships
from web.reports.sheet import Sheet, write_csv
from web.request import this_tx, this_user
from web.respond import page
from web.times import read_zone
from web.words import lazy

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
REPORTS: dict[str, tuple[str, Callable[[Tx, datetime, datetime], Sheet]]] = {
    "outreach": (lazy("Outreach"), make_outreach),
    "relationships": (lazy("Relationships"), make_relationships),
    "feedback": (lazy("Feedback"), make_feedback),
    "mailboxes": (lazy("Mailboxes"), make_mailboxes),
}
_USUAL = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Span:
    """The days asked for, both included, and their instants in the viewer's zone."""

    first: date
    last: date
    since: datetime
    until: datetime

    @property
    def query(self) -> str:
        """The days as an address has them."""
        return urlencode({"from": self.first.isoformat(), "to": self.last.isoformat()})


@blueprint.get("")
def index() -> Response:
    """Go to the first report."""
    return Response(status=303, headers={"Location": redirect("/reports/outreach").location})


@blueprint.get("/<name>")
def show(name: str) -> Response:
    """Show one report."""
    span, sheet, fields, by = _read(name)
    titles = {key: title for key, (title, _) in REPORTS.items()}
    is_open = request.args.get("tables") == "open"
    return page(
        "reports/page.html", name=name, titles=titles, span=span, sheet=sheet, fields=fields, by=by, is_open=is_open
    )


@blueprint.get("/<name>.csv")
def download(name: str) -> Response:
    """Hand out the tables of a report."""
    span, sheet, _, _ = _read(name)
    head = {"Content-Disposition": f"attachment; filename={name}-{span.first}-{span.last}.csv"}
    return Response(write_csv(sheet.parts), content_type="text/csv; charset=utf-8", headers=head)


def _read(name: str) -> tuple[Span, Sheet, list[ContactField], str]:
    """Return the days, the report, the own fields it can be split by, and the one it is split by."""
    if name not in REPORTS:
        raise NotFoundError(say("There is no such report."))
    tx = this_tx()
    span = _read_span(tx)
    fields = [field for field in offered_fields(tx) if field.kind in SPLITS] if name == "outreach" else []
    field = next((one for one in fields if one.key == request.args.get("by", "")), None)
    make = REPORTS[name][1]
    sheet = make_outreach(tx, span.since, span.until, field) if field else make(tx, span.since, span.until)
    return span, sheet, fields, field.key if field else ""


def _read_span(tx: Tx) -> Span:
    """Return the days of the address; broken or missing ones are the last ninety, and none ends before it begins."""
    zone = read_zone(this_user().zone)
    today = tx.now.astimezone(zone).date()
    last = _read_day("to") or today
    first = min(_read_day("from") or last - _USUAL, last)
    since = datetime.combine(first, time(), zone).astimezone(UTC)
    until = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    return Span(first, last, since, until)


def _read_day(name: str) -> date | None:
    try:
        found = read_day(request.args.get(name))
    except InvalidError:
        return None
    return found if found and date(1990, 1, 1) <= found <= date(2990, 1, 1) else None
