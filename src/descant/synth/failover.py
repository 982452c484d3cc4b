# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Failover between two synths that share an output: what each reports to the other."""

from __future__ import annotations

import logging
import math

from descant.synth.sinks.base import SinkError
from descant.synth.sinks.failover_memory import FailoverGroup, FailoverMemory

LOG = logging.getLogger("descant.synth")

NO_HEARTBEAT_S = 0.3  # neither synth is active after so long
UNSHARED_S = 1.0  # for so long a report of the first holds
UNSHARED = "the first synth plays through another output"


class Failover:
    """One of the two synths of `group`; None: there is no other, and no failover.

    `memory` is shared by both, once `connect` has made it. `now` is seconds of a
    monotonic clock.
    """

    def __init__(self, group: FailoverGroup | None) -> None:
        self._group = group
        self.is_second = group is not None and group.is_second
        self.memory: FailoverMemory | None = None
        self._now = 0.0
        self._heartbeat_at = self._unshared_at = -math.inf

    def connect(self) -> None:
        """Make the shared memory; before a sink is opened.

        Raises `SinkError` where the second must not play. A first without it plays all the same.
        """
        if self.memory is None and self._group is not None:
            try:
                self.memory = FailoverMemory(self._group)
            except SinkError as error:
                if self.is_second:
                    raise
                LOG.warning("no other synth can take over: %s", error)
        if self._is_first_unshared():
            raise SinkError(UNSHARED)

    def update(self, now: float, *, is_unshared: bool) -> bool:
        """Exchange reports with the other; return whether it sent a panic. A few times a second.

        `is_unshared`: this synth is active through an output that it does not share.
        """
        self._now = now
        if self.memory is None:
            return False
        if self.memory.heartbeat_changed():
            self._heartbeat_at = now
        if self.memory.unshared_reported():
            self._unshared_at = now
        if is_unshared and not self.is_second:
            self.memory.report_unshared()
        return self.memory.panic_received()

    def send_panic(self) -> None:
        """Make the other silence everything."""
        if self.memory is not None:
            self.memory.send_panic()

    def obstacle(self) -> str:
        """Why a shared output must be closed now; '' for no reason."""
        if self._is_first_unshared():
            return UNSHARED
        if self.memory is None or self.memory.is_current:
            return ""
        self.memory = None
        return "the memory that both synths share was removed"

    @property
    def publishes_state(self) -> bool:
        """Whether it publishes the state without a sink: the first, where neither is active."""
        return not self.is_second and self._now - self._heartbeat_at > NO_HEARTBEAT_S

    def _is_first_unshared(self) -> bool:
        return self.is_second and self._now - self._unshared_at < UNSHARED_S
