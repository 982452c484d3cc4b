"""What a key does in part 1 and part 4 (paper, section "Performance").

A bass note starts an episode; a note of the upper half is one gradient step. Between the two
nothing happens, unless the performer lets the upper half begin lower.
"""

from __future__ import annotations

from descant.learner.settings import LearnerSettings


def starts_episode(key: int, settings: LearnerSettings, *, running: bool) -> bool:
    """Whether `key` going down starts an episode; `running`: there is one already."""
    return key < settings.bass_below or (settings.first_note_starts and not running)


def is_upper(key: int, settings: LearnerSettings) -> bool:
    """Whether `key` belongs to the half that steps."""
    return key >= settings.upper_from
