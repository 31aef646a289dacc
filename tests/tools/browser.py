"""Find Chromium, or install it: by apt as root, else by Playwright. No browser is a failure with one clear sentence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "chromium-headless-shell"]
# Without a Japanese font the screens show boxes, and line breaks are not the ones a reader meets.
PACKAGES = ["chromium", "fonts-noto-cjk"]


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    for name in [os.environ.get("CHROMIUM", ""), *NAMES]:
        if name and (path := shutil.which(name)):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Install Chromium the way this machine allows."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES], check=False, stdout=subprocess.DEVNULL
        )
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if find() is None:
        install()
    if find() is None:
        sys.exit(
            "No Chromium was found and none could be installed, so the browser tests cannot run. Install it, or set CHROMIUM."
        )
