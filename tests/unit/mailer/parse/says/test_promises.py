"""What we promise in our own words, in English and German, by when; and what only looks like a promise."""

from datetime import date
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.parse.says.due_days import find_due_days
from mailer.parse.says.promises import MOST, find_promises

WEDNESDAY = date(2026, 11, 25)
PROMISED = (
    ("I'll send you the samples by Friday.", "send you the samples", "2026-11-27"),
    (
        "Hi Imani, thanks! I’ll send you two pans by Friday and Yuki will call.",
        "send you two pans and Yuki will call",
        "2026-11-27",
    ),
    ("We'll be shipping on Monday.", "shipping", "2026-11-30"),
    (
        "Vielen Dank, wir schicken die Ware bis 4.12. und melden uns dann.",
        "schicken die Ware und melden uns",
        "2026-12-04",
    ),
    ("I will send it Friday.", "send it", "2026-11-27"),
    ("We're shipping it on Monday.", "shipping it", "2026-11-30"),
    ("I'll have it with you by Friday.", "have it with you", "2026-11-27"),
    ("We'll sort it out by Friday.", "sort it out", "2026-11-27"),
    ("I’ll get the label to you by Thursday.", "get the label to you", "2026-11-26"),
    ("Wir kümmern uns bis Freitag darum.", "kümmern uns darum", "2026-11-27"),
    ("Ich schaue es mir bis Freitag an.", "schaue es mir an", "2026-11-27"),
    ("I'll look into it by Friday.", "look into it", "2026-11-27"),
    ("Hope you're well. I'll share the draft by Friday 17:00.", "share the draft", "2026-11-27"),
    ("Das bekommst du bis Freitag.", "Das bekommst du", "2026-11-27"),
    ("We'll ship on Monday.", "ship", "2026-11-30"),
    ("I will send the contract by 4 December.", "send the contract", "2026-12-04"),
    ("We will get back to you next week.", "get back to you", "2026-12-04"),
    ("I'm going to send you the brief tomorrow.", "send you the brief", "2026-11-26"),
    ("By Friday I'll send you the contract.", "send you the contract", "2026-11-27"),
    ("I'll let you know by the end of the week.", "let you know", "2026-11-27"),
    ("You'll have the invoice by Monday.", "have the invoice", "2026-11-30"),
    ("You will hear from us by 3 December 2026.", "hear from us", "2026-12-03"),
    ("The samples will be sent on Thursday.", "The samples will be sent", "2026-11-26"),
    ("Your pan will ship on Monday.", "Your pan will ship", "2026-11-30"),
    ("We'll have the contract ready by Friday.", "have the contract ready", "2026-11-27"),
    ("Will send it tomorrow.", "send it", "2026-11-26"),
    ("I can send the numbers by Friday.", "send the numbers", "2026-11-27"),
    ("I'll pay the invoice within 14 days.", "pay the invoice", "2026-12-09"),
    ("I'll get back to you within 48 hours.", "get back to you", "2026-11-27"),
    ("We promise to deliver by the end of the month.", "deliver", "2026-11-30"),
    ("I'll send it by Friday, ok?", "send it", "2026-11-27"),
    ("I'll send it no later than Friday.", "send it", "2026-11-27"),
    ("Don't worry, I'll send it by Friday.", "send it", "2026-11-27"),
    ("I'll also send you two pans next week.", "send you two pans", "2026-12-04"),
    ("I'll try to send the draft by Friday.", "send the draft", "2026-11-27"),
    ("We will transfer the fee in January.", "transfer the fee", "2027-01-31"),
    ("I'll reply tonight.", "reply", "2026-11-25"),
    ("I'll send it on Friday, 4 December.", "send it", "2026-12-04"),
    ("We'll publish it by the 4th.", "publish it", "2026-12-04"),
    ("Das schicke ich bis Freitag.", "Das schicke", "2026-11-27"),
    ("Die Muster schicke ich dir bis Freitag.", "Die Muster schicke dir", "2026-11-27"),
    ("Ich schicke dir die Muster bis Freitag.", "schicke dir die Muster", "2026-11-27"),
    ("Wir liefern am Montag.", "liefern", "2026-11-30"),
    ("Ich melde mich bis Mittwoch.", "melde mich", "2026-12-02"),
    ("Melde mich morgen.", "Melde mich", "2026-11-26"),
    ("Wir melden uns nächste Woche.", "melden uns", "2026-12-04"),
    ("Ich werde dir den Vertrag bis 4. Dezember schicken.", "dir den Vertrag schicken", "2026-12-04"),
    ("Bis Ende der Woche schicken wir dir die Pfanne.", "schicken dir die Pfanne", "2026-11-27"),
    ("Wir werden die Rechnung bis Monatsende überweisen.", "die Rechnung überweisen", "2026-11-30"),
    ("Du bekommst den Vertrag bis Freitag.", "bekommst den Vertrag", "2026-11-27"),
    ("Sie erhalten die Unterlagen am Montag.", "erhalten die Unterlagen", "2026-11-30"),
    ("Das Paket geht am Montag raus.", "Das Paket geht raus", "2026-11-30"),
    ("Die Ware wird am Dienstag verschickt.", "Die Ware wird verschickt", "2026-12-01"),
    ("Ich gebe dir bis Donnerstag Bescheid.", "gebe dir Bescheid", "2026-11-26"),
    ("Ich rufe dich morgen an.", "rufe dich an", "2026-11-26"),
    ("Schicke dir die Liste bis Freitag.", "Schicke dir die Liste", "2026-11-27"),
    ("Ich kann dir die Zahlen bis Freitag schicken.", "dir die Zahlen schicken", "2026-11-27"),
    ("Spätestens am Freitag schicken wir das Paket.", "schicken das Paket", "2026-11-27"),
    ("Wir überweisen das Honorar innerhalb von 14 Tagen.", "überweisen das Honorar", "2026-12-09"),
    ("Am 7.12. schicke ich das Skript.", "schicke das Skript", "2026-12-07"),
    ("I'll email you the label today.", "email you the label", "2026-11-25"),
    ("We'll refund the difference within 5 working days.", "refund the difference", "2026-11-30"),
    ("We'll replace the pan by the end of next week.", "replace the pan", "2026-12-04"),
    ("I am going to write to Yuki and reply by Thursday.", "write to Yuki and reply", "2026-11-26"),
    ("Of course, I'll confirm the dates by 1 December.", "confirm the dates", "2026-12-01"),
    ("We'll put it in the post tomorrow.", "put it in the post", "2026-11-26"),
    ("You can expect the contract by Monday.", "expect the contract", "2026-11-30"),
    ("I'll check in again in two weeks.", "check in again", "2026-12-09"),
    ("Let me send you the figures by Friday.", "send you the figures", "2026-11-27"),
    ("We'll credit your account by 15/12/2026.", "credit your account", "2026-12-15"),
    ("Ich antworte dir heute noch.", "antworte dir", "2026-11-25"),
    ("Wir erstatten dir den Betrag bis Ende des Monats.", "erstatten dir den Betrag", "2026-11-30"),
    ("Die Rechnung bezahlen wir nächste Woche.", "Die Rechnung bezahlen", "2026-12-04"),
    ("Ich leite es heute an Yuki weiter.", "leite es an Yuki weiter", "2026-11-25"),
    ("Natürlich schicke ich dir morgen ein neues Etikett.", "Natürlich schicke dir ein neues Etikett", "2026-11-26"),
    ("Wir ersetzen die Pfanne bis zum 15. Dezember.", "ersetzen die Pfanne", "2026-12-15"),
    ("Ihr bekommt die Texte am Donnerstag.", "bekommt die Texte", "2026-11-26"),
    ("Ich bestätige den Termin bis morgen Mittag.", "bestätige den Termin", "2026-11-26"),
    ("Den Entwurf prüfen wir bis übermorgen.", "Den Entwurf prüfen", "2026-11-27"),
)
NOT_PROMISED = (
    "The samples ship on Monday.",
    "I'll write again when I'm back.",
    "Ich versuche, das bis Freitag zu schicken.",
    "We shipped it on Monday, as I said.",
    "Send it by Friday and we are fine.",
    "Can we ship on Monday?",
    "I'd send it by Friday.",
    "Maybe I'll send it by Friday.",
    "We're meeting on Monday.",
    "Our shop opens again on Monday.",
    "I'll never send it on a Friday.",
    "You'll love it by Friday.",
    "We may ship on Monday.",
    "Unless you object, we'll ship on Monday.",
    "Schickst du es bis Freitag?",
    "Ich sollte es bis Freitag schicken.",
    "Vielleicht schicken wir es am Montag.",
    "Wir haben es am Montag geliefert.",
    "Er meldet sich bis Freitag.",
    "Sende uns bitte das Skript bis Freitag.",
    "Ich freue mich auf Freitag.",
    "Das Angebot gilt bis Freitag.",
    "Am Montag ist unser Büro geschlossen.",
    "Wir können bis Freitag nicht liefern.",
    "Could you send it by Friday?",
    "Shall I send it by Friday?",
    "If you like it, we'll send one by Friday.",
    "I won't send it before Friday.",
    "We will not ship on Monday.",
    "I sent it on Friday.",
    "They will send it on Monday.",
    "The courier will deliver on Monday.",
    "Please send it by Friday.",
    "I'll be on holiday until Friday.",
    "We'll see you on Monday.",
    "I hope to send it by Friday.",
    "I would send it by Friday.",
    "Once you confirm, I'll ship on Monday.",
    "I'll send you the contract.",
    "She'll ship it on Monday.",
    "You will send the draft by Friday.",
    "We could ship on Monday.",
    "I'll have lunch on Friday.",
    "We'll send nothing before Monday.",
    "Thanks for Friday, it was lovely.",
    "Will you send it on Friday?",
    "I was going to send it on Monday.",
    "Bitte schicken Sie das Paket bis Freitag.",
    "Schicke mir bitte die Zahlen bis Freitag.",
    "Kannst du das bis Freitag schicken?",
    "Soll ich das bis Freitag schicken?",
    "Wenn du magst, schicke ich es bis Freitag.",
    "Ich schicke es nicht vor Freitag.",
    "Ich habe es am Freitag geschickt.",
    "Er schickt es am Montag.",
    "Melde dich bis Freitag.",
    "Ich könnte es bis Freitag schicken.",
    "Ich würde es am Freitag schicken.",
    "Wir schicken am Montag nichts.",
    "Ich bin bis Freitag im Urlaub.",
    "Guten Morgen, ich schicke dir Grüße.",
    "Sie schicken das Paket am Montag.",
    "Schicken Sie es bis Freitag?",
    "Sobald du zusagst, liefern wir am Montag.",
    "Ich schicke dir den Vertrag.",
    "Wir hoffen, am Montag zu liefern.",
)
DAYS = (
    ("today", "2026-11-25"),
    ("by the end of the day", "2026-11-25"),
    ("tonight", "2026-11-25"),
    ("tomorrow afternoon", "2026-11-26"),
    ("the day after tomorrow", "2026-11-27"),
    ("this week", "2026-11-27"),
    ("by the end of next week", "2026-12-04"),
    ("next Tuesday", "2026-12-01"),
    ("Tuesday next week", "2026-12-01"),
    ("within two days", "2026-11-27"),
    ("in 3 weeks", "2026-12-16"),
    ("this month", "2026-11-30"),
    ("next month", "2026-12-31"),
    ("by the end of December", "2026-12-31"),
    ("on the 2nd", "2026-12-02"),
    ("by 2026-12-04", "2026-12-04"),
    ("heute Abend", "2026-11-25"),
    ("übermorgen", "2026-11-27"),
    ("diese Woche", "2026-11-27"),
    ("Anfang nächster Woche", "2026-12-04"),
    ("am Sonnabend", "2026-11-28"),
    ("Dienstag nächster Woche", "2026-12-01"),
    ("bis zum 4.12.", "2026-12-04"),
    ("bis Freitag, den 4. Dezember", "2026-12-04"),
    ("binnen 24 Stunden", "2026-11-26"),
    ("im Januar", "2027-01-31"),
)


@pytest.mark.parametrize(("text", "what", "day"), PROMISED, ids=[row[0] for row in PROMISED])
def test_promises(text: str, what: str, day: str) -> None:
    (found,) = find_promises(text, WEDNESDAY)
    assert (found.what, found.on.isoformat(), found.sentence in text) == (what, day, True)
    assert 0.6 <= found.confidence <= 1


@pytest.mark.parametrize("text", NOT_PROMISED)
def test_no_promises(text: str) -> None:
    assert find_promises(text, WEDNESDAY) == ()


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(PROMISED) >= 60
    assert len(NOT_PROMISED) >= 40


def test_several_in_one_mail_keep_their_own_days() -> None:
    text = (
        "Hi Imani,\n\nI'll call you on Tuesday and we'll send the brief by Friday. If you like it, I'll ship on Monday."
        "\n\nDen Vertrag bekommst du morgen.\nI'll call you on Tuesday.\n\nAda"
    )
    assert [(one.what, one.on.day) for one in find_promises(text, WEDNESDAY)] == [
        ("call you", 1), ("send the brief", 27), ("Den Vertrag bekommst du", 26),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), DAYS, ids=[row[0] for row in DAYS])
def test_days(text: str, day: str) -> None:
    (found,) = find_due_days(text, WEDNESDAY)
    assert found.on.isoformat() == day


def test_a_week_that_is_over_on_saturday_means_the_same_day() -> None:
    saturday = date(2026, 11, 28)
    assert [one.on for one in find_due_days("this week", saturday)] == [saturday]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([one[0] for one in PROMISED]) | st.text(max_size=60), max_size=30))
def test_any_text_is_read_without_raising_and_within_bounds(parts: list[str]) -> None:
    found = find_promises(" ".join(parts), WEDNESDAY)
    assert len(found) <= MOST
    assert all(one.what and one.on >= WEDNESDAY for one in found)


@pytest.mark.parametrize("piece", ["I'll ", "wir werden ", "geht ", "in ", "by the ", "will be ", "4. ", "and ", "x "])
def test_hostile_text_takes_no_long_time(piece: str) -> None:
    began = perf_counter()
    find_promises(piece * 4_000 + "by Friday", WEDNESDAY)
    assert perf_counter() - began < 0.5
