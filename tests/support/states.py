# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""States of the learner for tests of those that listen to it."""

from __future__ import annotations

from descant.types import LearningStatus, State
from support.notes import MS


def state(at_ms: float, loss: float, *notes: int, residual: float = 0.0) -> State:
    """A state at `at_ms` that tunes `notes`."""
    return State(
        time_ns=int(at_ms * MS),
        events=1,
        cause=notes[0] if notes else 0,
        episode=1,
        attempt=0,
        step=1,
        status=LearningStatus.LEARNING,
        seed=1,
        family="cubic",
        target=(),
        theta=(),
        loss=loss,
        residual=residual,
        gradient=(),
        notes=notes,
    )
