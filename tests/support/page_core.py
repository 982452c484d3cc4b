# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page's core in a real browser: its modules and the checks, served from this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from threading import Thread
from typing import Any

from descant.learner.settings import LearnerSettings
from descant.page.data import page_data
from descant.performance.perform import perform
from descant.piano.midifile import load
from descant.resources import resource
from descant.types import State
from support.browser import chromium
from support.parts import conductor
from support.performances import performance
from support.state_hash import GOLDEN as STATES
from support.state_hash import sha256

CHECKS = Path(__file__).parents[1] / "page" / "core"
BUNDLED = ("performance", "part1")
TYPES = {".html": "text/html", ".js": "text/javascript", ".json": "application/json"}


class _Handler(BaseHTTPRequestHandler):
    """`/core/..` are the page's modules, `/midi/..` performances, all else lies in `CHECKS`."""

    def do_GET(self) -> None:
        try:
            content = _content(self.path)
        except OSError:
            self.send_error(404)
            return
        self.send_response(200)
        kind = TYPES.get(Path(self.path).suffix, "application/octet-stream")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def _content(path: str) -> bytes:
    folder, _, name = path.removeprefix("/").rpartition("/")
    if folder == "core":
        return (resources.files("descant.page") / "web" / "core" / name).read_bytes()
    if folder == "midi":
        return midi_file(name).read_bytes()
    if name == STATES.name:
        return STATES.read_bytes()
    if name == "data.json":
        return json.dumps(page_data()).encode()
    return (CHECKS / name).read_bytes()


def midi_file(name: str) -> Path:
    """A bundled MIDI file or a real performance."""
    return resource("midi", f"{name}.mid") if name in BUNDLED else performance(name)


class PageCore:
    """The runner's page in a browser: `run` calls one of the functions in its `window.core`."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver

    def run(self, function: str, *arguments: Any) -> Any:
        """What the function returns; an error in it fails the test."""
        result, error = self._driver.execute_async_script(
            "const [name, values, done] = arguments;"
            "const failed = (error) => done([null, error.stack]);"
            "window.core[name](...values).then((value) => done([value, null]), failed);",
            function,
            list(arguments),
        )
        assert error is None, error
        return result


@contextmanager
def page_core(profile: Path) -> Iterator[PageCore]:
    """A browser at the runner's page; nothing may be on its console at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with chromium(profile) as browser:
            browser.driver.set_script_timeout(100)
            browser.driver.get(f"http://127.0.0.1:{server.server_port}/runner.html")
            browser.driver.execute_async_script(
                "const done = arguments[0];"
                "const look = () => (window.core ? done() : setTimeout(look, 20)); look();"
            )
            yield PageCore(browser.driver)
            assert browser.complaints() == []
    finally:
        server.shutdown()
        server.server_close()


def states_of(path: Path, part: int = 1) -> tuple[int, str]:
    """Number and hash of Python's states of a performance, from part `part` of the paper on."""
    outputs = perform(load(path).events(), LearnerSettings(), conductor(part=part))
    states = [output for output in outputs if isinstance(output, State)]
    return len(states), sha256(states)
