"""The demo as a newcomer sees it: a pitch goes out, the answer comes back, the follow-up stays home."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def demo_link() -> Iterator[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", "from web.cli import main; main()", "demo", "--port", "0"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    link = next(line.split()[1] for line in process.stdout if line.startswith("Open "))
    yield link
    process.terminate()
    process.wait(20)
    process.stdout.close()


@pytest.mark.server("chromium")
def test_the_first_answer_comes_within_a_minute(demo_link: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(demo_link)
    expect(page.get_by_text("Nothing leaves this machine")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Imani Oduya")

    page.goto(demo_link.partition("/demo")[0] + "/review")
    expect(page.get_by_role("heading", name="Dorte Fjeldgaard")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Niamh Kerrisk")).to_be_visible()

    # What Dorte writes takes three hours of the demo's clock, some eight seconds of ours; nobody reloads the page.
    page.goto(demo_link.partition("/demo")[0] + "/inbox?turn=you")
    answer = page.locator(".msg-row", has_text="Dorte Fjeldgaard")
    expect(answer).to_be_visible(timeout=60_000)
    answer.click()
    expect(page.locator("main")).to_contain_text("that made me laugh")

    page.goto(demo_link.partition("/demo")[0] + "/sequences/1/people")
    row = page.get_by_role("row", name="Dorte Fjeldgaard")
    expect(row).to_contain_text("Stopped")
    expect(row).to_contain_text("reply")
    page.close()
