"""Use cases: writing the letters: one for each person who raised a theme that is out, with what each of them said."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from crm.changes import keep_words
from crm.models import Contact, Theme
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx
from sequences.tell_models import ThemeTell
from sequences.telling.letter import Words, choose_language, write_letter, write_subject
from sequences.telling.raisers import Raiser, read_raisers
from sequences.telling.safety import Bar, Teller, find_bars
from sequences.telling.words import read_words

BY_HAND = "by_hand"
_MAX_TEXT = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many letters wait to be read, and how many people are left alone for a reason."""

    drafts: int
    held: int


def write_letters(tx: Tx, theme_id: int, teller: Teller) -> Written:
    """Write to everybody who raised a theme, once each; who must not be written to stands there with the reason.

    Harmless when done again: what is on its way or was told stays, what a person changed stays as it was changed.
    """
    theme = lock_theme(tx, theme_id)
    people = [one for one in read_raisers(tx, theme).people if one.status in ("open", "draft", "held", "not_sent")]
    bars = find_bars(tx, theme, [one.contact for one in people], teller)
    _forget_others(tx, theme, {one.contact.id for one in people})
    words, drafts = read_words(tx), 0
    for one in people:
        tell = own_letter(tx, theme, one, teller.actor)
        bar = bars.get(one.contact.id)
        if bar is not None and not (bar.is_team and tell.anyway):
            hold(tell, bar)
        elif tell.rule != BY_HAND:
            drafts += 1
            _write(tell, theme, one, words)
    tx.session.flush()
    return Written(drafts=drafts, held=len(people) - drafts)


def lock_theme(tx: Tx, theme_id: int) -> Theme:
    """Return a theme that may be told about, closed to others until this transaction ends."""
    theme = tx.session.get(Theme, theme_id, with_for_update=True, populate_existing=True)
    if theme is None:
        raise NotFoundError(say("There is no such theme."))
    if theme.merged_into_id is not None:
        raise ConflictError(say("This theme was merged into another one. Tell people from there."))
    if theme.state != "out":
        raise ConflictError(say("Nothing is out yet. Move the theme to Out first, then tell those who asked."))
    if not theme.did.strip():
        raise InvalidError(say("Say what was done first: it stands in every letter."))
    return theme


def get_letter(tx: Tx, theme_id: int, tell_id: int) -> ThemeTell:
    """Return a letter that has not left, locked."""
    tell = tx.session.get(ThemeTell, tell_id, with_for_update=True, populate_existing=True)
    if tell is None or tell.theme_id != theme_id:
        raise NotFoundError(say("There is no such letter."))
    if tell.state not in ("draft", "held"):
        raise ConflictError(say("This letter is on its way already. Nothing was changed."))
    return tell


def revise_letter(tx: Tx, theme_id: int, tell_id: int, *, subject: str, text: str) -> ThemeTell:
    """Change one letter."""
    tell = get_letter(tx, theme_id, tell_id)
    subject, text = " ".join(subject.split())[:500], text.replace("\r\n", "\n").strip()[:_MAX_TEXT]
    if not subject or not text:
        raise InvalidError(say("A letter needs a subject and some words. Nothing was changed."))
    if (subject, text) != (tell.subject, tell.text):
        tell.subject, tell.text, tell.is_edited = subject, text, True
    return tell


def leave_out(tx: Tx, theme_id: int, tell_id: int) -> ThemeTell:
    """Do not write to somebody; they stay in the list, with the reason."""
    tell = get_letter(tx, theme_id, tell_id)
    tell.anyway = ""
    hold(tell, Bar(rule=BY_HAND, sentence=say("Left out by hand."), is_team=True))
    return tell


def write_anyway(tx: Tx, theme_id: int, tell_id: int, *, why: str, teller: Teller) -> ThemeTell:
    """Write to somebody although a rule of the team stands against it, or they were left out; the reason is kept."""
    theme, tell, why = lock_theme(tx, theme_id), get_letter(tx, theme_id, tell_id), " ".join(why.split())[:300]
    if not why:
        raise InvalidError(say("Say why this person is to be written to all the same. It stays on record."))
    contact = tx.session.get_one(Contact, tell.contact_id)
    bar = find_bars(tx, theme, [contact], teller).get(contact.id)
    if bar is not None and not bar.is_team:
        hold(tell, bar)
        raise ConflictError(bar.sentence)
    tell.anyway, tell.rule = why, ""
    one = next((one for one in read_raisers(tx, theme).people if one.contact.id == contact.id), None)
    if one is None:
        raise ConflictError(say("This person has no note with this theme any more."))
    _write(tell, theme, one, read_words(tx))
    return tell


def own_letter(tx: Tx, theme: Theme, one: Raiser, actor: str) -> ThemeTell:
    """Return the letter of one person about one theme, beginning it when there is none."""
    tell = one.tell
    if tell is None or tell.theme_id != theme.id:
        tell = ThemeTell(
            theme_id=theme.id, contact_id=one.contact.id, state="held", subject="", text="", reason="", words={},
            rule="", anyway="", tries=0, is_edited=False, actor=actor, created_at=tx.now,
        )  # fmt: skip
        tx.session.add(tell)
    return tell


def hold(tell: ThemeTell, bar: Bar) -> None:
    """Leave somebody alone, with the reason."""
    tell.state, tell.rule, tell.send_id = "held", bar.rule, None
    tell.reason, tell.words = str(bar.sentence), keep_words(bar.sentence)


def _write(tell: ThemeTell, theme: Theme, one: Raiser, known: Mapping[str, Words]) -> None:
    tell.state, tell.reason, tell.words, tell.rule, tell.send_id = "draft", "", {}, "", None
    if not tell.is_edited:
        said = [(note.quote, note.created_at) for note in one.notes]
        language = choose_language(known, one.contact.language)
        words, name = known[language], one.contact.first_name or ""
        tell.subject = write_subject(words, theme.name)
        tell.text = write_letter(words, language, name, said, theme.did, theme.out_on)


def _forget_others(tx: Tx, theme: Theme, raisers: set[int]) -> None:
    """Drop letters of people whose notes stand elsewhere now; what has left stays."""
    waiting = select(ThemeTell).where(ThemeTell.theme_id == theme.id, ThemeTell.state.in_(("draft", "held")))
    for tell in tx.session.scalars(waiting):
        if tell.contact_id not in raisers:
            tx.session.delete(tell)
    tx.session.flush()
