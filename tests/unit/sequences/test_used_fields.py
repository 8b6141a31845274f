"""Which fields a draft names: in reading order, each once, none of what is quoted or mistyped beyond a root."""

import pytest

from sequences.pitches.used_fields import list_used, short_name


@pytest.mark.parametrize(("texts", "used"), [
    (("A pan for {{ contact.first_name }}?", "Hi {{contact.first_name}}, {{ contact.personal_line }}"),
     ("contact.first_name", "contact.personal_line")),
    (("{% if handle.followers > 9 %}{{ handle.platform|title }}{% endif %}",), ("handle.followers", "handle.platform")),
    (("{{ contact.custom.shirt_size or 'product.name' }}",), ("contact.custom.shirt_size",)),
    (("contact.first_name without braces, {{ friend.name }}",), ()),
    (("{{ contact.frist_name }}",), ("contact.frist_name",)),
    (("{{ mycontact.name }} {{ x.contact.name }} {{ unclosed",), ()),
])  # fmt: skip
def test_fields_are_listed(texts: tuple[str, ...], used: tuple[str, ...]) -> None:
    assert list_used(texts) == used


def test_a_chip_says_less_than_the_path() -> None:
    assert [short_name(path) for path in ("contact.custom.shirt_size", "sender.first_name", "offer.idea")] == [
        "shirt size", "sender first name", "offer idea"
    ]  # fmt: skip
