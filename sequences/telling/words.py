"""Use cases: the words round every letter that closes a loop, by language, as the team wants them."""

from collections.abc import Mapping
from dataclasses import asdict

from crm.changes import Undone, record_change
from crm.csv_files import language_code
from crm.models import Change, WorkspaceSetting
from kit.errors import InvalidError, say
from kit.tx import Tx
from sequences.telling.letter import BUILT_IN, PARTS, SLOTS, Words, find_slots

KIND = "setting.tell_words"
_NAME = "tell_words"
_LONGEST = 2_000


def read_words(tx: Tx) -> dict[str, Words]:
    """Return the words of each language there are any in: the team's own before what is built in."""
    return {**BUILT_IN, **{language: Words(**kept) for language, kept in _own(tx).items()}}


def save_words(tx: Tx, language: str, given: Mapping[str, str], *, actor: str) -> Change | None:
    """Keep the words of a language; what is left empty is as built in, and all of it empty forgets a language.

    None when they are so already. Letters that nobody changed by hand are written anew with the next look.
    """
    code = read_language(language)
    words = {part: _tidy(part, given.get(part, "")) for part in PARTS}
    wanted = _complete(code, words) if any(words.values()) else None
    if code in BUILT_IN and wanted == BUILT_IN[code]:
        wanted = None
    before, after = _own(tx).get(code), asdict(wanted) if wanted else None
    if before == after:
        return None
    _put(tx, code, after)
    summary = say("Words of letters that close a loop changed: %(language)s", language=code)
    return record_change(tx, KIND, actor=actor, summary=summary, data={"code": code, "before": before, "after": after})


def reverse_words(tx: Tx, change: Change, actor: str) -> Undone:
    """Let the words before hold again; they stand on nobody's timeline."""
    del actor
    if _own(tx).get(change.data["code"]) != change.data["after"]:
        return Undone(change=change, undone=0, left=1, why=say("Somebody changed it since."))
    _put(tx, change.data["code"], change.data["before"])
    return Undone(change=change, undone=1)


def read_language(text: str) -> str:
    """Return the code of a language that was given by code or name; refused when nobody knows it."""
    code = language_code(text.strip()) if text.strip() else None
    if code is None:
        sentence = say("%(given)s is no language I know. Write its name or its two letters, such as Danish or da.")
        raise InvalidError(say(sentence, given=text.strip() or "–"), field="language")
    return code.lower()


def _complete(code: str, given: Mapping[str, str]) -> Words:
    built_in = asdict(BUILT_IN[code]) if code in BUILT_IN else {}
    words = {part: text or built_in.get(part, "") for part, text in given.items()}
    for part, text in words.items():
        if not text:
            raise InvalidError(say("Fill in every part: there is no built-in text in this language."), field=part)
        if find_slots(text) - {SLOTS.get(part, "")}:
            raise InvalidError(say("This part knows no such field in double braces."), field=part)
    return Words(**words)


def _tidy(part: str, text: str) -> str:
    """Return a part as it is kept: the end of a letter may have paragraphs, all else is one line."""
    text = text.replace("\r\n", "\n").strip() if part == "thanks" else " ".join(text.split())
    return text[:_LONGEST]


def _own(tx: Tx) -> dict[str, dict[str, str]]:
    row = tx.session.get(WorkspaceSetting, _NAME)
    return dict(row.value) if row else {}


def _put(tx: Tx, code: str, words: dict[str, str] | None) -> None:
    row = tx.session.get(WorkspaceSetting, _NAME, with_for_update=True) or WorkspaceSetting(name=_NAME, value={})
    kept = {language: one for language, one in row.value.items() if language != code}
    row.value = kept | ({code: words} if words else {})
    tx.session.add(row)
    tx.session.flush()
