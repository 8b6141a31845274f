"""Pure: what machines say of themselves: "this is an automatic message", "we have received your request"."""

MACHINE = (
    (
        r"this is an? (?:automat(?:ic|ed)|auto[- ]?generated) (?:reply|response|e-?mail|message|notification|"
        r"acknowledge?ment)|"
        r"(?:e-?mail|message|response|reply) (?:is|was|has been) (?:automatically generated|generated automatically|"
        r"sent automatically)|"
        r"please do not (?:reply|respond) to this (?:e-?mail|message)"
    ),
    r"dies ist eine automatisch|automatisch (?:generierte|erzeugte|erstellte) (?:nachricht|e-?mail|mail|antwort)",
    r"ceci est (?:un message|une réponse) automatique|(?:message|réponse) généré\w* automatiquement",
    r"este es un (?:mensaje|correo|e-?mail) automático|respuesta generada automáticamente",
    r"este é um (?:e-?mail|mensagem|correio) automátic|esta é uma mensagem automática|mensagem gerada automaticamente",
    r"(?:messaggio|risposta) (?:generat\w+ automaticamente|automatic[oa])",
    r"dit is een automatisch|automatisch gegenereerd (?:bericht|antwoord)",
    r"detta är ett automatiskt|dette er (?:en|et) automatisk|tämä on automaattinen",
    r"wygenerowan\w+ automatycznie|wiadomość automatyczna|automaticky generovan|toto je automatick|ez egy automatikus",
    (
        r"mesaj generat automat|mesaj automat|otomatik (?:bir )?mesaj|отправлено автоматически|надіслано автоматично|"
        r"автоматическое сообщение|автоматичне повідомлення|αυτόματο μήνυμα"
    ),
    (
        r"自動(?:送信|返信|配信)(?:されて|メール|され)|系统自动发送|系統自動|自动发送|자동으로 발송|رسالة تلقائية|"
        r"הודעה אוטומטית"
    ),
)
RECEIVED = (
    (
        r"(?:we|we[’']ve|i|i[’']ve)(?: have)? (?:safely |successfully )?(?:received|got) your (?:message|e-?mail|mail|"
        r"request|inquiry|"
        r"enquiry|submission|ticket|query)|your (?:message|e-?mail|request|inquiry|enquiry|ticket|submission|"
        r"query)(?: \(?#?\w+\)?)? "
        r"(?:has been|was|is) (?:successfully )?(?:received|logged|created|registered)|(?:ticket|case|support "
        r"request) (?:has been|was) "
        r"(?:created|opened|logged)|we receive a (?:high|large) (?:volume|number)|(?:acknowledge|confirm) (?:the "
        r")?receipt of your"
    ),
    (
        r"(?:wir haben|ich habe) (?:deine|ihre|eure) (?:e-?mail|nachricht|anfrage|mail) (?:erhalten|bekommen)|"
        r"(?:anfrage|nachricht|"
        r"e-?mail) (?:\(\w+\) )?ist bei uns eingegangen"
    ),
    r"avons bien reçu (?:votre|ta|ton)|votre (?:demande|message|e-?mail)(?: \(\w+\))? a (?:bien )?été reçue?",
    (
        r"hemos recibido (?:tu|su|vuestro) (?:mensaje|propuesta|correo|solicitud|consulta)|(?:su|tu) solicitud "
        r"(?:\(\w+\) "
        r")?ha sido recibida"
    ),
    (
        r"recebemos (?:a |o )?(?:sua|seu|tua|teu) (?:mensagem|e-?mail|pedido|contato)|sua solicitação (?:\(\w+\) )?foi "
        r"recebida"
    ),
    (
        r"abbiamo ricevuto (?:la|il) (?:tua|sua|vostra|tuo|suo) (?:proposta|richiesta|e-?mail|messaggio)|richiesta "
        r"(?:\(\w+\) )?è stata ricevuta"
    ),
    (
        r"hebben (?:je|uw|jouw) (?:mail|bericht|e-?mail|aanvraag) (?:goed )?ontvangen|(?:uw|je) (?:verzoek|bericht) "
        r"(?:\(\w+\) )?is ontvangen"
    ),
    r"(?:vi )?har (?:tagit emot|mottagit|modtaget|mottatt) (?:ditt|din|meldingen|meddelandet)|har tagits emot",
    r"olemme vastaanottaneet viestisi|viestisi on vastaanotettu|on vastaanotettu",
    r"otrzymaliśmy (?:twoją|państwa|pani|pana)|zgłoszenie (?:\(\w+\) )?zostało odebrane",
    (
        r"(?:vaši )?zprávu jsme obdrželi|správu sme dostali|žádost (?:\(\w+\) )?byla přijata|žiadosť (?:\(\w+\) )?bola "
        r"prijatá"
    ),
    (
        r"levelét megkaptuk|kérését (?:\(\w+\) )?megkaptuk|am primit mesajul|solicitarea \w+ (?:\(\w+\) )?a fost "
        r"primită|"
        r"mesajınızı aldık"
    ),
    r"(?:мы )?получили ваше (?:сообщение|письмо)|отримали ваше? (?:повідомлення|лист)|λάβαμε το μήνυμά",
    (
        r"受け付けました|お問い合わせいただき|已收到您的(?:邮件|来信|請求|请求)|已收到你的邮件|접수되었|استلمنا "
        r"رسالتك|تم استلام طلبك|קיבלנו את הודעתך"
    ),
)
SOON = (
    r"(?:within|in) (?:the next )?(?:\w+ to |\d+[-–])?(?:\w+|\d+) (?:business|working) (?:days?|hours?)|(?:within|in) "
    r"\d+ hours|"
    r"as soon as (?:possible|we can)|review(?:ed|ing) by|will be reviewing|innerhalb von|werktag|"
    r"meilleurs délais|días (?:laborables|hábiles)|dias úteis|giorni lavorativi|werkdagen|arbetsdagar|hverdage|"
    r"virkedager|arkipäiv|"
    r"dni roboczych|pracovních dn|pracovných dn|munkanap|zile lucrătoare|iş günü|рабочих дн|робочих дн|εργάσιμ|営業日|"
    r"工作日|영업일|"
    r"أيام عمل|ימי עסקים"
)
# "no longer with us": the answer is for good
LEFT = (
    (
        r"\b(?:no longer|not any ?more) (?:with|at|works?|working|employed|part of|in (?:this|the) (?:role|position|"
        r"company))\b|"
        r"\b(?:has|have|[’']ve) (?:now )?left (?:the |our )?(?:company|organi[sz]ation|firm|agency|business|team|"
        r"[A-Z][\w&.-]+)\b|"
        r"\b(?:ceased|stopped) (?:to be employed|working|employment)|\b(?:doesn[’']t|does not) work (?:here|at|for|"
        r"with)\b.{0,30}\b"
        r"(?:any ?more|any longer|now)|\bthis (?:mailbox|e-?mail(?: address)?|address|account) is no longer "
        r"(?:monitored|in use|"
        r"active|used|valid|checked|being)"
    ),
    (
        r"nicht mehr (?:für|bei|im|in unserem|in der|Teil|beschäftigt|tätig|angestellt)[^.\n]{0,60}|(?:hat|habe) "
        r"(?:das|unser|die|"
        r"unsere) (?:Unternehmen|Firma|Agentur|Haus) verlassen|(?:postfach|e-?mail-?adresse|adresse) wird nicht mehr"
    ),
    (
        r"ne (?:fait|travaille|fais) plus (?:partie|chez|pour|au sein|dans)|(?:a|ai) quitté (?:la|l[’']|notre|le|ses)|"
        r"n[’']est plus "
        r"(?:utilisée?|active|en fonction|parmi nous)"
    ),
    (
        r"ya no (?:trabaja|trabajo|forma|formo|pertenece|está (?:con|en) (?:la|nuestra))|(?:ha|he) dejado (?:la|"
        r"nuestra) "
        r"empresa"
    ),
    (
        r"já não (?:trabalha|trabalho|faz|está)|não (?:trabalha|trabalho|faz parte|está) mais|não (?:mais )?faz mais "
        r"parte|"
        r"deixou a empresa"
    ),
    (
        r"non (?:lavora|lavoro|fa|collabora|è) più (?:qui|in|per|con|parte|presso|attivo|attiva|dipendente)|ha "
        r"lasciato "
        r"l[’']azienda"
    ),
    (
        r"(?:werkt|werk|is|ben) niet (?:meer|langer) (?:bij|werkzaam|voor|in dienst)|niet meer werkzaam|heeft (?:het "
        r"bedrijf|ons|onze "
        r"organisatie) verlaten|uit dienst"
    ),
    (
        r"(?:er|arbejder|jobber|arbeider) ikke (?:længere|lenger) (?:ansat|hos|ansatt|i|på|her)|har forladt "
        r"(?:virksomheden|firmaet)|"
        r"har sluttet|ikke lenger ansatt|(?:arbetar|jobbar|är) inte längre (?:kvar|hos|på|anställd|här)|har slutat|"
        r"har lämnat "
        r"(?:företaget|bolaget)"
    ),
    r"(?:en|ei) enää työskentele|ei ole enää (?:töissä|palveluksessa)",
    (
        r"(?:nie (?:pracuje|pracuję|jest)|nie jestem) już|już nie (?:pracuje|pracuję)|odesz(?:ła|edł) z firmy|"
        r"zakończył[a]? "
        r"(?:pracę|współpracę)"
    ),
    r"(?:již|už) ne?pracuj\w+|již není zaměstnan|už nie je zamestnan",
    r"már nem dolgoz\w+|nu mai lucre\w+|artık [^.\n]{0,40}çalışmıyor\w*",
    r"больше не работа\w+|більше не працю\w+|δεν εργάζ\w+ πλέον",
    r"退職(?:いた|し)|已离职|已離職|퇴사|لم أعد أعمل|لم يعد يعمل|כבר לא עובד",
)
