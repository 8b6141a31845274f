"""Pure: the words by which people of many languages say when they are back; one row a language."""

# Nominative and genitive names with the usual short forms. Languages that share a word share it here.
MONTHS = {
    1: """january januar janvier enero janeiro gennaio januari stycznia styczeń ledna leden januára január ianuarie
    tammikuuta tammikuun ocak января январь січня січень ιανουαρίου ιανουάριος يناير ינואר jan janv ene gen sty
    jänner""",
    2: """february februar février fevrier febrero fevereiro febbraio februari lutego luty února únor februára február
    februarie helmikuuta helmikuun şubat февраля февраль лютого лютий φεβρουαρίου φεβρουάριος فبراير פברואר feb févr fev
    fév lut feber""",
    3: """march märz maerz mars marzo março marco maart marts marca marzec března březen marec március martie
    maaliskuuta maaliskuun mart марта март березня березень μαρτίου μάρτιος مارس מרץ מרס mar mär mrt mrz márc""",
    4: """april avril abril aprile kwietnia kwiecień dubna duben apríla apríl április aprilie huhtikuuta huhtikuun nisan
    апреля апрель квітня квітень απριλίου απρίλιος أبريل ابريل אפריל apr avr abr kwi ápr""",
    5: """may mai mayo maio maggio mei maj maja května květen mája máj május toukokuuta toukokuun mayıs мая май травня
    травень μαΐου μάιος مايو מאי mag""",
    6: """june juni juin junio junho giugno czerwca czerwiec června červen júna jún június iunie kesäkuuta kesäkuun
    haziran июня июнь червня червень ιουνίου ιούνιος يونيو יוני jun giu cze""",
    7: """july juli juillet julio julho luglio lipca lipiec července červenec júla júl július iulie heinäkuuta
    heinäkuun temmuz июля июль липня липень ιουλίου ιούλιος يوليو יולי jul juil lug lip""",
    8: """august août aout agosto augustus augusti sierpnia sierpień srpna srpen augusta augusztus elokuuta elokuun
    ağustos августа август серпня серпень αυγούστου αύγουστος أغسطس اغسطس אוגוסט aug ago sie""",
    9: """september septembre septiembre setiembre setembro settembre września wrzesień září septembra szeptember
    septembrie syyskuuta syyskuun eylül сентября сентябрь вересня вересень σεπτεμβρίου σεπτέμβριος سبتمبر ספטמבר sep
    sept set wrz""",
    10: """october oktober octobre octubre outubro ottobre października październik října říjen októbra október
    octombrie lokakuuta lokakuun ekim октября октябрь жовтня жовтень οκτωβρίου οκτώβριος أكتوبر اكتوبر אוקטובר oct okt
    out ott paź""",
    11: """november novembre noviembre novembro listopada listopad listopadu novembra noiembrie marraskuuta marraskuun
    kasım ноября ноябрь νοεμβρίου νοέμβριος نوفمبر נובמבר nov lis""",
    12: """december dezember déc décembre diciembre dezembro dicembre desember grudnia grudzień prosince prosinec
    decembra decembrie joulukuuta joulukuun aralık декабря декабрь грудня грудень δεκεμβρίου δεκέμβριος ديسمبر דצמבר
    dec dez dic des gru""",
}

# before the date: "back on", "returning"
BACK = (
    r"return(?:ing|s)?|back|again (?:available|reachable|in)|available (?:again )?(?:from|on|as of)|resume",
    r"zurück|wieder (?:da|im|erreichbar|für|zur|ab|in|am)|wieder|erreichbar|rückkehr|kehre zurück",
    r"de retour|retour|reprend\w*|reviens|reviendrai|disponible (?:à partir|a partir)",
    r"regres\w*|vuelv\w*|vuelta|reincorpor\w*|estaré de vuelta",
    r"de volta|volt(?:o|arei|ar)|retorn\w*|regress\w*",
    r"rientr\w*|torn(?:o|er\w*)|ritorn\w*|di (?:nuovo|ritorno)",
    r"terug(?:keer|komst)?|weer (?:aanwezig|bereikbaar|op)|keer terug",
    r"tilbage|tilbake|åter|tillbaka|retur",
    r"palaan|palaa|takaisin|jälleen|tavoitettavissa",
    r"wracam|wrócę|powrót|powrotu|powrócę|będę (?:ponownie|dostępn\w+)",
    r"vrát[ií]m|vracím|zp[ěä]ť?t?|návrat\w*|späť|(?:opět|opäť) (?:k dispozici|k dispozícii|v kanceláři)",
    r"vissza\w*|újra",
    r"(?:mă )?întorc|revin\w*|înapoi",
    r"dön\w+",
    r"вернусь|вернется|вернётся|вернуться|на связи|выйду на работу|выхожу на работу|буду (?:в офисе|доступ\w+)",
    r"повернуся|повернеться|повертаюся|на зв[’']язку|буду (?:в офісі|доступ\w+)",
    r"επιστρ\w+|ξανά",
    r"(?:و?سأ?عود|العودة|وأعود|أعود)",
    r"ו?אחזור|אשוב|חוזרת?|חזרה",
)
# before the date: "until"
UNTIL = (
    r"until|till|’til|through|thru|up to",
    r"bis(?: zum| einschließlich| inklusive| inkl\.?)?",
    r"jusqu[’']au?|hasta(?: el)?|até(?: o| ao)?|fino (?:al|a|alla)|sino al",
    r"tot(?: en met)?|t/m|til(?: og med)?|indtil|t\.?o\.?m\.?|till(?: och med)?",
    r"do(?: dnia)?|până (?:la|pe|în)",
    r"до|по(?=\s?$)|включительно до|έως|μέχρι|ως",
    r"حتى|لغاية|לעד|עד",
)
# after the date, where the language puts it there
BACK_AFTER = (
    (
        r"wieder|zurück|weer|terug|tilbage|tilbake|tillbaka|de retour|de vuelta|de volta|palaan|vissza\w*|térek vissza|"
        r"(?:jövök|leszek) (?:újra|vissza)\w*|újra|dön\w+|geri dön\w+|zpět|späť"
    ),
    r"戻|復帰|出社|出勤|返回|回来|回來|回到|上班|복귀|돌아|출근",
)
UNTIL_AFTER = (
    r"asti|saakka|kadar",
    r"-?ig\b|まで|까지",
)
# before the date, in writing without blanks
JOINED = r"(?:休假|出差|休息)?(?:至|到)"

AWAY = (
    r"out of (?:the )?office|away|on leave|vacation|holiday|travel\w*|abwesend|urlaub|nicht im|elternzeit|absen\w+|"
    r"congé|vacances|vacaciones|férias|ferie|afwezig|vakantie|semester|urlop|nieobecn\w*|ausente|fuera de|fora do|"
    r"assente|loma\w*|dovolen\w*|szabads\w*|concediu|izin\w*|отпуск\w*|відпуст\w*|άδεια|إجازة|חופש\w*"
)
