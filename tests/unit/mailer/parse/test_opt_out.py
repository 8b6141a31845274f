"""Pure: "never again", told from "not interested"."""

import pytest

from mailer.parse.opt_out import find_opt_out
from tests.unit.mailer.parse.builders import parsed


@pytest.mark.parametrize(
    "text",
    [
        "unsubscribe",
        "STOP",
        "Remove me",
        "Please remove me from your list.",
        "Please unsubscribe me.",
        "Stop emailing me!",
        "Take me off your list",
        "Please do not contact me again.",
        "Don't email me anymore",
        "No more emails please.",
        "Kindly opt me out.",
        "I no longer wish to receive these mails.",
        "Not interested, please remove me.",
        "Please delete my data from your database.",
        "Leave me alone",
        "Bitte nehmen Sie mich aus Ihrem Verteiler, mich bitte aus der Liste löschen.",
        "Bitte löschen Sie meine Daten.",
        "Bitte keine weiteren E-Mails mehr.",
        "Schreiben Sie mir bitte nicht mehr.",
        "Bitte abmelden",
        "Merci de me désabonner.",
        "Veuillez me retirer de votre liste.",
        "Ne me contactez plus.",
        "Arrêtez de m'écrire.",
        "Quiero darme de baja.",
        "Por favor, elimíneme de su lista.",
        "No me escriban más.",
        "Dejen de enviarme correos.",
        "Cancellatemi dalla lista.",
        "Non scrivetemi più.",
        "Vorrei disiscrivermi",
        "Por favor, remova-me da lista.",
        "Não me envie mais e-mails.",
        "Pare de me enviar e-mails.",
        "Graag uitschrijven.",
        "Haal mij van de lijst af.",
        "Mail mij niet meer.",
        "Afmeld mig, tak.",
        "Fjern mig fra listen.",
        "Skriv ikke til mig igen.",
        "Ikke flere mails, tak.",
        "Avregistrera mig.",
        "Ta bort mig från listan.",
        "Sluta mejla mig.",
        "Proszę mnie wypisać, wypiszcie mnie.",
        "Proszę usunąć mój adres.",
        "Proszę nie pisać do mnie więcej.",
        "Poistakaa minut listalta.",
        "Älkää lähettäkö minulle enää viestejä.",
        "Prosím odhlaste mě.",
        "Už mi nepište.",
        "Prosím, vymažte ma zo zoznamu.",
        "Kérem, töröljön a listáról.",
        "Ne írjanak többet.",
        "Vă rog să mă dezabonați.",
        "Nu îmi mai scrieți.",
        "Lütfen beni listeden çıkarın.",
        "Bana bir daha yazmayın.",
        "Отпишите меня, пожалуйста.",
        "Не пишите мне больше.",
        "Видаліть мене зі списку.",
        "Не пишіть мені більше.",
        "Διαγράψτε με από τη λίστα.",
        "配信を停止してください。",
        "今後はメールを送らないでください。",
        "请退订。",
        "请不要再给我发邮件。",
        "수신 거부합니다.",
        "더 이상 메일을 보내지 마세요.",
        "احذفوني من القائمة.",
        "הסירו אותי מהרשימה.",
    ],
)
def test_an_opt_out_is_heard(text: str) -> None:
    assert find_opt_out(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Not interested.",
        "No thanks!",
        "Kein Interesse.",
        "Pas intéressée.",
        "No me interesa.",
        "My audience can unsubscribe; your unsubscribe page is broken.",
        "How do I unsubscribe people from my newsletter?",
        "Don't remove me, I like it!",
        "I never stop baking.",
        "Please stop by our stand.",
        "Do not contact me before Monday.",
        "Would love to!",
        "We list 40 bakers.",
        "",
        "Can you email me the brief?",
        "I will stop posting in May.",
        "Do not hesitate to contact me.",
        "Please don't hesitate to email me again.",
    ],
)
def test_what_is_no_opt_out_is_left_alone(text: str) -> None:
    assert find_opt_out(text) is None


def test_an_opt_out_in_the_quote_is_not_the_persons() -> None:
    quote = (
        "On 16 Nov 2026, Ana <ana@agency.example> wrote:\n> Reply stop and we never write again. To "
        "unsubscribe: unsubscribe me"
    )
    assert not parsed(f"Yes, gladly!\n\n{quote}").opt_out
    assert parsed(f"Please remove me from your list.\n\n{quote}").opt_out


@pytest.mark.parametrize(
    "text",
    [
        "Please don't unsubscribe me, I like your mails.",
        "Please do not remove me from the list!",
        "Bitte mich nicht abmelden, ich lese gern mit.",
        "Por favor, no me den de baja.",
        "Не отпишите меня случайно!",
        "Wij zijn niet afgemeld, hoor.",
        "退院しました。また連絡します。",
        "I stopped filming for the winter.",
    ],
)
def test_who_wants_to_stay_is_not_sent_away(text: str) -> None:
    assert find_opt_out(text) is None
