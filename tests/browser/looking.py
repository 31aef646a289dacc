"""What a person in front of a page notices, and what the page leaves behind."""

from playwright.sync_api import Page, expect

# What a page may leave in the tab: htmx's own note of the address, which holds no word of anybody.
LEFT_BY_HTMX = {"htmx-current-path-for-history"}


def left_behind(page: Page):
    """Everything this page's origin keeps in the browser."""
    return page.evaluate(
        """async () => ({
            local: Object.entries(localStorage), session: Object.entries(sessionStorage),
            caches: "caches" in window ? await caches.keys() : [],
            databases: indexedDB.databases ? (await indexedDB.databases()).map((one) => one.name) : [],
            workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
            cookies: document.cookie,
        })"""
    )


def focused(page: Page) -> str:
    """What has the focus, as a tag and a class or an id."""
    return page.evaluate("document.activeElement === document.body ? 'nowhere' : document.activeElement.outerHTML")


def spoken(page: Page) -> str:
    return page.locator("#live").inner_text().strip()


def wait(page: Page) -> None:
    """Until htmx has swapped and settled."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)
