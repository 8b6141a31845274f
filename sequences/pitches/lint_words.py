"""Pure: what the subject and the words of a mail give filters and people to think about."""

import re
from collections.abc import Iterator

from kit.errors import say
from sequences.pitches.lint_mail import LintFinding, LintMail, Severity
from sequences.pitches.reading_grade import grade_text
from sequences.pitches.spam_phrases import find_spam_phrases

_LONG_SUBJECT, _MANY_SUBJECT_WORDS = 60, 9
_SHORT, _LONG, _TOO_LONG = 50, 150, 250  # words; market figures: 50 to 150 are answered most
_LONG_FOLLOW_UP = 90
_RE = re.compile(r"^\s*(?:re|fwd?|aw|wg|antw|sv|vs|rv|res|tr|odp|r)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u203c\u2049]")
_GREETING_GAP = re.compile(
    r"^\s*(?:hi|hello|hey|dear|hallo|liebe[r]?|guten tag|bonjour|salut|cher|chère|hola|querid[oa]|ciao|car[oa]|olá|hej"
    r"|beste)\s*(?: ,| !|[,!]\s*,|\s{2,},)|^\s*(?:dear|liebe[r]?|cher|chère|querid[oa]|car[oa]|beste)\s*[,!:]",
    re.IGNORECASE,
)
_LEFT = (
    ("braces", re.compile(r"\{\{[^{}\n]{0,60}\}{0,2}|\{%[^{}\n]{0,60}\}?|\}\}|%\}|\{[a-z_][\w. ]{0,40}\}",
                          re.IGNORECASE)),
    ("percent", re.compile(r"(?<![\w%])%[A-Z][A-Z_ ]{1,30}%|\*\|[A-Z_:]{2,30}\|\*")),
    ("brackets", re.compile(r"(?<!\])\[[^\W\d_][\w '’/-]{0,60}\](?![(\[])|<(?:first|last|your|insert|sur)?[ _-]?name>",
                            re.IGNORECASE)),
    ("mark", re.compile(r"\b(?:XXX+|TODO|TBD|FIXME|TBC)\b|\blorem ipsum\b|\?\?\?+|_{4,}")),
    ("empty", re.compile(r"\bundefined\b|\bNaN\b|\[object Object\]|(?<=[a-z] )\bNone\b(?= ?[,.!?]|$)"
                         r"|\b(?:[Hh]i|[Hh]ello|[Dd]ear|[Hh]ey|[Hh]allo|[Hh]ola|[Cc]iao) (?:None|null|nan)\b",
                         re.MULTILINE)),
)  # fmt: skip
_WE = re.compile(
    r"\b(?:i|i'm|i’m|we|we're|we’re|our|ours|us|my|me|wir|unser\w{0,2}|uns|ich|mein\w{0,2}|nous|notre|nos|je"
    r"|mon|nuestr[oa]s?|nosotr[oa]s|noi|nostr[oaie])\b",
    re.IGNORECASE,
)
_YOU = re.compile(
    r"\b(?:you|you're|you’re|your|yours|du|dein\w{0,2}|dir|dich|ihr|euch|euer|eure\w?|sie|ihnen|ihre\w?"
    r"|vous|votre|vos|tu|ton|ta|tes|te|tus?|usted(?:es)?|voi|vostr[oaie]|ti|tuo|tua)\b",
    re.IGNORECASE,
)
_ASK = re.compile(
    r"[?？؟\u037e]|\b(?:let me know|tell me|reply|write back|get back to|drop me|send me|schreib\w{0,2} mir"
    r"|sag\w{0,2} mir|melde|gib mir bescheid|dites[- ]moi|dis[- ]moi|répondez|dime|cuéntame|fammi sapere"
    r"|laat (?:het )?(?:me|ons) weten)\b",
    re.IGNORECASE,
)
_WAY_OUT = re.compile(
    r"unsubscribe|no more (?:mail|messages|emails)|opt[- ]?out|stop (?:writing|emails)|abmelden|keine weiteren"
    r"|désabonn|désinscri|darse de baja|cancelar|disiscri|afmelden|avregistrera|afmeld",
    re.IGNORECASE,
)


def lint_subject(mail: LintMail) -> Iterator[LintFinding]:
    """Look at the subject; a mail that goes on in a conversation keeps the one that is there."""
    subject = mail.subject.strip()[:1_000]
    if not subject:
        return
    words = subject.split()
    if len(subject) > _LONG_SUBJECT or len(words) > _MANY_SUBJECT_WORDS:
        yield _subject(
            "subject_long",
            "warn",
            say("The subject has %(count)s words and %(count2)s characters.", count=len(words), count2=len(subject)),
            say(
                "Phones cut it off; subjects of one to five words are opened most, "
                "%(long_subject)s characters are the most that is shown.",
                long_subject=_LONG_SUBJECT,
            ),
        )
    letters = [letter for letter in subject if letter.isalpha() and letter.lower() != letter.upper()]
    if len(letters) > 5 and sum(map(str.isupper, letters)) > 0.8 * len(letters):  # noqa: PLR2004
        yield _subject(
            "subject_capitals",
            "warn",
            say("The subject is written in capitals."),
            say("It reads as shouting, and filters count it."),
        )
    if re.search(r"[!?]{2,}|!.*!", subject):
        yield _subject(
            "subject_marks",
            "warn",
            say("The subject has several exclamation or question marks."),
            say("Adverts have them; a person writes one at most."),
        )
    if len(_EMOJI.findall(subject)) > 0:
        yield _subject(
            "subject_emoji",
            "note",
            say("There is an emoji in the subject."),
            say("Some programs show it as a box, and a stranger's emoji is taken for an advert."),
        )
    if _RE.match(subject) and not mail.is_follow_up:
        yield _subject(
            "subject_faked",
            "serious",
            say("The subject pretends to be an answer or a forward."),
            say("Google forbids it, and people feel tricked: this mail begins a conversation."),
        )


def lint_gaps(mail: LintMail) -> Iterator[LintFinding]:
    """Look for what was to be filled in and was not."""
    for where, text in (("subject", mail.subject[:1_000]), ("text", mail.body)):
        for kind, pattern in _LEFT:
            found = pattern.search(text)
            if found:
                words = " ".join(found[0].split())[:60]
                yield LintFinding(
                    code=f"unfilled_{kind}",
                    severity="serious",
                    where=where,
                    sentence=say("“%(words)s” looks as if it still waits to be filled in.", words=words),
                    reason=say("Nothing shows sooner that a mail is one of many."),
                )
    if _GREETING_GAP.search(mail.body[:200]):
        yield LintFinding(
            code="greeting_empty",
            severity="serious",
            sentence=say("The greeting has no name."),
            reason=say("The name is missing in the record, or the merge field has no fallback."),
        )


def lint_text(mail: LintMail) -> Iterator[LintFinding]:
    """Look at the words: how many, how hard, about whom, and whether anything is asked."""
    yield from _lint_length(mail)
    for kind, words, reason in find_spam_phrases(f"{mail.subject}\n{mail.body}", is_follow_up=mail.is_follow_up):
        severity: Severity = "note" if kind == "flat" else "warn"
        yield LintFinding(
            code=f"phrase_{kind}",
            severity=severity,
            sentence=say("“%(words)s” is a phrase of mass mail.", words=words),
            reason=reason,
        )
    if mail.body.count("!") > 2:  # noqa: PLR2004
        yield LintFinding(
            code="marks",
            severity="note",
            sentence=say("%(count)s exclamation marks.", count=mail.body.count("!")),
            reason=say("One is friendly, many are an advert."),
        )
    shouted = [word for word in mail.words if len(word) > 3 and word.isupper() and word.isalpha()]  # noqa: PLR2004
    if len(shouted) > 2:  # noqa: PLR2004
        yield LintFinding(
            code="capitals",
            severity="note",
            sentence=say("%(count)s words are in capitals.", count=len(shouted)),
            reason=say("It reads as shouting, and filters count it."),
        )
    grade = grade_text(mail.body, mail.language)
    if grade and grade.level == "hard":
        measure = {
            "flesch_kincaid": say("grade %(value)s of school", value=f"{grade.value:.0f}"),
            "lix": f"LIX {grade.value:.0f}",
            "amstad": f"Flesch-Amstad {grade.value:.0f}",
        }[grade.scale]
        yield LintFinding(
            code="hard_to_read",
            severity="warn",
            sentence=say("The text is hard to read (%(measure)s).", measure=measure),
            reason=say("Shorter sentences and plainer words are answered more."),
        )
    yield from _lint_attitude(mail)


def _lint_length(mail: LintMail) -> Iterator[LintFinding]:
    count = len(mail.words)
    if mail.is_follow_up:
        if count > _LONG_FOLLOW_UP:
            yield LintFinding(
                code="long",
                severity="note",
                sentence=say("%(count)s words are long for a reminder.", count=count),
                reason=say("A reminder points back in two or three sentences."),
            )
    elif 0 < count < _SHORT:
        yield LintFinding(
            code="short",
            severity="note",
            sentence=say("%(count)s words are short for a first mail.", count=count),
            reason=say("50 to 150 words leave room for product, reason, idea and question."),
        )
    elif count > _LONG:
        severity: Severity = "warn" if count > _TOO_LONG else "note"
        yield LintFinding(
            code="long",
            severity=severity,
            sentence=say("%(count)s words are long for a first mail.", count=count),
            reason=say("Pitches of 50 to 150 words are answered most; put the rest into a brief."),
        )


def _lint_attitude(mail: LintMail) -> Iterator[LintFinding]:
    we, you = len(_WE.findall(mail.body)), len(_YOU.findall(mail.body))
    if we >= 6 and we > 2 * you:  # noqa: PLR2004
        yield LintFinding(
            code="about_us",
            severity="note",
            sentence=say("“I” and “we” %(we)s times, “you” %(you)s times.", we=we, you=you),
            reason=say("A pitch is about them and their audience; turn some sentences round."),
        )
    if mail.words and not mail.is_follow_up and not _ASK.search(mail.body):
        yield LintFinding(
            code="no_ask",
            severity="warn",
            sentence=say("Nothing is asked."),
            reason=say("Without a question people do not know what to answer. Ask one thing."),
        )
    if mail.needs_way_out and not _WAY_OUT.search(mail.text):
        yield LintFinding(
            code="no_way_out",
            severity="serious",
            where="foot",
            sentence=say("There is no word on how to get no more mail."),
            reason=say("Google, Yahoo and the law want it, and without it people press “spam”."),
        )


def _subject(code: str, severity: Severity, sentence: str, reason: str) -> LintFinding:
    return LintFinding(code=code, severity=severity, sentence=sentence, reason=reason, where="subject")
