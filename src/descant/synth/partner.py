# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What a synth knows of the other one that shares its output, and tells it."""

from __future__ import annotations

import logging
import math

from descant.synth.sinks.base import SinkError
from descant.synth.sinks.shared_turn import SharedTurn, Sharing

LOG = logging.getLogger("descant.synth")

SILENT_S = 0.3  # without a period of either: none is heard
ELSEWHERE_S = 1.0  # the first has told so lately that it plays through an output of its own
ELSEWHERE = "the first synth plays through another output"


class Partner:
    """The other synth of `sharing`; None: there is no other.

    `turn` is the memory that both share, once `connect` has made it. `now` is seconds of a
    monotonic clock.
    """

    def __init__(self, sharing: Sharing | None) -> None:
        self._sharing = sharing
        self.is_second = sharing is not None and sharing.is_second
        self.turn: SharedTurn | None = None
        self._now = 0.0
        self._played_at = self._elsewhere_at = -math.inf

    def connect(self) -> None:
        """Make the shared memory; before a sink is opened.

        Raises `SinkError` where the second must not play. A first without it plays all the same.
        """
        if self.turn is None and self._sharing is not None:
            try:
                self.turn = SharedTurn(self._sharing)
            except SinkError as error:
                if self.is_second:
                    raise
                LOG.warning("no other synth can take over: %s", error)
        if self._is_elsewhere():
            raise SinkError(ELSEWHERE)

    def attend(self, now: float, *, plays_alone: bool) -> bool:
        """Read what the other has told; return whether that is a panic. A few times a second.

        `plays_alone`: this synth is heard, through an output that it does not share.
        """
        self._now = now
        if self.turn is None:
            return False
        if self.turn.is_played():
            self._played_at = now
        if self.turn.elsewhere_is_told():
            self._elsewhere_at = now
        if plays_alone and not self.is_second:
            self.turn.tell_elsewhere()
        return self.turn.panic_is_told()

    def tell_panic(self) -> None:
        """Have the other silence everything."""
        if self.turn is not None:
            self.turn.tell_panic()

    def obstacle(self) -> str:
        """Why a shared output must be closed now; '' for no reason."""
        if self._is_elsewhere():
            return ELSEWHERE
        if self.turn is None or self.turn.is_current:
            return ""
        self.turn = None
        return "the memory that both synths share was removed"

    @property
    def speaks(self) -> bool:
        """Whether this synth speaks for both while it has no sink: the first, if none is heard."""
        return not self.is_second and self._now - self._played_at > SILENT_S

    def _is_elsewhere(self) -> bool:
        return self.is_second and self._now - self._elsewhere_at < ELSEWHERE_S
