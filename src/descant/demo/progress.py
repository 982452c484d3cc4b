# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The progress of piano and learner, for the demo's progress bar."""

from __future__ import annotations

from dataclasses import dataclass

from descant.piano.connection import PianoStatus
from descant.types import LearningStatus


@dataclass(frozen=True, slots=True)
class PianoProgress:
    """The last /piano_state, received at `received_s` (monotonic seconds)."""

    status: PianoStatus
    message: str
    position_s: float
    duration_s: float
    received_s: float

    def position(self, now_s: float) -> float:
        """Estimated position now: states come twice a second, a progress bar moves in between."""
        if self.status is not PianoStatus.PLAYING:
            return self.position_s
        return min(self.position_s + max(0.0, now_s - self.received_s), self.duration_s)


def learning_text(episode: int, step: int, status: LearningStatus, loss: float) -> str:
    """'episode 4   step  7   loss 0.0231', of constant width up to 99 episodes."""
    tuning = "in tune" if status is LearningStatus.CONVERGED else f"loss {format_loss(loss)}"
    return f"episode {episode:<2}  step {step:>3}  {tuning:<11}"


def format_loss(loss: float) -> str:
    """A loss in at most seven characters: 0.0231, 1.27, 152, 2.3e+07, nan."""
    if not 0.0 <= loss < 1e4:
        return f"{loss:.1e}"
    return f"{loss:.0f}" if loss >= 100 else f"{loss:.2f}" if loss >= 1 else f"{loss:.4f}"
