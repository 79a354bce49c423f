"""How a person walks through the pages of a site in a browser: pressing a button that leads to a page, signing in.

Playwright's own click returns when the button is pressed, not when the page that it leads to has come; what is asked of the tab
then is answered now by the page that was left and now by the page that came.
"""

from __future__ import annotations

from playwright.sync_api import Locator, Page

PAGE_MS_MAX = 60_000


def press(button: Locator) -> None:
    """Press a button or follow a link, and wait until the page that it leads to has come."""
    with button.page.expect_navigation(timeout=PAGE_MS_MAX):
        button.click()


def sign_in(tab: Page, person: str, language: str = "en") -> None:
    """Sign a person of the demo in, or `nobody`, and choose the language of the pages."""
    tab.goto("/sign-in/")
    if person != "nobody":
        press(tab.locator(f'button[value="{person}"]'))
    if language != "en":
        press(tab.locator(f'form.languages button[value="{language}"]'))
