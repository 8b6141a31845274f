"""Search finds the same on SQLite and PostgreSQL: one table of cases, and an index that nothing can pass by."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, text, update

from crm.contacts import create_contact
from crm.models import Contact, Feedback, Handle, Mailbox, Message, MessageBody, TimelineEntry
from crm.search import Found, search
from crm.search_index import count_faults, index_waiting, purge, rebuild
from crm.timeline import add_note
from kit.tx import Database, Tx

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PEOPLE = ("Imani Oduya", "Søren Łukasz", "Zoë Groß", "Marta Kern", "Anna Markers", "Đorđe Æsop", "王小明")
MAILS = (
    ("Oduya", "The pan for you", "The lid of the carbon pan rattles. I would film on Thursday."),
    ("Markers", "Crème brûlée", "My markers arrived, and the torch works. Straße 9."),
    ("", "A question", "Do you know the markers of kettle-maker_2? <b>Bold</b> & more."),
)
NOTES = (("Oduya", "Met at the fair, likes carbon steel."), ("Kern", "Coffee with Zoe about the lid that rattles."))
QUOTES = (("Kern", "The lid rattles on induction, says half of my audience."),)


def _seed(tx: Tx) -> None:
    tx.session.add(
        Mailbox(id=1, address="mia@house.example", name="Mia", smtp_url="smtp://house.example",
                imap_url="imap://house.example", user="mia", secret="x", window="always", created_at=NOW)
    )  # fmt: skip
    people = {
        name.split()[-1]: create_contact(tx, name=name, emails=[f"p{number}@kettle.example"], actor="cli").id
        for number, name in enumerate(PEOPLE)
    }
    tx.session.add(
        Handle(contact_id=people["Oduya"], platform="youtube", username="smallkitchen_ke",
               url="https://youtube.com/@smallkitchen_ke", created_at=NOW)
    )  # fmt: skip
    for number, (who, subject, words) in enumerate(MAILS, start=1):
        tx.session.add(
            Message(id=number, mailbox_id=1, contact_id=people.get(who), direction="in", kind="reply", at=NOW,
                    dedupe=str(number), sender="someone@else.example", subject=subject)
        )  # fmt: skip
        tx.session.flush()
        tx.session.add(MessageBody(message_id=number, new_text=words, text=f"{words} quotedhistory"))
    for who, note in NOTES:
        add_note(tx, people[who], note, actor="cli")
    for who, quote in QUOTES:
        tx.session.add(Feedback(contact_id=people[who], quote=quote, kind="problem", actor="cli", created_at=NOW))


def _told(found: Found) -> list[str]:
    """Return what was found in words a table can hold: its kind, and whom or what it is about."""
    return [f"{hit.kind}: {hit.head_text if hit.kind == 'mails' else hit.name.split()[-1]}" for hit in found.hits]


# fmt: off
CASES: list[tuple[str, set[str]]] = [
    ("imani", {"people: Oduya"}),
    ("IMANI oduya", {"people: Oduya"}),
    ("oduya ima", {"people: Oduya"}),
    ("soren", {"people: Łukasz"}),
    ("Søren", {"people: Łukasz"}),
    ("lukasz", {"people: Łukasz"}),
    ("gross", {"people: Groß"}),
    ("groß", {"people: Groß"}),
    ("GROSS", {"people: Groß"}),
    ("aesop", {"people: Æsop"}),
    ("dorde", {"people: Æsop"}),
    ("王小", {"people: 王小明"}),
    ("zoe", {"people: Groß", "notes: Kern"}),
    ("zoë", {"people: Groß", "notes: Kern"}),
    ("mar", {"people: Kern", "people: Markers", "mails: Crème brûlée", "mails: A question"}),
    ("markers", {"people: Markers", "mails: Crème brûlée", "mails: A question"}),
    ("arkers", set()),
    ("creme brulee", {"mails: Crème brûlée"}),
    ("strasse", {"mails: Crème brûlée"}),
    ("smallkitchen_ke", {"people: Oduya"}),
    ("smallk", {"people: Oduya"}),
    ("youtube.com/@smallkitchen_ke", {"people: Oduya"}),
    ("p0@kettle.example", {"people: Oduya"}),
    ("p0@kett", {"people: Oduya"}),
    ("kettle-maker_2", {"mails: A question"}),
    ("lid rattles", {"mails: The pan for you", "notes: Kern", "feedback: Kern"}),
    ('"lid rattles"', {"feedback: Kern"}),
    ('"rattles lid"', set()),
    ('"carbon pan" thursday', {"mails: The pan for you"}),
    ('"carbon pa"', set()),
    ('"carbon', {"mails: The pan for you", "notes: Oduya"}),
    ("pan thurs", {"mails: The pan for you"}),
    ("pan friday", set()),
    ("quotedhistory", set()),
    ("c", set()),
    ("", set()),
    ("   ", set()),
    ("\"\" ' - * ( ) : ^ & | ! <->", set()),
    ("imani OR zoe", set()),
    ("NOT imani", set()),
    ("words:imani", set()),
    ("imani*", {"people: Oduya"}),
    ("imani) OR (zoe", set()),
    ("ima\x00ni", set()),
    ("x" * 5000, set()),
    ("NEAR(lid rattles)", set()),
    ("; DROP TABLE contacts; --", set()),
]
# fmt: on


@pytest.fixture
def filled(database: Database) -> Database:
    with database.transaction() as tx:
        _seed(tx)
        tx.session.flush()
        index_waiting(tx.session.connection())
    return database


def test_the_same_words_find_the_same(filled: Database) -> None:
    with filled.reading() as tx:
        found = {typed: set(_told(search(tx, typed))) for typed, _ in CASES}
    assert found == dict(CASES)


def test_the_best_come_first_and_words_are_marked(filled: Database) -> None:
    with filled.reading() as tx:
        found = search(tx, "markers")
        only = search(tx, "markers", kinds=["mails"], limit=1)
        folded = search(tx, "gross").hits[0]
    assert _told(found)[0] == "people: Markers"
    assert found.counts == {"people": 1, "mails": 2, "notes": 0, "feedback": 0}
    assert (len(only.hits), only.total) == (1, 2)
    question = next(hit for hit in found.hits if hit.head_text == "A question")
    assert [part.text for part in question.passage if part.is_hit] == ["markers"]
    assert "".join(part.text for part in question.passage) == MAILS[2][2]
    assert [part.text for part in folded.head if part.is_hit] == ["Groß"]


def test_what_is_written_in_any_way_is_found(filled: Database) -> None:
    note = {"at": NOW, "actor": "cli", "kind": "note", "data": {}}
    with filled.transaction() as tx:
        tx.session.execute(
            insert(TimelineEntry), [{**note, "contact_id": 1, "summary": f"bulky {n}"} for n in range(3)]
        )
        tx.session.execute(insert(TimelineEntry), [{**note, "contact_id": 1, "kind": "stage", "summary": "bulky move"}])
        tx.session.execute(text("UPDATE feedback SET quote = 'It whistles now'"))
        tx.session.execute(update(Message).where(Message.id == 1).values(subject="The kettle for you"))
        tx.session.execute(update(MessageBody).where(MessageBody.message_id == 2).values(new_text="Everything burnt"))
        tx.session.execute(update(Contact).where(Contact.id == 4).values(name="Marta Novak"))
        tx.session.execute(update(Handle).values(contact_id=4))
        tx.session.execute(delete(Message).where(Message.id == 3))
        assert count_faults(tx.session.connection()) == 0
        assert index_waiting(tx.session.connection()) == 2
        assert index_waiting(tx.session.connection()) == 0
        assert len(search(tx, "bulky").hits) == 3
        assert _told(search(tx, "whist")) == ["feedback: Kern"] or _told(search(tx, "whist")) == ["feedback: Novak"]
        assert _told(search(tx, "kettle thursday")) == ["mails: The kettle for you"]
        assert _told(search(tx, "burnt")) == ["mails: Crème brûlée"]
        assert _told(search(tx, "torch")) == []
        assert _told(search(tx, "novak")) == ["people: Novak"]
        assert set(_told(search(tx, "smallkitchen_ke"))) == {"people: Novak"}
        assert [hit.kind for hit in search(tx, "markers").hits] == ["people"]
        assert count_faults(tx.session.connection()) == 0


def test_mails_wait_for_the_beat_and_then_stand_in_the_index_once(database: Database) -> None:
    """Whatever happens to a mail while it waits, its words are added once, as they are then, or never."""
    with database.transaction() as tx:
        _seed(tx)
        connection = tx.session.connection()
        assert _told(search(tx, "torch")) == []
        tx.session.execute(update(Message).where(Message.id == 1).values(subject="The kettle for you"))
        tx.session.execute(update(MessageBody).where(MessageBody.message_id == 2).values(new_text="Everything burnt"))
        tx.session.execute(delete(Message).where(Message.id == 3))
        assert count_faults(connection) == 0
        assert [index_waiting(connection, most=1), index_waiting(connection), index_waiting(connection)] == [1, 1, 0]
        assert _told(search(tx, "kettle thursday")) == ["mails: The kettle for you"]
        assert _told(search(tx, "burnt")) == ["mails: Crème brûlée"]
        assert [hit.kind for hit in search(tx, "markers").hits] == ["people"]
        assert count_faults(connection) == 0
        tx.session.execute(delete(Message))
        assert (_told(search(tx, "burnt")), count_faults(connection)) == ([], 0)


def test_an_index_that_lost_something_is_found_and_mended(filled: Database) -> None:
    with filled.transaction() as tx:
        connection = tx.session.connection()
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.exec_driver_sql("INSERT INTO search_people(search_people) VALUES ('delete-all')")
        else:
            connection.exec_driver_sql("DELETE FROM search_people WHERE mod(id, 2) = 0")
            connection.exec_driver_sql("INSERT INTO search_notes VALUES (1, '')")
        assert count_faults(connection) > 0
        rebuild(connection)
        assert count_faults(connection) == 0
        assert {typed: set(_told(search(tx, typed))) for typed, _ in CASES} == dict(CASES)


def test_the_words_of_who_goes_leave_no_trace(filled: Database) -> None:
    with filled.transaction() as tx:
        tx.session.execute(delete(TimelineEntry))
        connection = tx.session.connection()
        purge(connection)
        assert search(tx, "steel").hits == ()
        if connection.dialect.name == "sqlite":
            notes, people = (
                b"".join(connection.exec_driver_sql(f"SELECT block FROM search_{kind}_data").scalars())
                for kind in ("notes", "people")
            )
            assert b"steel" not in notes
            assert b"oduya" in people


def test_who_is_erased_is_not_found(filled: Database) -> None:
    with filled.transaction() as tx:
        tx.session.execute(update(Contact).where(Contact.id == 1).values(erased_at=NOW))
        assert search(tx, "oduya").hits == ()
        assert _told(search(tx, "carbon")) == []
