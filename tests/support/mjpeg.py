# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A network camera: pictures over HTTP, from a server of the test's own."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

BOUNDARY = "picture"
SIZE = (320, 180)


class NetworkCamera:
    """Serves MJPEG at `url`; what it shows can be moved, frozen and cut off."""

    def __init__(self, port: int, rate: float) -> None:
        self.frozen = False
        self.sent = 0
        self.served: list[bytes] = []
        self._period = 1.0 / rate
        self._leaving = threading.Event()
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                kind = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
                self.send_header("Content-Type", kind)
                self.end_headers()
                with contextlib.suppress(OSError):
                    camera._serve(self.wfile.write)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}/camera.mjpg"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """It is unplugged."""
        self._leaving.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _serve(self, write: Callable[[bytes], object]) -> None:
        import cv2

        due = time.monotonic()
        while not self._leaving.is_set():
            if not self.frozen:
                self.sent += 1
            picture = np.full((SIZE[1], SIZE[0], 3), 40, np.uint8)
            picture[:, self.sent * 4 % SIZE[0] :][:, :40] = (60, 180, 220)
            data = cv2.imencode(".jpg", picture)[1].tobytes()
            self.served.append(data)
            head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n"
            write(head.encode() + b"\r\n" + data + b"\r\n")
            due += self._period
            self._leaving.wait(max(0.0, due - time.monotonic()))


@contextlib.contextmanager
def network_camera(*, port: int = 0, rate: float = 30.0) -> Iterator[NetworkCamera]:
    """A camera for the length of a block; `port` 0: any that is free."""
    camera = NetworkCamera(port, rate)
    try:
        yield camera
    finally:
        camera.close()
