# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The bundled improvisation: the same bytes every time, and music for a real piano."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import mido
import pytest

from descant.types import SOFT, SUSTAIN

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = ROOT / "share" / "midi" / "part1.mid"


@pytest.fixture(scope="module")
def messages() -> list[tuple[float, mido.Message]]:
    """Time (s) and message, in order."""
    now, played = 0.0, []
    for message in mido.MidiFile(BUNDLED):
        now += message.time
        played.append((now, message))
    return played


def notes(messages: list[tuple[float, mido.Message]]) -> list[tuple[float, int]]:
    return [(time, m.note) for time, m in messages if m.type == "note_on" and m.velocity]


def values(messages: list[tuple[float, mido.Message]], control: int) -> list[int]:
    return [m.value for _, m in messages if m.type == "control_change" and m.control == control]


def test_the_bundled_file_is_what_the_script_writes(tmp_path):
    target = tmp_path / "part1.mid"
    script = ROOT / "scripts" / "compose_part1.py"
    subprocess.run([sys.executable, script, target], check=True, capture_output=True)
    assert target.read_bytes() == BUNDLED.read_bytes()


def test_it_lasts_about_half_a_minute(messages):
    assert 28 < messages[-1][0] < 36


def test_no_key_is_left_down_and_none_is_struck_twice_without_a_release(messages):
    down: set[int] = set()
    for _, message in messages:
        if message.type == "note_on" and message.velocity:
            assert message.note not in down
            down.add(message.note)
        elif message.type in ("note_on", "note_off"):
            down.remove(message.note)
    assert down == set()


def test_pedals_move_as_pedals_do_and_end_up(messages):
    sustain, soft = values(messages, SUSTAIN), values(messages, SOFT)
    assert len(set(sustain)) > 100
    assert sustain[-1] == soft[-1] == 0
    assert 30 < max(soft) < 100


def test_seven_bass_notes_each_open_a_phrase_on_the_upper_half(messages):
    bass = [time for time, key in notes(messages) if key < 48]
    upper = [time for time, key in notes(messages) if key >= 60]
    phrases = [
        sum(start < time < end for time in upper)
        for start, end in pairwise([*bass, messages[-1][0]])
    ]
    assert phrases == [12, 17, 7, 9, 28, 11, 31]
    assert all(21 <= key <= 108 for _, key in notes(messages))
