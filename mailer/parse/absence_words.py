"""Pure: what automatic answers say in many languages: subjects, absence, urgency, thanks; one row a language.

A firm subject names a machine's answer wherever it begins a subject; a plain one ("absent") only when it is the whole
subject or a colon, a bracket or "Re:" follows.
"""

FIRM_SUBJECTS = (
    # English
    (
        r"automat(?:ic|ed)[ -](?:reply|response|answer|e-?mail)|auto(?:matic)?[ -]?(?:reply|response|respond(?:er)?|"
        r"answer|"
        r"antwort)\b|out[ -]of[ -](?:the[ -])?office|\[?ooo\]?\b|oof\s?:|i am (?:currently )?(?:out of|away)|away from "
        r"(?:the office|my (?:desk|mail|email))|(?:on )?(?:annual|maternity|parental|paternity|sick) leave\b|"
        r"vacation\s?(?::|"
        r"reply|response|message|notice)"
    ),
    (
        r"\[(?:request|ticket) received\]|ticket (?:received|created|opened)\b|(?:we|we[’']ve) (?:have )?received "
        r"your (?:message|"
        r"e-?mail|request|inquiry|enquiry|ticket)|your (?:request|ticket|case|enquiry|inquiry) (?:has been|was) "
        r"(?:received|"
        r"created|opened|logged)|\[?(?:ticket|case) ?#\w+\]? (?:received|created|opened)"
    ),
    # German
    (
        r"automatische (?:antwort|rückantwort|abwesenheit|eingangsbestätigung)|abwesenheits\w+|außer haus|nicht im "
        r"(?:büro|haus)|"
        r"\[(?:anfrage|ticket) (?:erhalten|eingegangen)\]|eingangsbestätigung\b"
    ),
    # French
    (
        r"r[ée]ponse automatique|message automatique|absence du bureau|message d[’']absence|absent(?:e)? du bureau|"
        r"réponse d[’']absence|\[demande reçue\]|accusé de réception\b"
    ),
    # Spanish, Portuguese, Catalan
    r"respuesta autom[aá]tica|fuera de (?:la )?oficina|autorespuesta|mensaje automático|\[solicitud recibida\]",
    (
        r"resposta autom[aáà]tica|mensagem automática|fora do escrit[oó]rio|ausência (?:temporária|do escritório)|"
        r"\[solicitação recebida\]"
    ),
    # Italian
    r"risposta automatica|messaggio automatico|fuori (?:sede|ufficio)|assenza dall|\[richiesta ricevuta\]",
    # Dutch
    r"automatisch(?:e)? (?:antwoord|beantwoord|afwezigheid)|afwezigheids\w+|niet aanwezig|\[verzoek ontvangen\]",
    # Swedish, Danish, Norwegian
    (
        r"automati(?:skt|sk|c) (?:svar|respons)|autosvar|frånvaromeddelande|frånvaroavisering|fraværs(?:besked|"
        r"melding)|"
        r"ikke til stede|ikke på kontoret|ej på kontoret|\[(?:begäran mottagen|anmodning modtaget|forespørsel "
        r"mottatt)\]"
    ),
    # Finnish, Estonian, Latvian, Lithuanian
    (
        r"automaattinen vastaus|poissaoloviesti|\[pyyntö vastaanotettu\]|automaatvastus|autom[āa]tisk[āa] atbilde|"
        r"automatinis atsakymas"
    ),
    # Polish, Czech, Slovak, Slovenian, Croatian
    r"automatyczna odpowied|autoodpowied|poza biurem|\[otrzymano zgłoszenie\]",
    (
        r"automatick[áaéy] odpov[ěe][ďd]|automatická odpoveď|(?:jsem )?mimo kancelář|\[ž[áa]dosť? (?:přijata|"
        r"prijatá)\]|"
        r"\[žiadosť prijatá\]|samodejni odgovor|automatski odgovor"
    ),
    # Hungarian, Romanian, Turkish
    (
        r"automatikus válasz|házon kívül|\[kérelem beérkezett\]|r[ăa]spuns automat|absent din birou|\[solicitare "
        r"primită\]|"
        r"otomatik (?:yanıt|cevap)|ofis dışı|\[talep alındı\]"
    ),
    # Russian, Ukrainian, Bulgarian, Greek
    (
        r"автоматический ответ|автоматична відповідь|автоматичен отговор|\[запрос получен\]|\[запит отримано\]|"
        r"αυτόματη απάντηση|"
        r"εκτός γραφείου|\[το αίτημα ελήφθη\]"
    ),
    # Japanese, Chinese, Korean
    (
        r"自動応答|自動返信|不在(?:通知|のお知らせ|です)|\[リクエスト受領\]|自动(?:回复|答复)|自動(?:回覆|回復|"
        r"答覆)|外出自动回复|\[已收到请求\]|"
        r"부재중|자동 ?(?:응답|회신|답장)|\[요청 접수됨\]"
    ),
    # Indonesian, Vietnamese, Hebrew, Arabic
    (
        r"balasan otomatis|trả lời tự động|תשובה אוטומטית|מענה אוטומטי|מחוץ למשרד|رد تلقائي|خارج المكتب|\[تم استلام "
        r"الطلب\]"
    ),
)
PLAIN_SUBJECTS = (
    r"on (?:annual )?leave|on (?:vacation|holiday)|abwesend|abwesenheit|absence|absent|ausente|ausência|afwezig|"
    r"afwezigheid|"
    r"frånvaro|fravær|poissa|poissaolo|nieobecno\w+|nepřítomno\w+|neprítomno\w+|автоответ(?:чик)?|автовідповідь(?:ач)?"
)

# "I am not in the office": the verb is the writer's own, or a machine's note on her
ABSENT = (
    (
        r"(?:i|we) (?:am|[’']m|will be|are|shall be) (?:currently |now |presently )?(?:out of (?:the |my )?(?:office|"
        r"country|town)|"
        r"away from (?:the |my )?(?:office|desk|e-?mail|work)|on (?:annual |maternity |parental |paternity |sick |"
        r"medical |study )?"
        r"leave|on vacation|on holidays?)|i[’']m (?:currently )?(?:out of (?:the |my )?office|on (?:annual |maternity "
        r"|parental )?"
        r"leave|on vacation|on holiday)|out of (?:the )?office (?:until|till|from|auto|reply|message)"
    ),
    (
        r"ich bin (?:derzeit |zur ?zeit |momentan |aktuell |vom |bis )?[^.\n]{0,60}(?:nicht im (?:büro|haus|hause)|"
        r"außer haus|"
        r"abwesend|im urlaub|nicht erreichbar)"
    ),
    (
        r"(?:je suis|je serai|actuellement) (?:actuellement )?(?:absent|en congé|en vacances|en déplacement|hors du "
        r"bureau)"
    ),
    r"(?:estoy|estaré|me encuentro) (?:actualmente )?(?:fuera de la oficina|de vacaciones|ausente|de baja)",
    r"(?:estou|estarei|encontro-me) (?:atualmente )?(?:fora do escritório|de férias|ausente|de licença)",
    r"(?:sono|sarò) (?:attualmente )?(?:fuori (?:sede|ufficio)|assente|in ferie|in vacanza)",
    r"ik ben [^.\n]{0,40}(?:afwezig|niet (?:aanwezig|op kantoor|bereikbaar)|met (?:vakantie|verlof))",
    r"jeg er (?:for tiden |pt\. )?(?:ikke (?:på kontoret|til stede|på jobb)|på ferie|bortrejst|bortreist|fraværende)",
    r"jag är (?:för närvarande )?(?:inte på (?:kontoret|plats)|på semester|bortrest|frånvarande|ledig)",
    r"olen (?:tällä hetkellä )?(?:poissa|lomalla)",
    r"(?:jestem|przebywam) (?:obecnie )?(?:poza biurem|na urlopie|nieobecn)",
    (
        r"(?:jsem|som) (?:(?:nyní|momentálně|momentálne) )?mimo kancel|(?:nyní|momentálně|momentálne) (?:jsem|"
        r"som) mimo "
        r"kancel"
    ),
    r"nem vagyok az irodában|szabadságon vagyok|nu sunt la birou|sunt în concediu|ofis dışındayım|izindeyim",
    r"меня нет в офисе|я в отпуске|мене немає в офісі|я у відпустці|εκτός γραφείου|σε άδεια",
    r"不在にして|休暇をいただ|不在办公室|我正在休假|부재중|휴가 중|خارج المكتب|في إجازة|מחוץ למשרד|בחופשה",
    r"es patlaban neesmu birojā|neesmu birojā|ma ei ole kontoris|nesu biure",
)
URGENT = (
    r"urgent|emergenc|immediate (?:assistance|attention|response)|dringend|dringlich|en cas d[’']urgence|urgence|"
    r"urgente|urgen[çz]|"
    r"dringende|brådskande|bråttom|haster|kiireel|piln(?:ych|e|ej)|naléhav|naliehav|urgentn|sürgős|urgenț|acil|срочн|"
    r"термінов|"
    r"επείγον|お急ぎ|急事|紧急|緊急|급한|العاجلة|דחופ|limited access|in my absence|in meiner abwesenheit"
)
THANKS = (
    r"thank(?:s| you)(?: very much| so much)? for (?:your (?:e-?mail|message|mail|note|interest|inquiry|enquiry)|"
    r"contacting|"
    r"reaching out|getting in touch|writing)|(?:vielen )?dank für (?:ihre|deine|eure|die) (?:e-?mail|nachricht|mail|"
    r"anfrage)|"
    r"merci (?:pour|de) (?:votre|ton) (?:message|e-?mail|mail|courriel)|gracias por (?:tu|su|el) (?:mensaje|correo|"
    r"e-?mail)|"
    r"obrigad[oa] pel[oa] (?:seu |sua )?(?:contato|contacto|mensagem|e-?mail)|grazie per (?:la|il|l[’'])\W{0,2}(?:tua "
    r"|sua |tuo |suo )?"
    r"(?:e-?mail|mail|messaggio)|bedankt voor (?:je|uw) (?:bericht|e-?mail|mail)|tack för (?:ditt|din|ert) (?:mejl|"
    r"mail|meddelande)|"
    r"tak(?:k)? for (?:din |e-?posten|meldingen|henvendelsen)|kiitos viesti|dziękuj\w+ za wiadomość|děkuj\w+ za "
    r"(?:vaši )?zprávu|"
    r"ďakuj\w+ za (?:vašu )?správu|köszön\w+ a? ?(?:levelét|megkeresését)|mulțum\w+ pentru mesaj|mesajınız için "
    r"teşekkür|"
    r"спасибо за (?:письмо|сообщение)|дякую за (?:лист|повідомлення)|ευχαριστ\w+ για το μήνυμα|メールをありがとう|"
    r"お問い合わせ(?:いただき|ありがとう)|"
    r"感谢您的来信|感謝您的來信|메일 감사|문의해 주셔서|شكراً? ?لرسالتك|شكراً? ?لتواصلكم|תודה על (?:ההודעה|פנייתך)"
)
