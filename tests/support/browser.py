# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A headless Chromium for tests of pages; what it says and asks the network for is kept."""

from __future__ import annotations

import base64
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--force-device-scale-factor=1",
)  # fmt: skip
WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
"""Flags with which canvases draw by WebGL, computed by the processor."""
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
"""Flags with which the browser has a camera that it may use: moving patches of colour."""
DRIVER = "GL Driver Message (OpenGL, Performance"
"""In what the software renderer says about itself: nothing that a page can mend."""


class Browser:
    """One window."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def show(
        self, page: Path, *, width: int = 1440, dark: bool = False, still: bool = False
    ) -> None:
        """Load a file in a window so wide, by a reader who prefers it light or dark, or still."""
        wishes = {"color-scheme": "dark" if dark else "light"}
        if still:
            wishes["reduced-motion"] = "reduce"
        features = [{"name": f"prefers-{name}", "value": wish} for name, wish in wishes.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        touch = {"enabled": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", touch)
        self.driver.get(page.resolve().as_uri())
        self.wait_for("!document.getElementById('sound-state') || window.descant")
        self.settle()

    def run(self, script: str) -> Any:
        """What a script returns."""
        return self.driver.execute_script(script)

    def wait_for(self, condition: str, seconds: float = 10.0) -> None:
        """Wait until an expression of JavaScript is true; `AssertionError` after `seconds`."""
        end = time.monotonic() + seconds
        while not self.run(f"return Boolean({condition})"):
            assert time.monotonic() < end, f"not within {seconds} s: {condition}"
            time.sleep(0.05)

    def picture(self, selector: str, path: Path, *, margin: int = 24) -> None:
        """Write a picture of an element as PNG, over the whole width of the window."""
        box = self.run(
            f"const r = document.querySelector({selector!r}).getBoundingClientRect();"
            "return [r.top + scrollY, r.height, innerWidth]"
        )
        top, height = box[0] - margin, box[1] + 2 * margin
        clip = {"x": 0, "y": max(0, top), "width": box[2], "height": height, "scale": 1}
        shot = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip}
        )
        path.write_bytes(base64.b64decode(shot["data"]))

    def settle(self) -> None:
        """Wait until fonts are there and what was asked for is drawn."""
        self.driver.execute_async_script(
            "const done = arguments[0]; document.fonts.ready.then(() =>"
            "requestAnimationFrame(() => requestAnimationFrame(done)));"
        )

    def complaints(self) -> list[str]:
        """Everything on the console."""
        messages = [entry["message"] for entry in self.driver.get_log("browser")]
        return [message for message in messages if DRIVER not in message]

    def requests(self) -> list[str]:
        """Addresses that were asked for, but what lies in the page itself."""
        events = (json.loads(e["message"])["message"] for e in self.driver.get_log("performance"))
        urls = [e["params"]["request"]["url"] for e in events
                if e["method"] == "Network.requestWillBeSent"]  # fmt: skip
        return [url for url in urls if not url.startswith(("data:", "about:", "chrome:"))]


@contextmanager
def chromium(profile: Path, *flags: str) -> Iterator[Browser]:
    """A browser with a fresh profile and more flags; the test is skipped where there is none."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    program, control = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or control is None:
        pytest.skip("chromium or chromedriver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, *flags, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    downloads = {"download.default_directory": str(profile), "download.prompt_for_download": False}
    options.add_experimental_option("prefs", downloads)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=control)
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield Browser(driver)
    finally:
        driver.quit()
