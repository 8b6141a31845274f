"""The words round a letter that closes a loop: in the language of the person, as the team wants them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from crm.changes import undo_change
from crm.feedback import log_feedback
from crm.mailboxes import get_mailbox
from crm.models import Contact
from crm.themes import edit_theme, ensure_theme
from kit.errors import InvalidError
from sequences.telling.drafting import revise_letter, write_letters
from sequences.telling.letter import BUILT_IN, PARTS, choose_language, write_letter, write_subject
from sequences.telling.raisers import read_raisers
from sequences.telling.safety import Teller
from sequences.telling.words import read_words, save_words
from tests.stories.world import MIA, World
from web.undo import REVERSERS

AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
DANISH = {
    "subject": "Nu er den her: {{ theme }}", "hello": "Hej {{ name }},", "told": "Den {{ day }} sagde du:",
    "since": "Siden {{day}}.", "now": "Fra nu af.", "thanks": "Tak.\n\nSkriv endelig.",
}  # fmt: skip


@pytest.fixture
def theme(world: World) -> int:
    return _come_out(world)


@pytest.fixture
def small_theme(small: World) -> int:
    """On SQLite alone: what is written, which no database decides."""
    return _come_out(small)


def _come_out(world: World) -> int:
    """A theme that is out, raised by people who speak German of Austria, Danish, and nobody knows what."""
    people = world.people(3)
    with world.database.transaction() as tx:
        for number, language in zip(people, ("de-AT", "da", None), strict=True):
            contact = tx.session.get_one(Contact, number)
            contact.language, contact.first_name = language, "Kim"
            log_feedback(tx, "Zu heiß.", kind="problem", actor="user:1", contact_id=number, brand_id=1, theme="Heat")
        found = ensure_theme(tx, "Heat", actor="user:1", brand_id=1)
        edit_theme(tx, found.id, actor="user:1", state="out", did="It stays cool.", out_on="2026-11-20")
        return found.id


def _write(world: World, theme: int) -> list[tuple[str, str]]:
    """Write to all; return subject and text in the order of the people."""
    with world.database.transaction() as tx:
        teller = Teller(user_id=1, actor="user:1", brand_id=1, mailbox=get_mailbox(tx, MIA))
        write_letters(tx, theme, teller)
        people = sorted(read_raisers(tx, ensure_theme(tx, "Heat", actor="", brand_id=1)).people, key=_number)
        return [(one.tell.subject, one.tell.text) for one in people if one.tell]


def _number(one: Any) -> int:
    return int(one.contact.id)


def _save(world: World, language: str, given: dict[str, str]) -> int:
    with world.database.transaction() as tx:
        change = save_words(tx, language, given, actor="user:1")
        return change.id if change else 0


def test_german_is_spoken_to_who_speaks_it_and_english_to_all_others(small: World, small_theme: int) -> None:
    german, danish, unknown = _write(small, small_theme)
    assert german[0] == "Du hast es uns gesagt, jetzt ist es da: Heat"
    assert german[1].startswith("Hallo Kim,\n\nAm ")
    assert "\n\n> Zu heiß.\n\nIt stays cool.\n\nDas gibt es seit dem 20. November 2026.\n\nDanke" in german[1]
    assert danish == unknown
    assert danish[1].startswith("Hi Kim,\n\nOn ")
    assert "It is out since 20 November 2026." in danish[1]


def test_the_team_s_words_in_another_language_hold_and_can_be_taken_back(world: World, theme: int) -> None:
    change = _save(world, "Danish", DANISH)
    _german, danish, unknown = _write(world, theme)
    assert danish[0] == "Nu er den her: Heat"
    assert "Siden 20. november 2026.\n\nTak.\n\nSkriv endelig." in danish[1]
    assert unknown[1].startswith("Hi Kim,")
    with world.database.transaction() as tx:
        assert undo_change(tx, change, actor="user:1", reversers=REVERSERS).undone == 1
    assert _write(world, theme)[1] == unknown


def test_one_part_changed_leaves_the_others_as_built_in_and_none_is_built_in_again(
    small: World, small_theme: int
) -> None:
    _save(small, "de", {"hello": "Servus {{ name }}!"})
    assert _write(small, small_theme)[0][1].startswith("Servus Kim!\n\nAm ")
    assert _save(small, "de", {"hello": "Servus {{ name }}!"}) == 0
    assert _save(small, "de", {})
    with small.database.reading() as tx:
        assert read_words(tx) == BUILT_IN


def test_a_letter_changed_by_hand_stays_as_it_is(small: World, small_theme: int) -> None:
    _write(small, small_theme)
    with small.database.transaction() as tx:
        revise_letter(tx, small_theme, 1, subject="Mine", text="Mine.")
    _save(small, "de", {"hello": "Servus {{ name }}!"})
    assert ("Mine", "Mine.") in _write(small, small_theme)


@pytest.mark.parametrize(("language", "given", "field"), [
    ("Klingonese", DANISH, "language"), ("", DANISH, "language"), ("da", {"hello": "Hej"}, "subject"),
    ("de", {"hello": "Hallo {{ day }}"}, "hello"), ("de", {"thanks": "Danke {{ name }}"}, "thanks"),
])  # fmt: skip
def test_what_would_spoil_a_letter_is_refused(small: World, language: str, given: dict[str, str], field: str) -> None:
    with small.database.transaction() as tx:
        with pytest.raises(InvalidError) as caught:
            save_words(tx, language, given, actor="user:1")
        assert caught.value.field == field
        assert read_words(tx) == BUILT_IN


@pytest.mark.parametrize(("spoken", "language"), [
    ("de", "de"), ("de-CH", "de"), ("de_AT", "de"), ("DE", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en"),
    (None, "en"),
])  # fmt: skip
def test_the_language_is_theirs_without_its_country_else_english(spoken: str | None, language: str) -> None:
    assert choose_language(BUILT_IN, spoken) == language


@pytest.mark.parametrize(("language", "letter"), [
    ("en", "Hi,\n\nOn 3 November 2026 you told us:\n\n> Hot.\n\nDone.\n\nIt is out now.\n\n"),
    ("de", "Hallo,\n\nAm 3. November 2026 hast du uns gesagt:\n\n> Hot.\n\nDone.\n\nDas gibt es ab jetzt.\n\n"),
])  # fmt: skip
def test_without_a_name_and_a_day(language: str, letter: str) -> None:
    words = BUILT_IN[language]
    assert write_letter(words, language, "", [("Hot.", AT)], "Done.", None) == letter + words.thanks
    assert "3" in write_letter(words, language, "{{ day }}", [("Hot.", AT)], "Done.", date(2026, 11, 3))
    assert write_subject(words, "A {{ theme }}").endswith("A {{ theme }}")
    assert all(getattr(words, part) for part in PARTS)
