"""The pitch lint: each finding once as a case, once where it must be silent; any text gives an answer."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sequences.pitches.compliments import OtherMail, find_compliments, find_reused
from sequences.pitches.lint_mail import read_sight
from sequences.pitches.pitch_lint import File, LintMail, lint_pitch, lint_source
from sequences.pitches.reading_grade import grade_text, guess_language
from sequences.pitches.starter_pitch import STARTERS, lookup_pitch

GOOD_TEXT = """\
Hi Niamh,

Five dinners on the slow burner, and the stew on Thursday. That is my kitchen exactly.

We make Bracken 26, a carbon-steel pan that weighs 1.3 kg, about half of cast iron, and goes from hob to oven to table.
Your people cook in small kitchens with one good burner, and this pan replaces three of theirs.

Could you tell me by 4 December if it sounds fun? A plain no is fine too.

Ada

--
Brackenware, Havnegade 12, Aarhus
No more messages, please: https://brackenware.example/u/abc
"""


def codes(subject: str = "A pan for Niamh?", text: str = GOOD_TEXT, **more: object) -> set[str]:
    return {one.code for one in lint_pitch(LintMail(subject=subject, text=text, **more))}  # type: ignore[arg-type]


def with_words(words: str) -> str:
    return GOOD_TEXT.replace("Ada\n", f"{words}\n\nAda\n")


def test_a_good_pitch_gives_nothing_to_think_about() -> None:
    assert codes(needs_way_out=True, html="<p>" + GOOD_TEXT.replace("\n\n", "</p><p>") + "</p>") == set()


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.path)
def test_our_own_starters_are_nearly_clean(starter: object) -> None:
    found = lint_source(starter.subject, lookup_pitch(starter.path, {}))  # type: ignore[attr-defined]
    assert [one.code for one in found if one.severity == "serious"] == []


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        ("A pan for your kitchen that weighs half of what you would think it does", "subject_long"),
        ("ONE PAN FOR YOU", "subject_capitals"),
        ("One pan!!", "subject_marks"),
        ("One pan! For you!", "subject_marks"),
        ("One pan 🎉", "subject_emoji"),
        ("Re: our pan", "subject_faked"),
        ("AW: unsere Pfanne", "subject_faked"),
        ("Fwd: a pan", "subject_faked"),
        ("A pan for {{ contact.first_name }}", "unfilled_braces"),
        ("A pan for [name]", "unfilled_brackets"),
        ("Act now: a pan", "phrase_hurry"),
    ],
)
def test_a_subject(subject: str, code: str) -> None:
    assert code in codes(subject)


@pytest.mark.parametrize("subject", ["A pan?", "Bracken 26 x Niamh", "Reinventing dinner", "رد على سؤالك", "IKEA"])
def test_a_plain_subject_is_left_alone(subject: str) -> None:
    assert codes(subject) == set()


def test_an_answer_may_say_so() -> None:
    assert "subject_faked" not in codes("Re: our pan", is_follow_up=True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("We saw [name of video].", "unfilled_brackets"),
        ("Dear <First Name>, hello.", "unfilled_brackets"),
        ("Hello {first_name}, again.", "unfilled_braces"),
        ("{% if x %}", "unfilled_braces"),
        ("Hello %FIRSTNAME%, again.", "unfilled_percent"),
        ("Hello *|FNAME|*, again.", "unfilled_percent"),
        ("The budget is XXX euros.", "unfilled_mark"),
        ("TODO: budget", "unfilled_mark"),
        ("Your channel undefined is fine.", "unfilled_empty"),
        ("We like your video None.", "unfilled_empty"),
        ("GREAT DEAL TODAY ONLY", "capitals"),
        ("Yes! Really! Truly!", "marks"),
        ("You can earn extra cash with it.", "phrase_money"),
        ("It is 100% free.", "phrase_free"),
        ("Nur heute, bitte.", "phrase_hurry"),
        ("Satisfaction guaranteed.", "phrase_sure"),
        ("Click here for more.", "phrase_click"),
        ("Cliquez ici.", "phrase_click"),
        ("You have been selected.", "phrase_win"),
        ("An incredible offer.", "phrase_shout"),
        ("Dear influencer, hello.", "phrase_mass"),
        ("I hope this email finds you well.", "phrase_flat"),
        ("As discussed, here it is.", "phrase_sly"),
        ("See https://bit.ly/abc for it.", "short_link"),
        ("See http://192.0.2.7/pan for it.", "bare_address"),
        ("See http://brand.example/pan for it.", "plain_http"),
        ("See https://a.example https://b.example https://c.example https://d.example", "many_links"),
    ],
)
def test_words_of_a_text(words: str, code: str) -> None:
    assert code in codes(text=with_words(words))


@pytest.mark.parametrize(
    "words",
    [
        "None of them are heavy.", "It is free of nickel.", "We met in Graz (Austria) [1].", "Rated 5/5.",
        "A carefree dinner.", "See https://brackenware.example/brief for it.", "The offer stands: €1,200 for a video.",
    ],
)  # fmt: skip
def test_plain_words_are_left_alone(words: str) -> None:
    assert codes(text=with_words(words)) == set()


@pytest.mark.parametrize("opening", ["Hi ,", "Dear ,", "Hallo ,", "Dear,", "Hi  ,"])
def test_a_greeting_without_a_name(opening: str) -> None:
    assert "greeting_empty" in codes(text=GOOD_TEXT.replace("Hi Niamh,", opening))


@pytest.mark.parametrize("opening", ["Hi,", "Hello,", "Dear Niamh,", "Hi there,"])
def test_a_greeting_that_is_fine(opening: str) -> None:
    assert "greeting_empty" not in codes(text=GOOD_TEXT.replace("Hi Niamh,", opening))


def test_length() -> None:
    assert "short" in codes(text="Hi Niamh, would you like a pan?")
    assert "long" in codes(text=with_words("One pan is enough for you. " * 30))
    long = next(one for one in lint_pitch(LintMail(subject="A", text=with_words("One pan is enough for you. " * 60)))
                if one.code == "long")  # fmt: skip
    assert long.severity == "warn"
    assert codes(text="Just a short reminder.", is_follow_up=True) == set()
    assert "long" in codes(text="One word after the other. " * 30, is_follow_up=True)


def test_what_is_asked_and_about_whom() -> None:
    assert "no_ask" in codes(text=GOOD_TEXT.replace("Could you tell me by 4 December if it sounds fun? ", ""))
    assert "about_us" in codes(text=with_words("We are we. Our team and I love our work. We and my boss do. I too."))
    assert "no_way_out" in codes(text=GOOD_TEXT.partition("--\n")[0], needs_way_out=True)


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ('<a href="https://evil.example/">bank.example</a>', "other_target"),
        ('<a href="https://evil.example/">https://www.bank.example/x</a>', "other_target"),
        ('<span style="display:none">words</span>', "hidden_text"),
        ('<p style="font-size:0px">words</p>', "hidden_text"),
        ('<p style="color: #FFF">words</p>', "hidden_text"),
        ('<div hidden>words</div>', "hidden_text"),
        ('<img src="x" width="1" height="1">', "pixel"),
        ('<img src="x" style="display:none">', "pixel"),
        ('<img src="x" width="600">', "pictures"),
        ("<p>Quite another story.</p>", "parts_differ"),
    ],
)  # fmt: skip
def test_html(html: str, code: str) -> None:
    assert code in codes(html=html)


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://www.brand.example/x">brand.example</a>', '<a href="https://evil.example/">the brief</a>',
        '<a href="mailto:ada@brand.example">ada@brand.example</a>',
        '<b style="color:#fff;background:#046">Yes</b>', '<p style="font-size:0.9em;opacity:0.8">Yes</p>',
    ],
)  # fmt: skip
def test_html_that_is_fine(html: str) -> None:
    whole = "<p>" + GOOD_TEXT.replace("\n\n", "</p><p>") + "</p>" + html
    assert codes(html=whole) == set()


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ((File(name="brief.pdf", content_type="application/pdf", size=90_000),), {"first_file"}),
        ((File(name="brief.pdf", content_type="application/pdf", size=6_000_000),), {"first_file", "heavy"}),
        ((File(name="run.EXE", content_type="x/y", size=9),), {"first_file", "dangerous_file"}),
        ((File(name="all.zip", content_type="application/zip", size=9),), {"first_file", "packed_file"}),
        (tuple(File(name=f"{n}.pdf", content_type="a/b", size=9) for n in range(3)), {"first_file", "many_files"}),
    ],
)
def test_attachments(files: tuple[File, ...], found: set[str]) -> None:
    assert codes(files=files) == found


LINE = "I loved how you deglazed the pan with cold coffee in last week's video"


def other(number: int, line: str = "", text: str = "") -> OtherMail:
    return OtherMail(contact_id=number, name=f"Person{number}", line=line, text=text)


def test_a_compliment_that_others_got_too_is_found_and_names_them() -> None:
    near = [
        other(2, "I loved how you deglazed the pan with cold coffee in last month's video!"),
        other(3, "Person3, I loved how you deglazed the pan with cold coffee in the video"),
        other(4, "The stew on Thursday was my kitchen exactly, with five dinners on one burner."),
    ]
    mail = LintMail(subject="A pan", text=with_words(LINE), line=LINE, names=("Person1",))
    found = next(one for one in lint_pitch(mail, near, contact_id=1) if one.code == "compliment_reused")
    assert found.sentence == "The same compliment goes to Person2, Person3."
    assert find_reused(find_compliments("", LINE), [other(1, LINE)], contact_id=1) == ()


def test_the_very_same_line_is_told_elsewhere() -> None:
    mail = LintMail(subject="A pan", text=with_words(LINE), line=LINE)
    assert [one.code for one in lint_pitch(mail, [other(2, LINE)], contact_id=1)] == []


def test_praise_that_stands_in_the_text_for_all_is_found_without_a_personal_line() -> None:
    text = GOOD_TEXT.replace(
        "Five dinners", "We really love your wonderful channel and all of your videos. Five dinners"
    )
    found = find_reused(
        find_compliments(text), [other(2, text=text.replace("Niamh", "Efua")), other(3, text=GOOD_TEXT)]
    )
    assert [one.contact_id for one in found] == [2]


def test_a_subject_for_many() -> None:
    mail = LintMail(subject="A pan for you?", text=GOOD_TEXT)
    assert {one.code for one in lint_pitch(mail, same_subject=5)} == {"subject_same"}
    assert lint_pitch(mail, same_subject=4) == ()


HARD = {
    "en": "The implementation of comprehensive organisational transformation initiatives necessitates considerable"
    " interdepartmental collaboration, notwithstanding the administrative complexities that inevitably accompany such"
    " undertakings. ",
    "de": "Die Implementierung umfangreicher Organisationsveränderungsmaßnahmen erfordert abteilungsübergreifende"
    " Zusammenarbeit, ungeachtet der verwaltungstechnischen Schwierigkeiten, die derartige Unternehmungen begleiten. ",
    "sv": "Implementeringen av omfattande organisationsförändringar förutsätter avdelningsöverskridande samarbete,"
    " oberoende av administrativa svårigheter som oundvikligen åtföljer dylika verksamhetsförändringar. ",
}
EASY = {
    "en": "We make a pan. It is light. You can lift it with one hand. It goes on any hob. Your food will not stick. ",
    "de": "Wir bauen eine Pfanne. Sie ist leicht. Du hebst sie mit einer Hand. Sie passt auf den Herd. Nichts klebt. ",
    "sv": "Vi gör en panna. Den är lätt. Du kan lyfta den med en hand. Den går på din spis. Maten fastnar inte. ",
}


@pytest.mark.parametrize(("tag", "scale"), [("en", "flesch_kincaid"), ("de", "amstad"), ("sv", "lix")])
def test_reading_grades(tag: str, scale: str) -> None:
    hard, easy = grade_text(HARD[tag] * 4, tag), grade_text(EASY[tag] * 3, f"{tag}-XX")
    assert hard is not None
    assert easy is not None
    assert (hard.scale, hard.level, easy.scale, easy.level) == (scale, "hard", scale, "easy")
    assert grade_text("Too short.", tag) is None
    assert guess_language((EASY[tag] * 3).replace(".", "").split()) == tag


@pytest.mark.parametrize("tag", ["fi", "ar", "ja", "hu"])
def test_a_language_without_a_measure_gets_none(tag: str) -> None:
    assert grade_text(EASY["en"] * 3, tag) is None


@pytest.mark.parametrize(
    "bit", ["<!--", "<a ", '<a b="', "<script", "<first name", "[a", "{{", "-- \n", "we ", "loved your "]
)
def test_hostile_mail_costs_little(bit: str) -> None:
    big = (bit * 30_000)[:120_000]
    begun = time.process_time()
    lint_pitch(LintMail(subject=big, text=big, html=big, line=big), [other(2, text=big, line=big)], contact_id=1)
    assert time.process_time() - begun < 3


BITS = st.sampled_from(["<a href='", "https://", "x.example", "'>", "</a>", "<img ", "<p style='display:none'>",
                        "[name]",
                        "{{", "}}", "-- \n", "Hi ,", "!!!", "\x00", "\ud7ff", "<!--", "<", "&#0;", "None", "?", "\n\n",
                        "http://[::1", "xn--"])  # fmt: skip


@settings(max_examples=150)
@given(st.text(max_size=80), st.one_of(st.text(max_size=300), st.lists(BITS, max_size=40).map("".join)))
def test_any_text_gives_an_answer(subject: str, text: str) -> None:
    for one in lint_pitch(LintMail(subject=subject, text=text, html=text), [other(2, text=text)], contact_id=1):
        assert one.sentence
        assert one.reason
    read_sight(text)
    lint_source(subject, text)
