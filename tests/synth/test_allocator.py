# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which voice sounds which note. No audio here: levels are numbers of the test's own."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from descant.synth.allocator import RESERVE, Allocator
from descant.synth.commands import Command, Damp, Fade, Retune, Start
from descant.synth.loudness import gain_of_db, release_time
from descant.synth.settings import SynthSettings
from descant.types import SOFT, SOSTENUTO, SUSTAIN, Note, Pedal
from support.notes import off, on
from support.states import state

PAPER = SynthSettings()


def pedal(number: int, value: int) -> Pedal:
    return Pedal(0, number, value)


class Rig:
    """An allocator and what a renderer would know: every started voice has a level."""

    def __init__(self, voices: int = 8, **parameters: object) -> None:
        self.settings = SynthSettings(voices=voices, **parameters)
        self.allocator = Allocator(self.settings)
        self.levels = [0.0] * self.allocator.size
        self.fading: set[int] = set()

    def note(self, note: Note) -> list[Command]:
        commands = self.allocator.note(note, self.levels.__getitem__)
        for command in commands:
            if isinstance(command, Fade):
                self.fading.add(command.voice)
            if isinstance(command, Start):
                assert command.voice not in self.fading, "a fading voice was struck"
                self.levels[command.voice] = command.gain
        return commands

    def settle(self) -> None:
        """The fades are over."""
        for voice in self.fading:
            self.levels[voice] = 0.0
            self.allocator.ended(voice)
        self.fading.clear()

    def started(self, note: Note) -> Start:
        (command,) = [c for c in self.note(note) if isinstance(c, Start)]
        return command


def test_a_note_starts_a_voice_tuned_by_the_last_known_loss() -> None:
    rig = Rig()
    assert rig.started(on(0, 60, 1)).stretch == 0.0
    rig.allocator.state(state(1, 0.3))
    start = rig.started(on(2, 64, 2))
    assert (start.key, start.stretch, start.again) == (64, 0.3, False)


def test_a_state_retunes_the_notes_it_names_and_no_others() -> None:
    rig = Rig()
    first, second, third = (rig.started(on(0, 60 + n, n)).voice for n in (1, 2, 3))
    assert rig.allocator.state(state(1, 0.3, 1, 3)) == [Retune((first, third), 0.3)]
    assert rig.allocator.state(state(2, 0.2, 2)) == [Retune((second,), 0.2)]


def test_a_state_that_names_none_retunes_all_that_sound() -> None:
    rig = Rig()
    assert rig.allocator.state(state(0, 0.2)) == []
    voices = {rig.started(on(1, key, key)).voice for key in (48, 55, 64)}
    rig.note(off(2, 55, 55))
    [retune] = rig.allocator.state(state(3, 0.1))
    assert isinstance(retune, Retune)
    assert set(retune.voices) == voices
    assert retune.stretch == 0.1


def test_a_state_that_comes_before_its_note_waits_for_it() -> None:
    rig = Rig()
    rig.allocator.state(state(10, 0.3, 7))
    rig.allocator.state(state(11, 0.1))
    assert rig.started(on(10, 60, 7)).stretch == 0.3
    assert rig.started(on(12, 62, 8)).stretch == 0.1


def test_a_state_waits_for_a_second_only() -> None:
    rig = Rig()
    rig.allocator.state(state(0, 0.3, 7))
    rig.allocator.state(state(1, 0.1))
    assert rig.started(on(1_500, 60, 7)).stretch == 0.1


def test_states_that_are_not_finite_are_counted_and_change_nothing() -> None:
    rig = Rig()
    rig.started(on(0, 60, 1))
    for loss in (math.nan, math.inf):
        assert rig.allocator.state(state(1, loss, 1)) == []
    assert rig.allocator.refused_states == 2
    assert rig.started(on(2, 62, 2)).stretch == 0.0


def test_a_released_note_that_still_rings_is_retuned() -> None:
    rig = Rig()
    voice = rig.started(on(0, 60, 1)).voice
    rig.note(off(1, 60, 1))
    assert rig.allocator.state(state(2, 0.3, 1)) == [Retune((voice,), 0.3)]


def test_a_key_struck_again_strikes_the_same_voice_again() -> None:
    rig = Rig()
    first = rig.started(on(0, 60, 1))
    rig.note(off(1, 60, 1))
    again = rig.started(on(2, 60, 2))
    assert (again.voice, again.again) == (first.voice, True)
    assert rig.allocator.sounding == 1


def test_a_late_off_of_the_former_note_does_not_touch_the_new_one() -> None:
    rig = Rig()
    rig.started(on(0, 60, 1))
    rig.started(on(1, 60, 2))
    assert rig.note(off(2, 60, 1)) == []
    assert rig.allocator.held == 1


def test_release_without_pedal_lets_the_damper_fall() -> None:
    rig = Rig()
    voice = rig.started(on(0, 60, 1)).voice
    assert rig.note(off(1, 60, 1)) == [Damp(voice, release_time(60, PAPER))]
    assert rig.allocator.held == 0


def test_sustain_holds_half_pedal_shortens_and_up_damps() -> None:
    rig = Rig()
    voice = rig.started(on(0, 60, 1)).voice
    rig.allocator.pedal(pedal(SUSTAIN, 127))
    assert rig.note(off(1, 60, 1)) == []
    assert rig.allocator.held == 1
    (half,) = rig.allocator.pedal(pedal(SUSTAIN, 60))
    (up,) = rig.allocator.pedal(pedal(SUSTAIN, 0))
    (down_again,) = rig.allocator.pedal(pedal(SUSTAIN, 100))
    assert up == Damp(voice, release_time(60, PAPER))
    assert isinstance(half, Damp)
    assert up.seconds < half.seconds < math.inf
    assert down_again == Damp(voice, math.inf)


def test_sostenuto_holds_exactly_what_was_down() -> None:
    rig = Rig()
    held = rig.started(on(0, 48, 1)).voice
    gone = rig.started(on(0, 50, 2)).voice
    rig.note(off(1, 50, 2))
    rig.allocator.pedal(pedal(SOSTENUTO, 127))
    after = rig.started(on(2, 52, 3)).voice
    assert rig.note(off(3, 48, 1)) == []
    assert rig.note(off(3, 52, 3)) == [Damp(after, release_time(52, PAPER))]
    assert rig.allocator.held == 1
    assert rig.allocator.pedal(pedal(SOSTENUTO, 0)) == [Damp(held, release_time(48, PAPER))]
    assert gone != held


def test_sostenuto_holds_a_key_that_is_struck_again() -> None:
    rig = Rig()
    rig.started(on(0, 48, 1))
    rig.allocator.pedal(pedal(SOSTENUTO, 127))
    rig.note(off(1, 48, 1))
    rig.started(on(2, 48, 2))
    assert rig.note(off(3, 48, 2)) == []
    assert rig.allocator.held == 1


def test_a_chattering_sostenuto_pedal_is_one_movement() -> None:
    rig = Rig()
    rig.started(on(0, 48, 1))
    rig.allocator.pedal(pedal(SOSTENUTO, 70))
    rig.note(off(1, 48, 1))
    for value in (62, 66, 60, 65):
        assert rig.allocator.pedal(pedal(SOSTENUTO, value)) == []
    assert len(rig.allocator.pedal(pedal(SOSTENUTO, 40))) == 1


def test_the_soft_pedal_makes_what_is_struck_softer() -> None:
    rig = Rig()
    loud = rig.started(on(0, 60, 1)).gain
    rig.allocator.pedal(pedal(SOFT, 127))
    assert rig.started(on(1, 62, 2)).gain == pytest.approx(loud * gain_of_db(-4.0))


def test_pedals_can_be_ignored() -> None:
    rig = Rig(use_pedals=False)
    voice = rig.started(on(0, 60, 1)).voice
    rig.allocator.pedal(pedal(SUSTAIN, 127))
    assert rig.note(off(1, 60, 1)) == [Damp(voice, release_time(60, PAPER))]


def test_stolen_first_is_the_quietest_that_is_not_held() -> None:
    rig = Rig(voices=3)
    held, quiet, loud = (rig.started(on(0, 60 + n, n)).voice for n in (1, 2, 3))
    rig.note(off(1, 62, 2))
    rig.note(off(1, 63, 3))
    rig.levels[held], rig.levels[quiet], rig.levels[loud] = 0.001, 0.1, 0.2
    fade, start = rig.note(on(2, 70, 4))
    assert fade == Fade(quiet)
    assert isinstance(start, Start)
    assert rig.allocator.stolen == 1
    fade, start = rig.note(on(3, 71, 5))
    assert fade == Fade(loud)


def test_among_held_notes_the_quietest_goes_then_the_oldest() -> None:
    rig = Rig(voices=2)
    old = rig.started(on(0, 60, 1, velocity=100)).voice
    rig.started(on(1, 61, 2, velocity=100))
    assert Fade(old) in rig.note(on(2, 62, 3, velocity=100))


def test_the_off_of_a_stolen_note_changes_nothing() -> None:
    rig = Rig(voices=1)
    rig.started(on(0, 60, 1))
    rig.note(on(1, 62, 2))
    assert rig.note(off(2, 60, 1)) == []
    assert rig.allocator.held == 1


def test_a_burst_beyond_the_reserve_is_refused_not_clicked() -> None:
    rig = Rig(voices=64)
    for n in range(64):
        rig.note(on(0, n, n + 1))
    for n in range(63):
        rig.note(on(1, 64 + n, 100 + n))
    assert len(rig.fading) <= 64
    assert rig.allocator.sounding <= 64
    assert rig.allocator.stolen >= RESERVE
    rig.settle()
    assert rig.started(on(9, 127, 999)).key == 127


def test_panic_fades_everything_and_forgets_it() -> None:
    rig = Rig()
    voices = {rig.started(on(0, 60 + n, n)).voice for n in (1, 2, 3)}
    assert {c.voice for c in rig.allocator.panic()} == voices
    assert (rig.allocator.sounding, rig.allocator.held) == (0, 0)
    assert rig.note(off(1, 61, 1)) == []


def test_a_lost_piano_releases_fingers_and_feet() -> None:
    rig = Rig()
    for n in (1, 2):
        rig.started(on(0, 60 + n, n))
    rig.allocator.pedal(pedal(SUSTAIN, 127))
    rig.allocator.pedal(pedal(SOSTENUTO, 127))
    rig.note(off(1, 61, 1))
    assert len(rig.allocator.release_all()) == 2
    assert rig.allocator.held == 0
    assert rig.allocator.sounding == 2


@pytest.mark.slow
@given(st.data())
@settings(max_examples=120, deadline=None)
def test_whatever_happens_no_voice_is_stuck(data: st.DataObject) -> None:
    """Random music on a small pool; then all keys and pedals go up, and every voice comes free."""
    rig = Rig(voices=data.draw(st.integers(1, 6)))
    down: dict[int, Note] = {}
    for note_id in range(1, data.draw(st.integers(1, 60))):
        match data.draw(st.integers(0, 6)):
            case 0 | 1 | 2:
                note = on(note_id, data.draw(st.integers(0, 127)), note_id)
                down[note_id] = note
                rig.note(note)
            case 3 if down:
                note = down.pop(data.draw(st.sampled_from(sorted(down))))
                rig.note(off(note_id, note.key, note.id))
            case 4:
                number = data.draw(st.sampled_from([SUSTAIN, SOSTENUTO, SOFT]))
                rig.allocator.pedal(pedal(number, data.draw(st.integers(0, 127))))
            case 5:
                rig.settle()
            case 6:
                loss = data.draw(st.floats())
                rig.allocator.state(state(note_id, loss, note_id, note_id + 1))
    for note in down.values():
        rig.note(off(999, note.key, note.id))
    rig.allocator.pedal(pedal(SUSTAIN, 0))
    rig.allocator.pedal(pedal(SOSTENUTO, 0))
    assert rig.allocator.held == 0
    rig.settle()
    for voice in range(rig.allocator.size):
        if rig.levels[voice] > 0.0:
            rig.levels[voice] = 0.0
            rig.allocator.ended(voice)
    assert rig.allocator.sounding == 0
    for n in range(rig.settings.voices):
        assert rig.started(on(1_000, n, 1_000 + n))
