"""By what people are known twice, and what says nothing."""

import pytest

from crm.identity import Known, account_key, canonical_email, list_keys, name_key, second_signs, weigh


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("imani.oduya@gmail.com", "imanioduya@googlemail.com", True),
        ("imani+films@gmail.com", "i.m.a.n.i@gmail.com", True),
        ("imani+films@kettle.example", "imani@kettle.example", True),
        ("imani.oduya@kettle.example", "imanioduya@kettle.example", False),
        # Behind one shared address labels are different people.
        ("talent+imani@agency.example", "talent+tomek@agency.example", False),
        ("+@kettle.example", "@kettle.example", False),
    ],
)
def test_addresses_of_one_mailbox(one: str, other: str, same: bool) -> None:
    assert (canonical_email(one) == canonical_email(other)) is same


@pytest.mark.parametrize(
    ("text", "platform", "key"),
    [
        ("@Imani.Cooks", "instagram", ("handle", "instagram:imani.cooks")),
        ("https://www.instagram.com/Imani.Cooks/?hl=en", None, ("handle", "instagram:imani.cooks")),
        ("UCabcdefghijklmnopqrstuv", "youtube", ("handle", "youtube:UCabcdefghijklmnopqrstuv")),
        ("https://www.Kettle.example/about/", "website", ("url", "kettle.example/about")),
        ("kettle.example/about", "website", ("url", "kettle.example/about")),
        ("Imani Cooks", "youtube", ("handle", "youtube:imani cooks")),
        ("", "youtube", None),
        ("nothing", None, None),
    ],
)
def test_accounts_and_pages(text: str, platform: str | None, key: tuple[str, str] | None) -> None:
    assert account_key(text, platform) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [("Imani Oduya", "imani oduya"), ("Oduya, Ímani", "imani oduya"), ("Imani", ""), ("Al B", ""), ("", "")],
)
def test_names_in_one_order(name: str, key: str) -> None:
    assert name_key(name) == key


def person(**facts: object) -> Known:
    return Known(**{"id": 1, "name": "Imani Oduya", **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "signs"),
    [
        ({}, {}, []),
        ({"emails": ["a@kettle.example"]}, {"emails": ["b@kettle.example"]}, ["domain"]),
        ({"emails": ["a@gmail.com"]}, {"emails": ["b@gmail.com"]}, []),
        ({"country": "CA"}, {"country": "CA"}, []),
        ({"country": "CA", "city": "Leeds"}, {"country": "CA", "city": "leeds"}, ["city"]),
        ({"country": "CA", "city": ""}, {"country": "CA", "city": ""}, []),
        (
            {"country": "CA", "handles": [("youtube", "a", "", "Pans")]},
            {"country": "CA", "topic": "pans", "handles": [("youtube", "b", "", "")]},
            ["topic"],
        ),
        (
            {"country": "CA", "handles": [("youtube", "a", "", "Pans")]},
            {"country": "GB", "handles": [("youtube", "b", "", "Pans")]},
            [],
        ),
        (
            {"handles": [("website", "kettle.example/a", "", "")]},
            {"handles": [("website", "x", "https://kettle.example/b", "")]},
            ["site"],
        ),
    ],
)
def test_a_name_needs_a_second_sign(one: dict[str, object], other: dict[str, object], signs: list[str]) -> None:
    assert [line[0] for line in second_signs(person(**one), person(**other))] == signs


def test_evidence_adds_up_and_keys_fit_their_column() -> None:
    assert weigh([["mail", "a", "b"], ["name", "a", "b"], ["city", "a", "b"]]) == 135
    long = person(handles=[("website", "x", f"https://kettle.example/{'a' * 400}", "")])
    assert list(list_keys(long)) == [("name", "imani oduya")]
