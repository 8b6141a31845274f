"""The settings: each page for those who may open it, with its number of queries; what changes, what is refused."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from crm import users
from crm.imports import run_import
from crm.models import (
    Brand,
    Change,
    ContactAddress,
    ContactField,
    Mailbox,
    MailFolder,
    Product,
    Session,
    Stage,
    Suppression,
    User,
)
from crm.suppressions import suppress
from crm.timeline import list_entries
from mailer.fakes import FakeMailServer
from sequences.leases import beat
from sequences.models import Attempt
from tests.unit.mailer.zones import Zones
from tests.web.cast import ADA, PASSWORD, Cast
from tests.web.conftest import Person, sign_in
from web.wiring import House

OPEN = ("you", "mailboxes", "mailboxes/1", "mailboxes/1/log", "mailboxes/1/limits", "deliverability", "sending",
        "team-rules", "brands", "brands/1", "products/1", "stages", "fields", "suppressions", "holidays", "data",
        "data/changes")  # fmt: skip
FOR_ADMINS = ("team", "tokens", "system")
# Forms that are shown, but closed.
LOCKED = {"/settings/mailboxes/1/limits", "/settings/sending", "/settings/team-rules", "/settings/brands/1",
          "/settings/products/1"}  # fmt: skip
NEW = "partners@new.test"


@pytest.fixture
def boss(app: Flask, house: House, cast: Cast) -> Person:
    """An admin; Ada of the cast writes to people."""
    with house.database.transaction() as tx:
        users.add_user(tx, "boss@brackenware.example", role="admin", name="Solveig Boss")
    return sign_in(app, house, "boss@brackenware.example")


def changes(house: House) -> list[str]:
    with house.database.reading() as tx:
        return list(tx.session.scalars(select(Change.kind).where(Change.kind != "cast").order_by(Change.id)))


@pytest.mark.parametrize("place", [*OPEN, *FOR_ADMINS, "mailboxes/new", "mailboxes/1/disconnection"])
def test_an_admin_opens_every_page_with_few_queries(boss: Person, queries: list[str], place: str) -> None:
    queries.clear()
    boss.get(f"/settings/{place}")
    assert len(queries) <= 15


@pytest.mark.parametrize("place", OPEN)
def test_a_brand_reads_what_holds_and_finds_no_button_that_it_may_not_press(
    app: Flask, house: House, cast: Cast, place: str
) -> None:
    page = sign_in(app, house, "yuki@brackenware.example").get(f"/settings/{place}")
    forms = set(re.findall(r'action="(/settings/[^"]+)"', page))
    found = {form for form in forms if not form.startswith("/settings/you")} - {"/settings/suppressions"}
    assert found <= LOCKED
    if found:
        assert "Only an admin or a manager changes this" in page


@pytest.mark.parametrize(
    "place", ["/settings/team", "/settings/tokens", "/settings/system", "/states", "/settings/mailboxes/new"]
)
def test_the_rest_is_for_admins(ada: Person, place: str) -> None:
    assert "not allowed" in ada.get(place, status=403)


@pytest.mark.parametrize("place", [
    "/settings/brands", "/settings/brands/1", "/settings/products/1", "/settings/products/1/retirement",
    "/settings/stages", "/settings/stages/1/name", "/settings/stages/1/removal", "/settings/stages/1/position",
    "/settings/stages/1/rule", "/settings/fields", "/settings/holidays/days", "/settings/holidays/calendars",
    "/settings/mailboxes", "/settings/mailboxes/1/limits", "/settings/mailboxes/1/pause",
    "/settings/mailboxes/1/password", "/settings/mailboxes/1/disconnection", "/settings/team", "/settings/team/1/role",
    "/settings/team/1/switch-off", "/settings/team/1/link", "/settings/tokens", "/settings/data/backup",
    "/settings/data/imports/1/undo",
])  # fmt: skip
def test_who_writes_to_people_changes_nothing_for_the_team(ada: Person, house: House, place: str) -> None:
    assert "Your role" in ada.post(place, status=403, name="x", role="admin", target="x@y.example", why="z")
    assert changes(house) == []


def test_an_invitation_is_shown_once_and_sets_a_password(app: Flask, house: House, boss: Person) -> None:
    page = boss.post("/settings/team", status=200, email="nils@brackenware.example", name="Nils", role="reviewer")
    path = re.search(r'value="http://[^"/]+(/password/[^"]+)"', page)
    assert path
    assert path[1] not in boss.get("/settings/team")
    answer = app.test_client().post(path[1], data={"password": "a short sentence works"})
    assert answer.status_code == 303
    assert "has an account already" in boss.post("/settings/team", status=422, email="nils@brackenware.example",
                                                 role="reviewer")  # fmt: skip


def test_the_last_admin_stays_and_a_second_one_frees_the_first(house: House, boss: Person) -> None:
    with house.database.reading() as tx:
        ada, own = (users.get_user_by_email(tx, one).id for one in (ADA, "boss@brackenware.example"))
    assert "only admin" in boss.post(f"/settings/team/{own}/role", status=403, role="reviewer")
    assert "only admin" in boss.post(f"/settings/team/{own}/switch-off", status=403)
    boss.post(f"/settings/team/{ada}/role", role="admin")
    boss.post(f"/settings/team/{own}/role", role="reviewer")
    with house.database.reading() as tx:
        assert [user.email for user in tx.session.scalars(select(User).where(User.role == "admin"))] == [ADA]
    assert changes(house) == ["user_role", "user_role"]


def test_who_is_switched_off_is_signed_out(house: House, boss: Person, ada: Person) -> None:
    with house.database.reading() as tx:
        number = users.get_user_by_email(tx, ADA).id
    boss.post(f"/settings/team/{number}/switch-off")
    assert ada.client.get("/today").status_code == 303
    boss.post(f"/settings/team/{number}/switch-on")
    assert ada.client.get("/today").status_code == 303  # the old session stays closed


def test_brands_and_products(house: House, boss: Person) -> None:
    assert "needs a name" in boss.post("/settings/brands", status=422, name=" ")
    boss.post("/settings/brands", name="Loom & Lye", postal_address="1 Mill Lane", requires_one_click="1")
    assert "Nobody reads" in boss.post("/settings/brands/2", status=422, reply_to="else@where.example")
    boss.post("/settings/brands/2", reply_to=ADA, signature="Kind regards, {{ sender.name }}")
    boss.post("/settings/brands/2/products", name="Soap", what="a bar")
    assert "already" in boss.post("/settings/brands/2/products", status=409, name="Soap")
    boss.post("/settings/products/2", name="Soap 2", what="two bars", url="https://loom.example")
    boss.post("/settings/products/2/retirement")
    with house.database.reading() as tx:
        brand, product = tx.session.get_one(Brand, 2), tx.session.get_one(Product, 2)
    assert (brand.reply_to, brand.requires_one_click, brand.postal_address) == (ADA, False, "")
    assert (product.name, product.what, product.retired_at is not None) == ("Soap 2", "two bars", True)


def test_stages_are_renamed_moved_ruled_and_removed_with_their_people(house: House, cast: Cast, boss: Person) -> None:
    boss.post("/settings/stages", name="Sampled")
    with house.database.reading() as tx:
        ids = {stage.name: stage.id for stage in tx.session.scalars(select(Stage))}
    boss.post(f"/settings/stages/{ids['Sampled']}/position", by="-1")
    boss.post(f"/settings/stages/{ids['Sampled']}/rule", rule="human_reply")
    assert "already" in boss.post(f"/settings/stages/{ids['Found']}/name", status=409, name="alumni")
    boss.post(f"/settings/stages/{ids['Found']}/name", name="Seen")
    boss.post(f"/settings/stages/{ids['Talking']}/removal", to=str(ids["Sampled"]))
    with house.database.reading() as tx:
        stages = list(tx.session.scalars(select(Stage).order_by(Stage.position)))
    names = [stage.name for stage in stages]
    assert names == ["Seen", "Shortlisted", "Pitched", "Agreed", "Active", "Sampled", "Alumni"]
    assert next(stage.rule for stage in stages if stage.name == "Sampled") == "human_reply"
    with house.database.reading() as tx:
        entries = list_entries(tx, cast.contacts["Tomek Wilczak"])
    assert entries[0].summary == "Talking to Sampled (stage removed)"


def test_fields(house: House, boss: Person) -> None:
    assert "from 2 to" in boss.post("/settings/fields", status=422, label="Pan", kind="choice", choices="one")
    boss.post("/settings/fields", label="Pan size", kind="choice", choices="24 cm\n28 cm")
    boss.post("/settings/fields/1", label="Size of pan", choices="24 cm\n28 cm\n32 cm")
    boss.post("/settings/fields/1/retirement")
    with house.database.reading() as tx:
        field = tx.session.get_one(ContactField, 1)
    assert (field.key, field.label, field.choices) == ("pan_size", "Size of pan", ["24 cm", "28 cm", "32 cm"])
    assert "retired" in boss.get("/settings/fields")


def test_do_not_contact_is_searched_added_to_and_lifted_with_a_reason(house: House, ada: Person) -> None:
    assert "Say why" in ada.post("/settings/suppressions", status=422, target="@agency.example")
    ada.post("/settings/suppressions", target="@agency.example", why="They asked us to go through them")
    ada.post("/settings/suppressions", target="imani@smallkitchen.example", why="Asked by phone")
    ada.get("/settings/suppressions")  # which says what was done
    page = ada.get("/settings/suppressions?q=AGENCY")
    assert "@agency.example" in page
    assert "imani@" not in page
    assert "Nothing matches" in ada.get("/settings/suppressions?q=100%25")
    assert "Say why" in ada.post("/settings/suppressions/lifting", status=422, target="@agency.example")
    ada.post("/settings/suppressions/lifting", target="@agency.example", why="They closed down")
    with house.database.reading() as tx:
        row = tx.session.scalars(select(Suppression).where(Suppression.target == "@agency.example")).one()
    assert (row.lift_reason, row.lifted_at is not None) == ("They closed down", True)


def test_the_list_is_paged_without_more_queries(house: House, ada: Person, queries: list[str]) -> None:
    def look() -> int:
        queries.clear()
        ada.get("/settings/suppressions")
        return len(queries)

    few = look()
    with house.database.transaction() as tx:
        tx.session.add_all(Suppression(target=f"{n}@many.example", reason="manual", since=tx.now) for n in range(70))
    assert look() == few
    page = ada.get("/settings/suppressions")
    older = re.search(r"/settings/suppressions\?before=\d+", page)
    assert older
    assert "0@many.example" in ada.get(older[0])


def test_own_password_wants_the_present_one_and_signs_out_elsewhere(app: Flask, house: House, ada: Person) -> None:
    other = sign_in(app, house, ADA)
    assert "not your present" in ada.post("/settings/you/password", status=422, old="wrong", new="a new long password")
    ada.post("/settings/you/password", old=PASSWORD, new="a new long password")
    assert other.client.get("/today").status_code == 303
    ada.get("/today")
    answer = app.test_client().post("/sessions", data={"email": ADA, "password": "a new long password"})
    assert answer.status_code == 303


def test_signing_out_everywhere_else(app: Flask, house: House, ada: Person) -> None:
    sign_in(app, house, ADA)
    ada.post("/settings/you/sessions/end")
    with house.database.reading() as tx:
        assert len(list(tx.session.scalars(select(Session)))) == 1


def test_a_language_is_kept_and_spoken(house: House, ada: Person) -> None:
    ada.post("/settings/you", language="de", theme="dark")
    page = ada.get("/settings/you")
    assert '<html lang="de"' in page
    assert 'data-theme="dark"' in page


@pytest.fixture
def servers(house: House) -> FakeMailServer:
    server = FakeMailServer(now=house.clock.now, accounts={NEW: "right"})
    house.transport = server
    house.make_resolver = lambda: Zones({})
    return server


FORM = {"address": NEW, "name": "Partners", "user": NEW, "smtp_url": "smtps://smtp.new.test:465",
        "imap_url": "imaps://imap.new.test:993", "zone": "Europe/Dublin"}  # fmt: skip


def test_a_mailbox_is_tried_before_it_is_kept(house: House, boss: Person, servers: FakeMailServer) -> None:
    page = boss.get(f"/settings/mailboxes/new?address={NEW}")
    assert "smtps://mail.new.test:465" in page
    refused = boss.post("/settings/mailboxes", status=422, password="wrong", **FORM)
    assert "Password refused" in refused
    assert 'value="Partners"' in refused
    assert "wrong" not in refused
    with house.database.reading() as tx:
        assert tx.session.scalar(select(Mailbox).where(Mailbox.address == NEW)) is None
    boss.post("/settings/mailboxes", password="right", **FORM)
    with house.database.reading() as tx:
        kept = tx.session.scalars(select(Mailbox).where(Mailbox.address == NEW)).one()
    assert house.seal.open(kept.secret, about=f"mailbox:{NEW}") == "right"
    assert (kept.ramp, kept.zone) == (True, "Europe/Dublin")
    assert "connected already" in boss.post("/settings/mailboxes", status=422, password="right", **FORM)
    assert changes(house) == ["mailbox_connected"]


def test_limits_pause_and_a_way_out(house: House, boss: Person, servers: FakeMailServer) -> None:
    place = "/settings/mailboxes/1"
    given = {"name": "Ada", "daily_cap": "25", "gap_min": "5", "gap_max": "9", "ramp": "1", "days": "mon",
             "opens": "09:00", "closes": "12:00", "zone": "Europe/Berlin"}  # fmt: skip
    assert "smaller to a larger" in boss.post(f"{place}/limits", status=422, **{**given, "gap_min": "90"})
    boss.post(f"{place}/limits", **given)
    boss.post(f"{place}/pause")
    page = boss.get(place)
    assert "Paused." in page
    assert "stroke-dasharray" in page  # the warm-up is drawn
    boss.post(f"{place}/resumption")
    with house.database.reading() as tx:
        box = tx.session.get_one(Mailbox, 1)
    assert (box.daily_cap, box.gap_min_s, box.gap_max_s, box.paused_at) == (25, 300, 540, None)
    assert box.window == {"days": ["mon"], "from": "09:00", "to": "12:00"}
    boss.get(f"{place}/disconnection")
    boss.post(f"{place}/disconnection")
    with house.database.reading() as tx:
        box = tx.session.get_one(Mailbox, 1)
    assert (box.secret, box.disconnected_at is not None, box.paused_at is not None) == ("", True, True)
    assert "disconnected" in boss.post(f"{place}/resumption", status=403)
    assert "Password refused" in boss.post(f"{place}/password", status=422, password="wrong")
    servers.add_account(ADA, "fresh")
    boss.post(f"{place}/password", password="fresh")
    boss.post(f"{place}/resumption")
    with house.database.reading() as tx:
        assert tx.session.get_one(Mailbox, 1).disconnected_at is None


def test_the_log_says_what_the_server_said(house: House, boss: Person) -> None:
    with house.database.transaction() as tx:
        tx.session.add(
            Attempt(send_id=1, at=tx.now, outcome="refused", stage="rcpt", code=452, text="4.2.2 mailbox full")
        )
        beat(tx, "poll:1", note="The server hung up.")
        tx.session.add(MailFolder(mailbox_id=1, role="inbox", name="INBOX", uid_validity=1, missing_from=1,
                                  missing_to=40, missing_total=100, missing_left=40))  # fmt: skip
    page = boss.get("/settings/mailboxes/1")
    for words in ("4.2.2 mailbox full", "(452)", "Inbox not read", "The server hung up.", "60 of 100 messages"):
        assert words in page
    assert "4.2.2 mailbox full" in boss.get("/settings/mailboxes/1/log")


def test_holidays(house: House, boss: Person) -> None:
    assert "Choose a day" in boss.post("/settings/holidays/days", status=422, name="Fair")
    boss.post("/settings/holidays/days", day="2026-12-28", name="Between the years")
    boss.post("/settings/holidays/calendars", country="GB", calendar="SCT")
    page = boss.get("/settings/holidays")
    assert "Between the years" in page
    assert '<option value="SCT" selected>' in page
    boss.post("/settings/holidays/days/removal", day="2026-12-28")
    assert "Between the years" not in boss.get("/settings/holidays")
    assert "no region" in boss.post("/settings/holidays/calendars", status=422, country="GB", calendar="XXX")


def test_a_backup_is_whole_and_leaves_nothing_behind(house: House, boss: Person) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', boss.get("/settings/data"))
    assert token
    with boss.client.post("/settings/data/backup", data={"csrf_token": token[1]}) as answer:
        assert answer.data.startswith(b"SQLite format 3")
    assert list(house.settings.home.glob("backup-*")) == []
    assert changes(house) == ["backup"]


def test_the_system_masks_secrets_and_names_faults(house: House, boss: Person) -> None:
    assert "Nothing is wrong" in boss.get("/settings/system")
    boss.post("/settings/mailboxes/1/pause")
    page = boss.get("/settings/system")
    assert "rapport mailboxes resume" in page
    assert "a key for tests only" not in page


def test_all_parts_are_shown(boss: Person) -> None:
    page = boss.get("/states")
    for words in ("Their turn", "Last 12 weeks", 'aria-invalid="true"', "toast", "skel"):
        assert words in page


def test_a_test_of_a_mailbox_says_how_far_it_came(house: House, boss: Person, servers: FakeMailServer) -> None:
    boss.post("/settings/mailboxes", password="right", **FORM)
    with house.database.reading() as tx:
        number = tx.session.scalars(select(Mailbox.id).where(Mailbox.address == NEW)).one()
    place = f"/settings/mailboxes/{number}"
    assert "Last test" not in boss.get(place)
    assert boss.post(f"{place}/tests") == f"{place}#test"
    page = boss.get(place)
    assert "The message left and arrived." in page
    assert "Seen in the inbox after 0.0 s" in page
    servers.add_account(NEW, "changed at the server")
    boss.post(f"{place}/tests")
    assert "The server refused the user name or the password." in boss.get(place).split('id="test"')[1]
    boss.post(f"{place}/disconnection")
    assert "nothing was sent" in boss.post(f"{place}/tests", status=403)


def test_taking_an_import_back_says_what_is_in_use_and_stays(house: House, boss: Person) -> None:
    file = house.settings.home / "list.csv"
    with house.database.reading() as tx:
        known = tx.session.scalars(select(ContactAddress.email).order_by(ContactAddress.id)).first()
    file.write_text(f"Email,Email 2\n{known},second@list.example\n")
    brought = run_import(
        house.database, file, brand_name="Brackenware", overrides={}, platform=None, dry_run=False, actor="user:1"
    )  # fmt: skip
    with house.database.transaction() as tx:
        suppress(tx, "second@list.example", reason="opt_out", source="a mail", actor="contact")
    boss.post(f"/settings/data/imports/{brought.import_id}/undo")
    assert "Taken back. Addresses and accounts that are in use since stay." in boss.get("/settings/data")
    with house.database.reading() as tx:
        assert tx.session.scalar(select(ContactAddress).where(ContactAddress.email == "second@list.example"))
