"""Pure: what delivery reports say in many languages: their subjects, their sentences, and the promise to try again.

All words are lower case, and so must be what they are sought in.
"""

SUBJECTS = (
    (
        r"^ndn:|^\[bounce\]|undeliver(?:able|ed)|(?:mail |message |e-?mail )?delivery (?:status notification|failure|"
        r"failed|problem|"
        r"error|has failed|report|notification|status|warning|incomplete|delayed|has been delayed|unsuccessful)|"
        r"returned mail|"
        r"failure (?:notice|delivery|notification)|mail (?:delivery |system )?(?:failed|failure|error)|could not "
        r"(?:be )?deliver|"
        r"not deliver(?:ed|able)|non-?delivery|delivery \w* ?fail|returning message to sender|returned to sender|"
        r"message "
        r"(?:delivery failure|not delivered|undeliverable|rejected|delayed|bounced)|rejected mail|failed mail|mail "
        r"not delivered|"
        r"automatically rejected|warning: (?:message|could not send)|delayed mail|bounced? (?:mail|message|e-?mail)|"
        r"returned "
        r"e-?mail|mail error|error (?:during delivery|sending|delivering)|nondeliverable|unable to deliver|problem "
        r"delivering|"
        r"user unknown|unknown (?:user|recipient|address)"
    ),
    r"unzustellbar|nicht zustellbar|zustellung fehlgeschlagen|fehlgeschlagen|nicht zugestellt",
    r"non remis|non distribu|échec (?:de )?(?:la )?(?:remise|distribution|livraison)|échec",
    r"no se (?:puede|ha podido|pudo) entregar|no entregado|devuelto",
    r"imposs[ií]vel (?:entregar|enviar)|não (?:foi )?(?:possível )?entreg|não é possível entregar",
    r"mancato recapito|mancata consegna|impossibile recapitare|non recapitabile",
    (
        r"onbestelbaar|niet afgeleverd|ej levererbar|kan inte levereras|kunne ikke leveres|kan ikke leveres|ei voitu "
        r"toimittaa"
    ),
    (
        r"nie dostarczon|niedostarcz|nedoručiteln|nedoručiteľn|kézbesíthetetlen|nu a putut fi livrat|iletilemedi|"
        r"teslim "
        r"edilemedi"
    ),
    r"не доставлен|недоставлен|невозможно доставить|не може бути доставлено|αδύνατη η παράδοση",
    (
        r"退信|无法送达|無法傳遞|无法传递|送信エラー|配信不能|配信できません|未配信|エラーメール|배달되지 않음|"
        r"배달할 수 없|לא ניתן למסור|تعذر التسليم"
    ),
)
SENTENCES = (
    (
        r"could not be (?:delivered|sent|reached|completed)|couldn[’']t be delivered|was not (?:delivered|able|"
        r"accepted)|wasn[’']t "
        r"(?:delivered|able to deliver)|not (?:able|possible) to (?:be )?deliver|cannot be delivered|can[’']t be "
        r"delivered|"
        r"undeliver(?:able|ed)|(?:delivery|deliver) (?:to the following|has failed|failed|attempt|failure|error|of "
        r".{0,60} failed)|"
        r"permanent (?:fatal )?error|did not reach|not reach the following|recipients? (?:failed|could not|rejected|"
        r"did not)|"
        r"address(?:es)?(?:\(es\))? failed|unable to deliver|failed to deliver|returned to (?:you|sender)|has been "
        r"(?:rejected|"
        r"returned|bounced)|was (?:rejected|returned|bounced|automatically rejected)|user unknown|unknown user|no "
        r"such user|"
        r"mailbox (?:is )?(?:unavailable|full|not found)|does not exist|host unknown|\b5\d\d[ -]5\.\d\.\d|rcpt to|"
        r"remote host said|"
        r"following (?:recipient|address)|over quota|exceed(?:ed|ing) .{0,30}quota|still being retried|has not (?:yet "
        r")?been "
        r"delivered|not been delivered|has been postponed|failed recipient|not deliver|delivery status notification|"
        r"not accepted|"
        r"no message collected|does not have a final|not match|error occurred|not listed in|failure reasons"
    ),
    r"unzustellbar|konnte nicht (?:zugestellt|an)|nicht zugestellt|ist fehlgeschlagen|folgende empfänger",
    r"n[’']a pas (?:pu|été)|n[’']ont pas pu|échec de la remise|non remis",
    (
        r"no se (?:pudo|ha podido|puede) entregar|no se entregó|não (?:pôde|foi possível|foi entregue)|impossibile "
        r"(?:recapitare|"
        r"consegnare)|non è stato (?:consegnato|possibile)|kon niet worden|niet (?:worden )?afgeleverd|kunde inte "
        r"levereras|kunne "
        r"ikke leveres|ei voitu toimittaa|nie mogła zostać|nie została dostarczona|nemohla být doručena|nem "
        r"kézbesíthető|nu a putut "
        r"fi|iletilemedi|teslim edilemedi"
    ),
    r"не может быть доставлено|не удалось доставить|не было доставлено|не вдалося доставити|δεν ήταν δυνατή",
    (
        r"无法|無法|退回|配信(?:でき|され)ません|送信できません|送達できません|届けることができません|存在しません|"
        r"배달하지 못|전달되지"
    ),
)
STILL_TRYING = (
    r"delay(?:ed)?\b|mail delivery warning|warning: (?:message|could not)|has been postponed|still being retried|not "
    r"yet been "
    r"delivered|will (?:continue|keep) (?:to )?(?:try|retry)|delivery attempts will continue|verzögert|temporarily "
    r"deferred|will "
    r"be retried|warning only|noch nicht zugestellt|retardé|en attente de remise|retrasad[oa]|atrasad[oa]|in ritardo|"
    r"vertraagd|"
    r"försenad|forsinket|opóźnion|задерж|遅延|延迟|延遲|지연"
)
