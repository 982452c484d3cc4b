"""Write a bag in a thread of its own, so that the receiver of messages never waits for a disk.

Messages go into a queue of bounded memory; one thread writes them and flushes several times a
second. Another calls fsync now and then, which may take seconds. When the disk is full or broken,
or the bag is deleted, truncated or moved, recording stops, the progress says why, and the process
continues.
"""

from __future__ import annotations

import errno
import threading
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

from descant.bags.settings import RecorderSettings
from descant.bags.topics import RecordedTopic
from descant.bags.writer import BagWriter
from descant.errors import UserError

MEBIBYTE = 1 << 20
MESSAGE_OVERHEAD = 300
"""Approximate memory of one queued message besides its data, bytes."""
Message = tuple[str, int, int, bytes]
"""Topic, log time, publish time (epoch ns) and data."""


class Phase(IntEnum):
    """State of a recording, with the numbers of RecorderState.msg."""

    RECORDING = 0
    STOPPED = 1
    FAILED = 2


@dataclass(frozen=True)
class Progress:
    """State of a recording: `message` is one line for a person, `dropped` counts messages.

    `messages` are those that the bag has for certain. `lost`: another folder may do where this one
    failed. `warning` is a fault that does not end the recording, or ''.
    """

    phase: Phase
    bag: Path
    message: str
    messages: int = 0
    bytes: int = 0
    free_bytes: int = 0
    dropped: int = 0
    lost: bool = False
    warning: str = ""


class BagThread:
    """Records in the background: `add_topic` and `put` never wait for the disk."""

    def __init__(
        self, folder: Path, settings: RecorderSettings, lost: Collection[Path] = ()
    ) -> None:
        """Create the bag, not in one of the folders `lost`, and start.

        A disk that is already full is a failure like a later one.

        Raises `UserError` where the bag cannot be created for another reason.
        """
        self._settings = settings
        self._queue: deque[RecordedTopic | Message] = deque()
        self._queued_bytes = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._ended = threading.Event()
        self._sync_error: OSError | None = None
        self._progress = Progress(Phase.RECORDING, folder, "recording")
        self._threads: list[threading.Thread] = []
        try:
            writer = BagWriter(folder, settings.compression, lost=lost)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise UserError(f"cannot create the bag {folder}: {error.strerror}") from None
            self._end(Phase.FAILED, _reason(error), 0)
            return
        self._progress = replace(self._progress, bag=writer.folder)
        for target in (self._run, self._run_sync):
            thread = threading.Thread(target=target, args=(writer,), name="bag", daemon=True)
            self._threads.append(thread)
            thread.start()

    @property
    def progress(self) -> Progress:
        """The current state."""
        return self._progress

    def add_topic(self, topic: RecordedTopic) -> None:
        """Add `topic` to the bag, even if it never gets a message."""
        with self._lock:
            self._queue.append(topic)

    def put(
        self, topic: str, log_time_ns: int, publish_time_ns: int, data: bytes, *, bulky: bool
    ) -> bool:
        """Record one serialized message; False where it was dropped.

        `bulky` messages (pictures) are dropped when the queue is half full, others when it is full.
        """
        size = len(data) + MESSAGE_OVERHEAD
        bound = self._settings.queue * MEBIBYTE // (2 if bulky else 1)
        with self._lock:
            if self._progress.phase is not Phase.RECORDING:
                return False
            if self._queued_bytes + size > bound:
                dropped = self._progress.dropped + 1
                message = f"the disk is too slow: {dropped} messages were dropped"
                self._progress = replace(self._progress, dropped=dropped, message=message)
                return False
            self._queue.append((topic, log_time_ns, publish_time_ns, data))
            self._queued_bytes += size
        return True

    def close(self) -> None:
        """Write the queue, close the bag and end."""
        self._closing.set()
        for thread in self._threads:
            thread.join()

    def _run(self, writer: BagWriter) -> None:
        try:
            self._record(writer)
        except Exception as error:  # any error: the performance continues, the progress has it
            self._fail(writer, _reason(error))

    def _record(self, writer: BagWriter) -> None:
        """Write until `close`, until the disk is nearly full or the bag is lost; close the bag."""
        full = ""
        closing = False
        while not full and not closing:
            closing = self._closing.wait(timeout=self._settings.flush)
            self._write_queue(writer)
            if loss := writer.loss():
                self._fail(writer, loss, lost=True)
                return
            full = self._check_space(writer)
        writer.close()
        phase = Phase.FAILED if full else Phase.STOPPED
        message = f"closed, but {writer.warning}" if writer.warning else "closed"
        self._end(phase, full or message, writer.size)

    def _fail(self, writer: BagWriter, reason: str, *, lost: bool = False) -> None:
        """End the recording; of a lost bag complete what there is, wherever it is now."""
        deleted = lost and writer.deleted
        try:
            if lost and not deleted:
                writer.close()
        except OSError as error:
            reason += f"; {_reason(error)}"
        writer.abandon()  # without effect on a closed one
        if deleted:
            self._progress = replace(self._progress, messages=0)
        self._end(Phase.FAILED, reason, 0 if deleted else writer.size, lost=lost)

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
            writer.write(*item)
            messages += 1
            with self._lock:
                self._queued_bytes -= len(item[-1]) + MESSAGE_OVERHEAD
        writer.flush()
        if self._sync_error is not None:
            raise self._sync_error
        with self._lock:
            self._progress = replace(
                self._progress,
                messages=self._progress.messages + messages,
                bytes=writer.size,
                warning=writer.warning,
            )

    def _check_space(self, writer: BagWriter) -> str:
        """Update the free space in the progress; return the reason to stop, or ''."""
        free = writer.free_bytes()
        with self._lock:
            self._progress = replace(self._progress, free_bytes=free)
        if free >= self._settings.reserve * MEBIBYTE:
            return ""
        return (
            f"the disk is full: {free / MEBIBYTE:.0f} MiB free, less than the reserve of "
            f"{self._settings.reserve} MiB"
        )

    def _run_sync(self, writer: BagWriter) -> None:
        """Call fsync every `sync` seconds, until the recording ends."""
        period = self._settings.sync
        while period > 0 and not self._ended.wait(timeout=period):
            try:
                writer.sync()
            except OSError as error:
                self._sync_error = error  # the system tells it once
                return

    def _end(self, phase: Phase, message: str, size: int, *, lost: bool = False) -> None:
        with self._lock:
            self._queue.clear()
            self._queued_bytes = 0
            self._progress = replace(
                self._progress, phase=phase, message=message, bytes=size, lost=lost
            )
        self._ended.set()


def _reason(error: Exception) -> str:
    """One line for a person."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full: {error.strerror}"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot write: {error.strerror}"
    return f"cannot write: {type(error).__name__}: {error}"
