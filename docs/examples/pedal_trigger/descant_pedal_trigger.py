# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A trigger of one's own: the first key after each press of the sustain pedal starts an episode."""


class PedalTrigger:
    """Every other key makes one step. The parameter `sustain_holds` must be on."""

    def __init__(self):
        self._down = False
        self._pressed = False  # since the last key was struck
        self._started = False  # by the last key

    def strike(self, note, settings, *, running):
        """The first key of the part starts an episode as well."""
        self._started = self._pressed or not running
        self._pressed = False
        return self._started

    def release(self, note):
        """No key has to be held."""

    def pedal(self, *, down):
        """Also called where parameters change, so the pedal may be down already."""
        self._pressed = self._pressed or (down and not self._down)
        self._down = down

    def steps(self, note, settings):
        """A key that starts an episode makes no step."""
        return not self._started

    def rate(self, settings):
        """No steps between keys."""
        return 0.0

    def opening_notes(self, note, settings):
        """The key that starts an episode is detuned by its start."""
        return (note.id,)

    def step_notes(self, settings):
        """Of steps between keys, which this trigger does not make."""
        return ()
