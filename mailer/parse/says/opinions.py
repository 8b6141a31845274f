"""Pure: what a sentence says about a product: a problem, an idea or praise. Precise rather than complete."""

import re

from mailer.said import Opinion

_THING = re.compile(
    r"\b(?:pans?|pots?|lids?|handles?|knife|knives|products?|bottles?|box|packag\w+|app|creams?|serum|colou?rs?|"
    r"sizes?|fabric|taste|"
    r"smell|flavou?rs?|batter(?:y|ies)|cable|button|zip|shoes?|shirt|jacket|bag|samples?|coating|base|surface|"
    r"instructions|manual|"
    r"parcel|markers?|brush(?:es)?|paper|ink|bread|coffee|tea|chair|lamp|it|this|pfanne|deckel|griff|topf|"
    r"produkt|verpackung|"
    r"farbe|größe|beschichtung|anleitung|poêle|couvercle|manche|poignée|produit|emballage|couleur|taille|sartén|"
    r"mango|tapa|producto|"
    r"envase|tamaño|padella|manico|coperchio|prodotto|confezione|pan|deksel|steel|verpakking|panela|tampa|cabo|"
    r"produto|embalagem)\b"
)
_PROBLEM = re.compile(
    r"\b(?:(?:gets?|got|becomes?|is|was|runs?) (?:\w+ )?(?:too |way too |properly |really |so |very )?(?:hot|"
    r"heavy|loose|small|big|tight|sticky|"
    r"dull|rusty|dented|cracked|slippery|wobbly|noisy|broken|damaged|missing|empty|dry|bent|flimsy|scratched)|"
    r"broke(?:n)?\b|"
    r"leak(?:s|ed|ing)?|rust(?:s|ed|ing)|peel(?:s|ed|ing)|scratch(?:es|ed)|crack(?:s|ed)|sticks|stuck|fell off|"
    r"falls off|came off|"
    r"wobbl\w+|stopped working|(?:does|did)(?:n[’']t| not) (?:fit|work|close|open|hold|stay|last|match)|"
    r"warp(?:s|ed)|stain(?:s|ed)|"
    r"smells? (?:bad|strange|weird|of)|(?:wird|ist|war) (?:\w+ )?(?:zu |sehr )?(?:heiß|schwer|kaputt|locker|"
    r"klein|groß)|tropft|klebt|rostet|"
    r"funktioniert nicht|abgebrochen|(?:est|devient) (?:trop |très )?(?:chaud|lourd|cassé|petit)\w*|"
    r"ne (?:marche|ferme|tient) pas|"
    r"(?:está|es|se pone) (?:demasiado |muy )?(?:caliente|pesad[oa]|rot[oa]|pequeñ[oa])|no (?:funciona|cierra|cabe)|"
    r"(?:è|diventa) (?:troppo |molto )?(?:cald[oa]|pesante|rott[oa]|piccol[oa])|non (?:funziona|chiude)|"
    r"não (?:funciona|fecha)|"
    r"(?:wordt|is) (?:te |heel )(?:heet|zwaar|klein)|werkt niet)\b"
)
_IDEA = re.compile(
    r"\b(?:(?:would|it[’']d|that[’']d) be (?:\w+ )?(?:great|nice|better|cool|good|helpful|perfect|useful|handy|"
    r"easier) (?:if|to have|with)|"
    r"i wish (?:it|the|there|you)|(?:could|can) you (?:\w+ )?(?:make|add|offer|sell|include|"
    r"produce)\b(?!\s(?:an? )?(?:offer|call))|"
    r"(?:you )?(?:should|could) (?:really )?(?:make|add|offer|sell|include)|have you (?:thought of|"
    r"considered) (?:mak|add|sell|offer)\w+|"
    r"if only (?:it|the)|my (?:followers|audience|viewers) (?:\w+ )?(?:want|wish|ask for)|"
    r"es wäre (?:\w+ )?(?:toll|schön|gut|besser|super),? wenn|"
    r"könntet ihr (?:\w+ ){0,4}(?:machen|anbieten)|ce serait (?:\w+ )?(?:bien|mieux|super|génial) (?:si|d[’'])|"
    r"sería (?:\w+ )?(?:genial|mejor|bueno) (?:si|que)|sarebbe (?:\w+ )?(?:bello|meglio|utile) (?:se|avere)|"
    r"seria (?:\w+ )?(?:bom|ótimo|melhor) se|"
    r"het zou (?:\w+ )?(?:leuk|fijn|beter|handig) zijn)\b"
)
_PRAISE = re.compile(
    r"\b(?:(?:works?|worked|cooks?|fits?|looks?|feels?|tastes?|smells?|holds?|writes?|draws?) (?:\w+ )?(?:great|"
    r"perfectly|wonderful\w*|"
    r"beautiful\w*|amazing\w*|fantastic\w*|brilliant\w*|like a dream|so well|really well|lovely)|"
    r"the best \w+ (?:i|we) (?:\w+ )?(?:had|used|owned|"
    r"tried|own)|(?:i|we|my \w+|everybody|everyone) (?:absolutely |really |just )?(?:love[sd]?|"
    r"adore[sd]?) (?:the|how|its?|this|that)\b|"
    r"(?:is|are|was) (?:so |really |absolutely |just )?(?:gorgeous|beautiful|brilliant|fantastic|perfect|"
    r"wonderful|handsome|excellent|superb)|"
    r"(?:ist|sind) (?:einfach |wirklich |echt )?(?:wunderschön|perfekt|großartig|genial|super)|(?:est|"
    r"sont) (?:vraiment )?(?:magnifique|parfaite?|superbe|géniale?)s?|"
    r"(?:es|son|está) (?:\w+ )?(?:precios[oa]|perfect[oa]|genial|estupend[oa])|(?:è|"
    r"sono) (?:\w+ )?(?:bellissim[oa]|perfett[oa]|fantastic[oa])|"
    r"é (?:\w+ )?(?:lind[oa]|perfeit[oa]|maravilhos[oa])|is (?:\w+ )?(?:prachtig|geweldig))\b"
)
# About the work, the plan or the time, not about the thing.
_NOT_THING = re.compile(
    r"\b(?:i[’']?d|would|möchte|würde|gern|idea|campaign|collab\w*|offer|budget|schedule|calendar|moment|timing|"
    r"week|month|year|draft|video|"
    r"e-?mail|message|website|link|channel|fee|rate|price|idee|kampagne|angebot|idée|propuesta|proposition|"
    r"proposta|meeting|call)\b"
)
_KINDS = (("idea", _IDEA, 0.7), ("problem", _PROBLEM, 0.7), ("praise", _PRAISE, 0.6))
_SHORTEST = 12


def find_opinions(sentence: str) -> list[Opinion]:
    """Return what a sentence says about a product, at most one; questions are asked, not said."""
    small = sentence.lower()
    if len(sentence) < _SHORTEST or not _THING.search(small):
        return []
    for kind, pattern, sure in _KINDS:
        if not pattern.search(small):
            continue
        if kind != "idea" and ("?" in sentence or "？" in sentence or _NOT_THING.search(small)):
            continue
        return [Opinion(kind=kind, sentence=sentence, confidence=sure)]
    return []
