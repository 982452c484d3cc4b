# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write a bag in a thread of its own, so that the receiver of messages never waits for a disk.

Messages go into a queue of bounded memory; one thread writes them and flushes several times a
second. Another calls fsync now and then, which may take seconds. When the disk is full or broken,
or the bag is deleted, truncated or moved, recording stops, the progress says why, and the process
continues.
"""

from __future__ import annotations

import errno
import threading
import time
from collections import deque
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from descant.bags.mcapfile import LARGE_BYTES
from descant.bags.progress import LOST_ON_THE_WAY, SLOW_DISK, SLOW_PROCESSOR, Phase, Progress
from descant.bags.settings import RecorderSettings
from descant.bags.topics import RecordedTopic
from descant.bags.writer import BagWriter
from descant.errors import UserError

MEBIBYTE = 1 << 20
MESSAGE_OVERHEAD = 300
"""Approximate memory of one queued message besides its data, bytes."""
_FILLS = 8
"""The queue is written before the flush is due when one part in so many is full."""
Message = tuple[str, int, int, bytes]
"""Topic, log time, publish time (epoch ns) and data."""


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
        self._wake = threading.Event()  # to close, or since the queue fills
        self._begun = (0.0, 0.0)  # when the queue began to fill, and the disk's seconds then
        self._writer: BagWriter | None = None
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
        self._writer = writer
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
                self._progress = self._progress.with_missing(1, self._slow())
                return False
            self._queue.append((topic, log_time_ns, publish_time_ns, data))
            self._queued_bytes += size
            if self._queued_bytes * _FILLS > self._settings.queue * MEBIBYTE:
                self._wake.set()
        return True

    def add_lost(self, count: int) -> None:
        """Count messages that were sent and did not arrive."""
        with self._lock:
            if self._progress.phase is Phase.RECORDING:
                self._progress = self._progress.with_missing(count, LOST_ON_THE_WAY)

    def _slow(self) -> str:
        """What has held up the writing since the queue began to fill."""
        since, disk_s = self._begun
        spent = time.monotonic() - since
        is_disk = self._writer is not None and self._writer.disk_s - disk_s > spent / 2
        return SLOW_DISK if is_disk else SLOW_PROCESSOR

    @property
    def queued_bytes(self) -> int:
        """Memory of the messages that wait to be written; at most the parameter `queue`."""
        return self._queued_bytes

    def close(self) -> None:
        """Write the queue, close the bag and end."""
        self._closing.set()
        self._wake.set()
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
            self._wake.wait(timeout=self._settings.flush)
            self._wake.clear()
            closing = self._closing.is_set()
            self._write_queue(writer)
            if loss := writer.loss():
                self._fail(writer, loss, lost=True)
                return
            full = self._check_space(writer)
        writer.close()
        phase = Phase.FAILED if full else Phase.STOPPED
        message = f"closed, but {writer.warning}" if writer.warning else "closed"
        lack = f"; {self._progress.lack}" if self._progress.lack else ""
        self._end(phase, full or message + lack, writer.size)

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
        """Write and flush all that is queued, large messages behind the others."""
        if self._queued_bytes * _FILLS < self._settings.queue * MEBIBYTE:
            self._begun = time.monotonic(), writer.disk_s
        with self._lock:
            queue, self._queue = self._queue, deque()
        batch = deque(sorted(queue, key=_is_large))
        queue.clear()
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


def _is_large(item: RecordedTopic | Message) -> bool:
    return isinstance(item, tuple) and len(item[-1]) > LARGE_BYTES


def _reason(error: Exception) -> str:
    """One line for a person."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full: {error.strerror}"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot write: {error.strerror}"
    return f"cannot write: {type(error).__name__}: {error}"
