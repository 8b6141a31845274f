"""Pure: a guess at what a person's answer says. A hint for a human to confirm: precise rather than complete."""

import re

from mailer.types import ReplyKind

_MONEY = (
    r"(?:[$€£¥]\s?\d[\d.,]{0,15}\s?k?|"
    r"(?<![\d.,])\d[\d.,]{0,15}\s?k?\s?(?:[$€£]|usd|eur|euros?|gbp|dollars?|pounds?|chf|bucks))"
)
# The order decides: a refusal may be polite about interest, a price may stand in an eager answer.
_CUES: tuple[tuple[ReplyKind, str], ...] = (
    (
        ReplyKind.REFERRAL,
        (
            r"(?:please |kindly |best to |you (?:can|should|could|may) )(?:contact|reach out to|e-?mail|"
            r"write(?: to)?|"
            r"speak (?:to|with)|talk to|get in touch with) (?:my|our) (?:\w+ )?(?:manager|agent|management|agency|"
            r"team|"
            r"colleague|assistant)|"
            r"(?:please )?(?:contact|reach out to|e-?mail|write(?: to)?|speak (?:to|with)|"
            r"get in touch with) [^\s.,]{2,30}(?: [\w-]+)? (?:at|on|via|under) [^\s@]{1,60}@|(?:my|"
            r"our) (?:manager|"
            r"agent|management|agency|colleague)\b[^.!?\n]{0,60}\b(?:handles?|deals? with|takes? care|looks? after|"
            r"is in charge|cc|copied|will (?:help|reply|answer))|"
            r"(?:i[’']?ve|i have|i[’']m|i am|i) (?:cc[’']?(?:d|ed|ing)?|copied|copying|looped? in|looping in|"
            r"forward(?:ed|ing)?)\b[^.!?\n]{0,60}\b(?:manager|agent|management|colleague|team|who)|"
            r"not the right (?:person|contact)|(?:wrong|better) (?:person|contact)\b|"
            r"(?:wenden sie sich|schreib\w*|melde\w* (?:sie sich|dich)|kontaktier\w*)[^.!?\n]{0,30}(?:bitte )?(?:an|"
            r"bei)? ?(?:mein|unser)\w* (?:management|manager\w*|agentur|kolleg\w*)|nicht (?:der|"
            r"die) richtige ansprechpartner|"
            r"(?:contacte[rz]?|écri(?:re|vez) à|adresse[rz]-vous à|voir avec) (?:mon|ma|notre) (?:agent|manager|"
            r"agence|"
            r"collègue)|(?:contacta|escribe|escriba|contacte|habla)\w* (?:con |a )?(?:mi|"
            r"nuestr[oa]) (?:representante|"
            r"m[áa]nager|agencia|agente|compañer[oa])"
        ),
    ),
    (
        ReplyKind.NOT_NOW,
        (
            r"not (?:right now|at (?:the|this) (?:moment|time|stage|point)|now\b|this (?:month|quarter|year|season)|"
            r"currently (?:taking|looking|available))|(?:maybe|perhaps|possibly) (?:later|next (?:month|year|quarter|"
            r"time|season)|in (?:a few|the)|another time)|"
            r"(?:fully |all )?booked (?:up |out |solid )?(?:until|till|for|through|this|at)|(?:check|circle|reach|"
            r"get|"
            r"come|touch) (?:back|base|out again|in touch again)[^.!?\n]{0,30}\b(?:in|next|after|later)\b|(?:too|"
            r"very|"
            r"super|really) (?:busy|much on)|(?:bad|wrong) timing|"
            r"(?:not|isn[’']t) (?:a |the )?(?:good|right|best) time|another time|in a few (?:weeks|months)|"
            r"(?:ask|try|write to|ping) me again (?:in|next|after|later)|not (?:before|until) \w+|flat out|"
            r"(?:aktuell|"
            r"derzeit|zur ?zeit|momentan|im moment) (?:leider )?(?:nicht|kein\w*|ausgebucht|voll)|(?:vielleicht|"
            r"gerne) (?:später|ein andermal|nächst\w+)|melde\w* (?:dich|sie sich|euch) (?:bitte )?(?:im|in|nächst\w*|"
            r"nach|wieder)|"
            r"pas (?:en ce moment|pour le moment|pour l[’']instant|maintenant|actuellement)|plus tard\b|(?:ahora|"
            r"por ahora|de momento|en este momento|por el momento) no\b|no (?:por ahora|en este momento|de momento)|"
            r"m[áa]s adelante"
        ),
    ),
    (
        ReplyKind.NO,
        (
            r"\bnot interested|no(?:t)? (?:interest|thank(?:s| you))|\bno,? thank|(?:have to|must|will|going to|"
            r"need to|"
            r"i[’']ll|i|respectfully|politely) (?:politely |respectfully )?(?:decline|pass)(?: on)?\b|not (?:a |"
            r"the right |really a |quite a )?(?:good )?(?:fit|match)\b|"
            r"(?:don[’']?t|do not|cannot|can[’']?t|won[’']?t) (?:do|accept|take|work with|offer|"
            r"promote)\b[^.!?\n]{0,30}(?:sponsor|collab|partner|paid|ads?|brand|promo)|(?:isn[’']?t|"
            r"is not) (?:for me|"
            r"for us|something)|not for me\b|"
            r"kein interesse|nicht interessiert|nein,? danke|(?:muss|müssen|möchte) (?:leider )?(?:absagen|ablehnen)|"
            r"passt (?:leider )?nicht|leider nein|"
            r"pas intéressée?|non,? merci|(?:je|nous) (?:dois|devons|préfère|préférons) (?:décliner|refuser)|"
            r"ne (?:m[’']intéresse|correspond) pas|no (?:me|nos) interesa|no (?:estoy|estamos) interesad[oa]s?|"
            r"no,? gracias|debo (?:declinar|rechazar)"
        ),
    ),
    (
        ReplyKind.COUNTER_OFFER,
        (
            rf"(?:my|our|the|usual|standard) (?:rates?|fee|price|prices|pricing|charge|rate card|ratecard|"
            rf"media kit)\b[^.!?\n]{{0,60}}(?:is|are|starts?|start|attached|would|[:=](?!\d)|{_MONEY})|(?:i|"
            rf"we) (?:usually |"
            rf"normally |typically |would )?(?:charge|ask|take|need|quote)\b[^.!?\n]{{0,40}}{_MONEY}|"
            rf"{_MONEY}\s?(?:per|for|/|each|a |plus|pro|für|par|por|pour)\b|(?:for|at|around|least|about|budget of|"
            rf"price of|fee of) {_MONEY}|(?:what|how much)(?:[’']?s| is| are| would be)? (?:is |are )?(?:the|"
            rf"your) (?:budget|rate|compensation|fee|pay|offer)|how much (?:do|would|will|can|are) you (?:pay|offer|"
            rf"paying)|"
            r"is (?:this|it|there) (?:a )?(?:paid|budget|any (?:budget|pay|compensation))|(?:any|what|"
            r"your) (?:budget|"
            r"compensation)\b[^.!\n]{0,40}\?|(?:only|just) (?:do|accept|take) paid|rate card|"
            r"media ?kit (?:is )?attached|"
            rf"(?:mein|unser)\w* (?:preis\w*|honorar|tagessatz|satz|tkp)\b|(?:was|wie viel) (?:zahlt|bezahlt|"
            rf"zahlen) |"
            rf"(?:wie hoch ist|welches|was ist) (?:das|euer|ihr|dein) budget|(?:mes|nos|mon) (?:tarifs?|prix)\b|"
            rf"quel(?:le)? est (?:votre|le|la) (?:budget|rémunération)|(?:mi|mis|nuestras?) (?:tarifas?|precios?|"
            rf"cach[ée])\b|cu[áa]l es (?:el|tu|su|vuestro) presupuesto|{_MONEY}"
        ),
    ),
    (
        ReplyKind.INTERESTED,
        (
            r"(?<!not )(?<!n[’']t )(?:(?:i[’']?m|i am|we[’']?re|we are|definitely|very|super|really|would be|"
            r"i[’']d be|"
            r"yes,?) (?:definitely |very |super |really |also |totally |so )?(?:interested|keen|excited|up for|down)|"
            r"(?:i[’']?d|i would|we[’']?d|we would|would) (?:really |absolutely |definitely )?(?:love|be happy|"
            r"be glad|"
            r"be keen|like) to|"
            r"sounds? (?:really |very |so |like a )?(?:good|great|interesting|fun|amazing|awesome|perfect|fantastic|"
            r"lovely|exciting|cool|plan)|count me in|(?:i[’']?m|i am) in\b|let[’']?s (?:do (?:it|this)|talk|chat|go|"
            r"make it|set up|schedule|hop on)|happy to (?:collaborate|chat|discuss|talk|try|work|jump|hear)|"
            r"tell me more|(?:send|share) (?:me |over |us )?(?:more (?:details|info)|the (?:details|brief|product)|"
            r"details)|"
            r"my (?:shipping |postal )?address is|yes(?:,)? please|absolutely[!,.]|(?:klingt|hört sich) (?:sehr |"
            r"echt |"
            r"richtig |super )?(?:gut|interessant|spannend|super|toll)|(?:habe|hätte|haben|hätten) (?:großes |"
            r"grosses |"
            r"durchaus )?interesse|(?:bin|wäre|sind|wären) (?:sehr |gerne |definitiv )?(?:interessiert|dabei)|"
            r"sehr gerne|gerne mehr|"
            r"(?:ça|cela) (?:m[’']intéresse|a l[’']air)|(?:je suis|nous sommes|serais) (?:très |"
            r"vraiment )?(?:intéressée?s?|partante?|ravie?)|avec plaisir|volontiers|(?:me|nos) (?:interesa|encanta|"
            r"encantaría|gustaría)|(?:estoy|estamos|estaría) (?:muy )?interesad[oa]s?|suena (?:muy )?(?:bien|genial|"
            r"interesante)|claro que sí)"
        ),
    ),
)
# In small letters throughout: twice as fast as ignoring case.
_RULES = tuple((kind, re.compile(rf"(?<!\w)(?:{pattern})")) for kind, pattern in _CUES)
_QUESTION = re.compile(r"[^.!?\n]{3,160}[?？؟](?!\S{0,3}=)")
_RHETORICAL = re.compile(r"how are you|how[’']s it going|wie geht|ça va|cómo estás|https?://\S*\?", re.IGNORECASE)
_NOT_INTERESTED = re.compile(r"(?:not|n[’']t|nicht|pas|no (?:me|nos|estoy|estamos)) (?:\w+ ){0,2}$", re.IGNORECASE)
_MAX_LENGTH = 1_500
_MAX_CUE = 120


def guess_reply_kind(new_text: str) -> tuple[ReplyKind, str]:
    """Return what the answer seems to say and the words that say so; `other` with empty words when nothing does."""
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", new_text[:_MAX_LENGTH])
    flat = re.sub(r"(?<=[^\s.!?:,])\n(?=[^\s\n])", " ", text)
    small = _in_small_letters(flat)
    for kind, pattern in _RULES:
        for hit in pattern.finditer(small):
            if kind is ReplyKind.INTERESTED and _NOT_INTERESTED.search(small[max(0, hit.start() - 25) : hit.start()]):
                continue
            return kind, flat[hit.start() : hit.end()].strip()[:_MAX_CUE]
    for hit in _QUESTION.finditer(flat) if "?" in flat or "？" in flat else ():
        if not _RHETORICAL.search(hit[0]):
            return ReplyKind.QUESTION, hit[0].strip()[:_MAX_CUE]
    return ReplyKind.OTHER, ""


def _in_small_letters(text: str) -> str:
    """Return the text lowered with every letter in its place (a Turkish dotted I would become two)."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)
