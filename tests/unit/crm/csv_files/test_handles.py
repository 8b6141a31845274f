"""Handles and profile addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.csv_files import parse_handle

CHANNEL = "UCabcdefghijklmnopqrstuV"


@pytest.mark.parametrize(
    ("text", "platform", "expected"),
    [
        ("@Pia.Zeichnet", "instagram", ("instagram", "pia.zeichnet", "https://www.instagram.com/pia.zeichnet/")),
        ("https://instagram.com/Pia/?hl=de", None, ("instagram", "pia", "https://www.instagram.com/pia/")),
        ("www.instagram.com/pia", "tiktok", ("instagram", "pia", "https://www.instagram.com/pia/")),
        ("instagram.com/stories/pia/123", None, ("instagram", "pia", "https://www.instagram.com/pia/")),
        ("https://m.tiktok.com/@pia.z/video/1", None, ("tiktok", "pia.z", "https://www.tiktok.com/@pia.z")),
        ("https://youtube.com/@PiaDraws", None, ("youtube", "piadraws", "https://www.youtube.com/@piadraws")),
        (f"https://www.youtube.com/channel/{CHANNEL}", None,
         ("youtube", CHANNEL, f"https://www.youtube.com/channel/{CHANNEL}")),
        ("youtube.com/c/Pia", None, ("youtube", "c/pia", "https://www.youtube.com/c/pia")),
        ("youtube.com/user/Pia", None, ("youtube", "user/pia", "https://www.youtube.com/user/pia")),
        (CHANNEL, "youtube", ("youtube", CHANNEL, f"https://www.youtube.com/channel/{CHANNEL}")),
        ("twitch.tv/Pia_Live", None, ("twitch", "pia_live", "https://www.twitch.tv/pia_live")),
        ("https://twitter.com/pia?s=21", None, ("x", "pia", "https://x.com/pia")),
        ("https://x.com/pia", None, ("x", "pia", "https://x.com/pia")),
        ("https://de-de.facebook.com/pia.draws", None, ("facebook", "pia.draws", "https://www.facebook.com/pia.draws")),
        ("https://facebook.com/profile.php?id=1000", None, ("facebook", "1000", "https://www.facebook.com/1000")),
        ("https://www.pinterest.de/pia/", None, ("pinterest", "pia", "https://www.pinterest.com/pia/")),
        ("https://linkedin.com/in/pia-m/", None, ("linkedin", "pia-m", "https://www.linkedin.com/in/pia-m")),
        ("https://linkedin.com/company/pastel", None,
         ("linkedin", "company/pastel", "https://www.linkedin.com/company/pastel")),
        ("https://pia.substack.com/p/one", None, ("substack", "pia", "https://pia.substack.com")),
        ("https://threads.net/@pia", None, ("threads", "pia", "https://www.threads.net/@pia")),
        ("https://pia.example/about", None, ("website", "pia.example/about", "https://pia.example/about")),
    ],
)  # fmt: skip
def test_reads_a_handle(text: str, platform: str | None, expected: tuple[str, str, str]) -> None:
    assert parse_handle(text, platform) == expected


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("pia", None), ("Pia Draws", "instagram"), ("javascript:alert(1)", "instagram"), ("", "instagram"),
        ("https://instagram.com/p/abc", None), ("https://youtu.be/abc", None), ("https://instagram.com", None),
        ("https://[bad", None), ("a" * 5000, "instagram"), ("pia@tinte.example", "instagram"), ("@", "instagram"),
        ("https://youtube.com/watch?v=1", None), ("data:text/html,x", "x"), ("http://localhost/x", None),
    ],
)  # fmt: skip
def test_reads_no_handle(text: str, platform: str | None) -> None:
    assert parse_handle(text, platform) is None


@given(st.text(max_size=80), st.sampled_from([None, "instagram", "youtube", "x"]))
def test_never_raises_and_its_address_leads_back(text: str, platform: str | None) -> None:
    account = parse_handle(text, platform)
    if account is not None and account.platform != "website":
        assert parse_handle(account.url, None) == account
