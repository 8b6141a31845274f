"""Pure: where the words come from that can be searched for, as the databases are told."""

from dataclasses import dataclass

from crm.search_words import SPECIAL

SHIFT = 40  # the number of a thing in the index: its kind, then its own number
INDEXES = ("search_people", "search_mails", "search_notes", "search_feedback")
# Mails whose words the index does not have yet. To index one takes as long as to file it: the beat does it.
WAITING = "search_waiting"
LONGEST = 100_000
_IS_NOTE = "{row}.kind IN ('note', 'dm')"


@dataclass(frozen=True, slots=True)
class Source:
    """Where words come from: `words` and `when` are written with {row} for a row of `table`.

    The words of what `waits` are indexed by the beat, others when they are written. Each `index` by itself: how long
    a word takes to look up follows from how much the whole index has of it.
    """

    kind: int
    index: str
    table: str
    key: str
    words: str
    columns: tuple[str, ...]
    when: str = ""
    waits: bool = False

    def number(self, row: str) -> str:
        """Return the number in the index of a row."""
        return f"({self.kind << SHIFT} + {row}.{self.key})"

    def text(self, row: str) -> str:
        """Return its words."""
        return self.words.format(row=row)


_SUBJECT = "coalesce((SELECT subject FROM messages WHERE id = {row}.message_id), '')"
CONTACT, HANDLE, ADDRESS, MAIL, NOTE, FEEDBACK = range(1, 7)
SOURCES = (
    Source(CONTACT, INDEXES[0], "contacts", "id", "{row}.name || ' ' || {row}.search_text", ("name", "search_text")),
    Source(HANDLE, INDEXES[0], "handles", "id", "{row}.username || ' ' || {row}.url", ("username", "url")),
    Source(ADDRESS, INDEXES[0], "contact_addresses", "id", "{row}.email", ("email",)),
    Source(
        MAIL,
        INDEXES[1],
        "message_bodies",
        "message_id",
        f"{_SUBJECT} || ' ' || {{row}}.new_text",
        ("new_text",),
        waits=True,
    ),
    Source(NOTE, INDEXES[2], "timeline_entries", "id", "{row}.summary", ("summary", "kind"), _IS_NOTE),
    Source(FEEDBACK, INDEXES[3], "feedback", "id", "{row}.quote", ("quote",)),
)


def sqlite_fold(text: str) -> str:
    """Return SQL for a text with the letters that FTS5 does not take apart; it folds the others itself."""
    folded = text = f"substr({text}, 1, {LONGEST})"
    letters = {**SPECIAL, **{one.upper(): plain for one, plain in SPECIAL.items() if len(one.upper()) == 1}}
    letters |= {"ẞ": "ss"}
    letters.pop("I", None)
    letters.pop("Σ", None)
    for letter, plain in letters.items():
        folded = f"replace({folded}, '{letter}', '{plain}')"
    return f"CASE WHEN {text} GLOB '*[{''.join(letters)}]*' THEN {folded} ELSE {text} END"


def postgres_vector(collation: str) -> str:
    """Return the function that makes an index of a text: the same letters as `crm.search_words.fold` leaves."""
    text = rf"regexp_replace(normalize(left($1, {LONGEST}), NFKD), '[\u0300-\u036f]+', '', 'g')"
    # Some signs come apart into a dozen letters; an index of more than a million is an error, and nobody's after it.
    text = f"lower(left({text}, {LONGEST}) {collation})"
    single = {letter: plain for letter, plain in SPECIAL.items() if len(plain) == 1}
    text = f"translate({text}, '{''.join(single)}', '{''.join(single.values())}')"
    for letter, plain in SPECIAL.items():
        if len(plain) > 1:
            text = f"replace({text}, '{letter}', '{plain}')"
    # Only letters and figures reach the parser: else it keeps an address or a link as one word.
    ranges = r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2100-\u2bff"
    text = rf"regexp_replace({text}, '[{ranges}\u3000-\u3004\u3008-\u3020\u3030\uff00-\uff0f\uff1a-\uff20]+', ' ', 'g')"
    return (
        "CREATE OR REPLACE FUNCTION search_vector(text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS "
        f"$$ SELECT to_tsvector('simple', {text}) $$"
    )
