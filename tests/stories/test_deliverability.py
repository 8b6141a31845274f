"""A mailbox is looked at, mail leaves and comes back, and the desk says so, on both databases."""

from dataclasses import replace

from crm.mailboxes import get_mailbox
from sequences.mailboxes.deliverability import list_bad_looks, read_desk
from sequences.mailboxes.health import check_mailbox
from tests.stories.world import MIA, World
from tests.unit.mailer.zones import Zones


def test_the_desk_tells_of_a_look_and_of_what_left(world: World) -> None:
    zones = Zones({"pastel.test": ("v=spf1 +all",), "pastel.test MX": ("10 mx.pastel.test",)})
    world.engine.make_resolver = lambda: zones
    world.load()
    world.enrol(world.people(3))
    world.tick()
    with world.database.reading() as tx:
        mailbox = get_mailbox(tx, MIA)
    result = check_mailbox(world.engine, mailbox)
    assert result["ok"]
    assert {one["name"]: one["state"] for one in result["checks"]}["spf"] == "bad"
    with world.database.reading() as tx:
        desk = read_desk(tx)
        assert list_bad_looks(tx) == [(MIA, ("The SPF record ends in +all: it lets everybody send for this domain.",))]
    assert desk is not None
    assert desk.look is not None
    assert desk.look.troubles[:2] == ("spf", "dmarc")
    assert (desk.own.last_day, desk.own.top_text, desk.own.top_name) == (3, 3, "spring, pitch")
    assert desk.own == replace(desk.domain, breaker=desk.own.breaker)


def test_a_check_without_dns_keeps_nothing(small: World) -> None:
    with small.database.reading() as tx:
        mailbox = get_mailbox(tx, MIA)
    assert [one["name"] for one in check_mailbox(small.engine, mailbox, dns=False)["checks"]] == [
        "smtp", "imap", "folders"
    ]  # fmt: skip
    with small.database.reading() as tx:
        desk = read_desk(tx)
    assert desk is not None
    assert desk.look is None
