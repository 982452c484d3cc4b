# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Commands to a node of this machine over a Unix socket, without a start of ROS.

A client of ROS takes a second to start and to find its peers; a panic must not. Only processes of
the same user reach the socket. One request and one answer, each a line of JSON, for a connection.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import stat
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from descant.errors import UserError
from descant.plain_text import plain

ANSWER_S = 5.0
REQUEST_S = 0.5  # for a client to send its line
LONGEST = 1_024  # bytes of a line


class Request(NamedTuple):
    """A cue of `descant cue`, and the number of the part where the cue is 'part', else 0."""

    cue: str
    part: int


class Answer(NamedTuple):
    """Whether it was done, and what happened."""

    done: bool
    text: str


def socket_path(domain: int, namespace: str, node: str, environment: Mapping[str, str]) -> Path:
    """Where the node `node` of a graph listens: the same in each of this user's processes.

    Raises `UserError` where no folder is this user's alone, or the system has no such sockets.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise UserError("this system has no Unix sockets")
    words = repr((domain, namespace, network_namespace()))
    digest = hashlib.sha256(words.encode()).hexdigest()[:16]
    return _folder(environment) / f"{digest}.{node}"


def domain_of(environment: Mapping[str, str]) -> int:
    """The number of ROS_DOMAIN_ID, 0 where it is not set; `UserError` for no number."""
    text = environment.get("ROS_DOMAIN_ID", "") or "0"
    if not text.isdecimal():
        raise UserError(f"ROS_DOMAIN_ID is no number: '{plain(text)}'")
    return int(text)


def network_namespace() -> int:
    """A number of the network namespace: graphs of several containers do not meet."""
    with contextlib.suppress(OSError):
        return os.stat("/proc/self/ns/net").st_ino
    return 0


def _folder(environment: Mapping[str, str]) -> Path:
    """This user's folder for sockets, made where it is missing."""
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    if runtime and Path(runtime).is_dir():
        folder = Path(runtime) / "descant"
    else:
        folder = Path(tempfile.gettempdir()) / f"descant-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}") from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise UserError(f"{folder} is not a folder of this user alone")
    return folder


def ask(path: Path, request: Request, timeout_s: float = ANSWER_S) -> Answer | None:
    """Send a request and return the answer; None where nobody listens.

    Raises `UserError` where a node listens and does not answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        try:
            connection.connect(str(path))
        except OSError:  # no file, a file that a killed node left, or too long a path
            return None
        try:
            connection.sendall(json.dumps(request._asdict()).encode() + b"\n")
            values = json.loads(_line(connection))
            return Answer(bool(values["done"]), str(values["text"]))
        except (OSError, ValueError, TypeError, KeyError):
            name = path.name.partition(".")[2]
            raise UserError(
                f"no answer from {name} within {timeout_s:g} s: it is busy or frozen, and may "
                "still act"
            ) from None


def _line(connection: socket.socket) -> bytes:
    """Receive a line, of `LONGEST` bytes at most."""
    data = b""
    while not data.endswith(b"\n") and len(data) < LONGEST:
        more = connection.recv(LONGEST)
        if not more:
            break
        data += more
    return data


class CommandServer:
    """Listens at `path` in a thread, and answers each request with what `act` returns."""

    def __init__(self, path: Path, act: Callable[[Request], Answer]) -> None:
        """Raises `UserError` where it cannot listen, or another node does."""
        self._path, self._act = path, act
        self._socket = _listening(path)
        self._inode = path.lstat().st_ino
        self._thread = threading.Thread(target=self._serve, name="commands", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        with contextlib.suppress(OSError):
            if self._path.lstat().st_ino == self._inode:  # else another has taken its place
                self._path.unlink()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # it was closed
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(REQUEST_S)
                answer = self._answer(_line(connection))
                connection.sendall(json.dumps(answer._asdict()).encode() + b"\n")

    def _answer(self, line: bytes) -> Answer:
        try:
            values = json.loads(line)
            request = Request(str(values["cue"]), int(values["part"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            return Answer(False, "expected a line of JSON with 'cue' and 'part'")
        return self._act(request)


def _listening(path: Path) -> socket.socket:
    """A socket that listens at `path`; what a killed node left there is replaced."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
            try:
                other.connect(str(path))
            except OSError:
                path.unlink(missing_ok=True)
            else:
                raise UserError(f"another node listens at {path}")
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(8)
    except UserError:
        listener.close()
        raise
    except OSError as error:
        listener.close()
        raise UserError(f"{path}: {error.strerror or error}") from None
    return listener
