"""Columns are understood by name and by value, and can be set by hand."""

from pathlib import Path

import pytest

from crm.csv_files import FIELDS, Mapping, guess_mapping, learn_conventions, open_table, override, with_platform
from kit.errors import InvalidError

DATA = Path(__file__).parents[3] / "data" / "contacts"


def guessed(name: str, *values: str) -> str:
    return guess_mapping([name], [(value,) for value in values]).columns[name]


def test_the_creators_file() -> None:
    table = open_table(DATA / "creators.csv")
    mapping = guess_mapping(table.header, table.sample(), "creators-instagram.csv")
    assert mapping.platform == "instagram"
    assert mapping.columns == {
        "rank": "ignore",
        "channel_info": "handle",
        "influence_score": "score",
        "posts": "posts",
        "followers": "followers",
        "avg_likes": "avg_likes",
        "60d_eng_rate": "engagement_rate",
        "new_post_avg_like": "ignore",
        "total_likes": "ignore",
        "country": "country",
    }
    assert mapping.reasons["new_post_avg_like"] == "avg_likes is already the avg_likes"
    assert set(mapping.reasons) == set(table.header)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("E-Mail", "email"), ("Business Email", "email"), ("Correo electrónico", "email"), ("Abonnenten", "followers"),
        ("subs", "followers"), ("Follower Count", "followers"), ("followerCount", "followers"),
        ("Abonnés", "followers"),
        ("Seguidores", "followers"), ("ER", "engagement_rate"), ("Eng. Rate", "engagement_rate"),
        ("ER %", "engagement_rate"),
        ("60d_eng_rate", "engagement_rate"), ("Taux d'engagement", "engagement_rate"), ("username", "handle"),
        ("Vorname", "first_name"), ("Prénom", "first_name"), ("Nachname", "last_name"), ("Land", "country"),
        ("Pays", "country"), ("País", "country"), ("Sprache", "language"), ("Idioma", "language"), ("Niche", "topic"),
        ("Prix par post", "price"), ("Last Post Date", "last_post_on"), ("Ø Aufrufe", "avg_views"), ("Phone", "ignore"),
        ("new_post_avg_like", "avg_likes"), ("Zeitzone", "zone"), ("Time Zone", "zone"), ("whatever", "ignore"),
    ],
)  # fmt: skip
def test_names_in_many_languages(name: str, field: str) -> None:
    assert guessed(name) == field


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("Contact", ["mia@x.example", "tom@x.example"], "email"), ("Contact", ["Mia Faber", "Tom Ott"], "name"),
        ("Channel", ["Instagram", "TikTok"], "platform"), ("Channel", ["@mia", "@tom"], "handle"),
        ("Rate", ["€500", "€700"], "price"), ("Rate", ["1.2%", "3%"], "engagement_rate"),
        ("Location", ["Berlin", "Köln"], "city"), ("Location", ["Germany", "France"], "country"),
        ("foo", ["mia@x.example", "NaN"], "email"), ("foo", ["https://tiktok.com/@mia"], "url"),
        ("foo", ["Germany", "Spain"], "country"), ("foo", ["12", "13"], "ignore"),
    ],
)  # fmt: skip
def test_values_settle_what_the_name_leaves_open(name: str, values: list[str], field: str) -> None:
    assert guessed(name, *values) == field


def test_a_file_without_a_header() -> None:
    rows = [("Mia Faber", "mia.draws", "mia@x.example", "12.4k", "1.2%", "Germany")] * 1
    rows.append(("Tom Ott", "tomtom", "tom@x.example", "9k", "3%", "France"))
    header = [f"Column {position}" for position in range(1, 7)]
    columns = guess_mapping(header, rows).columns
    assert list(columns.values()) == ["name", "handle", "email", "followers", "engagement_rate", "country"]


def test_columns_of_several_platforms() -> None:
    header = ["Instagram", "Instagram Followers", "TikTok handle", "TikTok followers", "YouTube"]
    mapping = guess_mapping(header, [("mia", "1k", "@mia", "2k", "https://youtube.com/@mia")])
    assert list(mapping.columns.values()) == ["handle", "followers", "handle", "followers", "handle"]
    assert mapping.platforms["TikTok followers"] == "tiktok"


def test_the_platform_comes_from_file_name_or_addresses() -> None:
    assert guess_mapping(["handle"], [("mia",)], "TikTok_top.csv").platform == "tiktok"
    assert guess_mapping(["handle"], [("https://twitch.tv/mia",)], "x-list").platform == "x"
    assert guess_mapping(["link"], [("https://twitch.tv/mia",)], "list.csv").platform == "twitch"
    assert guess_mapping(["handle"], [("mia",)], "list.csv").platform is None
    assert with_platform(guess_mapping(["handle"], []), "IG").platform == "instagram"


def mapping_of_two() -> Mapping:
    return guess_mapping(["Username", "Fans", "foo"], [("mia", "1k", "2k")])


def test_columns_set_by_hand() -> None:
    changed = override(mapping_of_two(), {"foo": "followers", "username": "tiktok.handle"})
    assert changed.columns == {"Username": "handle", "Fans": "ignore", "foo": "followers"}
    assert changed.platforms == {"Username": "tiktok"}
    assert changed.reasons["foo"] == "chosen by hand"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"Usernme": "handle"}, "There is no column 'Usernme'; did you mean 'Username'?"),
        ({"foo": "folowers"}, "There is no field 'folowers'; did you mean 'followers'?"),
        ({"foo": "emails"}, "There is no field 'emails'; did you mean 'email'?"),
        ({"foo": "tikток.handle"}, "There is no platform"),
    ],
)
def test_unknown_names_are_refused_with_a_hint(changes: dict[str, str], sentence: str) -> None:
    with pytest.raises(InvalidError) as caught:
        override(mapping_of_two(), changes)
    assert str(caught.value).startswith(sentence)


def test_conventions_of_a_german_file() -> None:
    header = ("Handle", "Abonnenten", "ER")
    rows = [("a", "12.345", "8,2"), ("b", "845", "1,5")]
    learnt = learn_conventions(guess_mapping(header, rows), rows)
    assert learnt.decimals == {"Abonnenten": ",", "ER": ","}
    assert learnt.fractions == frozenset()


def test_counts_group_with_points_though_nothing_else_tells() -> None:
    rows = [("a", "12.345"), ("b", "1.234")]
    assert learn_conventions(guess_mapping(("Handle", "Followers"), rows), rows).decimals == {"Followers": ","}


def test_rates_as_fractions_are_noticed() -> None:
    rows = [("a", "0.0139"), ("b", "0.082")]
    assert learn_conventions(guess_mapping(("Handle", "ER"), rows), rows).fractions == frozenset({"ER"})


def test_every_guessed_field_is_described() -> None:
    assert all(FIELDS.values())
