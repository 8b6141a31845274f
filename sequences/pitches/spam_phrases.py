"""Pure: phrases that filters and people know from unasked mail, each with the reason; a list of our own."""

import re
from collections.abc import Iterator

from kit.errors import say

_REASONS = {
    "money": say("Promises of easy money are the commonest sign of fraud."),
    "free": say("“Free” in this form is a word of adverts; say plainly what they get."),
    "hurry": say("Pressure of time is how fraud works, and people who decide freely dislike it."),
    "sure": say("A promise nobody can keep makes everything beside it less believable."),
    "click": say("Filters learn such calls from adverts and fraud; say what waits behind the link instead."),
    "win": say("Prizes nobody asked for are fraud in the eyes of every filter."),
    "shout": say("It sounds like an advert, and one to many."),
    "mass": say("It says that this is not written to one person."),
    "flat": say("It could stand in any mail to anybody, and creators read it every day."),
    "sly": say("It tries to look like something it is not, and is found out."),
}
_PHRASES = {
    "money": r"""make money|earn (?:extra )?(?:cash|money)|extra income|passive income|cash bonus|easy money|get paid
        (?:fast|today)|financial freedom|double your|geld verdienen|schnelles geld|passives einkommen|gagnez de l.argent
        |argent facile|ganar dinero|dinero f[aá]cil|guadagn\w+ (?:facil\w+|subito)|ganhe dinheiro|geld bijverdienen""",
    "free": r"""100 ?% free|absolutely free|completely free|free gift|free access|free of charge|risk[- ]free|no cost
        |no obligation|gratis geschenk|völlig kostenlos|100 ?% kostenlos|totalement gratuit|100 ?% gratuit\w?
        |totalmente gratis|completamente gratis|completamente gratuito|helemaal gratis""",
    "hurry": r"""act (?:now|fast|today)|limited[- ]time|offer expires|expires (?:soon|today)|last chance|don.t miss
        |hurry up|urgent(?:ly)?|only today|while (?:stocks|supplies) last|final notice|jetzt zugreifen|nur heute|nur
        noch heute|letzte chance|dringend|offre limit[ée]e|derni[eè]re chance|agissez maintenant|[uú]ltima oportunidad
        |solo hoy|por tiempo limitado|urgente|ultima occasione|solo oggi|laatste kans|alleen vandaag""",
    "sure": r"""guaranteed?|satisfaction guaranteed|100 ?% (?:sure|guaranteed|satisfied)|no risk|miracle|once in a
        lifetime|garantiert|ohne risiko|sans risque|satisfaction garantie|garantizado|sin riesgo|garantito|senza rischi
        |zonder risico""",
    "click": r"""click (?:here|below|now|this link)|order now|buy now|sign up (?:now|free)|klick(?:en sie)? hier|hier
        klicken|jetzt (?:kaufen|bestellen)|cliquez ici|achetez maintenant|haz clic aqu[ií]|haga clic aqu[ií]|compra
        ahora|clicca qui|acquista ora|clique aqui|klik hier""",
    "win": r"""you(?:.ve| have) (?:been selected|won)|congratulations!|you are a winner|claim your|exclusive prize|sie
        haben gewonnen|herzlichen gl[uü]ckwunsch!|vous avez gagn[ée]|has ganado|hai vinto|voc[eê] ganhou|je hebt
        gewonnen""",
    "shout": r"""amazing (?:deal|offer|opportunity)|incredible (?:deal|offer|opportunity)|best price|lowest price
        |special promotion|exclusive (?:deal|offer)|unbeatable|huge discount|\$\$+|€€+|unschlagbar|exklusives angebot
        |super angebot|offre exclusive|prix imbattable|oferta exclusiva|offerta esclusiva""",
    "mass": r"""dear (?:sir|madam|sir or madam|friend|influencer|creator|blogger|partner)|to whom it may concern|bulk
        mail|this is not spam|sehr geehrte damen und herren|lieber (?:influencer|creator|blogger)|cher (?:influenceur
        |cr[eé]ateur)|estimado (?:influencer|creador)|caro (?:influencer|creator)|geachte heer/mevrouw""",
    "flat": r"""hope this (?:e?-?mail )?finds you well|i came across your (?:profile|page|channel|content|account)|love
        your content|big fan of your (?:work|content|page)|amazing content|perfect fit for our brand|collab(?:oration)?
        opportunity|ich hoffe, (?:es geht (?:dir|ihnen) gut|diese e?-?mail)|bin auf dein profil gesto[sß]en|j.esp[eè]re
        que vous allez bien|espero que (?:est[eé]s|se encuentre) bien|spero che tu stia bene|espero que esteja bem
        |ik hoop dat het goed met je gaat""",
    "sly": r"""as (?:we )?discussed|per our (?:conversation|call)|following up on our (?:call|conversation)
        |wie besprochen        |comme convenu|como acordamos|come concordato""",
}  # fmt: skip


def _compile(source: str) -> re.Pattern[str]:
    """Make one pattern of a list; blanks in a phrase match any blanks."""
    one_line = " ".join(re.sub(r"\s*\n\s*\|", "|", source).split())
    return re.compile(r"(?<!\w)(?:" + one_line.replace(" ", r"\s") + r")(?!\w)", re.IGNORECASE)


_PATTERNS = {kind: _compile(source) for kind, source in _PHRASES.items()}


def find_spam_phrases(text: str, *, is_follow_up: bool = False) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, words, reason), the first of each kind; in a conversation one may point back to what was said."""
    for kind, pattern in _PATTERNS.items():
        if kind == "sly" and is_follow_up:
            continue
        found = pattern.search(text)
        if found:
            yield kind, " ".join(found[0].split()), _REASONS[kind]
