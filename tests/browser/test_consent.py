"""To an issuer on another site and back in a real browser: its rules for forms, cookies and origins apply."""

import pytest
from playwright.sync_api import expect

from crm.consents import find_consent
from crm.users import add_user
from mailer.oauth_door import Issuers
from tests.browser.axe import find_faults
from tests.browser.conftest import Visitors
from tests.servers.issuer import running_issuer
from tests.web.cast import ADA, Cast
from web.wiring import House

pytestmark = pytest.mark.server("chromium")
CHIEF = "chief@brackenware.example"


@pytest.mark.parametrize("script", [True, False])
def test_a_mailbox_is_connected(visitors: Visitors, house: House, base: str, cast: Cast, script: bool) -> None:
    with house.database.transaction() as tx:
        add_user(tx, CHIEF, role="admin", name="Chief")
    object.__setattr__(house.settings, "public_url", base)
    with running_issuer() as issuer:
        # Another name is another site, as a real issuer is.
        elsewhere = f"{issuer.url}/authorise".replace("127.0.0.1", "localhost")
        house.issuers = Issuers({"house": issuer.provider(authorise_url=elsewhere)}, timeout_s=5)
        chief = visitors.come(email=CHIEF, script=script, wide=390)
        page = chief.go("/mailboxes/1/consent")
        page.get_by_role("button", name="Connect with The house").click()
        page.get_by_role("link", name="Go to The house").click()
        expect(page.get_by_role("heading", level=1, name=f"Connect {ADA}?")).to_be_visible()
        assert chief.overflow() <= 0 if script else True
        page.get_by_role("button", name="Connect it").click()
        expect(page.get_by_text("Connected", exact=True)).to_be_visible()
        if script:
            assert find_faults(page) == []
            assert [line for line in chief.complaints if "left the house" not in line] == []
    with house.database.reading() as tx:
        assert find_consent(tx, 1)
