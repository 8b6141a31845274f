"""Keys, as somebody presses them: at a page that has come."""

from playwright.sync_api import Page


def press(page: Page, *keys: str) -> None:
    """Press one key after the other. A page that is still on its way has its address, but not its scripts yet."""
    page.wait_for_load_state()
    for key in keys:
        page.keyboard.press(key)
