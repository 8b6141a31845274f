"""Pure: what an answer seems to say."""

import pytest

from mailer.parse.intent import guess_reply_kind
from mailer.types import ReplyKind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Yes, I'm very interested!", ReplyKind.INTERESTED),
        ("Sounds great, let's talk.", ReplyKind.INTERESTED),
        ("I'd love to try your bread. My shipping address is 1 Mill Lane.", ReplyKind.INTERESTED),
        ("Das klingt super, ich wäre dabei.", ReplyKind.INTERESTED),
        ("Je suis intéressée, avec plaisir !", ReplyKind.INTERESTED),
        ("Me interesa mucho.", ReplyKind.INTERESTED),
        ("Which bread would it be?", ReplyKind.QUESTION),
        ("¿Cuándo sería la fecha?", ReplyKind.QUESTION),
        ("Sounds good! My rate is $500 per reel.", ReplyKind.COUNTER_OFFER),
        ("What is your budget?", ReplyKind.COUNTER_OFFER),
        ("Is this a paid collaboration?", ReplyKind.COUNTER_OFFER),
        ("Mein Honorar liegt bei 400 EUR.", ReplyKind.COUNTER_OFFER),
        ("Mes tarifs commencent à 300 €.", ReplyKind.COUNTER_OFFER),
        ("Mi tarifa es de 300 euros.", ReplyKind.COUNTER_OFFER),
        ("Not right now, maybe later this year.", ReplyKind.NOT_NOW),
        ("Not before Hogmanay, I am flat out, but do ask me again in January.", ReplyKind.NOT_NOW),
        ("I'm fully booked until March.", ReplyKind.NOT_NOW),
        ("Aktuell leider nicht.", ReplyKind.NOT_NOW),
        ("Pas en ce moment, désolée.", ReplyKind.NOT_NOW),
        ("Ahora no, gracias.", ReplyKind.NOT_NOW),
        ("Not interested, thanks.", ReplyKind.NO),
        ("I'm not interested.", ReplyKind.NO),
        ("I have to decline.", ReplyKind.NO),
        ("Nein danke, kein Interesse.", ReplyKind.NO),
        ("Non merci.", ReplyKind.NO),
        ("No me interesa, gracias.", ReplyKind.NO),
        ("Please contact my manager.", ReplyKind.REFERRAL),
        ("I've cc'd my agent Ben, who handles this.", ReplyKind.REFERRAL),
        ("Bitte wenden Sie sich an mein Management.", ReplyKind.REFERRAL),
        ("Contactez mon agent, merci.", ReplyKind.REFERRAL),
        ("Escribe a mi representante.", ReplyKind.REFERRAL),
        ("Hello Ana.", ReplyKind.OTHER),
        ("", ReplyKind.OTHER),
    ],
)
def test_plain_answers_are_understood(text: str, kind: ReplyKind) -> None:
    found, cue = guess_reply_kind(text)
    assert found is kind
    assert bool(cue) is (kind is not ReplyKind.OTHER)
    assert cue in text


def test_the_cue_keeps_its_letters_wherever_it_stands() -> None:
    assert guess_reply_kind("İİİ Ok. I'm NOT Interested, sorry.") == (ReplyKind.NO, "NOT Interested")
