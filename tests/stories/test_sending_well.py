"""What leaves is as it should be: no objections, signed when it is fixed, answered where we read, and easy to stop."""

import re

import pytest
from sqlalchemy import select

from crm.brands import get_brand
from crm.mailboxes import get_mailbox
from crm.models import Contact, Mailbox, Message
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from mailer.dkim import public_part
from mailer.lint import lint_mail
from sequences.mailboxes.dkim import add_key, get_key, make_key, read_signers, remove_key, start_key
from sequences.models import SendBody
from sequences.pitches.brand_letters import BrandFacts, edit_brand, set_reply_to
from sequences.reviewing import review
from sequences.reviewing.drafts import find_draft
from sequences.sending.links import Links
from sequences.tick import sweep
from sequences.versions.authoring import start_sequence
from tests.stories.test_fence import due_follow_up
from tests.stories.world import MIA, TWO_STEPS, World

DESK = "desk@pastel.test"
SIGNATURE = "**{{ sender.name }}**\n{{ brand.name }}, [site](https://pastel.test/)"

OWN = """\
name: own
brand: Pastel & Co
mailbox: mia@pastel.test
window: always
holidays: none
steps:
  - key: pitch
    kind: email
    subject: Hello
    body: |
      Hi.

      Bye,\\
      {{ brand.signature }}
"""


def make_public(world: World) -> None:
    world.engine.links = Links(seal=world.seal, public_url="https://crm.pastel.test", is_public=True)


def edit(world: World, **facts: object) -> None:
    with world.database.transaction() as tx:
        edit_brand(tx, get_brand(tx, None), BrandFacts(**facts))


def test_every_mail_of_a_run_passes_the_linter(small: World) -> None:
    make_public(small)
    edit(small, signature=SIGNATURE)
    small.load()
    small.enrol(small.people(2))
    small.tick()
    small.days(3.1)
    assert small.tick().sent == 2
    assert len(small.server.outbox) == 4
    for taken in small.server.outbox:
        assert lint_mail(taken.raw) == []
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in taken.raw


def test_the_bytes_are_signed_once_and_kept(world: World) -> None:
    make_public(world)
    with world.database.transaction() as tx:
        key = add_key(tx, world.seal, domain="Pastel.test", selector="r1", key=make_key("ed25519"))
        assert "PRIVATE" not in key.secret
        assert read_signers(tx, world.seal, "pastel.test") == ()
        start_key(tx, key)
    world.load()
    world.enrol(world.people(1))
    world.tick()
    (taken,) = world.server.outbox
    assert taken.raw.startswith(b"DKIM-Signature: v=1; a=ed25519-sha256;")
    assert b" d=pastel.test;\r\n s=r1;" in taken.raw
    assert lint_mail(taken.raw) == []
    with world.database.reading() as tx:
        assert tx.session.scalar(select(SendBody.raw)) == taken.raw


def test_keys_take_turns(small: World) -> None:
    with small.database.transaction() as tx:
        made = [make_key(kind) for kind in ("ed25519", "ed25519", "rsa")]
        keys = [
            add_key(tx, small.seal, domain="pastel.test", selector=f"s{number}", key=key)
            for number, key in enumerate(made)
        ]
        for key in keys:
            start_key(tx, key)
        assert [one.selector for one in read_signers(tx, small.seal, "pastel.test")] == ["s1", "s2"]
        assert public_part(read_signers(tx, small.seal, "pastel.test")[0].key) == keys[1].public
        remove_key(tx, get_key(tx, "pastel.test", "s1"))
        tx.session.flush()
        assert [one.selector for one in read_signers(tx, small.seal, "pastel.test")] == ["s2"]
        with pytest.raises(ConflictError):
            add_key(tx, small.seal, domain="pastel.test", selector="s2", key=made[0])
        with pytest.raises(InvalidError, match="selector"):
            add_key(tx, small.seal, domain="pastel.test", selector="No Good", key=made[0])
        with pytest.raises(NotFoundError):
            get_key(tx, "pastel.test", "s1")


def test_the_signature_stands_above_the_footer_in_both_parts(small: World) -> None:
    edit(small, signature=SIGNATURE)
    small.load()
    small.enrol(small.people(1))
    small.tick()
    (mail,) = small.mails_to("creator0@people.example")
    text, html = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    assert "we make markers.\n\nMia Lund\nPastel & Co, site (https://pastel.test/)\n\n-- \nPastel & Co, 1 Quay" in text
    assert "<strong>Mia Lund</strong><br>\nPastel &amp; Co, <a href" in html


def test_a_pitch_that_places_the_signature_itself_gets_it_once(small: World) -> None:
    edit(small, signature=SIGNATURE)
    small.load(OWN)
    small.enrol(small.people(1), "own")
    small.tick()
    (mail,) = small.mails_to("creator0@people.example")
    text = mail.get_body(("plain",)).get_content()
    assert text.count("Mia Lund") == 1
    assert "Bye,\nMia Lund\nPastel & Co, site (https://pastel.test/)\n\n-- " in text.replace("\r\n", "\n")


def test_a_reviewer_sees_the_signature_and_an_edit_keeps_it(small: World) -> None:
    edit(small, signature=SIGNATURE)
    small.load(TWO_STEPS.replace("kind: email", "kind: email\n    review: required", 1))
    small.enrol(small.people(1))
    small.tick()
    with small.database.transaction() as tx:
        draft = find_draft(tx, None, links=small.engine.links)
        assert draft is not None
        edited = review.edit(tx, draft.send_id, "Hello", "Only this.", links=small.engine.links)
        for one in (draft, edited):
            words = "\n\n".join("".join(piece.words for piece in paragraph) for paragraph in one.letter.body)
            assert words.endswith("\n\nMia Lund\nPastel & Co, site (https://pastel.test/)")
            assert one.letter.foot[0].startswith("Pastel & Co, 1 Quay Street")


@pytest.mark.parametrize("bad", ["{{ contact.first_name }}", "{{ brand.signature }}", "[your name]", "{% if %}"])
def test_a_signature_that_not_every_mail_can_carry_is_refused(small: World, bad: str) -> None:
    with pytest.raises(InvalidError, match="signature cannot be used"):
        edit(small, signature=bad)


def test_a_postal_address_stands_where_the_brand_requires_it(small: World) -> None:
    edit(small, requires_postal=False, postal_address="")
    small.load()
    small.enrol(small.people(1))
    small.tick()
    text = small.mails_to("creator0@people.example")[0].get_body(("plain",)).get_content()
    assert re.search(r"-- \r?\nPastel & Co\r?\n", text)
    edit(small, requires_postal=True)
    small.load(OWN, start=False)
    with small.database.transaction() as tx, pytest.raises(RefusedError, match="postal address"):
        start_sequence(tx, "own")


def test_a_brand_that_requires_one_click_sends_nothing_without_it(small: World) -> None:
    edit(small, requires_one_click=True)
    small.load(start=False)
    with small.database.transaction() as tx, pytest.raises(RefusedError, match="RAPPORT_PUBLIC_URL"):
        start_sequence(tx, "spring")
    with small.database.transaction() as tx:
        start_sequence(tx, "spring", is_public=True)
    small.enrol(small.people(1))
    assert small.tick().sent == 0
    assert (small.send().state, "one-click" in small.send().reason) == ("scheduled", True)
    make_public(small)
    small.days(0.1)
    assert small.tick().sent == 1


@pytest.mark.parametrize("address", ["stranger@else.example", "no address", "milá@pastel.test"])
def test_answers_go_only_where_somebody_reads(small: World, address: str) -> None:
    with pytest.raises(InvalidError):
        edit(small, reply_to=address)


def test_reply_to_of_the_mailbox_comes_before_the_brands(small: World) -> None:
    with small.database.transaction() as tx:
        small.add_mailbox(tx, DESK)
    small.server.add_account(DESK, "password")
    edit(small, reply_to=DESK)
    small.load()
    small.enrol(small.people(2))
    small.tick()
    assert small.mails_to("creator0@people.example")[0]["Reply-To"] == "Mia Lund <desk@pastel.test>"
    with small.database.transaction() as tx:
        set_reply_to(tx, get_mailbox(tx, MIA), "mia+spring@pastel.test")
    small.days(3.1)
    small.tick()
    assert small.mails_to("creator0@people.example")[1]["Reply-To"] == "Mia Lund <mia+spring@pastel.test>"


def follow_up_answered_at_desk(world: World) -> None:
    """Make a follow-up due whose pitch asked for answers in another mailbox of ours."""
    with world.database.transaction() as tx:
        world.add_mailbox(tx, DESK)
    world.server.add_account(DESK, "password")
    edit(world, reply_to=DESK)
    due_follow_up(world)


def test_an_answer_in_the_other_mailbox_stops_the_follow_up(world: World) -> None:
    """Nothing polls by itself here: the drain has to look into the mailbox that Reply-To names (A7)."""
    follow_up_answered_at_desk(world)
    mail = world.mails_to("creator0@people.example")[0]
    raw = (
        f"From: creator0@people.example\r\nTo: {DESK}\r\nSubject: Re: x\r\nMessage-ID: <a1@people.example>\r\n"
        f"In-Reply-To: {mail['Message-ID']}\r\nDate: Thu, 26 Nov 2026 09:00:00 +0000\r\n\r\nYes, I would love to.\r\n"
    )
    world.server.deliver(DESK, raw.encode(), world.clock.now(), "INBOX")
    world.drain()
    assert world.runs()[0].reason == "reply"
    assert len(world.mails_to("creator0@people.example")) == 1
    with world.database.reading() as tx:
        message = tx.session.scalar(select(Message).where(Message.kind == "reply"))
        assert message is not None
        assert message.mailbox_id == tx.session.scalar(select(Mailbox.id).where(Mailbox.address == DESK))


def test_while_the_other_mailbox_cannot_be_read_follow_ups_wait_and_say_why(small: World) -> None:
    """An answer may lie in the mailbox that Reply-To names: unread, it holds them as the own one does (A7)."""
    follow_up_answered_at_desk(small)
    small.server.remove_folder(DESK, "INBOX")
    assert small.drain().sent == 0
    assert (small.send(-1).state, small.send(-1).reason[:38]) == ("scheduled", "Held: the inbox could not be read (INB")
    small.server.add_folder(DESK, "INBOX")
    small.days(0.1)
    assert small.tick().sent == 1


def test_a_name_with_a_line_break_still_gets_its_mail(small: World) -> None:
    ids = small.people(1)
    with small.database.transaction() as tx:
        tx.session.get_one(Contact, ids[0]).name = "Mila\r\nBcc: x@evil.example\x07"
    small.load()
    small.enrol(ids)
    assert small.tick().sent == 1
    (mail,) = small.mails_to("creator0@people.example")
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].display_name == "Mila Bcc: x@evil.example"
    sweep(small.engine)
