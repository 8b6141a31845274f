"""Wire: the shared views that the report on outreach counts, with what each asks of people."""

from crm.people_filter import conditions
from crm.saved_views import list_shared_views
from kit.errors import InvalidError
from kit.tx import Tx
from sequences.reports.outreach_kept import Audience
from web.people_query import read_filter_text

MOST = 8


def list_audiences(tx: Tx, brand_id: int | None) -> list[Audience]:
    """Return the first shared views by name, as they are seen with a brand."""
    found = []
    for view in list_shared_views(tx, limit=MOST):
        try:
            found.append(Audience(view, brand_id, conditions(tx, read_filter_text(view.query), brand_id)))
        except InvalidError:
            continue  # it asks for nobody in particular
    return found
