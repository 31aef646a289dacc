"""What five pages weigh in a browser: requests, bytes, the first words on the screen, and how long it is busy after them.

A telephone of some years ago: Chromium with its processor slowed four times, nothing of ours kept yet, a screen of
412 × 823; once without a network between and once with one of 150 ms and 1.6 Mbit a second.
"""

import statistics
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.bench.client import HOST
from tests.bench.seeded import Seeded
from tests.tools import browser as chromium

TIMES = 3
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
# A task of the page that takes longer than this keeps a finger waiting.
LONG = 50
WATCH = """
window.__long = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.__long.push([entry.startTime, entry.duration]);
}).observe({type: "longtask", buffered: true});
"""
READ = """() => [
  performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  window.__long,
  document.querySelectorAll("*").length,
]"""
# Until the browser has been idle once after everything was loaded.
QUIET = "() => new Promise(done => requestIdleCallback(() => setTimeout(done, 300)))"


def pages(found: Seeded) -> dict[str, tuple[str, str]]:
    """The five pages: address without its language, and whose session."""
    parent, counsellor = found.sessions["parent"], found.sessions["queue 0"]
    return {
        "landing": ("", ""),
        "step": ("steps/3/", ""),
        "log": ("notes/", parent),
        "timeline": ("notes/timeline/", parent),
        "desk": ("desk/", counsellor),
    }


def show(port: int, found: Seeded, say: Callable[[str], None]) -> str:
    """Return the table."""
    lines = [
        "| page | requests | kB in all | page | styles | scripts | other | elements | first words ms, no network "
        "| with network | busy ms, no network | with network |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find())
        for name, (path, session) in pages(found).items():
            for language in ("en", "ja"):
                say(f"{name}, {language}")
                address = f"http://{HOST}:{port}/{language}/{path}"
                plain, slow = (
                    [_open(browser, address, session, network=network) for _ in range(TIMES)] for network in (False, True)
                )
                lines.append(_line(f"{name}, {language}", plain, slow))
        browser.close()
    return "\n".join(lines) + "\n"


def _line(name: str, plain: list[dict[str, Any]], slow: list[dict[str, Any]]) -> str:
    one = slow[0]
    kinds = " | ".join(f"{one['bytes'].get(kind, 0) / 1000:.1f}" for kind in ("Document", "Stylesheet", "Script", "Other"))
    first, first_slow = (statistics.median(run["first"] for run in runs) for runs in (plain, slow))
    busy, busy_slow = (statistics.median(run["busy"] for run in runs) for runs in (plain, slow))
    return (
        f"| {name} | {one['requests']} | {sum(one['bytes'].values()) / 1000:.1f} | {kinds} | {one['elements']:,} | "
        f"{first:.0f} | {first_slow:.0f} | {busy:.0f} | {busy_slow:.0f} |"
    )


def _open(browser: Browser, address: str, session: str, *, network: bool) -> dict[str, Any]:
    """Open a page in a browser that has never been here; say what it fetched and when something stood there."""
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": HOST}
    if session:
        headers["Cookie"] = f"__Host-session={session}"
    context = browser.new_context(viewport={"width": 412, "height": 823}, extra_http_headers=headers)
    page = context.new_page()
    page.add_init_script(WATCH)
    devtools = context.new_cdp_session(page)
    sizes: dict[str, float] = {}
    kinds: dict[str, str] = {}
    fetched: dict[str, float] = {}
    devtools.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    devtools.on("Network.loadingFinished", lambda event: fetched.update({event["requestId"]: event["encodedDataLength"]}))
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    if network:
        devtools.send("Network.emulateNetworkConditions", NETWORK)
    answer = page.goto(address, wait_until="networkidle")
    assert answer is not None
    assert answer.status == 200, f"{address}: {answer.status}"
    page.evaluate(QUIET)
    first, long, elements = page.evaluate(READ)
    for request, size in fetched.items():
        kind = kinds.get(request, "Other")
        kind = kind if kind in {"Document", "Stylesheet", "Script"} else "Other"
        sizes[kind] = sizes.get(kind, 0) + size
    context.close()
    busy = sum(max(0, duration - LONG) for start, duration in long if start + duration > first)
    return {"requests": len(fetched), "bytes": sizes, "first": first, "busy": busy, "elements": elements}
