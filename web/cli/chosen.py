"""Wire: whom a command is about: addresses, everybody, or a filter as the contacts page has it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import click
from sqlalchemy import select

from crm.contacts import find_contact_by_email
from crm.erased import find_erased
from crm.models import Contact
from crm.people_found import find_people_ids
from crm.saved_views import get_view_by_name
from kit.errors import InvalidError
from kit.tx import Tx
from sequences.course.candidates import Verdict
from sequences.course.enrolments import refuse_unknown
from web.people_query import read_chosen, read_filter_text, read_query_text


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the options say; nobody when none is given."""

    emails: Sequence[str]
    everybody: bool
    query: str
    view: str = ""

    def __post_init__(self) -> None:
        """Refuse more than one answer to one question."""
        if bool(self.emails) + self.everybody + bool(self.query) + bool(self.view) > 1:
            raise InvalidError(
                "Say who in one way: --email ADDRESS, several times if needed, --all, --filter QUERY, or --view NAME."
            )

    @property
    def is_given(self) -> bool:
        """Whether anybody was named."""
        return bool(self.emails or self.everybody or self.query or self.view)


def who_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--email`, `--all`, `--filter` and `--view`."""
    words = "As the contacts page has it, such as 'tag=beauty&country=DE'."
    for option in (
        click.option("--view", default="", metavar="NAME", help="Everybody in a saved view of the contacts page."),
        click.option("--filter", "query", default="", metavar="QUERY", help=words),
        click.option("--all", "everybody", is_flag=True, help="Everybody with an address."),
        click.option("--email", "emails", multiple=True, help="May be given several times."),
    ):
        command = option(command)
    return command


def find_chosen(tx: Tx, chosen: Chosen, *, brand_id: int) -> tuple[list[int], list[Verdict]]:
    """Return the numbers of those who are meant, and a refusal for every address that nobody has."""
    if chosen.view:
        view = get_view_by_name(tx, chosen.view)
        wanted = read_chosen(read_query_text(view.query), user_id=view.owner_id)
        return find_people_ids(tx, wanted, brand_id=brand_id), []
    if chosen.query:
        return find_people_ids(tx, read_filter_text(chosen.query), brand_id=brand_id), []
    if chosen.everybody:
        return list(tx.session.scalars(select(Contact.id).where(Contact.erased_at.is_(None)).order_by(Contact.id))), []
    found, unknown = [], []
    for email in chosen.emails:
        contact = find_contact_by_email(tx, email)
        if contact:
            found.append(contact.id)
        else:
            is_erased = bool(find_erased(tx, [email])[0])
            unknown.append(refuse_unknown(email, erased=is_erased))
    return found, unknown
