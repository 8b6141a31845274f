"""Use cases: what the demo's company knows before its first morning: what people said, a promise, tags, a leave.

Nobody of the cast is in it, so that the story of the first pitch begins as it did.
"""

from dataclasses import dataclass
from datetime import timedelta

from crm.feedback import Origin, log_feedback
from crm.leaves import Plan, plan_leave
from crm.models import User
from crm.person_edits import add_tag
from crm.promises import make_promise
from crm.themes import edit_theme
from crm.threads import find_owner
from crm.users import add_user
from kit.tx import Tx

ACTOR = "user:1"
_IMANI, _TOMEK, _LAYAN, _SOFIA, _CALLUM = (
    "imani@smallkitchen.example",
    "tomek@castandcarbon.example",
    "layan@matbakhlayan.example",
    "sofia@cocinadebarrio.example",
    "callum@weekitchen.example",
)


@dataclass(frozen=True, slots=True)
class Said:
    """One note: who said it ("" is somebody's audience), how many days ago, the words, their kind and theme."""

    email: str
    days: int
    quote: str
    kind: str
    theme: str = ""


SAID = (
    Said(_IMANI, 40, "The handle gets properly hot on my induction hob after ten minutes.", "problem", "Hot handle"),
    Said(_SOFIA, 31, "El mango quema, y mi gente lo pregunta en cada video.", "problem", "Hot handle"),
    Said("", 12, "Does the handle stay cool? Asked eleven times under one video.", "problem", "Hot handle"),
    Said(_CALLUM, 28, "Everyone with a one-ring hob asks for a small one.", "idea", "A smaller pan, 20 cm"),
    Said(_TOMEK, 19, "A 20 would sell to every student who writes to me.", "idea", "A smaller pan, 20 cm"),
    Said(_LAYAN, 22, "Full of stew it is a two-hand job and there is one hand's worth of handle.", "problem",
         "Helper handle on the 26"),
    Said(_TOMEK, 70, "Love the pan. Did it need to arrive in a raincoat?", "problem", "Paper sleeve, not plastic"),
    Said(_IMANI, 66, "Less plastic, please. My viewers notice.", "problem", "Paper sleeve, not plastic"),
    Said(_SOFIA, 3, "¿Hay una versión en español de la tarjeta? Mi madre la quiere en la nevera.", "idea"),
    Said(_CALLUM, 1, "Seasoned it once, and an omelette still slides about like it is on ice.", "praise"),
)  # fmt: skip
TAGS = {"induction": (_IMANI, _SOFIA), "newsletter": (_TOMEK,), "spanish": (_SOFIA,), "ask in January": (_CALLUM,)}


def remember(tx: Tx, brand_id: int, product_id: int, ada: User) -> None:
    """Write down what the company knows."""
    themes = _keep_feedback(tx, brand_id, product_id)
    today = tx.now.date()
    edit_theme(tx, themes["Hot handle"], actor=ACTOR, owner_id=ada.id)
    edit_theme(tx, themes["A smaller pan, 20 cm"], actor=ACTOR, state="looking", plan="Costing it", owner_id=ada.id)
    edit_theme(tx, themes["Helper handle on the 26"], actor=ACTOR, state="planned", plan="In the March run")
    edit_theme(
        tx, themes["Paper sleeve, not plastic"], actor=ACTOR, state="out",
        did="Every pan travels in a paper sleeve now. The last plastic bag left in October.",
        out_on=(today - timedelta(days=9)).isoformat(),
    )  # fmt: skip
    for tag, emails in TAGS.items():
        for email in emails:
            add_tag(tx, _find(tx, email), tag, actor=ACTOR)
    make_promise(
        tx, _find(tx, _TOMEK), "Send the second pan for the side-by-side film", today + timedelta(days=2),
        user_id=ada.id, brand_id=brand_id, actor=ACTOR,
    )  # fmt: skip
    ruben = add_user(tx, "ruben@brackenware.example", role="relationship", name="Ruben Halvorsen")
    ruben.zone = ada.zone
    away = Plan(first=today + timedelta(days=9), last=today + timedelta(days=13), mode="hand_over", deputy_id=ada.id)
    plan_leave(tx, ruben.id, away, actor=ACTOR)


def _keep_feedback(tx: Tx, brand_id: int, product_id: int) -> dict[str, int]:
    """Keep what was said; return the themes by name."""
    themes: dict[str, int] = {}
    for said in SAID:
        note = log_feedback(
            tx, said.quote, kind=said.kind, actor=ACTOR, contact_id=_find(tx, said.email) if said.email else None,
            brand_id=brand_id, product_id=product_id, theme=said.theme, from_audience=not said.email,
            origin=Origin(at=tx.now - timedelta(days=said.days)),
        )  # fmt: skip
        if note.theme_id:
            themes[said.theme] = note.theme_id
    return themes


def _find(tx: Tx, email: str) -> int:
    number = find_owner(tx, email)
    if number is None:
        raise LookupError(email)
    return number
