"""The bag's own thread: whoever receives messages never waits for a disk.

Messages are put into a queue of bounded memory; a thread writes them and flushes several times a
second. Another one asks for the disk itself (fsync), which may take seconds, now and then. When
the disk is full or broken, recording stops, says so once, and the rest of the process lives on.
"""

from __future__ import annotations

import errno
import threading
from collections import deque
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

from descant.bags.settings import RecorderSettings
from descant.bags.topics import RecordedTopic
from descant.bags.writer import BagWriter
from descant.errors import UserError

MEBIBYTE = 1 << 20
MESSAGE_OVERHEAD = 300
"""Roughly what the queue needs for one message besides its data, bytes."""


class Phase(IntEnum):
    """Where a recording stands; the numbers are those of RecorderState.msg."""

    RECORDING = 0
    STOPPED = 1
    FAILED = 2


@dataclass(frozen=True)
class Progress:
    """How a recording is going: `message` is one line for a person, `dropped` what was refused."""

    phase: Phase
    bag: Path
    message: str
    messages: int = 0
    bytes: int = 0
    free_bytes: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class _Message:
    topic: str
    log_time_ns: int
    publish_time_ns: int
    data: bytes


class BagThread:
    """Records in the background: `add_topic` and `put` never wait for a disk."""

    def __init__(self, folder: Path, settings: RecorderSettings) -> None:
        """Make the bag and start. A disk that is full already is a failure like a later one.

        Raises `UserError` where the bag cannot be made for another reason.
        """
        self._settings = settings
        self._queue: deque[RecordedTopic | _Message] = deque()
        self._queued_bytes = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._ended = threading.Event()
        self._progress = Progress(Phase.RECORDING, folder, "recording")
        self._threads: list[threading.Thread] = []
        try:
            writer = BagWriter(folder, settings.compression)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise UserError(f"cannot make the bag {folder}: {error.strerror}") from None
            self._end(Phase.FAILED, _reason(error), 0)
            return
        self._progress = replace(self._progress, bag=writer.folder)
        for target in (self._run, self._run_sync):
            thread = threading.Thread(target=target, args=(writer,), name="bag", daemon=True)
            self._threads.append(thread)
            thread.start()

    @property
    def progress(self) -> Progress:
        """How it is going now."""
        return self._progress

    def add_topic(self, topic: RecordedTopic) -> None:
        """Have `topic` in the bag from here on, even if no message comes."""
        with self._lock:
            self._queue.append(topic)

    def put(
        self, topic: str, log_time_ns: int, publish_time_ns: int, data: bytes, *, bulky: bool
    ) -> bool:
        """Record one serialized message; False where it was refused.

        `bulky` messages (pictures) are refused when the queue is half full, others when it is full.
        """
        size = len(data) + MESSAGE_OVERHEAD
        bound = self._settings.queue * MEBIBYTE // (2 if bulky else 1)
        with self._lock:
            if self._progress.phase is not Phase.RECORDING:
                return False
            if self._queued_bytes + size > bound:
                self._refuse()
                return False
            self._queue.append(_Message(topic, log_time_ns, publish_time_ns, data))
            self._queued_bytes += size
        return True

    def close(self) -> None:
        """Write what is queued, close the bag in order, and end."""
        self._closing.set()
        for thread in self._threads:
            thread.join()

    def _refuse(self) -> None:
        dropped = self._progress.dropped + 1
        message = f"the disk does not keep up: {dropped} messages were not recorded"
        self._progress = replace(self._progress, dropped=dropped, message=message)

    def _run(self, writer: BagWriter) -> None:
        try:
            self._record(writer)
        except Exception as error:  # whatever it is, the performance goes on and is told
            writer.abandon()
            self._end(Phase.FAILED, _reason(error), writer.size)

    def _record(self, writer: BagWriter) -> None:
        """Write until told to close or the disk is nearly full, then close the bag in order."""
        full = ""
        closing = False
        while not full and not closing:
            closing = self._closing.wait(timeout=self._settings.flush)
            self._write_queue(writer)
            full = self._note_space(writer)
        writer.close()
        phase = Phase.FAILED if full else Phase.STOPPED
        self._end(phase, full or "closed in order", writer.size)

    def _write_queue(self, writer: BagWriter) -> None:
        """Write and flush all that is queued."""
        with self._lock:
            batch, self._queue = self._queue, deque()
        messages = 0
        while batch:
            item = batch.popleft()
            if isinstance(item, RecordedTopic):
                writer.add_topic(item)
                continue
            writer.write(item.topic, item.log_time_ns, item.publish_time_ns, item.data)
            messages += 1
            with self._lock:
                self._queued_bytes -= len(item.data) + MESSAGE_OVERHEAD
        writer.flush()
        with self._lock:
            self._progress = replace(
                self._progress, messages=self._progress.messages + messages, bytes=writer.size
            )

    def _note_space(self, writer: BagWriter) -> str:
        """What is left on the disk goes into the progress; returns why to stop, or ''."""
        free = writer.free_bytes()
        with self._lock:
            self._progress = replace(self._progress, free_bytes=free)
        if free >= self._settings.reserve * MEBIBYTE:
            return ""
        return (
            f"the disk is full: {free / MEBIBYTE:.0f} MiB left, less than the reserve of "
            f"{self._settings.reserve} MiB"
        )

    def _run_sync(self, writer: BagWriter) -> None:
        """Ask for the disk itself every `sync` seconds, until the recording ends."""
        period = self._settings.sync
        while period > 0 and not self._ended.wait(timeout=period):
            try:
                writer.sync()
            except OSError:
                return  # the writing thread meets the same disk, and announces it

    def _end(self, phase: Phase, message: str, size: int) -> None:
        with self._lock:
            self._queue.clear()
            self._queued_bytes = 0
            self._progress = replace(self._progress, phase=phase, message=message, bytes=size)
        self._ended.set()


def _reason(error: Exception) -> str:
    """One line for a person; a full disk is called so."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full: {error.strerror}"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot write: {error.strerror}"
    return f"cannot write: {type(error).__name__}: {error}"
