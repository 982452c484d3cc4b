# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant verify` as a person meets it: a verdict, or one line that says what is wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from descant.bags.recording import Recording
from descant.bags.topics import RecordedTopic
from descant.commands.verify import _line
from descant.learner.settings import LearnerSettings
from descant.performance.recompute import Comparison, Difference
from support.bags import mcap_of, notes_bag, write
from support.commands import descant
from support.midifiles import write_midi_file
from support.recorded_bags import bag_of
from support.recordings import perform

pytestmark = pytest.mark.slow


RECORDINGS = Path(__file__).parents[1] / "recordings"
BY_THE_C_LIBRARY = (
    "recorded with arithmetic 1 (descant 0.2 or earlier), whose cosines depend on processor and C "
    "library: recompute it on the kind of machine that recorded it; here no number is further than "
)


def recorded(folder: Path, **settings: Any) -> Recording:
    """A bass note and a run of upper ones, as the learner takes them."""
    strokes = [(0.2 * i, (0x90, key, 70)) for i, key in enumerate((36, *range(60, 84)))]
    releases = [(0.2 * i + 0.1, (0x80, key, 64)) for i, key in enumerate((36, *range(60, 84)))]
    file = write_midi_file(folder / "run.mid", [sorted(strokes + releases)])
    return perform(file, LearnerSettings(seed=5, **settings))


def test_a_recording_is_identical(tmp_path: Path) -> None:
    run = descant("verify", bag_of(tmp_path / "show", recorded(tmp_path)))
    assert run.returncode == 0, run.stderr
    assert run.stdout == "identical (25 states)\n"


def test_a_changed_bit_is_named_with_its_state_and_field(tmp_path: Path) -> None:
    run = descant("verify", bag_of(tmp_path / "show", recorded(tmp_path), loss_of=11))
    assert run.returncode == 1
    assert run.stdout.startswith("state 12 of 25 differs in 'loss': recorded ")


@pytest.mark.parametrize("tunables", ["", "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2"])
def test_knots_of_an_old_recording_are_the_same_or_excused(tunables: str) -> None:
    """Whether they are depends on this machine; how far they may be apart does not."""
    run = descant("verify", RECORDINGS / "0.1" / "part2", GLIBC_TUNABLES=tunables)
    if run.returncode == 0:
        assert run.stdout == "identical (162 states)\n"
        return
    assert run.returncode == 1
    first, second = run.stdout.splitlines()
    assert first.startswith("state ")
    apart = second.removeprefix(BY_THE_C_LIBRARY).removesuffix(" from the recorded one")
    assert 0.0 < float(apart) < 1e-13


def test_cubics_of_an_old_recording_are_the_same_on_every_machine() -> None:
    run = descant(
        "verify", RECORDINGS / "0.1" / "part1", GLIBC_TUNABLES="glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2"
    )
    assert (run.returncode, run.stdout) == (0, "identical (38 states)\n")


@pytest.mark.parametrize(
    ("family", "arithmetic", "excused"),
    [("cubic", 1, False), ("knot", 1, True), ("knot", 2, False)],
)
def test_only_the_c_librarys_functions_are_an_excuse(
    tmp_path: Path, family: str, arithmetic: int, excused: bool
) -> None:
    recording = recorded(tmp_path, family=family, arithmetic=arithmetic, learning_rate=0.1)
    run = descant("verify", bag_of(tmp_path / "show", recording, loss_of=11))
    assert run.returncode == 1
    assert ("\n" + BY_THE_C_LIBRARY in run.stdout) == excused
    assert len(run.stdout.splitlines()) == 1 + excused


def test_a_recording_that_was_cut_off_is_compared_as_far_as_it_goes(tmp_path: Path) -> None:
    bag = bag_of(tmp_path / "show", recorded(tmp_path))
    file = mcap_of(bag)
    file.write_bytes(file.read_bytes()[:-2_000])
    run = descant("verify", bag)
    assert "it was cut off" in run.stderr
    assert run.stdout.startswith("identical (")
    assert run.returncode == 0


def other_version(folder: Path) -> Path:
    """Notes without a field that this version asks for."""
    text = b"builtin_interfaces/Time stamp\nuint64 id\nuint8 kind\nuint8 pitch\n"
    text += b"\n" + b"=" * 80 + b"\nMSG: builtin_interfaces/Time\nint32 sec\nuint32 nanosec\n"
    old = RecordedTopic("/notes", "descant/msg/NoteEvent", text)
    data = b"\x00\x01\x00\x00" + bytes(8) + bytes(8) + b"\x01\x3c"
    return write(folder, [old], lambda writer: writer.write("/notes", 1, 1, data))


def foreign(folder: Path) -> Path:
    """A bag of somebody else's robot."""
    theirs = RecordedTopic("/odom", "nav_msgs/msg/Odometry", b"uint8 x\n")
    data = b"\x00\x01\x00\x00\x01"
    return write(folder, [theirs], lambda writer: writer.write("/odom", 1, 1, data))


def truncated(folder: Path) -> Path:
    bag = notes_bag(folder, 10)
    file = mcap_of(bag)
    file.write_bytes(file.read_bytes()[:40])
    return bag


def strange_settings(folder: Path) -> Path:
    return bag_of(folder, recorded(folder.parent), settings='{"seed": 1, "learning_rat": 0.1}')


def not_a_bag(folder: Path) -> Path:
    folder.mkdir()
    (folder / "notes.txt").write_text("do re mi")
    return folder


BAD: list[tuple[Callable[[Path], Path], str]] = [
    (
        truncated,
        "no Descant topics in this bag; found: no message at all (show_0.mcap: it was cut",
    ),
    (foreign, "no Descant topics in this bag; found: /odom (nav_msgs/msg/Odometry)"),
    (
        other_version,
        "/notes was recorded with another version of descant/msg/NoteEvent: it has no field 'key'",
    ),
    (not_a_bag, "is not a bag: no .mcap file in it"),
    (lambda folder: folder, "no bag "),  # there is nothing at all
]


@pytest.mark.parametrize("command", ["verify", "replay"])
@pytest.mark.parametrize(("make", "text"), BAD)
def test_what_is_no_recording_of_ours_is_one_line(
    tmp_path: Path, command: str, make: Callable[[Path], Path], text: str
) -> None:
    run = descant(command, make(tmp_path / "show"))
    assert run.returncode == 2
    [line] = run.stderr.splitlines()
    assert line.startswith(("descant: ", "error: "))
    assert text in line


@pytest.mark.parametrize("command", ["verify", "replay"])
def test_parameters_of_another_version_are_one_line(tmp_path: Path, command: str) -> None:
    run = descant(command, strange_settings(tmp_path / "show"))
    assert run.returncode == 2
    [line] = run.stderr.splitlines()
    assert "recorded with another version of descant: unknown parameter 'learning_rat'" in line
    assert "did you mean 'learning_rate'?" in line


def test_notes_without_states_cannot_be_verified(tmp_path: Path) -> None:
    run = descant("verify", notes_bag(tmp_path / "show", 10))
    assert run.returncode == 2
    assert run.stderr.endswith("no learner states in this recording\n")


def test_each_run_has_its_line_and_a_bad_one_does_not_spoil_the_rest(tmp_path: Path) -> None:
    recording = recorded(tmp_path)
    alien = [dataclasses.replace(entry, run=99) for entry in recording.states[:3]]
    both = dataclasses.replace(recording, states=(*alien, *recording.states))
    run = descant("verify", bag_of(tmp_path / "show", both))
    assert run.returncode == 1
    first, second = run.stdout.splitlines()
    assert first.startswith("learner run 1 of 2: not verified (3 states): the recording has no ")
    assert second == "learner run 2 of 2: identical (25 states)"


def test_runs_of_strangers_are_no_page_of_lines(tmp_path: Path) -> None:
    recording = recorded(tmp_path)
    alien = [dataclasses.replace(recording.states[0], run=100 + n) for n in range(50)]
    both = dataclasses.replace(recording, states=(*alien, *recording.states))
    run = descant("verify", bag_of(tmp_path / "show", both))
    assert run.returncode == 1
    *_, good, rest = lines = run.stdout.splitlines()
    assert len(lines) == 5
    assert good == "learner run 51 of 51: identical (25 states)"
    assert rest.startswith("47 more runs not verified: the recording has no /learner_settings")


def test_a_state_that_cannot_be_read_is_not_verified(tmp_path: Path) -> None:
    extra = [("/learner_state", b"\0\1\0\0\1")]
    run = descant("verify", bag_of(tmp_path / "show", recorded(tmp_path), extra=extra))
    assert run.returncode == 1
    assert run.stdout.splitlines() == [
        "identical (25 states)",
        "not verified: 1 state that cannot be read",
    ]
    assert "1 of 26 messages of /learner_state set aside: " in run.stderr


def test_a_recording_of_which_a_part_is_missing_is_compared_up_to_it() -> None:
    short = Comparison(1, 20, Difference(19, "state", ("x" * 500,), None))
    assert _line(short, is_whole=False).startswith("identical up to state 19 of 20; the others")
    assert _line(short, is_whole=True) == (
        "state 20 of 20 was recorded, and is not among the recomputed ones"
    )


def test_a_long_value_is_shown_by_its_beginning() -> None:
    long = Comparison(1, 20, Difference(3, "notes", tuple(range(1_000)), ()))
    assert len(_line(long, is_whole=True)) <= 200
