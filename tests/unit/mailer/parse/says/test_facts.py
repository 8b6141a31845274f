"""Facts in sentences: what is found, and what is left alone. The day is Monday 23 November 2026."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.parse.says import find_facts
from mailer.parse.says.days import easter
from mailer.parse.says.sentences import split_sentences
from mailer.said import Opinion, as_document, name_of
from mailer.types import Address, ReplyKind

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
KNOWN = frozenset({"ada@brackenware.example", "imani@smallkitchen.example"})


def found(text: str, name: str, kind: ReplyKind | None = None, cc: tuple[Address, ...] = ()) -> list[dict[str, str]]:
    facts = find_facts(text, kind=kind, received_at=MONDAY, cc=cc, known=KNOWN)
    return [as_document(fact) for fact in facts if name_of(fact) == name]


@pytest.mark.parametrize(
    ("text", "prices"),
    [
        ("I charge €1.200,50 for one reel.", [("1200.50", "", "EUR", "one reel")]),
        ("My rate is 1.5k USD per video", [("1500.0", "", "USD", "video")]),
        ("1 200 EUR pro Video", [("1200", "", "EUR", "video")]),
        ("$300-500 for a post", [("300", "500", "USD", "a post")]),
        ("between 300 and 500 euros", [("300", "500", "EUR", "")]),
        ("£1,250", [("1250", "", "GBP", "")]),
        ("3 stories cost 400 dollars", [("400", "", "USD", "3 stories")]),
        ("Reel 450, Story 150 (all prices excl. VAT)", [("450", "", "", "reel"), ("150", "", "", "story")]),
        ("Für ein Reel nehme ich 800 Euro netto, Storys ab 250.", [("800", "", "EUR", "ein reel"),
                                                                  ("250", "", "", "storys")]),
        ("Je demande 450 euros par réel", [("450", "", "EUR", "réel")]),
        ("Cobro 350 € por reel más IVA", [("350", "", "EUR", "reel")]),
        ("Jag tar 4000 kr per film", [("4000", "", "", "film")]),
        ("リール1本につき5万円でお受けしています", [("50000", "", "JPY", "")]),
        ("Could you do 450 instead of 300?", [("450", "", "", "")]),
        ("Thank you for your offer of €200. I would do it for €350.", [("350", "", "EUR", "")]),
        ("For three videos I would need €5,400, but then I can include the newsletter.", [("5400", "", "EUR",
                                                                                          "three videos")]),
        ("I have 200k followers and 40,000 views per video.", []),
        ("The invoice of $500 is attached.", []),
        ("My rate changed in 2025.", []),
        ("20% more would be fair.", []),
        ("Call me on +44 20 7946 0000", []),
        ("", []),
    ],
)  # fmt: skip
def test_prices(text: str, prices: list[tuple[str, str, str, str]]) -> None:
    keys = ("amount", "most", "currency", "what")
    assert [tuple(one.get(key, "") for key in keys) for one in found(text, "price")] == prices


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Not before Hogmanay, but do ask me again in January.", "2027-01-07"),
        ("Could you write again once September is over?", "2027-09-01"),
        ("Schreib mir gerne im Mai nochmal.", "2027-05-01"),
        ("Fragen Sie in zwei Wochen nochmal", "2026-12-07"),
        ("Please get back to me after the summer", "2027-09-01"),
        ("Réécrivez-moi en avril", "2027-04-01"),
        ("Escríbeme en septiembre, ahora no puedo", "2027-09-01"),
        ("Scrivimi di nuovo a settembre", "2027-09-01"),
        ("Fale comigo em março", "2027-03-01"),
        ("Mail me in maart nog eens", "2027-03-01"),
        ("I'm away until the 20th, let's talk after that", "2026-12-21"),
        ("Maybe next year.", "2027-01-07"),
        ("Maybe next month?", "2026-12-01"),
        ("Write me again next week", "2026-11-30"),
        ("Try me again after Easter", "2027-03-30"),
        ("I'm booked until the end of March", "2027-04-01"),
        ("Let's circle back in Q2", "2027-04-01"),
        ("Contact me again in 3 months", "2027-02-23"),
        ("I am on leave until 15 January 2027, ask me then", "2027-01-16"),
    ],
)
def test_when_to_ask_again(text: str, day: str) -> None:
    assert [one["on"] for one in found(text, "later", ReplyKind.NOT_NOW)] == [day]


@pytest.mark.parametrize("text", ["I filmed it in March.", "We met last September.", "Not now, sorry.", "in 99 years"])
def test_no_day_to_ask_again(text: str) -> None:
    assert found(text, "later", ReplyKind.OTHER) == []


@pytest.mark.parametrize(
    ("text", "meeting"),
    [
        ("Could we have a call next Tuesday at 3pm?", {"on": "2026-12-01", "at": "15:00:00"}),
        ("Are you free for a call on 12 March at 15:30?", {"on": "2027-03-12", "at": "15:30:00"}),
        ("Können wir am Donnerstag um 15 Uhr telefonieren?", {"on": "2026-11-26", "at": "15:00:00"}),
        ("On peut s'appeler mardi prochain à 15h ?", {"on": "2026-12-01", "at": "15:00:00"}),
        ("¿Podemos hablar el jueves a las 10:30?", {"on": "2026-11-26", "at": "10:30:00"}),
        ("Possiamo sentirci domani alle 9?", {"on": "2026-11-24", "at": "09:00:00"}),
        ("Let's talk tomorrow at noon", {"on": "2026-11-24", "at": "12:00:00"}),
        ("Could we push the third video to 12 December?", {"on": "2026-12-12"}),
        ("Pick a slot: https://calendly.com/imani/intro.", {"link": "https://calendly.com/imani/intro"}),
        ("Monday 4 pm works for me for a chat", {"on": "2026-11-30", "at": "16:00:00"}),
    ],
)
def test_meetings(text: str, meeting: dict[str, str]) -> None:
    assert found(text, "meeting") == [meeting]


@pytest.mark.parametrize(
    "text", ["I'm not available until 12 March.", "See https://shop.example/pan", "Call me maybe."]
)
def test_no_meeting(text: str) -> None:
    assert found(text, "meeting") == []


def test_tomorrow_is_theirs() -> None:
    late = datetime(2026, 11, 23, 22, tzinfo=UTC)
    (fact,) = find_facts("A call tomorrow?", kind=None, received_at=late, zone=ZoneInfo("Asia/Tokyo"))
    assert as_document(fact) == {"on": "2026-11-25"}


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Please talk to my manager Jana, jana@agency.example", {"name": "Jana", "email": "jana@agency.example"}),
        ("I've cc'd my agent Ben, who handles this.", {"name": "Ben", "email": "ben@agents.example"}),
        ("Das macht alles meine Managerin, Frau Kolb: kolb@starke.example",
         {"name": "Kolb", "email": "kolb@starke.example"}),
        ("Contacte mon agent Léa : lea@agence.example", {"name": "Léa", "email": "lea@agence.example"}),
        ("For collaborations reach us at collabs@tinyfork.example", {"email": "collabs@tinyfork.example"}),
        ("My manager Kim decides. Write to kim@desk.example", {"name": "Kim", "email": "kim@desk.example"}),
        ("Hello, this is Claire, Mia's agent.", {"name": "Claire"}),
    ],
)  # fmt: skip
def test_who_speaks_for_them(text: str, person: dict[str, str]) -> None:
    cc = (Address(email="ada@brackenware.example"), Address(email="ben@agents.example", name="Ben Ode"))
    assert found(text, "representative", cc=cc) == [person]


@pytest.mark.parametrize("text", [
    "Write to me at imani@smallkitchen.example", "My manager is happy.", "My husband loves the pan.", "Hi Ada",
])  # fmt: skip
def test_nobody_speaks_for_them(text: str) -> None:
    assert found(text, "representative") == []


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("My new email is imani@new.example", "imani@new.example"),
        ("Please use imani.o@other.example instead", "imani.o@other.example"),
        ("I no longer use this address. Write to imani@post.example", "imani@post.example"),
        ("Meine neue E-Mail-Adresse lautet imani@neu.example", "imani@neu.example"),
        ("Ma nouvelle adresse mail : imani@nouveau.example", "imani@nouveau.example"),
        ("Mi nuevo correo es imani@nuevo.example", "imani@nuevo.example"),
        ("Mijn nieuwe e-mailadres is imani@nieuw.example", "imani@nieuw.example"),
    ],
)
def test_new_addresses(text: str, email: str) -> None:
    assert found(text, "address") == [{"email": email}]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The handle gets properly hot on my induction hob after ten minutes.", "problem"),
        ("The lid broke after two weeks.", "problem"),
        ("Der Griff wird zu heiß.", "problem"),
        ("Le couvercle ne ferme pas bien.", "problem"),
        ("It would be great if you made a smaller pan.", "idea"),
        ("Es wäre toll, wenn die Pfanne leichter wäre.", "idea"),
        ("I love how the pan feels in my hand.", "praise"),
        ("The colour is gorgeous.", "praise"),
    ],
)
def test_opinions(text: str, kind: str) -> None:
    (fact,) = find_facts(f"Hi Ada.\n\n{text}", kind=None, received_at=MONDAY)
    assert isinstance(fact, Opinion)
    assert (fact.kind, fact.sentence) == (kind, text)


@pytest.mark.parametrize("text", [
    "I'd love to try the pan!", "Does the lid get hot?", "The timing is perfect.", "I love this idea.", "Thanks for it",
])  # fmt: skip
def test_plans_and_questions_are_no_opinions(text: str) -> None:
    assert found(text, "feedback") == []


def test_sentences_end_where_people_end_them() -> None:
    text = "Hi Ada,\n\nwrite to a.b@c.example or\nsee www.x.example. It costs 1.200 EUR! OK? Dr. Who agrees"
    assert split_sentences(text) == [
        "Hi Ada,", "write to a.b@c.example or see www.x.example.", "It costs 1.200 EUR!", "OK?", "Dr. Who agrees"
    ]  # fmt: skip


@pytest.mark.parametrize(("year", "day"), [(2024, "2024-03-31"), (2027, "2027-03-28"), (2038, "2038-04-25")])
def test_easter(year: int, day: str) -> None:
    assert easter(year).isoformat() == day


PIECES = """in two weeks 1,000 € 12 March next Tuesday at 3 pm my manager Jana @ a@b.example call until . ? k 300 - 500
    per reel the pan is hot new email Q4 29. Februar 31/12/2026 über 00:99 25:61 99th"""
WORDS = st.sampled_from([*PIECES.split(), "\n"])


@given(
    st.one_of(st.text(max_size=1_500), st.lists(WORDS, max_size=80).map(" ".join)), st.sampled_from([None, *ReplyKind])
)
def test_any_text_is_read_without_raising_and_within_bounds(text: str, kind: ReplyKind | None) -> None:
    facts = find_facts(text, kind=kind, received_at=MONDAY, cc=(Address(email="q@x.example", name="Q"),))
    assert len(facts) <= 12
    for fact in facts:
        assert 0 < fact.confidence <= 1
        assert 0 < len(fact.sentence) <= 300
        assert all(value for value in as_document(fact).values())


@pytest.mark.parametrize(
    "piece", ["€1 ", "1,000 ", "a@b.c ", "A B ", "use a@", "in two ", "the pan is ", "https://x/", "1."]
)
def test_hostile_text_takes_no_long_time(piece: str) -> None:
    start = time.process_time()
    find_facts(piece * (100_000 // len(piece)), kind=ReplyKind.NOT_NOW, received_at=MONDAY)
    assert time.process_time() - start < 1
