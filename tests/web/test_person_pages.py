"""One person's page: facts, tags, owner, stage, accounts and addresses changed by hand, with a way back."""

from tests.web.cast import Cast
from tests.web.conftest import Person

IMANI = "Imani Oduya"


def test_it_opens(ada: Person, cast: Cast) -> None:
    for path in (
        "/contacts/1",
        "/contacts/1?show=moves",
        "/contacts/1?page=2",
        "/contacts/1/edit",
        "/tasks",
        "/tasks?show=done&who=everyone",
        "/feedback",
        "/feedback?tab=notes",
        "/feedback/new?who=im",
        "/feedback/themes/1",
        "/sends/unclear",
        "/today",
    ):
        ada.get(path)
