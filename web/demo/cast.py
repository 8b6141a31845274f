"""Pure: the fictional cast: who they are and how each of them answers. Every name and address is made up."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Behaviour = Literal["answers", "away", "no_such_person", "refused", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    """One creator of the demo. `nth` is the mail of ours that moves them to answer; `after` how long they take."""

    name: str
    email: str
    first_line: str
    country: str
    city: str
    language: str
    platform: str
    username: str
    followers: int
    avg_views: int
    engagement_rate: float
    behaviour: Behaviour
    words: str = ""
    program: Literal["gmail", "outlook", "apple"] = "gmail"
    nth: int = 1
    after: timedelta = timedelta(hours=4)
    expect: str = ""


DORTE = Creator(
    name="Dorte Fjeldgaard",
    email="dorte@treretter.example",
    country="DK",
    city="Aarhus",
    language="da",
    platform="youtube",
    username="treretter",
    followers=47_200,
    avg_views=31_000,
    engagement_rate=0.082,
    first_line="The bit where you deglaze with cold coffee had our test kitchen arguing for a week.",
    behaviour="answers",
    after=timedelta(hours=3),
    program="gmail",
    expect="reply, interested",
    words="Hi Ada,\n\nthat made me laugh, the coffee was an accident. Yes, I would love to try the pan. "
    "One thing people keep asking me: does the handle stay cool on induction? My viewers complain about hot handles "
    "all the time.\n\nDorte",
)

CAST: tuple[Creator, ...] = (
    DORTE,
    Creator(
        name="Niamh Kerrisk",
        email="niamh@rangecooker.example",
        country="IE",
        city="Galway",
        language="en",
        platform="youtube",
        username="rangecooker",
        followers=31_000,
        avg_views=17_000,
        engagement_rate=0.09,
        first_line="Five dinners on the slow burner, and the stew on Thursday. That is my kitchen exactly.",
        behaviour="answers",
        program="outlook",
        after=timedelta(hours=20),
        expect="reply, counter-offer",
        words="Hello Ada,\n\nthanks for writing. My rate for one video is €1,400, is that within your budget?\n\nNiamh",
    ),
    Creator(
        name="Anselm Trüb",
        email="anselm@eisenpfanne.example",
        country="DE",
        city="Kassel",
        language="de",
        platform="instagram",
        username="eisenpfanne",
        followers=22_400,
        avg_views=9_100,
        engagement_rate=0.061,
        first_line="Your series on rescuing flea market pans is the reason we now own three wire brushes.",
        behaviour="answers",
        program="apple",
        nth=2,
        after=timedelta(hours=9),
        expect="reply, no",
        words="Hi Ada,\n\nthank you, but I am not interested in sponsored posts. All the best with it.\n\nAnselm",
    ),
    Creator(
        name="Marisol Lantada",
        email="marisol@fuegolento.example",
        country="MX",
        city="Puebla",
        language="es",
        platform="instagram",
        username="fuegolento",
        followers=54_000,
        avg_views=19_000,
        engagement_rate=0.051,
        first_line="The mole you cooked over two days on one flame is the most patient film we have seen.",
        behaviour="away",
        after=timedelta(minutes=2),
        expect="out of office, held",
        words="Thank you for your message. I am away filming without much signal and will be back on {back}. "
        "I will answer when I return.\n\nMarisol",
    ),
    Creator(
        name="Gareth Pellow",
        email="gareth@panandpaper.example",
        country="GB",
        city="Truro",
        language="en",
        platform="youtube",
        username="panandpaper",
        followers=18_300,
        avg_views=8_000,
        engagement_rate=0.047,
        first_line="Reading the whole recipe aloud before touching a knife is a habit we stole from you.",
        behaviour="no_such_person",
        after=timedelta(minutes=6),
        expect="bounce, do not contact",
    ),
    Creator(
        name="Bram Hoekzema",
        email="nobody@gietijzer.example",
        country="NL",
        city="Groningen",
        language="nl",
        platform="tiktok",
        username="gietijzer",
        followers=88_000,
        avg_views=40_000,
        engagement_rate=0.058,
        first_line="The minute in which you say nothing and the onions do the talking is our favourite.",
        behaviour="refused",
        expect="refused, do not contact",
    ),
    Creator(
        name="Juno Ibáñez",
        email="juno@cocinamini.example",
        country="ES",
        city="Gijón",
        language="es",
        platform="tiktok",
        username="cocinamini",
        followers=61_000,
        avg_views=35_000,
        engagement_rate=0.066,
        first_line="A full menu on a camping stove in the rain: we watched that one twice.",
        behaviour="answers",
        program="gmail",
        nth=2,
        after=timedelta(hours=5),
        expect="opt-out, do not contact",
        words="Please remove me from your list. I do not want any more mails.",
    ),
    Creator(
        name="Thandeka Dlomo",
        email="thandeka@onepotdlomo.example",
        country="ZA",
        city="Durban",
        language="en",
        platform="youtube",
        username="onepotdlomo",
        followers=39_500,
        avg_views=21_000,
        engagement_rate=0.074,
        first_line="The load-shedding series, cooking by torch, should be taught in schools.",
        behaviour="answers",
        program="apple",
        nth=3,
        after=timedelta(days=1, hours=2),
        expect="reply, question",
        words="Hi Ada,\n\nsorry for the silence. Do you ship to Durban, and would the 26 work on gas?\n\nThandeka",
    ),
    Creator(
        name="Carys Mabon",
        email="carys@sunpots.example",
        country="GB",
        city="Swansea",
        language="en",
        platform="instagram",
        username="sunpots",
        followers=27_800,
        avg_views=11_500,
        engagement_rate=0.055,
        first_line="Your flat bread on an upturned pan is now a Friday thing here.",
        behaviour="silent",
        expect="silence, finished",
    ),
)

# Five people who wrote before the demo begins: whose turn it is when Today opens.
WAITING: tuple[tuple[str, str, str, str, str, str, float], ...] = (
    (
        "Imani Oduya",
        "imani@smallkitchen.example",
        "CA",
        "Draft 2, and one thing about the handle",
        (
            "Hi both,\n\nDraft 2 is up. One thing, and I say it with love: the handle gets properly hot on my "
            "induction hob after ten minutes, and people ask about it every single time I film. Could we push the "
            "third video to 12 December?\n\nImani"
        ),
        "smallkitchen",
        16,
    ),
    (
        "Tomek Wilczak",
        "tomek@castandcarbon.example",
        "PL",
        "Three films with Bracken 26",
        "Hello Ada,\n\nfor three videos I would need €5,400, but then I can include the newsletter as well.\n\nTomek",
        "castandcarbon",
        5,
    ),
    (
        "Layan Qasimi",
        "layan@matbakhlayan.example",
        "JO",
        "One pan for a small kitchen",
        "مرحبا أدا، شكراً على الرسالة اللطيفة. هل تشحنون إلى عمّان؟ وهل تناسب المقلاة موقد الغاز؟",
        "matbakhlayan",
        3,
    ),
    (
        "Sofía Arrieta",
        "sofia@cocinadebarrio.example",
        "UY",
        "A pan for your barrio",
        "¡Me encanta la idea! ¿Puedo contarlo en español para mi gente, o lo necesitan en inglés?",
        "cocinadebarrio",
        2,
    ),
    (
        "Callum Strachan",
        "callum@weekitchen.example",
        "GB",
        "Your wee kitchen and a 1.3 kg pan",
        "Not before Hogmanay, I am flat out, but do ask me again in January.",
        "weekitchen",
        0.8,
    ),
)
