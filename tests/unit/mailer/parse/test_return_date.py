"""Pure: the stated day of return."""

from datetime import UTC, date, datetime

import pytest

from mailer.parse.return_date import find_return_date

RECEIVED_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
THIRD = date(2026, 12, 3)


@pytest.mark.parametrize(
    "text",
    [
        "I will be back on 3 December.",
        "I'll be back on December 3rd and answer then.",
        "I am out of the office until Thursday, 3 December 2026.",
        "I return on the 3rd of December, 2026.",
        "Returning 2026-12-03.",
        "I am away from 20 November to 3 December.",
        "out of office until Dec. 3",
        "Ich bin ab dem 3. Dezember wieder erreichbar.",
        "Ich bin bis einschließlich 03.12.2026 nicht im Büro.",
        "Ich bin vom 20.11. bis 3.12. im Urlaub.",
        "Je serai de retour le 3 décembre 2026.",
        "Je suis absente jusqu'au 3 décembre.",
        "Estaré fuera de la oficina hasta el 3 de diciembre.",
        "Regreso el 3 de diciembre de 2026.",
        "Estou de férias até 3 de dezembro.",
        "Voltarei no dia 3 de dezembro.",
        "Sono in ferie fino al 3 dicembre.",
        "Rientrerò il 3 dicembre 2026.",
        "Ik ben afwezig tot en met 3 december.",
        "Ik ben 3 december weer aanwezig, terug op 3 december.",
        "Jeg er tilbage den 3. december.",
        "Jeg er på ferie til 3. desember.",
        "Jag är tillbaka den 3 december.",
        "Jag är på semester till och med 3 december.",
        "Wracam 3 grudnia.",
        "Jestem na urlopie do 3 grudnia 2026.",
        "until 12月3日",
    ],
)
def test_a_stated_date_is_found(text: str) -> None:
    assert find_return_date(text, received_at=RECEIVED_AT) == THIRD


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Back on 4 January.", date(2027, 1, 4)),
        ("I am out from 21 November until 1 December and return on 3 December.", THIRD),
        ("until 25/12/2026", date(2026, 12, 25)),
        ("until 12/25/2026", date(2026, 12, 25)),
        ("back on 3/4/2027", None),
        ("back on 3/12", None),
        ("I was back on 3 November 2025.", None),
        ("until 31 February", None),
        ("The fair is on 3 December.", None),
        ("Call +46 12 03 2026 until noon", None),
        ("back soon", None),
        ("", None),
    ],
)
def test_what_would_be_a_guess_is_none(text: str, expected: date | None) -> None:
    assert find_return_date(text, received_at=RECEIVED_AT) == expected
