"""Pure: what a person newly wrote, in the samples of many programs and languages."""

from mailer.parse.quoting import new_text_of
from tests.unit.mailer.parse.reply_samples import FOLDER, flat, load, plain, samples


def test_every_sample_gives_what_the_person_wrote() -> None:
    faults = [f"{sample.name}: {fault}" for sample in samples() for fault in sample.faults(new_text_of(sample.body))]
    assert not faults, f"{len(faults)} samples\n" + "\n".join(faults)


def test_line_ends_make_no_difference() -> None:
    for sample in samples():
        if not sample.body.from_html:
            other = plain(sample.body.text.replace("\n", "\r\n"))
            assert new_text_of(other) == new_text_of(sample.body), sample.name


def test_the_new_text_of_a_new_text_is_itself() -> None:
    changed = []
    for sample in samples():
        once = new_text_of(sample.body)
        if flat(new_text_of(plain(once))) != flat(once):
            changed.append(sample.name)
    assert not changed


def test_the_samples_are_many() -> None:
    written = [row for path in FOLDER.glob("*.yaml") for row in load(path.stem)]
    assert sum("name" in row for row in written) >= 400
    assert sum("lang" in row for row in written) >= 35
