# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant whatif` as a person meets it: a recording, a MIDI file, and every mistake one line."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import mido
import psutil
import pytest

from descant.bags.recording import Recording
from descant.child_process import OWN_GROUP
from descant.cli import cli
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.programme.reading import load_programme
from descant.types import Note
from descant.whatif.measures import VariantMeasurer
from descant.whatif.performance_source import open_bag
from support import bags
from support.performed import midi_file, performed_bag


@pytest.fixture(scope="module")
def midi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two bass notes and what is played above them, ten seconds."""
    file, track = mido.MidiFile(ticks_per_beat=500), mido.MidiTrack()
    for key in [36, *[72, 74, 76, 77] * 6, 40, *[79, 77, 76, 74] * 6]:
        track.append(mido.Message("note_on", note=key, velocity=70, time=50))
        track.append(mido.Message("note_off", note=key, velocity=0, time=150))
    file.tracks.append(track)
    path = tmp_path_factory.mktemp("midi") / "phrase.mid"
    file.save(path)
    return path


@pytest.fixture(scope="module")
def bag(midi: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The phrase, recorded with a learning rate of its own."""
    folder = tmp_path_factory.mktemp("bags") / "tonight"
    return performed_bag(folder, midi_file(midi), LearnerSettings(learning_rate=0.3, seed=5))


def whatif(*arguments: object) -> int:
    given = ["whatif", *map(str, arguments), "--jobs", "1"]
    return int(cli.main(given, standalone_mode=False) or 0)


def refusal(*arguments: object) -> str:
    """The line that `descant whatif` refuses these with."""
    with pytest.raises(UserError, match=r"\S") as caught:
        whatif(*arguments)
    line = str(caught.value)
    assert "\n" not in line
    return line


def shown(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    """The table, cell by cell."""
    return [re.split(r"  +", line.strip()) for line in capsys.readouterr().out.splitlines()]


def test_a_recording_beside_itself_with_one_thing_changed(
    bag: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whatif(bag, "--set", "learner.learning_rate=0.05") == 0
    head, recorded, variant = shown(capsys)
    assert head == [
        "variant", "learning_rate", "episodes", "converged", "steps", "mean loss", "peak loss",
        "dissonance",
    ]  # fmt: skip
    assert recorded[:3] == ["recorded", "0.3", "2"]
    assert variant[:3] == ["1", "0.05", "2"]
    assert float(variant[5]) > float(recorded[5])  # it learns more slowly


def test_nothing_changed_is_what_was_recorded(bag: Path) -> None:
    """The recorded states and those of a run with the recorded settings: the same measures."""
    from descant.synth.settings import SynthSettings

    source, states = open_bag(bag, SynthSettings(), load_programme("paper"))
    measurer = VariantMeasurer(source)
    assert measurer.measure({}) == measurer.measure_states(states, {})
    assert measurer.measure({"learner.seed": 5}) == measurer.measure({})


@pytest.mark.slow
def test_a_grid_is_every_combination_in_a_file(bag: Path, tmp_path: Path) -> None:
    out = tmp_path / "grid.csv"
    sets = ("--set", "learning_rate=0.01:1:log3", "--set", "learner.optimiser=descent,adam,lbfgs")
    assert whatif(bag, *sets, "-o", out) == 0
    rows = list(csv.DictReader(out.open()))
    assert [row["variant"] for row in rows] == [str(n) for n in range(10)]
    assert (rows[0]["learner.learning_rate"], rows[0]["learner.optimiser"]) == ("0.3", "descent")
    quick = [row for row in rows[1:] if row["learner.optimiser"] == "lbfgs"]
    assert [row["converged"] for row in quick] == ["1.0"] * 3
    assert len({row["mean_loss"] for row in quick}) == 1  # which has no use for the rate


def test_a_midi_file_is_performed(midi: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert whatif(midi, "--set", "learner.family=cubic,harmonograph") == 0
    _, unchanged, *variants = shown(capsys)
    assert unchanged[:3] == ["unchanged", "cubic", "2"]
    assert [row[1] for row in variants] == ["cubic", "harmonograph"]
    assert unchanged[2:] == variants[0][2:] != variants[1][2:]


def test_a_part_and_a_profile_of_a_midi_file(
    midi: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whatif(midi, "--part", 2, "--set", "seed=1,2") == 0
    assert shown(capsys)[1] == ["unchanged", "1", "0", "-", "-", "-", "-", shown_silence(midi)]
    assert whatif(midi, "--part", "knots", "--set", "seed=1,2") == 0
    assert shown(capsys)[1][-1] == shown_silence(midi)
    assert whatif(midi, "--profile", "original", "--set", "seed=1") == 0
    assert int(shown(capsys)[1][2]) == 2


def shown_silence(midi: Path) -> str:
    """The dissonance of the file where nothing is learned, all in tune."""
    from descant.dissonance.over_time import dissonance_over_time

    notes = tuple(event for event in midi_file(midi) if isinstance(event, Note))
    _, dissonance = dissonance_over_time(Recording(notes, (), (), (), ()))
    return f"{dissonance.mean():.4g}"


def test_only_some_rows_are_shown_and_the_best_first(
    midi: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = ("--set", "learning_rate=0.001:0.4:log6")
    assert whatif(midi, *sets, "--rows", 2, "--sort", "mean_loss") == 0
    _, _, first, second, last = shown(capsys)
    assert (first[0], second[0]) == ("6", "5")
    assert last[0].startswith("and 4 more: --rows 0 shows all")


def test_without_anything_to_set_it_shows_what_was_recorded(
    bag: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whatif(bag) == 0
    assert [row[0] for row in shown(capsys)] == ["variant", "recorded"]


def test_no_such_bag_and_not_a_bag(tmp_path: Path) -> None:
    assert "nothing" in refusal(tmp_path / "nothing", "--set", "seed=1")
    assert "is not a bag: no .mcap file in it" in refusal(tmp_path, "--set", "seed=1")
    (tmp_path / "a.txt").write_text("hello")
    assert "expected a MIDI file (.mid) or a bag" in refusal(tmp_path / "a.txt")


def test_a_broken_midi_file(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"MThd")
    assert "a.mid" in refusal(tmp_path / "a.mid", "--set", "seed=1")


def test_a_bag_without_what_running_it_again_needs(tmp_path: Path) -> None:
    line = refusal(bags.notes_bag(tmp_path / "notes", 5), "--set", "seed=1")
    assert line.endswith("notes: the recording has no /learner_settings: it cannot be run again")


def test_mistakes_in_what_is_set(bag: Path) -> None:
    for text, words in (
        ("learner.learning_rat=1", "did you mean 'learner.learning_rate'?"),
        ("stage.glow=1", "no section 'stage'; sections: learner, synth"),
        ("learner.learning_rate=0.1:1", "expected LOW:HIGH:logN or LOW:HIGH:linN"),
        ("learner.loss=msa", "must be one of mse, half_mse, mae, not 'msa'"),
        ("learner.family=cubics", "must be one of cubic, knot, harmonograph, not 'cubics'"),
    ):
        assert words in refusal(bag, "--set", text)


def test_a_combination_that_cannot_be_is_named(bag: Path) -> None:
    line = refusal(bag, "--set", "x_low=-1,0.5", "--set", "x_high=0.4,1")
    assert "the variant learner.x_low=0.5 learner.x_high=0.4 is not possible" in line
    assert "'x_low' must be below x_high (0.4), not 0.5" in line


def test_too_many_variants_are_counted(bag: Path) -> None:
    sets = ("--set", "learning_rate=0.1:1:lin101", "--set", "seed=1:100:lin100")
    assert refusal(bag, *sets) == "10,100 variants: more than 10,000 are computed with --yes only"


def test_a_recording_in_another_part_of_a_programme(
    bag: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The part's overrides hold throughout, --set over them; its sound detunes the notes."""
    path = tmp_path / "own.yaml"
    path.write_text(
        "parts:\n"
        "  - {name: plain, title: Plain}\n"
        "  - {name: slow, title: Slow, detune: 0.0 * loss, learner: {learning_rate: 0.05}}\n"
    )
    part = ("--programme", path, "--part", "slow")
    assert whatif(bag, *part) == 0
    _, recorded, slow = shown(capsys)
    assert (recorded[0], slow[0]) == ("recorded", "1")
    assert whatif(bag, "--set", "learner.learning_rate=0.05,0.3") == 0
    _, same, by_hand, as_recorded = shown(capsys)
    assert [same[0], *same[2:]] == recorded
    assert slow[1:-1] == by_hand[2:-1]
    assert slow[-1] != by_hand[-1]  # in tune whatever the loss
    assert whatif(bag, *part, "--set", "learner.learning_rate=0.3") == 0
    assert shown(capsys)[2][2:-1] == as_recorded[2:-1]


def test_a_part_is_chosen_by_the_option_and_must_be_in_the_programme(bag: Path) -> None:
    assert "--set learner.part: choose a part with --part" in refusal(
        bag, "--set", "learner.part=1"
    )
    assert "no part 7 in the programme 'paper': it has parts 1 to 4" in refusal(bag, "--part", 7)
    assert "did you mean 'knots'?" in refusal(bag, "--part", "knot")
    assert "no programme 'papers'; did you mean 'paper'?" in refusal(bag, "--programme", "papers")


def test_a_parameter_of_version_01_is_refused_with_its_replacement(bag: Path) -> None:
    line = refusal(bag, "--set", "learner.knot_learning_rate=0.1:0.2:lin2")
    assert "'knot_learning_rate' is now 'learner.learning_rate'" in line


@pytest.mark.parametrize("name", ["part2", "performance", "parameters_changed"])
def test_a_recording_of_version_01_is_recomputed(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the seed that it was recorded with its measures are those of its recorded states."""
    old = Path(__file__).parents[1] / "recordings" / "0.1" / name
    assert whatif(old, "--set", "learner.seed=7,8") == 0
    _, recorded, same, other = shown(capsys)
    assert recorded[1:] == same[1:] != other[1:]


def test_what_cannot_be_written_and_what_cannot_be_sorted_by(bag: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = refusal(bag, "--set", "seed=1", "-o", tmp_path / "file" / "x.parquet")
    assert line.startswith(f"cannot write {tmp_path / 'file' / 'x.parquet'}: ")
    assert "no such column" in refusal(bag, "--sort", "beauty")


@pytest.mark.slow
def test_a_mistake_on_the_command_line_is_one_line_and_status_2(bag: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "descant.cli", "whatif", str(bag), "--set", "learner.sed=1"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 2
    assert run.stderr.splitlines() == [
        "descant: --set learner.sed=1: no parameter 'sed' in learner; did you mean 'learner.seed'?"
    ]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ctrl_c_ends_everything_and_leaves_nothing(tmp_path: Path) -> None:
    """SIGINT to the whole group, as a terminal sends it, while workers compute."""
    command = [
        sys.executable, "-m", "descant.cli", "whatif", "part1.mid", "--jobs", "2",
        "--set", "seed=1:600:lin600", "-o", str(tmp_path / "x.csv"),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **OWN_GROUP
    ) as run:
        workers = wait_for_workers(run.pid)
        os.killpg(run.pid, signal.SIGINT)
        out, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Traceback" not in out + err
    assert list(tmp_path.iterdir()) == []
    assert not [worker for worker in workers if worker.is_running()]


def wait_for_workers(pid: int) -> list[psutil.Process]:
    """The two workers, once both have computed for a while (they have used the processor)."""
    main = psutil.Process(pid)
    for _ in range(10_000):
        found = [p for p in main.children() if "spawn_main" in " ".join(p.cmdline())]
        if len(found) == 2 and all(p.cpu_times().user > 1.0 for p in found):
            return found
        assert main.status() != psutil.STATUS_ZOMBIE, "it ended by itself"
        psutil.wait_procs(found, timeout=0.02)
    raise AssertionError("no workers")
