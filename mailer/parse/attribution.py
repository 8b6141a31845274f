"""Pure: the sentence by which a mail program names whom it quotes: "On 16 Nov 2026, Ana <ana@x.example> wrote:".

One rule serves every language: such a sentence ends with a colon and holds a date and an address. Where one of these is
missing, a verb of writing or the quote mark below must speak for it.
"""

import re

from mailer.parse.quote_marks import first_written, is_quoted

_VERBS = (
    r"wrote|writes|said|schrieb|schreibt|geschrieben|a [ée]crit|ecrit|escribi[óo]|va escriure|ha escrit|"
    r"escreveu|escribiu|"
    r"ha scritto|scrive|scritto|schreef|geschreven|skrev|skreiv|skrifaði|napisał(?:\(a\)|a)?|pisze|kirjoitti|"
    r"пишет|пише|написал(?:\(а\)|а)?|написав(?:\(-?ла\))?|написала|написа|(?:је )?написао(?:/ла)?|"
    r"napsal(?:\(a\)|a)?|napísal(?:\(a\)|a)?|(?:je )?napisao(?:/la)?(?: je)?|napisala(?: je)?|napisal(?:\(a\)|a)?|"
    r"[íi]rta|yazdı|a scris|έγραψε|εγραψε|rakstīja|rašė|kirjutas|đã viết|menulis|reageerde|nahm|idatzi du|"
    r"כתב(?:/ה|ה)?|كتب(?:ت|/كتبت)?|كتابة|نوشت|ने लिखा|เขียนว่า|เขียน"
)
_VERB = re.compile(
    rf"(?<!\w)(?:{_VERBS})(?!\w)|写道|寫道|のメール|書きました|작성|썼습니다|เขียน|ने लिखा",
    re.IGNORECASE,
)
_VERB_LAST = re.compile(
    rf"(?:(?<!\w)(?:{_VERBS})(?: the following)?|写道|寫道|のメール|書きました|작성|"
    rf"썼습니다)[^\w:：]{{0,3}}[:：]?[-—\s]*$",
    re.IGNORECASE,
)
_QUOTING = re.compile(
    r"^\W{0,3}(?:quoting|quoted from|zitat von|citando|citat|citation de|cytowanie|citerar)\s", re.IGNORECASE
)
_LEADS = (
    r"on|am|le|el|em|no dia|il(?: giorno)?|op|den|þann|w dniu|dnia|wiadomość|dne|dňa|dana|at|in|je|at|a\(z\)|în|pe|la|"
    r"στις|на|в|у|ng?ày|pada(?: tanggal)?|vào|kuupäev|v|missatge|בתאריך|ב|في|در(?: تاریخ)?|เมื่อ|ในวันที่|在|date|o"
)
_LEAD = re.compile(rf"^[^\w<]{{0,8}}(?:{_LEADS})(?![^\W\d])", re.IGNORECASE)
_LONE_LEAD = re.compile(rf"^[^\w<]{{0,8}}(?:{_LEADS})(?![^\W\d])(?:\s\S{{1,12}}){{0,2}}$", re.IGNORECASE)
_OPENS = re.compile(r"^[^\w<]{0,8}(?:\S{1,14}\s)?\d{1,4}|^[^<@]{1,80}<[^<>@\s]{1,100}@")
_DATE = re.compile(
    r"\d{4}\s?[-./年년]\s?(?:[gm]\.\s)?(?:\d{1,2}|[^\W\d]{3,12})|"
    r"(?<![\d.])\d{1,2}([./-])\s?\d{1,2}\1\s?\d{2,4}(?!\d|\.\d)|"
    r"\d{1,2}\S{0,3}\s(?:de\s|d['’])?\S{2,15}\s(?:de\s|\d{1,2},\s)?\d{4}|"
    r"\d{1,2}[ -][^\W\d]{3,12}[ -]\d{2,4}|"
    r"[^\W\d]{3,15}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}"
)
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")
_DAY_AND_TIME = re.compile(
    r"\d{1,2}\.? [^\W\d]{3,12}\.?,? \S{1,4} \d{1,2}[:.]\d{2}|[^\W\d]{3,12}\.? \d{1,2},? \S{1,4} \d{1,2}[:.]\d{2}"
)
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w.-]{1,200}|mailto:")
_ANGLED = re.compile(r"[<(\[]\s{0,2}(?:mailto:)?[^\s<>()@]{1,100}@[^\s<>()@]{1,200}\s{0,2}[>)\]]")
_GLUED = re.compile(r"(?<=[\w.!?)])\s{0,3}(?:On|Am|Le|El|Em|Il|Op|Den) (?:\w{2,10}[.,]{0,2}\s){0,3}\d{1,4}.{0,200}@")
_INNER = re.compile(r"[>)]\s{0,2}[^\W\d]{1,20}(?:\s[^\W\d]{1,12})?\s?[:：](?:\s{1,9}(?=\S)|(?=>))")
_ONLY_NAME = re.compile(r"^[^<>@]{1,80}<[^\s<>@]{1,100}@[^\s<>@]{1,200}>,?$")
_CLOCK = re.compile(r"[\s,]\d{1,2}[:.]\d{2}(?![.\d])")
_MAX_LINE = 500  # characters of one attribution, all its lines together
_MAX_LINES = 5
_MAX_TRIED = 500  # lines that end with a colon, in one mail
_FEW_WORDS = 12
_NAME_WORDS = 5


def find_attributions(lines: list[str]) -> dict[int, int]:
    """Return where attributions begin, each with the line after it. Lines are without invisible characters."""
    found: dict[int, int] = {}
    tried = 0
    for end, line in enumerate(lines):
        if tried < _MAX_TRIED and _may_end(line) and not is_quoted(line):
            tried += 1
            start = _start_of(lines, end)
            if start is not None:
                found[start] = end + 1
        elif "@" in line and len(line) <= _MAX_LINE and _runs_into_quote(line):
            found[end] = end + 1
    return found


def split_glued(line: str) -> tuple[str, ...]:
    """Return the words and the attribution of a line on which a program forgot the line end between them."""
    if line[-1:] not in {":", "："} or "@" not in line or len(line) > _MAX_LINE:
        return (line,)
    found = _GLUED.search(line)
    if not found or _LEAD.match(line) or _DATE.search(line[: found.start()]) or not _VERB.search(line, found.start()):
        return (line,)
    return line[: found.start()], line[found.start() :]


def _may_end(line: str) -> bool:
    last = line[-1:]
    if not last or len(line) > _MAX_LINE:
        return False
    if last in ":：" or (last == ">" and "@" in line):
        return True
    return last in "-e道성다" and bool(_VERB_LAST.search(line[-60:]))


def _runs_into_quote(line: str) -> bool:
    """Tell whether the quote begins on the attribution's own line, as some apps have it."""
    found = _INNER.search(line)
    head = line[: found.end()].rstrip() if found else ""
    return bool(head and _LEAD.match(head) and _DATE.search(head) and _VERB_LAST.search(head))


def _start_of(lines: list[str], end: int) -> int | None:
    """Return the line where the attribution that ends here begins; the shortest that opens like one wins."""
    followed = is_quoted(first_written(lines, end + 1))
    joined, whole = "", None
    for start in range(end, max(-1, end - _MAX_LINES), -1):
        line = lines[start].strip()
        if not line or len(joined) + len(line) > _MAX_LINE or (start < end and is_quoted(line)):
            break
        joined = f"{line} {joined}".rstrip()
        if whole is None and _is_complete(joined, followed=followed):
            whole = start
        if whole is not None and _opens(joined) and not _VERB.match(joined):
            return _with_lone_lead(lines, start)
        if start < end and line[-1] in "!?":
            break
    if whole is not None and (whole == end or _ANGLED.search(joined) or _DATE.match(lines[end].strip())):
        return _with_head(lines, whole)
    above = lines[end - 1].strip() if end else ""
    if above and _QUOTING.match(f"{above} ") and _is_short_form(f"{above} {lines[end].strip()}", followed=followed):
        return end - 1
    return end if _is_short_form(lines[end].strip(), followed=followed) else None


def _opens(text: str) -> bool:
    return bool(_LEAD.match(text) or _OPENS.match(text))


def _with_lone_lead(lines: list[str], start: int) -> int:
    """Return the line above instead where the attribution begins there: with its "On", its date or its address."""
    above = lines[start - 1].strip() if start else ""
    if not above or is_quoted(above) or len(above) > _MAX_LINE // 4 or _LEAD.match(lines[start].strip()):
        return start
    dated = _DATE.search(above) and _opens(above) and above[-1] not in ".!?:"
    return start - 1 if dated or _LONE_LEAD.match(above) or _ONLY_NAME.match(above) else start


def _with_head(lines: list[str], start: int) -> int:
    """Return where the paragraph begins if this line continues it (a name wrapped before its verb)."""
    line = lines[start].strip()
    above = start
    while above and start - above < _MAX_LINES and lines[above - 1].strip():
        above -= 1
    continues = line[:1].islower() or line[:1] in "<(" or bool(_VERB.match(line))
    head = " ".join(lines[above:start])
    return above if continues and len(head) < _MAX_LINE // 4 and not re.search(r"[.!?]\s", head + " ") else start


def _is_complete(text: str, *, followed: bool) -> bool:
    """Tell whether this is a whole attribution; `followed` says that a marked quote stands below it."""
    address = "@" in text and _ADDRESS.search(text)
    if text[-1] == ">" and not _VERB_LAST.search(text):  # the colon is missing: only the plainest forms
        verb = _VERB.search(text) and _LEAD.match(text)
        return bool(_DATE.search(text) and (verb or (followed and _DATE.match(text))))
    if not _DATE.search(text):
        return bool(address and _VERB.search(text) and _DAY_AND_TIME.search(text))
    verb = _VERB.search(text)
    if address and (verb or followed or (_ANGLED.search(text) and _TIME.search(text))):
        return True
    if verb and (followed or (_opens(text) and _is_brief(text[verb.end() :]))):
        return True
    if verb and (_VERB_LAST.search(text) or (_CLOCK.search(text, verb.end()) and text.count(" ") < _FEW_WORDS)):
        return True
    return bool(followed and _TIME.search(text))


def _is_brief(rest: str) -> bool:
    """Tell whether only a name or a date stands behind the verb, not a sentence that goes on."""
    first = rest.lstrip(" \t\"'<(\u00ab\u201c\u201e,:：\u202f")[:1]
    return not first.islower() and len(rest.split()) <= (_FEW_WORDS if _DATE.search(rest) else _NAME_WORDS)


def _is_short_form(line: str, *, followed: bool) -> bool:
    """Tell whether a line without date names the writer: by an address and a verb, or right above a marked quote."""
    if _QUOTING.match(line):
        return followed or "@" in line
    verb = _VERB.search(line)
    rest = line[verb.end() :] if followed and verb else ""
    if any(letter.isdigit() for letter in rest) and len(rest.split()) <= _NAME_WORDS:
        return True
    if not _VERB_LAST.search(line):
        return False
    return "@" in line or (followed and len(line.split()) <= _FEW_WORDS)
