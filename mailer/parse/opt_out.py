"""Pure: "do not write to me again", in the newly written text only. "Not interested" alone is an answer, no opt-out."""

import re

_PATTERNS = (
    # English
    (
        r"(?:please |kindly |just )?(?:unsubscribe|un-subscribe|opt(?:ing)?[ -]?(?:me )?out)(?: me)?\b(?! (?:link|"
        r"button|rate|page|option|header|list of))"
    ),
    (
        r"(?:remove|delete|take|strike|scrub) (?:me|us|my (?:e-?mail|address|name|data|details|contact|info\w*)|"
        r"this (?:e-?mail|address)|our (?:e-?mail|address))\b[^.!?\n]{0,40}\b(?:list|database|mailing|mailings|crm|"
        r"contacts|system|distribution|records|off)"
    ),
    (
        r"(?:^|(?<=[.!,;\n])|(?<=[.!,;] )|please |kindly |pls )(?:remove|delete) (?:me|us|my (?:e-?mail|address|"
        r"data|details|"
        r"contact))\b[ .!]*(?:$|[.!\n]|from|please|thank)"
    ),
    r"(?:take|get|leave) me off\b",
    (
        r"(?:stop|quit|cease) (?:e-?mailing|contacting|messaging|sending|spamming|writing|bothering|mailing|"
        r"harassing)\b(?! (?:you|them|him|her)\b)"
    ),
    (
        r"(?:do not|don[’']?t|never|dont) (?:ever )?(?:e-?mail|contact|message|write(?: to)?|send|spam|"
        r"bother)\b[^.!?\n]{0,30}\b(?:me|us|this (?:address|e-?mail)|any ?more|again|anything|further)\b(?! (?:until|"
        r"before|if|unless|on|by|about the))"
    ),
    (
        r"no (?:more|further) (?:e-?mails?|messages|contact|mails|communication|"
        r"correspondence)\b(?=[^\n]{0,20}(?:please|thank|from you|$|[.!\n]))"
    ),
    r"(?:no longer|not) (?:wish|want|like) to (?:receive|get|hear|be contacted|be e-?mailed)",
    r"(?:wish|want|like) not to (?:receive|be contacted|hear)",
    (
        r"leave me alone|lose my (?:e-?mail|address|number)|cease and desist|right to (?:be forgotten|erasure)|"
        r"erase my (?:data|personal)"
    ),
    # German
    (
        r"(?:mich|uns|meine (?:e-?mail|adresse|daten|e-?mail-?adresse))\b[^.!?\n]{0,60}\b(?:verteiler|mailing ?liste|"
        r"liste|datenbank)\b[^.!?\n]{0,30}(?:nehmen|streichen|entfernen|löschen|herausnehmen|austragen)|"
        r"(?:löschen|entfernen|streichen) sie (?:mich|uns|meine|unsere)\b[^.!?\n]{0,60}(?:liste|verteiler|daten\w*|"
        r"adresse|kontakt\w*)|(?:bitte )?(?:mich )?abmelden|abbestellen|(?:keine|"
        r"keinerlei) (?:weiteren )?(?:e-?mails?|"
        r"mails|nachrichten|werbung|anfragen)\b[^.!?\n]{0,30}\b(?:mehr|senden|schicken|erhalten|zusenden|bekommen|"
        r"an mich)|"
        r"(?:schreiben|kontaktieren|mailen|belästigen) sie (?:mich|mir|uns)\b[^.!?\n]{0,20}(?:nicht mehr|nie wieder|"
        r"nicht wieder)|(?:nicht mehr|nie wieder) (?:kontaktieren|anschreiben|kontaktiert werden|"
        r"angeschrieben werden)|"
        r"(?:schreib|kontaktier|kontaktiere) (?:mich|mir)\b[^.!?\n]{0,20}(?:nicht mehr|nie wieder)"
    ),
    # French
    (
        r"(?:me |nous )?d[ée]sabonne[rz]?(?:-moi)?\b|d[ée]sinscri(?:re|vez|s)\b|(?:retire[rz]?|supprime[rz]?|"
        r"enleve[rz]|"
        r"enlève|enlevez|rayez)[- ](?:moi|nous|mon (?:adresse|e-?mail|contact)|mes (?:coordonnées|données))|"
        r"(?:me )?(?:retirer|supprimer|enlever) (?:de|mon adresse|mes)\b[^.!?\n]{0,30}(?:liste|base|fichier|adresse|"
        r"données|envois)|"
        r"ne (?:plus |pas )?(?:m[’']|me |nous )(?:contacte[rz]|écri(?:re|vez)|envoye[rz]|sollicite[rz]|"
        r"recontacte[rz])[^.!?\n]{0,30}(?:plus|$|[.!])|ne plus (?:me |m[’'])?(?:contacter|écrire|recevoir|envoyer|"
        r"être contacté)|(?:arrête[rz]?|cesse[rz]?) de (?:m[’']|me |nous )"
    ),
    # Spanish
    (
        r"(?:dar(?:me|nos)?|d[ée]me|denme|dame|den) de baja|(?:elim[ií]n\w*|borr\w*|quit\w*|s[áa]qu\w*|"
        r"ret[íi]r\w*)(?:me|nos)\b|(?:elimin\w*|borr\w*|quit\w*|retir\w*) mi (?:correo|e-?mail|direcci[óo]n|nombre|"
        r"datos)|no (?:me|nos) (?:escrib\w*|contact\w*|env[íi]\w*|mand\w*|vuelv\w*)\b[^.!?\n]{0,30}(?:m[áa]s|nunca|"
        r"nada|"
        r"otra vez|de nuevo|a escribir|a contactar)|"
        r"dej\w* de (?:escribir|contactar|enviar|mandar|molestar)\w*|no (?:quiero|deseo) (?:recibir|"
        r"que me (?:escriban|"
        r"contacten))\b"
    ),
    # Italian
    (
        r"(?:mi )?(?:cancell|disiscriv|rimuov|tolg|elimin)\w*(?:mi|ci|temi|telo)\b|(?:cancell|rimuov|elimin|"
        r"togl)\w* (?:il mio|la mia|i miei) (?:indirizzo|e-?mail|mail|dati|contatto)|disiscri\w*|"
        r"non (?:mi )?(?:scriv|"
        r"contatt|invia|mandat|voglio (?:più )?ricevere|desidero (?:più )?ricevere)\w*[^.!?\n]{0,20}(?:più|altre|"
        r"ulteriori)|(?:smett|cessa)\w* di (?:scriver|contattar|inviar|mandar)\w*"
    ),
    # Portuguese
    (
        r"(?:remov|retir|exclu|tir|descadastr|elimin)\w*[- ]?(?:-me|me\b|meu (?:e-?mail|nome|contato|endereço)|"
        r"o meu)|"
        r"descadastr\w*|cancelar (?:a |minha )?(?:subscrição|inscrição|assinatura)|(?:não|nao) (?:me )?(?:envi|"
        r"contat|"
        r"contact|escrev|mand|quero (?:mais )?receber|desejo (?:mais )?receber)\w*[^.!?\n]{0,20}(?:mais|nunca)|"
        r"(?:par|"
        r"deix)\w* de (?:me )?(?:enviar|contat|contact|escrever|mandar)\w*"
    ),
    # Dutch
    (
        r"(?:uit|af)schrijven|(?:schrijf|haal|verwijder) (?:mij|me|ons|mijn (?:e-?mail\w*|adres|"
        r"gegevens))\b[^.!?\n]{0,40}(?:uit|van|af|lijst|bestand|verwijder)|(?:mail|schrijf|contacteer|benader|stuur|"
        r"e-?mail) (?:mij|me|ons)\b[^.!?\n]{0,20}(?:niet meer|nooit meer|geen)|(?:geen|niet meer) (?:e-?mails?|"
        r"mails?|"
        r"berichten)\b[^.!?\n]{0,25}(?:meer|ontvangen|sturen)|stop met (?:mailen|mij|het sturen)"
    ),
    # Danish and Norwegian
    (
        r"(?:afmeld|avmeld|frameld|meld) (?:mig|meg|os|oss|mig fra)\b|(?:fjern|slet|slett|ta) (?:mig|meg|os|oss|"
        r"min (?:mail|e-?mail|e-?post|adresse))\b[^.!?\n]{0,40}|(?:skriv|kontakt|send)\w* (?:ikke|aldrig|"
        r"aldri) (?:til )?(?:mig|meg|flere|mere|mer)|(?:ikke|ingen) (?:flere|fler|mere|mer) (?:mails?|e-?mails?|"
        r"e-?post|"
        r"beskeder|henvendelser|meldinger)|stop(?:p)? med at? (?:skrive|sende|kontakte)"
    ),
    # Swedish
    (
        r"avregistrera|avprenumerera|avsluta (?:min )?prenumeration|(?:ta|plocka) bort (?:mig|min (?:mejl|mail|"
        r"e-?post|"
        r"adress))|stryk mig|(?:mejla|maila|kontakta|skriv|skicka)\w*(?: till)? (?:mig |oss )?(?:inte|"
        r"aldrig)(?: mig)? (?:mer|mera|igen|fler)|inga (?:fler|mer) (?:mejl|mail|e-?post|meddelanden|utskick)|"
        r"sluta (?:mejla|maila|skicka|kontakta|skriva)"
    ),
    # Polish
    (
        r"(?:proszę )?(?:wypis|usu[nń]|wykreśl|skreśl)\w* (?:mnie|mój|nas|moje|mojego)\b[^.!?\n]{0,40}|"
        r"wypisz\w* mnie|"
        r"rezygnuj[ęe] z (?:subskrypcji|newslettera|otrzymywania)|(?:proszę )?(?:nie|więcej nie|już nie) (?:pisać|"
        r"pisz|"
        r"piszcie|kontaktować|wysyłać|wysyłaj|przysyłać)\b[^.!?\n]{0,30}(?:więcej|do mnie|już|$|[.!])|"
        r"przesta[nń]\w* (?:pisać|wysyłać|do mnie)|nie (?:chcę|życzę sobie) (?:otrzymywać|dostawać|kontaktu|"
        r"wiadomości)"
    ),
    # Finnish
    (
        r"(?:poista|poistakaa) (?:minut|osoitteeni|sähköpostini)\b|(?:älkää|älä) (?:lähettäkö|lähetä|ottako|ota)\b"
        r"[^.!?\n]{0,30}\b(?:enää|minulle|yhteyttä)|en halua (?:enää )?(?:saada|vastaanottaa)|peruutan tilauksen"
    ),
    # Czech and Slovak
    (
        r"(?:prosím )?(?:odhla[sš]|odhlás|vymaž|vyřa[dď]|vyra[dď]|odstra[nň])\w* (?:mě|mne|ma|mi|můj|moj[ei]?|môj)\b|"
        r"(?:už )?(?:mi|mě|ma)? ?(?:prosím )?(?:už )?ne(?:pi[sš]|posílej|posielaj|"
        r"kontaktuj)\w*\b[^.!?\n]{0,20}(?:víc|viac|už|"
        r"nikdy|mi|mě|ma|$|[.!])|nepřeji si|neželám si"
    ),
    # Hungarian and Romanian
    (
        r"(?:kérem,? )?(?:töröljön|töröljenek|töröljék|vegyenek le|iratkoz\w+ le)\b|leiratkoz\w+|ne (?:írjon|"
        r"írjanak|küldjön|"
        r"küldjenek|keressen|keressenek)\b[^.!?\n]{0,20}(?:többet|több|$|[.!])|(?:vă rog )?(?:să )?(?:mă "
        r")?(?:dezabon\w+|"
        r"ștergeți-mă|scoateți-mă)|nu (?:îmi|imi|mă|ma) mai (?:scrie\w*|trimite\w*|contacta\w*)|nu mai (?:vreau|"
        r"doresc) să primesc"
    ),
    # Turkish
    (
        r"(?:beni|adresimi|e-postamı) (?:listeden|listenizden|listenden)[^.!?\n]{0,20}(?:çıkar|sil)\w*|"
        r"aboneli\w+ (?:iptal|"
        r"sonlandır)\w*|(?:bana )?(?:bir daha|artık) (?:yazma|e-posta gönderme|mail atma|ulaşma)\w*"
    ),
    # Russian and Ukrainian
    (
        r"отпишите (?:меня|нас)|(?:удалите|уберите|исключите) (?:меня|нас|мой (?:адрес|e-?mail)|мою почту)|"
        r"(?:больше )?не "
        r"(?:пишите|присылайте|отправляйте|беспокойте)(?: мне| нам| меня| сюда)?(?: больше)?(?= *(?:$|[.!\n]|"
        r"пожалуйста|писем))|"
        r"не хочу (?:больше )?получать|відпишіть мене|(?:видаліть|приберіть) (?:мене|мою адресу)|(?:більше )?не "
        r"(?:пишіть|"
        r"надсилайте)(?: мені)?(?: більше)?(?= *(?:$|[.!\n]|будь))|не хочу (?:більше )?отримувати"
    ),
    # Greek
    (
        r"(?:διαγράψτε|αφαιρέστε|βγάλτε) με\b|μη(?:ν)? (?:μου |με )?(?:ξανα)?(?:στείλετε|στέλνετε|γράφετε|"
        r"ενοχλείτε)\b[^.!?\n]{0,20}|"
        r"δεν (?:θέλω|επιθυμώ) (?:πλέον )?να λαμβάνω"
    ),
    # Arabic and Hebrew
    (
        r"(?:ألغوا|إلغاء|الغاء) (?:اشتراكي|الاشتراك)|(?:احذفوني|احذفني|أزيلوني|أزلني)|لا (?:ترسل\w*|تراسل\w*|"
        r"تتواصل\w*)[^.!?\n]{0,20}"
        r"(?:مرة أخرى|بعد الآن|مجدد)|(?:הסירו|תסירו|הורידו|תורידו|תמחקו) אותי|(?:אל|לא) (?:תשלח\w*|תכתב\w*|"
        r"תפנ\w*)[^.!?\n]{0,15}יותר"
    ),
)
_JOINED = re.compile(
    r"(?:配信|購読|登録)(?:を)?(?:停止|解除)(?:して|を|お願い)|(?:今後|もう)[^。\n]{0,20}(?:送らないで|"
    r"送信しないで|連絡(?:し|は)ないで|メール(?:は|を)?(?:不要|やめて))|"
    r"(?:リスト|名簿)から(?:削除|外)|退订|退訂|取消订阅|取消訂閱|(?:请|請)?(?:不要|别|勿)再(?:给我|給我|向我|"
    r"联系|聯繫|发|發|寄)|"
    r"수신 ?거부|구독 ?(?:취소|해지)|(?:더 이상|다시는)[^.\n]{0,20}(?:보내지|연락하지)"
)
# A cue begins at a word: that test before the alternatives makes the search several times faster, as does lower case.
_OPT_OUT = re.compile(r"(?<!\w)(?:" + "|".join(_PATTERNS) + ")", re.MULTILINE)
_ONE_WORD = re.compile(
    r"^\W*(?:stop|remove|unsubscribe|abmelden|baja|désinscription|stopp|opt out|remove me|отписаться|відписатися|"
    r"odhlásit|"
    r"leiratkozás|dezabonare|退订|退訂|配信停止|수신거부)\W*$",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"(?:don[’']?t|do not|didn[’']?t|did not|won[’']?t|not|never|without|cannot|can[’']t|"
    r"please don[’']t|nicht|ne|no|non|não|niet|nie|не|inte|ikke|älä|nu) (?:me |nos |mich |uns |want to |wish to |"
    r"going to |need to "
    r")?(?:have to )?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:how (?:do|can|to)|where|how many|your|an?|the|their|our|people|followers|subscribers|viewers|who|they|"
    r"users?) (?:\w+ )?$",
    re.IGNORECASE,
)
_MAX_LENGTH = 5_000
_TERSE = 4  # lines of a mail whose first line alone may be the whole request


def find_opt_out(new_text: str) -> str | None:
    """Return the words by which the sender asks never to be written to again, or None."""
    text = new_text[:_MAX_LENGTH].replace("\u2019", "’").lower()
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and len(lines) <= _TERSE and (found := _ONE_WORD.match(lines[0])):
        return found[0].strip()
    flat = re.sub(r"(?<=\S)\n(?=\S)", " ", text)
    if joined := _JOINED.search(flat):
        return joined[0].strip()
    for hit in _OPT_OUT.finditer(flat):
        before = flat[max(0, hit.start() - 40) : hit.start()]
        if not _NEGATED.search(before) and not _ABOUT.search(before):
            return hit[0].strip()
    return None
