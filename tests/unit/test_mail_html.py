"""Somebody else's HTML, made harmless."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from web.mail_html import LONGEST, clean_mail
from web.reader_clock import is_night, read_local, suggest

HOSTILE = (
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.test/x.js></SCRIPT>",
    "<img src=https://evil.test/pixel.gif>",
    "<img src=x onerror=alert(1)>",
    "<p onclick=alert(1)>x</p>",
    '<p style="background-image:url(https://evil.test/a)">x</p>',
    '<p style="color:red;background:url(//evil.test/a)">x</p>',
    r'<p style="background-color:u\72l(//evil.test/a)">x</p>',
    '<p style="width:expression(alert(1))">x</p>',
    '<td background="https://evil.test/a">x</td>',
    "<style>@import url(https://evil.test/a.css);</style>",
    "<link rel=stylesheet href=https://evil.test/a.css>",
    '<meta http-equiv="refresh" content="0;url=https://evil.test">',
    '<base href="https://evil.test/">',
    '<form action="https://evil.test"><input name=password><button>Go</button></form>',
    "<svg onload=alert(1)><use href=https://evil.test/a.svg /></svg>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<iframe src=https://evil.test></iframe>",
    "<object data=https://evil.test></object><embed src=https://evil.test>",
    "<video src=https://evil.test poster=https://evil.test></video>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<!--<img src=https://evil.test>--><![CDATA[<script>alert(1)</script>]]>",
    "<template><script>alert(1)</script></template>",
)
BAD = ("evil.test", "<script", "onerror", "onclick", "onload", "javascript:", "url(", "expression", "<form", "<img")


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_runs_and_nothing_is_fetched(html: str) -> None:
    clean = clean_mail(f"<p>Before</p>{html}<p>After</p>").lower()
    assert "<p>before</p>" in clean
    live = clean.replace("&lt;", "").replace("&quot;", "")
    assert [word for word in BAD if word in live] == []


def test_what_is_harmless_stays() -> None:
    html = '<table><tr><td style="color: red; position: fixed">Hi</td></tr></table><a href="https://a.example/x">y</a>'
    clean = clean_mail(html)
    assert "color:red" in clean.replace(" ", "")
    assert "position" not in clean
    assert 'href="https://a.example/x"' in clean
    assert 'rel="noopener noreferrer nofollow"' in clean
    assert 'target="_blank"' in clean


def test_a_huge_mail_is_cut() -> None:
    assert len(clean_mail("<b>x</b>" * LONGEST)) <= LONGEST + 10
    assert "x" in clean_mail("<div>" * 5_000 + "x")


@pytest.mark.parametrize(("hour", "night"), [(0, True), (6, True), (7, False), (12, False), (20, False), (21, True)])
def test_night_is_on_the_readers_clock(hour: int, night: bool) -> None:
    zone = ZoneInfo("America/Toronto")
    assert is_night(datetime(2026, 11, 24, hour, 30, tzinfo=zone), zone) is night


def test_offered_times_lie_ahead_and_by_day() -> None:
    zone = ZoneInfo("America/Toronto")
    for now in (datetime(2026, 11, 27, hour, 5, tzinfo=UTC) for hour in range(24)):
        offered = suggest(now, zone)
        assert offered
        assert all(one.at > now and not is_night(one.at, zone) for one in offered)


def test_a_forms_time_is_read_on_ones_own_clock() -> None:
    zone = ZoneInfo("Europe/Copenhagen")
    assert read_local("2026-11-24T09:00", zone) == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert read_local("tomorrow", zone) is None
